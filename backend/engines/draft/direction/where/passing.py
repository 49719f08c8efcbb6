"""What a way leads by on its way to a thing, or from: "past the sofa to the door", "from the lamp to the window"."""

from __future__ import annotations

from ..lists import by_phrase
from ..vocabulary import DIRECTIONS
from .target import noun_phrase, stands_behind

_TOWARDS = ("to", "toward", "towards", "reach", "reaches")
_PASSING = by_phrase(
    {
        "past": "past, beyond",
        "over": "over, above",
        "under": "under, underneath, beneath, below",
        "along": "along, alongside",
    }
)
PASSING = frozenset(_PASSING.values())


def via_of(text: list[str], start: int, stop: int, goal: str) -> tuple[str, str]:
    """What a way to the `goal` leads past, over, under or along, and how: "past the sofa to the door"; "" for none."""
    for i in range(start, stop - 1):
        passing = _PASSING.get(text[i], "")
        stands = passing == "under" and stands_behind(text, i, start)
        if passing and not stands and (name := noun_phrase(text, i + 1, stop)[1]):
            return (name, passing) if name != goal else ("", "past")
    return "", "past"


def from_of(text: list[str], start: int) -> str:
    """What a look from one thing to another begins on: "pan from the door to the window"; "" for none."""
    for i in range(start, len(text) - 3):
        if (
            text[i] == "from"
            and text[i + 1] not in DIRECTIONS
            and any(word in _TOWARDS for word in text[i + 2 : i + 7])
        ):
            return noun_phrase(text, i + 1, len(text))[1]
    return ""


def over_of(text: list[str], start: int, stop: int) -> str:
    """What a way up and on to something leads over: "crane up over the sofa to the car"; "" for none."""
    for i in range(start, stop - 1):
        if text[i] == "over" and (name := noun_phrase(text, i + 1, stop)[1]):
            return name
    return ""


def onward_of(text: list[str], start: int, stop: int) -> str:
    """What a way through a thing leads to: "through the living room to the terrace door"; "" for none."""
    for i in range(start, stop - 1):
        goes_on = text[i] in _TOWARDS and any(word in ("through", "between") for word in text[start:i])
        if goes_on and (name := noun_phrase(text, i + 1, stop)[1]):
            return name
    return ""
