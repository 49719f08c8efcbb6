"""The edit is let out from a real window, which stays free meanwhile, and what comes back is shown first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from client.jobs.clip import count_frames
from client.protocol.edit import Note, Notes, notes
from devtools.window.blender import MODULE, BlenderWindow

from ..conftest import EDIT

READY = "sum(take.status == 'READY' for shot in scene.take_one.shots for take in shot.takes)"
# Every fraction that an export tells, and its first process stopped as soon as it is there
NOTE = f"""
import queue, signal, subprocess
FRACTIONS, HELD = [], []
class Noting(queue.SimpleQueue):
    def put(self, state):
        FRACTIONS.append(state.fraction)
        super().put(state)
class Held(subprocess.Popen):
    def __init__(self, *arguments, **keywords):
        subprocess.Popen = Held.__base__
        super().__init__(*arguments, **keywords)
        self.send_signal(signal.SIGSTOP)
        HELD.append(self)
exporter = __import__('{MODULE}.scene.session.out.exports', fromlist=['x']).exports().exporter
exporter._news = Noting()
subprocess.Popen = Held
"""
EXPORTS = f"__import__('{MODULE}.scene.session.out.exports', fromlist=['x']).exports()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film")


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], folder: Path) -> BlenderWindow:
    window = open_blender()
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(folder / 'film.blend')!r})")
    window.run("scene.take_one.blank.seconds = 1.0\nscene.take_one.blank.prompt = 'push in'")
    window.show_tab()
    window.click("takeone.animate_frame")
    window.until(f"not STATE.jobs and {READY} == 1")
    window.run("bpy.ops.takeone.show_edit()")
    window.until_handled()
    window.show_tab("SEQUENCE_EDITOR")
    return window


def test_the_cut_is_exported_while_the_window_stays_free(blender: BlenderWindow, folder: Path) -> None:
    out = folder / "cut.mp4"
    blender.run(NOTE)
    blender.run(f"bpy.ops.takeone.export_cut('EXEC_DEFAULT', filepath={str(out)!r}, burn_in=True)")
    blender.until("HELD")
    blender.until_handled()  # Blender answers, and draws, while another one stands in the midst of its work
    assert blender.ask(f"{EXPORTS}.exporter.busy") and blender.ask("FRACTIONS") == [0.0]
    blender.run("HELD[0].send_signal(signal.SIGCONT)")
    blender.until(f"not {EXPORTS}.exporter.busy")
    fractions = blender.ask("FRACTIONS")
    assert len(set(fractions)) > 2 and fractions == sorted(fractions) and fractions[-1] == 1.0
    assert blender.ask(f"{EXPORTS}.exporter.state.state") == "done", blender.ask(f"{EXPORTS}.exporter.state.message")
    with out.open("rb") as file:
        assert count_frames(file) == 24
    blender.picture("exported")


def test_what_a_timeline_would_change_is_shown_and_then_done(blender: BlenderWindow, folder: Path) -> None:
    path = folder / "cut.otio"
    blender.run(f"bpy.ops.takeone.export_edit('EXEC_DEFAULT', filepath={str(path)!r}, kind='OTIO')")
    blender.until(f"not {EXPORTS}.exporter.busy")
    text = path.read_text()
    assert '"value": 24.0' in text
    path.write_text(text.replace('"value": 24.0', '"value": 18.0'))  # shorter, in the other program
    blender.run(f"bpy.ops.takeone.import_edit('EXEC_DEFAULT', filepath={str(path)!r})")
    blender.until(f"{EXPORTS}.changes is not None")
    assert blender.ask(f"{EXPORTS}.changes.lines({EXPORTS}.edit)") == ["Shot 01: 24 frames become 18."]
    lengths = f"[s.duration for s in {EDIT}.sequence_editor.strips_all]"
    assert blender.ask(lengths) == [24, 24]
    blender.run("note = scene.take_one.shots[0].client_notes.add()\nnote.author, note.text = 'Mia', 'The lamp lower.'")
    blender.run("bpy.ops.wm.call_panel(name='TAKEONE_PT_export')")  # the panel is folded in the sidebar
    blender.until_handled()
    blender.picture("changes")
    assert "Traceback" not in blender.log()
    blender.run("bpy.ops.ed.undo_push(message='before')\nbpy.ops.takeone.import_apply('EXEC_DEFAULT', True)")
    blender.until(f"{lengths} == [18, 18]")
    blender.run("bpy.ops.ed.undo()")
    blender.until(f"{lengths} == [24, 24]")


def test_a_clients_notes_are_read_from_the_file_browser(blender: BlenderWindow, folder: Path) -> None:
    shot, edit = blender.ask(f"(scene.take_one.shots[0].uid, {EXPORTS}.edit.id)")
    said = Notes(edit, (Note(shot, "darker", "Shot 01", "", "change"),), "film", "Ana", "2026-03-05T12:00:00Z")
    (folder / "ana_notes.json").write_bytes(notes.to_bytes(said))
    blender.run("bpy.ops.takeone.read_notes('INVOKE_DEFAULT')")
    blender.until(
        "any(area.type == 'FILE_BROWSER' and area.spaces.active.active_operator and area.spaces.active.params"
        " for window in bpy.context.window_manager.windows for area in window.screen.areas)"
    )
    blender.run(
        "window, area = next((window, area) for window in bpy.context.window_manager.windows"
        " for area in window.screen.areas if area.type == 'FILE_BROWSER' and area.spaces.active.active_operator)\n"
        f"params = area.spaces.active.params\nparams.directory, params.filename = {str(folder)!r}.encode(), "
        "'ana_notes.json'\n"
        "region = next(one for one in area.regions if one.type == 'WINDOW')\n"
        "with bpy.context.temp_override(window=window, area=area, region=region):\n    bpy.ops.file.execute()"
    )
    found = "[(note.author, note.text, note.verdict) for note in scene.take_one.shots[0].client_notes]"
    blender.until(f"({found})[-1] == ('Ana', 'darker', 'Please change')")
    blender.picture("notes")
    assert "Traceback" not in blender.log()
