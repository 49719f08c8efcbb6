"""What the still does not show: surfaces behind the edges of nearer ones, and beyond the frame.

Shape comes from the planes that the hidden surface belongs to, colour from what is seen of the same surface.
It is made once for the clip, so nothing of it can flicker.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import numpy as np

from .....kernels import helper, kernel
from ..edges import Edges, find
from ..memory import give_back
from ..picture import Picture
from .canvas import Canvas, HiddenLayer
from .planes import NONE, Planes, merge
from .pyramid import fill_within
from .texture import paint

RELIEF = 0.03  # share of the nearness that things on a plane may stand out of it
LARGE = 0.04  # share of the picture from which a plane goes on beyond the frame, even if it is no wall
LEAN = 0.04  # share of the nearness that what is no plane may gain or lose as it goes on out of sight
OBJECT = 0.05  # picture widths that anything else goes on, mirrored at the frame's edge


def build(
    picture: Picture,
    clean: np.ndarray,
    bared: np.ndarray,
    edges: Edges,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    planes: Planes,
    parallax: float,
    margins: tuple[int, int, int, int],
    beside: Executor,
) -> tuple[HiddenLayer, np.ndarray, HiddenLayer]:
    """The back layer, on the still's pixels plus its margins; bool [still's h, w], what of the still itself lies
    on it; and the deep layer, what lies hidden behind hidden things, on the still's pixels.

    `clean` is the still with its edge pixels freed from the nearer surface, float32 [h, w, 3]; where `bared` it
    holds the hidden colour. What does not wait for each other is made `beside`.
    """
    left, top, right, bottom = margins
    height, width = picture.height, picture.width
    inside = (slice(top, top + height), slice(left, left + width))
    canvas = Canvas((height + top + bottom, width + left + right), inside, left, top)
    share = np.bincount(planes.label[planes.label != NONE], minlength=len(planes.abc)) / planes.label.size
    goes_on = (planes.wall >= 0) | (share > LARGE) | (np.arange(len(share)) == planes.sky)
    merged = merge(picture.nearness, planes.label, planes.abc, goes_on, np.float32(RELIEF))
    hidden, hidden_label, found = _hidden_by(edges, picture.nearness, slope_x, slope_y, planes, merged, parallax)
    # A pixel beside an edge is itself on this layer, even where a third surface is known to be behind it.
    found &= edges.far != 1
    own = edges.foot & ~found
    known_slopes = (np.where(found, 0, slope_x).astype(np.float32), np.where(found, 0, slope_y).astype(np.float32))
    seen = (edges.near != 1) & (edges.far != 1)

    deep = beside.submit(
        _deep_layer,
        picture,
        clean,
        seen,
        planes,
        np.where(found, hidden, picture.nearness).astype(np.float32),
        np.where(found, hidden_label, merged).astype(np.uint8),
        found,
        known_slopes,
        parallax,
    )

    nearness = canvas.around(np.where(found, hidden, picture.nearness), 0)
    label = canvas.around(np.where(found, hidden_label, planes.label), NONE)
    there = canvas.around((found | own).astype(np.uint8), 0)
    source = np.full(canvas.shape, -1, np.int32)
    # Beyond the frame a window is part of its facade, and a rug has ended.
    carrier = np.append(np.where(planes.wall >= 0, planes.wall, np.arange(len(goes_on))), NONE).astype(np.uint8)
    carried = carrier[np.minimum(merged, len(goes_on))]
    reach = int(OBJECT * width)
    _beyond(picture.nearness, carried, *_surfaces(planes), goes_on, reach, left, top, nearness, label, there, source)
    rgb, unknown = _back_colours(
        picture, clean, found & (bared == 0), seen, edges, planes, carried, label, source, canvas, beside
    )
    slopes = np.zeros((2, *canvas.shape), np.float32)
    on_plane = (label != NONE) & unknown
    for slope, known_slope, column in zip(slopes, known_slopes, (0, 1), strict=True):
        slope[inside] = known_slope
        slope[on_plane] = planes.abc[label[on_plane], column]
    return HiddenLayer(rgb, nearness, slopes[0], slopes[1], there), own, deep.result()


def _back_colours(
    picture: Picture,
    clean: np.ndarray,
    occluded: np.ndarray,
    seen: np.ndarray,
    edges: Edges,
    planes: Planes,
    carried: np.ndarray,
    label: np.ndarray,
    source: np.ndarray,
    canvas: Canvas,
    beside: Executor,
) -> tuple[np.ndarray, np.ndarray]:
    """Colours uint8 [h, w, 3] of the canvas, and bool [h, w]: what neither the still nor its mirror image gives.

    That is painted surface by surface, from what is `seen` of each: what hides another surface is itself seen, so
    nothing is read from where it is painted.
    """
    inside = canvas.inside
    given = np.zeros((*canvas.shape, 3), np.float32)
    given[inside] = clean
    rgb = np.zeros(given.shape, np.uint8)
    rgb[inside] = clean + np.float32(0.5)
    beyond = canvas.around(np.zeros_like(occluded), 1)
    mirrored = beyond & (source >= 0)
    rgb[mirrored] = clean.reshape(-1, 3)[source[mirrored]] + np.float32(0.5)
    unknown = canvas.around(occluded, 0) | (beyond & ~mirrored)
    seen = canvas.around(seen, 0)
    seen_label, on_it = canvas.around(planes.label, NONE), canvas.around(carried, NONE)

    def colour(k: int) -> None:
        wanted = unknown & (label == k)
        known = seen & (seen_label == k)
        if k == NONE:
            known[inside] &= (edges.far > 1) | ((edges.near == 0) & (edges.far == 0))
        if not known.any():
            known = seen
        if k in (NONE, planes.sky):
            made = fill_within(given, known, wanted)
        else:
            made = paint(picture, planes.abc[k], given, known, seen & (on_it == k), wanted, canvas.left, canvas.top)
        rgb[wanted] = np.clip(made + np.float32(0.5), 0, 255)
        del wanted, known, made
        give_back(unknown.size)

    counts = np.bincount(label[unknown], minlength=NONE + 1)
    most_first = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]  # so that none is left alone at last
    for _ in beside.map(colour, most_first.tolist()):
        pass
    return rgb, unknown


def _deep_layer(
    picture: Picture,
    clean: np.ndarray,
    seen: np.ndarray,
    planes: Planes,
    nearness: np.ndarray,
    label: np.ndarray,
    found: np.ndarray,
    slopes: tuple[np.ndarray, np.ndarray],
    parallax: float,
) -> HiddenLayer:
    """What is hidden behind the back layer, on the still's pixels: leaves behind leaves, then a wall.

    `nearness` and `label` are the back layer's where it is `found`, else the still's.
    """
    edges = find(nearness, parallax, picture.orthographic)
    hidden, hidden_label, there = _hidden_by(edges, nearness, *slopes, planes, label, parallax)
    there &= found
    rgb = picture.rgb.copy()
    for k in np.unique(hidden_label[there]):
        wanted = there & (hidden_label == k)
        known = seen & (planes.label == k)
        made = fill_within(clean, known if known.any() else seen, wanted)
        rgb[wanted] = np.clip(made + np.float32(0.5), 0, 255)
    lean = np.vstack([planes.abc, np.zeros((1, 3))]).astype(np.float32)
    kind = np.minimum(hidden_label, len(planes.abc))
    return HiddenLayer(rgb, hidden, lean[kind, 0], lean[kind, 1], there.astype(np.uint8))


def _hidden_by(
    edges: Edges,
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    planes: Planes,
    label: np.ndarray,
    parallax: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearness float32, label uint8 and found bool [h, w] of what the nearer sides of `edges` hide."""
    return _occluded(
        nearness,
        slope_x,
        slope_y,
        edges.near,
        edges.far,
        edges.across,
        edges.down,
        *_surfaces(planes),
        label,
        np.float32(parallax),
        int(0.4 * max(nearness.shape)),
    )


