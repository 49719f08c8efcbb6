"""How much of a surface is looked through: mixes, numbers that a texture decides, and groups within groups."""

from __future__ import annotations

import bpy
import pytest
from depth_stage import in_a_pane_group
from rooms import EEVEE
from take_one.scene.stills.borrow import see_through, there
from take_one.scene.stills.borrow.see_through import nature


def made_of_two(share, one, two):
    """A mix of two shaders, by their names and inputs; the output's own sockets."""
    material = bpy.data.materials.new("mix")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output, mix = tree.nodes.new("ShaderNodeOutputMaterial"), tree.nodes.new("ShaderNodeMixShader")
    mix.inputs[0].default_value = share
    for socket, (kind, values) in zip(mix.inputs[1:], (one, two), strict=True):
        node = tree.nodes.new("ShaderNode" + kind)
        for name, value in values.items():
            node.inputs[name].default_value = value
        tree.links.new(node.outputs[0], socket)
    tree.links.new(mix.outputs[0], output.inputs[0])
    return material


NOTHING, DIFFUSE = ("BsdfTransparent", {}), ("BsdfDiffuse", {})


MIXES = [
    (0.5, NOTHING, DIFFUSE, False),
    (0.49, NOTHING, DIFFUSE, True),
    (0.51, DIFFUSE, NOTHING, True),
    (0.5, ("BsdfGlass", {"Roughness": 0.2}), DIFFUSE, True),
    (0.51, ("BsdfGlass", {}), DIFFUSE, False),
    (0.5, ("BsdfRefraction", {"Roughness": 0.26}), DIFFUSE, False),
    (0.5, ("BsdfRefraction", {"Roughness": 0.24}), NOTHING, True),
    (0.5, ("BsdfPrincipled", {"Transmission Weight": 1.0, "Roughness": 0.24}), DIFFUSE, True),
    (0.5, ("BsdfPrincipled", {"Transmission Weight": 0.99, "Roughness": 0.24}), DIFFUSE, False),
    (0.5, ("BsdfPrincipled", {"Transmission Weight": 1.0, "Metallic": 0.5, "Roughness": 0.0}), DIFFUSE, False),
]


def test_how_much_of_a_mix_is_looked_through():
    for share, one, two, clear in MIXES:
        assert nature(made_of_two(share, one, two)).clear is clear


def shares_of(build):
    """How much is glass and how much is not there, of what `build` links to the output of a new material."""
    material = bpy.data.materials.new("shares")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")

    def add(kind, *shaders, **values):
        node = tree.nodes.new("ShaderNode" + kind)
        for name, value in values.items():
            node.inputs[name.replace("_", " ")].default_value = value
        for shader, socket in zip(shaders, [one for one in node.inputs if one.type == "SHADER"], strict=False):
            tree.links.new(shader.outputs[0], socket)
        return node

    tree.links.new(build(add, tree).outputs[0], output.inputs[0])
    return pytest.approx(see_through._shares(output.inputs[0], ()))


