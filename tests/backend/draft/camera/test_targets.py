"""Which of the things in view a name means, and the box around several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera.scene_depth import SceneDepth
from backend.engines.draft.camera.targets import BODY, Target, _likeness, _plain, find_target, part_of, shown_of
from client.protocol import Thing

THINGS = (
    Thing("OldChair", (-1.5, -0.8, -5.0), (0.6, 1.1, 0.7)),
    Thing("RedChair", (0.9, -0.8, -4.0), (0.6, 1.0, 0.7)),
    Thing("WoodenChair", (2.0, -0.8, -6.0), (0.6, 1.2, 0.7)),
    Thing("FloorLamp", (1.2, 0.5, -3.5), (0.3, 1.5, 0.4)),
    Thing("couch", (-0.5, -0.6, -6.0), (2.0, 0.9, 1.0)),
    Thing("BigTable", (0.4, -0.9, -4.2), (1.6, 0.8, 1.1)),
    Thing("Anna", (-0.4, -0.3, -3.0), (0.5, 1.7, 0.4), True),
    Thing("Ben", (0.6, -0.2, -3.6), (0.6, 1.8, 0.5), True),
    Thing("Berries", (0.0, 0.0, -9.0), (0.1, 0.1, 0.1)),
    Thing("Chair behind", (0.1, 0.0, 5.0), (0.6, 1.0, 0.7)),
    Thing("Glass", (3.0, 0.0, -4.0), (0.1, 0.2, 0.1)),
)
SCENE = SceneDepth(False, 1600, 900, 1400, 1500, 4.5, 6.0, 2.5, 3.5, 1.4, 1.1, things=THINGS)


@pytest.mark.parametrize(
    ("name", "which", "among", "found"),
    [
        ("chair", "", 0.0, "RedChair"),  # near the middle
        ("chair", "left", 0.0, "OldChair"),
        ("chair", "right", 0.0, "WoodenChair"),
        ("chair", "nearest", 0.0, "RedChair"),
        ("chair", "farthest", 0.0, "WoodenChair"),
        ("chair", "2 left", 0.0, "RedChair"),
        ("chair", "1 right", 0.0, "WoodenChair"),
        ("chair", "9 left", 0.0, "WoodenChair"),
        ("chair", "left of table", 0.0, "OldChair"),
        ("chair", "right of table", 0.0, "RedChair"),
        ("chair", "behind lamp", 0.0, "RedChair"),
        ("chair", "behind table", 0.0, "OldChair"),
        ("chair", "before table", 0.0, "RedChair"),
        ("chair", "near couch", 0.0, "OldChair"),
        ("chair", "before anna", 0.0, "RedChair"),  # none is: that nearest to the middle
        ("chair", "left of piano", 0.0, "RedChair"),
        ("red chair", "", 0.0, "RedChair"),
        ("wooden chair", "", 0.0, "WoodenChair"),
        ("armchair", "", 0.0, "RedChair"),
        ("sofa", "", 0.0, "couch"),
        ("lamp", "", 0.0, "FloorLamp"),
        ("light", "", 0.0, "FloorLamp"),
        ("table", "", 0.0, "BigTable"),
        ("berry", "", 0.0, "Berries"),
        ("glass", "", 0.0, "Glass"),
        ("her", "", 0.0, "Ben"),
        ("anna", "", 0.0, "Anna"),
        ("man", "right", 0.0, "Ben"),
        ("piano", "", 0.0, None),
        ("", "", 0.0, None),
        ("red", "", 0.0, "RedChair"),
        ("chair", "", 0.1, "OldChair"),  # as large, in their order from the left: the three that are seen
        ("chair", "", 0.6, "RedChair"),
        ("chair", "nearest", 0.1, "RedChair"),
    ],
)
def test_which_thing_is_meant(name: str, which: str, among: float, found: str | None) -> None:
    target = find_target(name, SCENE, among, which)
    if found is None:
        assert target is None
        return
    (thing,) = (one for one in THINGS if one.name == found)
    assert target is not None and target.named
    assert (tuple(target.centre), tuple(target.size)) == (thing.centre, thing.size)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("people", (-0.65, -1.15, -3.85), (0.9, 0.7, -2.8)),
        ("the lamp and the table", (-0.4, -1.3, -4.75), (1.35, 1.25, -3.3)),
    ],
)
def test_several_are_one_box(name: str, low: tuple[float, ...], high: tuple[float, ...]) -> None:
    target = find_target(name, SCENE)
    assert target is not None
    np.testing.assert_allclose(target.centre - target.size / 2, low, atol=1e-9)
    np.testing.assert_allclose(target.centre + target.size / 2, high, atol=1e-9)
    chairs = find_target("chairs", replace(SCENE, things=THINGS[:3]))
    assert chairs is not None
    np.testing.assert_allclose(chairs.centre - chairs.size / 2, (-1.8, -1.4, -6.35))
    np.testing.assert_allclose(chairs.centre + chairs.size / 2, (2.3, -0.2, -3.65), atol=1e-9)
    assert find_target("the lamp and the piano", SCENE) is None


def test_what_is_out_of_the_picture_is_not_taken_for_another() -> None:
    """Half the picture's width is 0.571 of the distance, its height 0.3."""

    def among(*centres: tuple[float, float, float], seed: float = 0.99, orthographic: bool = False) -> float:
        things = tuple(Thing("Vase", centre, (0.2, 0.4, 0.2)) for centre in centres)
        found = find_target("vase", replace(SCENE, things=things, orthographic=orthographic), seed)
        assert found is not None
        return float(found.centre[0])

    assert among((0, 0, -4), (2.28, 0, -4)) == 2.28 and among((0, 0, -4), (2.3, 0, -4)) == 0
    assert among((0, 0, -4), (1, 1.19, -4)) == 1 and among((0, 0, -4), (1, 1.21, -4)) == 0
    assert among((0, 0, -4), (1, 0, -7.9)) == 1 and among((0, 0, -4), (1, 0, -8.1)) == 0  # half as large
    assert among((0, 0, -4), (1, 0, -4), orthographic=True) == 0
    assert among((0.5, 0, -4), (-0.5001, 0, -3.9), seed=0.0) == 0.5
    assert among((0, 0, 4), (0.9, 0, -4), seed=0.0) == 0.9


