"""A landing in figures: where a take goes, what its sound says, and which of two takes the buttons act on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import bpy
import pytest
import stand_in
from rooms import clip
from stand_in import ready
from take_one.scene.app.app import app
from take_one.scene.edit import edit_scene, landing, strips
from take_one.scene.model.shots.kept import Kept, read
from take_one.scene.model.shots.shot_list import add_shot, ensure_ids, find_shot
from take_one.scene.session import pump


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return clip(tmp_path_factory.mktemp("source") / "take.mp4")


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def shot(session):
    shot = add_shot(bpy.context.scene)
    shot.name = "Kitchen"
    return shot


def said(event, **result):
    """The event with another result."""
    return event._replace(job=replace(event.job, result=replace(event.job.result, **result)))


def places(take="k1"):
    return [(strips.start(strip), strips.end(strip)) for _, strip in strips.strips_of_take(take)]


@pytest.mark.parametrize(
    ("seconds", "kinds"), [(None, ["MOVIE", "SOUND"]), (0.0, ["MOVIE"]), (0.01, ["MOVIE", "SOUND"])]
)
def test_a_clip_that_is_silent_gets_no_sound_strip(shot, source, seconds, kinds):
    pump.handle(said(ready(shot, source=source), sound_seconds=seconds))
    assert sorted(strip.type for _, strip in strips.strips_of_take("k1")) == kinds
    assert read(shot.takes[0]).sound_seconds == seconds
    assert landing.has_sound(Kept(sound_seconds=seconds)) == ("SOUND" in kinds)


@pytest.mark.parametrize(
    ("base", "fps", "fits"),
    [(1.0, Fraction(24), True), (1.0, Fraction(24000, 1001), False), (1.001, Fraction(24), False),
     (1.001, Fraction(24000, 1001), True), (1.0, Fraction(2401, 100), True), (1.0, Fraction(2402, 100), False),
     (1.0, None, True)],
)  # fmt: skip
def test_a_rate_that_is_a_thousandth_off_is_another(shot, source, base, fps, fits):
    edit = edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    edit.render.fps, edit.render.fps_base = 24, base
    pump.handle(ready(shot, source=source, fps=fps))
    assert (app().state.last_error is None) is fits


@pytest.mark.parametrize(
    ("placement", "frame", "start"), [("PLAYHEAD", 77, 77), ("AFTER", 77, 54), ("PLAYHEAD", None, 54)]
)
def test_where_a_second_take_goes(shot, source, placement, frame, start):
    pump.handle(ready(shot, source=source))
    edit = bpy.data.scenes["Edit"]
    pump.handle(ready(shot, "k2", 2, source, placement=placement, frame=frame))
    assert places("k2") == [(start, start + 24)] * 2
    assert places() == [(30, 54)] * 2
    assert (edit.frame_start, edit.frame_end) == (1, start + 23)
    pump.handle(ready(shot, "k3", 3, source, frame=5))
    assert edit.frame_end == start + 23, "it ends no earlier"


def test_a_take_lands_where_its_shot_begins_without_its_handles(shot, source):
    pump.handle(stand_in.ready(shot, source=source, frame=50, head=3, tail=8))
    found = strips.strips_of_take("k1")
    assert [(strips.start(one), strips.end(one), strips.content_start(one)) for _, one in found] == [(50, 63, 47)] * 2
    assert {(one[strips.HEAD_KEY], one[strips.TAIL_KEY]) for _, one in found} == {(3, 8)}


def test_the_edit_is_made_like_the_shots_scene_whatever_the_window_shows(shot, source):
    scene, other = bpy.context.scene, bpy.data.scenes.new("Other")
    for one, numbers in ((scene, (25, 2.0, 480, 270)), (other, (30, 1.0, 640, 360))):
        render = one.render
        render.fps, render.fps_base, render.resolution_x, render.resolution_y = numbers
    event = stand_in.ready(shot, source=source)
    bpy.context.window.scene = other
    pump.handle(event)
    render = bpy.data.scenes["Edit"].render
    assert (render.fps, render.fps_base, render.resolution_x, render.resolution_y) == (25, 2.0, 480, 270)


def test_the_edit_that_the_press_named_is_the_one(shot, source):
    edit_scene.ensure_edit_scene(bpy.context, shot.id_data)
    other = bpy.data.scenes.new("Other Cut")
    other.sequence_editor_create()
    uid = ensure_ids(other)[1]
    end = other.frame_end
    pump.handle(ready(shot, source=source, edit_uid=uid))
    assert {scene.name for scene, _ in strips.strips_of_take("k1")} == {"Other Cut"}
    assert other.frame_end == end, "an edit of the user's is not made longer"


@pytest.mark.parametrize(("chosen", "after"), [(0, 2), (1, 1), (2, 2)])
def test_the_buttons_stay_with_a_take_that_the_user_chose(shot, source, chosen, after):
    """Of two takes the edit shows the first: the buttons go on to the new take where they acted on that one."""
    pump.handle(ready(shot, source=source))
    pump.handle(ready(shot, "k2", 2, source))
    shot.current_take, shot.active_take = "k1", chosen
    pump.handle(ready(shot, "k3", 3, source))
    assert (shot.current_take, shot.active_take) == ("k3", after)


def test_numbers_go_on_from_the_highest_that_landed(shot, source):
    pump.handle(ready(shot, "k7", 7, source))
    assert shot.last_number == 7
    pump.handle(ready(shot, "k3", 3, source))
    assert shot.last_number == 7
    assert [take.number for take in shot.takes] == [7, 3]


def test_what_the_job_says_is_on_the_take(shot, source):
    event = said(ready(shot, source=source, refines="k0"), notes=("One.", "Two."))
    event = event._replace(job=replace(event.job, model="wan", seed=2**32 - 1))
    pump.handle(event)
    (take,) = shot.takes
    assert (take.engine, take.seed, take.refines, take.notes) == ("wan", 2**31 - 1, "k0", "One.\nTwo.")
    assert take.clip.endswith("Kitchen_t001.mp4") and take.sidecar.endswith("Kitchen_t001.json")
    event = ready(shot, "k2", 2, source)
    pump.handle(event._replace(job=replace(event.job, model="", seed=None)))
    assert (shot.takes[1].engine, shot.takes[1].seed) == ("", 0)


def test_a_shot_that_is_made_again_leaves_the_others_alone(session, source):
    scene = bpy.context.scene
    first, second = add_shot(scene), add_shot(scene)
    second.name = "Hall"
    event = ready(second, source=source)
    scene.take_one.shots.remove(1)
    scene.take_one.active_shot = 0
    uid = first.uid
    pump.handle(event._replace(job=replace(event.job, seconds=3.5, prompt="pan left", model="horse")))
    again = find_shot(event.binding.shot_uid)
    assert (again.name, again.prompt, again.seconds, again.engine) == ("Hall", "pan left", 3.5, "horse")
    assert scene.take_one.shots[scene.take_one.active_shot].uid == uid


def test_the_first_shot_that_is_made_again_is_shown(session, source):
    scene = bpy.context.scene
    shot = add_shot(scene)
    event = ready(shot, source=source)
    scene.take_one.shots.clear()
    pump.handle(event)
    assert scene.take_one.active_shot == 0 and len(scene.take_one.shots) == 1


def test_the_edit_is_made_like_the_scene(shot):
    scene = shot.id_data
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 640, 360, 50
    render.pixel_aspect_x, render.pixel_aspect_y, render.fps, render.fps_base = 1.5, 1.25, 25, 1.0
    made = edit_scene.ensure_edit_scene(bpy.context, scene)
    assert [getattr(made.render, name) for name in edit_scene.COPIED] == [640, 360, 50, 1.5, 1.25, 25, 1.0]
    assert (made.frame_start, made.frame_end, made.view_settings.look, made.sync_mode) == (1, 1, "None", "AUDIO_SYNC")
    assert edit_scene.ensure_edit_scene(bpy.context, scene) == made
    assert edit_scene.find_edit_scene(bpy.context, made) is None, "without strips it is no edit of its own"
    ending = {"length": 9} if bpy.app.version >= (5, 0) else {"frame_end": 10}
    made.sequence_editor.strips.new_effect(name="c", type="COLOR", channel=1, frame_start=1, **ending)
    assert edit_scene.find_edit_scene(bpy.context, made) == made
