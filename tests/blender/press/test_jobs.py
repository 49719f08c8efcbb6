"""From a shot's card to a request: what is sent, what is said in time, what cancel and make again do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
import pytest
import stand_in
from rooms import camera
from stand_in import DRAFT
from take_one.client import events
from take_one.client.protocol import Job, JobState, Problem
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import RENDERING, SENDING
from take_one.scene.edit import edit_scene
from take_one.scene.model.properties import rates
from take_one.scene.model.shots import kept, takes
from take_one.scene.model.shots.shot_list import add_shot, find_shot
from take_one.scene.session import jobs
from take_one.scene.session.press import again, order
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.stills import capture


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def shot(tmp_path):
    picture = bpy.data.images.new("x", 100, 60)
    picture.pixels.foreach_set(np.random.default_rng(0).random(100 * 60 * 4, np.float32))
    picture.filepath_raw, picture.file_format = str(tmp_path / "own.png"), "PNG"
    picture.save()
    shot = add_shot(bpy.context.scene)
    shot.name, shot.prompt, shot.sound = "Kitchen", "push in", "rain"
    shot.still_source, shot.image_path = "IMAGE", str(tmp_path / "own.png")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return shot


def press(shot, **call) -> list[str]:
    """Start what the shot's card says, and this call."""
    return jobs.start(make_order(bpy.context, shot, Call(**call)))


def test_the_card_becomes_a_request(shot, session):
    for speaker, words in (("ANNA", "We are late."), ("BEN", "   ")):
        line = shot.lines.add()
        line.speaker, line.language, line.line = speaker, "German", words
    shot.seconds, shot.seed, shot.seed_lock = 2.5, 99, True
    shot.id_data.render.fps, shot.id_data.render.fps_base = 24, 1.001
    (key,) = press(shot)
    (request,) = session.requests
    said = request.direction
    assert session.keys == [key]
    assert (request.engine, said.prompt, said.sound) == ("draft", "push in", "rain")
    assert [(line.speaker, line.language, line.line) for line in said.dialogue] == [("ANNA", "German", "We are late.")]
    assert (request.seconds, request.fps, request.seed) == (2.5, Fraction(24000, 1001), 99)
    assert request.size == (100, 60)
    (view,) = request.views
    assert view.image.read_bytes() == Path(shot.image_path).read_bytes()
    assert (view.t, view.depth, view.camera, request.path, request.options) == (0, None, None, None, {})
    binding = request.binding
    assert binding.file_id == shot.id_data.take_one.file_id
    assert (binding.scene_uid, binding.shot_uid) == (shot.id_data.take_one.uid, shot.uid)
    assert (binding.take_uid, binding.number, binding.placement, binding.refines) == (key, 1, "REPLACE", "")
    assert session.paths[0] == Path(bpy.path.abspath("//takes/Kitchen/Kitchen_t001.mp4"))
    (take,) = shot.takes
    assert (take.uid, take.status, take.seed, take.still) == (
        key,
        "WAITING",
        99,
        "//takes/Kitchen/stills/Kitchen_t001/still.png",
    )
    assert app().state.jobs[key].status == SENDING
    assert kept.read(take).request == request


def test_overrides_count_for_these_takes_only(shot, session):
    press(
        shot,
        seeds=(1, 2),
        placement="AFTER",
        overrides={"prompt": "pan", "seconds": 1.0, "options": {"quality": "best"}, "size_percent": 50},
    )
    one, two = session.requests
    assert (one.seed, two.seed) == (1, 2)
    assert (one.binding.number, two.binding.number) == (1, 2)
    assert (one.direction.prompt, one.seconds, one.options, one.size) == ("pan", 1.0, {"quality": "best"}, (50, 30))
    assert one.binding.placement == "AFTER"
    assert one.views == two.views
    assert (shot.prompt, shot.seconds, shot.engine_options, shot.size_percent) == ("push in", 5.0, "{}", 100)


def test_an_unlocked_seed_is_new_and_shown_on_the_card(shot, session):
    press(shot)
    press(shot)
    one, two = (request.seed for request in session.requests)
    assert one != two
    assert shot.seed == two


def test_the_edits_frame_rate_and_playhead_count(shot, session):
    cut = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    cut.render.fps, cut.frame_current = 25, 77
    press(shot)
    assert session.requests[0].fps == 25
    assert session.requests[0].binding.frame == 77
    assert session.requests[0].binding.edit_uid == cut.take_one.uid


@pytest.mark.parametrize(
    ("fps", "base", "rate"),
    [
        (24, 1.0, Fraction(24)),
        (24, 1.001, Fraction(24000, 1001)),
        (30, 1.001, Fraction(30000, 1001)),
        (25, 2.0, Fraction(25, 2)),
        (60, 1.001, Fraction(60000, 1001)),
    ],
)
def test_frame_rates_are_exact(fps, base, rate):
    render = bpy.context.scene.render
    render.fps, render.fps_base = fps, base
    assert rates.frame_rate(bpy.context.scene) == rate


