"""Depth: one surface a pixel, the one whose picture the pixel shows, whatever blurs or fills the air before it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from depth_stage import BALL, PANE, WALL, check_clean, depth, fill_with_fog, made_of, plane
from rooms import EEVEE, depth_of, picture, settings_of
from take_one.scene.stills import capture as still
from take_one.scene.stills.borrow import depth_pass, see_through


def nodes_of(material: bpy.types.Material) -> tuple[list, list]:
    """The material's nodes and links, with all that an output of another might change."""
    tree = material.node_tree
    nodes = [
        (
            node.name,
            node.type,
            node.select,
            node.mute,
            getattr(node, "target", ""),
            getattr(node, "is_active_output", 0),
        )
        for node in tree.nodes
    ]
    links = [
        (link.from_node.name, link.from_socket.name, link.to_node.name, link.to_socket.name) for link in tree.links
    ]
    return [*nodes, tree.nodes.active and tree.nodes.active.name], links


def test_a_thin_fog_of_the_world_hides_nothing(stage, tmp_path):
    fill_with_fog(stage.world.node_tree, "OUTPUT_WORLD", 0.05)
    before = settings_of(stage)
    check_clean(depth(stage, tmp_path))
    assert settings_of(stage) == before


def test_fog_in_a_box_hides_nothing(stage, tmp_path):
    bpy.ops.mesh.primitive_cube_add(size=2, location=(0, 4, 0))
    fog = bpy.data.materials.new("Fog")
    fog.use_nodes = True
    fog.node_tree.nodes.clear()
    fill_with_fog(fog.node_tree, "OUTPUT_MATERIAL", 0.5)
    bpy.context.object.data.materials.append(fog)
    check_clean(depth(stage, tmp_path))


def test_a_lens_out_of_focus_mixes_no_surfaces(stage, tmp_path):
    lens = stage.camera.data
    lens.dof.use_dof, lens.dof.focus_distance, lens.dof.aperture_fstop = True, 2.0, 0.2
    check_clean(depth(stage, tmp_path))
    assert lens.dof.use_dof


def test_what_moves_has_the_depth_of_the_frame(stage, tmp_path):
    ball = bpy.data.objects["Ball"]
    for frame, x in ((1, -2.0), (2, 0.0), (3, 2.0)):
        ball.location.x = x
        ball.keyframe_insert("location", frame=frame)
    stage.frame_set(2)
    stage.render.use_motion_blur, stage.render.motion_blur_shutter = True, 1.0
    check_clean(depth(stage, tmp_path))
    assert stage.frame_current == 2 and stage.render.use_motion_blur


@pytest.mark.parametrize(
    "kind",
    [
        "ghost",
        "glass",
        "refraction under a coat",
        "principled glass",
        "glass without shadows",
        "glass in a group",
        "faint",
    ],
)
def test_through_glass_the_depth_is_the_rooms(kind, stage, tmp_path):
    material = made_of(kind)
    plane("Pane", PANE, 40, material)
    before = settings_of(stage), nodes_of(material)
    check_clean(depth(stage, tmp_path))
    assert (settings_of(stage), nodes_of(material)) == before


@pytest.mark.parametrize("kind", ["diffuse", "strong", "frosted glass", "water"])
def test_what_shows_itself_has_a_depth_of_its_own(kind, stage, tmp_path):
    plane("Pane", PANE, 40, made_of(kind))
    assert np.allclose(depth(stage, tmp_path), PANE, atol=1e-3)


@pytest.mark.parametrize("kind", ["leaf", "fading", "fading behind bends", "fading picture", "fading in a group"])
def test_a_leafs_depth_is_there_where_the_leaf_is(kind, stage, tmp_path):
    material = made_of(kind)
    plane("Leaf", PANE, 40, material)
    before = nodes_of(material), len(bpy.data.node_groups)
    values = depth(stage, tmp_path)
    begins = 38 if kind == "fading in a group" else 32  # where 0.99 of what its other half has is a half
    assert np.allclose(values[:, begins + 2 :], PANE, atol=1e-3)
    assert (values[:, : begins - 2] > BALL - 0.1).all()
    assert (nodes_of(material), len(bpy.data.node_groups)) == before


@pytest.mark.parametrize("engine", ["CYCLES", "BLENDER_WORKBENCH"])
def test_what_a_mask_makes_glass_is_seen_through_and_its_solid_parts_are_not(engine, stage, tmp_path):
    pane = plane("Pane", PANE, 40, made_of("glass"))
    room = depth(stage, tmp_path / "room")
    stage.render.engine = engine
    for kind in ("masked glass", "masked transmission", "masked in a group"):
        pane.data.materials[0] = material = made_of(kind)
        before = nodes_of(material)
        values = depth(stage, tmp_path / kind)
        assert np.array_equal(values[:, :32], room[:, :32])
        assert np.allclose(values[:, 32:], PANE, atol=1e-5)
        assert nodes_of(material) == before


