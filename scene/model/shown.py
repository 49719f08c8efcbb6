"""Which shot the panels show, and the operators act on."""

from __future__ import annotations

import bpy

from . import properties


def shot_scene(context: bpy.types.Context) -> bpy.types.Scene:
    """The scene whose shots the panels show.

    In the sequencer that is the scene of the active strip's shot. Elsewhere the window's scene, unless it is
    one without shots of its own (an edit scene): then the first scene that has some.
    """
    strip = getattr(context, "active_strip", None) if context.area and is_sequencer(context.area) else None
    shot = properties.find_shot(strip.get("take_one_shot", "")) if strip else None
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
    if context.area and is_sequencer(context.area):
        strip = getattr(context, "active_strip", None)
        shot = properties.find_shot(strip.get("take_one_shot", "")) if strip else None
        if shot:
            return shot
    return properties.card(shot_scene(context))
