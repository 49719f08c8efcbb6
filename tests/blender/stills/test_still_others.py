"""A still of a file that does things by itself: scripts that change it while it renders, groups that write files, sets
of another scene, layers and materials with more than one look."""

from __future__ import annotations

import bpy
import pytest
from depth_stage import PANE, check_clean, depth, fill_with_fog, made_of, plane
from moment import shot, straighten, travelling, x_of
from rooms import EEVEE, camera, compositor, settings_of
from take_one.scene.app.errors import SceneError
from take_one.scene.stills.borrow import borrowed, depth_pass, see_through
from take_one.scene.stills.borrow.borrowed import still_changes


@pytest.mark.parametrize("when", ["render_pre", "frame_change_pre"])
@pytest.mark.parametrize("what", ["camera", "size"])
def test_a_script_that_changes_what_is_rendered_makes_no_wrong_still(what, when, tmp_path):
    scene = travelling()
    scene.frame_set(7)
    other = camera(scene, "Other", (9, 9, 9))
    asked = scene.camera

    def script(changed, *_):
        if what == "camera":
            changed.camera = other
        else:
            changed.render.resolution_x = 72

    handlers = getattr(bpy.app.handlers, when)
    handlers.append(script)
    try:
        with pytest.raises(SceneError, match="a script of the file") as caught:
            shot(scene, tmp_path, camera=asked)
    finally:
        handlers.remove(script)
    assert caught.value.code == "render_failed"
    assert scene.frame_current == 7 and "take_one_borrowed" not in scene


def test_the_sequencer_is_not_switched_off_where_it_shows_nothing():
    """Blender 5.2 crashes without it where a script changes anything in render_init."""
    scene = travelling()
    assert "render.use_sequencer" not in still_changes(scene, scene.camera)
    strips = scene.sequence_editor_create().strips
    assert "render.use_sequencer" not in still_changes(scene, scene.camera)
    ending = {"length": 5} if bpy.app.version >= (5, 0) else {"frame_end": 6}
    strips.new_effect(name="cover", type="COLOR", channel=1, frame_start=1, **ending)
    assert still_changes(scene, scene.camera)["render.use_sequencer"] is False


@pytest.mark.parametrize(("here", "asked"), [(7, -6), (-9, -6), (-9, 7)])
def test_frames_before_zero_are_themselves(here, asked, tmp_path):
    scene = travelling()
    scene.camera.location.x = -16.0  # 1 m a frame also before frame 1
    scene.camera.keyframe_insert("location", index=0, frame=-20)
    straighten(scene.camera)
    assert not bpy.context.preferences.edit.use_negative_frames
    scene.frame_set(here)
    assert x_of(shot(scene, tmp_path, frame=asked)) == pytest.approx(4 + asked, abs=1e-4)
    assert scene.frame_current == here
    assert not bpy.context.preferences.edit.use_negative_frames


@pytest.mark.parametrize("before", ["-1e400", "1e9", "NaN", '"x"', "[1]"])
def test_a_strangers_record_moves_no_scene_out_of_time(before):
    scene = travelling()
    scene.frame_set(7)
    row = f'{{"block": null, "path": "frame_float", "before": {before}, "now": 7.0}}'
    scene["take_one_borrowed"] = f'{{"values": [{row}], "markers": []}}'
    borrowed.restore()
    assert scene.frame_float == 7 and "take_one_borrowed" not in scene


def test_a_group_of_the_compositor_writes_no_file(tmp_path):
    scene = travelling()
    compositor(scene, tmp_path / "written")
    tree = getattr(scene, "compositing_node_group", None) or scene.node_tree
    outside = next(node for node in tree.nodes if node.type == "OUTPUT_FILE")
    group = bpy.data.node_groups.new("Deliver", "CompositorNodeTree")
    group.interface.new_socket("Image", in_out="INPUT", socket_type="NodeSocketColor")
    inside = group.nodes.new("CompositorNodeOutputFile")
    if bpy.app.version >= (5, 0):
        inside.directory = outside.directory
        inside.file_output_items.new("RGBA", "Image")
    else:
        inside.base_path = outside.base_path
    group.links.new(group.nodes.new("NodeGroupInput").outputs[0], inside.inputs[0])
    node = tree.nodes.new("CompositorNodeGroup")
    node.node_tree = group
    tree.links.new(outside.inputs[0].links[0].from_socket, node.inputs[0])
    tree.nodes.remove(outside)
    shot(scene, tmp_path / "still")
    assert not (tmp_path / "written").exists()
    assert not inside.mute


