"""What refining asks for: the take's own prompt and latents from the same engine, in the shape of its still."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
import stand_in
from stand_in import DRAFT
from take_one.scene.model.app import app
from take_one.scene.model.properties import add_shot
from take_one.scene.session import jobs
from take_one.scene.session.press import Call, make_order

ENGINES = (DRAFT, replace(DRAFT, id="happyhorse", prompt_form=True))
LATENTS = "a" * 64


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(jobs, "wait", lambda keys: None)
    fake = stand_in.attach()
    app().state.engines = ENGINES
    return fake


@pytest.fixture
def shot(tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = add_shot(bpy.context.scene)
    shot.engine, shot.quality, shot.size_percent = "happyhorse", "FAST", 50
    shot.final_prompt = bpy.data.texts.new("mine")
    shot.final_prompt.write("Mine.")
    return shot


def made(shot, tmp_path, size, sidecar) -> None:
    """A take of the shot, from a picture of this size."""
    picture = bpy.data.images.new("x", *size)
    picture.filepath_raw, picture.file_format = str(tmp_path / "own.png"), "PNG"
    picture.save()
    shot.still_source, shot.image_path = "IMAGE", str(tmp_path / "own.png")
    jobs.start(make_order(bpy.context, shot, Call((5,))))
    take = shot.takes[0]
    take.status = "READY"
    take.sidecar = str(tmp_path / "take.json")
    Path(take.sidecar).write_text(json.dumps(sidecar))
    shot.final_prompt = None


def test_the_same_engine_goes_on_from_its_latents(shot, session, tmp_path):
    made(shot, tmp_path, (192, 108), {"facts": {"latents": LATENTS}})
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = 1920, 1080
    bpy.ops.takeone.refine(engine="happyhorse")
    first, second = session.requests
    assert first.options == {"quality": "fast", "final_prompt": "Mine."}
    assert second.options == {"final_prompt": "Mine.", "refine_from": LATENTS, "quality": "best"}
    assert (second.seed, second.size) == (5, (1920, 1080))
    assert second.binding.refines == session.keys[0]


def test_a_still_of_another_shape_keeps_it(shot, session, tmp_path):
    made(shot, tmp_path, (400, 300), {"facts": {}})
    bpy.ops.takeone.refine(engine="happyhorse", quality="STANDARD")
    assert [one.size for one in session.requests] == [(200, 150), (400, 300)]
    assert session.requests[1].options == {"final_prompt": "Mine."}


def test_another_engine_starts_anew(shot, session, tmp_path):
    made(shot, tmp_path, (192, 108), {"facts": {"latents": LATENTS}})
    bpy.ops.takeone.refine(engine="draft", quality="STANDARD")
    assert (session.requests[1].engine, session.requests[1].options) == ("draft", {})
