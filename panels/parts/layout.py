"""Pieces that several panels draw: wrapped text, reasons, a home in both sidebars."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_iface as iface_

PIXELS_A_CHARACTER = 6.6  # of the interface font at a resolution scale of 1
HOMES = (("view3d", "VIEW_3D"), ("sequencer", "SEQUENCE_EDITOR"))


class SidebarPanel:
    """What draws a panel, before it is made one for each sidebar."""

    if TYPE_CHECKING:
        layout: bpy.types.UILayout


def in_both_sidebars(panel: type, name: str) -> tuple[type[bpy.types.Panel], ...]:
    """Panels for the 3D View's and the sequencer's sidebar, tab "Take One", from one class that draws.

    `name` makes their ids: "shot" gives TAKEONE_PT_shot_view3d and TAKEONE_PT_shot_sequencer.
    """
    made = []
    for home, space in HOMES:
        members = {
            "bl_space_type": space,
            "bl_region_type": "UI",
            "bl_category": "Take One",
            "__doc__": panel.__doc__,
        }
        parent = getattr(panel, "parent", "")
        if parent:
            members["bl_parent_id"] = f"TAKEONE_PT_{parent}_{home}"
        made.append(type(f"TAKEONE_PT_{name}_{home}", (panel, bpy.types.Panel), members))
    return tuple(made)


def wrapped(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE", beside: float = 0.0
) -> None:
    """A label of as many lines as the text needs in this region, less the pixels of what stands beside it."""
    scale = context.preferences.system.ui_scale
    width = context.region.width if context.region else 300
    characters = max(16, int((width - (70 + beside) * scale) / (PIXELS_A_CHARACTER * scale)))
    column = layout.column(align=True)
    column.scale_y = 0.8
    for index, line in enumerate(textwrap.wrap(text, characters)):
        column.label(text=line, icon=icon if index == 0 else ("BLANK1" if icon != "NONE" else "NONE"), translate=False)


def reason(layout: bpy.types.UILayout, context: bpy.types.Context, text: str) -> None:
    """Why something above is grey."""
    wrapped(layout, context, text, icon="INFO")


def time_left(seconds: float | None) -> str:
    """ "1:05 left", or "" where nobody knows."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return iface_("{time} left").format(time=f"{minutes}:{rest:02d}")


def region_scale(context: bpy.types.Context, most: float = 10.0) -> float:
    """Scale for `template_icon` at which a picture fills the region's width."""
    width = context.region.width if context.region else 300
    return max(4.0, min(most, (width / context.preferences.system.ui_scale - 40) / 20))
