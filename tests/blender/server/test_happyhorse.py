"""The HappyHorse engine from Blender onto strips, with a complete tiny model: everything real but the weights."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import bpy
import pytest
from rooms import room
from take_one.client.target import LocalTarget
from take_one.scene.app.app import app
from take_one.scene.edit import strips
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.server import connection

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_GPU_PYTHON") or str(ROOT / ".dev" / "test" / "bin" / "python")

pytestmark = [
    pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's GPU profile"),
    pytest.mark.skipif(bpy.app.version < (5, 0, 0), reason="takes a minute, and the newest Blender tries it"),
]


def test_a_take_with_dialogue_lands_on_the_edit(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")  # two cores, and Blender has one of them
    monkeypatch.setenv("MALLOC_MMAP_MAX_", "0")  # see tests/happyhorse/conftest.py
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", str(1 << 40))
    for command in (
        ["-m", "devtools.model.tiny", str(tmp_path / "tiny")],
        ["-m", "backend", "models", "link", "all", str(tmp_path / "tiny")],
    ):
        subprocess.run([PYTHON, *command], cwd=ROOT, check=True, timeout=120)
    scene = room(320, 180)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = add_shot(scene)
    shot.name, shot.engine, shot.engine_options = "Kitchen", "happyhorse", '{"quality": "fast"}'
    shot.prompt, shot.sound, shot.seconds = "Anna turns to the window", "rain", 1.0
    line = shot.lines.add()
    line.speaker, line.language, line.line = "Anna", "French", "On est en retard."
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    (take,) = jobs.run_blocking(make_order(bpy.context, shot, Call((7,))), timeout=300)
    assert app().state.last_error is None
    assert (take.status, take.seed, take.engine) == ("READY", 7, "happyhorse")
    clip = Path(bpy.path.abspath(take.clip))
    facts = json.loads(clip.with_suffix(".json").read_text())["facts"]
    assert facts["quality"] == "256p"
    assert "shot on a 50 mm standard lens. Day." in facts["final_prompt"]
    assert '<Anna, French>: "On est en retard."' in facts["final_prompt"]
    movie, sound = sorted(bpy.data.scenes["Edit"].sequence_editor.strips, key=lambda strip: strip.type)
    assert (movie.type, sound.type) == ("MOVIE", "SOUND")
    assert strips.length(movie) == strips.length(sound) == 24
    assert [movie.elements[0].orig_width, movie.elements[0].orig_height] == [320, 180]
    assert movie[strips.TAKE_KEY] == sound[strips.TAKE_KEY] == take.uid

    # taken on from Blender: the scene has changed meanwhile, and the take is refined all the same
    bpy.data.objects["Cube"].name = "Sofa"
    shot.prompt, shot.active_take = "something else", 0
    assert bpy.ops.takeone.refine(engine="happyhorse", engine_options='{"quality": "standard"}') == {"FINISHED"}
    assert app().state.last_error is None
    draft, refined = shot.takes
    assert (refined.status, refined.seed, refined.refines) == ("READY", 7, draft.uid)
    told = json.loads(Path(bpy.path.abspath(refined.sidecar)).read_text())
    assert told["facts"]["quality"] == "540p"
    assert told["facts"]["final_prompt"] == facts["final_prompt"]
    assert told["facts"]["latents"] == facts["latents"]
    assert "base stage was not run again" in " ".join(told["notes"])
    assert set(told["facts"]["memory"]) == {"540p_sr"}  # the only transformer that was loaded
    movie, sound = sorted(bpy.data.scenes["Edit"].sequence_editor.strips, key=lambda strip: strip.type)
    assert movie[strips.TAKE_KEY] == sound[strips.TAKE_KEY] == refined.uid
    assert strips.length(movie) == strips.length(sound) == 24
