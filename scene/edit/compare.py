"""Two takes side by side: strips laid over the edit for a while, and removed."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..model.shots import takes
from . import strips
from .cut import effects

KEY = strips.COMPARE_KEY
SIDES = (-1, 1)


def showing() -> bool:
    """Whether any scene shows a comparison."""
    return bool(_strips())


def show(edit: bpy.types.Scene, left: Any, right: Any, frame: int) -> None:
    """Lay two takes side by side at `frame`, over black, above everything else. The edit below stays as it is.

    Raises:
        SceneError: clip_missing, no_channel, clip_unreadable. Then nothing is laid.
    """
    for take in (left, right):
        if take.status != "READY" or takes.clip_missing(take):
            raise SceneError(
                "clip_missing",
                rpt_("The file of take {number} is gone. Make it again.").format(number=take.number),
                "retry",
            )
    hide()
    try:
        _lay(edit, left, right, frame)
    except SceneError:
        hide()
        raise


def hide() -> int:
    """Remove all comparisons. Returns how many strips were removed."""
    found = _strips()
    for scene, strip in found:
        strips.take_from(scene.sequence_editor, strip)
    return len(found)


def other_take(shot: Any, take: Any) -> Any | None:
    """What a take is compared with: the shot's current take, or where it is that itself, the one before or after."""
    ready = [one for one in shot.takes if one.status == "READY"]
    others = [one for one in ready if one.uid != take.uid]
    current = next((one for one in others if one.uid == shot.current_take), None)
    return current or (others[-1] if others else None)


def _lay(edit: bpy.types.Scene, left: Any, right: Any, frame: int) -> None:
    movies = []
    for take in (left, right):
        uid = f"{take.uid}{KEY}"
        movie = strips.place(
            edit,
            takes.clip_path(take),
            name=f"Compare take {take.number}",
            shot_uid="",
            take_uid=uid,
            frame=frame,
            sound=False,
        ).movie
        for name in (strips.SHOT_KEY, strips.TAKE_KEY, strips.JOB_KEY):
            if name in movie:
                del movie[name]
        movie[KEY] = True
        movies.append(movie)
    after = max(strips.end(movie) for movie in movies)
    highest = max(strips.busy_channels(edit.sequence_editor, frame, after, None))  # over all, burn-ins too
    free = [one for one in strips.usable_channels(edit.sequence_editor, frame, after) if one > highest][:3]
    free = free if len(free) == 3 else strips.free_channels(edit.sequence_editor, frame, after, 3)
    # first the highest, so that the strips never stand in each other's way
    for movie, channel in zip(reversed(movies), reversed(free[1:]), strict=True):
        movie.channel = channel
    _black(edit, frame, after, free[0])
    for movie, side in zip(movies, SIDES, strict=True):
        movie.transform.scale_x *= 0.5
        movie.transform.scale_y *= 0.5
        movie.transform.offset_x = side * edit.render.resolution_x / 4


def _black(edit: bpy.types.Scene, frame: int, after: int, channel: int) -> None:
    black = effects.new_effect(edit, "Compare", "COLOR", channel, frame, after - frame)
    black.color = (0.0, 0.0, 0.0)
    black[KEY] = True


@persistent
def _on_render(*_: object) -> None:
    """A comparison is never part of a render."""
    for _scene, strip in _strips():
        strip.mute = True


@persistent
def _after_render(*_: object) -> None:
    for _scene, strip in _strips():
        strip.mute = False


HANDLERS = (("render_init", _on_render), ("render_complete", _after_render), ("render_cancel", _after_render))


def register() -> None:
    """Keep comparisons out of renders."""
    for name, function in HANDLERS:
        getattr(bpy.app.handlers, name).append(function)


def unregister() -> None:
    """Do it no more."""
    for name, function in HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if function in handlers:
            handlers.remove(function)


def _strips() -> list[tuple[bpy.types.Scene, bpy.types.Strip]]:
    return [
        (scene, strip)
        for scene in bpy.data.scenes
        if scene.sequence_editor
        for strip in scene.sequence_editor.strips
        if KEY in strip
    ]
