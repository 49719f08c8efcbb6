"""The picture as four layers of textured surface, made once for a clip.

front: surfaces inside their edges. fringe: the nearer side of every edge, with soft alpha. back: the farther
side of every edge (its foot, which the picture shows), what is hidden behind the nearer side, and what lies beyond
the frame. deep: what is hidden behind that. All but the hidden and what is beyond is seen, not guessed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ....kernels import helper, kernel
from . import edges, matte, mirrors
from .blocks import Blocks, cut
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
    mirror: np.ndarray
    mirrored: np.ndarray

    @property
    def pairs(self) -> np.ndarray:
        """uint64 [n - 1]: each of the `texels` with the next one, in its lower and upper half (of little-endian
        machines)."""
        return as_strided(self.texels.view(np.uint64), (self.texels.size - 1,), self.texels.strides)


class Part(NamedTuple):
    """Blocks of one `layer` that are a `mirror`, or in one, or neither: as in Layers."""

    layer: int
    mirror: int
    blocks: Blocks


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
    leaning = beside.submit(_slopes, nearness, breaks.across, breaks.down, LEAN / parting)
    alpha, front, back, bared, halo = matte.unmix(
        picture.rgb, nearness, breaks.near, breaks.far, breaks.across, breaks.down
    )
    slope_x, slope_y = leaning.result()
    rim = beside.submit(cut, nearness, breaks.rim.astype(np.uint8), 0, 0, bend, steep, slope_x, slope_y)
    fringe_shape = matte.widen(nearness, slope_x, slope_y, alpha, halo, breaks.near, breaks.far)
    ring = (halo >= 0) & ~breaks.rim
    known = ((breaks.near > 0) | ((halo >= 0) & (breaks.far == 1)) | (~breaks.rim & (breaks.far == 0))).astype(np.uint8)
    matte.bleed(front, known, 3)
    _to_sides(alpha, breaks.near, breaks.far)
    bare, rim_rgb = _bared(picture.rgb, back, breaks.far), _bytes(front)
    del front, halo, known  # of a large picture each takes as much as the picture
    halo_parts = cut(fringe_shape[0], ring.astype(np.uint8), 0, 0, bend, steep, *fringe_shape[1:])
    if guess:
        del fringe_shape
        give_back(nearness.size)
        rear, own, deep = occlusion.build(
            picture, back, bared, breaks, slope_x, slope_y, large.result(), parallax, margins, beside
        )
    else:
        margins, own = (0, 0, 0, 0), breaks.foot
        rear, deep = _shown_behind(nearness, back, bared, breaks, slope_x, slope_y, fringe_shape)
        del fringe_shape
    del back
    give_back(nearness.size)
    inner = ~breaks.rim & ~own
    which = mirrors.find(picture)

    left, top = margins[:2]
    foot = np.zeros_like(rear.there)
    foot[top : top + nearness.shape[0], left : left + nearness.shape[1]] = own if guess else rear.there
    hidden = rear.there & ~foot & 1
    textures = [
        (bare, None, inner | (which != mirrors.NONE), (0, 0)),
        (rim_rgb, alpha, breaks.rim | ring, (0, 0)),
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
    front_parts = beside.submit(
        cut, nearness, (inner & (which == mirrors.NONE)).astype(np.uint8), 0, 0, bend, steep, slope_x, slope_y
    )
    doubling = [
        beside.submit(_textured, picture, texels[start:end], *texture)
        for texture, start, end in zip(textures, starts[:-1], starts[1:], strict=True)
    ]
    shape_of_rear = rear.slope_x, rear.slope_y
    feet = np.zeros(foot.shape, np.int8)
    feet[top : top + nearness.shape[0], left : left + nearness.shape[1]] = which
    parts = [
        Part(FOOT, 0, cut(rear.nearness, foot & (feet == mirrors.NONE), -left, -top, bend, steep, *shape_of_rear)),
        Part(RIM, 0, rim.result()),
        Part(HALO, 0, halo_parts),
        Part(BACK, 0, cut(rear.nearness, hidden, -left, -top, bend, steep, *shape_of_rear)),
        Part(DEEP, 0, cut(deep.nearness, deep.there, 0, 0, bend, steep, deep.slope_x, deep.slope_y)),
    ]
    for number in range(1, int(which.max()) + 1):
        surface, base = (inner & (which == number)).astype(np.uint8), foot & (feet == number)
        parts.append(Part(FRONT, number, cut(nearness, surface, 0, 0, bend, steep, slope_x, slope_y)))
        parts.append(Part(FOOT, number, cut(rear.nearness, base, -left, -top, bend, steep, *shape_of_rear)))
    behind = _in_mirrors(picture, which, parting, bend, steep)
    parts = [Part(FRONT, 0, front_parts.result()), *parts, *behind]
    pieces = [part.blocks for part in parts]
    faces = [piece.planes.shape[1] for piece in pieces]
    before = np.cumsum([0, *faces[:-1]], dtype=np.int32)
    blocks = np.cumsum([0, *(piece.face.size for piece in pieces)])
    for done in doubling:
        done.result()
    give_back(nearness.size)
    return Layers(
        texels,
        places,
        origins,
        np.concatenate([piece.boxes for piece in pieces], 1),
        np.concatenate([piece.face + first for piece, first in zip(pieces, before, strict=True)]),
        np.concatenate([piece.planes[:, piece.face] for piece in pieces], 1),
        np.concatenate([piece.planes for piece in pieces], 1),
        np.repeat(np.array([part.layer for part in parts], np.uint8), faces),
        dense,
        np.repeat(np.array([part.mirror for part in parts], np.int8), faces),
        blocks[len(parts) - len(behind) :: 2],
    )


def _in_mirrors(picture: Picture, which: np.ndarray, parting: float, bend: float, steep: float) -> list[Part]:
    """What is seen in each of the mirrors (see mirrors.find): what is surely that, and what is mixed with something
    nearer."""
    if not which.any():
        return []
    nearness, breaks = mirrors.behind(picture, which, parting)
    slopes = _slopes(nearness, breaks.across, breaks.down, LEAN / parting)
    mixed = (breaks.far > 0) & (breaks.far <= mirrors.MIXED)
    return [
        Part(FRONT, -number - more, cut(nearness, there.astype(np.uint8), 0, 0, bend, steep, *slopes))
        for number in range(1, int(which.max()) + 1)
        for more, there in ((0, (which == number) & ~mixed), (mirrors.MOST, (which == number) & mixed))
    ]


def _shown_behind(
    nearness: np.ndarray,
    back: np.ndarray,
    bared: np.ndarray,
    breaks: edges.Edges,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    shape: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[HiddenLayer, HiddenLayer]:
    """The back layer as far as the picture shows it: the foot of every edge, and what mixes into the pixels of its
    nearer side, at the farthest of their neighbours. Its `shape` is written to where it is there. And a deep layer with
    nothing in it."""
    rgb = back
    matte.bleed(rgb, (~breaks.rim | (bared != 0)).astype(np.uint8), 3)
    rgb = _bytes(rgb)
    there = _mixed_in(nearness, bared, breaks.near, breaks.foot, slope_x, slope_y, *shape)
    rear = HiddenLayer(rgb, *shape, there)
    return rear, HiddenLayer(rgb[:1, :1], nearness, slope_x, slope_y, np.zeros_like(rear.there))


@kernel
def _mixed_in(
    nearness: np.ndarray,
    bared: np.ndarray,
    near: np.ndarray,
    foot: np.ndarray,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
    back: np.ndarray,
    back_x: np.ndarray,
    back_y: np.ndarray,
) -> np.ndarray:
    """Where there is anything of such a back layer, uint8 [h, w], and there its nearness and slopes into the last
    three."""
    height, width = nearness.shape
    there = foot.astype(np.uint8)
    for y in range(height):
        over, under = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            if bared[y, x] != 0 and near[y, x] == 1:
                left, right = max(x - 1, 0), min(x + 1, width - 1)
                beside = min(nearness[y, left], nearness[y, right])
                back[y, x] = min(beside, min(nearness[over, x], nearness[under, x]))
                back_x[y, x] = back_y[y, x] = 0
                there[y, x] = 1
            elif there[y, x] != 0:
                back[y, x], back_x[y, x], back_y[y, x] = nearness[y, x], slope_x[y, x], slope_y[y, x]
    return there


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
def _to_sides(alpha: np.ndarray, near: np.ndarray, far: np.ndarray) -> None:
    """Makes `alpha` float32 [h, w] 0 on the farther sides of breaks and 1 elsewhere, but for pixels at a break."""
    for y in range(alpha.shape[0]):
        for x in range(alpha.shape[1]):
            side = np.float32((near[y, x] > 0) | (far[y, x] == 0))
            alpha[y, x] = alpha[y, x] if (near[y, x] == 1) | (far[y, x] == 1) else side


def _bared(rgb: np.ndarray, back: np.ndarray, far: np.ndarray) -> np.ndarray:
    """`rgb` uint8 [h, w, 3], just beyond breaks without what mixes into it there: `back` float32 [h, w, 3], rounded."""
    out = rgb.copy()
    _bare(back, far, out)
    return out


@kernel
def _bare(back: np.ndarray, far: np.ndarray, out: np.ndarray) -> None:
    """See `_bared`, which has the memory by NumPy as blocks.cut has."""
    for y in range(far.shape[0]):
        for x in range(far.shape[1]):
            if far[y, x] == 1:
                for c in range(3):
                    out[y, x, c] = np.uint8(back[y, x, c] + np.float32(0.5))


def _bytes(rgb: np.ndarray) -> np.ndarray:
    """Float32 colours [h, w, 3] of 0..255 as uint8, rounded."""
    out = np.empty(rgb.shape, np.uint8)
    _round(rgb, out)
    return out


@kernel
def _round(rgb: np.ndarray, out: np.ndarray) -> None:
    """See `_bytes`, which has the memory by NumPy as blocks.cut has."""
    half, least, most = np.float32(0.5), np.float32(0), np.float32(255)
    for y in range(rgb.shape[0]):
        row, line = rgb[y].reshape(-1), out[y].reshape(-1)
        for i in range(row.size):
            line[i] = np.uint8(np.int32(min(max(row[i] + half, least), most)))


def _slopes(nearness: np.ndarray, across: np.ndarray, down: np.ndarray, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Change of nearness a pixel, from the side where it changes less, and never over a break: within -most..most, 0
    where there is none."""
    slopes = np.empty(nearness.shape, np.float32), np.empty(nearness.shape, np.float32)
    _lean(nearness, across, down, np.float32(most), *slopes)
    return slopes


