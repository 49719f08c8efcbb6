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
from .raster import FIRST, SECOND, TILE

BORDER = 0.04  # share of the view's width over which samples gain weight from its edge inwards
ONE_SURFACE = 0.02  # samples whose nearness differs by less than this share are of one surface
LITTLE = 0.004  # a share of a pixel that makes no difference
EVEN, HALF = 0x00FF00FF, 0x00800080  # every second byte of a colour, and a half for each
WHOLE, ROUND, BYTE, NEXT = np.uint32(256), np.uint32(HALF), np.uint32(8), np.uint32(1)
TWO_BYTES, THREE_BYTES = np.uint32(16), np.uint32(24)
FIRST_THIRD, SECOND_FOURTH, COVER = np.uint32(EVEN), np.uint32(0xFF00FF00), np.uint32(0xFF000000)


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


@helper
def _mixed(one: Any, other: Any, part: Any) -> Any:
    """As `_between`, all in 32 bits, of which a processor does many at once."""
    rest = np.uint32(WHOLE - part)
    even = np.uint32(np.uint32((one & FIRST_THIRD) * rest) + np.uint32((other & FIRST_THIRD) * part) + ROUND)
    one, other = np.uint32(one >> BYTE) & FIRST_THIRD, np.uint32(other >> BYTE) & FIRST_THIRD
    odd = np.uint32(np.uint32(one * rest) + np.uint32(other * part) + ROUND)
    return np.uint32((np.uint32(even >> BYTE) & FIRST_THIRD) | (odd & SECOND_FOURTH))


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
            over = _mixed(found[0, k], found[1, k], to_right)
            under = _mixed(found[2, k], found[3, k], to_right)
            colour[y, k] = _mixed(over, under, to_below) | COVER


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
            colour[y, x] = _packed(red, green, blue, cover)
        if soft == 0:
            edge[y, x] = 0
        else:
            fringe[at] = _packed(soft_red / soft, soft_green / soft, soft_blue / soft, soft)


