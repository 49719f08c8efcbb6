"""The poses of a camera along its path, in numbers: what a still at each of them would see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...client.protocol.camera import Matrix

EPSILON = 2.0**-23  # of single precision


@dataclass(frozen=True)
class Lens:
    """A camera's lens as Blender names it: what a path may animate, and what makes its picture's field."""

    type: str
    lens: float
    ortho_scale: float
    sensor_fit: str
    sensor_width: float
    sensor_height: float
    shift_x: float
    shift_y: float
    focus: float


@dataclass(frozen=True)
class Pose:
    """A camera at a moment of its shot. `t` is 0..1 over the shot; `matrix` is camera to world without scale, in
    Blender units; `fx, fy, cx, cy` are pixels with y down (of an orthographic one fx and fy pixels a unit). What is
    closer to its plane than `near`, in Blender units, it does not show."""

    t: float
    matrix: Matrix
    lens: Lens
    fx: float
    fy: float
    cx: float
    cy: float
    near: float = 0.0

    @property
    def place(self) -> np.ndarray:
        """Where it stands, [3]."""
        return np.array(self.matrix)[:3, 3]

    @property
    def is_orthographic(self) -> bool:
        return self.lens.type == "ORTHO"


@dataclass(frozen=True)
class Track:
    """A shot's poses, the still's first, and the size of a picture in pixels."""

    poses: tuple[Pose, ...]
    width: int
    height: int


def same_place(one: Matrix, other: Matrix) -> bool:
    """Whether two matrices are the same but for the last digits of single precision, which Blender has: 1 cm counts at
    1 km from the origin, 0.01 mm at 1 m."""
    return bool(np.allclose(one, other, rtol=4 * EPSILON, atol=4 * EPSILON))


def rays(track: Track, pose: Pose, wide: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """Rays through the middles of `wide` x `high` equal parts of the picture, as `rays_through`."""
    x = (np.arange(wide) + 0.5) / wide * track.width
    y = (np.arange(high) + 0.5) / high * track.height
    across, down = np.meshgrid(x, y)
    return rays_through(pose, across.ravel(), down.ravel())


def rays_through(pose: Pose, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rays through places in the picture, pixels [n]: where they begin [n, 3], and their directions of length 1
    [n, 3]."""
    u, v = (x - pose.cx) / pose.fx, -(y - pose.cy) / pose.fy
    matrix = np.array(pose.matrix)
    if pose.is_orthographic:
        begin = matrix[:3, 3] + u[:, None] * matrix[:3, 0] + v[:, None] * matrix[:3, 1]
        return begin, np.tile(-matrix[:3, 2], (len(u), 1))
    directions = u[:, None] * matrix[:3, 0] + v[:, None] * matrix[:3, 1] - matrix[:3, 2]
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    return np.tile(matrix[:3, 3], (len(u), 1)), directions


def clipped(pose: Pose, directions: np.ndarray) -> np.ndarray:
    """How far along rays [n, 3] from its plane a pose begins to show anything, [n]."""
    ahead = -(directions @ np.array(pose.matrix)[:3, 2])
    return pose.near / np.maximum(ahead, 1e-9)


def in_picture(track: Track, pose: Pose, points: np.ndarray, edge: float = 0.0) -> np.ndarray:
    """Which points [n, 3] the picture holds, `edge` of its sides aside."""
    matrix = np.array(pose.matrix)
    local = (points - matrix[:3, 3]) @ matrix[:3, :3]
    depth = -local[:, 2]
    near = np.ones_like(depth) if pose.is_orthographic else np.maximum(depth, 1e-9)
    x = pose.cx + pose.fx * local[:, 0] / near
    y = pose.cy - pose.fy * local[:, 1] / near
    wide, high = edge * track.width, edge * track.height
    inside = (x >= wide) & (x <= track.width - wide) & (y >= high) & (y <= track.height - high)
    return inside & (depth > max(pose.near, 1e-6))
