"""What a camera sees through: glass and volumes. Depth is that of the surface whose picture a pixel shows, so for the
render of the depth glass is clear and volumes are gone.

Nothing of a material is changed for that: it gets an output of its own for Cycles, by a name that tells it from the
user's, and loses it again. So it can be told and removed also in a file that was saved in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import bpy

from ...model.lent import lent
from .there import (
    HALF,
    OURS,
    Groups,
    There,
    add,
    groups_in,
    is_animated,
    is_smooth,
    masks,
    most_absent,
    remove_groups,
    shader_at,
    varies,
)

OUTPUT = OURS + " Output"  # a node of ours
DISPLACED = "take_one_displaced"  # on our output: those that were Cycles' own


class Nature(NamedTuple):
    """Whether light goes through a material's surface as through glass, whether it has a volume, whether parts of its
    surface are not there (leaves with alpha), whether that fades, and whether parts only are glass."""

    clear: bool
    volume: bool
    cut_out: bool
    fading: bool
    masked: bool = False


OPAQUE = Nature(False, False, False, False)


def nature(material: bpy.types.Material, drawn_by: str = "CYCLES") -> Nature:
    """By its nodes for the engine that draws it (`drawn_by`). What has a volume under its surface (water, juice) does
    not count as clear."""
    tree = material.node_tree
    output = tree.get_output_node(drawn_by) if tree is not None else None
    if output is None:
        return OPAQUE
    volume = output.inputs["Volume"].is_linked
    glass, nothing = _shares(output.inputs["Surface"], ())
    masked = not volume and _is_masked(output.inputs["Surface"], ())
    clear = not volume and not masked and (nothing > HALF or (glass > 0 and glass + nothing >= HALF))
    cut_out = any(_has_alpha(node) for one in (tree, *groups_in(tree)) for node in one.nodes)
    fading = cut_out and not clear and most_absent(output.inputs["Surface"]) > HALF
    return Nature(clear, volume, cut_out, fading, masked)


def natures(scene: bpy.types.Scene) -> dict[bpy.types.Material, Nature]:
    """The materials that are not plainly opaque, of those that the scene may show."""
    drawn_by = _drawn_by(scene)
    return _of_scene(scene, {material: nature(material, drawn_by) for material in bpy.data.materials})


def all_objects(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Those of the scene and of the sets behind it (Background Set)."""
    found, seen = [], set()
    while scene is not None and scene not in seen:
        seen.add(scene)
        found += scene.objects
        scene = scene.background_set
    return found


def world_has_volume(scene: bpy.types.Scene) -> bool:
    """Fog that fills the world, or the one that a view layer has instead."""
    worlds = (scene.world, *(getattr(layer, "world_override", None) for layer in scene.view_layers))
    trees = [world.node_tree for world in worlds if world is not None and world.node_tree is not None]
    outputs = [tree.get_output_node("CYCLES") for tree in trees]
    return any(output is not None and output.inputs["Volume"].is_linked for output in outputs)


def clear_away(scene: bpy.types.Scene) -> None:
    """Give the scene's materials an output for Cycles as its own engine draws them, without their glass and volumes,
    and edges to their alpha."""
    drawn_by = _drawn_by(scene)
    kinds = {material: nature(material, drawn_by) for material in bpy.data.materials}
    special = _of_scene(scene, kinds)
    if drawn_by != "CYCLES":
        special |= _of_scene(
            scene, {one: found for one, found in kinds.items() if _differs(one, drawn_by)}, all_of=True
        )
    depsgraph = _evaluated(scene, special)
    for material, found in special.items():
        tree = material.node_tree
        own = tree.get_output_node(drawn_by)
        now = material.evaluated_get(depsgraph).node_tree if depsgraph is not None else tree
        draw_instead(tree, own, _surface(There(tree, now, depsgraph, glass=found.masked), own.inputs["Surface"], found))


def draw_instead(tree: bpy.types.NodeTree, own: bpy.types.Node, shader: bpy.types.NodeSocket) -> None:
    """An output of ours, by which Cycles draws `shader` in the place of the `own` output's surface."""
    displaced = [node.name for node in tree.nodes if node.type == "OUTPUT_MATERIAL" and node.target == "CYCLES"]
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    output.name, output.target, output[DISPLACED] = OUTPUT, "CYCLES", "\n".join(displaced)
    for name in displaced:
        tree.nodes[name].target = "EEVEE"
    tree.links.new(shader, output.inputs["Surface"])
    if own.inputs["Displacement"].is_linked:
        tree.links.new(own.inputs["Displacement"].links[0].from_socket, output.inputs["Displacement"])


def restore() -> None:
    """Remove all nodes of ours."""
    for material in bpy.data.materials:
        tree = material.node_tree
        output = tree.nodes.get(OUTPUT) if tree is not None else None
        if output is None:
            continue
        for name in str(output.get(DISPLACED, "")).splitlines():
            if name in tree.nodes and tree.nodes[name].type == "OUTPUT_MATERIAL":
                tree.nodes[name].target = "CYCLES"
        for node in [node for node in tree.nodes if node.name.startswith(OURS)]:
            tree.nodes.remove(node)
    remove_groups()


def _drawn_by(scene: bpy.types.Scene) -> str:
    """Whose output of a material the scene's picture shows, also while its engine is lent."""
    engine = scene.render.engine
    for before, now in lent(scene, "render.engine"):
        if engine == now and isinstance(before, str):
            engine = before
    return "EEVEE" if engine.startswith("BLENDER_EEVEE") else "CYCLES"


def _differs(material: bpy.types.Material, drawn_by: str) -> bool:
    tree = material.node_tree
    own = tree.get_output_node(drawn_by) if tree is not None else None
    return own is not None and own != tree.get_output_node("CYCLES")


