"""camera.json and path.json against Blender's own projection and against what a render shows."""

from __future__ import annotations

import math

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from rooms import camera, depth_of
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import capture
from take_one.scene.stills.camera import (
    camera_at,
    camera_of,
    camera_path,
    camera_track,
    check_camera,
    is_animated,
    picture_size,
)
from take_one.scene.stills.formats import exr

CASES = {
    "wide": {},
    "tall": {"size": (54, 96)},
    "horizontal fit on a tall picture": {"size": (54, 96), "sensor_fit": "HORIZONTAL"},
    "vertical fit": {"sensor_fit": "VERTICAL", "sensor_height": 20.0},
    "shift": {"shift_x": 0.2, "shift_y": -0.15},
    "shift, vertical fit": {"shift_x": 0.1, "shift_y": 0.2, "sensor_fit": "VERTICAL"},
    "wide pixels": {"aspect": (2.0, 1.0), "shift_x": 0.1, "shift_y": -0.05},
    "tall pixels": {"aspect": (1.0, 1.6), "shift_y": -0.1},
    "tall pixels, vertical fit": {"aspect": (1.0, 1.6), "sensor_fit": "VERTICAL", "shift_y": -0.1},
    "tall by its pixels alone": {"size": (96, 80), "aspect": (1.0, 1.6), "shift_y": 0.1},
    "percentage": {"size": (192, 108), "percentage": 50, "lens": 35.0},
    "orthographic": {"type": "ORTHO", "ortho_scale": 9.0},
    "orthographic, tall, shift": {
        "type": "ORTHO",
        "ortho_scale": 9.0,
        "size": (54, 96),
        "shift_x": 0.1,
        "shift_y": 0.1,
    },
    "orthographic, tall pixels": {"type": "ORTHO", "ortho_scale": 9.0, "aspect": (1.0, 1.5)},
    "scaled and parented": {"parent": True},
}


def stage(case: dict) -> tuple[bpy.types.Scene, bpy.types.Object]:
    """A scene with the case's camera."""
    values = dict(case)
    scene = bpy.context.scene
    render = scene.render
    render.resolution_x, render.resolution_y = values.pop("size", (96, 54))
    render.resolution_percentage = values.pop("percentage", 100)
    render.pixel_aspect_x, render.pixel_aspect_y = values.pop("aspect", (1.0, 1.0))
    eye = camera(scene)
    if values.pop("parent", False):
        rig = bpy.data.objects.new("Rig", None)
        rig.location, rig.rotation_euler, rig.scale = (1, 2, 0.5), (0.1, 0.2, 0.3), (2, 2, 2)
        scene.collection.objects.link(rig)
        eye.parent = rig
        eye.scale = (0.5, 3, 2)
        eye.location = (1.5, -5, 2)
    for name, value in values.items():
        setattr(eye.data, name, value)
    scene.camera = eye
    bpy.context.view_layer.update()
    return scene, eye


def project(shot: dict, point) -> tuple[float, float, float]:
    """Pixel x, pixel y (down) and planar depth by camera.json alone."""
    x, y, z, _ = np.linalg.inv(np.array(shot.matrix_world)) @ (*point, 1)
    depth = -z
    far = 1.0 if shot.projection == "orthographic" else depth
    return shot.cx + shot.fx * x / far, shot.cy - shot.fy * y / far, depth


