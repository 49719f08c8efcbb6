"""Takes, cards and their options, in figures: numbers, undo, who follows, what engines declare, what is lent."""

from __future__ import annotations

import json
from types import SimpleNamespace

import bpy
import pytest
from rooms import a_take, camera
from stand_in import binding_of
from strangers import own_clip
from take_one.client.protocol import Choice, EngineInfo, Option, Price
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips
from take_one.scene.edit.cut import effects
from take_one.scene.model import lent
from take_one.scene.model.properties import (
    choices,
    earlier,
    edit_of,
    edit_properties,
    option_properties,
    options,
    properties,
)
from take_one.scene.model.properties.edit_properties import Followers
from take_one.scene.model.shots import kept, takes

E31 = 2**31


# Takes


@pytest.fixture
def shot(film):
    shot = bpy.context.scene.take_one.shots[0]
    shot.name = "Kitchen"
    return shot


def test_numbers_of_a_shot_are_those_that_a_take_can_have(shot):
    folder = takes.shot_folder(shot)
    (folder / "stills" / "Kitchen_t007").mkdir(parents=True)
    assert takes.next_number(shot) == 8 and (folder / "stills" / "Kitchen_t008").is_dir()
    shot.last_number = -5
    for path in (folder / "stills").iterdir():
        path.rmdir()
    assert takes.next_number(shot) == 1, "no number is below 0"
    takes.remember(shot, a_take(shot, "k9", 9))
    shot.takes.clear()
    assert takes.next_number(shot) == 10
    app().state.jobs["j"] = SimpleNamespace(binding=binding_of(shot, "j", 14))
    assert takes.next_number(shot) == 15
    (folder / "Kitchen_t020.json").touch()
    (folder / "kitchen_T021.MP4").touch()
    (folder / "Kitchen_t1234567890.mp4").touch()
    assert (takes.next_number(shot), takes.HIGHEST_NUMBER) == (22, 1_000_000)


