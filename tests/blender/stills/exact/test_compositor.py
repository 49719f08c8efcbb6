"""What a compositor makes of the layers, node by node: what each may be set to without moving the picture."""

from __future__ import annotations

import bpy
import pytest
from rooms import NEW
from take_one.scene.stills.borrow.compositor import composed, file_outputs, first_layer, tree_path


class Tree:
    """The scene's compositor: two layers, and an output that is linked to nothing yet."""

    def __init__(self, name="Comp"):
        self.scene = scene = bpy.context.scene
        scene.view_layers[0].name = "One"
        scene.view_layers.new("Two")
        if NEW:
            self.tree = bpy.data.node_groups.new(name, "CompositorNodeTree")
            self.tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
            scene.compositing_node_group = self.tree
            self.end = self.tree.nodes.new("NodeGroupOutput")
        else:
            scene.use_nodes = True
            self.tree = scene.node_tree
            self.tree.nodes.clear()
            self.end = self.tree.nodes.new("CompositorNodeComposite")

    def add(self, kind, *sources):
        """A node of this kind with its pictures linked."""
        node = self.tree.nodes.new(kind)
        pictures = [one for one in node.inputs if one.type == "RGBA" and one.enabled]
        for source, socket in zip(sources, pictures, strict=False):
            self.tree.links.new(source, socket)
        return node

    def layer(self, name):
        node = self.tree.nodes.new("CompositorNodeRLayers")
        node.layer = name
        return node

    def finish(self, node, output=0):
        return self.tree.links.new(node.outputs[output], self.end.inputs[0])

    def moves(self, node) -> bool:
        self.finish(node)
        found = composed(self.scene)
        assert found.layers == ("One",)
        return not found.in_place


@pytest.fixture
def tree():
    return Tree()


@pytest.mark.parametrize(
    ("kind", "name", "still", "moved"),
    [
        ("Translate", "X", 0, 1), ("Translate", "Y", 0, -1), ("Transform", "X", 0, 2), ("Transform", "Y", 0, 2),
        ("Transform", "Angle", 0, 0.1), ("Transform", "Scale", 1, 1.01), ("Scale", "X", 1, 0.5),
        ("Scale", "Y", 1, 1.001), ("Lensdist", "Distortion", 0, -0.01), ("Lensdist", "Dispersion", 0.02, 0.05),
        ("Rotate", "Angle" if NEW else "Degr", 0, 0.02),
    ],
)  # fmt: skip
def test_each_number_that_moves_the_picture(kind, name, still, moved, tree):
    node = tree.add("CompositorNode" + kind, tree.layer("One").outputs[0])
    value = node.inputs[name]
    value.default_value = still
    assert not tree.moves(node)
    value.default_value = moved
    assert tree.moves(node)
    node.mute = True
    assert not tree.moves(node)
    node.mute, value.default_value = False, still
    tree.tree.links.new(tree.tree.nodes.new("ShaderNodeValue").outputs[0], value)
    assert tree.moves(node)  # by as much as something else says


@pytest.mark.parametrize("kind", ["Displace", "MapUV", "CornerPin", "Stabilize", "MovieDistortion", "PlaneTrackDeform"])
def test_what_moves_the_picture_by_its_nature(kind, tree):
    node = tree.add("CompositorNode" + kind, tree.layer("One").outputs[0])
    if kind != "PlaneTrackDeform" or node.inputs:
        tree.tree.links.new(tree.tree.nodes[1].outputs[0], node.inputs[0])
    assert tree.moves(node)


def test_a_crop_that_leaves_bars_moves_nothing(tree):
    crop = tree.add("CompositorNodeCrop", tree.layer("One").outputs[0])
    for size in (True, False):
        if NEW:
            crop.inputs["Alpha Crop"].default_value = not size
        else:
            crop.use_crop_size = size
        assert tree.moves(crop) is size
    if NEW:  # something else may say so
        tree.tree.links.new(tree.tree.nodes.new("ShaderNodeValue").outputs[0], crop.inputs["Alpha Crop"])
        assert tree.moves(crop)


@pytest.mark.parametrize(
    ("kind", "moves"), [("RELATIVE", False), ("ABSOLUTE", True), ("SCENE_SIZE", True), ("RENDER_SIZE", False)]
)
def test_what_a_scale_goes_by(kind, moves, tree):
    scale = tree.add("CompositorNodeScale", tree.layer("One").outputs[0])
    if NEW:
        scale.inputs["Type"].default_value = kind.replace("_", " ").title()
    else:
        scale.space = kind
    assert tree.moves(scale) is moves
    if kind == "RELATIVE":
        scale.inputs["Y"].default_value = 2
        assert tree.moves(scale)


