"""Settings of the user's scene that a still needs otherwise for a moment: borrowed, and given back to the
bit.

What was borrowed is written on the scene itself. So it is given back also where the state in between was
caught by an undo step, an autosave or a crash: `heal()` runs after undo and after loading a file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bpy

RECORD = "take_one_borrowed"


def borrow(scene: bpy.types.Scene, changes: dict[str, Any]) -> None:
    """Set each property, named by its path from the scene ("render.use_stamp"), and record what it was
    before.

    Values are what JSON knows, or an object (None for none). Those that are right already are not touched.
    """
    record: list[list[Any]] = []
    for path, value in changes.items():
        before = scene.path_resolve(path, True)
        if before != value:
            record.append([path, {"object": before.name} if isinstance(before, bpy.types.Object) else before])
    if not record:
        return
    scene[RECORD] = json.dumps(record)
    try:
        for path, _ in record:
            _assign(scene, path, changes[path])
    except BaseException:
        give_back(scene)
        raise


def give_back(scene: bpy.types.Scene) -> None:
    """Put back what was borrowed from this scene. What no longer exists is passed over."""
    record = scene.get(RECORD)
    if record is None:
        return
    for path, before in reversed(json.loads(record)):
        value = bpy.data.objects.get(before["object"]) if isinstance(before, dict) else before
        try:
            _assign(scene, path, value)
        except (ValueError, KeyError, IndexError, AttributeError) as error:
            print(f"Take One: {scene.name}: could not put back {path}: {error}")
    del scene[RECORD]


def heal() -> None:
    """Give back everything in every scene: for after undo and file load, when nothing renders."""
    for scene in bpy.data.scenes:
        give_back(scene)


def still_changes(scene: bpy.types.Scene, camera: bpy.types.Object, frame: float | None = None) -> dict[str, Any]:
    """What a render of the still needs: the camera's whole picture (no sequencer, render region, burnt-in
    text, second eye), with depth, and without writing the compositor's output files."""
    changes: dict[str, Any] = {
        "camera": camera,
        "render.use_sequencer": False,
        "render.use_border": False,
        "render.use_multiview": False,
        "render.use_stamp": False,
    }
    if frame is not None:
        changes["frame_current"], changes["frame_subframe"] = math.floor(frame), frame % 1
    layers = scene.view_layers
    for index, layer in enumerate(layers):
        if layer.use:
            changes[f"view_layers[{index}].use_pass_z"] = True
    # Markers that switch cameras would take the picture away from this one.
    for index, marker in enumerate(scene.timeline_markers):
        if marker.camera:
            changes[f"timeline_markers[{index}].camera"] = None
    tree = compositor_path(scene)
    if tree:
        for index, node in enumerate(scene.path_resolve(tree).nodes):
            if node.type == "OUTPUT_FILE":
                changes[f"{tree}.nodes[{index}].mute"] = True
    return changes


def compositor_path(scene: bpy.types.Scene) -> str:
    """The path of the scene's compositor node tree, "" where it has none."""
    for path in ("compositing_node_group", "node_tree"):
        if getattr(scene, path, None):
            return path
    return ""


@contextmanager
def image_settings(scene: bpy.types.Scene, **values: Any) -> Iterator[None]:
    """Output settings for one `save_render`, put back afterwards. `media_type` is for Blender 5 and passed
    over on 4.5."""
    settings = scene.render.image_settings
    before = _plain_values(settings)
    # Going from OVERRIDE to FOLLOW_SCENE and back makes Blender forget the overriding view.
    view = _view(settings) if before["color_management"] == "OVERRIDE" else None
    # A format that is not linear has no space of its own: Blender sets one anew with each linear format.
    space = settings.linear_colorspace_settings.name if settings.has_linear_colorspace else ""
    try:
        for name, value in values.items():
            if name in before:
                setattr(settings, name, value)
        yield
    finally:
        # What decides which other values are allowed comes first.
        for name in ("media_type", "file_format", "color_mode", "color_depth", *before):
            if name in before and getattr(settings, name) != before[name]:
                setattr(settings, name, before[name])
        if space:
            settings.linear_colorspace_settings.name = space
        if view is not None:
            _set_view(settings, view)


def _assign(scene: bpy.types.Scene, path: str, value: Any) -> None:
    owner_path, _, name = path.rpartition(".")
    owner = scene.path_resolve(owner_path) if owner_path else scene
    setattr(owner, name, value)


def _plain_values(item: Any) -> dict[str, Any]:
    """All writable properties that are no pointers or collections."""
    return {
        prop.identifier: getattr(item, prop.identifier)
        for prop in item.bl_rna.properties
        if not prop.is_readonly and prop.type not in {"POINTER", "COLLECTION"}
    }


def _view(settings: Any) -> dict[str, Any]:
    mapping = settings.view_settings.curve_mapping
    curves = [[(*point.location, point.handle_type) for point in curve.points] for curve in mapping.curves]
    return {
        "display": settings.display_settings.display_device,
        "view": _plain_values(settings.view_settings),
        "mapping": {
            "black": tuple(mapping.black_level),
            "white": tuple(mapping.white_level),
            "clip": _plain_values(mapping),
            "curves": curves,
        },
    }


def _set_view(settings: Any, saved: dict[str, Any]) -> None:
    settings.display_settings.display_device = saved["display"]
    view = settings.view_settings
    view.view_transform = saved["view"]["view_transform"]  # decides which looks there are
    for name, value in saved["view"].items():
        if getattr(view, name) != value:
            setattr(view, name, value)
    mapping = view.curve_mapping
    for curve, points in zip(mapping.curves, saved["mapping"]["curves"], strict=True):
        while len(curve.points) > len(points):
            curve.points.remove(curve.points[-1])
        while len(curve.points) < len(points):
            curve.points.new(0, 0)
        for point, (x, y, handle) in zip(curve.points, points, strict=True):
            point.location = (x, y)
            point.handle_type = handle
    mapping.black_level, mapping.white_level = saved["mapping"]["black"], saved["mapping"]["white"]
    mapping.update()
