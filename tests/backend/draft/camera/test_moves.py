"""Camera moves as keyframes: for any words, poses that can be flown, inside the room that the picture
shows."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.draft.camera import paths
from backend.engines.draft.camera.limits import Sizes, clearance
from backend.engines.draft.camera.moves import (
    HOLES,
    MOST_HOLES,
    MOST_HOLES_ASKED,
    Move,
    plan,
)
from backend.engines.draft.camera.paths import LEAST_ZOOM, MOST_ZOOM
from backend.engines.draft.camera.scene_depth import SceneDepth
from backend.engines.draft.camera.timing import ease
from backend.engines.draft.direction.vocabulary import CAMERA_VERBS, DIRECTIONS, EVERYDAY_VERBS, PHRASES

ROOM = SceneDepth(
    orthographic=False,
    width=1280,
    height=720,
    fx=1100,
    fy=1100,
    focus=4.0,
    forward=3.2,
    left=1.5,
    right=1.5,
    up=1.2,
    down=0.8,
)
LANDSCAPE = SceneDepth(
    orthographic=False,
    width=1920,
    height=800,
    fx=2400,
    fy=2400,
    focus=200.0,
    forward=60.0,
    left=100.0,
    right=100.0,
    up=500.0,
    down=1.6,
)
CLOSE_UP = SceneDepth(
    orthographic=False,
    width=1280,
    height=720,
    fx=2800,
    fy=2800,
    focus=0.4,
    forward=0.28,
    left=0.05,
    right=0.05,
    up=0.04,
    down=0.03,
)
FLAT = SceneDepth(
    orthographic=True,
    width=1280,
    height=720,
    fx=100,
    fy=100,
    focus=15.0,
    forward=9.0,
    left=5.0,
    right=5.0,
    up=3.0,
    down=3.0,
)
SCENES = (ROOM, LANDSCAPE, CLOSE_UP, FLAT)

VOCABULARY = sorted(
    {
        *CAMERA_VERBS,
        *EVERYDAY_VERBS,
        *DIRECTIONS,
        *PHRASES,
        "panning",
        "pushes",
        "then",
        "and",
        "while",
        ",",
        ".",
        "slowly",
        "fast",
        "very",
        "a lot",
        "slightly",
        "90 degrees",
        "5 metres",
        "100000 metres",
        "2 seconds",
        "99 s",
        "3x",
        "the camera",
        "she",
        "no",
        "don't",
        "camera movement",
        "after",
        "before",
        "0 degrees",
        "0 s",
        "1e9 m",
        "°",
        "½",
        "linear",
        "ease in",
        "whip",
        "handheld",
    }
)
prompts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(VOCABULARY), max_size=25).map(" ".join))


def matrices(move: Move) -> np.ndarray:
    return np.array([key.matrix for key in move.path.keyframes])


def end(prompt: str, scene: SceneDepth = ROOM, seconds: float = 5.0, **more: object) -> tuple[np.ndarray, float]:
    """The last pose and zoom of a move."""
    last = plan(prompt, seconds, scene, 0, **more).path.keyframes[-1]  # type: ignore[arg-type]
    return np.array(last.matrix), last.zoom


def angles(pose: np.ndarray) -> tuple[float, float, float]:
    """Degrees to the left, up, and clockwise."""
    forward, right = -pose[:3, 2], pose[:3, 0]
    return (
        math.degrees(math.atan2(-forward[0], -forward[2])),
        math.degrees(math.asin(np.clip(forward[1], -1, 1))),
        math.degrees(math.atan2(-right[1], math.hypot(right[0], right[2]))),
    )


def test_moves_go_where_they_are_told() -> None:
    assert end("push in")[0][2, 3] < -0.2 and end("pull out")[0][2, 3] > 0.2
    assert end("truck left")[0][0, 3] < -0.1 and end("truck right")[0][0, 3] > 0.1
    assert end("pedestal up")[0][1, 3] > 0.1 and end("pedestal down")[0][1, 3] < -0.1
    assert angles(end("pan left")[0])[0] > 5 and angles(end("pan right")[0])[0] < -5
    assert angles(end("tilt up")[0])[1] > 3 and angles(end("tilt down")[0])[1] < -3
    assert angles(end("roll clockwise")[0])[2] > 5 and angles(end("roll left")[0])[2] < -5
    assert end("zoom in")[1] > 1.2 and end("zoom out")[1] < 0.85
    crane = end("crane up")[0]
    assert crane[1, 3] > 0.1 and angles(crane)[1] < -2
    np.testing.assert_array_equal(end("static shot")[0], np.eye(4))


def test_figures_are_kept() -> None:
    assert angles(end("pan left 20 degrees")[0])[0] == pytest.approx(20, abs=0.01)
    assert end("push in 1.5 metres")[0][2, 3] == pytest.approx(-1.5, abs=1e-4)
    assert end("truck left 60 cm")[0][0, 3] == pytest.approx(-0.6, abs=1e-4)
    assert end("zoom in 2x")[1] == pytest.approx(2, abs=1e-4)


def test_an_orbit_keeps_its_subject_in_the_middle() -> None:
    for key in plan("orbit left", 5, ROOM, 0).path.keyframes:
        pose = np.array(key.matrix)
        subject = np.linalg.inv(pose) @ (0, 0, -ROOM.focus, 1)
        assert subject[:3] == pytest.approx((0, 0, -ROOM.focus), abs=1e-4)


def test_a_dolly_zoom_keeps_its_subject_as_large() -> None:
    move = plan("dolly zoom", 5, ROOM, 0)
    sizes = [key.zoom / (ROOM.focus + key.matrix[2][3]) for key in move.path.keyframes]
    assert move.path.keyframes[-1].zoom > 1.1
    assert sizes == pytest.approx([1 / ROOM.focus] * len(sizes), rel=1e-4)


@pytest.mark.parametrize("words", ["pan left", "orbit right", "crane up", "pan right, then tilt down"])
def test_the_horizon_stays_level(words: str) -> None:
    down = math.radians(35)
    up = (0.0, math.cos(down), math.sin(down))
    for key in plan(words, 5, ROOM, 0, up).path.keyframes:
        right = np.array(key.matrix)[:3, 0]
        assert right @ up == pytest.approx(0, abs=1e-6)


def test_amounts_and_speeds_tell() -> None:
    push = [-end(words)[0][2, 3] for words in ("push in a little", "push in", "push in a lot")]
    assert push == sorted(push) and push[0] < 0.75 * push[2]
    slow, usual = (-end(f"{how} push in")[0][2, 3] for how in ("very slow", ""))
    assert slow < 0.85 * usual
    yaw = [angles(np.array(key.matrix))[0] for key in plan("whip pan left", 5, ROOM, 0).path.keyframes]
    moving = sum(abs(b - a) > 1e-3 for a, b in pairwise(yaw)) / len(yaw)
    assert moving < 0.25


def test_a_sequence_is_one_after_another() -> None:
    poses = matrices(plan("push in, then pan left", 6, ROOM, 0))
    travel, turn = -poses[:, 2, 3], np.array([angles(pose)[0] for pose in poses])
    assert not np.any((np.diff(travel) > 1e-5) & (np.diff(turn) > 1e-3))
    assert travel[-1] > 0.3 and turn[-1] > 5
    together = matrices(plan("push in while panning left", 6, ROOM, 0))
    middle = together[len(together) // 2]
    assert -middle[2, 3] > 0.1 and angles(middle)[0] > 2


def test_seconds_are_kept() -> None:
    poses = matrices(plan("hold for 2 seconds, then push in", 6, ROOM, 0))
    at = np.flatnonzero(np.abs(poses[:, 2, 3]) > 1e-6)[0] / (len(poses) - 1) * 6
    assert at == pytest.approx(2.0, abs=0.15)


def test_unknown_words_give_a_gentle_push_in_and_say_so() -> None:
    move = plan("A quiet library at dusk.", 5, ROOM, 0)
    assert move.notes == ("No camera move found in the words: a gentle push in was used.",)
    assert 0.1 < -move.path.keyframes[-1].matrix[2][3] < -end("push in")[0][2, 3]
    assert plan("push in", 5, ROOM, 0).notes == ()
    assert plan("no push in, no pan, no zoom", 5, ROOM, 0).path.keyframes[-1].matrix[2][3] == 0


def test_too_much_is_cut_and_said() -> None:
    move = plan("push in 100 metres", 5, ROOM, 0)
    assert -move.path.keyframes[-1].matrix[2][3] <= ROOM.forward - clearance(ROOM)
    assert any("stops at" in note for note in move.notes)
    assert "stops at" in " ".join(plan("pan left 170 degrees", 5, ROOM, 0).notes)


def test_handheld_differs_by_seed_and_starts_at_rest() -> None:
    one, same, other = (plan("handheld", 5, ROOM, seed) for seed in (1, 1, 2))
    assert one == same and one != other
    turned = [max(abs(angle) for angle in angles(pose)) for pose in matrices(one)]
    assert turned[0] == 0 and 0.1 < max(turned) < 2.0


@pytest.mark.parametrize("words", ["zoom in 6x, pan left, ", "zoom out 6x, pan left, "])
def test_however_much_the_words_zoom_the_path_can_be_followed(words: str) -> None:
    path = plan(6 * words, 5, ROOM, 0).path
    assert paths.check(path) is path
    assert path.keyframes[-1].zoom == (MOST_ZOOM if "in" in words else LEAST_ZOOM)


def test_a_flat_camera_zooms_instead_of_pushing_in() -> None:
    pose, zoom = end("push in", FLAT)
    assert zoom > 1.1 and pose[2, 3] == 0


def test_ease_is_smooth_and_whole() -> None:
    u = np.linspace(0, 1, 2001)
    for rise, fall in ((0.32, 0.32), (0.04, 0.04), (0.9, 0.05), (0.05, 0.9)):
        progress = ease(u, rise, fall)
        speed = np.diff(progress) * 2000
        assert progress[0] == 0 and progress[-1] == pytest.approx(1)
        assert speed.min() >= -1e-9 and speed.max() < 2.3
        assert abs(speed[0]) < 0.1 and abs(speed[-1]) < 0.1


@settings(max_examples=60, deadline=None)
@given(
    prompt=prompts,
    seconds=st.floats(0.05, 60),
    scene=st.sampled_from(SCENES),
    seed=st.integers(-(2**63), 2**63),
    up=st.sampled_from([(0.0, 1.0, 0.0), (0.0, 0.7, 0.7), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)]),
)
def test_any_words_give_a_path_that_can_be_flown(
    prompt: str, seconds: float, scene: SceneDepth, seed: int, up: tuple[float, float, float]
) -> None:
    move = plan(prompt, seconds, scene, seed, up)
    assert move == plan(prompt, seconds, scene, seed, up)
    times = [key.t for key in move.path.keyframes]
    assert times[0] == 0 and times[-1] == 1 and all(a < b for a, b in pairwise(times))
    poses = matrices(move)
    np.testing.assert_array_equal(poses[0], np.eye(4))
    assert move.path.keyframes[0].zoom == 1
    assert np.isfinite(poses).all() and (poses[:, 3] == (0, 0, 0, 1)).all()
    turns = poses[:, :3, :3]
    np.testing.assert_allclose(turns @ turns.transpose(0, 2, 1), np.broadcast_to(np.eye(3), turns.shape), atol=1e-6)
    assert (np.linalg.det(turns) > 0).all()
    zooms = np.array([key.zoom for key in move.path.keyframes])
    assert zooms.min() > 0.05 and zooms.max() < 50
    # Never closer to what is in the way than the clearance; a hand's unsteadiness may use 3 cm of it.
    assert -poses[:, 2, 3].min() <= scene.forward - clearance(scene) + 0.05 * min(scene.focus, 8.0)
    # No jumps: bounded speed over the ground and in turning.
    gap = np.diff(times) * seconds
    steps = np.linalg.norm(np.diff(poses[:, :3, 3], axis=0), axis=1) / gap
    assert (steps <= 4.0 * scene.focus + 1e-3).all()
    cosine = (np.einsum("nij,nij->n", turns[1:], turns[:-1]) - 1) / 2
    assert (np.degrees(np.arccos(np.clip(cosine, -1, 1))) / gap <= 1200 + 0.1 / gap).all()
    for note in move.notes:
        assert 0 < len(note) < 160 and note.endswith(".")


def test_positions_stay_in_the_room_that_is_seen() -> None:
    room = Sizes.of(ROOM)
    for words in (
        "push in 100 metres",
        "truck left 100 metres",
        "orbit right 300 degrees",
        "crane up 50 metres",
        "push in 100 m, then truck left 100 m, then pedestal down 100 m",
        "pull out 100 m",
    ):
        for pose in matrices(plan(words, 5, ROOM, 0)):
            assert room.inside(0.999 * pose[:3, 3]), words


def test_moves_end_before_they_show_more_than_the_still_holds() -> None:
    def coverage(pose: np.ndarray, zoom: float) -> float:
        return 1.0 - 0.5 * abs(pose[0, 3])

    def reach(words: str) -> float:
        return 0.5 * abs(plan(words, 5, ROOM, 0, coverage=coverage).path.keyframes[-1].matrix[0][3])

    assert reach("truck left") <= HOLES + 1e-6
    assert HOLES < reach("truck left a lot") <= MOST_HOLES + 1e-6
    assert reach("truck left 50 cm") == pytest.approx(0.25, abs=1e-4)
    assert MOST_HOLES < reach("truck left 3 metres") <= MOST_HOLES_ASKED + 1e-6
    assert reach("truck left, then truck right") < 0.1

    def over(pose: np.ndarray, zoom: float) -> float:
        return 1.0 - 0.5 * abs(pose[0, 3]) - 0.5 * abs(pose[1, 3])

    def together(words: str) -> float:
        last = plan(words, 5, ROOM, 0, coverage=over).path.keyframes[-1].matrix
        return 0.5 * (abs(last[0][3]) + abs(last[1][3]))

    # a second move adds no more than is left of all
    assert together("truck left 3 metres, then pedestal up 2 metres") == pytest.approx(MOST_HOLES_ASKED, abs=1e-3)
