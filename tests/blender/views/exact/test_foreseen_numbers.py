"""How moments will be shown, step by step with small stand-ins: which views are asked for which points, in which order,
what a pixel beside an edge holds, and which moments are looked at."""

from __future__ import annotations

import math

import numpy as np
import pytest
from no_file import blender  # noqa: F401
from take_one.scene.stills.coverage import forecast
from take_one.scene.stills.coverage.chosen import Chosen
from take_one.scene.stills.coverage.forecast import NONE_UNSEEN, Foreseen, _Looked
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.coverage.points import Points
from take_one.scene.stills.coverage.rays import Trees
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.coverage.surfaces import SOLID, Surfaces
from take_one.scene.stills.track import Lens, Pose, Track

DEEP = Lens("PERSP", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)
FLAT = Lens("ORTHO", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)
# It looks along y: its right is x, its up is z.
AHEAD = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def track(count=1, lens=DEEP, width=120, height=80):
    times = np.linspace(0, 1, count).tolist() if count > 1 else [0.0]
    return Track(tuple(Pose(t, AHEAD, lens, 100.0, 80.0, 60.0, 40.0) for t in times), width, height)


def points_at(*places, moment=None, sky=()):
    count = len(places)
    return Points(np.array(places, float).reshape(-1, 3), np.array([(0, -1.0, 0)] * count).reshape(-1, 3),
                  np.array(moment or [0] * count, int), np.full(count, 10.0),
                  np.array([index in sky for index in range(count)], bool))  # fmt: skip


def square(y, half) -> Trees:
    """A square across y, around the axis."""
    vertices = np.array([(-half, y, -half), (half, y, -half), (half, y, half), (-half, y, half)], np.float32)
    trees = Trees(Surfaces(vertices, np.array([(0, 1, 2), (0, 2, 3)], np.int32), np.full(2, SOLID, np.int16),
                           np.zeros((0, 3, 2), np.float32), (), "mark"))  # fmt: skip
    at_once(trees.build())
    return trees


def steps(result):
    yield 0.0
    return result


ONES = {0: (), 10: (), 20: (), 30: ()}


def seen_of(table, count):
    return {at: np.isin(np.arange(count), list(which)) for at, which in table.items()}


# --- beside an edge ---


@pytest.mark.parametrize("lens", [DEEP, FLAT])
def test_a_pixel_holds_what_is_behind_an_edge_on_each_of_its_sides(lens):
    """Half a pixel is 5 mm a metre; of a parallel view 5 mm."""
    edge, reach = (0.4, 0.02) if lens is DEEP else (0.2, 0.005)
    near, far = edge - 0.9 * reach, edge - 1.1 * reach
    some = points_at(*[(x * at, 4, z * at) for at in (near, far) for x, z in ((1, 0), (-1, 0), (0, 1), (0, -1))])
    found = at_once(forecast._beside(Chosen({}, {}), track(lens=lens), 0, square(2, 0.2), some, np.ones(8, bool)))
    assert found.tolist() == [True] * 4 + [False] * 4
    beyond = points_at((near, 4, 0), (near, -4, 0), (9, 4, 0))  # behind the camera, and beside the picture
    found = at_once(forecast._beside(Chosen({}, {}), track(lens=lens), 0, square(2, 0.2), beyond, np.ones(3, bool)))
    assert found.tolist() == [True, False, False]


def test_a_surface_close_before_a_point_is_its_own():
    """Up to 3 % of the distance; without perspective it hides it."""
    some, which = points_at((0, 4, 0)), np.array([True])
    for y, shown in ((3.9, True), (3.87, False), (2.0, False)):
        assert at_once(forecast._beside(Chosen({}, {}), track(), 0, square(y, 1), some, which)).tolist() == [shown]
    flat = track(lens=FLAT)
    assert at_once(forecast._beside(Chosen({}, {}), flat, 0, square(3.9, 1), some, which)).tolist() == [False]


def test_only_the_still_has_a_margin_beside_its_frame():
    """A point 4 pixels beside the right side, behind nothing."""
    some, which = points_at((0.64 * 4, 4, 0)), np.array([True])
    for margin, at, shown in ((Margin(0, 0, 9, 0), 0, True), (NONE, 0, False), (Margin(0, 0, 9, 0), 1, False)):
        made = Chosen({}, {}, margin)
        assert at_once(forecast._beside(made, track(2), at, square(2, 0.1), some, which)).tolist() == [shown]


# --- which view is asked for what ---


def asked_views(monkeypatch, table):
    """What `seen_by` is asked for: pose, points, margin."""
    calls = []

    def seen_by(_track, at, _trees, points, which, margin):
        calls.append((at, np.flatnonzero(which).tolist(), margin))
        return steps((np.isin(np.arange(len(which)), table[at]) & which, None))

    monkeypatch.setattr(forecast, "seen_by", seen_by)
    return calls


