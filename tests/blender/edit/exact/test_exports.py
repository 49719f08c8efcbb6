"""Exports of the edit, from the press to what they leave: which commands run, where, and what is said of each end."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from leaving import HERE, Exporter, installed, rooms
from take_one.client.commands.export import ExportState
from take_one.client.home import home
from take_one.client.protocol import Unfit
from take_one.client.protocol.codec import to_json
from take_one.client.protocol.edit import Changes, Cut
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit.out import render_cut
from take_one.scene.session import handlers
from take_one.scene.session.out import exports

WORDS = (sys.executable, "-m", "backend", "export")


@pytest.fixture
def edit(tmp_path, monkeypatch):
    with installed(tmp_path, monkeypatch) as edit:
        yield edit


@pytest.fixture
def exporter(edit):
    exports.exports().exporter = Exporter()
    return exports.exports().exporter


def begun(exporter):
    """The commands of the only export, its folder, and the edit that it wrote."""
    ((steps, room),) = exporter.began
    assert room.parent == home() / "exports" and len(room.name) == 12
    return steps, room, json.loads((room / "edit.json").read_text())


def fonts(*suffix):
    return ("--fonts", bpy.utils.system_resource("DATAFILES", path="fonts"), *suffix)


def test_a_file_is_written_by_the_backend(exporter, tmp_path):
    before = app().state.revision
    exports.write_files(bpy.context, tmp_path / "Film.PDF", ("--a", "b"))
    steps, room, data = begun(exporter)
    words = (*WORDS, str(room / "edit.json"), str(tmp_path / "Film.PDF"), *fonts("--a", "b"), "--json")
    assert [step[:4] for step in steps] == [(words, "Writing Film.PDF", *HERE)]
    part = exports.exports()
    assert (part.what, part.edit_name, part.edit.frames, data["start"], part.edit_uid) == (
        "files", "Edit", 24, 101, bpy.data.scenes["Edit"].session_uid,
    )  # fmt: skip
    assert (part.written, part.said, part.busy) == (("a.otio",), (), False) and app().state.revision > before
    exports.write_files(bpy.context, tmp_path / "x.otio")
    assert exporter.began[1][0][0].words[5:] == (str(tmp_path / "x.otio"), "--json")


def test_changes_are_read_by_the_backend_and_kept(exporter, tmp_path):
    cuts = (Cut("uid", "A", 101, 24),)
    found = Changes(cuts, remarks=("Two tracks.",))
    exporter.ends = ExportState("done", answer={"changes": to_json(found), "remarks": ["Read."]})
    exports.read_changes(bpy.context, tmp_path / "in.otio")
    steps, room, _ = begun(exporter)
    words = (*WORDS, str(room / "edit.json"), "--changes", str(tmp_path / "in.otio"), "--json")
    assert [step[:4] for step in steps] == [(words, "Reading in.otio", *HERE)]
    part = exports.exports()
    assert (part.what, part.changes.cuts, part.said, part.written) == ("changes", cuts, ("Read.", "Two tracks."), ())
    exporter.ends = ExportState("failed", message="No such file.")
    with pytest.raises(SceneError, match="No such file") as caught:
        exports.read_changes(bpy.context, tmp_path / "in.otio")
    assert (caught.value.code, caught.value.fix, part.changes) == ("export_failed", "retry", None)
    assert app().state.last_error.message == "No such file."


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize("burn", [False, True])
def test_a_cut_is_rendered_burnt_in_read_back_and_put_in_place(exporter, tmp_path, monkeypatch, burn, page):
    put = []
    monkeypatch.setattr(exports, "_put_in_place", lambda *said: put.append(said))
    monkeypatch.setattr(exports, "_check_frames", lambda *said: put.append(said))
    out, html = tmp_path / "cut.mp4", tmp_path / "page.html"
    bpy.data.scenes["Edit"].take_one.burn_in.top = "{shot}"
    exports.write_cut(bpy.context, out, burn, html if page else None)
    steps, room, _ = begun(exporter)
    movie = room / ("burnt.mp4" if burn else "cut.mp4")
    data = str(room / "edit.json")
    wanted = [((sys.executable, render_cut.__file__, str(room / "job.json")), "Rendering the cut", room, {}, 101, 24)]
    if burn:
        burnt = (*WORDS, data, str(movie), "--cut", str(room / "cut.mp4"), "--burn", str(room / "burn.json"))
        wanted.append(((*burnt, *fonts("--json")), "Burning in", *HERE, 0, 0))
    wanted.append(((*WORDS, data, "--check", str(movie), "--json"), "Reading it back", *HERE, 0, 0))
    if page:
        wanted.append(((*WORDS, data, str(html), "--cut", str(movie), "--json"), "Writing the page", *HERE, 0, 0))
    assert [step[:6] for step in steps] == wanted
    assert exports.exports().what == ("page" if page else "cut")
    for step in steps:
        if step.after is not None:
            step.after()
    assert put == [(room / "cut.mp4", 24)] + ([] if page else [(movie, out, 24)])
    assert json.loads((room / "job.json").read_text()) == {
        "blend": str(room / "edit.blend"), "scene": "Edit", "start": 101, "end": 125,
        "movie": str(room / "cut.mp4"), "twice": burn,
        "scripts": bpy.context.preferences.filepaths.use_scripts_auto_execute,
    }  # fmt: skip
    assert json.loads((room / "burn.json").read_text())["top"] == "{shot}"
    assert (room / "edit.blend").is_file() and bpy.data.filepath == str(tmp_path / "film.blend")
    assert not app().part(handlers.Saving).aside


def test_a_cut_needs_no_backend_unless_something_is_asked_of_it(exporter, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "backend_python", lambda _home: tmp_path / "none")
    monkeypatch.setattr(exports, "_put_in_place", lambda *_: None)
    exports.write_cut(bpy.context, tmp_path / "cut.mp4", False)
    steps, _, _ = begun(exporter)
    assert [step.stage for step in steps] == ["Rendering the cut"] and steps[0].after.__closure__
    for call in (
        lambda: exports.write_cut(bpy.context, tmp_path / "cut.mp4", True),
        lambda: exports.write_cut(bpy.context, tmp_path / "cut.mp4", False, tmp_path / "x.html"),
        lambda: exports.write_files(bpy.context, tmp_path / "x.otio"),
        lambda: exports.read_changes(bpy.context, tmp_path / "x.otio"),
    ):
        with pytest.raises(SceneError, match="The backend is not installed: it writes this file") as caught:
            call()
        assert (caught.value.code, caught.value.fix) == ("not_installed", "install")
    assert len(exporter.began) == 1


def test_the_render_of_a_cut_is_a_blender_of_its_own(tmp_path, monkeypatch):
    data = SimpleNamespace(start=101, frames=24)
    checked = []
    monkeypatch.setattr(exports, "_check_frames", lambda *said: checked.append(said))
    monkeypatch.setattr(exports, "bpy", SimpleNamespace(app=SimpleNamespace(binary_path="/bin/blender")))
    step = exports._render_step(tmp_path, data, tmp_path / "cut.mp4")
    assert step.words == (
        "/bin/blender", "--background", "--factory-startup", "--offline-mode", "--python-exit-code", "1", "--python",
        render_cut.__file__, "--", str(tmp_path / "job.json"),
    )  # fmt: skip
    step.after()
    assert (checked, step.first, step.frames) == ([(tmp_path / "cut.mp4", 24)], 101, 24)


@pytest.mark.parametrize(
    ("trusted", "failed", "runs"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_scripts_of_a_file_run_where_the_user_trusts_it(exporter, tmp_path, monkeypatch, trusted, failed, runs):
    found = []
    paths = SimpleNamespace(use_scripts_auto_execute=trusted)
    context = SimpleNamespace(preferences=SimpleNamespace(filepaths=paths))
    edit = bpy.data.scenes["Edit"]
    monkeypatch.setattr(exports, "edit_of", lambda _context: edit)
    monkeypatch.setattr(exports, "_render", lambda name, data, room, cut: found.append(cut))
    monkeypatch.setattr(exports, "_begin", lambda _edit, go_on: go_on("Edit", None, tmp_path))
    monkeypatch.setattr(exports, "bpy", SimpleNamespace(app=SimpleNamespace(autoexec_fail=failed)))
    exports.write_cut(context, tmp_path / "cut.mp4", True)
    assert found == [exports.Cut(tmp_path / "cut.mp4", True, None, WORDS, runs)]


def test_what_can_not_be_written_leaves_nothing_and_is_said(exporter, tmp_path, monkeypatch):
    def refuse(error):
        def go_on(_name, _data, room):
            assert room.is_dir()
            raise error

        return go_on

    before, edit = rooms(), bpy.data.scenes["Edit"]
    for error, code, said in (
        (OSError(28, "No space left"), "disk", "The export can't be written: No space left."),
        (SceneError("x", "It can't."), "x", "It can't."),
    ):
        with pytest.raises(SceneError) as caught:
            exports._begin(edit, refuse(error))
        assert (caught.value.code, caught.value.message) == (code, said)
    assert rooms() == before and exporter.began == []
    monkeypatch.setattr(exports, "_save_copy", lambda _path: (_ for _ in ()).throw(RuntimeError("No room")))
    with pytest.raises(SceneError, match=r"The cut can't be exported: No room\. Look whether the disk") as caught:
        exports.write_cut(bpy.context, tmp_path / "cut.mp4", False)
    assert (caught.value.code, caught.value.fix, rooms()) == ("disk", "free_space", before)
    monkeypatch.setattr(exports, "collect", lambda _edit: (_ for _ in ()).throw(Unfit("shots", "are too many")))
    with pytest.raises(SceneError, match=r"The edit can't be exported: .*are too many\.") as caught:
        exports.write_files(bpy.context, tmp_path / "x.otio")
    assert caught.value.code == "edit_unfit"


@pytest.fixture
def window(exporter, monkeypatch):
    """A Blender with a window, whose edits are read in steps that end in `exporter.reads`."""
    started = []

    class WithWindow:
        app = SimpleNamespace(background=False)

        def __getattr__(self, name):
            return getattr(bpy, name)

    def steps(_edit):
        yield
        yield
        if isinstance(exporter.reads, Exception):
            raise exporter.reads
        return exporter.reads

    exporter.reads = "the data"
    monkeypatch.setattr(exports, "bpy", WithWindow())
    monkeypatch.setattr(exports, "collect_steps", steps)
    monkeypatch.setattr(exports, "_start", lambda *said: started.append(said))
    return started


def test_in_a_window_the_edit_is_read_step_by_step(exporter, window, tmp_path):
    part, state, edit = exports.exports(), app().state, bpy.data.scenes["Edit"]
    before = state.revision
    exports.write_files(bpy.context, tmp_path / "x.otio")
    assert exporter.state == ExportState("busy", "Reading the edit") and part.busy and state.revision > before
    before = state.revision
    edit.name = "Renamed"
    assert [exports.task(), exports.task(), window, state.revision - before] == [0.0, 0.0, [], 0]
    assert (exports.task(), part.reading) == (0.0, None) and state.revision > before
    ((what, name, data, steps, room),) = window
    assert (what, name, data, len(steps), room.is_dir()) == ("files", "Renamed", "the data", 1, True)
    assert exports.task() == 0.1
    exporter.state = ExportState("done")
    assert exports.task() == 0.5


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(SceneError("changed", "It changes."), "changed", "It changes."),
     (Unfit("shots", "are too many"), "edit_unfit", "The edit can't be exported: "),
     (KeyError("x"), None, "'x'")],
)  # fmt: skip
def test_what_ends_the_reading_of_an_edit_is_said(exporter, window, tmp_path, error, code, said):
    exporter.reads, part = error, exports.exports()
    exports.write_files(bpy.context, tmp_path / "x.otio")
    exports.task()
    exports.task()
    if code is None:
        with pytest.raises(KeyError):
            exports.task()
    else:
        before = app().state.revision
        exports.task()
        assert app().state.last_error.code == code and app().state.revision > before
    assert (exporter.state.state, part.reading, window) == ("failed", None, [])
    assert exporter.state.message.startswith(said)


def test_an_export_is_stopped_while_it_is_read_or_runs(exporter, window, tmp_path):
    exports.write_files(bpy.context, tmp_path / "x.otio")
    with pytest.raises(SceneError, match="An export is running"):
        exports.write_files(bpy.context, tmp_path / "x.otio")
    exports.stop()
    part = exports.exports()
    assert (exporter.state, part.reading, exporter.cancels) == (ExportState("cancelled"), None, 0)
    exports.stop()
    assert exporter.cancels == 1
    part.close()
    assert exporter.cancels == 11


def test_what_came_of_an_export_is_read_once_it_has_ended(exporter):
    part = exports.exports()
    part.what, part.said = "files", ("old",)
    exporter.state = ExportState("busy")
    assert exports.poll() is False
    exporter.news = True
    before = app().state.revision
    assert (exports.poll(), part.said) == (True, ("old",))
    assert exports.task() == 0.1 and app().state.revision > before
    exporter.state = ExportState("done", answer={"remarks": ["One.", 2], "written": [Path("/a")], "changes": {}})
    assert exports.poll() is True and (part.said, part.written, part.changes) == (("One.", "2"), ("/a",), None)
    exporter.state = ExportState("cancelled")
    part.what = "changes"
    exports.poll()
    assert (part.said, part.written, part.changes, app().state.last_error) == ((), (), None, None)
