"""The choice of views, step by step with small stand-ins: which candidate is taken, when a still is widened, and when
views are taken in from close beside."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from flats import done
from no_file import blender  # noqa: F401
from take_one.scene.stills.coverage import plan
from take_one.scene.stills.coverage.chosen import Chosen
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.coverage.points import Points
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.track import Lens, Pose, Track

DEEP = Lens("PERSP", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)
AHEAD = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
WIDE = Margin(3, 0, 5, 0)


def track(count):
    return Track(tuple(Pose(t, AHEAD, DEEP, 100.0, 80.0, 60.0, 40.0) for t in np.linspace(0, 1, count)), 120, 80)


def points_of(*moments, fine=10.0, sky=(), y=2.0):
    """Points ahead, one of each of these moments: a pose shows them with 50 pixels a unit."""
    count = len(moments)
    return Points(np.array([(0.01 * index, y, 0) for index in range(count)]), np.array([(0, -1.0, 0)] * count),
                  np.array(moments), np.full(count, fine), np.isin(np.arange(count), sky))  # fmt: skip


def flags(count, *which):
    return np.isin(np.arange(count), which)


def steps(result=None):
    yield 0.5
    return result


@pytest.fixture
def asked(monkeypatch):
    """What views are asked for: pose, points, margin; each sees the even ones of them, and sharply those by four."""
    calls = []

    def seen_by(track, at, trees, points, which, margin=NONE):
        calls.append((at, np.flatnonzero(which).tolist(), margin))
        assert (trees, len(which)) == ("trees", len(points.sky))
        number = np.arange(len(which))
        return steps((which & (number % 2 == 0), which & (number % 4 == 0)))

    monkeypatch.setattr(plan, "seen_by", seen_by)
    return calls


def test_a_view_is_asked_for_the_moments_that_it_is_near_to(asked):
    made = Chosen({0: flags(8), 20: flags(8), 30: flags(8)}, {}, WIDE)
    moments, points = [0, 8, 15, 25], points_of(0, 0, 1, 1, 2, 2, 3, 3)
    done(plan._choose(made, 10, track(41), "trees", moments, points))
    done(plan._choose(made, 0, track(41), "trees", moments, points))
    done(plan._choose(made, 40, track(41), "trees", moments, points))
    assert asked == [(10, list(range(8)), NONE), (0, [0, 1, 2, 3, 4, 5], WIDE), (40, [6, 7], NONE)]
    assert np.flatnonzero(made.sees[10]).tolist() == [0, 2, 4, 6] and list(made.well) == [10, 0, 40]
    assert [np.flatnonzero(made.well[at]).tolist() for at in (10, 0, 40)] == [[0, 4], [0, 4], []]


def test_a_still_is_widened_for_what_is_lacking_near_it_and_made_narrow_again(asked, monkeypatch):
    calls = []
    monkeypatch.setattr(plan, "beyond", lambda track, places: calls.append(places.tolist()) or "steps")
    monkeypatch.setattr(plan, "fitted", lambda track, needed, total: calls.append((needed, total)) or WIDE)
    well = {0: flags(8, 0), 10: flags(8, 2), 20: flags(8)}
    made = Chosen(dict(well), dict(well))
    moments, points = [0, 5, 12, 25], points_of(0, 0, 1, 1, 2, 2, 3, 3)
    path = Track(track(31).poses, 240, 96)
    done(plan._widen(made, path, "trees", moments, points))
    assert asked == [(0, [1, 3, 4, 5], Margin(120, 48, 120, 48)), (0, [0, 1, 2, 3, 4, 5], WIDE)]
    assert calls == [[points.place[4].tolist()], ("steps", 8)] and made.margin == WIDE
    asked.clear()
    done(plan._narrow(made, path, "trees", moments, points))
    assert asked == [(0, [0, 1, 2, 3, 4, 5], NONE)] and made.margin == NONE
    done(plan._narrow(made, path, "trees", moments, points))
    assert len(asked) == 1


# --- the best candidate ---


@pytest.fixture
def opened(monkeypatch):
    """Which places each pose is asked for; it sees all but those of `hidden`."""
    calls, hidden = [], {}

    def open_to(trees, pose, place):
        numbers = np.round(place[:, 0] / 0.01).astype(int).tolist()
        calls.append((round(pose.t * 40), numbers))
        return steps(~np.isin(numbers, hidden.get(calls[-1][0], ())))

    monkeypatch.setattr(plan, "open_to", open_to)
    return SimpleNamespace(calls=calls, hidden=hidden)


def best(points, lacking, shares, bounds, views=(0,), moments=(0, 10, 20, 40)):
    return done(plan._best(track(41), list(bounds), "trees", points, lacking, np.array(shares), bounds,
                           (list(views), list(moments))))  # fmt: skip


def test_the_candidate_that_shows_most_of_what_is_lacking_is_taken(opened):
    points = points_of(0, 1, 1, 2, 2, 3, 3, 3)
    bounds = {10: flags(8, 0, 1, 2, 3), 20: flags(8, 1, 2, 3, 4), 40: flags(8, 5, 6)}
    lacking, even = flags(8, 1, 2, 3, 4, 5, 6), [0.5] * 4
    assert best(points, lacking, even, bounds) == 20
    assert opened.calls == [(20, [1, 2, 3, 4])]  # the others can not show more
    opened.calls.clear()
    opened.hidden[20] = (1, 2)
    assert best(points, lacking, even, bounds) == 10
    assert opened.calls == [(20, [1, 2, 3, 4]), (10, [1, 2, 3])]
    opened.hidden[10] = (1, 3)
    assert best(points, lacking, even, bounds) == 20  # two of four, though one of three and two of two may be seen
    assert best(points, flags(8), even, bounds) is None
    assert best(points, flags(8, 7), even, bounds) is None  # which no picture could hold


def test_moments_that_lack_most_count_most(opened):
    points = points_of(1, 1, 1, 3, 3)
    bounds = {10: flags(5, 0, 1, 2), 40: flags(5, 3, 4)}
    assert best(points, flags(5, 0, 1, 2, 3, 4), [1, 0.6, 1, 0.5], bounds) == 10
    assert best(points, flags(5, 0, 1, 2, 3, 4), [1, 0.7, 1, 0.5], bounds) == 40
    assert best(points, flags(5, 0, 1, 2), [1, 1, 1, 1], bounds) == 10  # also what hardly lacks


def test_what_a_candidate_would_show_too_coarsely_is_not_counted(opened):
    """A pose shows 50 pixels a unit, and may be magnified twice: 100 are enough, unless it is the sky."""
    points = points_of(1, 1, 1, 1, sky=(3,))
    points.fine[:] = (99, 101, 99, 1e6)
    bounds = {10: flags(4, 0, 1, 2, 3)}
    assert best(points, np.ones(4, bool), [1, 0, 1, 1], bounds) == 10
    assert opened.calls == [(10, [0, 2, 3])]
    points.fine[:], opened.calls[:] = 101, []
    assert best(points, flags(4, 0, 1, 2), [1, 0, 1, 1], bounds) is None and opened.calls == []


def test_only_moments_that_would_be_drawn_from_it_speak_for_a_candidate(opened):
    points = points_of(0, 1, 2, 3)
    bounds = {12: np.ones(4, bool)}
    assert best(points, np.ones(4, bool), [0] * 4, bounds, views=(0, 5, 8, 30, 35)) == 12
    assert opened.calls == [(12, [1, 2])]  # of moments at 0, 10, 20 and 40, between others at 0 and 35


def test_a_view_that_shows_hardly_anything_is_not_worth_it(opened):
    """Of 1000 points 2; where many are lacking some of them speak for all."""
    points = points_of(*[1] * 1000, fine=0.1)
    for count, found in ((2, 10), (1, None)):
        assert best(points, flags(1000, *range(count)), [1, 0, 1, 1], {10: np.ones(1000, bool)}) == found
    few = {10: flags(1000, *range(4)), 20: flags(1000, 999)}
    opened.calls.clear()
    best(points, np.ones(1000, bool), [1, 0, 1, 1], {10: np.ones(1000, bool), **few, 40: np.ones(1000, bool)})
    (asked,) = {len(places) for at, places in opened.calls if at == 40}
    assert asked == plan.SAMPLE == 640
    places = opened.calls[-1][1]
    assert places == sorted(places) and len(set(places)) == 640 and max(places) > 900


# --- from close beside ---


def closer(monkeypatch, made, found, moments=(0, 10, 20)):
    """Which views `_closer` takes in where the best ones are `found`, and what it asks for them."""
    asked, points = [], points_of(0, 0, 1, 1, 2, 2)
    aside = {at: flags(6, at // 10) for at in (0, 10, 20, 40)}

    def best(_track, candidates, trees, _points, lacking, shares, bounds, known):
        asked.append((candidates, np.flatnonzero(lacking).tolist(), shares.tolist(), sorted(bounds), known))
        assert all((bounds[at] == aside[at]).all() for at in bounds)
        return steps(found.pop(0))

    def choose(chosen, at, *_rest):
        chosen.sees[at], chosen.well[at] = np.ones(6, bool), np.ones(6, bool)
        return steps()

    monkeypatch.setattr(plan, "_best", best)
    monkeypatch.setattr(plan, "_choose", choose)
    monkeypatch.setattr(plan, "beside", lambda _track, at, _moments, _points: aside[at])
    bounds = {at: np.ones(6, bool) for at in (0, 10, 20, 40)}
    done(plan._closer(made, track(41), "trees", list(moments), points, [0, 20, 40], bounds))
    return asked


def all_well(*views):
    return Chosen({at: np.ones(6, bool) for at in views}, {at: np.ones(6, bool) for at in views})


def test_views_are_taken_in_until_there_are_a_few(monkeypatch):
    made = all_well(0)
    asked = closer(monkeypatch, made, [20, 40])
    assert asked == [
        ([20, 40], [1, 2, 3, 4, 5], [0.5, 0.0, 0.0], [0, 20, 40], ([0], [0, 10, 20])),
        ([40], [1, 3, 4, 5], [0.5, 0.5, 0.0], [0, 20, 40], ([0, 20], [0, 10, 20])),
    ]  # fmt: skip
    assert sorted(made.sees) == [0, 20, 40]
    assert closer(monkeypatch, all_well(0, 10, 20), []) == []


def test_no_view_is_taken_in_where_none_shows_more_or_all_is_close(monkeypatch):
    made = all_well(0, 10)
    asked = closer(monkeypatch, made, [None])
    assert [one[0] for one in asked] == [[20, 40]] and sorted(made.sees) == [0, 10]
    assert asked[0][3] == [0, 10, 20, 40]  # also those that are chosen already
    monkeypatch.setattr(plan, "CLOSELY", 1 / 3)
    assert closer(monkeypatch, all_well(0, 10), []) == []


def test_steps_of_a_part_go_on_from_where_it_begins():
    made = plan._part(steps("end"), 0.25, 0.75)
    assert next(made) == pytest.approx(0.5) and done(made) == "end"


def test_what_a_choice_is_worth_and_what_a_plan_tells(monkeypatch):
    points = points_of(0, 0, 0, 0, 1, 1)
    seen = flags(6, 0, 1, 2, 4)
    assert plan._worth(Chosen({0: seen}, {0: seen}), [0, 1], points) == pytest.approx((0.75 + 0.5) / 2 + 0.5)
    told = {20: SimpleNamespace(share=0.25, unseen="b"), 0: SimpleNamespace(share=1.0, unseen="a")}
    calls = []
    monkeypatch.setattr(plan, "forecast", lambda *given: calls.append(given) or steps(told))
    made, path = Chosen({9: seen, 0: seen}, {}, Margin(30, 0, 0, 20)), track(41)
    surfaces = SimpleNamespace(size=7.0, mark="mark")
    found = at_once(plan._described(made, path, "trees", [0, 1], points, surfaces, (5, 4)))
    assert calls == [(made, path, "trees", [0, 1], points, 7.0, (5, 4))]
    assert found == plan.Plan((0, 9), (0, 20), (1.0, 0.25), "mark", made.margin, 0.5625, ("a", "b"))
    assert found.more == 150 * 100 / (120 * 80) - 1 and not math.isclose(found.mean, 1)
