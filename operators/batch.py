"""Several shots in a row: their stills are rendered one after the other, as Blender renders one at a time."""

from __future__ import annotations

import bpy

from ..scene import jobs, properties, still
from ..scene.errors import SceneError
from ..scene.state import STATE

PAUSE = 0.25  # seconds between looks whether the render is done

_waiting: list[str] = []  # uids of shots


def begin(shot_uids: list[str]) -> None:
    """Animate these shots in order, the first one now. Raises SceneError where the first can't begin."""
    _waiting.extend(shot_uids)
    _next()
    if _waiting and not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=PAUSE)


def waiting() -> list[str]:
    """Uids of the shots whose still has yet to be rendered."""
    return list(_waiting)


def cancel() -> None:
    """Leave out the shots that have not begun."""
    _waiting.clear()


def _next() -> None:
    shot = properties.find_shot(_waiting.pop(0))
    if shot:
        jobs.start(bpy.context, shot, source="RENDER", placement="AFTER")


def _tick() -> float | None:
    if _waiting and not still.rendering():
        try:
            _next()
        except SceneError as error:
            STATE.fail(error)
    return PAUSE if _waiting else None


def unregister() -> None:
    """Stop, with nothing left waiting."""
    _waiting.clear()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