@pytest.mark.parametrize(
    ("size", "percent", "engine", "wanted"),
    [
        ((1281, 721), 100, None, (1280, 720)),
        ((1920, 1080), 50, DRAFT, (960, 540)),
        ((5, 5), 10, DRAFT, (16, 16)),
    ],
)
def test_clip_sizes_are_even(size, percent, engine, wanted):
    assert order.clip_size(*size, percent, engine) == wanted


@pytest.mark.parametrize(
    ("change", "code", "fix"),
    [
        ({"seconds": 61.0}, "too_long", "shorter"),
        ({"engine": "horse", "seconds": 9.0}, "too_long", "shorter"),
        ({"motion": "CAMERA"}, "camera_still", "pick_camera"),
    ],
)
def test_what_the_engine_cannot_do_is_said_before_anything_is_sent(shot, session, change, code, fix):
    shot.id_data.camera = camera(shot.id_data)
    with pytest.raises(SceneError) as caught:
        press(shot, overrides=change)
    assert (caught.value.code, caught.value.fix) == (code, fix)
    assert session.requests == [] and len(shot.takes) == 0 and app().state.jobs == {}


def test_too_many_pixels_and_an_engine_that_cannot_run(shot, session):
    shot.id_data.render.resolution_x = shot.id_data.render.resolution_y = 8000
    with pytest.raises(SceneError) as caught:
        press(shot)
    assert (caught.value.code, caught.value.fix) == ("too_large", "smaller_size")
    app().state.engines = (replace(DRAFT, available=False, reason="It is too old.", fix="install"),)
    with pytest.raises(SceneError) as caught:
        press(shot)
    assert (caught.value.code, caught.value.fix) == ("engine_unavailable", "install")


def test_the_cameras_own_animation_is_the_path(shot, session):
    scene = shot.id_data
    eye = scene.camera = camera(scene)
    eye.keyframe_insert("location", frame=1)
    eye.location.x += 3
    eye.keyframe_insert("location", frame=25)
    scene.frame_set(1)
    press(shot, overrides={"motion": "CAMERA", "seconds": 1.0})
    keyframes = session.requests[0].path.keyframes
    assert len(keyframes) == 24
    assert keyframes[-1].t == 1
    assert scene.frame_current == 1


def test_a_journal_that_cannot_be_written_is_said(shot, session, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session, "submit", full)
    with pytest.raises(SceneError) as caught:
        press(shot)
    assert (caught.value.code, caught.value.fix) == ("disk", "free_space")
    assert len(shot.takes) == 0 and app().state.jobs == {}


def test_stills_render_one_after_the_other_and_can_be_cancelled(shot, session, monkeypatch, tmp_path):
    begun = []

    def start_render(context, scene, folder, done, *, camera, frame, size, margin):
        begun.append((camera.name, done))

    monkeypatch.setattr(capture, "start_render", start_render)
    monkeypatch.setattr(capture, "rendering", lambda: True)
    dropped = []
    monkeypatch.setattr(capture, "abandon", lambda: dropped.append(True))
    scene = shot.id_data
    keys = []
    for name in ("A", "B", "C"):
        other = add_shot(scene, camera(scene, name))
        other.still_source = "RENDER"
        keys += press(other)
    assert [name for name, _ in begun] == ["A"]
    assert {app().state.jobs[key].status for key in keys} == {RENDERING}
    jobs.cancel(keys[1])
    picture = capture.Still(Path(shot.image_path), 100, 60, "RENDER")
    begun[0][1](picture)
    assert [name for name, _ in begun] == ["A", "C"]
    assert session.keys == [keys[0]]
    jobs.cancel(keys[2])
    assert dropped == [True]
    begun[1][1](SceneError("render_cancelled", "The render of the still was cancelled.", "retry"))
    assert app().state.last_error is None  # the user asked for it
    assert list(app().state.jobs) == [keys[0]]
    jobs.cancel(keys[0])
    assert session.cancelled == [keys[0]]


def test_a_render_that_fails_is_kept_for_the_panel(shot, session, monkeypatch):
    begun = []
    monkeypatch.setattr(capture, "start_render", lambda c, s, f, done, **_: begun.append(done))
    shot.id_data.camera = camera(shot.id_data)
    press(shot, source="RENDER")
    begun[0](SceneError("render_failed", "Blender could not render.", "retry"))
    assert (app().state.last_error.code, app().state.jobs) == ("render_failed", {})


