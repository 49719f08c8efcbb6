"""A session of two engines, of which one has a prompt of its own, and a shot for it."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from take_one.client.protocol import EngineInfo
from take_one.scene.app.app import app
from take_one.scene.model.shots import shot_list


@pytest.fixture
def session():
    session = stand_in.attach()
    app().state.engines = (EngineInfo("draft", "Draft"), EngineInfo("horse", "Horse", prompt_form=True))
    return session


@pytest.fixture
def shot(session):
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name, shot.engine, shot.prompt, shot.sound = "Hall", "horse", "pan left", "rain"
    return shot
