"""Menus: shots, moves, more ways to animate; what we add to Blender's own; and all verbs under Render > Take One, where
search finds them."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface_

from ..scene.model.shots import shot_list, shown
from ..scene.model.shots.shown import SHOT_KEY

# Moves that most engines know by these words, for the menu beside the prompt
MOVES = (
    ("push in", "pull out", "zoom in", "zoom out", "dolly zoom"),
    ("pan left", "pan right", "tilt up", "tilt down"),
    ("truck left", "truck right", "pedestal up", "pedestal down"),
    ("crane up", "crane down", "orbit left", "orbit right"),
    ("handheld", "hold"),
)


class TAKEONE_MT_shots(bpy.types.Menu):
    """Shots of this file"""

    bl_label = "Shots"

    def draw(self, _context: bpy.types.Context) -> None:
        found = False
        for shot in shot_list.all_shots():
            found = True
            camera = shot.camera.name if shot.camera else iface_("scene camera")
            takes = iface_("1 take") if len(shot.takes) == 1 else iface_("{count} takes").format(count=len(shot.takes))
            text = f"{shot.name}   {camera}, {takes}"
            self.layout.operator("takeone.shot_choose", text=text, translate=False).shot = shot.uid
        if not found:
            self.layout.label(text="No shots yet")


class TAKEONE_MT_moves(bpy.types.Menu):
    """Camera moves to add to the prompt"""

    bl_label = "Camera Moves"

    def draw(self, _context: bpy.types.Context) -> None:
        for index, group in enumerate(MOVES):
            if index:
                self.layout.separator()
            for words in group:
                text = iface_(words.capitalize())
                self.layout.operator("takeone.add_words", text=text, translate=False).words = words


class TAKEONE_MT_animate(bpy.types.Menu):
    """More ways to animate"""

    bl_label = "Animate"

    def draw(self, _context: bpy.types.Context) -> None:
        draw_animate(self.layout)
        self.layout.separator()
        self.layout.operator("takeone.shots_from_markers", icon="MARKER_HLT")
        self.layout.operator("takeone.shots_from_cameras", icon="OUTLINER_OB_CAMERA")
        self.layout.separator()
        self.layout.operator("takeone.cancel_all", icon="CANCEL")
        self.layout.operator("takeone.preferences", icon="PREFERENCES")


def draw_animate(layout: bpy.types.UILayout) -> None:
    """The ways to make takes, besides the plain one."""
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("takeone.retake", text="Retake, New Seed", icon="FILE_REFRESH").same_seed = False
    layout.operator("takeone.retake", text="Retake, Same Seed", icon="LOCKED").same_seed = True
    layout.operator("takeone.variations", icon="DUPLICATE")
    layout.operator("takeone.continue_shot", icon="FRAME_NEXT")
    layout.operator("takeone.animate_together", icon="SEQ_STRIP_DUPLICATE")
    layout.operator("takeone.animate_cameras", icon="OUTLINER_OB_CAMERA")
    layout.operator("takeone.walkthrough", icon="CON_FOLLOWPATH")


# Under Render > Take One: a menu for each kind of verb
VERBS_OF = {
    "shots": (
        "Shots",
        "shots_from_markers shots_from_cameras shots_from_strips board shot_add shot_duplicate shot_split shot_move "
        "shot_remove shots_rename shots_by_edit shot_use_frame preview_still",
    ),
    "direction": (
        "Direction",
        "line_add line_remove line_move prompt_text show_prompt edit_prompt clear_prompt new_seed plan_stills "
        "walkthrough_again words_to_camera",
    ),
    "takes": (
        "Takes",
        "take_play take_make_current take_compare refine make_again continue_shot animate_together take_copy_settings "
        "take_show_file take_delete bring_takes cancel cancel_all forget_waiting look_again send_again",
    ),
    "edit": ("Edit", "show_edit transition transition_remove length_from_strip length_from_take bed bed_remove"),
    "out": (
        "Export and Import",
        "export_cut export_page export_edit export_cancel export_open import_edit import_apply import_dismiss "
        "read_notes",
    ),
    "setup": (
        "Setup",
        "install install_cancel backend_start backend_stop backend_restart connect_server use_local preferences "
        "accounts_refresh workflow_add models_refresh models_link models_cancel allow_online open_log fix "
        "dismiss_error",
    ),
}
VERBS = tuple(tuple(verbs.split()) for _label, verbs in VERBS_OF.values())


def _menu_of(name: str, label: str, verbs: tuple[str, ...]) -> type[bpy.types.Menu]:
    def draw(self: Any, _context: bpy.types.Context) -> None:
        self.layout.operator_context = "INVOKE_DEFAULT"
        for verb in verbs:
            self.layout.operator(f"takeone.{verb}")

    members = {"__doc__": f"Verbs of {label.lower()}", "bl_label": label, "draw": draw}
    return type(f"TAKEONE_MT_all_{name}", (bpy.types.Menu,), members)


SUBMENUS = tuple(_menu_of(name, label, tuple(verbs.split())) for name, (label, verbs) in VERBS_OF.items())


class TAKEONE_MT_all(bpy.types.Menu):
    """All that Take One can do"""

    bl_label = "Take One"

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("takeone.animate_frame", icon="RENDER_ANIMATION")
        draw_animate(layout)
        layout.separator()
        for menu in SUBMENUS:
            layout.menu(menu.__name__)
        layout.separator()
        layout.operator("takeone.guide", icon="HELP")


class TAKEONE_MT_transitions(bpy.types.Menu):
    """Transitions into and out of the shot"""

    bl_label = "Transitions"

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        for kind, label in (("DISSOLVE", "Dissolve"), ("DIP", "Dip"), ("FADE_IN", "Fade In"), ("FADE_OUT", "Fade Out")):
            layout.operator("takeone.transition", text=label).kind = kind
        layout.separator()
        layout.operator("takeone.transition_remove")


def _in_render_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu("TAKEONE_MT_all", icon="RENDER_ANIMATION")


def _in_add_menu(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    layout = self.layout
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    for verb, icon in (("shots_from_markers", "MARKER_HLT"), ("shots_from_cameras", "OUTLINER_OB_CAMERA")):
        layout.operator(f"takeone.{verb}", icon=icon)
    layout.menu("TAKEONE_MT_transitions", icon="ARROW_LEFTRIGHT")
    layout.operator("takeone.bed", icon="SPEAKER")


def _on_strip(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    strip = getattr(context, "active_strip", None)
    if strip is None or SHOT_KEY not in strip:
        return
    layout = self.layout
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("takeone.animate_frame", text="Animate Shot", icon="RENDER_ANIMATION")
    for verb in (
        "continue_shot",
        "animate_together",
        "shot_split",
        "shot_duplicate",
        "length_from_strip",
        "shot_remove",
    ):
        layout.operator(f"takeone.{verb}")
    layout.menu("TAKEONE_MT_transitions")


def _on_camera(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    if context.object is None or context.object.type != "CAMERA":
        return
    layout = self.layout
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    if len(shown.selected_cameras(context)) > 1:
        layout.operator("takeone.animate_cameras", icon="RENDER_ANIMATION")
        layout.operator("takeone.shots_from_cameras", icon="OUTLINER_OB_CAMERA")
    else:
        layout.operator("takeone.animate_cameras", text="Animate This Camera", icon="RENDER_ANIMATION")
        layout.operator("takeone.shot_add", text="Add Shot of This Camera", icon="OUTLINER_OB_CAMERA")


ADDED = (
    ("TOPBAR_MT_render", _in_render_menu),
    ("SEQUENCER_MT_add", _in_add_menu),
    ("SEQUENCER_MT_context_menu", _on_strip),
    ("VIEW3D_MT_object_context_menu", _on_camera),
)


def register() -> None:
    """Add to Blender's own menus."""
    for name, draw in ADDED:
        getattr(bpy.types, name).append(draw)


def unregister() -> None:
    """Remove it from Blender's own menus."""
    for name, draw in ADDED:
        getattr(bpy.types, name).remove(draw)


CLASSES = (
    TAKEONE_MT_shots,
    TAKEONE_MT_moves,
    TAKEONE_MT_animate,
    TAKEONE_MT_transitions,
    *SUBMENUS,
    TAKEONE_MT_all,
)
