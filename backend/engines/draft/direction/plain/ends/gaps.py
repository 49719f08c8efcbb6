"""How far from a thing a way to it ends, or how far above it, as marks (see marks.py): "to within a metre of
it"."""

from __future__ import annotations

import functools
import re

from ...languages.tables.gaps import GAPS
from .heights import centimetres, measured_in

_EASTERN = ("japanese", "korean", "chinese")


def in_gaps(text: str, name: str) -> str:
    """`text` in the language called `name` with marks for such lengths, and the thing as one that is gone to."""
    for pattern, said in _patterns(name):
        text = pattern.sub(functools.partial(_marked, said=said), text)
    return text


def _marked(match: re.Match[str], said: str) -> str:
    own = match[1] if r"\1" in said else ""
    return f" gap{centimetres(match)}cm {said.replace(chr(92) + '1', own)}"


@functools.cache
def _patterns(name: str) -> list[tuple[re.Pattern[str], str]]:
    bound = "" if name in _EASTERN else r"(?<!\w)"
    return [(re.compile(bound + measured_in(pattern), re.IGNORECASE), said) for pattern, said in GAPS[name]]
