"""Depth is that of the layer in the picture, where the compositor puts it; else the still goes without and says so."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from depth_stage import PANE, check_clean, depth, plane
from rooms import NEW, depth_of, room, settings_of
from take_one.scene.stills import capture as still
from take_one.scene.stills.borrow import depth_pass, see_through
from take_one.scene.stills.borrow.compositor import composed
from take_one.scene.stills.formats import exr


def two_layers(scene: bpy.types.Scene) -> None:
    """A second layer that holds a screen before everything."""
    front = bpy.data.collections.new("Front")
    scene.collection.children.link(front)
    screen = plane("Screen", PANE, 60)
    scene.collection.objects.unlink(screen)
    front.objects.link(screen)
    first = scene.view_layers[0]
    scene.view_layers.new("Screen.only")
    first.layer_collection.children["Front"].exclude = True


def test_without_a_compositor_the_depth_is_the_first_layers(stage, tmp_path):
    two_layers(stage)
    check_clean(depth(stage, tmp_path / "first"))
    stage.camera.data.dof.use_dof = True
    check_clean(depth(stage, tmp_path / "alone"))
    stage.view_layers[0].use = False
    assert np.allclose(depth(stage, tmp_path / "second"), PANE, atol=1e-3)


@pytest.mark.parametrize("length", [60, 63])
def test_a_layer_with_a_long_name_has_its_depth_or_says_what_to_do(length, stage, tmp_path):
    stage.view_layers[0].name = "k" * length
    result = still.capture(bpy.context, stage, tmp_path)
    if NEW or length == 60:
        assert result.notes == ()
        check_clean(depth_of(result.depth))
    else:
        assert result.depth is None
        assert "shorten it" in result.notes[0]


class Tree:
    """The scene's compositor, empty but for its output."""

    def __init__(self, scene: bpy.types.Scene) -> None:
        scene.render.compositor_device = "CPU"
        if NEW:
            self.tree = bpy.data.node_groups.new("Comp", "CompositorNodeTree")
            self.tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
            scene.compositing_node_group = self.tree
            self.end = self.tree.nodes.new("NodeGroupOutput")
        else:
            scene.use_nodes = True
            self.tree = scene.node_tree
            self.tree.nodes.clear()
            self.end = self.tree.nodes.new("CompositorNodeComposite")

    def add(self, name: str, *sources: bpy.types.NodeSocket, **values) -> bpy.types.NodeSocket:
        """A node with its image inputs linked; its output."""
        node = self.tree.nodes.new(name)
        images = [one for one in node.inputs if one.type == "RGBA"]
        for source, socket in zip(sources, images, strict=False):
            self.tree.links.new(source, socket)
        for key, value in values.items():
            if key in node.inputs:
                node.inputs[key].default_value = value
            else:
                setattr(node, key, value)
        return node.outputs[0]

    def layer(self, name: str) -> bpy.types.NodeSocket:
        return self.add("CompositorNodeRLayers", layer=name)

    def finish(self, source: bpy.types.NodeSocket) -> None:
        self.tree.links.new(source, self.end.inputs[0])


def test_the_depth_is_that_of_the_layer_the_compositor_shows(stage, tmp_path):
    two_layers(stage)
    tree = Tree(stage)
    first, second = (tree.layer(layer.name) for layer in stage.view_layers)
    tree.finish(tree.add("CompositorNodeInvert", second))
    assert composed(stage).layers == ("Screen.only",)
    assert np.allclose(depth(stage, tmp_path / "second"), PANE, atol=1e-3)
    tree.finish(tree.add("CompositorNodeInvert", first))
    check_clean(depth(stage, tmp_path / "first"))
    stage.render.use_compositing = False
    assert composed(stage).layers == (stage.view_layers[0].name,)
    stage.render.use_compositing = True
    tree.finish(tree.add("CompositorNodeAlphaOver", first, second))
    assert set(composed(stage).layers) == {layer.name for layer in stage.view_layers}
    assert np.allclose(depth(stage, tmp_path / "both"), PANE, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("CompositorNodeSwitch", {}, [0]),
        ("CompositorNodeSwitch", {"Switch": True}, [1]),
        ("CompositorNodeAlphaOver", {"Factor" if NEW else "Fac": 0.0}, [0]),
        ("CompositorNodeAlphaOver", {"Factor" if NEW else "Fac": 1.0}, [0, 1]),
        ("ShaderNodeMix", {"data_type": "RGBA", "Factor": 0.0}, [0]),
        ("ShaderNodeMix", {"data_type": "RGBA", "Factor": 1.0}, [1]),
        ("ShaderNodeMix", {"data_type": "RGBA", "Factor": 1.0, "blend_type": "ADD"}, [0, 1]),
        ("ShaderNodeMix", {"data_type": "RGBA", "Factor": 0.3}, [0, 1]),
        *([("GeometryNodeMenuSwitch", {"data_type": "RGBA", "Menu": "B"}, [1])] if NEW else []),
    ],
)
def test_a_layer_that_is_switched_off_is_not_in_the_picture(stage, name, values, shown):
    two_layers(stage)
    tree, names = Tree(stage), [layer.name for layer in stage.view_layers]
    tree.finish(tree.add(name, *(tree.layer(one) for one in names), **values))
    assert sorted(composed(stage).layers) == sorted(names[index] for index in shown)


