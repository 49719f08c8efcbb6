"""What moves measure themselves by, when they run, and where they go: exact figures for scenes without symmetry."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera.limits import Sizes, clearance
from backend.engines.draft.camera.moves import plan
from backend.engines.draft.camera.rig import RigPose, shaken
from backend.engines.draft.camera.scene_depth import SceneDepth
from backend.engines.draft.camera.timing import ease, grouped, ramps, spans
from backend.engines.draft.direction.steps import Step

FAR = SceneDepth(
    orthographic=False,
    width=1000,
    height=500,
    fx=500,
    fy=400,
    focus=10.0,
    forward=50.0,
    left=20.0,
    right=30.0,
    up=40.0,
    down=50.0,
)
FLAT = replace(FAR, orthographic=True, fx=100, fy=50)


def poses(words: str, scene: SceneDepth = FAR, seconds: float = 5.0, **more: object) -> np.ndarray:
    return np.array([key.matrix for key in plan(words, seconds, scene, 0, **more).path.keyframes])  # type: ignore[arg-type]


def test_the_field_of_view_and_the_frame() -> None:
    assert (FAR.fov_x, FAR.fov_y) == pytest.approx((math.pi / 2, 2 * math.atan(0.625)))
    assert (FAR.frame_width, FAR.frame_height) == pytest.approx((20.0, 12.5))
    assert (FLAT.fov_x, FLAT.fov_y, FLAT.frame_width, FLAT.frame_height) == (0, 0, 10.0, 10.0)


@pytest.mark.parametrize(
    ("forward", "metres"), [(0.1, 0.05), (0.2, 0.1), (0.4, 0.1), (1.0, 0.2), (4.0, 0.8), (5.0, 1.0), (99.0, 1.0)]
)
def test_the_clearance(forward: float, metres: float) -> None:
    scene = SceneDepth(False, 10, 10, 10, 10, 4.0, forward, 1, 1, 1, 1)
    assert clearance(scene) == pytest.approx(metres)


def test_sizes_of_a_scene() -> None:
    size = Sizes.of(FAR)
    assert size.room == pytest.approx((17.0, 25.5, 42.5, 34.0, 49.0, 12.0))  # left, right, down, up, forward, back
    degrees = math.radians
    assert size.usual == pytest.approx(
        {
            "push": 1.8,
            "truck": 1.6,
            "pedestal": 1.0,
            "crane": 1.875,
            "orbit": degrees(10),
            "pan": 0.2 * FAR.fov_x,
            "tilt": 0.2 * FAR.fov_y,
            "roll": degrees(6),
            "zoom": math.log(1.3),
            "dolly zoom": 2.5,
        }
    )
    assert size.most == pytest.approx(
        {
            "push": 45.08,
            "truck": 16.0,
            "pedestal": 10.0,
            "crane": 11.25,
            "orbit": degrees(75),
            "pan": 0.8 * FAR.fov_x,
            "tilt": 0.8 * FAR.fov_y,
            "roll": degrees(360),
            "zoom": math.log(6),
            "dolly zoom": 7.0,
        }
    )
    flat = Sizes.of(FLAT)
    assert (flat.usual["pan"], flat.usual["tilt"]) == pytest.approx((degrees(10), degrees(6)))


@pytest.mark.parametrize(
    ("place", "inside"),
    [((-17, 0, 0), True), ((-17.1, 0, 0), False), ((25.5, 0, 0), True), ((25.6, 0, 0), False), ((0, -42.5, 0), True),
     ((0, -42.6, 0), False), ((0, 34, 0), True), ((0, 34.1, 0), False), ((0, 0, -49), True), ((0, 0, -49.1), False),
     ((0, 0, 12), True), ((0, 0, 12.1), False), ((20.4, 20.4, 0), True), ((20.5, 20.5, 0), False)],
)  # fmt: skip
def test_the_room_has_another_end_on_each_side(place: tuple[float, float, float], inside: bool) -> None:
    assert bool(Sizes.of(FAR).inside(np.array(place, float))) is inside


@pytest.mark.parametrize(
    ("words", "place"),
    [("push in 3 metres", (0, 0, -3)), ("pull out 3 metres", (0, 0, 3)), ("truck left 3 metres", (-3, 0, 0)),
     ("truck right 3 metres", (3, 0, 0)), ("pedestal up 3 metres", (0, 3, 0)), ("pedestal down 3 metres", (0, -3, 0))],
)  # fmt: skip
def test_travel_in_metres(words: str, place: tuple[float, float, float]) -> None:
    made = poses(words)
    np.testing.assert_allclose(made[-1, :3, 3], place, atol=1e-6)
    np.testing.assert_allclose(made[len(made) // 2, :3, 3], np.divide(place, 2), atol=1e-4)  # half of it at half-time


def turned(axis: str, degrees: float) -> np.ndarray:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array(
        {
            "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
            "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
            "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
        }[axis]
    )


@pytest.mark.parametrize(
    ("words", "axis", "degrees"),
    [("pan left 20 degrees", "y", 20), ("pan right 20 degrees", "y", -20), ("tilt up 20 degrees", "x", 20),
     ("tilt down 20 degrees", "x", -20), ("roll clockwise 20 degrees", "z", -20), ("roll left 20 degrees", "z", 20)],
)  # fmt: skip
def test_turns_in_degrees(words: str, axis: str, degrees: float) -> None:
    made = poses(words)
    np.testing.assert_allclose(made[-1, :3, :3], turned(axis, degrees), atol=1e-6)
    np.testing.assert_allclose(made[len(made) // 2, :3, :3], turned(axis, degrees / 2), atol=1e-4)
    assert not made[:, :3, 3].any()


def test_a_quick_move_rests_where_it_ended() -> None:
    made = poses("whip pan left 20 degrees")
    for at in (len(made) // 2, -1):
        np.testing.assert_allclose(made[at, :3, :3], turned("y", 20), atol=1e-6)


@pytest.mark.parametrize(("words", "sign"), [("orbit right 30 degrees", 1), ("orbit left 30 degrees", -1)])
def test_an_orbit_goes_round_its_subject_the_way_it_is_told(words: str, sign: int) -> None:
    made = poses(words)
    for pose, degrees in ((made[-1], 30), (made[len(made) // 2], 15)):
        angle = sign * math.radians(degrees)
        np.testing.assert_allclose(pose[:3, 3], (10 * math.sin(angle), 0, 10 * math.cos(angle) - 10), atol=2e-3)
        np.testing.assert_allclose(pose[:3, :3], turned("y", sign * degrees), atol=2e-4)


def test_an_orbit_after_a_push_keeps_the_subject_it_had() -> None:
    made = poses("push in 4 metres, then orbit right 20 degrees")
    np.testing.assert_allclose(np.linalg.inv(made[-1]) @ (0, 0, -10, 1), (0, 0, -6, 1), atol=1e-5)


def test_a_crane_looks_back_at_what_it_saw() -> None:
    made = poses("crane up 4 metres")
    np.testing.assert_allclose(made[-1, :3, 3], (0, 4, 0), atol=1e-6)
    np.testing.assert_allclose(made[-1, :3, :3], turned("x", -math.degrees(0.85 * math.atan(0.4))), atol=1e-6)


def test_a_dolly_zoom_in_figures() -> None:
    last = plan("dolly zoom 4 metres", 5, FAR, 0).path.keyframes[-1]
    assert (last.matrix[2][3], last.zoom) in ((-4.0, 0.6), (4.0, 1.4))


def test_pedestals_and_pans_keep_to_the_worlds_up() -> None:
    down = math.radians(30)
    up = (0.0, math.cos(down), math.sin(down))
    for words, sign in (("pedestal up 2 metres", 1), ("pedestal down 2 metres", -1)):
        np.testing.assert_allclose(poses(words, up=up)[-1, :3, 3], sign * 2 * np.array(up), atol=1e-6)
    made = poses("pan left 45 degrees", up=up)[-1, :3, :3]
    axis = np.array(up)
    np.testing.assert_allclose(made @ axis, axis, atol=1e-6)
    np.testing.assert_allclose(made[:, 0], math.sqrt(0.5) * np.add(np.cross(axis, (1, 0, 0)), (1, 0, 0)), atol=1e-6)
    pushed = poses("pan left 45 degrees, then push in 2 metres", up=up)[-1, :3, 3]
    np.testing.assert_allclose(pushed, -2 * made[:, 2], atol=1e-5)
    # A camera that looks straight down has no horizon to keep.
    np.testing.assert_allclose(poses("pedestal up 2 metres", up=(0.0, 0.2, 0.98))[-1, :3, 3], (0, 2, 0), atol=1e-6)


def step(kind: str = "push", **more: object) -> Step:
    return Step(kind, 1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("groups", "seconds", "wanted"),
    [
        ([[step()]], 5, [(0, 1)]),
        ([[step()], [step()]], 4, [(0, 0.5), (0.5, 1)]),
        ([[step("hold", seconds=1.0)], [step()]], 4, [(0, 0.25), (0.25, 1)]),
        ([[step(seconds=1.0)]], 5, [(0.12, 0.32)]),  # a rest before and after it
        ([[step(seconds=1.0)], [step(seconds=2.0)]], 5, [(0, 0.2), (0.4, 0.8)]),
        ([[step(seconds=9.0)], [step()]], 4, [(0, 0.75), (0.75, 1)]),
        ([[step(seconds=6.0)], [step(seconds=2.0)]], 4, [(0, 0.75), (0.75, 1)]),
        ([[step("hold")], [step()]], 4, [(0, 0.375), (0.375, 1)]),
        ([[step(speed=2.0)], [step()]], 7, [(0, 0.25), (0.25, 1)]),
        ([[step(seconds=1.0), step("pan", seconds=2.0)], [step()]], 4, [(0, 0.5), (0.5, 1)]),
        ([[step(speed=0.5), step("pan", speed=2.0)], [step()]], 7, [(0, 0.25), (0.25, 1)]),  # by the fastest
    ],
)  # fmt: skip
def test_when_steps_run(groups: list[list[Step]], seconds: float, wanted: list[tuple[float, float]]) -> None:
    found = spans(groups, seconds)
    assert [value for pair in found for value in pair] == pytest.approx([value for pair in wanted for value in pair])


def test_which_steps_run_together() -> None:
    one, two, three = step(), step("pan", together=True), step("tilt", delay=1.5)
    late = step("roll", together=True, delay=0.5)
    assert grouped((one, two, step("handheld"), three)) == [[one, two], [Step("hold", 1, seconds=1.5)], [three]]
    assert grouped((two, late)) == [[two], [Step("hold", 1, seconds=0.5)], [late]]


def test_how_a_step_starts_and_ends() -> None:
    u = np.array([0, 0.1, 0.5, 0.9, 1])
    assert ease(u, 0.5, 0.25)[[0, 2, 4]] == pytest.approx([0, 0.25 / 0.625, 1])
    np.testing.assert_allclose(ease(u, 0.32, 0.32), 1 - ease(1 - u, 0.32, 0.32), atol=1e-12)
    assert ease(u, 0.9, 0.05)[2] < 0.4 < 0.6 < ease(u, 0.05, 0.9)[2]
    assert [ramps(step(ease=name)) for name in ("smooth", "in", "out", "linear")] == [
        (0.32, 0.32),
        (0.9, 0.05),
        (0.05, 0.9),
        (0.04, 0.04),
    ]
    assert ramps(step(speed=2.5)) == (0.42, 0.42) and ramps(step(speed=2.4)) == (0.32, 0.32)
    assert ramps(step(speed=3.0, ease="in")) == (0.9, 0.05)


def test_a_hand_is_at_rest_first_and_as_unsteady_as_it_is_told() -> None:
    seconds = np.linspace(0, 8, 200)
    still = [RigPose(np.array([1.0, 2.0, 3.0]), 0.1, 0.2, 0.3, 2.0)] * 200
    once, twice = (shaken(still, seconds, amount, 7, 4.0) for amount in (1.0, 2.0))
    assert once[0].position.tolist() == [1, 2, 3] and (once[0].yaw, once[0].pitch, once[0].roll) == (0.1, 0.2, 0.3)
    for one, two in zip(once, twice, strict=True):
        np.testing.assert_allclose(two.position - (1, 2, 3), 2 * (one.position - (1, 2, 3)), atol=1e-12)
        assert (two.yaw - 0.1, two.pitch - 0.2) == pytest.approx((2 * (one.yaw - 0.1), 2 * (one.pitch - 0.2)))
        assert one.zoom == 2.0
    yaws, pitches = (np.array([getattr(pose, name) for pose in once]) for name in ("yaw", "pitch"))
    assert 0.1 < np.degrees(np.abs(yaws - 0.1).max()) < 0.8 and 0.1 < np.degrees(np.abs(pitches - 0.2).max()) < 0.6
    assert np.abs(np.corrcoef(yaws, pitches)[0, 1]) < 0.9
    far = shaken(still, seconds, 1.0, 7, 100.0)  # no further than at 8 metres
    near = shaken(still, seconds, 1.0, 7, 8.0)
    assert all(a.position.tolist() == b.position.tolist() for a, b in zip(far, near, strict=True))
