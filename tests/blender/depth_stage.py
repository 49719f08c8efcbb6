"""A ball before a wall, and surfaces to put before them: sets for tests of depth."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from rooms import depth_of
from take_one.scene.stills import capture as still
from take_one.scene.stills.borrow import depth_pass

BALL, PANE, WALL = 6.0, 3.0, 10.0  # distances from the camera's plane of the ball's front, the pane and the wall


def ball_before_wall() -> bpy.types.Scene:
    """A ball before a wall, seen from the front; Cycles, one sample."""
    scene = bpy.context.scene
    render = scene.render
    render.engine, render.resolution_x, render.resolution_y, render.resolution_percentage = "CYCLES", 64, 36, 100
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.device = 1, False, "CPU"
    scene.eevee.taa_render_samples = 1
    scene.world = bpy.data.worlds.new("World")
    scene.world.probe_resolution = "128"  # its light is one colour, and EEVEE bakes it for each render
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
    elif kind == "fading behind bends":  # as "fading", by a mix with nothing that is laid out with bends
        axes, bends = tree.nodes.new("ShaderNodeSeparateXYZ"), [tree.nodes.new("NodeReroute") for _ in range(3)]
        tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["UV"], axes.inputs[0])
        ends = (
            axes.outputs[0],
            shader("BsdfTransparent"),
            mixed(bends[0].outputs[0], bends[1].outputs[0], shader("BsdfDiffuse")),
        )
        for bend, source in zip(bends, ends, strict=True):
            tree.links.new(source, bend.inputs[0])
        surface = bends[2].outputs[0]
    elif kind == "fading picture":
        texture = tree.nodes.new("ShaderNodeTexImage")
        texture.image = _ramp()
        surface = shader("BsdfPrincipled")
        tree.links.new(texture.outputs["Alpha"], surface.node.inputs["Alpha"])
    elif kind == "fading in a group":  # which is given how far it fades, and what is there
        axes, group = tree.nodes.new("ShaderNodeSeparateXYZ"), tree.nodes.new("ShaderNodeGroup")
        tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["UV"], axes.inputs[0])
        group.node_tree = _fading_group()
        tree.links.new(axes.outputs[0], group.inputs["Far"])
        tree.links.new(mixed(0.02, shader("BsdfDiffuse"), shader("BsdfTransparent")), group.inputs["Shader"])
        surface = group.outputs[0]
    elif kind in {"keyed", "driven"}:  # 0.2 at frame 4, which it is not now
        surface = shader("BsdfPrincipled")
        socket = surface.node.inputs["Alpha"]
        if kind == "driven":
            socket.driver_add("default_value").driver.expression = "0.2"
        else:
            for frame, socket.default_value in ((4, 0.2), (1, 1.0)):
                socket.keyframe_insert("default_value", frame=frame)
    elif kind == "keyed glass":  # at frame 4, which it is not now
        surface = shader("BsdfPrincipled", Roughness=0.0)
        socket = surface.node.inputs["Transmission Weight"]
        for frame, socket.default_value in ((4, 1.0), (1, 0.0)):
            socket.keyframe_insert("default_value", frame=frame)
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
    elif kind.startswith("masked"):  # the left half of the plane is glass
        where, axes = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeSeparateXYZ")
        where.operation, where.inputs[1].default_value = "LESS_THAN", 0.5
        tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["UV"], axes.inputs[0])
        tree.links.new(axes.outputs[0], where.inputs[0])
        if kind == "masked glass":
            surface = mixed(where.outputs[0], shader("BsdfDiffuse"), shader("BsdfGlass"))
        elif kind == "masked in a group":
            surface = in_a_pane_group(tree, where.outputs[0])
        else:
            surface = shader("BsdfPrincipled", Roughness=0.0)
            tree.links.new(where.outputs[0], surface.node.inputs["Transmission Weight"])
    elif kind == "frosted glass":
        surface = shader("BsdfGlass", Roughness=0.4)
    elif kind == "water":
        surface = shader("BsdfGlass")
        tree.links.new(shader("VolumeAbsorption"), output.inputs["Volume"])
    else:
        surface = shader("BsdfDiffuse")
    tree.links.new(surface, output.inputs["Surface"])
    return material


def _ramp() -> bpy.types.Image:
    """A picture whose alpha is 0 at its left end and 1 at its right one."""
    image = bpy.data.images.new("Ramp", 64, 1, alpha=True)
    pixels = np.ones((64, 4), np.float32)
    pixels[:, 3] = (np.arange(64) + 0.5) / 64
    image.pixels.foreach_set(pixels.ravel())
    image.pack()
    return image


def _fading_group() -> bpy.types.NodeTree:
    """Half of the shader it is given and half of a Principled BSDF, both there as far as it is told."""
    tree = bpy.data.node_groups.new("Fading", "ShaderNodeTree")
    tree.interface.new_socket("Shader", in_out="INPUT", socket_type="NodeSocketShader")
    tree.interface.new_socket("Far", in_out="INPUT", socket_type="NodeSocketFloat")
    tree.interface.new_socket("Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
    given, told = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    mixes = [tree.nodes.new("ShaderNodeMixShader") for _ in range(2)]
    own = tree.nodes.new("ShaderNodeBsdfPrincipled")
    tree.links.new(given.outputs["Far"], own.inputs["Alpha"])
    tree.links.new(given.outputs["Far"], mixes[0].inputs[0])
    tree.links.new(tree.nodes.new("ShaderNodeBsdfTransparent").outputs[0], mixes[0].inputs[1])
    tree.links.new(given.outputs["Shader"], mixes[0].inputs[2])
    tree.links.new(mixes[0].outputs[0], mixes[1].inputs[1])
    tree.links.new(own.outputs[0], mixes[1].inputs[2])
    tree.links.new(mixes[1].outputs[0], told.inputs[0])
    return tree


def in_a_pane_group(tree: bpy.types.NodeTree, clear: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The shader of a group that is glass where it is told so, else diffuse."""
    group = bpy.data.node_groups.new("Pane", "ShaderNodeTree")
    group.interface.new_socket("Clear", in_out="INPUT", socket_type="NodeSocketFloat")
    group.interface.new_socket("Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
    mix = group.nodes.new("ShaderNodeMixShader")
    group.links.new(group.nodes.new("NodeGroupInput").outputs[0], mix.inputs[0])
    for index, kind in ((1, "Diffuse"), (2, "Glass")):
        group.links.new(group.nodes.new(f"ShaderNodeBsdf{kind}").outputs[0], mix.inputs[index])
    group.links.new(mix.outputs[0], group.nodes.new("NodeGroupOutput").inputs[0])
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    tree.links.new(clear, node.inputs[0])
    return node.outputs[0]


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


def check_clean(values: np.ndarray) -> None:
    """The ball in the middle, the wall around it, and nothing else."""
    assert values[18, 32] == pytest.approx(BALL, abs=0.02)
    near = values < WALL - 1e-3
    assert near.mean() == pytest.approx(0.2247, abs=0.006)  # a disc of 12.8 pixels
    assert np.allclose(values[~near], WALL, atol=1e-3)
    assert depth_pass.doubtful(values) < 0.005
