"""What a file opened again shows: takes that landed after the last save, and no error of the file before."""

from __future__ import annotations

import errno
import json
import os
from fractions import Fraction

import bpy
import pytest
import stand_in
from paper import draw
from rooms import clip
from stand_in import ready
from take_one.client.protocol import Direction, EngineInfo, TakeRequest
from take_one.client.protocol.codec import to_json
from take_one.panels import preferences as panel
from take_one.panels.sidebar import queue
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import RENDERING, SENDING, WAITING_FILE, Job
from take_one.scene.edit import strips
from take_one.scene.model.shots import films, paths, shot_list, takes, trust
from take_one.scene.session import pump
from take_one.scene.session.press import sending
from take_one.scene.session.server.models import models


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 24)


@pytest.fixture
def film(tmp_path):
    """A saved film with a shot."""
    stand_in.attach()
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return tmp_path / "film.blend"


def land(key, number, source, told=True):
    shot = bpy.context.scene.take_one.shots[0]
    event = ready(shot, key, number, source, placement="REPLACE")
    if told:
        said = {"binding": to_json(event.binding), "engine": "draft", "seed": 9, "prompt": "push in slowly"}
        event.sidecar.write_text(json.dumps(said))
    pump.handle(event)
    return event


def test_takes_that_landed_after_the_last_save_are_listed_again(film, source):
    land("k1", 1, source)
    bpy.ops.wm.save_mainfile()
    land("k3", 3, source)
    land("k2", 2, source)
    other = land("k4", 4, source)
    other.sidecar.write_text(json.dumps({"binding": {**to_json(other.binding), "file_id": "another film"}}))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    shot = bpy.context.scene.take_one.shots[0]
    assert [(take.number, take.uid, take.status) for take in shot.takes] == [
        (1, "k1", "READY"),
        (2, "k2", "READY"),
        (3, "k3", "READY"),
    ]
    assert (shot.takes[1].seed, shot.takes[1].engine, shot.takes[1].words) == (9, "draft", "push in slowly")
    assert {strip.get(strips.TAKE_KEY) for _, strip in strips.all_strips()} == {"k1"}
    shot.active_take = 2
    bpy.ops.takeone.take_make_current()
    assert {strip.get(strips.TAKE_KEY) for _, strip in strips.all_strips()} == {"k3"}


@pytest.mark.parametrize("written", ["", "[]", "{", '{"binding": 5}', '{"binding": {"take_uid": "x"}}'])
def test_sidecars_that_say_nothing_bring_nothing(film, source, written):
    event = land("k1", 1, source)
    event.sidecar.write_text(written)
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert len(bpy.context.scene.take_one.shots[0].takes) == 0


@pytest.mark.parametrize(
    ("binding", "more"),
    [
        ({"number": 10**12}, {}),
        ({"number": 2**31}, {}),
        ({"take_uid": "\ud800"}, {}),
        ({"head": 10**400, "tail": 2**63}, {}),
        ({}, {"engine": "\ud800"}),
        ({}, {"prompt": "a \ud800 b", "seed": 10**400}),
        ({}, {"created_at": "\ud800", "seed": True}),
        ({}, {"seed": -(2**63)}),
    ],
)
def test_sidecars_with_strange_values_do_no_harm(film, source, binding, more, capfd):
    event = land("k1", 1, source)
    said = {"binding": {**to_json(event.binding), **binding}, "engine": "draft", "seed": 9, "prompt": "push", **more}
    event.sidecar.write_text(json.dumps(said))
    land("k2", 2, source)
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert "Traceback" not in capfd.readouterr().err
    shot = bpy.context.scene.take_one.shots[0]
    assert [(take.number, take.seed) for take in shot.takes if take.uid == "k2"] == [(2, 9)]
    assert shot.last_number < 10**6


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with FIFOs")
def test_what_is_no_plain_file_is_not_read(film, source):
    """A FIFO in its place would wait for ever."""
    event = land("k1", 1, source)
    event.sidecar.unlink()
    os.mkfifo(event.sidecar)
    land("k2", 2, source)
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert [take.uid for take in bpy.context.scene.take_one.shots[0].takes] == ["k2"]
    event.clip.unlink()
    os.mkfifo(event.clip)
    with pytest.raises(SceneError, match="is no movie"):
        trust.check_clip(event.clip)


def test_an_error_goes_with_its_file(film):
    app().state.fail(SceneError("no_camera", "There is no camera", "pick_camera"))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert app().state.last_error is None
    app().state.fail(SceneError("backend_failed", "It does not start", "open_log"))
    bpy.ops.wm.open_mainfile(filepath=str(film))
    assert app().state.last_error.code == "backend_failed"


