"""What each view shows of a frame: its layers, looked up.

A view's sample of a pixel is the nearest surface that covers it (seen or guessed, with what shows through its edge),
and softer fringes before that. What the views show is brought together by fuse.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .....kernels import helper, kernel
from ..layers import HALO
from .colours import COVER, between, mix, packed
from .raster import FIRST, SECOND, STRETCH, TILE, stretches

BORDER = 0.04  # share of the view's width over which samples gain weight from its edge inwards
LANES = 8  # pixels that are looked up together
PIECE = 1024  # pixels of a row that are looked up before their texels are fetched: what lies between stays in the cache
ROOM = PIECE + LANES


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
def _fringe(
    back: np.ndarray, place: np.ndarray, origin: np.ndarray, texels: np.ndarray, dense: float, fx: float, fy: float
) -> tuple[Any, Any, Any, Any]:
    """What a face shows at a place of the frame; where that is in its view, in texels, and how far ahead."""
    none = np.float32(0)
    ahead = back[6] * fx + back[7] * fy + back[8]
    w = dense / ahead
    u, v = (back[0] * fx + back[1] * fy + back[2]) * w, (back[3] * fx + back[4] * fy + back[5]) * w
    column, line = min(max(u - origin[0], none), origin[2]), min(max(v - origin[1], none), origin[3])
    return _looked_up(texels, place[0], place[1], column, line), u, v, ahead


@helper
def _runs(row: np.ndarray, starts: np.ndarray) -> Any:
    """Where each run of equal numbers in `row` begins, and at last where the last ends, into `starts`; how many."""
    count, before = np.uint64(0), np.int32(-2)  # which no face is
    for x in range(np.uint64(row.size)):
        here = row[x]
        starts[count] = x
        count += np.uint64(here != before)
        before = here
    starts[count] = row.size
    return count


@helper
def _sharp(stretch: Any, ahead: Any) -> Any:
    """How much a sample counts, up to 1: the more a pixel of the view is stretched, the less, to the power of 1.5."""
    stretched = max(np.float32(1), stretch * ahead * ahead * ahead)
    return np.float32(1) / (stretched * np.sqrt(stretched))


@helper
def _inside(
    back: np.ndarray,
    before: float,
    fy: float,
    ends: tuple[int, int],
    dense: float,
    wide: float,
    high: float,
    scale: float,
) -> bool:
    """Whether a run's first and last pixel, and so all between, lie so far inside the view that its edge takes no
    weight from them."""
    one = np.float32(1)
    for k in ends:
        fx = np.float32(np.int32(k)) + before
        w = dense / (back[6] * fx + back[7] * fy + back[8])
        u, v = (back[0] * fx + back[1] * fy + back[2]) * w, (back[3] * fx + back[4] * fy + back[5]) * w
        if min(min(u, v), min(wide - u, high - v)) * scale < one:
            return False
    return True


@kernel
def sample(
    top: int,
    shown: np.ndarray,
    back: np.ndarray,
    layer: np.ndarray,
    pairs: np.ndarray,
    places: np.ndarray,
    origins: np.ndarray,
    dense: float,
    border: float,
    wanted: np.ndarray,
    weighed: bool,
    colour: np.ndarray,
    weight: np.ndarray,
) -> None:
    """One view's samples of the faces that are `shown` in the band that begins in row `top`: `colour` uint32 [h, w],
    bilinear in the textures, which have `dense` texels to a pixel of the view, `weight` float32 [h, w] (above 0: how
    well it is seen, or 1 if it need not be `weighed`; -1: guessed, or none). Off the tiles `wanted` they may be
    anything.

    Piece by piece of a row: first where each pixel is looked up, then all texels, then what lies between them, so that
    the processor works on many pixels at once. Each run of pixels on one face is filled up to a multiple of LANES, and
    what is too much is written over by the next run.
    """
    height, width = colour.shape
    one, half, none = np.float32(1), np.float32(0.5), np.float32(0)
    parts, least, guessed = np.float32(256), np.float32(0.02), np.float32(-1)
    wide, high = origins[0, 2], origins[0, 3]
    scale = one / (dense * border)
    # One array at distances that are known when this is compiled, so that no part of it can be another.
    place, weigh = np.empty(3 * ROOM, np.uint32), np.empty(ROOM, np.float32)
    found, starts = np.empty(2 * ROOM, np.uint64), np.empty(PIECE + 1, np.int32)
    upper_texels, lower_texels = found[:ROOM].view(np.uint32), found[ROOM:].view(np.uint32)  # of little-endian machines
    one_texel, two_texels = np.uint64(1), np.uint64(2)
    pieces = np.empty((wanted.shape[1], 2), np.int32)
    below, part = np.uint64(ROOM), np.uint64(2 * ROOM)
    lanes = np.uint64(LANES - 1)
    for y in range(height):
        fy = np.float32(y + top) + half
        for piece in range(stretches(wanted[y // TILE], width, PIECE, pieces)):
            begin, end = pieces[piece, 0], pieces[piece, 1]
            before = np.float32(begin) + half
            runs = _runs(shown[y, begin:end], starts)
            for run in range(runs):
                first, last = np.uint64(starts[run]), np.uint64(starts[run + np.uint64(1)])
                i = shown[y, begin + np.int64(first)]
                if i < 0:
                    for k in range(first, last):
                        place[k] = place[k + below] = place[k + part] = 0
                        weigh[k] = guessed
                    continue
                kind = layer[i]
                seen = kind <= HALO
                start, row = np.int32(places[kind, 0]), np.int32(places[kind, 1])
                left, upper, last_u, last_v = origins[kind, 0], origins[kind, 1], origins[kind, 2], origins[kind, 3]
                b0, b3, b6 = back[i, 0], back[i, 3], back[i, 6]
                w0, u0, v0 = back[i, 7] * fy + back[i, 8], back[i, 1] * fy + back[i, 2], back[i, 4] * fy + back[i, 5]
                beyond = first + ((last - first + lanes) & ~lanes)  # unsigned: see _looked_up
                for k in range(first, beyond):
                    fx = np.float32(np.int32(k)) + before
                    w = dense / (b6 * fx + w0)
                    u = min(max((b0 * fx + u0) * w - left, none), last_u)
                    v = min(max((b3 * fx + v0) * w - upper, none), last_v)
                    column, line = np.int32(u), np.int32(v)
                    across = np.int32((u - np.float32(column)) * parts + half)
                    down = np.int32((v - np.float32(line)) * parts + half)
                    texel = np.int32(np.int32(start + np.int32(line * row)) + column)
                    place[k] = np.uint32(texel)
                    place[k + below] = np.uint32(np.int32(texel + row))
                    place[k + part] = np.uint32(np.int32(across | np.int32(down << np.int32(9))))
                if not (weighed and seen):
                    says = one if seen else guessed
                    for k in range(first, beyond):
                        weigh[k] = says
                    continue
                stretch = back[i, STRETCH]
                ends = first, last - np.uint64(1)
                if last - first > lanes and _inside(back[i], before, fy, ends, dense, wide, high, scale):
                    for k in range(first, beyond):
                        fx = np.float32(np.int32(k)) + before
                        weigh[k] = max(_sharp(stretch, b6 * fx + w0), least)
                    continue
                for k in range(first, beyond):
                    fx = np.float32(np.int32(k)) + before
                    ahead = b6 * fx + w0
                    w = dense / ahead
                    u, v = (b0 * fx + u0) * w, (b3 * fx + v0) * w
                    inwards = min(max(min(min(u, v), min(wide - u, high - v)) * scale, least), one)
                    weigh[k] = max(_sharp(stretch, ahead) * inwards, least)
            count = np.uint64(end - begin)
            for k in range(count):
                found[k], found[k + below] = pairs[place[k]], pairs[place[k + below]]
            colours, weights = colour[y, begin:end], weight[y, begin:end]
            for k in range(count):
                to_right, to_below = place[k + part] & np.uint32(511), np.uint32(place[k + part] >> np.uint32(9))
                one_of_two = two_texels * k
                over = mix(upper_texels[one_of_two], upper_texels[one_of_two + one_texel], to_right)
                under = mix(lower_texels[one_of_two], lower_texels[one_of_two + one_texel], to_right)
                colours[k] = mix(over, under, to_below) | COVER
                weights[k] = weigh[k]


@kernel
def soften(
    top: int,
    count: int,
    edges: np.ndarray,
    keys: np.ndarray,
    faces: np.ndarray,
    back: np.ndarray,
    layer: np.ndarray,
    texels: np.ndarray,
    places: np.ndarray,
    origins: np.ndarray,
    dense: float,
    border: float,
    near: np.ndarray,
    colour: np.ndarray,
    weight: np.ndarray,
    edge: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
) -> None:
    """Brings the fringes of `count` pixels of a band (see raster.draw) into a view's samples: those that cover more
    than half of it become its surface, softer ones before that its `fringe` uint32 [...] with its nearness. Where there
    are none of those, the pixel has no `edge` any more."""
    width = np.uint32(near.shape[1])  # in 32 bits, which take a processor half as long to divide
    one, half = np.float32(1), np.float32(0.5)
    none, least = np.float32(-np.inf), np.float32(0.02)
    wide, high = origins[0, 2], origins[0, 3]
    scale = one / (dense * border)
    says = np.empty(count, np.float32)
    for at in range(count):  # all look-ups first: between branches, each would wait for the memory alone
        y, x = int(np.uint32(edges[at]) // width), int(np.uint32(edges[at]) % width)
        fx, fy = np.float32(x) + half, np.float32(y + top) + half
        i = faces[FIRST, at]
        fringe[at], u, v, ahead = _fringe(back[i], places[layer[i]], origins[layer[i]], texels, dense, fx, fy)
        inwards = min(max(min(min(u, v), min(wide - u, high - v)) * scale, least), one)
        says[at] = max(_sharp(back[i, STRETCH], ahead) * inwards, least)
    for at in range(count):
        y, x = int(np.uint32(edges[at]) // width), int(np.uint32(edges[at]) % width)
        nearest, cover = near[y, x], one
        if faces[SECOND, at] < 0 and nearest > none:  # a single fringe before a surface, as almost all are
            key, found = keys[FIRST, at], np.int64(fringe[at])
            edge[y, x] = 0
            if key < nearest:
                continue
            part = found >> 24
            if part > 127:
                near[y, x], weight[y, x] = key, says[at]
                colour[y, x] = between(np.int64(colour[y, x]), found, part + (part >> 7)) | np.int64(COVER)
            elif part > 0:
                edge[y, x], fringe_near[at] = at + 1, key
            continue
        here = np.int64(colour[y, x])
        red, green, blue = np.float32(here & 255), np.float32((here >> 8) & 255), np.float32((here >> 16) & 255)
        if nearest == none:
            red = green = blue = np.float32(0)
        soft = soft_red = soft_green = soft_blue = np.float32(0)
        for slot in (SECOND, FIRST):
            i, key = faces[slot, at], keys[slot, at]
            if i < 0 or key < nearest:
                continue
            found, said = np.int64(fringe[at]), says[at]
            if slot == SECOND:
                fx, fy = np.float32(x) + half, np.float32(y + top) + half
                found, u, v, ahead = _fringe(back[i], places[layer[i]], origins[layer[i]], texels, dense, fx, fy)
                inwards = min(max(min(min(u, v), min(wide - u, high - v)) * scale, least), one)
                said = max(_sharp(back[i, STRETCH], ahead) * inwards, least)
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
            nearest, weight[y, x] = key, said
        near[y, x] = nearest
        if nearest > none:
            colour[y, x] = packed(red, green, blue, cover)
        if soft == 0:
            edge[y, x] = 0
        else:
            fringe[at] = packed(soft_red / soft, soft_green / soft, soft_blue / soft, soft)