def test_a_flip(tree):
    flip = tree.add("CompositorNodeFlip", tree.layer("One").outputs[0])
    if not NEW:
        assert tree.moves(flip)  # always by an axis
        return
    for across, down in ((False, False), (True, False), (False, True)):
        flip.inputs["Flip X"].default_value, flip.inputs["Flip Y"].default_value = across, down
        assert tree.moves(flip) is (across or down)
    flip.inputs["Flip Y"].default_value = False
    tree.tree.links.new(tree.tree.nodes.new("ShaderNodeValue").outputs[0], flip.inputs["Flip X"])
    assert tree.moves(flip)


def test_one_way_that_moves_is_enough_and_each_layer_counts_once(tree):
    one, two = tree.layer("One"), tree.layer("Two")
    moved = tree.add("CompositorNodeTranslate", one.outputs[0])
    moved.inputs["X"].default_value = 9
    over = tree.add("CompositorNodeAlphaOver", one.outputs[0], moved.outputs[0])
    tree.finish(over)
    assert composed(tree.scene) == (("One",), False)
    moved.inputs["X"].default_value = 0
    assert composed(tree.scene) == (("One",), True)
    tree.finish(tree.add("CompositorNodeAlphaOver", two.outputs[0], over.outputs[0]))
    assert composed(tree.scene) == (("Two", "One"), True)
    tree.scene.view_layers["Two"].use = False
    assert composed(tree.scene) == (("One",), True)
    tree.scene.view_layers["One"].use = False
    assert composed(tree.scene) == ((), False)


def test_masks_of_a_layer_and_links_that_are_muted_are_no_picture(tree):
    one, two = tree.layer("One"), tree.layer("Two")
    over = tree.add("CompositorNodeAlphaOver", one.outputs[0], two.outputs["Alpha"])
    tree.finish(over)
    assert composed(tree.scene) == (("One",), True)
    link = tree.tree.links.new(two.outputs[0], [one for one in over.inputs if one.type == "RGBA"][1])
    assert set(composed(tree.scene).layers) == {"One", "Two"}
    link.is_muted = True
    assert composed(tree.scene) == (("One",), True)


def test_without_a_compositor_that_counts_the_first_layer_is_shown(tree):
    scene = tree.scene
    assert composed(scene) == first_layer(scene) == (("One",), True)  # nothing reaches its output
    tree.finish(tree.layer("Two"))
    assert composed(scene) == (("Two",), True)
    scene.render.use_compositing = False
    assert composed(scene) == (("One",), True)
    scene.render.use_compositing = True
    if not NEW:
        tree.end.mute = True
        assert composed(scene).layers == ("One",)
        tree.end.mute = False
        scene.use_nodes = False
        assert composed(scene) == (("One",), True)
    scene.view_layers["One"].use = False
    assert first_layer(scene) == (("Two",), True)
    scene.view_layers["Two"].use = False
    assert first_layer(scene) == ((), True)
    assert tree_path(scene) == ("compositing_node_group" if NEW else "node_tree")
    assert tree_path(bpy.data.scenes.new("Other")) == ""


def test_this_scenes_layers_are_its_own_by_name_or_by_none(tree):
    layer = tree.layer("One")
    layer.scene = tree.scene
    tree.finish(layer)
    assert composed(tree.scene) == (("One",), True)
    layer.scene = bpy.data.scenes.new("Other")
    assert composed(tree.scene) == ((), False)


def group_of(tree, inner_kind=None):
    """A group with two pictures in and two out, crosswise; the first out through a node of this kind."""
    group = bpy.data.node_groups.new("Group", "CompositorNodeTree")
    for direction in ("INPUT", "OUTPUT"):
        for name in "AB":
            group.interface.new_socket(name, in_out=direction, socket_type="NodeSocketColor")
    start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    source = start.outputs[1]
    if inner_kind:
        inner = group.nodes.new(inner_kind)
        group.links.new(source, inner.inputs[0])
        source = inner.outputs[0]
    group.links.new(source, end.inputs[0])
    group.links.new(start.outputs[0], end.inputs[1])
    node = tree.tree.nodes.new("CompositorNodeGroup")
    node.node_tree = group
    tree.tree.links.new(tree.layer("One").outputs[0], node.inputs[0])
    tree.tree.links.new(tree.layer("Two").outputs[0], node.inputs[1])
    return node


def test_of_a_group_the_way_to_that_output_counts(tree):
    node = group_of(tree)
    for output, layer in ((0, "Two"), (1, "One")):
        tree.finish(node, output)
        assert composed(tree.scene) == ((layer,), True)
    node.mute = True
    tree.finish(node, 0)
    assert composed(tree.scene).layers == ("One",)  # as it is passed by
    node.mute, node.node_tree = False, None
    assert composed(tree.scene) in (((), False), (("One",), True))


def test_a_group_in_a_group_leads_to_the_right_one(tree):
    node = group_of(tree, "CompositorNodeTranslate")
    moved = next(one for one in node.node_tree.nodes if one.type == "TRANSLATE")
    tree.finish(node, 0)
    assert composed(tree.scene) == (("Two",), True)
    moved.inputs["Y"].default_value = 4
    assert composed(tree.scene) == (("Two",), False)
    tree.finish(node, 1)
    assert composed(tree.scene) == (("One",), True)


