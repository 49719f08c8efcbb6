"""A camera path: checked, and sampled to poses in the axes of pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from client.protocol import CameraPath

from ...engine import EngineError

# Blender's camera looks along -Z with +Y up; pictures have y down and depth forward.
FLIP = np.diag([1.0, -1.0, -1.0])
LEAST_ZOOM, MOST_ZOOM = 0.01, 100.0


@dataclass(frozen=True)
class Pose:
    """A camera relative to the start camera. Axes of pictures: x right, y down, z forward; metres.

    A point p of the start camera's axes is `rotation.T @ (p - position)` in this camera's.
    """

    rotation: np.ndarray  # 3x3
    position: np.ndarray  # 3
    zoom: float


def check(path: CameraPath) -> CameraPath:
    """`path`, if the draft can follow it.

    Raises:
        EngineError: it scales or mirrors the camera, or zooms too far.
    """
    for key in path.keyframes:
        if not LEAST_ZOOM <= key.zoom <= MOST_ZOOM:
            raise _bad_path(f"a zoom is not between {LEAST_ZOOM:g} and {MOST_ZOOM:g}")
        turn = np.asarray(key.matrix, float)[:3, :3]
        if np.abs(turn @ turn.T - np.eye(3)).max() > 1e-2 or np.linalg.det(turn) < 0:
            raise _bad_path("a keyframe scales or mirrors the camera; a path may only move and turn it")
    return path


def _bad_path(why: str) -> EngineError:
    return EngineError("path_unusable", f"The camera path cannot be followed: {why}.", param="path")


def poses(path: CameraPath, count: int) -> list[Pose]:
    """`count` poses from t = 0 to t = 1: position and log zoom linear between keyframes, rotation slerped."""
    keyframes = path.keyframes
    times = np.array([key.t for key in keyframes])
    turns = [_quaternion(np.asarray(key.matrix, float)[:3, :3]) for key in keyframes]
    places = np.array([np.asarray(key.matrix, float)[:3, 3] for key in keyframes])
    zooms = np.log([key.zoom for key in keyframes])
    made = []
    for t in np.linspace(0.0, 1.0, count) if count > 1 else [0.0]:
        after = int(np.searchsorted(times, t, side="left"))
        last = len(times) - 1
        low, high = max(0, min(after - 1, last)), min(after, last)
        gap = times[high] - times[low]
        part = float(np.clip((t - times[low]) / gap, 0, 1)) if gap > 0 else 1.0
        turn = _matrix(_slerp(turns[low], turns[high], part))
        place = places[low] + part * (places[high] - places[low])
        zoom = math.exp(zooms[low] + part * (zooms[high] - zooms[low]))
        made.append(Pose(FLIP @ turn @ FLIP, FLIP @ place, zoom))
    return made


def _quaternion(turn: np.ndarray) -> np.ndarray:
    """(w, x, y, z) of the rotation matrix nearest to `turn`: the top eigenvector of Bar-Itzhack's matrix."""
    m = turn
    k = np.array(
        [
            [m[0, 0] + m[1, 1] + m[2, 2], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], m[0, 0] - m[1, 1] - m[2, 2], m[1, 0] + m[0, 1], m[2, 0] + m[0, 2]],
            [m[0, 2] - m[2, 0], m[1, 0] + m[0, 1], m[1, 1] - m[0, 0] - m[2, 2], m[2, 1] + m[1, 2]],
            [m[1, 0] - m[0, 1], m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], m[2, 2] - m[0, 0] - m[1, 1]],
        ]
    )
    return np.linalg.eigh(k)[1][:, -1]


def _slerp(first: np.ndarray, second: np.ndarray, part: float) -> np.ndarray:
    cosine = float(first @ second)
    if cosine < 0:
        second, cosine = -second, -cosine
    angle = math.acos(min(1.0, cosine))
    if angle < 1e-6:
        mixed = first + part * (second - first)
    else:
        mixed = math.sin((1 - part) * angle) * first + math.sin(part * angle) * second
    return mixed / np.linalg.norm(mixed)


def _matrix(q: np.ndarray) -> np.ndarray:
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
