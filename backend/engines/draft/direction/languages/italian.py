"""Italian: see language.Language."""

from __future__ import annotations

from .language import Language
from .tables.nouns import NOUNS

_WORD = r"[^\W\d_]+"
_ARTICLE = r"(?:(?:l'|un'|dell'|all'|sull')|(?:il|lo|la|i|gli|le|un|uno|una|suo|sua|questo|questa|due)\s+)?"
NOUN = (
    rf"{_ARTICLE}(?P<n>{_WORD}(?:\s(?!e\b|poi\b|verso\b|fino\b|per\b|con\b|in\b|lent|al?\b|all[aeo]?\b|"
    rf"da[il]?\b|dall[aeo]?\b|di\b|del\b|dell[aeo]?\b|dei\b|degli\b|che\b|"
    rf"mentre\b|\w+[ae]ndo(?:si|ci)?\b|dolcemente\b|piano\b|quasi\b){_WORD})?)"
)
_OF = r"(?:di |del |dello |della |dei |degli |delle |dell')"
_TO = r"(?:a |ad |al |allo |alla |ai |agli |alle |all')"
_FROM = r"(?:da |dal |dallo |dalla |dai |dagli |dalle |dall')"
_ON = r"(?:su |sul |sullo |sulla |sui |sugli |sulle |sull')"

