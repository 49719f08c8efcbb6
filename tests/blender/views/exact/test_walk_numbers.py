"""Walks to the number: places and handles of a way, keys of a camera, ways around what stands, from boxes by hand."""

from __future__ import annotations

import itertools
import math

import bpy
import flats
import numpy as np
import pytest
from mathutils import Euler, Quaternion, Vector
from take_one.scene.stills.coverage import surfaces
from take_one.scene.stills.coverage.rays import Trees
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.walk import line, pace, rig, way
from take_one.scene.stills.walk import plan as walks
from take_one.scene.stills.walk.plan import Stop, Stretch, Walk


def trees_of(*boxes, wide=2.0):
    """The trees of boxes between two corners, each; and of two specks below, between which a way may lead."""
    scene = bpy.context.scene
    for low, high in ((-0.5, -wide, -9), (-0.4, -wide, -8.9)), ((12.4, wide, -9), (12.5, wide, -8.9)), *boxes:
        flats.box(scene, "box", low, high)
    bpy.context.view_layer.update()
    trees = Trees(at_once(surfaces.read(scene, np.zeros((1, 3)))))
    at_once(trees.build())
    return trees


def look(heading, pitch=0.0, roll=0.0):
    level = Euler((math.pi / 2 + math.radians(pitch), 0, math.radians(heading - 90)), "XYZ").to_quaternion()
    return level @ Euler((0, 0, math.radians(roll)), "XYZ").to_quaternion()


def at(*place):
    return np.array(place, float)


# --- looks ---


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, -20, 10), (-170, 70, -40), (95, -79, 5)])
def test_a_look_in_angles_and_back(angles):
    found = pace._angles(look(*angles))
    assert found == pytest.approx([math.radians(one) for one in angles], abs=1e-5)
    assert pace._look(*found).rotation_difference(look(*angles)).angle == pytest.approx(0, abs=1e-3)


def test_a_cubic_between_two_values():
    values, slopes, times = at(9, 1, 4), at(7, 3, -2), [0.0, 2.0, 4.0]
    shares = (0, 0.25, 0.5, 1)
    found = [pace._cubic(values, slopes, times, 1, share) for share in shares]
    assert found == pytest.approx([1, 2.5, 3.75, 4])


@pytest.mark.parametrize(("turn", "count"), [(19.9, 2), (20.1, 3), (40.1, 4), (0, 2)])
def test_a_key_for_each_twenty_degrees(turn, count):
    keys = pace.looks([look(10), look(10 + turn)], [3.0, 9.0])
    assert len(keys) == count
    assert [when for when, _ in keys] == pytest.approx(np.linspace(3, 9, count))
    steep = pace.looks([look(10, 85), look(10, 85 - turn)], [3.0, 9.0])  # by the shortest turn
    assert [when for when, _ in steep] == pytest.approx(np.linspace(3, 9, count))


def test_a_look_straight_up_turns_the_shortest_way():
    stops = [look(0, 60), look(0, 89.9), look(180, 60, 180)]
    keys = pace.looks(stops, [0.0, 1.0, 2.0])
    assert len(keys) == 5
    ahead = [turn @ Vector((0, 0, -1)) for _, turn in keys]
    assert max(abs(one.y) for one in ahead) < 0.01  # over the top
    up = [math.degrees(math.atan2(one.z, one.x)) for one in ahead]
    assert up == pytest.approx([60, 74.95, 89.9, 104.95, 120], abs=0.1)
    for (_, one), (_, two) in itertools.pairwise(keys):
        assert one.dot(two) > 0  # neighbours of one sign


