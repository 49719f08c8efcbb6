"""The picture as four layers of textured surface, made once for a clip.

front: surfaces inside their edges. fringe: the nearer side of every edge, with soft alpha. back: the farther
side of every edge (its foot, which the picture shows), what is hidden behind the nearer side, and what lies beyond
the frame. deep: what is hidden behind that. All but the hidden and what is beyond is seen, not guessed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ....kernels import helper, kernel
from . import edges, matte
from .blocks import cut
from .double import doubled, finer, undoubled
from .hidden import occlusion, planes
from .hidden.canvas import HiddenLayer
from .memory import LARGE, give_back
from .picture import Picture

# The fringe is drawn in two parts, the surface's rim and a halo around it; the back in two, the foot and the rest.
FRONT, FOOT, RIM, HALO, BACK, DEEP = range(6)
LEAN = 6  # pixels that a single pixel of the still may be stretched to at an edge
STEEP = 1  # the same for a block of two by two, which any step fits: steeper, it is four single pixels
BEND = 0.12  # pixels that a block may part from the true surface on the path


@dataclass(frozen=True)
class Layers:
    """`texels` uint32 [n] (see drawing.colours) holds a texture for each layer, `dense` (1 or 2) texels to a pixel of
    the picture each way: texel `dense` i is pixel i; those that no block can show may not be written, and take no
    memory where there are many of them. `places` int32 [6, 2]: where that of FRONT to DEEP begins, and how wide it is.
    `origins` float32 [6, 4], in texels: its first texel's middle from the picture's corner, and the last place (x, y)
    that may be looked up.

    The surface is cut into blocks, each a piece of one of its faces (see blocks.py): `boxes` float32 [4, n] (u0, v0,
    u1, v1 in pixels of the frame), `face` int32 [n], and `planes` float64 [3, n], those of their faces (nearness =
    a u + b v + c). `faces` float64 [3, m] has each plane once, `layer` uint8 [m] is FRONT to DEEP.
    """

    texels: np.ndarray
    places: np.ndarray
    origins: np.ndarray
    boxes: np.ndarray
    face: np.ndarray
    planes: np.ndarray
    faces: np.ndarray
    layer: np.ndarray
    dense: int

    @property
    def pairs(self) -> np.ndarray:
        """uint64 [n - 1]: each of the `texels` with the next one, in its lower and upper half (of little-endian
        machines)."""
        return as_strided(self.texels.view(np.uint64), (self.texels.size - 1,), self.texels.strides)


def build(
    picture: Picture,
    parallax: float,
    margins: tuple[int, int, int, int],
    seed: int,
    guess: bool = True,
    threads: int = 1,
) -> Layers:
    """The layers of `picture`, for a camera path that parts points by `parallax` of its pixels a unit of nearness.

    Without a `guess` only what the picture shows: nothing is hidden, nothing lies beyond the frame. Of a large picture
    one thing is made after the other, else on as many `threads`: what is made is the same.
    """
    with ThreadPoolExecutor(threads if picture.nearness.size < LARGE else 1) as beside:
        return _build(picture, parallax, margins, seed, guess, beside)


def _build(
    picture: Picture,
    parallax: float,
    margins: tuple[int, int, int, int],
    seed: int,
    guess: bool,
    beside: ThreadPoolExecutor,
) -> Layers:
    nearness = picture.nearness
    if guess:
        large = beside.submit(planes.find, nearness, picture.surface, picture.orthographic, seed)
    parting = max(parallax, 1e-9) / picture.fine  # in pixels of the frame, which tell what can be seen
    breaks = edges.find(nearness, parting, picture.orthographic)
    bend, steep = BEND / parting, STEEP / parting
    leaning = beside.submit(_slopes, nearness, breaks.across, breaks.down, np.float32(LEAN / parting))
    alpha, front, back, bared, halo = matte.unmix(
        picture.rgb, nearness, breaks.near, breaks.far, breaks.across, breaks.down
    )
    slope_x, slope_y = leaning.result()
    rim = beside.submit(cut, nearness, breaks.rim.astype(np.uint8), 0, 0, bend, steep, slope_x, slope_y)
    fringe_shape = matte.widen(nearness, slope_x, slope_y, alpha, halo, breaks.near, breaks.far)
    ring = (halo >= 0) & ~breaks.rim
    known = ((breaks.near > 0) | ((halo >= 0) & (breaks.far == 1)) | (~breaks.rim & (breaks.far == 0))).astype(np.uint8)
    matte.bleed(front, known, 3)
    at_break = (breaks.near == 1) | (breaks.far == 1)
    opacity = np.where(at_break, alpha, ((breaks.near > 0) | (breaks.far == 0)).astype(np.float32))
    bare, farther = picture.rgb.copy(), breaks.far == 1
    bare[farther] = back[farther] + np.float32(0.5)
    rim_rgb = _bytes(front)
    del front, alpha, halo, known, at_break  # of a large picture each takes as much as the picture
    halo_parts = cut(fringe_shape[0], ring.astype(np.uint8), 0, 0, bend, steep, *fringe_shape[1:])
    del fringe_shape
    give_back(nearness.size)
    if guess:
        rear, own, deep = occlusion.build(
            picture, back, bared, breaks, slope_x, slope_y, large.result(), parallax, margins, beside
        )
    else:
        margins, own = (0, 0, 0, 0), breaks.foot
        rear, deep = _shown_behind(nearness, back, bared, breaks, slope_x, slope_y)
    del back
    give_back(nearness.size)
    inner = ~breaks.rim & ~own

    left, top = margins[:2]
    foot = np.zeros_like(rear.there)
    foot[top : top + nearness.shape[0], left : left + nearness.shape[1]] = own if guess else rear.there
    hidden = rear.there & ~foot & 1
    textures = [
        (bare, None, inner, (0, 0)),
        (rim_rgb, opacity, breaks.rim | ring, (0, 0)),
        (rear.rgb, None, (foot | hidden) != 0, (left, top)),
        (deep.rgb, None, deep.there != 0, None),
    ]
    dense = 2 if picture.fine == 1 else 1  # where more pixels than the frame has are known none are made up
    starts = np.cumsum([0, *(dense**2 * rgb.shape[0] * rgb.shape[1] for rgb, *_ in textures)])
    places, origins = np.zeros((6, 2), np.int32), np.zeros((6, 4), np.float32)
    for k, texture in ((FRONT, 0), (FOOT, 2), (RIM, 1), (HALO, 1), (BACK, 2), (DEEP, 3)):
        high, wide = (dense * side for side in textures[texture][0].shape[:2])
        places[k] = starts[texture], wide
        x, y = (-left, -top) if k in (FOOT, BACK) else (0, 0)
        origins[k] = dense * (x + 0.5), dense * (y + 0.5), wide - 1.01, high - 1.01
    texels = np.empty(starts[-1] + starts[-1] % 2, np.uint32)  # whole pairs
    front = beside.submit(cut, nearness, inner.astype(np.uint8), 0, 0, bend, steep, slope_x, slope_y)
    doubling = [
        beside.submit(_textured, picture, texels[start:end], *texture)
        for texture, start, end in zip(textures, starts[:-1], starts[1:], strict=True)
    ]
    shape_of_rear = rear.slope_x, rear.slope_y
    further = [
        cut(rear.nearness, foot, -left, -top, bend, steep, *shape_of_rear),
        rim.result(),
        halo_parts,
        cut(rear.nearness, hidden, -left, -top, bend, steep, *shape_of_rear),
        cut(deep.nearness, deep.there, 0, 0, bend, steep, deep.slope_x, deep.slope_y),
    ]
    parts = [front.result(), *further]
    faces = [part.planes.shape[1] for part in parts]
    before = np.cumsum([0, *faces[:-1]], dtype=np.int32)
    for done in doubling:
        done.result()
    give_back(nearness.size)
    return Layers(
        texels,
        places,
        origins,
        np.concatenate([part.boxes for part in parts], 1),
        np.concatenate([part.face + first for part, first in zip(parts, before, strict=True)]),
        np.concatenate([part.planes[:, part.face] for part in parts], 1),
        np.concatenate([part.planes for part in parts], 1),
        np.repeat(np.arange(len(parts), dtype=np.uint8), faces),
        dense,
    )


def _shown_behind(
    nearness: np.ndarray,
    back: np.ndarray,
    bared: np.ndarray,
    breaks: edges.Edges,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
) -> tuple[HiddenLayer, HiddenLayer]:
    """The back layer as far as the picture shows it: the foot of every edge, and what mixes into the pixels of its
    nearer side, at the farthest of their neighbours. And a deep layer with nothing in it."""
    rgb = back
    matte.bleed(rgb, (~breaks.rim | (bared != 0)).astype(np.uint8), 3)
    rgb = _bytes(rgb)
    rear = HiddenLayer(rgb, *_mixed_in(nearness, bared, breaks.near, breaks.foot, slope_x, slope_y))
    return rear, HiddenLayer(rgb[:1, :1], nearness, slope_x, slope_y, np.zeros_like(rear.there))


@kernel
def _mixed_in(
    nearness: np.ndarray,
    bared: np.ndarray,
    near: np.ndarray,
    foot: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Nearness, its slopes and where there is anything, of such a back layer."""
    height, width = nearness.shape
    back, back_x, back_y, there = nearness.copy(), slope_x.copy(), slope_y.copy(), foot.astype(np.uint8)
    for y in range(height):
        over, under = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            if bared[y, x] == 0 or near[y, x] != 1:
                continue
            left, right = max(x - 1, 0), min(x + 1, width - 1)
            beside = min(nearness[y, left], nearness[y, right])
            back[y, x] = min(beside, min(nearness[over, x], nearness[under, x]))
            back_x[y, x] = back_y[y, x] = 0
            there[y, x] = 1
    return back, back_x, back_y, there


