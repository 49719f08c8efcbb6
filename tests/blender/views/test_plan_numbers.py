"""Exact figures of what plans views and walks, nothing rendered: paces, turns, margins, weights, and what is said."""

from __future__ import annotations

import math
from dataclasses import replace

import bpy
import numpy as np
import pytest
from mathutils import Euler, Vector
from take_one.client.protocol import CameraPath, Keyframe
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.session.views import ahead, plans
from take_one.scene.stills.coverage import chosen, forecast, margin, plan, points
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.known import facts
from take_one.scene.stills.track import Lens, Pose, Track
from take_one.scene.stills.walk import line, pace
from take_one.scene.stills.walk import plan as walks

LENS = Lens("PERSP", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)


def pose(t=0.0, matrix=IDENTITY, fx=100.0, fy=80.0):
    return Pose(t, matrix, LENS, fx, fy, 120.0, 48.0)


TRACK = Track((pose(),), 240, 96)


def look(heading):
    return Euler((math.pi / 2, 0, math.radians(heading - 90)), "XYZ").to_quaternion()


def heading(turn):
    forward = turn @ Vector((0, 0, -1))
    return math.degrees(math.atan2(forward.y, forward.x)) % 360


@pytest.mark.parametrize(
    ("along", "when"),
    [(0, 0), (0.25, 0.5), (1, 1), (1.5, 1.25), (5, 3), (8.5, 4.75), (9, 5), (9.75, 5.5), (10, 6)],
)
def test_a_walk_sets_off_and_stops_within_a_second(along, when):
    going = pace.pace_by_speed(10, 2)
    assert (going.seconds, going.ease, going.speed) == (6, 1, 2)
    assert going.time_at(along, 10) == pytest.approx(when)
    assert pace.Pace(6, 0, 0).time_at(along, 10) == 0


@pytest.mark.parametrize(
    ("length", "speed", "wanted"),
    [(1, 2, (1, 0.25, 1 / 0.75)), (1000, 1, (180, 1, 1000 / 179)), (3, 2, (2.25, 0.75, 2)), (179, 1, (180, 1, 1))],
)
def test_a_walk_is_no_shorter_and_no_longer_than_a_take(length, speed, wanted):
    going = pace.pace_by_speed(length, speed)
    assert (going.seconds, going.ease, going.speed) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("one", "two", "seconds"), [(0, 90, 1.5), (90, 0, 1.5), (10, 280, 1.5), (0, 180, 3), (7, 7, 0)]
)
def test_a_look_turns_by_the_shorter_way(one, two, seconds):
    assert pace.turning(look(one), look(two)) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("headings", "times", "wanted"),
    [
        ((0, 60, 0), [0, 0.5, 4], [0, 1, 4]),
        ((0, 60, 0), [0, 3.9, 4], [0, 3, 4]),
        ((0, 60, 0), [0, 0.2, 1], [0, 0.5, 1]),  # all too short: as fast as it takes
        ((0, 60, 30), [0, 0.1, 0.75], [0, 0.5, 0.75]),
        ((0, 60, 0), [0, 1, 4], [0, 1, 4]),
        ((0, 30, 90, 90), [2, 2.1, 2.2, 8], [2, 2.5, 3.5, 8]),
    ],
)
def test_looks_get_the_time_that_they_take(headings, times, wanted):
    assert pace.unhurried([look(one) for one in headings], times) == pytest.approx(wanted, abs=1e-3)


def test_a_look_goes_over_the_back_where_that_is_nearer():
    keys = pace.looks([look(151), look(209)], [2.0, 5.0])
    assert [at for at, _ in keys] == pytest.approx([2, 3, 4, 5])
    found = [heading(turn) for _, turn in keys]
    assert found == pytest.approx(sorted(found)) and found[0] == pytest.approx(151, abs=0.01)
    assert found[1] + found[2] == pytest.approx(360, abs=0.01)
    # as fast between as what lies on either side asks for, and at rest where it turns back
    for values, slope in (((0, 1, 4), 1.5), ((0, 0.5, 1), 0.5), ((4, 1, 0), -1.5), ((0, 1, 0), 0), ((1, 1, 2), 0)):
        assert pace._slopes(np.array(values, float), [3.0, 4.0, 5.0]).tolist() == [0, slope, 0]
    # it never turns back, and where three stand in a row it rests at none of them
    headings = [heading(turn) for _, turn in pace.looks([look(10), look(70), look(190)], [0.0, 1.0, 3.0])]
    assert headings == sorted(headings)


