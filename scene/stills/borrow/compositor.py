"""What the compositor makes of a scene's layers: which are in the picture, and whether they are where they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import bpy
from bpy.utils import escape_identifier

# What these do to a picture's places unless all their numbers are neutral; the others keep each pixel where it is.
NEUTRAL = {
    "TRANSLATE": {"X": 0, "Y": 0},
    "ROTATE": {"Angle": 0, "Degr": 0},
    "TRANSFORM": {"X": 0, "Y": 0, "Angle": 0, "Scale": 1},
    "SCALE": {"X": 1, "Y": 1},
    "LENSDIST": {"Distortion": 0},
    "FLIP": {},
    "CROP": {},
    "DISPLACE": {},
    "MAP_UV": {},
    "CORNERPIN": {},
    "STABILIZE2D": {},
    "MOVIEDISTORTION": {},
    "PLANETRACKDEFORM": {},
}
FRINGES = 0.04  # dispersion of a lens, from which on a picture is moved by more than a hundredth of its size
MIXES = ("MIX", "MIX_RGB")
# The inputs by which these choose between their pictures.
CHOOSING = {
    "SWITCH": ("Switch",),
    "MENU_SWITCH": ("Menu",),
    "ALPHAOVER": ("Factor", "Fac"),
    "MIX": ("Factor",),
    "MIX_RGB": ("Fac",),
}
Groups = tuple[bpy.types.Node, ...]


class Composed(NamedTuple):
    """The names of the view layers that the picture shows, and whether they are in their places: not scaled,
    cropped, distorted, from another scene or a file."""

    layers: tuple[str, ...]
    in_place: bool


def tree_path(scene: bpy.types.Scene) -> str:
    """The path of the scene's compositor node tree, "" where it has none."""
    for path in ("compositing_node_group", "node_tree"):
        if getattr(scene, path, None):
            return path
    return ""


def file_outputs(scene: bpy.types.Scene) -> Iterator[str]:
    """The paths, from the scene, of the compositor's nodes that write files, also of those inside groups."""
    path = tree_path(scene)
    yield from _file_outputs(path, scene.path_resolve(path), set()) if path else ()


def _file_outputs(path: str, tree: bpy.types.NodeTree, seen: set[bpy.types.NodeTree]) -> Iterator[str]:
    seen.add(tree)
    for node in tree.nodes:
        place = f'{path}.nodes["{escape_identifier(node.name)}"]'
        if node.type == "OUTPUT_FILE":
            yield place
        elif node.type == "GROUP" and node.node_tree is not None and node.node_tree not in seen:
            yield from _file_outputs(f"{place}.node_tree", node.node_tree, seen)


def composed(scene: bpy.types.Scene) -> Composed:
    """Of the scene's render by its compositor; without one the picture is its first layer."""
    path = tree_path(scene)
    output = _output(scene.path_resolve(path)) if path and scene.render.use_compositing else None
    if output is None or (path == "node_tree" and not scene.use_nodes):
        return first_layer(scene)
    used = [layer.name for layer in scene.view_layers if layer.use]
    sources = list(_sources(output.inputs[0], (), False, set()))
    own = [(node, moved) for node, moved in sources if node.type == "R_LAYERS" and node.scene in (scene, None)]
    layers = tuple(dict.fromkeys(node.layer for node, _ in own if node.layer in used))
    foreign = any(node.type == "R_LAYERS" and node.scene not in (scene, None) for node, _ in sources)
    return Composed(layers, bool(layers) and not foreign and not any(moved for _, moved in own))


def first_layer(scene: bpy.types.Scene) -> Composed:
    """What a render shows without a compositor."""
    used = [layer.name for layer in scene.view_layers if layer.use]
    return Composed(tuple(used[:1]), True)


def _output(tree: bpy.types.NodeTree) -> bpy.types.Node | None:
    found = [node for node in tree.nodes if node.type in {"COMPOSITE", "GROUP_OUTPUT"} and len(node.inputs)]
    active = [node for node in found if node.type == "COMPOSITE" or node.is_active_output]
    return next((node for node in active if not node.mute and node.inputs[0].is_linked), None)


