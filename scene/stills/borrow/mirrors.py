"""Plane mirrors. What one shows stands still in space behind it, as a room behind a window, wherever the camera goes.
So beside the depth of its surface a mirror's pixel has that of what it shows: the way to the mirror and on from there
to what is reflected, along the pixel's own ray.

Cycles tells it in the render of the depth, where such a mirror is without flaw and colour: its pass Denoising Depth
adds up the parts of a ray that is reflected as by a mirror. Which pixels are a mirror's a number of their material
tells, and the normals where it is flat. What is reflected in a second mirror has that one's surface.
"""

from __future__ import annotations

from collections.abc import Iterable

import bpy
import numpy as np

from ..formats.exr import BACKGROUND, Passes
from . import see_through
from .there import Groups, add, shader_at, varies

ROUGH = 0.15  # from here on a mirror shows no clear picture
WHOLE = 0.9  # so much of what it shows is the reflection, at least
LARGE = 0.01  # square metres: of a smaller face nothing can be told that is worth a render
NUMBER = 30011  # of the materials of mirrors meanwhile
NUMBERED, SAMPLED = "take_one_pass_index", "take_one_sampled"  # on materials and lights of ours: what was before
FLAT = 1e-4  # neighbouring normals differ by less


def mirrors(scene: bpy.types.Scene) -> set[bpy.types.Material]:
    """The materials of plane mirrors that a render by Cycles may show."""
    found = {material for material in bpy.data.materials if _is_mirror(material)}
    return found & set(see_through.shown(scene, found)) if found else found


def has_mirror(scene: bpy.types.Scene) -> bool:
    """Whether a face that is worth it is a mirror's."""
    found = mirrors(scene)
    return bool(found) and any(_has_large_face(item, found) for item in see_through.all_objects(scene))


def make_plain(scene: bpy.types.Scene) -> None:
    """Make the scene's mirrors without flaw, and leave nothing but surfaces to be seen in them: Cycles shows lamps
    there too. For after `see_through.clear_away`; `restore` puts all back."""
    for material in mirrors(scene):
        tree = material.node_tree
        if see_through.OUTPUT in tree.nodes:  # it is seen through
            continue
        glossy = add(tree, "ShaderNodeBsdfAnisotropic")
        glossy.distribution = "GGX"
        glossy.inputs["Color"].default_value, glossy.inputs["Roughness"].default_value = (1, 1, 1, 1), 0
        see_through.draw_instead(tree, tree.get_output_node("CYCLES"), glossy.outputs[0])
        material[NUMBERED], material.pass_index = material.pass_index, NUMBER
    for lamp in bpy.data.lights:
        if lamp.cycles.use_multiple_importance_sampling:
            lamp[SAMPLED], lamp.cycles.use_multiple_importance_sampling = True, False


def restore() -> None:
    """Give materials their numbers and lights their sampling again."""
    for material in bpy.data.materials:
        if NUMBERED in material:
            if material.pass_index == NUMBER:
                material.pass_index = material[NUMBERED]
            del material[NUMBERED]
    for lamp in bpy.data.lights:
        if SAMPLED in lamp and hasattr(lamp, "cycles"):
            lamp.cycles.use_multiple_importance_sampling = True
            del lamp[SAMPLED]


def mirrored(layers: Iterable[Passes], slant: np.ndarray | float, near: float) -> np.ndarray:
    """How far what mirrors show is, along the camera's axis: float32 [height, width], BACKGROUND for the sky, 0 where
    there is no mirror, from the passes of a render of the depth in all its view layers. `slant` is how long a pixel's
    ray is to one unit of the axis; rays begin at the distance `near`."""
    nearest: np.ndarray | np.float32 = np.float32(np.inf)
    found: np.ndarray | np.float32 = np.float32(0)
    for depth, along, number, normal in layers:
        shown = along / np.float32(slant) + np.float32(near)
        shown = np.where(shown > depth * np.float32(1 + 1e-5), shown, np.float32(BACKGROUND))
        flat = (number == NUMBER) & (depth < BACKGROUND) & _flat(normal)
        found = np.where(depth < nearest, np.where(flat, shown, np.float32(0)), found)
        nearest = np.minimum(nearest, depth)
    return np.asarray(found, np.float32)


def _flat(normal: np.ndarray) -> np.ndarray:
    """Where a surface is plane: bool [height, width], by the normals [3, height, width] of a pixel's neighbours on at
    least one side across, and on one down."""
    flat = np.ones(normal.shape[1:], bool)
    for axis in (1, 2):
        same = (np.abs(np.diff(normal, axis=axis)) < FLAT).all(0)
        none = np.zeros_like(same.take([0], axis - 1))
        flat &= np.concatenate([none, same], axis - 1) | np.concatenate([same, none], axis - 1)
    return flat


def _is_mirror(material: bpy.types.Material) -> bool:
    tree = material.node_tree
    output = tree.get_output_node("CYCLES") if tree is not None else None
    if output is None or output.inputs["Volume"].is_linked or output.inputs["Displacement"].is_linked:
        return False
    return _share(output.inputs["Surface"], ()) >= WHOLE


def _share(socket: bpy.types.NodeSocket, groups: Groups) -> float:
    """How much of the shader at this input is a smooth mirror, 0 to 1: what varies is none. `groups` are the group
    nodes around it, outermost first."""
    node, groups = shader_at(socket, groups)
    if node is None:
        return 0.0
    if node.type == "MIX_SHADER":
        one, two = (_share(inner, groups) for inner in node.inputs if inner.type == "SHADER")
        factor = node.inputs[0]
        return min(one, two) if varies(factor) else one + (two - one) * min(1.0, max(0.0, factor.default_value))
    smooth = {
        "BSDF_GLOSSY": (),
        "BSDF_METALLIC": (),
        "BSDF_PRINCIPLED": (("Metallic", WHOLE, 1), ("Alpha", 1, 1), ("Emission Strength", 0, 0)),
    }.get(node.type)
    if smooth is None or any(node.inputs[name].is_linked for name in ("Normal", "Tangent")):
        return 0.0
    colour = node.inputs["Base Color" if "Base Color" in node.inputs else "Color"]
    numbers = (("Roughness", 0, ROUGH), *smooth)
    if varies(colour) or any(varies(node.inputs[name]) for name, *_ in numbers):
        return 0.0
    return float(all(least <= round(node.inputs[name].default_value, 6) <= most for name, least, most in numbers))


def _has_large_face(item: bpy.types.Object, found: set[bpy.types.Material]) -> bool:
    if item.type != "MESH":
        return False
    slots = [index for index, slot in enumerate(item.material_slots) if slot.material in found]
    faces = item.data.polygons
    if not slots or not len(faces):
        return False
    areas, which = np.empty(len(faces), np.float32), np.empty(len(faces), np.int32)
    faces.foreach_get("area", areas)
    faces.foreach_get("material_index", which)
    scale = abs(item.matrix_world.determinant()) ** (2 / 3) or 1.0
    areas = areas[np.isin(which, slots)]
    return bool(areas.size and areas.max() * scale >= LARGE)