def test_pitch_and_roll_go_with_the_heading_and_each_stop_is_itself():
    stops = [look(0, 10, 0), look(60, -20, 12), look(90, -20, 0)]
    keys = pace.looks(stops, [0.0, 2.0, 5.0])
    assert [when for when, _ in keys] == pytest.approx([0, 0.5, 1, 1.5, 2, 3.5, 5])
    angles = np.degrees([pace._angles(turn) for _, turn in keys])
    assert angles[[0, 4, 6]] == pytest.approx(np.array([(0, 10, 0), (60, -20, 12), (90, -20, 0)]), abs=1e-3)
    assert angles[2, 1] == pytest.approx(-5, abs=1e-3) and angles[2, 2] == pytest.approx(6, abs=1e-3)
    # through the second it goes on at 2 * 30 * 10 / 40 degrees a second
    assert angles[2, 0] == pytest.approx(30 - 15 * 2 / 8, abs=1e-3)
    assert (np.diff(angles[:, 0]) > 0).all()
    assert all(one.dot(two) > 0 for (_, one), (_, two) in itertools.pairwise(keys))


# --- lines ---


def test_a_straight_line_is_as_long_as_it_is():
    one = line.line([at(1, 2, 3), at(1, 6, 6)], None)
    assert one.length == pytest.approx(5) and one.along == pytest.approx([0, 5])
    assert one.right[0] == pytest.approx((1, 2 + 4 * 0.35, 3 + 3 * 0.35))
    assert one.left[1] == pytest.approx((1, 6 - 4 * 0.35, 6 - 3 * 0.35))


def test_a_corner_is_round_and_its_pieces_add_up():
    one = line.line([at(0, 0, 1), at(4, 0, 1), at(4, 2, 1)], None)
    way_ = np.array([4, 2, 0]) / math.sqrt(20)
    assert one.left[1] == pytest.approx(at(4, 0, 1) - way_ * 0.7) and one.right[1] == pytest.approx(
        at(4, 0, 1) + way_ * 0.7
    )
    assert 4 < one.along[1] < 4.2 and 6 < one.length < 6.4
    piece = line._piece(one.points, one.left, one.right, 1)
    assert (
        piece.shape == (25, 3)
        and piece[0] == pytest.approx(one.points[1])
        and piece[24] == pytest.approx(one.points[2])
    )
    middle = (one.points[1] + 3 * one.right[1] + 3 * one.left[2] + one.points[2]) / 8
    assert piece[12] == pytest.approx(middle)
    quarter = (27 * one.points[1] + 27 * one.right[1] + 9 * one.left[2] + one.points[2]) / 64
    assert piece[6] == pytest.approx(quarter)


@pytest.mark.parametrize(
    ("height", "goes"), [((0, 2, 3), (1, 3)), ((0, 2, 2), (2, 2)), ((0, 2, 1), (2, 2)), ((2, 1, 0), (2, 0))]
)
def test_no_handle_is_higher_or_lower_than_what_it_leads_to(height, goes):
    points = np.array([(0, 0, height[0]), (1, 0, height[1]), (9, 0, height[2])], float)
    left, right = line._handles(points, np.full(3, 0.9))
    for handle, other in ((left[1], points[0]), (right[1], points[2])):
        assert min(other[2], points[1][2]) - 1e-9 <= handle[2] <= max(other[2], points[1][2]) + 1e-9
    if height[1] >= max(height):
        assert left[1][2] == right[1][2] == height[1] == goes[0]
    assert left[0][2] == pytest.approx(height[0]) or height[0] in (0, 2)


@pytest.mark.parametrize(("gap", "metre", "tight"), [(0.05, 1.0, True), (0.2, 1.0, False), (0.2, 2.5, True)])
def test_round_corners_keep_clear_of_what_stands_there(gap, metre, tight):
    """Outside the corner, where the round way swings out."""
    places = [at(0, 0, 1), at(4, 0, 1), at(4, 4, 1)]
    plain = line.line(places, None)
    out = max(one[0] for one in line._piece(plain.points, plain.left, plain.right, 1))
    assert out > 4.1
    trees = trees_of(((out + gap, -1, 0), (out + gap + 1, 3, 2)))
    found = line.line(places, trees, metre)
    assert (found.length < plain.length - 0.01) is tight
    assert found.points == pytest.approx(plain.points)


# --- ways ---


START, END = at(0, 0, 1.6), at(4, 0, 1.2)


def found_way(trees, one=START, two=END, metre=1.0):
    return at_once(way.find(trees, one, two, metre))


def test_a_free_way_is_straight():
    assert [place.tolist() for place in found_way(trees_of())] == [START.tolist(), END.tolist()]


