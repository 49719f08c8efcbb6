"""A still is of the scene, the camera and the frame that it is asked for, and the file is as it was afterwards."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from moment import shot, slide, state, travelling, x_of
from rooms import camera, depth_of, picture
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import capture as still
from take_one.scene.stills.borrow import borrowed
from take_one.scene.stills.camera import camera_of, camera_path, is_animated
from take_one.scene.stills.known.facts import scene_facts


@pytest.fixture
def scene() -> bpy.types.Scene:
    return travelling()


def reference(scene, folder, eye: bpy.types.Object, frame: float) -> np.ndarray:
    """The picture of a camera at a frame, by what a user would do."""
    scene.timeline_markers.clear()
    scene.camera = eye
    scene.frame_set(int(frame // 1), subframe=frame % 1)
    result = still.capture(bpy.context, scene, folder)
    return picture(result.image)


@pytest.mark.parametrize("window_shows", ["set", "edit"])
@pytest.mark.parametrize(("frame", "x"), [(None, 11.0), (1, 5.0), (9, 13.0), (12.5, 16.5), (-2, 5.0)])
def test_the_frame_is_the_asked_one(frame, x, window_shows, scene, tmp_path):
    scene.frame_set(7)
    edit = bpy.data.scenes.new("Edit")
    edit.frame_current = 23
    try:
        if window_shows == "edit":
            bpy.context.window.scene = edit
        result = shot(scene, tmp_path / "still", frame=frame)
        assert x_of(result) == pytest.approx(x)
        assert (scene.frame_current, edit.frame_current) == (7, 23)
    finally:
        bpy.context.window.scene = scene
    wanted = reference(scene, tmp_path / "plain", scene.camera, 7 if frame is None else frame)
    assert np.array_equal(picture(result.image), wanted)


def test_the_current_subframe_counts(scene, tmp_path):
    scene.frame_set(3, subframe=0.5)
    result = shot(scene, tmp_path)
    assert x_of(result) == pytest.approx(7.5)
    assert (scene.frame_current, scene.frame_subframe) == (3, 0.5)


def test_time_that_is_stretched_is_the_scenes(scene, tmp_path):
    scene.render.fps, scene.render.frame_map_new = 30, 200
    scene.frame_set(22)
    assert x_of(shot(scene, tmp_path)) == pytest.approx(15.0)  # frame 11 of the animation
    keyframes = camera_path(scene, scene.camera, 22, 3).keyframes
    travelled = [np.linalg.norm(np.array(key.matrix)[:3, 3]) for key in keyframes]
    assert travelled == pytest.approx([0, 0.5, 1.0], abs=1e-5)


def test_a_path_leaves_values_that_are_not_keyed_yet(scene):
    scene.camera.location.x = 99.0
    bpy.context.view_layer.update()
    camera_path(scene, scene.camera, 1, 10)
    assert scene.camera.location.x == 99.0


@pytest.mark.parametrize("asked", ["A", "B"])
@pytest.mark.parametrize("active", ["A", "B"])
@pytest.mark.parametrize("blur", [False, True])
def test_markers_do_not_choose_the_camera(asked, active, blur, scene, tmp_path):
    cameras = {"A": scene.camera, "B": camera(scene, "B", (0.0, -12.0, 3.0))}
    for frame, name in ((1, "B"), (3, "A"), (5, "B")):
        scene.timeline_markers.new("cut", frame=frame).camera = cameras[name]
    scene.timeline_markers.new("note", frame=2)
    scene.frame_set(1)
    scene.camera = cameras[active]
    scene.render.use_motion_blur = blur  # then Cycles steps through frames, and markers choose at each
    result = shot(scene, tmp_path / "still", camera=cameras[asked], frame=4)
    assert scene.camera == cameras[active]
    assert x_of(result) == pytest.approx(8.0 if asked == "A" else 0.0)
    wanted = reference(scene, tmp_path / "plain", cameras[asked], 4)
    assert np.array_equal(picture(result.image), wanted)


@pytest.mark.parametrize("way", ["excluded", "hidden", "unlinked view", "active"])
def test_a_camera_is_where_it_is_whatever_hides_it(way, scene, tmp_path):
    eye = camera(scene, "Shot 2", (0.0, -9.0, 4.0))
    slide(eye, 2.0)
    shelf = bpy.data.collections.new("Shot 2")
    scene.collection.children.link(shelf)
    scene.collection.objects.unlink(eye)
    shelf.objects.link(eye)
    layer = scene.view_layers[0].layer_collection.children["Shot 2"]
    scene.frame_set(1)
    if way == "excluded":
        layer.exclude = True
    elif way == "hidden":
        layer.hide_viewport = True
    elif way == "unlinked view":
        eye.hide_viewport = True
    else:
        scene.camera = eye
    scene.frame_set(11)
    result = shot(scene, tmp_path / "still", camera=eye)
    assert x_of(result) == pytest.approx(12.0)
    assert camera_of(scene, eye).matrix_world[0][3] == pytest.approx(12.0)
    keyframes = camera_path(scene, eye, 1, 11).keyframes
    assert np.linalg.norm(np.array(keyframes[-1].matrix)[:3, 3]) == pytest.approx(10.0, abs=1e-5)
    assert np.linalg.norm(np.array(keyframes[5].matrix)[:3, 3]) == pytest.approx(5.0, abs=1e-5)
    assert scene.frame_current == 11
    layer.exclude, layer.hide_viewport, eye.hide_viewport = False, False, False
    assert np.array_equal(picture(result.image), reference(scene, tmp_path / "plain", eye, 11))


def test_facts_are_of_where_a_hidden_camera_is(scene):
    eye = camera(scene, "Shot 2", (0.0, -9.0, 4.0))
    for frame, lens in ((1, 20.0), (2, 80.0)):
        eye.data.lens = lens
        eye.data.keyframe_insert("lens", frame=frame)
    shelf = bpy.data.collections.new("Shot 2")
    scene.collection.children.link(shelf)
    scene.collection.objects.unlink(eye)
    shelf.objects.link(eye)
    scene.frame_set(1)
    scene.view_layers[0].layer_collection.children["Shot 2"].exclude = True
    eye.data.lens = 33.0
    scene.frame_set(2)
    assert scene_facts(scene, eye)["lens_mm"] == 80.0


@pytest.mark.parametrize("way", ["parent", "constraint", "driver", "driver on the scene", "armature"])
def test_a_carried_camera_travels_as_what_carries_it(way, scene):
    eye = camera(scene, "Carried", (0.0, -9.0, 4.0))
    eye.rotation_euler = (np.pi / 2, 0, 0)
    dolly = bpy.data.objects.new("Dolly", None)
    shelf = bpy.data.collections.new("Away")  # and neither is in the view layer
    scene.collection.children.link(shelf)
    shelf.objects.link(dolly)
    scene.collection.objects.unlink(eye)
    shelf.objects.link(eye)
    distance = 10.0
    if way == "driver on the scene":
        scene["slide"] = 2.0
        curve = eye.driver_add("location", 0).driver
        variable = curve.variables.new()
        variable.name, variable.type = "s", "SINGLE_PROP"
        if bpy.app.version >= (4, 0):
            variable.type = "CONTEXT_PROP"
        variable.targets[0].data_path = '["slide"]'
        curve.expression = "s * frame / 2"
    else:
        slide(dolly, 0.0)
        if way == "parent":
            eye.parent = dolly
        elif way == "constraint":
            eye.constraints.new("COPY_LOCATION").target = dolly
        elif way == "armature":
            rig = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
            scene.collection.objects.link(rig)
            bpy.context.view_layer.objects.active = rig
            bpy.ops.object.mode_set(mode="EDIT")
            bone = rig.data.edit_bones.new("Arm")
            bone.tail = (0, 0, 1)
            bpy.ops.object.mode_set(mode="OBJECT")
            rig.pose.bones["Arm"].constraints.new("COPY_LOCATION").target = dolly
            constraint = eye.constraints.new("ARMATURE")
            target = constraint.targets.new()
            target.target, target.subtarget = rig, "Arm"
        else:
            driver = eye.driver_add("location", 0).driver
            driver.variables.new().targets[0].id = dolly
            driver.variables[0].targets[0].data_path = "location.x"
            driver.expression = "var"
    scene.view_layers[0].layer_collection.children["Away"].exclude = True
    assert is_animated(eye)
    keyframes = camera_path(scene, eye, 1, 11).keyframes
    assert np.array(keyframes[-1].matrix)[0, 3] == pytest.approx(distance, abs=1e-4)
    assert np.array(keyframes[3].matrix)[0, 3] == pytest.approx(3.0, abs=1e-4)


def test_a_camera_on_a_falling_body_falls(scene):
    bpy.ops.mesh.primitive_cube_add(size=1, location=(0, 0, 50))
    body = bpy.context.object
    bpy.ops.rigidbody.object_add()
    eye = camera(scene, "Falling", (0.0, -3.0, 0.0))
    eye.parent = body
    assert is_animated(eye)
    scene.frame_set(1)
    keyframes = camera_path(scene, eye, 1, 13).keyframes
    assert np.linalg.norm(np.array(keyframes[-1].matrix)[:3, 3]) == pytest.approx(0.5 * 9.81 * 0.5**2, abs=0.15)
    assert scene.frame_current == 1 and scene.camera != eye


def test_what_was_changed_meanwhile_is_the_users(scene):
    markers = scene.timeline_markers
    first, second = markers.new("cut", frame=1), markers.new("cut", frame=9)
    eye = camera(scene, "B")
    first.camera, second.camera = scene.camera, eye
    scene.camera = mine = bpy.data.objects["Camera"]
    borrowed.borrow(scene, borrowed.still_changes(scene, eye, 5))
    scene.frame_set(30)
    scene.render.use_stamp = True
    markers.remove(markers[0])
    borrowed.give_back(scene)
    assert (scene.camera, scene.frame_current, scene.render.use_stamp) == (mine, 30, True)
    assert [marker.camera for marker in markers] == [eye]


def test_markers_of_one_name_that_were_moved_get_the_camera_that_was_nearest(scene):
    eyes = [camera(scene, name) for name in ("late", "early")]
    for eye, frame in zip(eyes, (30, 10), strict=True):
        scene.timeline_markers.new("cut", frame=frame).camera = eye
    borrowed.borrow(scene, borrowed.still_changes(scene, eyes[0], 5))
    for marker in scene.timeline_markers:
        marker.frame += 3
    borrowed.give_back(scene)
    assert [(marker.frame, marker.camera.name) for marker in scene.timeline_markers] == [(33, "late"), (13, "early")]


def test_a_still_is_rendered_without_what_is_no_part_of_its_picture(scene, tmp_path):
    names = ("use_multiview", "use_border", "use_stamp")
    for name in names:
        setattr(scene.render, name, True)
    ending = {"length": 50} if bpy.app.version >= (5, 0) else {"frame_end": 50}
    scene.sequence_editor_create().strips.new_effect(name="cover", type="COLOR", channel=1, frame_start=1, **ending)
    seen = []

    def look(one, *_):
        seen.append([getattr(one.render, name) for name in names])

    bpy.app.handlers.render_pre.append(look)
    shot(scene, tmp_path)
    bpy.app.handlers.render_pre.remove(look)
    assert seen and not any(map(any, seen))


FOREIGN = '{"block": {"kind": "texts", "name": "x", "library": ""}, "path": "x", "before": 1}'


@pytest.mark.parametrize(
    "record",
    [
        "[1]",
        "{}",
        "null",
        "x",
        '{"values": [5], "markers": []}',
        '{"values": [], "markers": [[1]]}',
        f'{{"values": [{FOREIGN}], "markers": []}}',
    ],
)
def test_a_strange_record_is_dropped(record, scene):
    scene[borrowed.RECORD] = record
    borrowed.restore()
    assert borrowed.RECORD not in scene


class Broken(bpy.types.RenderEngine):
    bl_idname = "TAKEONE_TEST_FAILS"
    bl_label = "Fails"

    def render(self, depsgraph):
        self.frame_set(40, 0.5)
        self.report({"ERROR"}, "The dog ate the shader")


def test_a_failed_render_leaves_the_frame(scene, tmp_path):
    """Engines step through the shutter's frames, and stop there where they fail."""
    bpy.utils.register_class(Broken)
    try:
        scene.timeline_markers.new("cut", frame=1).camera = scene.camera
        scene.render.engine = Broken.bl_idname
        scene.frame_set(7)
        before = state()
        with pytest.raises(SceneError):
            still.capture(bpy.context, scene, tmp_path, frame=12)
        assert state() == before
    finally:
        scene.render.engine = "CYCLES"
        bpy.utils.unregister_class(Broken)


