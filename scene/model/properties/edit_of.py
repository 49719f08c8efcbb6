"""Which scene is the edit that a scene's takes land on, and the rate that they have there."""

from __future__ import annotations

from fractions import Fraction

import bpy

from .rates import frame_rate

EDIT_NAME = "Edit"
EDIT_KEY = "take_one_edit"  # on the scene that Take One made as the edit


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


def take_rate(scene: bpy.types.Scene) -> Fraction:
    """The rate that takes of this scene are made for: the edit's, and until there is one the scene's own."""
    return frame_rate(find_edit_scene(bpy.context, scene) or scene)


def _has_strips(scene: bpy.types.Scene) -> bool:
    return scene.sequence_editor is not None and len(scene.sequence_editor.strips) > 0
