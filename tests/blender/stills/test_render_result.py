"""The Render Result as a still: it has the camera that it was rendered by, wherever that has gone since."""

from __future__ import annotations

import bpy
import pytest
from rooms import room
from take_one.scene.app.errors import SceneError
from take_one.scene.stills.capture import Still, capture
from take_one.scene.stills.coverage.margin import Margin
from take_one.scene.stills.known import rendered

MOVED = "The camera has moved since the Render Result was rendered: the still shows what it saw then."
UNKNOWN = "Where the camera was for the Render Result is not known: the move is plainer. Render it again."


def render_another() -> bpy.types.Scene:
    """A render of a scene of its own, smaller and through another camera."""
    other = bpy.data.scenes.new("Other")
    other.camera = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    other.collection.objects.link(other.camera)
    other.render.engine = "BLENDER_WORKBENCH"
    other.render.resolution_x, other.render.resolution_y = 48, 27
    with bpy.context.temp_override(scene=other):
        bpy.ops.render.render()
    return other


@pytest.fixture
def scene() -> bpy.types.Scene:
    """Of 48 x 27 pixels with a depth pass, at frame 7."""
    scene = room(48, 27)
    scene.cycles.samples = 1
    scene.view_layers[0].use_pass_z = True
    scene.frame_set(7)
    return scene


def result(scene: bpy.types.Scene, folder, **more) -> Still:
    return capture(bpy.context, scene, folder, source="RESULT", **more)


def test_a_camera_that_moved_since_the_render(scene, tmp_path):
    scene.camera.location.x = 0.25
    scene.camera.data.lens = 40
    bpy.ops.render.render()
    still = result(scene, tmp_path / "same")
    then = still.camera
    assert then.matrix_world[0][3] == pytest.approx(0.25, abs=1e-6)
    assert still.notes == () and still.depth is not None
    scene.camera.location.x = 1.5
    scene.camera.data.lens = 60
    moved = result(scene, tmp_path / "moved")
    assert moved.camera == then and moved.depth is not None
    assert moved.notes == (MOVED,)
    bpy.ops.render.render()
    again = result(scene, tmp_path / "again")
    assert again.camera.matrix_world[0][3] == pytest.approx(1.5, abs=1e-6)
    assert again.notes == ()


def test_the_playhead_is_elsewhere_and_the_shutter_was_open(scene, tmp_path):
    """The camera goes 1 m a frame, and another scene's render between does not count."""
    for frame in (1, 41):
        scene.camera.location.x = 3 + frame
        scene.camera.keyframe_insert("location", index=0, frame=frame)
    scene.render.use_motion_blur = True
    scene.frame_set(21)
    bpy.ops.render.render()
    at_21 = scene.camera.matrix_world[0][3]
    scene.frame_set(30)
    render_another()
    still = result(scene, tmp_path)
    assert still.camera.matrix_world[0][3] == pytest.approx(at_21, abs=1e-4)
    assert MOVED in still.notes


def test_of_an_animation_the_last_frame_counts(scene, tmp_path):
    for frame in (1, 41):
        scene.camera.location.x = 3 + frame
        scene.camera.keyframe_insert("location", index=0, frame=frame)
    scene.frame_start, scene.frame_end = 11, 12
    scene.render.filepath = f"{tmp_path}/frame_"
    bpy.ops.render.render(animation=True)
    scene.frame_set(12)
    at_12 = scene.camera.matrix_world[0][3]
    scene.frame_set(11)
    assert scene.camera.matrix_world[0][3] != pytest.approx(at_12, abs=0.1)
    assert result(scene, tmp_path / "still").camera.matrix_world[0][3] == pytest.approx(at_12, abs=1e-4)


def test_a_render_that_nobody_of_ours_saw(scene, tmp_path):
    """As where the extension was enabled after it: the picture is taken, without a depth that might not fit."""
    import take_one

    bpy.ops.render.render()
    take_one.unregister()
    take_one.register()
    still = result(scene, tmp_path)
    assert (still.width, still.height) == (48, 27)
    assert still.camera is None and still.depth is None
    assert still.notes == (UNKNOWN,)


