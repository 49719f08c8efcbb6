"""The way up to a top shot: to right above a thing, which stays in the frame, until the camera looks down on it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from .rig import RigPose, angles_to, level_part, wrapped
from .targets import Target
from .ways import Change, Stage, smooth

FILLED = 0.6  # of the frame, that the thing takes in the end
LEAST_ABOVE = 1.2  # metres between it and the camera
OFF = math.radians(4)  # from straight above, so that the frame has an upper side


def above_it(base: RigPose, stage: Stage, to: Target) -> np.ndarray:
    """The place from which the camera looks down on a thing."""
    up, scene = stage.up, stage.scene
    right = np.array([1.0, 0.0, 0.0])
    wide = float(np.abs(right) @ to.size) * scene.fx / scene.width
    deep = float(np.abs(np.cross(right, up)) @ to.size) * scene.fy / scene.height
    high = max(max(wide, deep) / FILLED, LEAST_ABOVE)
    there = to.centre - base.position
    flat = level_part(there, up)
    aside = flat / max(float(np.linalg.norm(flat)), 1e-6) * (high * math.tan(OFF))
    return np.asarray(to.centre + up * (0.5 * float(np.abs(up) @ to.size) + high) - aside)


def length_of(base: RigPose, stage: Stage, to: Target) -> float:
    """Metres from `base` to there."""
    return float(np.linalg.norm(above_it(base, stage, to) - base.position))


def rising_above(base: RigPose, stage: Stage, to: Target, extent: float) -> Change:
    """The first `extent` metres of the way there: up first, and over the thing at last."""
    up = stage.up
    way = above_it(base, stage, to) - base.position
    part = min(abs(extent) / max(float(np.linalg.norm(way)), 1e-6), 1.0)
    rise = up * float(way @ up)

    def change(pose: RigPose, u: float) -> RigPose:
        gone = part * u
        place = pose.position + rise * math.sin(0.5 * math.pi * gone) + (way - rise) * gone
        yaw, pitch = angles_to(to.centre - place, up)
        turned = smooth(gone / 0.4)
        return replace(
            pose,
            position=place,
            yaw=pose.yaw + wrapped(yaw - pose.yaw) * turned,
            pitch=pose.pitch + (pitch - pose.pitch) * turned,
        )

    return change
