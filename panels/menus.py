"""Menus: shots, more ways to animate. And all verbs under Render > Take One, where search finds them."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ..scene.model import shot_list


class TAKEONE_MT_shots(bpy.types.Menu):
    """Shots of this file"""

    bl_label = "Shots"

    def draw(self, _context: bpy.types.Context) -> None:
        found = False
        for shot in shot_list.all_shots():
            found = True
            camera = shot.camera.name if shot.camera else iface_("scene camera")
            text = f"{shot.name}   ({camera}, {len(shot.takes)})"
            self.layout.operator("takeone.shot_choose", text=text, translate=False).shot = shot.uid
        if not found:
            self.layout.label(text="No shots yet")


class TAKEONE_MT_animate(bpy.types.Menu):
    """More ways to animate"""

    bl_label = "Animate"

    def draw(self, _context: bpy.types.Context) -> None:
        draw_animate(self.layout)
        self.layout.separator()
        self.layout.operator("takeone.cancel_all", icon="CANCEL")
        self.layout.operator("takeone.preferences", icon="PREFERENCES")


def draw_animate(layout: bpy.types.UILayout) -> None:
    """The ways to make takes, besides the plain one."""
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("takeone.retake", text="Retake, New Seed", icon="FILE_REFRESH").same_seed = False
    layout.operator("takeone.retake", text="Retake, Same Seed", icon="LOCKED").same_seed = True
    layout.operator("takeone.variations", icon="DUPLICATE")
    layout.operator("takeone.animate_cameras", icon="OUTLINER_OB_CAMERA")
    layout.operator("takeone.walkthrough", icon="CON_FOLLOWPATH")


class TAKEONE_MT_all(bpy.types.Menu):
    """All that Take One can do"""

    bl_label = "Take One"

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("takeone.animate_frame", icon="RENDER_ANIMATION")
        draw_animate(layout)
        for group in VERBS:
            layout.separator()
            for verb in group:
                layout.operator(f"takeone.{verb}")


TAKES = (
    "take_play show_edit take_make_current take_compare refine make_again take_copy_settings take_show_file "
    "take_delete bring_takes"
)
SHOT = (
    "preview_still shot_add shot_remove shot_use_frame line_add line_remove line_move prompt_text show_prompt "
    "edit_prompt clear_prompt new_seed preset_add plan_stills walkthrough_again words_to_camera"
)
SETUP = "install install_cancel backend_start backend_stop backend_restart connect_server use_local preferences"
VERBS = (
    ("cancel", "cancel_all", "forget_waiting", "look_again", "send_again"),
    tuple(TAKES.split()),
    tuple(SHOT.split()),
    tuple(SETUP.split()),
    (
        "accounts_refresh",
        "models_refresh",
        "models_link",
        "models_cancel",
        "open_log",
        "allow_online",
        "fix",
        "dismiss_error",
    ),
)


def _in_render_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu("TAKEONE_MT_all", icon="RENDER_ANIMATION")


def register() -> None:
    """Add the menu to Render."""
    bpy.types.TOPBAR_MT_render.append(_in_render_menu)


def unregister() -> None:
    """Take the menu away from Render."""
    bpy.types.TOPBAR_MT_render.remove(_in_render_menu)


CLASSES = (TAKEONE_MT_shots, TAKEONE_MT_animate, TAKEONE_MT_all)