def test_a_way_leads_around_what_stands_and_evenly_in_height():
    trees = trees_of(((1.9, -1, 0), (2.1, 2, 3)))
    places = found_way(trees)
    assert len(places) >= 3 and (places[0] == START).all() and (places[-1] == END).all()
    assert all(one[1] < 0.2 for one in places)  # on the shorter side
    for one, two in itertools.pairwise(places):
        assert trees.is_free(one, two)
        for share in np.linspace(0, 1, 20):
            place = one + share * (two - one)
            ends = min(np.linalg.norm(place - START), np.linalg.norm(place - END))
            assert trees.nearest(place, min(0.2, max(ends, 0.01))) is None
    heights = [one[2] for one in places]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("low", "high", "side"), [(-0.4, 0.55, -1), (-0.55, 0.4, 1)])
def test_the_shorter_of_two_ways_is_taken(low, high, side):
    places = found_way(trees_of(((1.1, low, 0), (1.3, high, 3)), wide=1.0), at(0, 0, 1.6), at(2.4, 0, 1.6))
    assert 3 <= len(places) <= 5 and all(one[1] * side > 0.5 for one in places[1:-1])
    assert sum(np.linalg.norm(two - one) for one, two in itertools.pairwise(places)) < 3.05


def test_where_nothing_leads_there_is_no_way():
    walls = [((1.5, -1, -1), (1.6, 1, 4)), ((6, -1, -1), (6.1, 1, 4)), ((1.5, -1, -1), (6.1, -0.9, 4)),
             ((1.5, 0.9, -1), (6.1, 1, 4)), ((1.5, -1, 3.9), (6.1, 1, 4)), ((1.5, -1, -1), (6.1, 1, -0.9))]  # fmt: skip
    assert found_way(trees_of(*walls), END, START) is None


def ground(trees, metre=1.0):
    return way._Ground(trees, START, END, metre)


def test_cells_of_the_ground():
    one = ground(trees_of())
    assert one.cell(START) == (0, 0) and one.cell(END) == (27, 0) and one.cell(at(-0.24, 0.22, 9)) == (-2, 1)
    assert one.place((0, 0)) == pytest.approx(START)
    assert one.place((10, 4)) == pytest.approx(
        (1.5, 0.6, 1.6 - 0.4 * math.hypot(1.5, 0.6) / (math.hypot(1.5, 0.6) + math.hypot(2.5, 0.6)))
    )
    two = ground(trees_of(), 2.0)
    assert two.cell(END) == (13, 0) and two.place((10, 4))[:2] == pytest.approx((3, 1.2))


@pytest.mark.parametrize(
    ("place", "metre", "clear"),
    [((2, 0, 1.4), 1.0, 0.25), ((0.1, 0, 1.6), 1.0, 0.1), ((3.9, 0, 1.2), 1.0, 0.1), ((0.02, 0, 1.6), 1.0, 0.05),
     ((2, 0, 1.4), 3.0, 0.75), ((0.1, 0, 1.6), 3.0, 0.15)],
)  # fmt: skip
def test_what_has_to_be_free_around_a_camera(place, metre, clear):
    assert ground(trees_of(), metre).clearance(at(*place)) == pytest.approx(clear)


@pytest.mark.parametrize(
    ("side", "cost"), [(0.24, math.inf), (0.26, 1 + 2 * 0.24 / 0.5), (0.4, 1.4), (0.49, 1.04), (0.51, 1)]
)
def test_how_dear_a_place_is_beside_a_wall(side, cost):
    trees = trees_of(((0, side, 0), (4, side + 1, 3)))
    assert ground(trees).cost_at(at(2, 0, 1.4)) == pytest.approx(cost)


@pytest.mark.parametrize(("top", "cost"), [(0.46, 4), (0.44, 1), (0.69, 4)])
def test_how_dear_it_is_above_something(top, cost):
    """A body of 0.7 m is below a camera at 1.4."""
    one = ground(trees_of(((1, -1, 0), (3, 1, top))))
    assert one.cost_at(at(2, 0, 1.4)) == pytest.approx(cost)
    assert one.cost((13, 0)) == one.cost((13, 0)) == one.cost_at(one.place((13, 0)))


