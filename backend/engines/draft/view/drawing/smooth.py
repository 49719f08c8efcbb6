"""Where surfaces end a frame of several views has steps a pixel high, as each pixel of it is looked up in its middle,
where a camera takes in all of it. Here they are smoothed along the edge, and not across.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .....kernels import helper, kernel

BREAK = 0.05  # a surface ends where nearness bends by this share of it from a pixel to the next
STEP = 0.7  # pixels along the edge, to either side, that a pixel is averaged with
FLAT = 1.0  # a difference in brightness (of 765, over eight pixels) below which no way along it is known


@kernel
def smooth(rgb: np.ndarray, nearness: np.ndarray, part: float, same: float) -> None:
    """Smooths `rgb` uint8 [h, w, 3] at the edges of `nearness` float32 [h, w] (see Frame) by `part` 0..1. `same` is by
    what nearness bends at an edge, 0: a share of it (BREAK)."""
    height, width = nearness.shape
    before, here = rgb[0].copy(), rgb[0].copy()
    marked = np.zeros((width + 7) // 8 * 8, np.uint8)
    eight = marked.view(np.uint64)
    for y in range(1, height - 1):
        before, here = here, before
        line, row = here.reshape(-1), rgb[y].reshape(-1)
        for i in range(row.size):
            line[i] = row[i]
        _mark(nearness[y - 1, 1:-1], nearness[y], nearness[y + 1, 1:-1], same, marked)
        for word in range(eight.size):
            if eight[word] == 0:
                continue
            for x in range(8 * word, 8 * word + 8):
                if marked[x] != 0:
                    _along(before[x : x + 3], here[x : x + 3], rgb[y + 1, x : x + 3], part, rgb[y, x + 1])


@helper
def _mark(over: np.ndarray, here: np.ndarray, under: np.ndarray, same: float, out: np.ndarray) -> None:
    """Where surfaces end, `out` uint8 [w]: from the second pixel `here`, which lies between `over` and `under`, to the
    last but one."""
    share = np.float32(BREAK if same == 0 else 0)
    before, middle, after = here[:-2], here[1:-1], here[2:]
    for x in range(over.size):
        twice = middle[x] + middle[x]
        across, down = abs(before[x] + after[x] - twice), abs(over[x] + under[x] - twice)
        limit = max(max(before[x], after[x]), middle[x]) * share + same
        limit_down = max(max(over[x], under[x]), middle[x]) * share + same
        out[x] = np.uint8(across > limit) | np.uint8(down > limit_down)


@helper
def _light(row: np.ndarray, x: int) -> Any:
    return np.int32(row[x, 0]) + np.int32(row[x, 1]) + np.int32(row[x, 2])


@helper
def _along(over: np.ndarray, here: np.ndarray, under: np.ndarray, part: float, out: np.ndarray) -> None:
    """The middle one of nine pixels with what lies along its edge, at right angles to where brightness changes most."""
    a, b, c = _light(over, 0), _light(over, 1), _light(over, 2)
    d, e = _light(here, 0), _light(here, 2)
    f, g, h = _light(under, 0), _light(under, 1), _light(under, 2)
    to_right = np.float32(c + e + e + h - a - d - d - f)
    down = np.float32(f + g + g + h - a - b - b - c)
    steep = np.sqrt(to_right * to_right + down * down)
    if steep < np.float32(FLAT):
        return
    one, step, weight = np.float32(1), np.float32(STEP), np.float32(part) / np.float32(3)
    across, along = step * abs(down) / steep, step * abs(to_right) / steep
    beside, above, corner = across * (one - along) * weight, (one - across) * along * weight, across * along * weight
    middle = one - np.float32(2) * (beside + above + corner)
    first, last = (2, 0) if to_right * down > 0 else (0, 2)  # brighter to the lower right: it goes to the upper right
    for k in range(3):
        out[k] = np.uint8(
            np.int32(
                middle * np.float32(here[1, k])
                + beside * (np.float32(here[0, k]) + np.float32(here[2, k]))
                + above * (np.float32(over[1, k]) + np.float32(under[1, k]))
                + corner * (np.float32(over[first, k]) + np.float32(under[last, k]))
                + np.float32(0.5)
            )
        )
