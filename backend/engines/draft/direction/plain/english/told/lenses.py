"""A dolly zoom and its sense by what it does: "dolly in, zoom out", "reverse vertigo", "vertigo, the background rushes
at us"."""

from __future__ import annotations

from ....lists import replaced, replacements

_CAMERA = r"(?:(?:the )?camera )?"
_GOES = "dolly|dollies|dollying|track|tracks|tracking|move|moves|travel"
_TRAVEL = rf"{_CAMERA}(?:{_GOES}|push|pushes|pushing)"
_PULL = rf"{_CAMERA}(?:{_GOES}|pull|pulls|pulling)"
_IN = r"(?:in|forwards?|closer)"
_OUT = r"(?:out|back(?:wards?)?|away)"
_WITH = (
    r"\s*(?:[,/&+;]|\band\b|\bwhile\b|\bwith\b|\bas\b)\s*(?:\b(?:and|the|we|a|an|simultaneous\w*|slow|"
    r"slowly|lens|camera) )*"
)
_ZOOMS = r"zoom(?:s|ing)?(?: the lens| lens)?"
_NAME = (
    r"(?:dolly[- ]?zoom|vertigo(?: effect| shot| zoom)?|zolly|contra[- ]?zoom|counter[- ]?zoom|trombone(?: "
    r"shot)?|hitchcock zoom)"
)
_BACKGROUND = (
    r"(?:the )?(?:background|room|world|space|walls?|perspective|surroundings?)(?: behind (?:him|her|them|it))?"
)
_FARTHER = (
    r"(?:stretch|reced|expand|fall|pull|drop|open|grow|rac|rush|run|elongat|lengthen|widen)\w*(?: "
    r"(?:away|back|out|off|up|wider|longer))+"
)
_WIDENS = rf"(?:{_FARTHER}|(?:stretch|reced|expand|widen|elongat)\w*)"
_CLOSES = (
    r"(?:(?:rush|com|clos|mov|press|creep|surg|rac)\w* (?:in|toward|towards|at|up|closer|forward)|"
    r"(?:compress|flatten|loom)\w*)"
)

LENSES = replacements(
    (
        (rf"\b{_TRAVEL} {_IN}\b{_WITH}{_ZOOMS} (?:out|back|wide)\b", "dolly zoom in"),
        (rf"\b{_PULL} {_OUT}\b{_WITH}{_ZOOMS} in\b", "dolly zoom out"),
        (rf"\b{_ZOOMS} (?:out|back|wide)\b{_WITH}{_TRAVEL} {_IN}\b", "dolly zoom in"),
        (rf"\b{_ZOOMS} in\b{_WITH}{_PULL} {_OUT}\b", "dolly zoom out"),
        (rf"\b(?:reversed?|inverse|inverted|opposite) {_NAME}", "dolly zoom in"),
        (rf"\b{_NAME},? (?:in|inward|forwards?)\b(?! (?:on|at|over|the|\d))", "dolly zoom in"),
        (r"\bzolly in\b", "dolly zoom in"),
        (rf"\b{_NAME}\b(?! (?:in|out)\b)(?=[^.;]*,\s*(?:the )?{_BACKGROUND} (?:\w+ly )?{_WIDENS})", "dolly zoom in"),
        (
            rf"\b{_NAME}\b(?! (?:in|out)\b)([^.;]{{0,40}}?)[,:]\s*(?:the )?camera (?:\w+ly )?(?:mov|com|go|push|"
            rf"travel|doll)\w* {_IN}\b",
            r"dolly zoom in\1",
        ),
        (
            rf"\b{_NAME}\b(?! (?:in|out)\b)([^.;]{{0,40}}?)[,:]\s*(?:the )?camera (?:\w+ly )?(?:mov|go|pull|"
            rf"travel|doll|back)\w* {_OUT}\b",
            r"dolly zoom out\1",
        ),
        (
            rf"(?<=\w),?\s*(?:while |as |and |so )*{_BACKGROUND} (?:\w+ly )?(?:{_WIDENS}|{_CLOSES})(?: (?:us|"
            rf"camera|the camera|him|her|them|behind (?:him|her|them|it)))?(?=\s*(?:$|[,.;]))",
            " ",
        ),
    )
)


def lensed(text: str) -> str:
    """English `text` with its dolly zooms by their name and their sense."""
    return replaced(text, LENSES)
