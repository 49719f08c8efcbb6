"""What refining asks for: the take's own prompt and latents from the same engine, in the shape of its still."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from stand_in import DRAFT
from take_one.client.protocol import Choice, Option
from take_one.operators.making import refine
from take_one.scene.app.app import app
from take_one.scene.model.shots import takes
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order

QUALITY = Option("quality", "enum", "standard", choices=(Choice("fast"), Choice("standard"), Choice("best")))
STEPS = Option("steps", "int", 8)
ENGINES = (DRAFT, replace(DRAFT, id="happyhorse", name="HappyHorse", prompt_form=True, options=(QUALITY, STEPS)))
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
    shot.engine, shot.engine_options, shot.size_percent = "happyhorse", '{"quality": "fast"}', 50
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
    take.sidecar = str(takes.new_clip_path(shot, take.number).with_suffix(".json"))
    Path(take.sidecar).parent.mkdir(parents=True, exist_ok=True)
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
    bpy.ops.takeone.refine(engine="happyhorse", engine_options='{"quality": "standard", "steps": 9}')
    assert [one.size for one in session.requests] == [(200, 150), (400, 300)]
    assert session.requests[1].options == {"final_prompt": "Mine.", "quality": "standard", "steps": 9}


def test_another_engine_starts_anew(shot, session, tmp_path):
    made(shot, tmp_path, (192, 108), {"facts": {"latents": LATENTS}})
    bpy.ops.takeone.refine(engine="draft")
    assert (session.requests[1].engine, session.requests[1].options) == ("draft", {})


def test_the_menus_are_what_the_engines_declare(shot, session, tmp_path):
    made(shot, tmp_path, (192, 108), {"facts": {}})
    shot.engine_options = '{"steps": 20}'
    menu = SimpleNamespace(choice="happyhorse")
    assert [entry[0] for entry in refine.engines_here(menu, bpy.context)] == ["happyhorse", "draft"]
    assert [entry[0] for entry in refine.qualities_of(menu, bpy.context)] == ["best", "standard", "fast"]
    assert refine.qualities_of(SimpleNamespace(choice="draft"), bpy.context) == []
    bpy.ops.takeone.refine(choice="happyhorse", quality="standard")
    assert session.requests[-1].options["quality"] == "standard"
    bpy.ops.takeone.refine()  # the first entry of each menu
    assert (session.requests[-1].engine, session.requests[-1].options["quality"]) == ("happyhorse", "best")
    shot.takes[0].engine = "draft"  # as if another had made it: what the card sets for this one counts
    bpy.ops.takeone.refine()
    assert session.requests[-1].options == {"quality": "best", "steps": 20}
    with pytest.raises(RuntimeError, match='HappyHorse can\'t take "high" for quality: it must be one of fast'):
        bpy.ops.takeone.refine(engine_options='{"quality": "high"}')
