"""What a user sees. draw() reads state, and never changes it."""

import bpy

from . import card, preferences, queue, refresh, takes

# in the order in which they stand in the sidebar
CLASSES = (
    *preferences.CLASSES,
    *card.MENUS,
    *card.SHOT,
    *queue.CLASSES,
    *takes.CLASSES,
    *card.DIRECTION,
    *card.SETTINGS,
)


def register() -> None:
    """Add the panels."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    refresh.register()


def unregister() -> None:
    """Remove the panels."""
    refresh.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
