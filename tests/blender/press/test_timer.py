"""The one timer: each task at its own pace, and one task's fault ends neither it nor the others."""

from __future__ import annotations

import time

import pytest
from take_one.client.protocol import Binding, JobState
from take_one.scene.app import state, timer
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
    assert tasks.run() == LATEST
    tasks.add(lambda: 60.0)
    assert tasks.run() == LATEST
    tasks.add(lambda: 0.0)
    assert tasks.run() == SOON


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
    assert (fresh.install.fraction, fresh.install.state, fresh.landed, fresh.landed_at) == (0, "", "", 0)
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