@pytest.mark.parametrize("case", CASES)
def test_projection_is_blenders_own(case):
    scene, eye = stage(CASES[case])
    shot = camera_of(scene, eye)
    random = np.random.default_rng(1)
    for offset in random.uniform(-2, 2, (20, 3)):
        point = eye.matrix_world.normalized() @ Vector((*offset[:2], -8 + offset[2]))
        seen = world_to_camera_view(scene, eye, point)
        x, y, depth = project(shot, point)
        assert x == pytest.approx(seen.x * shot.width, abs=1e-3)
        assert y == pytest.approx((1 - seen.y) * shot.height, abs=1e-3)
        assert depth == pytest.approx(seen.z, abs=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_the_render_agrees_in_place_and_depth(case, tmp_path):
    scene, eye = stage(CASES[case])
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.cycles.pixel_filter_type = "BOX"
    points = [eye.matrix_world.normalized() @ Vector(place) for place in ((0.3, 0.2, -7), (-1.0, -0.5, -9))]
    for point in points:
        bpy.ops.mesh.primitive_ico_sphere_add(radius=0.3, subdivisions=4, location=point)
    result = capture.capture(bpy.context, scene, tmp_path)
    assert (result.width, result.height) == (result.camera.width, result.camera.height)
    depth = depth_of(result.depth)
    assert depth.shape == (result.height, result.width)
    for point in points:
        x, y, far = project(result.camera, point)
        rows, columns = np.nonzero(np.abs(depth - far) <= 0.31)
        assert len(rows) >= 4
        assert columns.mean() + 0.5 == pytest.approx(x, abs=0.7)
        assert rows.mean() + 0.5 == pytest.approx(y, abs=0.7)
        assert depth[rows, columns].min() == pytest.approx(far - 0.3, abs=0.05)


def test_lengths_are_metres_whatever_the_unit(tmp_path):
    scene, eye = stage({})
    eye.data.clip_start = 0.25
    plain = camera_of(scene, eye)
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.01
    small = camera_of(scene, eye)
    assert (plain.near, small.near) == (0.25, pytest.approx(0.0025))
    track = camera_track(scene, eye, 1, 1)
    assert camera_at(scene, track, track.poses[0]).near == small.near
    assert np.allclose(np.array(small.matrix_world)[:3, 3] * 100, np.array(plain.matrix_world)[:3, 3])
    assert np.allclose(np.array(small.matrix_world)[:3, :3], np.array(plain.matrix_world)[:3, :3])
    assert (small.fx, small.fy, small.cx, small.cy, small.scale) == (plain.fx, plain.fy, plain.cx, plain.cy, 0)
    scene.unit_settings.system = "NONE"
    assert camera_of(scene, eye) == plain


def test_a_parallel_view_and_a_path_are_metres_too():
    scene, eye = stage({})
    eye.data.type, eye.data.ortho_scale = "ORTHO", 6.0
    width, _ = picture_size(scene)
    plain = camera_of(scene, eye)
    assert plain.scale == pytest.approx(6.0 / width) and plain.fx == pytest.approx(width / 6.0)
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.01
    small = camera_of(scene, eye)
    assert small.scale == pytest.approx(0.06 / width)
    assert (small.fx, small.fy) == pytest.approx((plain.fx * 100, plain.fy * 100))
    eye.rotation_mode, eye.rotation_euler, eye.location = "XYZ", (0, 0, 0), (1, 2, 3)
    eye.keyframe_insert("location", frame=10)
    eye.location = (5, 2, 11)
    eye.keyframe_insert("location", frame=14)
    path = camera_path(scene, eye, 10, 5)
    assert [frame.t for frame in path.keyframes] == [0, 0.25, 0.5, 0.75, 1]
    middle, last = (np.array(path.keyframes[index].matrix) for index in (2, 4))
    assert np.allclose(last[:3, 3], (0.04, 0, 0.08), atol=1e-6)
    assert np.allclose(middle[:3, 3], (0.02, 0, 0.04), atol=1e-6)


def test_no_camera_and_panoramic_cameras_say_what_to_do():
    scene = bpy.context.scene
    scene.camera = None
    with pytest.raises(SceneError) as caught:
        check_camera(scene, None)
    assert (caught.value.code, caught.value.fix) == ("no_camera", "pick_camera")
    eye = camera(scene)
    eye.data.type = "PANO"
    with pytest.raises(SceneError) as caught:
        check_camera(scene, eye)
    assert (caught.value.code, caught.value.fix) == ("panoramic_camera", "pick_camera")
    other = bpy.data.scenes.new("Other")
    eye.data.type = "PERSP"
    with pytest.raises(SceneError) as caught:
        check_camera(other, eye)
    assert caught.value.code == "no_camera"


def test_a_camera_that_only_a_set_or_an_instance_brings_is_said_to_be_there():
    scene, set_of = bpy.context.scene, bpy.data.scenes.new("Set")
    eye = camera(set_of)
    eye.name = "Eye"
    scene.background_set = set_of
    with pytest.raises(
        SceneError, match=r"'Eye' is only in 'Set', the background set of scene .* Link it into"
    ) as said:
        check_camera(scene, eye)
    assert said.value.code == "no_camera"
    scene.background_set = None
    with pytest.raises(SceneError, match=r"'Eye' is not in scene"):
        check_camera(scene, eye)
    shown = bpy.data.objects.new("Props.001", None)
    shown.instance_type, shown.instance_collection = "COLLECTION", bpy.data.collections.new("Props")
    within = bpy.data.collections.new("Within")
    shown.instance_collection.children.link(within)
    within.objects.link(eye)
    scene.collection.objects.link(shown)
    with pytest.raises(SceneError, match=r"only as a part of the collection instance 'Props\.001'\. Make the instance"):
        check_camera(scene, eye)
    scene.collection.objects.link(eye)
    assert check_camera(scene, eye) == eye


def test_a_moving_camera_gives_its_path():
    scene, eye = stage({})
    rig = bpy.data.objects.new("Rig", None)
    scene.collection.objects.link(rig)
    eye.parent = rig
    assert not is_animated(eye)
    rig.location = (0, 0, 0)
    rig.keyframe_insert("location", frame=10)
    rig.location = (0, 2, 0)
    rig.rotation_euler = (0, 0, 0)
    rig.keyframe_insert("location", frame=20)
    eye.data.lens = 50
    eye.data.keyframe_insert("lens", frame=10)
    eye.data.lens = 100
    eye.data.keyframe_insert("lens", frame=20)
    assert is_animated(eye)
    scene.frame_set(3, subframe=0.25)
    path = camera_path(scene, eye, 10, 11)
    assert (scene.frame_current, scene.frame_subframe) == (3, pytest.approx(0.25))
    keyframes = path.keyframes
    assert [frame.t for frame in keyframes] == pytest.approx([index / 10 for index in range(11)])
    assert np.allclose(keyframes[0].matrix, np.eye(4), atol=1e-6)
    assert keyframes[0].zoom == 1
    assert keyframes[-1].zoom == pytest.approx(2, rel=1e-4)
    scene.frame_set(10)
    start = np.array(eye.matrix_world)
    scene.frame_set(20)
    assert np.allclose(start @ np.array(keyframes[-1].matrix), np.array(eye.matrix_world), atol=1e-5)


def test_what_goes_by_the_frame_is_of_the_scenes_own_again():
    """A handler that moves things by the frame of whatever scene it is told of."""
    scene, eye = stage({})
    eye.keyframe_insert("location", frame=10)
    scene.frame_set(7)
    seen = []

    def follow(one, *_):
        seen.append(one.frame_current)

    bpy.app.handlers.frame_change_post.append(follow)
    camera_path(scene, eye, 10, 5)
    bpy.app.handlers.frame_change_post.remove(follow)
    assert seen == [10, 11, 12, 13, 14, 7]


def test_a_camera_that_follows_something_animated_is_animated():
    scene, eye = stage({})
    target = bpy.data.objects.new("Target", None)
    scene.collection.objects.link(target)
    eye.constraints.new("TRACK_TO").target = target
    assert not is_animated(eye)
    target.keyframe_insert("location", frame=1)
    assert is_animated(eye)


def test_a_camera_on_a_path_is_animated_where_the_path_moves_it():
    scene, eye = stage({})
    curve = bpy.data.objects.new("Path", bpy.data.curves.new("Path", "CURVE"))
    scene.collection.objects.link(curve)
    eye.constraints.new("FOLLOW_PATH").target = curve
    assert not is_animated(eye)
    curve.data.eval_time = 3.0
    curve.data.keyframe_insert("eval_time", frame=7)
    assert is_animated(eye)


def test_depth_files_survive_odd_sizes(tmp_path):
    depth = np.random.default_rng(0).uniform(0, 50, (33, 47)).astype(np.float32)
    depth[0, 0] = exr.BACKGROUND
    exr.write_depth(tmp_path / "depth.exr", depth)
    assert np.array_equal(depth_of(tmp_path / "depth.exr"), depth)
    assert not math.isnan(depth.min())
