"""How each language says the top of a thing that a look goes up to: patterns for text in lower case, and the thing."""

from __future__ import annotations

_WORD = r"[^\W\d_]+"
TOPS: dict[str, tuple[tuple[str, str], ...]] = {
    "german": (
        (rf"(?:der )?(?:spitze|krone|wipfel|oberkante) (?:des|eines) ({_WORD}?)(?:e?s)\b", r"\1"),
        (rf"(?:der )?(?:spitze|krone|oberkante) (?:der|einer|von) ({_WORD})", r"\1"),
        (r"\b(baum|turm|kirchturm|mast)(?:spitze|krone|wipfel)\w*", r"\1"),
    ),
    "french": (
        (r"(?:la |le )?(?:cime|sommet|pointe|couronne) (?:de l['’]|d['’])", "l'"),
        (r"(?:la |le )?(?:cime|sommet|pointe) (?:de la |du |des |de )", "la "),
        (r"(?:au|le) haut (?:de l['’])(?=arbre|escalier|immeuble)", "à l'"),
    ),
    "spanish": (
        (
            r"(?:la |lo alto |lo más alto )?(?:copa|cima|punta|parte (?:de arriba|alta|superior)) (?:del |de la |de "
            r"los )",
            "la ",
        ),
        (r"lo (?:más )?alto (?:del |de la )", "la "),
    ),
    "italian": (
        (r"(?:all[ao]|al|alle) (?:cima|chioma|punta|sommità) (?:dell['’])", "all'"),
        (r"(?:all[ao]|al|alle) (?:cima|chioma|punta|sommità) (?:del |della |dello )", "alla "),
        (r"(?:la )?(?:cima|chioma|punta|sommità) (?:dell['’])", "l'"),
    ),
    "portuguese": (
        (r"(?<!por )(?<!em )(?<!para )(?:à |ao |a |o )?(?:copa|topo|cimo|ponta|cima|alto) (?:da |do |das |dos )", "a "),
    ),
    "dutch": (
        (r"\b(boom|toren|kerktoren|mast)(?:top|kruin|spits)\w*", r"\1"),
        (r"(?:de )?(?:top|kruin|spits|bovenkant) van ", ""),
    ),
    "japanese": ((r"([一-鿿ァ-ヶー]{1,6})の(?:てっぺん|頂上|先端|頂|上端)|(?<![一-鿿])(?:木の)?(?:梢|こずえ)", r"\1"),),
    "korean": ((r"([가-힣]{1,6}) ?(?:꼭대기|정상|맨 ?위)", r"\1"),),
    "chinese": ((r"(树|塔|楼|楼房|建筑|塔楼)的?(?:顶端?|梢|冠|尖)", r"\1"),),
}
