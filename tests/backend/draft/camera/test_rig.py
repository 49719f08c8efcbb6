"""Turns of the rig, against what they mean: where the camera looks, in any world's up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.engines.draft.camera.rig import RigPose, about, angles_to, levelled, rotation, shaken, turn_to, wrapped
from backend.engines.draft.camera.timing import ease, spans
from backend.engines.draft.direction.steps import Step

UPS = [(0.0, 1.0, 0.0), (0.1, 0.95, 0.29), (-0.2, 0.8, -0.5)]


def unit(*parts: float) -> np.ndarray:
    return np.array(parts) / np.linalg.norm(parts)


@pytest.mark.parametrize("up", UPS)
@pytest.mark.parametrize("there", [(0.3, 0.2, -4), (-2, -0.5, -3), (5, 1, -1), (-1, 0.4, 3), (0.0, 0.0, -2.0)])
def test_a_camera_looks_along_what_it_is_turned_to(up: tuple[float, ...], there: tuple[float, ...]) -> None:
    wanted, level = unit(*there), unit(*up)
    yaw, pitch = angles_to(np.array(there), level)
    ahead = -rotation(RigPose(np.zeros(3), yaw, pitch), level)[:, 2]
    np.testing.assert_allclose(ahead, wanted, atol=1e-9)
    base = RigPose(np.ones(3), yaw=3.0, pitch=-0.2)
    more, higher = turn_to(base, np.array(there), level)
    assert -math.pi <= more <= math.pi
    turned = -rotation(RigPose(np.zeros(3), base.yaw + more, base.pitch + higher), level)[:, 2]
    np.testing.assert_allclose(turned, wanted, atol=1e-9)


def test_turns_about_an_axis() -> None:
    np.testing.assert_allclose(about(np.array([0, 1.0, 0]), 0.5) @ [0, 0, -1], [-math.sin(0.5), 0, -math.cos(0.5)])
    np.testing.assert_allclose(about(np.array([1.0, 0, 0]), 0.5) @ [0, 0, -1], [0, math.sin(0.5), -math.cos(0.5)])
    np.testing.assert_allclose(about(np.array([0, 0, 1.0]), 0.5) @ [1, 0, 0], [math.cos(0.5), math.sin(0.5), 0])
    axis = unit(1, 2, 3)
    third = about(unit(1, 1, 1), math.tau / 3)
    np.testing.assert_allclose(third @ [1, 2, 3], [3, 1, 2], atol=1e-12)
    np.testing.assert_allclose(about(axis, 0.7) @ axis, axis, atol=1e-12)
    pose = RigPose(np.zeros(3), 0.3, 0.2, 0.1)
    up = unit(0.1, 0.9, 0.2)
    wanted = about(up, 0.3) @ about(np.array([1.0, 0, 0]), 0.2) @ about(np.array([0, 0, 1.0]), 0.1)
    np.testing.assert_allclose(rotation(pose, up), wanted, atol=1e-12)


@pytest.mark.parametrize(
    ("angle", "same"), [(0.5, 0.5), (3.5, 3.5 - math.tau), (-3.5, math.tau - 3.5), (7.0, 7 - math.tau), (-3.1, -3.1)]
)
def test_angles_are_wrapped(angle: float, same: float) -> None:
    assert wrapped(angle) == pytest.approx(same)


def test_levelled_is_across_up() -> None:
    up = unit(0.1, 0.9, 0.3)
    flat = levelled(np.array([1.0, 2.0, -3.0]), up)
    assert flat @ up == pytest.approx(0, abs=1e-12) and np.linalg.norm(flat) == pytest.approx(1)
    assert np.cross(np.array([1.0, 2.0, -3.0]), up) @ np.cross(flat, up) > 0
    np.testing.assert_array_equal(levelled(2 * up, up), 2 * up)
    assert angles_to(np.zeros(3), up) == (0.0, 0.0)


@pytest.mark.parametrize(("rise", "fall"), [(0.32, 0.32), (0.9, 0.05), (0.05, 0.9), (0.2, 0.45), (0.5, 0.5)])
def test_progress_is_the_sum_of_a_speed_that_rises_and_falls_by_cosines(rise: float, fall: float) -> None:
    """The speed summed up in small steps."""
    at = (np.arange(20_000) + 0.5) / 20_000
    speed = np.ones_like(at)
    speed[at < rise] = 0.5 - 0.5 * np.cos(np.pi * at[at < rise] / rise)
    last = at > 1 - fall
    speed[last] = np.minimum(speed[last], 0.5 - 0.5 * np.cos(np.pi * (1 - at[last]) / fall))
    wanted = np.cumsum(speed) / speed.sum()
    np.testing.assert_allclose(ease(at + 0.5 / 20_000, rise, fall), wanted, atol=1e-4)
    np.testing.assert_allclose(ease(np.array([-1.0, 0.0, 1.0, 2.0]), rise, fall), [0, 0, 1, 1], atol=1e-12)


def test_an_operator_s_unsteadiness_begins_at_rest_and_has_its_own_size_in_each_axis() -> None:
    seconds = np.linspace(0, 400, 8001)
    poses = [RigPose(np.array([1.0, 2.0, 3.0]), 0.1, 0.2, 0.3, 1.5)] * len(seconds)
    made = shaken(poses, seconds, 2.0, 5, 4.0)
    assert np.allclose(made[0].position, [1, 2, 3]) and (made[0].yaw, made[0].pitch) == (0.1, 0.2)
    # the root of the squares of three sines of 1, 0.5 and 0.14, over 1.2, twice as much
    size = 2.0 * math.sqrt((1 + 0.5**2 + 0.14**2) / 2) / 1.2
    rest = slice(100, None)
    spread = np.std([one.position for one in made[rest]], axis=0)
    assert spread == pytest.approx(0.006 * 4 * size * np.array([1, 0.8, 0.5]), rel=0.06)
    turned = [np.std([getattr(one, name) for one in made[rest]]) for name in ("yaw", "pitch", "roll")]
    assert np.degrees(turned) == pytest.approx(np.array([0.5, 0.4, 0.25]) * size, rel=0.06)
    assert {one.zoom for one in made} == {1.5}
    far = shaken(poses, seconds, 2.0, 5, 80.0)
    np.testing.assert_allclose(far[500].position - [1, 2, 3], 2 * (made[500].position - [1, 2, 3]), rtol=1e-9)
    # half of it after 0.4 s
    early, whole = (shaken(poses[:2], np.array([0.0, 0.4]), one, 5, 4.0)[1].yaw - 0.1 for one in (1.0, 2.0))
    assert whole == pytest.approx(2 * early)
    power = np.abs(np.fft.rfft([one.yaw - 0.1 for one in made[rest]])) ** 2
    hertz = np.fft.rfftfreq(len(made[rest]), 0.05)
    parts = [power[(hertz > low) & (hertz < high)].sum() for low, high in ((0.1, 0.45), (0.55, 1.25), (1.7, 3.3))]
    assert np.divide(parts, sum(parts)) == pytest.approx(np.array([1, 0.25, 0.0196]) / 1.2696, abs=0.02)


SLOW, HOLD = Step("push", 1, speed=0.5), Step("hold", 1)


@pytest.mark.parametrize(
    ("groups", "seconds", "wanted"),
    [
        ([[Step("push", 1)]], 6.0, [(0, 1)]),
        ([[Step("push", 1, seconds=2.0)]], 6.0, [(0.1, 0.1 + 1 / 3)]),  # it rests 0.15 of what is left before it
        ([[Step("push", 1, share=0.25)], [Step("pan", 1)]], 8.0, [(0, 0.25), (0.25, 1)]),
        ([[Step("push", 1, speed=2.0)], [Step("pan", 1)]], 7.0, [(0, 0.25), (0.25, 1)]),
        ([[Step("push", 1, speed=20.0)], [Step("pan", 1)]], 7.0, [(0, 0.05), (0.05, 1)]),
        ([[Step("push", 1, speed=1.5)]], 10.0, [(0.115, 0.115 + 7 / 30)]),
        ([[Step("push", 1, speed=1.49)]], 10.0, [(0, 1)]),
        ([[SLOW], [Step("pan", 1)]], 4.0, [(0, 2**0.5 / (1 + 2**0.5)), (2**0.5 / (1 + 2**0.5), 1)]),
        ([[HOLD], [Step("pan", 1)]], 4.0, [(0, 0.375), (0.375, 1)]),
        ([[Step("push", 1, seconds=9.0)], [Step("pan", 1)]], 4.0, [(0, 0.75), (0.75, 1)]),
        ([[Step("push", 1, seconds=9.0)], [Step("pan", 1, seconds=3.0)]], 6.0, [(0, 0.75), (0.75, 1)]),
        ([[Step("push", 1, seconds=1.0)], [Step("pan", 1, seconds=2.0)]], 6.0, [(0, 1 / 6), (2.5 / 6, 4.5 / 6)]),
        ([[Step("push", 1, seconds=0.01)], [Step("pan", 1)]], 1.0, [(0, 0.1), (0.1, 1)]),
        ([[Step("push", 1, seconds=1.0), Step("tilt", 1, seconds=3.0)], [Step("pan", 1)]], 4.0, [(0, 0.75), (0.75, 1)]),
    ],
)
def test_when_steps_run(groups: list[list[Step]], seconds: float, wanted: list[tuple[float, float]]) -> None:
    found = spans(groups, seconds)
    assert [end for pair in found for end in pair] == pytest.approx([end for pair in wanted for end in pair])
