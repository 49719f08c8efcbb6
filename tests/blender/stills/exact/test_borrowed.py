"""What a still borrows of a scene: to the bit as it was afterwards, also of values unlike Blender's own, of linked
blocks, of several scenes at once, and where it fails amid."""

from __future__ import annotations

import json
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from moment import state, straighten, travelling
from rooms import EEVEE, NEW, camera, compositor, everything, settings_of
from take_one.scene.model.lent import OUTER, RECORD
from take_one.scene.stills.borrow import blocks, borrowed, second_camera
from take_one.scene.stills.borrow.borrowed import borrow, borrowing, give_back, image_settings, still_changes
from take_one.scene.stills.camera import camera_track
from take_one.scene.stills.track import Lens, Pose

CHANGES = {
    "frame_float": 9.25,
    "render.use_stamp": False,
    "render.resolution_x": 64,
    "render.engine": "BLENDER_WORKBENCH",
    "camera.data.dof.use_dof": False,
    "camera.data.dof.aperture_fstop": 5.5,
    'view_layers["A \\"b\\""].use_pass_z': True,
    "world": None,
}


@pytest.fixture
def scene() -> bpy.types.Scene:
    """With values unlike Blender's own; two markers with cameras, one without."""
    scene = travelling()
    scene.frame_set(4, subframe=0.5)
    scene.render.use_stamp = True
    scene.view_layers[0].name = 'A "b"'
    scene.camera.data.dof.use_dof, scene.camera.data.dof.aperture_fstop = True, 0.7
    for name, frame, eye in (("cut", 2, scene.camera), ("cut", 9, camera(scene, "B")), ("note", 9, None)):
        scene.timeline_markers.new(name, frame=frame).camera = eye
    scene.camera = bpy.data.objects["Camera"]
    return scene


def values(scene) -> list:
    return [scene.path_resolve(path) for path in CHANGES]


def test_what_is_borrowed_is_recorded_and_given_back(scene):
    before, was = state(), values(scene)
    eye = scene.camera
    with borrowing(scene, CHANGES):
        assert values(scene) == list(CHANGES.values())
        assert [marker.camera for marker in scene.timeline_markers] == [None] * 3 and scene.camera == eye
        record = json.loads(scene[RECORD])
        assert [(row["before"], row["now"]) for row in record["values"]] == [
            ({"block": {"kind": "worlds", "name": "World", "library": ""}} if path == "world" else old, new)
            for (path, new), old in zip(CHANGES.items(), was, strict=True)
        ]
        whose = [row["block"] and row["block"]["name"] for row in record["values"]]
        assert whose == [None] * 4 + ["Camera", "Camera", None, None]
        assert [row["path"] for row in record["values"]][4:6] == ["dof.use_dof", "dof.aperture_fstop"]
        assert [row[:2] for row in record["markers"]] == [["cut", 2], ["cut", 9]] and record[OUTER] is None
    assert state() == before and RECORD not in scene


def test_what_is_right_already_is_neither_touched_nor_recorded(scene):
    borrow(scene, {"render.use_stamp": True, "camera": scene.camera, "render.fps": 24, "frame_float": 4.5})
    assert json.loads(scene[RECORD])["values"] == []
    scene.render.use_stamp = False  # the user's, then
    give_back(scene)
    assert not scene.render.use_stamp
    assert [marker.camera and marker.camera.name for marker in scene.timeline_markers] == ["Camera", "B", None]
    give_back(scene)  # nothing more to do
    assert RECORD not in scene


@pytest.mark.parametrize("wrong", [{"render.no_such": 1}, {"render.resolution_x": "wide"}, {"frame_float": 1e9}])
def test_where_borrowing_fails_nothing_stays_borrowed(wrong, scene):
    before = state()
    with pytest.raises((AttributeError, TypeError, ValueError)):
        borrow(scene, {"render.use_stamp": False, "frame_float": 30.0, **wrong})
    assert state() == before and RECORD not in scene
    with pytest.raises(ZeroDivisionError), borrowing(scene, CHANGES):
        raise ZeroDivisionError
    assert state() == before


