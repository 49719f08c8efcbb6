"""Walks, plans of stills, the camera that words mean and the final prompt, step by step."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from hall import hall
from lines import Blender
from rooms import camera
from take_one.client.protocol import EngineInfo
from take_one.operators.making import prompt, walk
from take_one.scene.app.errors import SceneError
from take_one.scene.session import compose
from take_one.scene.session.server import connection
from take_one.scene.session.views import moves, plans, walks
from take_one.scene.session.words import prompts, text_window
from take_one.scene.stills.coverage import steps
from verb import verb

MAKER = EngineInfo("maker", "Maker", max_seconds=8)


@pytest.fixture
def shot():
    return hall(MAKER, at=9, engine="maker", prompt="push in")


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(connection, "ensure", lambda: found.append("ensure"))
    return found


def test_a_walk(shot, monkeypatch):
    scene, begun, laid = shot.id_data, [], []
    close = camera(scene, "Close")
    monkeypatch.setattr(walks, "in_order", lambda _: ["selected"])
    monkeypatch.setattr(walks, "check", lambda cameras: begun.append(("check", cameras)))
    monkeypatch.setattr(walks, "shot_of_walk", lambda _, cameras: begun.append(("shot", cameras)) or shot)
    monkeypatch.setattr(walk, "_make", lambda *said: begun.append(said))
    shot.walk_by, shot.walk_speed, shot.walk_seconds = "LENGTH", 2.0, 30.0
    operator = verb(walk.TAKEONE_OT_walkthrough)
    assert operator.invoke(bpy.context, None) == {"FINISHED"}
    assert begun == [("check", ["selected"]), ("shot", ["selected"]), (operator, shot, True)]
    assert (shot.walk_by, shot.walk_speed, shot.walk_seconds) == ("LENGTH", 2.0, 30.0)
    begun.clear()
    operator = verb(walk.TAKEONE_OT_walkthrough, cameras=" Close\n\nWide ", pace="SPEED", speed=1.5, seconds=9.0)
    operator.make(bpy.context, False)
    assert begun == [("check", [close, scene.camera]), ("shot", [close, scene.camera]), (operator, shot, False)]
    assert (shot.walk_by, shot.walk_speed, shot.walk_seconds) == ("SPEED", 1.5, 9.0)
    with pytest.raises(SceneError, match="There is no camera 'Gone' in scene 'Scene'") as caught:
        verb(walk.TAKEONE_OT_walkthrough, cameras="Gone").make(bpy.context, True)
    assert (caught.value.code, caught.value.fix) == ("no_camera", "pick_camera")
    begun.clear()
    operator = verb(walk.TAKEONE_OT_walkthrough_again)
    monkeypatch.setattr(walk, "waits", lambda one: one is not operator)
    assert operator.invoke(bpy.context, None) == {"FINISHED"} and begun == [(operator, shot, False)]
    monkeypatch.undo()
    uids = ("hall", scene.take_one.uid)
    monkeypatch.setattr(walks, "cameras_of", lambda one: ["cameras", one])
    monkeypatch.setattr(walks, "steps", lambda *said: ("steps", *said))
    monkeypatch.setattr(walks, "begin", lambda *said: begun.append(said))
    monkeypatch.setattr(walks, "lay", lambda *said: laid.append(said) or SimpleNamespace(walk_notes="6 s\ncut"))
    monkeypatch.setattr(steps, "at_once", lambda work: ("done", work))
    work = ("steps", scene, ["cameras", shot], "SPEED", 1.5, 9.0)
    begun.clear()
    walk._make(operator, shot, False)
    assert begun == [(uids, work)] and not laid and operator.reports == []
    walk._make(operator, shot, True)
    assert laid == [(*uids, ("done", work))] and operator.reports == [("INFO", "6 s"), ("INFO", "cut")]


def test_plans_and_the_words_camera(shot, told, monkeypatch):
    begun, kept = [], []
    monkeypatch.setattr(plans, "begin", begun.append)
    monkeypatch.setattr(plans, "keep", lambda *said: kept.append(said))
    monkeypatch.setattr(plans, "of_shot", lambda one: ("plan", one))
    monkeypatch.setattr(plans, "lines", lambda one: ["3 stills", "80 %"])
    monkeypatch.setattr(steps, "at_once", lambda work: ("done", work))
    operator = verb(walk.TAKEONE_OT_plan_stills)
    operator.plan(bpy.context, False)
    assert begun == [shot] and not kept and operator.reports == []
    assert operator.invoke(bpy.context, None) == {"FINISHED"}
    assert kept == [(plans.key(shot), ("done", ("plan", shot)))] and len(begun) == 1
    assert operator.reports == [("INFO", "3 stills"), ("INFO", "80 %")]
    asked = []
    monkeypatch.setattr(moves, "ask", asked.append)
    monkeypatch.setattr(compose, "wait", lambda: told.append("wait"))
    monkeypatch.setattr(compose, "compose_prompt", asked.append)
    assert verb(walk.TAKEONE_OT_words_to_camera).execute(bpy.context) == {"FINISHED"}
    assert verb(prompt.TAKEONE_OT_show_prompt).execute(bpy.context) == {"FINISHED"}
    assert asked == [shot, shot] and told == ["ensure", "wait"] * 2
    shot.id_data.take_one.shots.clear()
    told.clear()
    for module, kind in ((walk, walk.TAKEONE_OT_words_to_camera), (prompt, prompt.TAKEONE_OT_show_prompt)):
        bpy.context.scene.take_one.shots.clear()
        monkeypatch.setattr(module, "bpy", Blender(background=False))
        verb(kind).execute(bpy.context)
        assert asked[-1] == bpy.context.scene.take_one.shots[0]
    assert told == ["ensure"] * 2 and len(asked) == 4


def test_the_final_prompt_is_opened_and_put_away(shot, monkeypatch):
    shown, cleared = [], []
    shot.final_prompt = bpy.data.texts.new("p")
    monkeypatch.setattr(text_window, "show", lambda *said: shown.append(said))
    monkeypatch.setattr(prompts, "clear", cleared.append)
    assert verb(prompt.TAKEONE_OT_edit_prompt).execute(bpy.context) == {"FINISHED"}
    assert verb(prompt.TAKEONE_OT_clear_prompt).execute(bpy.context) == {"FINISHED"}
    assert shown == [(bpy.context, shot.final_prompt)] and cleared == [shot]
