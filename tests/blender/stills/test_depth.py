"""Depth: one surface a pixel, the one whose picture the pixel shows, whatever blurs or fills the air before it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from rooms import EEVEE, NEW, depth_of, picture, room, settings_of
from take_one.scene.stills import capture as still
from take_one.scene.stills import exr
from take_one.scene.stills.borrow import depth_pass, see_through
from take_one.scene.stills.borrow.compositor import composed

BALL, PANE, WALL = 6.0, 3.0, 10.0  # distances from the camera's plane of the ball's front, the pane and the wall


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A ball before a wall, seen from the front; Cycles, one sample."""
    scene = bpy.context.scene
    render = scene.render
    render.engine, render.resolution_x, render.resolution_y, render.resolution_percentage = "CYCLES", 64, 36, 100
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.device = 1, False, "CPU"
    scene.eevee.taa_render_samples = 1
    scene.world = bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    eye = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    eye.rotation_euler = (np.pi / 2, 0, 0)
    scene.collection.objects.link(eye)
    scene.camera = eye
    plane("Wall", WALL, 60)
    bpy.ops.mesh.primitive_uv_sphere_add(radius=1, location=(0, BALL + 1, 0), segments=48, ring_count=24)
    bpy.context.object.name = "Ball"
    bpy.context.view_layer.update()
    return scene


def plane(name: str, distance: float, size: float, material: bpy.types.Material | None = None) -> bpy.types.Object:
    bpy.ops.mesh.primitive_plane_add(size=size, location=(0, distance, 0), rotation=(np.pi / 2, 0, 0))
    item = bpy.context.object
    item.name = name
    if material is not None:
        item.data.materials.append(material)
    return item


def made_of(kind: str) -> bpy.types.Material:
    """A material by the name of a kind of surface."""
    material = bpy.data.materials.new(kind)
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")

    def shader(name: str, **values: float) -> bpy.types.NodeSocket:
        node = tree.nodes.new("ShaderNode" + name)
        for socket, value in values.items():
            node.inputs[socket.replace("_", " ")].default_value = value
        return node.outputs[0]

    def mixed(factor, one, two) -> bpy.types.NodeSocket:
        node = tree.nodes.new("ShaderNodeMixShader")
        if isinstance(factor, float):
            node.inputs[0].default_value = factor
        else:
            tree.links.new(factor, node.inputs[0])
        tree.links.new(one, node.inputs[1])
        tree.links.new(two, node.inputs[2])
        return node.outputs[0]

    if kind == "glass":
        surface = shader("BsdfGlass")
    elif kind == "refraction under a coat":
        surface = mixed(tree.nodes.new("ShaderNodeFresnel").outputs[0], shader("BsdfRefraction"), shader("BsdfGlossy"))
    elif kind == "principled glass":
        surface = shader("BsdfPrincipled", Transmission_Weight=1.0, Roughness=0.0)
    elif kind == "glass without shadows":
        ray = tree.nodes.new("ShaderNodeLightPath").outputs["Is Shadow Ray"]
        surface = mixed(ray, shader("BsdfGlass"), shader("BsdfTransparent"))
    elif kind == "glass in a group":
        group = bpy.data.node_groups.new("Window", "ShaderNodeTree")
        group.interface.new_socket("Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
        inner = group.nodes.new("ShaderNodeBsdfGlass")
        group.links.new(inner.outputs[0], group.nodes.new("NodeGroupOutput").inputs[0])
        node = tree.nodes.new("ShaderNodeGroup")
        node.node_tree = group
        surface = node.outputs[0]
    elif kind == "ghost":
        surface = shader("BsdfPrincipled", Alpha=0.2)
    elif kind == "fading":  # from left to right, and beyond the middle of the plane more there than not
        axes = tree.nodes.new("ShaderNodeSeparateXYZ")
        tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["UV"], axes.inputs[0])
        surface = shader("BsdfPrincipled")
        tree.links.new(axes.outputs[0], surface.node.inputs["Alpha"])
    elif kind == "faint":
        surface = mixed(0.3, shader("BsdfTransparent"), shader("BsdfDiffuse"))
    elif kind == "strong":
        surface = mixed(0.7, shader("BsdfTransparent"), shader("BsdfDiffuse"))
    elif kind == "leaf":  # the left half of the plane is not there
        where = tree.nodes.new("ShaderNodeMath")
        where.operation, where.inputs[1].default_value = "GREATER_THAN", 0.5
        axes = tree.nodes.new("ShaderNodeSeparateXYZ")
        tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["UV"], axes.inputs[0])
        tree.links.new(axes.outputs[0], where.inputs[0])
        surface = mixed(where.outputs[0], shader("BsdfTransparent"), shader("BsdfDiffuse"))
    elif kind == "frosted glass":
        surface = shader("BsdfGlass", Roughness=0.4)
    elif kind == "water":
        surface = shader("BsdfGlass")
        tree.links.new(shader("VolumeAbsorption"), output.inputs["Volume"])
    else:
        surface = shader("BsdfDiffuse")
    tree.links.new(surface, output.inputs["Surface"])
    return material


def fill_with_fog(tree: bpy.types.NodeTree, kind: str, density: float) -> None:
    fog = tree.nodes.new("ShaderNodeVolumeScatter")
    fog.inputs["Density"].default_value = density
    output = next((node for node in tree.nodes if node.type == kind), None) or tree.nodes.new(
        "ShaderNodeOutputMaterial"
    )
    tree.links.new(fog.outputs[0], output.inputs["Volume"])


def depth(scene: bpy.types.Scene, folder) -> np.ndarray:
    result = still.capture(bpy.context, scene, folder)
    assert result.notes == ()
    return depth_of(result.depth)


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


def check_clean(values: np.ndarray) -> None:
    """The ball in the middle, the wall around it, and nothing else."""
    assert values[18, 32] == pytest.approx(BALL, abs=0.02)
    near = values < WALL - 1e-3
    assert near.mean() == pytest.approx(0.2247, abs=0.006)  # a disc of 12.8 pixels
    assert np.allclose(values[~near], WALL, atol=1e-3)
    assert depth_pass.doubtful(values) < 0.005


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


@pytest.mark.parametrize("kind", ["leaf", "fading"])
def test_a_leafs_depth_is_there_where_the_leaf_is(kind, stage, tmp_path):
    plane("Leaf", PANE, 40, made_of(kind))
    values = depth(stage, tmp_path)
    assert np.allclose(values[:, 34:], PANE, atol=1e-3)
    assert (values[:, :30] > BALL - 0.1).all()


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
    see_through.clear_away(see_through.natures(stage))
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


# --- the layers in the picture, and where the compositor puts them ---------------------------------------------


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
