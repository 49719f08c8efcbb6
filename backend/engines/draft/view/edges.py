"""Where the surfaces of the still end: breaks in depth, and how far each pixel is from one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ....kernels import helper, kernel

RELATIVE_STEP = 0.03  # a step in nearness below this share of it is no break (slanted, rough surfaces)
RING = 5  # pixels on either side of a break that are drawn apart from the surfaces they belong to
STEEP = 3  # steps of more than this many limits have to be part of a longer slope
PIXEL_STEP = 0.8  # nor is one that the path never parts by this many pixels


@dataclass(frozen=True, eq=False)
class Edges:
    """uint8 [height, width] each: 0 for none, else the distance in pixels (1: at the break), up to REACH.

    `near`: the pixel is on the nearer side of a break; `far`: on the farther side.
    """

    near: np.ndarray
    far: np.ndarray
    across: np.ndarray  # 1 where pixel and right neighbour are apart
    down: np.ndarray  # 1 where pixel and lower neighbour are apart

    @cached_property
    def rim(self) -> np.ndarray:
        """bool [height, width]: the nearer sides of breaks, RING wide; not what is beside a nearer one."""
        return (self.near > 0) & (self.near <= RING) & (self.far != 1)

    @cached_property
    def foot(self) -> np.ndarray:
        """bool [height, width]: the farther sides of breaks, RING pixels wide."""
        return (self.far > 0) & (self.far <= RING) & ~self.rim


REACH = 6


def find(nearness: np.ndarray, parallax: float, orthographic: bool) -> Edges:
    """The breaks of `nearness` that matter if points part by `parallax` pixels a unit of nearness."""
    floor = PIXEL_STEP / max(parallax, 1e-9)
    relative = 0.0 if orthographic else RELATIVE_STEP
    across, down = _breaks(nearness, np.float32(floor), np.float32(relative))
    near, far = _sides(nearness, across, down)
    _spread(near, across, down, REACH)
    _spread(far, across, down, REACH)
    return Edges(near, far, across, down)


@helper
def _goes_on(nearness: np.ndarray, y: int, x: int, dy: int, dx: int, step: float, limit: float) -> bool:
    """Whether the surface at (y, x) already rises by `step` a pixel on its way from (dy, dx): a slanted plane.

    One pixel tells for a small step, a large one has to go on for two.
    """
    far = 1 if abs(step) < STEEP * limit else 2
    side = dy + dx
    for k in range(far):
        y1, x1 = y + dy * (k + 1), x + dx * (k + 1)
        if y1 < 0 or x1 < 0 or y1 >= nearness.shape[0] or x1 >= nearness.shape[1]:
            return k > 0
        slope = (nearness[y1, x1] - nearness[y1 - dy, x1 - dx]) * side
        if abs(step - slope) > limit:
            return False
    return True


@kernel
def _breaks(nearness: np.ndarray, floor: float, relative: float) -> tuple[np.ndarray, np.ndarray]:
    """A step is a break if the slope on neither side explains it, so slanted planes stay whole."""
    height, width = nearness.shape
    across = np.zeros((height, width), np.uint8)
    down = np.zeros((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            here = nearness[y, x]
            if x + 1 < width:
                there = nearness[y, x + 1]
                step = there - here
                limit = max(floor, relative * max(here, there))
                if abs(step) > limit and not (
                    _goes_on(nearness, y, x, 0, -1, step, limit) or _goes_on(nearness, y, x + 1, 0, 1, step, limit)
                ):
                    across[y, x] = 1
            if y + 1 < height:
                there = nearness[y + 1, x]
                step = there - here
                limit = max(floor, relative * max(here, there))
                if abs(step) > limit and not (
                    _goes_on(nearness, y, x, -1, 0, step, limit) or _goes_on(nearness, y + 1, x, 1, 0, step, limit)
                ):
                    down[y, x] = 1
    return across, down


@kernel
def _sides(nearness: np.ndarray, across: np.ndarray, down: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = nearness.shape
    near = np.zeros((height, width), np.uint8)
    far = np.zeros((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            if across[y, x]:
                if nearness[y, x] > nearness[y, x + 1]:
                    near[y, x] = 1
                    far[y, x + 1] = 1
                else:
                    far[y, x] = 1
                    near[y, x + 1] = 1
            if down[y, x]:
                if nearness[y, x] > nearness[y + 1, x]:
                    near[y, x] = 1
                    far[y + 1, x] = 1
                else:
                    far[y, x] = 1
                    near[y + 1, x] = 1
    return near, far


@kernel
def _spread(distance: np.ndarray, across: np.ndarray, down: np.ndarray, reach: int) -> None:
    """Grows distances from 1 outwards, never over a break."""
    height, width = distance.shape
    pixels = np.empty(distance.size, np.int32)
    tail = 0
    for y in range(height):
        for x in range(width):
            if distance[y, x] == 1:
                pixels[tail] = y * width + x
                tail += 1
    head = 0
    for ring in range(1, reach):
        last = tail
        while head < last:
            y, x = pixels[head] // width, pixels[head] % width
            head += 1
            for side in range(4):
                v = y + (1 if side == 0 else -1 if side == 1 else 0)
                u = x + (1 if side == 2 else -1 if side == 3 else 0)
                if v < 0 or u < 0 or v >= height or u >= width or distance[v, u] != 0:
                    continue
                if (down[min(v, y), x] if side < 2 else across[y, min(u, x)]) == 0:
                    distance[v, u] = ring + 1
                    pixels[tail] = v * width + u
                    tail += 1
