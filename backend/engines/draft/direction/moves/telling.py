"""What tells more of the step before it, and is no step of its own: its side, how far it goes, what it is about."""

from __future__ import annotations

from dataclasses import replace

from .. import words
from ..clauses import Clause
from ..found import Found
from ..modifiers import in_manner
from ..steps import Step
from .find import is_another_direction
from .joining import ACROSS, once_more, turned_to

_TURNS = ("pan", "tilt", "roll", "orbit")
_LEADING_AND_FOLLOWING = ("follow", "lead")  # "a tracking shot that follows her" is one move
_ON_ITS_LEGS = ("pan", "tilt", "roll", "zoom")  # what a camera can do that stays where it is


def measured_by(clause: Clause, steps: list[Step]) -> str:
    """What a clause of a figure and a side is to the last step: "again" ("orbit left 45°, then right 45°"), "how far"
    ("arc shot, 45 degrees to the left"), or "" where it is a move of its own."""
    if not steps:
        return ""
    before, figure = steps[-1], _figure(clause.words)
    fits = figure is not None and figure.kind == ("degrees" if before.kind in _TURNS else "metres")
    if not fits:
        return ""
    if is_another_direction(clause) and not before.open_side:
        return "again"
    if clause.link in ("comma", "but", "sentence") and before.degrees is None and before.metres is None:
        return "how far"
    return ""


def _figure(text: list[str]) -> words.Measure | None:
    return next((found for i in range(len(text)) if (found := words.measure_at(text, i))), None)


def turned(steps: list[Step], clause: Clause, move: Found) -> list[Step]:
    """The steps after a direction without a verb: the last one once more that way, or the side that it left open."""
    if not steps:
        return []
    before = steps[-1]
    if clause.link == "comma" and clause.words[0] in ACROSS and before.open_side:
        side = [clause.words[0].removesuffix("wards")]
        beside = before.kind == "push" and before.relation in ("past", "along")
        return [*steps[:-1], turned_to(replace(before, kind="truck") if beside else before, side)]
    again = once_more(move, clause, steps)
    if clause.link == "comma" and before.open_side:
        if not again:  # "lateral move, right"
            return [*steps[:-1], turned_to(before, clause.words)]
        if again[0].kind == before.kind and len(clause.words) < 3:  # "around the sofa, clockwise"
            return [*steps[:-1], replace(before, sign=again[0].sign, open_side=False)]
    return [*steps, *again]


def led_on(steps: list[Step], step: Step, clause: Clause, index: int, move: Found) -> list[Step] | None:
    """The steps after one that only says whom the last of them follows; None for any other."""
    how = ("truck", "pan") if move.form == "ing" and index == 0 and clause.link == "comma" else ("truck",)
    if not steps or move.verb not in _LEADING_AND_FOLLOWING or move.kind != "push" or steps[-1].kind not in how:
        return None
    *earlier, before = steps
    if not step.target or step.relation == "with" or before.target:
        return steps
    kind, sign = ("push", 1) if step.relation == "to" else (before.kind, before.sign)
    said = f"{before.said} {step.said}"
    return [*earlier, replace(before, kind=kind, sign=sign, relation=step.relation, target=step.target, said=said)]


def told_more(steps: list[Step], step: Step, clause: Clause, index: int) -> list[Step] | None:
    """The steps after one that says more of the last of them; None where it is a step of its own. `index`: which of
    the clause's moves it is."""
    if not steps:
        return None
    *earlier, before = steps
    rests = step.kind == "hold" and step.seconds is None and clause.link in ("comma", "and", "with")
    if rests and before.kind == "handheld" and not before.together:  # "a slight breathing, else static"
        return [*earlier, step, replace(before, together=True)]
    if index == 0 and clause.link == "comma" and _is_how_far_round(before, step):
        return [*earlier, replace(before, degrees=step.degrees, said=f"{before.said} {step.said}")]
    if index == 0 and clause.link == "comma" and _is_same_told(before, step):
        told = in_manner(step, before)  # "start the pan, pan left 45 degrees"
        return [*earlier, replace(told, together=before.together)]
    return None


def is_all_that_moves(before: Step, step: Step, clause: Clause, move: Found) -> bool:
    """Whether a hold only says that nothing else moves than what a step does: "the camera doesn't move, only tilts"."""
    only = clause.link == "but" or any(word in ("only", "just") for word in clause.words[: move.start])
    return only and replace(before, said="") == Step("hold", 1) and step.kind in _ON_ITS_LEGS


def is_kept_in_sight(before: Step, move: Found, step: Step) -> bool:
    """Whether a look only says what a rise has in sight: "descend two metres, looking at the fountain"."""
    looks = move.verb == "look" and move.form == "ing" and step.open_side and step.target != ""
    return looks and before.kind == "pedestal" and not before.target


def _is_how_far_round(before: Step, step: Step) -> bool:
    """Whether a step only says how far round the one before goes: "orbit the table to the left, orbit 180 degrees"."""
    same = before.kind == step.kind == "orbit" and before.degrees is None and step.degrees is not None
    return same and step.open_side and not step.target


def _is_same_told(before: Step, step: Step) -> bool:
    """Whether a step is the one before once more, with the side that was left open."""
    bare = replace(before, amount=1.0, speed=1.0, ease="smooth")
    plain = bare == Step(before.kind, before.sign, open_side=True, said=before.said)
    return plain and before.kind == step.kind and before.sign != step.sign and not step.open_side