def test_how_much_of_a_surface_is_glass_and_how_much_is_not_there():
    def glass(add):
        return add("BsdfPrincipled", Transmission_Weight=0.5, Roughness=0.0, Alpha=0.8)

    def muted(add, _):
        node = add("MixShader", add("BsdfGlass", Roughness=0.0), add("BsdfGlass", Roughness=0.0))
        node.mute = True
        return node

    def linked(add, tree):
        node = glass(add)
        for name in ("Transmission Weight", "Alpha"):
            tree.links.new(tree.nodes.new("ShaderNodeValue").outputs[0], node.inputs[name])
        return node

    def by_angle(add, tree):
        node = add("MixShader", glass(add), add("BsdfTransparent"))
        tree.links.new(tree.nodes.new("ShaderNodeFresnel").outputs[0], node.inputs[0])
        return node

    def in_parts(add, _):
        node = add("MixShader", glass(add), add("BsdfTransparent"))
        node.inputs[0].default_value = 0.25
        return node

    def half_linked(add, _):
        node = add("MixShader", add("BsdfTransparent"))
        node.inputs[0].default_value = 0.25
        return node

    assert shares_of(lambda add, _: glass(add)) == (0.4, 0.2)
    assert shares_of(linked) == (0.0, 0.0)  # as a texture may have it
    assert shares_of(muted) == (1.0, 0.0)  # it lets its first shader through
    assert shares_of(in_parts) == (0.3, 0.4)
    assert shares_of(half_linked) == (0.0, 0.75)
    assert shares_of(by_angle) == (0.2, 0.6)
    assert shares_of(lambda add, _: add("AddShader", glass(add), add("BsdfTransparent"))) == (0.2, 0.6)
    assert shares_of(lambda add, _: add("BsdfGlass", Roughness=0.3)) == (0.0, 0.0)
    assert shares_of(lambda add, _: add("BsdfRefraction", Roughness=0.2)) == (1.0, 0.0)
    assert shares_of(lambda add, _: add("BsdfDiffuse")) == (0.0, 0.0)


def by(material, kind, name, value=None):
    """Bring a number of the material's only node of this kind: by a node of the name, or by keys for None."""
    tree = material.node_tree
    socket = next(node for node in tree.nodes if node.type == kind).inputs[name]
    if value is None:
        socket.keyframe_insert("default_value", frame=1)
    else:
        tree.links.new(tree.nodes.new("ShaderNode" + value).outputs[0], socket)
    found = nature(material)
    return "masked" if found.masked and not found.clear else "clear" if found.clear else "solid"


def test_what_is_glass_in_places_or_at_times_is_told_from_what_reflects_by_the_angle():
    glass, frosted = ("BsdfGlass", {"Roughness": 0.0}), ("BsdfGlass", {"Roughness": 0.3})
    clear = ("BsdfPrincipled", {"Transmission Weight": 1.0, "Roughness": 0.0})
    pairs = ((glass, DIFFUSE), (glass, NOTHING), (frosted, DIFFUSE), (DIFFUSE, clear), (DIFFUSE, NOTHING))
    expected = {
        "TexNoise": ["masked", "clear", "solid", "masked", "solid"],
        "Fresnel": ["clear", "clear", "solid", "clear", "solid"],
        "LayerWeight": ["clear", "clear", "solid", "clear", "solid"],
        None: ["masked", "clear", "solid", "masked", "solid"],
    }
    for name, told in expected.items():
        assert [by(made_of_two(0.5, *pair), "MIX_SHADER", 0, name) for pair in pairs] == told
    for name, told in (("TexNoise", "masked"), (None, "masked"), ("Fresnel", "solid")):
        assert by(made_of_two(0.9, DIFFUSE, clear), "BSDF_PRINCIPLED", "Transmission Weight", name) == told
        rough = ("BsdfPrincipled", {"Roughness": 0.25})
        assert by(made_of_two(0.9, DIFFUSE, rough), "BSDF_PRINCIPLED", "Transmission Weight", name) == "solid"


def test_what_a_group_is_given_tells_whether_its_glass_goes_by_the_angle():
    for name, factor in (("TexNoise", None), ("Fresnel", 0.5), ("LayerWeight", 0.5)):
        material = made()
        tree = material.node_tree
        own = tree.get_output_node("ALL").inputs["Surface"]
        tree.links.new(in_a_pane_group(tree, tree.nodes.new(f"ShaderNode{name}").outputs[0]), own)
        assert nature(material).masked is (factor is None)
        solid = there.There(tree, tree, None, glass=True).alpha(own)
        assert solid == factor if factor is not None else solid.node.type == "GROUP"


