"""What pronouns stand for: things and people that are named before them."""

from __future__ import annotations

from ..languages.tables.nouns import PEOPLES_NAMES
from ..lists import one_of
from ..sentences import DETERMINERS
from ..steps import Step
from ..vocabulary import DIRECTIONS
from .target import OF_A_BODY, noun_phrase
from .ways import VERBS, is_name

_STANDING = ("in", "on", "at", "by", "near", "behind", "beside", "under")
_HIS = ("her", "his", "their", "the")


def mentioned_in(text: list[str]) -> str:
    """The thing that a clause does no more than name: "the car:", "there's a lamp on the right"; "" for none."""
    at = next((i for i, word in enumerate(text) if word in DETERMINERS), len(text))
    _, name, end = noun_phrase(text, at, len(text))
    verbs = any(word in VERBS and word not in DIRECTIONS for word in text)
    named = end == len(text) < 4 or (end < len(text) < 7 and text[end] in _STANDING and not verbs)
    return name if text[0] in ("there's", "there") or (at == 0 and named) else ""


_FRAMED_SO = one_of(
    """
        close, closeup, up, medium, mid, wide, wider, tight, tighter, full, long, extreme, shot, angle, single, clean,
        dirty, hero, insert, shoulder, over, framed, low, high, view, static, locked, establishing, detail, beauty,
        macro, two, portrait, profile, frontal, front, slow, slowly, a, an, the, we, open, opens, opening, start,
        starts, starting, begin, begins, beginning, camera, frame, overhead, dutch, eye, level, and
    """
)
_ONTO = ("on", "of", "at", "onto", "toward", "towards", "to")


def framed_in(text: list[str]) -> str:
    """What a clause without a move says the shot is on: "close on Anna", "medium shot of the lamp", "the lamp"; "" for
    none."""
    at = next((i for i, word in enumerate(text) if word not in _FRAMED_SO), len(text))
    if at == len(text) or not (text[at] in _ONTO or (at == 0 and is_name(text[0])) or (at and text[at - 1] == "the")):
        return ""
    _, name, end = noun_phrase(text, at + (text[at] in _ONTO), len(text))
    verbs = any(word in VERBS and word not in DIRECTIONS for word in text[at:])
    does = " " in name and name.endswith("s")  # "Ben waves", "the door opens"
    return name if name and end == len(text) and not verbs and not does else ""


def goes_about(step: Step) -> bool:
    """Whether a step can be about what the shot is on."""
    return step.kind in ("orbit", "dolly zoom") or (step.kind in ("push", "zoom") and step.sign > 0)


def named_in(text: list[str]) -> list[str]:
    """Whom a clause names, in order."""
    return [name for word in text if (name := word.removesuffix("'s")) in PEOPLES_NAMES]


_MEN = one_of("ben, tom, max, paul, peter, john, jack, david, leo, adam, mike")
_EITHER = ("sam", "alex")


def who_is(pronoun: str, named: list[str]) -> str:
    """Whom "her" or "him" means: who of those `named` so far, in order, was the last that it can be; else itself."""
    fits = [one for one in named if one in _EITHER or (one in _MEN) == (pronoun == "him")]
    return fits[-1] if pronoun in ("her", "him") and fits else pronoun


def whose_part(text: list[str], part: str, named: list[str]) -> str:
    """The `part` of a body with whose it is, where a clause leaves that to a pronoun or open: of who was `named` last,
    as in "from Anna's feet to her face"; anything else as it is."""
    at = len(text) - 1 - text[::-1].index(part) if part in OF_A_BODY and part in text else 0
    if not (at and named and text[at - 1] in _HIS):
        return part
    who = who_is({"his": "him"}.get(text[at - 1], text[at - 1]), named)
    return f"{who if who in named else named[-1]}'s {part}"
