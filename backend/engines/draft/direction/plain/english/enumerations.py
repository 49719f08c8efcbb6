"""Lists with numbers, letters or labels: their entries are moves one after the other."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"(?:(?<=^)|(?<=[\s;,.:]))[(\[]?([1-9])(?:[.)\]:]|\s-)\s+(?=\D)")
_LETTERED = re.compile(r"(?:(?<=^)|(?<=[\s;,.:]))\(?([a-fA-F])\)\s+")
_LABELLED = re.compile(
    r"(^|[.;,:\n]|\band\b|\bthen\b)\s*(?:step|beat|phase|part|move|stage|shot|cut|segment|section|clip)\s*#?\s*"
    r"(?:[1-9]|one|two|three|four|five)\b(?!\s*(?:m|cm|met\w+|ft|feet|foot|deg\w*|°|s|sec\w*|times|"
    r"x)\b)\s*(?:\([^)]{0,20}\)\s*)?(?:[:.)]|\s[-–—])?(?=\s)",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(
    r"(?<=[.;,/\n|])\s*(?:the )?(?:end|ending|finish|finale|final frame|last frame)\s*:", re.IGNORECASE
)


def in_a_row(text: str) -> str:
    """`text` with a mark that parts moves in time for the numbers of its lists: "1) push in 2) pan left"."""
    for pattern, first, second in ((_NUMBERED, "1", "2"), (_LETTERED, "a", "b")):
        told = [match[1].lower() for match in pattern.finditer(text)]
        if first in told and second in told[told.index(first) :]:
            text = pattern.sub("; ", text)
    return _AT_THE_END.sub(" then ", _LABELLED.sub(r"\1 then ", text))
