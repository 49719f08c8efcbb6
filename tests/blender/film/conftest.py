"""A saved film, and a document of the user's beside it."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from rooms import clip
from take_one.scene.model.shots.shot_list import add_shot


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture(scope="module")
def movie(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("clips") / "take.mp4", 12)


@pytest.fixture
def shot(tmp_path):
    """A shot of a saved film, in a folder of its own."""
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    (tmp_path / "film").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "film.blend"))
    return shot


@pytest.fixture
def victim(tmp_path):
    """The user's own document, and its neighbours."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    for suffix in (".mp4", ".json", ".jpg", ".sh", ".txt"):
        (folder / f"Novel_t001{suffix}").write_text("mine")
    return folder / "Novel_t001.mp4"
