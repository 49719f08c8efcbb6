"""How large a thing is in the end, how many times it is zoomed, pauses, counted seconds, and what is kept in the frame,
in each language: patterns for text in lower case."""

from __future__ import annotations

# By size of framing (marks.FRAMES), from the most special to the plainest.
SIZES: dict[str, dict[str, str]] = {
    "german": {
        "extreme": r"(?:detail|extreme groß)aufnahme|\bdetail\b(?=\s*(?:$|[,.;]))",
        "close": r"(?:groß|nah)aufnahme|close-?up",
        "medium": r"halbnah(?:e|aufnahme|en)?",
        "full": r"halbtotale",
        "half": r"die hälfte des bildes (?:füllt|einnimmt)|das halbe bild (?:füllt|ausfüllt|einnimmt)",
        "fills": r"(?:das |den |die )?(?:ganze )?(?:bild|rahmen|format|leinwand|bildfeld)(?:schirm)? "
        r"(?:aus)?füllt|bildfüllend\w*|formatfüllend\w*",
    },
    "french": {
        "extreme": r"(?:très gros|tout gros|extrême gros) plan|insert",
        "close": r"gros[- ]plan|plan (?:serré|rapproché)|close-?up",
        "medium": r"plan (?:moyen|taille|américain|poitrine)",
        "half": r"(?:rempli\w*|occup\w+|pren\w+) la moitié (?:du cadre|de l['’](?:image|écran))",
        "fills": r"(?:rempli\w*|occup\w+) (?:tout )?(?:le cadre|l['’](?:image|écran))|plein cadre",
    },
    "spanish": {
        "extreme": r"primer[ií]simo (?:primer )?plano|plano detalle",
        "close": r"primer plano|plano cerrado|close-?up",
        "medium": r"plano (?:medio|americano)",
        "half": r"(?:llen\w+|ocup\w+) (?:la mitad|medio)(?: de(?:l)?)? ?(?:cuadro|encuadre|pantalla|la pantalla)",
        "fills": r"(?:llen\w+|ocup\w+) (?:todo )?(?:el )?(?:cuadro|encuadre|la pantalla)",
    },
    "italian": {
        "extreme": r"primissimo piano|dettaglio(?=\s*(?:$|[,.;]))",
        "close": r"primo piano(?! terra)|close-?up|piano stretto",
        "medium": r"mezz[oa] (?:busto|figura)|piano (?:medio|americano)",
        "half": r"(?:riemp\w+|occup\w+) met[aà] (?:del(?:l['’])?|dello)? ?(?:inquadratura|quadro|schermo)",
        "fills": r"(?:riemp\w+|occup\w+) (?:tutt[ao] )?(?:il |l['’]|lo )?(?:inquadratura|quadro|schermo)|a pieno "
        r"schermo",
    },
    "portuguese": {
        "extreme": r"primeir[ií]ssimo plano|plano (?:de )?detalhe",
        "close": r"primeiro plano|plano fechado|close(?:-?up)?(?=\s*(?:$|[,.;]|d[aoe]\b|em\b|n[ao]\b))",
        "medium": r"plano (?:médio|americano)",
        "half": r"(?:ench\w+|ocup\w+|preench\w+) (?:a )?metade (?:do quadro|da tela|do ecrã)",
        "fills": r"(?:ench\w+|ocup\w+|preench\w+) (?:todo )?(?:o quadro|a tela|o ecrã|o enquadramento)",
    },
    "dutch": {
        "extreme": r"extreme close-?up|detailopname|detailshot",
        "close": r"close-?up|nabij opname",
        "medium": r"medium ?shot|halftotaal",
        "half": r"(?:de helft van het beeld|het halve beeld) (?:vult|inneemt|beslaat)",
        "fills": r"(?:het )?(?:hele )?beeld (?:vult|inneemt)|beeldvullend",
    },
    "japanese": {
        "extreme": r"超?クローズアップ(?=の極)|エクストリーム・?クローズアップ|大写し",
        "close": r"クローズアップ|アップ(?:になるまで|まで)|バストアップ|どアップ",
        "medium": r"ミディアム(?:ショット)?|ウエストショット|バストショット",
        "half": r"画面の半分(?:を占める|になる)(?:まで)?",
        "fills": r"画面(?:いっぱい|一杯)(?:に)?(?:なる|映る|広がる)?(?:まで)?|"
        r"フレームいっぱい(?:に)?(?:なる)?(?:まで)?",
    },
    "korean": {
        "extreme": r"익스트림 ?클로즈업|초근접",
        "close": r"클로즈업(?:까지|으로|될 때까지)?",
        "medium": r"미디엄 ?샷(?:까지|으로)?|바스트 ?샷(?:까지|으로)?",
        "half": r"화면의? 절반(?:을 채울|을 차지할|이 될)? ?(?:때까지)?",
        "fills": r"화면(?:을|에) ?(?:가득|꽉)? ?(?:채울|찰|차도록|채우도록|메울)? ?때까지|화면(?:을|에) (?:가득|"
        r"꽉) (?:채\w+|차\w+)",
    },
    "chinese": {
        "extreme": r"大特写|极?近特写",
        "close": r"(?:到|成|至|为)?(?:一个)?(?:近景)?特写",
        "medium": r"(?:到|成|至|为)?(?:一个)?中(?:近)?景",
        "half": r"(?:直到)?(?:占据?|充满|填满)(?:画面的?)?(?:一半|半个画面)",
        "fills": r"(?:直到)?(?:占满|充满|填满|布满)(?:整个)?(?:画面|镜头|屏幕)",
    },
}
# "zoom to twice": a number with this, or a word for two.
TIMES: dict[str, tuple[str, str]] = {
    "german": (r"[- ]?(?:fach\w*|mal\b)", r"(?:auf das |aufs |zum )?doppelte\w*|zweifach\w*"),
    "french": (r" ?fois", r"(?:jusqu['’])?(?:au |le )?double"),
    "spanish": (r" ?veces", r"(?:hasta )?(?:el |al )?doble"),
    "italian": (r" ?volte", r"(?:fino )?(?:al |il )?doppio"),
    "portuguese": (r" ?vezes", r"(?:até )?(?:o |ao )?dobro"),
    "dutch": (r" ?(?:keer|maal)", r"(?:tot )?(?:het )?dubbele"),
    "japanese": (r" ?倍(?:まで|に|で)?", r"二倍(?:まで|に)?"),
    "korean": (r" ?배(?:까지|로|율로)?(?![가-힣])", r"두 ?배(?:까지|로)?"),
    "chinese": (r" ?倍", r"[两二]倍"),
}
ZOOMED = {"japanese": "ズーム|拡大", "korean": "줌|확대", "chinese": "变焦|放大|推近|拉近|缩小"}
# What is said for a pause at the start, and how each language says "after one second".
PAUSES: dict[str, tuple[str, str]] = {
    "german": (r"\bnach (?:einer (?:kurzen |kleinen )?pause|einem (?:moment|augenblick))\b", "nach 1 sekunde"),
    "french": (
        r"\baprès (?:un (?:petit )?(?:temps|moment|instant)|une (?:courte |petite )?pause)\b",
        "après 1 seconde",
    ),
    "spanish": (
        r"\b(?:tras|después de) (?:una (?:breve |pequeña )?pausa|un (?:momento|instante))\b",
        "después de 1 segundo",
    ),
    "italian": (r"\bdopo (?:una (?:breve |piccola )?pausa|un (?:attimo|momento|istante))\b", "dopo 1 secondi"),
    "portuguese": (
        r"\b(?:após|depois de) (?:uma (?:breve |pequena )?pausa|um (?:momento|instante))\b",
        "após 1 segundo",
    ),
    "dutch": (r"\bna (?:een (?:korte )?pauze|een (?:moment|ogenblik|tel))\b", "na 1 seconde"),
    "japanese": (r"(?:少し|一瞬|ちょっと)(?:間を置いて|待って)(?:から)?|ひと呼吸おいて", "1秒後に"),
    "korean": (r"잠시 (?:후에?|뒤에?|멈춘 (?:후|뒤))|한 박자 쉬고", "1초 후"),
    "chinese": (r"(?:片刻|稍停|停顿片刻|稍等)(?:之)?[后後]|停一下再", "1秒后"),
}
# A second that is counted: "in Sekunde vier", "第4秒". It begins after those before it.
COUNTED_SECONDS: dict[str, tuple[str, str]] = {
    "german": (r"\b(?:in|bei|ab) (?:der )?sekunde (\d+|zwei|drei|vier|fünf|sechs)\b", "nach {n} sekunden"),
    "french": (r"\bà (?:la )?seconde (\d+|deux|trois|quatre|cinq|six)\b", "après {n} secondes"),
    "spanish": (r"\ben el segundo (\d+|dos|tres|cuatro|cinco|seis)\b", "después de {n} segundos"),
    "italian": (r"\bal secondo (\d+|due|tre|quattro|cinque|sei)\b", "dopo {n} secondi"),
    "portuguese": (r"\bno segundo (\d+|dois|três|quatro|cinco|seis)\b", "após {n} segundos"),
    "dutch": (r"\b(?:in|op|bij) seconde (\d+|twee|drie|vier|vijf|zes)\b", "na {n} seconden"),
    "japanese": (r"(\d+)秒目(?:に|で|から)", "{n}秒後に"),
    "korean": (r"(\d+)초째(?:에|부터)?", "{n}초 후"),
    "chinese": (r"第(\d+|[二三四五六])秒(?:时)?", "{n}秒后"),
}
# What an orbit and a look do by themselves.
KEPT: dict[str, str] = {
    "german": r",?\s*(?:und |dabei |wobei )*(?:ihn|sie|es|die kamera)? ?(?:immer |stets )?(?:behält|hält|behalten|"
    r"halten) "
    r"(?:ihn|sie|es) (?:dabei |immer )?(?:im (?:bild|zentrum|blick)|in der (?:bild)?mitte)",
    "french": r",?\s*(?:et )?en (?:le|la|les|l['’]) ?gardant (?:toujours )?(?:au centre|dans le cadre|cadrée?s?|"
    r"centrée?s?|en vue|à l['’]image)",
    "spanish": r",?\s*(?:y )?(?:siempre )?(?:manteniéndol[oa]s?|sin perderl[oa]s?|mirándol[oa]s?)(?: siempre)?"
    r"(?: (?:en (?:el )?(?:centro|cuadro)|centrad[oa]s?|de vista))?",
    "italian": r",?\s*(?:e )?(?:sempre )?(?:tenendol[oaie]|mantenendol[oaie]|guardandol[oaie])(?: sempre)?"
    r"(?: (?:al centro|in quadro|inquadrat[oaie]|centrat[oaie]))?",
    "portuguese": r",?\s*(?:e )?(?:sempre )?(?:mantendo-[oa]s?|olhando-[oa]s?|sem perdê-l[oa])(?: sempre)?"
    r"(?: (?:no centro|em quadro|enquadrad[oa]s?|centralizad[oa]s?|de vista))?",
    "dutch": r",?\s*(?:en )?(?:houd|houdt|hou) (?:hem|haar|het|ze) (?:steeds |altijd )?(?:in beeld|in het midden|"
    r"gecentreerd)",
    "japanese": r"(?:それを|常に)?(?:画面)?(?:の)?中央に(?:保ち|捉え|置き)(?:ながら|つつ|続け\w*)?",
    "korean": r"(?:계속 )?(?:화면 )?(?:중앙|가운데)(?:에|으로) (?:유지|두)(?:하며|하면서|고)",
    "chinese": r"[,，]?(?:始终|一直)?保持(?:它|她|他|其)?在?(?:画面)?(?:中心|中央|中间)",
}
# "X, before that Y": Y comes first.
EARLIER: dict[str, str] = {
    "german": r"(?:vorher|davor|zuvor)",
    "french": r"(?:avant (?:ça|cela)|auparavant)",
    "spanish": r"(?:antes(?: de eso)?)(?! de\b)",
    "italian": r"(?:prima(?: di (?:ciò|questo))?)(?! (?:di|metà|parte)\b)",
    "portuguese": r"(?:antes(?: disso)?)(?! de\b)",
    "dutch": r"(?:daarvoor|ervoor)",
    "japanese": r"(?:その前(?:に|は)|それまで(?:は)?)",
    "korean": r"(?:그 ?전(?:에는|에|까지)|그전까지는?)",
    "chinese": r"(?:在?此前|在?之前|在那之前)",
}
