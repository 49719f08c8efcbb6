"""Pixels of a frame that no view shows: as what lies behind the things around them, softer the farther away that is.

A pyramid of halved sizes, of which only the cells are made that holes need: most holes are a few pixels wide.
"""

from __future__ import annotations

import numpy as np

from ..hidden.pyramid import around
from ..kernels import helper, kernel

BEHIND = 0.15  # what is nearer than the farthest by this share of the nearness counts a third, by twice that an eighth


def fill(nearness: np.ndarray, rgb: np.ndarray, blank: np.ndarray, same: float) -> None:
    """Gives the pixels of `rgb` uint8 [h, w, 3] whose `nearness` float32 [h, w] is -inf a colour. `same` is
    what counts as one surface, 0: a share of the nearness (BEHIND). A frame that shows nothing gets the colour `blank`.
    """
    there = nearness > -np.inf
    if not there.any():
        rgb[:] = blank
        return
    unseen = ~there
    known, gaps, wanted = [there], [np.flatnonzero(unseen)], [unseen]
    while len(gaps[-1]):
        known.append(_any_of_four(known[-1]))
        wanted.append(np.zeros_like(known[-1]))
        _ask(gaps[-1], known[-2].shape[1], wanted[-1])
        gaps.append(np.flatnonzero(wanted[-1] & ~known[-1]))
    for finer, above in zip(wanted[-2:0:-1], wanted[:1:-1], strict=True):  # also what those above are made of
        finer |= above.repeat(2, 0).repeat(2, 1)[: finer.shape[0], : finer.shape[1]]
    colours, near = [rgb], [nearness]
    for level in range(1, len(known)):
        colours.append(np.empty((*known[level].shape, 3), np.float32))
        near.append(np.empty(known[level].shape, np.float32))
        which = np.flatnonzero(wanted[level] & known[level])
        _halve(colours[-2], near[-2], known[level - 1], which, np.float32(same), colours[-1], near[-1])
    for level in range(len(known) - 2, -1, -1):
        coarse = colours[level + 1], near[level + 1]
        _between(*coarse, gaps[level], level == 0, np.float32(same), colours[level], near[level])


def _any_of_four(known: np.ndarray) -> np.ndarray:
    """bool at half the size: whether any of the four cells is known."""
    rows = known[::2].copy()
    rows[: known.shape[0] // 2] |= known[1::2]
    out = rows[:, ::2].copy()
    out[:, : known.shape[1] // 2] |= rows[:, 1::2]
    return out


@helper
def _weight(near: float, far: float, same: float) -> np.float32:
    """How much a colour counts beside one as far as `far`."""
    band = same if same > 0 else np.float32(BEHIND) * abs(far)
    return np.float32(np.exp((far - near) / max(band, np.float32(1e-9))))


@kernel
def _ask(gaps: np.ndarray, width: int, wanted: np.ndarray) -> None:
    """Marks what the `gaps` int64 [n], cells of a level so wide, lie between at half the size."""
    for i in gaps:
        top, bottom, _ = around(i // width, wanted.shape[0])
        left, right, _ = around(i % width, wanted.shape[1])
        wanted[top, left] = wanted[top, right] = wanted[bottom, left] = wanted[bottom, right] = True


@kernel
def _halve(
    colour: np.ndarray,
    near: np.ndarray,
    known: np.ndarray,
    which: np.ndarray,
    same: float,
    out: np.ndarray,
    nearness: np.ndarray,
) -> None:
    """The cells `which` int64 [n]: each as the farthest of the four in it that are known, and what lies close to it."""
    for i in which:
        y, x = i // out.shape[1], i % out.shape[1]
        bottom, right = min(2 * y + 2, known.shape[0]), min(2 * x + 2, known.shape[1])
        far = np.float32(np.inf)
        for v in range(2 * y, bottom):
            for u in range(2 * x, right):
                if known[v, u]:
                    far = min(far, near[v, u])
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
    for i in gap:
        y, x = i // out.shape[1], i % out.shape[1]
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
