"""A still that is rendered wider than its frame: how many pixels more on which side show enough of the path.

The margin is of the still's own camera: same place, same grid of pixels, a larger picture around it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..track import Pose, Track

STEPS = 24  # a side is as many steps of this margin wide
MOST = 12  # steps on a side: half the picture
MOST_MORE = 1.0  # a margin has no more pixels than a second still
LEAST_GAIN = 0.01  # of all points of the path: what shows less is not worth it,
LEAST_WORTH = 0.1  # and so is what shows less of them than this share of what it adds to the still's pixels
MOST_SIDE = 8192  # pixels


@dataclass(frozen=True)
class Margin:
    """Pixels beyond the still's picture on each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def __bool__(self) -> bool:
        return any((self.left, self.top, self.right, self.bottom))

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The size of the wider picture around one of this size."""
        return width + self.left + self.right, height + self.top + self.bottom

    def more(self, width: int, height: int) -> float:
        """The share of pixels that the wider picture has more."""
        wide, high = self.size(width, height)
        return wide * high / (width * height) - 1

    def within(self, values: np.ndarray) -> np.ndarray:
        """Of the `values` [height, width] of the wider picture those of the still."""
        high, wide = values.shape
        return values[self.top : high - self.bottom, self.left : wide - self.right]


NONE = Margin()


def widest(track: Track) -> Margin:
    """As wide as any margin of these pictures may be."""
    across, down = MOST * _step(track.width), MOST * _step(track.height)
    return Margin(across, down, across, down)


def widened(track: Track, margin: Margin) -> Track:
    """The still's pose alone, seen by a lens with this much more around it: each pixel stays the ray that it was."""
    one, (width, height) = track.poses[0], margin.size(track.width, track.height)
    cx, cy = one.cx + margin.left, one.cy + margin.top
    shift = (width / 2 - cx) / width, (cy - height / 2) * (one.fx / one.fy) / width
    lens = replace(one.lens, sensor_fit="HORIZONTAL", shift_x=shift[0], shift_y=shift[1])
    if one.is_orthographic:
        lens = replace(lens, ortho_scale=width / one.fx)
    else:
        lens = replace(lens, sensor_width=width * one.lens.lens / one.fx)
    return Track((replace(one, lens=lens, cx=cx, cy=cy),), width, height)


def beyond(track: Track, points: np.ndarray) -> np.ndarray:
    """Steps that the still needs on each side to hold each of these points: int [n, 4], left, top, right, bottom; what
    is behind the camera needs too many."""
    one: Pose = track.poses[0]
    matrix = np.array(one.matrix)
    local = (points - matrix[:3, 3]) @ matrix[:3, :3]
    depth = np.ones(len(points)) if one.is_orthographic else -local[:, 2]
    near = np.maximum(depth, 1e-9)
    x, y = one.cx + one.fx * local[:, 0] / near, one.cy - one.fy * local[:, 1] / near
    across, down = _step(track.width), _step(track.height)
    out = np.stack([-x / across, -y / down, (x - track.width) / across, (y - track.height) / down], 1)
    steps = np.ceil(np.clip(out, 0, MOST + 1)).astype(int)
    steps[-local[:, 2] <= 1e-6] = MOST + 1
    return steps


def fitted(track: Track, steps: np.ndarray, total: int) -> Margin:
    """The margin that shows most of these points [n, 4] (see `beyond`; none of them is in the still) for its pixels;
    none where it would not be worth it. `total` is how many points the whole path has."""
    sides, shown = np.zeros(4, int), 0
    while True:
        best, best_worth = None, 0.0
        here = _margin(track, sides).more(track.width, track.height)
        for longer in _longer(sides):
            margin = _margin(track, longer)
            more = margin.more(track.width, track.height)
            if more > MOST_MORE or max(margin.size(track.width, track.height)) > MOST_SIDE:
                continue
            gain = int((steps <= longer).all(1).sum()) - shown
            worth = gain / max(total, 1) / max(more - here, 1e-9)
            if worth > best_worth:
                best, best_worth = longer, worth
        if best is None or best_worth < LEAST_WORTH:
            break
        sides, shown = best, int((steps <= best).all(1).sum())
    return _margin(track, sides) if shown >= LEAST_GAIN * max(total, 1) else NONE


def _longer(sides: np.ndarray) -> list[np.ndarray]:
    """These margins with one side longer, or two that meet in a corner."""
    found = []
    for which in ((0,), (1,), (2,), (3,), (0, 1), (1, 2), (2, 3), (3, 0), (0, 1, 2, 3)):
        for by in range(1, MOST + 1):
            longer = sides.copy()
            longer[list(which)] += by
            if longer.max() > MOST:
                break
            found.append(longer)
    return found


def _margin(track: Track, sides: np.ndarray) -> Margin:
    across, down = _step(track.width), _step(track.height)
    left, top, right, bottom = (int(side) for side in sides)
    return Margin(left * across, top * down, right * across, bottom * down)


def _step(side: int) -> int:
    """Pixels of a step: even, so that a smaller clip's picture lies on whole pixels more often."""
    return max(2, round(side / STEPS / 2) * 2)
