"""A workflow of the user's own, from its file to the card: the real backend's commands, and its list of engines."""

from __future__ import annotations

import os
import time
from pathlib import Path

import bpy
import pytest
from rooms import room
from take_one.client.home import home
from take_one.client.target import LocalTarget
from take_one.scene.app.app import app
from take_one.scene.model.properties import options
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import pump
from take_one.scene.session.server import accounts, connection
from take_one.scene.session.server.connection import session

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
GRAIN = "comfy:My Grain"

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


def until(true, seconds: float = 60) -> None:
    """Handles events until something is so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, (accounts.accounts().state, app().state.last_error)
        event = session().next_event(0.1)
        if event is not None:
            pump.handle(event)
        accounts.poll()


def test_a_workflows_file_becomes_an_engine_with_its_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("TAKE_ONE_PYTHON", PYTHON)
    scene = room(320, 180)
    scene.frame_set(23)
    file = tmp_path / "My Grain.json"
    file.write_bytes((ROOT / "backend" / "engines" / "comfy" / "workflows" / "Grain.json").read_bytes())
    with pytest.raises(RuntimeError, match="There is no file"):
        bpy.ops.takeone.workflow_add(filepath=str(tmp_path / "none.json"), provider="comfyui")
    (tmp_path / "canvas.json").write_text('{"nodes": [], "links": []}')
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    until(lambda: app().state.engines)
    assert app().state.engine(GRAIN) is None
    try:
        assert bpy.ops.takeone.workflow_add(filepath=str(tmp_path / "canvas.json"), provider="comfyui") == {"FINISHED"}
        until(lambda: accounts.accounts().state.state == "failed")
        assert "Export (API)" in accounts.accounts().state.said
        assert bpy.ops.takeone.workflow_add(filepath=str(file), provider="comfyui") == {"FINISHED"}
        until(lambda: app().state.engine(GRAIN) is not None)
        assert (home() / "workflows" / "My Grain.json").read_bytes() == file.read_bytes()
        (row,) = [one for one in accounts.accounts().state.accounts if one.workflows]
        assert (row.provider, row.models, row.keyless) == ("comfyui", ("My Grain",), True)
        assert "Settings on the card: Strength." in accounts.accounts().state.said
        engine = app().state.engine(GRAIN)
        assert [(option.name, option.kind, option.default) for option in engine.options] == [("strength", "float", 0.1)]
        assert (engine.sends_to, engine.account) == ("", "")  # it is on this machine
        shot = add_shot(scene)
        shot.engine = GRAIN
        options.replace(shot, {"strength": 0.5})
        assert options.chosen(shot, {}) == {"strength": 0.5}
    finally:
        bpy.ops.takeone.workflow_remove(provider="comfyui", workflow="My Grain")
        until(lambda: app().state.engine(GRAIN) is None)
    assert list((home() / "workflows").iterdir()) == []
