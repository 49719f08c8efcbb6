"""Ways back: a move undone by the way that it came, and the way to where the shot began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..direction.steps import Step
from .courses import LOOKS, Course
from .rig import RigPose, wrapped
from .variation import Manner
from .ways import Change


@dataclass(frozen=True)
class Flown:
    """Courses that run together between `start` and `end` (0..1), from the pose `base`, as far as `part` of them."""

    start: float
    end: float
    base: RigPose
    courses: tuple[Course, ...]
    part: float

    def pose(self, progress: Sequence[float]) -> RigPose:
        """The pose with each course so far on its way, 0..1."""
        pose = self.base
        for course, at in zip(self.courses, progress, strict=True):
            pose = course.change(pose, float(at) * self.part)
        return pose


def way_back(step: Step, manner: Manner, base: RigPose, flown: Sequence[Flown]) -> Course | None:
    """The course of a step that returns, from the pose `base` after all that was `flown`; None where there is nothing
    to return from."""
    if step.returns == "home":
        return Course(step, 0.0, 0.0, _home(base, step.kind in LOOKS), manner)
    if step.returns == "way":
        return Course(step, 0.0, 0.0, _undone(flown[-1], flown[-1].courses), manner) if flown else None
    undone: list[Course] = []  # what earlier steps have undone, and they themselves
    for one in reversed(flown):
        for course in reversed(one.courses):
            if course.step.kind != step.kind:
                continue
            if course.step.returns:
                undone.append(course)
            elif undone:
                undone.pop()
            else:
                extent = -course.extent * one.part
                return Course(step, extent, extent, _undone(one, (course,)), manner)
    return None


def _undone(flown: Flown, courses: Sequence[Course]) -> Change:
    """The courses of what was `flown` the other way round, from wherever the camera is by then."""

    def at(u: float) -> RigPose:
        pose = flown.base
        for course in courses:
            pose = course.change(pose, u * flown.part)
        return pose

    end = at(1.0)

    def change(pose: RigPose, u: float) -> RigPose:
        now = at(1.0 - u)
        return replace(
            pose,
            position=pose.position + now.position - end.position,
            yaw=pose.yaw + now.yaw - end.yaw,
            pitch=pose.pitch + now.pitch - end.pitch,
            roll=pose.roll + now.roll - end.roll,
            zoom=pose.zoom * now.zoom / end.zoom,
        )

    return change


def _home(base: RigPose, looks: bool) -> Change:
    """The way to the pose that the shot began with; where it only `looks`, to that direction."""
    yaw = wrapped(base.yaw)

    def change(pose: RigPose, u: float) -> RigPose:
        pitch, roll = pose.pitch - base.pitch * u, pose.roll - base.roll * u
        turned = replace(pose, yaw=pose.yaw - yaw * u, pitch=pitch, roll=roll)
        if looks:
            return turned
        return replace(turned, position=pose.position - base.position * u, zoom=pose.zoom * base.zoom**-u)

    return change
