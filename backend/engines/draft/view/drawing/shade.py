"""What each view shows of a frame: its layers, looked up.

A view's sample of a pixel is the nearest surface that covers it (seen or guessed, with what shows through its edge),
and softer fringes before that. What the views show is brought together by fuse.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import helper, kernel
from ..layers import HALO
from .colours import COVER, NEXT, between, mix, packed
from .raster import FIRST, SECOND, TILE

BORDER = 0.04  # share of the view's width over which samples gain weight from its edge inwards


@helper
def _looked_up(texels: np.ndarray, start: int, row: int, u: float, v: float) -> Any:
    """The colour at fractional texels, bilinear."""
    x, y = np.int64(u), np.int64(v)
    across = np.int64((u - np.float32(x)) * np.float32(256) + np.float32(0.5))
    down = np.int64((v - np.float32(y)) * np.float32(256) + np.float32(0.5))
    k = np.uint64(start + y * row + x)  # unsigned: no test for counting from the end
    j = k + np.uint64(row)
    over = between(np.int64(texels[k]), np.int64(texels[k + np.uint64(1)]), across)
    under = between(np.int64(texels[j]), np.int64(texels[j + np.uint64(1)]), across)
    return between(over, under, down)


@helper
def _span(tiles: np.ndarray, width: int) -> tuple[int, int]:
    """The first pixel of the first tile that is wanted, and the one after the last."""
    begin, end = width, 0
    for tile in range(tiles.shape[0]):
        if tiles[tile] != 0:
            begin, end = min(begin, tile * TILE), min(width, tile * TILE + TILE)
    return begin, end


@kernel
def sample(
    block: np.ndarray,
    back: np.ndarray,
    layer: np.ndarray,
    texels: np.ndarray,
    places: np.ndarray,
    origins: np.ndarray,
    border: float,
    wanted: np.ndarray,
    colour: np.ndarray,
    weight: np.ndarray,
) -> None:
    """One view's samples of the surfaces in `block`: `colour` uint32 [h, w], bilinear in the doubled textures, `weight`
    float32 [h, w] (above 0: how well it is seen; -1: guessed, or none). Off the tiles `wanted` they may be anything.

    Row by row: first where each pixel is looked up, then all texels, then what lies between them, so that the
    processor works on many pixels at once.
    """
    height, width = colour.shape
    one, two, half, none = np.float32(1), np.float32(2), np.float32(0.5), np.float32(0)
    fine, least, guessed = np.float32(256), np.float32(0.02), np.float32(-1)
    wide, high = origins[0, 2], origins[0, 3]
    scale = half / border
    at, below, part = np.empty(width, np.uint32), np.empty(width, np.uint32), np.empty(width, np.uint32)
    found = np.empty((4, width), np.uint32)
    for y in range(height):
        begin, end = _span(wanted[y // TILE], width)
        fy = np.float32(y) + half
        x = begin
        while x < end:
            i, first = block[y, x], x
            while x < end and block[y, x] == i:
                x += 1
            if i < 0:
                for k in range(np.uint64(first), np.uint64(x)):
                    at[k] = below[k] = part[k] = 0
                    weight[y, k] = guessed
                continue
            kind = layer[i]
            seen = kind <= HALO
            start, row = np.int32(places[kind, 0]), np.int32(places[kind, 1])
            left, top, last_u, last_v = origins[kind, 0], origins[kind, 1], origins[kind, 2], origins[kind, 3]
            b0, b3, b6, sharp = back[i, 0], back[i, 3], back[i, 6], back[i, 9]
            w0, u0, v0 = back[i, 7] * fy + back[i, 8], back[i, 1] * fy + back[i, 2], back[i, 4] * fy + back[i, 5]
            for k in range(np.uint64(first), np.uint64(x)):  # unsigned: see _looked_up
                fx = np.float32(np.int32(k)) + half
                w = two / (b6 * fx + w0)
                u, v = (b0 * fx + u0) * w, (b3 * fx + v0) * w
                inwards = min(min(u, v), min(wide - u, high - v)) * scale
                quality = max(sharp * min(max(inwards, least), one), least)
                weight[y, k] = quality if seen else guessed
                u = min(max(u - left, none), last_u)
                v = min(max(v - top, none), last_v)
                column, line = np.int32(u), np.int32(v)
                across = np.int32((u - np.float32(column)) * fine + half)
                down = np.int32((v - np.float32(line)) * fine + half)
                texel = np.int32(np.int32(start + np.int32(line * row)) + column)
                at[k] = np.uint32(texel)
                below[k] = np.uint32(np.int32(texel + row))
                part[k] = np.uint32(np.int32(across | np.int32(down << np.int32(9))))
        for k in range(np.uint64(begin), np.uint64(end)):
            found[0, k] = texels[at[k]]
            found[1, k] = texels[at[k] + NEXT]
            found[2, k] = texels[below[k]]
            found[3, k] = texels[below[k] + NEXT]
        for k in range(np.uint64(begin), np.uint64(end)):
            to_right, to_below = part[k] & np.uint32(511), np.uint32(part[k] >> np.uint32(9))
            over = mix(found[0, k], found[1, k], to_right)
            under = mix(found[2, k], found[3, k], to_right)
            colour[y, k] = mix(over, under, to_below) | COVER


@kernel
def soften(
    count: int,
    edges: np.ndarray,
    keys: np.ndarray,
    blocks: np.ndarray,
    back: np.ndarray,
    layer: np.ndarray,
    texels: np.ndarray,
    places: np.ndarray,
    origins: np.ndarray,
    border: float,
    near: np.ndarray,
    colour: np.ndarray,
    weight: np.ndarray,
    edge: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
) -> None:
    """Brings the fringes of `count` pixels (see raster.draw) into a view's samples: those that cover more than half of
    it become its surface, softer ones before that its `fringe` uint32 [...] with its nearness. Where there are none of
    those, the pixel has no `edge` any more."""
    width = near.shape[1]
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5)
    none, least = np.float32(-np.inf), np.float32(0.02)
    wide, high = origins[0, 2], origins[0, 3]
    scale = half / border
    for at in range(count):
        y, x = edges[at] // width, edges[at] % width
        fx, fy = np.float32(x) + half, np.float32(y) + half
        nearest, cover = near[y, x], one
        here = np.int64(colour[y, x])
        red, green, blue = np.float32(here & 255), np.float32((here >> 8) & 255), np.float32((here >> 16) & 255)
        if nearest == none:
            red = green = blue = np.float32(0)
        soft = soft_red = soft_green = soft_blue = np.float32(0)
        for slot in (SECOND, FIRST):
            i, key = blocks[slot, at], keys[slot, at]
            if i < 0 or key < nearest:
                continue
            kind = layer[i]
            w = two / (back[i, 6] * fx + back[i, 7] * fy + back[i, 8])
            u = (back[i, 0] * fx + back[i, 1] * fy + back[i, 2]) * w
            v = (back[i, 3] * fx + back[i, 4] * fy + back[i, 5]) * w
            quality = max(back[i, 9] * min(max(min(min(u, v), min(wide - u, high - v)) * scale, least), one), least)
            found = _looked_up(
                texels,
                places[kind, 0],
                places[kind, 1],
                min(max(u - origins[kind, 0], np.float32(0)), origins[kind, 2]),
                min(max(v - origins[kind, 1], np.float32(0)), origins[kind, 3]),
            )
            r, g, b = np.float32(found & 255), np.float32((found >> 8) & 255), np.float32((found >> 16) & 255)
            share = np.float32(found >> 24) / np.float32(255)
            if share <= half:
                soft_red = share * r + (one - share) * soft_red
                soft_green = share * g + (one - share) * soft_green
                soft_blue = share * b + (one - share) * soft_blue
                soft = share + (one - share) * soft
                fringe_near[at] = key
                continue
            if nearest == none:  # what shows through it is another view's to say
                cover, share = share, one
            elif cover < one:
                cover = share + (one - share) * cover
            # What is behind it, soft fringes and all, only shows through it.
            rest = (one - share) * (one - soft)
            red = share * r + (one - share) * soft_red + rest * red
            green = share * g + (one - share) * soft_green + rest * green
            blue = share * b + (one - share) * soft_blue + rest * blue
            soft = soft_red = soft_green = soft_blue = np.float32(0)
            nearest = key
            weight[y, x] = quality
        near[y, x] = nearest
        if nearest > none:
            colour[y, x] = packed(red, green, blue, cover)
        if soft == 0:
            edge[y, x] = 0
        else:
            fringe[at] = packed(soft_red / soft, soft_green / soft, soft_blue / soft, soft)
