"""The render of the depth alone, where the picture's own depth pass would not hold one surface a pixel.

A depth pass is the first sample of each pixel. In fog, with motion blur or a lens out of focus, and with EEVEE where
a surface is transparent, that is a surface by chance. Then the depth is rendered before the picture, by Cycles with
one sample through the middle of each pixel, without any of these, and through glass. So depth means the same for all
engines of Blender: the distance of the surface whose picture a pixel shows; through glass the room behind it. In a
plane mirror it is the mirror's, and how far what it shows is comes beside it (see mirrors).
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.utils import escape_identifier

from ..formats import exr
from . import see_through
from .there import groups_in

EEVEE = {"BLENDER_EEVEE", "BLENDER_EEVEE_NEXT"}
WORKBENCH = "BLENDER_WORKBENCH"
MANY = 0.03  # the share of a depth picture from which on it is said to be doubtful
MIRRORED = ("use_pass_material_index", "use_pass_normal", "cycles.denoising_store_passes")  # what tells of mirrors
MAKE_VOLUMES = {  # geometry nodes
    f"GeometryNode{name}" for name in ("VolumeCube", "MeshToVolume", "PointsToVolume", "StoreNamedGrid", "ImportVDB")
}
BRING_OBJECTS = {"GeometryNodeObjectInfo", "GeometryNodeCollectionInfo"}  # geometry nodes that instance
SAME = 0.05  # of the depth: neighbours that differ by less are of one surface


def needs_pass(scene: bpy.types.Scene, camera: bpy.types.Object, engine: str) -> bool:
    """Whether the depth has to be rendered on its own for a picture by this engine, besides for what mirrors show."""
    if not hasattr(scene, "cycles") or engine not in {*EEVEE, WORKBENCH, "CYCLES"}:
        return False  # Cycles is switched off; or an engine that we don't know
    found = see_through.natures(scene).values()
    if any(nature.clear or nature.masked for nature in found):
        return True
    if engine == "CYCLES":
        blurred = scene.render.use_motion_blur or camera.data.dof.use_dof
        foggy = see_through.world_has_volume(scene) or _has_volume_objects(scene)
        return blurred or foggy or any(nature.volume or nature.fading for nature in found)
    if engine in EEVEE:  # its fog, and what it blurs after the render, leave the depth alone
        stepped = scene.render.use_motion_blur and scene.eevee.motion_blur_steps > 1
        jittered = camera.data.dof.use_dof and scene.eevee.use_bokeh_jittered
        return stepped or jittered or any(nature.cut_out for nature in found)
    return False


def pass_changes(scene: bpy.types.Scene, layers: tuple[str, ...], mirrored: bool = False) -> dict[str, Any]:
    """What the scene needs for a render of these layers' depth, and of that which mirrors show, besides what each still
    needs."""
    changes: dict[str, Any] = {
        "render.engine": "CYCLES",
        "render.use_compositing": False,
        "render.use_motion_blur": False,
        "render.use_persistent_data": False,
        "camera.data.dof.use_dof": False,
        "camera.data.dof.aperture_fstop": 1e6,  # where keys switch the depth of field on again
        "world": None,
        "cycles.samples": 1,
        "cycles.time_limit": 0.0,
        "cycles.use_adaptive_sampling": False,
        "cycles.use_denoising": False,
        "cycles.use_light_tree": False,
        "cycles.use_guiding": False,
        "cycles.max_bounces": 0,
        "cycles.transparent_max_bounces": max(256, scene.cycles.transparent_max_bounces),
        "cycles.pixel_filter_type": "GAUSSIAN",
        "cycles.filter_width": 0.01,
    }
    for layer in scene.view_layers:
        place = layer_path(layer)
        changes[f"{place}.use"] = layer.name in layers
        if layer.name in layers:
            changes |= {f"{place}.use_volumes": False, f"{place}.samples": 0}
            if getattr(layer, "world_override", None) is not None:
                changes[f"{place}.world_override"] = None
            changes |= {f"{place}.{name}": False for name in _passes(layer)}
            changes |= {f"{place}.cycles.{name}": False for name in _passes(layer.cycles)}
            if mirrored:
                changes |= {f"{place}.{name}": True for name in MIRRORED}
    return changes | depth_changes(scene, layers)


def depth_changes(scene: bpy.types.Scene, layers: tuple[str, ...]) -> dict[str, Any]:
    """What gives these layers a depth pass; of a leaf with alpha, where it is more there than not."""
    changes: dict[str, Any] = {}
    for layer in scene.view_layers:
        if layer.name in layers:
            changes |= {f"{layer_path(layer)}.use_pass_z": True, f"{layer_path(layer)}.pass_alpha_threshold": 0.5}
    return changes


def layer_path(layer: bpy.types.ViewLayer) -> str:
    return f'view_layers["{escape_identifier(layer.name)}"]'


def doubtful(depth: np.ndarray) -> float:
    """The share of pixels that are of another surface than their neighbours: speckle, 0 to 1. `depth` is
    [height, width] in any unit."""
    if min(depth.shape) < 3:
        return 0.0
    middle = depth[1:-1, 1:-1]
    around = (depth[:-2, 1:-1], depth[2:, 1:-1], depth[1:-1, :-2], depth[1:-1, 2:])
    alike = sum((np.abs(one - middle) <= SAME * middle).astype(np.int8) for one in around)
    return float(np.mean(alike <= 1))


def missing(layers: tuple[str, ...]) -> str:
    """What is said where a render of these layers has no depth."""
    long = [layer for layer in layers if not exr.is_named(layer)]
    if long and bpy.app.version < (5, 0):
        text = rpt_("Blender {version} cuts off the name of view layer '{layer}', and its depth is lost: shorten it.")
        return str(text).format(version=bpy.app.version_string, layer=long[0])
    return "The render has no depth: the move is plainer."


def _passes(owner: Any) -> list[str]:
    """What else a layer might write: all that costs time and space."""
    names = (prop.identifier for prop in owner.bl_rna.properties)
    return [name for name in names if name.startswith("use_pass_") or name == "denoising_store_passes"]


def _has_volume_objects(scene: bpy.types.Scene) -> bool:
    """Whether a volume may render that is no material's: an object of its own, or what geometry nodes make."""
    rendered = [item for item in see_through.with_instanced(scene) if not item.hide_render]
    makers = MAKE_VOLUMES | (BRING_OBJECTS if any(one.type == "VOLUME" for one in bpy.data.objects) else set())
    return any(item.type == "VOLUME" or _has_node(item, makers) for item in rendered)


def _has_node(item: bpy.types.Object, kinds: set[str]) -> bool:
    """Whether the geometry nodes that an object renders with have one of these."""
    trees = (one.node_group for one in item.modifiers if one.type == "NODES" and one.show_render)
    nodes = (node for tree in trees if tree is not None for one in (tree, *groups_in(tree)) for node in one.nodes)
    return any(node.bl_idname in kinds for node in nodes)
