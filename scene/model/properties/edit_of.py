"""Which scene is the edit that a scene's takes land on, and the rate that they have there."""

from __future__ import annotations

from fractions import Fraction

import bpy

from .rates import frame_rate

EDIT_NAME = "Edit"
EDIT_KEY = "take_one_edit"  # on the scene that Take One made as the edit


def find_edit_scene(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene | None:
    """The scene that takes of `scene` land on, or None if it has not been made yet. One that is linked from another
    file never is: what lands on it would not be saved.

    It is the workspace's sequencer scene (Blender 5), else the scene that Take One made, else a scene named
    "Edit", else `scene` itself where it has strips. `scene` without strips never becomes the edit: its
    renders would then show strips instead of the set.
    """
    chosen = _chosen(context)
    if chosen is not None and chosen.library is None and (chosen != scene or _has_strips(chosen)):
        return chosen
    local = [other for other in bpy.data.scenes if other.library is None and other != scene]
    return _made(local) or (scene if scene.library is None and _has_strips(scene) else None)


def edit_on_show(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene | None:
    """The edit that is looked at for `scene`: also one that is linked from another file, where the workspace shows that
    or no other is there."""
    chosen = _chosen(context)
    if chosen is not None and chosen.library is not None:
        return chosen
    linked = [other for other in bpy.data.scenes if other.library is not None and other != scene]
    return find_edit_scene(context, scene) or _made(linked)


def take_rate(scene: bpy.types.Scene) -> Fraction:
    """The rate that takes of this scene are made for: the edit's, and until there is one the scene's own."""
    return frame_rate(find_edit_scene(bpy.context, scene) or scene)


def _made(scenes: list[bpy.types.Scene]) -> bpy.types.Scene | None:
    """Of these the one that Take One made as the edit, else one of its name."""
    made = next((one for one in scenes if EDIT_KEY in one), None)
    return made or next((one for one in scenes if one.name == EDIT_NAME), None)


def _chosen(context: bpy.types.Context) -> bpy.types.Scene | None:
    return getattr(context.workspace, "sequencer_scene", None) if context.workspace else None


def _has_strips(scene: bpy.types.Scene) -> bool:
    return scene.sequence_editor is not None and len(scene.sequence_editor.strips) > 0
