"""Setting up and dealing with trouble, without a window: what the buttons say, and what puts an error away."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest


def fail(fix: str, code: str = "a_test") -> None:
    from take_one.scene.app.app import app
    from take_one.scene.app.errors import SceneError

    app().state.fail(SceneError(code, "Something is not as it should be.", fix))


def test_every_fix_has_a_button_an_action_and_a_tip_of_its_own():
    from take_one.operators.setting_up.trouble import ACTIONS, HELP, TAKEONE_OT_fix

    assert set(ACTIONS) == set(HELP)
    tips = {TAKEONE_OT_fix.description(bpy.context, type("Properties", (), {"fix": fix})) for fix in HELP}
    assert len(tips) == len(HELP)
    for label, _icon, tip in HELP.values():
        assert 1 < len(label) <= 20
        assert len(tip) <= 90 and not tip.endswith(".")
        assert tip.lower() != label.lower()


def test_what_is_to_be_downloaded_is_counted_in_bytes():
    from take_one.panels.preferences import size_of

    def model(name: str, state: str, size: int) -> dict:
        return {"name": name, "state": state, "size": "as large as a house", "bytes": size}

    here = (model("a", "missing", 61_200_000_000), model("b", "damaged", 2_050_000_000), model("c", "linked", 10**12))
    assert size_of(here, ["a", "b", "c"]) == "63.2 GB"
    assert size_of((*here, model("d", "missing", 412_300_000)), ["c", "d"]) == "412 MB"


def test_the_preferences_explain_themselves():
    from take_one.client import events
    from take_one.panels.preferences import STATES

    told = {events.OFF, events.MISSING, events.STARTING, events.READY, events.RECONNECTING, events.OUTDATED}
    assert set(STATES) == told | {events.FAILED}
    assert all(len(text) <= 16 for text, _icon in STATES.values())


def test_saving_puts_away_the_error_that_asks_for_it(tmp_path: Path):
    from take_one.scene.app.app import app

    fail("save_file")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    assert app().state.last_error is None
    fail("retry")
    bpy.ops.wm.save_mainfile()
    assert app().state.last_error is not None
    bpy.ops.takeone.dismiss_error()
    assert app().state.last_error is None


def test_a_backend_that_is_ready_again_puts_its_error_away():
    from take_one.client import events
    from take_one.scene.app.app import app
    from take_one.scene.session import pump

    pump.handle(events.BackendState(events.FAILED, "The backend stopped.", "start"))
    assert app().state.last_error.fix == "start"
    pump.handle(events.BackendState(events.READY, "The local backend is ready."))
    assert app().state.last_error is None
    fail("pick_camera")
    pump.handle(events.BackendState(events.READY, "The local backend is ready."))
    assert app().state.last_error.fix == "pick_camera", "that is not the backend's to put away"
    bpy.ops.takeone.dismiss_error()


def test_a_failed_installation_can_be_put_away():
    from take_one.client import events
    from take_one.scene.app.app import app
    from take_one.scene.session import pump

    pump.handle(events.InstallState("failed", 0.5, "The disk is full.", "free_space"))
    bpy.ops.takeone.dismiss_error(install=True)
    assert app().state.install.state == ""
    with pytest.raises(RuntimeError, match="no error"):
        bpy.ops.takeone.dismiss_error()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from take_one.scene.app.app import app
    from take_one.scene.session.server import connection

    connection.close()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(RuntimeError, match="can't write to its folder"):
        bpy.ops.takeone.backend_start()
    assert (app().state.last_error.code, app().state.last_error.fix) == ("home", "start")
    bpy.ops.takeone.dismiss_error()
