"""Frames from the layers of one view or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...camera.paths import Pose
from ..layers import Layers
from ..picture import Picture
from ..unseen import NOTHING, Boxes
from . import clip, fuse, hide, raster, shade
from .holes import BEHIND, fill
from .raster import BAND

FULL = 2  # views that are drawn whole; the rest only where those see nothing


@dataclass(frozen=True)
class Sight:
    """A view as a frame uses it: its picture and layers, the frame's pose in the axes of its camera.

    The first two are drawn whole, more of them where those see nothing. `share` (above 0) is how much of an average it
    is; `says` 0..1 how far it can hide what other views see.
    """

    picture: Picture
    layers: Layers
    pose: Pose
    share: float = 1.0
    says: float = 1.0


@dataclass(frozen=True)
class Frame:
    """`rgb` uint8 [height, width, 3]; `nearness` float32 [height, width] as in Picture, -inf where nothing was hit;
    `unseen` is the share (0..1) of it that no view shows."""

    rgb: np.ndarray
    nearness: np.ndarray
    unseen: float


@dataclass
class _Placed:
    """A view as a frame's pose sees it (see raster.py), in buffers that are kept from frame to frame."""

    bounds: np.ndarray = field(default_factory=lambda: np.empty((4, 0), np.int32))
    reach: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    back: np.ndarray = field(default_factory=lambda: np.empty((0, raster.TURNED), np.float32))
    order: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    first: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def place(self, sight: Sight, still: Picture) -> None:
        """`still` is what the frame has its size, its lens and its nearest from."""
        height, width = still.nearness.shape
        layers, blocks = sight.layers, sight.layers.face.size
        if blocks > self.reach.size:
            self.bounds, self.reach = np.empty((4, blocks), np.int32), np.empty(blocks, np.float32)
        if layers.layer.size > len(self.back):
            self.back = np.empty((layers.layer.size, raster.TURNED), np.float32)
        projection = raster.projection(sight.picture, sight.pose, still.lens)
        raster.turn(layers.faces, *projection, self.back)
        raster.place(layers.boxes, layers.planes, *projection, height, width, self.bounds, self.reach)
        if still.front < np.inf:
            clip.clip(layers.boxes, layers.planes, *projection, still.front, self.bounds, self.reach)
        self.order, self.first = raster.bands(self.bounds, blocks, height)


