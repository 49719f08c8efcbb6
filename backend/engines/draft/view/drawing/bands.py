"""A frame, band by band: what each view shows of a band, and all of them together, so that what is worked on stays in
the processor's cache and a whole frame is one call, for which threads needn't wait for each other.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .....kernels import helper, kernel
from . import fuse, hide, raster, reflect, shade
from .raster import BAND, TILE

FULL = 2  # views that are drawn whole; the rest only where those see nothing
MOST = 6  # views of a frame: see views.parts


class Shown(NamedTuple):
    """A view in a frame: what draw, sample and soften take of its layers (`dense`, `border`: see shade) and of where
    the frame's pose has them (see raster); `same` is what nearness may differ by in one fringe's surface, 0: a share
    of it. `mirror` is that of the layers; `mirror_order` has the blocks that are seen in each mirror, `mirror_first`
    int64 [mirrors, bands + 1] where those of each band begin."""

    boxes: np.ndarray
    face: np.ndarray
    layer: np.ndarray
    pairs: np.ndarray
    texels: np.ndarray
    places: np.ndarray
    origins: np.ndarray
    dense: np.float32
    border: np.float32
    same: np.float32
    order: np.ndarray
    first: np.ndarray
    bounds: np.ndarray
    reach: np.ndarray
    back: np.ndarray
    mirror: np.ndarray
    mirror_order: np.ndarray
    mirror_first: np.ndarray


class Buffers(NamedTuple):
    """What a band is worked on in. Of each view [views, ...]: see shade.sample and shade.soften."""

    colour: np.ndarray
    near: np.ndarray
    weight: np.ndarray
    edge: np.ndarray
    edges: np.ndarray
    fringe: np.ndarray
    fringe_near: np.ndarray
    shown: np.ndarray
    fringe_keys: np.ndarray
    fringe_faces: np.ndarray
    wanted: np.ndarray
    mirror_near: np.ndarray
    mirror_shown: np.ndarray
    mirror_edge: np.ndarray
    mirror_tiles: np.ndarray


def buffers(count: int, width: int) -> Buffers:
    """For frames `width` pixels wide of so many views, none more."""
    band = BAND, width
    pixels = math.prod(band)
    return Buffers(
        np.empty((count, *band), np.uint32),
        np.empty((count, *band), np.float32),
        np.empty((count, *band), np.float32),
        np.empty((count, *band), np.int32),
        np.empty((count, pixels), np.int32),
        np.empty((count, pixels), np.uint32),
        np.empty((count, pixels), np.float32),
        np.empty(band, np.int32),
        np.empty((2, pixels), np.float32),
        np.empty((2, pixels), np.int32),
        np.empty((BAND // TILE, -(-width // TILE)), np.uint8),
        np.empty(band, np.float32),
        np.empty(band, np.int32),
        np.empty(band, np.int32),
        np.empty((BAND // TILE, -(-width // TILE)), np.uint8),
    )


@helper
def _view(k: int, view: Any, top: int, near: np.ndarray, weighed: bool, work: Any) -> int:
    """Draws a band of `view` as the `k`th of the frame, its nearness into `near`. Gives how many pixels have a
    fringe."""
    band, rows, every = top // BAND, near.shape[0], k < FULL
    fringes = 0
    for mirror in range(1 + view.mirror_first.shape[0]):  # first what is there, then what is seen in each mirror
        inside = mirror > 0
        if inside and reflect.find(mirror, view, work.shown, rows, work.wanted, every, work.mirror_tiles) == 0:
            continue
        order = view.order[view.first[band] : view.first[band + 1]]
        if inside:
            order = view.mirror_order[view.mirror_first[mirror - 1, band] : view.mirror_first[mirror - 1, band + 1]]
        count = raster.draw(
            order,
            top,
            view.boxes,
            view.face,
            view.layer,
            view.bounds,
            view.reach,
            view.back,
            view.same,
            work.mirror_tiles if inside else work.wanted,
            every and not inside,
            work.mirror_near[:rows] if inside else near,
            work.mirror_shown if inside else work.shown,
            work.mirror_edge if inside else work.edge[k],
            work.edges[k],
            work.fringe_keys,
            work.fringe_faces,
        )
        if inside:
            reflect.put(mirror, view, work.mirror_tiles, work.mirror_shown, rows, work.shown)
        else:
            fringes = count
    shade.sample(
        top,
        work.shown,
        view.back,
        view.layer,
        view.pairs,
        view.places,
        view.origins,
        view.dense,
        view.border,
        work.wanted,
        weighed,
        work.colour[k],
        work.weight[k],
    )
    reflect.mend(view, top, rows, work.wanted, every, work.shown, work.colour[k], work.weight[k])
    shade.soften(
        top,
        fringes,
        work.edges[k],
        work.fringe_keys,
        work.fringe_faces,
        view.back,
        view.layer,
        view.texels,
        view.places,
        view.origins,
        view.dense,
        view.border,
        near,
        work.colour[k],
        work.weight[k],
        work.edge[k],
        work.fringe[k],
        work.fringe_near[k],
    )
    return fringes


@kernel
def draw(
    views: Any,
    shares: np.ndarray,
    says: np.ndarray,
    same: float,
    boxes: np.ndarray,
    box_near: np.ndarray,
    behind: float,
    work: Any,
    rgb: np.ndarray,
    nearness: np.ndarray,
    holes: np.ndarray,
) -> float:
    """A frame of as many of the MOST `views` as have `shares` and `says` (see fuse) into `rgb` uint8 [h, w, 3] and
    `nearness` float32 [h, w]; what they show behind `boxes` (see hide) is left out. `same` and `behind` are what is one
    surface to fuse and to hide. `holes` int32 [h] are the pixels of each row without any colour. Gives how many pixels
    no view sees."""
    lacking = 0.0
    for top in range(0, nearness.shape[0], BAND):
        band_rgb, near, empty = rgb[top : top + BAND], nearness[top : top + BAND], holes[top : top + BAND]
        work.wanted[:] = 1
        count, several = shares.size, shares.size > 1
        fringes = 0
        for k in range(count):
            if k == FULL and fuse.unseen_tiles(work.weight[:k], says[:k], near.shape[0], work.wanted) == 0:
                count = FULL
                break
            fringes = _view(k, views[k], top, work.near[k] if several else near, several, work)
        if not several:
            edges = work.edges[0], work.edge[0], work.fringe[0], work.fringe_near[0]
            lacking += fuse.alone(work.colour[0], near, work.weight[0], fringes, *edges, says[0], same, band_rgb, empty)
        else:
            lacking += fuse.fuse(
                work.colour[:count],
                work.near[:count],
                work.weight[:count],
                work.edge[:count],
                work.fringe[:count],
                work.fringe_near[:count],
                shares[:count],
                says[:count],
                same,
                work.wanted,
                FULL,
                band_rgb,
                near,
                empty,
            )
        if box_near.size > 0:
            seen = work.weight[: shares.size], says, work.wanted, FULL
            lacking += hide.hide(top, boxes, box_near, *seen, behind, near, empty)
    return lacking
