"""What a take says of its move: which words were cut, and to what; which thing was not found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from ..direction.marks import named_height
from ..direction.steps import Start, Step
from .courses import GROUND, TURNS, Course
from .routes import is_solid
from .scene_depth import OUT_OF_SIGHT, SceneDepth
from .targets import PEOPLE

NOTHING_FOUND = "No camera move found in the words: a gentle {move} was used."
BEGINS = "The first frame is the still as it is: the take does not start {how}."
NO_FLOOR = "No floor is in view: how far {words} goes is guessed."
SO_HIGH = "The camera is at {height} already: {words} moves it no further."
UNREAD = "Not understood, and left out: {words}."
OPEN = {"push": "push in", "orbit": "arc", "truck": "drift to the side"}
LEAST_RISE = 0.05  # metres
AROUND = "The camera does not go through things: {words} leads around: {thing}."
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


def arounds(courses: Iterable[Course]) -> list[str]:
    """A note for each way that the words have go through something solid."""
    found = []
    for course in courses:
        step, to = course.step, course.to
        if step.kind != "push" or "through" not in step.said.split() or to is None:
            continue
        if step.relation == "through" and is_solid(step.target, to):
            found.append(AROUND.format(words=_said(step), thing=step.target))
        elif step.relation == "to" and step.via and step.passing == "past":  # see staging.staged
            found.append(AROUND.format(words=_said(step), thing=step.via))
    return found


def left_out(start: str, unread: Sequence[str]) -> list[str]:
    """What the words want that is not done: a beginning that is not the still's, clauses that were not understood."""
    notes = [BEGINS.format(how=start[:MOST_SAID])] if start else []
    words = ", ".join(f'"{one[:MOST_SAID]}"' for one in unread[:3])
    return [*notes, UNREAD.format(words=words)] if words else notes


SAME_HEIGHT = 0.2  # metres, and of a height, that the still may be off from how the words want it to start
TILTED = 0.17  # of the world's up along the camera's axis: it looks up or down for all to see
SHOULDER = 2.0  # metres to somebody over whose shoulder a still may look
LOW_ENOUGH = 1.0  # metres above the ground, of a camera that looks up at people without being tilted


def stands(start: Start | None, scene: SceneDepth, up: Sequence[float]) -> list[str]:
    """A note where the still is not as high, or does not look up or down, as the words want the shot to start.
    `up`: the world's up in the camera's axes."""
    if start is None:
        return []
    floor = scene.down if scene.down < OUT_OF_SIGHT else None
    if start.beside:
        so = any(thing.person and np.linalg.norm(thing.centre) < SHOULDER for thing in scene.things)
    elif start.height is not None:
        so = floor is not None and abs(floor - start.height) <= SAME_HEIGHT * max(1.0, start.height)
        so = so or (floor is None and start.how == "at eye level")
    elif start.looks > 0:
        so = up[2] < -TILTED or (floor is not None and floor < LOW_ENOUGH)
    else:
        so = up[2] > TILTED
    return [] if so else [BEGINS.format(how=start.how)]


def heights(courses: Iterable[Course], scene: SceneDepth) -> list[str]:
    """A note for each course to a height above the ground that is not known, or that the camera has already."""
    found = []
    for course in courses:
        step = course.step
        level = step.relation == "level" and course.to is not None
        if step.metres is not None or not (level or step.height is not None):
            continue
        if step.height is not None and scene.down >= OUT_OF_SIGHT:
            found.append(NO_FLOOR.format(words=_said(step)))
        elif abs(course.meant) < LEAST_RISE:
            high = "that height" if step.height is None else named_height(step.height)
            found.append(SO_HIGH.format(height=high, words=_said(step)))
    return found


def not_found(steps: Iterable[Step], found: Iterable[str], scene: SceneDepth) -> list[str]:
    """Which things that the words name are not among the named things in view."""
    have = set(found)
    moving = [step for step in steps if step.kind not in ("hold", "handheld") and not step.returns]
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
