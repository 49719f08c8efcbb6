"""What a user sees. draw() reads state, and never changes it."""

import bpy

from . import card, menus, preferences, prompt, queue, refresh, takes

# in the order in which they stand in the sidebar
CLASSES = (
    *preferences.CLASSES,
    *menus.CLASSES,
    *card.LISTS,
    *card.SHOT,
    *queue.CLASSES,
    *takes.CLASSES,
    *card.DIRECTION,
    *prompt.PROMPT,
    *card.SETTINGS,
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
