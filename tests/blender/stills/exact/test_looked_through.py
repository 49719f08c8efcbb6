"""What light goes through: told by the nodes alone, cleared away for the depth, and put back; and when a depth needs a
render of its own, with which settings."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from depth_stage import fill_with_fog, made_of, plane
from rooms import EEVEE
from take_one.scene.stills.borrow import depth_pass, see_through
from take_one.scene.stills.borrow.borrowed import borrowing
from take_one.scene.stills.borrow.see_through import Nature, nature


@pytest.fixture
def scene() -> bpy.types.Scene:
    """With a camera, and a ground of plain clay."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    eye = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    scene.collection.objects.link(eye)
    scene.camera = eye
    plane("Ground", 3, 4, made_of("clay"))
    bpy.context.view_layer.update()
    return scene


NATURES = {
    "clay": (False, False, False, False),
    "glass": (True, False, False, False),
    "water": (False, True, False, False),
    "frosted glass": (False, False, False, False),
    "ghost": (True, False, True, False),
    "faint": (True, False, True, False),
    "strong": (False, False, True, False),
    "leaf": (False, False, True, True),
    "fading": (False, False, True, True),
    "glass in a group": (True, False, False, False),
}


@pytest.mark.parametrize("kind", NATURES)
def test_the_nature_of_a_material(kind):
    material = made_of(kind)
    assert nature(material) == nature(material, "EEVEE") == Nature(*NATURES[kind])
    material.node_tree.nodes.clear()
    assert nature(material) == see_through.OPAQUE


def test_a_volume_is_seen_by_its_link_and_by_the_engine_that_draws_it():
    material = made_of("clay")
    assert not nature(material).volume
    fill_with_fog(material.node_tree, "OUTPUT_MATERIAL", 0.1)
    assert nature(material) == Nature(False, True, False, False)
    own = material.node_tree.get_output_node("ALL")
    own.target = "CYCLES"
    assert nature(material, "CYCLES").volume and not nature(material, "EEVEE").volume


def shown(scene):
    return {material.name for material in see_through.natures(scene)}


def test_which_materials_a_scene_may_show(scene):
    glass = made_of("glass")
    assert shown(scene) == set()
    ground = bpy.data.objects["Ground"]
    ground.data.materials.append(glass)
    assert shown(scene) == {"glass"}
    ground.data.materials.pop()
    set_ = bpy.data.scenes.new("Set")
    set_.background_set = bpy.data.scenes.new("Behind")
    set_.background_set.background_set = set_  # and round again
    item = bpy.data.objects.new("Pane", bpy.data.meshes.new("Pane"))
    item.data.materials.append(glass)
    set_.background_set.collection.objects.link(item)
    assert shown(scene) == set()
    scene.background_set = set_
    assert shown(scene) == {"glass"} and item in see_through.all_objects(scene)
    assert see_through.all_objects(scene)[:2] == list(scene.objects)
    scene.background_set = None
    kept = bpy.data.collections.new("Kept")
    kept.objects.link(item)
    holder = bpy.data.objects.new("Holder", None)
    scene.collection.objects.link(holder)
    assert shown(scene) == set()
    holder.instance_type, holder.instance_collection = "COLLECTION", kept
    assert shown(scene) == {"glass"}
    holder.instance_collection = None
    ground.modifiers.new("Wave", "WAVE")
    assert shown(scene) == set()
    ground.modifiers.new("Nodes", "NODES")
    made_of("clay")
    assert shown(scene) == {"glass"}  # which they may bring in
    ground.modifiers.clear()
    ground.modifiers.new("Hair", "PARTICLE_SYSTEM")
    assert shown(scene) == {"glass"}
    ground.modifiers.clear()
    scene.view_layers[0].material_override = glass
    assert shown(scene) == {"glass"}


def test_fog_of_a_world_or_of_a_layers_world(scene):
    assert not see_through.world_has_volume(scene)
    scene.world = bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    assert not see_through.world_has_volume(scene)
    fill_with_fog(scene.world.node_tree, "OUTPUT_WORLD", 0.1)
    assert see_through.world_has_volume(scene) and depth_pass.needs_pass(scene, scene.camera, "CYCLES")
    assert not depth_pass.needs_pass(scene, scene.camera, EEVEE)
    if hasattr(scene.view_layers[0], "world_override"):
        scene.view_layers[0].world_override, scene.world = scene.world, None
        assert see_through.world_has_volume(scene)


CASES = {  # by which of Cycles, EEVEE and Workbench the depth is rendered on its own
    "plain": (False, False, False),
    "glass": (True, True, True),
    "water": (True, False, False),
    "leaf": (True, True, False),
    "strong": (False, True, False),
    "blur": (True, False, False),
    "blur in steps": (True, True, False),
    "focus": (True, False, False),
    "focus, jittered": (True, True, False),
    "jittered": (False, False, False),
    "a volume": (True, False, False),
    "a volume that is not rendered": (False, False, False),
}


