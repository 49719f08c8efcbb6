"""Camera poses along a path, and what the path asks of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import EngineError, Keyframe
from .picture import Picture

# Blender's camera looks along -Z with +Y up; pictures have y down and depth forward.
_FLIP = np.diag([1.0, -1.0, -1.0])


@dataclass(frozen=True)
class Pose:
    """A camera relative to the start camera. Axes of pictures: x right, y down, z forward; metres.

    A point p of the start camera's axes is `rotation.T @ (p - position)` in this camera's.
    """

    rotation: np.ndarray  # 3x3
    position: np.ndarray  # 3
    zoom: float


def check(keyframes: Sequence[Keyframe]) -> tuple[Keyframe, ...]:
    """`keyframes` in order of time.

    Raises:
        EngineError: they are no rigid camera path.
    """
    if not keyframes:
        raise _bad_path("it has no keyframes")
    for key in keyframes:
        matrix = np.asarray(key.matrix, float)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or not math.isfinite(key.t):
            raise _bad_path("a keyframe is not a 4x4 matrix of numbers")
        if not (math.isfinite(key.zoom) and 0.01 <= key.zoom <= 100):
            raise _bad_path("a zoom is not between 0.01 and 100")
        turn = matrix[:3, :3]
        if np.abs(turn @ turn.T - np.eye(3)).max() > 1e-2 or np.linalg.det(turn) < 0:
            raise _bad_path("a keyframe scales or mirrors the camera; a path may only move and turn it")
    return tuple(sorted(keyframes, key=lambda key: key.t))


def _bad_path(why: str) -> EngineError:
    return EngineError("path_unusable", f"The camera path cannot be followed: {why}.", param="path")


def to_json(keyframes: Sequence[Keyframe]) -> dict[str, Any]:
    """path.json's shape."""
    return {"keyframes": [{"t": float(key.t), "matrix": [[float(x) for x in row] for row in key.matrix],
                           "zoom": float(key.zoom)} for key in keyframes]}


def poses(keyframes: Sequence[Keyframe], count: int) -> list[Pose]:
    """`count` poses from t = 0 to t = 1: position and log zoom linear between keyframes, rotation slerped."""
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
        made.append(Pose(_FLIP @ turn @ _FLIP, _FLIP @ place, zoom))
    return made


def parallax(picture: Picture, path: Sequence[Pose]) -> float:
    """Pixels that two points on one ray of the still part on the path, at most, for each unit of nearness."""
    zoom = max(pose.zoom for pose in path)
    focal = max(picture.fx, picture.fy) * zoom
    if picture.orthographic:
        return focal * max(math.hypot(*pose.rotation[:2, 2]) for pose in path)
    reach = 0.0
    for pose in path:
        x, y, z = pose.position
        # Forward motion parts them by how far from the axis they are seen.
        off_axis = math.hypot(picture.width, picture.height) / 2 / max(picture.fx, picture.fy)
        reach = max(reach, math.hypot(x, y) + abs(z) * off_axis)
    return focal * reach


def margins(picture: Picture, path: Sequence[Pose]) -> tuple[int, int, int, int]:
    """Pixels beyond the still that the path can uncover: left, top, right, bottom (each at most one frame)."""
    width, height = picture.width, picture.height
    across, down = np.linspace(0, width, 9), np.linspace(0, height, 7)
    rim = np.array([(x, y) for x in across for y in (0, height)] + [(x, y) for x in (0, width) for y in down])
    levels = np.percentile(picture.nearness, (0, 25, 50, 75, 95))
    low, high = np.array([0.0, 0.0]), np.array([width, height], float)
    for pose in (*path[:: max(1, len(path) // 24)], path[-1]):
        for nearness in levels:
            seen = _to_start(picture, pose, rim, float(nearness))
            low = np.minimum(low, seen.min(0))
            high = np.maximum(high, seen.max(0))
    limit = np.array([width, height], float)
    before, after = np.clip(-low, 0, limit), np.clip(high - limit, 0, limit)
    reach = [math.ceil(x) + 4 if x > 0.05 else 0 for x in (*before, *after)]
    return reach[0], reach[1], reach[2], reach[3]


def _to_start(picture: Picture, pose: Pose, points: np.ndarray, nearness: float) -> np.ndarray:
    """Where in the still the frame's `points` [n, 2] fall if they lie on the still's plane of `nearness`."""
    x = (points[:, 0] - picture.cx) / (picture.fx * pose.zoom)
    y = (points[:, 1] - picture.cy) / (picture.fy * pose.zoom)
    if picture.orthographic:
        start = np.stack([x, y, np.zeros_like(x)]) - 0.0
        axis = pose.rotation[:, 2]
        origin = pose.rotation @ start + pose.position[:, None]
        reach = (-nearness - origin[2]) / max(abs(axis[2]), 0.05)
        seen = origin + axis[:, None] * reach
        return np.stack([seen[0] * picture.fx + picture.cx, seen[1] * picture.fy + picture.cy], 1)
    ray = pose.rotation @ np.stack([x, y, np.ones_like(x)])
    # The plane z = 1 / nearness of the start camera, met by the ray from the camera's place.
    reach = 1.0 - nearness * pose.position[2]
    z = np.maximum(ray[2], 0.1)
    seen = ray / z * max(reach, 0.05) + nearness * pose.position[:, None]
    return np.stack([seen[0] * picture.fx + picture.cx, seen[1] * picture.fy + picture.cy], 1)


def _quaternion(turn: np.ndarray) -> np.ndarray:
    """(w, x, y, z) of the rotation matrix nearest to `turn`: the top eigenvector of Bar-Itzhack's matrix."""
    m = turn
    k = np.array([
        [m[0, 0] + m[1, 1] + m[2, 2], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], m[0, 0] - m[1, 1] - m[2, 2], m[1, 0] + m[0, 1], m[2, 0] + m[0, 2]],
        [m[0, 2] - m[2, 0], m[1, 0] + m[0, 1], m[1, 1] - m[0, 0] - m[2, 2], m[2, 1] + m[1, 2]],
        [m[1, 0] - m[0, 1], m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], m[2, 2] - m[0, 0] - m[1, 1]]])
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
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])
