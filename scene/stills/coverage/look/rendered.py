"""Which things of a scene its render shows."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

KINDS = {"MESH", "LIGHT", "CURVES", "POINTCLOUD", "VOLUME", "GREASEPENCIL", "LIGHT_PROBE"}


def is_rendered(instance: bpy.types.DepsgraphObjectInstance) -> bool:
    """Whether it is in the render: seen, or in shadows and mirrors, or a light."""
    item = instance.object
    if item.type not in KINDS or not instance.show_self or item.data is None:
        return False
    return not (item.original or item).hide_render


def hidden_from_view(scene: bpy.types.Scene) -> Iterator[bpy.types.Object]:
    """What only the render shows: as it is without modifiers."""
    layer = scene.view_layers[0]
    shown = {one.original for one in layer.depsgraph.objects if one.original is not None}
    rendered = _rendered_objects(layer.layer_collection)
    for item in scene.objects:
        hidden = item not in shown and item in rendered and not item.hide_render
        if hidden and item.type in KINDS and item.data is not None:
            yield item


def _rendered_objects(collection: bpy.types.LayerCollection) -> set[bpy.types.Object]:
    if collection.exclude or collection.collection.hide_render:
        return set()
    found = set(collection.collection.objects)
    return found.union(*(_rendered_objects(child) for child in collection.children))
