"""Pixels of a frame that no view shows: as what lies behind the things around them, softer the farther away that is.

A pyramid of halved sizes, of which only the cells are made that holes need: most holes are a few pixels wide.
"""

from __future__ import annotations

import numpy as np

from .....kernels import helper, kernel
from ..hidden.pyramid import around

BEHIND = 0.15  # what is nearer than the farthest by this share of the nearness counts a third, by twice that an eighth


def fill(nearness: np.ndarray, rgb: np.ndarray, counts: np.ndarray, blank: np.ndarray, same: float) -> None:
    """Gives the pixels of `rgb` uint8 [h, w, 3] whose `nearness` float32 [h, w] is -inf a colour; each row
    has `counts` int32 [h] of them. `same` is what counts as one surface, 0: a share of the nearness (BEHIND). A frame
    that shows nothing gets the colour `blank`.
    """
    known, gaps = [nearness > -np.inf], [_holes(nearness, counts)]
    if len(gaps[0]) == nearness.size:
        rgb[:] = blank
        return
    wanted = [np.zeros((0, 0), np.bool_)]  # a pixel is wanted where it is a gap
    while len(gaps[-1]):
        known.append(_any_of_four(known[-1]))
        wanted.append(np.zeros_like(known[-1]))
        _ask(gaps[-1], known[-2].shape[1], wanted[-1])
        gaps.append(_gaps(wanted[-1], known[-1]))
    for finer, above in zip(wanted[-2:0:-1], wanted[:1:-1], strict=True):  # also what those above are made of
        _ask_below(above, finer)
    colours, near = [rgb], [nearness]
    for level in range(1, len(known)):
        colours.append(np.empty((*known[level].shape, 3), np.float32))
        near.append(np.empty(known[level].shape, np.float32))
        _halve(colours[-2], near[-2], known[level - 1], wanted[level], np.float32(same), colours[-1], near[-1])
    for level in range(len(known) - 2, -1, -1):
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
def _gaps(wanted: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The cells, int64 [n], that are wanted and not known."""
    asked, there = wanted.reshape(-1), known.reshape(-1)
    count = 0
    for i in range(asked.size):
        count += int(asked[i] and not there[i])
    out = np.empty(count, np.int64)
    found = 0
    for i in range(asked.size):
        if asked[i] and not there[i]:
            out[found] = i
            found += 1
    return out


@kernel
def _any_of_four(known: np.ndarray) -> np.ndarray:
    """bool at half the size: whether any of the four cells is known."""
    height, width = known.shape
    out = np.zeros(((height + 1) // 2, (width + 1) // 2), np.bool_)
    for y in range(height):
        row, line = known[y], out[y // 2]
        for x in range(np.uint64(width // 2)):
            line[x] |= row[np.uint64(2) * x] | row[np.uint64(2) * x + np.uint64(1)]
        if width % 2 == 1:
            line[width // 2] |= row[width - 1]
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


@kernel
def _ask(gaps: np.ndarray, width: int, wanted: np.ndarray) -> None:
    """Marks what the `gaps` int64 [n], cells of a level so wide, lie between at half the size."""
    across = np.uint32(width)
    for i in gaps:
        top, bottom, _ = around(int(np.uint32(i) // across), wanted.shape[0])
        left, right, _ = around(int(np.uint32(i) % across), wanted.shape[1])
        wanted[top, left] = wanted[top, right] = wanted[bottom, left] = wanted[bottom, right] = True


@kernel
def _halve(
    colour: np.ndarray,
    near: np.ndarray,
    known: np.ndarray,
    wanted: np.ndarray,
    same: float,
    out: np.ndarray,
    nearness: np.ndarray,
) -> None:
    """The cells that are `wanted` and can be known: each as the farthest of the four in it that are, and what lies
    close to it."""
    for y in range(out.shape[0]):
        bottom = min(2 * y + 2, known.shape[0])
        for x in range(out.shape[1]):
            if not wanted[y, x]:
                continue
            right = min(2 * x + 2, known.shape[1])
            far = np.float32(np.inf)
            for v in range(2 * y, bottom):
                for u in range(2 * x, right):
                    if known[v, u]:
                        far = min(far, near[v, u])
            if far == np.float32(np.inf):
                continue
            total = middle = red = green = blue = np.float32(0)
            for v in range(2 * y, bottom):
                for u in range(2 * x, right):
                    if not known[v, u]:
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
