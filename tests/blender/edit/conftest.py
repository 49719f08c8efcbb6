"""A take's clip, a session that keeps what it is given, and a shot."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from rooms import clip
from take_one.scene.model.shots.shot_list import add_shot


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 24)


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def shot():
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    return shot
