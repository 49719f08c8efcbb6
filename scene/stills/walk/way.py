"""A free way between two places: straight where it is free, else around what stands there and through doors."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import numpy as np

from ..coverage.rays import Trees
from ..coverage.steps import Steps

CLEAR = 0.25  # metres between the camera and anything
TIGHT = 0.05  # where it begins and ends: it may stand against a wall
WISHED = 0.5  # what it keeps where there is room
CELL = 0.15
BODY = 0.7  # below the camera: what stands there is walked around if there is a way around
OVER = 4.0  # how much dearer a metre is above something than beside it
MOST_CELLS = 60_000
STEPS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]


def find(trees: Trees, start: np.ndarray, end: np.ndarray, metre: float = 1.0) -> Steps[list[np.ndarray] | None]:
    """The places where the way bends, from `start` to `end`, both among them; None where there is no free way.

    The height goes evenly from one's to the other's. `metre` is the length of one in units.
    """
    ground = _Ground(trees, start, end, metre)
    if ground.is_straight(start, end):
        return [start, end]
    yield 0.0
    cells = yield from _search(ground)
    if cells is None:
        return None
    places = [start, *(ground.place(cell) for cell in cells[1:-1]), end]
    short = yield from _pulled(ground, places)
    return short


class _Ground:
    """Where a camera may be on its way between two places: a plane of cells from one's height to the other's."""

    def __init__(self, trees: Trees, start: np.ndarray, end: np.ndarray, metre: float) -> None:
        self.trees, self.start, self.end, self.metre = trees, start, end, metre
        self.size = CELL * metre
        self._cost: dict[tuple[int, int], float] = {}

    def cell(self, place: np.ndarray) -> tuple[int, int]:
        x, y = np.round((place[:2] - self.start[:2]) / self.size)
        return int(x), int(y)

    def place(self, cell: tuple[int, int]) -> np.ndarray:
        """The middle of a cell, at its height: nearer to an end, nearer to that one's."""
        at = self.start[:2] + np.array(cell) * self.size
        near, far = float(np.linalg.norm(at - self.start[:2])), float(np.linalg.norm(at - self.end[:2]))
        share = near / max(near + far, 1e-9)
        return np.array([*at, self.start[2] + share * (self.end[2] - self.start[2])])

    def clearance(self, place: np.ndarray) -> float:
        """What has to be free around the camera here."""
        ends = min(np.linalg.norm(place - self.start), np.linalg.norm(place - self.end))
        return max(TIGHT * self.metre, min(CLEAR * self.metre, float(ends)))

    def cost(self, cell: tuple[int, int]) -> float:
        """How dear a step into this cell is, infinite where something stands."""
        if cell not in self._cost:
            self._cost[cell] = self.cost_at(self.place(cell))
        return self._cost[cell]

    def cost_at(self, place: np.ndarray) -> float:
        wished = WISHED * self.metre
        near = self.trees.nearest(place, wished)
        if near is not None and near < self.clearance(place):
            return math.inf
        cost = 1.0 if near is None else 1.0 + 2 * (wished - near) / wished
        body = place - (0, 0, BODY * self.metre)
        below = self.trees.nearest(body, CLEAR * self.metre)
        return cost * OVER if below is not None and below < self.clearance(place) else cost

    def is_straight(self, start: np.ndarray, end: np.ndarray) -> bool:
        """Whether the straight line is free all along, also for what goes below the camera."""
        if not self.trees.is_free(start, end):
            return False
        return all(self.cost_at(place) < OVER for place in _between(start, end, self.size))

    def is_open(self, one: np.ndarray, two: np.ndarray) -> bool:
        """Whether a short step is free: thin walls stand between cells."""
        return self.trees.is_free(one, two)


def _between(start: np.ndarray, end: np.ndarray, step: float) -> Iterator[np.ndarray]:
    count = max(2, math.ceil(float(np.linalg.norm(end - start)) / step) + 1)
    for share in np.linspace(0, 1, count)[1:-1]:
        yield start + share * (end - start)


def _search(ground: _Ground) -> Steps[list[tuple[int, int]] | None]:
    """A* over cells, eight steps from each. None where all that can be reached was."""
    first, goal = (0, 0), ground.cell(ground.end)
    low, high = ground.trees.bounds()
    waiting: list[tuple[float, tuple[int, int]]] = [(0.0, first)]
    reached: dict[tuple[int, int], float] = {first: 0.0}
    before: dict[tuple[int, int], tuple[int, int]] = {}
    closed: set[tuple[int, int]] = set()
    while waiting and len(closed) < MOST_CELLS:
        _, cell = heapq.heappop(waiting)
        if cell in closed:
            continue
        if cell == goal:
            way = [cell]
            while way[-1] in before:
                way.append(before[way[-1]])
            return way[::-1]
        closed.add(cell)
        here = ground.start if cell == first else ground.place(cell)
        for step in STEPS:
            other = (cell[0] + step[0], cell[1] + step[1])
            there = ground.end if other == goal else ground.place(other)
            if other in closed or np.any(there[:2] < low[:2]) or np.any(there[:2] > high[:2]):
                continue
            price = 1.0 if other == goal else ground.cost(other)
            far = reached[cell] + price * math.hypot(*step)
            if far >= reached.get(other, math.inf) or not ground.is_open(here, there):
                continue
            reached[other], before[other] = far, cell
            heapq.heappush(waiting, (far + math.hypot(goal[0] - other[0], goal[1] - other[1]), other))
        if len(closed) % 8 == 0:
            yield 0.0
    return None


def _pulled(ground: _Ground, places: list[np.ndarray]) -> Steps[list[np.ndarray]]:
    """The way without bends that it does not need."""
    short, at = [places[0]], 0
    while at < len(places) - 1:
        step = len(places) - 1 - at
        while step > 1 and not _is_as_good(ground, places, at, at + step):
            step = step * 3 // 4
            yield 0.0
        at += step
        short.append(places[at])
    return short


def _is_as_good(ground: _Ground, places: list[np.ndarray], start: int, end: int) -> bool:
    """Whether the straight line between two places of the way is free, and goes over nothing that the way does not."""
    one, two = places[start], places[end]
    if not ground.trees.is_free(one, two):
        return False
    worst = max((ground.cost_at(place) for place in places[start + 1 : end]), default=1.0)
    most = max(worst, 2.0)
    return all(ground.cost_at(place) <= most for place in _between(one, two, ground.size))