MOVES = {
    "scaled": ("CompositorNodeScale", {"X": 1.5, "Y": 1.5}),
    "shifted": ("CompositorNodeTranslate", {"X": 9.0}),
    "turned": ("CompositorNodeTransform", {"Angle": 0.1}),
    "distorted": ("CompositorNodeLensdist", {"Distortion": 0.2}),
    "flipped": ("CompositorNodeFlip", {"Flip X": True}),
    "displaced": ("CompositorNodeDisplace", {}),
    "pinned": ("CompositorNodeCornerPin", {}),
}
STAYS = {
    "scaled by one": ("CompositorNodeScale", {}),
    "shifted by nothing": ("CompositorNodeTranslate", {}),
    "dispersed": ("CompositorNodeLensdist", {"Dispersion": 0.02}),
    "blurred": ("CompositorNodeBlur", {}),
    "glaring": ("CompositorNodeGlare", {}),
    "scaled and muted": ("CompositorNodeScale", {"X": 1.5, "mute": True}),
}


@pytest.mark.parametrize("case", [*MOVES, *STAYS])
def test_whether_the_compositor_moves_the_picture(case, stage):
    tree = Tree(stage)
    name, values = (MOVES | STAYS)[case]
    layer = tree.layer(stage.view_layers[0].name)
    tree.finish(tree.add("CompositorNodeInvert", tree.add(name, layer, **values)))
    assert composed(stage) == ((stage.view_layers[0].name,), case in STAYS)


def test_what_does_not_reach_the_picture_does_not_count(stage):
    tree = Tree(stage)
    layer = tree.layer(stage.view_layers[0].name)
    tree.add("CompositorNodeScale", layer, X=2.0)
    backdrop = tree.add("CompositorNodeScale", tree.add("CompositorNodeImage"), X=2.0)
    tree.finish(tree.add("CompositorNodeAlphaOver", backdrop, layer))
    assert composed(stage) == ((stage.view_layers[0].name,), True)
    tree.finish(backdrop)
    assert not composed(stage).in_place  # no layer of ours is in it


def test_another_scenes_picture_has_another_depth(stage):
    tree = Tree(stage)
    other = bpy.data.scenes.new("Other")
    layer = tree.layer(stage.view_layers[0].name)
    tree.finish(tree.add("CompositorNodeAlphaOver", layer, tree.add("CompositorNodeRLayers", scene=other)))
    assert not composed(stage).in_place


@pytest.mark.parametrize("inside", [True, False])
def test_groups_of_nodes_are_looked_into(inside, stage):
    tree = Tree(stage)
    group = bpy.data.node_groups.new("Look", "CompositorNodeTree")
    for direction in ("INPUT", "OUTPUT"):
        group.interface.new_socket("Image", in_out=direction, socket_type="NodeSocketColor")
    start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    scale = group.nodes.new("CompositorNodeScale")
    scale.inputs["X"].default_value = 1.5
    group.links.new(start.outputs[0], scale.inputs[0])
    group.links.new((scale if inside else start).outputs[0], end.inputs[0])
    tree.finish(tree.add("CompositorNodeGroup", tree.layer(stage.view_layers[0].name), node_tree=group))
    node = next(node for node in tree.tree.nodes if node.type == "GROUP")
    if not node.inputs[0].is_linked:  # it got its sockets with its tree
        layers = next(node for node in tree.tree.nodes if node.type == "R_LAYERS")
        tree.tree.links.new(layers.outputs[0], node.inputs[0])
        tree.finish(node.outputs[0])
    assert composed(stage) == ((stage.view_layers[0].name,), not inside)


def test_a_picture_that_was_moved_goes_without_depth_and_says_so(stage, tmp_path):
    tree = Tree(stage)
    tree.finish(tree.add("CompositorNodeScale", tree.layer(stage.view_layers[0].name), X=1.5, Y=1.5))
    before = settings_of(stage)
    result = still.capture(bpy.context, stage, tmp_path)
    assert (result.depth, result.camera) == (None, None) and "compositor moves the picture" in result.notes[0]
    assert settings_of(stage) == before
    assert not (tmp_path / "depth.exr").exists()


def test_a_render_result_that_was_moved_goes_without_depth(stage, tmp_path):
    stage.view_layers[0].use_pass_z = True
    bpy.ops.render.render()
    assert still.capture(bpy.context, stage, tmp_path / "plain", source="RESULT").depth is not None
    tree = Tree(stage)
    tree.finish(tree.add("CompositorNodeTranslate", tree.layer(stage.view_layers[0].name), X=9.0))
    bpy.ops.render.render()
    result = still.capture(bpy.context, stage, tmp_path / "moved", source="RESULT")
    assert (result.depth, result.camera) == (None, None) and "no depth pass that fits" in result.notes[0]


