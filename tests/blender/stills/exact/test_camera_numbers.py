"""A camera in numbers, by hand: sizes, units, what it focuses on, what animates it, and what is said of it."""

from __future__ import annotations

import math
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from moment import straighten, travelling
from rooms import camera
from take_one.client.protocol.camera import IDENTITY, MAX_NAME
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import camera as cameras
from take_one.scene.stills.borrow import borrowed, second_camera
from take_one.scene.stills.camera import (
    camera_at,
    camera_of,
    camera_path,
    camera_track,
    check_camera,
    intrinsics,
    is_animated,
    metres_per_unit,
    own_camera,
    picture_size,
)
from take_one.scene.stills.track import Lens, Pose, Track


@pytest.fixture
def scene() -> bpy.types.Scene:
    """A camera that looks along -Z from (1, 2, 3), as if it were new; 80 x 60 pixels at frame 6."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 80, 60
    scene.camera = camera(scene, "Eye", (1.0, 2.0, 3.0))
    scene.camera.rotation_euler = (0, 0, 0)
    scene.frame_set(6)
    return scene


@pytest.mark.parametrize(
    ("size", "percent", "wanted"),
    [((192, 109), 50, (96, 54)), ((193, 111), 99, (191, 109)), ((150, 99), 1, (1, 1)), ((4, 4), 26, (1, 1)),
     ((200, 299), 1, (2, 2))],
)  # fmt: skip
def test_a_pictures_size_is_cut_to_whole_pixels_of_one_at_least(size, percent, wanted):
    render = bpy.context.scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = *size, percent
    assert picture_size(bpy.context.scene) == wanted


@pytest.mark.parametrize(("system", "length"), [("NONE", 1.0), ("METRIC", 0.25), ("IMPERIAL", 0.25)])
def test_a_unit_is_what_the_scene_says(system, length):
    units = bpy.context.scene.unit_settings
    units.system, units.scale_length = system, 0.25
    assert metres_per_unit(bpy.context.scene) == length


def lens(kind="PERSP", **more):
    values = {"type": kind, "lens": 50.0, "ortho_scale": 8.0, "sensor_fit": "AUTO", "sensor_width": 36.0,
              "sensor_height": 20.0, "shift_x": 0.0, "shift_y": 0.0, "focus": 1.0}  # fmt: skip
    return Lens(**{**values, **more})


LENSES = [
    (lens(), (90, 90), (1, 1), (125, 125, 45, 45)),
    (lens(), (90, 120), (1, 1), (500 / 3, 500 / 3, 45, 60)),
    (lens(), (90, 60), (1, 1.5), (125, 250 / 3, 45, 30)),  # as tall as wide
    (lens(), (90, 60), (1, 2), (500 / 3, 250 / 3, 45, 30)),
    (lens(sensor_fit="VERTICAL"), (90, 60), (1, 1), (150, 150, 45, 30)),
    (lens(sensor_fit="HORIZONTAL"), (60, 90), (2, 1), (250 / 3, 500 / 3, 30, 45)),
    (lens(shift_x=0.1, shift_y=0.2), (90, 60), (1, 2), (500 / 3, 250 / 3, 33, 42)),
    (lens("ORTHO"), (80, 60), (1, 1), (10, 10, 40, 30)),
    (lens("ORTHO", sensor_fit="VERTICAL", shift_y=-0.25), (80, 60), (1, 2), (15, 7.5, 40, 15)),
]


def test_a_lens_in_pixels():
    for lens, size, aspect, wanted in LENSES:
        render = SimpleNamespace(pixel_aspect_x=aspect[0], pixel_aspect_y=aspect[1])
        found = intrinsics(lens, render, *size)
        assert tuple(found[name] for name in ("fx", "fy", "cx", "cy")) == pytest.approx(wanted)


def test_a_camera_is_of_the_size_it_is_asked_for_and_of_the_depsgraph(scene):
    eye = scene.camera
    assert (camera_of(scene, eye).width, camera_of(scene, eye, size=(90, 30)).height) == (80, 30)
    graph = bpy.context.evaluated_depsgraph_get()
    eye.location.x = 9.0  # later than what was evaluated
    assert camera_of(scene, eye, graph, (40, 20)).matrix_world[0][3] == 1.0
    assert (camera_of(scene, eye, graph).width, camera_of(scene, eye).matrix_world[0][3]) == (80, 9.0)
    with borrowed.borrowing(scene, {"render.resolution_x": 120, "render.resolution_percentage": 50}):
        assert (camera_of(scene, eye).width, camera_of(scene, eye).height) == (80, 60)  # as the user has it
        assert camera_of(scene, eye, bpy.context.evaluated_depsgraph_get()).width == 60
        assert camera_track(scene, eye, 6, 2).width == 80


def test_what_a_lens_focuses_on(scene):
    eye, units = scene.camera, scene.unit_settings
    units.system, units.scale_length = "METRIC", 0.5
    dof = eye.data.dof

    def focus():
        bpy.context.view_layer.update()
        found = camera_of(scene, eye).focus
        return found and (
            pytest.approx(found.distance, abs=1e-6),
            found.name,
            found.position and pytest.approx(found.position),
        )

    dof.focus_distance = 7.0
    assert focus() is None
    dof.use_dof = True
    assert focus() == (3.5, "", None)
    dof.focus_distance = 0.0019
    assert focus() is None  # of a millimetre
    dof.focus_distance = 0.0021
    assert focus()[0] == 0.00105
    aim = bpy.data.objects.new("A" * 60, None)
    scene.collection.objects.link(aim)
    dof.focus_object, aim.location, dof.use_dof = aim, (4, 8, -5), False
    assert focus() == (4.0, "A" * min(60, MAX_NAME), (1.5, 3.0, -4.0))
    dof.use_dof = True
    for z, found in ((3.0, None), (2.9985, None), (2.997, 0.0015), (4.0, None)):  # behind it nothing is in focus
        aim.location.z = z
        assert (focus() or [None])[0] == found


def test_a_camera_without_size_or_place_is_said(scene):
    for change in ("scale", "location"):
        before = getattr(scene.camera, change).copy()
        setattr(scene.camera, change, (0, 0, 0) if change == "scale" else (math.inf, 0, 0))
        bpy.context.view_layer.update()
        with pytest.raises(SceneError, match=r"The camera 'Eye' can't be used: .*matrix_world") as caught:
            camera_of(scene, scene.camera)
        assert (caught.value.code, caught.value.fix) == ("camera_unusable", "pick_camera")
        with pytest.raises(SceneError, match=r"The camera 'Eye' can't be used: .*matrix_world"):
            camera_track(scene, scene.camera, scene.frame_float, 1)  # as the press asks, before anything is rendered
        setattr(scene.camera, change, before)
    with pytest.raises(SceneError, match="'Eye' can't be used") as caught:
        track = Track((Pose(0.0, IDENTITY, lens(), 1, 1, 1, 1), Pose(0.0, IDENTITY, lens(), 1, 1, 1, 1)), 8, 6)
        cameras.path_of(scene, scene.camera, track)
    assert caught.value.code == "camera_unusable"


def test_a_pose_of_a_track_in_metres(scene):
    units = scene.unit_settings
    units.system, units.scale_length = "METRIC", 0.25
    matrix = tuple((*row[:3], place) for row, place in zip(IDENTITY, (4.0, 8.0, 12.0, 1.0), strict=True))
    flat = Pose(0.5, matrix, lens("ORTHO"), 20.0, 10.0, 44.0, 33.0, 2.0)
    seen = camera_at(scene, Track((flat,), 88, 66), flat)
    assert (seen.projection, seen.width, seen.height, seen.cx, seen.cy) == ("orthographic", 88, 66, 44, 33)
    assert (seen.fx, seen.fy, seen.scale, seen.near) == (80, 40, 0.0125, 0.5)
    assert [row[3] for row in seen.matrix_world] == [1, 2, 3, 1]
    deep = Pose(0.5, matrix, lens(), 20.0, 10.0, 44.0, 33.0, 2.0)
    seen = camera_at(scene, Track((deep,), 88, 66), deep)
    assert (seen.projection, seen.fx, seen.fy, seen.scale) == ("perspective", 20, 10, 0)


def test_a_track_has_no_more_poses_than_a_path(monkeypatch):
    scene = travelling()  # 1 m a frame
    eye = scene.camera
    eye.data.clip_start = 0.5
    eye.data.keyframe_insert("clip_start", frame=2)
    eye.data.clip_start = 1.5
    eye.data.keyframe_insert("clip_start", frame=12)
    straighten(eye.data)
    monkeypatch.setattr(cameras, "MAX_KEYFRAMES", 5)
    track = camera_track(scene, eye, 2, 11)
    assert [one.t for one in track.poses] == [0, 0.25, 0.5, 0.75, 1]
    assert [float(one.place[0]) for one in track.poses] == pytest.approx([6, 8.5, 11, 13.5, 16])
    assert [one.near for one in track.poses] == pytest.approx([0.5, 0.75, 1.0, 1.25, 1.5])
    assert [one.t for one in camera_track(scene, eye, 2, 5).poses] == [0, 0.25, 0.5, 0.75, 1]
    (single,) = camera_track(scene, eye, 7.5, 1).poses
    assert (single.t, float(single.place[0])) == (0, pytest.approx(11.5))
    assert scene.frame_current == 1 and scene.camera == eye and len(bpy.data.scenes) == 1


def test_a_track_leaves_a_scene_with_a_simulation_as_it_was(scene):
    eye = scene.camera
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.rigidbody.object_add()
    other = camera(scene, "Other", (0, 0, 9))
    other.keyframe_insert("location", frame=1)
    other.location.z = 19
    other.keyframe_insert("location", frame=11)
    straighten(other)
    scene.frame_set(6, subframe=0.5)
    marker = scene.timeline_markers.new("cut", frame=3)
    marker.camera = eye
    keys = camera_path(scene, other, 1, 11).keyframes
    assert [key.matrix[0][3] for key in keys] == pytest.approx([0] * 11, abs=1e-4)
    assert np.linalg.norm(np.array(keys[4].matrix)[:3, 3]) == pytest.approx(4, abs=1e-4)
    assert (scene.frame_current, scene.frame_subframe, scene.camera, marker.camera) == (6, 0.5, eye, eye)
    assert "take_one_borrowed" not in scene


def test_the_camera_as_the_user_has_it_while_others_are_lent(scene):
    eye, one, two = scene.camera, camera(scene, "One"), camera(scene, "Two")
    with borrowed.borrowing(scene, {"camera": one}):
        assert (scene.camera, own_camera(scene)) == (one, eye)
        with borrowed.borrowing(scene, {"camera": two}):
            assert (scene.camera, own_camera(scene)) == (two, eye)
        scene.camera = two  # the user's choice meanwhile
        assert own_camera(scene) == two
        scene.camera = None
        assert own_camera(scene) is None
    assert scene.camera is None
    with borrowed.borrowing(scene, {"camera": one}):
        assert own_camera(scene) is None  # as it was


def test_which_cameras_can_be_looked_through(scene):
    with pytest.raises(SceneError, match=r"'Sun' is not a camera\. Pick a camera for the shot") as caught:
        lamp = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
        scene.collection.objects.link(lamp)
        check_camera(scene, lamp)
    assert (caught.value.code, caught.value.fix) == ("no_camera", "pick_camera")
    eye = scene.camera
    eye.data.type = "ORTHO"
    assert check_camera(scene, None) == check_camera(scene, eye) == eye
    eye.data.type = "PANO"
    with pytest.raises(SceneError, match=r"Camera 'Eye' is panoramic\. A clip needs a perspective or orthographic one"):
        check_camera(scene, None)
    eye.data.type = "PERSP"
    made = second_camera.make(eye, camera_track(scene, eye, 6, 1).poses[0])
    assert check_camera(scene, made) == made  # in no collection, but ours
    scene.camera = None
    with pytest.raises(SceneError, match=r"Scene 'Scene' has no active camera\. Add one \(Shift\+A, Camera\)"):
        check_camera(scene, None)


def empty(scene, kind=None, name="Thing"):
    item = bpy.data.objects.new(name, kind)
    scene.collection.objects.link(item)
    return item


def test_what_animates_a_camera(scene):
    eye = scene.camera
    far = empty(scene, name="Far")
    near = empty(scene, name="Near")
    assert not is_animated(eye)
    eye.animation_data_create()
    assert not is_animated(eye)
    eye.animation_data.nla_tracks.new()
    assert is_animated(eye)
    eye.animation_data_clear()
    eye.data.driver_add("lens")
    assert is_animated(eye)
    eye.data.animation_data_clear()
    eye.parent, near.parent = near, far
    near.constraints.new("COPY_LOCATION").target = far  # twice the same, and in a ring
    assert not is_animated(eye)
    far.keyframe_insert("location", frame=3)
    assert is_animated(eye)
    far.animation_data_clear()
    near.constraints.new("LIMIT_LOCATION")  # without a target
    assert not is_animated(eye)
    far.keyframe_insert("location", frame=3)
    assert is_animated(eye)  # whatever else has none
    eye.parent = None
    far.keyframe_insert("location", frame=3)
    assert not is_animated(eye)  # of another object


@pytest.mark.parametrize("kind", ["LATTICE", "CURVE", "MESH"])
def test_whose_data_carries_a_camera(kind, scene):
    made = {"LATTICE": bpy.data.lattices, "MESH": bpy.data.meshes}
    data = bpy.data.curves.new("x", "CURVE") if kind == "CURVE" else made[kind].new("x")
    carrier = empty(scene, data)
    scene.camera.parent = carrier
    data.animation_data_create()
    data.animation_data.nla_tracks.new()
    assert is_animated(scene.camera) is (kind != "MESH")


@pytest.mark.parametrize("kind", ["ACTIVE", "PASSIVE"])
def test_a_body_that_falls_carries_a_camera_and_one_that_stands_does_not(kind, scene):
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.rigidbody.object_add(type=kind)
    scene.camera.parent = bpy.context.object
    assert is_animated(scene.camera) is (kind == "ACTIVE")


def test_a_stage_of_its_own_has_the_scenes_rate_and_values(scene):
    scene["number"], scene["word"], scene["whole"], scene["list"] = 1.5, "one", 7, [1, 2]
    render = scene.render
    render.fps, render.fps_base, render.frame_map_old, render.frame_map_new = 30, 1.5, 90, 110
    with cameras._alone(scene, scene.camera) as stage:
        assert (stage["number"], stage["word"], stage["whole"], "list" in stage) == (1.5, "one", 7, False)
        one = stage.render
        assert (one.fps, one.fps_base, one.frame_map_old, one.frame_map_new) == (30, 1.5, 90, 110)
        assert stage.camera == scene.camera and not list(stage.objects)
        at = cameras._at(stage, scene.camera, -2.75)
        assert (stage.frame_float, at.is_evaluated) == (-2.75, True)
    assert len(bpy.data.scenes) == 1
