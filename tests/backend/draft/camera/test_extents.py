"""How far each step goes, what it goes about, and how its way is flown: exact figures, from poses without symmetry."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backend.engines.draft.camera import courses, sight
from backend.engines.draft.camera.courses import asked
from backend.engines.draft.camera.limits import Sizes
from backend.engines.draft.camera.moves import _chosen, _Pilot, path_of, plan
from backend.engines.draft.camera.rig import RigPose
from backend.engines.draft.camera.scene_depth import SceneDepth
from backend.engines.draft.camera.targets import Target
from backend.engines.draft.camera.variation import Manner
from backend.engines.draft.camera.ways import Stage, Way, _into_the_opening, above, along, framed, pivot_of, smooth
from backend.engines.draft.direction.steps import Reading, Step
from client.protocol import Camera

LENS = Camera("perspective", 1600, 900, 800, 450, 1200, 1300)
WIDE = SceneDepth(False, 1000, 500, 500, 400, 10.0, 50.0, 20.0, 30.0, 40.0, 50.0)
UP = np.array([0.0, 1.0, 0.0])


def stage(scene: SceneDepth = WIDE, views: int = 1) -> Stage:
    return Stage(scene, Sizes.of(scene, views), UP, views)


def test_figures_are_asked_for_in_the_measure_of_the_move() -> None:
    step = Step("push", 1, metres=2.5, degrees=90.0, factor=3.0)
    for kind in ("pan", "tilt", "roll", "orbit"):
        assert asked(replace(step, kind=kind)) == math.radians(90)
        assert asked(replace(step, kind=kind, degrees=None)) is None
    assert [asked(replace(step, kind=kind)) for kind in ("push", "truck", "dolly zoom")] == [2.5] * 3
    for factor, told in ((3.0, 3.0), (1.0, 1.01), (1e3, 100.0)):
        assert asked(replace(step, kind="zoom", factor=factor)) == math.log(told)
    assert asked(replace(step, kind="zoom", factor=None)) is None


@pytest.mark.parametrize(
    ("speed", "seconds", "amount", "extent", "large"),
    [(1.0, 5.0, 1.0, 4.5, False), (0.25, 5.0, 1.0, 2.25, False), (1.9, 5.0, 1.0, 4.5 * 1.9**0.3, False),
     (2.4, 5.0, 0.5, 2.25 * 2**0.3, False), (1.0, 2.5, 1.0, 4.5 * 0.5**0.35, False),
     (1.0, 60.0, 1.0, 4.5 * 2**0.35, False), (1.0, 0.1, 1.0, 4.5 * 0.1**0.35, False),
     (3.0, 2.5, 1.0, 4.5 * 2**0.3, False)],
)  # fmt: skip
def test_how_far_words_without_a_figure_go(
    speed: float, seconds: float, amount: float, extent: float, large: bool
) -> None:
    step = Step("push", -1, speed=speed, amount=amount)
    meant = courses._meant(step, RigPose(np.zeros(3)), stage(WIDE, 2), None, seconds, False, False)
    assert meant == (pytest.approx(-extent), large)


@pytest.mark.parametrize(
    ("speed", "amount", "degrees"), [(2.49, 1.0, None), (2.5, 1.0, 90), (4.0, 0.5, 45), (3, 9, 135)]
)
def test_a_whip_is_a_quarter_turn(speed: float, amount: float, degrees: float | None) -> None:
    step = Step("pan", 1, speed=speed, amount=amount)
    meant, large = courses._meant(step, RigPose(np.zeros(3)), stage(), None, 5.0, False, False)
    assert large is (degrees is not None) and (degrees is None or meant == pytest.approx(math.radians(degrees)))
    assert degrees is not None or meant == pytest.approx(0.2 * WIDE.fov_x * 2**0.3)


def test_so_much_closer_is_by_the_distance_of_what_it_looks_at() -> None:
    for sign, factor, metres in ((1, 1.25, 2.0), (1, 2.0, 5.0), (-1, 1.25, -2.5), (-1, 2.0, -10.0)):
        step = Step("push", sign, factor=factor)
        meant = courses._meant(step, RigPose(np.zeros(3)), stage(), None, 5.0, False, False)
        assert meant == (pytest.approx(metres), True)


@pytest.mark.parametrize(
    ("kind", "views", "seconds", "most"),
    [("truck", 1, 1.0, 7.5), ("truck", 1, 100.0, 0.8 * 16), ("truck", 2, 1.0, 30.0), ("truck", 2, 400.0, 1e4),
     ("orbit", 1, 1.0, 0.75), ("orbit", 2, 1.0, 3.0), ("orbit", 2, 9.0, 4 * math.pi),
     ("pan", 2, 1.0, math.radians(200)),
     ("zoom", 1, 0.1, 0.8 * math.log(6)), ("zoom", 2, 0.1, math.log(30)), ("tilt", 1, 9.0, 0.64 * WIDE.fov_y)],
)  # fmt: skip
def test_the_most_there_is_time_and_room_for(kind: str, views: int, seconds: float, most: float) -> None:
    """The focus lies at 10 m: at most 15 m a second on average half as fast, four times that with several views."""
    found = courses._most(Step(kind, 1), RigPose(np.zeros(3)), stage(WIDE, views), None, seconds)
    assert found == pytest.approx(most)


def test_the_most_of_a_push_is_what_is_free_before_it() -> None:
    def most(base: RigPose, to: Target | None = None, views: int = 2, **how: object) -> float:
        return courses._most(Step("push", **{"sign": 1, **how}), base, stage(WIDE, views), to, 1e3)  # type: ignore[arg-type]

    at = RigPose(np.array([1.0, 2.0, -3.0]))
    chair = Target(np.array([0.0, 0.0, -4.0]), np.ones(3), True)
    assert most(at) == pytest.approx(42.08) and most(replace(at, yaw=0.34)) == pytest.approx(42.08)
    assert most(replace(at, yaw=-0.36)) == pytest.approx(45.08)
    assert most(RigPose(np.array([0.0, 0.0, -50.0]))) == 0.0
    for free in ({"sign": -1}, {"relation": "through"}, {"relation": "over"}, {"to": chair}):
        assert most(at, **free) == pytest.approx(3e4), free  # type: ignore[arg-type]
    assert most(at, relation="past") == pytest.approx(42.08)
    assert most(at, views=1) == pytest.approx(0.8 * 45.08) and most(at, views=1, metres=2.0) == pytest.approx(45.08)


@pytest.mark.parametrize(
    ("words", "down", "height"),
    [("down to the floor", 1.7, -1.5), ("down to the lawn", 1.7, -1.5), ("down to the floor", 0.25, -0.1),
     ("down to her", 1.7, None), ("down to the floor", 1e3, None)],
)  # fmt: skip
def test_down_to_the_ground_is_a_hand_above_it(words: str, down: float, height: float | None) -> None:
    scene = replace(WIDE, down=down)
    for kind in ("crane", "pedestal"):
        step = Step(kind, -1, said=words)
        base = RigPose(np.zeros(3))
        found = courses._by_target(step, base, stage(scene), None, False, False)
        assert found == (None if height is None else pytest.approx(height))
        assert courses._by_target(replace(step, sign=1), base, stage(scene), None, False, False) is None
        there = Target(np.array([0.0, -3.0, -4.0]), np.ones(3), True)
        assert courses._by_target(step, base, stage(scene), there, False, False) is None
    for kind in ("push", "truck", "tilt", "zoom", "orbit"):
        step = Step(kind, -1, said=words)
        assert courses._by_target(step, RigPose(np.zeros(3)), stage(scene), None, False, False) is None


def test_how_far_a_thing_has_a_step_go() -> None:
    base = RigPose(np.array([0.5, 1.0, 0.0]), yaw=0.2, pitch=-0.1)
    to = Target(np.array([3.0, 4.0, -6.0]), np.array([2.0, 1.0, 0.6]), True)

    def far(kind: str, sign: int, relation: str, views: int = 1, shared: bool = False, **how: object) -> float | None:
        step = Step(kind, sign, relation=relation, **how)  # type: ignore[arg-type]
        return courses._by_target(step, base, stage(WIDE, views), to, shared, False)

    right = np.array([math.cos(0.2), 0.0, -math.sin(0.2)])
    aside = float((to.centre - base.position) @ right)
    assert far("truck", 1, "to") == pytest.approx(aside) and far("truck", -1, "to") is None
    assert far("truck", 1, "past") == pytest.approx(aside + 1.5) and far("truck", -1, "past") is None
    assert far("crane", 1, "to") == pytest.approx(0.85 * 3.0) and far("crane", -1, "to") is None
    assert far("pedestal", 1, "over", amount=0.1) == pytest.approx(0.25**0.25 * (3.0 + 0.5 + 0.5))
    assert far("pan", 1, "at") == pytest.approx(0.2 - math.atan2(-2.5, 6.0))
    assert far("tilt", 1, "at") == pytest.approx(math.atan2(3.0, math.hypot(2.5, 6.0)) + 0.1)
    assert (
        far("pan", -1, "around", 2, amount=0.5) == pytest.approx(-math.radians(60)) and far("pan", 1, "around") is None
    )
    assert far("zoom", -1, "whole", amount=1.5) == pytest.approx(-1.5 * math.log(2))
    below = replace_centre(to, (3.0, -4.0, -6.0))
    for shared, sign, wanted in ((False, -1, -0.85 * 5), (False, 1, None), (True, -1, -0.85 * 5), (True, 1, None)):
        step = Step("crane", sign, relation="to" if not shared else "")
        found = courses._by_target(step, base, stage(), below, shared, False)
        assert found == (None if wanted is None else pytest.approx(wanted))


def replace_centre(to: Target, centre: tuple[float, float, float]) -> Target:
    return Target(np.array(centre), to.size, to.named)


def test_back_until_the_whole_of_a_thing_is_seen() -> None:
    base = RigPose(np.array([0.0, 0.0, 1.0]))
    wide = Target(np.array([0.0, 0.0, -4.0]), np.array([20.0, 2.0, 1.0]), True)
    assert courses._to_see_whole(base, stage(), wide) == pytest.approx(0.5 + 20 * 500 / 1000 - 5.0)
    small = Target(np.array([0.0, 0.0, -4.0]), np.ones(3), True)
    assert courses._to_see_whole(base, stage(), small) == pytest.approx(2.5)
    assert courses._to_see_whole(base, stage(replace(WIDE, subject=12.0)), None) == 12.0
    assert courses._to_see_whole(base, stage(replace(WIDE, subject=3.0)), None) == 10.0


def test_what_a_camera_turns_about() -> None:
    base = RigPose(np.array([0.5, 0.0, -2.0]), yaw=math.pi / 2)  # it looks to the left
    to = Target(np.array([3.0, 4.0, -6.0]), np.ones(3), True)
    ahead = np.array([-1.0, 0.0, 0.0])
    assert pivot_of(base, stage(), to) is to.centre
    np.testing.assert_allclose(pivot_of(base, stage(replace(WIDE, lens=(0.3, 0.1, -3.0))), None), (0.3, 0.1, -3.0))
    behind = stage(replace(WIDE, lens=(0.45, 0.1, -3.0), subject=6.0))  # not 10 cm before it
    np.testing.assert_allclose(pivot_of(base, behind, None), base.position + 4.0 * ahead)
    near = stage(replace(WIDE, subject=2.5))
    np.testing.assert_allclose(pivot_of(base, near, None), base.position + 0.75 * ahead)


def test_how_near_a_thing_fills_a_frame_and_how_high_is_above_it() -> None:
    to = Target(np.array([3.0, 4.0, -6.0]), np.array([2.0, 3.0, 0.6]), True)
    assert framed(to, stage(), 0.5) == pytest.approx(2 * 3.0 * 400 / 500)
    assert framed(replace(to, size=np.array([9.0, 3.0, 0.6])), stage(), 0.9) == pytest.approx(9 * 0.5 / 0.9)
    assert framed(to, stage(replace(WIDE, orthographic=True)), 0.5) == 0.0
    base = RigPose(np.array([0.0, 1.0, 0.0]))
    assert above(base, stage(), to) == pytest.approx(3.0 + 1.5 + 0.5)
    assert above(base, stage(), replace(to, size=np.array([2.0, 10.0, 1.0]))) == pytest.approx(3.0 + 5.0 + 1.5)
    assert above(base, stage(), replace_centre(to, (0.0, -9.0, -6.0))) == pytest.approx(0.3)
    assert above(base, stage(), None) == pytest.approx(1.15 * 40 - 1.0)
    assert above(base, stage(replace(WIDE, up=1e3)), None) == pytest.approx(1.15 * 12.5 - 1.0)
    assert above(base, stage(replace(WIDE, up=2.0)), None) == pytest.approx(0.3 * 12.5)


def test_a_way_is_flown_straight_with_its_bend_and_its_turn() -> None:
    """`extent` is signed and may be less than the way: the bend and the tilt are then a part of theirs."""
    way = Way(np.array([0.0, 0.0, -1.0]), 4.0, np.array([2.0, 0.0, 0.0]), 0.5, 0.4, -0.2)
    start = RigPose(np.array([1.0, 1.0, 1.0]), 0.1, 0.3)
    for extent, u, ahead, bend, turn, tilt in (
        (4.0, 0.0, 0.0, 0.0, 0.0, 0.0), (4.0, 0.25, 1.0, 0.5, 0.15625, 0.15625), (4.0, 0.5, 2.0, 1.0, 0.5, 0.5),
        (4.0, 1.0, 4.0, 1.0, 1.0, 1.0), (2.0, 0.5, 1.0, 0.5, 0.5, 0.25), (8.0, 0.25, 2.0, 0.5, 0.15625, 0.15625),
    ):  # fmt: skip
        made = along(way, extent, start, np.array([0.0, 1.0, 0.0]))(start, u)
        np.testing.assert_allclose(made.position, (1 + 2 * bend, 1, 1 - ahead))
        assert (made.yaw, made.pitch) == pytest.approx((0.1 + 0.4 * turn, 0.3 - 0.2 * tilt))
    none = along(replace(way, length=0.0), 0.0, start, np.array([0.0, 1.0, 0.0]))(start, 1.0)
    assert none.position.tolist() == [3.0, 1.0, 1.0] and none.pitch == pytest.approx(0.1)
    assert [smooth(u) for u in (-1.0, 0.25, 0.5, 2.0)] == [0.0, 0.15625, 0.5, 1.0]


@pytest.mark.parametrize(
    ("middle", "high", "drop"),
    [(2.0, 2.0, 1.3), (-2.0, 2.0, -1.3), (0.6, 2.0, 0.0), (-0.6, 2.0, 0.0), (0.5, 0.4, 0.5), (-0.5, 0.6, -0.5)],
)
def test_a_way_through_keeps_a_hand_from_the_frame_of_the_opening(middle: float, high: float, drop: float) -> None:
    assert _into_the_opening(middle, high) == pytest.approx(drop)


def test_what_is_made_of_words_without_a_move() -> None:
    def chosen(seed: int, *forbidden: str, manner: Step | None = None, beyond: str = "") -> tuple[Step, list[str]]:
        steps, notes = _chosen(Reading((), frozenset(forbidden), manner, (beyond,)), seed)
        (step,) = steps
        return step, notes

    said = "No camera move found in the words: a gentle {} was used."
    step, notes = chosen(0)
    assert (step.kind, step.sign, step.amount, step.speed, step.open_side) == ("push", 1, 0.7, 0.8, False)
    assert notes == [said.format("push in")]
    step, notes = chosen(2, manner=Step("pan", -1, amount=1.2, speed=0.3))
    assert (step.kind, step.sign, step.amount, step.speed, step.open_side) == ("orbit", 1, 0.84, 0.3, True)
    assert notes == [said.format("arc")] and chosen(1)[0].kind == "truck"
    assert chosen(2, manner=Step("pan", -1, amount=3.0))[0].amount == 1.0
    held = ["The words rule camera moves out: the camera holds."]
    for forbidden in (("push",), ("push", "pan"), ("pan", "tilt", "roll")):
        step, notes = chosen(2, *forbidden)
        assert (step.kind, notes) == ("hold", held)
    for forbidden, kind in ((("orbit",), "push"), (("truck",), "push"), (("pan", "tilt"), "orbit")):
        assert chosen(2, *forbidden)[0].kind == kind
    assert chosen(1, "orbit")[0].kind == "truck" and chosen(1, "truck", "orbit")[0].kind == "push"
    assert chosen(2, beyond="another camera") == (Step("hold", 1), [])


def test_as_many_keyframes_as_a_move_needs() -> None:
    for words, seconds, count in (("push in", 2.0, 49), ("push in", 0.01, 2), ("push in", 60.0, 720), ("hold", 5.0, 2),
                                  ("push in", 2.04, 50), ("handheld", 1.0, 25)):  # fmt: skip
        times = [key.t for key in plan(words, seconds, WIDE, 0).path.keyframes]
        assert len(times) == count and (times[0], times[-1]) == (0.0, 1.0), (words, seconds)
    assert times[7] == pytest.approx(7 / 24, abs=1e-6)
    hand = [key.matrix for key in plan("handheld", 1.0, WIDE, 3).path.keyframes]
    assert hand[0] == tuple(map(tuple, np.eye(4).tolist())) and hand[12] != hand[0]
    assert plan("push in", 0.0, WIDE, 0).path == plan("push in", 1e-3, WIDE, 0).path
    assert path_of("push in", LENS, 4.0, 0).path == path_of("push in", LENS, 4.0, 0, sight.scene_of(LENS)).path


@pytest.mark.parametrize(("amount", "asked_for", "allowed"), [(1.0, False, 0.15), (0.5, False, 0.075),
                                                              (9.0, False, 0.3), (0.5, True, 0.45)])  # fmt: skip
def test_a_move_ends_before_the_still_shows_too_little(amount: float, asked_for: bool, allowed: float) -> None:
    """A still that shows less by 10 % of the frame for each 10 cm ahead."""
    pilot = _Pilot(stage(), lambda pose, _: 1.0 + float(pose[2, 3]), [])
    step = Step("push", 1, amount=amount, metres=2.0 if asked_for else None)
    pilot.add([(step, Manner(0.3, 0.3))], 0.0, 1.0, 5.0)
    assert -pilot.base.position[2] == pytest.approx(allowed, abs=4e-3)
    pilot.add([(step, Manner(0.3, 0.3))], 0.0, 1.0, 5.0)  # every move of a sequence may add something
    more = max(allowed, allowed + min(allowed / 2, 0.45 - allowed))
    assert -pilot.base.position[2] == pytest.approx(more, abs=8e-3)