def test_a_transparent_film_a_region_and_a_percentage_change_no_depth(tmp_path):
    scene = room(96, 54)
    scene.cycles.samples = 1
    whole = depth_of(still.capture(bpy.context, scene, tmp_path / "whole").depth)
    scene.render.film_transparent, scene.render.use_border, scene.render.use_crop_to_border = True, True, True
    scene.render.border_max_x = scene.render.border_max_y = 0.5
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 192, 108, 50
    again = depth_of(still.capture(bpy.context, scene, tmp_path / "again").depth)
    assert again.shape == whole.shape == (54, 96)
    same = np.abs(again - whole) <= 0.05 * whole
    assert same.mean() > 0.95 and ((whole >= exr.BACKGROUND) == (again >= exr.BACKGROUND)).mean() > 0.98


def test_how_much_of_a_shader_is_glass_and_how_much_is_not_there():
    material = bpy.data.materials.new("m")
    material.use_nodes = True
    tree = material.node_tree
    shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
    surface = next(node for node in tree.nodes if node.type == "OUTPUT_MATERIAL").inputs["Surface"]
    given = {"Alpha": 0.25, "Transmission Weight": 0.5, "Roughness": 0.0, "Metallic": 0.0}
    for name, value in given.items():
        shader.inputs[name].default_value = value

    def shares():
        return see_through._shares(surface, ())

    assert shares() == pytest.approx((0.125, 0.75)) and see_through._has_alpha(shader)
    for name in ("Roughness", "Metallic"):
        shader.inputs[name].default_value = 1.0
        assert shares() == pytest.approx((0, 0.75))
        shader.inputs[name].default_value = 0.0
    tree.links.new(tree.nodes.new("ShaderNodeValue").outputs[0], shader.inputs["Alpha"])
    assert shares() == pytest.approx((0.5, 0)) and see_through._has_alpha(shader)
    tree.links.remove(shader.inputs["Alpha"].links[0])
    shader.inputs["Alpha"].default_value = 1.0
    assert not see_through._has_alpha(shader)
    mix, clear = tree.nodes.new("ShaderNodeMixShader"), tree.nodes.new("ShaderNodeBsdfTransparent")
    mix.inputs[0].default_value = 0.25
    tree.links.new(shader.outputs[0], mix.inputs[1])
    tree.links.new(clear.outputs[0], mix.inputs[2])
    tree.links.new(mix.outputs[0], surface)
    assert shares() == pytest.approx((0.375, 0.25)) and see_through._has_alpha(clear)
    mix.mute = True  # lets its first shader through
    assert shares() == pytest.approx((0.5, 0))


def test_only_a_volume_that_renders_is_fog_and_all_passes_are_known():
    scene = bpy.context.scene
    bpy.ops.mesh.primitive_cube_add()
    assert not depth_pass._has_volume_objects(scene)
    fog = bpy.data.objects.new("fog", bpy.data.volumes.new("fog"))
    scene.collection.objects.link(fog)
    assert depth_pass._has_volume_objects(scene)
    fog.hide_render = True
    assert not depth_pass._has_volume_objects(scene)
    smoke = bpy.data.objects.new("smoke", bpy.data.meshes.new("smoke"))
    scene.collection.objects.link(smoke)
    trees = [bpy.data.node_groups.new(name, "GeometryNodeTree") for name in ("inner", "outer")]
    trees[1].nodes.new("GeometryNodeGroup").node_tree = trees[0]
    smoke.modifiers.new("smoke", "NODES").node_group = trees[1]
    for name, makes in (("MeshGrid", False), ("VolumeToMesh", False), ("VolumeCube", True), ("CollectionInfo", True)):
        node = trees[0].nodes.new(f"GeometryNode{name}")
        assert depth_pass._has_volume_objects(scene) is makes
        trees[0].nodes.remove(node)
    trees[0].nodes.new("GeometryNodeMeshToVolume")
    smoke.modifiers[0].show_render = False
    assert not depth_pass._has_volume_objects(scene)
    smoke.modifiers[0].show_render = True
    assert depth_pass.needs_pass(scene, bpy.data.objects.new("eye", bpy.data.cameras.new("eye")), "CYCLES")
    bpy.data.node_groups.remove(trees[1])
    bpy.data.objects.remove(fog)
    kept = bpy.data.collections.new("kept")
    kept.objects.link(bpy.data.objects.new("cloud", bpy.data.volumes.new("cloud")))
    assert not depth_pass._has_volume_objects(scene)
    smoke_of = bpy.data.objects.new("holder", None)
    smoke_of.instance_type, smoke_of.instance_collection = "COLLECTION", kept
    scene.collection.objects.link(smoke_of)
    assert depth_pass._has_volume_objects(scene)
    layer = scene.view_layers[0]
    assert {"use_pass_z", "use_pass_normal", "use_pass_mist"} <= set(depth_pass._passes(layer))
    assert "use" not in depth_pass._passes(layer) and "denoising_store_passes" in depth_pass._passes(layer.cycles)
