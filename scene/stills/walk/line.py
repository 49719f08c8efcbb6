"""A line through places: a curve of Bezier pieces without swings, that keeps clear of what the straight one does."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..coverage.rays import Trees

ROUND = 0.35  # length of a handle, of the shorter of both pieces beside it
LEAST = 0.12  # metres that a rounded corner keeps from anything
TRIES = 5
FINE = 24  # points of a piece that it is measured by


@dataclass(frozen=True)
class Line:
    """`points` [n, 3] with their handles before (`left`) and after (`right`) each, [n, 3]. `along` [n] is how far each
    point is along the line, in units."""

    points: np.ndarray
    left: np.ndarray
    right: np.ndarray
    along: np.ndarray

    @property
    def length(self) -> float:
        return float(self.along[-1])


def line(places: list[np.ndarray], trees: Trees | None, metre: float = 1.0) -> Line:
    """The line through these places. Where its round corners come too near to something they get tighter."""
    points = np.array(places, float)
    tight = np.full(len(points), ROUND)
    left, right = _handles(points, tight)
    for _ in range(TRIES if trees is not None else 0):
        assert trees is not None
        bad = {
            index
            for index in range(len(points) - 1)
            for place in _piece(points, left, right, index)[1:-1]
            if _is_near(trees, place, points, LEAST * metre)
        }
        if not bad:
            break
        for index in bad:
            tight[[index, index + 1]] *= 0.4
        left, right = _handles(points, tight)
    lengths = [
        float(np.linalg.norm(np.diff(_piece(points, left, right, index), axis=0), axis=1).sum())
        for index in range(len(points) - 1)
    ]
    return Line(points, left, right, np.array([0.0, *itertools.accumulate(lengths)]))


def _is_near(trees: Trees, place: np.ndarray, points: np.ndarray, least: float) -> bool:
    ends = min(np.linalg.norm(place - points[0]), np.linalg.norm(place - points[-1]))
    least = min(least, float(ends) * 0.5)
    return least > 1e-4 and trees.nearest(place, least) is not None


def _handles(points: np.ndarray, tight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Along the way from the point before to the one after; in height so that none goes beyond its neighbours."""
    left, right = points.copy(), points.copy()
    for index in range(len(points)):
        before, after = points[max(0, index - 1)], points[min(len(points) - 1, index + 1)]
        here = points[index]
        way = after - before
        sides = [float(np.linalg.norm(other - here)) for other in (before, after)]
        ends = [side for side, at in zip(sides, (index > 0, index < len(points) - 1), strict=True) if at]
        reach = tight[index] * min(ends)  # nought where two places are one
        flat = np.linalg.norm(way[:2])
        if reach == 0 or np.linalg.norm(way) < 1e-9:
            continue
        tangent = way / np.linalg.norm(way)
        up = (here[2] - before[2]) * (after[2] - here[2])
        if 0 < index < len(points) - 1 and up <= 0 and flat > 1e-9:
            tangent = np.array([*(way[:2] / flat), 0.0])
        left[index], right[index] = here - tangent * reach, here + tangent * reach
        for handle, other in ((left[index], before), (right[index], after)):
            low, high = sorted((here[2], other[2]))
            handle[2] = np.clip(handle[2], low, high)
    return left, right


def _piece(points: np.ndarray, left: np.ndarray, right: np.ndarray, index: int) -> np.ndarray:
    """Points of one piece of the curve, [FINE + 1, 3]."""
    s = np.linspace(0, 1, FINE + 1)[:, None]
    a, b, c, d = points[index], right[index], left[index + 1], points[index + 1]
    return (1 - s) ** 3 * a + 3 * (1 - s) ** 2 * s * b + 3 * (1 - s) * s**2 * c + s**3 * d