def test_each_render_slot_has_its_camera(scene, tmp_path):
    one = scene.camera
    two = one.copy()
    two.data = one.data.copy()
    two.data.lens = 90
    scene.collection.objects.link(two)
    bpy.ops.render.render()
    slots = next(image for image in bpy.data.images if image.type == "RENDER_RESULT").render_slots
    slots.active_index, scene.camera = 3, two
    bpy.ops.render.render()
    try:
        across = {at: _across(slots, at, scene, tmp_path) for at in (0, 3)}
        assert across[0] == pytest.approx(across[3] * one.data.lens / 90) and across[0] != across[3]
        # Another scene's render in another slot mixes up what this one's were.
        other = render_another()  # in the slot that is shown: that scene's alone
        assert _across(slots, 3, scene, tmp_path) == across[3]
        slots.active_index = 5
        with bpy.context.temp_override(scene=other):
            bpy.ops.render.render()
        slots.active_index = 3
        assert rendered.framing(scene) is None
    finally:
        slots.active_index = 0


def _across(slots, at, scene, folder):
    slots.active_index = at
    camera = result(scene, folder / str(at)).camera
    return camera.fx if camera is not None else None


def test_a_still_with_a_margin_is_no_render_of_the_users(scene, tmp_path):
    wide = capture(bpy.context, scene, tmp_path / "wide", size=(60, 31), margin=Margin(9, 2, 3, 2))
    assert (wide.width, wide.height, wide.around.width) == (48, 27, 60)
    with pytest.raises(SceneError, match=r"with more around it. Render it \(F12\)") as caught:
        result(scene, tmp_path / "refused")
    assert caught.value.code == "no_result"
    bpy.ops.render.render()
    assert result(scene, tmp_path / "own").camera.width == 48


def test_a_panoramic_render_has_no_camera_for_us(scene, tmp_path):
    bpy.ops.render.render()
    scene.camera.data.type = "PANO"
    bpy.ops.render.render()
    assert result(scene, tmp_path).camera is None


def test_every_view_layer_is_off(scene, tmp_path):
    for layer in scene.view_layers:
        layer.use = False
    with pytest.raises(SceneError) as caught:
        capture(bpy.context, scene, tmp_path)
    assert caught.value.code == "no_layer"
    assert "All view layers of scene" in str(caught.value) and "Use for Rendering" in str(caught.value)
    scene.view_layers[0].use = True
    assert capture(bpy.context, scene, tmp_path).depth is not None


def test_of_a_render_that_was_stopped_nothing_is_known(scene, tmp_path):
    bpy.ops.render.render()
    assert rendered.framing(scene) is not None
    rendered._on_begin(scene)
    assert rendered.framing(scene) is None  # the next picture is being made
    rendered._on_cancel(scene)
    rendered._on_end(scene)
    assert rendered.framing(scene) is None
    bpy.ops.render.render()
    assert (rendered.framing(scene).camera.width, rendered.framing(scene).far) == (48, 1000)


def test_which_renders_are_stills_with_a_margin(scene):
    other = bpy.data.scenes.new("Other")
    rendered.expect_wide(other)
    bpy.ops.render.render()
    assert not rendered.is_wide_still(scene)
    rendered.expect_wide(scene)
    bpy.ops.render.render()
    assert rendered.is_wide_still(scene) and not rendered.is_wide_still(other)
    rendered.expect_wide(None)
    assert rendered.is_wide_still(scene)
    known = rendered.app().part(rendered.Rendered)
    rendered._on_begin(other)
    assert rendered.is_wide_still(scene) and set(known.going) == {other.session_uid}
    slots = next(image for image in bpy.data.images if image.type == "RENDER_RESULT").render_slots
    slots.active_index = 2
    try:
        assert not rendered.is_wide_still(scene)
        rendered._on_begin(other)  # in another slot: what this scene's were is mixed up
        slots.active_index = 0
        assert not rendered.is_wide_still(scene) and rendered.framing(scene) is None
    finally:
        slots.active_index = 0
    bpy.ops.render.render()
    assert rendered.framing(scene) is not None
    rendered._on_begin(scene)
    rendered._on_load()
    assert (known.last, known.going, known.ours, known.slot) == ({}, {}, set(), None)
