"""What is too near for a camera to show."""

from __future__ import annotations

import numpy as np

from .....kernels import kernel
from .raster import AHEAD


@kernel
def clip(
    boxes: np.ndarray,
    planes: np.ndarray,
    start: np.ndarray,
    change: np.ndarray,
    key_start: np.ndarray,
    key_change: float,
    front: float,
    bounds: np.ndarray,
    reach: np.ndarray,
) -> None:
    """Blocks that are nearer than `front` in their middle are seen nowhere, say their `bounds`; of those that reach
    behind the camera all corners have to be (see raster.place, whose arguments the others are)."""
    for i in range(boxes.shape[1]):
        if reach[i] <= front:
            continue
        a, b, c = planes[0, i], planes[1, i], planes[2, i]
        m, n, o = start[2, 0] + change[2] * a, start[2, 1] + change[2] * b, start[2, 2] + change[2] * c
        p, q, r = key_start[0] + key_change * a, key_start[1] + key_change * b, key_start[2] + key_change * c
        u, v = (boxes[0, i] + boxes[2, i]) / 2, (boxes[1, i] + boxes[3, i]) / 2
        shown = p * u + q * v + r <= front * (m * u + n * v + o)
        if reach[i] == np.inf:
            shown = False
            for corner in range(4):
                u, v = boxes[corner % 2 * 2, i], boxes[1 + corner // 2 * 2, i]
                w = m * u + n * v + o
                shown |= w >= AHEAD and p * u + q * v + r <= front * w
        if not shown:
            bounds[1, i] = -1
