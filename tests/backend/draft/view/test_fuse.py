"""What several views show of a pixel, brought together as a plain reference does it; what stands before it unseen."""

from __future__ import annotations

import numpy as np
import pytest

from backend.engines.draft.view.drawing import fuse, hide, smooth
from backend.engines.draft.view.drawing.raster import TILE

NONE = -np.inf
HIGH, WIDE, FULL = 3, 2 * TILE + 5, 2


class Samples:
    """Of three views, of whom the third was drawn on the middle tile alone: everything by chance."""

    def __init__(self, seed: int, same: float = 0.0) -> None:
        random = np.random.default_rng(seed)
        shape = (3, HIGH, WIDE)
        levels = np.array([0.5, 0.504, 0.52, 0.3, 0.302, 0.1])
        levels = -2 / levels if same else levels
        self.same = np.float32(same)
        self.near = random.choice(levels, shape).astype(np.float32)
        self.near[random.random(shape) < 0.12] = NONE
        self.weight = np.where(random.random(shape) < 0.25, -1, random.uniform(0.05, 1, shape)).astype(np.float32)
        self.weight[self.near == NONE] = -1
        cover = np.where(random.random(shape) < 0.3, random.integers(130, 255, shape), 255)
        self.rgb = random.integers(0, 256, (*shape, 3))
        self.cover = np.where(self.weight > 0, cover, 255)
        self.colour = packed(self.rgb, self.cover)
        self.edge = np.zeros(shape, np.int32)
        self.fringe = np.zeros((3, 40), np.uint32)
        self.fringe_near = np.zeros((3, 40), np.float32)
        self.soft = random.integers(0, 256, (3, 40, 3)), random.integers(10, 128, (3, 40))
        self.fringe[:] = packed(*self.soft)
        self.fringe_near[:] = np.where(
            random.random((3, 40)) < 0.7, levels.max() * (0.8 if same else 1.3), levels.min()
        )
        for view in range(3):
            at = random.choice(HIGH * WIDE, 40, replace=False)
            self.edge[view].reshape(-1)[at] = np.arange(40) + 1
        self.shares = np.array([0.6, 0.4, 0.01], np.float32)
        self.says = np.array([1.0, 0.7, 0.4], np.float32)
        self.wanted = np.array([[0, 1, 0]], np.uint8)


def packed(rgb: np.ndarray, cover: np.ndarray) -> np.ndarray:
    return (rgb[..., 0] | rgb[..., 1] << 8 | rgb[..., 2] << 16 | cover << 24).astype(np.uint32)