def _of_scene(
    scene: bpy.types.Scene, found: dict[bpy.types.Material, Nature], *, all_of: bool = False
) -> dict[bpy.types.Material, Nature]:
    """Those that the scene may show; without those that are plainly opaque, but for `all_of`."""
    special = {material: nature for material, nature in found.items() if all_of or any(nature)}
    seen = set(shown(scene, special)) if special else set()
    return {material: nature for material, nature in special.items() if material in seen}


def _evaluated(scene: bpy.types.Scene, special: dict[bpy.types.Material, Nature]) -> bpy.types.Depsgraph | None:
    """The scene at its frame, where alpha or glass of these materials may be animated."""
    changing = (material for material, found in special.items() if found.cut_out or found.masked)
    if not any(is_animated(material.node_tree) for material in changing):
        return None
    depsgraph = scene.view_layers[0].depsgraph
    depsgraph.update()
    return depsgraph


def _surface(there: There, own: bpy.types.NodeSocket, found: Nature) -> bpy.types.NodeSocket:
    """The shader whose surface is there or not, and nothing between: Cycles takes what is between by chance."""
    tree = there.tree
    in_parts = (found.cut_out or found.masked) and not found.clear
    alpha = there.alpha(own) if in_parts else float(not found.clear)
    if own.is_linked and isinstance(alpha, float) and alpha >= HALF:
        return own.links[0].from_socket
    clear = add(tree, "ShaderNodeBsdfTransparent")
    if isinstance(alpha, float):
        return clear.outputs[0]
    edge, mix = add(tree, "ShaderNodeMath"), add(tree, "ShaderNodeMixShader")
    edge.operation, edge.inputs[1].default_value = "GREATER_THAN", HALF
    tree.links.new(alpha, edge.inputs[0])
    tree.links.new(edge.outputs[0], mix.inputs[0])
    tree.links.new(clear.outputs[0], mix.inputs[1])
    tree.links.new(add(tree, "ShaderNodeBsdfDiffuse").outputs[0], mix.inputs[2])
    return mix.outputs[0]


def shown(scene: bpy.types.Scene, special: Iterable[bpy.types.Material]) -> Iterator[bpy.types.Material]:
    """The materials of the scene's objects and of what they instance; all that are `special` where geometry nodes or
    particles may bring in any."""
    yield from (layer.material_override for layer in scene.view_layers if layer.material_override is not None)
    for item in with_instanced(scene):
        if any(modifier.type in {"NODES", "PARTICLE_SYSTEM"} for modifier in item.modifiers):
            yield from special
        yield from (slot.material for slot in item.material_slots if slot.material is not None)


def with_instanced(scene: bpy.types.Scene) -> Iterator[bpy.types.Object]:
    """All objects of the scene, and of the collections that they instance."""
    seen: set[bpy.types.Object] = set()
    waiting = all_objects(scene)
    while waiting:
        item = waiting.pop()
        if item in seen:
            continue
        seen.add(item)
        yield item
        if item.instance_collection is not None:
            waiting.extend(item.instance_collection.all_objects)


def _has_alpha(node: bpy.types.Node) -> bool:
    if node.type == "BSDF_PRINCIPLED":
        alpha = node.inputs["Alpha"]
        return bool(varies(alpha) or alpha.default_value < 1)
    return bool(node.type == "BSDF_TRANSPARENT")


def _shares(socket: bpy.types.NodeSocket, groups: Groups) -> tuple[float, float]:
    """Of the shader at this input: how much is glass, and how much is not there (Transparent BSDF), 0 to 1 each. A mix
    by a texture, an angle or keys counts as one in halves; `_is_masked` tells the first and the last. `groups` are the
    group nodes around it, outermost first."""
    node, groups = shader_at(socket, groups)
    if node is None:
        return 0.0, 0.0
    if node.type in {"MIX_SHADER", "ADD_SHADER"}:
        one, two = (_shares(inner, groups) for inner in node.inputs if inner.type == "SHADER")
        factor = node.inputs[0]
        share = HALF if factor.type == "SHADER" or varies(factor) else float(factor.default_value)
        return one[0] * (1 - share) + two[0] * share, one[1] * (1 - share) + two[1] * share
    if node.type == "BSDF_TRANSPARENT":
        return 0.0, 1.0
    if node.type in {"BSDF_GLASS", "BSDF_REFRACTION"}:
        return float(is_smooth(node)), 0.0
    if node.type == "BSDF_PRINCIPLED":
        alpha = node.inputs["Alpha"]
        there = 1.0 if varies(alpha) else float(alpha.default_value)
        weight = node.inputs["Transmission Weight"]
        glass = is_smooth(node) and not weight.is_linked
        return there * float(weight.default_value) if glass else 0.0, 1 - there
    return 0.0, 0.0


def _is_masked(socket: bpy.types.NodeSocket, groups: Groups) -> bool:
    """Whether a texture, or keys, choose between glass and what is solid, of the shader at this input. `groups` are the
    group nodes around it, outermost first."""
    node, groups = shader_at(socket, groups)
    if node is None:
        return False
    if node.type in {"MIX_SHADER", "ADD_SHADER"}:
        shaders = [inner for inner in node.inputs if inner.type == "SHADER"]
        (one, *_), (two, *_) = shares = [_shares(inner, groups) for inner in shaders]
        differ = max(one, two) > 0 and sum(shares[0]) != sum(shares[1])
        if node.type == "MIX_SHADER" and differ and masks(node.inputs[0], groups):
            return True
        return any(_is_masked(inner, groups) for inner in shaders)
    return node.type == "BSDF_PRINCIPLED" and is_smooth(node) and masks(node.inputs["Transmission Weight"], groups)
