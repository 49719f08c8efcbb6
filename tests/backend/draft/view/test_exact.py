"""Parts of the drawing engine against the plainest reference: what is measured of a picture, what is resampled,
where views stand and what they are to a moment."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view import margins, picture, views
from backend.engines.draft.view.drawing import raster
from backend.engines.draft.view.picture import Lens, Picture
from client.protocol import Camera, TakeRequest, View
from devtools.take_requests import take_request


def made(metres: np.ndarray, *, flat: bool = False, cx: float = 0.3, cy: float = 0.6) -> Picture:
    height, width = metres.shape
    hit = np.isfinite(metres)
    with np.errstate(divide="ignore"):
        nearness = np.where(hit, -metres if flat else 1 / metres, -99.0 if flat else 0.0).astype(np.float32)
    rgb = np.zeros((height, width, 3), np.uint8)
    return Picture(rgb, nearness, hit, True, flat, 80.0, 100.0, cx * width, cy * height)


def median(values: np.ndarray, weights: np.ndarray) -> float:
    reached = 0.0
    for value, weight in sorted(zip(values.tolist(), weights.tolist(), strict=True)):
        reached += weight
        if reached >= weights.sum() / 2:
            return float(value)
    raise AssertionError


@pytest.mark.parametrize("seed", range(5))
def test_a_weighted_median_is_that_of_a_plain_walk(seed: int) -> None:
    """Also of values that differ in their lower bits alone."""
    random = np.random.default_rng(seed)
    values = random.uniform(1, 50, 301).astype(np.float32)
    values[:150] = np.float32(7) + np.arange(150, dtype=np.float32) * np.float32(1e-5)
    random.shuffle(values)
    weights = random.uniform(0.1, 1, 301) ** 3
    assert picture._weighted_median(values, weights) == median(values, weights)
    assert math.isinf(picture._weighted_median(values, np.zeros(301)))
    assert math.isinf(picture._weighted_median(values[:0], weights[:0]))
    assert picture._weighted_median(values[:1], weights[:1]) == values[0]


@pytest.mark.parametrize("flat", [False, True])
def test_what_is_measured_of_distances_without_order(flat: bool) -> None:
    random = np.random.default_rng(11)
    metres = random.uniform(2, 30, (41, 331)).astype(np.float32)
    metres[random.uniform(size=metres.shape) < 0.2] = np.inf
    one = made(metres, flat=flat)
    found, far = picture.measure(one), one.metres()
    y, x = ((np.arange(count) + 0.5 - count / 2) / count for count in metres.shape)
    weight = np.exp(-((y[:, None] / 0.16) ** 2 + (x / 0.16) ** 2) / 2)
    assert found.focus == median(far[one.surface], weight[one.surface])
    inner = far[16:25, 132:199]
    assert found.forward == pytest.approx(np.percentile(inner[np.isfinite(inner)], 2))
    z = far[::2, ::2]  # one of two columns: 331 are more than twice 160
    v, u = np.mgrid[0:41:2, 0:331:2] + 0.5
    hit = np.isfinite(z)
    spread = 1.0 if flat else z[hit]
    across, down = (u[hit] - one.cx) / 80 * spread, (v[hit] - one.cy) / 100 * spread
    assert (-found.left, found.right) == pytest.approx(np.percentile(across, (2, 98)))
    assert (-found.up, found.down) == pytest.approx(np.percentile(down, (2, 98)))
    assert (found.orthographic, found.width, found.height, found.fx, found.fy) == (flat, 331, 41, 80, 100)


def test_what_is_seen_on_one_side_alone_is_no_room_on_the_other() -> None:
    found = picture.measure(made(np.full((40, 60), 8.0, np.float32), cx=-0.1, cy=1.2))
    assert (found.left, found.down) == (0.0, 0.0) and found.right > 5 and found.up > 3


def test_values_between_pixels_are_of_one_surface_or_the_nearest() -> None:
    random = np.random.default_rng(3)
    near = random.choice([0.5, 0.505, 0.512, 0.2], (9, 11)).astype(np.float32)
    hit = random.uniform(size=near.shape) < 0.7
    rows, columns = np.linspace(-0.4, 9.3, 23), np.linspace(-0.2, 11.4, 31)
    found, where = picture._resample(near, hit, rows, columns)
    smooth = 0
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            y, x = min(max(int(row), 0), 8), min(max(int(column), 0), 10)
            top, left = min(max(math.floor(row - 0.5), 0), 7), min(max(math.floor(column - 0.5), 0), 9)
            four = near[top : top + 2, left : left + 2]
            down, across = row - 0.5 - top, column - 0.5 - left
            wanted = near[y, x]
            if np.ptp(four) < 0.04 * four.max():
                smooth += 1
                upper, lower = (one[0] + across * (one[1] - one[0]) for one in four)
                wanted = upper + down * (lower - upper)
            assert found[i, j] == pytest.approx(wanted, rel=1e-5) and where[i, j] == hit[y, x], (i, j)
    assert 40 < smooth < 600
    same, _ = picture._resample(near, hit, np.arange(9.0), np.arange(11.0))
    assert (same == near).all()


def test_where_a_camera_begins_to_show_things() -> None:
    lens = Camera("perspective", 64, 48, 32, 24, 50, 60)
    flat = Camera("orthographic", 64, 48, 32, 24, scale=0.25)
    assert picture._front(lens) == math.inf == picture._front(flat)
    assert picture._front(replace(lens, near=0.25)) == 4.0 and picture._front(replace(flat, near=0.25)) == -0.25
    assert picture._lens(lens, 128, 24) == (100, 30, 64, 12)
    assert picture._lens(flat, 128, 24) == (8, 2, 64, 12)


def test_blocks_in_each_band_of_a_frame_are_in_order() -> None:
    """Of rows 0-31, 32-63 and 64-70; some are seen nowhere, and what lies beyond the count is another frame's."""
    bounds = np.array(
        [[0, 5, 4, 0, 9, 0, 0], [3, 5, 3, 3, 9, 8, 3], [0, 31, 0, 40, 20, 70, 0], [70, 32, 9, 39, 63, 70, 9]], np.int32
    )
    order, first = raster.bands(bounds, 6, 71)
    assert [order[a:b].tolist() for a, b in pairwise(first)] == [[0, 1, 4], [0, 1, 4], [0, 5]]
    assert raster.bands(np.minimum(bounds, 63), 5, 64)[1].tolist() == [0, 3, 6]