def test_a_group_within_a_group_asks_the_one_that_is_around_it(tree):
    """Crosswise in either: the outer's first output is the inner's second, which is the inner's first input."""
    outer = group_of(tree)
    within = outer.node_tree.copy()
    inner = outer.node_tree.nodes.new("CompositorNodeGroup")
    inner.node_tree = within
    ends = {one.type: one for one in outer.node_tree.nodes}
    start, end = ends["GROUP_INPUT"], ends["GROUP_OUTPUT"]
    for index in (0, 1):
        outer.node_tree.links.new(start.outputs[1 - index], inner.inputs[index])
        outer.node_tree.links.new(inner.outputs[index], end.inputs[index])
    for output, layer in ((0, "One"), (1, "Two")):
        tree.finish(outer, output)
        assert composed(tree.scene) == ((layer,), True)
    for index in (0, 1):  # the outer's first input only, by both ways
        outer.node_tree.links.new(start.outputs[0], inner.inputs[index])
        tree.finish(outer, index)
        assert composed(tree.scene) == (("One",), True)


def test_files_that_the_compositor_writes_are_found_by_their_paths(tree):
    scene = tree.scene
    top = tree.tree.nodes.new("CompositorNodeOutputFile")
    top.name = 'Deliver "A"'
    node = group_of(tree)
    node.name = "G"
    node.node_tree.nodes.new("CompositorNodeOutputFile").name = "Inside"
    again = tree.tree.nodes.new("CompositorNodeGroup")
    again.node_tree, again.name = node.node_tree, "H"
    tree.tree.nodes.new("CompositorNodeGroup").name = "without a tree"
    root = tree_path(scene)
    assert list(file_outputs(scene)) == [
        f'{root}.nodes["Deliver \\"A\\""]', f'{root}.nodes["G"].node_tree.nodes["Inside"]',
    ]  # fmt: skip
    assert [scene.path_resolve(one).type for one in file_outputs(scene)] == ["OUTPUT_FILE"] * 2
    assert list(file_outputs(bpy.data.scenes.new("Other"))) == []


def shown(tree):
    return "".join(sorted(name[0] for name in composed(tree.scene).layers))


def choosing(tree, kind, **settings):
    """A node between both layers, and the input by which it chooses."""
    node = tree.tree.nodes.new(kind)
    for name, value in settings.items():
        setattr(node, name, value)
    pictures = [one for one in node.inputs if one.type == "RGBA" and one.enabled]
    for layer, socket in zip(("One", "Two"), pictures, strict=True):
        tree.tree.links.new(tree.layer(layer).outputs[0], socket)
    tree.finish(node, next(index for index, one in enumerate(node.outputs) if one.enabled))
    names = ("Switch", "Factor", "Fac")
    return node, next(one for one in node.inputs if one.enabled and one.name in names)


MIX = ("ShaderNodeMix", {"data_type": "RGBA"}) if NEW else ("CompositorNodeMixRGB", {})


@pytest.mark.parametrize(
    ("kind", "settings", "ways"),
    [
        ("CompositorNodeSwitch", {}, {False: "O", True: "T"}),
        ("CompositorNodeAlphaOver", {}, {0.0: "O", 0.5: "OT", 1.0: "OT"}),
        (MIX[0], {**MIX[1], "blend_type": "MIX"}, {0.0: "O", 0.25: "OT", 0.999: "OT", 1.0: "T"}),
        (MIX[0], {**MIX[1], "blend_type": "ADD"}, {0.0: "O", 0.5: "OT", 1.0: "OT"}),
    ],
)
def test_what_has_no_share_in_a_mixture_is_not_in_the_picture(kind, settings, ways, tree):
    node, by = choosing(tree, kind, **settings)
    for value, found in ways.items():
        by.default_value = value
        assert shown(tree) == found, value
    by.default_value = next(iter(ways))
    if kind != "CompositorNodeSwitch":
        tree.tree.links.new(tree.tree.nodes.new("ShaderNodeValue").outputs[0], by)
        assert shown(tree) == "OT"  # by as much as something else says
    node.mute = True
    assert shown(tree) == "O"


def test_a_mixture_of_one_picture_alone_shows_it(tree):
    node, by = choosing(tree, MIX[0], **MIX[1])
    by.default_value = 0.0
    first, second = (one for one in node.inputs if one.type == "RGBA" and one.enabled)
    tree.tree.links.remove(second.links[0])
    assert shown(tree) == "O"
    tree.tree.links.new(tree.layer("Two").outputs[0], second)
    tree.tree.links.remove(first.links[0])
    assert composed(tree.scene).layers == ()  # what is not linked is in it whole
    by.default_value = 1.0
    assert shown(tree) == "T"
