"""The one timer: each task at its own pace, and one task's fault ends neither it nor the others."""

from __future__ import annotations

import time

import pytest
from take_one.scene.app import timer
from take_one.scene.app.app import app
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
