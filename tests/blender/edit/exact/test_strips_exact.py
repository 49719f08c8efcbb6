"""Strips in figures: what the edit ends with, what lies over takes, sizes, shared sounds, and swaps in steps."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from cutting import an_edit, colour_to
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import compare, edit_scene, strips, swapping
from take_one.scene.edit.cut import keys
from take_one.scene.edit.cut.uses import BED_KEY, BURN_KEY, WITH_KEY
from take_one.scene.model.shots.shot_list import add_shot


@pytest.fixture
def edit():
    scene = bpy.data.scenes.new("Edit")
    scene.render.fps, scene.render.fps_base, scene.frame_start, scene.frame_end = 24, 1.0, 37, 61
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.sequence_editor_create()
    scene.frame_set(45)
    return scene


def place(edit, path, frame=40, take="t1", shot="s1", **more):
    return strips.place(edit, path, name=f"Hall_{take}", shot_uid=shot, take_uid=take, frame=frame, **more)


def extent(strip):
    return strips.start(strip), strips.end(strip), strip.channel


def test_the_film_ends_with_its_last_strip_whatever_runs_along(edit, clips):
    bare = bpy.data.scenes.new("Bare")
    bare.frame_start = 9
    assert (strips.last_frame(edit), strips.last_frame(bare)) == (37, 9)
    place(edit, clips["a"])
    colour_to(edit, "early", 9, 38, 50)
    for number, key in enumerate((BED_KEY, BURN_KEY, strips.COMPARE_KEY), 10):
        colour_to(edit, key, number, 40, 90 + number, **{key: "x"})
    assert strips.last_frame(edit) == 64
    assert [strips.runs_along(strip) for strip in edit.sequence_editor.strips if strip.channel > 8] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_take_lies_under_what_lies_over_shots(edit, clips):
    colour_to(edit, "title", 4, 50, 60)
    colour_to(edit, "fade", 9, 40, 44, **{WITH_KEY: "s1"})
    colour_to(edit, "words", 12, 40, 60, **{BURN_KEY: "top"})
    colour_to(edit, "later", 20, 64, 80)
    movie, sound = place(edit, clips["a"])
    assert (movie.channel, sound.channel) == (6, 5)
    assert (movie.select, sound.select) == (False, False)
    assert strips.usable_channels(edit.sequence_editor, 40, 64)[:6] == [1, 2, 3, 7, 8, 10]
    assert strips.usable_channels(edit.sequence_editor, 40, 64, movie)[:5] == [1, 2, 3, 6, 7]
    assert strips.busy_channels(edit.sequence_editor, 60, 64, None) == {5, 6}
    assert strips.busy_channels(edit.sequence_editor, 59, 65, sound) == {4, 6, 12, 20}
    assert strips.free_channels(edit.sequence_editor, 40, 64, 2) == [7, 8]
    assert strips.free_channels(edit.sequence_editor, 40, 64, 3, movie) == [6, 7, 8]


def test_what_is_taken_is_said_with_its_frames(edit, clips):
    for channel in edit.sequence_editor.channels:
        channel.lock = channel.name != "Channel 3"
    with pytest.raises(SceneError) as caught:
        place(edit, clips["a"])
    message = "All channels of the edit are taken or locked from frame 40 to 64. Unlock one."
    assert (caught.value.code, str(caught.value), caught.value.fix) == ("no_channel", message, "retry")
    assert place(edit, clips["a"], sound=False).movie.channel == 3


@pytest.mark.parametrize(("size", "wanted"), [((64, 36), 36 / 54), ((128, 36), 36 / 54), ((16, 36), 0.5)])
def test_a_take_of_another_shape_is_seen_whole(edit, clips, size, wanted):
    edit.render.resolution_x, edit.render.resolution_y = size
    movie, _ = place(edit, clips["tall"])
    assert (movie.transform.scale_x, movie.transform.scale_y) == pytest.approx((wanted, wanted))
    assert tuple(movie[strips.SIZE_KEY]) == (32, 54)


def test_a_sound_without_room_below_its_picture_lies_above(edit, clips):
    colour_to(edit, "one", 1, 30, 80)
    steps = strips.place_steps(edit, clips["a"], name="x", shot_uid="s1", take_uid="t1", frame=40, handles=(5, 3))
    next(steps)
    (movie,) = [strip for _, strip in strips.unfinished("t1")]
    assert (extent(movie), movie.get(strips.SHOT_KEY)) == ((40, 56, 3), None)
    movie.channel = 2
    assert next(steps, "done") == "done"
    sound = edit.sequence_editor.strips["x sound"]
    assert (extent(sound), sound[strips.HEAD_KEY], sound[strips.TAIL_KEY]) == ((40, 56, 3), 5, 3)
    assert strips.content_start(sound) == 35 and strips.unfinished("t1") == []
    _, whole = place(edit, clips["a"], frame=100, take="t2", handles=(24, 0))  # which leave nothing of it
    assert (extent(whole)[:2], whole[strips.HEAD_KEY], whole[strips.TAIL_KEY]) == ((76, 100), 0, 0)


def test_a_picture_that_was_taken_away_between_the_steps_gets_no_sound(edit, clips):
    steps = strips.place_steps(edit, clips["a"], name="x", shot_uid="s1", take_uid="t1", frame=40)
    next(steps)
    strips.remove_unfinished("t1")
    assert next(steps, "done") == "done" and len(edit.sequence_editor.strips) == 0


def test_only_strips_that_show_a_take_are_a_shots(edit, clips):
    place(edit, clips["a"])
    colour_to(edit, "board", 9, 40, 60, **{strips.SHOT_KEY: "s1"})
    place(edit, clips["a"], take="t2", shot="s2")
    assert [strip.name for _, strip in strips.strips_of_shot("s1")] == ["Hall_t1", "Hall_t1 sound"]
    assert {scene.name for scene, _ in strips.all_strips()} == {"Edit"}


def test_strips_of_a_linked_edit_are_another_files(edit, clips, tmp_path):
    edit[edit_scene.EDIT_KEY] = True
    place(edit, clips["a"])
    library = str(tmp_path / "library.blend")
    bpy.data.libraries.write(library, {edit})
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.scenes = ["Edit"]
    assert len([scene for scene in bpy.data.scenes if scene.name == "Edit"]) == 2
    assert [scene.library for scene, _ in strips.strips_of_take("t1")] == [None, None]
    for scene in bpy.data.scenes:
        edit_scene.output_beside(str(tmp_path / "film.blend"))
        assert (scene.render.filepath == str(tmp_path / "film Edit.mp4")) is (scene == edit)


def test_where_a_sound_ends_whose_file_goes_on(edit, clips):
    _, sound = place(edit, clips["a"])
    assert [strips.ending(sound, after) for after in (30, 50, 70)] == [30, 50, 70]
    assert strips.own_end(sound) == 64
    sound[strips.BEYOND_KEY] = -4
    assert strips.own_end(sound) == 64
    sound[strips.OWN_KEY] = 20
    assert strips.own_end(sound) == 60
    assert [strips.ending(sound, after) for after in (30, 50, 60, 61)] == [41, 50, 60, 60]


def test_a_swap_brings_the_same_part_of_the_shot(edit, clips):
    """From handles of 2 and 4 to some of 6 and 3, by way of none: keys of the strip stay, and what was its own."""
    movie, sound = place(edit, clips["a"], handles=(2, 4))
    movie.blend_alpha = 0.5
    movie.keyframe_insert("blend_alpha", frame=44)
    sound[strips.OWN_KEY] = 19
    for name, handles, first in (("b", (6, 3), 34), ("a", (0, 0), 40), ("b", (0, 5), 40)):
        swapping.swap([movie, sound], clips[name], name="Hall_t2", take_uid="t2", handles=handles)
        assert (extent(movie), extent(sound)) == ((40, 58, 2), (40, 58, 1))
        assert {strips.content_start(strip) for strip in (movie, sound)} == {first}
        assert {(strip[strips.HEAD_KEY], strip[strips.TAIL_KEY]) for strip in (movie, sound)} == {handles}
        assert strips.own_end(sound) == 57
        (curve,) = [curve for _, curve in keys.curves(edit)]
        assert [key.co.x for key in curve.keyframe_points] == [44]
    bare, _ = place(edit, clips["a"], frame=100, take="t3")
    del bare[strips.HEAD_KEY]  # as one that another program laid
    swapping.swap([bare], clips["b"], name="x", take_uid="t4")
    assert strips.HEAD_KEY not in bare


def test_a_swap_says_whether_the_file_before_ran_at_the_edits_rate(edit, clips):
    movie, _ = place(edit, clips["a"])
    for base, off in ((1.0, False), (1.0003, False), (1.001, True), (0.999, True)):
        edit.render.fps_base = base
        swapping.swap([movie], clips["b"], name="x", take_uid="t2")
        assert bool(movie[strips.OFF_RATE_KEY]) is off, base


def test_a_swap_goes_on_with_the_strips_that_are_still_there(edit, clips):
    gone, left = bpy.data.scenes.new("Gone"), place(edit, clips["a"])
    lost = place(gone, clips["a"], take="t9")
    other = place(edit, clips["a"], frame=100, take="t8")
    steps = swapping.swap_steps([other.movie, lost.movie, left.sound, left.movie], clips["b"], name="x", take_uid="t2")
    next(steps)
    edit.sequence_editor.strips.remove(other.movie)
    bpy.data.scenes.remove(gone)
    assert list(steps) == [None] * 3
    assert sorted(strip.name for _, strip in strips.strips_of_take("t2")) == ["x", "x sound"]
    assert list(swapping.swap_steps([], Path("/gone.mp4"), name="x", take_uid="t3")) == []


def test_a_swap_to_the_same_file_reads_its_sound_anew_and_keeps_it(edit, clips):
    movie, sound = place(edit, clips["a"])
    kept = sound.sound
    swapping.swap([movie, sound], clips["a"], name="x", take_uid="t2")
    assert sound.sound == kept and kept.users == 1 and len(bpy.data.sounds) == 1
    _, other = place(edit, clips["a"], frame=100, take="t3")
    other.sound = sound.sound
    swapping.swap([sound], clips["b"], name="x", take_uid="t4")
    assert (other.sound, sound.sound.name) == (kept, "b.mp4")


def test_a_strip_comes_back_to_its_channel_in_its_own_meta_strip(edit, clips):
    """What is in the way counts where the strip is: in the meta strip, not beside it."""
    movie, _ = place(edit, clips["a"])
    meta = edit.sequence_editor.strips.new_meta("meta", 8, 40)
    blocks = [
        colour_to(edit, "inside", 2, 64, 90),
        colour_to(edit, "higher", 3, 80, 95),
        colour_to(edit, "last", 128, 30, 35),
    ]
    for strip in (movie, *blocks):
        strip.move_to_meta(meta)
    colour_to(edit, "beside", 3, 30, 90)
    with strips.aside(movie):
        assert movie.channel == 127
        setattr(movie, strips.END, 70)
    assert extent(movie) == (40, 70, 3)
    with strips.aside(movie):
        setattr(movie, strips.END, 64)
    assert extent(movie) == (40, 64, 3)
    strips.remove([(edit, movie)])
    assert sorted(strip.name for strip in meta.strips) == ["higher", "inside", "last"]


def test_the_strip_that_is_revealed_is_selected_alone_under_the_playhead(edit, clips):
    movie, sound = place(edit, clips["a"])
    other = colour_to(edit, "other", 9, 70, 90)
    other.select = sound.select = True
    edit_scene.reveal(bpy.context, edit, None)
    assert (edit.frame_current, other.select) == (45, True)
    edit_scene.reveal(bpy.context, edit, movie)
    assert [strip.name for strip in edit.sequence_editor.strips if strip.select] == ["Hall_t1"]
    assert (edit.sequence_editor.active_strip, edit.frame_current) == (movie, 40)


def test_two_takes_over_a_cut_that_is_locked_above(edit, clips):
    """A comparison takes the three channels that it finds, and is not rendered, in whatever scene it is."""
    shot = add_shot(bpy.context.scene)
    for number, name in enumerate(("a", "b"), 1):
        take = shot.takes.add()
        take.uid, take.number, take.status, take.clip = f"t{number}", number, "READY", str(clips[name])
    colour_to(edit, "all", 6, 38, 90)
    for channel in (7, 9):
        edit.sequence_editor.channels[channel].lock = True
    compare.show(edit, shot.takes[1], shot.takes[0], 50)
    found = {strip.name: strip for _, strip in compare._strips()}
    assert {name: extent(strip) for name, strip in found.items()} == {
        "Compare": (50, 80, 11), "Compare take 2": (50, 80, 12), "Compare take 1": (50, 74, 13),
    }  # fmt: skip
    assert found["Compare take 2"].transform.offset_x < 0 < found["Compare take 1"].transform.offset_x
    assert not any(key in strip for strip in found.values() for key in (strips.TAKE_KEY, strips.JOB_KEY))
    compare._on_render()
    assert [strip.mute for strip in found.values()] == [True] * 3 and not edit.sequence_editor.strips["all"].mute
    compare._after_render()
    assert [strip.mute for strip in found.values()] == [False] * 3
    colour_to(edit, "high", 125, 100, 130)  # two channels are left above the first of the two
    compare.show(edit, shot.takes[0], shot.takes[1], 100)
    assert sorted(extent(strip) for _, strip in compare._strips()) == [(100, 124, 2), (100, 130, 1), (100, 130, 3)]
    shot.takes[0].status = "FAILED"
    with pytest.raises(SceneError, match="take 1 is gone"):
        compare.show(edit, shot.takes[1], shot.takes[0], 50)
    assert compare.hide() == 3 and compare.hide() == 0


def test_what_is_laid_lies_above_all_that_shows_there():
    edit = an_edit(24)
    colour_to(edit, "low", 2, 40, 70)
    high = colour_to(edit, "high", 5, 50, 70)
    colour_to(edit, "away", 9, 70, 80)
    colour_to(edit, "fade", 12, 40, 80, **{WITH_KEY: "a"})

    def free(first, after, ignore=None):
        return strips.free_channels(edit.sequence_editor, first, after, 2, ignore)

    assert [free(45, 60), free(45, 60, high), free(40, 50), free(69, 70), free(70, 80), free(69, 71)] == [
        [6, 7], [3, 4], [3, 4], [6, 7], [10, 11], [10, 11],
    ]  # fmt: skip
