"""What of a scene is lent to a still that renders: its frame, its size, its camera. What users read and press is of the
scene as they have it, also meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import bpy

RECORD = "take_one_borrowed"  # on the scene: what was borrowed, what it was before, and the record `OUTER` of it
OUTER = "outer"
LAST = 1_048_574  # the last frame that Blender has
BESIDE = 1.0  # frames: motion blur steps less far through the frames beside the borrowed one
SIZE = ("render.resolution_x", "render.resolution_y", "render.resolution_percentage")
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)


def own_frame(scene: bpy.types.Scene) -> int:
    """The frame at which the user has the scene. Cheap enough for draw(), as `own_size`."""
    here = float(scene.frame_float)
    for before, now in lent(scene, "frame_float"):
        if all(isinstance(one, (int, float)) for one in (before, now)) and abs(here - now) < BESIDE:
            here = before
    return int(scene.frame_current) if here == scene.frame_float else round(here)


def put_frame(scene: bpy.types.Scene, frame: float) -> None:
    """Set the scene's frame, which is evaluated later; also before 0, where Blender makes it 0 unless its preference
    Allow Negative Frames is on. Raises ValueError for what is no frame, TypeError for what is no number."""
    if not abs(frame) <= LAST:
        raise ValueError(f"{frame} is no frame")
    preferences = bpy.context.preferences
    allowed, unsaved = preferences.edit.use_negative_frames, preferences.is_dirty
    refused = frame < 0 and not allowed
    if refused:
        preferences.edit.use_negative_frames = True
    try:
        scene.frame_float = frame
    finally:
        if refused:
            preferences.edit.use_negative_frames, preferences.is_dirty = allowed, unsaved


def own_size(scene: bpy.types.Scene) -> tuple[int, int]:
    """Width and height in pixels of what the scene renders as the user has it (its render region aside)."""
    across, high, percent = (_own_number(scene, path) for path in SIZE)
    return max(1, across * percent // 100), max(1, high * percent // 100)


def lent(scene: bpy.types.Scene, path: str) -> Iterator[tuple[Any, Any]]:
    """What is recorded of a property of the scene, the last borrowing first: what it was before, and what it was set
    to. A stranger's file may hold anything there."""
    text = scene.get(RECORD)
    while text is not None:
        try:
            record = json.loads(text)
            rows, text = list(record["values"]), record.get(OUTER)
            found = [(row["before"], row["now"]) for row in rows if (row["path"], row["block"]) == (path, None)]
        except UNREADABLE:
            return
        yield from found


def _own_number(scene: bpy.types.Scene, path: str) -> int:
    here = int(scene.path_resolve(path))
    for before, now in lent(scene, path):
        if now == here and isinstance(before, int):
            here = before
    return here
