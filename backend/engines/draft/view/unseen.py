"""What a path tells of surfaces that no view shows: what is drawn behind them is not what a camera would see there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from client.protocol import Camera, CameraPath

from ..camera.paths import FLIP, Pose
from .picture import Picture

LEAST = 1e-3  # metres before the camera: what is nearer is not drawn


@dataclass(frozen=True, eq=False)
class Unseen:
    """Squares of such surfaces as they are met at time `t`: `corners` [n, 2, 3], the upper left and the lower right,
    metres in the axes of the still's camera."""

    t: float
    corners: np.ndarray


@dataclass(frozen=True, eq=False)
class Boxes:
    """The same in a frame: `pixels` int32 [n, 4], left, top, right and bottom, and their `nearness` float32 [n] as in
    Picture."""

    pixels: np.ndarray
    nearness: np.ndarray


NOTHING = Boxes(np.zeros((0, 4), np.int32), np.zeros(0, np.float32))


def unseen_along(path: CameraPath, camera: Camera | None) -> list[Unseen]:
    """What the keyframes tell, of a path of this camera; nothing where the camera is not known."""
    if camera is None:
        return []
    return [_squares(key.t, key.matrix, key.zoom, np.array(key.unseen), camera) for key in path.keyframes if key.unseen]


def _squares(t: float, matrix: Sequence[Sequence[float]], zoom: float, far: np.ndarray, camera: Camera) -> Unseen:
    rows, columns = np.nonzero(far)
    depth = far[rows, columns]
    size = np.array([camera.width / far.shape[1], camera.height / far.shape[0]])
    ends = (np.stack([columns, rows], -1)[:, None] + [[0, 0], [1, 1]]) * size - (camera.cx, camera.cy)
    if camera.projection == "orthographic":
        ends *= camera.scale / zoom
    else:
        ends *= depth[:, None, None] / (zoom * np.array([camera.fx, camera.fy]))
    place = np.concatenate([ends, np.broadcast_to(depth[:, None, None], (len(depth), 2, 1))], -1)
    pose = np.array(matrix, float)
    return Unseen(t, place @ (FLIP @ pose[:3, :3] @ FLIP).T + FLIP @ pose[:3, 3])


def boxes(unseen: Sequence[Unseen], t: float, pose: Pose, frame: Picture) -> Boxes:
    """What hides something in the frame at `t`, from `pose`: by what is known nearest in time, as nothing moves."""
    if not unseen:
        return NOTHING
    corners = min(unseen, key=lambda one: abs(one.t - t)).corners
    local = (corners - pose.position) @ pose.rotation
    depth = local[:, 0, 2]
    spread = np.ones_like(depth) if frame.orthographic else np.maximum(depth, LEAST)
    x = frame.cx + frame.fx * pose.zoom * local[:, :, 0] / spread[:, None]
    y = frame.cy + frame.fy * pose.zoom * local[:, :, 1] / spread[:, None]
    ends = np.stack([x.min(1), y.min(1), x.max(1), y.max(1)], -1)
    ends = np.rint(np.clip(ends, 0, (frame.width, frame.height) * 2)).astype(np.int32)
    nearness = (-depth if frame.orthographic else 1 / spread).astype(np.float32)
    return Boxes(ends[depth > LEAST], nearness[depth > LEAST])