def test_the_fog_of_a_layers_own_world_hides_nothing(stage, tmp_path):
    layer = stage.view_layers[0]
    if not hasattr(layer, "world_override"):
        pytest.skip("this Blender has no worlds of layers")
    layer.world_override = bpy.data.worlds.new("Fog")
    layer.world_override.use_nodes = True
    fill_with_fog(layer.world_override.node_tree, "OUTPUT_WORLD", 0.3)
    before = settings_of(stage)
    check_clean(depth(stage, tmp_path))
    assert settings_of(stage) == before


@pytest.mark.parametrize("kind", ["glass", "fog"])
def test_what_a_set_behind_the_scene_holds_counts(kind, stage, tmp_path):
    if kind == "glass":
        plane("Pane", PANE, 40, made_of("glass"))
    else:
        bpy.ops.mesh.primitive_cube_add(size=2, location=(0, 4, 0))
        fog = bpy.data.materials.new("Fog")
        fog.use_nodes = True
        fog.node_tree.nodes.clear()
        fill_with_fog(fog.node_tree, "OUTPUT_MATERIAL", 0.5)
        bpy.context.object.data.materials.append(fog)
    shown = bpy.data.scenes.new("Shot")
    shown.background_set = stage
    shown.render.engine, shown.cycles.samples, shown.cycles.use_denoising = "CYCLES", 1, False
    shown.render.resolution_x, shown.render.resolution_y = 64, 36
    shown.collection.objects.link(stage.camera)
    shown.camera = stage.camera
    check_clean(depth(shown, tmp_path))


def test_a_layers_own_material_counts(stage):
    plane("Pane", PANE, 40)
    assert not depth_pass.needs_pass(stage, stage.camera, "CYCLES")
    stage.view_layers[0].material_override = made_of("glass")
    assert depth_pass.needs_pass(stage, stage.camera, "CYCLES")


def test_depth_is_of_the_surface_that_the_scenes_own_engine_draws(stage, tmp_path):
    """A material may have an output for each engine; the depth is always rendered by Cycles."""
    material = made_of("glass")
    tree = material.node_tree
    glass = tree.get_output_node("ALL")
    glass.target = "CYCLES"
    plaster = tree.nodes.new("ShaderNodeOutputMaterial")
    plaster.target = "EEVEE"
    tree.links.new(tree.nodes.new("ShaderNodeBsdfDiffuse").outputs[0], plaster.inputs["Surface"])
    plane("Pane", PANE, 40, material)
    assert see_through.natures(stage)[material].clear
    stage.render.engine = EEVEE
    assert material not in see_through.natures(stage)
    see_through.clear_away(stage)
    drawn = tree.get_output_node("CYCLES").inputs["Surface"].links[0].from_node
    assert drawn.type == "BSDF_DIFFUSE" and drawn.name == plaster.inputs["Surface"].links[0].from_node.name
    see_through.restore()
    assert tree.get_output_node("CYCLES") == glass


def test_a_depth_of_field_that_is_keyed_mixes_no_surfaces(stage, tmp_path):
    lens = stage.camera.data
    lens.dof.use_dof, lens.dof.focus_distance, lens.dof.aperture_fstop = True, 2.0, 0.2
    lens.dof.keyframe_insert("use_dof", frame=3)
    stage.frame_set(5)
    check_clean(depth(stage, tmp_path))
    assert lens.dof.use_dof and lens.dof.aperture_fstop == pytest.approx(0.2)
