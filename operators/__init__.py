"""The verbs: thin operators that check, hand over to scene/ and report."""

import bpy

from . import animate, presets, queue, setup, shots, takes, trouble

CLASSES = (
    *animate.CLASSES,
    *presets.CLASSES,
    *queue.CLASSES,
    *setup.CLASSES,
    *shots.CLASSES,
    *takes.CLASSES,
    *trouble.CLASSES,
)


def register() -> None:
    """Add the operators."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    """Remove the operators."""
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
