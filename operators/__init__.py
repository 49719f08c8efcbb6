"""The verbs: thin operators that check, hand over to scene/ and report."""

import bpy

from . import (
    accounts,
    animate,
    look,
    models,
    moving,
    options,
    presets,
    prompt,
    queue,
    refine,
    setup,
    shots,
    takes,
    trouble,
)

CLASSES = (
    *accounts.CLASSES,
    *animate.CLASSES,
    *look.CLASSES,
    *models.CLASSES,
    *moving.CLASSES,
    *options.CLASSES,
    *presets.CLASSES,
    *prompt.CLASSES,
    *queue.CLASSES,
    *refine.CLASSES,
    *setup.CLASSES,
    *shots.CLASSES,
    *takes.CLASSES,
    *trouble.CLASSES,
)


def register() -> None:
    """Add the operators."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    presets.register()


def unregister() -> None:
    """Remove the operators."""
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