def test_how_much_of_masked_glass_is_solid():
    """Half of it goes by a mix of the angle; a group hands on another number than it says by itself."""
    material = made_of_two(0.25, DIFFUSE, ("BsdfPrincipled", {"Alpha": 0.8, "Roughness": 0.0}))
    tree = material.node_tree
    shader, mix = (next(node for node in tree.nodes if node.type == kind) for kind in ("BSDF_PRINCIPLED", "MIX_SHADER"))
    shader.inputs["Transmission Weight"].default_value = 0.75
    own = tree.get_output_node("ALL").inputs["Surface"]

    def solid():
        return there.There(tree, tree, None, glass=True).alpha(own)

    assert solid() == pytest.approx(0.75 + 0.25 * 0.8 * 0.25)
    tree.links.new(tree.nodes.new("ShaderNodeFresnel").outputs[0], mix.inputs[0])
    assert solid() == pytest.approx(0.5 + 0.5 * 0.8 * 0.25)
    tree.links.new(tree.nodes.new("ShaderNodeFresnel").outputs[0], shader.inputs["Transmission Weight"])
    assert solid() == pytest.approx(0.5 + 0.5 * 0.8)
    assert there.There(tree, tree, None).alpha(own).node.type == "MIX"  # of a leaf the angle counts


def group_node(tree, group):
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    return node


def test_a_shader_is_followed_through_groups_within_groups():
    """Crosswise in either: the outer's first output is its own first input again, its second the second."""
    material = bpy.data.materials.new("nested")
    material.use_nodes = True
    tree = material.node_tree
    trees = [bpy.data.node_groups.new(name, "ShaderNodeTree") for name in ("Inner", "Outer")]
    for group in trees:
        for direction in ("INPUT", "OUTPUT"):
            for name in "AB":
                group.interface.new_socket(name, in_out=direction, socket_type="NodeSocketShader")
        start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
        through = group_node(group, trees[0]) if group is trees[1] else None
        for index in (0, 1):
            crossed = start.outputs[1 - index]
            group.links.new(crossed, through.inputs[index] if through else end.inputs[index])
            if through:
                group.links.new(through.outputs[index], end.inputs[index])
    outer = group_node(tree, trees[1])
    for index, kind in enumerate(("Glass", "Diffuse")):
        tree.links.new(tree.nodes.new("ShaderNodeBsdf" + kind).outputs[0], outer.inputs[index])
    for index, clear in ((0, True), (1, False)):
        tree.links.new(outer.outputs[index], tree.get_output_node("ALL").inputs["Surface"])
        assert nature(material).clear is clear
    outer.node_tree = None
    assert nature(material) == see_through.OPAQUE


# --- what the depth's own render draws ---


def made(alpha=None, drawn="BsdfDiffuse"):
    """A material whose shader is there as far as `alpha`: a number, or "node" where one brings it."""
    material = bpy.data.materials.new("made")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    shader = tree.nodes.new("ShaderNode" + ("BsdfPrincipled" if alpha is not None else drawn))
    tree.links.new(shader.outputs[0], output.inputs["Surface"])
    if alpha == "node":
        tree.links.new(tree.nodes.new("ShaderNodeValue").outputs[0], shader.inputs["Alpha"])
    elif alpha is not None:
        shader.inputs["Alpha"].default_value = alpha
    return material


LEAF, GLASS, WATER = (see_through.Nature(*one) for one in ((0, 0, 1, 0), (1, 0, 1, 0), (0, 1, 0, 0)))


