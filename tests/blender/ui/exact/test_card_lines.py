"""The card line by line: what each panel in the sidebar draws, in what it lies and how it looks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from hall import hall, unread
from lines import Lines, check, lines
from paper import Window
from rooms import EEVEE, a_take, camera
from stand_in import PLAIN, RICH
from take_one.client.protocol import Option, Price, Problem, Tariff
from take_one.panels.parts import engines, refresh
from take_one.panels.sidebar import card, direction, prompt, settings, walk
from take_one.scene.app.app import app
from take_one.scene.app.state import Backend
from take_one.scene.edit import edit_scene
from take_one.scene.model.properties import option_properties, options
from take_one.scene.model.shots import shot_list
from take_one.scene.session.press import quotes, references
from take_one.scene.session.server import preferences
from take_one.scene.session.views import plans, walks
from take_one.scene.stills import quick_still

OPTIONS = (
    Option("loop", "bool", False, "Loop"),
    Option("steps", "int", 8, low=1, high=100),
    Option("far", "float", 2.5, low=1),
)
PAID = replace(
    RICH, id="paid", name="Paid", sends_to="Somebody", options=OPTIONS,
    tariffs=(Tariff(Price(0.25, per="second", as_of="2026-11-26", source="https://www.a.com/p (list)")),),
)  # fmt: skip


@pytest.fixture
def shot(monkeypatch):
    unread(monkeypatch)
    return hall(PLAIN, RICH, PAID, at=9, engine="plain")


def told(chapter, kind, book="card", **more):
    check(book, chapter, lines(kind, **more))


def test_the_card(shot, monkeypatch):
    scene = shot.id_data
    told("a shot that was just added", card.ShotPanel)
    shot.still, shot.current_take, shot.frame, shot.frame_lock, shot.engine = "/sent.png", "t", 31, True, "paid"
    scene.render.engine = EEVEE
    budgets = SimpleNamespace(budget_day=1.0, budget_film=2.5, backend="LOCAL")
    monkeypatch.setattr(preferences, "preferences", lambda: budgets)
    monkeypatch.setattr(quotes, "spent", lambda: ({"USD": 0.5}, {"USD": 0.75}))
    monkeypatch.setattr(references, "unseen", lambda _: [Path("/a.png"), Path("/b.png")])
    app().state.fail(Problem("x", "It broke.", "retry"))
    app().state.backend = Backend("starting", "", "start")
    told("a shot with a take, of an engine that is paid", card.ShotPanel)
    app().state.dismiss()
    shot.prompt_text = bpy.data.texts.new("long")
    shot.prompt_text.write("\n".join(f"line {number}" if number != 2 else " " for number in range(9)))
    stale = [True]
    monkeypatch.setattr(
        quick_still, "newest", lambda _: SimpleNamespace(image=Path("/look.png"), source="VIEWPORT", frame=31)
    )
    monkeypatch.setattr(quick_still, "is_stale", lambda *_: stale[0])
    shot.engine, app().state.backend = "gone", Backend("ready")
    plans.measured(scene, 2.0)
    told("words in a text block, a look that is stale, an engine that is not there", card.ShotPanel)
    monkeypatch.setattr(plans, "still_seconds", lambda _: 1.99)
    assert lines(card.draw_held, context=Window(), shot=shot) == ["layout"]
    scene.render.engine = "CYCLES"
    assert lines(card.draw_held, context=Window(), shot=shot) == ["layout"]
    shot.still_source, scene.render.engine = "VIEWPORT", EEVEE
    monkeypatch.setattr(plans, "still_seconds", lambda _: None)
    assert lines(card.draw_held, context=Window(), shot=shot) == ["layout"]
    scene.take_one.shots.clear()
    told("no shot", card.draw_chooser, context=Window(), shot=shot_list.card(scene))
    assert app().part(refresh.Drawn).panel


def test_the_button_is_of_the_frame_that_is_kept(shot):
    def words(source, locked, frame, taken):
        shot.still_source, shot.frame_lock, shot.frame, shot.current_take = source, locked, frame, "t" * taken
        return [line.partition("text=")[2].partition(" icon")[0] for line in lines(card.draw_button, shot=shot)[2::2]]

    here = ["'Animate This Frame'"]
    assert (
        words("RENDER", True, 9, False) == words("RENDER", False, 31, False) == words("IMAGE", True, 31, False) == here
    )
    assert words("RENDER", True, 31, False) == ["'Animate Frame 31'", "'Use Frame 9 Instead'"]
    assert words("VIEWPORT", True, 31, True) == ["'Retake Frame 31'", "'Use Frame 9 Instead'"]
    assert words("RESULT", True, 31, True) == ["Retake"]


def test_what_the_press_will_render(shot, monkeypatch):
    planned = SimpleNamespace(
        plan=SimpleNamespace(low_from=lambda: 5, moments=(0, 12, 47, 48), covered=(1.0, 0.9, 0.899, 0.5))
    )
    stale = [False]
    monkeypatch.setattr(plans, "known", lambda _: planned)
    monkeypatch.setattr(plans, "lines", lambda _: ["3 stills", "They show 80 %", "Below 90 % from frame 5 on"])
    monkeypatch.setattr(plans, "is_stale", lambda *_: stale[0])
    shot.engine, shot.motion, shot.stills, shot.still_source = "rich", "CAMERA", "NUMBER", "RENDER"
    told("what a plan says on the card", walk.draw_summary, "moves", context=Window(), shot=shot)
    told("a plan", walk.draw_stills, "moves", context=Window(), shot=shot)
    stale[0] = True
    told("a plan that is stale", walk.draw_stills, "moves", context=Window(), shot=shot)
    assert lines(walk.draw_summary, context=Window(), shot=shot) == ["layout"]
    stale[0], shot.motion = False, "WORDS"
    assert lines(walk.draw_summary, context=Window(), shot=shot) == ["layout"]
    shot.motion = "CAMERA"
    monkeypatch.setattr(plans, "known", lambda _: None)
    assert lines(walk.draw_summary, context=Window(), shot=shot) == ["layout"]
    app().part(plans.Plans).making[plans.key(shot)] = 0.25
    told("a plan that is being made", walk.draw_stills, "moves", context=Window(), shot=shot)
    for name, value in (("engine", "plain"), ("motion", "WORDS"), ("still_source", "VIEWPORT")):
        before = getattr(shot, name)
        setattr(shot, name, value)
        assert lines(walk.draw_stills, context=Window(), shot=shot) == ["layout"]
        setattr(shot, name, before)


def test_the_direction(shot):
    shot.seconds = 4.5
    told("a direction without dialogue", direction.DirectionPanel)
    for index, (speaker, language) in enumerate((("Anna", "English"), ("Bert", "French"), ("Cleo", "German"))):
        line = shot.lines.add()
        line.speaker, line.language, line.line = speaker, language, f"{index}"
    shot.active_line, shot.engine = 1, "rich"
    edit_scene.ensure_edit_scene(bpy.context, shot.id_data).render.fps = 30
    told("a direction with three lines, in an edit of another rate", direction.DirectionPanel)
    shot.engine, shot.active_line = "plain", 3
    told("a direction whose engine speaks no lines", direction.DirectionPanel)
    while len(shot.lines) > 1:
        shot.lines.remove(0)
    assert not [line for line in lines(direction.DirectionPanel) if "line_move" in line]
    layout = Lines()
    direction.TAKEONE_UL_lines.draw_item(None, None, layout, None, shot.lines[0], 0, None, "")
    check("card", "a row of the dialogue", layout.written)


def test_the_settings(shot, monkeypatch):
    scene = shot.id_data
    scene.render.resolution_x, scene.render.resolution_y = 641, 361
    told("the settings of a plain engine", settings.SettingsPanel)
    told("settings that are closed", settings.SettingsPanel, folded=("take_one_settings",))
    shot.engine, shot.still_source, shot.seed_lock, shot.frame_lock = "paid", "IMAGE", True, True
    option_properties.declare((PAID,))
    options.set_value(shot, "paid", "steps", 500)
    for name in ("/a/b.png", "/c.jpg"):
        shot.references.add().path = name
    told("the settings of an engine with options and references", settings.SettingsPanel, folded=("take_one_more",))
    shot.still_source, shot.engine, shot.seed_lock = "PLAYHEAD", "plain", False
    a_take(shot, "t", 1, seed=7)
    app().state.engines = (replace(PLAIN, max_pixels=1000),)
    told("settings of what is too large, with a take", settings.SettingsPanel)
    shot.engine = "gone"
    options.set_value(shot, "gone", "steps", 5)
    told("what is kept for an engine that is away", engines.draw_options, context=Window(), shot=shot, able=PLAIN)
    shot.still_source = "RENDER"
    scene.camera = shot.camera = None
    told("settings without a camera", settings.SettingsPanel)


def test_the_final_prompt(shot):
    told("an automatic prompt", prompt.PromptPanel, "moves")
    shot.still_source, app().state.composing = "IMAGE", shot.uid
    told("an automatic prompt that is being made, of a picture", prompt.PromptPanel, "moves")
    shot.final_prompt, shot.final_prompt_of = bpy.data.texts.new("p"), "other"
    told("a prompt that is empty", prompt.PromptPanel, "moves")
    shot.final_prompt.write("\n".join(f"line {number}" if number != 3 else "" for number in range(14)))
    told("a prompt of fourteen lines", prompt.PromptPanel, "moves")


def test_walks(shot, monkeypatch):
    scene = shot.id_data
    told("a walk with no camera selected", walk.WalkPanel, "moves")
    scene.camera.select_set(True)
    told("a walk with one camera selected", walk.WalkPanel, "moves")
    for item in (scene.camera, camera(scene, "Close")):
        item.select_set(True)
        shot.walk_cameras.add().camera = item
    shot.walk_by, shot.walk_notes = "LENGTH", "6.0 s\ncut"
    told("a walk that was made", walk.WalkPanel, "moves")
    monkeypatch.setattr(walks, "making", lambda: True)
    told("a walk that is being made", walk.WalkPanel, "moves")
