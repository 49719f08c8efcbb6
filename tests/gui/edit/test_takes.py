"""What is done with takes in a real window: stars, note, files, current, compare, settings, delete, make again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, BlenderWindow

from ..conftest import EDIT, STRIPS

READY = "sum(take.status == 'READY' for take in scene.take_one.shots[0].takes)"
SHOT = "scene.take_one.shots[0]"
OPENED = "opened.txt"
# what a user did to the take's strips: trimmed, moved, scaled, an effect on top
WORKED_ON = f"""
edit = {EDIT}
movie = next(s for s in edit.sequence_editor.strips_all if s.type == "MOVIE")
sound = next(s for s in edit.sequence_editor.strips_all if s.type == "SOUND")
movie.left_handle, movie.right_handle = movie.left_handle + 4, movie.right_handle - 6
sound.left_handle, sound.right_handle = movie.left_handle, movie.right_handle
movie.transform.offset_x, movie.transform.scale_y, movie.blend_alpha = 40, 1.5, 0.75
movie.modifiers.new("Bright", "BRIGHT_CONTRAST").bright = 5
sound.volume = 0.5
edit.sequence_editor.strips.new_effect("Glow", "GLOW", movie.channel + 1, movie.left_handle, input1=movie)
"""
FILES = (
    f"[s.filepath if s.type == 'MOVIE' else s.sound.filepath for s in {EDIT}.sequence_editor.strips_all"
    " if s.type in ('MOVIE', 'SOUND')]"
)
PLAYING = "any(window.screen.is_animation_playing for window in bpy.context.window_manager.windows)"
WORK = (
    f"[(s.type, s.channel, s.left_handle, s.right_handle, s.content_start,"
    f" (s.transform.offset_x, s.transform.scale_y, s.blend_alpha, [m.bright for m in s.modifiers])"
    f" if s.type == 'MOVIE' else s.volume if s.type == 'SOUND' else s.input_1.name)"
    f" for s in {EDIT}.sequence_editor.strips_all]"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film's folder, the trash, and a stand-in for the system's `xdg-open` that notes what it is given."""
    folder = tmp_path_factory.mktemp("film")
    stand_in = folder / "bin" / "xdg-open"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$1" >> "{folder / OPENED}"\n')
    stand_in.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], folder: Path) -> BlenderWindow:
    window = open_blender(XDG_DATA_HOME=str(folder / "data"))
    window.run(f"import os\nos.environ['PATH'] = {f'{folder}/bin:'!r} + os.environ['PATH']")
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(folder / 'film.blend')!r})")
    window.run("scene.take_one.blank.seconds = 1.0\nscene.take_one.blank.prompt = 'push in'")
    window.show_tab()
    window.click("takeone.animate_frame")
    window.until(f"not STATE.jobs and {READY} == 1")
    return window


def to_layout(blender: BlenderWindow) -> None:
    """Back to the set, as by its tab."""
    blender.run("bpy.context.window_manager.windows[0].workspace = bpy.data.workspaces['Layout']")
    blender.until_handled()


def opened(folder: Path) -> list[str]:
    return (folder / OPENED).read_text().split("\n")[:-1] if (folder / OPENED).exists() else []


def test_stars_and_a_note(blender: BlenderWindow) -> None:
    blender.click("takeone.take_rate(rating=4)")
    blender.until(f"{SHOT}.takes[0].rating == 4")
    blender.click(".note")
    blender.write("the good one")
    blender.press("Return")
    blender.until(f"{SHOT}.takes[0].note == 'the good one'")
    blender.picture("rated")
    blender.click("takeone.take_rate(rating=4)")
    blender.until(f"{SHOT}.takes[0].rating == 0")
    blender.hover(500, 500)
    blender.press("ctrl+z")
    blender.until(f"{SHOT}.takes[0].rating == 4 and {SHOT}.takes[0].note == 'the good one'")


def test_the_file_is_shown_and_played_by_the_system(blender: BlenderWindow, folder: Path) -> None:
    takes = folder / "takes" / "Shot_01"
    for button, path in (("take_show_file", takes), ("take_play", takes / "Shot_01_t001.mp4")):
        blender.click(f"takeone.{button}")
        ends = time.monotonic() + 60
        while str(path) not in opened(folder) and time.monotonic() < ends:
            time.sleep(0.1)
    assert opened(folder) == [str(takes), str(takes / "Shot_01_t001.mp4")]


def test_settings_go_back_on_the_card(blender: BlenderWindow) -> None:
    blender.run(
        f"shot = {SHOT}\nshot.prompt, shot.sound, shot.seconds, shot.seed_lock = 'pan left', 'rain', 3.0, False\n"
        "shot.lines.add().line = 'We are late.'"
    )
    blender.click("takeone.take_copy_settings")
    card = f"({SHOT}.prompt, {SHOT}.sound, {SHOT}.seconds, {SHOT}.seed == {SHOT}.takes[0].seed, {SHOT}.seed_lock)"
    blender.until(f"{card} == ('push in', '', 1.0, True, True)")
    assert blender.ask(f"len({SHOT}.lines)") == 0
    blender.run(f"{SHOT}.seed_lock = False")