def test_what_was_set_to_something_else_meanwhile_stays_and_the_rest_comes_back(scene):
    marker = scene.timeline_markers[0]
    borrow(scene, CHANGES)
    scene.render.resolution_x, scene.render.engine = 65, EEVEE
    marker.camera = bpy.data.objects["B"]
    give_back(scene)
    assert (scene.render.resolution_x, scene.render.engine, scene.render.use_stamp) == (65, EEVEE, True)
    assert marker.camera == bpy.data.objects["B"] and scene.world.name == "World" and scene.frame_float == 4.5


def test_what_was_removed_meanwhile_is_passed_over(scene):
    other, eye = camera(scene, "Other"), scene.camera
    borrow(scene, {"camera": other, "world": None, 'view_layers["A \\"b\\""].use_pass_z': True})
    bpy.data.worlds.remove(scene.world or bpy.data.worlds["World"])
    scene.view_layers.new("Left")
    scene.view_layers.remove(scene.view_layers[0])
    bpy.data.objects.remove(other)
    give_back(scene)
    assert scene.camera == eye and scene.world is None and RECORD not in scene


def test_a_camera_is_the_users_also_where_the_lent_one_was_removed_and_none_chosen(scene):
    eye, other, third = scene.camera, camera(scene, "Other"), camera(scene, "Third")
    borrow(scene, {"camera": other})
    bpy.data.objects.remove(other)
    scene.camera = third
    give_back(scene)
    assert scene.camera == third
    borrow(scene, {"camera": eye})
    scene.camera = None
    give_back(scene)
    assert scene.camera is None


def test_what_is_borrowed_twice_comes_back_in_turn_and_at_once_after_a_crash(scene):
    before = state()
    borrow(scene, {"frame_float": 9.0, "render.use_stamp": False})
    first = state()
    borrow(scene, {"frame_float": 12.5, "camera": bpy.data.objects["B"], "render.resolution_x": 70})
    give_back(scene)
    assert state() == first and scene.frame_float == 9.0
    borrow(scene, {"frame_float": 12.5, "camera": bpy.data.objects["B"]})
    other = bpy.data.scenes.new("Other")
    borrow(other, {"render.fps": 12})
    borrowed.restore()
    assert other.render.fps == 24
    bpy.data.scenes.remove(other)
    assert state() == before


def test_a_save_lays_it_down_and_takes_it_up(scene):
    other = bpy.data.scenes.new("Other")
    other.render.fps = 12
    before = state()
    made = second_camera.make(scene.camera, camera_track(scene, scene.camera, 4, 1).poses[0])
    borrow(scene, {"frame_float": 9.0, "render.use_stamp": False})
    borrow(scene, {"frame_float": 12.5, "camera": made, "render.resolution_x": 70})
    borrow(other, {"render.fps": 30})
    scene.render.resolution_x = 71  # the user's from now on
    meanwhile = state()
    lent = borrowed.lay_down()
    assert (scene.frame_float, scene.render.use_stamp, scene.render.resolution_x) == (4.5, True, 71)
    assert (scene.camera.name, other.render.fps, RECORD in scene, RECORD in other) == ("Camera", 12, False, False)
    assert [marker.camera and marker.camera.name for marker in scene.timeline_markers] == ["Camera", "B", None]
    assert not made.use_fake_user and made.data.is_runtime_data
    borrowed.take_up(lent)
    assert state() == meanwhile and made.use_fake_user and not made.data.is_runtime_data
    give_back(scene)
    give_back(scene)
    give_back(other)
    second_camera.remove_all()
    scene.render.resolution_x = 48
    assert state() == before


def test_what_is_gone_or_unreadable_is_not_taken_up(scene):
    borrow(scene, {"render.use_stamp": False})
    lent = borrowed.lay_down()
    borrowed.take_up([(1 << 30, "{}"), (scene.session_uid, "[1]"), *lent])
    assert not scene.render.use_stamp
    scene[RECORD] = "{"
    assert borrowed.lay_down() == [] and RECORD not in scene


