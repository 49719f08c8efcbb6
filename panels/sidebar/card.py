"""The top of the card: which shot, what is sent, what should happen. And the button."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...scene.model.lent import own_frame
from ...scene.model.shots import shown
from ...scene.session.views import plans
from ...scene.session.words import prompts
from ...scene.stills import capture as still
from ...scene.stills import quick_still
from ...scene.stills.borrow.depth_pass import EEVEE
from ..parts import pictures, refresh
from ..parts.accounts import draw_price
from ..parts.engines import capabilities, draw_engine
from ..parts.layout import SidebarPanel, in_both_sidebars, wrapped
from ..parts.references import draw_strange
from ..parts.setup import draw_backend, draw_error
from . import walk

PICTURE, UNIT = 5.0, 20.0  # the side of the card's picture in Blender's units, and a unit in pixels
LONG = 2.0  # seconds of a still that one waits for without being told
PROMPT_LINES = 6  # of a text block that the card shows
# What the card's picture shows, by the still's source
SEEN = {
    still.RENDER: "Frame {frame}, not yet rendered",
    still.VIEWPORT: "Frame {frame}",
    still.RESULT: "The render result",
    still.PLAYHEAD: "The frame under the playhead",
}


class ShotPanel(SidebarPanel):
    """Which shot, its picture, the button, and what went wrong."""

    bl_label = "Take One"

    def draw(self, context: bpy.types.Context) -> None:
        refresh.note_shown()
        layout = self.layout
        draw_error(layout, context)
        shot = shown.shot_of(context)
        draw_chooser(layout, context, shot)
        draw_picture(layout, context, shot)
        draw_prompt(layout, context, shot)
        able = capabilities(shot)
        draw_engine(layout, context, shot, able)
        draw_price(layout, context, shot, able)
        draw_strange(layout, context, shot, able)
        draw_button(layout, shot)
        draw_held(layout, context, shot)
        walk.draw_summary(layout, context, shot)
        draw_backend(layout, context)


def draw_chooser(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """Choose, name, add and remove shots."""
    row = layout.row(align=True)
    row.menu("TAKEONE_MT_shots", text="", icon="OUTLINER_OB_CAMERA")
    if shot.uid:
        row.prop(shot, "name", text="")
    else:
        row.label(text=" New shot")
    row.operator("takeone.shot_add", text="", icon="ADD").duplicate = bool(shot.uid)
    row.operator("takeone.shot_remove", text="", icon="REMOVE")
    row.operator("takeone.guide", text="", icon="QUESTION").page = "first-take"


def draw_picture(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """The picture that will be sent, as far as it is known, and what it is."""
    path, caption, icon = picture_of(shot)
    picture = pictures.icon(path, f"still of {shot.uid}")
    if not picture:
        layout.operator("takeone.preview_still", icon="HIDE_OFF")
        return
    split = layout.box().split(factor=0.6)  # a look may be as grey as the panel
    split.template_icon(icon_value=picture, scale=PICTURE)
    column = split.column()
    row = column.row()
    row.alignment = "RIGHT"
    row.operator("takeone.preview_still", text="", icon="HIDE_OFF", emboss=False)
    wrapped(column, context, caption, icon=icon, beside=UNIT * PICTURE)


def picture_of(shot: Any) -> tuple[str, str, str]:
    """Path of the card's picture, what it shows, and the caption's icon."""
    if shot.still_source == still.IMAGE:
        return shot.image_path, iface_("Sent as it is"), "NONE"
    seen = quick_still.newest(shot)
    if seen is None:
        return shot.still, iface_("The still sent last") if shot.takes else iface_("The board's picture"), "NONE"
    if quick_still.is_stale(shot, seen):
        return str(seen.image), iface_("Changed since: look again"), "INFO"
    return str(seen.image), iface_(SEEN[seen.source]).format(frame=seen.frame), "NONE"


def draw_prompt(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """What should happen: in one line, or in a text block."""
    column = layout.column(align=True)
    row = column.row(align=True)
    if shot.prompt_text is None:
        row.prop(shot, "prompt", text="", placeholder="slowly push in, then pan left")
        row.menu("TAKEONE_MT_moves", text="", icon="CON_FOLLOWPATH")
        row.operator("takeone.prompt_text", text="", icon="TEXT")
        return
    row.template_ID(shot, "prompt_text")
    row.operator("takeone.prompt_text", text="", icon="GREASEPENCIL")
    for line in shot.prompt_text.lines[:PROMPT_LINES]:
        if line.body.strip():
            wrapped(column, context, line.body)


def draw_button(layout: bpy.types.UILayout, shot: Any) -> None:
    """The button."""
    row = layout.row(align=True)
    row.scale_y = 1.6
    here = own_frame(shot.id_data)
    elsewhere = shot.still_source in prompts.FROM_CAMERA and shot.frame_lock and shot.frame != here
    if shot.current_take:
        text = iface_("Retake Frame {frame}").format(frame=shot.frame) if elsewhere else iface_("Retake")
    else:
        text = iface_("Animate Frame {frame}").format(frame=shot.frame) if elsewhere else iface_("Animate This Frame")
    row.operator("takeone.animate_frame", text=text, icon="RENDER_ANIMATION", translate=False)
    row.menu("TAKEONE_MT_animate", text="", icon="DOWNARROW_HLT")
    if elsewhere:
        text = iface_("Use Frame {frame} Instead").format(frame=here)
        layout.operator("takeone.shot_use_frame", text=text, icon="TIME", translate=False)


def draw_held(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """What Blender itself lets wait: EEVEE locks the drawing of 3D Views until it is done. Nothing where that is known
    to be short."""
    scene = shot.id_data
    if shot.still_source != still.RENDER or scene.render.engine not in EEVEE:
        return
    seconds = plans.still_seconds(scene)
    if seconds is None:
        wrapped(layout, context, iface_("A 3D View that you turn while EEVEE renders waits for it"), icon="INFO")
    elif seconds >= LONG:
        text = iface_("EEVEE renders for {time} a still: a 3D View that you turn meanwhile waits for it")
        wrapped(layout, context, text.format(time=plans.duration(seconds)), icon="INFO")


CLASSES = in_both_sidebars(ShotPanel, "shot")