@pytest.mark.parametrize("case", CASES)
def test_when_the_depth_needs_a_render_of_its_own(case, scene):
    if case in NATURES:
        plane("Pane", 2, 2, made_of(case))
    scene.render.use_motion_blur = case.startswith("blur")
    scene.eevee.motion_blur_steps = 2 if case == "blur in steps" else 1
    scene.camera.data.dof.use_dof = case.startswith("focus")
    scene.eevee.use_bokeh_jittered = case.endswith("jittered")
    if case.startswith("a volume"):
        fog = bpy.data.objects.new("Fog", bpy.data.volumes.new("Fog"))
        fog.hide_render = case != "a volume"
        scene.collection.objects.link(fog)
    engines = ("CYCLES", EEVEE, depth_pass.WORKBENCH)
    assert tuple(depth_pass.needs_pass(scene, scene.camera, one) for one in engines) == CASES[case]
    assert not depth_pass.needs_pass(scene, scene.camera, "SOMEBODY_S")


def test_the_settings_of_the_depths_own_render(scene):
    scene.view_layers[0].name = 'A "1"'
    scene.view_layers.new("B")
    scene.cycles.transparent_max_bounces = 300
    changes = depth_pass.pass_changes(scene, ("B",))
    a, b = 'view_layers["A \\"1\\""]', 'view_layers["B"]'
    assert (changes[f"{a}.use"], changes[f"{b}.use"]) == (False, True)
    assert [name for name in changes if name.startswith(a)] == [f"{a}.use"]
    layer = {name.removeprefix(b): value for name, value in changes.items() if name.startswith(b)}
    told = {name: layer.pop(name) for name in (".use", ".use_volumes", ".samples", ".use_pass_z")}
    assert told == {".use": True, ".use_volumes": False, ".samples": 0, ".use_pass_z": True}
    assert layer.pop(".pass_alpha_threshold") == 0.5
    assert (
        len(layer) > 20
        and not any(layer.values())
        and all(".use_pass" in name or "denoising" in name for name in layer)
    )
    render = {name: value for name, value in changes.items() if not name.startswith("view_layers")}
    assert render == {
        "render.engine": "CYCLES", "render.use_compositing": False, "render.use_motion_blur": False,
        "render.use_persistent_data": False, "camera.data.dof.use_dof": False,
        "camera.data.dof.aperture_fstop": 1e6, "world": None, "cycles.samples": 1, "cycles.time_limit": 0.0,
        "cycles.use_adaptive_sampling": False, "cycles.use_denoising": False, "cycles.use_light_tree": False,
        "cycles.use_guiding": False, "cycles.max_bounces": 0, "cycles.transparent_max_bounces": 300,
        "cycles.pixel_filter_type": "GAUSSIAN", "cycles.filter_width": 0.01,
    }  # fmt: skip
    scene.cycles.transparent_max_bounces = 8
    assert depth_pass.pass_changes(scene, ())["cycles.transparent_max_bounces"] == 256
    assert depth_pass.depth_changes(scene, ('A "1"',)) == {f"{a}.use_pass_z": True, f"{a}.pass_alpha_threshold": 0.5}
    if hasattr(scene.view_layers[0], "world_override"):
        scene.view_layers["B"].world_override = bpy.data.worlds.new("W")
        assert depth_pass.pass_changes(scene, ("B",))[f"{b}.world_override"] is None
        assert f"{a}.world_override" not in depth_pass.pass_changes(scene, ("B",))
    with borrowing(scene, changes):  # each of them can be set
        assert scene.cycles.transparent_max_bounces == 300


def test_the_share_of_pixels_that_are_like_none_around_them():
    depth = np.full((5, 6), 10.0)
    assert depth_pass.doubtful(depth) == 0
    depth[2, 2] = 10.6
    assert depth_pass.doubtful(depth) == pytest.approx(1 / 12)
    depth[2, 2] = 10.4
    assert depth_pass.doubtful(depth) == 0
    depth[2, 2:4] = 20.0  # a pair: each is like one
    assert depth_pass.doubtful(depth) == pytest.approx(2 / 12)
    depth[2, 2:5] = 20.0  # the one in the middle is like two
    assert depth_pass.doubtful(depth) == pytest.approx(2 / 12)
    depth[:] = 10
    depth[0] = depth[:, 5] = 99.0  # beside the frame's own pixels nothing is told
    depth[1, 4] = 99.0
    assert depth_pass.doubtful(depth) == 0
    assert depth_pass.doubtful(np.array([[1, 9], [9, 1], [1, 9]], float)) == 0
    assert depth_pass.doubtful(np.array([[1, 9, 1], [9, 1, 9], [1, 9, 1]], float)) == 1


def shader_of(material):
    """The type of what Cycles' output draws, and the types of a mix's two parts."""
    socket = material.node_tree.get_output_node("CYCLES").inputs["Surface"]
    node = socket.links[0].from_node
    parts = [one.links[0].from_node.type for one in node.inputs if one.type == "SHADER" and one.is_linked]
    return node.type, parts


