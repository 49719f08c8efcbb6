"""A texture at twice its resolution, where it can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....kernels import helper, kernel

PATCH = 16  # pixels to a side of what is doubled, or left out
OUTER, NEXT, INNER = 3 / 256, -25 / 256, 150 / 256  # how much the six pixels around a middle count, from outside
SPARE = 2  # pixels off a block that are doubled too: samples lie up to 0.62 off it, and then between two texels


def doubled(rgb: np.ndarray, alpha: np.ndarray | None, shown: np.ndarray, texels: np.ndarray) -> None:
    """`rgb` uint8 [h, w, 3] with `alpha` float32 [h, w] (None: 1) into `texels` uint32 [4 h w], at twice the
    resolution, where a pixel is `shown` (bool) or SPARE pixels off one that is."""
    height, width = rgb.shape[:2]
    opaque = np.ones((1, 1), np.float32) if alpha is None else alpha
    _double(rgb, opaque, shown[:height, :width], texels.reshape(2 * height, 2 * width))


@helper
def _tiles(shown: np.ndarray) -> np.ndarray:
    """uint8 [down, across + 1]: which tiles have a pixel that is `shown`, or SPARE pixels off one. The last is none."""
    height, width = shown.shape
    out = np.zeros((height // PATCH + 1, width // PATCH + 2), np.uint8)
    for y in range(height):
        over, under = max(y - SPARE, 0) // PATCH, min(y + SPARE, height - 1) // PATCH
        for x in range(width):
            if shown[y, x]:
                left, right = max(x - SPARE, 0) // PATCH, min(x + SPARE, width - 1) // PATCH
                out[over, left] = out[over, right] = out[under, left] = out[under, right] = 1
    return out


@helper
def _runs(marked: np.ndarray, width: int, ends: np.ndarray) -> int:
    """Where tiles that are `marked` (uint8, of which the last is none) lie side by side: into `ends` int64 [n, 2] the
    first pixel and the one after the last. How many such runs there are."""
    count, begin = 0, -1
    for tile in range(marked.size):
        if marked[tile]:
            begin = tile * PATCH if begin < 0 else begin
        elif begin >= 0:
            ends[count, 0], ends[count, 1] = begin, min(tile * PATCH, width)
            count, begin = count + 1, -1
    return count


@helper
def _across(rgb: np.ndarray, alpha: np.ndarray, begin: int, end: int, line: np.ndarray, middle: np.ndarray) -> None:
    """Pixels of a row, from SPARE before them to one more after, four numbers each, into `line`; what lies half-way to
    each one's right into `middle`."""
    last = rgb.shape[0] - 1
    for x in range(begin, end + SPARE + 3):
        u = min(max(x - SPARE, 0), last)
        for c in range(3):
            line[4 * x + c] = rgb[u, c]
        line[4 * x + 3] = np.float32(255) * alpha[min(u, alpha.size - 1)]
    made, taps = middle[4 * begin : 4 * end], line[4 * begin :]
    for i in range(made.size):
        made[i] = (
            np.float32(OUTER) * (taps[i] + taps[i + 20])
            + np.float32(NEXT) * (taps[i + 4] + taps[i + 16])
            + np.float32(INNER) * (taps[i + 8] + taps[i + 12])
        )


@helper
def _down(rows: np.ndarray, at: tuple[int, ...], first: int, last: int, own: np.ndarray, below: np.ndarray) -> None:
    """Of six `rows` (`at`, from above) the third, and what lies half-way below it, as bytes."""
    r0, r1, r2 = rows[at[0], first:last], rows[at[1], first:last], rows[at[2], first:last]
    r3, r4, r5 = rows[at[3], first:last], rows[at[4], first:last], rows[at[5], first:last]
    for i in range(last - first):
        own[i] = _byte(r2[i])
    for i in range(last - first):
        below[i] = _byte(
            np.float32(OUTER) * (r0[i] + r5[i])
            + np.float32(NEXT) * (r1[i] + r4[i])
            + np.float32(INNER) * (r2[i] + r3[i])
        )


@kernel
def _double(rgb: np.ndarray, alpha: np.ndarray, shown: np.ndarray, out: np.ndarray) -> None:
    """Twice the resolution, `out` uint32 [2 h, 2 w]: the pixels themselves, and sharp six-tap values half-way between
    them. An `alpha` of one pixel is that of all."""
    height, width = shown.shape
    # The rows that one between two needs: their pixels, two more before them and three after, and what lies between.
    lines, middles = np.empty((6, 4 * (width + 5)), np.float32), np.empty((6, 4 * width), np.float32)
    made_bytes = np.empty((4, 4 * width), np.uint8)  # the upper and the lower row's pixels, and what lies between those
    tiles = _tiles(shown)
    ends = np.empty((tiles.shape[1], 2), np.int64)
    made = 0
    for y in range(height):
        while made < min(y + 4, height):
            over, under = tiles[max(made - 3, 0) // PATCH], tiles[min(made + 2, height - 1) // PATCH]
            for k in range(_runs(over | under, width, ends)):
                opaque = alpha[made if alpha.size > 1 else 0]
                _across(rgb[made], opaque, ends[k, 0], ends[k, 1], lines[made % 6], middles[made % 6])
            made += 1
        at = (
            max(y - 2, 0) % 6,
            max(y - 1, 0) % 6,
            y % 6,
            min(y + 1, height - 1) % 6,
            min(y + 2, height - 1) % 6,
            min(y + 3, height - 1) % 6,
        )
        for k in range(_runs(tiles[y // PATCH], width, ends)):
            begin, end = ends[k, 0], ends[k, 1]
            first, last = 4 * begin, 4 * end
            _down(lines, at, first + 4 * SPARE, last + 4 * SPARE, made_bytes[0], made_bytes[1])
            _down(middles, at, first, last, made_bytes[2], made_bytes[3])
            for row in range(2):
                pixels, between = made_bytes[row].view(np.uint32), made_bytes[2 + row].view(np.uint32)
                texels = out[2 * y + row, 2 * begin : 2 * end]
                for x in range(np.uint64(end - begin)):  # unsigned: no test for counting from the end
                    texels[np.uint64(2) * x] = pixels[x]
                    texels[np.uint64(2) * x + np.uint64(1)] = between[x]


@helper
def _byte(value: Any) -> Any:
    return np.uint8(np.int32(min(max(value, np.float32(0)), np.float32(255)) + np.float32(0.5)))
