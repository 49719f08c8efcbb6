"""The final prompt: what the model will be given, for engines with a prompt form of their own."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...scene.app.app import app
from ...scene.model.shots import shown
from ...scene.session.words import prompts
from ..parts.layout import SidebarPanel, in_both_sidebars, reason, wrapped

LINES = 12  # of the final prompt that the panel shows


class PromptPanel(SidebarPanel):
    """What the model is given."""

    bl_label = "Final Prompt"
    bl_options = {"DEFAULT_CLOSED"}
    parent = "shot"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return prompts.takes_form(shown.shot_of(context).engine)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        shot = shown.shot_of(context)
        if shot.final_prompt is None:
            draw_automatic(layout, context, shot)
            return
        row = layout.row(align=True)
        row.template_ID(shot, "final_prompt")
        row.operator("takeone.edit_prompt", text="", icon="GREASEPENCIL")
        row.operator("takeone.show_prompt", text="", icon="FILE_REFRESH")
        row.operator("takeone.clear_prompt", text="", icon="LOOP_BACK")
        if prompts.is_stale(shot):
            reason(layout, context, iface_("The direction has changed since. Renew the prompt, or make it automatic"))
        if not prompts.own_prompt(shot):
            reason(layout, context, iface_("The text is empty: the prompt is automatic"))
        column = layout.column(align=True)
        for line in shot.final_prompt.lines[:LINES]:
            if line.body.strip():
                wrapped(column, context, line.body)


def draw_automatic(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """What goes into a prompt that the engine words, and the button that shows it."""
    known = shot.still_source in prompts.FROM_CAMERA
    row = layout.row()
    row.active = known
    row.prop(shot, "scene_facts")
    if not known:
        reason(layout, context, iface_("Only a render shows the scene as it is now"))
    row = layout.row()
    row.enabled = not app().state.composing
    row.operator("takeone.show_prompt", icon="TEXT")


CLASSES = in_both_sidebars(PromptPanel, "prompt")