class Renderer:
    """Draws frames with the size and lens of `still`, band by band. One renderer to a thread: it keeps its buffers."""

    def __init__(self, still: Picture) -> None:
        self.still = still
        self.band = band = BAND, still.width
        self.shown = np.empty(band, np.int32)
        self.fringe_keys, self.fringe_faces = (np.empty((2, math.prod(band)), kind) for kind in (np.float32, np.int32))
        self.blank = still.rgb.mean((0, 1)).round().astype(np.uint8)  # of a frame that shows nothing of any view
        self.holes = np.empty(still.height, np.int32)
        self.wanted = np.ones((BAND // raster.TILE, -(-still.width // raster.TILE)), np.uint8)
        self._grow(1)

    def _grow(self, count: int) -> None:
        self.placed = [_Placed() for _ in range(count)]
        self.colour, self.edge = (np.empty((count, *self.band), kind) for kind in (np.uint32, np.int32))
        self.near, self.weight = (np.empty((count, *self.band), np.float32) for _ in range(2))
        self.edges, self.fringe, self.fringe_near = (
            np.empty((count, self.shown.size), kind) for kind in (np.int32, np.uint32, np.float32)
        )

    def frame(self, sights: Sequence[Sight], unseen: Boxes = NOTHING) -> Frame:
        """The frame that `sights` show together. What they show behind `unseen` is not there to be seen."""
        count, shape = len(sights), self.still.nearness.shape
        if count > len(self.placed):
            self._grow(count)
        rgb, nearness = np.empty((*shape, 3), np.uint8), np.empty(shape, np.float32)
        for placed, sight in zip(self.placed, sights, strict=False):
            placed.place(sight, self.still)
        lacking = 0.0
        for top in range(0, shape[0], BAND):
            rows = slice(top, top + BAND)
            made = rgb[rows], nearness[rows], self.holes[rows]
            lacking += self._alone(sights[0], top, *made) if count == 1 else self._together(sights, top, *made)
            if len(unseen.nearness):
                lacking += self._hide(sights, unseen, top, *made[1:])
        if self.holes.any():
            fill(nearness, rgb, self.holes, self.blank, float(self._same(sights[0].picture, BEHIND)))
        return Frame(rgb, nearness, lacking / nearness.size)

    def _alone(self, sight: Sight, top: int, rgb: np.ndarray, nearness: np.ndarray, holes: np.ndarray) -> float:
        """A band of the frame of one view. Gives the pixels that it does not see."""
        self.wanted.fill(1)
        fringes = self._draw_view(0, sight, top, nearness, False)
        return float(
            fuse.alone(
                self.colour[0],
                nearness,
                self.weight[0],
                fringes,
                self.edges[0],
                self.edge[0],
                self.fringe[0],
                self.fringe_near[0],
                sight.says,
                self._same(sight.picture, fuse.ONE_SURFACE),
                rgb,
                holes,
            )
        )

    def _together(
        self, sights: Sequence[Sight], top: int, rgb: np.ndarray, nearness: np.ndarray, holes: np.ndarray
    ) -> float:
        """A band of the frame of several views. Gives the pixels that none of them sees."""
        count = len(sights)
        self.wanted.fill(1)
        says = np.array([sight.says for sight in sights], np.float32)
        for k, sight in enumerate(sights):
            if k == FULL and fuse.unseen_tiles(self.weight[:k], says[:k], len(rgb), self.wanted) == 0:
                count = FULL
                break
            self._draw_view(k, sight, top, self.near[k], True)
        shares = np.array([sight.share for sight in sights], np.float32)
        return float(
            fuse.fuse(
                self.colour[:count],
                self.near[:count],
                self.weight[:count],
                self.edge[:count],
                self.fringe[:count],
                self.fringe_near[:count],
                shares[:count],
                says[:count],
                self._same(sights[0].picture, fuse.ONE_SURFACE),
                self.wanted,
                FULL,
                rgb,
                nearness,
                holes,
            )
        )

    def _hide(self, sights: Sequence[Sight], unseen: Boxes, top: int, nearness: np.ndarray, holes: np.ndarray) -> int:
        """Leaves out what is behind `unseen` in a band. Gives how many pixels that are."""
        says = np.array([sight.says for sight in sights], np.float32)
        same = self._same(sights[0].picture, hide.BEHIND)
        seen = self.weight[: len(sights)], says, self.wanted, FULL
        return int(hide.hide(top, unseen.pixels, unseen.nearness, *seen, same, nearness, holes))

    def _draw_view(self, k: int, sight: Sight, top: int, near: np.ndarray, weighed: bool) -> int:
        """Draws a band of `sight` as the `k`th of the frame, its nearness into `near`. Gives how many pixels have a
        fringe."""
        picture, layers, placed = sight.picture, sight.layers, self.placed[k]
        band = top // BAND
        fringes = raster.draw(
            placed.order[placed.first[band] : placed.first[band + 1]],
            top,
            layers.boxes,
            layers.face,
            layers.layer,
            placed.bounds,
            placed.reach,
            placed.back,
            self._same(picture, raster.SAME),
            self.wanted,
            k < FULL,
            near,
            self.shown,
            self.edge[k],
            self.edges[k],
            self.fringe_keys,
            self.fringe_faces,
        )
        border = np.float32(shade.BORDER * picture.width)
        lookup = layers.places, layers.origins, border
        shade.sample(
            top,
            self.shown,
            placed.back,
            layers.layer,
            layers.pairs,
            *lookup,
            self.wanted,
            weighed,
            self.colour[k],
            self.weight[k],
        )
        shade.soften(
            top,
            fringes,
            self.edges[k],
            self.fringe_keys,
            self.fringe_faces,
            placed.back,
            layers.layer,
            layers.texels,
            *lookup,
            near,
            self.colour[k],
            self.weight[k],
            self.edge[k],
            self.fringe[k],
            self.fringe_near[k],
        )
        return int(fringes)

    @staticmethod
    def _same(picture: Picture, share: float) -> np.float32:
        """For an orthographic camera, what nearness may differ by in one surface; 0: it is a share of the nearness."""
        return np.float32(share * picture.span if picture.orthographic else 0.0)
