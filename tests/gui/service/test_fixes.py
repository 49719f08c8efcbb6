"""The last error stays in the panel with the button of its fix, and the button does what it says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, BlenderWindow

FAIL = f"""
from {MODULE}.scene.app.errors import SceneError
from {MODULE}.scene.app.app import app
app().state.fail(SceneError('a_test', 'Something is not as it should be.', FIX))
"""
CHOSEN = f"bpy.context.preferences.addons['{MODULE}'].preferences"
AREAS = "{area.type for window in bpy.context.window_manager.windows for area in window.screen.areas}"
SHOT = "scene.take_one.shots[0]"


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow]) -> BlenderWindow:
    window = open_blender(home="fixes", PIP_INDEX_URL="http://127.0.0.1:9", PIP_RETRIES="1", PIP_CONFIG_FILE=os.devnull)
    window.run("scene.take_one.blank.seconds = 1.0")
    window.show_tab()
    window.until("STATE.backend.state == 'ready'")
    return window


def press(blender: BlenderWindow, fix: str) -> None:
    """Have an error of this fix, see that it stays, and press its button."""
    blender.run(f"FIX = {fix!r}\n{FAIL}")
    blender.click(f"takeone.fix(fix='{fix}'")


def close_window(blender: BlenderWindow) -> None:
    """Close the window that was opened last."""
    blender.run(
        "window = bpy.context.window_manager.windows[-1]\n"
        "with bpy.context.temp_override(window=window): bpy.ops.wm.window_close()"
    )
    blender.until_handled()


def until_landed(blender: BlenderWindow, count: int) -> None:
    ready = f"sum(take.status == 'READY' for take in {SHOT}.takes) == {count}"
    blender.until(f"not STATE.jobs and {ready}")
    assert blender.ask("STATE.last_error") is None


def test_an_error_stays_until_it_is_put_away(blender: BlenderWindow) -> None:
    blender.run(f"FIX = ''\n{FAIL}")
    blender.until_handled()
    assert blender.ask("STATE.last_error.message")
    blender.picture("no_fix")
    blender.click("takeone.dismiss_error")
    assert blender.ask("STATE.last_error") is None


def test_start(blender: BlenderWindow) -> None:
    blender.run("bpy.ops.takeone.backend_stop()")
    blender.until("STATE.backend.state == 'off'")
    press(blender, "start")
    blender.until("STATE.backend.state == 'ready' and STATE.last_error is None")


def test_pick_a_camera(blender: BlenderWindow) -> None:
    blender.run("scene.camera = None")
    press(blender, "pick_camera")
    blender.until("scene.camera and STATE.last_error is None")


def test_halve_the_size(blender: BlenderWindow) -> None:
    press(blender, "smaller_size")
    blender.until(f"{SHOT}.size_percent == 50 and STATE.last_error is None")
    until_landed(blender, 1)


def test_make_it_shorter(blender: BlenderWindow) -> None:
    press(blender, "shorter")
    blender.until(f"{SHOT}.seconds == 0.5 and STATE.last_error is None")
    until_landed(blender, 2)


def test_try_again(blender: BlenderWindow) -> None:
    blender.run(f"{SHOT}.active_take = 1\n{SHOT}.takes[1].status = 'FAILED'")
    press(blender, "retry")
    until_landed(blender, 2)


def test_open_the_log(blender: BlenderWindow) -> None:
    press(blender, "open_log")
    blender.until(f"'TEXT_EDITOR' in {AREAS}")
    assert "serves" in blender.ask("bpy.data.texts['Take One Log'].as_string()")
    close_window(blender)


def test_show_the_models(blender: BlenderWindow) -> None:
    press(blender, "models")
    blender.until(f"'PREFERENCES' in {AREAS}")
    close_window(blender)


def test_show_the_folder(blender: BlenderWindow, tmp_path: Path) -> None:
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    blender.run(f"import os; PATH = os.environ['PATH']; os.environ['PATH'] = {str(tmp_path) + os.pathsep!r} + PATH")
    press(blender, "free_space")
    ends = time.monotonic() + 60
    while not (tmp_path / "opened").exists() or not (tmp_path / "opened").read_text():
        assert time.monotonic() < ends
        time.sleep(0.1)
    blender.run("os.environ['PATH'] = PATH")
    assert (tmp_path / "opened").read_text().rstrip("/") == blender.ask("os.environ['TAKE_ONE_HOME']")


def test_save_the_file(blender: BlenderWindow, tmp_path: Path) -> None:
    press(blender, "save_file")
    blender.until(f"'FILE_BROWSER' in {AREAS}")
    blender.picture("save_file")
    assert blender.ask("STATE.last_error.fix") == "save_file", "it is not saved yet"
    blender.run("area = region_of('FILE_BROWSER', 'WINDOW')[1]")
    blender.press("Escape")
    film = tmp_path / "film.blend"
    blender.run(f"bpy.ops.wm.save_as_mainfile(filepath={str(film)!r})")
    assert blender.ask("STATE.last_error") is None
    written = film.stat().st_mtime_ns
    press(blender, "save_file")
    blender.until("STATE.last_error is None")
    assert film.stat().st_mtime_ns > written


def test_connect_to_a_server(blender: BlenderWindow) -> None:
    blender.run(f"{CHOSEN}.backend = 'SERVER'")
    press(blender, "connect")
    blender.until_handled()
    blender.picture("connect")
    blender.press("Return")  # of the dialog: without an address
    blender.until("STATE.last_error and STATE.last_error.code == 'bad_address'")
    blender.run(f"{CHOSEN}.backend = 'LOCAL'; bpy.ops.takeone.dismiss_error()")
    blender.until("STATE.backend.state == 'ready'")


def test_allow_online_access_and_install(blender: BlenderWindow) -> None:
    assert not blender.ask("bpy.app.online_access")
    press(blender, "install")
    blender.until("STATE.last_error and STATE.last_error.code == 'offline'")
    blender.picture("offline")
    blender.click("takeone.fix(fix='online_access'")
    blender.until("bpy.app.online_access and STATE.last_error is None")
    press(blender, "install")
    blender.until("STATE.install.state == 'failed' and 'reached' in STATE.install.message")
    assert blender.ask("STATE.last_error") is None
    blender.picture("not_installed")
    blender.click("takeone.dismiss_error(install=True")
    assert blender.ask("STATE.install.state") == ""


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