@pytest.mark.parametrize(
    ("place", "steps"),
    [
        ((-1.45, 0.0, -1), (3, 0, 0, 0)),
        ((0.0, 0.75, -1), (0, 3, 0, 0)),
        ((1.5, -0.875, -1), (0, 0, 3, 6)),
        ((3.0, -1.75, -2), (0, 0, 3, 6)),
        ((0, 0, -1), (0, 0, 0, 0)),
        ((0, 0, 1), (13, 13, 13, 13)),
        ((-99, 0, -1), (13, 0, 0, 0)),
    ],
)
def test_how_far_beyond_the_frame_a_point_lies(place, steps):
    """A step is 10 pixels across and 4 down."""
    assert tuple(margin.beyond(TRACK, np.array([place], float))[0]) == steps


@pytest.mark.parametrize(
    ("needs", "wanted"),
    [
        ([(3, 0, 0, 0, 100)], (30, 0, 0, 0)),
        ([(3, 0, 0, 0, 100), (0, 0, 12, 12, 5)], (30, 0, 0, 0)),
        ([(3, 0, 0, 0, 100), (0, 0, 8, 0, 5)], (30, 0, 0, 0)),
        ([(3, 0, 0, 0, 100), (0, 2, 0, 0, 80)], (30, 8, 0, 0)),
        ([(0, 0, 2, 3, 90)], (0, 0, 30, 12)),
        ([(3, 0, 0, 0, 9)], (0, 0, 0, 0)),  # of 1000 points
        ([(13, 0, 0, 0, 900)], (0, 0, 0, 0)),
    ],
)
def test_a_margin_shows_what_is_worth_its_pixels(needs, wanted):
    steps = np.concatenate([np.tile(one[:4], (one[4], 1)) for one in needs])
    found = margin.fitted(TRACK, steps, 1000)
    assert found == Margin(*wanted) and bool(found) == any(wanted)


def test_a_margin_grows_by_a_side_by_two_that_meet_or_by_all():
    sides = [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1, 1, 1, 1)]
    corners = [(1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1), (1, 0, 0, 1)]
    longer = {tuple(by * side for side in one) for one in sides + corners for by in range(1, 13)}
    assert {tuple(one) for one in margin._longer(np.zeros(4, int))} == longer


def test_a_wider_picture_keeps_each_pixel_on_its_ray():
    (one,), wide = margin.widened(TRACK, Margin(12, 0, 0, 24)).poses, margin.widened(TRACK, Margin(0, 8, 30, 0))
    assert (one.cx, one.cy, one.fx, one.fy, one.lens.sensor_width) == (132, 48, 100, 80, 126)
    assert (one.lens.shift_x, one.lens.shift_y) == pytest.approx((-6 / 252, -12 * 1.25 / 252))
    assert (wide.width, wide.height, wide.poses[0].cx, wide.poses[0].cy) == (270, 104, 120, 56)
    assert (wide.poses[0].lens.shift_x, wide.poses[0].lens.shift_y) == pytest.approx((15 / 270, 4 * 1.25 / 270))


def test_an_edge_lies_on_both_of_its_sides():
    cells = np.zeros((1, 4, 5))
    cells[0, 1, 3] = 1
    found = forecast._at_an_edge(cells)
    assert sorted(map(tuple, np.argwhere(found[0]).tolist())) == [(0, 3), (1, 2), (1, 3), (1, 4), (2, 3)]
    assert not forecast._at_an_edge(0.04 * cells).any()


def test_how_much_of_the_frame_a_thing_takes_and_how_near_its_middle():
    def thing(low, high, surrounds=False):
        return facts.Seen("a", False, set(), np.zeros((8, 3)), np.array(low), np.array(high), surrounds)

    assert thing((-0.5, 0.25), (1.5, 0.75)).share == 0.5 and thing((0.5, 0.5), (2.0, 3.0)).share == 0.25
    assert thing((1.1, 0.0), (1.4, 1.0)).share == 0
    assert thing((0.5, 0.0), (1.0, 1.0)).weight == 0.375 and thing((0.25, 0.25), (0.75, 0.75)).weight == 0.25
    sizes = [(0.05, "extreme wide shot"), (0.3, "wide shot"), (0.7, "medium shot"), (0.9, "medium close-up")]
    assert [facts.shot_size([thing((0.0, 0.2), (side / 2, 0.2 + side))]) for side, _ in sizes] == [
        words for _, words in sizes
    ]


