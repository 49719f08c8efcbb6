"""Which words of which step a thing answers, and what each step does to a pose: one by one, from a pose that is turned
to the left and down a little."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from backend.engines.draft.camera import courses
from backend.engines.draft.camera.rig import RigPose
from backend.engines.draft.camera.targets import Target
from backend.engines.draft.camera.variation import Manner
from backend.engines.draft.direction.steps import Step
from tests.backend.draft.camera.test_extents import UP, WIDE, stage

BASE = RigPose(np.array([0.5, 1.0, 0.0]), yaw=0.2, pitch=-0.1, roll=0.05, zoom=1.25)
LAMP = Target(np.array([3.0, 4.0, -6.0]), np.array([2.0, 1.0, 0.6]), True)
KINDS = ("push", "truck", "crane", "pedestal", "pan", "tilt", "roll", "zoom", "orbit", "dolly zoom")
RELATIONS = ("", "to", "past", "along", "over", "level", "whole", "at", "around")
# Of which kinds a step of this relation and direction is told how far it goes by the lamp, up on the right.
ANSWERS = {
    ("", 1): "push", ("to", 1): "push truck crane pedestal", ("past", 1): "push truck",
    ("along", 1): "push truck", ("along", -1): "truck", ("over", 1): "push crane pedestal",
    ("level", 1): "push crane pedestal", ("level", -1): "crane pedestal",
    ("at", 1): "push pan tilt", ("at", -1): "pan tilt",
    ("whole", 1): "push crane pedestal zoom", ("whole", -1): "push crane pedestal zoom",
    ("around", 1): "push",
}  # fmt: skip


@pytest.mark.parametrize(("relation", "sign"), product(RELATIONS, (1, -1)))
def test_who_is_told_how_far_to_go(relation: str, sign: int) -> None:
    told = [
        kind
        for kind in KINDS
        if courses._by_target(Step(kind, sign, relation=relation), BASE, stage(), LAMP, False, False) is not None
    ]
    assert told == ANSWERS.get((relation, sign), "").split()


def far(kind: str, sign: int, to: Target | None = LAMP, views: int = 1, shared: bool = False, **how: Any) -> Any:
    return courses._by_target(Step(kind, sign, **how), BASE, stage(WIDE, views), to, shared, False)


def test_a_way_along_is_as_long_as_the_thing() -> None:
    usual = stage().size.usual["truck"]
    long = replace(LAMP, size=np.array([0.5, 1.0, 2.5]))
    assert far("truck", -1, long, relation="along") == pytest.approx(-2.5)
    assert far("truck", 1, long, relation="along", amount=1.5) == pytest.approx(1.5 * 2.5)
    assert far("truck", 1, replace(LAMP, size=np.full(3, 0.2)), relation="along") == pytest.approx(1.0)
    assert far("truck", 1, replace(LAMP, size=np.full(3, 1e3)), relation="along") == pytest.approx(3 * usual)
    assert far("truck", -1, None, relation="along", amount=9.0) == pytest.approx(-2.0 * 1.5 * usual)
    assert far("truck", 1, None, relation="along", amount=0.1) == pytest.approx(0.25 * 1.5 * usual)
    assert far("truck", 1, None, relation="past") is None and far("truck", 1, None, relation="to") is None


def test_level_with_a_thing_is_at_its_top() -> None:
    for kind in ("crane", "pedestal"):
        assert far(kind, 1, relation="level") == pytest.approx(3.0 + 0.5)
        assert far(kind, 1, relation="level", shared=True) is None
        low = replace(LAMP, centre=np.array([3.0, 0.2, -6.0]))
        assert far(kind, -1, low, relation="level") == pytest.approx(-0.3)
        assert far(kind, 1, low, relation="level") == 0.0  # it is above that already
        assert far(kind, -1, replace(low, person=True), relation="level") == pytest.approx(-0.37)  # as high as eyes are
        assert far(kind, 1, relation="level", gap=0.25) == pytest.approx(3.75)
        assert far(kind, 1, None, relation="level") is None


def test_around_needs_more_than_one_view() -> None:
    for sign, amount, degrees in ((1, 1.0, 120), (-1, 0.1, -30), (1, 9.0, 240)):
        found = far("pan", sign, None, 2, relation="around", amount=amount)
        assert found == pytest.approx(math.radians(degrees))
    assert far("pan", 1, None, 1, relation="around") is None
    assert far("tilt", 1, None, 2, relation="around") is None


@pytest.mark.parametrize(("kind", "views", "down", "most"), [
    ("crane", 2, 1.5, 2.3), ("pedestal", 2, 1.5, 2.3), ("crane", 2, -3.0, 0.1), ("pedestal", 1, 1.5, None),
    ("tilt", 2, 1.5, None), ("crane", 2, 1e3, None),
])  # fmt: skip
def test_down_is_as_far_as_the_ground(kind: str, views: int, down: float, most: float | None) -> None:
    there = stage(replace(WIDE, down=down), views)
    found = courses._most(Step(kind, -1), BASE, there, None, 1e3)
    if most is None:
        free = 0.8 if views == 1 else 1.0
        most = free * there.size.most[kind]
    assert found == pytest.approx(most)


def moved(kind: str, extent: float, u: float, to: Target | None = None, pose: RigPose = BASE, **how: Any) -> RigPose:
    step = Step(kind, 1 if extent >= 0 else -1, **how)
    return courses._change(step, extent, BASE, stage(), to, False)(pose, u)


ON = replace(BASE, position=np.array([2.0, 3.0, 4.0]), yaw=0.3, pitch=0.1, roll=-0.2, zoom=2.0)
AHEAD = np.array([-math.sin(0.2) * math.cos(0.1), -math.sin(0.1), -math.cos(0.2) * math.cos(0.1)])
ASIDE = np.array([math.cos(0.2), 0.0, -math.sin(0.2)])


@pytest.mark.parametrize(("kind", "extent", "by"), [
    ("push", -2.0, AHEAD), ("truck", 2.0, ASIDE), ("truck", -2.0, ASIDE), ("pedestal", 2.0, UP), ("pedestal", -2.0, UP),
])  # fmt: skip
def test_a_travel_goes_its_share_from_wherever_it_is(kind: str, extent: float, by: np.ndarray) -> None:
    if kind == "truck":  # the frame's own right, which is rolled
        by = ASIDE * math.cos(0.05) + np.cross(ASIDE, AHEAD) * math.sin(0.05)
    for u in (0.0, 0.25, 1.0):
        made = moved(kind, extent, u, pose=ON)
        step = made.position - ON.position
        assert np.linalg.norm(step) == pytest.approx(2 * u)
        if kind != "truck":
            np.testing.assert_allclose(step, by * extent * u, atol=1e-9)
        else:
            assert abs(step @ AHEAD) < 1e-9 and step @ ASIDE * extent >= 0
        assert (made.yaw, made.pitch, made.roll, made.zoom) == (0.3, 0.1, -0.2, 2.0)


def test_a_turn_adds_its_share_to_what_is_there() -> None:
    pan, tilt, roll = (moved(kind, 0.8, 0.25, pose=ON) for kind in ("pan", "tilt", "roll"))
    assert (pan.yaw, pan.pitch, pan.roll) == pytest.approx((0.1, 0.1, -0.2))
    assert (tilt.yaw, tilt.pitch, tilt.roll) == pytest.approx((0.3, 0.3, -0.2))
    assert (roll.yaw, roll.pitch, roll.roll) == pytest.approx((0.3, 0.1, -0.4))
    for made in (pan, tilt, roll):
        assert made.position.tolist() == [2.0, 3.0, 4.0] and made.zoom == 2.0


def test_an_orbit_keeps_its_distance_and_its_thing_in_sight() -> None:
    made = moved("orbit", math.pi / 2, 1.0, LAMP)
    # A quarter turn to the left about a thing: x becomes -z, seen from it.
    x, _, z = BASE.position - LAMP.centre
    np.testing.assert_allclose(made.position, LAMP.centre + np.array([z, -3.0, -x]), atol=1e-9)
    assert (made.yaw, made.pitch) == pytest.approx((0.2 + math.pi / 2, -0.1))
    half = moved("orbit", math.pi / 2, 0.5, LAMP)
    assert np.linalg.norm(half.position - LAMP.centre) == pytest.approx(np.linalg.norm(BASE.position - LAMP.centre))
    assert half.yaw == pytest.approx(0.2 + math.pi / 4)


def test_a_zoom_turns_to_its_thing_only_on_the_way_in() -> None:
    near = moved("zoom", math.log(4), 0.5, LAMP)
    yaw = 0.5 * math.atan2(-2.5, 6.0) + 0.5 * 0.2
    assert near.zoom == pytest.approx(1.25 * 2) and near.yaw == pytest.approx(yaw, abs=0.02)
    assert near.pitch > BASE.pitch
    for made in (moved("zoom", -math.log(4), 0.5, LAMP), moved("zoom", math.log(4), 0.5)):
        assert (made.yaw, made.pitch) == (0.2, -0.1)
    assert moved("zoom", -math.log(4), 0.5, LAMP).zoom == pytest.approx(1.25 / 2)


def test_a_dolly_zoom_keeps_its_thing_as_large_as_it_is() -> None:
    distance = float((LAMP.centre - BASE.position) @ AHEAD)
    for extent in (1.5, -1.5):
        made = moved("dolly zoom", extent, 0.5, LAMP)
        np.testing.assert_allclose(made.position, BASE.position + AHEAD * extent / 2, atol=1e-9)
        assert made.zoom == pytest.approx(1.25 * (distance - extent / 2) / distance)
    most = moved("dolly zoom", 1e3, 1.0, LAMP)
    assert most.zoom == pytest.approx(0.125)


def test_away_from_a_thing_is_away_from_it_and_level() -> None:
    made = moved("push", -2.0, 0.5, LAMP, relation="from")
    away = np.array([2.5, 0.0, -6.0]) / math.hypot(2.5, 6.0)
    np.testing.assert_allclose(made.position, BASE.position - away, atol=1e-9)
    other = moved("push", -2.0, 0.5, LAMP)
    np.testing.assert_allclose(other.position, BASE.position - AHEAD, atol=1e-9)


def test_a_crane_looks_down_as_it_rises_and_a_pedestal_does_not() -> None:
    focus = stage().size.focus
    for extent in (2.0, -2.0):
        made = moved("crane", extent, 0.5)
        np.testing.assert_allclose(made.position, BASE.position + UP * extent / 2)
        assert made.pitch == pytest.approx(-0.1 - 0.85 * math.atan2(extent / 2, focus))
    assert moved("pedestal", 2.0, 0.5).pitch == -0.1
    at = moved("crane", 2.0, 1.0, LAMP, relation="at")
    assert at.pitch == pytest.approx(math.atan2(1.0, math.hypot(2.5, 6.0)))
    assert at.yaw == pytest.approx(math.atan2(-2.5, 6.0))
    over = moved("crane", 2.0, 1.0, LAMP, relation="over")
    on = np.array([-math.sin(0.2), 0.0, -math.cos(0.2)])
    np.testing.assert_allclose(over.position, BASE.position + 2 * UP + on * float((LAMP.centre - BASE.position) @ on))
    assert over.pitch == pytest.approx(-0.1 - math.radians(30))
    assert moved("pedestal", 2.0, 1.0, LAMP, relation="over").pitch == -0.1
    behind = replace(LAMP, centre=np.array([0.0, 0.0, 9.0]))
    np.testing.assert_allclose(moved("crane", 2.0, 1.0, behind, relation="over").position, BASE.position + 2 * UP)
    early = moved("crane", 2.0, 0.2, LAMP, relation="over")
    assert early.pitch == -0.1 and early.position[[0, 2]] == pytest.approx(BASE.position[[0, 2]])


def test_a_course_is_what_is_meant_as_far_as_it_can_go() -> None:
    step = Step("truck", -1, metres=3.0)
    course = courses.course_of(step, Manner(0.3, 0.3), BASE, stage(WIDE, 2), 5.0)
    assert (course.meant, course.extent, course.large, course.to) == (-3.0, -3.0, True, None)
    short = courses.course_of(step, Manner(0.3, 0.3), BASE, stage(WIDE, 2), 0.05)
    assert short.meant == -3.0 and short.extent == pytest.approx(-0.05 * 6.0 * 10.0 / 2)
    end = short.change(BASE, 1.0).position - BASE.position
    assert np.linalg.norm(end) == pytest.approx(1.5)