@pytest.mark.parametrize(("top", "straight"), [(0.3, True), (0.4, False)])
def test_a_straight_way_is_free_below_too(top, straight):
    assert ground(trees_of(((2.8, -1, 0), (3, 1, top)))).is_straight(START, END) is straight


def test_a_straight_line_is_looked_at_all_along():
    assert [place.tolist() for place in way._between(at(0, 0, 0), at(0, 1, 0), 0.25)] == [
        [0, 0.25, 0], [0, 0.5, 0], [0, 0.75, 0],
    ]  # fmt: skip
    assert list(way._between(at(0, 0, 0), at(0, 0.1, 0), 0.25)) == []


TABLE = ((1.5, -0.5, 0), (2.5, 0.5, 0.8))


def test_a_way_leads_around_a_low_table():
    places = found_way(trees_of(TABLE, wide=1.2), at(0, 0, 1.5), at(4, 0, 1.5))
    assert len(places) > 2 and max(abs(one[1]) for one in places) > 0.6


def test_a_way_over_a_low_table_is_the_last_choice():
    walls = [((1.5, -0.9, 0), (2.5, -0.45, 3)), ((1.5, 0.45, 0), (2.5, 0.9, 3))]  # fmt: skip
    over = found_way(trees_of(TABLE, *walls, wide=0.8), at(0, 0, 1.5), at(4, 0, 1.5))
    assert over is not None and max(abs(one[1]) for one in over) < 0.45


# --- plans ---


def stop(name, x, y=0.0, heading=0.0, lens=30.0, z=1.5):
    return Stop(name, at(x, y, z), look(heading), lens)


def test_a_walk_of_two_ways_in_numbers():
    stops = [stop("a", 0, lens=20), stop("b", 3, heading=30, lens=26), stop("c", 8, heading=60, lens=50)]
    walk = at_once(walks.plan(stops, trees_of(), 1.0, speed=2.0, seconds=None))
    (one,) = walk.stretches
    assert (walk.seconds, walk.speed, walk.cuts, walk.wanted) == (pytest.approx(5), 2, (), None)
    assert one.offsets == pytest.approx(np.array([(0, 0, 0), (1, 1 / 8, 0.25), (4, 7 / 8, 0.25), (5, 1, 0)]))
    assert list(one.lenses) == [pytest.approx(pair) for pair in ((0, 20), (2, 26), (5, 50))]
    assert [when for when, _ in one.looks] == pytest.approx([0, 1, 2, 3.5, 5])
    assert one.line.length == pytest.approx(8) and one.hurry == 1 and one.stops == tuple(stops)


def test_a_walk_with_a_cut_eases_only_at_its_ends():
    wall = ((4.9, -0.4, -9), (5.1, 0.4, 9))
    stops = [stop("a", 0), stop("b", 4), stop("c", 6), stop("d", 12)]
    walk = at_once(walks.plan(stops, trees_of(wall, wide=0.3), 1.0, speed=1.0, seconds=None))
    one, two = walk.stretches
    assert walk.cuts == (("b", "c"),) and walk.seconds == pytest.approx(11)
    assert one.offsets == pytest.approx(np.array([(0, 0, 0), (1, 1 / 8, 1 / 4), (4.5, 1, 1 / 4)]))
    assert two.offsets == pytest.approx(np.array([(4.5, 0, 1 / 6), (10, 11 / 12, 1 / 6), (11, 1, 0)]))
    assert (one.begins, one.ends, two.begins, two.ends) == pytest.approx((0, 4.5, 4.5, 11))
    timed = at_once(walks.plan(stops, trees_of(wall, wide=0.3), 1.0, speed=None, seconds=22.0))
    assert (timed.seconds, timed.wanted, timed.speed) == (pytest.approx(22), 22, pytest.approx(10 / 21))


