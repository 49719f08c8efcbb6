"""The backend on this computer, in a real window: start, stop, restart, killed from outside, of another version."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from devtools.window.blender import MODULE, BlenderWindow

from .. import preferences
from ..workers import RUNNING, Workers
from .test_setup import EXTENSION

OTHER = "9.9.9"  # version of an extension that was updated meanwhile
NOTE = f"""
from {MODULE}.scene.session import pump
STATES = []
handled = getattr(pump._handle, "handled", pump._handle)
def noting(event):
    if type(event).__name__ == "BackendState":
        STATES.append((event.state, event.message))
    handled(event)
noting.handled = handled
pump._handle = noting
"""


@pytest.fixture(scope="module")
def blender(open_blender: Callable[..., BlenderWindow], profile: Path) -> BlenderWindow:
    window = open_blender(home="backend")
    window.show_tab()
    window.until("STATE.backend.state == 'ready'")
    preferences.open_preferences(window)
    return window


def pid(blender: BlenderWindow) -> int:
    """The backend's process, by the number that it has where Blender runs."""
    home = Path(blender.ask("__import__('os').environ['TAKE_ONE_HOME']"))
    return int(json.loads((home / "backend.json").read_text())["pid"])


def note_states(blender: BlenderWindow) -> None:
    """From now on STATES is every state of the backend that its events tell, each with its message: some pass in a
    moment."""
    blender.run(NOTE)


def lives(blender: BlenderWindow, process: int) -> bool:
    """Whether a process is there, and has not ended."""
    stat = f"__import__('pathlib').Path('/proc/{process}/stat')"
    return bool(blender.ask(f"{stat}.exists() and {stat}.read_text().rpartition(')')[2].split()[0] != 'Z'"))


def kill(blender: BlenderWindow) -> int:
    """End the backend as the system does for want of memory. Which process it was."""
    process = pid(blender)
    blender.run(f"import os; os.kill({process}, 9)")
    return process


def test_stop_ends_the_process_and_start_brings_another(blender: BlenderWindow) -> None:
    first = pid(blender)
    blender.picture("running")
    preferences.click(blender, "takeone.backend_stop")
    blender.until("STATE.backend.state == 'off'")
    assert not lives(blender, first)
    blender.picture("stopped")
    preferences.click(blender, "takeone.backend_start")
    blender.until("STATE.backend.state == 'ready'")
    assert pid(blender) != first


def test_restart_replaces_the_process(blender: BlenderWindow) -> None:
    first = pid(blender)
    note_states(blender)
    preferences.click(blender, "takeone.backend_restart")
    blender.until("[state for state, _message in STATES if state != 'ready'] and STATE.backend.state == 'ready'")
    assert not lives(blender, first)
    assert lives(blender, pid(blender))


def test_a_backend_that_was_killed_starts_again_by_itself_and_then_asks(blender: BlenderWindow) -> None:
    note_states(blender)
    first = kill(blender)
    blender.until("[state for state, _message in STATES][-1:] == ['ready']")
    said = blender.ask("[message for state, message in STATES if state == 'reconnecting']")
    assert any("Starting it again" in message for message in said)
    assert pid(blender) != first
    assert blender.ask("STATE.last_error") is None
    kill(blender)
    blender.until("STATE.backend.state == 'failed'")
    blender.picture("killed_twice")
    message, fix = blender.ask("(STATE.last_error.message, STATE.last_error.fix)")
    assert "want of memory" in message and len(message) < 120
    assert fix == "start"
    preferences.close_preferences(blender)
    blender.click("takeone.fix(fix='start'")
    blender.until("STATE.backend.state == 'ready' and STATE.last_error is None")
    assert lives(blender, pid(blender))


def test_a_backend_of_another_version_is_updated_by_a_click_and_no_take_is_lost(
    blender: BlenderWindow, profile: Path, workers: Workers
) -> None:
    first = pid(blender)
    # another Blender uses it too; then the extension is updated
    blender.run(f"import os, {MODULE}.client.lease as lease, {MODULE}.client.home as homes")
    blender.run("LEASE = lease.Lease(homes.home())")
    blender.run("scene.take_one.blank.seconds = 1.0")
    workers.hold(blender)
    blender.click("takeone.animate_frame")
    blender.until(RUNNING)
    (profile / EXTENSION / "backend" / "__init__.py").write_text(f'"""Updated."""\n\n__version__ = "{OTHER}"\n')
    blender.run("bpy.ops.takeone.backend_restart()")
    blender.until("STATE.backend.state == 'outdated'")
    assert lives(blender, first), "the other Blender uses it"
    assert blender.ask("len(STATE.jobs)") == 1
    blender.picture("other_version")
    message = blender.ask("STATE.backend.message")
    assert OTHER in message and "Another Blender" in message
    blender.click("takeone.fix(fix='update'")
    blender.until("STATE.backend.state == 'ready'")
    assert pid(blender) != first and not lives(blender, first)
    blender.until("not STATE.jobs and any(t.status == 'READY' for t in scene.take_one.shots[0].takes)")
    assert blender.ask("STATE.last_error") is None
    blender.run("LEASE.release()")


def test_nothing_was_printed_as_an_error(blender: BlenderWindow) -> None:
    assert "Traceback" not in blender.log()
    assert "rna_uiItem" not in blender.log()
