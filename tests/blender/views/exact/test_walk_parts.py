"""Parts of a walk by hand: its pace, its turns, handles of its line, cells and bends of a way among made-up walls."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from mathutils import Euler
from no_file import blender  # noqa: F401
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.walk import line, pace, way
from take_one.scene.stills.walk import plan as walks


def at(*place):
    return np.array(place, float)


def turned(degrees):
    return Euler((math.pi / 2, 0, math.radians(degrees)), "XYZ").to_quaternion()


# --- pace ---


def test_when_a_walk_is_how_far():
    going = pace.Pace(10.0, 2.0, 3.0)  # 8 s at 3 a second: 24 in all, 3 of them in either ease
    when = {0.0: 0.0, 0.75: 1.0, 3.0: 2.0, 6.0: 3.0, 12.0: 5.0, 21.0: 8.0, 23.25: 9.0, 24.0: 10.0, 25.0: 10.0}
    assert [going.time_at(along, 24.0) for along in when] == pytest.approx(list(when.values()))
    plain = pace.Pace(8.0, 0.0, 3.0)
    assert [plain.time_at(along, 24.0) for along in (0, 6, 24, 27)] == [0, 2, 8, 9]
    assert pace.Pace(8.0, 0.0, 0.0).time_at(5.0, 24.0) == 0


@pytest.mark.parametrize(
    ("length", "speed", "found"),
    [
        (8.0, 2.0, (5.0, 1.0, 2.0)),
        (2.0, 1.0, (3.0, 1.0, 1.0)),
        (1.0, 1.0, (1.5, 0.5, 1.0)),
        (0.5, 1.0, (1.0, 0.25, 2 / 3)),  # it would last less than a second
        (2 / 3, 1.0, (1.0, 1 / 3, 1.0)),
        (179.0, 1.0, (180.0, 1.0, 1.0)),
        (179.5, 1.0, (180.0, 1.0, 179.5 / 179)),
    ],
)
def test_a_pace_by_its_speed(length, speed, found):
    made = pace.pace_by_speed(length, speed)
    assert (made.seconds, made.ease, made.speed) == pytest.approx(found)


@pytest.mark.parametrize(("seconds", "ease"), [(10.0, 1.0), (4.0, 1.0), (3.0, 0.75), (1.0, 0.25)])
def test_a_pace_by_its_length(seconds, ease):
    made = pace.pace_by_length(6.0, seconds)
    assert (made.seconds, made.ease, made.speed) == pytest.approx((seconds, ease, 6 / (seconds - ease)))
    assert made.time_at(6.0, 6.0) == pytest.approx(seconds) and made.time_at(3.0, 6.0) == pytest.approx(seconds / 2)


@pytest.mark.parametrize(("one", "two", "seconds"), [(0, 60, 1), (0, 90, 1.5), (10, -20, 0.5), (-170, 170, 1 / 3)])
def test_how_long_a_turn_takes(one, two, seconds):
    assert pace.turning(turned(one), turned(two)) == pytest.approx(seconds, abs=1e-3)
    assert pace.turning(turned(one), -turned(two)) == pytest.approx(seconds, abs=1e-3)


def hurried(turns, times):
    return pace.unhurried([turned(one) for one in turns], times)


def test_looks_that_are_too_quick_begin_earlier_and_end_later():
    times = [0.0, 4.0, 5.0, 10.0]
    assert hurried((0, 59, 118, 177), times) is times  # a second is enough
    made = hurried((0, 10, 190, 200), times)  # 170 degrees, as the shortest way: 3 s
    needs = [10 / 60, 3.0, 10 / 60]
    made_needs = [b - a for a, b in itertools.pairwise(made)]
    assert (made[0], made[3]) == (0, 10) and all(a >= b - 1e-3 for a, b in zip(made_needs, needs, strict=True))
    assert made[1:3] == pytest.approx([3.0, 6.0], abs=1e-3)  # 1 s either way
    assert hurried((0, 90), [2.0, 2.0]) == [2.0, 2.0]
    short = hurried((0, 60, 180), [1.0, 1.9, 2.5])  # 3 s of turns in 1.5
    assert short == pytest.approx([1.0, 1.5, 2.5], abs=1e-3)


def test_times_are_put_off_as_far_as_needed_and_no_further():
    assert pace._spread([0.0, 1.0, 2.0, 9.0], [1.0, 3.0, 2.0]) == [0, 1, 4, 9]
    assert pace._spread([0.0, 1.0, 8.0, 9.0], [1.0, 3.0, 2.0]) == [0, 1, 7, 9]
    assert pace._spread([0.0, 5.0, 6.0, 9.0], [1.0, 3.0, 2.0]) == [0, 4, 7, 9]


def test_slopes_of_a_curve_without_swings():
    found = pace._slopes(at(0, 2, 3, 3, 1, 5), [0.0, 1.0, 3.0, 4.0, 5.0, 6.0])
    assert found.tolist() == pytest.approx([0, 2 * 2 * 0.5 / 2.5, 0, 0, 0, 0])
    falling = pace._slopes(at(9, 8, 2), [0.0, 2.0, 4.0])
    assert falling.tolist() == pytest.approx([0, 2 * 0.5 * 3 / -3.5, 0])


@pytest.mark.parametrize("up", [1, -1])
def test_a_look_straight_up_has_a_pitch_whatever_its_last_digits(up):
    straight = Euler((math.pi / 2 + up * math.pi / 2, 0, 0), "XYZ").to_quaternion()
    assert pace._angles(1.001 * straight)[1] == pytest.approx(up * math.pi / 2)


# --- plans ---


def stop(name, heading=0.0, place=(0.0, 0.0, 1.5)):
    return walks.Stop(name, at(*place), turned(heading), 30.0)


def test_how_long_a_stand_lasts_and_how_hurried_it_is():
    assert walks._held([stop("a")]) == walks._held([stop("a"), stop("b", 60)]) == 2.0
    assert walks._held([stop("a"), stop("b", 150), stop("c", 60)]) == pytest.approx(4.0, abs=1e-3)
    four = [stop("a"), stop("b", 150), stop("c", 60)]
    assert walks._hurry(four, 2.0) == pytest.approx(2.0, abs=1e-3) and walks._hurry(four, 9.0) == 1.0
    assert walks._hurry(four, 0.0) > 1e6 and walks._hurry([stop("a")], 0.0) == 1.0


@pytest.mark.parametrize(
    ("length", "held", "speed", "seconds", "found"),
    [
        (0.0, 2.0, 1.0, None, None),
        (8.0, 0.0, 2.0, None, (5.0, 2.0)),
        (8.0, 0.0, None, None, (9.0, 1.0)),
        (8.0, 2.0, 2.0, 7.0, (5.0, 2.0)),  # what is asked for goes before the speed
        (8.0, 6.5, None, 7.0, (1.0, 8 / 0.75)),  # a second at least
        (8.0, 176.0, 2.0, None, (4.0, 8 / 3)),
        (8.0, 175.0, 2.0, None, (5.0, 2.0)),
        (8.0, 179.5, 2.0, None, (1.0, 8 / 0.75)),
    ],
)
def test_the_pace_of_a_walk_with_stands(length, held, speed, seconds, found):
    made = walks._pace(length, held, speed, seconds)
    assert (made and (made.seconds, made.speed)) == (found and pytest.approx(found))


def test_a_stand_looks_from_each_camera_to_the_next():
    stops = (stop("a"), stop("b", 60), stop("c", 90))
    made = walks._standing(stops, 3.0, 7.0)
    assert (made.line, made.begins, made.ends, made.offsets, made.hurry) == (None, 3.0, 7.0, (), 1.0)
    assert [when for when, _ in made.lenses] == [3.0, 5.0, 7.0] and {lens for _, lens in made.lenses} == {30.0}
    assert made.stops == stops
    for when, wanted in ((3.0, 0), (5.0, 60), (7.0, 90)):
        look = next(one for moment, one in made.looks if moment == when)
        assert look.rotation_difference(turned(wanted)).angle % math.tau == pytest.approx(0, abs=1e-3)


# --- lines ---


class Walls:
    """Boxes (low, high) among which lines are free, by sampling; nothing below them counts but they themselves."""

    def __init__(self, *boxes, wide=9.0):
        self.boxes = [tuple(np.array(corner, float) for corner in box) for box in boxes]
        self.wide = wide
        self.asked = []

    def bounds(self):
        return at(-self.wide, -self.wide, -9), at(self.wide, self.wide, 9)

    def nearest(self, place, most):
        self.asked.append(most)
        gaps = [np.linalg.norm(np.maximum(np.maximum(low - place, place - high), 0)) for low, high in self.boxes]
        gap = min(gaps, default=math.inf)
        return float(gap) if gap <= most else None

    def is_free(self, one, two):
        way = np.where(two == one, 1e-12, two - one)
        for low, high in self.boxes:
            ends = np.stack([(low - one) / way, (high - one) / way])
            if max(0.0, ends.min(0).max()) <= min(1.0, ends.max(0).min()):
                return False
        return True


def test_handles_where_places_are_one_or_a_way_comes_back():
    one = np.array([(0, 0, 1), (0, 0, 1), (4, 0, 1)], float)
    left, right = line._handles(one, np.full(3, 0.35))
    assert left[0].tolist() == right[0].tolist() == left[1].tolist() == right[1].tolist() == [0, 0, 1]
    assert left[2].tolist() == pytest.approx([4 - 0.35 * 4, 0, 1])
    back = np.array([(0, 0, 1), (4, 0, 1), (0, 0, 1)], float)  # there is no way from before to after
    left, right = line._handles(back, np.full(3, 0.35))
    assert left[1].tolist() == right[1].tolist() == [4, 0, 1]
    assert right[0].tolist() == pytest.approx([1.4, 0, 1]) and left[2].tolist() == pytest.approx([1.4, 0, 1])
    up = np.array([(0, 0, 0), (0, 0, 2), (0, 0, 5)], float)  # straight up: of no way on the ground
    left, right = line._handles(up, np.full(3, 0.5))
    assert left[1].tolist() == [0, 0, 1] and right[1].tolist() == [0, 0, 3]
    peak = np.array([(0, 0, 0), (0, 0, 2), (0, 0, 1)], float)
    left, right = line._handles(peak, np.full(3, 0.5))
    assert left[1][2] == pytest.approx(1.5) and right[1][2] == 2  # above neither


def test_handles_of_a_ridge_are_level_and_as_long_as_the_shorter_piece_allows():
    ridge = np.array([(0, 0, 1), (3, 0, 2), (3, 8, 1)], float)
    left, right = line._handles(ridge, np.array([0.35, 0.5, 0.35]))
    reach = 0.5 * math.hypot(3, 1)
    ahead = at(3, 8, 0) / math.hypot(3, 8)
    assert left[1] == pytest.approx(ridge[1] - reach * ahead) and right[1] == pytest.approx(ridge[1] + reach * ahead)


@pytest.mark.parametrize(
    ("place", "least", "asked"),
    [((5, 0, 0), 0.12, 0.12), ((0.1, 0, 0), 0.12, 0.05), ((9.9, 0, 0), 0.12, 0.05), ((0.0001, 0, 0), 0.12, None)],
)
def test_how_near_anything_may_be_to_a_rounded_corner(place, least, asked):
    walls = Walls(((4, 0.1, -1), (6, 1, 1)))
    points = np.array([(0, 0, 0), (5, 5, 0), (10, 0, 0)], float)
    near = line._is_near(walls, at(*place), points, least)
    assert near is (place[0] == 5)
    assert walls.asked == ([] if asked is None else [pytest.approx(asked)])


def test_a_line_gets_tighter_until_it_keeps_clear():
    places = [at(0, 0, 1), at(4, 0, 1), at(4, 4, 1)]
    tight = {}
    for name, trees in (("free", Walls()), ("none", None), ("near", Walls(((4.15, -2, 0), (5, 3, 2))))):
        tight[name] = np.linalg.norm(line.line(places, trees).right[1] - places[1])
    assert tight["free"] == tight["none"] == pytest.approx(0.35 * 4)
    assert tight["near"] == pytest.approx(0.35 * 4 * 0.4**3, rel=0.01)  # both pieces beside it, then one


def test_a_line_is_measured_at_all_points_between_its_places():
    asked = []
    trees = SimpleNamespace(nearest=lambda place, least: asked.append(place.tolist()))
    one = line.line([at(0, 0, 1), at(4, 0, 1), at(4, 2, 1)], trees)
    pieces = [line._piece(one.points, one.left, one.right, index) for index in (0, 1)]
    assert asked == [*pieces[0][1:24].tolist(), *pieces[1][1:24].tolist()]


def test_a_line_that_can_not_keep_clear_is_tightened_five_times():
    everywhere = SimpleNamespace(nearest=lambda *_: 0.0)
    one = line.line([at(0, 0, 1), at(4, 0, 1)], everywhere)
    assert one.right[0].tolist() == pytest.approx([4 * 0.35 * 0.4**5, 0, 1])
    assert one.left[1].tolist() == pytest.approx([4 - 4 * 0.35 * 0.4**5, 0, 1])
    asked = []
    line.line([at(0, 0, 1), at(0, 8, 1)], SimpleNamespace(nearest=lambda _, least: asked.append(least)), 0.5)
    assert asked[11] == pytest.approx(0.06)  # 12 cm, where a unit is 2 m


def test_a_second_stretch_is_as_hurried_as_its_own_seconds_say():
    stops = (stop("a"), stop("b", 170, (2.0, 0.0, 1.5)), stop("c", 10, (4.0, 0.0, 1.5)))
    one = line.line([each.place for each in stops], None)
    made = walks._stretch(stops, one, [0, 1, 2], 7.0, 6.0, 10.0, pace.Pace(6.0, 1.0, 2.0))
    assert (made.begins, made.ends) == (7.0, pytest.approx(9.5)) and made.stops == stops
    assert made.hurry == pytest.approx((170 + 160) / 60 / 2.5, abs=1e-3)
    assert made.offsets == tuple(pytest.approx(each) for each in ((7, 0, 0.5), (8.5, 0.75, 0.5), (9.5, 1, 0)))
    assert [when for when, _ in made.lenses] == pytest.approx([7, 8, 9.5])


# --- ways ---


START, END = at(0, 0, 1.5), at(3, 0, 1.5)


def ground(walls, metre=1.0):
    return way._Ground(walls, START, END, metre)


def test_the_cells_of_a_search_lead_from_the_start_to_the_goal():
    one = ground(Walls())
    assert at_once(way._search(one)) == [(x, 0) for x in range(21)]
    assert len(one._cost) < 3 * 22  # and nowhere else: it heads for the goal
    wall = Walls(((1.4, -1, 0), (1.6, 5, 3)))
    cells = at_once(way._search(ground(wall)))
    assert cells[0] == (0, 0) and cells[-1] == (20, 0)
    assert all(max(abs(a - c), abs(b - d)) == 1 for (a, b), (c, d) in itertools.pairwise(cells))
    assert min(y for _, y in cells) == -10  # 0.5 m beyond the wall's end, where it is wished
    places = [way._Ground(wall, START, END, 1.0).place(cell) for cell in cells]
    assert all(wall.is_free(one, two) for one, two in itertools.pairwise(places))
    assert at_once(way._search(ground(Walls(((1.4, -99, -99), (1.6, 99, 99)), wide=3.1)))) is None


def test_a_search_goes_straight_and_across_in_all_eight_directions():
    for x, y in [(3, 0), (-3, 0), (0, 3), (0, -3), (3, 3), (-3, 3), (3, -3), (-3, -3)]:
        to = way._Ground(Walls(), START, START + at(0.15 * x, 0.15 * y, 0), 1.0)
        signs = x // 3, y // 3
        assert at_once(way._search(to)) == [(step * signs[0], step * signs[1]) for step in range(4)]
    assert len(set(way.STEPS)) == len(way.STEPS) == 8


def test_a_search_stays_within_bounds_and_ends(monkeypatch):
    wall = Walls(((1.4, -1, 0), (1.6, 1, 3)), wide=0.9)
    assert at_once(way._search(ground(wall))) is None
    wall.wide = 3.5
    assert at_once(way._search(ground(wall))) is not None
    monkeypatch.setattr(way, "MOST_CELLS", 5)
    assert at_once(way._search(ground(wall))) is None


def test_bends_that_are_not_needed_go():
    free, wall = ground(Walls()), ground(Walls(((1.4, -1, 0), (1.6, 5, 3))))
    straight = [at(x, 0, 1.5) for x in (0, 1, 2, 3)]
    assert [one[0] for one in at_once(way._pulled(free, straight))] == [0, 3]
    around = [at(*one, 1.5) for one in ((0, 0), (0.7, -0.7), (1.2, -1.5), (1.8, -1.5), (2.4, -0.7), (3, 0))]
    short = at_once(way._pulled(wall, around))
    assert short[0] is around[0] and short[-1] is around[-1] and 3 <= len(short) < 6
    assert at_once(way._pulled(free, straight[:1])) == straight[:1]
    two = at_once(way._pulled(wall, [START, END]))  # neighbours stay, whatever is between
    assert two[0] is START and two[1] is END and len(two) == 2
    bend = [START, at(1.5, -1.5, 1.5), END]
    assert [one is two for one, two in zip(at_once(way._pulled(wall, bend)), bend, strict=True)] == [True] * 3
    assert len(at_once(way._pulled(free, bend))) == 2
    assert set(way._pulled(wall, around)) == {0.0}  # nobody knows how much is done


def test_a_straight_line_goes_over_nothing_that_the_way_does_not():
    table = Walls(((1, -0.5, 0), (2, 0.5, 0.9)))
    beside = [START, at(1.5, -1.5, 1.5), END]
    assert not way._is_as_good(ground(table), beside, 0, 2)
    over = [START, at(1.5, 0, 1.5), END]
    assert way._is_as_good(ground(table), over, 0, 2)  # it goes over it anyway
    assert way._is_as_good(ground(Walls()), beside, 0, 2)
    assert not way._is_as_good(ground(Walls(((1.4, -0.1, 1), (1.6, 0.1, 2)))), beside, 0, 2)


def test_a_way_is_found_only_where_the_straight_one_is_not_free():
    found = at_once(way.find(Walls(), START, END))
    assert found[0] is START and found[1] is END and len(found) == 2
    around = at_once(way.find(Walls(((1.4, -1, 0), (1.6, 5, 3))), START, END))
    assert around[0] is START and around[-1] is END and min(one[1] for one in around) < -1.2
    assert at_once(way.find(Walls(((1.4, -99, -99), (1.6, 99, 99)), wide=3.1), START, END)) is None
