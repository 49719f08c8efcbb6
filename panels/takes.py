"""The takes of a shot, and what can be done with the chosen one."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ..operators import shots
from ..scene import compare, takes
from . import pictures
from .layout import SidebarPanel, in_both_sidebars, reason, region_scale, wrapped

STATUS_ICONS = {"WAITING": "SORTTIME", "FAILED": "ERROR", "CANCELLED": "CANCEL"}


class TakesPanel(SidebarPanel):
    """The shot's takes."""

    bl_label = "Takes"
    parent = "shot"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return len(shots.shot_of(context).takes) > 0

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        shot = shots.shot_of(context)
        layout.template_list("TAKEONE_UL_takes", "", shot, "takes", shot, "active_take", rows=3, maxrows=8)
        if 0 <= shot.active_take < len(shot.takes):
            draw_take(layout, context, shot, shot.takes[shot.active_take])


def draw_take(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, take: Any) -> None:
    """The chosen take: picture, stars, buttons."""
    icon = pictures.icon(take.thumbnail or take.clip, "chosen take")
    if icon:
        layout.template_icon(icon_value=icon, scale=region_scale(context, 5.0))
    if take.status == "READY" and takes.clip_missing(take):
        reason(layout, context, iface_("The take's file is gone"))
        layout.operator("takeone.make_again", icon="FILE_REFRESH")
    row = layout.row(align=True)
    row.operator("takeone.take_play", text="Play", icon="PLAY")
    row.operator("takeone.show_edit", text="", icon="SEQUENCE")
    row.operator("takeone.take_make_current", text="Make Current", icon="CHECKMARK")
    row.operator("takeone.take_compare", text="", icon="MOD_MIRROR", depress=compare.showing())
    row = layout.row(align=True)
    row.operator("takeone.retake", text="Retake", icon="FILE_REFRESH").same_seed = False
    row.operator("takeone.retake", text="", icon="LOCKED").same_seed = True
    row.operator("takeone.variations", text="Variations", icon="DUPLICATE")
    row = layout.row(align=True)
    row.operator("takeone.refine", text="Refine", icon="SHADERFX")
    row.operator("takeone.take_copy_settings", text="Copy Settings", icon="COPYDOWN")
    split = layout.split(factor=0.7)
    row = split.row(align=True)
    for stars in range(1, 6):
        icon_name = "SOLO_ON" if stars <= take.rating else "SOLO_OFF"
        row.operator("takeone.take_rate", text="", icon=icon_name, emboss=False).rating = stars
    row = split.row(align=True)
    row.alignment = "RIGHT"
    row.operator("takeone.take_show_file", text="", icon="FILE_FOLDER")
    row.operator("takeone.take_delete", text="", icon="TRASH")
    layout.prop(take, "note", text="", icon="GREASEPENCIL", placeholder="Note")
    column = layout.column(align=True)
    column.scale_y = 0.8
    column.label(text=iface_("{engine}, seed {seed}").format(engine=take.engine, seed=take.seed), translate=False)
    if take.notes:
        wrapped(layout, context, take.notes, icon="INFO")


class TAKEONE_UL_takes(bpy.types.UIList):
    """Takes: thumbnail, number, stars, what happened to it."""

    def draw_item(
        self,
        _context: bpy.types.Context,
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
        picture = pictures.icon(item.thumbnail or item.clip)
        name = iface_("Take {number}").format(number=item.number)
        if picture:
            row.label(text=name, icon_value=picture, translate=False)
        else:
            row.label(text=name, icon=STATUS_ICONS.get(item.status, "FILE_MOVIE"), translate=False)
        tail = row.row(align=True)
        tail.alignment = "RIGHT"
        if item.rating:
            tail.label(text=f"{item.rating}", icon="SOLO_ON", translate=False)
        if item.note:
            tail.label(icon="GREASEPENCIL")
        if item.uid == data.current_take:
            tail.label(icon="CHECKMARK")


CLASSES = (TAKEONE_UL_takes, *in_both_sidebars(TakesPanel, "takes"))
