"""What engines declare as their settings: on the card, in the file by name, and in what is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import bpy
import pytest
import stand_in
from paper import draw
from take_one.client import events
from take_one.client.protocol import Choice, EngineInfo, Option, codec
from take_one.panels.parts import engines as engine_panels
from take_one.panels.sidebar import card as card_panels
from take_one.panels.sidebar import settings
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model.properties import option_properties, options
from take_one.scene.model.properties.properties import TAKEONE_PG_shot
from take_one.scene.model.shots import card, trust
from take_one.scene.model.shots.shot_list import add_shot, copy_direction
from take_one.scene.session import jobs, pump
from take_one.scene.session.press.press import Call, make_order

DATA = Path(__file__).parents[1] / "data"
LOOP = Option("loop", "bool", False, "Loop", tooltip="End as it begins")
STEPS = Option("steps", "int", 8, low=1, high=100)
STRENGTH = Option("strength", "float", 0.5, "Strength", low=0.0, high=1.0, tooltip="How far it goes")
MEMORY = Option("memory", "float", 80.0, "Memory", low=1, unit="GB")
QUALITY = Option(
    "quality",
    "enum",
    "standard",
    "Quality",
    choices=(Choice("fast", "Fast", "Few steps"), Choice("standard"), Choice("best", "Best", "Most steps")),
)
AVOID = Option("avoid", "text", "blur", "Avoid")
FILM = EngineInfo("film", "Film", options=(LOOP, STEPS, STRENGTH, MEMORY, QUALITY, AVOID))
OTHER = EngineInfo("other", "Other", options=(replace(QUALITY, default="best"),))


def tell(*engines: EngineInfo) -> None:
    """Let the backend tell these engines."""
    pump.handle(events.Engines(engines))
    assert app().state.last_error is None


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def shot(session, tmp_path):
    picture = bpy.data.images.new("x", 32, 18)
    picture.filepath_raw, picture.file_format = str(tmp_path / "own.png"), "PNG"
    picture.save()
    shot = add_shot(bpy.context.scene)
    shot.still_source, shot.image_path, shot.engine = "IMAGE", str(tmp_path / "own.png"), "film"
    tell(FILM, OTHER)
    return shot


def surface(option: Option, engine: str = "film") -> str:
    name = option_properties.name_of(engine, option)
    assert name is not None
    return name


def sent(shot, session, **overrides) -> dict:
    """The options of a request made now."""
    jobs.start(make_order(bpy.context, shot, Call((1,), overrides=overrides)))
    return dict(session.requests[-1].options)


def test_each_kind_is_a_property_as_it_is_declared(shot):
    rna = shot.bl_rna.properties
    assert [getattr(shot, surface(one)) for one in (LOOP, STEPS, STRENGTH, AVOID)] == [False, 8, 0.5, "blur"]
    assert [rna[surface(one)].type for one in FILM.options] == ["BOOLEAN", "INT", "FLOAT", "FLOAT", "ENUM", "STRING"]
    assert (rna[surface(LOOP)].name, rna[surface(LOOP)].description) == ("Loop", "End as it begins")
    steps, strength = rna[surface(STEPS)], rna[surface(STRENGTH)]
    assert (steps.name, steps.hard_min, steps.hard_max, steps.default) == ("Steps", 1, 100, 8)
    assert (strength.hard_min, strength.hard_max) == (0.0, 1.0)
    assert rna[surface(MEMORY)].name == "Memory (GB)" and rna[surface(MEMORY)].hard_min == 1.0
    items = rna[surface(QUALITY)].enum_items
    assert [(one.name, one.description) for one in items] == [
        ("Fast", "Few steps"),
        ("Standard", ""),
        ("Best", "Most steps"),
    ]
    assert not any(rna[surface(one)].is_animatable for one in FILM.options)


def test_what_is_set_is_kept_by_name_and_sent_and_the_rest_is_left_to_the_engine(shot, session):
    assert sent(shot, session) == {}
    assert len(shot.option_values) == 0
    for option, value in ((LOOP, True), (STEPS, 30), (STRENGTH, 0.3), (QUALITY, "2"), (AVOID, "grün")):
        setattr(shot, surface(option), value)
    kept = {(one.engine, one.name): json.loads(one.value) for one in shot.option_values}
    values = {"loop": True, "steps": 30, "strength": 0.3, "quality": "best", "avoid": "grün"}
    assert kept == {("film", name): value for name, value in values.items()}
    assert sent(shot, session) == values
    assert json.loads(shot.engine_options) == values


def test_a_set_value_holds_the_shot_to_its_engine(shot, session):
    shot.engine = ""
    assert options.engine_of(shot) == "film"  # the first one
    setattr(shot, surface(STEPS), 5)
    assert shot.engine == "film"
    tell(OTHER, FILM)
    assert sent(shot, session) == {"steps": 5}


def test_the_servers_own_engine_is_the_first_that_can_run(shot, session):
    shot.engine = ""
    tell(replace(FILM, available=False, reason="It is too old."), OTHER)
    sent(shot, session)
    assert session.requests[-1].engine == "other"
    tell(replace(FILM, available=False, reason="It is too old."))
    with pytest.raises(SceneError, match="Film can't run here: It is too old"):
        make_order(bpy.context, shot)


def test_values_are_kept_while_the_engine_is_away(shot, session, tmp_path):
    setattr(shot, surface(QUALITY), "2")
    setattr(shot, surface(STEPS), 30)
    tell(OTHER)
    assert json.loads(shot.engine_options) == {"quality": "best", "steps": 30}
    paper = draw(settings.SettingsPanel)
    assert {"steps", "30", "quality", '"best"'} <= set(paper.texts)
    assert "The backend has no engine film" in draw(card_panels.ShotPanel).texts
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    app().state.engines = ()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film.blend"))
    shot = bpy.context.scene.take_one.shots[0]
    trust.allow(tmp_path / "own.png")
    assert sent(shot, session) == {"quality": "best", "steps": 30}  # the backend has not told: it judges
    tell(FILM)
    assert (getattr(shot, surface(QUALITY)), getattr(shot, surface(STEPS))) == ("2", 30)


def test_what_no_longer_fits_is_said_and_the_default_counts_until_it_fits_again(shot, session):
    setattr(shot, surface(QUALITY), "2")
    setattr(shot, surface(STEPS), 30)
    setattr(shot, surface(LOOP), True)
    fewer = replace(QUALITY, choices=QUALITY.choices[:2])
    changed = replace(FILM, options=(fewer, replace(STEPS, high=20), STRENGTH))
    tell(changed)
    assert (getattr(shot, surface(fewer)), getattr(shot, surface(changed.options[1]))) == ("1", 8)
    assert sent(shot, session) == {}
    assert [(one.name, one.value) for one in options.misfits(shot, changed)] == [
        ("quality", "best"),
        ("steps", 30),
        ("loop", True),
    ]
    said = draw(settings.SettingsPanel).texts
    assert 'Quality was set to "best", which does not count: it must be one of fast, standard' in " ".join(said)
    tell(FILM)
    assert options.misfits(shot, FILM) == []
    assert sent(shot, session) == {"quality": "best", "steps": 30, "loop": True}
    tell(changed)
    bpy.ops.takeone.option_reset(name="loop")
    setattr(shot, surface(fewer), "0")
    assert [one.name for one in options.misfits(shot, changed)] == ["steps"]


def test_a_script_is_warned_of_what_does_not_count(shot, monkeypatch, capsys):
    setattr(shot, surface(STEPS), 30)
    tell(replace(FILM, options=(replace(STEPS, high=20),)))
    monkeypatch.setattr(jobs, "run_blocking", lambda order: [])
    bpy.ops.takeone.animate_frame()
    assert "Warning: Steps was set to 30, which does not count: it must lie between 1 and 20" in capsys.readouterr().out


def test_each_engine_has_its_own_values(shot, session):
    setattr(shot, surface(QUALITY), "0")
    shot.engine = "other"
    quality = OTHER.options[0]
    assert getattr(shot, surface(quality, "other")) == "2"
    assert sent(shot, session) == {}
    setattr(shot, surface(quality, "other"), "1")
    assert sent(shot, session) == {"quality": "standard"}
    assert sent(shot, session, engine="film") == {"quality": "fast"}


def test_a_call_says_its_own_options(shot, session):
    setattr(shot, surface(STEPS), 30)
    assert sent(shot, session, options={"quality": "fast", "own": 1}) == {"quality": "fast", "own": 1, "steps": 30}
    assert json.loads(shot.engine_options) == {"steps": 30}
    with pytest.raises(RuntimeError, match="Film can't take 1000 for steps: it must lie between 1 and 100"):
        bpy.ops.takeone.animate_frame(engine_options='{"steps": 1000}')
    with pytest.raises(RuntimeError, match="JSON object"):
        bpy.ops.takeone.animate_frame(engine_options="best")
    assert len(shot.takes) == shot.last_number == 1  # nothing came of those


def test_undo_brings_a_value_back(shot):
    bpy.ops.ed.undo_push(message="before")
    setattr(shot, surface(STEPS), 30)
    bpy.ops.ed.undo_push(message="steps")
    bpy.ops.ed.undo()
    shot = bpy.context.scene.take_one.shots[0]
    assert getattr(shot, surface(STEPS)) == 8
    bpy.ops.ed.redo()
    shot = bpy.context.scene.take_one.shots[0]
    assert getattr(shot, surface(STEPS)) == 30


def test_copies_of_a_shot_and_of_its_scene_have_the_values(shot):
    setattr(shot, surface(STEPS), 30)
    copy = add_shot(bpy.context.scene)
    copy_direction(bpy.context.scene.take_one.shots[0], copy)
    assert (copy.engine, json.loads(copy.engine_options)) == ("film", {"steps": 30})
    setattr(copy, surface(STEPS), 31)
    assert json.loads(bpy.context.scene.take_one.shots[0].engine_options) == {"steps": 30}
    bpy.ops.scene.new(type="FULL_COPY")
    assert [json.loads(one.engine_options) for one in bpy.context.scene.take_one.shots] == [
        {"steps": 30},
        {"steps": 31},
    ]


def test_a_linked_shot_shows_what_its_file_says(shot, session, tmp_path):
    setattr(shot, surface(STEPS), 30)
    path = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(path), link=True) as (there, here):
        here.scenes = there.scenes[:1]
    linked = here.scenes[0].take_one.shots[0]
    assert linked.id_data.library is not None
    assert getattr(linked, surface(STEPS)) == 30 and options.chosen(linked, {}) == {"steps": 30}


def test_presets_and_takes_bring_values_back(shot, session, tmp_path, monkeypatch):
    setattr(shot, surface(STEPS), 30)
    shot.final_prompt = bpy.data.texts.new("mine")
    shot.final_prompt.write("Mine.")
    tell(replace(FILM, prompt_form=True))
    assert sent(shot, session) == {"steps": 30, "final_prompt": "Mine."}
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_a, **_k: str(tmp_path))
    bpy.ops.takeone.preset_add(name="Thirty")
    shot.engine_options, shot.engine = '{"loop": true}', "other"
    bpy.ops.script.execute_preset(filepath=str(tmp_path / "Thirty.py"), menu_idname="TAKEONE_PT_presets")
    assert (shot.engine, json.loads(shot.engine_options)) == ("film", {"steps": 30})
    shot.engine_options = "{}"
    card.copy_settings(shot, shot.takes[0])
    assert json.loads(shot.engine_options) == {"steps": 30}


def test_wrong_words_for_the_cards_options_change_nothing_and_are_said(shot):
    shot.engine_options = '{"steps": 30}'
    shot.engine_options = '{"steps": NaN}'
    assert json.loads(shot.engine_options) == {"steps": 30}
    assert "JSON object" in app().state.last_error.message


@pytest.mark.parametrize("text", ['{"', "NaN", "[" * 100_000, "nonsense"])
def test_a_file_with_nonsense_in_it_has_the_defaults(shot, session, text):
    entry = shot.option_values.add()
    entry.engine, entry.name, entry.value = "film", "steps", text
    assert getattr(shot, surface(STEPS)) == 8
    assert sent(shot, session) == {}
    draw(settings.SettingsPanel)


def test_odd_declarations_do_no_harm(shot):
    odd = EngineInfo(
        "odd/ö",
        options=(
            Option("größe", "int", 10**30, "a\0b\ud800", tooltip="\0"),
            Option("far", "float", -1e300, low=-1e308, high=1e308),
            Option("same", "enum", "", choices=(Choice(""), Choice(""), Choice("a\0b"))),
            Option("x" * 500, "text", "\0"),
            *(Option(f"more_{index}", "bool", True) for index in range(200)),
        ),
    )
    tell(odd)
    shot.engine = "odd/ö"
    shown = [name for one in odd.options if (name := option_properties.name_of("odd/ö", one))]
    assert len(shown) == option_properties.MOST
    for name in shown:
        getattr(shot, name)
    setattr(shot, shown[2], "2")
    assert json.loads(shot.engine_options) == {"same": "a\0b"}
    draw(settings.SettingsPanel)


def test_the_same_list_again_makes_nothing_new_and_nothing_outlives_the_extension(shot):
    import take_one

    before = set(shot.bl_rna.properties.keys())
    held = surface(STEPS)
    tell(FILM, OTHER)
    tell()
    assert set(shot.bl_rna.properties.keys()) == before  # a panel may hold them
    tell(FILM)
    assert surface(STEPS) == held
    take_one.unregister()
    take_one.register()
    left = {name for name in [*TAKEONE_PG_shot.bl_rna.properties.keys()] if name.startswith("option_")}
    assert left == {"option_values"}


# --- files and presets of version 0.1 -------------------------------------------------------------------------


def test_a_file_of_version_0_1_keeps_its_quality(session):
    bpy.ops.wm.open_mainfile(filepath=str(DATA / "quality_0_1.blend"))
    state = bpy.context.scene.take_one
    kept = [[(one.engine, one.name, one.value) for one in shot.option_values] for shot in (state.blank, *state.shots)]
    assert kept == [[("", "quality", '"fast"')], [("", "quality", '"best"')], [], []]
    assert [shot.engine for shot in state.shots] == ["happyhorse", "", ""]
    assert "quality" not in TAKEONE_PG_shot.bl_rna.properties
    made = state.shots[0]
    assert options.chosen(made, {}) == {"quality": "best"}
    tell(replace(OTHER, id="happyhorse"), FILM)
    assert options.chosen(made, {}) == options.chosen(made, {"engine": "film"}) == {"quality": "best"}
    tell(replace(OTHER, id="happyhorse", options=()))
    assert options.chosen(made, {}) == {} and options.misfits(made, app().state.engines[0]) == []
    tell(replace(OTHER, id="happyhorse", options=(replace(QUALITY, choices=QUALITY.choices[:2]),)))
    assert [one.name for one in options.misfits(made, app().state.engines[0])] == ["quality"]


def test_so_does_a_scene_that_is_linked_from_one(session):
    with bpy.data.libraries.load(str(DATA / "quality_0_1.blend"), link=True) as (there, here):
        here.scenes = there.scenes
    made = here.scenes[0].take_one.shots[0]
    assert made.id_data.library is not None and options.chosen(made, {}) == {"quality": "best"}


def test_a_preset_of_version_0_1_keeps_its_quality(shot, tmp_path):
    from take_one.operators.making import presets

    head = "import bpy\ncard = bpy.types.TAKEONE_OT_preset_add.card()\n\ncard.words = \"card.quality = 'BEST'\"\n"
    (tmp_path / "old.py").write_text(head + "card.engine = 'film'\ncard.quality = 'FAST'\ncard.size_percent = 50\n")
    (tmp_path / "plain.py").write_text(head + "card.engine = 'film'\ncard.quality = 'STANDARD'\n")
    presets.update(tmp_path)
    assert not list(tmp_path.glob("*.part"))
    for name, kept in (("old", {"quality": "fast"}), ("plain", {})):
        bpy.ops.script.execute_preset(filepath=str(tmp_path / f"{name}.py"), menu_idname="TAKEONE_PT_presets")
        assert json.loads(shot.engine_options) == kept
    assert (shot.size_percent, shot.prompt) == (50, "card.quality = 'BEST'")


# --- drawing --------------------------------------------------------------------------------------------------


def test_the_card_shows_what_the_engine_declares_in_its_order(shot):
    paper = draw(settings.SettingsPanel)
    shown = [one.text for one in paper.drawn if one.what.startswith("option_")]
    assert shown == ["Loop", "Steps", "Strength", "Memory (GB)", "Quality", "Avoid"]
    shot.engine = "other"
    paper = draw(settings.SettingsPanel)
    assert [one.text for one in paper.drawn if one.what.startswith("option_")] == ["Quality"]


def test_a_server_that_lists_nothing_but_ids_is_drawn(shot):
    """As vLLM-Omni and SGLang answer GET /v1/models."""
    from take_one.panels import preferences
    from take_one.panels.sidebar import direction

    listed = [{"id": "wan2.2/t2v", "object": "model"}, {"id": "hunyuan", "object": "model"}]
    tell(*(codec.from_json(EngineInfo, one, lenient=True) for one in listed))
    app().state.backend.state = "ready"
    shot.engine = ""
    menu = draw(engine_panels.TAKEONE_MT_engines)
    assert menu.texts == ["wan2.2/t2v", "hunyuan"]
    assert "wan2.2/t2v" in draw(card_panels.ShotPanel).texts
    said = draw(direction.DirectionPanel, draw_header_preset=None).texts
    assert not [text for text in said if "wan2.2" in text]  # nobody says that it can't do something
    page = draw(preferences.TAKEONE_AP_preferences, backend="SERVER", server_url="http://127.0.0.1:8000")
    assert {"wan2.2/t2v", "hunyuan"} <= set(page.texts)
    assert app().state.last_error is None
