"""The final prompt: show what the model will be given, edit it, go back to automatic."""

from __future__ import annotations

import bpy

from ...scene.model.shots import shot_list
from ...scene.model.shots.shown import shot_of, shot_scene
from ...scene.session import compose
from ...scene.session.server import connection
from ...scene.session.words import prompts, text_window
from ..report import attempt


class TAKEONE_OT_show_prompt(bpy.types.Operator):
    """Write what the model will be given into a text block. What you edit there is used word for word"""

    bl_idname = "takeone.show_prompt"
    bl_label = "Show Final Prompt"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if prompts.takes_form(shot_of(context).engine):
            return True
        cls.poll_message_set("This engine uses the direction as it is")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.show(context))

    def show(self, context: bpy.types.Context) -> None:
        """Ask for it; wait for it if no timer runs. Raises SceneError."""
        connection.ensure()
        shot = shot_of(context)
        if not shot.uid:
            shot = shot_list.ensure_shot(shot_scene(context))
        compose.compose_prompt(shot)
        if bpy.app.background:
            compose.wait()


class TAKEONE_OT_edit_prompt(bpy.types.Operator):
    """Open the final prompt in a text window. The next takes get it word for word"""

    bl_idname = "takeone.edit_prompt"
    bl_label = "Edit Final Prompt"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if shot_of(context).final_prompt:
            return True
        cls.poll_message_set("Show the final prompt first")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        text_window.show(context, shot_of(context).final_prompt)
        return {"FINISHED"}


class TAKEONE_OT_clear_prompt(bpy.types.Operator):
    """Let the engine word the direction again. The text block stays in the file"""

    bl_idname = "takeone.clear_prompt"
    bl_label = "Automatic Prompt"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if shot_of(context).final_prompt:
            return True
        cls.poll_message_set("The prompt is automatic already")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        prompts.clear(shot_of(context))
        return {"FINISHED"}


CLASSES = (TAKEONE_OT_show_prompt, TAKEONE_OT_edit_prompt, TAKEONE_OT_clear_prompt)