CLEARED = {
    "glass": ("BSDF_TRANSPARENT", []),
    "ghost": ("BSDF_TRANSPARENT", []),
    "faint": ("BSDF_TRANSPARENT", []),
    "water": ("BSDF_GLASS", []),
    "leaf": ("MIX_SHADER", ["BSDF_TRANSPARENT", "BSDF_DIFFUSE"]),
    "fading": ("MIX_SHADER", ["BSDF_TRANSPARENT", "BSDF_DIFFUSE"]),
    "strong": ("MIX_SHADER", ["BSDF_TRANSPARENT", "BSDF_DIFFUSE"]),
    "keyed": ("BSDF_PRINCIPLED", []),
    "driven": ("BSDF_TRANSPARENT", []),
}


@pytest.mark.parametrize("kind", CLEARED)
def test_what_is_cleared_away_of_a_material(kind, scene):
    material = made_of(kind)
    plane("Pane", 2, 2, material)
    tree = material.node_tree
    own = tree.get_output_node("CYCLES")
    tree.links.new(tree.nodes.new("ShaderNodeDisplacement").outputs[0], own.inputs["Displacement"])
    before = sorted(node.name for node in tree.nodes), len(tree.links)
    see_through.clear_away(scene)
    drawn = tree.get_output_node("CYCLES")
    assert drawn != own and shader_of(material) == CLEARED[kind] and not drawn.inputs["Volume"].is_linked
    assert drawn.inputs["Displacement"].links[0].from_node.type == "DISPLACEMENT"
    assert all(node.name.startswith("Take One Depth") for node in tree.nodes if node.name not in before[0])
    assert bpy.data.materials["clay"].node_tree.get_output_node("CYCLES").name == "Material Output"
    see_through.restore()
    see_through.restore()
    assert (sorted(node.name for node in tree.nodes), len(tree.links)) == before
    assert tree.get_output_node("CYCLES") == own


def test_the_edge_of_a_leaf_lies_where_it_is_half_there(scene):
    """Also of one whose mix is the other way round."""
    for swapped in (False, True):
        material = made_of("leaf")
        plane("Leaf", 2, 2, material)
        tree = material.node_tree
        mix = next(node for node in tree.nodes if node.type == "MIX_SHADER")
        if swapped:
            one, two = (socket.links[0].from_socket for socket in mix.inputs[1:])
            tree.links.new(two, mix.inputs[1])
            tree.links.new(one, mix.inputs[2])
        see_through.clear_away(scene)
        assert shader_of(material) == ("MIX_SHADER", ["BSDF_TRANSPARENT", "BSDF_DIFFUSE"])
        drawn = tree.get_output_node("CYCLES").inputs["Surface"].links[0].from_node
        edge = drawn.inputs[0].links[0].from_node
        assert (edge.operation, edge.inputs[1].default_value) == ("GREATER_THAN", 0.5)
        alpha = edge.inputs[0].links[0].from_socket
        if swapped:
            assert [one.default_value for one in (alpha.node.inputs[2], alpha.node.inputs[3])] == [1, 0]
            alpha = alpha.node.inputs[0].links[0].from_socket
        assert alpha == mix.inputs[0].links[0].from_socket
        see_through.restore()


def test_outputs_of_cycles_own_make_way_and_come_back(scene):
    material = made_of("glass")
    tree = material.node_tree
    first = tree.get_output_node("ALL")
    first.target = "CYCLES"
    for name, target in (("Second", "CYCLES"), ("Third", "EEVEE"), ("Fourth", "ALL")):
        node = tree.nodes.new("ShaderNodeOutputMaterial")
        node.name, node.target = name, target
    plane("Pane", 2, 2, material)
    before = [(node.name, node.target) for node in tree.nodes if node.type == "OUTPUT_MATERIAL"]
    see_through.clear_away(scene)
    ours = tree.nodes[see_through.OUTPUT]
    assert tree.get_output_node("CYCLES") == ours and ours.target == "CYCLES"
    see_through.restore()
    assert [(node.name, node.target) for node in tree.nodes if node.type == "OUTPUT_MATERIAL"] == before


def test_whose_output_counts_while_the_engine_is_lent(scene):
    material = made_of("clay")
    tree = material.node_tree
    tree.get_output_node("ALL").target = "CYCLES"
    other = tree.nodes.new("ShaderNodeOutputMaterial")
    other.target = "EEVEE"
    tree.links.new(tree.nodes.new("ShaderNodeBsdfGlass").outputs[0], other.inputs["Surface"])
    plane("Pane", 2, 2, material)
    assert shown(scene) == set()
    scene.render.engine = EEVEE
    assert shown(scene) == {material.name}
    with borrowing(scene, {"render.engine": "CYCLES"}):
        assert shown(scene) == {material.name}
        scene.render.engine = depth_pass.WORKBENCH  # the user's choice meanwhile
        assert shown(scene) == set()
