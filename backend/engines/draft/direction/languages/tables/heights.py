"""How each language says how high the camera stands: patterns for text in lower case."""

from __future__ import annotations

# Centimetres above the ground, and what notes call it. A pair that a language's patterns do not have is not said there.
LEVELS: dict[int, str] = {
    20: "ground level",
    15: "ankle height",
    50: "knee height",
    95: "hip height",
    100: "waist height",
    130: "chest height",
    120: "the eye level of who sits",
    145: "shoulder height",
    160: "eye level",
    170: "head height",
}
Heights = dict[int, str]

ENGLISH: Heights = {
    20: r"(?:the )?(?:ground|floor|street|pavement)[ -](?:level|height)",
    15: r"ankle[ -](?:level|height)",
    50: r"(?:the )?knee[ -](?:level|height)",
    95: r"hip[ -](?:level|height)",
    100: r"waist[ -](?:level|height)",
    130: r"(?:chest|breast)[ -](?:level|height)",
    120: r"(?:seated|sitting)(?: eye)?[ -](?:level|height)",
    145: r"shoulder[ -](?:level|height)",
    160: r"(?:a |an |the )?(?:normal |human |standing |person's )?eye[ -]?(?:level|height|line)",
    170: r"(?:a )?(?:head|human|man'?s?)[ -](?:level|height)",
}
HEIGHTS: dict[str, Heights] = {
    "german": {
        20: r"(?:boden|fußboden)(?:höhe|niveau|nähe)",
        15: r"knöchelhöhe",
        50: r"kniehöhe",
        95: r"hüfthöhe",
        100: r"(?:bauch|taillen|gürtel)höhe",
        130: r"brusthöhe",
        120: r"sitzhöhe",
        145: r"schulterhöhe",
        160: r"augen(?:höhe|linie)",
        170: r"kopfhöhe",
    },
    "french": {
        20: r"(?:la )?hauteur du sol|(?:le )?niveau du sol|(?:au )?ras du sol",
        15: r"(?:la )?hauteur (?:de |des |de la )chevilles?",
        50: r"(?:la )?hauteur (?:de |des |du )genoux?",
        95: r"(?:la )?hauteur (?:de |des |de la )hanches?",
        100: r"(?:la )?hauteur (?:de |de la )(?:taille|ceinture)",
        130: r"(?:la )?hauteur (?:de |de la )poitrine",
        145: r"(?:la )?hauteur (?:d['’]|des |de l['’])épaules?",
        160: r"(?:la )?hauteur (?:d['’]|des )(?:yeux|œil|homme|regard)|(?:le )?niveau des yeux",
        170: r"(?:la )?hauteur (?:de |de la )tête",
    },
    "spanish": {
        20: r"(?:la )?altura del (?:suelo|piso)|(?:el )?nivel del (?:suelo|piso)|ras (?:de|del) (?:suelo|piso)",
        15: r"(?:la )?altura (?:de |de los |del )tobillos?",
        50: r"(?:la )?altura (?:de |de las |de la )rodillas?",
        95: r"(?:la )?altura (?:de |de la |de las )caderas?",
        100: r"(?:la )?altura (?:de |de la )cintura",
        130: r"(?:la )?altura (?:de |del )pecho",
        145: r"(?:la )?altura (?:de |de los |del )hombros?",
        160: r"(?:la )?altura (?:de |de los )ojos|(?:el )?nivel de los ojos",
        170: r"(?:la )?altura (?:de |de la )cabeza",
    },
    "italian": {
        20: r"altezza (?:del |di )?(?:suolo|terra|pavimento)|livello del (?:suolo|pavimento)|raso ?terra|"
        r"(?<=fino a )terra",
        15: r"altezza (?:delle |della |di )?cavigli[ae]",
        50: r"altezza (?:del |delle |dei |di )?ginocchi[oa]?",
        95: r"altezza (?:dei |delle |di |d['’])?(?:fianchi|anche)",
        100: r"altezza (?:della |di )?(?:vita|cintura)",
        130: r"altezza (?:del |di )?petto",
        145: r"altezza (?:delle |della |di )?spall[ae]",
        160: r"altezza (?:degli |d['’])?(?:occhi|uomo)|livello degli occhi",
        170: r"altezza (?:della |di )?testa",
    },
    "portuguese": {
        20: r"(?:altura|nível) do (?:chão|solo)|rente ao chão",
        15: r"altura (?:dos |do )tornozelos?",
        50: r"altura (?:dos |do )joelhos?",
        95: r"altura (?:do |dos )quadri(?:l|s)",
        100: r"altura da cintura",
        130: r"altura do peito",
        145: r"altura (?:dos |do )ombros?",
        160: r"(?:altura|nível) (?:dos olhos|do olhar)",
        170: r"altura da cabeça",
    },
    "dutch": {
        20: r"(?:grond|vloer)(?:hoogte|niveau)",
        15: r"enkelhoogte",
        50: r"kniehoogte",
        95: r"heuphoogte",
        100: r"(?:middel|taille)hoogte",
        130: r"borsthoogte",
        145: r"schouderhoogte",
        160: r"oog(?:hoogte|niveau)",
        170: r"hoofdhoogte",
    },
    "japanese": {
        20: r"(?:地面|床)(?:の高さ|すれすれ|レベル)",
        15: r"(?:足首|足元)の高さ",
        50: r"膝の?高さ|ひざの高さ",
        95: r"(?:腰|ヒップ)の?高さ",
        130: r"胸の?高さ",
        145: r"肩の?高さ",
        160: r"(?:目線|目)の?高さ|アイレベル",
        170: r"頭の?高さ",
    },
    "korean": {
        20: r"(?:바닥|지면) ?높이",
        15: r"발목 ?높이",
        50: r"무릎 ?높이",
        95: r"(?:허리|골반) ?높이",
        130: r"가슴 ?높이",
        145: r"어깨 ?높이",
        160: r"눈 ?높이|아이 ?레벨",
        170: r"머리 ?높이",
    },
    "chinese": {
        20: r"(?:地面|地板)的?(?:高度|水平)|贴地|(?<=从)地面(?=升|上升|起|上移|抬)",
        15: r"脚踝(?:的)?高度",
        50: r"(?:膝盖|膝部?|齐膝)(?:的)?(?:高度?|位置)",
        95: r"(?:腰部?|胯部?|齐腰)(?:的)?(?:高度?|位置)",
        130: r"(?:胸口|胸部?|齐胸)(?:的)?(?:高度?|位置)",
        145: r"(?:肩膀|肩部?|齐肩)(?:的)?(?:高度?|位置)",
        160: r"(?:人眼|眼睛|眼部|齐眼|视平线|视线|眼)(?:的)?(?:高度?|位置|水平)|视平线|平视",
        170: r"(?:头部|头顶|头)(?:的)?高度",
    },
}
# So many metres above the ground: {m} is the figure with its unit.
MEASURED: dict[str, str] = {
    "english": r"(?:an? )?(?:height of )?(?:about |roughly |around )?{m} (?:above|off|from|over) the "
    r"(?:ground|floor|street|carpet)|(?:(?:eye|camera|lens|head)[- ])?(?:height|level)\s*(?:of|:|=|is|at)?\s*{m}|"
    r"(?<=at )(?:an? )?{m} (?:height|high|eye height)",
    "german": r"{m} (?:über|vom|überm) (?:dem )?(?:boden|fußboden|grund)",
    "french": r"{m} (?:du|au-dessus du) sol",
    "spanish": r"{m} (?:del|sobre el|por encima del) (?:suelo|piso)",
    "italian": r"{m} (?:da terra|dal suolo|dal pavimento)",
    "portuguese": r"{m} (?:do|acima do) (?:chão|solo)",
    "dutch": r"{m} (?:boven|van) de (?:grond|vloer)",
    "japanese": r"(?:床|地面)(?:から|上){m}(?:の高さ)?",
    "korean": r"(?:바닥|지면)(?:에서|위) ?{m}(?: ?높이)?",
    "chinese": r"(?:离|距离?)地(?:面)?{m}(?:高)?(?:的(?:高度|地方))?",
}
# What goes before it where the camera starts there, and where it ends there; and behind it in the East.
FROM: dict[str, str] = {
    "english": r"(?:(?:start(?:s|ing)?|begin(?:s|ning)?|open(?:s|ing)?) (?:off |out )?(?:down |up |low )?(?:at|from|"
    r"on|in)|"
    r"from)(?: about| around)?",
    "german": r"(?:(?:beginn\w*|start\w*) (?:auf|in|aus)|von|ab|aus)(?: der)?",
    "french": r"(?:depuis|à partir de|(?:part|partir|partant|commenc\w+) (?:de|à)|de)",
    "spanish": r"(?:desde|(?:empez\w+|empiez\w+|comien\w+|part\w+) (?:a|de|desde)|de)",
    "italian": r"(?:(?:part\w+|inizi\w+|cominci\w+) (?:dall['’]|da|all['’]|ad )|dall['’]|da(?: un['’])?)",
    "portuguese": r"(?:desde|(?:começ\w+|part\w+|inici\w+) (?:à|na|da|a)|da|a partir da)",
    "dutch": r"(?:(?:begin\w*|start\w*) (?:op|vanaf)|vanaf|van|vanop)",
    "japanese": r"から",
    "korean": r"(?:에서 ?부터|부터|에서(?= ?시작))",
    "chinese": r"[从由自]",
}
TO: dict[str, str] = {
    "english": r"(?:(?:end(?:s|ing)?|finish(?:es|ing)?|stop(?:s|ping)?|settl(?:e|es|ing)|land(?:s|ing)?|arriv(?:e|es|"
    r"ing)) "
    r"(?:up )?(?:down )?(?:at|on|in)|(?:to|till|until(?: we(?:'re| are) at)?|reaching))(?: about| around)?",
    "german": r"bis (?:auf|zur|zu|in)(?: die| etwa)?",
    "french": r"jusqu['’](?:à|au)",
    "spanish": r"hasta",
    "italian": r"fino (?:all['’]|ad?|al)",
    "portuguese": r"até (?:à|a|ao|o)",
    "dutch": r"tot(?: op)?",
    "japanese": r"まで",
    "korean": r"까지",
    "chinese": r"[到至]",
}
AT: dict[str, str] = {
    "english": r",? ?\b(?:at|in)(?: about| around)?",
    "german": r"(?:auf|in|zur|zu)(?: die| der)?",
    "french": r"(?:à|au)",
    "spanish": r"(?:a|al)",
    "italian": r"(?:all['’]|ad?|al)",
    "portuguese": r"(?:à|ao|na|a)",
    "dutch": r"(?:op|naar|in)",
    "japanese": r"(?:[でにへ]|のまま)",
    "korean": r"(?:으?로|에서|에)",
    "chinese": r"[在以用]",
}
# The ground, from which a camera rises to such a height.
GROUNDS: dict[str, str] = {
    "english": r"(?<!tilt )(?<!tilt up )(?<!tilts up )(?<!look )(?<!look up )(?<!pan )(?<!tilting up )"
    r"from (?:right )?(?:the|off the|on the) (?:floor|ground)",
    "german": r"vom (?:fuß)?boden(?: aus)?",
    "french": r"du sol",
    "spanish": r"(?:desde el|del) (?:suelo|piso)",
    "italian": r"(?:dal (?:suolo|pavimento)|da terra)",
    "portuguese": r"do (?:chão|solo)",
    "dutch": r"van(?:af)? de (?:grond|vloer)",
    "japanese": r"(?:床|地面)から",
    "korean": r"(?:바닥|지면)에서(?:부터)?",
    "chinese": r"从(?:地面|地板)",
}
# Of a person who is named: the words for it with {w} for the name, and how the language says that.
OF_SOMEBODY: dict[str, tuple[str, str]] = {
    "english": (
        r"(?:{w}(?:'s|s') (?:eye[- ]?)?(?:level|lines?|height)|the eye[- ]?(?:level|line|height) of {w})",
        r"level with \1",
    ),
    "german": (r"(?:{w}s augenhöhe|augenhöhe (?:von|mit) {w})", r"höhe von \1"),
    "french": (r"(?:la )?(?:hauteur|niveau) (?:des yeux|du regard) (?:de |d['’]){w}", r"hauteur de \1"),
    "spanish": (r"(?:la )?(?:altura|nivel) de (?:los ojos|la mirada) de {w}", r"la altura de \1"),
    "italian": (r"altezza (?:degli occhi|dello sguardo) di {w}", r"altezza di \1"),
    "portuguese": (r"(?:a |à )?altura (?:dos olhos|do olhar) (?:d[aoe]) {w}", r"à altura de \1"),
    "dutch": (r"(?:{w}s ooghoogte|ooghoogte van {w})", r"hoogte van \1"),
    "japanese": (r"{w}の(?:目線|目)の?高さ", r"\1の高さ"),
    "korean": (r"{w}의 눈 ?높이", r"\1 높이"),
    "chinese": (r"{w}的?(?:眼睛|视线|眼部|眼)(?:的)?高度?", r"\1高度"),
}
# A camera that looks up at things, or down on them, all along.
LOW_ANGLES: dict[str, str] = {
    "english": r"(?:from an? )?(?:very |extreme )?low[ -]angles?(?: (?:shot|view))?(?! of (?:the )?(?:\w+ )?(?:sun|"
    r"sunlight|light|moon))|worm'?s?'?[- ]?eye(?:[- ]view)?",
    "german": r"(?:aus (?:der|einer) )?(?:extremen? )?(?:untersicht|froschperspektive)",
    "french": r"(?:en |plan en )?contre[- ]plongée",
    "spanish": r"(?:en |plano )?(?:ángulo bajo|contrapicado)",
    "italian": r"(?:in )?(?:inquadratura dal basso|contro-?plongée|angolazione bassa)|^dal basso(?= (?:su|"
    r"verso) (?!l['’]alto))",
    "portuguese": r"(?:em )?(?:contra-?plongée|contra-?picado|ângulo baixo)|^câm[ea]ra baixa(?=\s*[,.;])",
    "dutch": r"(?:vanuit )?kikkerperspectief|(?:vanuit een )?(?:lage hoek|laag standpunt)",
    "japanese": r"ローアングル(?:から|で|の)?|あおり(?:で|の)?",
    "korean": r"로우 ?앵글(?:로|에서)?",
    "chinese": r"(?:以|从)?(?:低角度|低机位|仰视角度|仰拍角度)(?:仰拍)?",
}
HIGH_ANGLES: dict[str, str] = {
    "english": r"(?:from an? )?(?:very |extreme )?high[ -]angles?(?: (?:shot|view))?",
    "german": r"(?:aus (?:der|einer) )?(?:obersicht|vogelperspektive)",
    "french": r"(?:(?:en |plan en |vue en )|^)plongée(?: totale| verticale| zénithale)?(?! vers)(?: au-dessus "
    r"de(?= ))?",
    "spanish": r"(?:(?:en |plano )(?:ángulo alto|picado|cenital)|^picado)(?: sobre(?= ))?",
    "italian": r"(?:inquadratura dall['’]alto|(?:in )?plongée)",
    "portuguese": r"(?:em |plano )(?:plongée|picado|ângulo alto|zenital)",
    "dutch": r"(?:vanuit )?(?:vogelperspectief|bovenaanzicht)|(?:vanuit een )?(?:hoge hoek|hoog standpunt)",
    "japanese": r"ハイアングル(?:から|で|の)?|俯瞰で",
    "korean": r"하이 ?앵글(?:로|에서)?",
    "chinese": r"(?:以|从)?(?:高角度|高机位|鸟瞰视角)",
}
# Over whose shoulder the camera looks. English has a mark for it by then: see plain/english/told/setups.py.
SHOULDERS: dict[str, str] = {
    "english": r"(?!)",
    "german": r"(?:blick )?über (?:die|ihre|seine) schulter(?: von \w+| (?:der|des|einer|eines) \w+)?|over[- ]shoulder",
    "french": r"(?:par-?dessus|au-dessus de) (?:l['’]épaule|son épaule)(?: (?:de la |de l['’]|du |de |d['’])\w+)?",
    "spanish": r"(?:por encima del|sobre (?:el|su)) hombro(?: (?:del |de la |de )\w+)?",
    "italian": r"(?:da |di )?(?:dietro |sopra |oltre )(?:la |alla )?spalla(?: (?:di |del |della )\w+)?",
    "portuguese": r"(?:por cima|sobre) (?:do |o |seu )?ombro(?: (?:do |da |de )\w+)?",
    "dutch": r"over (?:de|haar|zijn) schouder(?: van (?:de |het )?\w+)?",
    "japanese": r"[^、。]{0,6}?の?肩越し(?:に|の|から|ショット)?",
    "korean": r"(?:[가-힣]+의 )?어깨 ?너머(?:로|에서)?(?: 샷)?",
    "chinese": r"(?:越过|从)[^，。]{1,6}?(?:的)?肩膀?(?:上)?|过肩(?:镜头|拍摄)?|越肩(?:镜头)?",
}