@pytest.mark.parametrize(
    ("length", "held", "speed", "seconds", "wanted"),
    [
        (10, 3, 2, None, 6),
        (1000, 5, 1, None, 175),
        (100, 100, 1, None, 80),
        (100, 200, 1, None, 1),
        (10, 3, 2, 20, 17),
        (10, 30, 2, 20, 1),
    ],
)
def test_a_walk_and_its_rests_are_together_no_longer_than_a_take(length, held, speed, seconds, wanted):
    assert walks._pace(length, held, speed, seconds).seconds == wanted
    assert walks._pace(0, held, speed, seconds) is None


def test_a_margins_pixels():
    assert Margin(12, 0, 0, 24).size(240, 96) == (252, 120)
    assert Margin(12, 0, 0, 24).more(240, 96) == pytest.approx(0.3125)
    assert margin.widest(TRACK) == Margin(120, 48, 120, 48) and NONE.more(7, 9) == 0


@pytest.mark.parametrize(
    ("moment", "views"),
    [(0, [0, 10, 20]), (9, [0, 10, 20]), (10, [0, 10, 20, 30]), (25, [10, 20, 30, 40]), (40, [30, 40])],
)
def test_which_views_a_moment_is_drawn_from(moment, views):
    assert chosen.used([0, 10, 20, 30, 40], moment) == views


@pytest.mark.parametrize(
    ("t", "wanted"),
    [(0, [1, 0, 0, 0]), (0.25, [1, 1, 1, 0]), (0.5, [0, 1, 0, 0]), (0.5375, [0.5, 1, 0.5, 0.5]), (0.8, [0, 0, 1, 0]),
     (0.9, [0, 1, 1, 1]), (0.975, [0, 0.5, 0.5, 1]), (1, [0, 0, 0, 1])],
)  # fmt: skip
def test_how_far_each_view_counts(t, wanted):
    assert chosen.weights(np.array([0, 0.5, 0.8, 1]), t) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "wanted"), [("PERSP", [True, False, True, True]), ("ORTHO", [True, True, True, False])]
)
def test_from_where_a_view_sees_things_from_the_same_side(kind, wanted):
    """Up to 3 degrees: 0.524 m aside of what is 10 m away; one without perspective by its axis alone."""
    lens = replace(LENS, type=kind)
    poses = [
        Pose(0, tuple(map(tuple, at.tolist())), lens, 100, 80, 120, 48) for at in (np.eye(4), *map(aside, (0.51, 0.54)))
    ]
    poses.append(Pose(0, tuple(map(tuple, turned(math.radians(3.1)).tolist())), lens, 100, 80, 120, 48))
    place = np.array([(0, 0, -10)] * 4, float)
    some = points.Points(place, place, np.array([0, 2, 1, 3]), np.ones(4), np.zeros(4, bool))
    assert points.beside(Track(tuple(poses), 240, 96), 0, [0, 1, 2, 3], some).tolist() == wanted


def aside(far):
    made = np.eye(4)
    made[0, 3] = far
    return made


def turned(angle):
    made = np.eye(4)
    made[:3, :3] = np.array(Euler((0, angle, 0)).to_matrix())
    return made


def test_what_is_sharp_and_near_in_a_view_that_counts():
    some = points.Points(np.zeros((4, 3)), np.zeros((4, 3)), np.array([0, 0, 1, 1]), np.ones(4), np.zeros(4, bool))
    well = {0: np.array([True, True, True, False]), 50: np.array([False, True, False, True])}
    made = chosen.Chosen(well, well)
    close = {0: np.array([True, False, False, True]), 50: np.array([True, False, True, True])}
    assert made.covered([10, 20], some).tolist() == [True, True, True, True]
    assert made.near([10, 20], some, close).tolist() == [True, False, False, True]


