"""From the camera to the edit with the real backend: press, wait, look and listen."""

from __future__ import annotations

import json
import os
from pathlib import Path

import bpy
import pytest
from rooms import movie_output, picture, picture_output, psnr, room
from take_one.client.target import LocalTarget
from take_one.scene.app.app import app
from take_one.scene.edit import strips
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.server import connection

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


def test_animate_from_the_camera_to_the_edit(tmp_path):
    scene = room(320, 180)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = add_shot(scene)
    shot.name = "Küche / 1"
    shot.prompt, shot.sound, shot.seconds = "slowly push in", "rain on a window", 1.0
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    (take,) = jobs.run_blocking(make_order(bpy.context, shot, Call((7,))), timeout=600)
    assert app().state.last_error is None
    assert (take.status, take.number, take.seed, take.engine) == ("READY", 1, 7, "draft")
    assert take.clip == "//takes/Küche_1/Küche_1_t001.mp4"
    clip = Path(bpy.path.abspath(take.clip))
    sidecar = json.loads(clip.with_suffix(".json").read_text())
    assert sidecar["seed"] == 7 and sidecar["depth_sha256"] and sidecar["camera"]["width"] == 320
    assert sidecar["binding"]["take_uid"] == take.uid
    edit = bpy.data.scenes["Edit"]
    movie, sound = sorted(edit.sequence_editor.strips, key=lambda strip: strip.type)
    assert (movie.type, sound.type) == ("MOVIE", "SOUND")
    assert strips.length(movie) == strips.length(sound) == 24
    assert movie[strips.TAKE_KEY] == sound[strips.TAKE_KEY] == take.uid

    still = picture(Path(bpy.path.abspath(take.still)))
    out = tmp_path / "edit.png"
    edit.frame_set(strips.start(movie))
    picture_output(edit, out)
    bpy.ops.render.render(write_still=True, scene=edit.name)
    assert psnr(picture(out), still) >= 32

    # Now that the engine is known: words that turn the camera make the still wider on the side that they turn to.
    shot.prompt, shot.sound = "pan left 12 degrees", ""
    (turned,) = jobs.run_blocking(make_order(bpy.context, shot, Call((7,))), timeout=600)
    told = json.loads(Path(bpy.path.abspath(turned.clip)).with_suffix(".json").read_text())
    (more,) = told["views"]
    assert more["camera"]["width"] > 320 + 70 and more["camera"]["cx"] > told["camera"]["cx"] + 70
    assert told["camera"]["width"] == 320 and told["facts"]["unseen"] < 0.02
    assert "more pixels, for what the move uncovers" in turned.notes
    edit.frame_set(
        strips.start(next(one for one in edit.sequence_editor.strips if one.get(strips.TAKE_KEY) == turned.uid))
    )
    picture_output(edit, out)
    bpy.ops.render.render(write_still=True, scene=edit.name)
    assert psnr(picture(out), picture(Path(bpy.path.abspath(turned.still)))) >= 32

    movie_output(edit, tmp_path / "edit.mp4")
    bpy.ops.render.render(animation=True, scene=edit.name)
    assert (tmp_path / "edit.mp4").stat().st_size > 1000