LENS = Camera("perspective", 160, 80, 90.0, 30.0, 200.0, 240.0)


def moved(camera: Camera, x: float = 0, y: float = 0, z: float = 0, turn: float = 0, scale: float = 1) -> Camera:
    c, s = math.cos(turn) * scale, math.sin(turn) * scale
    matrix = ((c, 0.0, s, x), (0.0, scale, 0.0, y), (-s, 0.0, c, z), (0.0, 0.0, 0.0, 1.0))
    return replace(camera, matrix_world=matrix)


def test_where_a_camera_stands_to_another() -> None:
    """Blender's axes in, those of pictures out: y down, z ahead. Scaled matrices are cameras of the same size."""
    first = moved(LENS, 1, 2, 3, math.pi / 2, 2.5)
    pose = views.between(first, moved(LENS, 1.5, 2.25, 2, math.pi / 2 + 0.1, 0.5))
    # the first looks along -x: its right is -z, its back is x
    np.testing.assert_allclose(pose.position, (1.0, -0.25, -0.5), atol=1e-12)
    c, s = math.cos(0.1), math.sin(0.1)
    np.testing.assert_allclose(pose.rotation, [[c, 0, -s], [0, 1, 0], [s, 0, c]], atol=1e-12)
    world = views.in_world(first, pose)
    np.testing.assert_allclose(world[:3, 3], (1.5, 2.25, 2), atol=1e-12)
    np.testing.assert_allclose(views.in_world(None, pose)[:3, 3], (1.0, 0.25, 0.5), atol=1e-12)
    back = views.seen_from(pose, Pose(np.eye(3), np.zeros(3), 3.0))
    np.testing.assert_allclose(back.rotation, pose.rotation.T, atol=1e-12)
    np.testing.assert_allclose(back.position, -pose.rotation.T @ pose.position, atol=1e-12)
    assert back.zoom == 3.0


