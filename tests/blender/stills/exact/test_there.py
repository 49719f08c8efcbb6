"""How much of a surface is there, to the number: what the nodes that work it out come to, through mixes, sums, groups,
bends and what is muted, at the frame's numbers."""

from __future__ import annotations

import bpy
import pytest
from take_one.scene.stills.borrow import there
from take_one.scene.stills.borrow.there import OURS, There, most_absent, source


@pytest.fixture
def tree() -> bpy.types.NodeTree:
    """Of a material, with its output alone."""
    material = bpy.data.materials.new("surface")
    material.use_nodes = True
    material.node_tree.nodes.clear()
    material.node_tree.nodes.new("ShaderNodeOutputMaterial")
    return material.node_tree


def surface(tree):
    """The input where the tree's shader goes."""
    return next(node for node in tree.nodes if node.type in {"OUTPUT_MATERIAL", "GROUP_OUTPUT"}).inputs[0]


def value(tree, number):
    """A number that a node brings."""
    node = tree.nodes.new("ShaderNodeValue")
    node.outputs[0].default_value = number
    return node.outputs[0]


def put(tree, given, socket):
    """A number, or what another socket brings, into an input."""
    if isinstance(given, bpy.types.NodeSocket):
        tree.links.new(given, socket)
    else:
        socket.default_value = given
    return socket


def nothing(tree, colour):
    node = tree.nodes.new("ShaderNodeBsdfTransparent")
    put(tree, colour, node.inputs["Color"])
    return node.outputs[0]


def leaf(tree, alpha):
    node = tree.nodes.new("ShaderNodeBsdfPrincipled")
    put(tree, alpha, node.inputs["Alpha"])
    return node.outputs[0]


def diffuse(tree):
    return tree.nodes.new("ShaderNodeBsdfDiffuse").outputs[0]


def mixed(tree, factor, one, two):
    node = tree.nodes.new("ShaderNodeMixShader")
    for given, socket in zip((factor, one, two), node.inputs, strict=True):
        put(tree, given, socket)
    return node.outputs[0]


def added(tree, one, two):
    node = tree.nodes.new("ShaderNodeAddShader")
    put(tree, one, node.inputs[0])
    put(tree, two, node.inputs[1])
    return node.outputs[0]