# Of a person as wide as 2.2 m, as high as 2 m and as deep as 0.25 m: how high the part's middle is, and its height.
PARTS = {
    "face": (1.84, 0.5), "head": (1.84, 0.5), "eyes": (1.86, 0.28), "shoulder": (1.64, 0.6), "shoulders": (1.64, 0.7),
    "back": (1.4, 0.9), "chest": (1.48, 0.6), "hand": (0.96, 0.3), "hands": (1.0, 0.4), "feet": (0.12, 0.4),
    "hair": (1.92, 0.4), "neck": (1.7, 0.4), "waist": (1.16, 0.6), "hips": (1.04, 0.6), "legs": (0.5, 0.9),
    "knee": (0.56, 0.4), "knees": (0.56, 0.4), "foot": (0.12, 0.4), "shoe": (0.06, 0.3), "shoes": (0.06, 0.3),
    "boots": (0.1, 0.4), "toes": (0.04, 0.3),
}  # fmt: skip
WIDE = Thing("Ben", (0.5, 0.25, -3.0), (2.2, 2.0, 0.25), True)


@pytest.mark.parametrize("part", PARTS)
def test_where_a_part_of_a_person_is(part: str) -> None:
    high, size = PARTS[part]
    assert set(BODY) == set(PARTS)
    person = Target(np.array(WIDE.centre), np.array(WIDE.size), True, True)
    made = part_of(person, part)
    np.testing.assert_allclose(made.centre, (0.5, 0.25 - 1.0 + high, -3.0))
    np.testing.assert_allclose(made.size, (size, size, 0.25))
    assert (made.named, made.person) == (True, False)
    if part in ("face", "head", "eyes"):  # words that alone mean a person's
        found = find_target(part, replace(SCENE, things=(WIDE, THINGS[3])))
        assert found is not None and tuple(found.centre) == tuple(made.centre)


def test_as_much_of_a_person_as_a_frame_shows() -> None:
    person = Target(np.array(WIDE.centre), np.array(WIDE.size), True, True)
    for times, high in ((0.5, 2.0), (1.0, 2.0), (2.5, 0.8), (40.0, 0.05)):
        made = shown_of(person, times)
        np.testing.assert_allclose(made.centre, (0.5, 1.25 - high / 2, -3.0))
        np.testing.assert_allclose(made.size, np.minimum(WIDE.size, max(high, 0.1)))
        assert made.named and made.person


@pytest.mark.parametrize(
    ("asked", "name", "score"),
    [
        ("red chair", "RedChair", 2.48), ("chair", "RedChair", 1.98), ("blue chair", "RedChair", 1.98),
        ("armchair", "RedChair", 0.98), ("chair", "Chair", 1.99), ("red", "RedChair", 1.98), ("table", "RedChair", 0.0),
        ("chair red", "RedChair", 2.48), ("couch", "SOFA", 0.99), ("big red chair", "big_red_chair", 2.97),
    ],
)  # fmt: skip
def test_how_well_a_name_fits(asked: str, name: str, score: float) -> None:
    assert _likeness(asked.split(), name) == pytest.approx(score)


@pytest.mark.parametrize(
    ("word", "plain"),
    [("berries", "berry"), ("dies", "die"), ("chairs", "chair"), ("glass", "glass"), ("gas", "gas"), ("bus", "bus"),
     ("beds", "bed"), ("stairs", "stairs"), ("women", "women"), ("ties", "tie"), ("flies", "fly")],
)  # fmt: skip
def test_a_noun_near_enough_in_the_singular(word: str, plain: str) -> None:
    assert _plain(word) == plain