@pytest.mark.parametrize("source", ["RENDER", "VIEWPORT"])
def test_a_stereo_scene_gives_one_plain_picture(source, scene, tmp_path):
    scene.render.use_multiview = True
    result = shot(scene, tmp_path, source=source)
    assert (result.width, result.height) == (48, 27)
    assert depth_of(result.depth).shape == (27, 48)


def test_of_a_stereo_render_result_the_first_eye_is_taken(scene, tmp_path):
    stereo = scene.camera.data.stereo
    stereo.interocular_distance, stereo.pivot = 4.0, "CENTER"
    scene.render.use_multiview, scene.view_layers[0].use_pass_z = True, True
    bpy.ops.render.render()
    result = shot(scene, tmp_path / "both", source="RESULT")
    assert (result.width, result.height) == (48, 27)
    assert sorted(path.name for path in result.image.parent.iterdir()) == ["camera.json", "depth.exr", "still.png"]
    scene.render.use_multiview = False
    middle = picture(still.capture(bpy.context, scene, tmp_path / "middle").image)
    assert np.abs(picture(result.image) - middle).mean() > 0.02  # 2 m to the side


def test_a_camera_that_comes_back_late_does_not_come_into_the_next_still(scene, monkeypatch):
    """In a window markers choose the camera after the frame came back, so that ours is put back a moment later; by then
    the next of several stills may have begun."""
    eye = scene.camera
    others = [camera(scene, name) for name in ("first", "second")]
    scene.timeline_markers.new("cut", frame=1).camera = eye
    later = []
    monkeypatch.setattr(borrowed.timer, "every", later.append)
    window = SimpleNamespace(app=SimpleNamespace(background=False), data=bpy.data, types=bpy.types)
    monkeypatch.setattr(borrowed, "bpy", window)
    borrowed.borrow(scene, {"camera": others[0], "frame_float": 9.0})
    borrowed.give_back(scene)
    borrowed.borrow(scene, {"camera": others[1], "frame_float": 17.0})
    assert later.pop(0)() is None
    assert (scene.camera, scene.frame_float) == (others[1], 17.0)
    borrowed.give_back(scene)
    scene.camera = others[0]  # as a marker does
    later.pop()()
    assert (scene.camera, scene.frame_float) == (eye, 1.0)