def a_group(name="Group", **kinds):
    """A group with inputs of these kinds (IN_name) and one shader out; its own input and output nodes."""
    group = bpy.data.node_groups.new(name, "ShaderNodeTree")
    for one, kind in kinds.items():
        group.interface.new_socket(one, in_out="INPUT", socket_type="NodeSocket" + kind)
    group.interface.new_socket("Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
    return group, group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")


def used(tree, group, **given):
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    for name, one in given.items():
        put(tree, one, node.inputs[name])
    return node


# --- how much may be absent ---


def absent(tree, shader):
    tree.links.new(shader, surface(tree))
    return pytest.approx(most_absent(surface(tree)), abs=1e-6)


def test_the_most_that_may_not_be_there(tree):
    assert most_absent(surface(tree)) == 0
    assert absent(tree, diffuse(tree)) == 0
    half = (0.25, 0.5, 0.75, 1.0)
    assert absent(tree, nothing(tree, half)) == 0.5
    assert absent(tree, nothing(tree, (0.0, 0.3, 0.0, 1.0))) == 0.1
    assert absent(tree, nothing(tree, (9.0, 9.0, 9.0, 1.0))) == 1
    assert absent(tree, nothing(tree, value(tree, 0.1))) == 1
    assert absent(tree, leaf(tree, 0.3)) == 0.7
    assert absent(tree, leaf(tree, value(tree, 0.9))) == 1
    one, two = nothing(tree, half), leaf(tree, 0.1)
    assert absent(tree, mixed(tree, 0.25, one, two)) == 0.6
    assert absent(tree, mixed(tree, 0.25, two, one)) == 0.8
    assert absent(tree, mixed(tree, value(tree, 0.25), one, two)) == 0.9
    assert absent(tree, mixed(tree, value(tree, 0.25), two, one)) == 0.9
    assert absent(tree, added(tree, nothing(tree, (0.3, 0.0, 0.0, 1.0)), leaf(tree, 0.8))) == 0.3
    assert absent(tree, added(tree, one, two)) == 1


def test_the_most_that_is_absent_of_what_a_group_makes(tree):
    group, start, end = a_group(Shader="Shader", Other="Shader")
    put(group, mixed(group, 0.5, start.outputs["Other"], leaf(group, 0.2)), end.inputs[0])
    node = used(tree, group, Shader=nothing(tree, (1, 1, 1, 1)), Other=leaf(tree, 0.4))
    assert absent(tree, node.outputs[0]) == 0.7
    second = group.nodes.new("NodeGroupOutput")
    second.is_active_output = True
    put(group, leaf(group, 0.9), second.inputs[0])
    assert absent(tree, node.outputs[0]) == 0.1
    assert alpha(tree, node.outputs[0]) == (0.9, True)
    assert most_absent(end.inputs[0]) == pytest.approx(0.4)  # of the group by itself nothing is known from outside
    bare = bpy.data.node_groups.new("bare", "ShaderNodeTree")
    bare.interface.new_socket("Shader", in_out="OUTPUT", socket_type="NodeSocketShader")
    assert absent(tree, used(tree, bare).outputs[0]) == 0


def test_where_a_number_varies(tree):
    node = leaf(tree, 0.5).node
    socket, other = node.inputs["Alpha"], node.inputs["Roughness"]
    assert not there.varies(socket) and not there.is_animated(tree)
    socket.keyframe_insert("default_value", frame=3)
    assert there.varies(socket) and not there.varies(other) and there.is_animated(tree)
    data = tree.animation_data
    track = data.nla_tracks.new()
    track.strips.new("strip", 1, data.action)
    data.action = None
    assert there.varies(socket) and not there.varies(other)
    tree.animation_data_clear()
    other.driver_add("default_value")
    assert there.varies(other) and not there.varies(socket) and there.is_animated(tree)


def test_groups_within_groups_are_found_once_and_their_numbers_count(tree):
    inner, middle, outer = (a_group(name)[0] for name in ("Inner", "Middle", "Outer"))
    used(middle, inner)
    used(outer, middle)
    used(outer, inner)
    for group in (outer, middle):
        used(tree, group)
    tree.nodes.new("ShaderNodeGroup")
    assert there.groups_in(tree) == [outer, middle, inner] and there.groups_in(inner) == []
    assert not there.is_animated(tree)
    leaf(inner, 0.5).node.inputs["Alpha"].keyframe_insert("default_value", frame=1)
    assert there.is_animated(tree)


# --- where a link comes from ---


def test_a_source_is_found_through_bends_and_what_is_muted(tree):
    target, begin = surface(tree), leaf(tree, 0.5)
    assert source(target) is None
    bends = [tree.nodes.new("NodeReroute") for _ in range(3)]
    tree.links.new(bends[0].outputs[0], target)
    assert source(target) is None  # a bend that is linked to nothing
    tree.links.new(bends[1].outputs[0], bends[0].inputs[0])
    muted = mixed(tree, 0.5, begin, diffuse(tree)).node
    tree.links.new(muted.outputs[0], bends[1].inputs[0])
    assert source(target).from_node == muted
    muted.mute = True
    assert source(target).from_node == begin.node and source(target).to_node == muted
    begin.node.mute = True
    assert source(target) is None  # it lets nothing through
    begin.node.mute = False
    tree.links.new(bends[2].outputs[0], bends[1].inputs[0])
    tree.links.new(bends[1].outputs[0], bends[2].inputs[0])
    assert source(target) is None  # round and round


# --- how much is there ---


def worked_out(told, groups=()):
    """What nodes come to: a small reader of those that a surface's alpha is made with."""
    if isinstance(told, float):
        return told
    node = told.node

    def at(socket):
        return worked_out(socket.links[0].from_socket, groups) if socket.is_linked else float(socket.default_value)

    if node.type == "VALUE":
        return told.default_value
    if node.type == "MATH":
        one, two = at(node.inputs[0]), at(node.inputs[1])
        return {"ADD": one + two, "SUBTRACT": one - two}[node.operation]
    if node.type == "MIX":
        assert node.data_type == "FLOAT" and told == node.outputs[0]
        share, one, two = (at(node.inputs[index]) for index in (0, 2, 3))
        return one + (two - one) * share
    if node.type == "GROUP_INPUT":
        outer = next(one for one in groups[-1].inputs if one.identifier == told.identifier)
        if outer.is_linked:
            return worked_out(outer.links[0].from_socket, groups[:-1])
        return float(outer.default_value)
    assert node.type == "GROUP" and node.node_tree.name.startswith(OURS) and node.name.startswith(OURS)
    end = next(one for one in node.node_tree.nodes if one.type == "GROUP_OUTPUT" and one.is_active_output)
    inner = next(one for one in end.inputs if one.identifier == told.identifier)
    return worked_out(inner.links[0].from_socket, (*groups, node))


def alpha(tree, shader):
    """Of a shader: what it comes to, and whether that is one number everywhere."""
    tree.links.new(shader, surface(tree))
    found = There(tree, tree, None).alpha(surface(tree))
    return pytest.approx(worked_out(found), abs=1e-6), isinstance(found, float)


def test_plain_numbers_stay_numbers(tree):
    assert There(tree, tree, None).alpha(surface(tree)) == 1.0
    count = len(tree.nodes)
    assert alpha(tree, diffuse(tree)) == (1.0, True)
    assert alpha(tree, nothing(tree, (0.1, 0.2, 0.6, 1.0))) == (0.7, True)
    assert alpha(tree, nothing(tree, (5.0, 5.0, 5.0, 1.0))) == (0.0, True)
    assert alpha(tree, leaf(tree, 0.3)) == (0.3, True)
    one, two = leaf(tree, 0.3), nothing(tree, (0.4, 0.4, 0.4, 1.0))
    assert alpha(tree, mixed(tree, 0.25, one, two)) == (0.375, True)
    assert alpha(tree, added(tree, one, leaf(tree, 0.9))) == (0.2, True)
    same = leaf(tree, 0.3)
    assert alpha(tree, mixed(tree, value(tree, 0.9), one, same)) == (0.3, True)
    assert len(tree.nodes) == count + 12 and not [node for node in tree.nodes if node.name.startswith(OURS)]


def test_numbers_that_nodes_bring_are_worked_out_by_nodes(tree):
    assert alpha(tree, leaf(tree, value(tree, 0.35))) == (0.35, False)
    assert alpha(tree, nothing(tree, value(tree, 0.35))) == (0.65, False)
    some, whole = value(tree, 0.2), diffuse(tree)
    gone = nothing(tree, (1.0, 1.0, 1.0, 1.0))
    bent = tree.nodes.new("NodeReroute")
    tree.links.new(some, bent.inputs[0])
    tree.links.new(mixed(tree, bent.outputs[0], gone, whole), surface(tree))
    assert There(tree, tree, None).alpha(surface(tree)) == some  # as it is
    assert alpha(tree, mixed(tree, some, whole, gone)) == (0.8, False)
    assert alpha(tree, mixed(tree, some, leaf(tree, 0.4), whole)) == (0.52, False)
    assert alpha(tree, mixed(tree, 0.25, leaf(tree, value(tree, 0.4)), leaf(tree, value(tree, 0.8)))) == (0.5, False)
    assert alpha(tree, mixed(tree, 0.75, gone, leaf(tree, some))) == (0.15, False)
    assert alpha(tree, added(tree, leaf(tree, some), leaf(tree, 0.9))) == (0.1, False)
    assert alpha(tree, added(tree, leaf(tree, 0.9), nothing(tree, some))) == (0.7, False)
    made = [node for node in tree.nodes if node.name.startswith(OURS)]
    assert sorted(node.type for node in made) == ["MATH"] * 6 + ["MIX"] * 4


def test_numbers_are_those_of_the_frame(tree):
    """`now` is the tree as it is evaluated: its numbers count, where no node brings them."""
    shader = mixed(tree, 0.1, leaf(tree, 0.2), nothing(tree, (0.3, 0.3, 0.3, 1)))
    tree.links.new(shader, surface(tree))
    now = bpy.data.materials["surface"].copy().node_tree
    kinds = {node.type: node for node in now.nodes}
    kinds["MIX_SHADER"].inputs[0].default_value = 0.5
    kinds["BSDF_PRINCIPLED"].inputs["Alpha"].default_value = 0.6
    kinds["BSDF_TRANSPARENT"].inputs["Color"].default_value = (0.9, 0.0, 0.9, 1.0)
    assert There(tree, now, None).alpha(surface(tree)) == pytest.approx(0.5)
    assert There(tree, tree, None).alpha(surface(tree)) == pytest.approx(0.25)


# --- groups ---


def names_of_groups():
    return sorted(group.name for group in bpy.data.node_groups)


def test_a_group_of_plain_numbers_leaves_nothing_behind(tree):
    group, _start, end = a_group("Plain")
    node = used(tree, group)
    assert alpha(tree, node.outputs[0]) == (1.0, True)
    put(group, leaf(group, 0.45), end.inputs[0])
    assert alpha(tree, node.outputs[0]) == (0.45, True)
    assert There(tree, tree, None)._of_group(node, "nowhere") == 1.0
    group.nodes.remove(end)
    assert alpha(tree, node.outputs[0]) == (1.0, True)
    node.node_tree = None
    assert There(tree, tree, None).alpha(surface(tree)) == 1.0
    assert names_of_groups() == ["Plain"]


def test_a_group_is_given_what_the_other_is_given(tree):
    """Numbers, what nodes bring, and of shaders their alpha; each by its own name."""
    group, start, end = a_group("Fades", First="Shader", Far="Float", Near="Float", Second="Shader", Third="Shader")
    inside = mixed(group, start.outputs["Far"], start.outputs["Second"], start.outputs["First"])
    put(group, mixed(group, start.outputs["Near"], inside, start.outputs["Second"]), end.inputs[0])
    node = used(tree, group, First=leaf(tree, 0.9), Second=nothing(tree, value(tree, 0.4)), Near=0.25,
                Far=value(tree, 0.2))  # fmt: skip
    # (0.6 + 0.3 * 0.2) is 0.66, and a quarter of the way to 0.6
    assert alpha(tree, node.outputs[0]) == (0.645, False)
    assert names_of_groups() == ["Fades", OURS]
    made = bpy.data.node_groups[OURS]
    inputs = [one.name for one in made.interface.items_tree if one.in_out == "INPUT"]
    assert inputs.count(OURS) == 2 and len(inputs) == 7  # each shader's alpha once
    before = len(group.nodes), len(group.interface.items_tree)
    there.remove_groups()
    assert names_of_groups() == ["Fades"] and before == (len(group.nodes), 6)


def test_a_group_within_a_group_hands_it_on(tree):
    inner, start, end = a_group("Inner", What="Shader", Share="Float")
    put(inner, mixed(inner, start.outputs["Share"], start.outputs["What"], diffuse(inner)), end.inputs[0])
    outer, begin, last = a_group("Outer", A="Shader", B="Shader")
    put(outer, used(outer, inner, What=begin.outputs["B"], Share=0.25).outputs[0], last.inputs[0])
    node = used(tree, outer, A=leaf(tree, 0.1), B=leaf(tree, 0.6))
    assert alpha(tree, node.outputs[0]) == (0.7, False)
    there.remove_groups()
    assert names_of_groups() == ["Inner", "Outer"]


def test_a_groups_numbers_are_those_of_the_frame_and_of_its_node(tree):
    group, start, end = a_group("Given", Far="Float")
    put(group, leaf(group, start.outputs["Far"]), end.inputs[0])
    node = used(tree, group, Far=0.3)
    assert alpha(tree, node.outputs[0]) == (0.3, False)
    tree.links.new(node.outputs[0], surface(tree))
    other = bpy.data.materials.new("now")
    other.use_nodes = True
    same = other.node_tree.nodes.new("ShaderNodeGroup")
    same.node_tree, same.name = group, node.name
    same.inputs["Far"].default_value = 0.8
    found = There(tree, other.node_tree, None).alpha(surface(tree))
    assert worked_out(found) == pytest.approx(0.8)


def test_only_our_groups_of_this_file_are_removed(tmp_path):
    for name in (OURS, OURS + ".001", "A " + OURS):
        bpy.data.node_groups.new(name, "ShaderNodeTree")
    file = tmp_path / "groups.blend"
    bpy.data.libraries.write(str(file), {bpy.data.node_groups[OURS]}, fake_user=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, data):
        data.node_groups = [OURS]
    there.remove_groups()
    assert [(group.name, group.library is None) for group in bpy.data.node_groups] == [
        ("A " + OURS, True), (OURS, False),
    ]  # fmt: skip
