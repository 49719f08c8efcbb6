"""What a take says of its move: which words were cut, and to what; which thing was not found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..direction.steps import Step
from .courses import GROUND, TURNS, Course
from .scene_depth import SceneDepth
from .targets import PEOPLE

NOTHING_FOUND = "No camera move found in the words: a gentle {move} was used."
BEGINS = "The first frame is the still as it is: the take does not start {how}."
UNREAD = "Not understood, and left out: {words}."
OPEN = {"push": "push in", "orbit": "arc", "truck": "drift to the side"}
CUT = 0.97  # of what a figure says; less is a cut
CUT_A_LOT = 0.6  # of what words without a figure mean
MOST_SAID = 48  # characters of a direction that a note repeats
_TELLING = ("to", "through", "over", "past", "around", "at", "with", "from")


def cuts(courses: Sequence[Course], part: float, views: int) -> list[str]:
    """A sentence for each course of which only `part` is flown, or that is less than its words mean."""
    found = []
    for course in courses:
        done, meant = abs(course.extent) * part, abs(course.meant)
        least = CUT if course.large else CUT_A_LOT
        if meant < 1e-6 or done >= least * meant:
            continue
        stops = f"{_said(course.step)} stops at {_amount(course, done)} of {_amount(course, meant)}"
        if views > 1:
            found.append(f"{stops}: there is no room or time for more.")
        else:
            found.append(f"{stops}: a single still shows only so much.")
    return found


def left_out(start: str, unread: Sequence[str]) -> list[str]:
    """What the words want that is not done: a beginning that is not the still's, clauses that were not understood."""
    notes = [BEGINS.format(how=start[:MOST_SAID])] if start else []
    words = ", ".join(f'"{one[:MOST_SAID]}"' for one in unread[:3])
    return [*notes, UNREAD.format(words=words)] if words else notes


def not_found(steps: Iterable[Step], found: Iterable[str], scene: SceneDepth) -> list[str]:
    """Which things that the words name are not among the named things in view."""
    have = set(found)
    moving = [step for step in steps if step.kind not in ("hold", "handheld")]
    missing = [step for step in moving if step.target and step.target not in have and step.relation in _TELLING]
    missing = [step for step in missing if not (step.kind in ("pedestal", "crane") and step.target in GROUND)]
    if not missing or (not scene.things and not any(_is_person(step) for step in missing)):
        return []
    names = list(dict.fromkeys(step.target[:MOST_SAID] for step in missing))[:3]
    instead = "what the lens focuses on" if scene.lens is not None else "what is nearest in the middle"
    return [f"Not found in view by its name: {', '.join(names)}. The move goes by {instead}."]


def _is_person(step: Step) -> bool:
    return step.target.split()[-1] in PEOPLE


def _said(step: Step) -> str:
    words = step.said or step.name
    if len(words) > MOST_SAID:
        words = words[: MOST_SAID - 3].rsplit(" ", 1)[0] + "..."
    return f'"{words}"'


def _amount(course: Course, extent: float) -> str:
    if course.step.kind in TURNS:
        return f"{math.degrees(extent):.0f} degrees"
    return f"{math.exp(extent):.1f} times" if course.step.kind == "zoom" else _metres(extent)


def _metres(extent: float) -> str:
    return f"{extent:.0f} m" if extent >= 10 else f"{extent:.2g} m"
