"""The shot card: what is sent, what should happen, how long, by which engine. And the button."""

from __future__ import annotations

from typing import Any

import bpy
from bl_ui.utils import PresetPanel
from bpy.app.translations import pgettext_iface as iface_

from ..client.protocol import EngineInfo
from ..operators import presets
from ..scene.model import properties, shown
from ..scene.model.app import app
from ..scene.model.errors import SceneError
from ..scene.session import order, prompts
from ..scene.stills import capture as still
from ..scene.stills import quick_still
from ..scene.stills.camera import picture_size
from . import pictures, refresh
from .layout import SidebarPanel, in_both_sidebars, reason, region_scale, wrapped
from .setup import draw_backend, draw_error, draw_fix

PROMPT_LINES = 6  # of a text block that the card shows
# What is drawn until the backend has told what an engine can do
UNKNOWN = EngineInfo("", sound=True, camera_path=True, dialogue=True)
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
        draw_button(layout, shot)
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


def draw_picture(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """The picture that will be sent, as far as it is known, and what it is."""
    path, caption, icon = picture_of(shot)
    picture = pictures.icon(path, f"still of {shot.uid}")
    if not picture:
        layout.operator("takeone.look", icon="HIDE_OFF")
        return
    box = layout.box()  # a look may be as grey as the panel
    box.template_icon(icon_value=picture, scale=region_scale(context, 8.0))
    row = box.row()
    row.label(text=caption, icon=icon, translate=False)
    row.operator("takeone.look", text="", icon="HIDE_OFF", emboss=False)


def picture_of(shot: Any) -> tuple[str, str, str]:
    """Path of the card's picture, what it shows, and the caption's icon."""
    if shot.still_source == still.IMAGE:
        return shot.image_path, iface_("Sent as it is"), "NONE"
    seen = quick_still.newest(shot)
    if seen is None:
        return shot.still, iface_("The still sent last"), "NONE"
    if quick_still.is_stale(shot, seen):
        return str(seen.image), iface_("Changed since: look again"), "INFO"
    return str(seen.image), iface_(SEEN[seen.source]).format(frame=seen.frame), "NONE"


def draw_prompt(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """What should happen: in one line, or in a text block."""
    column = layout.column(align=True)
    row = column.row(align=True)
    if shot.prompt_text is None:
        row.prop(shot, "prompt", text="", placeholder="slowly push in, then pan left")
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
    elsewhere = shot.still_source in prompts.FROM_CAMERA and properties.frame_of(shot) != shot.id_data.frame_current
    text = iface_("Animate Frame {frame}").format(frame=shot.frame) if elsewhere else iface_("Animate This Frame")
    row.operator("takeone.animate_frame", text=text, icon="RENDER_ANIMATION", translate=False)
    row.menu("TAKEONE_MT_animate", text="", icon="DOWNARROW_HLT")
    if elsewhere:
        row = layout.row()
        row.label(text=iface_("The shot keeps its frame"), icon="INFO")
        row.operator("takeone.shot_use_frame", icon="TIME")


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
        able = app().state.engine(shot.engine) or UNKNOWN
        row = layout.row()
        row.enabled = able.sound
        row.prop(shot, "sound", text="", icon="SPEAKER", placeholder="rain on a window")
        if not able.sound:
            reason(layout, context, iface_("{engine} makes no sound").format(engine=able.label))
        draw_lines(layout, context, shot, able)
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        row = column.row()
        row.active = able.camera_path
        row.prop(shot, "motion", text="Move")
        if not able.camera_path:
            reason(column, context, iface_("{engine} moves the camera by words only").format(engine=able.label))
        draw_length(column, context, shot, able)


def draw_lines(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """Dialogue as a small list."""
    row = layout.row()
    speaks = able.dialogue
    row.active = speaks
    if not shot.lines:
        row.operator("takeone.line_add", text="Add Dialogue", icon="ADD")
    else:
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


class SettingsPanel(SidebarPanel):
    """How long, by which engine, from which still, to where."""

    bl_label = "Settings"
    parent = "shot"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        scene = shown.shot_scene(context)
        shot = shown.shot_of(context)
        able = app().state.engine(shot.engine) or UNKNOWN
        draw_engine(layout, context, scene, shot, able)
        row = layout.row(align=True)
        seed = row.row(align=True)
        seed.active = shot.seed_lock
        seed.prop(shot, "seed")
        row.operator("takeone.new_seed", text="", icon="FILE_REFRESH")
        row.prop(shot, "seed_lock", text="", icon="LOCKED" if shot.seed_lock else "UNLOCKED")
        layout.separator()
        layout.prop(shot, "still_source")
        if shot.still_source == "IMAGE":
            layout.prop(shot, "image_path")
        else:
            layout.prop(shot, "camera", text="Camera", placeholder=scene.camera.name if scene.camera else "")
            draw_frame(layout, shot)
        if shot.still_source in ("IMAGE", "PLAYHEAD") and able.depth:
            reason(layout, context, iface_("Without depth the camera move is plainer"))
        layout.prop(scene.take_one, "placement")


def draw_frame(layout: bpy.types.UILayout, shot: Any) -> None:
    """The frame that the shot keeps."""
    row = layout.row(align=True)
    frame = row.row(align=True)
    frame.active = shot.frame_lock
    frame.prop(shot, "frame")
    row.operator("takeone.shot_use_frame", text="", icon="TIME")
    row.prop(shot, "frame_lock", text="", icon="LOCKED" if shot.frame_lock else "UNLOCKED")


def draw_length(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: EngineInfo) -> None:
    """Seconds and frames, and whether the engine can make that much."""
    column = layout.column(align=True)
    too_long = 0 < able.max_seconds < shot.seconds
    column.alert = too_long
    column.prop(shot, "seconds", text="Length")
    column.prop(shot, "frames", text="Frames")
    if too_long:
        text = iface_("{engine} makes at most {seconds:g} s")
        reason(layout, context, text.format(engine=able.label, seconds=able.max_seconds))


def draw_engine(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    shot: Any,
    able: EngineInfo,
) -> None:
    """Engine, quality and size, with the reasons for what is grey."""
    row = layout.row()
    split = row.split(factor=0.4)
    label = split.row()
    label.alignment = "RIGHT"
    label.label(text="Engine")
    split.menu("TAKEONE_MT_engines", text=able.label or shot.engine.capitalize())
    if not able.available:
        reason(layout, context, able.reason)
        draw_fix(layout, able.fix)
    if shot.engine != "draft":
        layout.prop(shot, "quality")
    layout.prop(shot, "size_percent", slider=True)
    try:
        width, height = order.clip_size(*picture_size(scene), shot.size_percent, able)
    except SceneError as error:
        reason(layout, context, iface_(error.message))
        return
    row = layout.row()
    row.alignment = "RIGHT"
    row.label(text=f"{width} x {height}", translate=False)


LISTS = (TAKEONE_UL_lines, TAKEONE_PT_presets)
SHOT = in_both_sidebars(ShotPanel, "shot")
DIRECTION = in_both_sidebars(DirectionPanel, "direction")
SETTINGS = in_both_sidebars(SettingsPanel, "settings")
