"""French: see language.Language."""

from __future__ import annotations

from .language import Language
from .tables.nouns import NOUNS

_WORD = r"[^\W\d_]+"
_ARTICLE = r"(?:l'|d'|(?:le|la|les|un|une|du|des|sa|son|ses|ce|cette)\s+)?"
NOUN = (
    rf"{_ARTICLE}(?P<n>{_WORD}(?:\s(?!et\b|puis\b|vers\b|jusqu|pour\b|"
    rf"avec\b|dans\b|en\b|lent|à\b|au\b|de\b|du\b|qui\b){_WORD})?)"
)

FRENCH = Language(
    nouns=NOUNS["french"],
    noun=NOUN,
    camera=r"caméra(?! portée| à l'épaule| au poing)|\bon\b|^\s*nous\b|\bdrone\b|\bobjectif\b",
    splits=(
        (
            r"\s*,?\s*\bavec\s+(?=(?:[^\W\d_]+\s+){1,2}?(?:zoom|inclin|neigung|kantel)|zoom\s+(?:l[eé]|suave|rápid|"
            r"discret|rapide))",
            "while",
        ),
        (r"\s*(?:[!?\n]|\.(?!\d))\s*", "."),
        (
            r"\s*,?\s*\b(?:et puis|puis|ensuite|après quoi|enfin|suivi d'un|suivi de)\b\s*",
            "then",
        ),
        (
            r"\s*,?\s*\b(?:tout en|en (?=regard|recul|avan|tourn|mont|descend|zoom|pivot|panot|s['’]\w)|pendant que|"
            r"en même temps|simultanément|tandis que)\b\s*",
            "while",
        ),
        (r"\s*,?\s*\bavant d(?:e |')(?=[^\W\d]+(?:er|ir|re)\b)", "then"),
        (r"\s+et\s+", "and"),
        (r"\s*(?:[;:]|,(?!\d))\s*", ","),
    ),
    moves=(
        (r"ne pas bouger(?: la caméra)?|ne bougez pas", "static shot"),
        (r"(?:lève|relève|lever|levez) (?:les yeux|la tête|le regard)", "tilt up"),
        (r"(?:baisse|baisser|baissez) (?:les yeux|la tête|le regard)", "tilt down"),
        (r"contre-?plongée (?:sur|vers)", "tilt up"),
        (r"plongée (?:sur|vers)", "tilt down"),
        (r"panoramique vertical\w*|pano vertical\w*", "tilt"),
        (
            r"\bs'arrête\w*|\barrêt\b|\bpause\b|s'immobilise|\bimmobile\b|\bstatique\b|\bfixe\b(?=\s*$)|"
            r"on (?:tient|garde)|\btient\b|\btenir\b|ne bouge(?:z)? pas|sans bouger la caméra|"
            r"on ne bouge plus",
            "static shot",
        ),
        (r"zoom\w* (?:vers|sur)|zoom\w* dans|resserre\w*", "zoom in"),
        (r"élargi\w*|dézoom\w*", "zoom out"),
        (r"marche arrière|(?:fait|faire) marche arrière|retrait\b|se retire", "pull out"),
        (r"poussée|pousse vers|plonge dans|rentre dans|progresse\w*", "push in"),
        (r"(?:panoramique|pano|filage)\s+filé|\bfilé\b", "whip pan"),
        (r"caméra (?:à l'épaule|portée|au poing|à la main)|à l'épaule|tremblée?|tremblement", "handheld"),
        (r"respiration|\bsouffle\b|flottement|balancement", "handheld"),
        (
            r"plan fixe|(?:d'abord|au début),? fixe|caméra (?:fixe|immobile|statique)|aucun mouvement(?: de caméra)?|"
            r"sans (?:aucun )?mouvement(?: de caméra)?"
            r"|caméra (?:reste|ne bouge)\w*(?:\s+\w+)?|sur pied|trépied",
            "static shot",
        ),
        (r"travelling compensé|effet vertigo|vertigo|trans-?trav", "dolly zoom"),
        (
            r"travelling (?:circulaire|en arc|rotatif)|tourn\w+ (?=autour)|"
            r"orbite\w*|contourne\w*|fai\w+ le tour"
            r"|tour complet|en cercle|encercle",
            "orbit",
        ),
        (r"zoom (?:avant|rapproché|in)|zoome\b(?! arr)", "zoom in"),
        (r"zoom arrière|dézoom\w*|zoom out", "zoom out"),
        (r"\bzoom\b", "zoom"),
        (
            r"plan (?:débullé|hollandais|cassé|penché)|cadrage (?:débullé|penché|oblique)|cadre (?:débullé|penché)",
            "dutch angle",
        ),
        (r"panoramique\w*|\bpano\b|pivote\w*|balaie|balaye|balayage", "pan"),
        (r"bascule\w*|s'incline|incline\w*", "tilt"),
        (r"roulis|\broule\b", "roll"),
        (r"(?:mouvement de )?grue", "crane"),
        (
            r"travelling avant|s'avance|avanc\w*|avançant|fonce\w*|s'approche|(?:nous )?\bapproch\w*|se rapproche|"
            r"rapproche\w*|s'enfonce|entre\b(?! les| deux)|pénètre",
            "push in",
        ),
        (r"travelling arrière|recul\w*|s'éloign\w*|(?:nous )?éloign\w*|prend du recul|s'écarte", "pull out"),
        (r"s'élève|s'élevant|\bélev\w+|monte\b|monter|montant\b|montée|ascension|s'envole", "pedestal up"),
        (r"descend\w*|s'abaisse|plonge\b|descente", "pedestal down"),
        (r"suit\b|suivre|suivant\b|accompagne\w*", "follow"),
        (r"travelling latéral|latéral\w*", "truck"),
        (
            r"travelling|survol\w*|vol (?:de|en) drone|vue aérienne|traverse\w*|"
            r"franchit|passe\b|\blonge\b|glisse\w*|se déplace|flotte"
            r"|va\b|se dirige|mouvement\b|vol\b|vole\b|marche\b",
            "move",
        ),
        (r"\btourn\w+|rotation|pivotement", "turn"),
        (r"grimpe|\bse lève\b|remonte", "pedestal up"),
        (r"\bbaisse\b|\bbaisser\b", "pedestal down"),
        (r"steadicam|\bdolly\b|rail\b|slider", "move"),
        (r"\bse soulève\w*|soulev\w+|\bmontez\b", "pedestal up"),
        (r"\bpanot\w+|\bpanoram\w+", "pan"),
        (r"\bsuivez\b|\bsuis\b", "follow"),
        (r"\bapprochez?\b", "push in"),
    ),
    sides=(
        (r"(?:de gauche|gauche) (?:vers|à) (?:la )?droite", "right"),
        (r"depuis le sol|du sol|du plancher", "up"),
        (r"depuis le plafond|du plafond", "down"),
        (r"(?:de (?:la )?)?gauche\s*(?:à|vers|-|→|/)?\s*(?:la )?droite?\b", "right"),
        (r"(?:de (?:la )?)?droite?\s*(?:à|vers|-|→|/)?\s*(?:la )?gauche", "left"),
        (
            r"(?:dans le |en )?sens inverse des aiguilles(?: d'une montre)?|(?:dans le |en )?sens anti-?horaire|"
            r"sens contraire des aiguilles(?: d'une montre)?",
            "counterclockwise",
        ),
        (r"dans le sens des aiguilles(?: d'une montre)?|(?:dans le |en )?sens horaire", "clockwise"),
        (r"(?:vers la |à |sur la )?gauche", "left"),
        (r"(?:vers la |à |sur la )?droite?\b", "right"),
        (r"vers le haut|en haut", "up"),
        (r"vers le bas|en bas", "down"),
        (r"en avant|vers l'avant", "in"),
        (r"en arrière|vers l'arrière", "out"),
    ),
    manners=(
        (r"\bbrusquement\b|\bd['’]un coup\b|\bsoudain\w*\b|\bd['’]un coup sec\b", "sudden"),
        (r"\bvivement\b|\bprestement\b|\bvite fait\b", "fast"),
        (r"\btrès\b", "very"),
        (r"\blente?s?\b|\blentement\b|\bdoucement\b|\bdoux\b|\bprogressi\w+", "slow"),
        (r"\brapides?\b|\brapidement\b|\bvite\b", "fast"),
        (r"\blég(?:er|ère|ers|ères|èrement)\b|\bun peu\b|\bsubtile?\w*", "slight"),
        (r"\bdouce?\b|\bcalme\w*|\bdélicat\w*|\blentissime\w*", "slow"),
        (r"\bsoudain\w*|\bd'un coup\b|\bbrusque\w*|\bbruta(?:l\w*|ux)\b|\bsec\b|\bsèche\w*", "sudden"),
        (r"\bvif\b|\bvive\b|\bprécipit\w*", "fast"),
    ),
    units=(
        (
            r"\bfai\w+ (?:le |un )?tour (?:complet|entier) (?:de |d'|du |autour de |autour du )",
            "contourne 360 degrees ",
        ),
        (r"\b(?:jusqu'(?:au|à un) |en |au )?(?:très )?gros plan(?: sur)?\b", ""),
        (r"sur (?:elle-même|lui-même|place|son (?:propre )?axe)(?! (?:pendant|deux|trois|\d))", "panoramique"),
        (r"\bun mètre cinquante", "1.5 mètres"),
        (r"\bdeux fois\b", "720 degrees"),
        (r"\btrois fois\b", "1080 degrees"),
        (
            r"\b(?:après|au bout de) (\d+(?:[.,]\d+)?) secondes?|(\d+) secondes? (?:plus tard|après)",
            r"\1\2 delay",
        ),
        (r"\b(?:un )?tour complet|tour entier|\bun tour\b", "360 degrees"),
        (r"\bfai\w+ (?:un )?(?:demi-tour|la moitié du tour) (?:de |d'|du )", "contourne 180 degrees "),
        (r"\b(?:un )?demi-tour|demi-cercle|à moitié", "180 degrees"),
        (r"\b(?:un )?quart de (?:tour|cercle)", "90 degrees"),
        (r"\b(?:d')?un demi-mètre", "0.5 metres"),
        (r"\bun(?= mètre)", "1"),
        (r"\bdeux(?= (?:mètres|secondes))", "2"),
        (r"\btrois(?= (?:mètres|secondes))", "3"),
        (r"\bcinq(?= (?:mètres|secondes))", "5"),
        (r"(?:\b(?:de|sur|à|pendant)\s+)?(\d+(?:[.,]\d+)?)\s*(?:degrés?|°)", r"\1 degrees"),
        (r"(?:\b(?:de|sur|à)\s+)?(\d+(?:[.,]\d+)?)\s*(?:centimètres?|cm)\b", r"\1 centimetres"),
        (r"(?:\b(?:de|sur|à)\s+)?(\d+(?:[.,]\d+)?)\s*(?:mètres?|m)\b", r"\1 metres"),
        (r"(?:\b(?:de|sur|à|pendant|en)\s+)?(\d+(?:[.,]\d+)?)\s*(?:secondes?|s)\b", r"\1 seconds"),
    ),
    things=(
        (r"\b(?:(?:jusqu')?(?:au|à)) (?:la )?(?:niveau|hauteur) (?:de |d'|du |des ){N}", "level"),
        (r"(?P<keep>\b(?:on |nous )?part\w*) (?:de |d'|du ){N}", "from"),
        (
            rf"(?:(?:pour|afin de) )?(?:révéler|dévoiler|montrer|révélant|dévoilant|"
            rf"montrant)?\s*\b(?:toute la |toute l'|tout le |tout l'|l'ensemble de la |"
            rf"l'ensemble du |la totalité de la )(?P<n>{_WORD})",
            "whole",
        ),
        (r"\bautour (?:de |d'|du |des ){N}", "around"),
        (r"(?P<keep>contourne|encercle|orbite)\s+{N}", "around"),
        (r"(?P<keep>traverse|franchit)\s+{N}", "through"),
        (r"(?P<keep>fai\w+ le tour) (?:de |d'|du |des ){N}", "around"),
        (
            r"\ben passant par (?!(?:la |le |l'|une? )?(?:porte|fenêtre|arche|arcade|tunnel|couloir|entrée|"
            r"portail|salon)){N}",
            "past",
        ),
        (r"\b(?:à travers|au travers (?:de|du)|par (?!la (?:gauche|droite)\b)) ?{N}", "through"),
        (r"\bentre (?:les |des |le |la )?(?:deux )?{N}", "between"),
        (r"(?P<keep>survole)\s+{N}", "over"),
        (r"\b(?:au-dessus (?:de |d'|du |des )|par-dessus ){N}", "over"),
        (r"(?P<keep>\blonge)\s+{N}", "along"),
        (r"\ble long (?:de |d'|du |des ){N}", "along"),
        (r"(?P<keep>pass\w+)\s+(?:devant|à côté (?:de|du)|près (?:de|du))\s+{N}", "past"),
        (r"(?P<keep>s'éloign\w*|éloign\w*|recule\w*|s'écarte)\s+(?:de |d'|du |des ){N}", "from"),
        (r"(?P<keep>s'approche|\bapproch\w*|se rapproche|rapproche\w*)\s+(?:de |d'|du |des ){N}", "to"),
        (r"\b(?:jusqu'(?:à |au |aux )|en direction (?:de |d'|du |des ))(?:la |l')?{N}", "to"),
        (r"\bvers (?!(?:la )?gauche|(?:la )?droite|le haut|le bas|l'avant|l'arrière){N}", "to"),
        (r"(?P<keep>suit|suivre|suivant|accompagne\w*)\s+{N}", "with"),
        (r"\b(?:sur|dans|devant) {N}", "to"),
        (
            r"\bd(?:e|u|es|epuis) (?:la |le |l'|les )?\w+ (?:à la |à l'|au |aux |vers )"
            r"(?!(?:le )?(?:haut|bas|centre)\b){N}",
            "to",
        ),
        (r"(?P<keep>zoom\w*|resserre\w*) (?:sur|dans|vers) {N}", "to"),
        (r"(?P<keep>(?:lève|relève|baisse)\w* (?:les yeux|la tête|le regard)) (?:à la |à l'|au |aux |vers ){N}", "to"),
        (r"\bà côté (?:de |du |d'|des ){N}", "past"),
        (r"\bdepuis {N}", "from"),
    ),
    others=r"^\s*(?:(?:le|la|les|un|une|des|l')\s*)?(?!caméra)"
    r"(?:voiture|homme|femme|fille|garçon|enfant|gens|il|ils|elle|elles|"
    r"rideau|rideaux|nuages?|lumière|soleil|chien|chat|"
    r"oiseaux?|feuilles|fumée|eau|vagues|train|bateau|pluie|neige|porte|foule)\b(?!\s*$)"
    r"|^\s*(?:le |la |les |un |une |l')(?!caméra|plan|travelling|grue|panoramique|"
    r"zoom|cadre|drone|vue|objectif|mouvement)"
    r"\w+\s+(?:\w+\s+){0,2}?(?:avance|recule|tourne|monte|descend|s'approche|marche|passe|"
    r"entre|court|vole|traverse|suit|bouge)\w*",
    never=r"\b(?:pas (?:de|un|une)|pas d(?=['’])|sans|aucun|aucune|ne|ni|jamais)\b",
    numbers="un/une deux trois quatre cinq six sept huit neuf dix",
    counted=r"mètre|seconde|degré|centimètre|premières|dernières",
)
