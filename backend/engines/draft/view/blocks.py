"""A layer cut into blocks, each a piece of a plane: its faces. Most of a scene is flat, so many blocks share one face,
and what a frame has to work out for a face is worked out once for all of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ....kernels import helper, kernel

SIZES = (32, 16, 8, 4)  # pixels to a side of what is cut first
STRIP = 16  # pixels that a strip is long, at most
SHARED = 0.25  # share of what a block may part from the surface, to which it takes a face that is there already
LONGEST = 256  # pixels to a side of what is grown on a face
NO_FACE = -1


class Blocks(NamedTuple):
    """`boxes` float32 [4, n]: u0, v0, u1, v1 in pixels of the frame; `face` int32 [n]: that of each; `planes` float64
    [3, faces]: nearness = a u + b v + c."""

    boxes: np.ndarray
    face: np.ndarray
    planes: np.ndarray


def cut(
    nearness: np.ndarray,
    there: np.ndarray,
    u0: int,
    v0: int,
    bend: float,
    steep: float,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
) -> Blocks:
    """Cuts a layer, where it is `there`, into pieces that are planes to within `bend`: the largest squares that fit,
    what goes on on the face of a block beside it, and strips of what is left over, which lean as the slopes say. A
    square of two pixels leans by `steep` a pixel at most."""
    count = int(np.count_nonzero(there))
    if count == 0:
        return Blocks(np.empty((4, 0), np.float32), np.empty(0, np.int32), np.empty((3, 0)))
    # By NumPy, which asks for large pages: much of the time would go into small ones. Block by block, as few are used.
    boxes, face = np.empty((count, 4), np.float32), np.empty(count, np.int32)
    planes, taken = np.empty((count, 3), np.float64), np.full(nearness.shape, NO_FACE, np.int32)
    surface = nearness, slope_x, slope_y
    blocks, faces = _cut(*surface, there.copy(), u0, v0, bend, steep, np.array(SIZES), taken, boxes, face, planes)
    return Blocks(np.ascontiguousarray(boxes[:blocks].T), face[:blocks].copy(), np.ascontiguousarray(planes[:faces].T))


@helper
def _flat(nearness: np.ndarray, y: int, x: int, high: int, wide: int, plane: np.ndarray, bend: float) -> bool:
    """Whether all pixels of a box lie on `plane` (a, b, and c at the middle of its first pixel) to within `bend`."""
    for v in range(high):
        for u in range(wide):
            if abs(plane[2] + plane[0] * u + plane[1] * v - nearness[y + v, x + u]) > bend:
                return False
    return True


@helper
def _whole(there: np.ndarray, y: int, x: int, size: int) -> bool:
    for v in range(y, y + size):
        for u in range(x, x + size):
            if there[v, u] == 0:
                return False
    return True


@helper
def _fitted(nearness: np.ndarray, y: int, x: int, size: int, plane: np.ndarray) -> None:
    """The `plane` that a square lies next to, as `_flat` has it."""
    middle = (size - 1) / 2
    spread = size * size * (size * size - 1) / 12.0
    total, along, downward = 0.0, 0.0, 0.0
    for v in range(size):
        for u in range(size):
            value = nearness[y + v, x + u]
            total += value
            along += (u - middle) * value
            downward += (v - middle) * value
    plane[0], plane[1] = along / spread, downward / spread
    plane[2] = total / (size * size) - middle * (plane[0] + plane[1])


@helper
def _from(planes: np.ndarray, k: int, v: int, u: int, plane: np.ndarray) -> None:
    """Face `k` as `_flat` has it, for a box that begins at (v, u) of the frame."""
    plane[0], plane[1] = planes[k, 0], planes[k, 1]
    plane[2] = planes[k, 0] * (u + 0.5) + planes[k, 1] * (v + 0.5) + planes[k, 2]


@helper
def _beside(faces: np.ndarray, y: int, x: int, size: int, side: int) -> Any:
    """The face of the pixel to the left of a square, above, to the right or below it; NO_FACE where there is none."""
    v = y - 1 if side == 1 else y + size if side == 3 else y
    u = x - 1 if side == 0 else x + size if side == 2 else x
    if v < 0 or u < 0 or v >= faces.shape[0] or u >= faces.shape[1]:
        return NO_FACE
    return faces[v, u]


@helper
def _going_on(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    there: np.ndarray,
    most: int,
    plane: np.ndarray,
    value: float,
    bend: float,
) -> int:
    """How many pixels from the first on, `most` at most, of these parts of rows are there, lie on `plane`, which begins
    with `value`, to within SHARED `bend`, and lean as it does."""
    off, leans = np.float32(SHARED * bend), np.float32(2 * bend)
    a, b, start = np.float32(plane[0]), np.float32(plane[1]), np.float32(value)
    for u in range(min(most, there.size)):
        if there[u] == 0 or abs(start + a * np.float32(np.int32(u)) - nearness[u]) > off:
            return u
        if abs(slope_x[u] - a) + abs(slope_y[u] - b) > leans:
            return u
    return min(most, there.size)


@helper
def _grown(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    there: np.ndarray,
    y: int,
    x: int,
    plane: np.ndarray,
    bend: float,
    least: int,
) -> tuple[int, int]:
    """How wide and high a box from (y, x) on goes on on `plane`: as far as its first row does, and then as many rows as
    do so far; a square of `least` pixels where that is larger."""
    wide, high = LONGEST, 0
    while high < LONGEST and y + high < there.shape[0]:
        v = y + high
        row = nearness[v, x:], slope_x[v, x:], slope_y[v, x:], there[v, x:]
        length = _going_on(*row, wide, plane, plane[2] + plane[1] * high, bend)
        if high == 0:
            wide = length
        if length < wide or length == 0:
            break
        high += 1
    return (wide, high) if wide * high > least * least else (least, least)


@helper
def _strip(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    there: np.ndarray,
    y: int,
    x: int,
    dy: int,
    dx: int,
    bend: float,
) -> int:
    """How many pixels from (y, x) on, in steps of (dy, dx), lie on the plane of the first to within `bend`."""
    here, along_x, along_y = nearness[y, x], slope_x[y, x], slope_y[y, x]
    slope = dx * along_x + dy * along_y
    length = 1
    while length < STRIP:
        v, u = y + length * dy, x + length * dx
        if v >= there.shape[0] or u >= there.shape[1] or there[v, u] == 0:
            break
        if abs(here + length * slope - nearness[v, u]) > bend:
            break
        if abs(slope_x[v, u] - along_x) + abs(slope_y[v, u] - along_y) > 2 * bend:
            break
        length += 1
    return length


@kernel
def _cut(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    there: np.ndarray,
    u0: int,
    v0: int,
    bend: float,
    steep: float,
    sizes: np.ndarray,
    faces: np.ndarray,
    boxes: np.ndarray,
    face: np.ndarray,
    planes: np.ndarray,
) -> tuple[int, int]:
    """Cuts blocks of falling size out of `there` (which it clears), then what goes on beside them, squares of two
    pixels, and what is left. `faces` int32 [h, w], NO_FACE, gets that of each pixel, `boxes` and `planes` [n, ...] are
    those of Blocks, one after the other. Gives how many blocks and faces there are."""
    height, width = nearness.shape
    plane = np.empty(3)
    used = known = 0
    for turn in range(sizes.size + 3):
        squares = turn < sizes.size or turn == sizes.size + 1
        size = sizes[turn] if turn < sizes.size else 2 if squares else 1
        last = turn == sizes.size + 2
        for y in range(0, height - size + 1, size):
            for x in range(0, width - size + 1, size):
                if there[y, x] == 0 or (squares and not _whole(there, y, x, size)):
                    continue
                k, own = NO_FACE, False
                for side in range(4):
                    k = _beside(faces, y, x, size, side)
                    if k == NO_FACE:
                        continue
                    _from(planes, k, v0 + y, u0 + x, plane)
                    if size > 2:
                        if _flat(nearness, y, x, size, size, plane, SHARED * bend):
                            break
                    else:
                        wide, high = _grown(nearness, slope_x, slope_y, there, y, x, plane, bend, 0)
                        if wide > 0:
                            break
                    k = NO_FACE
                if k == NO_FACE:
                    if not squares and not last:
                        continue
                    if squares:
                        _fitted(nearness, y, x, size, plane)
                        if size == 2 and max(abs(plane[0]), abs(plane[1])) > steep:
                            continue
                        if not _flat(nearness, y, x, size, size, plane, bend):
                            continue
                    else:
                        wide = _strip(nearness, slope_x, slope_y, there, y, x, 0, 1, bend)
                        high = _strip(nearness, slope_x, slope_y, there, y, x, 1, 0, bend) if wide < STRIP else 1
                        wide, high = (wide, 1) if wide >= high else (1, high)
                        plane[0], plane[1], plane[2] = slope_x[y, x], slope_y[y, x], nearness[y, x]
                        if wide > 1:
                            plane[0] = (nearness[y, x + wide - 1] - plane[2]) / (wide - 1)
                        elif high > 1:
                            plane[1] = (nearness[y + high - 1, x] - plane[2]) / (high - 1)
                    k, own = known, True
                    planes[k, 0], planes[k, 1] = plane[0], plane[1]
                    planes[k, 2] = plane[2] - plane[0] * (u0 + x + 0.5) - plane[1] * (v0 + y + 0.5)
                    known += 1
                if size > 2 or (squares and own):
                    wide, high = _grown(nearness, slope_x, slope_y, there, y, x, plane, bend, size)
                for v in range(y, y + high):
                    for u in range(x, x + wide):
                        there[v, u] = 0
                        faces[v, u] = k
                boxes[used, 0], boxes[used, 1] = u0 + x, v0 + y
                boxes[used, 2], boxes[used, 3] = u0 + x + wide, v0 + y + high
                face[used] = k
                used += 1
    return used, known
