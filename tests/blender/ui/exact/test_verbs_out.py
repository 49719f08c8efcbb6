"""Verbs that bring along, lay beds, export, read back and pay, step by step: what is asked, what refused."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from hall import hall, with_takes
from lines import asking
from take_one.operators.edit import bed as bed_verbs
from take_one.operators.edit import moving as moving_verbs
from take_one.operators.edit import preview_still
from take_one.operators.making import continuity
from take_one.operators.out import bring_in, export
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import edit_scene, moving
from take_one.scene.edit.cut import bed
from take_one.scene.model.shots import paths, trust
from take_one.scene.session import jobs
from take_one.scene.session.out import beds, exports, notes
from take_one.scene.session.press import quotes
from take_one.scene.stills import quick_still
from verb import Ops, verb


@pytest.fixture
def shot():
    return with_takes(hall())


def edit():
    return edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)


def test_takes_are_brought_along(monkeypatch, tmp_path):
    strange, folders, brought = [], [tmp_path], []
    monkeypatch.setattr(moving, "left_alone", lambda: strange)
    monkeypatch.setattr(moving, "elsewhere", lambda: folders)
    monkeypatch.setattr(moving, "bring_along", lambda: brought.append(1))

    def bring():
        operator = verb(moving_verbs.TAKEONE_OT_bring_takes)
        return operator.execute(None), operator.reports

    done = ({"FINISHED"}, [("INFO", "The takes are beside the file. Save it to keep this")])
    assert bring() == done and len(brought) == 1
    strange = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    foreign = trust.foreign(strange[0]).message
    assert bring() == ({"FINISHED"}, [("WARNING", foreign)]) and len(brought) == 2
    folders = []
    assert bring()[0] == {"CANCELLED"} and app().state.last_error.message == foreign and len(brought) == 2
    operator = verb(moving_verbs.TAKEONE_OT_bring_takes)
    operator.execute = lambda _: {"PASS_THROUGH"}
    assert operator.invoke(asking(), None) == {"PASS_THROUGH"}
    strange = []
    assert bring() == done
    for error, words in ((OSError(errno.ENOSPC, "No space"), "No space"), (OSError("odd"), "odd")):

        def fail(error=error):
            raise error

        monkeypatch.setattr(moving, "bring_along", fail)
        assert bring()[0] == {"CANCELLED"}
        problem = app().state.last_error
        assert problem.message == f"The takes could not be copied: {words}. They stay where they are."
        assert (problem.code, problem.fix) == ("disk", paths.disk_fix(error))


def test_beds_are_laid_removed_and_stopped(shot, monkeypatch):
    ops = Ops()
    exporter = SimpleNamespace(busy=True, cancel=ops.cancel)
    monkeypatch.setattr(beds, "making", lambda: SimpleNamespace(exporter=exporter))
    monkeypatch.setattr(beds, "begin", ops.begin)
    monkeypatch.setattr(bed, "remove", ops.remove)
    monkeypatch.setattr(quick_still, "make", ops.look)
    remove = verb(bed_verbs.TAKEONE_OT_bed_remove)
    assert remove.execute(bpy.context) == {"FINISHED"} and ops.calls == [("cancel",)]
    exporter.busy = False
    with pytest.raises(SceneError, match="There is no edit yet: animate a frame first") as caught:
        remove.act(bpy.context)
    assert caught.value.code == "no_edit"
    one = edit()
    assert remove.execute(bpy.context) == {"FINISHED"}
    assert verb(bed_verbs.TAKEONE_OT_bed).execute(bpy.context) == {"FINISHED"}
    assert verb(preview_still.TAKEONE_OT_preview_still).execute(bpy.context) == {"FINISHED"}
    assert ops.calls[1:] == [("remove", one), ("begin", bpy.context, shot.id_data), ("look", bpy.context, shot)]


def test_where_exports_go(tmp_path, monkeypatch):
    ops = Ops()
    for name in ("write_cut", "write_files", "stop"):
        monkeypatch.setattr(exports, name, getattr(ops, name))
    context = asking()
    kinds = (export.TAKEONE_OT_export_cut, export.TAKEONE_OT_export_page, export.TAKEONE_OT_export_edit)
    for kind, name in zip(kinds, ("film_cut.mp4", "film_client.html", "film.otio"), strict=True):
        operator = verb(kind)
        assert operator.invoke(context, None) == {"RUNNING_MODAL"} and operator.filepath == str(Path.home() / name)
        assert context.window_manager.calls[-1] == ("fileselect_add", (operator,), {})
    own = SimpleNamespace(data=SimpleNamespace(filepath="/a/hall.blend"), app=SimpleNamespace(tempdir="/tmp/b"))
    monkeypatch.setattr(export, "bpy", own)
    operator.invoke(context, None)
    assert operator.filepath == "/a/hall.otio"
    cut = verb(export.TAKEONE_OT_export_cut, filepath=str(tmp_path / "a.mov"))
    assert cut.execute("context") == {"FINISHED"}
    page = verb(export.TAKEONE_OT_export_page, filepath=str(tmp_path / "b.HTML"), burn_in=False)
    assert page.execute("context") == {"FINISHED"}
    for given in ({"portrait": True}, {"relative": True}, {"portrait": True, "relative": True}, {}):
        files = verb(export.TAKEONE_OT_export_edit, filepath=str(tmp_path / "c.pdf"), kind="PDF", **given)
        assert files.execute("context") == {"FINISHED"}
    assert verb(export.TAKEONE_OT_export_cancel).execute(None) == {"FINISHED"}
    pdf = ("write_files", "context", tmp_path / "c.pdf")
    assert ops.calls == [
        ("write_cut", "context", tmp_path / "a.mov.mp4", False),
        ("write_cut", "context", Path("/tmp/b/cut.mp4"), False, tmp_path / "b.HTML"),
        (*pdf, ("--portrait",)), (*pdf, ("--relative",)), (*pdf, ("--portrait", "--relative")), (*pdf, ()), ("stop",),
    ]  # fmt: skip
    nowhere = ("no_folder", f"There is no folder '{tmp_path / 'x'}'")
    for given, (code, words) in {"": ("no_file", "Choose where"), str(tmp_path / "x" / "a.mp4"): nowhere}.items():
        with pytest.raises(SceneError, match=words) as caught:
            verb(export.TAKEONE_OT_export_cut, filepath=given).out()
        assert caught.value.code == code
    monkeypatch.setattr(exports, "exports", lambda: SimpleNamespace(written=("/a/b.mp4", "/c/d.pdf")))
    monkeypatch.setattr(export, "open_outside", ops.open)
    assert verb(export.TAKEONE_OT_export_open).execute(None) == {"FINISHED"} and ops.calls[-1] == ("open", Path("/c"))


def test_what_others_made_is_read_and_applied(shot, monkeypatch):
    ops = Ops()
    part = SimpleNamespace(edit_name="Edit", edit="was", changes="changes", said=("old",), written=("/a",))
    monkeypatch.setattr(exports, "exports", lambda: part)
    monkeypatch.setattr(exports, "read_changes", ops.read)
    done = SimpleNamespace(remarks=("Look.",), changed=3, new=2)
    monkeypatch.setattr(bring_in, "apply", lambda *said: ops.apply(*said) or done)
    assert verb(bring_in.TAKEONE_OT_import_edit, filepath="/a.otio").execute("context") == {"FINISHED"}
    operator = verb(bring_in.TAKEONE_OT_import_apply)
    assert operator.execute(bpy.context) == {"CANCELLED"} and len(ops.calls) == 1
    assert app().state.last_error.message == "The edit is not there any more. Read the timeline again."
    one = edit()
    part.edit_name = one.name
    for name in ("edit", "changes"):
        was = getattr(part, name)
        setattr(part, name, None)
        with pytest.raises(SceneError):
            operator.apply(bpy.context)
        setattr(part, name, was)
    operator = verb(bring_in.TAKEONE_OT_import_apply)
    assert operator.execute(bpy.context) == {"FINISHED"} and (part.changes, part.said) == (None, ("Look.",))
    assert ops.calls == [("read", "context", Path("/a.otio")), ("apply", one, "was", "changes", shot.id_data)]
    assert operator.reports == [("INFO", "3 places changed, 2 new shots")]
    part.changes = "more"
    assert verb(bring_in.TAKEONE_OT_import_dismiss).execute(None) == {"FINISHED"}
    assert (part.changes, part.said, part.written) == (None, (), ())
    monkeypatch.setattr(notes, "read", lambda path: ("notes", path))
    monkeypatch.setattr(notes, "lay", lambda *said: ops.lay(*said) or (4, ["Where?"]))
    read = verb(bring_in.TAKEONE_OT_read_notes, filepath="/n.json")
    assert read.execute(bpy.context) == {"FINISHED"} and part.said == ("Where?",)
    assert ops.calls[-1] == ("lay", ("notes", Path("/n.json")), shot.id_data)
    assert read.reports == [("INFO", "4 notes are beside their shots")]


def test_budgets_are_looked_at_before_anything_is_made(monkeypatch):
    ops, limits = Ops(), [(0.0, 0.0)]
    answer = ""
    monkeypatch.setattr(quotes, "limits", lambda: limits[0])
    monkeypatch.setattr(quotes, "question", lambda wishes: ops.question(wishes) or answer)
    monkeypatch.setattr(jobs, "learn_engines", ops.engines)
    monkeypatch.setattr(jobs, "learn_spending", ops.spending)
    operator = verb(continuity.TAKEONE_OT_continue_shot)
    operator.wishes = lambda _: ["wish"]
    asked, learned = [("question", ["wish"])], [("engines",), ("spending", ["wish"])]
    for waits, limits[0] in ((False, (1.0, 0.0)), (True, (0.0, 0.0)), (True, (0.0, 1.0)), (True, (1.0, 0.0))):
        ops.calls.clear()
        operator.check_budget(None, waits)
        assert ops.calls == learned * (waits and any(limits[0])) + asked
    answer = "Too much."
    with pytest.raises(SceneError, match=r"Too much\.") as caught:
        operator.check_budget(None)
    assert (caught.value.code, caught.value.fix) == ("over_budget", "")
    ops.calls.clear()
    operator.pay = True
    operator.check_budget(None, waits=True)
    assert ops.calls == []
