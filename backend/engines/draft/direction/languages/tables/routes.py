"""By language: a look from one thing to another ("d'Anna à Ben", "de la mesa a la puerta"), ways under things and to
right above them ("unter dem Tisch hindurch", "升到桌子正上方")."""

from __future__ import annotations

_FROM_AND_TO = {
    "german": (r"von ", r"(?:bis )?zu "),
    "french": (
        r"(?:de |du |des |d['’]|depuis )(?:la |le |les |l['’])?",
        r"(?:à la |à l['’]|à |au |aux |vers |jusqu['’]à |jusqu['’]au )",
    ),
    "spanish": (r"(?:de |del |desde )(?:la |el |los |las )?", r"(?:a la |a los |al |a |hasta |hacia )"),
    "italian": (
        r"(?:da |dal |dalla |dall['’]|dallo )",
        r"(?:a |ad |al |alla |all['’]|allo |fino a |fino al |verso )",
    ),
    "portuguese": (
        r"(?:de |do |da |dos |das )(?:o |a )?",
        r"(?:a |à |ao |até |até a |até o |para |para a |para o )",
    ),
}
# What is no thing after such words.
_NONE = (
    r"(?!(?:la |el |il |a |o |les? )?(?:izquierda|derecha|gauche|droite|sinistra|destra|esquerda|direita|abajo|"
    r"arriba|haut|"
    r"bas|alto|basso|baixo|cima|sol|tierra|toda|todo|tout|toute|tutta|tutto|mostrar|ver)\b)"
)
_NOT_ALONG = r"(?<!longo )(?<!largo )(?<!long )"  # "ao longo da cerca até a escada"


def from_and_to(name: str) -> list[tuple[str, str]]:
    """The rule of a language for it, as in Language.things; none where its prepositions alone tell."""
    if name not in _FROM_AND_TO:
        return []
    start, goal = _FROM_AND_TO[name]
    return [(rf"{_NOT_ALONG}\b{start}{_NONE}[^\W\d_]+ {goal}{_NONE}{{N}}", "to")]


# Ways under a thing, and to right above it.
UNDER_AND_ABOVE: dict[str, tuple[tuple[str, str], ...]] = {
    "german": ((r"\bunter\s+{N}(?:\s+(?:hin)?durch)?", "under"),),
    "french": ((r"\b(?:sous|en dessous (?:de |du )|par-dessous) ?{N}", "under"),),
    "spanish": ((r"\b(?:(?:por )?(?:debajo|abajo) (?:del |de )|bajo ){N}", "under"),),
    "italian": ((r"\b(?:al di )?sotto (?:(?:al|allo|alla|all'|del|dello|della|dell') ?)?{N}", "under"),),
    "portuguese": ((r"\b(?:por baixo |debaixo |embaixo )(?:da |do |das |dos |de ){N}|\bsob {N}", "under"),),
    "dutch": ((r"\bonder\s+{N}(?:\s+door\b)?", "under"),),
    "japanese": (
        (r"{N}の下を(?P<keep>通り抜け|抜け|くぐ|通)[ぁ-ん]{0,3}", "under"),
        (r"{N}の真上(?:まで|に|へ)", "topdown"),
    ),
    "korean": (
        (r"{N} ?(?:밑|아래)(?:으로|를|을)\s*(?P<keep>(?:지나|통과)\S*)?", "under"),
        (r"{N} ?바로 위(?:까지|로)", "topdown"),
    ),
    "chinese": (
        (r"(?:从|在)?{N}(?:的)?(?:下面|下方|底下)(?P<keep>[穿钻经通]过)", "under"),
        (r"(?:到|至)?{N}(?:的)?正上方(?:俯视|俯拍|向下看|往下看)?", "topdown"),
    ),
}
