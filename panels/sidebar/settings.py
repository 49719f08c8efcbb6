"""The settings: by which engine and how, from which still, to where."""

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_
from bpy.props import BoolProperty

from ...client.protocol import EngineInfo
from ...scene.app.errors import SceneError
from ...scene.model.lent import own_size
from ...scene.model.properties import options
from ...scene.model.shots import shown
from ...scene.session.press.order import clip_size
from ...scene.stills.camera import own_camera
from ..parts.engines import capabilities, draw_options
from ..parts.layout import SidebarPanel, in_both_sidebars, reason
from ..parts.references import draw_references

FOLDS = (
    ("take_one_settings", "Settings", "Show the engine's settings, the size, seed, still and place"),
    ("take_one_more", "More", "Show seed, still, camera and place"),
    ("take_one_about", "About the Take", "Show what the take is made of, and what there is to say of it"),
)


class SettingsPanel(SidebarPanel):
    """How long, by which engine, from which still, to where."""

    bl_label = "Settings"
    bl_options = {"HIDE_HEADER"}  # it has one of its own, which says the size and is closed at first
    parent = "shot"

    def draw(self, context: bpy.types.Context) -> None:
        scene = shown.shot_scene(context)
        shot = shown.shot_of(context)
        able = capabilities(shot)
        header, layout = self.layout.panel_prop(context.window_manager, "take_one_settings")
        draw_header(header, scene, shot, able)
        if layout is None:
            return
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_options(layout, context, shot, able)
        draw_references(layout, shot, able)
        draw_size(layout, context, scene, shot, able)
        header, layout = layout.panel_prop(context.window_manager, "take_one_more")
        header.label(text="Seed, Still and Place")
        if layout is None:
            return
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_seed(layout, context, shot)
        layout.separator()
        layout.prop(shot, "still_source")
        if shot.still_source == "IMAGE":
            layout.prop(shot, "image_path")
        else:
            own = own_camera(scene)
            layout.prop(shot, "camera", text="Camera", placeholder=own.name if own else "")
            draw_frame(layout, shot)
        if shot.still_source in ("IMAGE", "PLAYHEAD") and able.depth:
            reason(layout, context, iface_("Without depth the camera move is plainer"))
        layout.prop(scene.take_one, "placement")
        row = layout.row()
        row.active = able.handles
        row.prop(scene.take_one, "handles")
        if not able.handles:
            reason(layout, context, iface_("{engine} makes no handles").format(engine=able.label))


def draw_seed(layout: bpy.types.UILayout, context: bpy.types.Context, shot: Any) -> None:
    """The seed: the next take's where it is locked, else that of the take that is chosen."""
    take = shown.take_of(context)
    row = layout.row(align=True)
    seed = row.row(align=True)
    seed.active = shot.seed_lock
    seed.enabled = shot.seed_lock or take is None
    seed.prop(shot if shot.seed_lock or take is None else take, "seed")
    row.operator("takeone.new_seed", text="", icon="FILE_REFRESH")
    row.prop(shot, "seed_lock", text="", icon="LOCKED" if shot.seed_lock else "UNLOCKED")


def draw_size(
    layout: bpy.types.UILayout, context: bpy.types.Context, scene: bpy.types.Scene, shot: Any, able: EngineInfo
) -> None:
    """How large the clip is, and whether the engine can make so many pixels."""
    layout.prop(shot, "size_percent", slider=True)
    try:
        clip_size(*own_size(scene), shot.size_percent, able)
    except SceneError as error:
        reason(layout, context, iface_(error.message))


def draw_header(layout: bpy.types.UILayout, scene: bpy.types.Scene, shot: Any, able: EngineInfo) -> None:
    """The title, with the clip's size, or a mark where the engine can't make that or a setting does not count."""
    layout.label(text="Settings")
    row = layout.row()
    row.alignment = "RIGHT"
    try:
        width, height = clip_size(*own_size(scene), shot.size_percent, able)
    except SceneError:
        row.label(text="", icon="ERROR")
        return
    icon = "INFO" if options.misfits(shot, able) else "NONE"
    row.label(text=f"{width} x {height}", icon=icon, translate=False)


def draw_frame(layout: bpy.types.UILayout, shot: Any) -> None:
    """The frame that the shot keeps."""
    row = layout.row(align=True)
    frame = row.row(align=True)
    frame.active = shot.frame_lock
    frame.prop(shot, "frame")
    row.operator("takeone.shot_use_frame", text="", icon="TIME")
    row.prop(shot, "frame_lock", text="", icon="LOCKED" if shot.frame_lock else "UNLOCKED")


def register() -> None:
    """Add what says which folded parts are open."""
    for name, label, description in FOLDS:
        fold = BoolProperty(name=label, description=description, options={"SKIP_SAVE"})
        setattr(bpy.types.WindowManager, name, fold)


def unregister() -> None:
    """Remove it."""
    for name, _label, _description in FOLDS:
        delattr(bpy.types.WindowManager, name)


CLASSES = in_both_sidebars(SettingsPanel, "settings")
