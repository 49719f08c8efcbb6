"""Points of a path's moments, what rays meet there, and which of them a view sees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..track import Pose, Track, clipped, in_picture, rays_through
from .margin import NONE, Margin, widened
from .rays import Trees
from .steps import Steps

GRID = (28, 16)  # rays of a moment
MAGNIFIED = 2.0  # a surface may be drawn this much larger than its view shows it
ASIDE = math.radians(3)  # between the ways to a point from a view and from a moment: up to that the view is close
EDGE = -1e-6  # of a picture's sides: what rounding puts beside it
ANYWHERE = np.array([0.7548776662466927, 0.5698402909980532])  # multiples of which fill a square evenly (Roberts 2018)
FAR = 1e3  # times the scene's size: where the sky is


@dataclass
class Points:
    """What the moments' rays meet: `place` [n, 3], its `normal`, of which `moment`, `fine` the pixels a unit there,
    and `sky` where it is nothing."""

    place: np.ndarray
    normal: np.ndarray
    moment: np.ndarray
    fine: np.ndarray
    sky: np.ndarray

    def only(self, which: np.ndarray) -> Points:
        return Points(*(getattr(self, name)[which] for name in ("place", "normal", "moment", "fine", "sky")))


def met(track: Track, moments: list[int], places: list[np.ndarray], trees: Trees, size: float) -> Steps[Points]:
    """What the rays through `places` (pixels x, y [n, 2] of each moment) meet, the moments one after the other."""
    found = []
    for number, (at, through) in enumerate(zip(moments, places, strict=True)):
        pose = track.poses[at]
        begin, directions = rays_through(pose, *through.T)
        after = clipped(pose, directions)
        if pose.is_orthographic:
            distance, normal = np.empty(len(begin)), np.empty((len(begin), 3))
            for index, (one, direction) in enumerate(zip(begin, directions, strict=True)):
                hits = yield from trees.first_hits(one, direction[None], after[index : index + 1])
                distance[index], normal[index] = hits.distance[0], hits.normal[0]
        else:
            hits = yield from trees.first_hits(pose.place, directions, after)
            distance, normal = hits.distance, hits.normal
        sky = ~np.isfinite(distance)
        place = begin + directions * np.where(sky, FAR * size, distance)[:, None]
        found.append(Points(place, normal, np.full(len(sky), number), fineness(pose, place, normal), sky))
        yield number / len(moments)
    return Points(
        *(np.concatenate([getattr(one, n) for one in found]) for n in ("place", "normal", "moment", "fine", "sky"))
    )


def scattered(track: Track, moments: list[int], grid: tuple[int, int] = GRID) -> list[np.ndarray]:
    """Places in the picture (pixels x, y [n, 2]) for each moment, row by row: one anywhere in each cell of the grid, as
    what repeats, slats or bars, would fall in step with the grid's own places."""
    size = np.array([track.width, track.height]) / grid
    cells = np.stack(np.meshgrid(np.arange(grid[0]), np.arange(grid[1])), -1).reshape(-1, 2)
    number = np.arange(len(cells))[:, None]
    return [(cells + (number + at * len(cells)) * ANYWHERE % 1) * size for at in moments]


def fineness(pose: Pose, place: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Pixels a unit of the surface, as this pose shows it: their geometric mean of both directions."""
    way = place - pose.place
    far = np.linalg.norm(way, axis=1)
    slant = np.abs(np.einsum("ij,ij->i", way, normal)) / np.maximum(far, 1e-9)
    if pose.is_orthographic:
        return pose.fx * np.sqrt(np.maximum(slant, 1e-3))
    return pose.fx / np.maximum(far, 1e-9) * np.sqrt(np.maximum(slant, 1e-3))


def seen_by(
    track: Track, at: int, trees: Trees, points: Points, which: np.ndarray, margin: Margin = NONE
) -> Steps[tuple[np.ndarray, np.ndarray]]:
    """Of the points `which`: those that the view at this pose sees, and those that it sees sharply. The still (`at` 0)
    may have a `margin`."""
    if margin:
        track = widened(track, margin)
    pose = track.poses[at]
    index = np.flatnonzero(which & in_picture(track, pose, points.place, EDGE))
    some = points.only(index)
    open_ = yield from open_to(trees, pose, some.place)
    sharp = some.sky | (fineness(pose, some.place, some.normal) * MAGNIFIED >= some.fine)
    sees, well = np.zeros(len(which), bool), np.zeros(len(which), bool)
    sees[index], well[index] = open_, open_ & sharp
    return sees, well


def beside(track: Track, at: int, moments: list[int], points: Points) -> np.ndarray:
    """For which points [n] the view at this pose is close to their moment: it sees them from almost the same side."""
    view, poses = track.poses[at], [track.poses[one] for one in moments]
    if view.is_orthographic:
        axes = np.array([np.array(pose.matrix)[:3, 2] for pose in poses])
        return (axes @ np.array(view.matrix)[:3, 2] >= math.cos(ASIDE))[points.moment]
    ways = points.place - view.place, points.place - np.array([pose.place for pose in poses])[points.moment]
    one, other = (way / np.maximum(np.linalg.norm(way, axis=1), 1e-9)[:, None] for way in ways)
    return np.einsum("ij,ij->i", one, other) >= math.cos(ASIDE)


def open_to(trees: Trees, pose: Pose, place: np.ndarray) -> Steps[np.ndarray]:
    """Whether nothing hides each place from the pose."""
    if not pose.is_orthographic:
        seen = yield from trees.sees(pose.place, place, partial(clipped, pose))
        return seen
    back = np.array(pose.matrix)[:3, 2]
    seen = np.ones(len(place), bool)
    for index, one in enumerate(place):
        begin = one + back * float((pose.place - one) @ back)
        part = yield from trees.sees(begin, one[None], partial(clipped, pose))
        seen[index] = part[0]
    return seen
