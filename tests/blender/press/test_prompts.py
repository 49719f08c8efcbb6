"""The final prompt from the real backend into a text block, and what a request then says; facts in requests."""

from __future__ import annotations

import os
from pathlib import Path

import bpy
import pytest
import stand_in
from rooms import room
from stand_in import DRAFT
from take_one.client.events import FinalPrompt
from take_one.client.protocol import EngineInfo, Problem
from take_one.client.target import LocalTarget
from take_one.scene.app.app import app
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs, pump
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.server import connection
from take_one.scene.session.words import prompts

ROOT = Path(__file__).resolve().parents[3]
PYTHON = os.environ.get("TAKE_ONE_PYTHON") or str(ROOT / ".dev" / "backend" / "bin" / "python")
needs_backend = pytest.mark.skipif(not Path(PYTHON).exists(), reason="needs the backend's environment")


@pytest.fixture
def shot(tmp_path):
    scene = room(320, 180)
    bpy.data.objects["Cube"].name = "Red Sofa"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = add_shot(scene)
    shot.name, shot.engine = "Kitchen", "happyhorse"
    shot.prompt, shot.sound = "Anna turns to the window", "rain"
    line = shot.lines.add()
    line.speaker, line.language, line.line = "Anna", "French", "On est en retard."
    return shot


def options(shot, overrides=None, source=None):
    """What the shot's next request says in its options of the prompt."""
    return prompts.options(shot, source or shot.still_source, 1, overrides or {})


@needs_backend
def test_the_final_prompt_is_shown_edited_sent_and_cleared(shot):
    connection.use(LocalTarget(root=ROOT, python=Path(PYTHON)))
    assert bpy.ops.takeone.show_prompt() == {"FINISHED"}
    assert app().state.last_error is None and app().state.composing == ""
    text = shot.final_prompt
    assert text.name == "Kitchen final prompt"
    body, dialogue, sound = text.as_string().strip().split("\n\n")
    assert body.startswith("Anna turns to the window. A ")
    assert "on a 50 mm standard lens. Day. In view: red sofa." in body
    assert body.endswith('Anna says in French, "On est en retard."')
    assert dialogue == 'Dialogue:\n<Anna, French>: "On est en retard."'
    assert sound == "Background Sound:\n<rain>"

    text.from_string("Only this.\n")
    assert options(shot) == {"final_prompt": "Only this."}
    assert not prompts.is_stale(shot)
    shot.prompt = "Anna sits down"
    assert prompts.is_stale(shot)
    assert options(shot) == {"final_prompt": "Only this."}
    assert "scene" in options(shot, {"prompt": "said in the call"})
    assert bpy.ops.takeone.show_prompt() == {"FINISHED"}
    assert shot.final_prompt == text and text.as_string().startswith("Anna sits down. ")
    assert not prompts.is_stale(shot)

    assert bpy.ops.takeone.clear_prompt() == {"FINISHED"}
    assert shot.final_prompt is None and text.name in bpy.data.texts
    assert "final_prompt" not in options(shot)
    with pytest.raises(RuntimeError, match="automatic already"):
        bpy.ops.takeone.clear_prompt()


def test_an_engine_without_a_form_has_no_final_prompt(shot):
    stand_in.attach()
    shot.engine = "draft"
    with pytest.raises(RuntimeError, match="uses the direction as it is"):
        bpy.ops.takeone.show_prompt()


def test_facts_go_to_engines_that_take_them(shot):
    facts = options(shot)["scene"]
    assert facts["objects"] == ["Red Sofa"] and facts["time_of_day"] == "day" and facts["lens_mm"] == 50.0
    assert options(shot, source="RESULT") == {}  # nobody knows when that picture was taken
    app().state.engines = (DRAFT, EngineInfo("happyhorse"))
    assert options(shot) == {}
    app().state.engines = (DRAFT, EngineInfo("happyhorse", prompt_form=True))
    assert options(shot)["scene"] == facts
    assert options(shot, {"engine": "draft"}) == {}
    shot.scene_facts = False
    assert options(shot) == {}


def test_an_empty_final_prompt_is_automatic(shot):
    shot.final_prompt = bpy.data.texts.new("mine")
    assert "scene" in options(shot)
    shot.final_prompt.write("  \n ")
    assert "scene" in options(shot)


def test_the_request_carries_options_and_prompt(shot):
    session = stand_in.attach()
    shot.engine_options = '{"quality": "best"}'
    shot.final_prompt = bpy.data.texts.new("mine")
    shot.final_prompt.write("Mine.")
    picture = bpy.data.images.new("x", 32, 18)
    picture.filepath_raw, picture.file_format = bpy.path.abspath("//x.png"), "PNG"
    picture.save()
    shot.still_source, shot.image_path = "IMAGE", "//x.png"
    jobs.start(make_order(bpy.context, shot, Call((1,))))
    assert session.requests[0].options == {"quality": "best", "final_prompt": "Mine."}


def test_what_goes_wrong_is_kept_for_the_panel(shot):
    app().state.composing = shot.uid
    pump.handle(FinalPrompt(shot.uid, "", Problem("unknown_model", "There is no engine called 'x'.", param="model")))
    assert app().state.composing == "" and app().state.last_error.code == "unknown_model"
    assert shot.final_prompt is None
    pump.handle(FinalPrompt("gone", "words"))  # a shot that was deleted meanwhile
    assert not bpy.data.texts