@kernel
def _lean(
    nearness: np.ndarray,
    across: np.ndarray,
    down: np.ndarray,
    most: float,
    slope_x: np.ndarray,
    slope_y: np.ndarray,
) -> None:
    """See `_slopes`."""
    height, width = nearness.shape
    line, apart = np.zeros(width + 2, np.float32), np.ones(width + 1, np.uint8)
    ends = np.ones(width, np.uint8)
    for y in range(height):
        line[1 : width + 1], apart[1:width] = nearness[y], across[y, : width - 1]
        _lean_row(line[:width], nearness[y], line[2:], apart[:width], apart[1:], most, slope_x[y])
        over, under = nearness[max(y - 1, 0)], nearness[min(y + 1, height - 1)]
        before, after = down[y - 1] if y > 0 else ends, down[y] if y + 1 < height else ends
        _lean_row(over, nearness[y], under, before, after, most, slope_y[y])


@helper
def _lean_row(
    before: np.ndarray,
    here: np.ndarray,
    after: np.ndarray,
    off_before: np.ndarray,
    off_after: np.ndarray,
    most: float,
    out: np.ndarray,
) -> None:
    """The slopes of a row in one direction."""
    none = np.float32(1e30)
    for x in range(out.size):
        back = here[x] - before[x] if off_before[x] == 0 else none
        on = after[x] - here[x] if off_after[x] == 0 else none
        best = on if abs(on) < abs(back) else back
        out[x] = min(most, max(-most, best)) if best < none else np.float32(0)
