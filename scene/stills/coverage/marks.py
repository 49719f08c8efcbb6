"""What a picture depends on besides surfaces and camera, as a mark: the same where the same picture would come.

Read are the values of materials, lights and worlds with their nodes, images by file, size and date, the settings of
render, engine, colours and compositor, and the frame. What Blender does not tell (a picture painted and not saved) is
taken for changed.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from .steps import Steps
from .surfaces import scene_of

OF_RENDER = (
    "engine",
    "resolution_x",
    "resolution_y",
    "resolution_percentage",
    "pixel_aspect_x",
    "pixel_aspect_y",
    "film_transparent",
    "filter_size",
    "use_motion_blur",
    "motion_blur_shutter",
    "use_compositing",
    "use_simplify",
    "simplify_subdivision_render",
    "use_freestyle",
    "dither_intensity",
)
OF_COLOURS = ("view_transform", "look", "exposure", "gamma", "use_curve_mapping", "display_device")
OF_MATERIAL = (
    "diffuse_color",
    "metallic",
    "roughness",
    "specular_intensity",
    "use_backface_culling",
    "surface_render_method",
    "blend_method",
    "displacement_method",
    "use_transparent_shadow",
    "volume_intersection_method",
)
OF_LIGHT = (
    "type",
    "color",
    "energy",
    "exposure",
    "normalize",
    "use_shadow",
    "use_temperature",
    "temperature",
    "shape",
    "size",
    "size_y",
    "angle",
    "spread",
    "spot_size",
    "spot_blend",
    "shadow_soft_size",
    "diffuse_factor",
    "specular_factor",
    "volume_factor",
)
PLAIN = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}
TOLD_ELSEWHERE = {prop.identifier for prop in bpy.types.Node.bl_rna.properties}
Rows = Iterator[Any]


def look_mark(scene: bpy.types.Scene, frame: float, used: tuple[tuple[str, str], ...]) -> Steps[str]:
    """The mark of all that is no surface, no lamp's place and no camera. `used` are the materials and lights that are
    seen (see Surfaces): what nothing uses is not saved, and does not count."""
    digest, number = hashlib.blake2b(digest_size=16), scene.session_uid

    def say(*words: Any) -> None:
        digest.update(repr(words).encode())

    say(frame, scene.unit_settings.scale_length, scene.unit_settings.system)
    say(*_named(scene.render, OF_RENDER))
    say(*_named(scene.view_settings, OF_COLOURS), *_named(scene.display_settings, OF_COLOURS))
    for name in ("cycles", "eevee"):
        if hasattr(scene, name):
            say(name, *_plain(getattr(scene, name)))
    yield 0.1
    scene = scene_of(number)
    say(*_tree(getattr(scene, "compositing_node_group", None) or getattr(scene, "node_tree", None)))
    if scene.world is not None:
        say(scene.world.name_full, tuple(scene.world.color), *_tree(scene.world.node_tree))
    for kind, name in used:
        block = next((one for one in getattr(bpy.data, kind) if one.name_full == name), None)
        if block is not None:
            say(kind, name, *_named(block, OF_MATERIAL if kind == "materials" else OF_LIGHT), *_tree(block.node_tree))
        yield 0.5
    return digest.hexdigest()


def _image(image: bpy.types.Image) -> Rows:
    yield image.name_full
    if image.is_dirty:
        yield uuid.uuid4().hex
    yield from (tuple(image.size), image.source, image.colorspace_settings.name, image.alpha_mode)
    if image.packed_file is not None:
        yield image.packed_file.size
    elif image.filepath:
        try:
            found = Path(bpy.path.abspath(image.filepath, library=image.library)).stat()
        except OSError:
            return
        yield from (found.st_size, found.st_mtime_ns)


def _tree(tree: bpy.types.NodeTree | None, around: tuple[str, ...] = ()) -> Rows:
    if tree is None or tree.name_full in around:
        return
    for node in tree.nodes:
        yield node.bl_idname, node.name, node.mute
        yield from _plain(node, TOLD_ELSEWHERE)
        if node.type == "GROUP":
            yield from _tree(node.node_tree, (*around, tree.name_full))
        for socket in (*node.inputs, *node.outputs):
            if hasattr(socket, "default_value") and not socket.is_linked:
                yield _value(socket.default_value)
    for link in tree.links:
        yield link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier


def _named(owner: Any, names: tuple[str, ...]) -> Rows:
    for name in names:
        yield _value(getattr(owner, name, None))


def _plain(owner: Any, without: frozenset[str] | set[str] = frozenset()) -> Rows:
    """The plain values of an owner; of ramps and curves their points; of other blocks the names."""
    for prop in owner.bl_rna.properties:
        name = prop.identifier
        if name in without or name == "rna_type":
            continue
        if prop.type in PLAIN:
            yield name, _value(getattr(owner, name))
        elif prop.type == "POINTER":
            value = getattr(owner, name)
            if isinstance(value, bpy.types.Image):
                yield from _image(value)
            elif isinstance(value, bpy.types.ID):
                yield name, value.name_full
            elif isinstance(value, bpy.types.ColorRamp):
                yield value.interpolation, [(one.position, tuple(one.color)) for one in value.elements]
            elif isinstance(value, bpy.types.CurveMapping):
                yield [[tuple(point.location) for point in curve.points] for curve in value.curves]


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, bpy.types.ID):
        return value.name_full
    if isinstance(value, set):
        return sorted(value)
    if hasattr(value, "__len__") and not isinstance(value, str | bytes):
        return tuple(_value(one) for one in value)
    return value if isinstance(value, str | int | bool | None) else str(type(value))