def _surfaces(planes: Planes) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """`planes` as the kernels read them."""
    return planes.abc, planes.wall, planes.under_sky, planes.sky


@helper
def _met_first(
    abc: np.ndarray,
    wall: np.ndarray,
    under_sky: np.ndarray,
    sky: int,
    kind: int,
    u: float,
    v: float,
) -> tuple[int, float]:
    """The plane met first by the ray through (u, v): `kind` itself, or a wall that it runs into."""
    best = kind
    value = abc[kind, 0] * u + abc[kind, 1] * v + abc[kind, 2] if kind >= 0 else -1e30
    for k in range(abc.shape[0]):
        if wall[k] == k and (kind < 0 or wall[kind] != k) and (under_sky[k] or kind < 0 or kind != sky):
            here = abc[k, 0] * u + abc[k, 1] * v + abc[k, 2]
            if here > value:
                best, value = k, here
    if sky >= 0 and value < abc[sky, 2]:  # the ground above the horizon lies behind the camera
        best, value = sky, abc[sky, 2]
    return best, value


@helper
def _extended(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    label: np.ndarray,
    abc: np.ndarray,
    wall: np.ndarray,
    under_sky: np.ndarray,
    sky: int,
    seed_x: int,
    seed_y: int,
    x: int,
    y: int,
) -> tuple[Any, Any]:
    """Nearness and label at (x, y) of the surface that is seen at the seed."""
    k = np.int64(label[seed_y, seed_x])
    if k == NONE:
        here = np.float64(nearness[seed_y, seed_x])
        change = slope_x[seed_y, seed_x] * (x - seed_x) + slope_y[seed_y, seed_x] * (y - seed_y)
        most = LEAN * abs(here)
        return here + min(most, max(-most, change)), k
    if wall[k] < 0 and k != sky:
        return abc[k, 0] * (x + 0.5) + abc[k, 1] * (y + 0.5) + abc[k, 2], k
    k, value = _met_first(abc, wall, under_sky, sky, k, x + 0.5, y + 0.5)
    return value, k


