"""The one timer: each task at its own pace, and one task's fault ends neither it nor the others; and what else the
extension holds beside the file: its parts, its state, objects remembered."""

from __future__ import annotations

import time
from types import SimpleNamespace

import bpy
import pytest
from rooms import camera
from take_one.client.protocol import Binding, JobState, Problem
from take_one.scene.app import app as apps
from take_one.scene.app import objects, state, timer
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.timer import AFTER_ERROR, LATEST, SOON, Tasks


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves by hand."""
    now = [100.0]
    monkeypatch.setattr(timer.time, "monotonic", lambda: now[0])
    return now


def test_tasks_run_at_their_own_pace(clock):
    tasks, ran = Tasks(), []
    tasks.add(lambda: ran.append("quick") or 0.05)
    tasks.add(lambda: ran.append("slow") or 0.5, after=0.2)
    tasks.add(lambda: ran.append("once"))
    assert tasks.run() == pytest.approx(0.05)
    assert ran == ["quick", "once"]
    clock[0] += 0.04
    assert tasks.run() == pytest.approx(0.01)
    clock[0] += 0.2
    tasks.run()
    clock[0] += 0.3
    tasks.run()
    assert ran == ["quick", "once", "quick", "slow", "quick"]


def test_pauses_have_bounds(clock):
    tasks = Tasks()
    assert tasks.run() == LATEST == 0.1
    tasks.add(lambda: 60.0)
    assert tasks.run() == LATEST
    tasks.add(lambda: 0.0)
    assert tasks.run() == SOON == 0.01


def test_the_timer_runs_between_its_register_and_unregister():
    assert bpy.app.timers.is_registered(timer._tick)
    for _ in range(2):
        timer.unregister()
        assert not bpy.app.timers.is_registered(timer._tick)
    timer.register()
    assert bpy.app.timers.is_registered(timer._tick)


def test_a_fault_is_said_and_the_others_go_on(clock):
    tasks, ran = Tasks(), []

    def broken():
        ran.append("broken")
        raise ZeroDivisionError("boom")

    tasks.add(broken)
    tasks.add(lambda: ran.append("other") or 0.05)
    tasks.run()
    assert ran == ["broken", "other"]
    assert app().state.last_error.code == "unexpected" and "boom" in app().state.last_error.message
    clock[0] += AFTER_ERROR - 0.01
    tasks.run()
    assert ran == ["broken", "other", "other"]
    clock[0] += 0.02
    tasks.run()
    assert ran[3:] == ["broken"]


def test_a_task_may_add_another(clock):
    tasks, ran = Tasks(), []
    tasks.add(lambda: tasks.add(lambda: ran.append(time.monotonic()), after=0.3))
    tasks.run()
    clock[0] += 0.3
    tasks.run()
    assert ran == [100.3]


def test_what_is_not_said_of_a_job_and_who_is_next():
    belongs = Binding("f", "s", "shot", "take", "A", 1)
    job = state.Job("a", belongs)
    assert (job.status, job.progress, job.stage, job.preview, job.preview_count) == (state.SENDING, 0, "", None, 0)
    fresh = state.State()
    said = state.Backend("failed", "It broke.", "retry")
    assert said == state.Backend("failed", fix="retry", message="It broke.") != fresh.backend == state.Backend("off")
    half = state.Install("running", 0.5, "Half.", "wait")
    assert half == state.Install("running", 0.5, "Half.", "wait") != fresh.install == state.Install("", 0.0)
    assert (fresh.install.fraction, fresh.install.state, fresh.landed, fresh.landed_at) == (0, "", "", 0)
    assert (fresh.takes_elsewhere, fresh.last_error, fresh.last_error_key) == (False, None, "")
    assert (fresh.engines, fresh.jobs, fresh.composing, fresh.revision) == ((), {}, "", 0)
    for key, status, position in (
        ("late", JobState.QUEUED, 2),
        ("runs", JobState.IN_PROGRESS, 1),
        ("first", JobState.QUEUED, None),
        ("next", JobState.QUEUED, 1),
    ):
        fresh.jobs[key] = state.Job(key, belongs, status, queue_position=position)
    assert fresh.queue() == ["first", "next", "late"]


def test_a_task_begins_at_once_and_a_fault_is_tried_again_in_a_second(clock):
    tasks, calls = Tasks(), []

    def fails():
        calls.append("fails")
        raise SceneError("x", "It broke.")

    tasks.add(fails)
    tasks.add(lambda: calls.append("once"))
    tasks.run()
    assert calls == ["fails", "once"]
    clock[0] += 0.99
    tasks.run()
    assert calls == ["fails", "once"]
    clock[0] += 0.02
    tasks.run()
    assert calls == ["fails", "once", "fails"]
    timer.every(calls.clear)
    app().part(Tasks).run()
    assert calls == []


def test_what_the_panels_know_of_engines_errors_and_jobs():
    fresh = state.State()
    one, two = SimpleNamespace(id="one", available=False), SimpleNamespace(id="two", available=True)
    assert fresh.engine("") is None
    for engines, wanted in (((one, two), two), ((one,), one)):
        fresh.engines = engines
        assert fresh.engine("") == wanted and fresh.engine("one") == one and fresh.engine("three") is None
    fresh.fail(SceneError("a", "b", "retry"), "k")
    assert (fresh.last_error, fresh.last_error_key, fresh.revision) == (Problem("a", "b", "retry"), "k", 1)
    fresh.fixed("install")
    assert fresh.last_error is not None
    fresh.fixed("install", "retry")
    assert (fresh.last_error, fresh.last_error_key, fresh.revision) == (None, "", 2)
    fresh.jobs = {key: state.Job(key, Binding("f", "s", "shot", key, "A", 1)) for key in "ab"}
    assert fresh.making("b") == fresh.jobs["b"] and fresh.making("c") is None
    assert SceneError.of(Problem("a", "b", "c", "d")).param == "d"


def test_parts_are_made_once_and_ended_the_newest_first():
    ended = []
    kinds = [type(name, (), {"close": lambda self: ended.append(type(self).__name__)}) for name in "AB"]
    made = apps.App()
    first = [made.part(kind) for kind in (*kinds, list)]
    assert [made.part(kind) for kind in (*kinds, list)] == first and first[0] is made.part(kinds[0])
    made.close()
    assert ended == ["B", "A"] and made.part(kinds[0]) is not first[0]


def test_objects_are_found_by_their_session_else_by_name():
    scene = bpy.context.scene
    eye, other = camera(scene, "Eye"), camera(scene, "Other")
    known = objects.ObjectId.of(eye)
    eye.name, other.name = "Old", "Eye"
    assert known.find() == eye and known.library == ""
    bpy.data.objects.remove(eye)
    assert known.find() == other
    bpy.data.objects.remove(other)
    assert known.find() is None
