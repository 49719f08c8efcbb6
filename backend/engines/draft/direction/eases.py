"""Clauses that say only how the other moves start and end: "ease in, push in, ease out"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import words
from .clauses import Clause
from .sentences import LEAD_INS

_ENDS = ("start", "end", "beginning", "finish")


def with_eases(found: list[Clause], has_moves: Callable[[list[Clause]], bool]) -> list[Clause]:
    """The clauses, with words of manner for those that only ease. Where the others have no moves, as `has_moves` says,
    an ease is a move itself."""
    eases = {id(clause): side for clause in found if (side := _eases(clause.words))}
    if not eases or not has_moves([clause for clause in found if id(clause) not in eases]):
        return found
    sides = set(eases.values())
    said = "eased" if len(sides) > 1 else "accelerating" if sides == {"in"} else "decelerating"
    return [replace(one, words=[said], named=[False], link="comma") if id(one) in eases else one for one in found]


def _eases(text: list[str]) -> str:
    """ "in" or "out" where a clause says nothing but to ease."""
    at = next((i for i, word in enumerate(text) if word in ("ease", "eases", "easing")), None)
    if at is None or text[at + 1 : at + 2] not in (["in"], ["out"]):
        return ""
    rest = text[:at] + text[at + 2 :]
    return text[at + 1] if all(word in LEAD_INS or word in words.SPEEDS or word in _ENDS for word in rest) else ""
