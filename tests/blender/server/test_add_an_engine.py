"""docs/add-an-engine.md, word for word: its module and its line in a copy of the backend, and a take from Blender."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import bpy
import pytest
from paper import draw
from rooms import room
from take_one.client.target import LocalTarget
from take_one.panels.parts import engines
from take_one.panels.sidebar import settings
from take_one.scene.app.app import app
from take_one.scene.model.properties import option_properties
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs, pump
from take_one.scene.session.press.press import make_order
from take_one.scene.session.server import connection

from devtools import page_engine

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
# How like the clip's first and last frames are to the still, whole and cut by half: decibels
LIKENESS = """
import sys, av, numpy as np
from PIL import Image
clip, still = sys.argv[1:]
frames = [frame.to_ndarray(format="rgb24") for frame in av.open(clip).decode(video=0)]
picture = Image.open(still).convert("RGB")
(w, h), size = picture.size, frames[0].shape[1::-1]
for frame, box in ((frames[0], None), (frames[-1], (w / 4, h / 4, w * 3 / 4, h * 3 / 4))):
    expected = np.asarray(picture.resize(size, Image.Resampling.BICUBIC, box), float)
    print(20 * np.log10(255 / np.sqrt(np.mean((frame - expected) ** 2))))
print(len(frames))
"""

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


@pytest.fixture
def copy(tmp_path) -> Path:
    """The backend with the page's engine."""
    return page_engine.copy_with_engine(tmp_path / "copy")


def test_the_pages_command_makes_a_take_without_blender(copy, tmp_path):
    (command,) = re.findall(r"^python (-m backend animate .*)$", page_engine.PAGE.read_text(), re.MULTILINE)
    picture = bpy.data.images.new("x", 320, 180)
    picture.filepath_raw, picture.file_format = str(copy / "still.png"), "PNG"
    picture.save()
    environment = {**os.environ, "TAKE_ONE_HOME": str(tmp_path / "home")}
    subprocess.run([PYTHON, *shlex.split(command)], cwd=copy, env=environment, check=True, timeout=120)
    sidecar = json.loads((copy / "take.json").read_text())
    assert (sidecar["engine"], sidecar["options"], sidecar["frames"]) == ("zoom", {"amount": 50}, 120)


def test_the_engine_of_the_page_makes_a_take_with_its_settings(copy, tmp_path):
    scene = room(320, 180)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    connection.use(LocalTarget(root=copy, python=Path(PYTHON)))
    while not app().state.engines:
        event = connection.session().next_event(60)
        assert event is not None, app().state.backend
        pump.handle(event)
    zoom = app().state.engine("zoom")
    assert zoom is not None and zoom.available
    assert "Zoom" in draw(engines.TAKEONE_MT_engines).texts

    shot = add_shot(scene)
    shot.engine, shot.seconds = "zoom", 1.0
    paper = draw(settings.SettingsPanel)
    names = {one.text: one.what for one in paper.drawn if one.what.startswith("option_")}
    assert list(names) == ["Amount", "Way"]
    assert shot.bl_rna.properties[names["Amount"]].description == "How much the zoom takes off the picture"
    setattr(shot, names["Amount"], 50)
    assert option_properties.name_of("zoom", zoom.options[1]) == names["Way"]

    (take,) = jobs.run_blocking(make_order(bpy.context, shot), timeout=120)
    assert app().state.last_error is None
    assert (take.status, take.engine) == ("READY", "zoom")
    clip = Path(bpy.path.abspath(take.clip))
    sidecar = json.loads(clip.with_suffix(".json").read_text())
    assert (sidecar["engine"], sidecar["options"]) == ("zoom", {"amount": 50})
    still = bpy.path.abspath(take.still)
    done = subprocess.run([PYTHON, "-c", LIKENESS, clip, still], capture_output=True, text=True, check=True)
    first, last, count = map(float, done.stdout.split())
    assert first > 32 and last > 32 and count == 24
