"""Events become state, one by one; what a script waits for and why it stops; jobs that are stopped."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from take_one.client import events
from take_one.client.protocol import BoundPart, JobState, Price, Problem
from take_one.client.protocol import Job as ThereJob
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import RENDERING, UNCERTAIN, WAITING_FILE, Job
from take_one.scene.edit import landing, moving
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs, pump
from take_one.scene.session.press import quotes


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def shot(session):
    """The first of two shots, each with a take that waits."""
    scene = bpy.context.scene
    for name, uid in (("Hall", "k1"), ("Roof", "k1-1")):
        shot = shot_list.add_shot(scene)
        shot.name = name
        take = shot.takes.add()
        take.uid, take.number, take.status = uid, 1, "WAITING"
    return scene.take_one.shots[0]


def job(shot, key="k1", status=JobState.QUEUED, **more):
    app().state.jobs[key] = Job(key, stand_in.binding_of(shot, key), status, **more)
    return app().state.jobs[key]


def statuses():
    return [take.status for shot in bpy.context.scene.take_one.shots for take in shot.takes]


def test_how_the_backend_is_and_what_that_mends(session):
    state = app().state
    for told, error in ((("failed", "It fell.", "start"), "backend_failed"), (("starting", "", ""), "backend_failed"),
                        (("ready", "", ""), None)):  # fmt: skip
        pump.handle(events.BackendState(*told))
        assert (state.backend.state, state.backend.message, state.backend.fix) == told
        assert (state.last_error.code if state.last_error else None) == error
    state.fail(Problem("other", "x"))
    pump.handle(events.BackendState("ready", "", ""))
    assert state.last_error.code == "other"
    pump.handle(events.InstallState("running", 0.25, "Fetching", "retry"))
    assert (state.install.state, state.install.fraction, state.install.message, state.install.fix) == (
        "running", 0.25, "Fetching", "retry",
    )  # fmt: skip
    part = app().part(quotes.Quotes)
    part.prices["x"] = (0.0, Price(1.0))
    pump.handle(events.Engines(state.engines))
    assert part.prices
    pump.handle(events.Engines(state.engines[:1]))
    assert not part.prices and [engine.id for engine in state.engines] == ["draft"]


def test_how_far_a_job_is_with_its_newest_picture(shot):
    binding = stand_in.binding_of(shot)
    there = ThereJob("j", JobState.IN_PROGRESS, progress=40, stage="Decoding", eta_seconds=7.5, queue_position=2)
    for preview, count in ((None, 0), (b"one", 1), (None, 1), (b"two", 2)):
        pump.handle(events.JobProgress("k1", there, binding, preview))
        found = app().state.jobs["k1"]
        assert (found.status, found.progress, found.stage, found.eta_seconds, found.queue_position) == (
            JobState.IN_PROGRESS, 40, "Decoding", 7.5, 2,
        )  # fmt: skip
        assert found.preview_count == count
    assert found.preview == b"two" and found.binding == binding


@pytest.mark.parametrize(
    ("code", "status", "error", "left", "landed"),
    [("cancelled", "CANCELLED", None, [], ["k1"]), ("out_of_memory", "FAILED", "out_of_memory", [], ["k1"]),
     ("uncertain", "FAILED", "uncertain", ["k1"], [])],
)  # fmt: skip
def test_what_ends_badly_is_said_of_each_of_its_takes(shot, session, code, status, error, left, landed):
    other = bpy.context.scene.take_one.shots[1]
    parts = (BoundPart(shot.uid, "k1", "Hall", 1, 0, 9), BoundPart(other.uid, "k1-1", "Roof", 1, 9, 9))
    job(shot)
    pump.handle(events.JobFailed("k1", Problem(code, "Why."), replace(stand_in.binding_of(shot), parts=parts)))
    state = app().state
    assert (statuses(), list(state.jobs), session.landed_keys) == ([status] * 2, left, landed)
    assert (state.last_error.code if state.last_error else None) == error
    assert all((one.status, one.stage) == (UNCERTAIN, "Why.") for one in state.jobs.values())


def test_what_ended_for_another_file_is_told_again_there(shot, session):
    other = replace(stand_in.binding_of(shot), file_id="another")
    pump.handle(events.JobFailed("k1", Problem("x", "y"), other))
    assert (statuses(), app().state.last_error, session.landed_keys) == (["WAITING"] * 2, None, [])
    job(shot)
    pump.handle(events.JobFailed("k1", Problem("x", "y"), other))
    assert (app().state.last_error.code, app().state.jobs, session.landed_keys) == ("x", {}, [])
    event = events.TakeReady(
        "k2", stand_in.Path("/a.mp4"), stand_in.Path("/a.json"), ThereJob("j", JobState.COMPLETED), other
    )
    pump.handle(event)
    assert [(one.status, one.progress) for one in app().state.jobs.values()] == [(WAITING_FILE, 100)]
    assert session.landed_keys == []


def test_what_has_landed_is_named_from_the_first_to_the_last(shot, session, monkeypatch):
    binding = replace(stand_in.binding_of(shot), number=4)
    monkeypatch.setattr(landing, "land", lambda *_: True)
    event = events.TakeReady(
        "k1", stand_in.Path("/a.mp4"), stand_in.Path("/a.json"), ThereJob("j", JobState.COMPLETED), binding
    )
    job(shot)
    pump.handle(event)
    assert (app().state.landed, app().state.jobs, session.landed_keys) == ("Hall_t004", {}, ["k1"])
    parts = tuple(
        BoundPart(shot.uid, f"k{n}", name, n, 9 * n, 9) for n, name in enumerate(("Hall", "Attic", "Roof"), 1)
    )
    pump.handle(event._replace(binding=replace(binding, parts=parts)))
    assert app().state.landed == "Hall_t001 - Roof_t003" and app().state.landed_at > 0


def test_a_disk_that_is_full_or_read_only_is_said(monkeypatch):
    for number, fix in ((28, "free_space"), (30, "save_as")):

        def refuse(number=number):
            raise OSError(number, "It said no")

        monkeypatch.setattr(moving, "relocate_takes", refuse)
        pump.relocate()
        error = app().state.last_error
        assert (error.code, error.fix) == ("disk", fix) and "It said no. They stay where they are." in error.message


def test_the_timer_looks_often_while_something_is_made(shot):
    part, state = app().part(pump.Pump), app().state
    assert pump._task() == pump.IDLE_TICK and part.drawn == state.revision
    state.backend.state = "starting"
    assert pump._task() == pump.BUSY_TICK
    state.backend.state = "ready"
    ticks = {JobState.IN_PROGRESS: pump.BUSY_TICK, WAITING_FILE: pump.IDLE_TICK, UNCERTAIN: pump.IDLE_TICK}
    for status, tick in {**ticks, RENDERING: pump.BUSY_TICK}.items():
        job(shot, status=status)
        assert pump._task() == tick
    part.steps = iter(())
    assert pump._task() == pump.LANDING_TICK
    part.waiting.append(events.InstallState("done", 1.0, "", ""))
    assert (pump.take_waiting()[0].state, list(part.waiting), part.steps) == ("done", [], None)


# What scripts wait for


def test_why_a_wait_ends(shot, session):
    backend = app().state.backend
    job(shot, status=UNCERTAIN)
    jobs.wait(["k1"], timeout=0)
    job(shot)
    jobs.wait(["k9"], timeout=0)
    for (state, message, fix), (code, said, cure) in (
        (("off", "", ""), ("backend_off", "The backend is not started.", "start")),
        (("failed", "It fell.", "update"), ("backend_failed", "It fell.", "update")),
    ):
        backend.state, backend.message, backend.fix = state, message, fix
        with pytest.raises(SceneError) as caught:
            jobs.wait(["k1"], timeout=9)
        assert (caught.value.code, caught.value.message, caught.value.fix) == (code, said, cure)
    backend.state = "ready"
    with pytest.raises(SceneError, match="No take after 0 seconds") as caught:
        jobs.wait(["k1"], timeout=0)
    assert (caught.value.code, caught.value.fix) == ("timeout", "open_log")
    job(shot, "k2", WAITING_FILE)
    with pytest.raises(SceneError) as caught:
        jobs.wait(["k2"], timeout=9)
    assert caught.value.code == "other_file"
    binding = stand_in.binding_of(shot)
    del app().state.jobs["k2"]
    job(shot, "k3")
    session.coming += [
        events.JobFailed("k1", Problem("first", "One."), binding),
        events.JobFailed("k3", Problem("second", "Two."), binding),
    ]
    with pytest.raises(SceneError) as caught:
        jobs.wait(["k1", "k3"], timeout=9)
    assert caught.value.code == "first" and app().state.jobs == {}


def test_a_script_learns_engines_and_prices_before_it_asks(session, monkeypatch):
    engines = app().state.engines
    app().state.engines = ()
    session.coming.append(events.Engines(engines))
    jobs.learn_engines(timeout=9)
    assert app().state.engines == engines
    jobs.learn_engines(timeout=9)
    app().state.engines = ()
    jobs.learn_engines(timeout=0)
    asked = []
    monkeypatch.setattr(quotes, "ask", lambda wish: asked.append(wish.mark) or wish.mark)
    monkeypatch.setattr(quotes, "is_asked", lambda mark: False)
    wishes = [SimpleNamespace(mark=mark, counts=counts) for mark, counts in (("a", True), ("b", False), ("a", True))]
    jobs.learn_spending(wishes, timeout=9)
    assert asked == ["a"]


def test_a_job_is_stopped_where_it_is(shot, session):
    job(shot, "sent")
    job(shot, "lost", UNCERTAIN)
    job(shot, "still", RENDERING)
    for key in ("sent", "lost", "still", "gone"):
        jobs.cancel(key)
    assert session.cancelled == ["sent", "gone"] and session.landed_keys == ["lost"]
    assert list(app().state.jobs) == ["sent"]
    job(shot, "still", RENDERING)
    jobs.cancel_all()
    assert session.cancelled[2:] == ["all"] and list(app().state.jobs) == ["sent"]


def test_orders_of_a_file_that_was_closed_are_named_once(shot):
    waiting = app().part(jobs.Waiting).orders
    jobs.drop_waiting()
    assert app().state.last_error is None
    for name, key in (("Hall", "a"), ("Roof", "b"), ("Hall", "c")):
        job(shot, key, RENDERING)
        waiting.append(SimpleNamespace(shot_name=name, keys=[key]))
    jobs.drop_waiting()
    assert app().state.last_error.message == (
        "The file was closed before the still of Hall, Roof was rendered. Open it and animate again."
    )
    assert (list(waiting), app().state.jobs, app().part(jobs.Waiting).steps) == ([], {}, None)
