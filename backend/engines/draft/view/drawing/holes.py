"""Pixels of a frame that no view shows: as what lies behind the things around them, softer the farther away that is."""

from __future__ import annotations

import numpy as np

from ..kernels import helper, kernel

AROUND = 48  # pixels around the holes that their colour comes from
GRID = 64  # where that begins and ends, so that it stays the same from frame to frame
BEHIND = 0.15  # what is nearer than the farthest by this share of the nearness counts a third, by twice that an eighth


def fill(nearness: np.ndarray, rgb: np.ndarray, blank: np.ndarray, same: float) -> None:
    """Gives the pixels of `rgb` uint8 [h, w, 3] whose `nearness` float32 [h, w] is -inf a colour. `same` is
    what counts as one surface, 0: a share of the nearness (BEHIND). A frame that shows nothing gets the colour `blank`.
    """
    holes = nearness == -np.inf
    if holes.all():
        rgb[:] = blank
        return
    rows, columns = (_span(holes.any(axis)) for axis in (1, 0))
    if holes[rows, columns].all():
        rows = columns = slice(None)
    near, colours = nearness[rows, columns], rgb[rows, columns]
    unknown = near == -np.inf
    levels = [(colours.astype(np.float32), near)]
    while (levels[-1][1] == -np.inf).any():
        levels.append(_halved(*levels[-1], np.float32(same)))
    made = levels.pop()
    for colour, there in reversed(levels):
        made = _filled(*made, colour, there, np.float32(same))
    colours[unknown] = made[0][unknown] + np.float32(0.5)


def _span(there: np.ndarray) -> slice:
    """From the first to the last that is there, with AROUND more, in whole GRIDs."""
    found = np.flatnonzero(there)
    begin, end = int(found[0]) - AROUND, int(found[-1]) + AROUND
    return slice(max(0, begin // GRID * GRID), (end // GRID + 1) * GRID)


@helper
def _weight(near: float, far: float, same: float) -> np.float32:
    """How much a colour counts beside one as far as `far`."""
    band = same if same > 0 else np.float32(BEHIND) * abs(far)
    return np.float32(np.exp((far - near) / max(band, np.float32(1e-9))))


@kernel
def _halved(colour: np.ndarray, near: np.ndarray, same: float) -> tuple[np.ndarray, np.ndarray]:
    """Half the size: every two by two pixels as the farthest of those that are known, and what lies close to it."""
    height, width = (near.shape[0] + 1) // 2, (near.shape[1] + 1) // 2
    none = np.float32(-np.inf)
    out, nearness = np.zeros((height, width, 3), np.float32), np.full((height, width), none, np.float32)
    for y in range(height):
        for x in range(width):
            bottom, right = min(2 * y + 2, near.shape[0]), min(2 * x + 2, near.shape[1])
            far = np.float32(np.inf)
            for v in range(2 * y, bottom):
                for u in range(2 * x, right):
                    if near[v, u] > none:
                        far = min(far, near[v, u])
            if far == np.float32(np.inf):
                continue
            total = middle = np.float32(0)
            for v in range(2 * y, bottom):
                for u in range(2 * x, right):
                    if near[v, u] == none:
                        continue
                    weight = _weight(near[v, u], far, same)
                    total += weight
                    middle += weight * near[v, u]
                    for c in range(3):
                        out[y, x, c] += weight * colour[v, u, c]
            nearness[y, x] = middle / total
            for c in range(3):
                out[y, x, c] /= total
    return out, nearness


@kernel
def _filled(
    coarse: np.ndarray, coarse_near: np.ndarray, colour: np.ndarray, near: np.ndarray, same: float
) -> tuple[np.ndarray, np.ndarray]:
    """What is known, and the rest between the four of the half-sized ones around it, the farthest before the others."""
    height, width = near.shape
    out, nearness = colour.copy(), near.copy()
    for y in range(height):
        v = min(max((y + 0.5) / 2 - 0.5, 0.0), coarse.shape[0] - 1.0)
        top = int(v)
        down = np.float32(v - top)
        for x in range(width):
            if near[y, x] > np.float32(-np.inf):
                continue
            u = min(max((x + 0.5) / 2 - 0.5, 0.0), coarse.shape[1] - 1.0)
            left = int(u)
            across = np.float32(u - left)
            bottom, right = min(top + 1, coarse.shape[0] - 1), min(left + 1, coarse.shape[1] - 1)
            far = min(
                min(coarse_near[top, left], coarse_near[top, right]),
                min(coarse_near[bottom, left], coarse_near[bottom, right]),
            )
            total = middle = np.float32(0)
            for c in range(3):
                out[y, x, c] = 0
            for k in range(4):
                row, column = (bottom if k > 1 else top), (right if k % 2 == 1 else left)
                share = (down if k > 1 else 1 - down) * (across if k % 2 == 1 else 1 - across)
                weight = np.float32(share + np.float32(1e-4)) * _weight(coarse_near[row, column], far, same)
                total += weight
                middle += weight * coarse_near[row, column]
                for c in range(3):
                    out[y, x, c] += weight * coarse[row, column, c]
            nearness[y, x] = middle / total
            for c in range(3):
                out[y, x, c] /= total
    return out, nearness
