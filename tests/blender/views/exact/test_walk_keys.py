"""What a walk is in Blender: curves with their handles, keys that hold and go on, looks that turn the shortest way."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from mathutils import Euler, Quaternion
from take_one.scene.stills.walk import line, rig


def at(*place):
    return np.array(place, float)


def turned(degrees):
    return Euler((math.pi / 2, 0, math.radians(degrees)), "XYZ").to_quaternion()


def test_a_walks_parts_in_blender():
    scene = bpy.context.scene
    one = line.line([at(0, 0, 1), at(4, 0, 1), at(4, 2, 2)], None)
    item = rig._curve(scene, one, "Way")
    bpy.context.view_layer.update()
    (spline,) = item.data.splines
    assert [tuple(point.co) for point in spline.bezier_points] == [(0, 0, 1), (4, 0, 1), (4, 2, 2)]
    for point, left, right in zip(spline.bezier_points, one.left, one.right, strict=True):
        assert tuple(point.handle_left) == pytest.approx(left, abs=1e-6)
        assert tuple(point.handle_right) == pytest.approx(right, abs=1e-6)
    kinds = [(point.handle_left_type, point.handle_right_type) for point in spline.bezier_points]
    assert kinds == [("ALIGNED", "ALIGNED")] * 2 + [("FREE", "FREE")]  # at the end none leads on
    assert (item.name, item.hide_render, rig.MARK in item, item.data.resolution_u) == ("Way", True, True, 24)
    assert rig.fcurves(item) == [] and item.name in scene.collection.objects


def test_keys_hold_from_a_frame_on_and_go_on_from_another():
    scene = bpy.context.scene
    camera = bpy.data.objects.new("C", bpy.data.cameras.new("C"))
    scene.collection.objects.link(camera)
    for frame in (1, 5, 9):
        camera.location = (frame, 2 * frame, 0)
        camera.keyframe_insert("location", frame=frame)
        camera.keyframe_insert("scale", frame=frame)
    rig._hold(camera, "location", 5.0005)

    def kinds(path):
        return [
            [key.interpolation for key in one.keyframe_points] for one in rig.fcurves(camera) if one.data_path == path
        ]

    assert kinds("location") == [["BEZIER", "CONSTANT", "BEZIER"]] * 3 and kinds("scale") == [["BEZIER"] * 3] * 3
    for path in ("location", "scale"):
        for frame in (1, 5, 9):
            rig._hold(camera, path, frame)
    rig._go_on(camera, "location", 5)
    assert kinds("location") == [["CONSTANT", "BEZIER", "BEZIER"]] * 3 and kinds("scale") == [["CONSTANT"] * 3] * 3
    assert rig.fcurve(camera, "scale").data_path == "scale"


def test_a_look_turns_the_shortest_way_between_keys():
    scene = bpy.context.scene
    camera = bpy.data.objects.new("C", bpy.data.cameras.new("C"))
    scene.collection.objects.link(camera)
    camera.rotation_mode = "QUATERNION"
    looks = [turned(10), -turned(40), turned(70), -turned(75)]
    for frame, look in enumerate(looks, 1):
        camera.rotation_quaternion = look
        camera.keyframe_insert("rotation_quaternion", frame=frame)
    rig._even_turns(camera)
    curves = sorted(rig.fcurves(camera), key=lambda one: one.array_index)
    found = [Quaternion([curve.keyframe_points[index].co.y for curve in curves]) for index in range(4)]
    assert all(one.dot(two) > 0 for one, two in itertools.pairwise(found))
    assert tuple(found[1]) == pytest.approx(tuple(turned(40)), abs=1e-6)
    assert tuple(found[3]) == pytest.approx(tuple(turned(75)), abs=1e-6)
    kinds = {(key.handle_left_type, key.handle_right_type) for curve in curves for key in curve.keyframe_points}
    assert kinds == {("AUTO_CLAMPED", "AUTO_CLAMPED")}


def test_what_counts_as_a_walk_and_whose_lens_it_has():
    scene = bpy.context.scene
    camera = bpy.data.objects.new("C", bpy.data.cameras.new("C"))
    walk = SimpleNamespace(stretches=[SimpleNamespace(stops=[SimpleNamespace(name="Nobody")])])
    assert not rig.is_walk(camera)
    camera[rig.MARK] = True
    assert rig.is_walk(camera)
    rig._copy_lens(scene, walk, camera)
    assert camera.data.sensor_width == 36


@pytest.fixture
def follower():
    camera = bpy.data.objects.new("C", bpy.data.cameras.new("C"))
    bpy.context.scene.collection.objects.link(camera)
    camera.constraints.new("FOLLOW_PATH").name = 'A "Way"'
    return camera


def keyed(camera, name):
    (curve,) = [one for one in rig.fcurves(camera) if one.data_path.endswith(name)]
    return [(key.co.x, key.co.y, key.interpolation) for key in curve.keyframe_points]


@pytest.mark.parametrize(
    ("index", "keys"),
    [
        (0, [(5, 1, "CONSTANT"), (10, 0, "CONSTANT")]),
        (1, [(4, 0, "CONSTANT"), (5, 1, "CONSTANT"), (10, 0, "CONSTANT")]),
        (2, [(4, 0, "CONSTANT"), (5, 1, "CONSTANT")]),
    ],
)
def test_a_curve_is_followed_between_its_frames_only(index, keys, follower):
    rig._key_influence(follower, 'A "Way"', 5.0, 9.0, index, 2)
    assert keyed(follower, "influence") == keys


def test_how_far_along_is_keyed_with_its_speed(follower):
    rig._key_offsets(follower, 'A "Way"', [(1.0, 0.0, 0.0), (7.0, 0.25, 0.1), (13.0, 1.0, 0.05)])
    assert keyed(follower, "offset_factor") == [(1, 0, "BEZIER"), (7, 0.25, "BEZIER"), (13, 1, "BEZIER")]
    points = rig.fcurves(follower)[0].keyframe_points
    handles = [(*point.handle_left, *point.handle_right) for point in points]
    wanted = [(0, 0, 3, 0), (5, 0.05, 9, 0.45), (11, 0.9, 14, 1.05)]
    assert handles == [pytest.approx(one, abs=1e-6) for one in wanted]
    assert {(point.handle_left_type, point.handle_right_type) for point in points} == {("FREE", "FREE")}


def test_what_is_followed_and_is_no_curve_of_ours_stays(follower):
    mesh = bpy.data.objects.new("Mesh", bpy.data.meshes.new("Mesh"))
    mesh[rig.MARK] = True  # ours once, and made into a mesh since
    bpy.context.scene.collection.objects.link(mesh)
    follower.constraints[0].target = mesh
    follower.constraints.new("COPY_LOCATION").target = mesh
    rig._clear(follower)
    assert not follower.constraints and mesh.name in bpy.data.objects
