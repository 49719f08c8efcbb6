"""The shot that verbs and panels are tried on."""

from __future__ import annotations

import bpy
import stand_in
from rooms import a_take, camera
from take_one.client.protocol import EngineInfo
from take_one.panels.parts import pictures
from take_one.scene.app.app import app
from take_one.scene.model.shots import shot_list


def hall(*engines: EngineInfo, at: int | None = None, **about):
    """A shot named Hall, "hall" as an id, which the scene's camera Wide sees, with these properties. The session is a
    stand-in that knows these engines, or its own where there are none; the scene stands `at` this frame."""
    stand_in.attach()
    if engines:
        app().state.engines = engines
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    if at is not None:
        scene.frame_set(at)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.uid = "Hall", "hall"
    for name, value in about.items():
        setattr(shot, name, value)
    return shot


def with_takes(shot):
    """The shot with two takes, whose clips nobody reads."""
    for number in (1, 2):
        a_take(shot, f"t{number}", number, clip=f"/clips/t{number}.mp4")
    return shot


def unread(monkeypatch) -> None:
    """Pictures are not read: an icon's number is how long its file's name is, and what is being made shows none."""
    monkeypatch.setattr(pictures, "icon", lambda path, place="": len(path + place))
    monkeypatch.setattr(pictures, "live_icon", lambda key: 0)
