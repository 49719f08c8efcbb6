"""German: see language.Language."""

from __future__ import annotations

from .language import Language
from .tables.nouns import NOUNS

_ARTICLE = r"(?:(?:den|die|das|dem|der|des|einen|einem|einer|eine|ein|ihren|ihrem|ihre|seinen|seinem|seine)\s+)?"
_WORD = r"[^\W\d_]+"
NOUN = (
    rf"{_ARTICLE}(?!den\b|die\b|das\b|dem\b|der\b)(?P<n>{_WORD}(?:\s(?!und\b|zoom\w*\b|fahr\w*\b|schwenk\w*\b|halten\b|"
    rf"zu\b|zur\b|zum\b|vorbei|herum|(?:hin|her)(?:unter|ab|auf)\w+){_WORD}){{0,2}}?)"
)
_END = (
    r"(?=\s*(?:$|[,;.]|\b(?:und|zu|zum|zur|bis|herum|vorbei|mit|in|"
    r"im|auf|an|nach|langsam\w*|schnell\w*|von|aus|hin|heran|hinein|"
    r"hindurch|hinweg|weg|entlang|fahren|gehen|gleiten|fliegen|laufen|\d+)\b))"
)

GERMAN = Language(
    nouns=NOUNS["german"],
    noun=NOUN,
    camera=r"(?<!hand)kamera(?!fahrt)|\bwir\b|\bman\b|drohne(?!nflug)|\bblick\b",
    splits=(
        (
            r"\s*,?\s*\bmit\s+(?=(?:[^\W\d_]+\s+){1,2}?(?:zoom|inclin|neigung|kantel)|zoom\s+(?:l[eé]|suave|rápid|discret|rapide))",
            "while",
        ),
        (r"\s*(?:[!?\n]|\.(?!\d))\s*", "."),
        (r"\s*,?\s*\b(?:und dann|dann|danach|anschließend|schließlich|gefolgt von)\b\s*", "then"),
        (r"\s*,?\s*\b(?:während|wobei|gleichzeitig|und dabei|und zugleich|zugleich)\b\s*", "while"),
        (r"\s+und\s+", "and"),
        (r"\s*(?:[;:]|,(?!\d))\s*", ","),
    ),
    moves=(
        (r"(?:hin|her)(?:unter|ab)(?:blick|schau|seh)\w*", "looking down"),
        (r"bewege? die kamera nicht", "static shot"),
        (r"^\s*(?:wieder )?zurück\s*$", "back"),
        (r"\bseitlich\w*", "truck"),
        (r"(?:keine|ohne)\s+(?:kamera)?bewegung\w*", "static shot"),
        (r"\b(?:heb\w*|hoch)\b.*\bblick\b|\bblick\b.*\b(?:heb\w+|hoch)\b", "tilt up"),
        (r"\bsenk\w*\b.*\bblick\b|\bblick\b.*\b(?:senk\w+|runter|hinunter|hinab)\b", "tilt down"),
        (r"hebt\b.*\bab\b|steigt auf", "pedestal up"),
        (r"\bumf[äa]hr\w*|\bumflieg\w*|\bumkurv\w*", "orbit"),
        (r"\bblick\b.*?\b(?:wandert|schweift|geht|gleitet|streift)\b", "pan"),
        (r"kamera nicht bewegen|nicht bewegen|bewegt sich (?:gar |überhaupt )?nicht", "static shot"),
        (r"^\s*(?:der |ein )?blick\b(?=\s*(?:$|nach (?:oben|unten|links|rechts)))", "pan"),
        (r"\bbiegt?\b.*?\bab\b|\babbiegen\b", "turn"),
        (r"vertikalschwenk\w*|(?:vertikaler?|senkrechter?) schwenk|neigeschwenk\w*", "tilt"),
        (
            r"\bhält\b(?: an| inne)?|anhalten|bleibt(?: \w+)?(?: (?:stehen|fest|statisch)|(?=\s*$))|stopp\w*|\bpause\b|"
            r"verharr\w*|\bstatisch\b|unbewegt|stillstand|\bfixiert\b",
            "static shot",
        ),
        (r"ran ?zoom\w*|zoomt? (?:ran|rein|heran)", "zoom in"),
        (r"rückwärts\w*|\brückzug|wegfahren|fährt (?:\w+ )?weg\b|setzt zurück|\baufziehen", "pull out"),
        (
            r"zufahren|hineinfahren|reinfahren|zubewegen|hineingleiten|vordringen|fährt\b.*\b(?:vor|"
            r"hinein|rein)\b|\bvor(?=\s*$)|taucht\b.*\bein|rückt\b.*\bvor|geht ran|nähe?r[nt]\w*\b",
            "push in",
        ),
        (r"reiß\w*schwenk\w*|reiss\w*schwenk\w*|wischschwenk\w*", "whip pan"),
        (
            r"handkamera|handgehalten\w*(?:\s+kamera)?|aus der hand|schulterkamera|"
            r"wackelkamera|wackelig\w*",
            "handheld",
        ),
        (r"(?:kamera bleibt )?auf (?:dem|einem) stativ|\bstativ\w*", "tripod shot"),
        (
            r"(?:feste[rns]?|statische[rns]?|fixe|unbewegte|starre|ruhende)\s+(?:kamera|einstellung)"
            r"|kamera\s+(?:ist\s+)?(?:statisch|fest|fix)\b|kamera\s+(?:\w+\s+)?(?:steht|bleibt|"
            r"ruht)\b(?! auf)(?:\s+(?:fest|still|stehen|unbewegt|ruhig))?"
            r"|\b(?:still)?(?:stehen|halten)(?:\s*bleiben)?\b|(?:keine|ohne)\s+kamerabewegung|standbild"
            r"|kamera bewegt sich nicht",
            "static shot",
        ),
        (r"\bwir bleiben\b", "static shot"),
        (r"\batmen\b|\batmung\b|atembewegung\w*|leichtes schwanken|schwanken\b|zittern\b|wackeln\b", "handheld"),
        (r"vertigo\w*|dolly.?zoom|hitchcock.?zoom", "dolly zoom"),
        (r"(?:heran|rein|ein|hinein)zoom\w*|zoomt\b.*\b(?:heran|rein|hinein|ein)\b", "zoom in"),
        (r"(?:heraus|raus|weg|aus)zoom\w*|zoomt\b.*\b(?:heraus|raus|zurück|weg)\b", "zoom out"),
        (r"zoom\s+(?:he)?raus|zoom zurück", "zoom out"),
        (r"\bzoom\w*", "zoom"),
        (
            r"umkreis\w*|umrund\w*|kreist\b|kreisen\b|kreisfahrt\w*|rundfahrt\w*|umfahrt\w*|orbit\w*|bogenfahrt\w*",
            "orbit",
        ),
        (
            r"schräge\w*\s+kamera|gekippte\w*\s+kamera|verkantet\w*|holländische\w*\s+winkel|dutch (?:angle|tilt)",
            "dutch angle",
        ),
        (r"\w*schwenk\w*", "pan"),
        (r"\bneigt?\b|neigen\b|neigung\w*|\bkippt?\b", "tilt"),
        (r"\brollt?\b|\brollen\b", "roll"),
        (r"\bkran\w*", "crane"),
        (r"steigt\b|steigen\b|aufsteigen\w*|hebt sich|erhebt sich|hochfahren|fährt hoch|aufstieg", "pedestal up"),
        (
            r"sinkt\b|sinken\b|senkt sich|absenken|sinkflug|herunterfahren|"
            r"fährt herunter|runterfahren",
            "pedestal down",
        ),
        (
            r"zurückfahren|rückfahrt\w*|zurückziehen|fährt\b.*\b(?:zurück|rückwärts)|zieht\b.*\b(?:zurück|auf)\b"
            r"|entfernt sich|weicht\b.*\bzurück|weicht zurück|zurückweichen|zurück\b|rückwärts\b",
            "pull out",
        ),
        (
            r"heranfahren|ranfahren|vorfahrt|näher\w*|annäher\w*|vorwärts\w*|"
            r"nach vorne?\b|fährt\b.*\bheran\b|\bheran\b"
            r"|dringt\b.*\bein\b|schleicht\b|ranfahrt|zufahrt",
            "push in",
        ),
        (r"folgt\b|folgen\b|verfolg\w*|begleitet\b|mitfahrt|verfolgungsfahrt", "follow"),
        (r"dreht sich|drehen\b|drehung\w*", "turn"),
        (r"seitwärts\w*|seitfahrt|parallelfahrt", "truck"),
        (
            r"\w*kamerafahrt\w*|drohnenflug\w*|\bfahrt\b|fährt\b|fahren\b|\bflug\b|"
            r"fliegt\b|fliegen\b|bewegt sich|gleitet\b"
            r"|gleiten\b|schwebt\b|schweben\b|geht\b|läuft\b|zieht\b|\bzu\b",
            "move",
        ),
        (r"rotiert\b|rotieren\b|\bdreht\b|rotation", "turn"),
        (r"klettert\b|hinauf(?:fahren|steigen)|auffahrt|hochsteigen", "pedestal up"),
        (r"hinab(?:fahren|steigen)|abwärtsfahrt|herab(?:sinken|gleiten)", "pedestal down"),
        (r"\bzoom\w*", "zoom"),
        (r"\bfahre?\b|\bgehe?\b|\bfliege?\b|\bbewege?\b", "move"),
        (r"\bfolge\b", "follow"),
        (r"\bdrehe?\b", "turn"),
        (r"\bsteige?\b", "pedestal up"),
        (r"\bsenke?\b", "pedestal down"),
        (r"\bneige\b|\bkippe\b", "tilt"),
    ),
    sides=(
        (r"vo[nm] (?:fuß)?boden", "up"),
        (r"von der (?:zimmer)?decke", "down"),
        (r"gegenuhrzeigersinn", "counterclockwise"),
        (r"(?:von )?links\s*(?:nach|-|→|/)?\s*rechts", "right"),
        (r"(?:von )?rechts\s*(?:nach|-|→|/)?\s*links", "left"),
        (r"gegen den uhrzeigersinn|entgegen dem uhrzeigersinn", "counterclockwise"),
        (r"im uhrzeigersinn", "clockwise"),
        (r"nach links|links\w*|linksherum", "left"),
        (r"nach rechts|rechts\w*", "right"),
        (r"nach (?:hinten|rückwärts)", "out"),
        (r"nach vorne?\b", "in"),
        (r"in die höhe|nach oben|\bhoch\b|hinauf|aufwärts|herauf|empor", "up"),
        (r"nach unten|runter\b|hinunter|abwärts|hinab|herab", "down"),
    ),
    manners=(
        (r"\blebhaft\w*|\bflink\w*|\bschwungvoll\w*", "fast"),
        (r"\bsehr\b", "very"),
        (r"\blangsam\w*|\bgemächlich\w*|\bbehutsam\w*", "slow"),
        (r"\bschnell\w*|\brasch\w*|\brasant\w*|\bzügig\w*", "fast"),
        (r"\bleicht\w*|\bein wenig\b|\betwas\b|\bein bisschen\b|\bminimal\w*|\bganz sanft\w*", "slight"),
        (r"\bsanft\w*|\bruhig\w*|\bweich\w*|\bträge\w*|\ballmählich\w*", "slow"),
        (r"\b(?:mit |in )?(?:gleichmäßig|konstant|gleichbleibend)\w*(?: geschwindigkeit| tempo)?", "linear"),
        (r"\brei(?:ß|ss)(?=zoom)|\bplötzlich\w*|\bruckartig\w*|\bblitz\w*|\bjäh\w*|\babrupt\w*", "sudden"),
        (r"\bhastig\w*|\bflott\w*|\beilig\w*", "fast"),
    ),
    units=(
        (r"\b(?:bis )?(?:zur|in die|auf eine?|bis zu einer?) (?:nah|groß|detail|halbnah)(?:aufnahme|e)?\b", ""),
        (r"\bum (?:die|ihre|seine) eigene achse|um sich selbst", "schwenkt"),
        (r"\bgibt (?:langsam )?den blick (?:frei )?auf\b", ""),
        (r"\bzur hälfte\b|\bhalb\b(?=.*\bum\b|\s*(?:$|,))", "180 degrees"),
        (r"\b(?:eine )?halbe umrundung\s+(?:der|des|von)\b", "umkreist 180 degrees"),
        (r"\bviertelrunde\b|^\s*ein viertel\s*$", "90 degrees"),
        (r"\bzweimal\b", "720 degrees"),
        (r"\bdreimal\b", "1080 degrees"),
        (r"\beinmal\b(?=.*\bum\b)(?! komplett| ganz)", "360 degrees"),
        (r"\bnach (\d+(?:[.,]\d+)?) sekunden?\b|(\d+) sekunden? später", r"\1\2 delay"),
        (r"\b(?:innerhalb von|in|über)\s+(?=\d)", ""),
        (
            r"\b(?:eine\s+)?(?:volle[nr]?|ganze[nr]?|komplette[nr]?)\s+(?:umdrehung|"
            r"drehung|runde|kreis|umrundung)|einmal (?:komplett|ganz)\b",
            "360 degrees",
        ),
        (r"\b(?:eine[nr]?\s+)?halbe[nr]?\s+(?:umdrehung|drehung|runde|kreis)|\bhalbkreis\b", "180 degrees"),
        (r"\b(?:eine[nr]?\s+)?viertel(?:drehung|kreis|umdrehung)", "90 degrees"),
        (r"\beinen?(?=\s+(?:meter|metern)\b)", "1"),
        (r"\bzwei(?=\s+(?:meter|sekunden))", "2"),
        (r"\bdrei(?=\s+(?:meter|sekunden))", "3"),
        (r"\bfünf(?=\s+(?:meter|sekunden))", "5"),
        (r"(?:\bum\s+)?\b(?:einen\s+)?halben meter\b", "0.5 metres"),
        (r"(?<=\d)[\s-]*(?:grad\b|°)", " degrees"),
        (r"(?<=\d)\s*(?:zentimetern?|cm)\b", " centimetres"),
        (r"(?<=\d)\s*(?:metern?|m)\b", " metres"),
        (r"(?<=\d)\s*(?:sekunden?|sek|s)\b", " seconds"),
        (r"\bum\s+(?=\d)|\buber\s+(?=\d)|\bfür\s+(?=\d)", ""),
    ),
    things=(
        (r"\b(?:bis )?(?:auf|in|zur|zu)\s+(?:die\s+)?(?P<n>tisch|tür|fenster|sofa)höhe\b", "level"),
        (r"\b(?:bis )?(?:auf|in)\s+(?:die\s+)?höhe (?:von )?{N}", "level"),
        (r"(?P<keep>zurück|weg)\s+vo[nm]\s+{N}", "from"),
        (r"\ban (?:der|den|dem) {N} entlang|\b(?:am|an) {N} entlang", "along"),
        (
            rf"(?:\bum\s+)?\b(?:den ganzen|das ganze|die ganze|den gesamten|"
            rf"das gesamte|die gesamte)\s+(?P<n>{_WORD})(?:\s+zu\s+\w+|\s+zeig\w*|"
            rf"\s+zu sehen ist)?",
            "whole",
        ),
        (rf"\brund um {{N}}{_END}", "around"),
        (rf"\bum\s+{{N}}\s+herum|\bum\s+(?!zu\b){{N}}{_END}", "around"),
        (r"(?P<keep>umkreist|umrundet|umkreisen|umrunden|umfährt|umfahren|umfliegt)\s+{N}" + _END, "around"),
        (rf"\bdurch\s+{{N}}(?:\s+hindurch)?{_END}", "through"),
        (
            rf"(?P<keep>\b(?:hält|stoppt?|bleibt|anhalten|halten)(?: an)?)\s+vor\s+{{N}}(?:\s+(?:an|stehen))?{_END}",
            "to",
        ),
        (rf"(?P<keep>^\s*(?:der |ein )?blick)\s+(?:aus|durch|in|auf|zum|zur)\s+{{N}}{_END}", "to"),
        (rf"\b(?:an|am)\s+{{N}}\s+vorbei|\bvorbei\s+(?:an|am)\s+{{N}}{_END}", "past"),
        (rf"\büber\s+{{N}}(?:\s+(?:hinweg|hinaus))?{_END}", "over"),
        (rf"\bentlang\s+(?!nach\b){{N}}{_END}|\b(?:am|an)\s+{{N}}\s+entlang", "along"),
        (rf"\bzwischen\s+(?:zwei\s+|beiden\s+)?{{N}}(?:\s+hindurch)?{_END}", "between"),
        (r"\bvo[nm]\s+{N}\s+weg|\bweg\s+(?:von|vom)\s+{N}", "from"),
        (r"\bvo[nm]\s+{N}\s+(?P<keep>zurück)", "from"),
        (r"\bauf\s+{N}\s+(?P<keep>zu)\w*", "to"),
        (rf"\bbis\s+(?:zum|zur|zu)\s+{{N}}{_END}|\bin richtung\s+{{N}}{_END}", "to"),
        (rf"\b(?:zum|zur|zu|richtung|ans|ins|aufs)\s+{{N}}{_END}", "to"),
        (rf"\b(?:auf|an|in)\s+{{N}}(?:\s+(?:hinein|heran))?{_END}", "to"),
        (r"(?P<keep>\bran) (?:an|ans|an den|an die|an das|zum|zur) {N}", "to"),
        (r"(?P<keep>nähe?r[nt]?e?\w*)\s+(?:uns |sich |dich |euch )?(?:langsam |sanft )?{N}" + _END, "to"),
        (r"(?P<keep>folgt|folgen|begleitet|verfolgt)\s+{N}" + _END, "with"),
        (r"\b(?P<n>ihr|ihm|ihnen)\b(?=\s*$|\s+(?:bis|durch|zu))", "with"),
    ),
    others=r"^\s*(?:(?:der|die|das|ein|eine|er|sie|es|ihr|sein)\s+)?(?!kamera|langsam|drohne)"
    r"(?:auto|wagen|mann|frau|junge|mädchen|kind|leute|menschen|er|"
    r"sie|vorhang|vorhänge|wolken|licht|sonne|hund|katze|"
    r"vogel|vögel|blätter|rauch|wasser|wellen|zug|bus|boot|schiff|regen|schnee|tür|menge|gardinen?)\b(?!\s*$)"
    r"|^\s*(?:der|die|das|ein|eine)\s+(?!\w*(?:kamera|drohne|kran|dolly|schwenk|einstellung|aufnahme|"
    r"fahrt|blick|zoom|bild))"
    r"(?:\w+\s+){1,2}?(?:fährt|geht|läuft|rennt|dreht|steigt|sinkt|bewegt|fliegt|rollt|kommt|zieht|öffnet|"
    r"gleitet|folgt)\b",
    never=r"\b(?:nicht|kein|keine[nrsm]?|keinerlei|ohne|weder|niemals?)\b",
    capitals=True,
    numbers="eine/einen/einer/einem/ein zwei drei vier fünf sechs sieben acht neun zehn",
    counted=r"meter|sekunde|grad|zentimeter",
)
