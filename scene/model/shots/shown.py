"""Which shot and take the panels show, and the operators act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from .. import marks
from ..properties import properties
from . import shot_list

SHOT_KEY = "take_one_shot"  # on a strip: the uid of its shot


def shot_scene(context: bpy.types.Context) -> bpy.types.Scene:
    """The scene whose shots the panels show.

    In the sequencer that is the scene of the active strip's shot. Elsewhere the window's scene, unless it is
    one without shots of its own (an edit scene): then the first scene that has some.
    """
    shot = _shot_of_strip(context)
    if shot:
        return shot.id_data
    if context.scene.take_one.shots or context.scene.camera:
        return context.scene
    return next((scene for scene in bpy.data.scenes if scene.take_one.shots), context.scene)


def is_sequencer(area: bpy.types.Area) -> bool:
    """Whether the area is a video sequencer."""
    return area.type == "SEQUENCE_EDITOR"


def shot_of(context: bpy.types.Context) -> properties.TAKEONE_PG_shot:
    """The shot that the panels show: in the sequencer the active strip's, else the scene's active one, else the
    blank card."""
    return _shot_of_strip(context) or shot_list.card(shot_scene(context))


def take_of(context: bpy.types.Context) -> properties.TAKEONE_PG_take | None:
    """The take that the buttons act on, or None."""
    shot = shot_of(context)
    return shot.takes[shot.active_take] if 0 <= shot.active_take < len(shot.takes) else None


def show(context: bpy.types.Context, shot: properties.TAKEONE_PG_shot) -> None:
    """Let the panels show this shot. In the sequencer the active strip is then one of the shot's, or none; the window
    goes to the shot's scene where it shows another one's shots, unless that would take the edit away."""
    scene = shot.id_data
    scene.take_one.active_shot = [one.uid for one in scene.take_one.shots].index(shot.uid)
    strip = _active_strip(context)
    if strip and strip.get(SHOT_KEY) != shot.uid:
        editor = strip.id_data.sequence_editor
        editor.active_strip = next((one for one in editor.strips if one.get(SHOT_KEY) == shot.uid), None)
    is_edit = context.area and is_sequencer(context.area) and not hasattr(context.workspace, "sequencer_scene")
    if context.window and shot_scene(context) != scene and not is_edit:
        context.window.scene = scene


def show_first(uids: Sequence[tuple[str, str]]) -> None:
    """Let the panels of each scene show the first of these shots (their uids, and their scenes')."""
    for shot_uid, scene_uid in reversed(uids):
        shot = shot_list.find_shot(shot_uid, scene_uid)
        if shot is not None:
            state = shot.id_data.take_one
            state.active_shot = [one.uid for one in state.shots].index(shot_uid)


def selected_cameras(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The selected cameras, by name."""
    chosen = [one for one in getattr(context, "selected_objects", None) or () if one.type == "CAMERA"]
    return sorted(chosen, key=lambda one: one.name)


def _active_strip(context: bpy.types.Context) -> Any | None:
    return getattr(context, "active_strip", None) if context.area and is_sequencer(context.area) else None


def _shot_of_strip(context: bpy.types.Context) -> properties.TAKEONE_PG_shot | None:
    strip = _active_strip(context)
    return shot_list.find_shot(marks.text(strip, SHOT_KEY) or "-") if strip else None
