"""What the user does while a wider still is planned or rendered: undo, move, press again, save."""

from __future__ import annotations

import math
from concurrent.futures import Future
from dataclasses import replace

import bpy
import numpy as np
import pytest
import rooms
import stand_in
from stand_in import DRAFT
from take_one.client.protocol import CameraPath, Keyframe, WordsPath
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.state import RENDERING
from take_one.scene.model.shots.shot_list import add_shot, find_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.stills import capture

FIRST = 17
ABLE = replace(DRAFT, views=32, camera_path=True, depth=True, words_path=True, overscan=True)


class Asked:
    """A backend that is asked where words go, and answers when the test says so."""

    def __init__(self, session):
        self.answers = []
        session.path_ahead = lambda *_: self.answers.append(Future()) or self.answers[-1]

    def answer(self, path):
        for one in self.answers:
            if not one.done():
                one.set_result(path)


@pytest.fixture
def session():
    fake = stand_in.attach()
    app().state.engines = (ABLE,)
    return fake


@pytest.fixture
def shot(tmp_path):
    scene = rooms.room()
    scene.frame_set(FIRST)
    made = add_shot(scene)
    made.name, made.motion, made.prompt, made.seconds, made.stills = "Pan", "WORDS", "pan right", 1.0, "ONE"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return find_shot(made.uid)


def pan(degrees):
    keys = []
    for t in np.linspace(0, 1, 9).tolist():
        c, s = math.cos(math.radians(degrees * t)), math.sin(math.radians(degrees * t))
        keys.append(Keyframe(t, ((c, 0.0, s, 0.0), (0.0, 1.0, 0.0, 0.0), (-s, 0.0, c, 0.0), (0.0, 0.0, 0.0, 1.0))))
    return WordsPath(CameraPath(tuple(keys)))


def until(condition):
    """Let the timer go on until it is true."""
    for _ in range(4000):
        if condition():
            return
        for due in app().part(timer.Tasks)._due:
            due.at = 0
        app().part(timer.Tasks).run()
    raise AssertionError("it never came")


class Begun(list):
    """The wide stills that Blender was asked to render, none of which ends."""

    def __init__(self, monkeypatch):
        super().__init__()
        monkeypatch.setattr(capture, "start_render", lambda _context, *_, **asked: self.append(asked))


def press(uid):
    (key,) = jobs.start(make_order(bpy.context, find_shot(uid), Call()))
    return key


def undo_once(scene):
    """Undo a move of the camera that lies before, as the user's Ctrl Z does."""
    before = bpy.context.scene.camera.location.x
    bpy.ops.ed.undo_push(message="before")
    scene.camera.location.x = before + 0.1
    bpy.ops.ed.undo_push(message="moved")
    return before


def test_undo_while_the_way_is_asked_stops_nothing(session, shot, monkeypatch):
    asked, begun, uid = Asked(session), Begun(monkeypatch), shot.uid
    before = undo_once(shot.id_data)
    first, second = press(uid), press(uid)
    until(lambda: asked.answers)
    assert len(asked.answers) == 1  # the second waits
    bpy.ops.ed.undo()
    assert bpy.context.scene.camera.location.x == pytest.approx(before)
    asked.answer(pan(-9))
    until(lambda: begun or len(app().state.jobs) < 2)
    assert set(app().state.jobs) == {first, second} and app().state.last_error is None
    (still,) = begun
    assert still["margin"].right >= 8 and still["frame"] == FIRST


def test_whatever_ends_an_order_the_next_one_begins(session, shot, monkeypatch):
    asked, begun, uid = Asked(session), Begun(monkeypatch), shot.uid
    first, second = press(uid), press(uid)
    until(lambda: asked.answers)
    asked.answers[0].set_exception(ZeroDivisionError("of nobody's making"))
    until(lambda: len(asked.answers) == 2)
    assert list(app().state.jobs) == [second] and app().state.jobs[second].status == RENDERING
    assert app().state.last_error.code == "unexpected" and "nobody's making" in app().state.last_error.message
    asked.answer(pan(-9))
    until(lambda: begun)
    assert first not in app().state.jobs and next(iter(app().part(jobs.Waiting).orders)).keys == [second]


def test_an_order_without_steps_can_be_cancelled(session, shot, monkeypatch):
    asked, uid = Asked(session), shot.uid
    first, second = press(uid), press(uid)
    until(lambda: asked.answers)
    app().part(jobs.Waiting).steps.close()
    jobs.cancel(first)
    until(lambda: len(asked.answers) == 2)
    assert [order.keys for order in app().part(jobs.Waiting).orders] == [[second]]