@pytest.mark.parametrize(
    ("changes", "holds"),
    [({}, False), ({"width": 161}, True), ({"height": 81}, True), ({"cx": 90.1}, False),
     ({"cx": 90.1, "width": 161}, True),
     ({"fx": 199.0}, True), ({"fx": 201.0}, False), ({"width": 159, "height": 90}, False)],
)  # fmt: skip
def test_a_wider_picture_shows_all_that_the_still_does(changes: dict[str, Any], holds: bool) -> None:
    depth = Path("d.exr")
    still, other = View(Path("a.png"), depth, LENS), View(Path("b.png"), depth, replace(LENS, **changes), 0.001)
    assert views._holds(other, still) is holds
    asked = replace(take_request(size=(64, 48)), views=(still, other))
    assert views.around(asked) is (other if holds else None)
    assert views.around(replace(asked, views=(still, replace(other, t=0.0011)))) is None
    if holds:
        for away in ({"x": 0.0011}, {"z": -0.0011}, {"turn": 0.0011}):
            assert not views._holds(replace(other, camera=moved(other.camera, **away)), still)  # type: ignore[arg-type]
        near = moved(other.camera, 0.0009, 0, 0, 0.0009)  # type: ignore[arg-type]
        assert views._holds(replace(other, camera=near), still)
        assert not views._holds(replace(other, depth=None), still)
        assert not views._holds(other, replace(still, camera=None))


def test_how_far_a_picture_reaches_to_each_side() -> None:
    assert views._reach(LENS) == pytest.approx((0.45, 0.35, 0.125, 50 / 240))
    flat = Camera("orthographic", 160, 80, 90.0, 30.0, scale=0.25)
    assert views._reach(flat) == pytest.approx((22.5, 17.5, 7.5, 12.5))


@pytest.mark.parametrize(
    ("x", "turn", "distance", "passed"),
    [(0.0, 0.0, 4.0, True), (0.0079, 0.0, 4.0, True), (0.0081, 0.0, 4.0, False), (0.0081, 0.0, 8.0, True),
     (0.0, 0.0019, 4.0, True), (0.0, 0.0021, 4.0, False)],
)  # fmt: skip
def test_what_counts_as_passing_through_a_view(x: float, turn: float, distance: float, passed: bool) -> None:
    c, s = math.cos(turn), math.sin(turn)
    there = Pose(np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]), np.array([x, 0.0, 0.0]), 1.0)
    assert views._passed(there, Pose(np.eye(3), np.zeros(3), 1.0), distance) is passed


def told(times: tuple[float, ...], passed: tuple[bool, ...], t: float) -> list[tuple[int, float, float]]:
    return [(one.index, round(one.share, 6), round(one.says, 6)) for one in views.parts(times, passed, t)]


def test_what_each_view_is_to_a_moment_in_figures() -> None:
    """Of four views that a path passes, or not. A fifth of the way the say has risen to 0.896: u = 0.8 of SWITCH."""
    times, all_, none = (0.0, 0.2, 0.6, 1.0), (True,) * 4, (False,) * 4
    assert told(times, all_, 0.2) == [(1, 0.75, 1.0)]
    assert told(times, all_, 0.28) == [
        (1, round(0.75 - 0.5 * 0.104, 6), 1.0), (2, round(0.25 + 0.5 * 0.104, 6), 0.896),
        (0, 0.01, 0.896), (3, 0.01, round(0.896**2, 6)),
    ]  # fmt: skip
    assert told(times, all_, 0.52) == [
        (1, round(0.75 - 0.5 * 0.896, 6), 0.896), (2, round(0.25 + 0.5 * 0.896, 6), 1.0),
        (0, 0.01, round(0.896**2, 6)), (3, 0.01, 0.896),
    ]  # fmt: skip
    assert told(times, none, 0.28) == [
        (1, 0.896, 1.0),
        (2, 0.104, 0.896),
        (0, 0.01, 1.0),
        (3, 0.01, 0.896),
        (2, 0.01, 1.0),
    ]
    assert told(times, none, 0.52) == [
        (1, 0.104, 0.896),
        (2, 0.896, 1.0),
        (0, 0.01, 0.896),
        (3, 0.01, 1.0),
        (1, 0.01, 1.0),
    ]
    assert told(times, none, 0.2) == [(1, 1.0, 1.0), (2, 0.01, 0.0), (0, 0.01, 1.0), (2, 0.01, 1.0)]
    assert told(times, (True, True, False, True), 0.52)[1:] == [
        (2, 0.922, 1.0),
        (0, 0.01, 0.896),
        (3, 0.01, 1.0),
        (1, 0.01, 1.0),
    ]
    assert told((0.0, 0.5), all_[:2], 0.6) == [(1, 0.75, 1.0), (0, 0.01, 0.0), (0, 0.01, 0.896)]
    assert told((0.0,), (True,), 0.7) == [(0, 0.75, 1.0)] and told((0.0,), (False,), 0.7) == [(0, 1.0, 1.0)]


