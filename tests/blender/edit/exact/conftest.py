"""Clips that differ in length and shape, and an edit to lay them in."""

from __future__ import annotations

import bpy
import pytest
from cutting import an_edit
from rooms import clip


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = tmp_path_factory.mktemp("clips")
    return {
        "a": clip(folder / "a.mp4", 24),
        "b": clip(folder / "b.mp4", 30),
        "tall": clip(folder / "tall.mp4", 24, size=(32, 54)),
    }


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 40)


@pytest.fixture
def edit():
    return an_edit(25)