def _sources(
    socket: bpy.types.NodeSocket, groups: Groups, moved: bool, seen: set[tuple[object, ...]]
) -> Iterator[tuple[bpy.types.Node, bool]]:
    """The nodes that the picture at this input comes from (render layers by their colours, as their values are
    masks), each with whether it was moved on the way."""
    if not socket.is_linked:
        return
    for link in socket.links:
        node, output = link.from_node, link.from_socket
        place = (groups, node, output.identifier, moved)
        if place in seen or link.is_muted:
            continue
        seen.add(place)
        if not node.inputs and node.type != "GROUP_INPUT":
            if node.type != "R_LAYERS" or output.type == "RGBA":
                yield node, moved
            continue
        for inner, around in _before(node, output, groups):
            yield from _sources(inner, around, moved or _moves(node), seen)


def _before(
    node: bpy.types.Node, output: bpy.types.NodeSocket, groups: Groups
) -> Iterator[tuple[bpy.types.NodeSocket, Groups]]:
    """The inputs that an output depends on, with the group nodes around them."""
    if node.mute:
        yield from ((link.from_socket, groups) for link in node.internal_links if link.to_socket == output)
    elif node.type == "GROUP_INPUT":
        outer = groups[-1].inputs if groups else ()
        yield from ((one, groups[:-1]) for one in outer if one.identifier == output.identifier)
    elif node.type == "GROUP":
        nodes = node.node_tree.nodes if node.node_tree is not None else ()
        inner = next((one for one in nodes if one.type == "GROUP_OUTPUT" and one.is_active_output), None)
        inputs = inner.inputs if inner is not None else ()
        yield from ((one, (*groups, node)) for one in inputs if one.identifier == output.identifier)
    else:
        silent = _silent(node)
        yield from ((one, groups) for one in node.inputs if one not in silent)


def _silent(node: bpy.types.Node) -> list[bpy.types.NodeSocket]:
    """The pictures that do not reach the node's output: a switch lets one through, and what has no share in a mixture
    is not in it."""
    by = next((one for one in node.inputs if one.enabled and one.name in CHOOSING.get(node.type, ())), None)
    pictures = [one for one in node.inputs if one.enabled and one.type == "RGBA"]
    if by is None or by.is_linked or len(pictures) < 2:
        return []
    if node.type == "MENU_SWITCH":
        return [one for one in pictures if one.name != by.default_value]
    if not by.default_value:
        return pictures[1:]
    whole = node.type == "SWITCH" or (node.type in MIXES and node.blend_type == "MIX" and by.default_value >= 1)
    return pictures[:1] if whole else []


def _moves(node: bpy.types.Node) -> bool:
    if node.mute or node.type not in NEUTRAL:
        return False
    if node.type == "CROP" and not _crops_size(node):
        return False  # bars of black: what is left is in its place
    if node.type == "SCALE" and _scale_type(node) != "RELATIVE":
        return _scale_type(node) != "RENDER_SIZE"  # which our layers have
    if node.type == "FLIP" and "Flip X" in node.inputs and bpy.app.version >= (5, 0):
        return any(node.inputs[name].is_linked or node.inputs[name].default_value for name in ("Flip X", "Flip Y"))
    if node.type == "LENSDIST" and _disperses(node):
        return True
    neutral = NEUTRAL[node.type]
    numbers = [one for one in node.inputs if one.name in neutral]
    return not numbers or any(one.is_linked or abs(one.default_value - neutral[one.name]) > 1e-6 for one in numbers)


def _disperses(node: bpy.types.Node) -> bool:
    """Whether fringes are so wide that the picture is moved: it shrinks to hold them."""
    dispersion = node.inputs["Dispersion"]
    return bool(dispersion.is_linked or dispersion.default_value > FRINGES)


def _crops_size(node: bpy.types.Node) -> bool:
    if bpy.app.version >= (5, 0):
        alpha = node.inputs["Alpha Crop"]
        return bool(alpha.is_linked or not alpha.default_value)
    return bool(node.use_crop_size)


def _scale_type(node: bpy.types.Node) -> str:
    """As an identifier: RELATIVE, ABSOLUTE, SCENE_SIZE, RENDER_SIZE."""
    if bpy.app.version >= (5, 0):
        return str(node.inputs["Type"].default_value).upper().replace(" ", "_")
    return str(node.space)
