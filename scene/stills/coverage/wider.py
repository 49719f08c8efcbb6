"""A still rendered wider than its frame: whether what is inside would be the still, and by which camera that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import bpy

from ....client.protocol import Camera
from ..borrow.compositor import tree_path
from ..borrow.depth_pass import EEVEE, WORKBENCH
from .margin import Margin

BY_CAMERA = {"GeometryNodeInputActiveCamera", "GeometryNodeCameraInfo"}


def may_be_wider(scene: bpy.types.Scene, camera: bpy.types.Object) -> bool:
    """Whether a wider render holds the camera's own picture as it is: nothing in it goes by the frame's size, and
    nothing of the camera is what a second one lacks."""
    render, lens = scene.render, camera.data
    if render.engine not in {*EEVEE, WORKBENCH, "CYCLES"} or render.use_motion_blur or render.use_freestyle:
        return False
    if render.engine in EEVEE and scene.eevee.use_raytracing:
        return False  # its rays end at the edge of the frame
    if render.engine == "CYCLES" and (scene.cycles.time_limit > 0 or _culls(scene)):
        return False  # more pixels would share the same seconds; more things would be there
    if composes(scene):
        return False  # glow, vignettes and distortion go by the frame
    if lens.dof.use_dof and lens.animation_data is not None:
        return False  # what of the lens is animated besides its length
    return not any(_goes_by_frame(tree) for tree in _trees(scene)) and not drivers_ask(scene)


def composes(scene: bpy.types.Scene) -> bool:
    """Whether nodes make the picture of what is rendered."""
    path = tree_path(scene)
    return bool(scene.render.use_compositing and path and (path != "node_tree" or scene.use_nodes))


def drivers_ask(scene: bpy.types.Scene) -> bool:
    """Whether any value of the file goes by the picture's size, or by whichever camera is the scene's."""
    return any(map(_asks_frame, _drivers(scene)))


def inside(camera: Camera, margin: Margin) -> Camera:
    """The still's camera, of a wider picture's."""
    return replace(
        camera,
        width=camera.width - margin.left - margin.right,
        height=camera.height - margin.top - margin.bottom,
        cx=camera.cx - margin.left,
        cy=camera.cy - margin.top,
    )


def _culls(scene: bpy.types.Scene) -> bool:
    """Whether Cycles leaves out what is beside the frame."""
    return bool(scene.render.use_simplify and scene.cycles.use_camera_cull)


def _trees(scene: bpy.types.Scene) -> Iterator[bpy.types.NodeTree]:
    for owner in (scene.world, *bpy.data.materials, *bpy.data.lights):
        if owner is not None and owner.node_tree is not None:
            yield owner.node_tree
    yield from (group for group in bpy.data.node_groups if group.type in {"SHADER", "GEOMETRY"})


def _goes_by_frame(tree: bpy.types.NodeTree) -> bool:
    """Whether a shader is mapped onto the frame, or a shape is made by what the camera sees."""
    return any(
        node.bl_idname in BY_CAMERA or (node.type == "TEX_COORD" and node.outputs["Window"].is_linked)
        for node in tree.nodes
    )


def _drivers(scene: bpy.types.Scene) -> Iterator[bpy.types.Driver]:
    """All of the file's: blocks of any kind may be driven."""
    kinds = [prop.identifier for prop in bpy.data.bl_rna.properties if prop.type == "COLLECTION"]
    for owner in (*_trees(scene), *(block for kind in kinds for block in getattr(bpy.data, kind))):
        animation = getattr(owner, "animation_data", None)
        if animation is not None:
            yield from (curve.driver for curve in animation.drivers)


def _asks_frame(driver: bpy.types.Driver) -> bool:
    paths = [target.data_path for variable in driver.variables for target in variable.targets]
    asked = any(path.startswith(("render.resolution_", "camera.")) for path in paths)
    return asked or any(word in driver.expression for word in ("resolution_", "scene.camera"))
