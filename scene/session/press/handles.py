"""Handles: the frames that a take has before and after its shot."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy

from ....client.protocol import EngineInfo
from ...app.app import app
from ...model.properties.edit_of import take_rate
from ...model.properties.rates import frame_rate
from ...model.shots.shot_list import frame_of
from ..words import prompts


@dataclass(frozen=True)
class Handles:
    """`head` and `tail` in frames of the clip, which lasts `seconds`; its still is `frames` of the scene earlier."""

    seconds: float
    head: int = 0
    tail: int = 0
    frames: int = 0


def of(shot: Any, engine: EngineInfo, wanted: int, moved: bool, seconds: float, fps: Fraction) -> Handles:
    """As many handles as wanted, of an engine that can make them, and at the head as the scene has frames before the
    shot's. A move by words begins with the still: then there is none at the head."""
    scene = shot.id_data
    count = max(1, round(seconds * fps))
    most = int(engine.max_seconds * fps) if engine.max_seconds else count + 2 * wanted
    room = most - count
    if not engine.handles or wanted < 1 or room < 1:
        return Handles(seconds)
    frames = round(min(wanted, room // 2) / fps * frame_rate(scene)) if moved else 0
    if not bpy.context.preferences.edit.use_negative_frames:  # Blender stands at none before 0
        frames = max(0, min(frames, frame_of(shot)))
    head = round(frames / frame_rate(scene) * fps)
    tail = min(wanted, room - head)
    return Handles(float((count + head + tail) / fps), head, tail, frames)


def span(shot: Any) -> tuple[int, int]:
    """The first of the scene's frames that a take of the shot shows by the camera's own motion, and how many they are,
    its handles with them."""
    scene = shot.id_data
    engine = app().state.engine(shot.engine) or EngineInfo(shot.engine)
    from_camera = shot.still_source in prompts.FROM_CAMERA
    extra = of(shot, engine, scene.take_one.handles, from_camera, shot.seconds, take_rate(scene))
    return frame_of(shot) - extra.frames, max(1, round(extra.seconds * frame_rate(scene)))