def test_views_are_asked_in_the_order_of_their_say_and_only_for_what_none_has_shown(monkeypatch):
    """Moments at 2, 12 and 28 of 30: each has a view whose say is whole, then others by how near in time they are."""
    calls = asked_views(monkeypatch, {0: (0, 3), 10: (2, 5), 20: (4,), 30: ()})
    made, margin = Chosen(seen_of(ONES, 6), {}, Margin(1, 2, 3, 4)), Margin(1, 2, 3, 4)
    looked = _Looked([2, 12, 28], points_at(*[(0, 1, 0)] * 6, moment=[0, 0, 1, 1, 2, 2]), {})
    drawn_from = {0: [0, 1], 10: [0, 1, 2], 20: [0, 1, 2], 30: [1, 2]}
    near = {at: np.isin(looked.points.moment, some) for at, some in drawn_from.items()}
    at_once(forecast._seen(made, track(31), None, np.linspace(0, 1, 31), looked, near))
    assert calls == [
        (0, [0, 1], margin), (10, [2, 3], NONE), (30, [4, 5], NONE), (10, [1], NONE), (20, [3, 4, 5], NONE),
        (0, [3], margin), (10, [4, 5], NONE), (20, [1], NONE), (30, [3], NONE),
    ]  # fmt: skip
    assert {at: np.flatnonzero(seen).tolist() for at, seen in looked.sees.items()} == {
        0: [0, 3], 10: [2, 5], 20: [4], 30: [],
    }  # fmt: skip
    assert list(looked.sees) == [0, 10, 20, 30]


def test_where_nothing_is_looked_at_nobody_is_asked(monkeypatch):
    calls = asked_views(monkeypatch, {})
    looked = _Looked([], points_at(), {})
    at_once(forecast._seen(Chosen(seen_of(ONES, 0), {}), track(31), None, np.linspace(0, 1, 31), looked, {}))
    assert calls == [] and {at: len(seen) for at, seen in looked.sees.items()} == dict.fromkeys(ONES, 0)


def test_what_no_view_shows_is_looked_for_in_the_pixels_beside_it(monkeypatch):
    """Not in the last view, whose pixels there have a guess; each of the others is asked for its own moments."""
    calls, beside = [], {0: (1,), 10: (2, 3), 20: (5,), 30: (4,)}

    def fake(made, _track, at, _trees, points, which):
        calls.append((at, np.flatnonzero(which).tolist(), made.margin))
        return steps(np.isin(np.arange(len(which)), beside[at]) & which)

    monkeypatch.setattr(forecast, "_beside", fake)
    some = points_at(*[(0, 1, 0)] * 6, moment=[0, 0, 1, 1, 2, 2])
    sees = seen_of({0: (0,), 10: (), 20: (), 30: ()}, 6)
    made = Chosen(seen_of(ONES, 6), {}, Margin(7, 0, 0, 0))
    asked = asked_views(monkeypatch, ONES)
    shown = at_once(forecast._shown(made, track(31), None, np.linspace(0, 1, 31), _Looked([2, 12, 28], some, sees)))
    assert asked == []  # what the choice knows already
    assert calls == [
        (0, [1, 2, 3], made.margin),
        (10, [1, 2, 3, 4, 5], made.margin),
        (20, [1, 2, 3, 4, 5], made.margin),
    ]
    assert (shown > 0).tolist() == [True, True, True, True, False, True]
    assert not any(one.any() for one in made.sees.values())
    at_once(forecast._shown(made, track(31), None, np.linspace(0, 1, 31), _Looked([2, 12, 28], some, {})))
    assert [at for at, *_ in asked][:3] == [0, 10, 30]


