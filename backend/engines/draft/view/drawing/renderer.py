"""Frames from the layers of one view or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...camera.paths import Pose
from ..layers import Layers
from ..picture import Picture
from ..unseen import NOTHING, Boxes
from . import clip, fuse, hide, raster, shade
from .holes import BEHIND, fill

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


class Renderer:
    """Draws frames with the size and lens of `still`. One renderer to a thread: it keeps its buffers."""

    def __init__(self, still: Picture) -> None:
        self.still = still
        shape = still.nearness.shape
        self.shown = np.empty(shape, np.int32)
        # Fringes are few: of what is set aside for them, what is not written takes no memory.
        self.fringe_keys, self.fringe_faces = (np.empty((2, math.prod(shape)), kind) for kind in (np.float32, np.int32))
        self.blank = still.rgb.mean((0, 1)).round().astype(np.uint8)  # of a frame that shows nothing of any view
        self.holes = np.empty(shape[0], np.int32)
        self.wanted = np.ones((-(-shape[0] // raster.TILE), -(-shape[1] // raster.TILE)), np.uint8)
        self._grow(1)
        self.bounds, self.reach = np.empty((4, 0), np.int32), np.empty(0, np.float32)
        self.back = np.empty((0, raster.TURNED), np.float32)

    def _grow(self, count: int) -> None:
        shape = (count, *self.still.nearness.shape)
        self.colour, self.edge = np.empty(shape, np.uint32), np.zeros(shape, np.int32)
        self.near, self.weight = (np.empty(shape, np.float32) for _ in range(2))
        self.edges, self.fringe, self.fringe_near = (
            np.empty((count, self.shown.size), kind) for kind in (np.int32, np.uint32, np.float32)
        )
        self.fringes = [0] * count  # pixels that have any

    def _make_room(self, blocks: int, faces: int) -> None:
        if blocks > len(self.reach):
            self.bounds, self.reach = np.empty((4, blocks), np.int32), np.empty(blocks, np.float32)
        if faces > len(self.back):
            self.back = np.empty((faces, raster.TURNED), np.float32)

    def frame(self, sights: Sequence[Sight], unseen: Boxes = NOTHING) -> Frame:
        """The frame that `sights` show together. What they show behind `unseen` is not there to be seen."""
        count = len(sights)
        if count > len(self.near):
            self._grow(count)
        rgb = np.empty((*self.still.nearness.shape, 3), np.uint8)
        nearness = np.empty(self.still.nearness.shape, np.float32)
        lacking = self._alone(sights[0], rgb, nearness) if count == 1 else self._together(sights, rgb, nearness)
        if len(unseen.nearness):
            lacking += self._hide(sights, unseen, nearness)
        if self.holes.any():
            fill(nearness, rgb, self.holes, self.blank, float(self._same(sights[0].picture, BEHIND)))
        return Frame(rgb, nearness, lacking / nearness.size)

    def _alone(self, sight: Sight, rgb: np.ndarray, nearness: np.ndarray) -> float:
        """The frame of one view, into `rgb` and `nearness`. Gives the pixels that it does not see."""
        self.wanted.fill(1)
        self._draw_view(0, sight, nearness)
        return float(
            fuse.alone(
                self.colour[0],
                nearness,
                self.weight[0],
                self.fringes[0],
                self.edges[0],
                self.edge[0],
                self.fringe[0],
                self.fringe_near[0],
                sight.says,
                self._same(sight.picture, fuse.ONE_SURFACE),
                rgb,
                self.holes,
            )
        )

    def _together(self, sights: Sequence[Sight], rgb: np.ndarray, nearness: np.ndarray) -> float:
        """The frame of several views, into `rgb` and `nearness`. Gives the pixels that none of them sees."""
        count = len(sights)
        self.wanted.fill(1)
        says = np.array([sight.says for sight in sights], np.float32)
        for k, sight in enumerate(sights):
            if k == FULL:
                fuse.unseen_tiles(self.weight[:k], says[:k], self.wanted)
            self._draw_view(k, sight, self.near[k])
        shares = np.array([sight.share for sight in sights], np.float32)
        return float(
            fuse.fuse(
                self.colour[:count],
                self.near[:count],
                self.weight[:count],
                self.edge[:count],
                self.fringe[:count],
                self.fringe_near[:count],
                shares,
                says,
                self._same(sights[0].picture, fuse.ONE_SURFACE),
                self.wanted,
                FULL,
                rgb,
                nearness,
                self.holes,
            )
        )

    def _hide(self, sights: Sequence[Sight], unseen: Boxes, nearness: np.ndarray) -> int:
        """Leaves out what is behind `unseen`. Gives how many pixels that are."""
        says = np.array([sight.says for sight in sights], np.float32)
        same = self._same(sights[0].picture, hide.BEHIND)
        seen = self.weight[: len(sights)], says, self.wanted, FULL
        return int(hide.hide(unseen.pixels, unseen.nearness, *seen, same, nearness, self.holes))

    def _draw_view(self, k: int, sight: Sight, near: np.ndarray) -> None:
        """Draws `sight` as the `k`th of the frame, its nearness into `near`."""
        picture, layers = sight.picture, sight.layers
        projection = raster.projection(picture, sight.pose, self.still.lens)
        self._make_room(len(layers.face), len(layers.layer))
        bounds, reach, back = self.bounds, self.reach, self.back
        raster.turn(layers.faces, *projection, back)
        raster.place(layers.boxes, layers.planes, *projection, *self.shown.shape, bounds, reach)
        if self.still.front < np.inf:
            clip.clip(layers.boxes, layers.planes, *projection, self.still.front, bounds, reach)
        near.fill(-np.inf)
        self.shown.fill(-1)
        self.edge[k].reshape(-1)[self.edges[k, : self.fringes[k]]] = 0
        self.fringes[k] = raster.draw(
            layers.boxes,
            layers.face,
            layers.layer,
            bounds,
            reach,
            back,
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
            self.shown,
            back,
            layers.layer,
            layers.pairs,
            *lookup,
            self.wanted,
            len(self.near) > 1,
            self.colour[k],
            self.weight[k],
        )
        shade.soften(
            self.fringes[k],
            self.edges[k],
            self.fringe_keys,
            self.fringe_faces,
            back,
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

    @staticmethod
    def _same(picture: Picture, share: float) -> np.float32:
        """For an orthographic camera, what nearness may differ by in one surface; 0: it is a share of the nearness."""
        return np.float32(share * float(np.ptp(picture.nearness)) if picture.orthographic else 0.0)
