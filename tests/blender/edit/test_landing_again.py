"""A take that is made again, and which of several takes the edit and the panel show."""

from __future__ import annotations

from dataclasses import replace

import bpy
import pytest
from stand_in import ready, seen
from take_one.client import events
from take_one.client.protocol import JobState, Problem
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import Job
from take_one.scene.edit import current, landing, strips
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.shot_list import find_take
from take_one.scene.session import jobs, pump


def test_a_take_made_again_comes_back_under_its_strips(shot, source, session):
    pump.handle(ready(shot, "k1", 1, source))
    pump.handle(ready(shot, "k2", 2, source, placement="REPLACE"))
    shot.takes[0].rating = 4
    for number in (1, 2):
        (takes.shot_folder(shot) / f"Kitchen_t00{number}.mp4").unlink()
    pump.handle(ready(shot, "again", 1, source, take_uid="k1", placement="REPLACE", remade=True))
    assert [(take.uid, take.number, take.rating) for take in shot.takes] == [("k1", 1, 4), ("k2", 2, 0)]
    assert shot.current_take == "k2"
    assert len(strips.strips_of_take("k2")) == 2
    before = seen()
    sound = next(strip.sound for _, strip in strips.strips_of_take("k2") if strip.type == "SOUND")
    pump.handle(ready(shot, "again2", 2, source, take_uid="k2", placement="REPLACE", remade=True))
    assert seen() == before
    assert sound.samplerate == 48000
    assert not any(takes.clip_missing(take) for take in shot.takes)
    assert session.landed_keys == ["k1", "k2", "again", "again2"]


def test_a_failed_take_that_is_made_again_keeps_its_place_in_the_list(shot, source, session):
    event = ready(shot, "again", 1, source, take_uid="k1")
    take = shot.takes.add()
    take.uid, take.number, take.status = "k1", 1, "FAILED"
    pump.handle(event)
    assert [(take.uid, take.status) for take in shot.takes] == [("k1", "READY")]
    assert len(strips.strips_of_take("k1")) == 2


def test_the_buttons_follow_the_take_that_the_edit_shows(shot, source, session):
    pump.handle(ready(shot, "k1", 1, source))
    pump.handle(ready(shot, "k2", 2, source, placement="REPLACE"))
    assert shot.active_take == 1
    shot.active_take = 0
    pump.handle(ready(shot, "k3", 3, source, placement="REPLACE"))
    assert (shot.active_take, shot.current_take) == (0, "k3")


def test_a_take_without_strips_is_laid_when_it_is_made_current(shot, source, session):
    pump.handle(ready(shot, "k1", 1, source))
    strips.remove(strips.strips_of_shot(shot.uid))
    shot.id_data.take_one.placement = "AFTER"
    assert bpy.ops.takeone.take_make_current() == {"FINISHED"}
    assert len(strips.strips_of_take("k1")) == 2


def test_a_landing_that_raises_ends_its_job(shot, source, session, monkeypatch):
    """The job is no longer in the making, the clip is there, and the journal brings the take back."""
    event = ready(shot, source=source)
    app().state.jobs["k1"] = Job("k1", event.binding, JobState.IN_PROGRESS)
    take = shot.takes.add()
    take.uid, take.number = "k1", 1

    def broken(*_args, **_more):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(landing, "land_steps", broken)
    app().part(pump.Pump).waiting.append(event)
    for _ in range(3):
        pump.pump()
    assert (app().state.last_error.code, app().state.last_error_key) == ("unexpected", "k1")
    assert app().state.jobs == {} and not app().part(pump.Pump).waiting
    assert (take.status, takes.clip_path(take)) == ("READY", event.clip)
    assert session.landed_keys == []
    monkeypatch.undo()
    pump.handle(event)  # as the journal tells it when the file is opened again
    assert (session.landed_keys, len(seen()), len(shot.takes)) == (["k1"], 2, 1)


def test_waiting_for_a_landing_that_raises_ends_with_its_error(shot, source, session, monkeypatch):
    event = ready(shot, source=source)
    app().state.jobs["k1"] = Job("k1", event.binding)
    session.coming.append(event)
    monkeypatch.setattr(landing, "land_steps", lambda *_: 1 / 0)
    with pytest.raises(SceneError) as caught:
        jobs.wait(["k1"], timeout=5)
    assert caught.value.code == "unexpected"


