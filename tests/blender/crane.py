"""A shot whose camera is animated: what plans, words' moves and walks go by."""

from __future__ import annotations

import bpy
import stand_in
from rooms import camera
from take_one.client.protocol import EngineInfo, Keyframe
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.app.app import app
from take_one.scene.model.shots import shot_list

ABLE = EngineInfo(
    "able", "Able", camera_path=True, words_path=True, overscan=True, finer_views=True, views=5, max_seconds=30
)


def attach() -> stand_in.StandIn:
    """A stand-in for the session, with an engine that can do all of this, and one that can't."""
    session = stand_in.attach()
    app().state.engines = (ABLE, EngineInfo("plain", "Plain"))
    return session


def stage() -> bpy.types.Scene:
    """A scene of 30 frames a second and half metres that stands at 31; a shot whose camera goes a unit a frame."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 30
    scene.unit_settings.scale_length, scene.take_one.handles = 0.5, 0
    scene.camera = camera(scene, "Crane", (31.0, 2.0, 3.0))
    for frame in range(31, 62):
        scene.camera.location.x = frame
        scene.camera.keyframe_insert("location", frame=frame)
    scene.frame_set(31)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine, shot.seconds, shot.motion, shot.prompt = "Hall", "able", 1.0, "CAMERA", "pan"
    return scene


def the_shot():
    return bpy.context.scene.take_one.shots[0]


def key(t=0.0, x=0.0, zoom=1.0, roll=0.0):
    """A key of a path: so far to the right, and its roll."""
    rows = [list(row) for row in IDENTITY]
    rows[0][3], rows[1][0] = x, roll
    return Keyframe(t, tuple(map(tuple, rows)), zoom)


def ended(generator):
    """What a generator comes to, and what it yielded."""
    found = []
    while True:
        try:
            found.append(next(generator))
        except StopIteration as end:
            return found, end.value
