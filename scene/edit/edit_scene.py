"""The edit scene: the Blender scene whose sequencer holds the takes."""

from __future__ import annotations

import bpy

EDIT_NAME = "Edit"
EDIT_KEY = "take_one_edit"  # on the scene that Take One made as the edit
COPIED = (
    "resolution_x",
    "resolution_y",
    "resolution_percentage",
    "pixel_aspect_x",
    "pixel_aspect_y",
    "fps",
    "fps_base",
)


def find_edit_scene(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene | None:
    """The scene that takes of `scene` land on, or None if it has not been made yet.

    It is the workspace's sequencer scene (Blender 5), else the scene that Take One made, else a scene named
    "Edit", else `scene` itself where it has strips. `scene` without strips never becomes the edit: its
    renders would then show strips instead of the set.
    """
    chosen = getattr(context.workspace, "sequencer_scene", None) if context.workspace else None
    if chosen is not None and (chosen != scene or _has_strips(chosen)):
        return chosen
    made = next((other for other in bpy.data.scenes if EDIT_KEY in other and other != scene), None)
    if made is not None:
        return made
    named = bpy.data.scenes.get(EDIT_NAME)
    if named is not None and named != scene:
        return named
    return scene if _has_strips(scene) else None


def ensure_edit_scene(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene:
    """The edit scene, made on first use: view transform Standard, frame rate and size of `scene`. A scene
    that was there is never changed. In Blender 5 a workspace that shows no edit yet shows the new one."""
    edit = find_edit_scene(context, scene)
    if edit is not None:
        if edit.sequence_editor is None:
            edit.sequence_editor_create()
        return edit
    edit = bpy.data.scenes.new(EDIT_NAME)
    edit[EDIT_KEY] = True
    edit.view_settings.view_transform = "Standard"
    edit.view_settings.look = "None"
    source, target = scene.render, edit.render
    for name in COPIED:
        setattr(target, name, getattr(source, name))
    edit.frame_start, edit.frame_end = 1, 1
    edit.sync_mode = "AUDIO_SYNC"
    edit.sequence_editor_create()
    if context.workspace is not None and hasattr(context.workspace, "sequencer_scene"):
        context.workspace.sequencer_scene = edit
    return edit


def window_showing(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Window | None:
    """A window with a sequencer that shows this scene's edit."""
    for window in context.window_manager.windows:
        shown = getattr(window.workspace, "sequencer_scene", None) or window.scene
        if shown == scene and any(area.type == "SEQUENCE_EDITOR" for area in window.screen.areas):
            return window
    return None


def _has_strips(scene: bpy.types.Scene) -> bool:
    return scene.sequence_editor is not None and len(scene.sequence_editor.strips) > 0
