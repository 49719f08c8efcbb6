"""Takes come home whatever happens meanwhile: undo, other files, other folders, a second window, a second Blender, a
killed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import BlenderWindow

from ..conftest import EDIT, STRIPS
from ..workers import RUNNING, Workers

SHOT = "scene.take_one.shots[0]"
TAKES = f"[(take.number, take.status) for take in {SHOT}.takes]"
LAST = f"{SHOT}.takes[-1]"
LAID = f"sorted(strip.type for strip in {EDIT}.sequence_editor.strips_all if strip['take_one_take'] == {LAST}.uid)"
LANDED = f"not STATE.jobs and {LAST}.status == 'READY' and {LAID} == ['MOVIE', 'SOUND']"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film") / "film.blend"


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], film: Path) -> BlenderWindow:
    window = open_blender()
    window.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(film)!r})")
    window.run("scene.take_one.blank.seconds = 1.0")
    window.show_tab()
    window.click("takeone.animate_frame")
    window.until(f"not STATE.jobs and {TAKES} == [(1, 'READY')]")
    window.run("bpy.ops.wm.save_mainfile()")
    return window


def animate(blender: BlenderWindow, workers: Workers) -> None:
    """Press the button. When this returns the take is being made, by a worker that stands still: time enough to do
    something else."""
    blender.run(f"{SHOT}.seconds = 2.0")
    workers.hold(blender)
    blender.click("takeone.animate_frame")
    blender.until(RUNNING)


def finish(blender: BlenderWindow, workers: Workers, then: str = "not STATE.jobs") -> None:
    """The worker goes on, until this is so in Blender."""
    workers.go_on()
    blender.until(then)


def keys_in_view(blender: BlenderWindow, *keys: str) -> None:
    """Press keys with the mouse over the 3D View."""
    blender.hover(500, 500)
    blender.press(*keys)


def test_undo_and_redo_before_during_and_after_a_job(blender: BlenderWindow, workers: Workers) -> None:
    keys_in_view(blender, "g", "x", "1", "Return")
    animate(blender, workers)
    keys_in_view(blender, "g", "y", "2", "Return")
    assert blender.ask(TAKES) == [[1, "READY"], [2, "WAITING"]]
    keys_in_view(blender, "ctrl+z", "ctrl+z", "ctrl+z")  # to before the job
    assert blender.ask("len(STATE.jobs)") == 1
    keys_in_view(blender, "ctrl+shift+z", "ctrl+shift+z", "ctrl+shift+z")
    assert blender.ask("tuple(bpy.data.objects['Cube'].location)") == [1, 2, 0]
    keys_in_view(blender, "ctrl+z")
    finish(blender, workers)
    assert blender.ask(TAKES) == [[1, "READY"], [2, "READY"]]
    landed = blender.ask(STRIPS)
    assert [name for _kind, name, _channel in landed] == ["Shot_01_t002 (24 cut)", "Shot_01_t002 sound"]
    keys_in_view(blender, "ctrl+z")
    assert [name for _kind, name, _channel in blender.ask(STRIPS)] == ["Shot_01_t001", "Shot_01_t001 sound"]
    assert blender.ask(TAKES) == [[1, "READY"], [2, "READY"]]
    keys_in_view(blender, "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
    assert blender.ask("len(scene.take_one.shots) and " + TAKES) in (0, [[1, "READY"], [2, "READY"]])
    keys_in_view(blender, *["ctrl+shift+z"] * 6)
    assert blender.ask(STRIPS) == landed
    assert blender.ask(TAKES) == [[1, "READY"], [2, "READY"]]
    blender.run("bpy.ops.wm.save_mainfile()")


def test_a_take_waits_for_its_file_and_lands_when_it_is_opened_again(
    blender: BlenderWindow, workers: Workers, film: Path
) -> None:
    animate(blender, workers)
    blender.run("bpy.ops.wm.save_mainfile()")
    other = film.with_name("other.blend")
    blender.run(f"bpy.ops.wm.read_homefile()\nbpy.ops.wm.save_as_mainfile(filepath={str(other)!r})")
    finish(blender, workers, "[job.status for job in STATE.jobs.values()] == ['waiting_file']")
    blender.show_tab()
    blender.picture("other_file")
    assert blender.ask("[scene.name for scene in bpy.data.scenes]") == ["Scene"]
    blender.run(f"bpy.ops.wm.open_mainfile(filepath={str(film)!r})")
    blender.until(f"not STATE.jobs and {TAKES}[2:] == [(3, 'READY')]")
    assert [name for _kind, name, _channel in blender.ask(STRIPS)] == ["Shot_01_t003", "Shot_01_t003 sound"]
    blender.picture("returned")


def test_the_edit_deleted_during_a_job_is_made_again(blender: BlenderWindow, workers: Workers) -> None:
    animate(blender, workers)
    blender.run(f"bpy.data.scenes.remove({EDIT})")
    assert blender.ask(STRIPS) == []
    finish(blender, workers)
    assert [name for _kind, name, _channel in blender.ask(STRIPS)] == ["Shot_01_t004", "Shot_01_t004 sound"]
    assert blender.ask("STATE.last_error") is None


def test_locked_channels_are_left_alone(blender: BlenderWindow, workers: Workers) -> None:
    blender.run(f"for number in (1, 2, 3, 4): {EDIT}.sequence_editor.channels[number].lock = True")
    blender.run("scene.take_one.placement = 'PLAYHEAD'")
    blender.run(f"{EDIT}.frame_set(1)")
    before = blender.ask(STRIPS)
    animate(blender, workers)
    finish(blender, workers)
    after = blender.ask(STRIPS)
    assert after[: len(before)] == before
    assert [channel for _kind, _name, channel in after[len(before) :]] == [6, 5]
    blender.run("scene.take_one.placement = 'REPLACE'")
    animate(blender, workers)  # a take that replaces one on a locked channel stays on it
    finish(blender, workers)
    assert [channel for _kind, _name, channel in blender.ask(STRIPS)] == [channel for _k, _n, channel in after]


def test_saved_in_another_folder_the_user_is_asked_and_takes_stay_valid(
    blender: BlenderWindow, workers: Workers, film: Path
) -> None:
    elsewhere = film.parent / "elsewhere" / "film.blend"
    elsewhere.parent.mkdir()
    blender.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(elsewhere)!r})")
    files = f"[bpy.path.abspath(take.clip) for take in {SHOT}.takes]"
    assert all(Path(path).is_file() for path in blender.ask(files))
    blender.until_handled()
    blender.picture("bring_along")
    blender.press("Return")
    blender.until(f"all(take.clip.startswith('//takes/') for take in {SHOT}.takes)")
    paths = blender.ask(files)
    assert all(Path(path).is_file() and Path(path).is_relative_to(elsewhere.parent) for path in paths)
    used = f"[s.filepath if s.type == 'MOVIE' else s.sound.filepath for s in {EDIT}.sequence_editor.strips_all]"
    assert all(path.startswith("//takes/") for path in blender.ask(used))
    blender.picture("brought_along")
    animate(blender, workers)
    finish(blender, workers)
    assert blender.ask(f"{SHOT}.takes[-1].clip") == "//takes/Shot_01/Shot_01_t007.mp4"
    blender.run("bpy.ops.wm.save_mainfile()")


@pytest.mark.parametrize(("operator", "number"), [("window_new_main", 8), ("window_new", 9)])
def test_two_windows_of_one_blender(blender: BlenderWindow, workers: Workers, operator: str, number: int) -> None:
    blender.run(f"bpy.ops.wm.{operator}()")
    blender.until("len(bpy.context.window_manager.windows) == 2")
    # so that the only 3D View is the second window's
    blender.run("bpy.context.window_manager.windows[0].workspace = bpy.data.workspaces['Compositing']")
    blender.show_tab()
    blender.picture(operator)
    animate(blender, workers)
    blender.run(
        "with bpy.context.temp_override(window=bpy.context.window_manager.windows[1]):\n    bpy.ops.wm.window_close()"
    )
    blender.run("bpy.context.window_manager.windows[0].workspace = bpy.data.workspaces['Layout']")
    finish(blender, workers)
    assert blender.ask(f"{TAKES}[-1]") == [number, "READY"]
    assert blender.ask("STATE.last_error") is None
    blender.run("bpy.ops.wm.save_mainfile()")


def test_two_blenders_on_one_backend(
    blender: BlenderWindow, workers: Workers, open_blender: Callable[..., BlenderWindow], film: Path
) -> None:
    second = open_blender()
    second.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(film.parent / 'second.blend')!r})")
    second.run("scene.take_one.blank.seconds = 1.0")
    second.show_tab()
    second.until("STATE.backend.state == 'ready'")
    count = blender.ask(f"len({SHOT}.takes)")
    animate(blender, workers)
    second.click("takeone.animate_frame")
    second.until("STATE.jobs")
    finish(second, workers, LANDED)
    blender.until(LANDED)
    assert blender.ask(f"len({SHOT}.takes)") == count + 1
    assert len(second.ask(STRIPS)) == 2
    assert second.ask("len(scene.take_one.shots[0].takes)") == 1
    # the first is killed while it makes a take: the second, which has its file open, lands it
    animate(blender, workers)
    blender.run("bpy.ops.wm.save_mainfile()")
    saved = blender.ask("bpy.data.filepath")
    blender.kill()
    second.run(f"bpy.ops.wm.open_mainfile(filepath={saved!r})")
    finish(second, workers, LANDED)
    assert second.ask(f"len({SHOT}.takes)") == count + 2
    second.run("bpy.ops.wm.save_mainfile()")
    # the last is killed too, and the backend ends with it: the take is made when Blender is opened again
    animate(second, workers)
    second.run("bpy.ops.wm.save_mainfile()")
    second.kill()
    workers.go_on()
    third = open_blender(saved)
    third.show_tab()
    third.until(LANDED)
    assert third.ask(f"len({SHOT}.takes)") == count + 3
    assert third.ask("STATE.last_error") is None
    third.picture("landed_on_reopening")
    # and so it is when the last one is quit as usual
    animate(third, workers)
    third.run("bpy.ops.wm.save_mainfile()")
    assert third.quit() == 0
    workers.go_on()
    fourth = open_blender(saved)
    fourth.show_tab()
    fourth.until(LANDED)
    assert fourth.ask(f"len({SHOT}.takes)") == count + 4
    assert fourth.ask("STATE.last_error") is None
    assert "Traceback" not in blender.log() + second.log() + third.log()
