"""Ambience beds, from the press to the strips: which are made by which commands, what is laid, why none can be."""

from __future__ import annotations

import json
import sys

import bpy
import pytest
from leaving import HERE, Exporter, installed, rooms
from take_one.client.commands.export import ExportState
from take_one.client.home import home
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import edit_scene, landing
from take_one.scene.edit.cut import bed
from take_one.scene.model.shots import takes
from take_one.scene.session.out import beds


@pytest.fixture
def edit(tmp_path, monkeypatch):
    with installed(tmp_path, monkeypatch) as edit:
        yield edit


@pytest.fixture
def wanted(edit, monkeypatch):
    """Two beds that the edit wants; the commands that make them are kept."""
    runs = [bed.Run(words, 101 + 12 * n, 113 + 12 * n, 25.0) for n, words in enumerate(("rain", "wind"))]
    monkeypatch.setattr(bed, "runs", lambda _edit: runs)
    beds.making().exporter = Exporter(ExportState("cancelled"))
    return runs


def test_beds_that_are_not_there_are_made_by_the_backend(edit, wanted, tmp_path):
    folder = tmp_path / "takes" / "beds"
    folder.mkdir(parents=True)
    had = folder / f"bed_{wanted[0].mark}.flac"
    had.write_bytes(b"x")
    had.with_suffix(".json").write_text('{"ducking": [[0, -3]]}')
    before = app().state.revision
    beds.begin(bpy.context, bpy.context.scene)
    part = beds.making()
    ((steps, room),) = part.exporter.began
    assert room.parent == home() / "exports"
    path = folder / f"bed_{wanted[1].mark}.flac"
    words = (sys.executable, "-m", "backend", "bed", "--sound=wind", "--seconds", "0.480000", "--seed")
    words += (str(wanted[1].seed), "--lines", str(room / "lines0.json"), "--out", str(path))
    assert [step[:4] for step in steps] == [(words, "Making the ambience 1 of 1", *HERE)]
    assert json.loads((room / "lines0.json").read_text()) == []
    assert (part.runs, part.edit_uid, part.due) == (
        ((wanted[0], had), (wanted[1], path)), takes.keep_ids(edit)[1], False,
    )  # fmt: skip
    assert app().state.revision > before
    had.unlink()
    beds.begin(bpy.context, bpy.context.scene)
    assert [step.stage for step in part.exporter.began[1][0]] == [
        "Making the ambience 1 of 2", "Making the ambience 2 of 2",
    ]  # fmt: skip
    part.close()
    assert part.exporter.cancels == 10


def test_beds_that_are_all_there_are_laid_without_a_backend(edit, wanted, tmp_path, monkeypatch):
    laid, pushed = [], []
    monkeypatch.setattr(beds, "backend_python", lambda _home: tmp_path / "none")
    monkeypatch.setattr(bed, "lay", lambda *said: laid.append(said))
    monkeypatch.setattr(landing, "push_undo", lambda _context, message: pushed.append(message))
    folder = tmp_path / "takes" / "beds"
    folder.mkdir(parents=True)
    part = beds.making()
    part.exporter.ends = part.exporter.state = ExportState("failed", message="of the last one")
    part.exporter.wait = lambda: None
    for run, told in zip(wanted, ("[[0, -3]]", "[[0, -6], [0.2, 0]]"), strict=True):
        (folder / f"bed_{run.mark}.flac").write_bytes(b"x")
        (folder / f"bed_{run.mark}.json").write_text(f'{{"ducking": {told}}}')
    edit.take_one.bed_takes = "ALL"
    beds.begin(bpy.context, bpy.context.scene)
    made = [(wanted[0], folder / f"bed_{wanted[0].mark}.flac", [(0.0, -3.0)]),
            (wanted[1], folder / f"bed_{wanted[1].mark}.flac", [(0.0, -6.0), (0.2, 0.0)])]  # fmt: skip
    assert (laid, pushed, part.exporter.began) == ([(edit, made, "ALL")], ["Take One: Ambience Bed"], [])
    monkeypatch.setattr(bed, "lay", lambda *_: (_ for _ in ()).throw(SceneError("no_channel", "No room.")))
    beds._settle(part)
    assert (app().state.last_error.message, len(pushed)) == ("No room.", 1)