def test_what_is_left_is_laid_down_where_a_block_is_gone(scene):
    before = scene.render.resolution_x
    other = camera(scene, "Other")
    scene.camera, eye = other, scene.camera
    borrow(scene, {"camera.data.dof.use_dof": True, "render.resolution_x": 64})
    scene.camera = eye
    bpy.data.cameras.remove(other.data)
    lent = borrowed.lay_down()
    assert [[row["path"] for row in json.loads(text)["values"]] for _, text in lent] == [["render.resolution_x"]]
    assert scene.render.resolution_x == before
    borrowed.take_up(lent)
    assert scene.render.resolution_x == 64


def test_a_marker_that_the_user_bound_meanwhile_keeps_its_camera(scene):
    borrow(scene, {"render.use_stamp": False})
    scene.timeline_markers.new("mine", frame=20).camera = scene.camera
    scene.timeline_markers.new("cut", frame=20).camera = scene.camera
    borrowed.take_up(borrowed.lay_down())
    bound = {(marker.name, marker.frame): marker.camera for marker in scene.timeline_markers}
    assert bound == {("cut", 2): None, ("cut", 9): None, ("note", 9): None, ("mine", 20): scene.camera,
                     ("cut", 20): scene.camera}  # fmt: skip


def test_what_needs_nothing_is_recorded_too():
    """So that its return gives back nothing of another's."""
    plain = bpy.data.scenes.new("Plain")
    borrow(plain, {"render.fps": 12})
    borrow(plain, {})
    give_back(plain)
    assert plain.render.fps == 12
    give_back(plain)
    assert plain.render.fps == 24 and RECORD not in plain


def test_plain_values_are_those_that_can_be_written():
    item = bpy.data.objects.new("Thing", None)
    told = borrowed._plain_values(item)
    assert told["name"] == "Thing" and told["hide_render"] is False and "location" in told
    assert not {"type", "data", "parent", "modifiers", "children", "is_evaluated"} & set(told)


@pytest.mark.parametrize("change", ["camera", "nothing", "borrowed", "camera gone", "scene gone"])
def test_a_window_that_lets_markers_choose_the_camera_again_is_corrected(change, scene, monkeypatch):
    """Once it has drawn: a later still, or what is gone, is left alone."""
    other, tasks = bpy.data.scenes.new("Other"), []
    other.camera = eye = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    monkeypatch.setattr(borrowed.timer, "every", lambda task, *_: tasks.append(task))
    borrowed._keep_camera(other)
    assert tasks == []  # without a window nothing chooses
    windowed = SimpleNamespace(app=SimpleNamespace(background=False), data=bpy.data)
    monkeypatch.setattr(borrowed, "bpy", windowed)
    borrowed._keep_camera(bpy.data.scenes.new("No camera"))
    assert tasks == []
    borrowed._keep_camera(other)
    (again,) = tasks
    if change != "nothing":
        other.camera = scene.camera
    if change == "borrowed":
        other[RECORD] = "{}"
    if change == "camera gone":
        bpy.data.objects.remove(eye)
    if change == "scene gone":
        bpy.data.scenes.remove(other)
    assert again() is None
    if change != "scene gone":
        kept = other.camera.name
        assert kept == ("Eye" if change in {"camera", "nothing"} else scene.camera.name)


def test_what_is_embedded_in_a_scene_is_borrowed_by_its_path(scene):
    path = "collection.lineart_use_intersection_mask"
    with borrowing(scene, {path: True}):
        assert scene.collection.lineart_use_intersection_mask
        assert json.loads(scene[RECORD])["values"] == [{"block": None, "path": path, "before": False, "now": True}]
    assert not scene.collection.lineart_use_intersection_mask


