"""What a camera path asks of the picture: how far its points part, and what it uncovers beyond the edges."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..camera.paths import Pose
from .picture import Lens, Picture

TELLING = 240.0  # pixels: twice a thousand times what a block may bend, see layers.BEND


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


def telling(picture: Picture) -> float:
    """Parallax (as above) for which the layers keep the picture's depth to a two-thousandth of its range, also where
    the path parts nothing."""
    reach = float(np.ptp(picture.nearness) if picture.orthographic else picture.nearness.max())
    return TELLING / reach if reach > 0 else 0.0


def margins(picture: Picture, path: Sequence[Pose], frame: Picture | None = None) -> tuple[int, int, int, int]:
    """Pixels beyond the picture that the path can uncover: left, top, right, bottom (each at most one frame). Frames
    have the size and the lens of `frame` (None: of the picture)."""
    frame = frame or picture
    width, height = frame.width, frame.height
    across, down = np.linspace(0, width, 9), np.linspace(0, height, 7)
    rim = np.array([(x, y) for x in across for y in (0, height)] + [(x, y) for x in (0, width) for y in down])
    levels = np.percentile(picture.nearness, (0, 25, 50, 75, 95))
    low, high = np.array([0.0, 0.0]), np.array([picture.width, picture.height], float)
    for pose in (*path[:: max(1, len(path) // 24)], path[-1]):
        for nearness in levels:
            seen = _to_start(picture, pose, rim, float(nearness), frame.lens)
            low = np.minimum(low, seen.min(0))
            high = np.maximum(high, seen.max(0))
    limit, sides = np.array([width, height], float), np.array([picture.width, picture.height], float)
    before, after = np.clip(-low, 0, limit), np.clip(high - sides, 0, limit)
    reach = [math.ceil(x) + 4 if x > 0.05 else 0 for x in (*before, *after)]
    return reach[0], reach[1], reach[2], reach[3]


def _to_start(picture: Picture, pose: Pose, points: np.ndarray, nearness: float, lens: Lens) -> np.ndarray:
    """Where in the picture the frame's `points` [n, 2] (by its `lens`) fall if they lie on the picture's plane of
    `nearness`."""
    x = (points[:, 0] - lens.cx) / (lens.fx * pose.zoom)
    y = (points[:, 1] - lens.cy) / (lens.fy * pose.zoom)
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
