# mypy: disable-error-code="valid-type"
"""Transitions between shots."""

from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import EnumProperty, FloatVectorProperty, IntProperty

from ...scene.app.errors import SceneError
from ...scene.edit.cut import transitions, uses
from .shot_row import ShotOperator, edit_of

KINDS = (
    (transitions.DISSOLVE, "Dissolve", "From the shot before into this one, with the frames after its end"),
    (transitions.DIP, "Dip", "From the shot before through a colour into this one"),
    (transitions.FADE_IN, "Fade In", "From a colour at the beginning of the shot"),
    (transitions.FADE_OUT, "Fade Out", "Into a colour at the end of the shot"),
)


class TAKEONE_OT_transition(ShotOperator, bpy.types.Operator):
    """Put a transition at the beginning or end of the shot, picture and sound. No shot moves"""

    bl_idname = "takeone.transition"
    bl_label = "Add Transition"

    kind: EnumProperty(name="Kind", description="How the cut looks", items=KINDS)
    frames: IntProperty(name="Frames", description="Length in frames of the edit", default=12, min=1, soft_max=96)
    color: FloatVectorProperty(
        name="Color", description="What a dip or fade goes through", subtype="COLOR", min=0.0, max=1.0
    )

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        edit = edit_of(context, shot)
        use = shown_use(edit, shot)
        assert edit is not None
        count = transitions.add(edit, use, self.kind, self.frames, tuple(self.color))
        if count < self.frames - 1:
            self.report({"WARNING"}, rpt_("{count} frames long: there are no more").format(count=count))


class TAKEONE_OT_transition_remove(ShotOperator, bpy.types.Operator):
    """Remove the transitions at both ends of the shot"""

    bl_idname = "takeone.transition_remove"
    bl_label = "Remove Transitions"

    def act(self, context: bpy.types.Context, shot: Any) -> None:
        edit = edit_of(context, shot)
        for kind in (transitions.FADE_IN, transitions.FADE_OUT):
            use = shown_use(edit, shot)
            assert edit is not None
            transitions.remove(edit, use, kind)


def shown_use(edit: bpy.types.Scene | None, shot: Any) -> uses.Use:
    """The shot's place in the edit: the active strip's, else the first. Raises SceneError."""
    found = uses.uses_of(edit, shot.uid) if edit is not None else []
    if edit is None or not found:
        raise SceneError("no_strip", rpt_("No strip in the edit shows shot '{shot}'.").format(shot=shot.name))
    active = edit.sequence_editor.active_strip
    return next((one for one in found if active in one.all), found[0])


CLASSES = (TAKEONE_OT_transition, TAKEONE_OT_transition_remove)
