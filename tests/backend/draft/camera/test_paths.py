"""Camera paths: in the middle as well as at the end, the short way round, and in the right axes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.engines.draft.camera import paths
from backend.engines.draft.camera.moves import world_up
from backend.engines.engine import EngineError
from client.protocol import Camera, CameraPath, Keyframe


def turn(axis: str, degrees: float) -> np.ndarray:
    """Right-handed, in Blender's axes."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    rows = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis], float)


def key(t: float, rotation: np.ndarray, place: tuple[float, float, float] = (0, 0, 0), zoom: float = 1.0) -> Keyframe:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, place
    return Keyframe(t, tuple(map(tuple, matrix)), zoom)


FLIP = np.diag([1.0, -1.0, -1.0])


def check(pose: paths.Pose, rotation: np.ndarray, place: tuple[float, float, float], zoom: float) -> None:
    np.testing.assert_allclose(pose.rotation, FLIP @ rotation @ FLIP, atol=1e-9)
    np.testing.assert_allclose(pose.position, FLIP @ place, atol=1e-9)
    assert pose.zoom == pytest.approx(zoom, rel=1e-9)


def test_between_keyframes_that_are_not_even() -> None:
    path = CameraPath(
        (key(0, turn("y", 0)), key(0.25, turn("y", 20), (1, 2, 3), 4.0), key(1, turn("y", 50), (4, 8, 0), 1))
    )
    made = paths.poses(path, 9)
    check(made[0], turn("y", 0), (0, 0, 0), 1)
    check(made[1], turn("y", 10), (0.5, 1, 1.5), 2)  # t = 0.125: half of the way to the second
    check(made[2], turn("y", 20), (1, 2, 3), 4)
    check(made[5], turn("y", 35), (2.5, 5, 1.5), 2)  # t = 0.625: half of the way from there
    check(made[8], turn("y", 50), (4, 8, 0), 1)
    check(paths.poses(path, 1)[0], turn("y", 0), (0, 0, 0), 1)


@pytest.mark.parametrize("axis", ["x", "y", "z"])
@pytest.mark.parametrize(("start", "end"), [(170, -170), (-170, 170), (100, -100), (-30, 80), (0, 179), (190, 350)])
def test_a_turn_takes_the_short_way_round(axis: str, start: float, end: float) -> None:
    way = (end - start + 180) % 360 - 180
    made = paths.poses(CameraPath((key(0, turn(axis, start)), key(1, turn(axis, end)))), 5)
    for part, pose in zip((0, 0.25, 0.5, 0.75, 1), made, strict=True):
        check(pose, turn(axis, start + part * way), (0, 0, 0), 1)


def test_turns_about_different_axes_are_mixed_at_an_even_speed() -> None:
    first, last = turn("y", 40) @ turn("x", -20), turn("y", -30) @ turn("x", 35) @ turn("z", 10)
    made = paths.poses(CameraPath((key(0, first), key(1, last))), 7)
    steps = [made[i].rotation.T @ made[i + 1].rotation for i in range(6)]
    for step in steps:
        np.testing.assert_allclose(step, steps[0], atol=1e-9)
    np.testing.assert_allclose(np.linalg.matrix_power(steps[0], 6), made[0].rotation.T @ made[6].rotation, atol=1e-9)


def test_before_the_first_keyframe_and_after_the_last_the_camera_rests() -> None:
    path = CameraPath((key(0.25, turn("x", 10), (1, 0, 0), 2), key(0.5, turn("x", 30), (2, 0, 0), 3)))
    made = paths.poses(path, 9)
    for index in (0, 1, 2):
        check(made[index], turn("x", 10), (1, 0, 0), 2)
    check(made[3], turn("x", 20), (1.5, 0, 0), math.sqrt(6))
    for index in (4, 5, 8):
        check(made[index], turn("x", 30), (2, 0, 0), 3)


@pytest.mark.parametrize(("zoom", "fits"), [(0.0099, False), (0.01, True), (100.0, True), (100.1, False)])
def test_a_zoom_has_two_ends(zoom: float, fits: bool) -> None:
    path = CameraPath((key(0, np.eye(3)), key(1, np.eye(3), zoom=zoom)))
    if fits:
        assert paths.check(path) is path
        return
    with pytest.raises(EngineError, match="zoom") as caught:
        paths.check(path)
    assert (caught.value.code, caught.value.param) == ("path_unusable", "path")


@pytest.mark.parametrize(("scale", "fits"), [(1.004, True), (1.006, False), (0.996, True), (0.994, False)])
def test_rounding_is_no_scale(scale: float, fits: bool) -> None:
    path = CameraPath((key(0, np.eye(3)), key(1, scale * turn("y", 30))))
    if fits:
        assert paths.check(path) is path
        return
    with pytest.raises(EngineError, match="scales"):
        paths.check(path)


def test_the_worlds_up_is_a_row_of_the_cameras_matrix() -> None:
    """A camera that looks down by 30 degrees, turned by 50: the world's up lies ahead of its own, never beside it."""
    rotation = turn("z", 50) @ turn("x", 60)
    world = np.eye(4)
    world[:3, :3], world[:3, 3] = rotation, (7, 8, 9)
    camera = Camera("perspective", 64, 48, 32, 24, 50, 50, matrix_world=tuple(map(tuple, world)))
    assert world_up(camera) == pytest.approx((0, math.cos(math.radians(30)), math.sin(math.radians(30))))
    np.testing.assert_allclose(rotation @ world_up(camera), (0, 0, 1), atol=1e-12)
    rolled = world.copy()
    rolled[:3, :3] = rotation @ turn("z", 20)
    camera = Camera("perspective", 64, 48, 32, 24, 50, 50, matrix_world=tuple(map(tuple, rolled)))
    np.testing.assert_allclose(rolled[:3, :3] @ world_up(camera), (0, 0, 1), atol=1e-12)
    assert world_up(None) == (0.0, 1.0, 0.0)
