"""A session that keeps what it is given, a saved film with a shot, and orders in place of takes."""

from __future__ import annotations

from dataclasses import replace

import bpy
import pytest
import stand_in
from rooms import camera
from take_one.client.protocol import EngineInfo
from take_one.scene.app.app import app
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs

PLAIN = EngineInfo("plain", "Plain", max_seconds=8, shots=3, shot_requests=True)


@pytest.fixture
def session():
    fake = stand_in.attach()
    app().state.engines = (PLAIN, replace(PLAIN, id="other", name="Other", shots=1))
    fake.told = []
    fake.move = lambda *said: fake.told.append(("move", *said))
    fake.retry = lambda *said: fake.told.append(("retry", *said))
    return fake


@pytest.fixture
def shot(session, tmp_path):
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    scene.frame_set(9)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine, shot.prompt = "Hall", "plain", "push in"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return bpy.context.scene.take_one.shots[0]


@pytest.fixture
def ordered(monkeypatch):
    """The orders that were made instead of takes."""
    found = []
    monkeypatch.setattr(jobs, "run_blocking", lambda order: found.append(order) or [])
    return found
