"""What colour each pixel of a frame has: looked up in every view's layers, then brought together.

A view's sample of a pixel is the nearest surface that covers it (seen or guessed, with what shows through its edge),
and softer fringes before that. Of the seen surfaces the nearest wins over all views, samples of the same surface are
averaged by their weights; guesses count only where no view sees anything.
"""

from __future__ import annotations

import numpy as np

from ..kernels import kernel
from ..layers import HALO
from .raster import FIRST, OPAQUE, SECOND

STRETCHED = 1.5  # how fast a sample loses weight as the pixel of its view is stretched
BORDER = 0.04  # share of the view's width over which samples gain weight from its edge inwards
ONE_SURFACE = 0.02  # samples whose nearness differs by less than this share are of one surface


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
    colour: np.ndarray,
    near: np.ndarray,
    weight: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
) -> None:
    """One view's samples: `colour` uint8 [h, w, 3], `near` float32 [h, w] (-inf: none), `weight` float32 [h, w] (above
    0: how well it is seen; -1: guessed), `fringe` uint8 [h, w, 4] with its `fringe_near`.

    Colours are bilinear in the doubled textures.
    """
    height, width = near.shape
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5)
    wide, high = origins[0, 2] / two, origins[0, 3] / two
    for y in range(height):
        fy = np.float32(y) + half
        for x in range(width):
            fx = np.float32(x) + half
            nearest = np.float32(-np.inf)
            weight[y, x] = -one
            fringe[y, x, 3] = 0
            solid_red = solid_green = solid_blue = np.float32(0)
            soft = soft_red = soft_green = soft_blue = np.float32(0)
            slots = 1 if block[FIRST, y, x] < 0 else 3
            for turn in range(slots):
                slot = OPAQUE if turn == 0 else SECOND if turn == 1 else FIRST
                i = block[slot, y, x]
                if i < 0 or key[slot, y, x] < nearest:
                    continue
                kind = layer[i]
                row = places[kind, 1]
                w = two / (back[i, 6] * fx + back[i, 7] * fy + back[i, 8])
                u = (back[i, 0] * fx + back[i, 1] * fy + back[i, 2]) * w
                v = (back[i, 3] * fx + back[i, 4] * fy + back[i, 5]) * w
                inside = min(min(u, v) / two, min(wide - u / two, high - v / two)) / border
                u = min(max(u - origins[kind, 0], np.float32(0)), origins[kind, 2])
                v = min(max(v - origins[kind, 1], np.float32(0)), origins[kind, 3])
                x0, y0 = np.int32(u), np.int32(v)
                ax, ay = u - np.float32(x0), v - np.float32(y0)
                bx, by = one - ax, one - ay
                a, b, c, d = bx * by, ax * by, bx * ay, ax * ay
                k = np.uint64(places[kind, 0] + y0 * row + x0)  # unsigned: no test for counting from the end
                j = k + np.uint64(row)
                k1, j1 = k + np.uint64(1), j + np.uint64(1)
                red = (a * np.float32(texels[k, 0]) + b * np.float32(texels[k1, 0])) + (
                    c * np.float32(texels[j, 0]) + d * np.float32(texels[j1, 0])
                )
                green = (a * np.float32(texels[k, 1]) + b * np.float32(texels[k1, 1])) + (
                    c * np.float32(texels[j, 1]) + d * np.float32(texels[j1, 1])
                )
                blue = (a * np.float32(texels[k, 2]) + b * np.float32(texels[k1, 2])) + (
                    c * np.float32(texels[j, 2]) + d * np.float32(texels[j1, 2])
                )
                share = one
                if slot != OPAQUE:
                    share = (
                        (a * np.float32(texels[k, 3]) + b * np.float32(texels[k1, 3]))
                        + (c * np.float32(texels[j, 3]) + d * np.float32(texels[j1, 3]))
                    ) / np.float32(255)
                if share <= half and nearest > -np.inf:
                    soft_red = share * red + (one - share) * soft_red
                    soft_green = share * green + (one - share) * soft_green
                    soft_blue = share * blue + (one - share) * soft_blue
                    soft = share + (one - share) * soft
                    fringe_near[y, x] = key[slot, y, x]
                    continue
                if nearest == -np.inf:
                    share = one
                # What is behind it, soft fringes and all, only shows through it.
                rest = (one - share) * (one - soft)
                solid_red = share * red + (one - share) * soft_red + rest * solid_red
                solid_green = share * green + (one - share) * soft_green + rest * solid_green
                solid_blue = share * blue + (one - share) * soft_blue + rest * solid_blue
                soft = soft_red = soft_green = soft_blue = np.float32(0)
                nearest = key[slot, y, x]
                if kind <= HALO:
                    sharp = one / max(one, back[i, 9]) ** np.float32(STRETCHED)
                    edge = min(max(inside, np.float32(0.02)), one)
                    weight[y, x] = max(sharp * edge, np.float32(1e-4))
            near[y, x] = nearest
            colour[y, x, 0] = np.uint8(np.int32(solid_red + half))
            colour[y, x, 1] = np.uint8(np.int32(solid_green + half))
            colour[y, x, 2] = np.uint8(np.int32(solid_blue + half))
            if soft > 0:
                fringe[y, x, 0] = np.uint8(np.int32(soft_red / soft + half))
                fringe[y, x, 1] = np.uint8(np.int32(soft_green / soft + half))
                fringe[y, x, 2] = np.uint8(np.int32(soft_blue / soft + half))
                fringe[y, x, 3] = np.uint8(np.int32(soft * np.float32(255) + half))


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
    """The samples of all views [n, h, w, ...] as one frame, `out` uint8 [h, w, 3] with its `nearness` float32 [h, w].

    `shares` float32 [n] is how much of the average each view is, `says` float32 [n] in 0..1 how far it can hide what
    the others see. Gives the pixels that no view sees, and those with no sample at all (nearness -inf).
    """
    count, height, width = near.shape
    order = np.empty(count, np.int64)
    one, half = np.float32(1), np.float32(0.5)
    unseen, holes = 0.0, 0
    for y in range(height):
        for x in range(width):
            seen = 0
            for k in range(count):
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
            front = np.float32(-np.inf)
            first = 0
            while first < seen and left > np.float32(0.004):
                top = near[order[first], y, x]
                band = same if same > 0 else np.float32(ONE_SURFACE) * abs(top)
                total = r = g = b = there = np.float32(0)
                last = first
                while last < seen and near[order[last], y, x] >= top - band:
                    k = order[last]
                    w = shares[k] * says[k] * weight[k, y, x]
                    total += w
                    r += w * np.float32(colour[k, y, x, 0])
                    g += w * np.float32(colour[k, y, x, 1])
                    b += w * np.float32(colour[k, y, x, 2])
                    there = max(there, says[k])
                    last += 1
                part = left * there / total
                red, green, blue = red + part * r, green + part * g, blue + part * b
                if there > half and front == -np.inf:
                    front = top
                left *= one - there
                first = last
            unseen += float(left)
            if left > np.float32(0.004):
                total = r = g = b = np.float32(0)
                for k in range(count):
                    if weight[k, y, x] > 0 or near[k, y, x] == -np.inf:
                        continue
                    total += shares[k]
                    r += shares[k] * np.float32(colour[k, y, x, 0])
                    g += shares[k] * np.float32(colour[k, y, x, 1])
                    b += shares[k] * np.float32(colour[k, y, x, 2])
                    if front == -np.inf or near[k, y, x] > front:
                        front = near[k, y, x]
                if total > 0:
                    part = left / total
                    red, green, blue = red + part * r, green + part * g, blue + part * b
                elif left < np.float32(0.996):
                    part = one / (one - left)
                    red, green, blue = red * part, green * part, blue * part
                else:
                    holes += 1
                    nearness[y, x] = -np.inf
                    continue
            nearness[y, x] = front
            band = same if same > 0 or count == 1 else np.float32(ONE_SURFACE) * abs(front)
            total = share = r = g = b = np.float32(0)
            for k in range(count):
                if says[k] <= 0 or near[k, y, x] == -np.inf:
                    continue
                w = shares[k] * says[k] * max(weight[k, y, x], np.float32(0.05))
                total += w
                if fringe[k, y, x, 3] > 0 and fringe_near[k, y, x] >= front + band:
                    w *= np.float32(fringe[k, y, x, 3]) / np.float32(255)
                    share += w
                    r += w * np.float32(fringe[k, y, x, 0])
                    g += w * np.float32(fringe[k, y, x, 1])
                    b += w * np.float32(fringe[k, y, x, 2])
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
