"""Coverage: how much of a frame shows what the still shows."""

from __future__ import annotations

import numpy as np

from .picture import Picture

ROWS = 36  # of the coarse frame that is asked about
SAMPLES = (
    2  # points of the still to a coarse cell each way: stretched further than that, a surface counts as not covered
)


class Coverage:
    """The points of a picture, thinned out, for frames of the size and lens of `frame` (None: of its own)."""

    def __init__(self, picture: Picture, frame: Picture | None = None) -> None:
        self._frame = frame = frame or picture
        self._cell = frame.height / ROWS
        step = self._cell / SAMPLES
        v, u = np.meshgrid(
            np.arange(0.5 * step, picture.height, step), np.arange(0.5 * step, picture.width, step), indexing="ij"
        )
        nearness = picture.nearness[v.astype(int), u.astype(int)].astype(np.float64)
        depth = -nearness if picture.orthographic else 1.0 / np.maximum(nearness, 1e-9)
        spread = 1.0 if picture.orthographic else depth
        self._points = np.stack(
            [(u - picture.cx) / picture.fx * spread, (picture.cy - v) / picture.fy * spread, -depth], -1
        ).reshape(-1, 3)

    def __call__(self, matrix: np.ndarray, zoom: float) -> float:
        """Share (0..1) of the frame that shows something of the still.

        `matrix` is the 4x4 pose relative to the start pose, `zoom` the focal length factor (path.json's).
        """
        frame, cell = self._frame, self._cell
        seen = (self._points - matrix[:3, 3]) @ matrix[:3, :3]
        ahead = np.full(len(seen), 1.0) if frame.orthographic else -seen[:, 2]
        seen, ahead = seen[ahead > 1e-6], ahead[ahead > 1e-6]
        # A longer lens only shows the middle larger: the coarse frame keeps the scale, and shrinks.
        wide = min(zoom, 1.0)
        half = np.array([frame.width, frame.height]) / (2 * max(zoom, 1.0))
        x = frame.fx * wide * seen[:, 0] / ahead + frame.cx / max(zoom, 1.0)
        y = -frame.fy * wide * seen[:, 1] / ahead + frame.cy / max(zoom, 1.0)
        columns, rows = (max(1, round(2 * size / cell)) for size in half)
        column, row = np.floor(x / (2 * half[0]) * columns), np.floor(y / (2 * half[1]) * rows)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        hit = np.zeros(rows * columns, bool)
        hit[(row[inside] * columns + column[inside]).astype(int)] = True
        return float(hit.mean())