@kernel
def unseen_tiles(weight: np.ndarray, says: np.ndarray, out: np.ndarray) -> int:
    """`out` uint8 [tiles down, tiles across]: 1 where a pixel is not surely seen by any view. How many there are."""
    count, height, width = weight.shape
    sure = np.empty(width, np.uint8)
    for tile in range(out.shape[1]):
        for y in range(out.shape[0]):
            out[y, tile] = 0
    for y in range(height):
        for x in range(width):
            sure[x] = 0
        for k in range(count):
            if says[k] >= 1:
                for x in range(width):
                    sure[x] |= np.uint8(weight[k, y, x] > 0)
        for tile in range(out.shape[1]):
            all_sure = np.uint8(1)
            for x in range(tile * TILE, min(tile * TILE + TILE, width)):
                all_sure &= sure[x]
            out[y // TILE, tile] |= 1 - all_sure
    return int(out.sum())


@helper
def _one_view(colour: np.ndarray, near: np.ndarray, weight: np.ndarray, edge: np.ndarray, hard: np.ndarray) -> Any:
    """A row that one view shows: `hard` is 1 where more has to be done. Gives how many 255ths of its pixels no view
    sees."""
    unseen = np.int32(0)
    for x in range(hard.shape[0]):
        plain = (edge[x] == 0) & (near[x] > np.float32(-np.inf))
        hard[x] = np.uint8(0) if plain else np.uint8(1)
        covered = np.int32(colour[x] >> THREE_BYTES) if weight[x] > 0 else np.int32(0)
        unseen = np.int32(unseen + (np.int32(np.int32(255) - covered) if plain else np.int32(0)))
    return unseen


@helper
def _two_views(
    colour: np.ndarray,
    near: np.ndarray,
    weight: np.ndarray,
    edge: np.ndarray,
    y: int,
    shares: np.ndarray,
    says: np.ndarray,
    same: float,
    mixed: np.ndarray,
    nearest: np.ndarray,
    hard: np.ndarray,
) -> None:
    """A row that two views show, where they show one surface or only one of them does: its colour and nearness. `hard`
    is 1 where it is not so simple."""
    none, zero = np.float32(-np.inf), np.float32(0)
    share, other_share = shares[0] * says[0], shares[1] * says[1]
    say, other_say = says[0], says[1]
    for x in range(hard.shape[0]):
        weight_here, other_weight = weight[0, y, x], weight[1, y, x]
        here, there = near[0, y, x], near[1, y, x]
        top = max(here if weight_here > 0 else none, there if other_weight > 0 else none)
        least = top - (same if same > 0 else np.float32(ONE_SURFACE) * abs(top))
        mine, others = (weight_here > 0) & (here >= least), (other_weight > 0) & (there >= least)
        own = share * weight_here if mine else zero
        other = other_share * other_weight if others else zero
        said = max(say if mine else zero, other_say if others else zero)
        way = np.uint32(np.int32(np.float32(256) * other / max(own + other, np.float32(1e-30)) + np.float32(0.5)))
        one, two = colour[0, y, x], colour[1, y, x]
        covers = (one if mine else COVER) & (two if others else COVER) & COVER
        plain = (said >= 1) & (covers == COVER) & ((edge[0, y, x] | edge[1, y, x]) == 0)
        hard[x] = np.uint8(0) if plain else np.uint8(1)
        mixed[x] = _mixed(one, two, way)
        nearest[x] = top


@kernel
def fuse(
    colour: np.ndarray,
    near: np.ndarray,
    weight: np.ndarray,
    edge: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
    shares: np.ndarray,
    says: np.ndarray,
    same: float,
    wanted: np.ndarray,
    full: int,
    out: np.ndarray,
    nearness: np.ndarray,
) -> tuple[float, int]:
    """The samples of all views [n, h, w] as one frame, `out` uint8 [h, w, 3] with its `nearness` float32 [h, w].

    `shares` float32 [n] is how much of the average each view is, `says` float32 [n] in 0..1 how far it can hide what
    the others see. `edge` and `fringe` are theirs from `soften`. Only the first `full` views were drawn off the tiles
    `wanted`. Gives the pixels that no view sees, and those with no sample at all (nearness -inf).
    """
    count, height, width = near.shape
    order = np.empty(count, np.int64)
    one, half, none = np.float32(1), np.float32(0.5), np.float32(-np.inf)
    unseen, holes = 0.0, 0
    colours, hard = np.empty(width, np.uint32), np.empty(width, np.uint8)
    further = count > full
    for y in range(height):
        if count == 1:
            unseen += _one_view(colour[0, y], near[0, y], weight[0, y], edge[0, y], hard) / 255
            for x in range(width):
                colours[x] = colour[0, y, x]
                nearness[y, x] = near[0, y, x]
        else:
            _two_views(colour, near, weight, edge, y, shares, says, same, colours, nearness[y], hard)
        row = out[y].reshape(-1)
        for x in range(width):
            found = colours[x]
            row[3 * x] = np.uint8(found)
            row[3 * x + 1] = np.uint8(found >> BYTE)
            row[3 * x + 2] = np.uint8(found >> TWO_BYTES)
        for x in range(width):
            more = further and wanted[y // TILE, x // TILE] != 0
            if hard[x] == 0 and not more:
                continue
            if count == 1 and edge[0, y, x] == 0:
                unseen += 1
                holes += 1
                continue
            views = count if more else min(count, full)
            seen = 0
            for k in range(views):
                if weight[k, y, x] <= 0 or says[k] <= 0:
                    continue
                at = seen
                while at > 0 and near[order[at - 1], y, x] < near[k, y, x]:
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = k
                seen += 1
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
                for k in range(views):
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
            for k in range(views):
                place = edge[k, y, x] - 1
                if says[k] <= 0 or (near[k, y, x] == none and place < 0):
                    continue
                w = shares[k] * says[k] * max(weight[k, y, x], np.float32(0.05))
                total += w
                if place >= 0 and fringe_near[k, place] >= front + band:
                    found = np.int64(fringe[k, place])
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


@helper
def _copied(out: np.ndarray, source: int, row: int) -> None:
    for x in range(out.shape[1]):
        for c in range(3):
            out[row, x, c] = out[source, x, c]


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
                    _copied(out, y - 1, y)
                x = end
                continue
            source = end if x == 0 or (end < width and key[y, end] < key[y, x - 1]) else x - 1
            for u in range(x, end):
                for c in range(3):
                    out[y, u, c] = out[y, source, c]
            x = end
        if first == height and (key[y] > -np.inf).any():
            first = y
    for y in range(first):
        if first < height:
            _copied(out, first, y)
            continue
        for x in range(width):
            for c in range(3):
                out[y, x, c] = blank[c]
