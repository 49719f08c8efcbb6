"""What a seed changes of a move, by how much, and what it leaves alone. Metres, in the start camera's axes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera import sight, timing
from backend.engines.draft.camera.moves import _chosen, path_of, plan
from backend.engines.draft.camera.sight import scene_of
from backend.engines.draft.camera.targets import find_target
from backend.engines.draft.camera.variation import LEAN, LEANING, free_to_lean, life, varied
from backend.engines.draft.direction.read import read_moves
from backend.engines.draft.direction.steps import Step
from client.protocol import Focus, Thing
from tests.backend.draft.camera.test_moves import ROOM, angles
from tests.backend.draft.camera.test_path_of import CAMERA, off_axis, seen_from

LEFT = Thing("Chair.001", (-1.2, -0.5, -4.0), (0.6, 0.9, 0.6))
RIGHT = Thing("Chair.002", (1.0, -0.5, -4.2), (0.6, 0.9, 0.6))
FAR = Thing("Chair.003", (0.1, -0.5, -30.0), (0.6, 0.9, 0.6))
OUT = Thing("Chair.004", (9.0, -0.5, -4.0), (0.6, 0.9, 0.6))


def poses(words: str, seed: int, camera: object = CAMERA) -> np.ndarray:
    move = path_of(words, camera, 5.0, seed)  # type: ignore[arg-type]
    return np.array([key.matrix for key in move.path.keyframes])


@pytest.mark.parametrize(("seed", "share"), [(1, 0.1180339887), (2, 0.7360679775), (3, 0.3541019662)])
@pytest.mark.parametrize("words", ["push in", "truck left", "pedestal up"])
def test_how_far_is_a_factor_of_the_seed(words: str, seed: int, share: float) -> None:
    plain, other = (plan(words, 5, ROOM, which).path.keyframes[-1] for which in (0, seed))
    axis = {"push in": 2, "truck left": 0, "pedestal up": 1}[words]
    factor = 0.7 * (1.5 / 0.7) ** share
    assert other.matrix[axis][3] / plain.matrix[axis][3] == pytest.approx(factor, abs=1e-3)


def test_of_any_three_seeds_in_a_row_not_all_go_to_one_side() -> None:
    for kind in ("orbit", "pan", "truck", "roll"):
        step = Step(kind, 1, open_side=True)
        for first in (1, 4294967200):
            signs = [varied(step, 0, seed)[0].sign for seed in range(first, first + 40)]
            assert all(abs(sum(signs[at : at + 3])) == 1 for at in range(38))
    assert np.sign([angles(poses("orbit", seed)[-1])[0] for seed in (1, 2, 3)]).tolist() == [-1, 1, -1]
    assert {np.sign(angles(poses("orbit left", seed)[-1])[0]) for seed in range(1, 5)} == {-1.0}


@pytest.mark.parametrize("words", ["push in", "truck right", "orbit right"])
def test_a_move_leans_a_little_and_what_it_is_about_stays_in_its_place(words: str) -> None:
    """The lens focuses on what lies in the middle at 5 m."""
    camera = seen_from(things=(), focus=Focus(5.0))
    middle = Thing("Middle", (0.0, 0.0, -5.0), (0.1, 0.1, 0.1))
    rises = []
    for seed in range(1, 9):
        made = poses(words, seed, camera)
        for pose in (made[len(made) // 2], made[-1]):
            level = np.linalg.norm(pose[[0, 2], 3])
            assert abs(pose[1, 3]) <= 0.121 * level
            across, above = off_axis(pose, middle)
            assert above == pytest.approx(0, abs=0.3 if words == "truck right" else 0.02)
            if words != "truck right":
                assert across == pytest.approx(0, abs=0.02)
        rises.append(made[-1][1, 3])
    assert min(rises) < -0.02 and max(rises) > 0.02
    assert poses(words, 0, camera)[-1][1, 3] == 0


def test_a_lean_takes_nothing_from_how_far_the_move_goes() -> None:
    """A low camera in a wide street: a rise or fall is a share of the way, not of the distance to the far end."""
    street = replace(ROOM, focus=40.0, forward=38.0, left=6.0, right=6.0, down=1.2, up=6.0)
    for seed in range(1, 9):
        end = np.array(plan("push in", 5, street, seed).path.keyframes[-1].matrix)[:3, 3]
        assert -end[2] > 0.65 * -plan("push in", 5, street, 0).path.keyframes[-1].matrix[2][3]
        assert abs(end[1]) <= 0.121 * -end[2]


@pytest.mark.parametrize(
    "words", ["static shot", "hold still, locked off", "no camera movement", "truck right 1.5 metres"]
)
def test_what_is_said_exactly_is_the_same_with_every_seed(words: str) -> None:
    ends = [poses(words, seed)[-1] for seed in (0, 1, 2, 77, 4294967295)]
    for end in ends:
        np.testing.assert_allclose(end, ends[0], atol=1e-6)


def test_a_name_that_fits_several_means_one_that_is_seen_as_well() -> None:
    scene = scene_of(seen_from(things=(LEFT, RIGHT, FAR, OUT)))
    assert find_target("chair", scene).centre[0] == 0.1  # type: ignore[union-attr]
    near = scene_of(seen_from(things=(LEFT, RIGHT, OUT)))
    assert {find_target("chair", near, by / 10).centre[0] for by in range(1, 10)} == {-1.2, 1.0}  # type: ignore[union-attr]
    ends = [
        off_axis(poses("push in to the chair", seed, seen_from(things=(LEFT, RIGHT)))[-1], LEFT) for seed in range(9)
    ]
    on_it = [abs(across) < 1 for across, _ in ends]
    assert True in on_it and False in on_it
    red = seen_from(things=(replace(LEFT, name="Chair red"), RIGHT))
    for seed in range(5):
        assert off_axis(poses("push in to the red chair", seed, red)[-1], LEFT)[0] == pytest.approx(0, abs=0.01)


NEAR = Thing("Chair.005", (0.3, -0.5, -3.0), (0.5, 0.9, 0.5))


@pytest.mark.parametrize(
    ("which", "meant"),
    [
        ("the left chair", LEFT),
        ("the chair on the left", LEFT),
        ("the chair on the right of the frame", RIGHT),
        ("the rightmost chair", RIGHT),
        ("the chair in the middle", NEAR),
        ("the nearest chair", NEAR),
        ("the chair in the foreground", NEAR),
        ("the farthest chair", RIGHT),
        ("the chair in the back", RIGHT),
        ("the seat on the left", LEFT),
    ],
)
def test_words_that_say_which_of_several_are_kept_with_every_seed(which: str, meant: Thing) -> None:
    camera = seen_from(things=(LEFT, RIGHT, NEAR, OUT))
    for seed in range(14):
        assert off_axis(poses(f"push in to {which}", seed, camera)[-1], meant)[0] == pytest.approx(0, abs=0.01), seed


@pytest.mark.parametrize("which", ["the chair by the window", "the chair next to her", "the chair behind the table"])
def test_a_thing_that_is_told_by_its_neighbour_is_the_same_with_every_seed(which: str) -> None:
    camera = seen_from(things=(LEFT, RIGHT))
    for seed in range(14):
        assert off_axis(poses(f"push in to {which}", seed, camera)[-1], RIGHT)[0] == pytest.approx(0, abs=0.01), seed


def test_the_left_of_those_in_view_is_taken_and_a_name_goes_first() -> None:
    out = Thing("Chair.006", (-9.0, -0.5, -4.0), (0.6, 0.9, 0.6))
    scene = scene_of(seen_from(things=(LEFT, RIGHT, out)))
    assert find_target("chair", scene, 0.9, "left").centre[0] == -1.2  # type: ignore[union-attr]
    named = scene_of(seen_from(things=(LEFT, replace(RIGHT, name="Chair Left"))))
    assert find_target("chair", named, 0.3, "left").centre[0] == 1.0  # type: ignore[union-attr]


def _unsteady(words: str, seed: int) -> float:
    """Degrees of roll, which nothing but a hand makes."""
    return float(np.abs([np.degrees(np.arcsin(pose[1, 0])) for pose in poses(words, seed)]).max())


def test_a_camera_that_is_carried_is_as_steady_as_a_hand_and_one_on_a_machine_is_steady() -> None:
    found = [_unsteady("walk towards the doorway", seed) for seed in range(6)]
    assert found[0] == 0 and 0.01 < max(found) < 0.12
    for words in ("smooth steadicam, walk towards the doorway", "walk forward 3 metres", "she walks off, push in"):
        assert max(_unsteady(words, seed) for seed in range(1, 6)) < 1e-4, words


@pytest.mark.parametrize(
    "words",
    [
        "follow her, not handheld",
        "no camera shake, follow her",
        "The camera follows her, stabilized",
        "walk slowly into the room, very stable",
        "follow the car, vehicle mounted",
    ],
)
def test_words_against_shake_are_kept_with_every_seed(words: str) -> None:
    assert [life(read_moves(words), seed) for seed in range(14)] == [0.0] * 14
    assert life(read_moves("follow her"), 2) == pytest.approx(0.3 * 0.4384, abs=1e-4)
    assert _unsteady(words, 2) < 1e-4


@pytest.mark.parametrize(
    ("words", "leans"),
    [
        ("approach the door in a straight line", (False, False)),
        ("push straight in", (False, False)),
        ("move directly towards the window", (False, False)),
        ("dolly in at eye level", (True, False)),
        ("Keep the camera level. Push in.", (True, False)),
        ("push in, don't truck", (False, True)),
        ("push in without any lateral motion", (False, True)),
        ("push in", (True, True)),
    ],
)
def test_a_move_leans_only_where_the_words_leave_it_to(words: str, leans: tuple[bool, bool]) -> None:
    reading = read_moves(words)
    manners = [varied(reading.steps[0], 0, seed, free_to_lean(reading))[1] for seed in range(14)]
    assert all((manner.aside != 0, manner.lift != 0) == leans for manner in manners[1:])
    assert (manners[0].aside, manners[0].lift) == (0, 0)


def test_straight_is_straight_in_the_path() -> None:
    """A camera that looks along the horizon at nothing named: in its axes a push is along -Z alone."""
    camera = seen_from(things=(), focus=Focus(5.0))
    for seed in range(14):
        made = poses("push straight in", seed, camera)
        assert np.abs(made[:, :2, 3]).max() < 1e-6 < -made[-1, 2, 3]


@pytest.mark.parametrize(
    ("words", "moves"),
    [
        ("slow camera movement to the left", {"truck left"}),
        ("slow movement from left to right", {"truck right"}),
        ("slow movement, right to left", {"truck left"}),
        ("gentle movement up", {"pedestal up"}),
        ("slow movement away from her", {"pull out"}),
        ("gentle movement towards the window", {"push in"}),
        ("camera movement down the street", {"push in"}),
        ("gentle sideways movement", {"truck left", "truck right"}),
        ("slow camera movement around the table", {"orbit left", "orbit right"}),
        ("no sideways movement", {"push in"}),
        ("avoid any sideways motion", {"push in"}),
        ("don't move sideways", {"push in"}),
        ("slow movement in the crowd", {"push in", "orbit left", "orbit right", "truck left", "truck right"}),
    ],
)
def test_words_about_movement_that_say_where_are_kept_with_every_seed(words: str, moves: set[str]) -> None:
    """Without a verb of the camera's, too; 14 seeds find every move that is left open."""
    reading = read_moves(words)
    assert {varied(step, 0, seed)[0].name for seed in range(14) for step in _chosen(reading, seed)[0]} == moves


