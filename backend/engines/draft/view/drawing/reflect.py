"""What mirrors show: where a mirror's surface is seen, the faces that stand behind it (see mirrors.py) in its stead."""

from __future__ import annotations

from typing import Any

import numpy as np

from .....kernels import helper
from ..mirrors import MOST
from .colours import COVER, between, packed
from .raster import NEAR, TILE

MISSED = 0.02  # how much a view counts that does not know what is seen in a mirror
FARTHEST = 24  # pixels from one that it does not know to what it does; from there on the surface is as it was
BEHIND = 0.1  # what is nearer than the farthest by this share of the nearness counts only NEARER
NEARER = 0.02


@helper
def find(
    number: int, view: Any, shown: np.ndarray, rows: int, wanted: np.ndarray, every: bool, tiles: np.ndarray
) -> int:
    """Marks the `tiles` where mirror `number` is seen in the first `rows` of a band, of those `wanted`. How many of its
    pixels there are."""
    count = 0
    tiles[:] = 0
    for y in range(rows):
        for tile in range(tiles.shape[1]):
            if not every and wanted[y // TILE, tile] == 0:
                continue
            for x in range(tile * TILE, min(tile * TILE + TILE, shown.shape[1])):
                if shown[y, x] >= 0 and view.mirror[shown[y, x]] == number:
                    tiles[y // TILE, tile] = 1
                    count += 1
    return count


@helper
def put(number: int, view: Any, tiles: np.ndarray, behind: np.ndarray, rows: int, shown: np.ndarray) -> None:
    """Puts the faces `behind` mirror `number` in the stead of its own."""
    for y in range(rows):
        for x in range(shown.shape[1]):
            if tiles[y // TILE, x // TILE] == 0 or shown[y, x] < 0 or behind[y, x] < 0:
                continue
            if view.mirror[shown[y, x]] == number:
                shown[y, x] = behind[y, x]


@helper
def _beside(
    view: Any, number: int, y: int, x: int, dy: int, dx: int, wanted: np.ndarray, every: bool, shown: np.ndarray
) -> int:
    """How many pixels from (y, x) on to the first, in steps of (dy, dx), that shows what is seen in mirror `number`; 0
    where the mirror ends before."""
    count = 0
    while True:
        y, x, count = y + dy, x + dx, count + 1
        if y < 0 or x < 0 or y >= shown.shape[0] or x >= shown.shape[1] or count > FARTHEST:
            return 0
        if not (every or wanted[y // TILE, x // TILE] != 0) or shown[y, x] < 0:
            return 0
        here = view.mirror[shown[y, x]]
        if here == -number or here == -number - MOST:
            return count
        if here != number:
            return 0


@helper
def mend(
    view: Any,
    top: int,
    rows: int,
    wanted: np.ndarray,
    every: bool,
    shown: np.ndarray,
    colour: np.ndarray,
    weight: np.ndarray,
) -> None:
    """Where a view does not know what is seen in a mirror: as what it knows around that, the farther first. It counts
    little beside what another view knows."""
    if view.mirror_first.shape[0] == 0:
        return
    half = np.float32(0.5)
    ways, keys, found = np.empty(4, np.int64), np.empty(4, np.float32), np.empty(4, np.int64)
    for y in range(rows):
        for x in range(shown.shape[1]):
            if not (every or wanted[y // TILE, x // TILE] != 0) or shown[y, x] < 0:
                continue
            number = view.mirror[shown[y, x]]
            if number > 0 or number < -MOST:
                weight[y, x] *= np.float32(MISSED)
            if number <= 0:
                continue
            far, nearest = np.float32(np.inf), FARTHEST
            for side in range(4):
                dy, dx = (side - 1 if side in (0, 2) else 0), (side - 2 if side in (1, 3) else 0)
                ways[side] = _beside(view, number, y, x, dy, dx, wanted, every, shown)
                if ways[side] > 0:
                    v, u = y + dy * ways[side], x + dx * ways[side]
                    back, found[side] = view.back[shown[v, u]], np.int64(colour[v, u])
                    keys[side] = back[NEAR] * (u + half) + back[NEAR + 1] * (v + top + half) + back[NEAR + 2]
                    far, nearest = min(far, keys[side]), min(nearest, ways[side])
            total = red = green = blue = np.float32(0)
            for side in range(4):
                if ways[side] > 0:
                    counts = np.float32(1) / np.float32(ways[side] * ways[side])
                    counts *= np.float32(1 if keys[side] <= far + np.float32(BEHIND) * abs(far) else NEARER)
                    total += counts
                    red += counts * np.float32(found[side] & 255)
                    green += counts * np.float32((found[side] >> 8) & 255)
                    blue += counts * np.float32((found[side] >> 16) & 255)
            if total > 0:
                part = np.int64(256 - 256 * nearest // FARTHEST)
                mended = np.int64(packed(red / total, green / total, blue / total, np.float32(1)))
                colour[y, x] = between(np.int64(colour[y, x]), mended, part) | np.int64(COVER)
