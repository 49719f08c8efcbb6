"""What the card's panels say, let be pressed and grey: by the engine, the take, the shot, and what is known of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from paper import Ink, Window, ink
from rooms import camera
from stand_in import PLAIN, RICH
from take_one.client.protocol import Price, Problem
from take_one.panels import shots
from take_one.panels.parts import engines
from take_one.panels.sidebar import card, direction, prompt, settings, takes, walk
from take_one.scene.app.app import app
from take_one.scene.edit import edit_scene
from take_one.scene.model.shots import kept, shot_list
from take_one.scene.session.board import drawing
from take_one.scene.session.views import plans
from take_one.scene.stills import quick_still


@pytest.fixture
def shot():
    stand_in.attach()
    app().state.engines = (PLAIN, RICH)
    scene = bpy.context.scene
    scene.camera = camera(scene, "Wide")
    scene.frame_set(9)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine = "Hall", "plain"
    return shot


def edit():
    return edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)


def test_the_direction_greys_what_its_engine_does_not_do_and_says_why(shot):
    shot.seconds = 4.0
    assert ink(direction.DirectionPanel) == [
        "#[sound]", "-<line_add> Dialogue", "Plain makes no sound", "Plain speaks no lines", "-[motion]",
        "Plain moves the camera by words only", "[seconds]", "[frames]",
    ]  # fmt: skip
    shot.seconds = 4.5
    shot.lines.add()
    edit().render.fps = 30
    assert ink(direction.DirectionPanel)[1:] == [
        "Plain makes no sound", "-<TAKEONE_UL_lines>", "-<line_add>", "-<line_remove>", "-[speaker]", "-[language]",
        "-[line]", "Plain speaks no lines", "-[motion]", "Plain moves the camera by words only", "![seconds]",
        "![frames]", "Frames of the edit, 30 a second", "Plain makes at most 4 s",
    ]  # fmt: skip
    shot.engine, shot.lines.add().language = "rich", "French"
    edit().render.fps, shot.active_line = 24, 2
    assert ink(direction.DirectionPanel) == [
        "[sound]", "<TAKEONE_UL_lines>", "<line_add>", "<line_remove>", "<line_move> by=-1", "<line_move> by=1",
        "Rich does not speak French", "[motion]", "<words_to_camera>", "[seconds]", "[frames]",
    ]  # fmt: skip
    shot.motion = "CAMERA"
    assert ink(direction.DirectionPanel)[-5:] == [
        "[motion]",
        "[seconds]",
        "[frames]",
        "[stills]",
        "<plan_stills> Plan Stills",
    ]
    shot.stills = "NUMBER"
    assert ink(direction.DirectionPanel)[-2:] == ["[still_count]", "<plan_stills> Plan Stills"]
    app().part(plans.Plans).making[plans.key(shot)] = 0.25
    assert ink(direction.DirectionPanel)[-1] == "0.25 Planning the stills"


def test_the_settings_are_of_the_still_and_the_seed_that_count(shot):
    scene = shot.id_data
    scene.render.resolution_x, scene.render.resolution_y = 641, 361
    row = ["[size_percent]", "Seed, Still and Place"]
    frame = ["-[frame]", "<shot_use_frame>", "[frame_lock]"]
    assert ink(settings.SettingsPanel) == [
        "Settings", "640 x 360", *row, "-[seed]", "<new_seed>", "[seed_lock]", "---", "[still_source]", "[camera]",
        *frame, "[placement]", "-[handles]", "Plain makes no handles",
    ]  # fmt: skip
    shot.seed_lock = shot.frame_lock = True
    shot.still_source, shot.engine = "IMAGE", "rich"
    assert ink(settings.SettingsPanel) == [
        "Settings", "640 x 360", "<reference_add> Add Reference Pictures", *row, "[seed]", "<new_seed>", "[seed_lock]",
        "---", "[still_source]", "[image_path]", "[placement]", "[handles]",
    ]  # fmt: skip
    shot.references.add().path, shot.references.add().path = "/a/b.png", "/c.jpg"
    shot.still_source, shot.engine = "PLAYHEAD", "plain"
    said = ink(settings.SettingsPanel)
    assert said[10:14] == ["[frame]", "<shot_use_frame>", "[frame_lock]", "Without depth the camera move is plainer"]
    app().state.engines = (replace(PLAIN, max_pixels=1000), RICH)
    assert ink(settings.SettingsPanel)[:4] == [
        "Settings", "", "[size_percent]", "Plain can't make 640x360, only up to 0.0 megapixels.",
    ]  # fmt: skip
    shot.engine = "rich"
    assert ink(settings.SettingsPanel)[2:7] == [
        "character1: b.png", "<reference_remove> index=0", "character2: c.jpg", "<reference_remove> index=1",
        "<reference_add> Add Reference Pictures",
    ]  # fmt: skip
    shot.seed_lock = False
    shot.takes.add()
    assert "#-[seed]" in ink(settings.SettingsPanel)


def test_the_card_names_its_engine_or_what_it_lacks(shot):
    def said():
        return ink(engines.draw_engine, context=Window(), shot=shot, able=engines.capabilities(shot))

    assert said() == ["", "<TAKEONE_MT_engines> Plain"]
    shot.engine = "gone"
    assert said() == ["", "<TAKEONE_MT_engines> gone", "The backend has no engine gone"]
    able = engines.capabilities(shot)
    assert (able.sound, able.camera_path, able.dialogue, able.depth) == (True, True, True, False)
    off = replace(RICH, available=False, reason="No card. Get one.", fix="models")
    app().state.engines, shot.engine = (PLAIN, off), "rich"
    assert said() == ["", "<TAKEONE_MT_engines> Rich", "No card. Get one.", "<fix> Show Models fix=models"]
    account = replace(off, id="paid", name="Paid", fix="accounts")
    app().state.engines = (PLAIN, off, account)
    assert ink(engines.TAKEONE_MT_engines) == [
        "<engine_choose> Plain engine=plain", "-<engine_choose> Rich: No card engine=rich",
    ]  # fmt: skip
    assert ink(engines.draw_list, context=Window()) == ["Engines", "Plain", "Rich", "No card. Get one."]
    shot.engine = "paid"
    assert ink(engines.TAKEONE_MT_engines)[-1] == "-<engine_choose> Paid: No card engine=paid"
    app().state.engines = ()
    assert ink(engines.TAKEONE_MT_engines) == ["<backend_start> Start the backend to see its engines"]
    assert said() == ["", "<TAKEONE_MT_engines> paid"] and ink(engines.draw_list, context=Window()) == []


def test_the_cards_picture_says_what_it_is(shot, monkeypatch):
    shot.still, shot.image_path = "/sent.png", "/own.png"
    assert card.picture_of(shot) == ("/sent.png", "The board's picture", "NONE")
    shot.takes.add()
    assert card.picture_of(shot) == ("/sent.png", "The still sent last", "NONE")
    stale = [False]
    monkeypatch.setattr(quick_still, "is_stale", lambda *_: stale[0])
    for source, words in (
        ("RENDER", "Frame 31, not yet rendered"),
        ("VIEWPORT", "Frame 31"),
        ("RESULT", "The render result"),
    ):
        seen = SimpleNamespace(image="/look.png", source=source, frame=31)
        monkeypatch.setattr(quick_still, "newest", lambda _, seen=seen: seen)
        assert card.picture_of(shot) == ("/look.png", words, "NONE")
    stale[0] = True
    assert card.picture_of(shot) == ("/look.png", "Changed since: look again", "INFO")
    shot.still_source = "IMAGE"
    assert card.picture_of(shot) == ("/own.png", "Sent as it is", "NONE")


def test_the_card_begins_with_what_went_wrong_and_ends_with_what_waits(shot):
    scene = shot.id_data
    app().state.fail(Problem("x", "It broke.", "retry"))
    plans.measured(scene, 2.1)
    said = ink(card.ShotPanel)
    assert said[:8] == [
        "!It broke.", "<dismiss_error>", "<fix> Try Again fix=retry", "<TAKEONE_MT_shots>", "[name]",
        "<shot_add> duplicate=True", "<shot_remove>", "<guide> page=first-take",
    ]  # fmt: skip
    assert said[8:12] == ["<preview_still>", "[prompt]", "<TAKEONE_MT_moves>", "<prompt_text>"]
    held = "EEVEE renders for 2 s a still: a 3D View that you turn meanwhile waits for it"
    assert said[-3:] == ["<animate_frame> Animate This Frame", "<TAKEONE_MT_animate>", held]
    app().state.dismiss()
    plans.measured(scene, 1.9)
    assert held not in ink(card.ShotPanel) and ink(card.ShotPanel)[-1] == "<TAKEONE_MT_animate>"
    scene.render.engine = "CYCLES"
    shot.prompt_text = bpy.data.texts.new("long")
    shot.prompt_text.write("\n".join(f"line {number}" if number != 2 else " " for number in range(9)))
    assert [one for one in ink(card.ShotPanel) if one.startswith("line")] == [f"line {n}" for n in (0, 1, 3, 4, 5)]
    scene.take_one.shots.clear()
    assert ink(card.ShotPanel)[:3] == ["<TAKEONE_MT_shots>", " New shot", "<shot_add> duplicate=False"]


def test_a_take_has_its_buttons_and_says_what_it_lacks(shot, tmp_path):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.rating, take.seed, take.about = "t", 3, "FAILED", 2, 7, "2.0 s, rich"
    take.notes = "One.\n\nTwo."
    buttons = [
        "<take_play> Play", "<show_edit>", "<take_make_current> Make Current", "<take_compare>", "<refine> Refine",
        "<variations> Variations", "<retake> Same Seed same_seed=True", "<take_copy_settings>", "<take_show_file>",
        "<take_delete>", *(f"<take_rate> rating={stars}" for stars in range(1, 6)), "[note]",
    ]  # fmt: skip
    about = ["About the Take", "2.0 s, rich, seed 7", "One.", "Two."]
    for status_, words in (("FAILED", "!This take could not be made"), ("CANCELLED", "This take was cancelled"),
                           ("READY", "!The take's file is gone")):  # fmt: skip
        take.status = status_
        assert ink(takes.TakesPanel) == ["<TAKEONE_UL_takes>", words, "<make_again>", *buttons, *about]
    take.status = "WAITING"
    assert ink(takes.TakesPanel) == ["<TAKEONE_UL_takes>", *buttons, *about]
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"x")
    take.status, take.clip = "READY", str(clip)
    (tmp_path / "film").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film" / "film.blend"))
    assert ink(takes.TakesPanel)[-6:-4] == ["This take lies in another folder than the file", "<bring_takes>"]
    kept.write(take, kept.Kept(cost=Price(1.5)))
    other = shot.takes.add()
    kept.write(other, kept.Kept(cost=Price(2.0)))
    assert ink(takes.TakesPanel)[-4:] == ["2.0 s, rich, seed 7", "Cost $1.50; the shot $3.50", "One.", "Two."]
    shot.active_take = 1
    assert ink(takes.TakesPanel)[-1] == "Cost $2.00; the shot $3.50"
    shot.active_take = 2
    assert ink(takes.TakesPanel) == ["<TAKEONE_UL_takes>"]


def rows(kind, item, data, width=10_000):
    paper = Ink()
    context = SimpleNamespace(region=SimpleNamespace(width=width), preferences=Window.preferences)
    kind.draw_item(SimpleNamespace(wide=getattr(kind, "wide", False)), context, paper, data, item, 0, None, "")
    return paper.said


def test_rows_of_takes_say_all_where_there_is_room(shot):
    take = shot.takes.add()
    take.uid, take.number, take.status, take.about = "t", 3, "FAILED", "2.0 s, 64 x 36, rich, 3 Feb"
    assert rows(takes.TAKEONE_UL_takes, take, shot) == ["Take 3", "2.0 s, 64 x 36, rich, 3 Feb"]
    take.words, take.rating, take.note, shot.current_take = "push in", 4, "dark", "t"
    assert rows(takes.TAKEONE_UL_takes, take, shot, 419) == ["3  push in", "2.0 s", "4", "", ""]
    assert rows(takes.TAKEONE_UL_takes, take, shot, 420)[1] == "2.0 s, 64 x 36, rich, 3 Feb"


def test_rows_of_shots_say_all_where_there_is_room(shot):
    narrow = ["", "[name]", "[frames]"]
    assert rows(shots.TAKEONE_UL_shots, shot, None, 559) == [*narrow, ""]
    take = shot.takes.add()
    take.uid, take.number, shot.current_take, shot.note, shot.status = "t", 4, "t", "lamp", "OMITTED"
    assert rows(shots.TAKEONE_UL_shots, shot, None, 559) == ["-" + one for one in (*narrow, "t4", "", "")]
    wide = ["", "[name]", "Wide, 50 mm", "[frames]", "[seconds]", "Take 4 of 1", "[status]", "[rating]", "[note]"]
    assert rows(shots.TAKEONE_UL_shots, shot, None, 560) == ["-" + one for one in wide]
    shot.status = "TODO"
    assert rows(shots.TAKEONE_UL_shots_wide, shot, None, 1) == wide


def test_walks_and_plans_are_shown_as_far_as_they_are(shot):
    scene = shot.id_data
    pace = ["[walk_by]", "[walk_speed]"]
    hint = "Select the cameras to walk through, one after the other"
    assert ink(walk.WalkPanel) == [*pace, hint, "#<walkthrough>"]
    shot.walk_by, shot.walk_notes = "LENGTH", "6.0 s\ncut"
    shot.walk_cameras.add().camera = scene.camera
    assert ink(walk.WalkPanel) == [
        "[walk_by]",
        "[walk_seconds]",
        "#<walkthrough>",
        "<walkthrough_again>",
        "6.0 s",
        "cut",
    ]
    for item in (scene.camera, camera(scene, "Close")):
        item.select_set(True)
    assert ink(walk.WalkPanel)[2:4] == ["Close > Wide", "<walkthrough>"]
    moments = tuple(range(0, 49, 2))
    planned = SimpleNamespace(plan=SimpleNamespace(moments=moments, covered=tuple(1 - at / 100 for at in moments)))
    found = walk.bars(planned)
    assert (len(found), found[0], found[1], found[-1]) == (24, 1.0, 0.98, pytest.approx(0.52))
    assert walk.bars(SimpleNamespace(plan=SimpleNamespace(moments=(0,), covered=(0.5,)))) == [0.5]


def test_the_final_prompt_says_where_it_comes_from(shot):
    assert ink(prompt.PromptPanel) == ["[scene_facts]", "<show_prompt>"]
    shot.still_source, app().state.composing = "IMAGE", shot.uid
    assert ink(prompt.PromptPanel) == ["-[scene_facts]", "Only a render shows the scene as it is now", "#<show_prompt>"]
    shot.final_prompt, shot.final_prompt_of = bpy.data.texts.new("p"), "other"
    row = ["<final_prompt>", "<edit_prompt>", "<show_prompt>", "<clear_prompt>"]
    stale = "The direction has changed since. Renew the prompt, or make it automatic"
    assert ink(prompt.PromptPanel) == [*row, stale, "The text is empty: the prompt is automatic"]
    shot.final_prompt.write("\n".join(f"line {number}" for number in range(14)))
    assert ink(prompt.PromptPanel) == [*row, stale, *(f"line {number}" for number in range(12))]


def test_the_list_is_filtered_by_status_and_by_words_of_the_name(shot):
    for name in ("Stairs", "Hallway"):
        shot_list.add_shot(shot.id_data).name = name
    shot.id_data.take_one.shots[1].status = "REVIEW"

    def found(status, words):
        holder = SimpleNamespace(status=status, filter_name=words, bitflag_filter_item=4)
        return shots.TAKEONE_UL_shots.filter_items(holder, None, shot.id_data.take_one, "shots")

    assert [found(*asked) for asked in (("ALL", ""), ("ALL", "hALL"), ("REVIEW", ""), ("REVIEW", "hall"))] == [
        ([], []), ([4, 0, 4], []), ([0, 4, 0], []), ([0, 0, 0], []),
    ]  # fmt: skip
    paper = Ink()
    shots.TAKEONE_UL_shots.draw_filter(SimpleNamespace(), None, paper)
    assert paper.said == ["[filter_name]", "[status]"]
    manager = bpy.context.window_manager
    for index in (2, 0):
        manager.take_one_shot = index
        assert (manager.take_one_shot, shot.id_data.take_one.active_shot) == (index, index)
    manager.take_one_shot = 3
    assert manager.take_one_shot == 0


def test_the_shots_panel_begins_with_ways_to_shots_and_ends_with_the_shown_one(shot):
    listed = [
        "<TAKEONE_UL_shots>", "<shot_add>", "<shot_remove>", "---", "<shot_move> by=-1", "<shot_move> by=1", "---",
        "<TAKEONE_MT_shot_list>", "1 shots, 0:05.0, 120 frames",
    ]  # fmt: skip
    said = ink(shots.TAKEONE_PT_shots)
    assert said[:9] == listed and said[9:12] == ["[status]", "[rating]", "<show_edit>"]
    assert said[-2:] == ["<length_from_strip>", "<length_from_take>"]
    drawing.begin([("a", "s"), ("b", "s")], [])
    edit()
    assert ink(shots.TAKEONE_PT_shots)[9:12] == ["0.00 Board 0 of 2", "[ripple]", "-[ripple_others]"]
    assert ink(shots.TAKEONE_OT_shot_list)[0] == "<TAKEONE_UL_shots_wide>"
    drawing.stop()
    shot.id_data.take_one.shots.clear()
    assert ink(shots.TAKEONE_PT_shots) == ["<shots_from_markers>", "<shots_from_cameras>", "<shots_from_strips>"]


def test_the_card_says_what_the_press_will_render_and_what_no_still_shows(shot, monkeypatch):
    low = [5]
    monkeypatch.setattr(plans, "known", lambda _: SimpleNamespace(plan=SimpleNamespace(low_from=lambda: low[0])))
    monkeypatch.setattr(plans, "lines", lambda _: ["3 stills", "They show 80 %", "Below 90 % from frame 5 on"])
    stale = [False]
    monkeypatch.setattr(plans, "is_stale", lambda *_: stale[0])
    shot.engine, shot.motion = "rich", "CAMERA"
    assert ink(walk.draw_summary, context=Window(), shot=shot) == ["3 stills", "Below 90 % from frame 5 on"]
    low[0] = None
    assert ink(walk.draw_summary, context=Window(), shot=shot) == ["3 stills"]
    shot.engine = "plain"
    assert ink(walk.draw_summary, context=Window(), shot=shot) == []
    shot.engine, stale[0] = "rich", True
    assert ink(walk.draw_summary, context=Window(), shot=shot) == []
