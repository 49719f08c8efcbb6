"""Directions kept as Blender presets: saved, applied and removed from the card's header."""

import bpy
from bl_operators.presets import AddPresetBase

from ..scene.model.shown import shot_of

FOLDER = "take_one/direction"
# What a preset holds. The seed, the camera and the picture belong to the shot, not to the way of directing it.
KEPT = (
    "words", "sound", "seconds", "engine", "quality", "size_percent", "motion", "still_source", "scene_facts", "lines",
)  # fmt: skip


class TAKEONE_OT_preset_add(AddPresetBase, bpy.types.Operator):
    """Keep the card's direction and settings as a preset, or remove the preset that is chosen"""

    bl_idname = "takeone.preset_add"
    bl_label = "Add Direction Preset"
    bl_options = {"REGISTER"}

    preset_menu = "TAKEONE_PT_presets"
    preset_subdir = FOLDER
    # A preset is a script: this is how it finds the card, whatever the extension's package is called.
    preset_defines = ["card = bpy.types.TAKEONE_OT_preset_add.card()"]
    preset_values = [f"card.{name}" for name in KEPT]

    @staticmethod
    def card() -> object:
        """The card that the panels show."""
        return shot_of(bpy.context)


def register() -> None:
    """Make the folder for presets, without which Blender's list would say that paths are missing."""
    if not bpy.app.background:
        bpy.utils.user_resource("SCRIPTS", path=f"presets/{FOLDER}", create=True)


CLASSES = (TAKEONE_OT_preset_add,)
