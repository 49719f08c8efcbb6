"""The verbs: thin operators that check, hand over to scene/ and report."""

import bpy

from .edit import bed, board, moving, preview_still, shot_row, shots, takes, transitions
from .making import animate, continuity, options, presets, prompt, queue, references, refine, together, walk
from .out import bring_in, export
from .setting_up import accounts, models, setup, trouble

CLASSES = (
    *accounts.CLASSES,
    *animate.CLASSES,
    *bring_in.CLASSES,
    *export.CLASSES,
    *bed.CLASSES,
    *board.CLASSES,
    *continuity.CLASSES,
    *preview_still.CLASSES,
    *models.CLASSES,
    *moving.CLASSES,
    *options.CLASSES,
    *presets.CLASSES,
    *prompt.CLASSES,
    *queue.CLASSES,
    *references.CLASSES,
    *refine.CLASSES,
    *setup.CLASSES,
    *shot_row.CLASSES,
    *shots.CLASSES,
    *takes.CLASSES,
    *together.CLASSES,
    *transitions.CLASSES,
    *trouble.CLASSES,
    *walk.CLASSES,
)


def register() -> None:
    """Add the operators."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    presets.register()


def unregister() -> None:
    """Remove the operators."""
    presets.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
