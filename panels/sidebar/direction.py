"""The direction: sound, dialogue, the camera's move, the length; and its presets."""

from __future__ import annotations

from typing import Any

import bpy
from bl_ui.utils import PresetPanel
from bpy.app.translations import pgettext_iface as iface_

from ...client.protocol import EngineInfo
from ...operators.making import presets
from ...scene.model.properties import properties
from ...scene.model.properties.edit_of import take_rate
from ...scene.model.properties.rates import frame_rate
from ...scene.model.shots import shown
from ..parts.engines import capabilities
from ..parts.layout import SidebarPanel, in_both_sidebars, reason
from . import walk


class TAKEONE_PT_presets(PresetPanel, bpy.types.Panel):
    """Directions kept as presets."""

    bl_label = "Direction Presets"
    preset_subdir = presets.FOLDER
    preset_operator = "script.execute_preset"
    preset_add_operator = "takeone.preset_add"


class DirectionPanel(SidebarPanel):
    """What should happen."""

    bl_label = "Direction"
    parent = "shot"

    def draw_header_preset(self, _context: bpy.types.Context) -> None:
        TAKEONE_PT_presets.draw_panel_header(self.layout)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        shot = shown.shot_of(context)
        able = capabilities(shot)
        row = layout.row(align=True)
        sound = row.row(align=True)
        sound.enabled = able.sound
        sound.prop(shot, "sound", text="", icon="SPEAKER", placeholder="rain on a window")
        if not shot.lines:
            add = row.row(align=True)
            add.active = able.dialogue
            add.operator("takeone.line_add", text="Dialogue", icon="ADD")
        if not able.sound:
            reason(layout, context, iface_("{engine} makes no sound").format(engine=able.label))
        draw_lines(layout, context, shot, able)
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        row = column.row()
        row.active = able.camera_path
        row.prop(shot, "motion", text="Move")
        if shot.motion == "WORDS" and able.words_path and able.views > 1:
            row.operator("takeone.words_to_camera", text="", icon="CAMERA_DATA")
        if not able.camera_path:
            reason(column, context, iface_("{engine} moves the camera by words only").format(engine=able.label))
        draw_length(column, context, shot, able)
        walk.draw_stills(layout, context, shot)


def draw_lines(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """Dialogue as a small list."""
    speaks = able.dialogue
    if shot.lines:
        row = layout.row()
        row.active = speaks
        row.template_list("TAKEONE_UL_lines", "", shot, "lines", shot, "active_line", rows=2, maxrows=6)
        buttons = row.column(align=True)
        buttons.operator("takeone.line_add", text="", icon="ADD")
        buttons.operator("takeone.line_remove", text="", icon="REMOVE")
        if len(shot.lines) > 1:
            buttons.operator("takeone.line_move", text="", icon="TRIA_UP").by = -1
            buttons.operator("takeone.line_move", text="", icon="TRIA_DOWN").by = 1
        if 0 <= shot.active_line < len(shot.lines):
            column = layout.column(align=True)
            column.active = speaks
            draw_line(column, shot.lines[shot.active_line])
    if not speaks:
        reason(layout, context, iface_("{engine} speaks no lines").format(engine=able.label))
    languages = able.languages or properties.LANGUAGES
    unspoken = sorted({line.language for line in shot.lines} - set(languages))
    if speaks and unspoken:
        text = iface_("{engine} does not speak {languages}")
        reason(layout, context, text.format(engine=able.label, languages=", ".join(unspoken)))


def draw_line(layout: bpy.types.UILayout, line: Any) -> None:
    """The chosen line, to be written."""
    row = layout.row(align=True)
    row.prop(line, "speaker", text="", placeholder="Who")
    row.prop(line, "language", text="")
    layout.prop(line, "line", text="", placeholder="We are late.")


def draw_length(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """Seconds and frames, and whether the engine can make that much."""
    column = layout.column(align=True)
    too_long = 0 < able.max_seconds < shot.seconds
    column.alert = too_long
    row = column.row(align=True)
    row.prop(shot, "seconds", text="Length")
    row.prop(shot, "frames", text="")
    rate = take_rate(shot.id_data)
    if rate != frame_rate(shot.id_data):
        reason(layout, context, iface_("Frames of the edit, {rate:g} a second").format(rate=float(rate)))
    if too_long:
        text = iface_("{engine} makes at most {seconds:g} s")
        reason(layout, context, text.format(engine=able.label, seconds=able.max_seconds))


class TAKEONE_UL_lines(bpy.types.UIList):
    """Lines of dialogue: who says what."""

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: Any,
        item: Any,
        _icon: int,
        _active_data: Any,
        _active_property: str,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        row = layout.row(align=True)
        split = row.split(factor=0.3, align=True)
        split.prop(item, "speaker", text="", emboss=False, placeholder="Who")
        split.prop(item, "line", text="", emboss=False)


LISTS = (TAKEONE_UL_lines, TAKEONE_PT_presets)
CLASSES = in_both_sidebars(DirectionPanel, "direction")
