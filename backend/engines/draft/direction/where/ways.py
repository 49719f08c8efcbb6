"""Which way a verb goes, by the words around it."""

from __future__ import annotations

import re

from .. import words
from ..languages.tables.nouns import PEOPLES_NAMES
from ..modifiers import is_figure, is_modifier
from ..sentences import BETWEEN, CAMERA_NOUNS, DETERMINERS, ROADS
from ..vocabulary import CAMERA_VERBS, DIRECTIONS, EVERYDAY_VERBS, IRREGULAR, Move

GOES_BY = {"push": 1, "advance": 1, "proceed": 1, "press": 1, "walk": 1, "creep": 1, "inch": 1, "pull": -1}


def metres_after(text: list[str], i: int) -> int:
    """Where the words end before a length that follows at word `i`: "push slowly 2 m"; 0 for none."""
    for at in range(i, len(text)):
        if measure := words.measure_at(text, at):
            return i if measure.kind == "metres" else 0
        if not (is_modifier(text[at]) or text[at] in ("by", "about", "camera", "the")):
            break
    return 0


def goes_to(text: list[str], i: int) -> bool:
    """Whether a verb of going has its goal at word `i`: "to the window", "slowly from the sink to the fridge"."""
    for at in range(i, min(len(text) - 1, i + 7)):
        if text[at] == "to":
            return text[at + 1] in (*ABOUT, "it") or is_name(text[at + 1])
        if at == i and not (text[at] == "from" or is_modifier(text[at])):
            return False
        if text[at] in DIRECTIONS or (at > i and text[at] in VERBS and text[at - 1] not in ABOUT):
            return False
    return False


def is_name(word: str) -> bool:
    """Whether a word is a person's name, or says whose something is: "anna", "ben's"."""
    return word.removesuffix("'s") in PEOPLES_NAMES or (word.endswith("'s") and len(word) > 4)


def degrees_after(text: list[str], i: int) -> bool:
    """Whether degrees follow at word `i`: "turn slowly 90 degrees"."""
    for at in range(i, len(text)):
        if measure := words.measure_at(text, at):
            return measure.kind == "degrees"
        if not (is_modifier(text[at]) or text[at] in ("by", "about", "the", "through") or text[at] in CAMERA_NOUNS):
            break
    return False


def turns_about(text: list[str], i: int) -> bool:
    """Whether a thing is turned about: "rotate around the table", "rotate the camera 30 degrees around her"."""
    for at in range(i + 1, min(i + 9, len(text) - 1)):
        if text[at] == "around":
            return text[at + 1] in (*ABOUT, "it") and not any(
                word in VERBS and word != text[i] for word in text[i + 1 : at]
            )
    return False


ABOUT = ("the", "him", "her", "them", "his", "their", "behind", "this", "that", "a", "an")


def heading(text: list[str], end: int) -> Move | None:
    """Where words [0, end) about movement have it go, without a verb: "slow camera movement to the left"."""
    for i, word in enumerate(text[:end]):
        if word not in NO_HEADINGS and (direction := DIRECTIONS.get(word)):
            return EVERYDAY_VERBS["move"].get(on_a_road(text, i + 1, direction))
    return None


NO_HEADINGS = ("in", "into", "through", "along", "between", "about", "close", "off", "above")


STRAIGHT_DOWN = ("floor", "ground", "ceiling", "sky", "level", "height", "top", "bottom")


def on_a_road(text: list[str], end: int, direction: str) -> str:
    """ "walk down the street" goes forward; so does "walk up to the door"."""
    after = text[end : end + 4]
    if any(word in STRAIGHT_DOWN for word in after):
        return direction
    return "in" if after[:1] == ["to"] or any(word in ROADS for word in after) else direction


def is_manner(word: str) -> bool:
    """Whether a word says how: "slowly", "weightlessly"."""
    return is_modifier(word) or (word.endswith("ly") and word not in VERBS)