def reference(made: Samples, y: int, x: int) -> tuple[np.ndarray | None, float, float]:
    """A pixel's colour (None: no sample at all), nearness, and how much of it no view sees."""

    def band(near: float) -> float:
        return float(made.same) if made.same > 0 else 0.02 * abs(near)

    views = range(3 if made.wanted[0, x // TILE] else FULL)
    seen = sorted((k for k in views if made.weight[k, y, x] > 0), key=lambda k: (k >= FULL, -made.near[k, y, x]))
    nearest = float(made.near[seen[0], y, x]) if seen else NONE
    left, colour, front, unseen = 1.0, np.zeros(3), NONE, 0.0
    while seen and left > 0.004:
        top = float(made.near[seen[0], y, x])
        group = [k for k in seen if made.near[k, y, x] >= np.float32(top) - np.float32(band(top))]
        group = [k for k in group if (k >= FULL) == (seen[0] >= FULL)]
        seen = [k for k in seen if k not in group]
        weights = np.array([made.shares[k] * made.says[k] * made.weight[k, y, x] for k in group], float)
        covers = np.array([made.cover[k, y, x] / 255 for k in group])
        there = max(float(made.says[k]) for k in group) * float(weights @ covers / weights.sum())
        colour += left * there * (weights @ np.array([made.rgb[k, y, x] for k in group])) / weights.sum()
        front = top if there > 0.5 and front == NONE else front
        left *= 1 - there
    if left > 0.004:
        if made.weight[0, y, x] <= 0 and made.near[0, y, x] > NONE:
            unseen = left
            colour += left * made.rgb[0, y, x]
            front = max(front, float(made.near[0, y, x]))
        elif left < 1 - 0.004:
            colour /= 1 - left
            front = nearest if front == NONE else front
        else:
            return None, NONE, left
    total, share, soft = 0.0, 0.0, np.zeros(3)
    for k in views:
        place = made.edge[k, y, x] - 1
        if made.near[k, y, x] == NONE and place < 0:
            continue
        weight = float(made.shares[k] * made.says[k]) * max(float(made.weight[k, y, x]), 0.05)
        total += weight
        if place >= 0 and made.fringe_near[k, place] >= np.float32(front) + np.float32(band(front)):
            weight *= made.soft[1][k, place] / 255
            share += weight
            soft += weight * made.soft[0][k, place]
    if share > 0:
        colour = soft / total + (1 - share / total) * colour
    return colour, front, unseen


@pytest.mark.parametrize(("seed", "same"), [(1, 0.0), (2, 0.0), (3, 0.05)])
def test_views_are_brought_together_as_the_rules_say(seed: int, same: float) -> None:
    made = Samples(seed, same)
    out, nearness = np.zeros((HIGH, WIDE, 3), np.uint8), np.zeros((HIGH, WIDE), np.float32)
    holes = np.full(HIGH, 77, np.int32)
    missed = fuse.fuse(
        made.colour, made.near, made.weight, made.edge, made.fringe, made.fringe_near, made.shares, made.says,
        made.same, made.wanted, FULL, out, nearness, holes,
    )  # fmt: skip
    unseen, empty = 0.0, np.zeros(HIGH, int)
    for y in range(HIGH):
        for x in range(WIDE):
            colour, near, share = reference(made, y, x)
            unseen += share
            assert nearness[y, x] == pytest.approx(near, rel=1e-6), (y, x)
            if colour is None:
                empty[y] += 1
                continue
            assert out[y, x] == pytest.approx(colour, abs=1.6), (y, x)
    assert missed == pytest.approx(unseen, abs=0.02) and holes.tolist() == empty.tolist()


def test_one_view_alone_is_shown_as_it_is_with_its_fringe_before_it() -> None:
    made = Samples(4)
    edges = np.flatnonzero(made.edge[0].ravel())
    place = made.edge[0].ravel()[edges] - 1
    fringe, fringe_near = made.fringe[0, place].copy(), made.fringe_near[0, place].copy()
    out, holes = np.zeros((HIGH, WIDE, 3), np.uint8), np.full(HIGH, 77, np.int32)
    edge = made.edge[0].copy()
    edge.ravel()[edges[::5]] = 0  # of which soften found nothing
    missed = fuse.alone(
        made.colour[0], made.near[0], made.weight[0], len(edges), edges.astype(np.int32), edge, fringe, fringe_near,
        0.8, np.float32(0.01), out, holes,
    )  # fmt: skip
    seen = (made.weight[0] > 0) & (made.near[0] > NONE)
    assert missed == pytest.approx(HIGH * WIDE - 0.8 * (made.cover[0] / 255)[seen].sum(), abs=1e-3)
    assert holes.tolist() == (made.near[0] == NONE).sum(1).tolist()
    wanted = made.rgb[0].astype(float)
    for k, at in enumerate(edges):
        y, x = divmod(int(at), WIDE)
        near = made.near[0, y, x]
        if edge[y, x] and near > NONE and fringe_near[k] >= near + np.float32(0.01):
            part = made.soft[1][0, place[k]] / 255
            wanted[y, x] += part * (made.soft[0][0, place[k]] - wanted[y, x])
    assert np.abs(out - wanted).max() <= 0.51


def test_which_tiles_have_pixels_that_no_view_surely_sees() -> None:
    weight = np.full((2, TILE + 3, 2 * TILE + 5), -1.0, np.float32)
    weight[0, :, :TILE] = 0.2
    weight[1] = 1.0
    says = np.array([1.0, 0.99], np.float32)
    weight[0, 0, TILE : 2 * TILE] = 1.0
    weight[0, TILE:, -5:] = 0.01
    out = np.full((2, 3), 9, np.uint8)
    assert fuse.unseen_tiles(weight, says, TILE + 3, out) == 3
    assert out.tolist() == [[0, 1, 1], [0, 1, 0]]
    assert fuse.unseen_tiles(weight, says, 1, out) == 1 and out.tolist() == [[0, 0, 1], [0, 0, 0]]
    says[1] = 1.0
    assert fuse.unseen_tiles(weight, says, TILE + 3, out) == 0


@pytest.mark.parametrize("same", [0.0, 0.3])
def test_what_is_drawn_behind_what_stands_there_unseen_is_a_hole(same: float) -> None:
    """Rows 10 to 15 of a frame; a box of nearness 0.5 (or 2 m before an orthographic camera, which counts 0.3 m)."""
    box = -2.0 if same else 0.5
    limit = box - (same or 0.05)
    nearness = np.full((6, 70), limit - 1e-3, np.float32)
    nearness[2, 12:15] = limit, limit + 1e-3, NONE
    weight = np.full((3, 6, 70), -1.0, np.float32)
    weight[0] = 0.5
    weight[0, 3, 11] = -1
    weight[:2, 4, 11] = -1, 1
    weight[0, 5, TILE - 1 : TILE + 1], weight[2, 5, TILE - 1 : TILE + 1] = -1, 1
    says = np.array([1.0, 0.0, 0.5], np.float32)
    wanted = np.array([[0, 1, 0]], np.uint8)
    holes = np.array([0, 5, 0, 0, 0, 0], np.int32)
    before = nearness.copy()
    boxes = np.array([[11, 4, 15, 15], [TILE - 1, 15, TILE + 1, 99], [20, 30, 25, 40]], np.int32)
    found = hide.hide(
        10, boxes, np.full(3, box, np.float32), weight, says, wanted, 2, np.float32(same), nearness, holes
    )
    changed = np.argwhere((nearness == NONE) & (before > NONE))
    wanted_at = {(y, x) for y in range(5) for x in range(11, 15)} - {(2, 12), (2, 13), (2, 14), (3, 11), (4, 11)}
    wanted_at |= {(5, TILE)}  # the third view's, which was drawn on the second tile alone
    assert {tuple(map(int, at)) for at in changed} == wanted_at and found == len(wanted_at)
    assert holes.tolist() == [4, 9, 1, 3, 3, 1]


def along(rgb: np.ndarray, y: int, x: int) -> np.ndarray:
    """The mean of a pixel and of two places 0.7 pixels off it, at right angles to where brightness changes."""
    light = rgb.astype(float).sum(-1)[y - 1 : y + 2, x - 1 : x + 2]
    slope = np.array([light[:, 2] - light[:, 0], light[2] - light[0]]) @ (1.0, 2.0, 1.0)
    if np.hypot(*slope) < 1:
        return rgb[y, x].astype(float)
    way = np.array([slope[0], -slope[1]]) / np.hypot(*slope) * 0.7  # down, to the right

    def at(v: float, u: float) -> np.ndarray:
        top, left = int(np.floor(v)), int(np.floor(u))
        four = rgb[top : top + 2, left : left + 2].astype(float)
        return np.array([1 - v + top, v - top]) @ (four.transpose(2, 0, 1) @ (1 - u + left, u - left)).T

    return (rgb[y, x] + at(y + way[0], x + way[1]) + at(y - way[0], x - way[1])) / 3


@pytest.mark.parametrize(("same", "part"), [(0.0, 1.0), (0.0, 0.4), (0.3, 1.0)])
def test_edges_are_smoothed_along_themselves(same: float, part: float) -> None:
    """A surface at nearness 0.5 (10 m before an orthographic camera) that bends a little, another before it, a hole."""
    random = np.random.default_rng(5)
    rgb = random.integers(0, 256, (14, 19, 3)).astype(np.uint8)
    rgb[2:5, 12:15] = 90  # as bright all round: no way to go
    near = np.full((14, 19), -10.0 if same else 0.5, np.float32)
    near[:, 4] += 0.14 if same else 0.012
    near[3:9, 8:] += 0.32 if same else 0.028
    near[11, 15] = NONE
    wanted, changed = rgb.astype(float), set()
    for y in range(1, 13):
        for x in range(1, 18):
            row, column = near[y, x - 1 : x + 2], near[y - 1 : y + 2, x]
            bends = [abs(line[0] - 2 * line[1] + line[2]) > (same or 0.05 * line.max()) for line in (row, column)]
            if any(bends):
                wanted[y, x] += part * (along(rgb, y, x) - rgb[y, x])
                changed.add((y, x))
    assert {(2, 9), (3, 9), (8, 17), (9, 17), (5, 7), (5, 8), (11, 14), (12, 15)} <= changed
    assert not {(5, 9), (10, 4)} & changed
    out = rgb.copy()
    smooth.smooth(out, near, np.float32(part), np.float32(same))
    assert np.abs(out - wanted).max() <= 0.51 and np.array_equal(out[3, 13], (90, 90, 90))
