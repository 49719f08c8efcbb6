"""Setting up in a real window: progress, cancel, every way that an installation fails, update."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, BlenderWindow

from .. import preferences
from ..index import Index, backend_python
from ..workers import RUNNING, Workers

EXTENSION = Path("extensions") / "user_default" / "take_one"
INSTALL = f"import {MODULE}.client.installing.install as install\n"
NO_HASH = f"--hash=sha256:{'0' * 64}"
CLOSED = "http://127.0.0.1:9"  # nobody listens there


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Index(backend_python()) as served:
        yield served


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], profile: Path, index: Index) -> BlenderWindow:
    variables = {
        "PIP_INDEX_URL": index.url,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "1",
        "PIP_TIMEOUT": "20",
        "TAKE_ONE_PYTHON": "",
    }
    require(profile, index.requirement("tiny-part"))
    window = open_blender("--online-mode", home="setup", **variables)
    # a Blender that ships the Python of the backend's tests; progress in the size of what there is to download
    window.run(f"import sys; sys.executable = {backend_python()!r}")
    window.run(INSTALL + "install.DOWNLOAD_BYTES['draft'] = 6e6")
    window.run("scene.take_one.blank.seconds = 1.0")
    window.show_tab()
    window.until("STATE.backend.state == 'missing'")
    return window


def require(profile: Path, requirement: str) -> None:
    """What the installed extension asks for, as another version of it would."""
    (profile / EXTENSION / "backend" / "requirements" / "draft.txt").write_text(requirement)


def environments(blender: BlenderWindow) -> list[str]:
    """The folders of environments, whole or half-done."""
    home = Path(blender.ask("__import__('os').environ['TAKE_ONE_HOME']"))
    return sorted(path.name for path in home.glob("env-*"))


def test_cancel_in_the_middle_leaves_nothing(blender: BlenderWindow, index: Index) -> None:
    index.hold()
    blender.click("takeone.install(")
    blender.until("STATE.install.fraction > 0.3")
    assert blender.ask("STATE.install.message") == "Downloading tiny-part"
    assert len(environments(blender)) == 1
    blender.picture("downloading")
    blender.click("takeone.install_cancel")
    blender.until("STATE.install.state == 'cancelled'")
    index.go_on()
    assert environments(blender) == []
    assert blender.ask("STATE.last_error") is None
    assert blender.find("takeone.install(")
    blender.picture("cancelled")


FAILURES = {
    "no_network": (f"os.environ['PIP_INDEX_URL'] = '{CLOSED}/simple'", "cannot be reached", "install"),
    "proxy": (
        f"os.environ.update(PIP_INDEX_URL='https://192.0.2.1/simple', PIP_PROXY='{CLOSED}')",
        "The proxy 127.0.0.1:9",
        "install",
    ),
    "no_python": ("install.VERSIONS = ((3, 99),)", "No Python", "install"),
    "disk_full": ("install.NEEDED_BYTES['draft'] = 1e18", "GB free", "free_space"),
    "path_too_long": ("open(REQUIREMENTS, 'w').write(LONG_PART)", "too long", "open_log"),
    "no_package": (
        f"open(REQUIREMENTS, 'w').write('no-such-part==1.0 {NO_HASH}')",
        "no-such-part==1.0",
        "install",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_sentence_with_a_way_out(
    blender: BlenderWindow, profile: Path, index: Index, name: str
) -> None:
    cause, said, fix = FAILURES[name]
    file = profile / EXTENSION / "backend" / "requirements" / "draft.txt"
    blender.run(
        f"{INSTALL}import os\nREQUIREMENTS = {str(file)!r}\nLONG_PART = {index.requirement('long-part')!r}\n"
        "KEPT = dict(os.environ), install.VERSIONS, dict(install.NEEDED_BYTES)\n" + cause
    )
    blender.ask("setattr(STATE.install, 'fraction', -1.0)")  # of the failure before
    blender.click("takeone.install(")
    blender.until("STATE.install.state == 'failed' and STATE.install.fraction >= 0")
    blender.run(
        "os.environ.clear(); os.environ.update(KEPT[0])\n"
        "install.VERSIONS = KEPT[1]; install.NEEDED_BYTES.update(KEPT[2])"
    )
    require(profile, index.requirement("tiny-part"))
    blender.picture(f"failed_{name}")
    message = blender.ask("STATE.install.message")
    assert said in message
    assert len(message) < 200
    assert blender.ask("STATE.install.fix") == fix
    assert environments(blender) == []
    if name in ("no_network", "disk_full"):
        assert blender.find("takeone.install(")
        assert blender.find("takeone.open_log")
    if fix == "free_space":
        assert blender.find("takeone.fix(fix='free_space'")


def test_the_log_is_one_click_away(blender: BlenderWindow) -> None:
    blender.click("takeone.open_log")
    blender.until(
        "any(area.type == 'TEXT_EDITOR' for w in bpy.context.window_manager.windows for area in w.screen.areas)"
    )
    blender.picture("log")
    assert "no-such-part" in blender.ask("bpy.data.texts['Take One Log'].as_string()")
    blender.run(
        "window = bpy.context.window_manager.windows[-1]\n"
        "with bpy.context.temp_override(window=window): bpy.ops.wm.window_close()"
    )


def test_trying_again_installs(blender: BlenderWindow) -> None:
    blender.click("takeone.install(")
    blender.until("STATE.install.state == 'done' and STATE.backend.state == 'ready'")
    assert len(environments(blender)) == 1
    blender.picture("installed")


def test_another_version_of_the_extension_offers_an_update(
    blender: BlenderWindow, profile: Path, index: Index, workers: Workers
) -> None:
    before = environments(blender)
    workers.hold(blender)
    blender.click("takeone.animate_frame")
    blender.until(RUNNING)
    require(profile, index.requirement("tiny-part").strip() + f" {NO_HASH}\n")
    preferences.open_preferences(blender)
    preferences.click(blender, "takeone.backend_restart")
    blender.until("STATE.backend.state == 'outdated'")
    blender.picture("outdated")
    index.hold()
    preferences.click(blender, "takeone.install(")
    blender.until("STATE.install.fraction > 0.3")
    blender.picture("updating")
    preferences.click(blender, "takeone.install_cancel")
    blender.until("STATE.install.state == 'cancelled'")
    index.go_on()
    assert environments(blender) == before, "the old environment is as it was"


def test_the_update_goes_through_though_the_old_one_is_locked_and_no_take_is_lost(
    blender: BlenderWindow,
) -> None:
    (old,) = environments(blender)
    # as a virus scanner does: the old environment's files can't be deleted
    blender.run(
        f"{INSTALL}rmtree = install.shutil.rmtree\n"
        f"install.shutil.rmtree = lambda path, **options: None if {old!r} in str(path) else rmtree(path, **options)"
    )
    preferences.click(blender, "takeone.install(")
    blender.until("STATE.install.state == 'done' and STATE.backend.state == 'ready'")
    blender.picture("updated")
    assert old in environments(blender) and len(environments(blender)) == 2
    blender.run("install.shutil.rmtree = rmtree")
    blender.until("not STATE.jobs and any(t.status == 'READY' for t in scene.take_one.shots[0].takes)")
    assert blender.ask("STATE.last_error") is None
    preferences.close_preferences(blender)


def test_a_python_that_is_none_is_said(blender: BlenderWindow) -> None:
    blender.run("import os; os.environ['TAKE_ONE_PYTHON'] = '/bin/true'; bpy.ops.takeone.backend_restart()")
    blender.until("STATE.backend.state == 'failed'")
    blender.picture("wrong_python")
    assert "TAKE_ONE_PYTHON names /bin/true" in blender.ask("STATE.last_error.message")
    blender.run("os.environ['TAKE_ONE_PYTHON'] = ''; bpy.ops.takeone.backend_restart()")
    blender.until("STATE.backend.state == 'ready'")
    assert blender.ask("STATE.last_error") is None, "that is dealt with"


def test_a_folder_that_cannot_be_written_is_said(open_blender: Callable[..., BlenderWindow], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    window = open_blender("--online-mode", TAKE_ONE_HOME=str(tmp_path / "file" / "home"))
    window.show_tab()
    window.until("STATE.last_error and STATE.last_error.code == 'home'")
    window.picture("no_home")
    (tmp_path / "file").unlink()
    window.click("takeone.fix(fix='start'")
    window.until("STATE.backend.state == 'ready' and STATE.last_error is None")


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
