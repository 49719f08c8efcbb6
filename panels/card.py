"""The shot card: what is sent, what should happen, how long, by which engine. And the button."""

from __future__ import annotations

from typing import Any

import bpy
from bl_ui.utils import PresetPanel
from bpy.app.translations import pgettext_iface as iface_

from ..operators import presets, shots
from ..operators.trouble import FIXES
from ..scene import jobs, properties
from ..scene.camera import picture_size
from ..scene.errors import SceneError
from ..scene.state import STATE
from . import pictures, refresh
from .layout import SidebarPanel, in_both_sidebars, reason, region_scale, wrapped

PROMPT_LINES = 6  # of a text block that the card shows
UNKNOWN: dict[str, Any] = {}


class ShotPanel(SidebarPanel):
    """Which shot, its picture, the button, and what went wrong."""

    bl_label = "Take One"

    def draw(self, context: bpy.types.Context) -> None:
        refresh.note_shown()
        layout = self.layout
        draw_error(layout, context)
        shot = shots.shot_of(context)
        draw_chooser(layout, context, shot)
        draw_picture(layout, context, shot)
        draw_prompt(layout, context, shot)
        draw_button(layout, shot)
        draw_backend(layout, context)


def draw_error(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The last error, with the button of its fix, until it is dealt with."""
    problem = STATE.last_error
    if problem is None:
        return
    box = layout.box()
    row = box.row()
    column = row.column()
    column.alert = True
    wrapped(column, context, iface_(problem.message), icon="ERROR")
    row.operator("takeone.dismiss_error", text="", icon="X", emboss=False)
    if problem.fix in FIXES:
        label, icon = FIXES[problem.fix]
        box.operator("takeone.fix", text=label, icon=icon).fix = problem.fix


def draw_backend(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """How to get going, where there is no backend yet; nothing where all is well."""
    if STATE.install.state == "running":
        draw_install(layout)
        return
    if STATE.install.state == "failed":
        draw_install_failed(layout, context)
        return
    backend = STATE.backend
    if backend.state in ("missing", "outdated"):
        box = layout.box()
        wrapped(box, context, iface_(backend.message), icon="IMPORT")
        if not bpy.app.online_access:
            box.operator("takeone.allow_online", icon="WORLD")
        row = box.row()
        row.scale_y = 1.4
        row.enabled = bpy.app.online_access
        text = iface_("Update") if backend.state == "outdated" else iface_("Install")
        row.operator("takeone.install", text=text, icon="IMPORT")
    elif backend.state == "failed" and STATE.last_error is None:
        box = layout.box()
        wrapped(box, context, iface_(backend.message), icon="ERROR")
        row = box.row(align=True)
        if backend.fix in FIXES:
            label, icon = FIXES[backend.fix]
            row.operator("takeone.fix", text=label, icon=icon).fix = backend.fix
        row.operator("takeone.open_log", text="Log", icon="TEXT")
    elif backend.state in ("starting", "reconnecting"):
        wrapped(layout, context, iface_(backend.message) or iface_("Starting"), icon="SORTTIME")


def draw_install(layout: bpy.types.UILayout) -> None:
    """Progress of the installation."""
    box = layout.box()
    row = box.row(align=True)
    percent = f"{STATE.install.fraction:.0%}"
    row.progress(factor=STATE.install.fraction, text=f"{percent}  {iface_(STATE.install.message)}")
    row.operator("takeone.install_cancel", text="", icon="X")
    row.operator("takeone.open_log", text="", icon="TEXT")


def draw_install_failed(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Why the installation failed, and the ways out."""
    box = layout.box()
    column = box.column()
    column.alert = True
    wrapped(column, context, iface_(STATE.install.message), icon="ERROR")
    row = box.row(align=True)
    fix = STATE.install.fix
    if fix in FIXES and fix not in ("install", "retry", "open_log"):
        label, icon = FIXES[fix]
        row.operator("takeone.fix", text=label, icon=icon).fix = fix
    row.operator("takeone.install", text="Try Again", icon="FILE_REFRESH")
    row.operator("takeone.open_log", text="", icon="TEXT")


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
    """The still that was sent last, or will be."""
    path = shot.image_path if shot.still_source == "IMAGE" else shot.still
    icon = pictures.icon(path, f"still of {shot.uid}")
    if icon:
        layout.template_icon(icon_value=icon, scale=region_scale(context, 8.0))


def draw_prompt(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """What should happen: in one line, or in a text block."""
    column = layout.column(align=True)
    row = column.row(align=True)
    if shot.prompt_text is None:
        row.prop(shot, "prompt", text="", placeholder="slowly push in, then pan left")
        row.operator("takeone.prompt_text", text="", icon="TEXT")
        return
    row.template_ID(shot, "prompt_text")
    for line in shot.prompt_text.lines[:PROMPT_LINES]:
        if line.body.strip():
            wrapped(column, context, line.body)


def draw_button(layout: bpy.types.UILayout, shot: Any) -> None:
    """The button."""
    row = layout.row(align=True)
    row.scale_y = 1.6
    row.operator("takeone.animate_frame", icon="RENDER_ANIMATION")
    row.menu("TAKEONE_MT_animate", text="", icon="DOWNARROW_HLT")


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
        shot = shots.shot_of(context)
        able = STATE.engine(shot.engine) or UNKNOWN
        row = layout.row()
        row.enabled = able.get("sound", True)
        row.prop(shot, "sound", text="", icon="SPEAKER", placeholder="rain on a window")
        draw_lines(layout, context, shot, able)
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        row = column.row()
        row.prop(shot, "motion", text="Camera", expand=False)
        if not able.get("camera_path", True) and shot.motion == "CAMERA":
            reason(layout, context, iface_("{engine} moves the camera by words only").format(engine=able["name"]))
        draw_length(column, context, shot, able)
        if not able.get("sound", True):
            reason(layout, context, iface_("{engine} makes no sound").format(engine=able["name"]))


def draw_lines(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: dict[str, Any]) -> None:
    """Dialogue as a small list."""
    row = layout.row()
    speaks = able.get("dialogue", True)
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
            layout.prop(shot.lines[shot.active_line], "line", text="", placeholder="We are late.")
    if not speaks and shot.lines:
        reason(layout, context, iface_("{engine} speaks no lines").format(engine=able["name"]))
    languages = able.get("languages") or properties.LANGUAGES
    unspoken = sorted({line.language for line in shot.lines} - set(languages))
    if speaks and unspoken:
        text = iface_("{engine} does not speak {languages}")
        reason(layout, context, text.format(engine=able["name"], languages=", ".join(unspoken)))


class TAKEONE_UL_lines(bpy.types.UIList):
    """Lines of dialogue: who, in which language, what."""

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
        split = row.split(factor=0.35, align=True)
        split.prop(item, "speaker", text="", emboss=False, placeholder="Who")
        split = split.split(factor=0.5, align=True)
        split.prop(item, "language", text="", emboss=False)
        split.label(text=item.line, translate=False)


class SettingsPanel(SidebarPanel):
    """How long, by which engine, from which still, to where."""

    bl_label = "Settings"
    parent = "shot"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        scene = shots.shot_scene(context)
        shot = shots.shot_of(context)
        able = STATE.engine(shot.engine) or UNKNOWN
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
        if shot.still_source in ("IMAGE", "PLAYHEAD") and able.get("depth"):
            reason(layout, context, iface_("Without depth the camera move is plainer"))
        layout.prop(scene.take_one, "placement")


def draw_length(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any, able: dict[str, Any]) -> None:
    """Seconds and frames, and whether the engine can make that much."""
    column = layout.column(align=True)
    too_long = bool(able) and shot.seconds > able["max_seconds"]
    column.alert = too_long
    column.prop(shot, "seconds", text="Length")
    column.prop(shot, "frames", text="Frames")
    if too_long:
        text = iface_("{engine} makes at most {seconds:g} s")
        reason(layout, context, text.format(engine=able["name"], seconds=able["max_seconds"]))


def draw_engine(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    shot: Any,
    able: dict[str, Any],
) -> None:
    """Engine, quality and size, with the reasons for what is grey."""
    row = layout.row()
    split = row.split(factor=0.4)
    label = split.row()
    label.alignment = "RIGHT"
    label.label(text="Engine")
    split.menu("TAKEONE_MT_engines", text=able.get("name", shot.engine.capitalize()))
    if able and not able["available"]:
        reason(layout, context, able["reason"])
        if able["fix"] in FIXES:
            text, icon = FIXES[able["fix"]]
            layout.operator("takeone.fix", text=text, icon=icon).fix = able["fix"]
    if shot.engine != "draft":
        layout.prop(shot, "quality")
    layout.prop(shot, "size_percent", slider=True)
    try:
        width, height = jobs.clip_size(*picture_size(scene), shot.size_percent, able or None)
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