def test_what_each_still_needs(scene, tmp_path):
    plain = {"camera": scene.camera, "frame_float": 4.5, "render.use_border": False, "render.use_multiview": False,
             "render.use_stamp": False}  # fmt: skip
    assert still_changes(scene, scene.camera) == plain
    other = bpy.data.objects["B"]
    assert still_changes(scene, other, 0) == {**plain, "camera": other, "frame_float": 0}
    compositor(scene, tmp_path)
    tree = "compositing_node_group" if NEW else "node_tree"
    mute = f'{tree}.nodes["File Output"].mute'
    assert still_changes(scene, scene.camera) == {**plain, mute: True}


def odd_image_settings(scene) -> None:
    """None of them as Blender has it."""
    one = scene.render.image_settings
    one.file_format, one.color_mode, one.color_depth, one.exr_codec = "OPEN_EXR", "RGB", "16", "PIZ"
    one.quality, one.compression, one.use_preview = 71, 33, True
    one.color_management = "OVERRIDE"
    one.linear_colorspace_settings.name = "Linear Rec.2020"
    one.display_settings.display_device = "Display P3"
    view = one.view_settings
    view.view_transform, view.exposure, view.gamma, view.use_curve_mapping = "Standard", 1.5, 1.25, True
    mapping = view.curve_mapping
    mapping.black_level, mapping.white_level = (0.01, 0.02, 0.03), (0.9, 0.8, 0.7)
    mapping.clip_max_x, mapping.clip_min_x, mapping.clip_max_y = 1.75, 1.25, 0.95
    mapping.use_clip, mapping.tone = False, "FILMLIKE"
    mapping.curves[1].points[0].location = (0.125, 0.25)
    mapping.curves[3].points.new(0.4, 0.6)
    mapping.curves[3].points[1].handle_type = "VECTOR"
    mapping.update()


def test_output_settings_are_put_back_each_of_them(scene):
    odd_image_settings(scene)
    one = scene.render.image_settings
    before = everything(one)
    assert before["view_settings.curve_mapping.curves[3].points[1].handle_type"] == "VECTOR"
    wanted = {"file_format": "PNG", "color_depth": "8", "color_mode": "BW", "color_management": "FOLLOW_SCENE",
              "compression": 90, "quality": 12, "views_format": "STEREO_3D"}  # fmt: skip
    with pytest.raises(ZeroDivisionError), image_settings(scene, media_type="IMAGE", **wanted):
        assert {name: getattr(one, name) for name in wanted} == wanted
        raise ZeroDivisionError
    assert everything(one) == before
    with image_settings(scene, media_type="MULTI_LAYER_IMAGE", file_format="OPEN_EXR_MULTILAYER", color_depth="32"):
        assert (one.file_format, one.color_depth) == ("OPEN_EXR_MULTILAYER", "32")
    assert everything(one) == before


def test_an_overriding_views_curves_come_back_whatever_became_of_them(scene):
    odd_image_settings(scene)
    one = scene.render.image_settings
    before, saved = everything(one.view_settings), borrowed._view(one)
    mapping = one.view_settings.curve_mapping
    mapping.curves[3].points.remove(mapping.curves[3].points[1])
    mapping.curves[0].points.new(0.3, 0.8)
    mapping.curves[0].points.new(0.6, 0.1)
    mapping.curves[1].points[0].location = (0, 0)
    mapping.black_level, mapping.white_level = (0, 0, 0), (1, 1, 1)
    one.view_settings.exposure, one.view_settings.view_transform = 0, "Raw"
    one.display_settings.display_device = "sRGB"
    borrowed._set_view(one, saved)
    assert everything(one.view_settings) == before and one.display_settings.display_device == "Display P3"


def linked_twin(tmp_path, name, folder):
    """A camera of this name from a library in a folder of its own."""
    made = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    (tmp_path / folder).mkdir(exist_ok=True)
    file = tmp_path / folder / "cameras.blend"
    bpy.data.libraries.write(str(file), {made})
    bpy.data.objects.remove(made)
    with bpy.data.libraries.load(str(file), link=True) as (_, data):
        data.objects = [name]
    return data.objects[0]


