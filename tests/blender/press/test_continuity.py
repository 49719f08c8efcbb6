"""A shot goes on where the one before it ends: with its last frame, or the scene's still at that moment."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
import stand_in
from rooms import movie_output, picture, picture_output, room
from take_one.client.protocol import EngineInfo
from take_one.scene.app.app import app
from take_one.scene.edit import strips
from take_one.scene.edit.cut import uses
from take_one.scene.model.shots import shot_list
from take_one.scene.session import pump

ENDS = EngineInfo("ends", "Ends", last_frame=True, handles=True)


@pytest.fixture(scope="module")
def ramp(tmp_path_factory):
    """A movie of 30 frames that grow brighter, 1/40 a frame."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    path = tmp_path_factory.mktemp("clips") / "ramp.mp4"
    scene = bpy.data.scenes.new("ramp")
    scene.view_settings.view_transform = "Standard"
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 24
    scene.frame_start, scene.frame_end = 1, 30
    scene.sequence_editor_create()
    for index in range(30):
        strips.new_effect(scene, f"{index}", "COLOR", 1, 1 + index, 1).color = [index / 40] * 3
    movie_output(scene, path)
    bpy.ops.render.render(animation=True, scene=scene.name)
    bpy.data.scenes.remove(scene)
    return path


@pytest.fixture
def session():
    session = stand_in.attach()
    app().state.engines = (ENDS, replace(ENDS, id="plain", last_frame=False))
    return session


@pytest.fixture
def scene(ramp, session):
    """Three shots; the first one's take has 30 frames, of which the edit shows 20 from frame 1 on; the scene stands at
    7."""
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(7)
    for name in ("Hall", "Stairs", "Roof"):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.engine, shot.seconds = name, "ends", 1.25
    first = scene.take_one.shots[0]
    first.frame, first.frame_lock = 40, True
    pump.handle(stand_in.ready(first, source=ramp, placement="REPLACE"))
    for strip in uses.uses(bpy.data.scenes["Edit"])[0].strips:
        setattr(strip, strips.END, 21)
    scene.take_one.active_shot = 1
    return scene


def press(session, monkeypatch, **said):
    from take_one.scene.session import jobs

    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    bpy.ops.takeone.continue_shot(**said)
    return session.requests[-1]


def test_it_begins_with_the_last_frame_that_the_edit_shows(scene, session, monkeypatch):
    request = press(session, monkeypatch)
    seen = picture(request.still.image)
    assert seen.shape == (36, 64, 3)
    shown = picture_of(scene, 20)
    assert np.abs(seen - shown).max() < 0.02
    assert (request.still.camera, request.last_frame, request.binding.placement) == (None, None, "REPLACE")


def picture_of(scene, frame):
    """What the edit shows at a frame."""
    edit = bpy.data.scenes["Edit"]
    edit.frame_start = edit.frame_end = frame
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    picture_output(edit, bpy.app.tempdir + "seen_")
    bpy.ops.render.render(animation=True, scene=edit.name)
    return picture(bpy.app.tempdir + f"seen_{frame:04d}.png")


def test_it_ends_on_the_next_still_where_the_engine_can(scene, session, monkeypatch):
    with pytest.raises(RuntimeError, match="'Roof', the shot behind, has no still"):
        press(session, monkeypatch, end_on_next=True)
    bpy.ops.takeone.board()
    request = press(session, monkeypatch, end_on_next=True)
    assert request.last_frame.image.parent.parent.parent.name == "Roof"
    assert (request.binding.head, request.binding.tail, request.frame_count) == (0, 0, 30)
    scene.take_one.shots[1].engine = "plain"
    with pytest.raises(RuntimeError, match="can't end on a picture"):
        press(session, monkeypatch, end_on_next=True)


def test_it_begins_at_the_moment_where_the_other_ends(scene, session, monkeypatch):
    request = press(session, monkeypatch, way="MOMENT")
    assert (scene.take_one.shots[1].frame, scene.take_one.shots[1].frame_lock) == (70, True)
    assert request.still.camera is not None


def test_without_a_shot_or_take_before_it_says_so(scene, session, monkeypatch):
    scene.take_one.active_shot = 2
    with pytest.raises(RuntimeError, match="has no take yet"):
        press(session, monkeypatch)
    scene.take_one.active_shot = 0
    assert not bpy.ops.takeone.continue_shot.poll()
