"""What lies hidden and beyond the frame, step by step: the kernels' own code, run as it is written on a few pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backend.engines.draft.view.hidden import occlusion
from backend.engines.draft.view.hidden.planes import NONE

# nearness = a u + b v + c: the sky, a floor, a wall ahead, a picture on that wall, a table in the midst
SKY, FLOOR, WALL, PICTURE, TABLE = range(5)
ABC = np.array([[0, 0, 0.0], [0, 0.02, -0.05], [0, 0, 0.1], [0, 0, 0.11], [0.001, -0.002, 0.3]])
CLOSES = np.array([SKY, FLOOR, WALL, WALL, -1])
UNDER = np.array([False, True, False, False, False])


@pytest.fixture(autouse=True)
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_met_first", "_extended", "_occluded", "_beyond"):
        monkeypatch.setattr(occlusion, name, getattr(occlusion, name).py_func)


@pytest.mark.parametrize(
    ("kind", "v", "sky", "met"),
    [
        (TABLE, 5.0, -1, (TABLE, 0.3 + 0.002 - 0.01)), (FLOOR, 5.0, -1, (WALL, 0.1)), (FLOOR, 9.0, -1, (FLOOR, 0.13)),
        (WALL, 5.0, -1, (WALL, 0.1)), (WALL, 9.0, -1, (FLOOR, 0.13)), (PICTURE, 5.0, -1, (PICTURE, 0.11)),
        (PICTURE, 9.0, -1, (FLOOR, 0.13)), (-1, 5.0, -1, (WALL, 0.1)), (-1, 9.0, -1, (FLOOR, 0.13)),
        (SKY, 1.0, SKY, (SKY, 0.0)), (SKY, 9.0, SKY, (FLOOR, 0.13)), (FLOOR, 1.0, SKY, (WALL, 0.1)),
    ],
)  # fmt: skip
def test_which_plane_a_ray_meets_first(kind: int, v: float, sky: int, met: tuple[int, float]) -> None:
    found = occlusion._met_first(ABC, CLOSES, UNDER, sky, kind, 2.0, v)
    assert found == (met[0], pytest.approx(met[1]))


def test_ground_above_the_horizon_is_sky() -> None:
    bare = np.array([SKY, FLOOR])
    assert occlusion._met_first(ABC[:2], bare, UNDER[:2], SKY, FLOOR, 0.0, 1.0) == (SKY, 0.0)
    assert occlusion._met_first(ABC[:2], bare, UNDER[:2], SKY, FLOOR, 0.0, 3.0) == (FLOOR, pytest.approx(0.01))


def extended(label: int, x: int, y: int, nearness: float = 0.5, slopes: tuple[float, float] = (0.0, 0.0)) -> Any:
    """What is seen at (2, 3), at another place."""
    shape = (12, 10)
    seen = np.full(shape, 9.0, np.float32)
    kinds = np.full(shape, WALL, np.uint8)
    seen[3, 2], kinds[3, 2] = nearness, label
    slope_x, slope_y = (np.full(shape, 7.0, np.float32) for _ in range(2))
    slope_x[3, 2], slope_y[3, 2] = slopes
    value, kind = occlusion._extended(seen, slope_x, slope_y, kinds, ABC, CLOSES, UNDER, SKY, 2, 3, x, y)
    return float(value), int(kind)


def test_a_surface_goes_on_as_it_is_known() -> None:
    assert extended(NONE, 5, 3, slopes=(0.002, 0.5)) == (pytest.approx(0.506), NONE)
    assert extended(NONE, 2, 4, slopes=(9.0, -0.003)) == (pytest.approx(0.497), NONE)
    assert extended(NONE, 5, 4, slopes=(0.002, 0.003)) == (pytest.approx(0.509), NONE)
    assert extended(NONE, 9, 3, slopes=(0.5, 0.0)) == (pytest.approx(0.52), NONE)  # by no more than a 25th
    assert extended(NONE, 9, 3, slopes=(-0.5, 0.0)) == (pytest.approx(0.48), NONE)
    assert extended(NONE, 9, 3, nearness=-0.5, slopes=(-0.5, 0.0)) == (pytest.approx(-0.52), NONE)
    assert extended(TABLE, 7, 9) == (pytest.approx(0.3 + 0.0075 - 0.019), TABLE)
    assert extended(FLOOR, 7, 3) == (pytest.approx(0.1), WALL) and extended(FLOOR, 7, 9)[1] == FLOOR
    assert extended(SKY, 7, 3) == (pytest.approx(0.02), FLOOR) and extended(SKY, 7, 1) == (0.0, SKY)


def box(parallax: float, cap: int, left: int = 2, near: float = 1.0) -> np.ndarray:
    """How much is found behind a near box of 11 rows and columns before a far wall that leans: its nearness, -1 where
    nothing is."""
    shape = (15, 17)
    nearness = np.full(shape, 0.5, np.float32)
    nearness[2:13, left : left + 11] = near
    apart = nearness == near
    across, down = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    across[:, :-1] = apart[:, :-1] != apart[:, 1:]
    down[:-1] = apart[:-1] != apart[1:]
    none = np.zeros(shape, np.float32)
    label = np.full(shape, NONE, np.uint8)
    hidden, kinds, found = occlusion._occluded(
        *(nearness, none, none, none, none, across, down, ABC, CLOSES, UNDER, -1, label, parallax, cap)
    )
    assert (kinds == NONE).all() and not hidden[~found].any() and not found[~apart].any()
    return np.where(found, hidden, -1.0)[2:13, left : left + 11]


@pytest.mark.parametrize(("parallax", "cap", "steps"), [(0.1, 99, 6), (4.0, 99, 8), (4.0, 3, 3), (100.0, 99, 20)])
def test_what_is_behind_is_found_as_far_as_the_path_can_see(parallax: float, cap: int, steps: int) -> None:
    made = box(parallax, cap, near=1.0) if parallax != 0.1 else box(parallax, cap, near=9.0)
    y, x = np.mgrid[0:11, 0:11]
    depth = np.minimum(np.minimum(x, 10 - x), np.minimum(y, 10 - y))
    assert (made >= 0).tolist() == (depth <= steps).tolist()
    assert set(made[made >= 0]) == {0.5}
    if parallax == 4.0:
        np.testing.assert_array_equal(box(parallax, cap, left=4), made)


def test_a_seed_lies_on_the_farther_side_and_the_nearer_is_hidden() -> None:
    nearness = np.array([[0.2, 0.9, 0.9, 0.4]], np.float32)
    across = np.array([[1, 0, 1, 0]], np.uint8)
    none, label = np.zeros((1, 4), np.float32), np.full((1, 4), NONE, np.uint8)
    rest = (none, none, across, np.zeros((1, 4), np.uint8), ABC, CLOSES, UNDER, -1, label, 50.0, 9)
    hidden, _, found = occlusion._occluded(nearness, none, none, *rest)
    assert found.tolist() == [[False, True, True, False]]
    assert hidden[0, 1:3].tolist() == [np.float32(0.2), np.float32(0.4)]


def test_what_would_come_to_the_front_stays_where_its_seed_is() -> None:
    """A far surface that leans so much that it would pierce what hides it."""
    nearness = np.array([[0.5, 0.51, 0.51]], np.float32)
    slope = np.full((1, 3), 0.02, np.float32)
    none, label = np.zeros((1, 3), np.float32), np.full((1, 3), NONE, np.uint8)
    across = np.array([[1, 0, 0]], np.uint8)
    rest = (none, none, across, np.zeros((1, 3), np.uint8), ABC, CLOSES, UNDER, -1, label)
    hidden, _, found = occlusion._occluded(nearness, slope, none, *rest, 1000.0, 9)
    assert hidden[0, 1] == np.float32(0.5)
    assert found.tolist() == [[False, True, False]]  # a pixel on it would lie before what is seen


def beyond(
    label: np.ndarray, goes_on: list[bool], reach: int, closes: np.ndarray = CLOSES
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """What is carried on 3 pixels to the left of a picture of 3 by 4, 2 above it, 1 to the right and below."""
    nearness = np.arange(12, dtype=np.float32).reshape(3, 4) + 1
    shape = (3 + 2 + 1, 4 + 3 + 1)
    out, kinds = np.full(shape, -1, np.float32), np.full(shape, NONE, np.uint8)
    there, source = np.zeros(shape, np.uint8), np.full(shape, -1, np.int32)
    on = np.array(goes_on)
    occlusion._beyond(nearness, label, ABC, closes, UNDER, -1, on, reach, 3, 2, out, kinds, there, source)
    return out, kinds, there, source


def test_what_is_no_plane_is_mirrored_at_the_frame() -> None:
    out, kinds, there, source = beyond(np.full((3, 4), NONE, np.uint8), [True] * 5, 3)
    inside = np.zeros(there.shape, bool)
    inside[2:5, 3:7] = True
    assert (there == ~inside).all() and (kinds[inside] == NONE).all() and (out[inside] == -1).all()
    assert source[2, :3].tolist() == [-1, 2, 1]  # three pixels out a plane is what there is
    assert out[2, 1:3].tolist() == [3.0, 2.0] and (out[2, 0], kinds[2, 0]) == (pytest.approx(0.1), WALL)
    assert (source[2, 7], source[0, 4], source[5, 4]) == (2, 9, 5)
    assert source[1, 2] == 5 and kinds[0, 0] == WALL  # across a corner by both ways together


def test_where_nothing_closes_the_scene_in_all_is_mirrored() -> None:
    out, kinds, there, source = beyond(np.full((3, 4), NONE, np.uint8), [True] * 5, 1, np.full(5, -1))
    assert source[2].tolist() == [3, 2, 1, -1, -1, -1, -1, 2] and source[4, :3].tolist() == [11, 10, 9]
    assert out[2].tolist() == [4, 3, 2, -1, -1, -1, -1, 3] and out[4, :3].tolist() == [12, 11, 10]
    assert (kinds == NONE).all() and (there[0] == 1).all() and source[0].tolist() == [11, 10, 9, 8, 9, 10, 11, 10]


def test_a_plane_goes_on_and_what_is_small_ends() -> None:
    floor = np.full((3, 4), FLOOR, np.uint8)
    out, kinds, _, source = beyond(floor, [True] * 5, 3)
    assert (source == -1).all() and (kinds[2:5, :3] == WALL).all()
    table = np.full((3, 4), TABLE, np.uint8)
    out, kinds, _, source = beyond(table, [True, True, True, True, False], 2)
    assert source[2, 2] == 1 and kinds[2, 2] == NONE and kinds[2, 0] == WALL and source[2, 0] == -1
    out, kinds, _, source = beyond(table, [True] * 5, 2)
    assert kinds[2, 2] == TABLE and out[2, 2] == pytest.approx(0.3 - 0.0005 - 0.001)
    table[:, 2:] = FLOOR  # behind the table's mirror image there is floor
    out, kinds, _, source = beyond(table, [True, True, True, True, False], 9)
    assert source[2, 2] == 1 and kinds[2, 1] == WALL and source[2, 1] == -1


def test_surfaces_are_read_as_kernels_do() -> None:
    made: Any = type("Made", (), {"abc": ABC, "wall": CLOSES, "under_sky": UNDER, "sky": 3, "label": None})
    assert occlusion._surfaces(made) == (ABC, CLOSES, UNDER, 3)
    assert (occlusion.RELIEF, occlusion.LARGE, occlusion.LEAN, occlusion.OBJECT) == (0.03, 0.04, 0.04, 0.05)
