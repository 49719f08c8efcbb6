"""What pronouns stand for: things and people that are named before them."""

from __future__ import annotations

from ..languages.tables.nouns import PEOPLES_NAMES
from ..sentences import DETERMINERS
from .target import OF_A_BODY, noun_phrase

_HIS = ("her", "his", "their", "the")


def mentioned_in(text: list[str]) -> str:
    """The thing that a clause does no more than name: "the car:", "there's a lamp on the right"; "" for none."""
    at = next((i for i, word in enumerate(text) if word in DETERMINERS), len(text))
    _, name, end = noun_phrase(text, at, len(text))
    return name if text[0] in ("there's", "there") or (at == 0 and end == len(text) < 4) else ""


def named_in(text: list[str]) -> str:
    """Whom a clause names last; "" for nobody."""
    names = (word.removesuffix("'s") for word in reversed(text))
    return next((name for name in names if name in PEOPLES_NAMES), "")


def whose_part(text: list[str], part: str, person: str) -> str:
    """The `part` of a body with whose it is, where a clause leaves that to a pronoun or open and the `person` was
    named: "from Anna's feet to her face", "Anna: zoom to the eyes"; anything else as it is."""
    at = len(text) - 1 - text[::-1].index(part) if part in OF_A_BODY and part in text else 0
    return f"{person}'s {part}" if at and person and text[at - 1] in _HIS else part
