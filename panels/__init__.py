"""What a user sees. draw() reads state, and never changes it."""

import bpy

from . import card, direction, engines, menus, preferences, prompt, queue, refresh, settings, shots, takes

# in the order in which they stand in the sidebar
CLASSES = (
    *preferences.CLASSES,
    *menus.CLASSES,
    *engines.CLASSES,
    *direction.LISTS,
    *card.CLASSES,
    *queue.CLASSES,
    *takes.CLASSES,
    *direction.CLASSES,
    *prompt.CLASSES,
    *settings.CLASSES,
    *shots.CLASSES,
)


def register() -> None:
    """Add the panels."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    menus.register()
    shots.register()
    refresh.register()


def unregister() -> None:
    """Remove the panels."""
    menus.unregister()
    shots.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
