"""A look from one thing to another, by language: "d'Anna à Ben", "de la mesa a la puerta"."""

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


def from_and_to(name: str) -> list[tuple[str, str]]:
    """The rule of a language for it, as in Language.things; none where its prepositions alone tell."""
    if name not in _FROM_AND_TO:
        return []
    start, goal = _FROM_AND_TO[name]
    return [(rf"\b{start}{_NONE}[^\W\d_]+ {goal}{_NONE}{{N}}", "to")]
