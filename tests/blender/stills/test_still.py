"""The still: picture, depth and camera are right, and the user's file is as it was."""

from __future__ import annotations

import struct

import bpy
import numpy as np
import pytest
from rooms import EEVEE, compositor, depth_of, picture, psnr, room, settings_of
from take_one.scene.app.errors import SceneError
from take_one.scene.stills import capture as still
from take_one.scene.stills.borrow import borrowed
from take_one.scene.stills.formats import exr


@pytest.mark.parametrize("engine", ["CYCLES", "BLENDER_WORKBENCH", EEVEE])
def test_a_render_gives_picture_depth_and_camera(engine, tmp_path):
    scene = room(engine=engine)
    before = settings_of(scene)
    assert len(before) > 400
    result = still.capture(bpy.context, scene, tmp_path)
    assert settings_of(scene) == before
    assert picture(result.image).shape == (54, 96, 3)
    depth = depth_of(result.depth)
    assert depth.shape == (54, 96)
    near = depth[depth < exr.BACKGROUND]
    assert 3 < near.min() < 12
    assert (depth >= exr.BACKGROUND).any()


def capture(scene, folder, **more):
    return still.capture(bpy.context, scene, folder, **more)


def cheap(width=48, height=27):
    """The quickest render there is: Cycles, one sample."""
    scene = room(width, height)
    scene.cycles.samples = 1
    return scene


def crowd(scene: bpy.types.Scene) -> None:
    """Every setting that a still must get around, switched on."""
    render = scene.render
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_max_x, render.border_min_y, render.border_max_y = 0.25, 0.5, 0.25, 0.5
    render.use_stamp, render.use_multiview = True, True
    render.filepath = "//frames/shot_####"
    settings = render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth, settings.exr_codec = (
        "OPEN_EXR",
        "RGB",
        "16",
        "PIZ",
    )
    settings.color_management = "OVERRIDE"
    settings.linear_colorspace_settings.name = "Linear Rec.2020"  # after what sets it anew
    settings.view_settings.view_transform = "Filmic"
    settings.view_settings.look = "Very High Contrast" if "Very High Contrast" in looks(settings) else "None"
    settings.view_settings.exposure = 1.5
    settings.view_settings.use_curve_mapping = True
    curve = settings.view_settings.curve_mapping.curves[3]
    curve.points.new(0.4, 0.6)
    curve.points[1].handle_type = "VECTOR"
    settings.view_settings.curve_mapping.update()
    scene.view_settings.view_transform, scene.view_settings.exposure = "AgX", 0.5
    strips = scene.sequence_editor_create().strips
    ending = {"length": 50} if bpy.app.version >= (5, 0) else {"frame_end": 50}
    strips.new_effect(name="cover", type="COLOR", channel=1, frame_start=-10, **ending)
    scene.view_layers.new("Second").use = True
    third = scene.view_layers.new("Third")
    third.use, third.use_pass_z = False, False
    marker = scene.timeline_markers.new("cut", frame=0)
    marker.camera = scene.camera


def looks(settings) -> str:
    return str(settings.view_settings.bl_rna.properties["look"].enum_items.keys())


def test_every_setting_is_as_it_was_after_a_crowded_render(tmp_path):
    scene = cheap()
    crowd(scene)
    before = settings_of(scene)
    assert before["scene.image_settings.linear_colorspace_settings.name"] == "Linear Rec.2020"
    result = capture(scene, tmp_path)
    assert settings_of(scene) == before
    assert picture(result.image).shape == (27, 48, 3)
    assert result.depth is not None
    assert picture(result.image).std() > 0.05  # the set, not the strip that covers it