def test_cells_at_an_edge_are_shown_as_far_as_their_finer_rays(monkeypatch):
    """Two moments of 3 x 2 cells: one is shown whole but for its lower left cell, the other not at all."""
    one = track(2, width=30, height=20)
    rough = np.array([1, 1, 1, 0, 1, 1] + [0] * 6, float)
    finer = np.array([[1, 1, 1, 1], [0.5, 0, 0, 0], [1, 1, 0, 1]])
    told, rays = [], []

    def shown(made, track_, trees, times, looked):
        told.append((made, track_, trees, times, looked.moments, looked.points, looked.sees))
        return steps(rough.copy() if looked.points == "rough" else finer.ravel())

    def met(_track, moments, places, trees, size):
        rays.append((moments, [len(some) for some in places], trees, size))
        return steps("finer")

    far = {"rough": [math.inf] * 3 + [7.0] + [math.inf] * 2 + [5.0, 4.0, math.inf, 3.0, 2.0, 1.0]}
    far["finer"] = [math.inf] * 4 + [6.0, 8.0, 9.0, 6.5] + [math.inf, math.inf, 2.5, math.inf]
    monkeypatch.setattr(forecast, "_shown", shown)
    monkeypatch.setattr(forecast, "met", met)
    monkeypatch.setattr(forecast, "_unseen", lambda _track, _moments, points, _shown: np.array(far[points]))
    times, sees = np.array([0.0, 1.0]), {0: np.zeros(12, bool)}
    found = at_once(forecast._foreseen("chosen", one, "trees", times, _Looked([0, 1], "rough", sees), 9.0, (3, 2)))
    assert rays == [([0, 1], [12, 0], "trees", 9.0)]
    assert [row[4:] for row in told] == [([0, 1], "rough", sees), ([0, 1], "finer", {})]
    assert all(row[:3] == ("chosen", one, "trees") and row[3] is times for row in told)
    # the edge's cells in their order: the one above, the dark one, the one to its right
    assert found[0].share == pytest.approx((1 + 1 + 1 + (0 + 0.5) / 5 + (1 + 3) / 5 + 1) / 6)
    assert found[0].unseen == ((0.0, 0.0, 0.0), (6.0, 0.0, 0.0))
    assert found[1] == Foreseen(0.0, ((5.0, 4.0, 0.0), (3.0, 2.0, 1.0))) and list(found) == [0, 1]
    rough[:], finer, far["finer"] = 1, np.zeros((0, 4)), []
    found = at_once(forecast._foreseen("chosen", one, "trees", times, _Looked([0, 1], "rough", sees), 9.0, (3, 2)))
    assert [one.unseen for one in found.values()] == [NONE_UNSEEN] * 2 and found[1].share == 1


# --- which moments ---


@pytest.fixture
def looked_at(monkeypatch):
    """Which moments are looked at, round by round, of a path that is shown less from its pose 150 on."""
    rounds = []

    def foreseen(_chosen, _track, trees, times, looked, size, grid):
        rounds.append((looked.moments, looked.points, sorted(looked.sees), trees, len(times), size, grid))
        return steps({at: Foreseen(1.0 if at < 150 else 0.5) for at in looked.moments})

    def met(_track, moments, places, trees, size):
        assert (places, trees, size) == ([("scattered", at) for at in moments], "trees", 7.0)
        return steps(("met", len(moments)))

    monkeypatch.setattr(forecast, "_foreseen", foreseen)
    monkeypatch.setattr(forecast, "met", met)
    monkeypatch.setattr(forecast, "scattered", lambda _track, moments, grid: [("scattered", at) for at in moments])
    return rounds


def test_moments_evenly_those_near_views_and_those_between_unlike_ones(looked_at, monkeypatch):
    monkeypatch.setattr(forecast, "LOOKED_AT", 11)
    made = Chosen({0: np.ones(2, bool), 100: np.ones(2, bool)}, {})
    found = at_once(forecast.forecast(made, track(301), "trees", [0, 60, 300], "points", 7.0, (3, 2)))
    even = {0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300}
    near = {0, 12, 88, 1, 99, 100, 124, 276, 101, 299}
    rounds = [one[0] for one in looked_at]
    assert rounds == [[0, 60, 300], sorted((even | near) - {0, 60, 300}), [137], [143], [146], [148], [149]]
    assert [one[1] for one in looked_at] == ["points", *(("met", len(one)) for one in rounds[1:])]
    assert [one[2] for one in looked_at] == [[0, 100], *[[]] * 6]
    assert {one[3:] for one in looked_at} == {("trees", 301, 7.0, (3, 2))}
    assert (
        sorted(found) == sorted(at for one in rounds for at in one)
        and found[149].share == 1
        and found[150].share == 0.5
    )


def test_no_more_moments_are_added_than_are_many(looked_at, monkeypatch):
    made = Chosen({0: np.ones(2, bool)}, {})
    found = at_once(forecast.forecast(made, track(301), "trees", [0, 300], "points", 7.0))
    assert len(looked_at[1][0]) + 2 == len(found) - sum(len(one[0]) for one in looked_at[2:])
    assert {round(at) for at in np.linspace(0, 300, 120)} <= set(found) and len(looked_at) > 2
    looked_at.clear()
    monkeypatch.setattr(forecast, "MOST_LOOKED_AT", 60)
    at_once(forecast.forecast(made, track(301), "trees", [0, 300], "points", 7.0))
    assert len(looked_at) == 2
    looked_at.clear()
    at_once(forecast.forecast(made, track(3), "trees", [0, 1, 2], "points", 7.0))
    assert [one[0] for one in looked_at] == [[0, 1, 2]]
