"""Shortcuts, which the user finds and changes in Blender's preferences."""

from __future__ import annotations

import bpy

from ..scene.app.app import app

# keymap, its space; operator, key, with what held
KEYS = (
    ("3D View", "VIEW_3D", "takeone.animate_frame", "A", ("ctrl", "alt")),
    ("Sequencer", "SEQUENCE_EDITOR", "takeone.animate_frame", "A", ("ctrl", "alt")),
    ("Sequencer", "SEQUENCE_EDITOR", "takeone.shot_split", "K", ("ctrl", "alt")),
    ("3D View", "VIEW_3D", "takeone.show_edit", "E", ("ctrl", "alt")),
    ("Sequencer", "SEQUENCE_EDITOR", "takeone.show_edit", "E", ("ctrl", "alt")),
)


class Keys:
    """The shortcuts that are set."""

    def __init__(self) -> None:
        self.items: list[tuple[bpy.types.KeyMap, bpy.types.KeyMapItem]] = []


def register() -> None:
    """Set the shortcuts, where there is a window."""
    config = bpy.context.window_manager.keyconfigs.addon
    if config is None:
        return
    for name, space, operator, key, held in KEYS:
        keymap = config.keymaps.new(name=name, space_type=space)
        item = keymap.keymap_items.new(operator, key, "PRESS", **dict.fromkeys(held, True))
        app().part(Keys).items.append((keymap, item))


def unregister() -> None:
    """Remove them."""
    for keymap, item in app().part(Keys).items:
        keymap.keymap_items.remove(item)
    app().part(Keys).items.clear()
