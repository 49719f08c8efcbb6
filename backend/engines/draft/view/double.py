"""A texture at twice its resolution, where it can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....kernels import helper, kernel

PATCH = 16  # pixels to a side of what is doubled, or left out
SPARE = 2  # pixels off a block that are doubled too: samples lie up to 0.62 off it, and then between two texels


def doubled(rgb: np.ndarray, alpha: np.ndarray | None, shown: np.ndarray, texels: np.ndarray) -> None:
    """`rgb` uint8 [h, w, 3] with `alpha` float32 [h, w] (None: 1) into `texels` uint32 [4 h w], at twice the
    resolution, where a pixel is `shown` (bool) or SPARE pixels off one that is."""
    height, width = rgb.shape[:2]
    opaque = np.ones((1, 1), np.float32) if alpha is None else alpha
    _double(rgb, opaque, shown[:height, :width], texels.view(np.uint8).reshape(2 * height, 8 * width))


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


@kernel
def _double(rgb: np.ndarray, alpha: np.ndarray, shown: np.ndarray, out: np.ndarray) -> None:
    """Twice the resolution, `out` uint8 [2 h, 8 w]: the pixels themselves, and sharp six-tap values half-way between
    them. An `alpha` of one pixel is that of all."""
    height, width = shown.shape
    side, next_to, middle = np.float32(3 / 256), np.float32(-25 / 256), np.float32(150 / 256)
    ring = np.empty((6, 8 * width), np.float32)  # the doubled rows that a row between two needs
    line = np.empty(4 * (width + 5), np.float32)  # a row with two pixels more before it and three after
    same = alpha.size == 1
    tiles = _tiles(shown)
    made = 0
    for y in range(height):
        while made < min(y + 4, height):
            wide, begin = ring[made % 6], -1
            over, under = tiles[max(made - 3, 0) // PATCH], tiles[min(made + 2, height - 1) // PATCH]
            for tile in range(tiles.shape[1]):
                if over[tile] | under[tile]:
                    begin = tile * PATCH if begin < 0 else begin
                    continue
                if begin < 0:
                    continue
                end = min(tile * PATCH, width)
                for x in range(begin, end + 5):
                    u = min(max(x - 2, 0), width - 1)
                    for c in range(3):
                        line[4 * x + c] = rgb[made, u, c]
                    line[4 * x + 3] = np.float32(255) * (alpha[0, 0] if same else alpha[made, u])
                for x in range(begin, end):
                    for c in range(4):
                        i = 4 * x + c
                        wide[i + 4 * x] = line[i + 8]
                        wide[i + 4 * x + 4] = (
                            side * (line[i] + line[i + 20])
                            + next_to * (line[i + 4] + line[i + 16])
                            + middle * (line[i + 8] + line[i + 12])
                        )
                begin = -1
            made += 1
        y1, y2, y3 = min(y + 1, height - 1), min(y + 2, height - 1), min(y + 3, height - 1)
        begin = -1
        for tile in range(tiles.shape[1]):
            if tiles[y // PATCH, tile]:
                begin = tile * PATCH if begin < 0 else begin
                continue
            if begin < 0:
                continue
            first, last = 8 * begin, 8 * min(tile * PATCH, width)
            own, below = out[2 * y, first:last], out[2 * y + 1, first:last]
            r0, r1, r2 = (
                ring[max(y - 2, 0) % 6, first:last],
                ring[max(y - 1, 0) % 6, first:last],
                ring[y % 6, first:last],
            )
            r3, r4, r5 = ring[y1 % 6, first:last], ring[y2 % 6, first:last], ring[y3 % 6, first:last]
            for i in range(last - first):
                own[i] = _byte(r2[i])
            for i in range(last - first):
                below[i] = _byte(side * (r0[i] + r5[i]) + next_to * (r1[i] + r4[i]) + middle * (r2[i] + r3[i]))
            begin = -1


@helper
def _byte(value: Any) -> Any:
    return np.uint8(np.int32(min(max(value, np.float32(0)), np.float32(255)) + np.float32(0.5)))