def _textured(
    picture: Picture,
    texels: np.ndarray,
    rgb: np.ndarray,
    alpha: np.ndarray | None,
    shown: np.ndarray,
    corner: tuple[int, int] | None,
) -> None:
    """A layer's `texels`, finer where it shows what the picture does, which begins at its `corner` (None: nowhere)."""
    if picture.fine != 1:
        undoubled(rgb, alpha, texels)
        return
    doubled(rgb, alpha, shown, texels)
    if picture.twice is not None and corner is not None:
        finer(rgb, alpha, shown, texels, picture.rgb, picture.twice, corner)


@kernel
def _bytes(rgb: np.ndarray) -> np.ndarray:
    """Float32 colours [h, w, 3] of 0..255 as uint8, rounded."""
    out = np.empty(rgb.shape, np.uint8)
    half, least, most = np.float32(0.5), np.float32(0), np.float32(255)
    for y in range(rgb.shape[0]):
        row, line = rgb[y].reshape(-1), out[y].reshape(-1)
        for i in range(row.size):
            line[i] = np.uint8(np.int32(min(max(row[i] + half, least), most)))
    return out


@helper
def _bounded(slope: float, most: float) -> Any:
    """`slope` within -most..most; 0 if there is none (1e30)."""
    return min(most, max(-most, slope)) if slope < 1e30 else np.float32(0)


@kernel
def _slopes(
    nearness: np.ndarray,
    across: np.ndarray,
    down: np.ndarray,
    most: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Change of nearness a pixel, from the side where it changes less, and never over a break."""
    height, width = nearness.shape
    slope_x = np.zeros((height, width), np.float32)
    slope_y = np.zeros((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            here = nearness[y, x]
            best = np.float32(1e30)
            if x > 0 and across[y, x - 1] == 0:
                best = here - nearness[y, x - 1]
            if x + 1 < width and across[y, x] == 0 and abs(nearness[y, x + 1] - here) < abs(best):
                best = nearness[y, x + 1] - here
            slope_x[y, x] = _bounded(best, most)
            best = np.float32(1e30)
            if y > 0 and down[y - 1, x] == 0:
                best = here - nearness[y - 1, x]
            if y + 1 < height and down[y, x] == 0 and abs(nearness[y + 1, x] - here) < abs(best):
                best = nearness[y + 1, x] - here
            slope_y[y, x] = _bounded(best, most)
    return slope_x, slope_y
