"""What follows a file that is opened, undone or saved; landings step by step; what a panel is drawn for."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from take_one.client import events
from take_one.client.protocol import Job as ThereJob
from take_one.client.protocol import JobState, Problem
from take_one.scene.app.app import app
from take_one.scene.app.state import WAITING_FILE, Job
from take_one.scene.edit import found, landing, moving
from take_one.scene.model.shots import films, shot_list, takes, trust
from take_one.scene.session import handlers, jobs, pump
from take_one.scene.session.server import connection
from take_one.scene.stills import capture
from take_one.scene.stills.borrow import borrowed


@pytest.fixture
def calls(monkeypatch):
    """What the handlers have done, by name, in order."""
    calls = []

    def watch(where, name, answer=None):
        monkeypatch.setattr(where, name, lambda *said: calls.append((name, *said)) or answer)

    for where, names in (
        (jobs, ("drop_waiting",)), (borrowed, ("restore", "take_up")), (trust, ("loaded",)),
        (moving, ("clear_unsaved", "find_moved", "hold_paths", "store_paths")), (pump, ("relocate",)),
        (films, ("opened", "saved")), (found, ("bring_back",)), (takes, ("restore_after_undo", "reconcile")),
    ):  # fmt: skip
        for name in names:
            watch(where, name)
    watch(borrowed, "lay_down", [(1, "record")])
    watch(moving, "elsewhere", ["folder"])
    return calls


# A file is opened, undone, saved


def test_what_is_done_when_a_file_was_opened_and_in_which_order(shot, session, calls):
    state, part = app().state, app().part(pump.Pump)
    state.jobs = {
        key: Job(key, stand_in.binding_of(shot, key, **more), status, stage="elsewhere")
        for key, status, more in (
            ("here", WAITING_FILE, {}), ("there", WAITING_FILE, {"file_id": "another"}), ("goes", "queued", {}),
        )
    }  # fmt: skip
    take = shot.takes.add()
    take.uid, take.status = "k9", "WAITING"
    part.steps, before = iter(()), state.revision
    session.unfinished = lambda: ["left"]
    handlers._on_load()
    opened = ["drop_waiting", "restore", "loaded", "relocate", "find_moved", "opened", "bring_back"]
    assert [name for name, *_ in calls] == [*opened, "reconcile"]
    assert calls[-1] == ("reconcile", {"left", "here", "there", "goes"})
    assert [job.stage for job in state.jobs.values()] == ["", "elsewhere", "elsewhere"]
    assert (part.steps, session.replays) == (None, 1) and state.revision > before
    calls.clear()
    session.unfinished = list
    shot.takes.clear()
    handlers._on_load()
    assert [name for name, *_ in calls] == [*opened[:3], "clear_unsaved", *opened[3:]]
    app().part(connection.Connection).session = None
    handlers._on_load()
    assert (len(calls), session.replays) == (15, 2)


@pytest.mark.parametrize(
    ("code", "stays"),
    [("backend_failed", True), ("bad_address", True), ("home", True), ("no_server", True), ("offline", True),
     ("too_long", False)],
)  # fmt: skip
def test_an_error_of_the_other_file_goes_with_it(session, calls, code, stays):
    app().state.fail(Problem(code, "x"))
    handlers._on_load()
    assert (app().state.last_error is not None) is stays


def test_an_undo_begins_a_landing_anew_and_gives_nothing_back_to_a_render(session, calls, monkeypatch):
    part, before = app().part(pump.Pump), app().state.revision
    for rendering, names in ((False, ["restore", "restore_after_undo"]), (True, ["restore_after_undo"])):
        monkeypatch.setattr(capture, "rendering", lambda rendering=rendering: rendering)
        part.steps = iter(())
        calls.clear()
        handlers._on_undo()
        assert ([name for name, *_ in calls], part.steps) == (names, None)
    assert app().state.revision > before


def test_paths_are_held_before_a_save_and_stored_after_it(session, calls, tmp_path):
    state, saving = app().state, app().part(handlers.Saving)
    state.fail(Problem("x", "x", "save_file"))
    handlers._before_save("/b/film.blend")
    assert calls == [("lay_down",), ("hold_paths", "/b/film.blend")] and saving.lent == [(1, "record")]
    handlers._after_save()
    assert (calls[2], saving.lent) == (("take_up", [(1, "record")]), [])
    calls.clear()
    handlers._on_save()
    assert calls == [("store_paths",), ("relocate",), ("saved", "")]
    assert (state.last_error, state.takes_elsewhere) == (None, False)
    for fix, gone in (("save_as", True), ("free_space", False)):
        state.fail(Problem("x", "x", fix))
        handlers._on_save()
        assert (state.last_error is None) is gone
    calls.clear()
    with handlers.aside():
        assert saving.aside
        handlers._before_save("/b/film.blend")
        handlers._on_save()
    assert (calls, saving.aside) == ([("lay_down",)], False)
    with contextlib.suppress(ValueError), handlers.aside():
        raise ValueError
    assert not saving.aside


def test_the_user_is_asked_where_takes_stayed_behind(session, calls, tmp_path, monkeypatch):
    state = app().state
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a" / "film.blend"))
    assert ("saved", "") in calls and not state.takes_elsewhere
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a" / "two.blend"))
    assert not state.takes_elsewhere, "the folder is the same"
    monkeypatch.setattr(moving, "elsewhere", list)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "b" / "two.blend"))
    assert not state.takes_elsewhere
    monkeypatch.setattr(moving, "elsewhere", lambda: ["folder"])
    before = state.revision
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a" / "two.blend"))
    assert state.takes_elsewhere and state.revision > before
    assert calls[-1] == ("saved", str(tmp_path / "b" / "two.blend"))


def test_handlers_go_as_they_came():
    def ours():
        return [getattr(bpy.app.handlers, name).count(function) for name, function in handlers.HANDLERS]

    assert ours() == [1] * len(handlers.HANDLERS)
    handlers.unregister()
    handlers.unregister()
    assert ours() == [0] * len(handlers.HANDLERS)
    handlers.register()
    assert ours() == [1] * len(handlers.HANDLERS)
    assert [name for name, _ in handlers.HANDLERS[:9]] == [
        "load_post", "undo_pre", "redo_pre", "undo_post", "redo_post",
        "save_pre", "save_post", "save_post", "save_post_fail",
    ]  # fmt: skip


# Events, one by one


def a_take(shot, key="k1", **more):
    job = ThereJob("j", JobState.COMPLETED)
    return events.TakeReady(
        key, stand_in.Path("/a.mp4"), stand_in.Path("/a.json"), job, stand_in.binding_of(shot, key, **more)
    )


def test_a_take_lands_step_by_step_and_other_events_go_first(shot, session, monkeypatch):
    part, state, polled = app().part(pump.Pump), app().state, []
    session.poll = lambda: [polled.pop(0)] if polled else []

    def steps(context, event):
        state.landed += f"{event.key} "
        yield
        state.landed += "on "
        yield

    monkeypatch.setattr(landing, "land_steps", steps)
    first, second = a_take(shot), a_take(shot, "k2")
    part.waiting.extend([first, second, events.InstallState("running", 0.5, "", "")])
    polled.append(events.InstallState("done", 1.0, "", ""))
    assert pump.pump(9.0) is True
    assert (list(part.waiting), state.landed, state.install.state) == ([first, second], "k1 ", "done")
    assert [(job.key, job.status, job.progress) for job in state.jobs.values()] == [("k1", JobState.IN_PROGRESS, 100)]
    pump.pump(9.0)
    assert (state.landed, part.steps is not None, session.landed_keys) == ("k1 on ", True, [])
    pump.pump(9.0)
    assert (list(part.waiting), part.steps, session.landed_keys) == ([second], None, ["k1"])
    assert state.landed == "Hall_t001" and state.jobs == {}
    monkeypatch.setattr(landing, "can_land", lambda _context: False)
    pump.pump(9.0)
    assert (list(part.waiting), session.landed_keys) == ([second], ["k1"])
    part.waiting.append(events.InstallState("failed", 0.0, "", ""))
    assert pump.pump(-1.0) is False and len(part.waiting) == 2, "there is no time for any"
    app().part(connection.Connection).session = None
    pump.pump(9.0)
    assert (list(part.waiting), state.install.state) == ([second], "failed")


def test_a_take_of_another_file_waits_for_it_without_steps(shot, session, monkeypatch):
    part, state = app().part(pump.Pump), app().state
    event = a_take(shot, file_id="another")
    part.waiting.append(event)
    pump.pump(9.0)
    assert (list(part.waiting), part.steps, [job.status for job in state.jobs.values()]) == ([], None, [WAITING_FILE])
    monkeypatch.setattr(landing, "file_is_open", lambda _id: False)
    monkeypatch.setattr(landing, "land", lambda *_: True)
    part.waiting.append(event)
    pump.pump(9.0)
    assert (session.landed_keys, state.jobs) == (["k1"], {})


def test_what_can_not_be_dealt_with_is_said_and_its_clip_is_kept(shot, session, monkeypatch):
    part, state, kept = app().part(pump.Pump), app().state, []
    monkeypatch.setattr(landing, "keep_clip", kept.append)

    def steps(*_):
        yield
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(landing, "land_steps", steps)
    event = a_take(shot)
    part.waiting.append(event)
    pump.pump(9.0)
    before = state.revision
    pump.pump(9.0)
    assert (list(part.waiting), part.steps, kept, state.jobs) == ([], None, [event], {}) and state.revision > before
    error = state.last_error
    assert (error.code, error.message, error.fix, state.last_error_key) == (
        "unexpected", "Take One could not deal with a result: by zero", "open_log", "k1",
    )  # fmt: skip
    assert session.landed_keys == []
    monkeypatch.setattr(pump, "_failed", lambda _event: 1 / 0)
    problem = pump.handle(events.JobFailed("k7", Problem("x", "y"), event.binding))
    assert (problem, len(kept), state.last_error_key) == (state.last_error, 1, "k7")


def test_a_path_of_words_that_can_not_be_laid_is_said(shot, monkeypatch):
    found = []
    monkeypatch.setattr(pump.moves, "lay", found.append)
    event = events.WordsFound(shot.uid, None)
    assert (pump.handle(event), found) == (None, [event])
    monkeypatch.undo()
    assert pump.handle(event) is None and app().state.last_error is None, "it has no camera"
    pump.handle(event._replace(problem=Problem("offline", "No backend.")))
    assert app().state.last_error.message == "No backend."
    pushed = []
    monkeypatch.setattr(landing, "push_undo", lambda _context, words: pushed.append(words))
    pump.handle(events.FinalPrompt("gone", "x"))
    assert pushed == []
    pump.handle(events.FinalPrompt(shot.uid, "A door."))
    assert (pushed, shot.final_prompt.as_string()) == (["Take One: Final Prompt"], "A door.")


def test_only_regions_that_show_the_state_are_drawn(monkeypatch):
    drawn = []

    def area(kind, *regions):
        return SimpleNamespace(type=kind, regions=[
            SimpleNamespace(type=one, tag_redraw=lambda one=one: drawn.append((kind, one))) for one in regions
        ])  # fmt: skip

    areas = [
        area("VIEW_3D", "WINDOW", "UI", "HEADER", "TOOLS"), area("SEQUENCE_EDITOR", "HEADER", "WINDOW", "UI"),
        area("PREFERENCES", "WINDOW", "HEADER"), area("TEXT_EDITOR", "UI"),
    ]  # fmt: skip
    windows = SimpleNamespace(windows=[SimpleNamespace(screen=SimpleNamespace(areas=areas))])
    monkeypatch.setattr(pump, "bpy", SimpleNamespace(context=SimpleNamespace(window_manager=windows)))
    pump.redraw()
    assert drawn == [
        ("VIEW_3D", "UI"), ("VIEW_3D", "HEADER"), ("SEQUENCE_EDITOR", "HEADER"), ("SEQUENCE_EDITOR", "UI"),
        ("PREFERENCES", "WINDOW"),
    ]  # fmt: skip
    drawn.clear()
    part = app().part(pump.Pump)
    part.drawn = app().state.revision
    pump._task()
    assert drawn == []
    app().state.changed()
    pump._task()
    assert len(drawn) == 5 and part.drawn == app().state.revision
    part.waiting.append(a_take(shot_list.add_shot(bpy.data.scenes[0])))
    monkeypatch.setattr(landing, "can_land", lambda _context: False)
    assert pump._task() == pump.BUSY_TICK
