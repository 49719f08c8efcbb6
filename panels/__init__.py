"""What a user sees. draw() reads state, and never changes it."""

import bpy

from . import card, direction, engines, export, menus, preferences, prompt, queue, refresh, settings, takes, walk

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
    *walk.CLASSES,
    *prompt.CLASSES,
    *settings.CLASSES,
    *export.CLASSES,
)


def register() -> None:
    """Add the panels."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    menus.register()
    refresh.register()


def unregister() -> None:
    """Remove the panels."""
    menus.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
