"""The whole path that words mean: to, past, through, over and around things that are known by name; what a lens
focuses on; what a seed changes. Lengths in metres, in the start camera's axes; the camera is 1.6 m above the ground."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.engines.draft.camera.moves import Move, path_of, plan
from backend.engines.draft.camera.sight import nearest_large, scene_of, with_subject
from backend.engines.draft.camera.targets import find_target
from client.protocol import Camera, Focus, Thing
from tests.backend.draft.camera.test_moves import ROOM, angles, prompts

LEVEL = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 1.6), (0.0, 0.0, 0.0, 1.0))
SOFA = Thing("Sofa_Leather", (1.0, -1.2, -5.0), (2.0, 0.8, 0.9))
CHAIR = Thing("Chair", (-0.6, -1.15, -3.0), (0.6, 0.9, 0.6))
DOORWAY = Thing("Doorway", (-0.5, -0.6, -17.0), (0.9, 2.0, 0.2))
ANNA = Thing("Anna", (0.4, -0.7, -2.0), (0.5, 1.8, 0.3), person=True)
BEN = Thing("Ben", (-0.4, -0.7, -2.4), (0.5, 1.8, 0.3), person=True)
FACADE = Thing("Facade", (0.0, 3.0, -20.0), (14.0, 9.2, 1.0))
TISCH = Thing("Tisch.Küche", (-1.5, -1.2, -6.0), (1.6, 0.8, 0.9))
CAMERA = Camera(
    "perspective",
    1920,
    1080,
    960.0,
    540.0,
    1600.0,
    1600.0,
    matrix_world=LEVEL,
    things=(FACADE, SOFA, CHAIR, DOORWAY, ANNA, BEN, TISCH),
)


def seen_from(**changes: object) -> Camera:
    return Camera(**{**vars(CAMERA), **changes})  # type: ignore[arg-type]


def poses(words: str, camera: Camera | None = CAMERA, seconds: float = 5.0, seed: int = 0) -> np.ndarray:
    """[keyframes, 4, 4]"""
    return matrices(path_of(words, camera, seconds, seed))


def matrices(move: Move) -> np.ndarray:
    return np.array([key.matrix for key in move.path.keyframes])


def off_axis(pose: np.ndarray, thing: Thing) -> tuple[float, float]:
    """Degrees by which a thing is beside and above the middle of the frame."""
    x, y, z = (np.linalg.inv(pose) @ (*thing.centre, 1.0))[:3]
    return math.degrees(math.atan2(x, -z)), math.degrees(math.atan2(y, -z))


def test_to_a_thing_ends_before_it_with_it_in_the_middle() -> None:
    found = poses("slowly push in to the sofa")
    end = found[-1]
    assert off_axis(end, SOFA) == pytest.approx((0, 0), abs=0.1)
    near = np.linalg.norm(end[:3, 3] - SOFA.centre)
    assert 1.5 < near < 3.5  # all of it is in the frame, and it fills most of it
    assert np.all(np.diff(np.linalg.norm(found[:, :3, 3] - SOFA.centre, axis=1)) <= 1e-6)


def test_past_a_thing_leaves_room_beside_it_and_ends_behind_it() -> None:
    found = poses("push in past the chair")
    beside = found[np.abs(found[:, 2, 3] - CHAIR.centre[2]).argmin()]
    assert beside[0, 3] - CHAIR.centre[0] >= 0.5 * CHAIR.size[0] + 0.5 - 1e-3
    assert found[-1, 2, 3] < CHAIR.centre[2] - CHAIR.size[2] / 2
    assert angles(found[-1])[0] == pytest.approx(0, abs=1e-6)


def test_through_an_opening_crosses_its_middle_and_goes_on() -> None:
    found = poses("fly through the doorway")
    crossing = found[np.abs(found[:, 2, 3] - DOORWAY.centre[2]).argmin()]
    assert crossing[0, 3] == pytest.approx(DOORWAY.centre[0], abs=0.05)
    assert DOORWAY.centre[1] - 1.0 < crossing[1, 3] < DOORWAY.centre[1] + 1.0
    assert found[-1, 2, 3] == pytest.approx(-18.07, abs=0.1)


def test_over_a_thing_clears_its_top_before_it_is_there() -> None:
    top = FACADE.centre[1] + FACADE.size[1] / 2
    for words in ("crane up and over the facade", "fly over the facade"):
        found = poses(words)
        over = found[:, 2, 3] <= FACADE.centre[2] + FACADE.size[2] / 2
        assert over.any() and np.all(found[over, 1, 3] > top + 0.5), words
    assert angles(poses("crane up and over the facade")[-1])[1] < -20


def test_a_full_turn_is_about_the_thing_and_ends_where_it_began() -> None:
    found = poses("360 around the sofa")
    away = found[:, :3, 3] - np.array(SOFA.centre)
    np.testing.assert_allclose(np.hypot(away[:, 0], away[:, 2]), math.hypot(1, 5), rtol=1e-5)
    np.testing.assert_allclose(found[-1], np.eye(4), atol=1e-6)
    np.testing.assert_allclose(found[len(found) // 2, :3, 3], (2.0, 0.0, -10.0), atol=1e-3)


def test_a_share_of_the_way_is_how_much_larger_it_looks() -> None:
    for words, metres in (("push in to the sofa by 25%", 1.0), ("pull away from the sofa by 20%", -1.0)):
        move = poses(words, seen_from(things=(Thing("Sofa", (0.0, 0.0, -5.0), (2.0, 0.8, 0.9)),)))[-1]
        np.testing.assert_allclose(move[:3, 3], (0.0, 0.0, -metres), atol=1e-5)


def test_across_and_up_to_a_thing_end_beside_it() -> None:
    np.testing.assert_allclose(poses("truck left to the chair")[-1, :3, 3], (-0.6, 0.0, 0.0), atol=1e-5)
    np.testing.assert_allclose(poses("truck right and stop at the sofa")[-1, :3, 3], (1.0, 0.0, 0.0), atol=1e-5)
    assert poses("boom down to the sofa")[-1, 1, 3] == pytest.approx(-0.85 * 1.2)
    assert poses("crane up to the facade")[-1, 1, 3] == pytest.approx(0.85 * 3.0)
    assert poses("crane up to the sofa")[-1, 1, 3] > 0  # the words' way, where the thing lies the other


def test_a_look_beside_a_way_aims_from_where_the_way_ends() -> None:
    for words in ("truck left 3 m while panning to the sofa", "truck left 3 m, keeping the sofa centred"):
        end = poses(words)[-1]
        np.testing.assert_allclose(end[:3, 3], (-3.0, 0.0, 0.0), atol=1e-5)
        assert off_axis(end, SOFA)[0] == pytest.approx(0, abs=0.01)
    end = poses("pedestal up 2 m, keeping the chair in frame")[-1]
    assert end[1, 3] == pytest.approx(2.0)
    assert off_axis(end, CHAIR)[1] == pytest.approx(0, abs=0.6)


def test_stairs_are_climbed_to_their_end() -> None:
    stairs = Thing("Staircase", (1.5, -0.2, -6.0), (2.0, 2.8, 4.0))
    far, turn = math.hypot(1.5, 6.0), math.atan2(1.5, 6.0)
    length = far + 0.5 * (2.0 * math.sin(turn) + 4.0 * math.cos(turn))
    for words, rise in (("walk up the staircase", 2.8), ("go down the stairs", -2.8)):
        end = poses(words, seen_from(things=(stairs,)))[-1, :3, 3]
        np.testing.assert_allclose(end, (length * math.sin(turn), rise, -length * math.cos(turn)), atol=1e-4)
    end = poses("walk up the stairs", seen_from(things=()))[-1, :3, 3]
    assert end[1] == pytest.approx(-0.6 * end[2]) and end[2] < -0.5


def test_a_room_behind_a_door_is_entered() -> None:
    door, kitchen = Thing("Door", (-1.5, -0.6, -9.0), (0.9, 2.0, 0.2)), Thing("Kitchen", (-2, -0.4, -12), (4, 2.6, 4))
    end = poses("穿过门走到厨房", seen_from(things=(door, kitchen)))[-1, :3, 3]
    assert end[2] < -9.5
    beyond = Thing("Lamp", (-1.5, -0.6, -14.0), (0.4, 1.6, 0.4))
    end = poses("go through the door to the lamp", seen_from(things=(door, beyond)))[-1]
    assert off_axis(end, beyond) == pytest.approx((0, 0), abs=0.2)


def test_into_a_room_is_into_its_middle() -> None:
    kitchen = Thing("Kitchen", (-2.0, -0.4, -12.0), (4.0, 2.6, 4.0))
    end = poses("walk into the kitchen", seen_from(things=(kitchen,)))[-1]
    np.testing.assert_allclose(end[:3, 3], (-2.0, 0.0, -12.0), atol=1e-4)
    mirror = Thing("Mirror", (-2.0, 0.1, -5.0), (0.1, 1.2, 0.8))
    assert poses("push into the mirror", seen_from(things=(mirror,)))[-1, 2, 3] > -4.5
    assert poses("walk to the kitchen", seen_from(things=(kitchen,)))[-1, 2, 3] > -9.0


def test_down_to_the_ground_ends_above_it() -> None:
    sight = tuple(tuple(1.5 / max(0.2 * (row - 4), 0.15) for _ in range(16)) for row in range(9))
    lowest = scene_of(seen_from(sight=sight)).down
    for words in ("drop to floor level", "sink to the ground", "crane down to street level"):
        assert poses(words, seen_from(sight=sight))[-1, 1, 3] == pytest.approx(0.2 - lowest, abs=1e-6), words


def test_a_thing_that_is_held_on_is_not_missed() -> None:
    move = path_of("hold on the lamp, then push in to the sofa", CAMERA, 5.0)
    assert not [note for note in move.notes if "lamp" in note]


def test_clockwise_is_seen_from_above() -> None:
    left, right = (
        poses("arc around the sofa clockwise, 90 degrees"),
        poses("orbit counterclockwise around the sofa 90°"),
    )
    np.testing.assert_allclose(left[-1, :3, 3], (-4.0, 0.0, -6.0), atol=1e-5)
    np.testing.assert_allclose(right[-1, :3, 3], (6.0, 0.0, -4.0), atol=1e-5)


def test_people_are_those_in_view() -> None:
    found = poses("circles them, 90 degrees to the left")
    middle = (np.array(ANNA.centre) + BEN.centre) / 2
    away = found[:, [0, 2], 3] - middle[[0, 2]]
    np.testing.assert_allclose(np.hypot(*away.T), math.hypot(*middle[[0, 2]]), rtol=0.02)


def test_a_vertigo_effect_keeps_whom_it_is_about_as_large() -> None:
    for words, far in (("vertigo effect on Anna", 2.0), ("vertigo effect", 5.0)):
        move = path_of(words, seen_from(focus=Focus(5.0)), 5.0)
        sizes = [key.zoom / (far + key.matrix[2][3]) for key in move.path.keyframes]
        assert sizes == pytest.approx([1 / far] * len(sizes), rel=1e-4), words
        assert move.path.keyframes[-1].zoom > 1.1


def test_pans_and_tilts_end_on_the_thing() -> None:
    assert off_axis(poses("pan to the sofa")[-1], SOFA)[0] == pytest.approx(0, abs=0.01)
    assert off_axis(poses("tilt down to the chair")[-1], CHAIR)[1] == pytest.approx(0, abs=0.5)
    assert off_axis(poses("zoom in on the chair")[-1], CHAIR) == pytest.approx((0, 0), abs=0.1)


@pytest.mark.parametrize(
    ("words", "thing"),
    [("Kamera fährt zum Tisch", TISCH), ("la caméra s'approche du canapé", SOFA), ("镜头靠近沙发", SOFA),
     ("椅子へ近づく", CHAIR), ("소파 쪽으로 다가간다", SOFA), ("la cámara se acerca a la silla", CHAIR),
     ("push in to the couch", SOFA)],
)  # fmt: skip
def test_things_are_known_by_their_names_in_every_language(words: str, thing: Thing) -> None:
    assert off_axis(poses(words)[-1], thing) == pytest.approx((0, 0), abs=0.2)


def test_an_aerial_comes_down_towards_what_is_named() -> None:
    found = poses("aerial descending toward the sofa")
    assert found[-1, 1, 3] == pytest.approx(0.85 * SOFA.centre[1], abs=1e-5)
    assert np.linalg.norm(found[-1, :3, 3] - SOFA.centre) < 3.5
    middle = found[len(found) // 2]
    assert middle[1, 3] < -0.3 and middle[2, 3] < -0.5  # both at the same time


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("truck left 2 metres, orbit right 0 degrees", (-2, 0, 0)),
        ("push in 3 metres", (0, 0, -3)),
        ("Kamera fährt 2 Meter nach links", (-2, 0, 0)),
        ("镜头向右移动1.5米", (1.5, 0, 0)),
        ("pedestal up 120 cm", (0, 1.2, 0)),
        ("Kamera fährt 2,5 Meter zurück", (0, 0, 2.5)),
        ("pull back 4 m", (0, 0, 4)),
    ],
)
def test_figures_are_exact_whatever_the_seed(words: str, end: tuple[float, float, float]) -> None:
    for seed in (0, 1, 2, 4294967295):
        np.testing.assert_allclose(poses(words, seed=seed)[-1, :3, 3], end, atol=1e-5)


def test_turns_in_degrees_are_exact_whatever_the_seed() -> None:
    for seed in range(6):
        assert angles(poses("pan left 120 degrees", seed=seed)[-1])[0] == pytest.approx(120, abs=1e-3)
        assert angles(poses("tilt up 30 degrees", seed=seed)[-1])[1] == pytest.approx(30, abs=1e-3)
        pose = poses("orbit left 180 degrees around the sofa", seed=seed)[-1]
        np.testing.assert_allclose(pose[[0, 2], 3], (2.0, -10.0), atol=1e-4)


@pytest.mark.parametrize(
    "words", ["push in", "orbit", "pan", "truck right", "crane up", "zoom in", "arc around the sofa"]
)
def test_a_seed_varies_what_words_leave_open_and_nothing_else(words: str) -> None:
    ends = []
    for seed in range(1, 9):
        move = path_of(words, CAMERA, 5.0, seed)
        assert move == path_of(words, CAMERA, 5.0, seed)
        last = move.path.keyframes[-1]
        ends.append((*np.array(last.matrix)[:3, 3], *angles(np.array(last.matrix)), last.zoom))
    spread = np.ptp(np.array(ends), axis=0)
    assert spread.max() > 0.1, words
    for first, second in pairwise(ends):
        assert np.abs(np.array(first) - second).max() > 5e-3, words
    if words in ("orbit", "pan", "arc around the sofa"):  # which way round is open
        turned = np.array(ends)[:, 3]
        assert turned.min() < -1 and turned.max() > 1
    if words == "truck right":
        assert np.array(ends)[:, 0].min() > 0.1


def test_words_that_leave_nothing_open_are_the_same_with_every_seed() -> None:
    np.testing.assert_array_equal(poses("static shot", seed=3), poses("static shot", seed=4))


def test_nothing_is_cut_with_views_along_the_path_and_with_one_still_it_is_said() -> None:
    for words, least in (("whip pan left", 89.9), ("360 around the chair", 359)):
        free = plan(words, 5, ROOM, 0, views=5)
        turned = sum(abs(math.degrees(_turn(a, b))) for a, b in pairwise(matrices(free)))
        assert turned >= least and not any("stops at" in note for note in free.notes), words
        cut = plan(words, 5, ROOM, 0)
        assert any(note.startswith(f'"{words}" stops at') and "single still" in note for note in cut.notes), words
    assert poses("pull back to reveal the whole room", seen_from(things=(), focus=Focus(6.0)))[-1, 2, 3] >= 6.0


def _turn(first: np.ndarray, second: np.ndarray) -> float:
    return math.acos(min(max((np.trace(first[:3, :3].T @ second[:3, :3]) - 1) / 2, -1.0), 1.0))


def test_what_is_in_the_way_ends_a_push_that_names_no_goal() -> None:
    wall = tuple(tuple(6.0 for _ in range(16)) for _ in range(9))
    move = path_of("push in 100 metres", seen_from(sight=wall, things=()), 5.0)
    assert -5.9 < move.path.keyframes[-1].matrix[2][3] < -4.0
    assert any("no room" in note for note in move.notes)


def test_what_is_named_and_not_there_is_said() -> None:
    assert path_of("push in to the piano", CAMERA, 5.0).notes == (
        "Not found in view by its name: piano. The move goes by what is nearest in the middle.",
    )
    bare = seen_from(things=(), focus=Focus(3.0))
    assert path_of("orbit around the woman", bare, 5.0).notes == (
        "Not found in view by its name: woman. The move goes by what the lens focuses on.",
    )
    assert path_of("orbit around the table", bare, 5.0).notes == ()
    assert path_of("reverse angle on Anna", CAMERA, 5.0).notes == (
        "A reverse angle wants another camera: place one there and make a shot of it.",
    )
    assert len(path_of("reverse angle on Anna", CAMERA, 5.0).path.keyframes) == 2


def test_the_subject_is_the_lens_s_focus_else_the_nearest_large_thing() -> None:
    """Two people at 2 m before a wall at 5.7 m, on a floor 1.2 m below."""
    rows, columns = 54, 96
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    metres = np.full((rows, columns), 5.7)
    below = (y / rows - 0.5) * 1080 / 1600
    metres = np.where(below > 0, np.minimum(metres, 1.2 / np.maximum(below, 1e-6)), metres)
    for left in (0.32, 0.54):
        metres[(x / columns > left) & (x / columns < left + 0.14) & (y / rows > 0.2)] = 2.0
    scene = with_subject(scene_of(seen_from(things=())), CAMERA, metres)
    assert scene.subject == pytest.approx(2.0, abs=1e-6)
    assert with_subject(scene, seen_from(focus=Focus(5.7)), metres).subject == 5.7
    focus = seen_from(focus=Focus(2.1, "Anna", (0.4, 0.1, -2.1)))
    assert with_subject(scene, focus, metres).lens == (0.4, 0.1, -2.1)
    nothing = np.full((9, 16), np.inf)
    assert nearest_large(nothing, np.zeros((9, 16, 3)), np.array([0.0, 1.0, 0.0])) == 0.0


def test_a_name_is_found_by_its_head_and_the_best_fit_counts() -> None:
    red, blue = Thing("Chair red", (2.0, 0.0, -4.0), (1, 1, 1)), Thing("BlueChair.004", (0.1, 0.0, -4.0), (1, 1, 1))
    scene = scene_of(seen_from(things=(red, blue)))
    assert find_target("red chair", scene).centre[0] == 2.0  # type: ignore[union-attr]
    assert find_target("chair", scene).centre[0] == 0.1  # type: ignore[union-attr]
    assert find_target("chairs", scene).centre[0] == pytest.approx(1.05)  # type: ignore[union-attr]
    assert find_target("red", scene) is not None and find_target("hair", scene) is None


@settings(max_examples=60, deadline=None)
@given(prompt=prompts, seconds=st.floats(0.1, 8), seed=st.integers(0, 2**32 - 1), known=st.booleans())
def test_any_words_give_a_whole_path_that_can_be_flown(prompt: str, seconds: float, seed: int, known: bool) -> None:
    words = prompt + " to the sofa, then around the chair, past anna" if known else prompt
    move = path_of(words, CAMERA if known else None, seconds, seed)
    found = matrices(move)
    turns = found[:, :3, :3]
    assert np.isfinite(found).all() and (np.linalg.det(turns) > 0.999).all()
    np.testing.assert_array_equal(found[0], np.eye(4))
    assert all(0 < len(note) < 160 and note.endswith(".") for note in move.notes)
