"""What a frame shows where its views show little or nothing."""

from __future__ import annotations

import numpy as np
import pytest

from backend.engines.draft.view.drawing import fuse, holes, raster


def scenery() -> tuple[np.ndarray, np.ndarray]:
    """A blue near thing on the left half of a frame, and a red far one on the right that grows green downwards."""
    near = np.full((192, 256), 0.2, np.float32)
    near[:, :128] = 1.0
    rgb = np.zeros((192, 256, 3), np.uint8)
    rgb[:, :128] = 0, 0, 200
    rgb[:, 128:, 0], rgb[:, 128:, 1] = 180, np.arange(192)[:, None]
    return near, rgb


def counted(near: np.ndarray) -> np.ndarray:
    return (near == -np.inf).sum(1).astype(np.int32)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_hole_is_as_what_lies_behind_the_things_around_it(sign: int) -> None:
    near, rgb = scenery()
    if sign < 0:  # an orthographic camera's: nearness is minus the distance
        near -= 5
    hole = np.zeros(near.shape, bool)
    hole[60:100, 110:136] = True  # most of it in front of the near thing
    near[hole], rgb[hole] = -np.inf, 255
    before = rgb.copy()
    holes.fill(near, rgb, counted(near), 0.05 if sign < 0 else 0.0)
    assert np.array_equal(rgb[~hole], before[~hole])
    assert np.all(near[hole] == -np.inf)
    filled = rgb[60:100, 110:136].astype(int)
    assert filled[..., 2].max() <= 12 and filled[..., 0].min() >= 168  # red, not blue
    rows = filled[..., 1].mean(1)
    assert abs(rows[20] - 80) < 8 and rows[36] > rows[4] + 8  # and goes on as it is beside the hole


def test_a_hole_far_from_another_is_filled_from_its_own_surroundings() -> None:
    near, rgb = np.full((64, 512), 0.5, np.float32), np.zeros((64, 512, 3), np.uint8)
    rgb[:, :256, 0], rgb[:, 256:, 1] = 201, 77
    for x in (10, 500):
        near[30:33, x : x + 3] = -np.inf
        rgb[30:33, x : x + 3] = 5
    holes.fill(near, rgb, counted(near), 0.0)
    assert np.array_equal(rgb[31, 11], (201, 0, 0)) and np.array_equal(rgb[31, 501], (0, 77, 0))


def test_what_is_left_of_a_frame_fills_it() -> None:
    near, rgb = np.full((80, 200), -np.inf, np.float32), np.full((80, 200, 3), 7, np.uint8)
    near[79, 199], rgb[79, 199] = 0.4, (10, 20, 30)
    holes.fill(near, rgb, counted(near), 0.0)
    assert np.all(rgb == np.array([10, 20, 30]))


@pytest.mark.parametrize(
    ("guessing", "says", "colour", "unseen"),
    [
        (None, 1.0, (100, 40, 8), 0.0),
        (None, 0.3, (100, 40, 8), 0.0),  # a view that comes in shows it alone
        (0, 0.3, (170, 124, 181), 0.7),
        (1, 0.3, (100, 40, 8), 0.0),  # only the first view's guesses count
        (0, None, (200, 160, 255), 1.0),
        (1, None, (-1, -1, -1), 1.0),
        (None, None, (-1, -1, -1), 1.0),
    ],
)
def test_what_the_first_view_guesses_shows_where_no_view_sees_anything(
    guessing: int | None, says: float | None, colour: tuple[int, int, int], unseen: float
) -> None:
    """One pixel of two views: one guesses (200, 160, 255), or neither, the other sees (100, 40, 8), or nothing."""
    shape = (2, 1, 1)
    near, weight = np.full(shape, -np.inf, np.float32), np.zeros(shape, np.float32)
    seen, guessed = (255 << 24) | (8 << 16) | (40 << 8) | 100, (255 << 24) | (255 << 16) | (160 << 8) | 200
    seeing = 1 if guessing == 0 else 0
    if says is not None:
        near[seeing], weight[seeing] = 0.5, 1
    if guessing is not None:
        near[guessing] = 0.4
    out, nearness = np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), np.float32)
    empty = np.full(1, 9, np.int32)
    missed = fuse.fuse(
        np.array([guessed if k == guessing else seen for k in range(2)], np.uint32).reshape(shape),
        near,
        weight,
        np.zeros(shape, np.int32),
        np.zeros((2, 1), np.uint32),
        np.zeros((2, 1), np.float32),
        np.array([0.5, 0.5], np.float32),
        np.array([says if k == seeing and says else 1.0 for k in range(2)], np.float32),
        np.float32(0),
        np.ones((1, 1), np.uint8),
        raster.FIRST + 2,
        out,
        nearness,
        empty,
    )
    assert missed == pytest.approx(unseen, abs=1e-3)
    assert empty[0] == (colour[0] < 0)
    for channel, value in enumerate(colour):
        if value >= 0:
            assert abs(int(out[0, 0, channel]) - value) <= 1


FRONT, BESIDE = (200, 160, 255), (100, 40, 8)


@pytest.mark.parametrize(
    ("soft", "third", "colour", "nearness"),
    [
        (None, None, BESIDE, 0.5),
        (128, None, (125, 70, 70), 0.5),  # half of a fringe of one of two views: a quarter of its colour
        (None, 0.505, BESIDE, 0.5),  # one that only helps out sees the same surface in another colour
        (None, 0.9, BESIDE, 0.5),  # or something before it, which hides nothing
    ],
)
def test_what_stands_before_a_surface_that_two_views_show(
    soft: int | None, third: float | None, colour: tuple[int, int, int], nearness: float
) -> None:
    """One pixel of three views, the third of which only helps out."""
    shape = (3, 1, 1)
    near, weight = np.full(shape, 0.5, np.float32), np.ones(shape, np.float32)
    near[2], weight[2] = (third or -np.inf), (1 if third else 0)
    own, other = ((255 << 24) | (b << 16) | (g << 8) | r for r, g, b in (BESIDE, FRONT))
    edge, fringe, fringe_near = np.zeros(shape, np.int32), np.zeros((3, 1), np.uint32), np.zeros((3, 1), np.float32)
    if soft is not None:
        edge[1], fringe[1], fringe_near[1] = 1, (soft << 24) | (other & 0xFFFFFF), 0.9
    out, found, empty = np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), np.float32), np.zeros(1, np.int32)
    shares, says = np.array([0.5, 0.5, 0.01], np.float32), np.ones(3, np.float32)
    colours = np.array([own, own, other], np.uint32).reshape(shape)
    edges = edge, fringe, fringe_near, shares, says, np.float32(0), np.ones((1, 1), np.uint8), 2
    assert fuse.fuse(colours, near, weight, *edges, out, found, empty) == 0
    assert tuple(out[0, 0]) == colour and found[0, 0] == np.float32(nearness)


def test_tiles_that_are_wanted_lie_in_stretches() -> None:
    ends, tiles = np.zeros((6, 2), np.int32), np.array([1, 1, 0, 1, 1, 1], np.uint8)
    assert raster.stretches(tiles, 90, 90, ends) == 2 and ends[:2].tolist() == [[0, 32], [48, 90]]
    assert raster.stretches(tiles, 90, 32, ends) == 3 and ends[:3].tolist() == [[0, 32], [48, 80], [80, 90]]
    assert raster.stretches(0 * tiles, 90, 90, ends) == 0
