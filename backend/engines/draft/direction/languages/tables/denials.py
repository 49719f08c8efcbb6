"""What says no, in each language: the words between moves of which all are denied, and stillness by a denied noun."""

from __future__ import annotations

# Between two moves that one negation denies: "kein Schwenk oder Zoom", "パンもズームもせず".
BETWEEN = {
    "german": r"oder|noch|und|bzw\.?",
    "french": r"ou|ni|et",
    "spanish": r"o|u|ni|y",
    "italian": r"o|né|e|od|oppure",
    "portuguese": r"ou|nem|e",
    "dutch": r"of|noch|en",
    "japanese": r"も|や|、|と|したり",
    "korean": r"이나|나|도|과|와|,|및|하거나",
    "chinese": r"也不要|也不|也别|或者|或|和|与|、|不要|不",
}
# Nouns of moves that lists have.
NOUNS_OF_MOVES = {
    "german": ((r"\bneigungen\b", "tilt"),),
    "french": ((r"\binclinaisons?\b", "tilt"),),
    "spanish": ((r"\binclinaci[oó]n(?:es)?\b", "tilt"), (r"\bzooms\b", "zoom"), (r"\bpaneos\b", "pan")),
    "italian": ((r"\binclinazion[ei]\b", "tilt"), (r"\bpanoramiche\b", "pan")),
    "portuguese": ((r"\binclinaç(?:ão|ões)\b", "tilt"), (r"\bpanorâmicas\b", "pan")),
    "dutch": ((r"\bkanteling(?:en)?\b", "tilt"),),
}
OR = {
    "german": r"\b(?:oder|noch)\b",
    "french": r"\b(?:ou|ni)\b",
    "spanish": r"\b(?:o|u|ni)\b",
    "italian": r"\b(?:o|né|oppure)\b",
    "portuguese": r"\b(?:ou|nem)\b",
    "dutch": r"\b(?:of|noch)\b",
    "japanese": r"または|もしくは|か(?=[パズテ])",
    "korean": r"이나|거나|또는",
    "chinese": r"或者?|也不",
}
_NO = {
    "german": r"(?:kein(?:e[nrsm]?|erlei)?|ohne|null|nicht)",
    "french": r"(?:aucun(?:e)?|sans|pas|zéro|plus)",
    "spanish": r"(?:nada|sin|ningún|ninguna|ningunos|cero|no|nunca)",
    "italian": r"(?:niente|senza|nessun(?:a|o)?|zero|non|nulla)",
    "portuguese": r"(?:nada|sem|nenhum(?:a)?|zero|não|nunca)",
    "dutch": r"(?:geen(?: enkele)?|zonder|nul|niet)",
}
_MOVEMENT = {
    "german": r"(?:kamera)?(?:bewegung(?:en)?|fahrt(?:en)?)|regung",
    "french": r"mouvements?|déplacements?|bougé",
    "spanish": r"movimientos?|desplazamientos?",
    "italian": r"moviment[oi]|spostament[oi]",
    "portuguese": r"movimentos?|deslocamentos?|movimentação",
    "dutch": r"(?:camera)?beweging(?:en)?",
}
STILL = {
    **{
        name: rf"\b{_NO[name]} (?:[^\W\d_]+ ){{0,2}}?(?:d['’]|de |di |van )?(?:{nouns})\b"
        for name, nouns in _MOVEMENT.items()
    },
    "japanese": (
        r"(?:カメラ)?の?(?:動き|移動|カメラワーク|ワーク)(?:は|も|が)?"
        r"(?:一切|全く)?(?:なし|無し|ない|ゼロ|不要|無く|なく)"
    ),
    "korean": (
        r"(?:카메라(?:의)? ?)?(?:움직임|이동|무빙)(?:은|이|도|을)?\s*"
        r"(?:전혀 )?(?:없이|없음|없다|없는|없게|금지|제로)"
    ),
    "chinese": (
        r"(?:没有|無|无|不要|不需要|不用)(?:任何|一点)?(?:运镜|鏡頭運動|镜头运动|摄影机运动|机位移动|镜头移动)|"
        r"(?:镜头|机位|摄影机|摄像机|相机)(?:完全|绝对|始终|全程|一直|都)?(?:不要|别|不)(?:动|移动)"
    ),
}
