"""A move that was found in a clause."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A move's words [start, end) in a clause. `form` of its verb: base, s, ing or ed; "phrase", or "again"
    for a direction alone. `extra`: what a set phrase says of its manner."""

    start: int
    end: int
    kind: str
    sign: int
    form: str
    verb: str
    everyday: bool = False
    directed: bool = True
    extra: tuple[tuple[str, float], ...] = ()
