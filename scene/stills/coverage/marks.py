"""What a picture depends on besides surfaces and the camera's place, as a mark: the same where the same picture would
come.

Read are the values of materials, lights and worlds with their nodes, images by file, size and date, the settings of
render, engine, view layers, lens, colours and compositor, and the frame. What Blender does not tell (a picture painted
and not saved) is taken for changed.
"""

from __future__ import annotations

import hashlib
from typing import Any

import bpy

from ..track import Track
from .look.values import Rows, curves, named, place, plain, value
from .steps import Steps, scene_of

OF_RENDER = (
    "engine", "resolution_x", "resolution_y", "resolution_percentage", "pixel_aspect_x", "pixel_aspect_y",
    "film_transparent", "filter_size", "use_motion_blur", "motion_blur_shutter", "motion_blur_position",
    "use_compositing", "compositor_precision", "use_simplify", "simplify_subdivision_render",
    "simplify_child_particles_render", "simplify_volumes", "use_simplify_normals", "use_high_quality_normals",
    "hair_type", "hair_subdiv", "use_freestyle", "line_thickness", "line_thickness_mode", "dither_intensity",
)  # fmt: skip
OF_COLOURS = (
    "view_transform", "look", "exposure", "gamma", "use_curve_mapping", "use_white_balance",
    "white_balance_temperature", "white_balance_tint",
)  # fmt: skip
OF_DISPLAY = ("display_device", "emulation")
OF_ENGINES = ("cycles", "cycles_curves", "eevee", "display", "grease_pencil_settings")
OF_LENS = ("clip_start", "clip_end", "show_background_images")
TOLD_ELSEWHERE = {prop.identifier for prop in bpy.types.Node.bl_rna.properties}


def look_mark(scene: bpy.types.Scene, frame: float, used: tuple[tuple[str, str], ...]) -> Steps[str]:
    """The mark of all that is no surface, no lamp's place and no camera. `used` are the materials and lights that are
    seen (see Surfaces): what nothing uses is not saved, and does not count."""
    digest, number = hashlib.blake2b(digest_size=16), scene.session_uid

    def say(*words: Any) -> None:
        digest.update(repr(words).encode())

    say(frame, scene.unit_settings.scale_length, scene.unit_settings.system)
    say(*named(scene.render, OF_RENDER))
    say(*named(scene.view_settings, OF_COLOURS), *named(scene.display_settings, OF_DISPLAY))
    if scene.view_settings.use_curve_mapping:
        say(*curves(scene.view_settings.curve_mapping))
    for name in OF_ENGINES:
        if hasattr(scene, name):
            say(name, *plain(getattr(scene, name)))
    yield 0.1
    scene = scene_of(number)
    for layer in scene.view_layers:
        if layer.use:
            say(*_layer(scene, layer))
    yield 0.2
    scene = scene_of(number)
    say(*_tree(getattr(scene, "compositing_node_group", None) or getattr(scene, "node_tree", None)))
    overrides = [getattr(layer, "world_override", None) for layer in scene.view_layers]
    say(*(row for world in (scene.world, *overrides) if world is not None for row in _block(world)))
    instead = [layer.material_override for layer in scene.view_layers if layer.material_override is not None]
    for kind, name in (*used, *(("materials", one.name_full) for one in instead)):
        block = next((one for one in getattr(bpy.data, kind) if one.name_full == name), None)
        if block is not None:
            say(kind, *_block(block))
        yield 0.5
    return digest.hexdigest()


def lens_mark(camera: bpy.types.Object, track: Track) -> str:
    """The mark of what a camera's lens blurs and cuts off: the rest of it is in the views' own numbers."""
    lens = camera.data
    rows = [*named(lens, OF_LENS), lens.dof.use_dof]
    if lens.dof.use_dof:
        focus = sorted({value(pose.lens.focus) for pose in track.poses})
        rows += [focus, *place(lens.dof.focus_object), *plain(lens.dof, {"focus_object", "focus_distance"})]
    return hashlib.blake2b(repr(rows).encode(), digest_size=8).hexdigest()


def _block(block: bpy.types.ID) -> Rows:
    """A material, a light or a world."""
    yield block.name_full
    if bpy.app.version < (5, 0):
        yield block.use_nodes
    yield from plain(block)
    yield from _tree(block.node_tree)


def _layer(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> Rows:
    yield layer.name
    yield from plain(layer)
    waiting = [layer.layer_collection]
    while waiting:
        one = waiting.pop()
        yield one.name, one.exclude, one.holdout, one.indirect_only, one.collection.hide_render
        waiting.extend(one.children)
    if not (scene.render.use_freestyle and layer.use_freestyle):
        return
    drawn = layer.freestyle_settings
    yield from plain(drawn)
    yield from (value((one.script, one.use)) for one in drawn.modules)
    for lines in drawn.linesets:
        yield lines.name
        yield from plain(lines)
        if lines.linestyle is not None:
            yield from _line_style(lines.linestyle)


def _line_style(style: bpy.types.FreestyleLineStyle) -> Rows:
    yield from plain(style)
    yield from _tree(style.node_tree)
    for kind in ("color", "alpha", "thickness", "geometry"):
        for modifier in getattr(style, f"{kind}_modifiers"):
            yield modifier.name
            yield from plain(modifier)


def _tree(tree: bpy.types.NodeTree | None, around: tuple[str, ...] = ()) -> Rows:
    if tree is None or tree.name_full in around:
        return
    for node in tree.nodes:
        yield node.bl_idname, node.name, node.mute
        yield from plain(node, TOLD_ELSEWHERE)
        if node.type == "GROUP":
            yield from _tree(node.node_tree, (*around, tree.name_full))
        for socket in (*node.inputs, *node.outputs):
            if hasattr(socket, "default_value") and not socket.is_linked:
                yield value(socket.default_value)
    for link in tree.links:
        ends = link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier
        yield (*ends, link.is_muted)