@kernel
def _occluded(
    nearness: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    near: np.ndarray,
    far: np.ndarray,
    across: np.ndarray,
    down: np.ndarray,
    abc: np.ndarray,
    wall: np.ndarray,
    under_sky: np.ndarray,
    sky: int,
    label: np.ndarray,
    parallax: float,
    cap: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spreads the farther surfaces in under the nearer ones, nearest seed first, as far as the path can see."""
    height, width = nearness.shape
    hidden = np.zeros((height, width), np.float32)
    hidden_label = np.full((height, width), NONE, np.uint8)
    found = np.zeros((height, width), np.bool_)
    queue = np.empty((height * width, 3), np.int32)  # pixel, seed pixel, steps left
    tail = 0
    for y in range(height):
        for x in range(width):
            for k in range(2):
                if k == 0:
                    if x + 1 >= width or across[y, x] == 0:
                        continue
                    p, q = y * width + x, y * width + x + 1
                else:
                    if y + 1 >= height or down[y, x] == 0:
                        continue
                    p, q = y * width + x, (y + 1) * width + x
                if nearness[p // width, p % width] < nearness[q // width, q % width]:
                    p, q = q, p
                py, px, qy, qx = p // width, p % width, q // width, q % width
                if found[py, px]:
                    continue
                step = nearness[py, px] - nearness[qy, qx]
                found[py, px] = True
                value, kind = _extended(nearness, slope_x, slope_y, label, abc, wall, under_sky, sky, qx, qy, px, py)
                if value > nearness[qy, qx] + 0.5 * step:
                    value, kind = np.float64(nearness[qy, qx]), np.int64(label[qy, qx])
                hidden[py, px] = value
                hidden_label[py, px] = kind
                queue[tail, 0] = p
                queue[tail, 1] = q
                queue[tail, 2] = min(cap, int(parallax * step) + 6)
                tail += 1
    head = 0
    while head < tail:
        p, seed, left = queue[head]
        head += 1
        if left <= 0:
            continue
        py, px, sy, sx = p // width, p % width, seed // width, seed % width
        for k in range(4):
            x = px + (1 if k == 0 else -1 if k == 1 else 0)
            y = py + (1 if k == 2 else -1 if k == 3 else 0)
            if x < 0 or y < 0 or x >= width or y >= height or found[y, x]:
                continue
            value, kind = _extended(nearness, slope_x, slope_y, label, abc, wall, under_sky, sky, sx, sy, x, y)
            here = nearness[y, x]
            if value > here - 0.01 * abs(here) - 0.5 / parallax:
                continue
            found[y, x] = True
            hidden[y, x] = value
            hidden_label[y, x] = kind
            queue[tail, 0] = y * width + x
            queue[tail, 1] = seed
            queue[tail, 2] = left - 1
            tail += 1
    return hidden, hidden_label, found


@kernel
def _beyond(
    nearness: np.ndarray,
    label: np.ndarray,
    abc: np.ndarray,
    wall: np.ndarray,
    under_sky: np.ndarray,
    sky: int,
    goes_on: np.ndarray,
    reach: int,
    left: int,
    top: int,
    out: np.ndarray,
    out_label: np.ndarray,
    there: np.ndarray,
    source: np.ndarray,
) -> None:
    """Carries planes on beyond the frame; what is no plane is mirrored at the frame's edge while it lasts."""
    height, width = nearness.shape
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            y, x = row - top, column - left
            if 0 <= y < height and 0 <= x < width:
                continue
            there[row, column] = 1
            rim_y, rim_x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
            back_y = min(max(2 * rim_y - y, 0), height - 1)
            back_x = min(max(2 * rim_x - x, 0), width - 1)
            kind = np.int64(label[rim_y, rim_x])
            if kind == NONE or not goes_on[kind]:
                other = np.int64(label[back_y, back_x])
                away = abs(y - rim_y) + abs(x - rim_x)
                if away < reach and other in (NONE, kind):
                    out[row, column] = nearness[back_y, back_x]
                    source[row, column] = back_y * width + back_x
                    continue
                kind = other if other != NONE and goes_on[other] else np.int64(-1)
            kind, value = _met_first(abc, wall, under_sky, sky, kind, x + 0.5, y + 0.5)
            if kind < 0:
                out[row, column] = nearness[back_y, back_x]
                source[row, column] = back_y * width + back_x
                continue
            out[row, column] = value
            out_label[row, column] = kind
