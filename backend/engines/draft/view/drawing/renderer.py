"""Frames from the layers of one view or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from ...camera.paths import Pose
from ..layers import Layers
from ..picture import Picture
from ..unseen import NOTHING, Boxes
from . import bands, clip, fuse, hide, raster, shade
from .holes import BEHIND, fill
from .smooth import BREAK, smooth


@dataclass(frozen=True)
class Sight:
    """A view as a frame uses it: its picture and layers, the frame's pose in the axes of its camera.

    The first two are drawn whole, more of them where those see nothing. `share` (above 0) is how much of an average it
    is; `says` 0..1 how far it can hide what the others see, but for the first two if it is none of them.
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
    mirror_order: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    mirror_first: np.ndarray = field(default_factory=lambda: np.empty((0, 0), np.int64))

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
        starts = layers.mirrored
        self.order, self.first = raster.bands(self.bounds, int(starts[0]), height)
        orders, firsts, before = [np.empty(0, np.int32)], [], 0
        for start, end in pairwise(starts):
            order, first = raster.bands(np.ascontiguousarray(self.bounds[:, start:end]), int(end - start), height)
            orders.append(order + np.int32(start))
            firsts.append(first + before)
            before += order.size
        self.mirror_order = np.concatenate(orders)
        self.mirror_first = np.array(firsts, np.int64).reshape(len(firsts), self.first.size)


class Renderer:
    """Draws frames with the size and lens of `still`. One renderer to a thread: it keeps its buffers."""

    def __init__(self, still: Picture) -> None:
        self.still = still
        self.holes = np.empty(still.height, np.int32)
        self._grow(1)

    @cached_property
    def blank(self) -> np.ndarray:
        """The colour of a frame that shows nothing of any view: that of the still on the whole."""
        return self.still.rgb.mean((0, 1)).round().astype(np.uint8)

    def _grow(self, count: int) -> None:
        self.placed = [_Placed() for _ in range(count)]
        self.work = bands.buffers(count, self.still.width)

    def frame(self, sights: Sequence[Sight], unseen: Boxes = NOTHING) -> Frame:
        """The frame that `sights` show together. What they show behind `unseen` is not there to be seen."""
        count, shape, first = len(sights), self.still.nearness.shape, sights[0].picture
        if count > len(self.placed):
            self._grow(count)
        rgb, nearness = np.empty((*shape, 3), np.uint8), np.empty(shape, np.float32)
        for placed, sight in zip(self.placed, sights, strict=False):
            placed.place(sight, self.still)
        views = [self._shown(sight, placed) for sight, placed in zip(sights, self.placed, strict=False)]
        lacking = bands.draw(
            (*views, *views[:1] * (bands.MOST - count)),  # as many for every frame: it is compiled once
            np.array([sight.share for sight in sights], np.float32),
            np.array([sight.says for sight in sights], np.float32),
            _same(first, fuse.ONE_SURFACE),
            unseen.pixels,
            unseen.nearness,
            _same(first, hide.BEHIND),
            self.work,
            rgb,
            nearness,
            self.holes,
        )
        empty = int(self.holes.sum())
        if empty == nearness.size:
            rgb[:] = self.blank
        elif empty:
            fill(nearness, rgb, self.holes, float(_same(first, BEHIND)))
        part = min(sight.says for sight in sights[:2]) if count > 1 else 0.0
        if part > 0:  # at a view's own pose it is shown alone, as true as it can be
            smooth(rgb, nearness, np.float32(part), _same(first, BREAK))
        return Frame(rgb, nearness, lacking / nearness.size)

    @staticmethod
    def _shown(sight: Sight, placed: _Placed) -> bands.Shown:
        layers, picture = sight.layers, sight.picture
        border = np.float32(shade.BORDER * picture.width)
        return bands.Shown(
            layers.boxes,
            layers.face,
            layers.layer,
            layers.pairs,
            layers.texels,
            layers.places,
            layers.origins,
            np.float32(layers.dense),
            border,
            _same(picture, raster.SAME),
            placed.order,
            placed.first,
            placed.bounds,
            placed.reach,
            placed.back,
            layers.mirror,
            placed.mirror_order,
            placed.mirror_first,
        )


def _same(picture: Picture, share: float) -> np.float32:
    """For an orthographic camera, what nearness may differ by in one surface; 0: it is a share of the nearness."""
    return np.float32(share * picture.span if picture.orthographic else 0.0)