def test_folders_that_are_links_are_nobodys(shot, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    folder = takes.shot_folder(shot)
    folder.parent.mkdir()
    folder.symlink_to(away)
    for ask, more in ((takes.next_number, ()), (takes.new_picture, (1, "x.png")), (takes.own_folder, ())):
        with pytest.raises(SceneError) as caught:
            ask(shot, *more)
        assert caught.value.code == "linked_folder" and str(folder) in caught.value.message
    folder.unlink()
    picture = takes.new_picture(shot, 3, "x.png")
    assert picture == folder / "stills" / "Kitchen_t003" / "x.png" and picture.parent.is_dir()
    assert not list(away.iterdir())
    clip = folder / "Kitchen_t003.mp4"
    takes.release_number(clip)
    assert not picture.parent.exists()
    picture = takes.new_picture(shot, 3, "x.png")
    picture.touch()
    takes.release_number(clip)
    assert picture.exists()


def test_what_an_undo_took_away_comes_back_as_it_was(shot):
    scene = bpy.context.scene
    for uid, number in (("k1", 3), ("k2", 1)):
        takes.remember(shot, a_take(shot, uid, number, note=f"of {uid}", rating=number))
    takes.keep_ids(scene)
    ids = scene.take_one.file_id, scene.take_one.uid
    shot.takes.remove(0)
    shot.takes[0].status, shot.takes[0].note, shot.last_number = "WAITING", "", 0
    scene.take_one.uid = scene.take_one.file_id = ""
    takes.restore_after_undo()
    assert (scene.take_one.file_id, scene.take_one.uid) == ids
    assert [(take.uid, take.number, take.status, take.note, take.rating) for take in shot.takes] == [
        ("k2", 1, "READY", "of k2", 1), ("k1", 3, "READY", "of k1", 3),
    ]  # fmt: skip
    assert shot.last_number == 3
    shot.takes[0].note = "another"
    takes.restore_after_undo()
    assert shot.takes[0].note == "another", "a take that is ready stays as it is"
    takes.forget(shot, "k2")
    shot.takes.clear()
    takes.restore_after_undo()
    assert [take.uid for take in shot.takes] == ["k1"]
    shot.takes[0].clip = "//new.mp4"
    takes.remember_again()
    takes.file_renamed(ids[0], "another")
    assert takes._landed(shot) == {} and takes.place(shot) == (ids[0], shot.uid)
    part = app().part(takes.Remembered)
    assert part.takes["another", shot.uid]["k1"]["clip"] == "//new.mp4"
    assert part.ids[scene.session_uid] == ("another", ids[1])


def test_takes_that_wait_are_those_of_this_file(shot, tmp_path):
    for uid, number, status in (("k1", 1, "WAITING"), ("k2", 2, "READY"), ("k3-1", 3, "WAITING"), ("k4", 4, "WAITING")):
        a_take(shot, uid, number, status)
    clip = own_clip(shot, number=4)
    assert [take.uid for _, take in takes.waiting()] == ["k1", "k3-1", "k4"]
    assert {found.uid for found, _ in takes.waiting()} == {shot.uid}
    takes.reconcile({"k3"})
    assert [take.status for take in shot.takes] == ["CANCELLED", "READY", "WAITING", "READY"]
    assert shot.takes[3].clip == "//takes/Kitchen/Kitchen_t004.mp4" and clip.is_file()
    assert shot.takes[3].sidecar == "//takes/Kitchen/Kitchen_t004.json"
    takes.reconcile(set())
    assert shot.takes[2].status == "CANCELLED"


def test_what_a_take_keeps_that_says_nothing():
    take = SimpleNamespace(request="")
    assert kept.read(take) == kept.Kept(None, (), None, None, None, 0, 0, 0, "")
    kept.write(take, kept.Kept(head=1, tail=2, beyond=3, made="2026-01-02", cost=Price(1.5)))
    found = kept.read(take)
    assert (found.head, found.tail, found.beyond, found.made, kept.cost_of(take)) == (1, 2, 3, "2026-01-02", Price(1.5))
    for text in ("[]", "3", "{", "[" * 9999):
        assert kept.read(SimpleNamespace(request=text)) == kept.Kept()
    half = SimpleNamespace(request=json.dumps({"request": {"engine": 3}, "head": 4}))
    assert (kept.read(half).request, kept.read(half).head) == (None, 4)


# Properties


def test_a_shots_length_is_followed_and_that_of_a_blank_card_is_not(shot):
    followers, told = app().part(Followers), []
    followers.of_length[:] = [lambda one: told.append(("a", one.uid)), lambda one: told.append(("b", one.uid))]
    shot.seconds = 3.0
    assert told == [("a", shot.uid), ("b", shot.uid)]
    shot.id_data.take_one.blank.seconds = 4.0
    assert len(told) == 2
    followers.of_burn_in[:] = [lambda edit: told.append(edit.name)]
    names = ("shown", "top_left", "top", "top_right", "bottom_left", "bottom", "bottom_right")
    for name in names:
        setattr(bpy.context.scene.take_one.burn_in, name, True if name == "shown" else "x")
    assert told[2:] == ["Scene"] * len(names)
    assert [item[0] for item in edit_properties.BED_TAKES] == ["LINES", "ALL"]


def test_choices_are_known_by_words_that_files_keep():
    found = {
        name: [(item[0], item[4]) if len(item) > 3 else item[0] for item in getattr(choices, name)]
        for name in ("STILL_SOURCES", "MOTIONS", "STILLS", "WALK_PACES", "PLACEMENTS", "SHOT_STATUSES", "TAKE_STATUSES")
    }
    assert found == {
        "STILL_SOURCES": [("RENDER", 0), ("VIEWPORT", 1), ("RESULT", 2), ("IMAGE", 3), ("PLAYHEAD", 4)],
        "MOTIONS": ["WORDS", "CAMERA"], "STILLS": ["AUTO", "NUMBER", "ONE"], "WALK_PACES": ["SPEED", "LENGTH"],
        "PLACEMENTS": ["REPLACE", "AFTER", "PLAYHEAD"],
        "SHOT_STATUSES": [("TODO", 0), ("WORK", 1), ("REVIEW", 2), ("APPROVED", 3), ("OMITTED", 4)],
        "TAKE_STATUSES": ["WAITING", "READY", "FAILED", "CANCELLED"],
    }  # fmt: skip


def test_what_was_said_in_another_way_is_brought_to_todays(shot):
    assert earlier.QUALITIES == ("fast", None, "best")
    for number, value in ((0, "fast"), (1, None), (2, "best"), (3, None), (-1, None)):
        properties.TAKEONE_PG_shot.quality = bpy.props.IntProperty(default=1)
        shot.quality = number
        del properties.TAKEONE_PG_shot.quality
        shot.option_values.clear()
        earlier.update()
        assert [(one.engine, one.name, one.value) for one in shot.option_values] == (
            [("", "quality", f'"{value}"')] if value else []
        )
    earlier.update()
    assert not hasattr(shot, "quality")


# Options


def declared(option, engine="film"):
    """The shot's property for an option of an engine."""
    app().state.engines = (EngineInfo(engine, "Film", options=(option,)),)
    option_properties.declare(app().state.engines)
    return option_properties.name_of(engine, option)


def test_numbers_are_held_as_far_as_blender_holds_them(shot):
    shot.engine = "film"
    rna = shot.bl_rna.properties
    whole = declared(Option("whole", "int", 7, "Whole", low=-(10**12), high=10**12))
    assert (rna[whole].hard_min, rna[whole].hard_max, rna[whole].default) == (-E31, E31 - 1, 7)
    free = declared(Option("free", "int", 10**12, "Free"))
    assert (rna[free].hard_min, rna[free].hard_max, rna[free].default) == (-E31, E31 - 1, E31 - 1)
    assert getattr(shot, free) == E31 - 1
    real = declared(Option("real", "float", 0.25, "Real", low=-1e300, high=2.5, unit="%"))
    assert (rna[real].hard_min, rna[real].hard_max) == (pytest.approx(-3.4e38), 2.5)
    assert (rna[real].subtype, rna[whole].subtype, rna[whole].is_animatable) == ("PERCENTAGE", "NONE", False)
    for value in (0.3, 0.1, 2.0):
        setattr(shot, real, value)
        assert options.kept(shot, "film")["real"] == value
    setattr(shot, whole, 12)
    assert options.kept(shot, "film") == {"real": 2.0, "whole": 12} and rna[whole].name == "Whole"


def test_choices_and_texts_of_engines(shot):
    shot.engine = "film"
    rows = (Choice("a", "First", "One."), Choice("b c"), Choice("d"))
    name = declared(Option("kind", "enum", "b c", "Kind", tooltip="Which.", choices=rows))
    prop = shot.bl_rna.properties[name]
    assert [(item.identifier, item.name, item.description, item.value) for item in prop.enum_items] == [
        ("0", "First", "One.", 0), ("1", "B c", "", 1), ("2", "D", "", 2),
    ]  # fmt: skip
    assert (getattr(shot, name), prop.default, prop.name, prop.description) == ("1", "1", "Kind", "Which.")
    setattr(shot, name, "2")
    assert options.kept(shot, "film") == {"kind": "d"} and getattr(shot, name) == "2"
    text, flag = declared(Option("text", "text", "blur", "Text")), declared(Option("flag", "bool", True, "Flag"))
    assert (getattr(shot, text), getattr(shot, flag), shot.bl_rna.properties[flag].default) == ("blur", True, True)
    assert text.startswith("option_") and text.endswith("_text")
    assert declared(Option("größe", "bool", True)).removeprefix("option_").isdigit()
    long = declared(Option("x" * 99, "bool", True))
    assert len(long) == 60 and option_properties.MOST == 64
    assert option_properties.name_of("other", Option("text", "text", "blur", "Text")) is None
    assert declared(Option("text", "text", "blur", "Text")) == text, "made once"


def test_values_are_kept_by_engine_and_those_of_any_engine_come_first(shot):
    steps = Option("steps", "int", 8, "Steps", low=1, high=20)
    film = EngineInfo("film", "Film", options=(steps, Option("on", "bool", True)))
    app().state.engines = (film, EngineInfo("other", "Other", options=film.options[:1]))
    for engine, name, value in (("", "steps", 3), ("", "lost", 1), ("film", "on", False), ("other", "steps", 5)):
        entry = shot.option_values.add()
        entry.engine, entry.name, entry.value = engine, name, json.dumps(value)
    shot.engine = "film"
    assert options.kept(shot, "film") == {"steps": 3, "lost": 1, "on": False}
    assert options.kept(shot, "other") == {"steps": 5, "lost": 1}
    assert options.chosen(shot, {}) == {"steps": 3, "on": False}
    assert options.chosen(shot, {"options": {"steps": 4, "scene": 1}}) == {"steps": 4, "on": False, "scene": 1}
    assert options.chosen(shot, {"engine": "gone", "options": {"a": 1}}) == {"steps": 3, "lost": 1, "a": 1}
    with pytest.raises(SceneError) as caught:
        options.chosen(shot, {"options": {"steps": 99}})
    assert (caught.value.code, caught.value.problem.param) == ("bad_option", "steps")
    assert caught.value.message.startswith("Film can't take 99 for steps: ")
    assert options.misfits(shot, film) == []
    options.set_value(shot, "film", "steps", 99)
    options.set_value(shot, "film", "gone", "x")
    (steps, gone) = sorted(options.misfits(shot, film), key=lambda one: one.name, reverse=True)
    assert (steps.name, steps.label, steps.value, gone.name, gone.label, gone.why) == (
        "steps", "Steps", 99, "gone", "gone", "there is no such setting here",
    )  # fmt: skip
    assert gone.text == 'gone was set to "x", which does not count: there is no such setting here'
    assert options.value_of(shot, "film", film.options[0]) == 8 and options.chosen(shot, {}) == {"on": False}
    options.reset(shot, "steps")
    assert options.kept(shot, "film") == {"lost": 1, "on": False, "gone": "x"}
    assert options.kept(shot, "other") == {"lost": 1, "steps": 5}
    options.replace(shot, {"steps": 6, "final_prompt": "x", "scene": {}, "refine_from": "k"})
    assert options.kept(shot, "film") == {"steps": 6} and options.kept(shot, "other") == {"steps": 5}
    assert options.to_text(shot) == '{"steps": 6}'


def test_what_options_are_called():
    def label(**more):
        return options.label(Option("guide_scale", "float", 1.0, **more))

    assert label() == "Guide scale" and label(unit="%") == "Guide scale" and label(unit="GB") == "Guide scale (GB)"
    assert (
        label(label="Memory", unit="GB") == "Memory (GB)" and label(label="Memory in GB", unit="gb") == "Memory in GB"
    )
    assert options.plain("a\0b\ud800") == "ab" and options.shown({"ä": 1}) == '{"ä": 1}'
    assert options.from_text("") == {} and options.from_text('{"a": 1}') == {"a": 1}
    for text in ("[]", "{", "3", '{"a": NaN}', "[" * 99999):
        with pytest.raises(SceneError, match="Engine options are a JSON object such as") as caught:
            options.from_text(text)
        assert caught.value.code == "bad_option"


# What is lent, and which edit


def test_what_is_lent_is_the_users_meanwhile():
    scene = bpy.context.scene
    scene.frame_set(40)

    def lend(*rows, outer=None):
        record = {"values": [{"path": path, "block": block, "before": before, "now": now}
                             for path, block, before, now in rows]}  # fmt: skip
        return json.dumps(record if outer is None else record | {"outer": outer})

    inner = lend(("frame_float", None, 7.0, 33.0))
    scene[lent.RECORD] = lend(("frame_float", None, 33.0, 40.0), ("frame_float", "x", 1.0, 40.0), outer=inner)
    assert list(lent.lent(scene, "frame_float")) == [(33.0, 40.0), (7.0, 33.0)]
    assert lent.own_frame(scene) == 7
    for here, own in ((40.9, 7), (41.0, 41), (39.1, 7), (39.0, 39)):
        scene.frame_float = here
        assert lent.own_frame(scene) == own
    scene[lent.RECORD] = lend(("frame_float", None, "x", 39.0))
    assert lent.own_frame(scene) == 39
    scene[lent.RECORD] = lend(("frame_float", None, 7.6, 39.0))
    assert lent.own_frame(scene) == 8
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 300, 200, 100
    scene[lent.RECORD] = lend(
        ("render.resolution_x", None, 640, 300), ("render.resolution_y", None, 360, 201),
        ("render.resolution_percentage", None, 50, 100),
    )  # fmt: skip
    assert lent.own_size(scene) == (320, 100)
    assert (lent.LAST, lent.BESIDE) == (1_048_574, 1.0)


def test_an_edit_is_not_the_scene_that_only_has_a_sequencer():
    scene, chosen = bpy.context.scene, bpy.data.scenes.new("Chosen")
    context = SimpleNamespace(workspace=SimpleNamespace(sequencer_scene=chosen))
    assert edit_of.find_edit_scene(context, scene) == chosen and edit_of.find_edit_scene(context, chosen) is None
    chosen.sequence_editor_create()
    assert edit_of.find_edit_scene(context, chosen) is None
    effects.new_effect(chosen, "c", "COLOR", 1, 1, 5)
    assert edit_of.find_edit_scene(context, chosen) == chosen
    assert strips.last_frame(chosen) == 6 and camera(scene).type == "CAMERA"