def test_a_read_only_folder_asks_for_another_place():
    assert [paths.disk_fix(OSError(code, "")) for code in (errno.EACCES, errno.EROFS, errno.ENOSPC)] == [
        "save_as",
        "save_as",
        "free_space",
    ]


def test_the_queue_says_what_is_so(film):
    shot = bpy.context.scene.take_one.shots[0]
    state = app().state
    for key, status in (("a", RENDERING), ("b", RENDERING), ("c", SENDING)):
        state.jobs[key] = Job(key, stand_in.binding_of(shot, key), status)
    said = [queue.describe(job) for job in state.jobs.values()]
    assert said == ["Rendering the still", "Waiting for the still", "Sending"]
    state.backend.state = "missing"
    assert queue.describe(state.jobs["c"]) == "Waiting for the backend"


def test_preferences_of_a_new_installation_offer_to_install(film, monkeypatch):
    holder = {"backend": "LOCAL", "profile": "draft", "server_url": "", "bl_rna": None}
    app().state.backend.state = "off"
    paper = draw(panel.TAKEONE_AP_preferences, **holder)
    assert "Install" in paper.texts
    assert not {"Install Again", "Stopped"} & set(paper.texts)


def test_models_say_their_size_and_whether_the_card_can_run_them(film):
    found = (
        {"name": "a", "state": "missing", "size": "about 28.4 GB", "bytes": 28_400_000_000, "where": ""},
        {"name": "b", "state": "ready", "size": "10.0 GB", "bytes": 10_000_000_000, "where": ""},
        {"name": "c", "state": "damaged", "size": "600.0 MB", "bytes": 600_000_000, "where": ""},
    )
    models().state = models().state._replace(state="done", models=found, sets={"540p": ["a", "b", "c"]})
    holder = {"backend": "LOCAL", "profile": "draft", "server_url": "", "bl_rna": None}
    engine = EngineInfo("big", "Big", available=False, reason="No model is here.", fix="models", lane="gpu")
    app().state.engines = (engine,)
    assert "Download 29.0 GB" in draw(panel.TAKEONE_AP_preferences, **holder).texts
    app().state.engines = (EngineInfo("big", "Big", available=False, reason="There is no NVIDIA card.", lane="gpu"),)
    texts = draw(panel.TAKEONE_AP_preferences, **holder).texts
    assert "There is no NVIDIA card." in texts and not any(text.startswith("Download") for text in texts)


def test_a_take_of_a_film_that_was_closed_before_it_was_saved_with_its_id_lands_when_it_is_opened(tmp_path, source):
    """Saved, animated for the first time, and left without another save: the file bears no id then."""
    path = tmp_path / "film.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    session = stand_in.attach()
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name, shot.seconds = "Kitchen", 1.0
    binding = stand_in.binding_of(shot, placement="REPLACE")
    request = TakeRequest("draft", Direction("x"), (), 1.0, Fraction(24), (96, 54), 7, binding=binding)
    sending.submit("k1", request, takes.new_clip_path(shot, 1))
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other.blend"))
    event = stand_in.finish(session, 0, source)
    pump.handle(event)
    assert app().state.jobs["k1"].status == WAITING_FILE and len(bpy.data.scenes) == 1
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert films.open_id() == "" and films.is_open(binding.file_id)
    shot_list.add_shot(bpy.context.scene)  # it bears another id from now on
    assert films.open_id() not in ("", binding.file_id)
    pump.handle(event)
    landed = bpy.context.scene.take_one.shots[1]
    assert (landed.uid, landed.name) == (binding.shot_uid, "Kitchen")
    assert [(take.uid, take.number, take.status) for take in landed.takes] == [("k1", 1, "READY")]
    assert {strip.get(strips.TAKE_KEY) for _, strip in strips.all_strips()} == {"k1"} and "k1" not in app().state.jobs
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "copy.blend"), copy=True)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "copy.blend"))
    assert not films.is_open(binding.file_id)


def test_no_take_lands_in_another_film_that_took_the_place_of_its_own(tmp_path):
    """The film was saved with its id, and is another file by now."""
    path, other = tmp_path / "film.blend", tmp_path / "other.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(other))
    shot_list.add_shot(bpy.context.scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    file_id = films.open_id()
    films.begun(file_id)
    bpy.ops.wm.open_mainfile(filepath=str(other))
    assert films.open_id() == "" and not films.is_open(file_id)
    path.replace(tmp_path / "away.blend")
    other.rename(path)
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert films.known(file_id) == films.Film(path, (other,)) and not films.is_open(file_id)
