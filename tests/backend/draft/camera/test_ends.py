"""How a move ends, and what it goes around: sizes of framing, focal lengths, parts of a body, sides of passing, things
that stand in the way. Lengths in metres, in the start camera's axes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backend.engines.draft.camera.moves import Move, path_of
from backend.engines.draft.camera.remarks import UNREAD
from backend.engines.draft.camera.sight import scene_of
from backend.engines.draft.camera.targets import BODY, find_target, part_of, shown_of
from client.protocol import Camera, Thing

LEVEL = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 1.6), (0.0, 0.0, 0.0, 1.0))
BEN = Thing("Ben", (1.0, -0.7, -4.0), (0.5, 1.8, 0.3), person=True)
LAMP = Thing("Lamp", (-2.0, 0.0, -9.0), (0.4, 1.0, 0.4))
DOOR = Thing("Door", (0.0, -0.6, -12.0), (1.0, 2.0, 0.1))
CHAIR = Thing("Chair", (0.1, -0.3, -6.0), (0.8, 2.6, 0.6))
TREE = Thing("Tree", (-3.0, 1.4, -10.0), (3.0, 6.0, 3.0))
FX = 1600.0  # 30 mm
CAMERA = Camera(
    "perspective", 1920, 1080, 960.0, 540.0, FX, FX, matrix_world=LEVEL, things=(TREE, DOOR, CHAIR, BEN, LAMP)
)


def flown(words: str, seconds: float = 5.0) -> Move:
    return path_of(words, CAMERA, seconds)


def last(words: str) -> tuple[np.ndarray, float]:
    key = flown(words).path.keyframes[-1]
    return np.array(key.matrix), key.zoom


def aim(pose: np.ndarray) -> tuple[float, float]:
    """Degrees to the right and up that the camera looks."""
    ahead = -pose[:3, 2]
    return math.degrees(math.atan2(ahead[0], -ahead[2])), math.degrees(math.asin(ahead[1]))


@pytest.mark.parametrize(("words", "millimetres"), [("zoom to 85mm", 85.0), ("zoom from 50mm to 24mm", 24.0)])
def test_a_zoom_ends_with_the_lens_that_is_named(words: str, millimetres: float) -> None:
    assert last(words)[1] * 36.0 * FX / 1920 == pytest.approx(millimetres, abs=0.01)
    halfway = flown(words).path.keyframes[60].zoom * 30.0
    assert halfway == pytest.approx(math.sqrt(30.0 * millimetres), rel=0.02)


@pytest.mark.parametrize(
    ("words", "high"),
    [
        ("zoom in until Ben fills the frame", 1.8),
        ("zoom in to a medium shot of Ben", 1.0),
        ("slow zoom to a close-up of Ben", 0.5),
        ("zoom to an extreme close-up of Ben", 1.8 / 7),
        ("zoom to Ben's face", 0.5 / 0.7),
    ],
)
def test_a_zoom_to_a_size_shows_so_much_of_a_person(words: str, high: float) -> None:
    pose, zoom = last(words)
    middle = -0.7 + 0.9 - high / 2 if "face" not in words else -0.7 + 0.42 * 1.8
    far = math.dist((0, 0, 0), (1.0, middle, -4.0))
    assert 1080 / (FX * zoom) * far == pytest.approx(high, rel=0.02)
    assert aim(pose) == pytest.approx((math.degrees(math.atan2(1, 4)), math.degrees(math.asin(middle / far))), abs=0.3)


def test_a_push_to_a_size_stops_where_its_thing_has_it() -> None:
    far = math.hypot(2, 9)
    for words, share in (("push in on the lamp until it fills half the frame", 0.5), ("push in to the lamp", 0.7)):
        pose, _ = last(words)
        left = math.hypot(-2.0 - pose[0, 3], -9.0 - pose[2, 3])
        deep = 0.2 * (2 + 9) / math.hypot(2, 9)
        assert left - deep == pytest.approx(
            max(1.0 * FX / 1080 / share, 0.12 * far - deep if share == 0.7 else 0), abs=0.02
        )
    assert last("push in to a close-up")[0][2, 3] < last("push in to a medium shot")[0][2, 3] < 0


def test_parts_of_a_body_lie_where_they_are() -> None:
    person = find_target("ben", scene_of(CAMERA))
    assert person is not None and person.person
    face, feet = part_of(person, "face"), part_of(person, "feet")
    assert face.centre == pytest.approx((1.0, -0.7 + 0.42 * 1.8, -4.0)) and face.size == pytest.approx((0.5, 0.5, 0.3))
    assert feet.centre[1] == pytest.approx(-0.7 - 0.44 * 1.8) and feet.size[1] == BODY["feet"][1]
    shown = shown_of(person, 3.6)
    assert shown.centre[1] == pytest.approx(-0.7 + 0.9 - 0.25) and shown.size[1] == pytest.approx(0.5)
    found = find_target("ben's hands", scene_of(CAMERA))
    assert found is not None and found.centre[1] == pytest.approx(-0.7)
    assert find_target("lamp's face", scene_of(CAMERA)).size == pytest.approx(LAMP.size)  # type: ignore[union-attr]


def crossing(words: str, z: float) -> float:
    """How far to the right the camera is where it passes the depth `z`."""
    places = np.array([key.matrix for key in flown(words).path.keyframes])[:, :3, 3]
    return float(np.interp(z, places[::-1, 2], places[::-1, 0]))


def test_a_way_goes_around_what_stands_in_it() -> None:
    assert crossing("push in to the door", -6.0) == pytest.approx(0.1 - 0.4 - 0.5, abs=0.02)
    assert crossing("go past the chair on its right side to the door", -6.0) == pytest.approx(0.1 + 0.9, abs=0.02)
    assert crossing("go past the chair on its left side to the door", -6.0) == pytest.approx(0.1 - 0.9, abs=0.02)
    assert crossing("push in to Ben", -0.8) == pytest.approx(0.2, abs=0.02)  # nothing is in the way


def test_a_look_at_a_top_turns_to_it_from_wherever_the_camera_stands() -> None:
    pose, _ = last("look up at the top of the tree")
    high = 1.4 + 0.45 * 6.0
    assert aim(pose)[0] == pytest.approx(math.degrees(math.atan2(-3, 10)), abs=0.1)
    assert aim(pose)[1] == pytest.approx(math.degrees(math.atan2(high, math.hypot(3, 10))), abs=0.1)
    pose, _ = last("drone up ten metres looking straight down")
    assert pose[1, 3] == pytest.approx(10.0) and aim(pose)[1] == pytest.approx(-85.0, abs=0.1)


def test_so_far_down_onto_a_thing_keeps_it_in_sight() -> None:
    pose, _ = last("rise 1 m to the lamp")
    assert pose[1, 3] == pytest.approx(1.0) and aim(pose)[0] == pytest.approx(math.degrees(math.atan2(-2, 9)), abs=0.1)


def test_words_that_are_all_unknown_hold_the_camera_and_say_so() -> None:
    move = flown("florp the camera to the left")
    assert len(move.path.keyframes) == 2 and np.allclose(move.path.keyframes[1].matrix, np.eye(4))
    assert move.notes == (UNREAD.format(words='"florp the camera to the left"'),)