def test_waiting_ends_where_the_take_can_only_land_in_another_file(shot, source, session):
    event = ready(shot, source=source)
    app().state.jobs["k1"] = Job("k1", event.binding)
    session.coming.append(event._replace(binding=replace(event.binding, file_id="another")))
    with pytest.raises(SceneError) as caught:
        jobs.wait(["k1"], timeout=5)
    assert caught.value.code == "other_file"


@pytest.mark.parametrize("lost", ["k0", "k1"])
def test_takes_deleted_between_the_steps_of_a_landing(shot, source, session, lost):
    """A list that is laid out anew moves the takes behind the deleted one: the landing goes on by ids."""
    pump.handle(ready(shot, "k0", 1, source))
    pump.handle(ready(shot, "k1", 2, source, placement="AFTER"))
    pump.handle(ready(shot, "k2", 3, source, placement="AFTER"))
    other = next(uid for uid in ("k0", "k1") if uid != lost)
    event = ready(shot, "again", 3, source, take_uid="k2", remade=True)
    app().part(pump.Pump).waiting.append(event)
    pump.pump()
    current.delete(shot, find_take(shot, lost))
    for _ in range(6):
        pump.pump()
    assert app().state.last_error is None
    assert session.landed_keys == ["k0", "k1", "k2", "again"]
    assert [take.uid for take in shot.takes] == [other, "k2"]
    assert sorted(strip.type for _, strip in strips.strips_of_take("k2")) == ["MOVIE", "SOUND"]
    assert {strip.name for _, strip in strips.strips_of_take("k2")} == {"Kitchen_t003", "Kitchen_t003 sound"}


def test_the_strips_of_a_take_made_again_are_read_anew_though_another_was_deleted(shot, source, session, monkeypatch):
    pump.handle(ready(shot, "k0", 1, source))
    pump.handle(ready(shot, "k1", 2, source, placement="AFTER"))
    refreshed = []
    monkeypatch.setattr(strips, "refresh", lambda edit: refreshed.append(edit.name))
    app().part(pump.Pump).waiting.append(ready(shot, "again", 2, source, take_uid="k1", remade=True))
    pump.pump()
    current.delete(shot, find_take(shot, "k0"))
    for _ in range(6):
        pump.pump()
    assert refreshed == ["Edit"]


def test_a_take_that_another_blender_asked_for_is_a_job_until_its_landing_has_ended(shot, source, session):
    app().part(pump.Pump).waiting.append(ready(shot, "k1", 2, source))
    looks = []
    for _ in range(6):
        pump.pump()
        looks.append((set(app().state.jobs), len(strips.strips_of_take("k1"))))
    assert looks[0] == ({"k1"}, 1), "the picture lies, the sound does not"
    assert looks[-1] == (set(), 2)
    assert all(count == 2 for listed, count in looks if not listed)


def test_the_take_itself_deleted_between_the_steps_of_its_landing(shot, source, session):
    pump.handle(ready(shot, "k0", 1, source))
    app().part(pump.Pump).waiting.append(ready(shot, "k1", 2, source, placement="AFTER"))
    pump.pump()
    current.delete(shot, find_take(shot, "k1"))
    for _ in range(6):
        pump.pump()
    assert app().state.last_error is None
    assert ([take.uid for take in shot.takes], shot.current_take) == (["k0"], "k0")
    assert strips.strips_of_take("k1") == []


@pytest.mark.parametrize(("problem", "steps"), [(None, 1), (Problem("not_connected", "No connection."), 0)])
def test_an_undo_step_only_for_a_prompt_that_came(shot, session, monkeypatch, problem, steps):
    pushed = []
    monkeypatch.setattr(landing, "push_undo", lambda *said: pushed.append(said))
    pump.handle(events.FinalPrompt(shot.uid, "" if problem else "Anna turns.", problem))
    assert len(pushed) == steps
    assert (shot.final_prompt is not None) == (steps == 1)
    pump.handle(events.FinalPrompt("gone", "Anna turns."))
    assert len(pushed) == steps