def test_a_shot_renamed_while_its_still_renders_overwrites_no_take(shot, session, monkeypatch):
    begun = []
    monkeypatch.setattr(capture, "start_render", lambda c, s, f, done, **_: begun.append(done))
    shot.id_data.camera = camera(shot.id_data)
    picture = capture.Still(Path(shot.image_path), 100, 60, "RENDER")
    press(shot, source="RENDER", seeds=(1, 2))
    shot.name = "Hall"
    theirs = takes.shot_folder(shot) / "Hall_t001.mp4"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"another shot's")
    begun[0](picture)
    assert [path.name for path in session.paths] == ["Kitchen_t001.mp4", "Kitchen_t002.mp4"]
    assert [request.binding.number for request in session.requests] == [1, 2]
    assert [take.number for take in shot.takes] == [1, 2]


def test_a_failed_take_made_again_after_its_shot_was_renamed_overwrites_no_take(shot, session):
    (first,) = press(shot)
    take = shot.takes[0]
    take.status = "FAILED"
    app().state.jobs.clear()
    shot.name = "Hall"
    theirs = takes.shot_folder(shot) / "Hall_t001.mp4"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"another shot's")
    again.make_again(shot, first)
    assert session.paths[-1].name == "Hall_t002.mp4"
    assert (take.number, session.requests[-1].binding.number) == (2, 2)
    take.status = "FAILED"
    app().state.jobs.clear()
    shot.name = "Kitchen"
    (theirs.parents[1] / "Kitchen" / "Kitchen_t002.mp4").write_bytes(b"another film's")
    again.make_again(shot, first)
    assert session.paths[-1].name == "Kitchen_t003.mp4"


def test_make_again_sends_the_same_request_for_a_new_take(shot, session):
    (first,) = press(shot, seeds=(5,))
    shot.prompt = "something else"
    second = again.make_again(shot, first)
    one, two = session.requests
    assert session.keys[1] == second != first
    assert (two.direction, two.seed, two.views) == (one.direction, one.seed, one.views)
    assert (two.binding.number, two.binding.take_uid, two.binding.refines) == (2, second, first)
    assert session.paths[1].name == "Kitchen_t002.mp4"
    take = shot.takes[0]
    take.status, take.clip = "READY", "//takes/Kitchen/Kitchen_t001.mp4"  # which is gone
    app().state.jobs.clear()
    third = again.make_again(shot, first)
    three = session.requests[2]
    assert session.keys[2] == third != first
    assert (three.binding.take_uid, three.binding.number, three.binding.remade) == (first, 1, True)
    assert session.paths[2] == session.paths[0] == takes.clip_path(take)
    assert len(shot.takes) == 2
    assert app().state.making(first).key == third
    one.views[0].image.unlink()
    with pytest.raises(SceneError) as caught:
        again.make_again(shot, first)
    assert caught.value.code == "cannot_remake"


def test_waiting_tells_why_it_ends(shot, session):
    (key,) = press(shot)
    problem = Problem("engine_killed", "The engine ran out of memory.", "smaller_size")
    session.coming.append(events.JobFailed(key, problem, session.requests[0].binding))
    with pytest.raises(SceneError) as caught:
        jobs.wait([key], timeout=5)
    assert (caught.value.code, caught.value.fix) == ("engine_killed", "smaller_size")
    assert find_shot(shot.uid).takes[0].status == "FAILED"
    (key,) = press(shot)
    with pytest.raises(SceneError) as caught:
        jobs.wait([key], timeout=0)
    assert caught.value.code == "timeout"
    session.coming.append(events.BackendState(events.MISSING, "The backend is not installed.", "install"))
    with pytest.raises(SceneError) as caught:
        jobs.wait([key], timeout=5)
    assert (caught.value.code, caught.value.fix) == ("backend_missing", "install")


def test_waiting_ends_where_a_clip_cant_be_written(shot, session):
    """And the user hears of it once, in a window too."""
    (key,), (other,) = press(shot), press(shot)
    first, second = (request.binding for request in session.requests)
    full = Problem("file", "The disk is full: /a/take.mp4 could not be written.", "free_space")
    held = events.JobProgress(key, Job("v", JobState.IN_PROGRESS, 100), first, held=full)
    session.coming += [held, events.JobProgress(other, Job("w", JobState.IN_PROGRESS, 40), second)]
    with pytest.raises(SceneError, match="No take after"):
        jobs.wait([key, other], timeout=0.1)
    assert app().state.last_error == full and app().state.last_error_key == key
    app().state.dismiss()
    session.coming.append(held)
    with pytest.raises(SceneError, match="The disk is full: /a/take") as caught:
        jobs.wait([key], timeout=5)
    assert caught.value.fix == "free_space" and app().state.last_error is None


def test_numbers_stay_apart_in_a_batch(shot, session):
    press(
        shot,
        seeds=(
            1,
            2,
            3,
        ),
    )
    press(shot, seeds=(4,))
    assert [path.name for path in session.paths] == [takes.take_name("Kitchen", n) + ".mp4" for n in (1, 2, 3, 4)]