ITALIAN = Language(
    nouns=NOUNS["italian"],
    noun=NOUN,
    camera=r"\bcamera\b(?! a mano| a spalla| da letto)|macchina da presa|cinepresa|\bmdp\b|\bdrone\b|inquadratura"
    r"|obiettivo\b",
    splits=(
        (
            r"\s*,?\s*\bcon\s+(?=(?:[^\W\d_]+\s+){1,2}?(?:zoom|inclin|neigung|kantel)|zoom\s+(?:l[eé]|suave|rápid|discret|rapide))",
            "while",
        ),
        (r"\s*(?:[!?\n]|\.(?!\d))\s*", "."),
        (r"\s*,?\s*\b(?:e poi|poi|quindi|dopodiché|prima di|in seguito|seguit[oa] da|e infine|infine)\b\s*", "then"),
        (r"\s*,?\s*\b(?:mentre|allo stesso tempo|contemporaneamente|nel frattempo|e intanto)\b\s*", "while"),
        (r"\s+e\s+", "and"),
        (r"\s*(?:[;:]|,(?!\d))\s*", ","),
    ),
    moves=(
        (
            r"\bferm[ao]\b(?=\s*$)|\bsi ferma\b|\bfermarsi\b|\bferma\b(?= per| \d)|\bpausa\b|"
            r"\bstatic[ao]\b|\bfiss[ao]\b(?=\s*$)|\bsosta\b|\battendi\b|\bmantieni\b|\bmantiene\b|"
            r"\bimmobile\b",
            "static shot",
        ),
        (r"\bstringe\b|\bstringere\b|\bzumata\b(?! indietro)|zoomat\w+ (?:su|verso)", "zoom in"),
        (r"\ballarga\b|\ballargare\b|allargando", "zoom out"),
        (r"\btira indietro|\bsi ritira|\bsi ritrae|marcia indietro", "pull out"),
        (r"\bsi spinge\b|\bpenetra\b|\bentrare\b|\baddentrarsi|\bprosegu\w+|in avanti\b", "push in"),
        (r"panoramica a schiaffo|schiaffo|panoramica (?:velocissima|a frusta)", "whip pan"),
        (
            r"(?:camera|macchina) a (?:mano|spalla)|a mano\b|a spalla\b|traballante|tremolio|tremolante|mossa",
            "handheld",
        ),
        (r"\brespiro\b|respirazione|ondeggiamento|oscillazione", "handheld"),
        (
            r"(?:inquadratura|camera|ripresa|macchina) (?:fissa|statica|ferma|immobile)|piano fisso|"
            r"(?:senza|nessun) (?:alcun )?movimento(?: di (?:macchina|camera))?|treppiede|cavalletto"
            r"|non muovere (?:la |mai )*(?:telecamera|camera|macchina da presa)"
            r"|(?:camera|macchina da presa) (?:resta|rimane|non si muove)(?:\s+\w+)?",
            "static shot",
        ),
        (r"effetto vertigo|\bvertigo\b|dolly zoom|carrello compensato|zoom compensato", "dolly zoom"),
        (
            r"zoom (?:in\b|ad? avvicinare|avanti|stretto)|zumata in avanti|zooma\b(?! indietro| fuori)",
            "zoom in",
        ),
        (
            r"zoom (?:out|indietro|all'indietro|ad? allargare|in fuori)|zumata indietro|zooma (?:indietro|fuori)",
            "zoom out",
        ),
        (r"\bzoom(?:ata|are)?\b|zumata", "zoom"),
        (
            r"orbit\w*|carrell\w+ circolare|(?:gira|girando|giro|ruota|ruotando|volteggia|movimento circolare) "
            r"(?=attorno|intorno)|circonda\w*|compie un giro|accerchia\w*|\barco\b",
            "orbit",
        ),
        (r"inquadratura (?:inclinata|olandese|sghemba)|angolo olandese|piano olandese", "dutch angle"),
        (r"panoramica verticale", "tilt"),
        (r"(?:alz|sollev)\w+ (?:lo sguardo|gli occhi|la testa)", "tilt up"),
        (r"(?:abbass)\w+ (?:lo sguardo|gli occhi|la testa)", "tilt down"),
        (r"panoramic\w*|\bpanning\b", "pan"),
        (r"si inclina|s'inclina|inclina\w*|\btilt\b", "tilt"),
        (r"rollio|\brolla\b", "roll"),
        (r"\bgru\b|\bdolly gru\b", "crane"),
        (r"\bgira\w*|\bruota\w*|\brotazione\b|\bsi volta\b", "turn"),
        (
            r"carrell\w+ (?:in )?avanti|carrell\w+ a precedere|avanza\w*|(?:si|ci) avvicin\w*|avvicin\w*"
            r"|dolly in|\bentra\b|si addentra|in avanti\b",
            "push in",
        ),
        (
            r"carrell\w+ (?:a |all')?(?:in)?dietro|carrell\w+ a seguire indietro|arretra\w*|indietreggia\w*|"
            r"(?:si|ci) allontan\w*|allontan\w*|dolly out|all'indietro|indietro\b|retrocede\w*",
            "pull out",
        ),
        (
            r"\bsale\b|salire|salita|\bsi alza\b|si solleva|\bascende\b|si innalza|"
            r"\b(?:alz(?:ar|ando)|sollevando)si\b|\bsalendo\b",
            "pedestal up",
        ),
        (r"\bscende\b|scendere|discesa|si abbassa|abbassandosi|scendendo|\bcala\b|discende", "pedestal down"),
        (r"\bsegue\b|seguendo|\bseguire\b|accompagna\w*|insegue", "follow"),
        (r"carrell\w+ laterale|laterale\b|lateralmente", "truck"),
        (
            r"carrell\w+|sorvola\w*|\bvolo\b|\bvola\b|ripresa aerea|attravers\w+|\bpassa(?:ndo)?\b|percorre\w*|"
            r"scivola\w*|scorre\b|si muove|si sposta|\bmovimento\b|\bfluttua\b|\bva\b|"
            r"si dirige|cammina\b|costeggia\w*|oltrepassa",
            "move",
        ),
        (r"\bsi arrampica|\bsi erge|\bsollev\w+", "pedestal up"),
        (r"\babbass\w+", "pedestal down"),
        (r"steadicam|\bdolly\b|\bslider\b", "move"),
        (r"\bgiro\b|\bgirare\b", "turn"),
        (r"\bsali\b", "pedestal up"),
        (r"\bscendi\b", "pedestal down"),
        (r"\bmuov\w+|\bspost\w+|\bvai\b|\bvola\b", "move"),
        (r"\bsegui\b", "follow"),
    ),
    sides=(
        (r"da terra|da sotto", "up"),
        (r"(?:da )?sinistra\s*(?:a|verso|-|→|/)?\s*destra", "right"),
        (r"(?:da )?destra\s*(?:a|verso|-|→|/)?\s*sinistra", "left"),
        (r"in senso antiorario|antiorari[oa]", "counterclockwise"),
        (r"in senso orario|\borari[oa]\b", "clockwise"),
        (r"(?:verso |a |sulla )?(?:la )?sinistra", "left"),
        (r"(?:verso |a |sulla )?(?:la )?destra", "right"),
        (r"verso l'alto|in alto|in su\b|dal pavimento|^\s*su\b", "up"),
        (r"verso il basso|in basso|(?:in |all'in)?giù\b|dal soffitto", "down"),
        (r"in avanti|avanti\b", "in"),
        (r"all'indietro|indietro\b", "out"),
    ),
    manners=(
        (r"\bdi scatto\b|\bbruscamente\b|\ball['’]improvviso\b|\bimprovvisamente\b", "sudden"),
        (r"\bmolto\b|\bmolto,?\s*molto\b", "very"),
        (r"\blent[aeio]\b|\blentamente\b|\bdolcemente\b|\bpian piano\b|\blentissim\w+|\bgradualmente\b", "slow"),
        (r"\bveloc[ei]\b|\bvelocemente\b|\brapid[aeio]\b|\brapidamente\b|\bin fretta\b", "fast"),
        (r"\blegger[aeio]\b|\bleggermente\b|\bun po'|\bun poco\b|\bappena\b|\blieve\w*", "slight"),
        (r"\bpiano\b|\bdolce\b|\bmorbid\w+|\bcalm\w+|\bgradual\w+", "slow"),
        (r"\bimprovvis\w+|\bbrusc\w+|\bbrutal\w*|\bdi scatto\b", "sudden"),
        (r"\b(?:veloc|rapid)issim\w+", "very fast"),
    ),
    units=(
        (r"\b(?:fino )?(?:al|a un|in) (?:primissimo |primo )piano(?! terra)\b", ""),
        (r"su se stess[ao]|sul (?:proprio|suo) asse", "panoramica"),
        (r"\b(?:cerchio|giro) completo", "orbita 360 degrees"),
        (r"\bdue (?:volte|giri)\b", "720 degrees"),
        (r"\btre (?:volte|giri)\b", "1080 degrees"),
        (r"\bdopo (\d+(?:[.,]\d+)?) secondi|(\d+) secondi dopo", r"\1\2 delay"),
        (r"\b(?:un )?giro completo|\bgiro intero", "orbita 360 degrees"),
        (r"\bper metà\b(?=.*\b(?:att|int)orno)", "180 degrees"),
        (r"\b(?:un )?mezzo (?:giro|cerchio)|\bsemicerchio", "orbita 180 degrees"),
        (r"\b(?:un )?quarto di (?:giro|cerchio)", "orbita 90 degrees"),
        (r"\bmezzo metro", "0.5 metres"),
        (r"\bun(?= metro)", "1"),
        (r"\bdue(?= (?:metri|secondi))", "2"),
        (r"\btre(?= (?:metri|secondi))", "3"),
        (r"\bcinque(?= (?:metri|secondi))", "5"),
        (r"(?:\b(?:di|per|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:gradi|grado|°)", r"\1 degrees"),
        (r"(?:\b(?:di|per|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:centimetri|cm)\b", r"\1 centimetres"),
        (r"(?:\b(?:di|per|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:metri|metro|m)\b", r"\1 metres"),
        (r"(?:\b(?:di|per|in|durante)\s+)?(\d+(?:[.,]\d+)?)\s*(?:secondi|secondo|s)\b", r"\1 seconds"),
    ),
    things=(
        (rf"\b(?:fino )?(?:all'altezza|al livello) {_OF}{{N}}", "level"),
        (rf"\bdavanti {_TO}{{N}}|\boltre {{N}}", "past"),
        (
            (
                r"(?P<keep>\b(?:esc|usc|entr|pass)\w+) d(?:al|alla|allo|all') ?(?P<n>port\w+|finestra|arco|"
                r"cancello|tunnel|ingresso)"
            ),
            "through",
        ),
        (
            rf"(?:(?:per|fino a) )?(?:rivelare|mostrare|vedere|scoprire|rivelando|mostrando)?\s*"
            rf"\b(?:tutta la |tutta l'|tutto il |tutto l'|l'intera |l'intero )(?P<n>{_WORD})",
            "whole",
        ),
        (rf"\b(?:attorno|intorno) {_TO}{{N}}", "around"),
        (r"(?P<keep>circonda\w*|orbita\w*|accerchia\w*)\s+{N}", "around"),
        (r"(?P<keep>sorvola\w*)\s+{N}", "over"),
        (rf"\b(?:sopra|al di sopra) (?:{_OF}|{_TO})?{{N}}", "over"),
        (r"\b(?:tra|fra) {N}", "between"),
        (r"(?P<keep>attravers\w+)\s+{N}", "through"),
        (r"\blungo {N}|(?P<keep>costeggia\w*|percorre\w*)\s+{N}", "along"),
        (
            rf"(?P<keep>passa\w*)\s+(?:davanti|accanto|vicino|di fianco|oltre) ?{_TO}?{{N}}|\boltrepassa\s+{{N}}",
            "past",
        ),
        (
            rf"(?P<keep>(?:si |ci )?allontan\w*|arretra\w*|indietreggia\w*|retrocede\w*|"
            rf"(?:all')?indietro)\s+{_FROM}{{N}}",
            "from",
        ),
        (rf"(?P<keep>(?:si |ci )?avvicin\w*)\s+(?:lentamente\s+)?{_TO}{{N}}", "to"),
        (rf"\b(?:fino (?:a|in)|in direzione) ?{_OF}?(?:l|ll|llo|lla|i|gli|lle)? ?{{N}}", "to"),
        (r"\bverso (?!la sinistra|la destra|l'alto|il basso|destra|sinistra|avanti|dietro){N}", "to"),
        (r"(?P<keep>segue|seguendo|seguire|accompagna\w*)\s+{N}", "with"),
        (rf"\b{_ON}(?!la destra|la sinistra){{N}}", "to"),
        (
            r"\b(?:(?:al|alla|allo|nel|nella|nello)\s+|(?:all'|nell')\s*)"
            r"(?!mano\b|spalla\b|indietro\b|alto\b|stesso\b|inizio\b|avanti\b){N}",
            "to",
        ),
        (
            r"\bd(?:al|alla|allo|all'|ai|alle|a) ?(?!presa|letto|pranzo|terra|sinistra|destra|sotto|sopra|"
            r"vicino|lontano){N}",
            "from",
        ),
    ),
    others=r"^\s*(?:(?:il|lo|la|i|gli|le|un|una|uno|l')\s*)?(?!camera)"
    r"(?:macchina(?! da presa| a mano| fissa)|auto|uomo|donna|ragazza|ragazzo|bambin[oaie]|gente|lei|lui|loro|"
    r"tend[ae]|nuvol[ae]|luc[ei]|"
    r"sole|cane|gatto|uccell[oi]|foglie|fumo|acqua|onde|treno|barca|pioggia|neve|porta|folla)\b(?!\s*$)",
    never=r"\b(?:senza|non|nessun|nessuna|niente|né|mai)\b",
    numbers="un/uno due tre quattro cinque sei sette otto nove dieci",
    counted=r"metr|second|grad|centimetr",
)
