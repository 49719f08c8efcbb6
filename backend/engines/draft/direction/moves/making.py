"""A step from a move that was found in a clause: how far, how fast, about what."""

from __future__ import annotations

from dataclasses import replace

from ..clauses import Clause
from ..found import Found
from ..lists import one_of
from ..modifiers import modified
from ..steps import Step
from ..where.passing import onward_of, via_of
from ..where.target import OPENINGS, noun_phrase, target_of, whole_of
from .joining import is_side


def step_of(clause: Clause, moves: list[Found], index: int, move: Found) -> Step:
    """A move with all that its clause says of it."""
    first = moves[index - 1].end if index else 0
    last = moves[index + 1].start if index + 1 < len(moves) else len(clause.words)
    step = modified(Step(move.kind, move.sign), clause.words, first, last, move)
    manner = dict(move.extra)
    told = first if move.kind == "orbit" else max(first, move.start - 1)  # "clockwise slow orbit", "left pan"
    relation, target = target_of(clause.words, move.kind, move.verb, move.start, last)
    if step.kind == "hold" and clause.words[move.end : move.end + 3] == ["in", "front", "of"]:
        relation, target = "to", noun_phrase(clause.words, move.end + 3, last)[1]
    if not target and (step.kind, step.sign) == ("push", -1) and (whole := whole_of(clause.words[: move.start])):
        relation, target = "whole", whole  # "show the whole terrace by pulling back"
    via, passing = "", "past"
    if relation == "to" and step.kind in ("push", "truck"):
        via, passing = via_of(clause.words, move.start, last, target)
    return replace(
        step,
        relation=relation,
        target=target,
        via=via,
        passing=passing,
        onward=onward_of(clause.words, move.start, last) if relation == "through" else "",
        open_side=not any(is_side(word) for word in clause.words[told:last]),
        said=" ".join(clause.words[first:last]),
        amount=step.amount * manner.get("amount", 1.0),
        speed=step.speed if "slow" in move.verb.split() else step.speed * manner.get("speed", 1.0),
        degrees=manner.get("degrees", step.degrees),
        metres=step.metres if step.metres is not None else manner.get("metres"),
    )


_BELOW = one_of("floor, ground, feet, shoes, carpet, rug, pavement")


def as_meant(step: Step) -> Step:
    """A step as its words mean it together: "around the singer twice", "around the corner"."""
    if step.kind == "roll" and step.metres is not None:  # "lean left 30 cm"
        step = replace(step, kind="truck")
    if step.kind in ("orbit", "roll") and step.factor and step.degrees is None:
        step = replace(step, degrees=360.0 * step.factor, factor=None)
    down = step.kind == "tilt" and step.sign > 0 and {"up", "down"}.isdisjoint(step.said.split())
    if down and step.target.split()[-1:] and step.target.split()[-1] in _BELOW:  # "tilt from the ceiling to the floor"
        step = replace(step, sign=-1)
    if step.kind == "orbit" and step.degrees is None and {"behind"}.intersection(step.said.split()) and step.target:
        step = replace(step, degrees=180.0)  # "arc around behind Anna"
    forward_from = (step.kind, step.sign, step.relation) == ("push", 1, "from")
    if forward_from and OPENINGS.intersection(step.target.split()[-1:]):  # "out of the window"
        step = replace(step, relation="through")
    if step.kind in ("pedestal", "crane") and step.sign < 0 and step.relation == "under":  # "duck under the table"
        step = replace(step, kind="push", sign=1)
    if step.kind == "orbit" and step.target == "corner":
        step = replace(step, kind="push", sign=1, relation="past")
    return step