def test_a_block_is_found_by_kind_name_and_library(tmp_path):
    one, two = (linked_twin(tmp_path, "Eye", folder) for folder in "ab")
    local = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    assert [blocks.find(blocks.address(item)) for item in (one, two, local)] == [one, two, local]
    where = blocks.address(two)
    assert where == {"kind": "objects", "name": "Eye", "library": str((tmp_path / "b" / "cameras.blend").resolve())}
    moved = {**where, "library": str(tmp_path / "elsewhere" / "cameras.blend")}
    assert blocks.find(moved) in (one, two)  # a library that moved with its file
    assert blocks.find({**where, "library": str(tmp_path / "b" / "other.blend")}) is None
    assert blocks.find({**where, "name": "Eyes"}) is None and blocks.find({**where, "kind": "texts"}) is None
    bpy.data.objects.remove(local)
    assert blocks.find({**where, "library": ""}) is None
    assert blocks.address(bpy.data.cameras[0])["kind"] == "cameras"
    number = two.session_uid
    assert blocks.of_session(bpy.data.objects, number) == two
    assert blocks.of_session(bpy.data.objects, number + 1000) is None


LENS = Lens("ORTHO", 41.0, 3.5, "VERTICAL", 22.0, 11.0, 0.125, -0.25, 6.5)
MATRIX = ((0.0, -1.0, 0.0, 3.0), (1.0, 0.0, 0.0, 4.0), (0.0, 0.0, 1.0, 5.0), (0.0, 0.0, 0.0, 1.0))


def test_a_second_camera_is_the_users_elsewhere(scene):
    own = scene.camera
    own.data.clip_start, own.data.dof.aperture_fstop, own.data.sensor_fit = 0.75, 1.9, "HORIZONTAL"
    own.data.lens = 33
    own.data.keyframe_insert("lens", frame=2)
    straighten(own.data)
    made = second_camera.make(own, Pose(0.5, MATRIX, LENS, 1, 1, 1, 1))
    data = made.data
    assert data != own.data and data.animation_data is None and made.name == data.name == second_camera.NAME
    assert np.allclose(made.matrix_basis, MATRIX, atol=1e-6)
    told = [getattr(data, name) for name in ("lens", "ortho_scale", "sensor_fit", "sensor_width", "sensor_height")]
    assert told == [41, 3.5, "VERTICAL", 22, 11] and (data.shift_x, data.shift_y) == (0.125, -0.25)
    assert (data.dof.focus_distance, data.clip_start, data.dof.use_dof) == (6.5, 0.75, True)
    assert data.dof.aperture_fstop == pytest.approx(1.9) and data.type == own.data.type
    assert (own.data.lens, own.data.animation_data is None) == (33, False)
    assert made.use_fake_user and second_camera.is_ours(made) and not second_camera.is_ours(own)
    scene.collection.objects.link(made)
    assert not second_camera.is_ours(made)  # the user has taken it over
    second_camera.remove_all()
    assert made in list(bpy.data.objects)
    scene.collection.objects.unlink(made)
    own[second_camera.MARK] = own.data[second_camera.MARK] = True
    spare = bpy.data.cameras.new("spare")
    spare[second_camera.MARK] = True
    second_camera.remove_all()
    assert sorted(item.name for item in bpy.data.cameras) == ["B", "Camera"]
    assert second_camera.NAME not in bpy.data.objects and scene.camera == own


def test_a_second_camera_of_a_library_is_local(scene, tmp_path):
    linked = linked_twin(tmp_path, "Eye", "a")
    made = second_camera.make(linked, Pose(0.5, MATRIX, LENS, 1, 1, 1, 1))
    assert made.data.library is None and made.data.lens == 41 and second_camera.is_ours(made)
    second_camera.remove_all()
    assert [item.name for item in bpy.data.cameras if item.library] == ["Eye"]
    assert settings_of(scene)["camera"] == "Camera"
