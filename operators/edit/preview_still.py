"""The picture on the card: see what would be sent, before anything is made."""

import bpy

from ...scene.model.shots.shown import shot_of
from ...scene.stills import capture as still
from ...scene.stills import quick_still
from ..report import attempt


class TAKEONE_OT_preview_still(bpy.types.Operator):
    """Show the picture that will be sent, without making a take. A render is shown as the viewport draws it"""

    bl_idname = "takeone.preview_still"
    bl_label = "Preview Still"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if shot_of(context).still_source != still.IMAGE:
            return True
        cls.poll_message_set("The image file is sent as it is")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: quick_still.make(context, shot_of(context)))


CLASSES = (TAKEONE_OT_preview_still,)