@pytest.mark.parametrize(
    ("alpha", "found", "drawn"),
    [(0.5, LEAF, "BSDF_PRINCIPLED"), (0.75, LEAF, "BSDF_PRINCIPLED"), (0.49, LEAF, "BSDF_TRANSPARENT"),
     (1.0, GLASS, "BSDF_TRANSPARENT"), ("node", GLASS, "BSDF_TRANSPARENT"), ("node", LEAF, "MIX_SHADER"),
     ("node", WATER, "BSDF_PRINCIPLED"), (0.1, WATER, "BSDF_PRINCIPLED")],
)  # fmt: skip
def test_a_surface_is_there_from_a_half_on(alpha, found, drawn):
    tree = made(alpha).node_tree
    own = tree.get_output_node("ALL").inputs["Surface"]
    drawn_by = see_through._surface(there.There(tree, tree, None), own, found)
    assert drawn_by.node.type == drawn and (drawn_by == own.links[0].from_socket) is (drawn == "BSDF_PRINCIPLED")
    if drawn == "MIX_SHADER":
        edge = drawn_by.node.inputs[0].links[0].from_node
        parts = [one.links[0].from_node.type for one in drawn_by.node.inputs[1:]]
        assert (edge.operation, edge.inputs[1].default_value, parts) == (
            "GREATER_THAN", 0.5, ["BSDF_TRANSPARENT", "BSDF_DIFFUSE"],
        )  # fmt: skip
        assert edge.inputs[0].links[0].from_node.type == "VALUE"
    tree.links.remove(own.links[0])
    assert see_through._surface(there.There(tree, tree, None), own, WATER).node.type == "BSDF_TRANSPARENT"


def with_two_outputs(name, first, second):
    """A material that EEVEE draws otherwise than Cycles."""
    material = made(drawn=first)
    material.name = name
    tree = material.node_tree
    tree.get_output_node("ALL").target = "CYCLES"
    other = tree.nodes.new("ShaderNodeOutputMaterial")
    other.name, other.target = "Other", "EEVEE"
    tree.links.new(tree.nodes.new("ShaderNode" + second).outputs[0], other.inputs["Surface"])
    return material


def test_a_depth_is_of_what_the_pictures_engine_draws():
    """Also of what is plainly there, where Cycles would draw another shader: only what the scene shows."""
    scene = bpy.context.scene
    other, away = (with_two_outputs(name, "Emission", "BsdfDiffuse") for name in "ab")
    plain = made()
    mesh = bpy.data.meshes.new("mesh")
    for material in (other, plain):
        mesh.materials.append(material)
    scene.collection.objects.link(bpy.data.objects.new("item", mesh))
    scene.render.engine = "CYCLES"
    see_through.clear_away(scene)
    assert not any(see_through.OUTPUT in one.node_tree.nodes for one in (other, plain, away))
    scene.render.engine = EEVEE
    assert [see_through._differs(one, "EEVEE") for one in (other, plain)] == [True, False]
    assert not see_through._differs(other, "CYCLES")
    see_through.clear_away(scene)
    assert [see_through.OUTPUT in one.node_tree.nodes for one in (other, plain, away)] == [True, False, False]
    drawn = other.node_tree.get_output_node("CYCLES")
    assert drawn.name == see_through.OUTPUT and drawn.inputs["Surface"].links[0].from_node.type == "BSDF_DIFFUSE"
    assert drawn[see_through.DISPLACED] == "Material Output"
    see_through.restore()
    assert other.node_tree.get_output_node("CYCLES").inputs["Surface"].links[0].from_node.type == "EMISSION"


def test_what_was_changed_meanwhile_is_left_as_it_is():
    material = made()
    tree = material.node_tree
    ours = tree.nodes.new("ShaderNodeOutputMaterial")
    ours.name, ours[see_through.DISPLACED] = see_through.OUTPUT, "Gone\nShader\nMine"
    tree.nodes.new("ShaderNodeBsdfDiffuse").name = "Shader"
    mine = tree.nodes.new("ShaderNodeOutputMaterial")
    mine.name, mine.target = "Mine", "EEVEE"
    see_through.restore()
    assert mine.target == "CYCLES" and sorted(node.name for node in tree.nodes) == [
        "Diffuse BSDF", "Material Output", "Mine", "Shader",
    ]  # fmt: skip


def test_whose_output_of_a_material_a_picture_shows():
    scene = bpy.context.scene
    for engine, drawn_by in (("CYCLES", "CYCLES"), (EEVEE, "EEVEE"), ("BLENDER_WORKBENCH", "CYCLES")):
        scene.render.engine = engine
        assert see_through._drawn_by(scene) == drawn_by