def test_make_current_keeps_what_the_user_did_to_the_strips(blender: BlenderWindow) -> None:
    blender.click("takeone.animate_frame")
    blender.until(f"not STATE.jobs and {READY} == 2")
    assert blender.ask(f"{SHOT}.active_take") == 1  # the buttons follow what the edit shows
    blender.run(WORKED_ON)
    before = blender.ask(WORK)
    assert [row[0] for row in before] == ["MOVIE", "SOUND", "GLOW"]
    blender.run(f"{SHOT}.active_take = 0")
    blender.click("takeone.take_make_current")
    blender.until(f"{SHOT}.current_take == {SHOT}.takes[0].uid")
    after = blender.ask(WORK)
    assert [row[:-1] for row in after] == [row[:-1] for row in before]
    assert [row[-1] for row in after[:2]] == [row[-1] for row in before[:2]]
    assert after[2][-1] == "Shot_01_t001"  # the effect is still on the strip
    assert blender.ask(FILES) == ["//takes/Shot_01/Shot_01_t001.mp4"] * 2


def test_two_takes_side_by_side_and_back(blender: BlenderWindow) -> None:
    before = blender.ask(STRIPS)
    blender.click("takeone.take_compare")
    blender.until(f"len({STRIPS}) == {len(before) + 3}")
    blender.until("bpy.context.window_manager.windows[0].workspace.name == 'Video Editing'")
    blender.picture("side_by_side")
    to_layout(blender)
    blender.click("takeone.take_compare")
    blender.until(f"len({STRIPS}) == {len(before)}")
    assert blender.ask(STRIPS) == before


def test_a_take_in_the_edit_plays_in_the_sequencer(blender: BlenderWindow, folder: Path) -> None:
    blender.run(f"{EDIT}.frame_set(200)")
    known = opened(folder)
    blender.click("takeone.show_edit")
    blender.show_tab("SEQUENCE_EDITOR")
    blender.click("takeone.take_play", area="SEQUENCE_EDITOR")
    blender.until(f"{PLAYING} and {EDIT}.frame_current < 200")
    first = blender.ask(f"{EDIT}.frame_current")
    blender.until(f"{EDIT}.frame_current != {first}")
    blender.run("bpy.ops.screen.animation_cancel()")
    assert opened(folder) == known


def test_in_layout_without_a_player_the_edit_plays(blender: BlenderWindow, folder: Path) -> None:
    known = opened(folder)
    blender.run(
        f"paths = __import__('{MODULE}.scene.model.shots.paths', fromlist=['x'])\n"
        "can, paths.can_open_outside = paths.can_open_outside, lambda: False"
    )
    to_layout(blender)
    here = blender.ask("scene.frame_current")
    blender.run(f"{EDIT}.frame_set(150)")
    blender.show_tab()
    blender.click("takeone.take_play")
    blender.until(f"{PLAYING} and bpy.context.window_manager.windows[0].workspace.name == 'Video Editing'")
    first = blender.ask(f"{EDIT}.frame_current")
    blender.until(f"{EDIT}.frame_current != {first}")
    blender.run("bpy.ops.screen.animation_cancel()\npaths.can_open_outside = can")
    assert (blender.ask("scene.frame_current"), opened(folder)) == (here, known)


def test_a_take_whose_file_is_gone_says_so_and_is_made_again(blender: BlenderWindow, folder: Path) -> None:
    before = blender.ask(WORK)
    clip = folder / "takes" / "Shot_01" / "Shot_01_t001.mp4"
    was = clip.read_bytes()
    clip.unlink()
    blender.find("takeone.make_again", area="SEQUENCE_EDITOR")
    blender.picture("file_gone")
    blender.click("takeone.make_again", area="SEQUENCE_EDITOR")
    blender.until(f"not STATE.jobs and __import__('os').path.isfile({str(clip)!r})")
    blender.picture("made_again")
    assert clip.read_bytes() == was
    assert blender.ask(WORK) == before
    assert blender.ask(f"[(take.number, take.rating, take.note) for take in {SHOT}.takes]") == [
        [1, 4, "the good one"],
        [2, 0, ""],
    ]
    assert blender.ask("STATE.last_error") is None


def test_delete_asks_and_puts_the_files_into_the_trash(blender: BlenderWindow, folder: Path) -> None:
    to_layout(blender)
    blender.click("takeone.take_delete")
    blender.picture("delete_dialog")
    blender.press("Return")
    blender.until(f"len({SHOT}.takes) == 1")
    trash = folder / "data" / "Trash" / "files"
    assert {"Shot_01_t001.mp4", "Shot_01_t001.json"} <= {path.name for path in trash.iterdir()}
    assert not (folder / "takes" / "Shot_01" / "Shot_01_t001.mp4").exists()
    assert blender.ask(STRIPS) == []
    blender.picture("deleted")


def test_undo_after_a_delete_leaves_a_list_that_works(blender: BlenderWindow, folder: Path) -> None:
    blender.hover(500, 500)
    blender.press("ctrl+z")
    blender.until(f"len({SHOT}.takes) == 2 and len({STRIPS}) == 3")
    blender.picture("delete_undone")
    blender.click("takeone.make_again")
    clip = folder / "takes" / "Shot_01" / "Shot_01_t001.mp4"
    blender.until(f"not STATE.jobs and __import__('os').path.isfile({str(clip)!r})")
    blender.hover(500, 500)
    blender.press("ctrl+z", "ctrl+z", "ctrl+shift+z", "ctrl+shift+z")
    assert blender.ask(f"[take.status for take in {SHOT}.takes]") == ["READY", "READY"]
    assert "Traceback" not in blender.log()
