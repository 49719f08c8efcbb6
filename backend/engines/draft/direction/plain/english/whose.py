"""Whether a saying is the camera's, by what stands around it: "bring the camera closer" is an order, "he brings the
camera to his eye" is told; "slow push, dutch" is a move, "a Dutch street" a street."""

from __future__ import annotations

import re

from ...lists import one_of
from ...modifiers import is_modifier
from ...sentences import CAMERA_NOUNS, LEAD_INS, PREPOSITIONS
from ...vocabulary import CAMERA_VERBS, DIRECTIONS
from ...words import DEGREES

_BEGINS = re.compile(r"[.,;:!?()\n–—]|\s-\s|\b(?:and|then|while|with|but|as|plus|to)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_MOVED = re.compile(
    r"(?:push|pull|pan|tilt|zoom|truck|dolly|orbit|arc|crane|track|fly|glid|drift|creep|mov|walk|run|turn|rotat|spin|"
    r"circl|spiral)(?:s|es|ing|e)?"
)

_OF_FILM = one_of(
    """
        shot, shots, view, angle, effect, move, movement, motion, frame, use, using, add, apply, start, end, ends,
        ending, reveal, hitchcock, vertigo, slow, fast, in, out, back, now, please, also, gentle, it, let, have, go,
        goes, going
    """
)
_ARTICLES = frozenset(("a", "an", "the", "his", "her", "their", "its"))


def ordered(match: re.Match[str]) -> bool:
    """Whether nobody but the camera is named in the clause before a match."""
    return all(_is_the_cameras(word) for word in _before(match))


def named(match: re.Match[str]) -> bool:
    """Whether a noun is the camera's: nothing before it names another thing, nothing after it goes on with one."""
    return (_goes_on(match) and ordered(match)) or _after(match) in ("shot", "effect", "zoom")


def led(match: re.Match[str]) -> bool:
    """Whether a way is the camera's: "path along the fence", "a smooth path", but not "a path through trees"."""
    before = _before(match)
    return ordered(match) and not (before and set(before) <= _ARTICLES)


def from_above(match: re.Match[str]) -> bool:
    """Whether nothing in the picture is said to turn between "overhead" and "turns"."""
    between = _WORD.findall(_BEGINS.split(match[1].lower())[-1])
    return _goes_on(match) and all(_is_the_cameras(word) and word not in CAMERA_VERBS for word in between)


def of_itself(match: re.Match[str]) -> bool:
    """Whether a sway is nobody's: not "of the leaves"."""
    return (
        ordered(match)
        and re.match(r"\s+(?:of|in|on)\b(?! the camera)", match.string[match.end() :], re.IGNORECASE) is None
    )


def _goes_on(match: re.Match[str]) -> bool:
    """Whether what follows a match is the clause's end or words of a move, and no thing."""
    after = _after(match)
    return not after or after in PREPOSITIONS or _BEGINS.fullmatch(after) is not None or _is_the_cameras(after)


def _after(match: re.Match[str]) -> str:
    """The word that follows a match in its clause, "" where none does."""
    after = _WORD.match(match.string[match.end() :].lstrip(" -"))
    return after[0].lower() if after else ""


def _before(match: re.Match[str]) -> list[str]:
    return _WORD.findall(_BEGINS.split(match.string[max(0, match.start() - 80) : match.start()].lower())[-1])


def _is_the_cameras(word: str) -> bool:
    known = word in LEAD_INS or word in CAMERA_NOUNS or word in DIRECTIONS or word in DEGREES or word in _OF_FILM
    return known or word in CAMERA_VERBS or is_modifier(word) or _MOVED.fullmatch(word) is not None