def test_why_no_bed_can_be_made(edit, wanted, tmp_path, monkeypatch):
    def error():
        with pytest.raises(SceneError) as caught:
            beds.begin(bpy.context, bpy.context.scene)
        return caught.value.code, caught.value.fix, caught.value.message

    part = beds.making()
    part.exporter.ends = ExportState("failed", message="It said no.")
    assert error() == ("bed_failed", "retry", "It said no.") and app().state.last_error.code == "bed_failed"
    part.exporter.state = ExportState("busy")
    assert error()[0] == "busy"
    part.exporter.state = ExportState()
    before = rooms()
    monkeypatch.setattr(beds, "write_whole", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    assert error() == ("disk", "free_space", "The bed can't be written: No space left.")
    assert rooms() == before
    monkeypatch.setattr(beds, "backend_python", lambda _home: tmp_path / "none")
    assert error() == ("not_installed", "install", "The backend is not installed: it makes the ambience.")
    away = tmp_path / "away"
    away.mkdir()
    (tmp_path / "takes" / "beds").rmdir()
    (tmp_path / "takes" / "beds").symlink_to(away)
    assert error()[0] == "foreign_file" and not list(away.iterdir())
    monkeypatch.setattr(bed, "runs", lambda _edit: [])
    assert error()[:2] == ("no_sound", "")
    edit.sequence_editor_clear()
    assert error()[:2] == ("no_edit", "")
    bpy.data.scenes.remove(edit)
    assert error()[0] == "no_edit"


def test_a_film_without_a_place_has_no_bed(wanted, monkeypatch):
    bpy.ops.wm.read_homefile(use_empty=True)
    edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)
    with pytest.raises(SceneError, match="Save the file first") as caught:
        beds.begin(bpy.context, bpy.context.scene)
    assert (caught.value.code, caught.value.fix) == ("not_saved", "save_file")


def test_what_a_bed_says_of_itself_is_believed_as_far_as_it_can_be(tmp_path):
    file = tmp_path / "bed.flac"
    told = {
        "[[0, 0], [0.5, -60], [0.5, -1.5]]": [(0, 0), (0.5, -60), (0.5, -1.5)], "[]": None, "{}": None, "3": None,
        "[[1, 0], [0.5, 0]]": None, "[[-0.1, 0]]": None, "[[0, -60.1]]": None, "[[1000000.1, 0]]": None,
        "[[0, 0, 0]]": None, '[["0", 0]]': None, "[[0, 0], 3]": None, "null": None,
    }  # fmt: skip
    for text, found in told.items():
        file.with_suffix(".json").write_text(f'{{"ducking": {text}}}')
        assert beds._ducking(file) is None
        file.write_bytes(b"x")
        assert beds._ducking(file) == found, text
        file.unlink()
    (tmp_path / "other.flac").write_bytes(b"x")
    file.with_suffix(".json").write_text('{"ducking": [[0, 0]]}')
    file.symlink_to(tmp_path / "other.flac")
    assert beds._ducking(file) is None


def test_the_timer_lays_a_bed_once_it_is_made_and_the_edit_may_change(edit, wanted, monkeypatch):
    part, settled, free = beds.making(), [], [False]
    monkeypatch.setattr(beds, "_settle", lambda _part: settled.append(True) or setattr(_part, "due", False))
    monkeypatch.setattr(landing, "can_land", lambda _context: free[0])
    before = app().state.revision
    assert (beds.task(), app().state.revision) == (0.5, before)
    part.exporter.state, part.due, part.exporter.news = ExportState("busy"), True, True
    free[0] = True
    assert (beds.task(), settled, app().state.revision) == (0.1, [], before + 1)
    part.exporter.state, part.exporter.news, free[0] = ExportState("done"), False, False
    assert (beds.task(), settled) == (0.1, [])
    free[0] = True
    assert (beds.task(), settled, app().state.revision) == (0.5, [True], before + 2)
