"""One shot becomes two, at a frame of the edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from ...app.errors import SceneError
from ...model.properties.rates import frame_rate
from ...model.shots import shot_list
from ...model.shots.shown import SHOT_KEY
from .. import strips
from . import shift
from .connect import connect
from .uses import BOARD_KEY, WITH_KEY, uses_of


def split(edit: bpy.types.Scene, shot: Any, frame: int, show: Callable[[bpy.types.Strip, Any], None]) -> Any:
    """Split a shot, and its strips, at a frame of the edit: what comes after is a shot of its own that begins at the
    moment of the scene that is seen there, and shows what it showed until it has a take. Nothing moves. `show` lets a
    picture or the words of a board be those of the new shot. Returns it.

    Raises:
        SceneError: no_strip where the edit does not show the shot around that frame.
    """
    use = next((use for use in uses_of(edit, shot.uid) if use.start < frame < use.end), None)
    if use is None:
        raise SceneError(
            "no_strip", "The playhead does not stand within the shot. Move it to where the shot is to split"
        )
    scene, uid, rate = shot.id_data, shot.uid, frame_rate(edit)
    left, right = frame - use.start, use.end - frame
    new_uid = shot_list.insert_copy(shot).uid
    shot, new = (shot_list.shot_with(one, scene.take_one.uid) for one in (uid, new_uid))
    new.frame = shot_list.frame_of(shot) + round(left / rate * frame_rate(scene))
    new.frame_lock = True
    new.still = ""
    known = {strip.name for strip in edit.sequence_editor.strips}
    for strip in use.all:
        if not shift.follows(strip) and strips.start(strip) < frame < strips.end(strip):
            strip.split(frame, "SOFT")  # which splits all that are connected to it
    after = [strip for strip in edit.sequence_editor.strips if strip.name not in known]
    before = [strip for strip in use.all if strips.end(strip) <= frame]
    for strip in after:
        if SHOT_KEY in strip or WITH_KEY in strip:
            _hand_over(strip, new, show)
    connect(edit, before)
    connect(edit, after)
    shot.seconds, new.seconds = float(left / rate), float(right / rate)
    return new


def _hand_over(strip: bpy.types.Strip, new: Any, show: Callable[[bpy.types.Strip, Any], None]) -> None:
    strip.select = False
    strip[WITH_KEY if WITH_KEY in strip else SHOT_KEY] = new.uid
    strip.color_tag = strips.color_of(new.uid)
    if strip.type in ("IMAGE", "TEXT") and BOARD_KEY in strip:
        show(strip, new)
    elif SHOT_KEY in strip:  # the other shot's take stands for this one's until it has its own
        strip[BOARD_KEY] = True
        strip.name = new.name if strip.type != "SOUND" else f"{new.name} sound"
        for key in (strips.TAKE_KEY, strips.JOB_KEY):
            if key in strip:
                del strip[key]
