"""What a user sees. draw() reads state, and never changes it."""

import bpy

from . import export, keymap, menus, preferences, shots
from .parts import engines, refresh, status
from .sidebar import card, direction, prompt, queue, settings, takes, walk

# in the order in which they stand in the sidebar
CLASSES = (
    *preferences.CLASSES,
    *menus.CLASSES,
    *engines.CLASSES,
    *direction.LISTS,
    *card.CLASSES,
    *direction.CLASSES,
    *queue.CLASSES,
    *takes.CLASSES,
    *prompt.CLASSES,
    *walk.CLASSES,
    *settings.CLASSES,
    *shots.CLASSES,
    *export.CLASSES,
)

PARTS = (menus, settings, shots, status, keymap)


def register() -> None:
    """Add the panels."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    for part in PARTS:
        part.register()
    refresh.register()


def unregister() -> None:
    """Remove the panels."""
    for part in reversed(PARTS):
        part.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