def test_a_stand_between_takes_the_time_of_its_looks():
    wall = ((4.9, -0.4, -9), (5.1, 0.4, 9))
    stops = [stop("a", 0), stop("b", 4), stop("c", 6), stop("d", 6, heading=150, lens=40)]
    walk = at_once(walks.plan(stops, trees_of(wall, wide=0.3), 1.0, speed=1.0, seconds=None))
    one, two = walk.stretches
    assert two.line is None and two.offsets == () and two.hurry == 1
    assert (one.ends, two.begins, two.ends) == pytest.approx((5, 5, 7.5), abs=1e-3)  # 150 degrees at 60 a second
    assert list(two.lenses) == [pytest.approx((5, 30)), pytest.approx((7.5, 40), abs=1e-3)]
    alone = at_once(walks.plan(stops[2:], trees_of(), 1.0, speed=1.0, seconds=1.25))
    assert (alone.seconds, alone.speed, alone.stretches[0].hurry) == (
        pytest.approx(1.25),
        0,
        pytest.approx(2, abs=1e-3),
    )
    short = at_once(walks.plan([stop("a", 0), stop("b", 0, heading=9)], trees_of(), 1.0, speed=1.0, seconds=None))
    assert short.seconds == walks.HOLD == 2


# --- cameras ---


def keys(owner, path, index=0):
    curves = [one for one in rig.fcurves(owner) if one.data_path == path and one.array_index == index]
    return [(round(key.co.x, 4), round(key.co.y, 5), key.interpolation) for key in curves[0].keyframe_points]


def test_a_walks_camera_is_ordinary_keys():
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 30, 1.25  # 24 a second
    source = flats.eye(scene, "a", (0, 0, 1.5), (1, 0, 1.5))
    source.data.sensor_fit, source.data.sensor_width, source.data.sensor_height = "VERTICAL", 22, 11
    source.data.shift_x, source.data.shift_y, source.data.clip_start, source.data.clip_end = 0.1, 0.2, 0.3, 444
    wall = ((4.9, -0.4, -9), (5.1, 0.4, 9))
    stops = [stop("a", 0, lens=20), stop("b", 4, lens=20), stop("c", 6, lens=24), stop("d", 12, heading=39, lens=48)]
    walk = at_once(walks.plan(stops, trees_of(wall, wide=0.3), 1.0, speed=1.0, seconds=None))
    camera = rig.build(scene, walk, 11, "Way", None)
    assert rig.is_walk(camera) and not rig.is_walk(source) and camera.name == "Way"
    names = ("sensor_fit", "sensor_width", "sensor_height", "shift_x", "shift_y", "clip_start", "clip_end")
    assert [getattr(camera.data, name) for name in names] == [getattr(source.data, name) for name in names]
    assert (camera.rotation_mode, tuple(camera.scale), camera.parent) == ("QUATERNION", (1, 1, 1), None)
    assert [one.name for one in camera.constraints] == ["Way Path 1", "Way Path 2"]
    assert all(one.use_fixed_location and one.target.hide_render for one in camera.constraints)
    first, second = ('constraints["Way Path 1"]', 'constraints["Way Path 2"]')
    assert keys(camera, f"{first}.influence") == [(11, 1, "CONSTANT"), (119, 0, "CONSTANT")]
    assert keys(camera, f"{second}.influence") == [(118, 0, "CONSTANT"), (119, 1, "CONSTANT")]
    assert keys(camera, f"{first}.offset_factor") == [(11, 0, "BEZIER"), (35, 0.125, "BEZIER"), (118, 1, "BEZIER")]
    assert keys(camera, f"{second}.offset_factor") == [
        (119, 0, "BEZIER"), (251, pytest.approx(11 / 12, abs=1e-4), "BEZIER"), (275, 1, "BEZIER"),
    ]  # fmt: skip
    assert keys(camera, "location") == [(11, 0, "CONSTANT"), (119, 0, "CONSTANT")]
    lenses = keys(camera.data, "lens")
    assert lenses == [(11, 20, "BEZIER"), (118, 20, "CONSTANT"), (119, 24, "BEZIER"), (275, 48, "BEZIER")]
    looks = keys(camera, "rotation_quaternion", 2)
    assert [(when, kind) for when, _, kind in looks] == [
        (11, "BEZIER"), (118, "CONSTANT"), (119, "BEZIER"), (197, "BEZIER"), (275, "BEZIER"),
    ]  # fmt: skip
    point = rig.fcurve(camera, f"{first}.offset_factor").keyframe_points[1]
    assert tuple(point.handle_left) == pytest.approx((27, 0.125 - 8 / 96))
    assert point.handle_right.x == pytest.approx(35 + 83 / 3)
    assert point.handle_right.y == pytest.approx(0.125 + 83 / 3 / 96, abs=1e-5)
    data = camera.constraints[1].target.data
    assert (data.dimensions, data.use_path, data.resolution_u) == ("3D", True, rig.FINE)
    assert [tuple(one.co) for one in data.splines[0].bezier_points] == [(6, 0, 1.5), (12, 0, 1.5)]
    assert tuple(data.splines[0].bezier_points[0].handle_right) == pytest.approx((8.1, 0, 1.5))
    assert tuple(data.splines[0].bezier_points[1].handle_left) == pytest.approx((9.9, 0, 1.5))