def test_movement_to_a_side_goes_there_all_the_way() -> None:
    for seed in range(14):
        made = poses("slow camera movement to the left", seed)
        assert made[-1, 0, 3] < made[len(made) // 2, 0, 3] < -0.05
    assert path_of("slow camera movement to the left", CAMERA, 5.0, 6).notes == ()


def test_words_that_name_no_move_leave_the_move_open() -> None:
    notes = [path_of("A tense talk at the window.", CAMERA, 5.0, seed).notes[0] for seed in range(9)]
    said = "No camera move found in the words: a gentle {} was used."
    assert notes[0] == said.format("push in")
    assert set(notes) == {said.format(move) for move in ("push in", "arc", "drift to the side")}
    for seed in range(9):
        assert "push in" not in path_of("no push in", CAMERA, 5.0, seed).notes[0]


def test_a_thing_is_found_beside_behind_or_before_its_neighbour() -> None:
    table = Thing("Table", (0.2, -0.5, -3.4), (1.0, 0.8, 1.0))
    front = Thing("Chair.007", (0.3, -0.5, -2.2), (0.5, 0.9, 0.5))
    scene = scene_of(seen_from(things=(LEFT, RIGHT, front, table)))
    for which, meant in (
        ("left of table", LEFT),
        ("right of table", RIGHT),
        ("before table", front),
        ("behind table", RIGHT),
        ("2 left", front),
        ("1 right", RIGHT),
    ):
        found = find_target("chair", scene, which=which)
        assert found is not None and found.centre[0] == pytest.approx(meant.centre[0]), which


def test_a_way_between_two_things_goes_through_the_middle_of_both() -> None:
    bed, shelf = Thing("Bed", (-2.0, -0.5, -4.0), (1.0, 0.5, 2.0)), Thing("Shelf", (1.0, 0.0, -4.0), (1.0, 2.0, 0.4))
    found = find_target("bed and shelf", scene_of(seen_from(things=(bed, shelf))))
    assert found is not None and found.centre == pytest.approx((-0.5, 0.0, -4.0), abs=0.3)
    assert find_target("bed and piano", scene_of(seen_from(things=(bed, shelf)))) is None


def test_a_way_through_leads_to_the_thing_behind_where_that_is_in_view() -> None:
    door, sofa = Thing("Door", (0.0, -0.5, -3.0), (1.0, 2.0, 0.1)), Thing("Sofa", (1.5, -0.8, -6.0), (2.0, 0.8, 0.9))
    words = "walk through the door to the sofa"
    to_sofa = poses(words, 0, seen_from(things=(door, sofa)))[-1]
    assert off_axis(to_sofa, sofa)[0] == pytest.approx(0, abs=0.02)
    through = poses(words, 0, seen_from(things=(door,)))[-1]
    assert through[2, 3] < -3.0 and abs(through[0, 3]) < 0.05


@pytest.mark.parametrize(
    ("groups", "seconds", "wanted"),
    [
        ([[Step("push", 1)]], 4, [(0, 1)]),
        ([[Step("push", 1)], [Step("pan", 1)]], 4, [(0, 0.5), (0.5, 1)]),
        ([[Step("push", 1)], [Step("hold", 1)]], 4, [(0, 0.625), (0.625, 1)]),
        ([[Step("push", 1, speed=0.25)], [Step("pan", 1)]], 4, [(0, 0.585786), (0.585786, 1)]),
        ([[Step("push", 1, speed=2.0)]], 7, [(0.1125, 0.3625)]),
        ([[Step("push", 1, speed=20.0)]], 7, [(0.1425, 0.1925)]),
        ([[Step("push", 1, speed=2.0)], [Step("pan", 1, speed=2.0)]], 7, [(0, 0.25), (0.5, 0.75)]),
        ([[Step("push", 1, seconds=1.0)], [Step("pan", 1)]], 4, [(0, 0.25), (0.25, 1)]),
        ([[Step("push", 1, share=0.75)], [Step("pan", 1)]], 8, [(0, 0.75), (0.75, 1)]),
        ([[Step("push", 1, seconds=6.0)], [Step("pan", 1)]], 4, [(0, 0.75), (0.75, 1)]),
        ([[Step("push", 1, seconds=1.0), Step("pan", 1, seconds=2.0)], [Step("pan", 1)]], 4, [(0, 0.5), (0.5, 1)]),
    ],
)
def test_when_each_move_begins_and_ends(groups: list, seconds: float, wanted: list) -> None:
    assert [pytest.approx(span, abs=1e-6) for span in wanted] == timing.spans(groups, seconds)


def test_a_seed_leans_to_either_side_as_far_and_no_further_than_it_may() -> None:
    aside, lift = (LEAN * part for part in LEANING["push"])
    found = [varied(Step("push", 1), 0, seed)[1] for seed in range(1, 300)]
    for values, most in (([one.aside for one in found], aside), ([one.lift for one in found], lift)):
        assert 0.95 * most < max(values) <= most and -most <= min(values) < -0.95 * most
        assert abs(sum(values) / len(values)) < 0.1 * most
    assert varied(Step("push", 1), 0, 7)[1] == varied(Step("push", 1), 0, 7, (1.0, 1.0))[1]
    straight = varied(Step("push", 1), 0, 7, (0.0, 1.0))[1]
    assert straight.aside == 0 and straight.lift == varied(Step("push", 1), 0, 7)[1].lift != 0


def test_ground_is_known_in_the_fewest_cells() -> None:
    x, z = np.meshgrid([-1.0, 0.0, 1.0], [-4.0, -3.0, -2.0])
    ground = np.stack([x, np.full_like(x, -1.5), z], -1)
    assert sight._is_level(ground, np.array([0.0, 2.0, 0.0]))[:, 1].all()
    wall = np.stack([x, z, np.full_like(x, -5.0)], -1)
    assert not sight._is_level(wall, np.array([0.0, 2.0, 0.0])).any()
    assert not sight._is_level(ground[:2], np.array([0.0, 2.0, 0.0])).any()
