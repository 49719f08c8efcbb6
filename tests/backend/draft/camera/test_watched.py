"""What is looked at all along a way: the camera turns with it from the first third on. Lengths in metres, in the start
camera's axes; angles in degrees, to the right and up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera.moves import path_of
from backend.engines.draft.direction.marks import mark, watched
from client.protocol import Camera, Thing

LEVEL = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 1.6), (0.0, 0.0, 0.0, 1.0))
SOFA = Thing("Sofa", (-2.0, -1.0, -6.0), (2.0, 0.8, 0.9))
LAMP = Thing("Lamp", (2.5, -0.5, -5.0), (0.4, 1.6, 0.4))
ANNA = Thing("Anna", (-0.6, -0.7, -3.0), (0.5, 1.7, 0.4), person=True)
CAMERA = Camera("perspective", 1920, 1080, 960.0, 540.0, 1600.0, 1600.0, matrix_world=LEVEL, things=(SOFA, LAMP, ANNA))
# The way, and what is looked at.
WAYS = {
    "truck right 2 m, eyes on Anna the whole time": ((2.0, 0.0, 0.0), ANNA),
    "Crane up two metres and keep the sofa in frame": ((0.0, 2.0, 0.0), SOFA),
    "pull back 2 m while always looking at the lamp": ((0.0, 0.0, 2.0), LAMP),
    "walk forward 1 m, never losing sight of the sofa": ((0.0, 0.0, -1.0), SOFA),
    "descend 1 m, locked on Anna": ((0.0, -1.0, 0.0), ANNA),
    "drift left 1.5 metres with the lamp always centred": ((-1.5, 0.0, 0.0), LAMP),
    "slide left 2m without taking our eyes off the sofa": ((-2.0, 0.0, 0.0), SOFA),
    "Keeping Anna in shot, back off 1 m": ((0.0, 0.0, 1.0), ANNA),
    "boom up 1 m, the lamp stays in view": ((0.0, 1.0, 0.0), LAMP),
    "Fahre 2 Meter nach rechts, den Blick auf das Sofa gerichtet": ((2.0, 0.0, 0.0), SOFA),
    "Travelling latéral à droite de 2 mètres en gardant le canapé dans le cadre": ((2.0, 0.0, 0.0), SOFA),
    "travelling a la izquierda 2 metros sin perder de vista a Anna": ((-2.0, 0.0, 0.0), ANNA),
    "Carrellata a destra di 2 metri tenendo la lampada al centro": ((2.0, 0.0, 0.0), LAMP),
    "sobe 1 metro mantendo o sofá no quadro": ((0.0, 1.0, 0.0), SOFA),
    "2 meter naar links, met de blik op de lamp": ((-2.0, 0.0, 0.0), LAMP),
    "镜头向左移动2米，始终看着沙发": ((-2.0, 0.0, 0.0), SOFA),
    "ソファを見ながら右に2メートル移動": ((2.0, 0.0, 0.0), SOFA),
    "소파를 계속 보면서 왼쪽으로 2미터 이동": ((-2.0, 0.0, 0.0), SOFA),
}


def poses(words: str) -> list[np.ndarray]:
    return [np.array(key.matrix) for key in path_of(words, CAMERA, 5.0).path.keyframes]


def off(pose: np.ndarray, thing: Thing) -> tuple[float, float]:
    """Where a thing is in the picture."""
    x, y, z = (np.linalg.inv(pose) @ np.array([*thing.centre, 1.0]))[:3]
    return math.degrees(math.atan2(x, -z)), math.degrees(math.atan2(y, math.hypot(x, z)))


@pytest.mark.parametrize("words", WAYS)
def test_what_is_looked_at_all_along_is_in_the_middle_from_the_first_third_on(words: str) -> None:
    end, thing = WAYS[words]
    way = poses(words)
    assert way[-1][:3, 3] == pytest.approx(end, abs=1e-5)
    middle = way[60]
    assert middle[:3, 3] == pytest.approx([0.5 * one for one in end], abs=1e-5)
    for pose in (way[50], middle, way[90], way[-1]):
        assert off(pose, thing) == pytest.approx((0.0, 0.0), abs=1e-3)
    first = off(way[0], thing)
    assert 0.0 < abs(off(way[24], thing)[0]) < abs(first[0])


@pytest.mark.parametrize(
    "words",
    ["truck right 2 m, keeping it centred", "truck right 2 m. Ben walks off, his eyes on the sofa", "truck right 2 m"],
)
def test_nothing_is_looked_at_where_no_thing_or_somebody_else_is_meant(words: str) -> None:
    end = poses(words)[-1]
    assert end[:3, :3] == pytest.approx(np.eye(3), abs=1e-6)
    assert end[:3, 3] == pytest.approx((2.0, 0.0, 0.0), abs=1e-5)


def test_what_is_not_in_view_turns_nothing_and_is_named() -> None:
    move = path_of("truck right 2 m, eyes on the piano", CAMERA, 5.0)
    assert np.array(move.path.keyframes[-1].matrix)[:3, :3] == pytest.approx(np.eye(3), abs=1e-6)
    assert move.notes == ("Not found in view by its name: piano. The move goes by what is nearest in the middle.",)


def test_an_orbit_and_a_zoom_are_about_what_is_looked_at() -> None:
    for words in ("orbit right 90 degrees, eyes on Anna", "zoom in 2x, always looking at Anna"):
        assert off(poses(words)[-1], ANNA)[0] == pytest.approx(
            0.0 if "zoom" in words else off(np.eye(4), ANNA)[0], abs=1e-3
        )


@pytest.mark.parametrize("name", ["sofa", "left chair", "安娜", "o'hara"])
def test_the_mark_of_what_is_looked_at_tells_its_name(name: str) -> None:
    assert watched(name).isalpha() and mark(watched(name)) == ("watches", name)


BEN = Thing("Ben", (1.0, -0.7, -4.0), (0.5, 1.8, 0.3), person=True)
TREE = Thing("Tree", (-3.0, 1.4, -10.0), (3.0, 6.0, 3.0))
PEOPLED = replace(CAMERA, things=(*CAMERA.things, BEN, TREE))


@pytest.mark.parametrize(
    ("words", "metres"),
    [
        ("push in 1 m on the lamp", 1.0),
        ("creep 60 cm toward the lamp", 0.6),
        ("ランプに1メートル近づく", 1.0),
        ("avvicinati di due metri alla lampada", 2.0),
        ("the lamp: slowly move 1 m towards it", 1.0),
        ("there's a lamp on the right, creep 50 cm up to it slowly", 0.5),
    ],
)
def test_a_way_to_a_thing_of_so_many_metres_ends_with_it_in_the_middle(words: str, metres: float) -> None:
    way = poses(words)
    assert off(way[-1], LAMP) == pytest.approx((0.0, 0.0), abs=1e-3)
    assert math.hypot(way[-1][0, 3], way[-1][2, 3]) == pytest.approx(metres, abs=1e-5)
    assert way[-1][0, 3] / -way[-1][2, 3] == pytest.approx(0.5, abs=1e-4)  # the line to it
    assert off(way[60], LAMP)[0] == pytest.approx(0.5 * off(way[0], LAMP)[0], abs=1.5)


@pytest.mark.parametrize(
    ("words", "whose", "share"),
    [
        ("tilt down to Anna's shoes", ANNA, 0.03),
        ("tilt up from Anna's feet to her face", ANNA, 0.92),
        ("Ben stands there. tilt down to his knees", BEN, 0.28),
        ("tilt down from Ben's face to his shoes", BEN, 0.03),
        ("tilt up to the top of the tree", TREE, 0.95),
    ],
)
def test_a_tilt_to_a_part_ends_on_its_bearing(words: str, whose: Thing, share: float) -> None:
    way = [np.array(key.matrix) for key in path_of(words, PEOPLED, 5.0).path.keyframes]
    x, y, z = whose.centre
    high = y + (share - 0.5) * whose.size[1]
    wanted = math.degrees(math.atan2(high, math.hypot(x, z)))
    assert math.degrees(math.asin(-way[-1][1, 2])) == pytest.approx(wanted, abs=1e-3)
    assert math.degrees(math.asin(-way[60][1, 2])) == pytest.approx(0.5 * wanted, abs=1e-3)
