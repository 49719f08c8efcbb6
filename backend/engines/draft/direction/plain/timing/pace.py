"""How a move gathers speed or loses it, as marks (see marks.py): "slow at first, then faster", "先慢后快"."""

from __future__ import annotations

import functools
import re

from ...languages.tables.pace import PACES

_BOTH = re.compile(
    r"\b(?:an? )?(?:soft|gentle) start,? (?:and|with|&)? ?(?:an? )?(?:soft|gentle) (?:stop|end|landing|finish)\b",
    re.IGNORECASE,
)
_EASTERN = ("japanese", "korean", "chinese")


def in_paces(text: str, name: str) -> str:
    """`text` in the language called `name` with marks for such words."""
    text = _BOTH.sub(" eased ", text)
    for pattern, mark in zip(_patterns(name), (" pacein ", " paceout "), strict=True):
        text = pattern.sub(mark, text)
    return text


@functools.cache
def _patterns(name: str) -> list[re.Pattern[str]]:
    before, after = ("", "") if name in _EASTERN else (r"(?<!\w)", r"(?!\w)")
    return [re.compile(f"{before}(?:{pattern}){after}", re.IGNORECASE) for pattern in PACES[name]]
