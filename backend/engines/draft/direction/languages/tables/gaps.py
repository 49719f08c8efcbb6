"""How each language says how far from a thing a way to it ends: {m} is a length, {n} the words before the thing."""

from __future__ import annotations

# Patterns for text in lower case, and what is said for them before the thing.
GAPS: dict[str, tuple[tuple[str, str], ...]] = {
    "english": (
        (
            r"(?:up |in |out )?(?:to )?(?:within|until|till)(?: we(?:'re| are)| it(?:'s| is))?(?: about)? {m} (?:of|"
            r"from|away from) ",
            "to ",
        ),
        (r"(?:up |in )?to(?: about)? {m} (?:from|away from|short of|in front of|off) ", "to "),
        (r"(?:up |in )?(?:to|until|till)(?: we(?:'re| are)| it(?:'s| is))?(?: about)? {m} (?:away|out)(?! from)\b", ""),
        (
            r"(?:stop|end|halt|finish)(?:s|ping|ing)? {m} (?:before|short of|in front of|from|away from) (?!it\b|"
            r"him\b|them\b|her\b)",
            "move to ",
        ),
        (r"(?:leaving|keeping) {m} (?:of (?:space|distance|room) )?(?:between us|in front|clear|to spare)\b", ""),
        (r"to {m} above (?=the|an?|his|her)(?!the (?:ground|floor|street))", "level with "),
    ),
    "german": (
        (r"bis(?: auf)?(?: etwa)? {m} (?:an|vor) (?=\w)", "bis zu "),
        (r"bis(?: auf)?(?: etwa)? {m} (?:heran|davor|entfernung|abstand)", ""),
    ),
    "french": (
        (r"jusqu['’]à(?: environ)? {m} (?:de la |de l['’]|du |des |de |d['’])", "jusqu'à la "),
        (r"jusqu['’]à(?: environ)? {m}(?=\s*(?:$|[,.;]))", ""),
    ),
    "spanish": (
        (r"hasta(?: estar)?(?: a)?(?: unos)? {m} (?:del |de la |de los |de )", "hasta la "),
        (r"hasta(?: estar)?(?: a)?(?: unos)? {m}(?=\s*(?:$|[,.;]))", ""),
    ),
    "italian": (
        (r"fino a(?:d)?(?: circa)? {m} (?:dal |dalla |dall['’]|dallo |da )", "fino a la "),
        (r"fino a(?:d)?(?: circa)? {m}(?=\s*(?:$|[,.;]))", ""),
    ),
    "portuguese": (
        (r"até(?: ficar)?(?: a)?(?: cerca de)? {m} (?:do |da |dos |das |de )", "até a "),
        (r"até(?: ficar)?(?: a)?(?: cerca de)? {m}(?=\s*(?:$|[,.;]))", ""),
    ),
    "dutch": (
        (r"tot(?: op)?(?: ongeveer)? {m} (?:van|voor) (?=\w)", "naar "),
        (r"tot(?: op)?(?: ongeveer)? {m} (?:afstand|ervoor)", ""),
    ),
    "japanese": ((r"(?:の|から|まで)?(?:約)?{m}(?:の?手前|の距離)(?:まで|に|で)", "まで"),),
    "korean": ((r"(?:에서|의|까지)? ?{m} ?(?:앞까지|거리까지|앞으로 다가)", "까지"),),
    "chinese": (
        (
            r"(?:到|至)(?:距离?|离)?([一-鿿]{1,4}?)(?:前面?|还有)?{m}(?:左右)?(?:的地方|的位置|处|远|前)?(?=$|"
            r"[，,。；\s])",
            r"到\1",
        ),
    ),
}