def test_the_picture_is_what_the_scene_alone_shows(tmp_path):
    scene = cheap()
    scene.view_settings.view_transform, scene.view_settings.exposure, scene.view_settings.gamma = (
        "AgX",
        0.7,
        1.1,
    )
    plain = capture(scene, tmp_path / "plain")
    scene.render.filepath = str(tmp_path / "own.png")
    scene.render.image_settings.color_mode = "RGB"
    bpy.ops.render.render(write_still=True)
    assert np.array_equal(picture(plain.image), picture(tmp_path / "own.png"))
    crowd(scene)
    scene.view_settings.exposure = 0.7
    assert psnr(picture(capture(scene, tmp_path / "crowded").image), picture(plain.image)) > 45


def test_another_camera_than_the_active_one(tmp_path):
    scene = cheap()
    crowd(scene)
    from rooms import camera

    other = camera(scene, "Other", place=(0.0, -12.0, 3.0))
    before = settings_of(scene)
    result = capture(scene, tmp_path, camera=other)
    assert settings_of(scene) == before
    assert result.camera.matrix_world[1][3] == pytest.approx(-12)
    near = depth_of(result.depth).min()
    assert near == pytest.approx(capture(scene, tmp_path / "again", camera=other).camera and near)
    assert near != pytest.approx(depth_of(capture(scene, tmp_path / "active").depth).min(), abs=0.1)


def test_the_users_compositor_shapes_the_picture_and_is_untouched(tmp_path):
    scene = cheap()
    plain = picture(capture(scene, tmp_path / "plain").image)
    compositor(scene, tmp_path / "written")
    before = settings_of(scene)
    result = capture(scene, tmp_path / "graded")
    assert settings_of(scene) == before
    assert psnr(picture(result.image), plain) < 20
    depth = depth_of(result.depth)
    assert 3 < depth.min() < 12  # the set's depth, whatever the compositor made of the picture
    assert not (tmp_path / "written").exists()


class Broken(bpy.types.RenderEngine):
    bl_idname = "TAKEONE_TEST_BROKEN"
    bl_label = "Broken"

    def render(self, depsgraph):
        self.error_set("The dog ate the shader")
        self.report({"ERROR"}, "The dog ate the shader")


class Bug(bpy.types.RenderEngine):
    bl_idname = "TAKEONE_TEST_BUG"
    bl_label = "Bug"

    def render(self, depsgraph):
        raise ZeroDivisionError


@pytest.mark.parametrize("engine", [Broken, Bug])
def test_a_failing_render_changes_nothing(engine, tmp_path):
    bpy.utils.register_class(engine)
    try:
        scene = cheap()
        crowd(scene)
        scene.render.engine = engine.bl_idname
        before = settings_of(scene)
        with pytest.raises(SceneError) as caught:
            capture(scene, tmp_path)
        assert settings_of(scene) == before
        assert caught.value.code in {"render_failed", "nothing_visible"}
        assert not list(tmp_path.glob("part_*"))
    finally:
        bpy.context.scene.render.engine = "CYCLES"
        bpy.utils.unregister_class(engine)


def test_a_full_disk_is_said_and_changes_nothing(tmp_path, monkeypatch):
    scene = cheap()
    before = settings_of(scene)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path / "file" / "folder")
    assert (caught.value.code, caught.value.fix) == ("disk", "free_space")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exr, "write_depth", full)
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path / "ok")
    assert (caught.value.code, caught.value.fix) == ("disk", "free_space")
    assert settings_of(scene) == before


def test_nothing_to_see_is_said(tmp_path):
    scene = cheap()
    scene.camera.rotation_euler = (3.1, 0, 0)
    scene.camera.location = (0, 0, 50)
    scene.render.film_transparent = True
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path)
    assert (caught.value.code, caught.value.fix) == ("nothing_visible", "pick_camera")


def test_no_camera_is_said_before_rendering(tmp_path):
    scene = cheap()
    scene.camera = None
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path)
    assert caught.value.code == "no_camera"


