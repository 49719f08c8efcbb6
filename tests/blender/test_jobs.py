"""From a shot's card to a request: what is sent, what is said in time, what cancel and make again do."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
import pytest
from rooms import camera
from take_one.client import events
from take_one.client.request import JobRequest
from take_one.scene.edit import edit_scene
from take_one.scene.model import rates, takes
from take_one.scene.model.errors import SceneError
from take_one.scene.model.properties import add_shot, find_shot
from take_one.scene.model.state import RENDERING, SENDING, STATE
from take_one.scene.session import jobs, order, pump
from take_one.scene.stills import capture

DRAFT = {"id": "draft", "name": "Draft", "max_seconds": 60, "max_pixels": 4096 * 2304, "sizes": []}
HORSE = {"id": "horse", "name": "Horse", "max_seconds": 8, "max_pixels": 1920 * 1088, "sizes": [[448, 256], [256, 448]]}


class Sent:
    """A session that keeps what it is given."""

    def __init__(self):
        self.requests: list[JobRequest] = []
        self.paths: list[Path] = []
        self.cancelled: list[str] = []
        self.told: list[events.Event] = []

    def submit(self, request, path):
        self.requests.append(request)
        self.paths.append(path)

    def cancel(self, key):
        self.cancelled.append(key)

    def cancel_all(self):
        self.cancelled.append("all")

    def landed(self, key):
        pass

    def next_event(self, timeout):
        return self.told.pop(0) if self.told else None

    def poll(self):
        return []

    def replay(self):
        pass

    def unfinished(self):
        return []

    def close(self):
        pass


@pytest.fixture
def session(monkeypatch):
    fake = Sent()
    monkeypatch.setattr(pump, "_session", fake)
    STATE.backend.state = "ready"
    STATE.engines = [DRAFT, HORSE]
    return fake


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


def test_the_card_becomes_a_request(shot, session):
    for speaker, words in (("ANNA", "We are late."), ("BEN", "   ")):
        line = shot.lines.add()
        line.speaker, line.language, line.line = speaker, "German", words
    shot.seconds, shot.seed, shot.seed_lock = 2.5, 99, True
    shot.id_data.render.fps, shot.id_data.render.fps_base = 24, 1.001
    (key,) = jobs.start(bpy.context, shot)
    (request,) = session.requests
    assert (request.key, request.engine, request.prompt, request.sound) == (key, "draft", "push in", "rain")
    assert [(line.speaker, line.language, line.line) for line in request.lines] == [("ANNA", "German", "We are late.")]
    assert (request.seconds, request.fps, request.seed) == (2.5, Fraction(24000, 1001), 99)
    assert (request.width, request.height) == (100, 60)
    assert request.still.read_bytes() == Path(shot.image_path).read_bytes()
    assert (request.depth, request.camera, request.path, request.options) == (None, None, None, {})
    binding = request.binding
    assert binding["file_id"] == shot.id_data.take_one.file_id
    assert (binding["shot_uid"], binding["take_uid"], binding["number"]) == (shot.uid, key, 1)
    assert len(json.dumps(binding)) < 4096
    assert session.paths[0] == Path(bpy.path.abspath("//takes/Kitchen/Kitchen_t001.mp4"))
    (take,) = shot.takes
    assert (take.uid, take.status, take.seed, take.still) == (
        key,
        "WAITING",
        99,
        "//takes/Kitchen/stills/Kitchen_t001/still.png",
    )
    assert STATE.jobs[key].status == SENDING
    assert JobRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_overrides_count_for_these_takes_only(shot, session):
    jobs.start(
        bpy.context,
        shot,
        seeds=[1, 2],
        placement="AFTER",
        overrides={"prompt": "pan", "seconds": 1.0, "quality": "BEST", "size_percent": 50},
    )
    one, two = session.requests
    assert (one.seed, two.seed) == (1, 2)
    assert (one.binding["number"], two.binding["number"]) == (1, 2)
    assert (one.prompt, one.seconds, one.options, one.width, one.height) == ("pan", 1.0, {"quality": "best"}, 50, 30)
    assert one.binding["placement"] == "AFTER"
    assert one.still == two.still
    assert (shot.prompt, shot.seconds, shot.quality, shot.size_percent) == ("push in", 5.0, "STANDARD", 100)


def test_an_unlocked_seed_is_new_and_shown_on_the_card(shot, session):
    jobs.start(bpy.context, shot)
    jobs.start(bpy.context, shot)
    one, two = (request.seed for request in session.requests)
    assert one != two
    assert shot.seed == two


def test_the_edits_frame_rate_and_playhead_count(shot, session):
    cut = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    cut.render.fps, cut.frame_current = 25, 77
    jobs.start(bpy.context, shot)
    assert session.requests[0].fps == 25
    assert session.requests[0].binding["frame"] == 77
    assert session.requests[0].binding["edit_uid"] == cut.take_one.uid


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
        ((1920, 1080), 100, HORSE, (448, 256)),
        ((1080, 1920), 100, HORSE, (256, 448)),
    ],
)
def test_clip_sizes_are_even_and_the_engines_own(size, percent, engine, wanted):
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
        jobs.start(bpy.context, shot, overrides=change)
    assert (caught.value.code, caught.value.fix) == (code, fix)
    assert session.requests == [] and len(shot.takes) == 0 and STATE.jobs == {}


def test_too_many_pixels_and_an_engine_that_cannot_run(shot, session):
    shot.id_data.render.resolution_x = shot.id_data.render.resolution_y = 8000
    with pytest.raises(SceneError) as caught:
        jobs.start(bpy.context, shot)
    assert (caught.value.code, caught.value.fix) == ("too_large", "smaller_size")
    STATE.engines = [{**DRAFT, "available": False, "reason": "It is too old.", "fix": "install"}]
    with pytest.raises(SceneError) as caught:
        jobs.start(bpy.context, shot)
    assert (caught.value.code, caught.value.fix) == ("engine_unavailable", "install")


def test_the_cameras_own_animation_is_the_path(shot, session):
    scene = shot.id_data
    eye = scene.camera = camera(scene)
    eye.keyframe_insert("location", frame=1)
    eye.location.x += 3
    eye.keyframe_insert("location", frame=25)
    scene.frame_set(1)
    jobs.start(bpy.context, shot, overrides={"motion": "CAMERA", "seconds": 1.0})
    keyframes = session.requests[0].path["keyframes"]
    assert len(keyframes) == 24
    assert keyframes[-1]["t"] == 1
    assert scene.frame_current == 1


def test_a_journal_that_cannot_be_written_is_said(shot, session, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session, "submit", full)
    with pytest.raises(SceneError) as caught:
        jobs.start(bpy.context, shot)
    assert (caught.value.code, caught.value.fix) == ("disk", "free_space")
    assert len(shot.takes) == 0 and STATE.jobs == {}


def test_stills_render_one_after_the_other_and_can_be_cancelled(shot, session, monkeypatch, tmp_path):
    begun = []

    def start_render(context, scene, folder, done, *, camera=None):
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
        keys += jobs.start(bpy.context, other)
    assert [name for name, _ in begun] == ["A"]
    assert {STATE.jobs[key].status for key in keys} == {RENDERING}
    jobs.cancel(keys[1])
    picture = capture.Still(Path(shot.image_path), 100, 60, "RENDER")
    begun[0][1](picture)
    assert [name for name, _ in begun] == ["A", "C"]
    assert [request.key for request in session.requests] == [keys[0]]
    jobs.cancel(keys[2])
    assert dropped == [True]
    begun[1][1](SceneError("render_cancelled", "The render of the still was cancelled.", "retry"))
    assert STATE.last_error is None  # the user asked for it
    assert list(STATE.jobs) == [keys[0]]
    jobs.cancel(keys[0])
    assert session.cancelled == [keys[0]]


def test_a_render_that_fails_is_kept_for_the_panel(shot, session, monkeypatch):
    begun = []
    monkeypatch.setattr(capture, "start_render", lambda c, s, f, done, camera=None: begun.append(done))
    shot.id_data.camera = camera(shot.id_data)
    jobs.start(bpy.context, shot, source="RENDER")
    begun[0](SceneError("render_failed", "Blender could not render.", "retry"))
    assert (STATE.last_error.code, STATE.jobs) == ("render_failed", {})


def test_a_shot_deleted_while_its_still_renders(shot, session, monkeypatch):
    begun = []
    monkeypatch.setattr(capture, "start_render", lambda c, s, f, done, camera=None: begun.append(done))
    shot.id_data.camera = camera(shot.id_data)
    picture = capture.Still(Path(shot.image_path), 100, 60, "RENDER")
    jobs.start(bpy.context, shot, source="RENDER")
    shot.id_data.take_one.shots.remove(0)
    begun[0](picture)
    assert (STATE.last_error.code, STATE.jobs, session.requests) == ("no_shot", {}, [])


def test_a_shot_renamed_while_its_still_renders_overwrites_no_take(shot, session, monkeypatch):
    begun = []
    monkeypatch.setattr(capture, "start_render", lambda c, s, f, done, camera=None: begun.append(done))
    shot.id_data.camera = camera(shot.id_data)
    picture = capture.Still(Path(shot.image_path), 100, 60, "RENDER")
    jobs.start(bpy.context, shot, source="RENDER", seeds=[1, 2])
    shot.name = "Hall"
    theirs = takes.shot_folder(shot) / "Hall_t001.mp4"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"another shot's")
    begun[0](picture)
    assert [path.name for path in session.paths] == ["Hall_t003.mp4", "Hall_t002.mp4"]
    assert [request.binding["number"] for request in session.requests] == [3, 2]
    assert [take.number for take in shot.takes] == [3, 2]


def test_a_failed_take_made_again_after_its_shot_was_renamed_overwrites_no_take(shot, session):
    (first,) = jobs.start(bpy.context, shot)
    take = shot.takes[0]
    take.status = "FAILED"
    STATE.jobs.clear()
    shot.name = "Hall"
    theirs = takes.shot_folder(shot) / "Hall_t001.mp4"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"another shot's")
    jobs.make_again(bpy.context, shot, first)
    assert session.paths[-1].name == "Hall_t002.mp4"
    assert (take.number, session.requests[-1].binding["number"]) == (2, 2)
    take.status = "FAILED"
    STATE.jobs.clear()
    shot.name = "Kitchen"
    (theirs.parents[1] / "Kitchen" / "Kitchen_t002.mp4").write_bytes(b"another film's")
    jobs.make_again(bpy.context, shot, first)
    assert session.paths[-1].name == "Kitchen_t003.mp4"


def test_make_again_sends_the_same_request_for_a_new_take(shot, session):
    (first,) = jobs.start(bpy.context, shot, seeds=[5])
    shot.prompt = "something else"
    second = jobs.make_again(bpy.context, shot, first)
    one, two = session.requests
    assert two.key == second != first
    assert (two.prompt, two.seed, two.still) == (one.prompt, one.seed, one.still)
    assert (two.binding["number"], two.binding["refines"]) == (2, first)
    assert session.paths[1].name == "Kitchen_t002.mp4"
    take = shot.takes[0]
    take.status, take.clip = "READY", "//takes/Kitchen/Kitchen_t001.mp4"  # which is gone
    STATE.jobs.clear()
    third = jobs.make_again(bpy.context, shot, first)
    three = session.requests[2]
    assert three.key == third != first
    assert (three.binding["take_uid"], three.binding["number"], three.binding["remade"]) == (first, 1, True)
    assert session.paths[2] == session.paths[0] == takes.clip_path(take)
    assert len(shot.takes) == 2
    assert STATE.making(first).key == third
    one.still.unlink()
    with pytest.raises(SceneError) as caught:
        jobs.make_again(bpy.context, shot, first)
    assert caught.value.code == "cannot_remake"


def test_waiting_tells_why_it_ends(shot, session):
    (key,) = jobs.start(bpy.context, shot)
    error = {"code": "engine_killed", "message": "The engine ran out of memory.", "param": None, "fix": "smaller_size"}
    session.told.append(events.JobFailed(key, error, session.requests[0].binding))
    with pytest.raises(SceneError) as caught:
        jobs.wait([key], timeout=5)
    assert (caught.value.code, caught.value.fix) == ("engine_killed", "smaller_size")
    assert find_shot(shot.uid).takes[0].status == "FAILED"
    (key,) = jobs.start(bpy.context, shot)
    with pytest.raises(SceneError) as caught:
        jobs.wait([key], timeout=0)
    assert caught.value.code == "timeout"
    session.told.append(events.BackendState(events.MISSING, "The backend is not installed.", "install"))
    with pytest.raises(SceneError) as caught:
        jobs.wait([key], timeout=5)
    assert (caught.value.code, caught.value.fix) == ("backend_missing", "install")


def test_numbers_stay_apart_in_a_batch(shot, session):
    jobs.start(bpy.context, shot, seeds=[1, 2, 3])
    jobs.start(bpy.context, shot, seeds=[4])
    assert [path.name for path in session.paths] == [takes.take_name("Kitchen", n) + ".mp4" for n in (1, 2, 3, 4)]
