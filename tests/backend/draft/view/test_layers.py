"""The layers' blocks and the faces they lie on."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view import blocks, margins


def test_a_step_of_one_pixel_is_no_slope() -> None:
    nearness = np.full((8, 8), 0.1, np.float32)
    nearness[:, 3:] = 0.2
    flat, there = np.zeros((8, 8), np.float32), np.ones((8, 8), np.uint8)
    made = blocks.cut(nearness, there, 0, 0, 1e-4, 1e-3, flat, flat)
    assert np.abs(made.planes[:2]).max() < 1e-6
    assert area(made) == 64


def test_what_lies_on_one_plane_shares_its_face() -> None:
    rows, columns = np.mgrid[0:48, 0:80] + 0.5
    nearness = (0.001 * columns + 0.002 * rows + 0.1).astype(np.float32)
    there = np.ones((48, 80), np.uint8)
    there[20:23] = there[:, 30] = 0
    slopes = np.full((2, 48, 80), 0.001, np.float32)
    slopes[1] = 0.002
    made = blocks.cut(nearness, there, -5, 7, 0.001, 0.01, *slopes)
    assert area(made) == there.sum()
    assert (made.boxes[0].min(), made.boxes[3].max()) == (-5, 7 + 48)
    for u0, v0, u1, v1, face in zip(*made.boxes, made.face, strict=True):
        box = slice(int(v0) - 7, int(v1) - 7), slice(int(u0) + 5, int(u1) + 5)
        a, b, c = made.planes[:, face]
        assert there[box].all()
        assert a * (columns[box] - 5) + b * (rows[box] + 7) + c == pytest.approx(nearness[box], abs=0.001)
    assert made.planes.shape == (3, 4)  # one for each of the parts that nothing joins
    assert len(made.face) < 12


def area(made: blocks.Blocks) -> float:
    u0, v0, u1, v1 = made.boxes
    return float(((u1 - u0) * (v1 - v0)).sum())


def picture(orthographic: bool, nearness: float = 0.5) -> SimpleNamespace:
    near = np.full((36, 64), nearness, np.float32)
    near[0, 0] = 0.1
    sides = {"width": 64, "height": 36, "fx": 100.0, "fy": 80.0, "cx": 30.0, "cy": 20.0}
    return SimpleNamespace(orthographic=orthographic, nearness=near, lens=SimpleNamespace(**sides), **sides)


def turned(angle: float, *place: float) -> Pose:
    c, s = math.cos(angle), math.sin(angle)
    return Pose(np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]), np.array(place), 1.0)


def test_where_a_point_of_a_frame_lies_in_the_still() -> None:
    flat, deep, middle = picture(True), picture(False), np.array([[30.0, 20.0]])

    def seen(of: SimpleNamespace, pose: Pose, nearness: float) -> np.ndarray:
        return margins._to_start(of, pose, middle, nearness, of.lens)[0]  # type: ignore[arg-type]

    assert seen(flat, turned(math.pi / 3, 0, 0, 0), 0.2) == pytest.approx((30 - 0.4 * math.sqrt(0.75) * 100, 20))
    assert seen(flat, turned(0, 0.1, 0.05, 0.3), 0.2) == pytest.approx((40, 24))
    assert seen(deep, turned(0, 0.1, 0.05, 0.5), 0.5) == pytest.approx((35, 22))
    assert seen(deep, turned(math.pi / 4, 0, 0, 0.5), 0.5) == pytest.approx((105, 20))


def test_how_far_a_path_parts_what_is_near_and_far() -> None:
    flat, deep = picture(True), picture(False)
    path = [turned(0, 0.3, 0.4, 0), turned(0.5, 0, 0, 0.2)]
    off_axis = math.hypot(64, 36) / 2 / 100
    for of, wanted in ((deep, 100 * max(0.5, 0.2 * off_axis)), (flat, 100 * math.sin(0.5))):
        assert margins.parallax(of, path) == pytest.approx(wanted)  # type: ignore[arg-type]
    assert margins.parallax(deep, path[1:]) == pytest.approx(20 * off_axis)  # type: ignore[arg-type]
    told = [margins.telling(of) * reach for of, reach in ((deep, 0.5), (flat, 0.4))]  # type: ignore[arg-type]
    assert told == pytest.approx([margins.TELLING] * 2)
    nothing = SimpleNamespace(orthographic=True, nearness=np.zeros((2, 2)))
    assert margins.telling(nothing) == 0  # type: ignore[arg-type]


def test_what_a_path_uncovers_beyond_the_frame() -> None:
    still = picture(False)
    still.nearness[:] = 0.5
    assert margins.margins(still, [turned(0, 0, 0, 0)]) == (0, 0, 0, 0)  # type: ignore[arg-type]
    aside = margins.margins(still, [turned(0, 0.1, -0.05, 0)])  # type: ignore[arg-type]
    assert aside == (0, 2 + 4, 5 + 4, 0)
