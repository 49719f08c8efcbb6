"""Pixels of a frame that no view shows: as what lies behind the things around them, softer the farther away that is.

A pyramid of halved sizes, of which only the cells are made that holes need: most holes are a few pixels wide.
"""

from __future__ import annotations

import numpy as np

from .....kernels import helper, kernel
from ..hidden.pyramid import around

BEHIND = 0.15  # what is nearer than the farthest by this share of the nearness counts a third, by twice that an eighth


def fill(nearness: np.ndarray, rgb: np.ndarray, counts: np.ndarray, same: float) -> None:
    """Gives the pixels of `rgb` uint8 [h, w, 3] whose `nearness` float32 [h, w] is -inf a colour; each row
    has `counts` int32 [h] of them, not all its pixels in all rows. `same` is what counts as one surface, 0: a share of
    the nearness (BEHIND).
    """
    gaps = [_holes(nearness, counts)]
    wanted = [np.zeros((0, 0), np.bool_)]  # a pixel is wanted where it is a gap
    shape = nearness.shape
    while len(gaps[-1]):
        wide, shape = shape[1], (-(-shape[0] // 2), -(-shape[1] // 2))
        wanted.append(np.zeros(shape, np.bool_))
        gaps.append(_ask(gaps[-1], wide, nearness, 1 << len(gaps), wanted[-1]))
    for finer, above in zip(wanted[-2:0:-1], wanted[:1:-1], strict=True):  # also what those above are made of
        _ask_below(above, finer)
    colours, near = [rgb], [nearness]
    for asked in wanted[1:]:
        colours.append(np.empty((*asked.shape, 3), np.float32))
        near.append(np.empty(asked.shape, np.float32))
        _halve(colours[-2], near[-2], asked, np.float32(same), colours[-1], near[-1])
    for level in range(len(gaps) - 2, -1, -1):
        coarse = colours[level + 1], near[level + 1]
        _between(*coarse, gaps[level], level == 0, np.float32(same), colours[level], near[level])


@kernel
def _holes(nearness: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The pixels, int64 [n], whose nearness is -inf, of which each row has `counts` int32 [h]."""
    out = np.empty(counts.sum(), np.int64)
    width, found = nearness.shape[1], 0
    for y in range(nearness.shape[0]):
        x, last = 0, found + counts[y]
        while found < last:
            if nearness[y, x] == np.float32(-np.inf):
                out[found] = y * width + x
                found += 1
            x += 1
    return out


@kernel
def _ask_below(above: np.ndarray, finer: np.ndarray) -> None:
    """Marks the four cells that each one marked at half the size is made of."""
    for y in range(above.shape[0]):
        for x in range(above.shape[1]):
            if above[y, x]:
                finer[2 * y : 2 * y + 2, 2 * x : 2 * x + 2] = True


@helper
def _weight(near: float, far: float, same: float) -> np.float32:
    """How much a colour counts beside one as far as `far`: e to the minus (near - far) / band, as Taylor has it of a
    128th of that, to the power of 128. Right to a millionth where it counts, and never less than e^-80."""
    band = same if same > 0 else np.float32(BEHIND) * abs(far)
    apart = (near - far) / max(band, np.float32(1e-9))
    s = min(apart, np.float32(80)) * np.float32(-1 / 128)
    part = np.float32(1) + s * (
        np.float32(1) + s * (np.float32(1 / 2) + s * (np.float32(1 / 6) + s * np.float32(1 / 24)))
    )
    part *= part
    part *= part
    part *= part
    part *= part
    part *= part
    part *= part
    return part * part


@helper
def _empty(nearness: np.ndarray, top: int, left: int, size: int) -> bool:
    """Whether no pixel of a square has a nearness."""
    for y in range(top, min(top + size, nearness.shape[0])):
        for x in range(left, min(left + size, nearness.shape[1])):
            if nearness[y, x] > np.float32(-np.inf):
                return False
    return True


@kernel
def _ask(gaps: np.ndarray, width: int, nearness: np.ndarray, size: int, wanted: np.ndarray) -> np.ndarray:
    """Marks what the `gaps` int64 [n], cells of a level so wide, lie between at half the size, where a cell is `size`
    pixels of `nearness` to a side. Those of them that are gaps as well."""
    across = np.uint32(width)
    out, found = np.empty(4 * gaps.size, np.int64), 0
    for i in gaps:
        top, bottom, _ = around(int(np.uint32(i) // across), wanted.shape[0])
        left, right, _ = around(int(np.uint32(i) % across), wanted.shape[1])
        for y in (top, bottom):
            for x in (left, right):
                if wanted[y, x]:
                    continue
                wanted[y, x] = True
                if _empty(nearness, y * size, x * size, size):
                    out[found] = y * wanted.shape[1] + x
                    found += 1
    return out[:found]


@kernel
def _halve(
    colour: np.ndarray,
    near: np.ndarray,
    wanted: np.ndarray,
    same: float,
    out: np.ndarray,
    nearness: np.ndarray,
) -> None:
    """The cells that are `wanted` and can be known: each as the farthest of the four in it that are, and what lies
    close to it. What can't has the nearness -inf."""
    none = np.float32(-np.inf)
    for y in range(out.shape[0]):
        bottom = min(2 * y + 2, near.shape[0])
        for x in range(out.shape[1]):
            if not wanted[y, x]:
                continue
            right = min(2 * x + 2, near.shape[1])
            far = np.float32(np.inf)
            for v in range(2 * y, bottom):
                for u in range(2 * x, right):
                    if near[v, u] > none:
                        far = min(far, near[v, u])
            if far == np.float32(np.inf):
                nearness[y, x] = none
                continue
            total = middle = red = green = blue = np.float32(0)
            for v in range(2 * y, bottom):
                for u in range(2 * x, right):
                    if near[v, u] == none:
                        continue
                    weight = _weight(near[v, u], far, same)
                    total += weight
                    middle += weight * near[v, u]
                    red += weight * np.float32(colour[v, u, 0])
                    green += weight * np.float32(colour[v, u, 1])
                    blue += weight * np.float32(colour[v, u, 2])
            nearness[y, x] = middle / total
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = red / total, green / total, blue / total


@kernel
def _between(
    coarse: np.ndarray,
    coarse_near: np.ndarray,
    gap: np.ndarray,
    last: bool,
    same: float,
    out: np.ndarray,
    nearness: np.ndarray,
) -> None:
    """The cells of a `gap` as the four of half the size around them, the farthest before the others. The `last` are
    pixels: whole numbers, without a nearness."""
    half = np.float32(0.5) if last else np.float32(0)
    width = np.uint32(out.shape[1])
    for i in gap:
        y, x = int(np.uint32(i) // width), int(np.uint32(i) % width)
        top, bottom, down = around(y, coarse.shape[0])
        left, right, across = around(x, coarse.shape[1])
        far = min(
            min(coarse_near[top, left], coarse_near[top, right]),
            min(coarse_near[bottom, left], coarse_near[bottom, right]),
        )
        total = middle = red = green = blue = np.float32(0)
        for k in range(4):
            row, column = (bottom if k > 1 else top), (right if k % 2 == 1 else left)
            share = (down if k > 1 else 1 - down) * (across if k % 2 == 1 else 1 - across)
            weight = np.float32(share + np.float32(1e-4)) * _weight(coarse_near[row, column], far, same)
            total += weight
            middle += weight * coarse_near[row, column]
            red += weight * coarse[row, column, 0]
            green += weight * coarse[row, column, 1]
            blue += weight * coarse[row, column, 2]
        out[y, x, 0], out[y, x, 1], out[y, x, 2] = red / total + half, green / total + half, blue / total + half
        if not last:
            nearness[y, x] = middle / total
