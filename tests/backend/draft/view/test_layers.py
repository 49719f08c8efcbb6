"""The layers' blocks."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from backend.engines.draft.camera.paths import Pose
from backend.engines.draft.view import layers, margins


def test_a_step_of_one_pixel_is_no_slope() -> None:
    nearness = np.full((8, 8), 0.1, np.float32)
    nearness[:, 3:] = 0.2
    flat, there = np.zeros((8, 8), np.float32), np.ones((8, 8), np.uint8)
    boxes, made = layers.blocks(nearness, there, 0, 0, 1e-4, 1e-3, flat, flat)
    assert np.abs(made[:, :2]).max() < 1e-6
    assert (np.ptp(boxes[:, [0, 2]], axis=1) * np.ptp(boxes[:, [1, 3]], axis=1)).sum() == 64


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