def test_a_walks_camera_built_anew_keeps_nothing_of_the_old_walk():
    scene = bpy.context.scene
    stops = [stop("a", 0, lens=20), stop("b", 4, heading=170, lens=20)]
    trees = trees_of()
    camera = rig.build(scene, at_once(walks.plan(stops, trees, 1.0, speed=1.0, seconds=None)), 1, "Way", None)
    (old,) = [one.target for one in camera.constraints]
    mine = bpy.data.objects.new("Mine", bpy.data.curves.new("Mine", "CURVE"))
    scene.collection.objects.link(mine)
    camera.constraints.new("FOLLOW_PATH").target = mine
    camera.parent, camera.data.sensor_width = mine, 17
    name = old.name
    again = rig.build(scene, at_once(walks.plan(stops[::-1], trees, 1.0, speed=2.0, seconds=None)), 5, "Way", camera)
    assert again == camera and camera.data.sensor_width == 17 and camera.parent is None
    assert [one.name for one in camera.constraints] == ["Way Path"] and mine.name in bpy.data.objects
    assert sorted(one.name for one in bpy.data.curves) == ["Mine", name]
    assert camera.data.lens == 20 and rig.fcurves(camera.data) == []
    assert keys(camera, 'constraints["Way Path"].offset_factor')[0][0] == 5
    assert not [one for one in rig.fcurves(camera) if "influence" in one.data_path]
    quarters = np.array([[y for _, y, _ in keys(camera, "rotation_quaternion", index)] for index in range(4)]).T
    assert (np.sum(quarters[1:] * quarters[:-1], axis=1) > 0).all() and len(quarters) == 10


def test_a_stand_is_keyed_where_it_stands():
    scene = bpy.context.scene
    one = Stop("a", at(1, 2, 3), look(0), 30.0)
    quiet = Stretch((one,), None, 0.0, 2.0, (), ((0.0, one.look), (2.0, look(9))), ((0.0, 30.0), (2.0, 30.0)))
    camera = rig.build(scene, Walk((quiet,), 2.0, 0.0, ()), 7, "Stand", None)
    assert not camera.constraints and [keys(camera, "location", i) for i in range(3)] == [
        [(7, value, "CONSTANT")] for value in (1, 2, 3)
    ]
    assert camera.data.lens == 30 and isinstance(camera.rotation_quaternion, Quaternion)
    assert [when for when, *_ in keys(camera, "rotation_quaternion")] == [7, 55]


def test_a_lens_that_changes_on_one_stretch_is_keyed():
    one = Stop("a", at(1, 2, 3), look(0), 30.0)
    zoom = Stretch((one,), None, 0.0, 2.0, (), ((0.0, one.look),), ((0.0, 30.0), (1.0, 35.0), (2.0, 50.0)))
    camera = rig.build(bpy.context.scene, Walk((zoom,), 2.0, 0.0, ()), 7, "Zoom", None)
    assert [(when, lens) for when, lens, _ in keys(camera.data, "lens")] == [(7, 30), (31, 35), (55, 50)]
    assert zoom.hurry == 1