def direction_of(text: list[str], start: int, end: int, reach: int, far: bool) -> tuple[str, int] | None:
    """The direction of the verb at [start, end), after it or right before it, and where its word ends.

    `far`: other words than fillers may stand between, as in "tilt from the floor up to the ceiling".
    """
    in_from = False
    along: tuple[str, int] | None = None
    last: tuple[str, int] | None = None
    reach += 6 if "from" in text[end : end + reach] else 0
    for i in range(end, min(len(text), end + reach)):
        word = text[i]
        if i > end and word in VERBS and word not in DIRECTIONS and not is_figure(text, i):
            break
        if word == "from":
            in_from = True
        elif (
            word in ("round", "around")
            and text[i + 1 : i + 3] == ["to", "the"]
            and (text[i + 3 : i + 4] or [""])[0] in _SIDES
        ):
            continue
        elif word in ("off", "out", "over") and (side := _aside_at(text, start, i + 1)):
            return text[side], side + 1  # "wanders off to the right", "lean out 30 cm to the left"
        elif word == "in" and i > end and text[i + 1 : i + 2] and text[i + 1] in DETERMINERS:
            continue  # "past the man in the chair"
        elif word in DIRECTIONS and not is_idle(text, i):
            direction = DIRECTIONS[word]
            if in_from:  # "from left to right": the last one counts
                last = (direction, i + 1)
            elif word in ALONG:  # "along the fence to the left": the side counts
                along = along or (direction, i + 1)
            elif along and not (direction in _SIDES or DIRECTIONS[word] in ("clockwise", "counter")):
                return along
            elif not (direction in ("in", "out") and text[i + 1 : i + 2] and text[i + 1] in _SIDES) or (
                on_a_road(text, i + 2, "") == "in" and text[i + 1] in ("up", "down")
            ):
                return direction, i + 1
        elif not (word in BETWEEN or is_manner(word) or is_figure(text, i) or far or in_from or along):
            break
    if last or along:
        return last or along
    before = text[start - 1] if start else ""
    if before in DIRECTIONS and before not in ("in", "out", "off", "through", "about"):
        return DIRECTIONS[before], end
    return None


def _aside_at(text: list[str], start: int, i: int) -> int:
    """Where the side stands, from word `i` on and after a thing or a length, to which the verb at `start` goes; 0 for
    none."""
    if text[start] in VERBS and VERBS[text[start]][0] in ("pull", "dolly", "push", "zoom", "back", "track"):
        return 0
    for at in range(i, min(i + 7, len(text))):
        if text[at] in ("left", "right"):
            return at if at == i or text[at - 2 : at] == ["to", "the"] else 0
        if text[at] in VERBS or text[at] in DIRECTIONS:
            return 0
    return 0


RANKS = frozenset(("first", "second", "third", "fourth"))
_SIDES = ("left", "right", "up", "down")
MOVES_ASIDE = ("truck", "crab")
ALONG = ("along", "alongside")


def is_idle(text: list[str], i: int) -> bool:
    """Whether a word of direction points nowhere: "in a slow arc", "in 3 seconds", "at the back"."""
    word, rest = text[i], text[i + 1 : i + 2]
    if word == "in" and text[i + 1 : i + 3] == ["slow", "motion"]:
        return True
    if word in ("in", "on") and rest and rest[0] in ("a", "an", "order", "real", "front", "general"):
        measure = words.measure_at(text, i + 1)
        if measure is not None and measure.kind == "metres":  # "pushes in a metre"
            return False
        return text[i + 2 : i + 3] not in (["lot"], ["bit"], ["little"], ["touch"], ["tad"])
    if word == "in" and rest and (measure := words.measure_at(text, i + 1)) and measure.kind == "seconds":
        return True
    if word == "about" and rest and is_figure(text, i + 1):
        return True
    if word in ("left", "right") and text[i - 2 : i] == ["from", "the"] and set(text[max(0, i - 5) : i]) & RANKS:
        return True  # "the second window from the left"
    if word in ("left", "right") and text[i - 2 : i] == ["on", "the"]:  # "past the columns on the left"
        return any(word in ("past", "by", "around") for word in text[:i])
    return word in ("close", "off", "back") and i > 0 and text[i - 1] in ("the", "very", "at", "her", "his")


def forms_of(verb: str) -> dict[str, str]:
    """The written forms of a verb: "pan" -> pan, pans, panning, panned."""
    if verb in IRREGULAR:
        s, *ings, ed = IRREGULAR[verb]
    else:
        stem = verb[:-1] if verb.endswith("e") else verb + verb[-1] if _DOUBLED.fullmatch(verb) else verb
        s = verb + ("es" if verb.endswith(("sh", "ch", "s", "x")) else "s")
        ings, ed = [stem + "ing"], stem + "ed"
    return {verb: "base", s: "s", ed: "ed", **dict.fromkeys(ings, "ing")}


_DOUBLED = re.compile(r"[^aeiou]+[aeiou][^aeiouwxy]")  # pan: panning
VERBS: dict[str, tuple[str, str, bool]] = {
    **{form: (verb, kind, True) for verb in EVERYDAY_VERBS for form, kind in forms_of(verb).items()},
    **{form: (verb, kind, False) for verb in CAMERA_VERBS for form, kind in forms_of(verb).items()},
}
