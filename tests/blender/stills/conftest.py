"""What several tests of stills need."""

from __future__ import annotations

import bpy
import pytest
from depth_stage import ball_before_wall


@pytest.fixture
def stage() -> bpy.types.Scene:
    """A ball before a wall, seen from the front; Cycles, one sample."""
    return ball_before_wall()
