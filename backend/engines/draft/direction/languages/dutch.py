"""Dutch: see language.Language."""

from __future__ import annotations

from .language import Language
from .tables.nouns import NOUNS

_ARTICLE = r"(?:(?:de|het|een|deze|die|dit|dat|haar|zijn|hun|twee)\s+)?"
_WORD = r"[^\W\d_]+"
NOUN = (
    rf"{_ARTICLE}(?!de\b|het\b|een\b)(?P<n>{_WORD}(?:\s(?!en\b|naar\b|tot\b|heen\b|langs\b|door\b|toe\b|"
    rf"af\b|terug\b|met\b|"
    rf"in\b|op\b|aan\b|van\b|voor\b|langzaam\b|snel\b|rustig\b|vandaan\b|weg\b|links\b|rechts\b|omhoog\b|omlaag\b|"
    rf"uit\b|dan\b|zonder\b|binnen\b|voorbij\b|over\b){_WORD})?)"
)

DUTCH = Language(
    nouns=NOUNS["dutch"],
    noun=NOUN,
    camera=r"\bcamera\b(?! uit de hand| op de schouder)|\bdrone\b|\bwe\b|\bbeeld\b",
    splits=(
        (
            r"\s*,?\s*\bmet\s+(?=(?:[^\W\d_]+\s+){1,2}?(?:zoom|inclin|neigung|kantel)|zoom\s+(?:l[eé]|suave|rápid|discret|rapide))",
            "while",
        ),
        (r"\s*(?:[!?\n]|\.(?!\d))\s*", "."),
        (
            r"\s*,?\s*\b(?:en dan|dan|daarna|en daarna|vervolgens|gevolgd door|ten slotte|tenslotte|tot slot)\b\s*",
            "then",
        ),
        (r"\s*,?\s*\b(?:terwijl|tegelijk(?:ertijd)?|en tegelijk|gelijktijdig|ondertussen)\b\s*", "while"),
        (r"\s+en\s+", "and"),
        (r"\s*(?:[;:]|,(?!\d))\s*", ","),
    ),
    moves=(
        (r"\bblijft? (?:\w+ )?(?:stil)?staan|\bstop\b", "static shot"),
        (r"zwiep\w*|whip ?pan", "whip pan"),
        (r"(?:camera )?uit de hand|handheld|handcamera|op de schouder|schokkerig\w*|wiebel\w*", "handheld"),
        (r"\badem\w*|deining|trilling\w*", "handheld"),
        (
            r"(?:vast|statisch|stilstaand)e?\s+(?:shot|camera|beeld|kader)|\bstatief\b|(?:geen|zonder)\s+"
            r"(?:camera)?beweging\w*|camera (?:beweegt niet|blijft (?:staan|stil\w*)|staat (?:stil|vast))|stilstaan\w*"
            r"|\bstil(?:staand)?\b|\bstatisch\b|\bhoud(?:en|t)?\b(?: vast)?|\bstopt?\b|\bwacht(?:en)?\b|\bpauze\b"
            r"|beweeg de camera niet",
            "static shot",
        ),
        (r"vertigo\w*|dolly.?zoom", "dolly zoom"),
        (r"inzoom\w*|zoomt?\b.*\bin\b", "zoom in"),
        (r"uitzoom\w*|zoomt?\b.*\buit\b", "zoom out"),
        (r"\bzoom\w*", "zoom"),
        (
            r"omcirkel\w*|cirkel\w*|rondje\b|draait? om\b.*\bheen\b|baan om|boogbeweging|"
            r"rij(?:dt?)? om\b.*\bheen\b|\brondom\b",
            "orbit",
        ),
        (r"schuine? (?:kader|hoek|camera)|gekantelde? (?:kader|camera|beeld)", "dutch angle"),
        (r"kantel\w*|\btilt\w*", "tilt"),
        (r"\bpan\b|\bpant\b|pannen\b|\bzwenk\w*|panoramisch\w*", "pan"),
        (r"\brolt?\b|\brollen\b", "roll"),
        (r"\bkraan\w*", "crane"),
        (r"stijgt?\b|stijgen\b|stijgend\w*|omhooggaan|komt? omhoog", "pedestal up"),
        (r"\bdaalt?\b|dalen\b|dalend\w*|zakt?\b|zakken\b|omlaaggaan|afdal\w*", "pedestal down"),
        (
            r"achteruit\w*|terugtrek\w*|trekt?\b.*\bterug\b|rijdt? terug|naar achteren|\bterug\b|wegrijd\w*|rijdt? weg"
            r"|verwijdert zich|uitrijden|beweegt? weg",
            "pull out",
        ),
        (
            r"vooruit\w*|naar voren|inrijden|inrij\w*|dichterbij|nader(?:t|en)?\b|komt? dichter\w*|"
            r"kruipt? (?:naar|dichter)"
            r"|gaat? naar binnen|naar binnen|binnengaan|duwt? in",
            "push in",
        ),
        (r"\bvolgt?\b|volgen\b|achtervolg\w*|loopt? mee|begeleid\w*", "follow"),
        (r"\bdraait?\b|draaien\b|draaiend\w*|roteer\w*|roteert", "turn"),
        (r"zijwaarts\w*|zijdelings\w*|travelling\b|tracking\w*", "truck"),
        (
            r"\brij(?:dt?)?\b|\brijden\b|rijder\b|\brit\b|camerabeweging|dollyshot|\bdolly\b|\bvliegt?\b|vliegen\b|vlucht\b|"
            r"dronevlucht|beweegt?\b|bewegen\b|beweging\b|glijdt?\b|glijden\b|zweeft?\b|zweven\b|"
            r"\bgaa?t?\b|\bgaan\b|loopt?\b|"
            r"lopen\b|schuift?\b|schuiven\b|verplaatst?\b|slider\b|luchtopname",
            "move",
        ),
    ),
    sides=(
        (r"van(?:af)? de (?:vloer|grond)", "up"),
        (r"van(?:af)? het plafond", "down"),
        (r"(?:van )?links\s*(?:naar|-|→|/)\s*rechts", "right"),
        (r"(?:van )?rechts\s*(?:naar|-|→|/)\s*links", "left"),
        (r"tegen de (?:wijzers van de )?klok(?: in)?|linksom", "counterclockwise"),
        (r"met de (?:wijzers van de )?klok mee|rechtsom", "clockwise"),
        (r"(?:naar )?links", "left"),
        (r"(?:naar )?rechts", "right"),
        (r"omhoog|naar boven|opwaarts", "up"),
        (r"omlaag|naar beneden|neerwaarts", "down"),
        (r"vooruit|naar voren", "in"),
        (r"achteruit|naar achteren", "out"),
    ),
    manners=(
        (r"\bplotseling\w*|\bmet een ruk\b|\babrupt\b", "sudden"),
        (r"\b(?:heel|zeer|erg)\b", "very"),
        (r"\blangza\w+|\brustige?\b|\btrage?\b|\btraag\b|\bzachtjes\b|\bgeleidelijk\b|\bvoorzichtig\b", "slow"),
        (r"\bsnel(?:le)?\b|\bvlug(?:ge)?\b|\bvlotte?\b|\bplotseling\w*", "fast"),
        (r"\blichte?\b|\been beetje\b|\biets\b|\blichtjes\b|\bsubtiele?\b|\been klein beetje\b", "slight"),
    ),
    units=(
        (r"om (?:zijn|haar) (?:eigen )?as|om zichzelf", "pan"),
        (r"\b(?:twee keer|tweemaal)\b", "720 degrees"),
        (r"\b(?:drie keer|driemaal)\b", "1080 degrees"),
        (r"\bna (\d+(?:[.,]\d+)?) seconden?|(\d+) seconden? later", r"\1\2 delay"),
        (r"\been keer\b(?=.*\bom\b)", "360 degrees"),
        (r"\b(?:een )?(?:volledige|hele) (?:draai|cirkel|ronde|omwenteling)|\bhelemaal rond(?= om)?", "360 degrees"),
        (r"\b(?:een )?halve (?:draai|cirkel|ronde|slag)", "180 degrees"),
        (r"\b(?:een )?kwart (?:draai|cirkel|ronde|slag)", "90 degrees"),
        (r"\b(?:een )?kwart(?:draai| draai|slag| slag)", "90 degrees"),
        (r"\b(?:een )?halve meter", "0.5 metres"),
        (r"\b(?:een|één)(?= meter)", "1"),
        (r"\btwee(?= (?:meter|seconden))", "2"),
        (r"\bdrie(?= (?:meter|seconden))", "3"),
        (r"\bvier(?= (?:meter|seconden))", "4"),
        (r"\bvijf(?= (?:meter|seconden))", "5"),
        (r"(?<=\d)\s*(?:graden|°)", " degrees"),
        (r"(?<=\d)\s*(?:centimeter|cm)\b", " centimetres"),
        (r"(?<=\d)\s*(?:meters?|m)\b", " metres"),
        (r"(?<=\d)\s*(?:seconden|seconde|sec|s)\b", " seconds"),
        (r"\b(?:in|gedurende|voor)\s+(?=\d)", ""),
    ),
    things=(
        (
            r"\b(?:tot |op |naar )?(?:op )?(?:de )?hoogte van {N}|\b(?:op|tot|naar) (?P<n>tafel|deur|raam|bank)hoogte",
            "level",
        ),
        (r"(?P<keep>weg\w*|achteruit\w*|terug\w*|verwijdert zich|uit) van(?:af)? {N}", "from"),
        (
            rf"(?:tot (?:je|we)\s+)?\b(?:de hele|het hele|de volledige|het volledige|heel de|"
            rf"de gehele)\s+(?P<n>{_WORD})"
            rf"(?:\s+(?:te zien is|zien|ziet|zichtbaar is|in beeld is|te tonen|toont))?",
            "whole",
        ),
        (
            r"(?P<keep>draait?|rijdt?|cirkel\w*|beweegt?|vliegt?|loopt?|gaat?)?\s*\b(?:om|rond|"
            r"rondom)\s+{N}(?:\s+heen)?",
            "around",
        ),
        (r"(?P<keep>omcirkel\w*)\s+{N}", "around"),
        (r"\bdoor\s+(?!naar\b){N}(?:\s+heen)?", "through"),
        (r"\blangs\s+{N}|\b(?:voorbij)\s+{N}", "past"),
        (r"\bover\s+{N}(?:\s+heen)?|\bboven\s+{N}", "over"),
        (r"\btussen\s+(?:de\s+)?(?:twee\s+)?{N}(?:\s+door)?", "between"),
        (r"\bvan\s+{N}\s+(?:weg|vandaan|af)|\bweg\s+van\s+{N}", "from"),
        (
            r"\b(?:naar|tot aan|tot bij|richting)\s+(?!links|rechts|boven|beneden|voren|achteren|binnen){N}(?:\s+toe)?",
            "to",
        ),
        (r"(?P<keep>\b(?:stopt?|blijft?|staan))\s+voor\s+{N}", "to"),
        (r"(?P<keep>nader(?:t|en)?)\s+{N}", "to"),
        (r"(?P<keep>volgt?|volgen)\s+{N}", "with"),
        (r"\b(?:op|aan|in)\s+(?!op\b|aan\b|de schouder|statief|het begin|het einde){N}(?:\s+af)?", "to"),
        (r"\bvanaf {N}", "from"),
    ),
    others=r"^\s*(?:(?:de|het|een)\s+)?(?!camera)"
    r"(?:auto|man|vrouw|meisje|jongen|kind|mensen|hij|zij|ze|gordijn(?:en)?|wolken|licht|lichten|zon|hond|kat|vogels?|"
    r"bladeren|rook|water|golven|trein|boot|regen|sneeuw|deur|menigte)\b(?!\s*$)",
    never=r"\b(?:niet|geen|zonder|nooit|noch)\b",
    numbers="een/één twee drie vier vijf zes zeven acht negen tien",
    counted=r"meter|seconde|graden|centimeter",
)
