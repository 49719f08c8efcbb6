"""Rays against triangles: many small trees, each of which is built in some milliseconds, asked in the order in which a
ray meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree

from .steps import Steps
from .surfaces import SOLID, Surfaces

LEAST = 16_000  # triangles of a tree: built in some 5 ms; of smaller ones each ray is asked of more
RAYS = 120  # that are cast between two yields
NEAR = 2e-3  # of the distance: what is nearer to a point than this is the point's own surface
LAYERS = 32  # leaves with holes that a ray goes through at most
NOTHING = np.inf
Near = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Hits:
    """`distance` [n] along each ray, infinity where it meets nothing; `normal` [n, 3] of the surface that it meets."""

    distance: np.ndarray
    normal: np.ndarray


class Trees:
    """The triangles, ready for rays."""

    def __init__(self, surfaces: Surfaces) -> None:
        self._surfaces = surfaces
        self._trees: list[tuple[BVHTree, np.ndarray]] = []  # and which triangles it holds
        self._low = np.zeros((0, 3))
        self._high = np.zeros((0, 3))
        self._has_holes = bool(len(surfaces.leaves))

    def build(self) -> Steps[None]:
        """Sort the triangles by place and make the trees."""
        surfaces = self._surfaces
        if not len(surfaces.triangles):
            return
        corners = surfaces.vertices[surfaces.triangles]
        yield 0.05
        low, high = corners.min(1), corners.max(1)
        yield 0.1
        extent = (high - low).max(1)
        large = np.argsort(-extent)[: LEAST // 2]  # walls and floors: the first that hides anything
        rest = np.ones(len(extent), bool)
        rest[large] = False
        yield 0.2
        groups, centres = [large], (low + high) / 2
        yield 0.25
        for group in _split(np.flatnonzero(rest), centres):
            if group is not None:
                groups.append(group)
            yield 0.3
        lows, highs = [], []
        for index, group in enumerate(group for group in groups if len(group)):
            used, local = np.unique(surfaces.triangles[group], return_inverse=True)
            # Tuples of numbers: lists would have Python's collector go through all of Blender's objects, some 40 ms.
            vertices = list(zip(*surfaces.vertices[used].T.tolist(), strict=True))
            faces = list(zip(*local.reshape(-1, 3).T.tolist(), strict=True))
            yield 0.3 + 0.7 * index / len(groups)
            self._trees.append((BVHTree.FromPolygons(vertices, faces, all_triangles=True), group))
            lows.append(low[group].min(0))
            highs.append(high[group].max(0))
            yield 0.3 + 0.7 * index / len(groups)
        self._low, self._high = np.array(lows, float), np.array(highs, float)

    def first_hits(self, origin: np.ndarray, directions: np.ndarray, after: np.ndarray | None = None) -> Steps[Hits]:
        """What rays from one place meet first; `directions` [n, 3] of length 1. What is nearer than `after` [n] is as
        if it were not there."""
        count = len(directions)
        distance, normal = np.full(count, NOTHING), np.zeros((count, 3))
        skipped = np.zeros(count) if after is None else after
        begins = origin + directions * skipped[:, None]
        for start in range(0, count, RAYS):
            part = slice(start, start + RAYS)
            entries = self._entries(origin, directions[part])
            rays = [Vector(direction) for direction in directions[part].tolist()]
            starts = [Vector(begin) for begin in begins[part].tolist()]
            for tree in self._nearest_first(entries):
                best = distance[part]
                for index in np.flatnonzero(entries[:, tree] < best).tolist():
                    gone = float(skipped[start + index])
                    found = self._hit(tree, starts[index], rays[index], float(best[index]) - gone)
                    if found is not None:
                        distance[start + index], normal[start + index] = gone + found[0], found[1]
            yield 0.0
        return Hits(distance, normal)

    def sees(self, origin: np.ndarray, points: np.ndarray, near: Near | None = None) -> Steps[np.ndarray]:
        """Whether nothing stands between `origin` and each of the `points` [n, 3]. `near` says of directions [n, 3]
        how far along them [n] is as if nothing were there."""
        seen = np.ones(len(points), bool)
        for start in range(0, len(points), RAYS):
            part = slice(start, start + RAYS)
            ways = points[part] - origin
            far = np.linalg.norm(ways, axis=1)
            directions = ways / np.maximum(far, 1e-9)[:, None]
            after = np.zeros(len(far)) if near is None else near(directions)
            seen[part] = self._open(origin, directions, far * (1 - NEAR), after)
            yield 0.0
        return seen

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The lowest and the highest corner of all there is, [3] each."""
        if not len(self._low):
            return np.full(3, -np.inf), np.full(3, np.inf)
        return self._low.min(0), self._high.max(0)

    def nearest(self, place: np.ndarray, radius: float) -> float | None:
        """The distance of the nearest surface within `radius`, None where there is none."""
        inside = np.all((place >= self._low - radius) & (place <= self._high + radius), axis=1)
        best = None
        for index in np.flatnonzero(inside):
            found = self._trees[index][0].find_nearest(Vector(place), radius if best is None else best)
            if found[3] is not None and (best is None or found[3] < best):
                best = found[3]
        return best

    def is_free(self, start: np.ndarray, end: np.ndarray) -> bool:
        """Whether no surface crosses the line between two places."""
        way = end - start
        far = float(np.linalg.norm(way))
        if far < 1e-9:
            return True
        return bool(self._open(start, (way / far)[None], np.array([far]), np.zeros(1))[0])

    # --- few rays --------------------------------------------------------------------------------------------

    def _entries(self, origin: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Where each ray enters each tree's box, [rays, trees]; infinity where it passes it by."""
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = 1.0 / directions[:, None, :]
            one, two = (self._low - origin) * inverse, (self._high - origin) * inverse
        flat = np.isnan(one) | np.isnan(two)  # along a side of the box, and on it
        enters = np.where(flat, -np.inf, np.minimum(one, two)).max(-1)
        leaves = np.where(flat, np.inf, np.maximum(one, two)).min(-1)
        return np.where((leaves >= np.maximum(enters, 0) - 1e-6), np.maximum(enters, 0), np.inf)

    def _open(self, origin: np.ndarray, directions: np.ndarray, far: np.ndarray, after: np.ndarray) -> np.ndarray:
        """Which rays [n] meet nothing between `after` and `far` on them."""
        open_ = np.ones(len(far), bool)
        entries = self._entries(origin, directions)
        begins = [Vector(one) for one in (origin + directions * after[:, None]).tolist()]
        rays, ends = [Vector(one) for one in directions.tolist()], np.maximum(far - after, 0).tolist()
        for index, (tree, _) in enumerate(self._trees):
            asked = np.flatnonzero(open_ & (entries[:, index] <= far)).tolist()
            if self._has_holes:
                shut = [self._hit(index, begins[one], rays[one], ends[one]) is not None for one in asked]
            else:
                cast = tree.ray_cast
                shut = [cast(begins[one], rays[one], ends[one])[3] is not None for one in asked]
            open_[asked] = ~np.array(shut, bool)
        return open_

    def _nearest_first(self, entries: np.ndarray) -> list[int]:
        """The trees that any ray enters, those that are entered nearest first."""
        first = entries.min(0)
        return [int(index) for index in np.argsort(first) if first[index] < np.inf]

    def _hit(self, index: int, origin: Vector, direction: Vector, most: float) -> tuple[float, Vector] | None:
        """The first surface of one tree nearer than `most`, through the holes of leaves."""
        tree, group = self._trees[index]
        gone = 0.0
        for _ in range(LAYERS):
            left = most - gone if most != NOTHING else 1e30
            place, normal, face, distance = tree.ray_cast(origin + direction * gone, direction, left)
            if place is None:
                return None
            if not self._has_holes or self._is_there(int(group[face]), place):
                return gone + distance, normal
            gone += distance + 1e-4 + 1e-5 * (gone + distance)
        return None

    def _is_there(self, triangle: int, place: Vector) -> bool:
        surfaces = self._surfaces
        leaf = int(surfaces.leaf[triangle])
        if leaf == SOLID:
            return True
        a, b, c = surfaces.vertices[surfaces.triangles[triangle]].astype(float)
        u, v = np.linalg.lstsq(np.stack([b - a, c - a], 1), np.array(place) - a, rcond=None)[0]
        corners = surfaces.uv[triangle]
        at = corners[0] + u * (corners[1] - corners[0]) + v * (corners[2] - corners[0])
        return surfaces.leaves[leaf].holds(float(at[0]), float(at[1]))


def _split(group: np.ndarray, centres: np.ndarray) -> Iterator[np.ndarray | None]:
    """Halves of halves, by the longest side, until they are small; None is a pause."""
    waiting = [group]
    while waiting:
        group = waiting.pop()
        if len(group) <= LEAST:
            if len(group):
                yield group
            continue
        places = centres[group]
        axis = int(np.argmax(np.ptp(places, axis=0)))
        middle = len(group) // 2
        order = np.argpartition(places[:, axis], middle)
        waiting += [group[order[:middle]], group[order[middle:]]]
        yield None
