"""Ambience beds through the scenes of an edit."""

import bpy

from ...scene.app.errors import SceneError
from ...scene.edit.cut import bed
from ...scene.edit.edit_scene import find_edit_scene
from ...scene.model.shots.shown import shot_scene
from ...scene.session.out import beds
from ..poll import poll_edit
from ..report import Verb, attempt


class TAKEONE_OT_bed(Verb, bpy.types.Operator):
    """Lay the ambience of each scene as one sound through all its shots, lower under their lines. No strip moves"""

    bl_idname = "takeone.bed"
    bl_label = "Lay Ambience Bed"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if beds.making().exporter.busy:
            cls.poll_message_set("An ambience bed is being made")
            return False
        return poll_edit(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: beds.begin(context, shot_scene(context)))


class TAKEONE_OT_bed_remove(Verb, bpy.types.Operator):
    """Remove the ambience beds from the edit, or stop making them. Takes sound as they did before"""

    bl_idname = "takeone.bed_remove"
    bl_label = "Remove Ambience Bed"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        edit = find_edit_scene(context, shot_scene(context))
        if beds.making().exporter.busy or (edit is not None and bed.beds(edit)):
            return True
        cls.poll_message_set("The edit has no ambience bed")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.act(context))

    def act(self, context: bpy.types.Context) -> None:
        """Do it. Raises SceneError."""
        if beds.making().exporter.busy:
            beds.making().exporter.cancel()
            return
        edit = find_edit_scene(context, shot_scene(context))
        if edit is None:
            raise SceneError("no_edit", "There is no edit yet: animate a frame first")
        bed.remove(edit)


CLASSES = (TAKEONE_OT_bed, TAKEONE_OT_bed_remove)
