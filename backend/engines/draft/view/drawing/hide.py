"""What stands before a frame's surfaces and no view shows: there nothing is seen, and what was drawn is left out."""

from __future__ import annotations

import numpy as np

from .....kernels import kernel
from .raster import TILE

BEHIND = (
    0.1  # a surface that is so much farther than what is known to stand there, a share of the nearness, is behind it
)


@kernel
def hide(
    top: int,
    boxes: np.ndarray,
    box_near: np.ndarray,
    weight: np.ndarray,
    says: np.ndarray,
    wanted: np.ndarray,
    full: int,
    same: float,
    nearness: np.ndarray,
    holes: np.ndarray,
) -> int:
    """In the band of a frame that begins in row `top`, make holes (`nearness` -inf, counted in `holes` by row) of the
    pixels in `boxes` int32 [n, 4] that views show behind the nearness of their box. `weight`, `says`, `wanted` and
    `full` are the views' as in fuse; `same` is what counts as one surface, 0: a share of the nearness (BEHIND). How
    many pixels they are."""
    found = 0
    for i in range(boxes.shape[0]):
        front = box_near[i] - (same if same > 0 else np.float32(BEHIND) * abs(box_near[i]))
        for y in range(max(boxes[i, 1] - top, 0), min(boxes[i, 3] - top, nearness.shape[0])):
            for x in range(boxes[i, 0], boxes[i, 2]):
                if nearness[y, x] == np.float32(-np.inf) or nearness[y, x] >= front:
                    continue
                views = weight.shape[0] if wanted[y // TILE, x // TILE] != 0 else min(weight.shape[0], full)
                for k in range(views):
                    if weight[k, y, x] > 0 and says[k] > 0:
                        nearness[y, x] = np.float32(-np.inf)
                        holes[y] += 1
                        found += 1
                        break
    return found