@pytest.mark.parametrize("kind", ["keyed", "keyed glass"])
def test_what_fades_in_time_has_the_depth_of_the_stills_frame(kind, stage, tmp_path):
    material = made_of(kind)
    plane("Pane", PANE, 40, material)
    before = nodes_of(material), len(bpy.data.node_groups)
    stage.frame_set(1)
    result = still.capture(bpy.context, stage, tmp_path, frame=4)
    check_clean(depth_of(result.depth))
    assert np.allclose(depth(stage, tmp_path / "now"), PANE, atol=1e-3)
    assert (nodes_of(material), len(bpy.data.node_groups)) == before


@pytest.mark.parametrize("engine", ["CYCLES", "BLENDER_WORKBENCH", EEVEE])
def test_glass_means_the_same_in_every_engine(engine, stage, tmp_path):
    stage.render.engine = engine
    pane = plane("Window", PANE, 40, made_of("diffuse"))
    pane.data.materials.append(made_of("glass"))
    pane.data.materials.append(made_of("faint"))
    values = {}
    for index in range(3):  # the frame and its panes are one mesh as often as not
        pane.data.polygons[0].material_index = index
        values[index] = depth(stage, tmp_path / str(index))
    assert np.allclose(values[0], PANE, atol=1e-2)
    assert values[1][18, 32] == pytest.approx(BALL, abs=0.02) and values[1][2, 2] == pytest.approx(WALL, abs=0.01)
    assert np.array_equal(values[1], values[2]) or engine == "BLENDER_WORKBENCH"  # which draws what is faint


def test_eevees_depth_of_what_is_half_there_is_no_speckle(stage, tmp_path):
    stage.render.engine = EEVEE
    plane("Leaf", PANE, 40, made_of("strong"))
    assert np.allclose(depth(stage, tmp_path), PANE, atol=1e-3)


def test_a_plain_scene_needs_no_render_of_its_own(stage, tmp_path, monkeypatch):
    renders = []
    bpy.app.handlers.render_init.append(lambda *_: renders.append(1))
    try:
        for engine in ("CYCLES", "BLENDER_WORKBENCH"):
            stage.render.engine = engine
            depth(stage, tmp_path)
        assert len(renders) == 2
        stage.render.engine, stage.camera.data.dof.use_dof = "CYCLES", True
        depth(stage, tmp_path)
        assert len(renders) == 4
    finally:
        bpy.app.handlers.render_init.pop()


def test_the_render_result_ends_as_the_picture(stage, tmp_path):
    stage.camera.data.dof.use_dof = True
    result = still.capture(bpy.context, stage, tmp_path)
    shown = still.capture(bpy.context, stage, tmp_path / "shown", source="RESULT")
    assert np.array_equal(picture(shown.image), picture(result.image))


def test_where_the_depths_own_render_fails_the_pictures_depth_is_taken(stage, tmp_path, monkeypatch):
    stage.camera.data.dof.use_dof = True
    before = settings_of(stage)

    def fails(*_):
        raise RuntimeError("Error: out of memory")

    monkeypatch.setattr(see_through, "clear_away", fails)
    result = still.capture(bpy.context, stage, tmp_path)
    assert result.depth and "out of memory" in result.notes[0]
    assert settings_of(stage) == before
    assert not list(tmp_path.glob("part_*"))


def test_an_interrupted_render_of_the_depth_leaves_no_material_changed(stage, tmp_path):
    pane = made_of("glass")
    own = pane.node_tree.get_output_node("CYCLES")
    own.target = "CYCLES"  # which would stand in the way of ours
    plane("Pane", PANE, 40, pane)
    before = nodes_of(pane)
    see_through.clear_away(stage)
    assert nodes_of(pane) != before
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "interrupted.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "interrupted.blend"))
    assert nodes_of(bpy.data.materials["glass"]) == before


def test_speckle_is_counted_and_told(stage, tmp_path):
    noise = np.random.default_rng(1).random((90, 160))
    assert depth_pass.doubtful(np.where(noise < 0.1, 1e10, 5.0)) == pytest.approx(0.1, abs=0.02)
    slope = np.broadcast_to(np.geomspace(1, 200, 90)[:, None], (90, 160))
    assert depth_pass.doubtful(slope) == 0  # a floor up to the horizon is no speckle
    assert depth_pass.doubtful(np.where(np.indices((90, 160)).sum(0) < 100, 2.0, 9.0)) == 0  # nor is an edge
    middles = np.random.default_rng(2).uniform((-1.2, PANE, -0.7), (1.2, PANE, 0.7), (4000, 3))
    corners = np.array(((0, 0, 0), (0.03, 0, 0), (0, 0, 0.03)))
    dust = bpy.data.meshes.new("Dust")  # finer than a pixel
    dust.from_pydata((middles[:, None] + corners).reshape(-1, 3), [], np.arange(12000).reshape(-1, 3).tolist())
    stage.collection.objects.link(bpy.data.objects.new("Dust", dust))
    result = still.capture(bpy.context, stage, tmp_path)
    assert "% of the depth is doubtful" in result.notes[0]


def test_a_speckled_render_result_goes_without_depth(stage, tmp_path):
    fill_with_fog(stage.world.node_tree, "OUTPUT_WORLD", 0.05)
    stage.view_layers[0].use_pass_z = True
    bpy.ops.render.render()
    result = still.capture(bpy.context, stage, tmp_path, source="RESULT")
    assert result.depth is None and "speckled" in result.notes[0]
