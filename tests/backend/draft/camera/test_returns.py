"""Ways back, heights above the ground, and what is said of a start that the still has not. Metres, degrees."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera.moves import plan
from backend.engines.draft.camera.remarks import BEGINS, NO_FLOOR, SO_HIGH, stands
from backend.engines.draft.camera.scene_depth import OUT_OF_SIGHT, SceneDepth
from backend.engines.draft.camera.timing import grouped, spans
from backend.engines.draft.direction.steps import Start, Step
from client.protocol import Thing

BEN = Thing("Ben", (1.0, -0.7, -4.0), (0.5, 1.8, 0.3), person=True)
SOFA = Thing("Sofa", (-2.0, -1.2, -6.0), (2.0, 0.8, 0.9))
TREE = Thing("Tree", (-3.0, 1.4, -10.0), (3.0, 6.0, 3.0))
SCENE = SceneDepth(
    False, 1920, 1080, 1600.0, 1600.0, 5.0, 20.0, 8.0, 8.0, 6.0, 1.6, things=(BEN, SOFA, TREE)
)  # fmt: skip
UP = (0.0, 1.0, 0.0)


def poses(words: str, scene: SceneDepth = SCENE) -> np.ndarray:
    """Right, up, ahead, turned right and tilted up, from the first frame to the last."""
    found = []
    for key in plan(words, 5.0, scene, 0, UP, views=2).path.keyframes:
        pose = np.array(key.matrix)
        ahead = -pose[:3, 2]
        yaw = math.degrees(math.atan2(ahead[0], -ahead[2]))
        found.append([pose[0, 3], pose[1, 3], -pose[2, 3], yaw, math.degrees(math.asin(float(ahead[1]))), key.zoom])
    return np.array(found)


def notes(words: str, scene: SceneDepth = SCENE) -> tuple[str, ...]:
    return plan(words, 5.0, scene, 0, UP, views=2).notes


@pytest.mark.parametrize(
    ("words", "farthest"),
    [
        ("pan to Ben, then back", (0, 0, 0, 14.04, 0)),
        ("pan left 25 degrees, then back to centre", (0, 0, 0, -25, 0)),
        ("orbit Ben 90 degrees and return", (5.0, 0, 3.0, -90, 0)),
        ("push in a metre while panning left 20 degrees, then back the same way", (0, 0, 1.0, -20, 0)),
        ("crane up a metre, come back down", (0, 1.0, 0, 0, -9.6)),
    ],
)
def test_a_way_back_leads_to_where_it_began(words: str, farthest: tuple[float, ...]) -> None:
    way = poses(words)
    at = int(np.argmax(np.abs(way[:, :5] @ [1, 1, 1, 0.1, 0.1])))
    assert way[at, :5] == pytest.approx(farthest, abs=0.1)
    assert way[-1] == pytest.approx([0, 0, 0, 0, 0, 1], abs=1e-3)
    assert np.abs(way[at:, 3]).max() <= abs(farthest[3]) + 0.1  # by the way that it came


def test_a_way_back_from_a_thing_ends_where_it_began() -> None:
    there, back = poses("push in to Ben")[-1], poses("push in to Ben, hold, then back")
    assert np.abs(back - there).max(axis=1).min() == pytest.approx(0.0, abs=1e-3)
    assert back[-1] == pytest.approx([0, 0, 0, 0, 0, 1], abs=1e-3)


def test_a_way_back_from_a_look_from_thing_to_thing_is_to_the_first() -> None:
    there = math.degrees(math.atan2(-2.0, 6.0))
    assert poses("pan from the sofa to Ben, then back")[-1, 3] == pytest.approx(there, abs=0.1)
    assert poses("pan from the clock to Ben, then back")[-1, 3] == pytest.approx(0.0, abs=1e-3)
    assert notes("pan from the clock to Ben, then back") == (BEGINS.format(how="on the clock"),)


def test_a_way_back_undoes_its_own_kind_whatever_came_between() -> None:
    way = poses("pan left 30 degrees, then push in a metre, then pan back")
    assert way[-1] == pytest.approx([-0.5, 0, math.cos(math.radians(30)), 0, 0, 1], abs=1e-3)
    way = poses("pan left 30 degrees, then pan right 10 degrees, then back to centre")
    assert way[-1, 3] == pytest.approx(0.0, abs=1e-3) and way[:, 3].min() == pytest.approx(-30, abs=0.1)
    way = poses("truck right 2 m, then push in a metre, then return to the start")
    assert way[-1, :3] == pytest.approx([0, 0, 0], abs=1e-6) and way[:, 2].max() == pytest.approx(1.0, abs=1e-3)
    way = poses("pan left 20 degrees, then back, then tilt up 10 degrees, then back")
    assert way[-1, 3:5] == pytest.approx([0, 0], abs=1e-3) and way[:, 4].max() == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize(
    ("words", "rise"),
    [
        ("descend to knee height", 0.5 - 1.6),
        ("crane down to waist level", 1.0 - 1.6),
        ("rise to two metres above the floor", 2.0 - 1.6),
        ("descend a metre, then rise to eye level", 0.0),
        ("rise to knee height", 0.0),
        ("push in a metre, dropping to hip height", 0.95 - 1.6),
        ("rise to Ben's eye level", -0.7 + 0.43 * 1.8),
        ("pedestal down to a metre above the floor", 1.0 - 1.6),
        ("sink to 20 cm above the sofa", -1.2 + 0.4 + 0.2),
        ("descend to the ground level", 0.2 - 1.6),
    ],
)
def test_a_height_is_above_the_ground(words: str, rise: float) -> None:
    assert poses(words)[-1, 1] == pytest.approx(rise, abs=1e-3)


def test_a_look_at_a_top_goes_to_it() -> None:
    end = poses("incline vers le haut jusqu'à la cime de l'arbre")[-1]
    assert end[4] == pytest.approx(math.degrees(math.atan2(1.4 + 0.45 * 6.0, math.hypot(3, 10))), abs=0.1)


def test_what_is_said_of_heights() -> None:
    assert notes("descend to knee height") == ()
    assert notes("crane down to eye level") == (SO_HIGH.format(height="eye level", words='"crane down"'),)
    assert notes("rise to Ben's eye level") == ()
    assert notes("descend to Ben's eye level")[0].startswith("The camera is at that height already")
    bare = replace(SCENE, down=OUT_OF_SIGHT)
    assert notes("descend to knee height", bare) == (NO_FLOOR.format(words='"descend"'),)


@pytest.mark.parametrize(
    ("start", "down", "up", "said"),
    [
        (Start("at knee height", 0.5), 1.6, UP, True),
        (Start("at knee height", 0.5), 0.65, UP, False),
        (Start("at knee height", 0.5), OUT_OF_SIGHT, UP, True),
        (Start("at eye level", 1.6), OUT_OF_SIGHT, UP, False),
        (Start("at eye level", 1.6), 1.9, UP, False),
        (Start("at eye level", 1.6), 2.0, UP, True),
        (Start("at a low angle", looks=1), 1.6, UP, True),
        (Start("at a low angle", looks=1), 0.9, UP, False),
        (Start("at a low angle", looks=1), 1.6, (0.0, 0.95, -0.3), False),
        (Start("at a low angle", looks=1), 1.6, (0.0, 0.95, 0.3), True),
        (Start("at a high angle", looks=-1), 5.0, UP, True),
        (Start("at a high angle", looks=-1), 5.0, (0.0, 0.95, 0.3), False),
    ],
)
def test_a_start_that_the_still_has_not_is_said(
    start: Start, down: float, up: tuple[float, float, float], said: bool
) -> None:
    assert stands(start, replace(SCENE, down=down), up) == ([BEGINS.format(how=start.how)] if said else [])
    assert stands(None, SCENE, up) == []


def test_a_rest_that_is_left_takes_what_is_left() -> None:
    steps = (Step("hold", 1, seconds=2.0), Step("pan", 1, seconds=2.0), Step("hold", 1, late=True))
    assert spans(grouped(steps), 5.0) == [(0.0, 0.4), (0.4, 0.8), (0.8, 1.0)]
    assert spans(grouped(steps), 4.0)[1] == pytest.approx((0.5, 1.0))
    assert spans(grouped(steps[:2]), 5.0)[1] == pytest.approx((0.5, 0.9))
