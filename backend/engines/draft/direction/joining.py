"""How a move joins those before it: once more in another direction, at the same time, or after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .clauses import Clause
from .find import Found
from .modifiers import modified
from .steps import Step
from .target import target_of
from .vocabulary import CAMERA_VERBS, DIRECTIONS, SIDEWAYS


def is_side(word: str) -> bool:
    return DIRECTIONS.get(word, "") in ("left", "right", "clockwise", "counter") and word not in SIDEWAYS


ACROSS = ("leftwards", "rightwards")  # "truck along the hedge, left to right"
_OWN_VERB = {kind: kind for kind in ("truck", "crane", "pan", "tilt", "roll", "orbit", "zoom")} | {
    "push": "dolly",
    "pedestal": "dolly",
}


def once_more(move: Found, clause: Clause, steps: list[Step]) -> list[Step]:
    """The step before once more in another direction: "pan left, then right", "up and away from the house"."""
    verb = _OWN_VERB.get(steps[-1].kind) if steps else None
    direction = DIRECTIONS[move.verb]
    turned: tuple[str, int] | None
    if verb == "tilt" and direction in ("left", "right"):  # "pan left, then up, then right"
        verb = "pan"
    if verb and direction in ("in", "out") and direction not in CAMERA_VERBS[verb]:
        ends = clause.link == "then" or (clause.link == "and" and clause.words[1:] in ([], ["again"]))
        back = move.verb == "back" and steps[-1].kind in ("pan", "tilt", "truck", "orbit") and ends
        verb, turned = "dolly", (steps[-1].kind, -steps[-1].sign) if back else CAMERA_VERBS["dolly"][direction]
    else:
        turned = CAMERA_VERBS[verb].get(direction) if verb else None
    if turned is None or turned == (steps[-1].kind, steps[-1].sign):
        return []
    relation, target = target_of(clause.words, turned[0], "", 0, len(clause.words))
    both = clause.link == "and" and turned[0] != steps[-1].kind
    again = replace(steps[-1], kind=turned[0], sign=turned[1], together=both, metres=None)
    again = modified(again, clause.words, 1, len(clause.words))
    return [replace(again, relation=relation, target=target, open_side=not is_side(move.verb))]


def turned_to(step: Step, text: list[str]) -> Step:
    """`step` in the direction that was said after it: "arc shot, 45 degrees to the left"."""
    verb = _OWN_VERB.get(step.kind)
    for word in text:
        turned = CAMERA_VERBS[verb].get(DIRECTIONS.get(word, "?")) if verb else None
        if turned and turned[0] == step.kind and word in ("left", "right", "up", "down", "clockwise", *ACROSS):
            return replace(step, sign=turned[1], open_side=False)
    return step


def is_together(clause: Clause, index: int, move: Found, step: Step, steps: list[Step]) -> bool:
    """Whether a step runs at the same time as the one before it."""
    if not steps:
        return False
    if step.kind == "handheld" or (steps[-1].kind == "handheld" and step.kind != "hold"):
        return True
    if step.kind == "hold" or steps[-1].kind == "hold":
        return False
    if index == 0 and clause.link in ("then", "sentence", "after"):
        return False
    group = _last_group(steps)
    if any(other.kind == step.kind for other in group):
        return False
    if index > 0 or clause.link in ("with", "and"):
        return True
    return clause.link == "comma" and (move.form == "ing" or clause.words[0] in ("a", "an") or _is_slight(clause))


def _is_slight(clause: Clause) -> bool:
    return clause.words[0] in ("slight", "slightly", "subtle", "subtly")


def _last_group(steps: Sequence[Step]) -> list[Step]:
    """The last steps that run at the same time."""
    group = [steps[-1]]
    for earlier in reversed(steps[:-1]):
        if not group[-1].together:
            break
        group.append(earlier)
    return group
