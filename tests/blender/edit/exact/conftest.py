"""Clips that differ in length and shape."""

from __future__ import annotations

import bpy
import pytest
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
