"""What colour each pixel of a frame has: looked up in every view's layers, then brought together.

A view's sample of a pixel is the nearest surface that covers it (seen or guessed, with what shows through its edge),
and softer fringes before that. Of the seen surfaces the nearest wins over all views, samples of the same surface are
averaged by their weights; guesses count only where no view sees anything.

A colour is one number here, red in its lowest byte, then green, blue, and how much it covers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels import helper, kernel
from ..layers import HALO
from .raster import FIRST, OPAQUE, SECOND, TILE

BORDER = 0.04  # share of the view's width over which samples gain weight from its edge inwards
ONE_SURFACE = 0.02  # samples whose nearness differs by less than this share are of one surface
LITTLE = 0.004  # a share of a pixel that makes no difference
EVEN, HALF = 0x00FF00FF, 0x00800080  # every second byte of a colour, and a half for each


@helper
def _between(one: int, other: int, part: int) -> Any:
    """The colour `part` / 256 of the way from `one` to `other`, two channels at a time."""
    rest = 256 - part
    even = (((one & EVEN) * rest + (other & EVEN) * part + HALF) >> 8) & EVEN
    odd = (((one >> 8) & EVEN) * rest + ((other >> 8) & EVEN) * part + HALF) & ~EVEN
    return even | odd


@helper
def _packed(red: float, green: float, blue: float, cover: float) -> Any:
    half = np.float32(0.5)
    return (
        np.int64(red + half)
        | np.int64(green + half) << 8
        | np.int64(blue + half) << 16
        | np.int64(cover * np.float32(255) + half) << 24
    )


@helper
def _looked_up(texels: np.ndarray, start: int, row: int, u: float, v: float) -> Any:
    """The colour at fractional texels, bilinear."""
    x, y = np.int64(u), np.int64(v)
    across = np.int64((u - np.float32(x)) * np.float32(256) + np.float32(0.5))
    down = np.int64((v - np.float32(y)) * np.float32(256) + np.float32(0.5))
    k = np.uint64(start + y * row + x)  # unsigned: no test for counting from the end
    j = k + np.uint64(row)
    over = _between(np.int64(texels[k]), np.int64(texels[k + np.uint64(1)]), across)
    under = _between(np.int64(texels[j]), np.int64(texels[j + np.uint64(1)]), across)
    return _between(over, under, down)


@kernel
def sample(
    key: np.ndarray,
    block: np.ndarray,
    back: np.ndarray,
    layer: np.ndarray,
    texels: np.ndarray,
    places: np.ndarray,
    origins: np.ndarray,
    border: float,
    wanted: np.ndarray,
    colour: np.ndarray,
    near: np.ndarray,
    weight: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
) -> None:
    """One view's samples: `colour` uint32 [h, w], `near` float32 [h, w] (-inf: none), `weight` float32 [h, w] (above
    0: how well it is seen; -1: guessed), `fringe` uint32 [h, w] with its `fringe_near`; none off the tiles `wanted`.

    Colours are bilinear in the doubled textures.
    """
    height, width = near.shape
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5)
    none, least = np.float32(-np.inf), np.float32(0.02)
    wide, high = origins[0, 2], origins[0, 3]
    scale = half / border
    for y in range(height):
        fy = np.float32(y) + half
        for x in range(width):
            near[y, x] = none
            weight[y, x] = -one
            fringe[y, x] = 0
            if wanted[y // TILE, x // TILE] == 0:
                continue
            fx = np.float32(x) + half
            nearest, cover = none, one
            edges = block[FIRST, y, x] >= 0
            solid_red = solid_green = solid_blue = np.float32(0)
            soft = soft_red = soft_green = soft_blue = np.float32(0)
            for turn in range(3 if edges else 1):
                slot = OPAQUE if turn == 0 else SECOND if turn == 1 else FIRST
                i = block[slot, y, x]
                if i < 0 or key[slot, y, x] < nearest:
                    continue
                kind = layer[i]
                w = two / (back[i, 6] * fx + back[i, 7] * fy + back[i, 8])
                u = (back[i, 0] * fx + back[i, 1] * fy + back[i, 2]) * w
                v = (back[i, 3] * fx + back[i, 4] * fy + back[i, 5]) * w
                quality = max(back[i, 9] * min(max(min(min(u, v), min(wide - u, high - v)) * scale, least), one), least)
                u = min(max(u - origins[kind, 0], np.float32(0)), origins[kind, 2])
                v = min(max(v - origins[kind, 1], np.float32(0)), origins[kind, 3])
                found = _looked_up(texels, places[kind, 0], places[kind, 1], u, v)
                if not edges:
                    nearest = key[slot, y, x]
                    colour[y, x] = found | 255 << 24
                    if kind <= HALO:
                        weight[y, x] = quality
                    continue
                red, green = np.float32(found & 255), np.float32((found >> 8) & 255)
                blue = np.float32((found >> 16) & 255)
                share = one if slot == OPAQUE else np.float32(found >> 24) / np.float32(255)
                if share <= half:
                    soft_red = share * red + (one - share) * soft_red
                    soft_green = share * green + (one - share) * soft_green
                    soft_blue = share * blue + (one - share) * soft_blue
                    soft = share + (one - share) * soft
                    fringe_near[y, x] = key[slot, y, x]
                    continue
                if nearest == none:  # what shows through it is another view's to say
                    cover, share = share, one
                elif cover < one:
                    cover = share + (one - share) * cover
                # What is behind it, soft fringes and all, only shows through it.
                rest = (one - share) * (one - soft)
                solid_red = share * red + (one - share) * soft_red + rest * solid_red
                solid_green = share * green + (one - share) * soft_green + rest * solid_green
                solid_blue = share * blue + (one - share) * soft_blue + rest * solid_blue
                soft = soft_red = soft_green = soft_blue = np.float32(0)
                nearest = key[slot, y, x]
                if kind <= HALO:
                    weight[y, x] = quality
            near[y, x] = nearest
            if edges:
                if nearest > none:
                    colour[y, x] = _packed(solid_red, solid_green, solid_blue, cover)
                if soft > 0:
                    fringe[y, x] = _packed(soft_red / soft, soft_green / soft, soft_blue / soft, soft)


@kernel
def unseen_tiles(weight: np.ndarray, says: np.ndarray, out: np.ndarray) -> int:
    """`out` uint8 [tiles down, tiles across]: 1 where a pixel is not surely seen by any view. How many there are."""
    count, height, width = weight.shape
    out[:] = 0
    found = 0
    for y in range(height):
        for x in range(width):
            if out[y // TILE, x // TILE]:
                continue
            sure = False
            for k in range(count):
                sure |= weight[k, y, x] > 0 and says[k] >= 1
            if not sure:
                out[y // TILE, x // TILE] = 1
                found += 1
    return found


@kernel
def fuse(
    colour: np.ndarray,
    near: np.ndarray,
    weight: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
    shares: np.ndarray,
    says: np.ndarray,
    same: float,
    out: np.ndarray,
    nearness: np.ndarray,
) -> tuple[float, int]:
    """The samples of all views [n, h, w] as one frame, `out` uint8 [h, w, 3] with its `nearness` float32 [h, w].

    `shares` float32 [n] is how much of the average each view is, `says` float32 [n] in 0..1 how far it can hide what
    the others see. Gives the pixels that no view sees, and those with no sample at all (nearness -inf).
    """
    count, height, width = near.shape
    order = np.empty(count, np.int64)
    one, half, none = np.float32(1), np.float32(0.5), np.float32(-np.inf)
    unseen, holes = 0.0, 0
    for y in range(height):
        for x in range(width):
            seen = 0
            soft = False
            for k in range(count):
                soft |= fringe[k, y, x] != 0
                if weight[k, y, x] <= 0 or says[k] <= 0:
                    continue
                at = seen
                while at > 0 and near[order[at - 1], y, x] < near[k, y, x]:
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = k
                seen += 1
            # What most pixels are: one surface, seen by one view or two, and nothing soft before it.
            if not soft and 0 < seen <= 2 and says[order[0]] >= 1 and colour[order[0], y, x] >> 24 == 255:
                k = order[0]
                mixed = np.int64(colour[k, y, x])
                top = near[k, y, x]
                if seen == 2:
                    j = order[1]
                    if near[j, y, x] >= top - (same if same > 0 else np.float32(ONE_SURFACE) * abs(top)):
                        own, other = shares[k] * weight[k, y, x], shares[j] * says[j] * weight[j, y, x]
                        way = np.int64(np.float32(256) * other / (own + other) + half)
                        mixed = _between(mixed, np.int64(colour[j, y, x]), way)
                nearness[y, x] = top
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = mixed & 255, (mixed >> 8) & 255, (mixed >> 16) & 255
                continue
            left = one
            red = green = blue = np.float32(0)
            front = none
            first = 0
            while first < seen and left > np.float32(LITTLE):
                top = near[order[first], y, x]
                band = same if same > 0 else np.float32(ONE_SURFACE) * abs(top)
                total = r = g = b = there = cover = np.float32(0)
                last = first
                while last < seen and near[order[last], y, x] >= top - band:
                    k = order[last]
                    w = shares[k] * says[k] * weight[k, y, x]
                    found = np.int64(colour[k, y, x])
                    total += w
                    r += w * np.float32(found & 255)
                    g += w * np.float32((found >> 8) & 255)
                    b += w * np.float32((found >> 16) & 255)
                    cover += w * np.float32(found >> 24) / np.float32(255)
                    there = max(there, says[k])
                    last += 1
                there *= cover / total
                part = left * there / total
                red, green, blue = red + part * r, green + part * g, blue + part * b
                if there > half and front == none:
                    front = top
                left *= one - there
                first = last
            unseen += float(left)
            if left > np.float32(LITTLE):
                total = r = g = b = np.float32(0)
                for k in range(count):
                    if weight[k, y, x] > 0 or near[k, y, x] == none:
                        continue
                    found = np.int64(colour[k, y, x])
                    total += shares[k]
                    r += shares[k] * np.float32(found & 255)
                    g += shares[k] * np.float32((found >> 8) & 255)
                    b += shares[k] * np.float32((found >> 16) & 255)
                    if front == none or near[k, y, x] > front:
                        front = near[k, y, x]
                if total > 0:
                    part = left / total
                    red, green, blue = red + part * r, green + part * g, blue + part * b
                elif left < one - np.float32(LITTLE):
                    part = one / (one - left)
                    red, green, blue = red * part, green * part, blue * part
                    if front == none:  # views that are coming in or going out show it alone
                        front = near[order[0], y, x]
                else:
                    holes += 1
                    nearness[y, x] = none
                    continue
            nearness[y, x] = front
            band = same if same > 0 or count == 1 else np.float32(ONE_SURFACE) * abs(front)
            total = share = r = g = b = np.float32(0)
            for k in range(count):
                if says[k] <= 0 or (near[k, y, x] == none and fringe[k, y, x] == 0):
                    continue
                w = shares[k] * says[k] * max(weight[k, y, x], np.float32(0.05))
                total += w
                found = np.int64(fringe[k, y, x])
                if found != 0 and fringe_near[k, y, x] >= front + band:
                    w *= np.float32(found >> 24) / np.float32(255)
                    share += w
                    r += w * np.float32(found & 255)
                    g += w * np.float32((found >> 8) & 255)
                    b += w * np.float32((found >> 16) & 255)
            if share > 0:
                part = share / total
                red += r / total - part * red
                green += g / total - part * green
                blue += b / total - part * blue
            out[y, x, 0] = np.uint8(np.int32(red + half))
            out[y, x, 1] = np.uint8(np.int32(green + half))
            out[y, x, 2] = np.uint8(np.int32(blue + half))
    return unseen, holes


@kernel
def close(key: np.ndarray, out: np.ndarray, blank: np.ndarray) -> None:
    """Fills pixels with no hit from the farther of the nearest hits on either side in the row. A row without any hit
    is as the one above, the first rows as the first with a hit; a frame without any has the colour `blank`."""
    height, width = key.shape
    first = height
    for y in range(height):
        x = 0
        while x < width:
            if key[y, x] > -np.inf:
                x += 1
                continue
            end = x
            while end < width and key[y, end] == -np.inf:
                end += 1
            if x == 0 and end == width:
                if first < y:
                    out[y] = out[y - 1]
                x = end
                continue
            source = end if x == 0 or (end < width and key[y, end] < key[y, x - 1]) else x - 1
            for u in range(x, end):
                for c in range(3):
                    out[y, u, c] = out[y, source, c]
            x = end
        if first == height and (key[y] > -np.inf).any():
            first = y
    if first == height:
        out[:] = blank
    else:
        out[:first] = out[first]
