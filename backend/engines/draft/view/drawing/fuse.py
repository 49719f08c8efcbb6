"""What several views show of a frame, brought together.

Of what the two views see that a moment lies between the nearest surface wins, and samples of the same one are averaged
by their weights. Further views show what those do not see, and hide nothing: edges of what they saw from elsewhere lie
less true than edges of these two. What the first view guesses counts where no view sees anything.
"""

from __future__ import annotations

import numpy as np

from .....kernels import helper, kernel
from .colours import BYTE, COVER, LOW_BYTE, LOW_HALF, NO_COVER, THREE_BYTES, TWO_BYTES, mix
from .raster import TILE

ONE_SURFACE = 0.02  # samples whose nearness differs by less than this share are of one surface
LITTLE = 0.004  # a share of a pixel that makes no difference
PLAIN, EDGED, HARD = np.uint8(0), np.uint8(1), np.uint8(2)  # see _two_views


@kernel
def unseen_tiles(weight: np.ndarray, says: np.ndarray, height: int, out: np.ndarray) -> int:
    """`out` uint8 [tiles down, tiles across]: 1 where a pixel of the first `height` rows is not surely seen by any
    view. How many there are."""
    count, width = weight.shape[0], weight.shape[2]
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
def _bytes_of(colours: np.ndarray, row: np.ndarray) -> None:
    """Colours uint32 [n] as red, green and blue in `row` uint8 [3 n]: four of them are three words."""
    words = row[: row.size // 12 * 12].view(np.uint32)
    for k in range(words.size // 3):
        one, two = colours[4 * k], colours[4 * k + 1]
        three, four = colours[4 * k + 2], colours[4 * k + 3]
        words[3 * k] = (one & NO_COVER) | np.uint32(two << THREE_BYTES)
        words[3 * k + 1] = np.uint32(np.uint32(two >> BYTE) & LOW_HALF) | np.uint32(three << TWO_BYTES)
        words[3 * k + 2] = np.uint32(np.uint32(three >> TWO_BYTES) & LOW_BYTE) | np.uint32(four << BYTE)
    for x in range(words.size // 3 * 4, colours.size):
        found = colours[x]
        row[3 * x] = np.uint8(found)
        row[3 * x + 1] = np.uint8(found >> BYTE)
        row[3 * x + 2] = np.uint8(found >> TWO_BYTES)


@kernel
def alone(
    colour: np.ndarray,
    near: np.ndarray,
    weight: np.ndarray,
    count: int,
    edges: np.ndarray,
    edge: np.ndarray,
    fringe: np.ndarray,
    fringe_near: np.ndarray,
    says: float,
    same: float,
    out: np.ndarray,
    holes: np.ndarray,
) -> float:
    """The samples of a single view as a band of a frame: as `fuse`, where there is nothing to bring together. `edges`
    are the `count` pixels that may have a fringe. Gives the pixels that the view does not see; its nearness is `near`.
    """
    height, width = out.shape[:2]
    none, half = np.float32(-np.inf), np.float32(0.5)
    covered = 0
    for y in range(height):
        seen = empty = np.int32(0)
        for x in range(width):
            is_seen = (weight[y, x] > 0) & (near[y, x] > none)
            seen = np.int32(seen + (np.int32(colour[y, x] >> THREE_BYTES) if is_seen else np.int32(0)))
            empty = np.int32(empty + (np.int32(0) if near[y, x] > none else np.int32(1)))
        covered += int(seen)
        holes[y] = empty
        _bytes_of(colour[y], out[y].reshape(-1))
    across = np.uint32(width)  # in 32 bits, which take a processor half as long to divide
    for at in range(count):
        y, x = int(np.uint32(edges[at]) // across), int(np.uint32(edges[at]) % across)
        if edge[y, x] == 0 or near[y, x] == none or fringe_near[at] < near[y, x] + same:
            continue
        found = np.int64(fringe[at])
        part = np.float32(found >> 24) / np.float32(255)
        for c in range(3):
            below = np.float32(out[y, x, c])
            out[y, x, c] = np.uint8(np.int32(below + part * (np.float32(found >> 8 * c & 255) - below) + half))
    return height * width - float(says) * covered / 255


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
    kind: np.ndarray,
) -> None:
    """A row that two views show, where they show one surface or only one of them does: its colour and nearness. `kind`
    says whether it is so simple: PLAIN, EDGED where it is but for fringes before it, else HARD."""
    none, zero = np.float32(-np.inf), np.float32(0)
    share, other_share = shares[0] * says[0], shares[1] * says[1]
    say, other_say = says[0], says[1]
    for x in range(nearest.shape[0]):
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
        simple = PLAIN if (edge[0, y, x] | edge[1, y, x]) == 0 else EDGED
        kind[x] = simple if (said >= 1) & (covers == COVER) else HARD
        mixed[x] = mix(one, two, way)
        nearest[x] = top


@helper
def _not_plain(kind: np.ndarray, width: int, picked: np.ndarray) -> int:
    """The pixels of a row `width` wide that are not PLAIN, into `picked`; how many."""
    eight = kind.view(np.uint64)
    count = 0
    for tile in range(eight.size // 2):
        if (eight[2 * tile] | eight[2 * tile + 1]) == 0:
            continue
        for x in range(tile * TILE, min(tile * TILE + TILE, width)):
            picked[count] = x
            count += int(kind[x] != PLAIN)
    return count


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
    holes: np.ndarray,
) -> float:
    """The samples of two views or more [n, h or more, w] as one band of a frame, `out` uint8 [h, w, 3] with its
    `nearness` float32 [h, w].

    `shares` float32 [n] is how much of the average each view is, `says` float32 [n] in 0..1 how far it can hide what
    the others see. `edge` and `fringe` are theirs from `soften`. The first `full` views come before all others, which
    were drawn on the tiles `wanted` alone. Gives the pixels that no view sees; `holes` int32 [h] are those of each row
    with no sample at all (nearness -inf).
    """
    count, (height, width) = near.shape[0], nearness.shape
    order = np.empty(count, np.int64)
    one, half, none = np.float32(1), np.float32(0.5), np.float32(-np.inf)
    unseen = 0.0
    colours, picked = np.empty(width, np.uint32), np.empty(width + 1, np.int32)
    kind = np.zeros(wanted.shape[1] * TILE, np.uint8)
    for y in range(height):
        holes[y] = 0
        tiles, surface = wanted[y // TILE], nearness[y]
        _two_views(colour, near, weight, edge, y, shares, says, same, colours, surface, kind)
        _bytes_of(colours, out[y].reshape(-1))
        for x in picked[: _not_plain(kind, width, picked)]:
            views = count if tiles[x // TILE] != 0 else min(count, full)
            seen = 0
            for k in range(views if kind[x] == HARD else 0):
                if weight[k, y, x] <= 0 or says[k] <= 0:
                    continue
                at = seen
                while at > 0 and near[order[at - 1], y, x] < near[k, y, x] and (order[at - 1] >= full or k < full):
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = k
                seen += 1
            left = one
            red = green = blue = np.float32(0)
            front = none
            if kind[x] == EDGED:
                found = np.int64(colours[x])
                red, green = np.float32(found & 255), np.float32((found >> 8) & 255)
                blue, left, front = np.float32((found >> 16) & 255), np.float32(0), surface[x]
            first = 0
            while first < seen and left > np.float32(LITTLE):
                top = near[order[first], y, x]
                band = same if same > 0 else np.float32(ONE_SURFACE) * abs(top)
                total = r = g = b = there = cover = np.float32(0)
                last, further = first, order[first] >= full
                while last < seen and near[order[last], y, x] >= top - band and (order[last] >= full) == further:
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
            if left > np.float32(LITTLE):
                if weight[0, y, x] <= 0 and near[0, y, x] > none:
                    found = np.int64(colour[0, y, x])
                    unseen += float(left)
                    red += left * np.float32(found & 255)
                    green += left * np.float32((found >> 8) & 255)
                    blue += left * np.float32((found >> 16) & 255)
                    front = max(front, near[0, y, x])
                elif left < one - np.float32(LITTLE):
                    part = one / (one - left)
                    red, green, blue = red * part, green * part, blue * part
                    if front == none:  # views that are coming in or going out show it alone
                        front = near[order[0], y, x]
                else:
                    unseen += float(left)
                    holes[y] += 1
                    nearness[y, x] = none
                    continue
            nearness[y, x] = front
            band = same if same > 0 else np.float32(ONE_SURFACE) * abs(front)
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
    return unseen
