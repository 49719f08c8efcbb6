"""Words that say how much, how fast, how smoothly, how far: where they are, and what they do to a step."""

from __future__ import annotations

from dataclasses import replace

from . import words
from .found import Found
from .lists import one_of
from .sentences import CAMERA_NOUNS, DETERMINERS, LEAD_INS, NEGATIONS
from .steps import Step
from .vocabulary import DIRECTIONS


def is_modifier(word: str) -> bool:
    """Whether a word says how much, how fast or how smoothly."""
    return word in words.SPEEDS or word in words.AMOUNTS or word in words.EASES


def telling_at(text: list[str]) -> int:
    """The first word that is about a thing: no lead-in, direction, modifier or measure. Their number for none."""
    measured = words.measured(text)
    for i, word in enumerate(text):
        idle = word in LEAD_INS or word in CAMERA_NOUNS or word in DIRECTIONS or is_modifier(word) or measured[i]
        if not idle:
            return i
    return len(text)


def is_figure(text: list[str], i: int) -> bool:
    """Whether word `i` is a number or a unit."""
    units = (words.METRES, words.DEGREES, words.SECONDS, words.PARTS, ("%", "percent"))
    counted = i > 0 and not (text[i - 1] in DETERMINERS or text[i - 1].endswith("'s"))
    counted = counted or (i > 0 and words.number_at(text, i - 1) is not None)
    return words.number_at(text, i) is not None or (counted and any(text[i] in unit for unit in units))


_ADVERBS = one_of("lot, bit, little, tad, touch, far, fast, faster, slower, much, further, linear")


def is_about_the_move(text: list[str], i: int, end: int) -> bool:
    """Whether the modifier at word `i`, after the move's words, is about the move and not about a thing:
    "push in a little, slowly", but not "push in on the big house"."""
    if text[i].endswith("ly") or text[i] in _ADVERBS:
        return True
    plain = all(
        word in LEAD_INS or is_modifier(word) or is_figure(text, j) for j, word in enumerate(text) if end <= j < i
    )
    return plain and not any(word in _OWNERS for word in text[end:i])


_OWNERS = ("the", "his", "her", "their", "its", "my", "our")
_VERB_OF = {"creeping": "creep", "crawling": "crawl"}
_VERY = ("very", "extremely", "super", "really", "ultra")
_OF_THE_LENS = ("shot", "angle", "lens", "view", "take", "frame", "wide", "close", "long", "closeup", "thing")


def modified(step: Step, text: list[str], first: int, last: int, move: Found | None = None) -> Step:
    """`step` with every modifier of words [first, last) that is not part of the move's own words."""
    amount, speed, ease = step.amount, step.speed, step.ease
    figures: dict[str, float] = {}
    i = first
    while i < last:
        word = text[i]
        measure = words.measure_at(text, i)
        if measure is not None and i + measure.length <= last:
            figures |= words.meant(measure, text[i - 1] if i else "")
            i += measure.length
            continue
        if move and i >= move.end and not is_about_the_move(text, i, move.end):
            i += 1
            continue
        if move and move.start < i < move.end and is_modifier(word) and text[i - 1] in _OWNERS:
            i += 1  # "pan to the large window on the right"
            continue
        if any(earlier in NEGATIONS for earlier in text[max(first, i - 3) : i]):  # "not too fast"
            i += 1
            continue
        power = 1.4 if i and text[i - 1] in _VERY else 1.0
        own = move is not None and move.everyday and move.verb in (word, _VERB_OF.get(word))
        if word in words.SPEEDS and not own:
            speed *= words.SPEEDS[word] ** power
        if word in words.AMOUNTS and text[i + 1 : i + 2] not in [[noun] for noun in _OF_THE_LENS]:
            amount *= words.AMOUNTS[word] ** power
        ease = words.EASES.get(word, ease)
        if word == "ease" and text[i + 1 : i + 2] in (["in"], ["out"]) and not (move and move.start == i):
            ease = text[i + 1]
        i += 1
    return replace(
        step,
        amount=min(max(amount, 0.1), 4.0),
        speed=min(max(speed, 0.2), 6.0),
        ease=ease,
        **figures,  # type: ignore[arg-type]
    )


_TURNED, _GONE = ("pan", "tilt", "roll", "orbit"), ("push", "truck", "pedestal", "crane")
_MOST_METRES = 30.0  # that a number without a unit means
_AFTER_A_FIGURE = one_of(
    "to, toward, towards, and, or, then, over, while, for, past, by, at, around, on, from, of, until"
)
_NO_FIGURES = one_of("a, an, half, couple, hundred")


def with_a_bare_figure(step: Step, text: list[str], move: Found, last: int, before: str) -> Step:
    """`step` with the number that stands without a unit in the words of its move, up to `last`: degrees for what turns,
    metres for what goes, or the unit that is said `before` it, seconds for a rest: "rotate 35 to the right", "push
    three", "hold for two"."""
    for i in range(max(move.start, 0), last):
        found = words.number_at(text, i) if text[i] not in _NO_FIGURES else None
        if found is None or words.measure_at(text, i):
            continue
        value, end = found[0], i + found[1]
        after, ahead = (text[end] if end < len(text) else ""), (text[i - 1] if i else "")
        counts = after and not (after in _AFTER_A_FIGURE or after in DIRECTIONS or is_modifier(after))
        if counts or (ahead in DETERMINERS or ahead in ("of", "number", "shot", "take")):
            continue
        if text[i] == "one" and (ahead not in DIRECTIONS or (i > 1 and text[i - 2] in DETERMINERS)):
            continue  # "the left one"
        if step.kind in _TURNED and value > 4:
            return replace(step, degrees=value)
        if step.kind in _GONE and value <= _MOST_METRES:
            unit = next((words.METRES[word] for word in before.split() if word in words.METRES), 1.0)
            return replace(step, metres=value * unit)
        if step.kind == "hold":
            return replace(step, seconds=value)
    return step


def in_manner(step: Step, manner: Step) -> Step:
    """`step` in the manner that was asked for before it was named."""
    return replace(
        step,
        amount=min(step.amount * manner.amount, 4.0),
        speed=step.speed if step.speed != 1.0 else manner.speed,
        ease=step.ease if step.ease != "smooth" else manner.ease,
        degrees=step.degrees if step.degrees is not None else manner.degrees,
        metres=step.metres if step.metres is not None else manner.metres,
        seconds=step.seconds if step.seconds is not None else manner.seconds,
        share=step.share if step.share is not None else manner.share,
        delay=step.delay if step.delay is not None else manner.delay,
        late=step.late or manner.late,
    )
