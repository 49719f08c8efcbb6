"""What a step means in the scene that is there: what the shot is on, what a way through something leads to, which way
along a thing leads."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ..direction.steps import Step
from ..direction.where.target import OPENINGS
from .rig import RigPose, rotation
from .routes import is_solid, runs_away, way_of
from .ways import Stage

_ABOUT = {"push": "to", "orbit": "around", "zoom": "at", "dolly zoom": "at"}
_ACROSS = 1.0  # metres that a thing has to be wide at least, to go along it sideways


def staged(step: Step, base: RigPose, stage: Stage) -> Step:
    """`step`, as the scene before the camera at `base` has it meant."""
    if not step.target and step.about and step.kind in _ABOUT and stage.thing(step.about):
        step = replace(step, target=step.about, relation=_ABOUT[step.kind])
    if step.relation == "along" and step.kind in ("push", "truck") and stage.views > 1:
        return _along(step, base, stage)
    if step.kind == "truck" and step.passing == "along" and step.relation == "to":
        beside = _along(replace(step, relation="along", target=step.via), base, stage)
        return replace(step, kind="push", sign=1) if beside.kind == "push" else step
    return _led_on(step, base, stage)


def _along(step: Step, base: RigPose, stage: Stage) -> Step:
    """Along what leads away from the camera it goes forward, along what lies across sideways, whatever the verb."""
    to = stage.thing(step.target, step.said)
    if to is None or step.metres is not None:
        return step
    if runs_away(to, stage.up, base):
        return replace(step, kind="push", sign=1)
    right = rotation(base, stage.up)[:, 0]
    if step.kind == "truck" or float(np.abs(right) @ to.size) < _ACROSS:
        return step
    return replace(step, kind="truck", sign=int(math.copysign(1, float((to.centre - base.position) @ right))))


def _led_on(step: Step, base: RigPose, stage: Stage) -> Step:
    """A step through something to a thing in view as one to that thing, unless that would end before what it goes
    through, as before a kitchen's door."""
    goes = replace(step, relation="to", target=step.onward, onward="")
    to, through = stage.thing(goes.target, goes.said) if step.onward else None, stage.thing(step.target, step.said)
    if to is None:
        return step
    way = way_of(goes, base, stage, to, False)
    if way is None or through is None:
        return goes
    passed, there = (float((one.centre - base.position) @ way.ahead) for one in (through, to))
    if way.length < passed < there:
        return step
    opens = " and " in step.target or step.target.split()[-1] in OPENINGS
    if is_solid(step.target, through):
        return replace(goes, via=step.target)
    return replace(goes, via=step.target, passing="through") if opens and 0.0 < passed < there else goes