def test_the_viewport_source_without_a_window_uses_workbench(tmp_path):
    scene = cheap()
    before = settings_of(scene)
    result = capture(scene, tmp_path, source="VIEWPORT")
    assert settings_of(scene) == before
    assert result.notes and result.depth
    assert psnr(picture(result.image), picture(capture(scene, tmp_path / "cycles").image)) < 30


def test_the_render_result_is_taken_as_it_is(tmp_path):
    scene = cheap()
    with pytest.raises(SceneError) as caught:
        capture(scene, tmp_path / "none", source="RESULT")
    assert caught.value.code == "no_result"
    bpy.ops.render.render()
    before = settings_of(scene)
    flat = capture(scene, tmp_path / "flat", source="RESULT")
    assert settings_of(scene) == before
    assert flat.depth is None and flat.camera is None and "depth pass" in flat.notes[0]
    scene.view_layers[0].use_pass_z = True
    bpy.ops.render.render()
    deep = capture(scene, tmp_path / "deep", source="RESULT")
    assert deep.depth and deep.camera.width == 48
    assert np.array_equal(picture(deep.image), picture(flat.image))


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "tif", "exr"])
def test_an_image_file(kind, tmp_path):
    path = tmp_path / f"picture.{kind}"
    wanted = np.array([0.5, 0.25, 0.125])
    if kind == "exr":  # linear in the file, display-referred in the still
        exr.write_depth(path, np.full((30, 40), 0.25, np.float32))
        wanted = 1.055 * np.full(3, 0.25) ** (1 / 2.4) - 0.055
    else:
        image = bpy.data.images.new("x", 40, 30)
        image.pixels.foreach_set(np.tile(np.array([*wanted, 1], np.float32), 40 * 30))
        image.filepath_raw = str(path)
        image.file_format = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "tif": "TIFF"}[kind]
        image.save()
        bpy.data.images.remove(image)
    before = settings_of(bpy.context.scene)
    result = capture(bpy.context.scene, tmp_path / "still", source="IMAGE", image_path=path)
    assert settings_of(bpy.context.scene) == before
    assert (result.width, result.height, result.depth, result.camera) == (40, 30, None, None)
    assert result.image.suffix == (f".{kind}" if kind in {"png", "jpg", "webp"} else ".png")
    assert np.allclose(picture(result.image)[15, 20], wanted, atol=0.03)


def test_image_files_that_are_none(tmp_path):
    for path in (None, tmp_path / "gone.png"):
        with pytest.raises(SceneError) as caught:
            capture(bpy.context.scene, tmp_path, source="IMAGE", image_path=path)
        assert caught.value.code == "no_image"
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(SceneError) as caught:
        capture(bpy.context.scene, tmp_path, source="IMAGE", image_path=tmp_path / "text.png")
    assert caught.value.code == "no_image"
    assert [image.name for image in bpy.data.images if image.name != "Render Result"] == []


def test_what_an_interruption_left_is_healed(tmp_path):
    scene = cheap()
    crowd(scene)
    before = settings_of(scene)
    borrowed.borrow(scene, borrowed.still_changes(scene, scene.camera))
    assert settings_of(scene) != before
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "interrupted.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "interrupted.blend"))
    after = settings_of(bpy.context.scene)
    assert {key: value for key, value in after.items() if before.get(key) != value} == {}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photo_has_the_size_that_a_viewer_shows(tmp_path, orientation, order):
    """EXIF says how a phone was held, and the backend turns the picture by it."""
    path = tmp_path / "photo.jpg"
    stored = bpy.data.images.new("stored", 32, 16)
    stored.file_format = "JPEG"
    stored.filepath_raw = str(path)
    stored.save()
    mark = {"<": b"II", ">": b"MM"}[order]
    tiff = mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    block = b"Exif\0\0" + tiff
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:])
    result = capture(bpy.context.scene, tmp_path / "still", source="IMAGE", image_path=path)
    assert (result.width, result.height) == ((32, 16) if orientation <= 4 else (16, 32))
