"""What a path shows, to the number: rays, points, views and plans of boxes by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from flats import done
from take_one.scene.app.errors import SceneError
from take_one.scene.stills.coverage import chosen, forecast, plan, points, rays, steps
from take_one.scene.stills.coverage.chosen import Chosen
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.coverage.points import Points, fineness, met, open_to, scattered, seen_by
from take_one.scene.stills.coverage.rays import Trees
from take_one.scene.stills.coverage.steps import at_once, by_the_timer
from take_one.scene.stills.coverage.surfaces import SOLID, Surfaces
from take_one.scene.stills.track import Lens, Pose, Track, clipped, in_picture, rays_through
from turning import until

DEEP = Lens("PERSP", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)
FLAT = replace(DEEP, type="ORTHO")
# It looks along y: its right is x, its up is z.
AHEAD = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def pose(t=0.0, place=(0.0, 0.0, 0.0), lens=DEEP, fx=100.0, fy=80.0, cx=60.0, cy=40.0, near=0.0):
    matrix = tuple((*row[:3], at) for row, at in zip(AHEAD, (*place, 1.0), strict=True))
    return Pose(t, matrix, lens, fx, fy, cx, cy, near)


def track(*poses, width=120, height=80):
    return Track(poses, width, height)


def squares(*ones) -> Surfaces:
    """Upright squares across y: (y, left, right, low, high) each; each of two triangles."""
    vertices = [(x, y, z) for y, left, right, low, high in ones for x, z in
                ((left, low), (right, low), (right, high), (left, high))]  # fmt: skip
    triangles = [(4 * i + a, 4 * i + b, 4 * i + c) for i in range(len(ones)) for a, b, c in ((0, 1, 2), (0, 2, 3))]
    count = len(triangles)
    return Surfaces(np.array(vertices, np.float32), np.array(triangles, np.int32), np.full(count, SOLID, np.int16),
                    np.zeros((0, 3, 2), np.float32), (), "mark")  # fmt: skip


def built(*ones) -> Trees:
    trees = Trees(squares(*ones))
    done(trees.build())
    return trees


# --- rays ---


def test_rays_of_places_in_a_picture():
    begin, way = rays_through(pose(place=(1, 2, 3)), np.array([60, 160.0]), np.array([40, -40.0]))
    assert begin.tolist() == [[1, 2, 3]] * 2 and way[0] == pytest.approx((0, 1, 0))
    assert way[1] == pytest.approx(np.array((1, 1, 1)) / math.sqrt(3))
    begin, way = rays_through(pose(place=(1, 2, 3), lens=FLAT), np.array([60, 160.0]), np.array([40, -40.0]))
    assert begin == pytest.approx(np.array([(1, 2, 3), (2, 2, 4)])) and way == pytest.approx(np.array([(0, 1, 0)] * 2))


def test_how_far_along_a_ray_anything_is_shown():
    ways = np.array([(0, 1, 0), (0.6, 0.8, 0), (0, -1, 0)])
    assert clipped(pose(near=0.4), ways)[:2] == pytest.approx([0.4, 0.5]) and clipped(pose(near=0.4), ways)[2] > 1e6


@pytest.mark.parametrize("lens", [DEEP, FLAT])
def test_what_a_picture_holds(lens):
    one = pose(lens=lens, near=0.5)
    far = np.array([2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.49, 0.51, -1])
    x, y = np.array(
        [(0.1, 40), (-0.1, 40), (119.9, 40), (120.1, 40), (60, 0.1), (60, -0.1), (60, 40), (60, 40), (60, 40)]
    ).T
    near = far if lens is DEEP else 1.0
    places = np.stack([(x - 60) / 100 * near, far, (40 - y) / 80 * near], 1)
    held = [True, False, True, False, True, False, False, True, False]
    assert in_picture(track(one), one, places).tolist() == held
    edges = in_picture(track(one), one, places, 0.001)  # 0.12 and 0.08 pixels
    assert edges.tolist() == [False, False, False, False, True, False, False, True, False]
    y80 = np.array([(0, 2.0, -0.49), (0, 2.0, -0.51)]) * (1, 1, 2 if lens is DEEP else 1)
    assert in_picture(track(one), one, y80).tolist() == [True, False]


def test_a_trees_rays_and_what_is_near():
    trees = built((2, -1, 1, -1, 1), (5, -9, 9, -9, 9))
    ways = np.array([(0, 1, 0), (0.8, 0.6, 0), (0, -1, 0)])
    hits = at_once(trees.first_hits(np.zeros(3), ways))
    assert hits.distance == pytest.approx([2, 5 / 0.6, math.inf]) and abs(hits.normal[0]) == pytest.approx((0, 1, 0))
    assert hits.normal[2].tolist() == [0, 0, 0]
    past = at_once(trees.first_hits(np.zeros(3), ways, np.array([2.5, 0, 0])))
    assert past.distance[:2] == pytest.approx([5, 5 / 0.6])
    low, high = trees.bounds()
    assert (low.tolist(), high.tolist()) == ([-9, 2, -9], [9, 5, 9])
    assert trees.nearest(np.array([0, 1.5, 0]), 1.0) == pytest.approx(0.5)
    assert trees.nearest(np.array([0, 1.5, 0]), 0.4) is None and trees.nearest(
        np.array([0, 3.9, 0]), 1.5
    ) == pytest.approx(1.1)
    for start, end, free in (((0, 0, 0), (0, 1.9, 0), True), ((0, 0, 0), (0, 2.1, 0), False),
                             ((3, 0, 0), (3, 4.9, 0), True), ((0, 3, 0), (0, 1, 0), False),
                             ((0, 0, 0), (0, 0, 0), True), ((0, 4.5, 0), (0, 4.9, 0), True)):  # fmt: skip
        assert trees.is_free(np.array(start, float), np.array(end, float)) is free, (start, end)


def test_no_surfaces_at_all():
    trees = built()
    assert at_once(trees.first_hits(np.zeros(3), np.array([(0, 1.0, 0)]))).distance[0] == math.inf
    assert at_once(trees.sees(np.zeros(3), np.ones((2, 3)))).tolist() == [True, True]
    low, high = trees.bounds()
    assert (low == -math.inf).all() and (high == math.inf).all() and trees.nearest(np.zeros(3), 9.0) is None
    assert squares().size == 1.0 and squares((2, 0, 3, 0, 4), (14, 0, 0, 0, 0)).size == 13


def test_a_point_is_seen_up_to_its_own_surface():
    trees = built((2, -1, 1, -1, 1), (5, -9, 9, -9, 9))
    places = np.array([(0, 2, 0), (0, 2.003, 0), (0, 2.005, 0), (0, 5, 0), (4, 5, 0), (4, 5.02, 0)], float)
    assert at_once(trees.sees(np.zeros(3), places)).tolist() == [True, True, False, False, True, False]
    near = at_once(trees.sees(np.zeros(3), places, lambda ways: np.full(len(ways), 2.5)))
    assert near.tolist() == [True, True, True, True, True, False]


def test_many_triangles_are_many_trees_that_meet_the_same(monkeypatch):
    monkeypatch.setattr(rays, "LEAST", 8)
    monkeypatch.setattr(rays, "RAYS", 3)
    random = np.random.default_rng(4)
    ones = [(y, x, x + 0.5, z, z + 0.5) for y, x, z in random.uniform((2, -3, -3), (9, 3, 3), (60, 3))]
    many, ways = built(*ones), random.normal((0, 2, 0), 0.8, (50, 3))
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    assert len(many._trees) > 10
    found = at_once(many.first_hits(np.zeros(3), ways)).distance
    for way, distance in zip(ways, found, strict=True):
        met_ = [y / way[1] for y, left, right, low, high in ones
                if way[1] > 0 and left < way[0] * y / way[1] < right and low < way[2] * y / way[1] < high]  # fmt: skip
        assert distance == pytest.approx(min(met_, default=math.inf), rel=1e-5)
    assert np.isfinite(found).sum() > 10 and np.isinf(found).sum() > 5
    close = ways * 0.02  # nearer than all of it
    assert at_once(many.sees(np.zeros(3), close)).all()
    near, pane = np.array([(0, 0.24, 0), (0, 0.5, 0)], float), built((0.25, -1, 1, -1, 1))
    assert at_once(pane.sees(np.zeros(3), near)).tolist() == [True, False]
    ends = ways * 7
    seen = at_once(many.sees(np.zeros(3), ends))
    assert seen.tolist() == (found > 7 * (1 - rays.NEAR)).tolist()


# --- points ---


def test_a_place_in_each_cell_of_the_picture():
    one = track(pose(), pose(1), width=120, height=80)
    first, second = scattered(one, [0, 1], (4, 2))
    assert first.shape == (8, 2) and (first // (30, 40)).tolist() == [[x, y] for y in (0, 1) for x in range(4)]
    assert first[0].tolist() == [0, 0] and first[1] == pytest.approx((30 + 30 * 0.7548776662, 40 * 0.5698402910))
    assert second[0] == pytest.approx(((8 * 0.7548776662 % 1) * 30, (8 * 0.5698402910 % 1) * 40))


def test_pixels_a_unit_of_a_surface():
    place, square = np.array([(0, 2.0, 0), (0, 4.0, 0), (3, 4, 0)]), np.array([(0, 1.0, 0)] * 3)
    slant = np.array([(0, 0.6, 0.8)] * 3)
    assert fineness(pose(), place, square) == pytest.approx([50, 25, 20 * math.sqrt(0.8)])
    assert fineness(pose(), place, -slant)[:2] == pytest.approx(np.array([50, 25]) * math.sqrt(0.6))
    assert fineness(pose(), place, np.array([(1.0, 0, 0)] * 3))[0] == pytest.approx(50 * math.sqrt(1e-3))
    assert fineness(pose(lens=FLAT), place, square)[:2] == pytest.approx([100, 100])
    assert fineness(pose(lens=FLAT), place, slant)[1] == pytest.approx(100 * math.sqrt(0.6))


@pytest.mark.parametrize("lens", [DEEP, FLAT])
def test_what_moments_meet(lens):
    trees = built((2, -1, 1, -1, 1), (5, -20, -0.5, -9, 9))
    path = track(pose(lens=lens), pose(0.5, (0, 1, 0), lens), pose(1, (0, 1, 0), lens, near=2.0))
    middle, side = np.array([[60.0, 40.0]]), np.array([[60.0, 40.0], [300.0, 40.0], [-240.0, 40.0]])
    found = done(met(path, [0, 1, 2], [middle, side, middle], trees, 10.0))
    assert found.moment.tolist() == [0, 1, 1, 1, 2] and found.sky.tolist() == [False, False, True, False, True]
    assert found.place[[0, 1]] == pytest.approx(np.array([(0, 2, 0)] * 2))
    assert found.place[3] == pytest.approx((-3 if lens is FLAT else -12, 5, 0))
    assert found.fine[0] == pytest.approx(50 if lens is DEEP else 100)
    assert np.linalg.norm(found.place[2] - (0, 1, 0)) >= points.FAR * 10 * 0.9
    assert found.only(np.array([3, 0])).moment.tolist() == [1, 0]


def points_at(*places, moment=None, fine=10.0, sky=()):
    count = len(places)
    is_sky = np.array([index in sky for index in range(count)])
    return Points(np.array(places, float), np.array([(0, -1.0, 0)] * count),
                  np.array(moment or [0] * count), np.full(count, fine), is_sky)  # fmt: skip


@pytest.mark.parametrize("lens", [DEEP, FLAT])
def test_what_a_view_sees_and_sees_well(lens):
    trees = built((2, -0.2, 0.2, -0.2, 0.2))
    some = points_at((0, 4, 0), (0.5, 4, 0), (9, 4, 0), (0.5, 4, 0), (0.5, 4, 0.1), sky=(4,))
    some.fine[:] = (10, 49, 10, 49, 1e6) if lens is DEEP else (10, 199, 10, 199, 1e6)
    some.fine[3] *= 1.05
    which = np.array([True, True, True, True, True])
    path = track(pose(lens=lens))
    sees, well = at_once(seen_by(path, 0, trees, some, which))
    assert sees.tolist() == [False, True, False, True, True] and well.tolist() == [False, True, False, False, True]
    sees, _ = at_once(seen_by(path, 0, trees, some, np.array([True, False, True, True, False])))
    assert sees.tolist() == [False, False, False, True, False]
    beside = points_at((2.6, 4, 0) if lens is DEEP else (0.65, 4, 0))  # 5 pixels beyond the right side
    for margin, seen in (
        (NONE, False),
        (Margin(0, 0, 4, 0), False),
        (Margin(0, 0, 6, 0), True),
        (Margin(6, 0, 0, 0), False),
    ):
        assert at_once(seen_by(path, 0, trees, beside, np.array([True]), margin))[0].tolist() == [seen]
    close = replace(path.poses[0], near=3.0)
    assert at_once(open_to(trees, close, some.place[:1])).tolist() == [True]


# --- what is shown ---


def test_points_are_covered_by_the_views_of_their_moment():
    """Views at 0, 10, 20, 30: a moment is drawn from two before it and two after."""
    well = {at: np.array([at == view for view in (0, 10, 20, 30, 0, 30)]) for at in (0, 10, 20, 30)}
    some = points_at(*[(0, 1, 0)] * 6, moment=[0, 0, 0, 0, 1, 1])
    found = Chosen(well, well).covered([5, 25], some)
    assert found.tolist() == [True, True, True, False, False, True]
    assert chosen.shares_of(found, some.moment, 3) == pytest.approx([0.75, 0.5, 0])


def test_how_much_of_a_point_is_shown():
    times = np.array(
        [0, 0.25, 0.5, 0.5625, 0.8, 1]
    )  # the middle one of three is half a beginning after the view at 0.5
    none, all_ = np.zeros(3, bool), np.ones(3, bool)
    some, moments = points_at(*[(0, 1, 0)] * 3, moment=[0, 1, 2]), [1, 3, 4]
    assert Chosen({0: all_, 2: all_}, {}).shown(times, moments, some).tolist() == [1, 1, 1]
    assert Chosen({0: all_, 2: none}, {}).shown(times, moments, some) == pytest.approx([1, 0.5, 1])
    assert Chosen({0: none, 2: all_}, {}).shown(times, moments, some).tolist() == [1, 1, 1]
    assert Chosen({0: none, 2: none}, {}).shown(times, moments, some).tolist() == [0, 0, 0]
    assert Chosen({2: none}, {}).shown(times, moments, some).tolist() == [0, 0, 0]
    assert Chosen({0: all_, 5: none}, {}).shown(times, moments, some).tolist() == [1, 1, 1]  # there nothing is guessed


def test_the_worth_and_the_end_of_a_choice():
    shares = np.array([0.98, 0.99, 0.97])
    assert plan._enough(shares) and not plan._enough(shares - 0.001)
    assert plan._enough(np.array([0.95, 1.0, 1.0])) and not plan._enough(np.array([0.949, 1.0, 1.0, 1.0]))
    some = points_at(*[(0, 1, 0)] * 4, moment=[0, 0, 1, 1])
    seen = np.array([True, True, True, False])
    assert plan._worth(Chosen({0: seen}, {0: seen}), [0, 1], some) == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("count", "most", "wanted"),
    [(5, 9, [0, 1, 2, 3, 4]), (11, 3, [0, 5, 10]), (10, 4, [0, 3, 6, 9]), (1, 4, [0]), (8, 1, [0]), (8, 2, [0, 7])],
)
def test_indices_evenly_the_ends_among_them(count, most, wanted):
    assert plan.spread(count, most) == wanted


def test_the_mean_of_a_plan():
    assert plan.Plan((0,), (), (), "").mean == 1 and plan.Plan((0,), (0,), (0.25,), "").mean == 0.25


def test_moments_beside_each_view():
    times = np.linspace(0, 1, 101)
    assert sorted(forecast._near_views(times, [0, 40])) == [0, 1, 5, 35, 39, 40, 41, 47, 93, 99]
    assert sorted(forecast._near_views(times, [100])) == [99, 100]


def test_where_an_edge_is_finer_rays_are_cast():
    one = track(pose(), width=120, height=80)
    cells = np.zeros((2, 2, 3))
    cells[1, 0, 0] = 1
    nothing, some = forecast._split(one, cells)
    assert len(nothing) == 0 and len(some) == 12
    assert sorted(map(tuple, some[:4].tolist())) == [(10, 10), (10, 30), (30, 10), (30, 30)]
    assert {(int(x // 40), int(y // 40)) for x, y in some} == {(0, 0), (1, 0), (0, 1)}


def test_distances_of_what_is_not_shown():
    path = track(pose(), pose(1, (0, 1, 0)))
    some = points_at((3, 4, 0), (0, 6, 0), (0, 8, 0), (0, 9, 0), moment=[0, 0, 1, 1], sky=(3,))
    found = forecast._unseen(path, [0, 1], some, np.array([0.49, 0.5, 0.0, 0.0]))
    assert found.tolist() == [4, math.inf, 7, math.inf]


@pytest.mark.parametrize("lens", [DEEP, FLAT])
def test_a_pixel_beside_an_edge_holds_what_is_behind_it(lens):
    """The edge is 0.2 right of the axis: half a pixel is 5 mm a metre, of a parallel view 5 mm."""
    one, reach = track(pose(lens=lens)), 0.005 * (4 if lens is DEEP else 1)
    trees = built((2, -9, 0.2, -9, 9))
    edge = 0.4 if lens is DEEP else 0.2
    some = points_at((edge - 0.9 * reach, 4, 0), (edge - 1.2 * reach, 4, 0), (edge - 0.9 * reach, 4, 0))
    for margin in (NONE, Margin(0, 0, 30, 0), Margin(30, 10, 0, 0)):
        chosen_ = Chosen({}, {}, margin)
        found = at_once(forecast._beside(chosen_, one, 0, trees, some, np.array([True, True, False])))
        assert found.tolist() == [True, False, False]


def test_a_plan_takes_the_view_that_shows_what_is_hidden():
    """A screen hides the middle of a wall from the first pose; the third of three looks past it."""
    found = squares((2, -0.7, 0.7, -9, 9), (6, -30, 30, -20, 20))
    path = track(*(pose(t, (3 * t, 0, 0)) for t in np.linspace(0, 1, 13).tolist()))
    one = at_once(plan.plan(path, found, 1))
    two = at_once(plan.plan(path, found, 2))
    assert one.views == (0,) and one.covered[0] == pytest.approx(1, abs=0.01) and one.mark == "mark"
    assert two.views[0] == 0 and len(two.views) == 2 and two.mean > one.mean + 0.1
    free = done(plan.plan(path, found))
    assert free.mean >= 0.97 and two.mean <= free.mean + 1e-9 and len(free.views) >= 2
    given = at_once(plan.coverage(path, found, two.views))
    assert given.covered == pytest.approx(two.covered) and given.moments == tuple(range(13))
    assert (given.margin, given.more, len(given.unseen)) == (NONE, 0, 13)
    others = {at: at_once(plan.coverage(path, found, (0, at), (12, 8))).mean for at in (2, 4, 6, 8, 10, 12)}
    chosen_ = at_once(plan.coverage(path, found, two.views, (12, 8))).mean
    assert chosen_ > max(others.values()) - 0.02 and chosen_ > min(others.values()) + 0.05


# --- steps ---


def counting(log, fails=False):
    for number in range(3):
        log.append(number)
        yield number / 3
    if fails:
        raise SceneError("no_camera", "There is none.", "retry")
    return "done"


def test_steps_at_once_and_by_the_timer():
    log = []
    assert at_once(counting(log)) == "done" and log == [0, 1, 2]
    told, heard = [], []
    by_the_timer(counting([]), told.append, lambda share: heard.append(share) or True)
    assert told == []
    until(lambda: told)
    assert told == ["done"] and heard == pytest.approx([0, 1 / 3, 2 / 3])
    by_the_timer(counting([], True), told.append, lambda _share: True)
    until(lambda: len(told) == 2)
    assert told[1].code == "no_camera"
    log.clear()
    by_the_timer(counting(log), told.append, lambda share: share < 0.3)
    until(lambda: len(log) == 2)
    for _ in range(3):
        steps.timer.app().part(steps.timer.Tasks).run()
    assert len(told) == 2 and log == [0, 1]


def test_a_part_of_a_whole():
    part = plan._part(counting([]), 0.2, 0.5)
    assert [next(part), next(part), next(part)] == pytest.approx([0.2, 0.3, 0.4])
    with pytest.raises(StopIteration) as end:
        next(part)
    assert end.value.value == "done"
