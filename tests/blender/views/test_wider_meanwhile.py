"""What the user does while a wider still is planned or rendered: undo, move, press again, save."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

import bpy
import numpy as np
import pytest
import rooms
import stand_in
from stand_in import DRAFT
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.state import RENDERING
from take_one.scene.model.lent import own_frame, own_size
from take_one.scene.model.shots.shot_list import add_shot, find_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import plans
from take_one.scene.stills import capture, render
from take_one.scene.stills.borrow import second_camera
from take_one.scene.stills.borrow.borrowed import borrowing
from take_one.scene.stills.camera import camera_track, own_camera
from take_one.scene.stills.coverage.margin import Margin, widened
from take_one.scene.stills.coverage.steps import at_once
from turning import FIRST, pan, turn, until

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
    app().part(timer.Tasks)._due.clear()  # nobody else sees to it
    jobs.cancel(first)
    until(lambda: len(asked.answers) == 2)
    assert [order.keys for order in app().part(jobs.Waiting).orders] == [[second]]


@contextmanager
def wide_still(scene, folder, frame=FIRST):
    """The scene as it stands while Blender renders a wide still of it as a job."""
    margin = Margin(32, 2, 4, 0)
    wide = widened(camera_track(scene, scene.camera, frame, 1), margin)
    camera = second_camera.make(scene.camera, wide.poses[0])
    task = render.task_of(scene, camera, folder, "RENDER", frame, (wide.width, wide.height), margin)
    render.begin(task, scene, camera)
    assert (scene.render.resolution_x, scene.render.resolution_y, scene.camera) == (132, 56, camera)
    yield camera
    render.end(bpy.context.scene)
    second_camera.remove_all()


@pytest.mark.parametrize("motion", ["CAMERA", "WORDS"])
@pytest.mark.parametrize("kept", [0, 30])
def test_a_press_meanwhile_is_of_the_scene_as_the_user_has_it(session, shot, tmp_path, motion, kept):
    scene = shot.id_data
    turn(scene.camera, 12)
    scene.frame_set(FIRST)
    shot.motion = motion
    if kept:
        shot.frame, shot.frame_lock = kept, True
    uids = [shot.uid]
    for _ in range(2):
        other = add_shot(scene)
        other.name, other.motion, other.seconds, other.stills = "Other", motion, 1.0, "ONE"
        if kept:
            other.frame, other.frame_lock = kept, True
        uids.append(other.uid)
    planned = at_once(plans.of_shot(find_shot(uids[2])))
    plans.keep(uids[2], planned)
    planned = plans.known(find_shot(uids[2]))
    before = rooms.settings_of(scene)
    one = make_order(bpy.context, find_shot(uids[0]), Call())
    with wide_still(scene, tmp_path / "still", frame=21) as ours:
        assert scene.frame_current == 21 and not plans.is_stale(find_shot(uids[2]), planned)
        two = make_order(bpy.context, find_shot(uids[1]), Call())
        assert scene.camera == ours and find_shot(uids[1]).camera != ours
        assert (find_shot(uids[1]).frame, scene.frame_current) == (kept or FIRST, 21)
    assert (two.picture, two.frame, two.camera) == ((96, 54), kept or FIRST, one.camera)
    assert (two.track, two.path, two.options) == (one.track, one.path, one.options)
    assert rooms.settings_of(scene) == before


def test_what_the_user_sets_meanwhile_is_the_users(session, shot, tmp_path):
    scene = shot.id_data
    with wide_still(scene, tmp_path / "still", frame=21):
        scene.frame_set(40)
        scene.render.resolution_x = 80
        order = make_order(bpy.context, shot, Call())
    assert (order.frame, order.picture) == (40, (80, 54))
    assert (scene.frame_current, scene.render.resolution_x, scene.render.resolution_y) == (40, 80, 54)


def test_a_save_meanwhile_writes_the_scene_as_the_user_has_it(session, shot, tmp_path):
    scene, copy = shot.id_data, str(tmp_path / "copy.blend")
    marker = scene.timeline_markers.new("cut", frame=12)
    marker.camera = scene.camera
    before, name = rooms.settings_of(scene), scene.camera.name
    with wide_still(scene, tmp_path / "still", frame=21) as ours:
        scene.render.use_stamp = True  # as the user wants it from now on
        meanwhile = rooms.settings_of(scene)
        bpy.ops.wm.save_as_mainfile(filepath=copy, copy=True)
        assert rooms.settings_of(scene) == meanwhile and (scene.camera, marker.camera) == (ours, None)
    scene.render.use_stamp = False
    assert rooms.settings_of(scene) == before and marker.camera == bpy.data.objects[name]
    with bpy.data.libraries.load(copy, link=True) as (there, here):
        assert not [one for one in (*there.objects, *there.cameras) if one.startswith(second_camera.NAME)]
        here.scenes = [scene.name]
    (saved,) = here.scenes
    made = saved.render
    assert (made.resolution_x, made.resolution_y, made.resolution_percentage) == (96, 54, 100)
    assert (saved.camera.name, saved.frame_current, made.use_stamp) == (name, FIRST, True)
    assert saved.timeline_markers[0].camera == saved.camera and "take_one_borrowed" not in saved


@pytest.mark.parametrize("way", ["holds", "pans", "fails"])
def test_the_still_is_of_the_press_where_the_camera_moves_before_its_render(session, shot, monkeypatch, way):
    asked, uid, scene = Asked(session), shot.uid, shot.id_data
    began = []
    monkeypatch.setattr(capture, "start_render", lambda _c, _s, _f, done, **more: began.append((done, more)))
    stood = np.array(scene.camera.matrix_world)
    press(uid)
    until(lambda: asked.answers)
    scene.camera.location.x += 0.5
    scene.camera.data.lens += 7
    bpy.context.view_layer.update()
    asked.answer(pan(0 if way == "holds" else -9))
    until(lambda: began)
    if way == "fails":
        done, more = began.pop()
        assert more["margin"].right >= 8
        done(render.failed(scene, RuntimeError("no memory")))
        until(lambda: began)
    _, more = began[0]
    camera = more["camera"]
    assert bool(more["margin"]) == (way == "pans") and second_camera.is_ours(camera)
    assert np.allclose(camera.matrix_basis, stood, atol=1e-6)
    if way != "pans":
        assert camera.data.lens == pytest.approx(scene.camera.data.lens - 7)


def test_a_camera_that_stays_renders_its_own_still(session, shot, monkeypatch):
    asked, begun, camera = Asked(session), Begun(monkeypatch), shot.id_data.camera
    press(shot.uid)
    until(lambda: asked.answers)
    asked.answer(pan(0))
    until(lambda: begun)
    assert begun[0]["camera"] == camera and not begun[0]["margin"]


def test_what_is_borrowed_once_more_meanwhile_comes_back_in_turn(session, shot, tmp_path):
    scene = shot.id_data
    before, camera = rooms.settings_of(scene), scene.camera
    with wide_still(scene, tmp_path / "still", frame=21) as ours:
        meanwhile = rooms.settings_of(scene)
        with borrowing(scene, {"frame_float": 33.0, "camera": camera}):
            assert (own_frame(scene), own_size(scene), own_camera(scene)) == (FIRST, (96, 54), camera)
        assert rooms.settings_of(scene) == meanwhile and (scene.camera, scene.frame_current) == (ours, 21)
        assert (own_frame(scene), own_size(scene), own_camera(scene)) == (FIRST, (96, 54), camera)
    assert rooms.settings_of(scene) == before and (scene.camera, scene.frame_current) == (camera, FIRST)


def test_undo_while_a_wide_still_renders_gives_back_what_was_borrowed(session, shot, tmp_path, monkeypatch):
    monkeypatch.setattr(capture, "rendering", lambda: True)
    scene, name = shot.id_data, shot.id_data.camera.name
    with wide_still(scene, tmp_path / "still", frame=21):
        for number in (1, 2):
            bpy.data.objects["Cube"].location.x = number
            bpy.ops.ed.undo_push(message=f"moved {number}")
        bpy.ops.ed.undo()
        scene = bpy.context.scene
        assert (own_frame(scene), own_size(scene)) == (FIRST, (96, 54))
        assert own_camera(scene).name == name and bpy.data.objects["Cube"].location.x == 1
    scene = bpy.context.scene
    assert (scene.frame_current, scene.render.resolution_x, scene.camera.name) == (FIRST, 96, name)
