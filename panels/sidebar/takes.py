"""The takes of a shot, and what can be done with the chosen one."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ...scene.app.app import app
from ...scene.edit import compare
from ...scene.model.shots import shown, takes
from ..parts import pictures, refresh
from ..parts.accounts import draw_cost
from ..parts.layout import SidebarPanel, in_both_sidebars, wrapped

WIDE = 420  # pixels of a region from which on a take's row says all of it
STATUS_ICONS = {"WAITING": "SORTTIME", "READY": "ERROR", "FAILED": "ERROR", "CANCELLED": "CANCEL"}  # without a clip
LACKS = {
    "READY": "The take's file is gone",
    "FAILED": "This take could not be made",
    "CANCELLED": "This take was cancelled",
}


class TakesPanel(SidebarPanel):
    """The shot's takes."""

    bl_label = "Takes"
    parent = "shot"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return len(shown.shot_of(context).takes) > 0

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        shot = shown.shot_of(context)
        layout.template_list("TAKEONE_UL_takes", "", shot, "takes", shot, "active_take", rows=2, maxrows=8)
        if 0 <= shot.active_take < len(shot.takes):
            draw_take(layout, context, shot, shot.takes[shot.active_take])


def draw_take(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, take: Any) -> None:
    """The chosen take: stars, buttons, what there is to say."""
    draw_lack(layout, context, take)
    row = layout.row(align=True)
    row.operator("takeone.take_play", text="Play", icon="PLAY")
    row.operator("takeone.show_edit", text="", icon="SEQUENCE")
    row.operator("takeone.take_make_current", text="Make Current", icon="CHECKMARK")
    row.operator("takeone.take_compare", text="", icon="MOD_MIRROR", depress=compare.showing())
    row = layout.row(align=True)
    wide = is_wide(context)
    row.operator("takeone.refine", text="Refine", icon="SHADERFX")
    row.operator("takeone.variations", text="Variations" if wide else "", icon="DUPLICATE")
    row.operator("takeone.retake", text="Same Seed" if wide else "", icon="LOCKED").same_seed = True
    row.operator("takeone.take_copy_settings", text="", icon="COPYDOWN")
    row.operator("takeone.take_show_file", text="", icon="FILE_FOLDER")
    row.operator("takeone.take_delete", text="", icon="TRASH")
    row = layout.row()
    rating = row.row(align=True)
    for stars in range(1, 6):
        icon_name = "SOLO_ON" if stars <= take.rating else "SOLO_OFF"
        rating.operator("takeone.take_rate", text="", icon=icon_name, emboss=False).rating = stars
    row.prop(take, "note", text="", icon="GREASEPENCIL", placeholder="Note")
    if bpy.data.filepath and take.clip and not take.clip.startswith("//"):
        wrapped(layout, context, iface_("This take lies in another folder than the file"), icon="FILE_FOLDER")
        layout.operator("takeone.bring_takes", icon="PASTEDOWN")
    draw_about(layout, context, shot, take)


def draw_about(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, take: Any) -> None:
    """What was made, and what is to be said of it: the first of that in one line, all of it where that is opened."""
    about = iface_("{about}, seed {seed}").format(about=take.about or take.engine, seed=take.seed)
    said = [note for note in take.notes.splitlines() if note]
    header, body = layout.panel_prop(context.window_manager, "take_one_about")
    if body is not None:
        header.label(text="About the Take")
    else:
        header.label(text=said[0] if said else about, icon="INFO" if said else "NONE", translate=False)
        if len(said) > 1:
            more = header.row()
            more.alignment = "RIGHT"
            more.label(text=f"+{len(said) - 1}", translate=False)
        return
    wrapped(body, context, about)
    draw_cost(body, shot, take)
    for note in said:
        wrapped(body, context, note, icon="INFO")


def is_wide(context: bpy.types.Context) -> bool:
    """Whether the sidebar has room for words beside icons."""
    return bool(context.region.width >= WIDE * context.preferences.system.ui_scale)


def draw_lack(layout: bpy.types.UILayout, context: bpy.types.Context, take: Any) -> None:
    """Why the take has no clip, and the way to one."""
    if app().state.making(take.uid) or take.status == "WAITING":
        return
    if take.status == "READY" and not takes.clip_missing(take):
        return
    column = layout.column(align=True)
    column.alert = take.status != "CANCELLED"
    status = take.status or "FAILED"  # "" where the file says what there is not
    wrapped(column, context, iface_(LACKS[status]), icon=STATUS_ICONS[status])
    row = layout.row()
    row.scale_y = 1.2
    row.operator("takeone.make_again", icon="FILE_REFRESH")


class TAKEONE_UL_takes(bpy.types.UIList):
    """Takes: thumbnail, number, stars, what happened to it."""

    def draw_item(
        self,
        context: bpy.types.Context,
        layout: bpy.types.UILayout,
        data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_property: str,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        row = layout.row(align=True)
        name = f"{item.number}  {item.words}" if item.words else iface_("Take {number}").format(number=item.number)
        missing = takes.clip_missing(item)
        lacking = item.status != "READY" or missing
        refresh.note_file(item.uid, missing)
        picture = 0 if lacking else pictures.icon(item.thumbnail or item.clip)
        if app().state.making(item.uid):
            row.label(text=name, icon=STATUS_ICONS["WAITING"], translate=False)
        elif picture:
            row.label(text=name, icon_value=picture, translate=False)
        else:
            row.label(
                text=name, icon=STATUS_ICONS[item.status or "FAILED"] if lacking else "FILE_MOVIE", translate=False
            )
        tail = row.row(align=True)
        tail.alignment = "RIGHT"
        about = item.about.split(", ") if item.about else []
        tail.label(text=", ".join(about if is_wide(context) else about[:1]), translate=False)
        if item.rating:
            tail.label(text=f"{item.rating}", icon="SOLO_ON", translate=False)
        if item.note:
            tail.label(icon="GREASEPENCIL")
        if item.uid == data.current_take:
            tail.label(icon="CHECKMARK")


CLASSES = (TAKEONE_UL_takes, *in_both_sidebars(TakesPanel, "takes"))
