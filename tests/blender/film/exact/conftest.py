"""A film that is saved."""

from __future__ import annotations

import bpy
import pytest
from take_one.scene.model.shots import films, shot_list


@pytest.fixture
def film(tmp_path):
    """A saved film with a shot; its id."""
    shot_list.add_shot(bpy.context.scene)
    (tmp_path / "a").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a" / "film.blend"))
    return films.open_id()