def test_which_views_stand_along_a_path_and_which_are_left_out() -> None:
    depth = Path("d.exr")
    poses = [Pose(np.eye(3), np.array([0.1 * k, 0.0, 0.0]), 1.0) for k in range(11)]
    still = View(Path("a.png"), depth, LENS)
    on, off = (View(Path("b.png"), depth, moved(LENS, x), t) for x, t in ((0.3, 0.3), (0.35, 0.4)))
    bare = [
        View(Path("c.png"), None, LENS, 0.5),
        View(Path("d.png"), depth, None, 0.6),
        View(Path("e.png"), None, None, 1.0),
    ]
    flat = View(Path("f.png"), depth, Camera("orthographic", 160, 80, 90.0, 30.0, scale=0.25), 0.7)

    def of(*further: View, start: View = still) -> tuple[list[views.Place], tuple[str, ...]]:
        asked: TakeRequest = replace(take_request(size=(64, 48)), views=(start, *further))
        return views.placed(asked, poses, 5.0)

    places, notes = of(on, off)
    assert [place.passed for place in places] == [True, True, False] and notes == ()
    np.testing.assert_allclose(places[2].pose.position, (0.35, 0, 0), atol=1e-12)
    end = "a view needs its depth and its camera, of the same kind as the still's."
    assert of(on, *bare)[1] == (f"2 further views were left out: {end}",)  # the last one shows where it ends
    assert of(flat)[1] == (f"A further view was left out: {end}",)
    places, notes = of(on, start=replace(still, depth=None))
    assert len(places) == 1 and notes == (f"A further view was left out: {end}",)


def test_where_a_frame_s_points_fall_on_a_plane_of_the_picture() -> None:
    """Against the ray itself: from the frame's camera to the plane, and from there to the picture."""
    one = made(np.full((40, 60), 8.0, np.float32))
    lens, points = Lens(50.0, 60.0, 31.0, 19.0), np.array([[0.0, 0.0], [60.0, 40.0], [12.0, 33.0]])
    c, s = math.cos(0.2), math.sin(0.2)
    pose = Pose(np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]), np.array([0.4, -0.3, 0.5]), 1.5)
    found = margins._to_start(one, pose, points, 0.125, lens)
    for point, where in zip(points, found, strict=True):
        ray = pose.rotation @ ((point[0] - 31) / 75, (point[1] - 19) / 90, 1.0)
        at = pose.position + ray * (8.0 - pose.position[2]) / ray[2]
        assert where == pytest.approx((80 * at[0] / at[2] + one.cx, 100 * at[1] / at[2] + one.cy))
    flat = made(np.full((40, 60), 8.0, np.float32), flat=True)
    found = margins._to_start(flat, pose, points, -8.0, lens)
    for point, where in zip(points, found, strict=True):
        start = pose.position + pose.rotation @ ((point[0] - 31) / 75, (point[1] - 19) / 90, 0.0)
        axis = pose.rotation[:, 2]
        at = start + axis * (8.0 - start[2]) / axis[2]
        assert where == pytest.approx((80 * at[0] + flat.cx, 100 * at[1] + flat.cy))


def test_memory_is_given_back_of_large_pictures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from backend.engines.draft.view import memory

    trimmed: list[int] = []
    library = SimpleNamespace(malloc_trim=trimmed.append)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr(memory.sys, "platform", "linux")
    for pixels in (memory.LARGE - 1, memory.LARGE):
        memory.give_back(pixels)
    assert trimmed == [0] and memory.LARGE == 4_000_000
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: SimpleNamespace())
    memory.give_back(memory.LARGE)
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
    memory.give_back(memory.LARGE)
    assert trimmed == [0]
