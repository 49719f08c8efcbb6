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


def undoubled(rgb: np.ndarray, alpha: np.ndarray | None, texels: np.ndarray) -> None:
    """As `doubled`, `texels` uint32 [h w], at the resolution it has, all of it."""
    opaque = np.ones(1, np.float32) if alpha is None else alpha.reshape(-1)
    _undouble(rgb.reshape(-1, 3), opaque, texels)


def finer(
    rgb: np.ndarray,
    alpha: np.ndarray | None,
    shown: np.ndarray,
    texels: np.ndarray,
    seen: np.ndarray,
    twice: np.ndarray,
    corner: tuple[int, int],
) -> None:
    """Where a layer (as in `doubled`) shows what its picture `seen` uint8 [h, w, 3] does, which begins at the `corner`
    (x, y) of it, the `texels` are those of the picture as it is known `twice` as fine, uint8 [2 h, 2 w, 3]: each the
    mean of what a pixel there would hold."""
    height, width = rgb.shape[:2]
    opaque = np.ones((1, 1), np.float32) if alpha is None else alpha
    _finer(rgb, opaque, shown, seen, twice, *corner, texels.reshape(2 * height, 2 * width))


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


@kernel
def _undouble(rgb: np.ndarray, alpha: np.ndarray, out: np.ndarray) -> None:
    """Colours uint8 [n, 3] as one number each. An `alpha` of one pixel is that of all."""
    cover = np.uint32(_byte(np.float32(255) * alpha[0])) << np.uint32(24)
    for k in range(out.size):
        if alpha.size > 1:
            cover = np.uint32(_byte(np.float32(255) * alpha[k])) << np.uint32(24)
        red, green, blue = np.uint32(rgb[k, 0]), np.uint32(rgb[k, 1]), np.uint32(rgb[k, 2])
        out[k] = red | green << np.uint32(8) | blue << np.uint32(16) | cover


@helper
def _byte(value: Any) -> Any:
    return np.uint8(np.int32(min(max(value, np.float32(0)), np.float32(255)) + np.float32(0.5)))


@helper
def _as_seen(rgb: np.ndarray, alpha: np.ndarray, seen: np.ndarray, out: np.ndarray) -> None:
    """`out` uint8 [w + 1]: which pixels of a row are opaque and have the `seen` colours; the last one again."""
    width = seen.shape[0]
    for x in range(width):
        same = (rgb[x, 0] == seen[x, 0]) & (rgb[x, 1] == seen[x, 1]) & (rgb[x, 2] == seen[x, 2])
        out[x] = np.uint8(same & (alpha[min(x, alpha.size - 1)] >= np.float32(1)))
    out[width] = out[width - 1]


@helper
def _means(over: np.ndarray, under: np.ndarray, first: int, last: int, sums: np.ndarray, out: np.ndarray) -> None:
    """What lies between four pixels of two rows uint8 [n, 3], from pixel `first` to before `last` of them, to the right
    of each: four bytes each in `out` uint8 [4 n], the last one 255. `sums` uint16 [4 n + 4] is for work."""
    count = over.shape[0]
    for u in range(first, last + 1):
        v = min(u, count - 1)
        for c in range(3):
            sums[4 * u + c] = np.uint16(over[v, c]) + np.uint16(under[v, c]) + np.uint16(1)
        sums[4 * u + 3] = 511
    made, here, there = out[4 * first : 4 * last], sums[4 * first : 4 * last], sums[4 * first + 4 : 4 * last + 4]
    for i in range(made.size):
        made[i] = np.uint8(np.uint16(here[i] + there[i]) >> np.uint16(2))


@kernel
def _finer(
    rgb: np.ndarray,
    alpha: np.ndarray,
    shown: np.ndarray,
    seen: np.ndarray,
    twice: np.ndarray,
    left: int,
    top: int,
    out: np.ndarray,
) -> None:
    height, width = seen.shape[:2]
    tiles = _tiles(shown)
    ends = np.empty((tiles.shape[1], 2), np.int64)
    whole, sums, made = (
        np.empty((2, width + 1), np.uint8),
        np.empty(8 * width + 4, np.uint16),
        np.empty(8 * width, np.uint8),
    )
    between = made.view(np.uint32)
    for y in range(height + 1):
        v = min(y, height - 1)
        opaque = alpha[v if alpha.size > 1 else 0]
        _as_seen(rgb[v + top, left : left + width], opaque, seen[v], whole[y % 2])
        if y == 0:
            continue
        here, below = whole[(y - 1) % 2], whole[y % 2]
        row = y - 1 + top
        for k in range(_runs(tiles[row // PATCH], shown.shape[1], ends)):
            begin, end = max(ends[k, 0] - left, 0), min(ends[k, 1] - left, width)
            for half in range(2 if begin < end else 0):
                line = 2 * (y - 1) + half
                _means(twice[line], twice[min(line + 1, 2 * height - 1)], 2 * begin, 2 * end, sums, made)
                texels = out[2 * row + half]
                for x in range(begin, end):
                    at = 2 * (x + left)
                    plain = (here[x] != 0) & ((half == 0) | (below[x] != 0))
                    texels[at] = between[2 * x] if plain else texels[at]
                    plain &= (here[x + 1] != 0) & ((half == 0) | (below[x + 1] != 0))
                    texels[at + 1] = between[2 * x + 1] if plain else texels[at + 1]