def test_what_a_plan_shows_on_average_and_from_where_on_too_little():
    made = plan.Plan((0, 30), (0, 10, 30), (1.0, 0.8, 0.4), "mark")
    assert (made.mean, made.low_from()) == (pytest.approx(0.7), 10)
    assert plan.Plan((0,), (0, 10, 30), (0.95, 0.9, 0.89), "mark").low_from() == 30
    assert plan.Plan((0,), (0, 10), (0.95, 0.9), "mark").low_from() is None


def test_frames_words_and_counts_of_a_plan():
    track = Track(tuple(pose(t) for t in (0, 0.25, 0.5, 1)), 240, 96)
    planned = plans.Planned(plan.Plan((0,), (0,), (1.0,), "m"), track, 31, 25, (), "look")
    assert [planned.frame_at(index) for index in range(4)] == [31, 37, 43, 55]
    said = [plans.duration(seconds) for seconds in (0.2, 40, 89.4, 90, 89 * 60, 90 * 60, 125 * 60)]
    assert said == ["1 s", "40 s", "89 s", "2 min", "89 min", "1 h 30", "2 h 05"]
    counts = [plans.wanted(*one) for one in ((None, None), (5, None), (5, 3), (2, 3), (None, 3), (7, 1), (None, 1))]
    assert counts == [None, 5, 3, 2, None, 1, 1]
    assert (plans.named(("a", "b", "c")), plans.named(("a", "b", "c", "d"))) == ("a, b, c", "a, b, c ...")


def test_how_long_a_still_takes_goes_by_its_pixels():
    scene = bpy.context.scene
    render = scene.render
    render.engine, scene.cycles.samples = "CYCLES", 16
    render.resolution_x, render.resolution_y, render.resolution_percentage = 100, 50, 50
    assert plans.still_seconds(scene) is None
    plans.measured(scene, 3.0, 0.5)  # with half as many pixels more
    assert plans.still_seconds(scene) == pytest.approx(2.0)
    render.resolution_x, render.resolution_percentage = 300, 100
    assert plans.still_seconds(scene) == pytest.approx(2.0 * 3 * 4)
    scene.cycles.samples = 17
    assert plans.still_seconds(scene) is None


def test_the_way_by_words_is_laid_from_where_the_camera_stands():
    turned = ((0.0, -1.0, 0.0, 5.0), (1.0, 0.0, 0.0, 6.0), (0.0, 0.0, 1.0, 7.0), (0.0, 0.0, 0.0, 1.0))
    start = Track((pose(0.3, turned),), 240, 96)

    def away(x, zoom=1.0):
        return Keyframe(1.0, ((1.0, 0.0, 0.0, x), *IDENTITY[1:]), zoom)

    paths = [CameraPath((Keyframe(0.0, IDENTITY), away(0.02))), CameraPath((Keyframe(0.0, IDENTITY), away(0.04, 1.5)))]
    found = ahead._along(start, paths, 0.01)  # a unit is a centimetre
    assert [one.t for one in found.poses] == [0, 0.25, 0.5, 0.75, 1]
    assert [tuple(one.place) for one in found.poses] == [
        pytest.approx(place) for place in ((5, 6, 7), (5, 6, 7), (5, 8, 7), (5, 6, 7), (5, 10, 7))
    ]
    assert [(one.fx, one.fy) for one in found.poses] == [(100, 80)] * 4 + [(150, 120)]
    assert ahead._along(start, [CameraPath((Keyframe(0.0, IDENTITY), away(0.0)))], 0.01) is None


def test_a_way_is_round_and_level_where_it_stops_to_rise():
    points = np.array([(0, 0, 0), (4, 0, 2), (4, 4, 2), (4, 8, 1)], float)
    left, right = line._handles(points, np.array([0.5, 0.25, 0.5, 0.5]))
    assert left[0] == pytest.approx((-2, 0, 0)) and right[0] == pytest.approx((2, 0, 1), abs=0.3)
    across = np.array([1, 1, 0]) / math.sqrt(2)
    assert left[1] == pytest.approx(points[1] - across) and right[1] == pytest.approx(points[1] + across)
    assert (left[2][2], right[2][2]) == (2, 2) and np.linalg.norm(left[2] - points[2]) == pytest.approx(2)
    assert (line._handles(points[[0, 0, 1]], np.full(3, 0.5))[0][1] == points[0]).all()
