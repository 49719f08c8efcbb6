"""Where a verb of going takes the camera, by the phrase of place that follows it: "out through the door", "in a circle
around her", "deeper into the room". Whichever verb it is, the phrase means the same."""

from __future__ import annotations

from collections.abc import Mapping

from .. import words
from ..lists import one_of
from ..modifiers import is_modifier
from ..sentences import DETERMINERS
from ..vocabulary import DIRECTIONS, Move
from .target import OPENINGS
from .ways import is_manner, is_name

_TO_AN_OBJECT = DETERMINERS | {"him", "her", "them", "it", "us"}
_FORWARD = one_of("past, over, across, onto, behind, under, underneath, beneath, below, by")
_OUT_ON = one_of("through, into, onto, across, over, along, past, on")
_BESIDE = one_of("beside, alongside, with")
_ROUNDS = one_of("circle, circles, arc, semicircle, loop, curve, ring")
_BARE = one_of("deeper, further, farther, lower, higher, low, high, right, straight, directly, slightly, just, camera")
_WAYS_ON = one_of("to, past, through, across, towards, toward, into")
_TILL_ELSEWHERE = one_of("into, onto, to, toward, towards")


def way_after(text: list[str], i: int, table: Mapping[str, Move], everyday: bool) -> tuple[Move, int] | None:
    """The move that the phrase of place at word `i` makes of a verb with this `table`, and where its words end."""
    if "in" not in table:
        return None
    across = next((word for word in text[i : i + 9] if word in ("leftwards", "rightwards")), "")
    if across and "left" in table:  # "sweep across the roofs from left to right"
        return table["left" if across == "leftwards" else "right"], i
    at = _first_telling(text, i)
    word, rest = text[at] if at < len(text) else "", text[at + 1 : at + 3]
    if not rest:
        return None
    if word == "from" and rest[0] not in DIRECTIONS:
        return _from_to(text, at + 1, table["in"])
    if word == "out":
        return _out(text, at, everyday)
    if word in ("in", "into") and (end := _in_a_round(text, at + 1)):
        return ("orbit", 1), end
    if word in _BESIDE and rest[0] in _TO_AN_OBJECT and not _is_manner(text, at + 1):
        return ("truck", 1), at + 1
    if word == "over" and words.measure_at(text, at + 1):
        return None  # "move over three seconds"
    if word in _FORWARD and (rest[0] in _TO_AN_OBJECT or is_name(rest[0]) or word in ("past", "over", "across")):
        return table["in"], at + 1
    return None


def _first_telling(text: list[str], i: int) -> int:
    """The first word from `i` on that is no manner and no filler."""
    if text[i : i + 2] == ["the", "camera"]:
        i += 2
    while i < len(text) and (text[i] in _BARE or is_manner(text[i])):
        timed = i + 2 < len(text) and words.measure_at(text, i + 2) is not None
        stressed = text[i + 1 : i + 2] in (["out"], ["over"]) and not timed
        if text[i] in DIRECTIONS and not stressed:
            break  # "right past the sofa", "right over 3 seconds" may go right
        i += 1
    return i


def _out(text: list[str], at: int, everyday: bool) -> tuple[Move, int] | None:
    """ "Out through the window" goes on, "out from behind the column" aside, "out of the hall into the yard" on."""
    after = text[at + 1 : at + 3]
    if after[0] == "over" and words.measure_at(text, min(at + 2, len(text) - 1)):
        return None  # "out over 3 seconds"
    if after == ["from", "behind"]:
        return ("truck", 1), at + 1
    if after[0] in _OUT_ON and (after[0] != "on" or everyday) and len(after) > 1:
        return ("push", 1), at + 1
    if after[0] == "of":
        if everyday and OPENINGS.intersection(text[at + 2 : at + 5]):  # "walk out of the front door"
            return ("push", 1), at + 1
        for i in range(at + 2, len(text) - 1):
            if text[i] in _TILL_ELSEWHERE and text[i + 1] in DETERMINERS:
                return ("push", 1), i
    return None


def _from_to(text: list[str], at: int, move: Move) -> tuple[Move, int] | None:
    """ "From the door past the sofa to the window", with no side said."""
    for i in range(at, min(at + 6, len(text) - 1)):
        if text[i] in _WAYS_ON and text[i + 1] in _TO_AN_OBJECT:
            return move, i
        if text[i] in DIRECTIONS or text[i].endswith(("ing", "ly")):
            return None
    return None


def _in_a_round(text: list[str], at: int) -> int:
    """Where "a wide circle around" ends, 0 for anything else: "in a slow arc" alone is about the move."""
    if text[at : at + 1] not in (["a"], ["an"]):
        return 0
    at += 1
    while at < len(text) and (is_modifier(text[at]) or text[at] in ("half", "full", "complete", "perfect", "loose")):
        at += 1
    if at + 1 < len(text) and text[at] in _ROUNDS and text[at + 1] in ("around", "round", "about"):
        return at + 1
    if at < len(text) and text[at] in ("circle", "semicircle") and text[at + 1 : at + 2] in ([], ["from"]):
        return at + 1
    return 0


def _is_manner(text: list[str], i: int) -> bool:
    """ "With a slight tilt", "with the same speed": how, and not beside whom."""
    return text[i] in ("a", "an") or any(word == "same" or is_modifier(word) for word in text[i : i + 2])
