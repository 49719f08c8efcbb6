"""The edit scene: the Blender scene whose sequencer holds the takes."""

from __future__ import annotations

import bpy

EDIT_NAME = "Edit"


def find_edit_scene(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene | None:
    """The scene that takes of `scene` land on, or None where it has not been made yet: the workspace's sequencer scene
    (Blender 5), else the scene that already holds takes of this scene's shots, else a scene named "Edit"."""
    raise NotImplementedError


def ensure_edit_scene(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene:
    """The edit scene, made on first use: view transform Standard, frame rate and size of `scene`. A scene that was there is
    never changed."""
    raise NotImplementedError
