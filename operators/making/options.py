# mypy: disable-error-code="valid-type"
"""The settings that engines declare, as far as a button is needed for them."""

import bpy
from bpy.props import StringProperty

from ...scene.model.properties import options
from ...scene.model.shots.shown import shot_of


class TAKEONE_OT_option_reset(bpy.types.Operator):
    """Forget what the card keeps for this setting of the engine, whose default counts then"""

    bl_idname = "takeone.option_reset"
    bl_label = "Reset Engine Setting"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="The option's name", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        options.reset(shot_of(context), self.name)
        return {"FINISHED"}


CLASSES = (TAKEONE_OT_option_reset,)
