"""Takes on the sequencer: nothing that was there moves, trims survive a swap, failures leave nothing."""

from __future__ import annotations

import bpy
import pytest
from rooms import NEW, clip, everything
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import strips, swapping


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return {
        "a": clip(folder / "a.mp4", 24, (0.8, 0.1, 0.1)),
        "b": clip(folder / "b.mp4", 24, (0.1, 0.8, 0.1)),
        "long": clip(folder / "long.mp4", 36, (0.1, 0.1, 0.8)),
        "short": clip(folder / "short.mp4", 12, (0.5, 0.5, 0.1)),
        "large": clip(folder / "large.mp4", 24, (0.5, 0.1, 0.5), size=(128, 72)),
    }


@pytest.fixture
def edit():
    scene = bpy.data.scenes.new("Edit")
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    scene.sequence_editor_create()
    return scene


def colour(edit, name, channel, first, count):
    ending = {"length": count} if NEW else {"frame_end": first + count}
    strip = edit.sequence_editor.strips.new_effect(
        name=name, type="COLOR", channel=channel, frame_start=first, **ending
    )
    strip.select = False
    return strip


def place(edit, path, frame=10, take="t1", **more):
    return strips.place(edit, path, name=f"Kitchen_{take}", shot_uid="s1", take_uid=take, frame=frame, **more)


def extent(strip):
    return strips.start(strip), strips.end(strip), strip.channel


def test_picture_and_sound_have_the_same_length(edit, clips):
    movie, sound = place(edit, clips["a"])
    assert extent(movie) == (10, 34, 2)
    assert extent(sound) == (10, 34, 1)
    assert (movie.name, sound.name) == ("Kitchen_t1", "Kitchen_t1 sound")
    assert movie[strips.SHOT_KEY] == sound[strips.SHOT_KEY] == "s1"
    assert movie.color_tag == sound.color_tag != "NONE"


def test_files_beside_the_blend_are_named_relative_to_it(tmp_path):
    (tmp_path / "takes").mkdir()
    clip(tmp_path / "takes" / "a.mp4", 24, (0.8, 0.1, 0.1))
    clip(tmp_path / "takes" / "b.mp4", 24, (0.1, 0.8, 0.1))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    edit = bpy.context.scene
    movie, sound = place(edit, tmp_path / "takes" / "a.mp4")
    assert extent(movie) == (10, 34, 2)
    assert (movie.filepath, sound.sound.filepath) == ("//takes/a.mp4", "//takes/a.mp4")
    swapping.swap([movie, sound], tmp_path / "takes" / "b.mp4", name="Kitchen_t2", take_uid="t2")
    assert (movie.filepath, sound.sound.filepath) == ("//takes/b.mp4", "//takes/b.mp4")
    bpy.ops.wm.read_factory_settings(use_empty=True)


def test_nothing_that_was_there_changes(edit, clips):
    one = colour(edit, "one", 1, 1, 30)
    two = colour(edit, "two", 3, 20, 30)
    one.select = True
    edit.sequence_editor.active_strip = one
    before = [everything(one), everything(two), everything(edit.render), everything(edit.view_settings)]
    place(edit, clips["a"])
    editor = edit.sequence_editor
    assert [
        everything(one),
        everything(two),
        everything(edit.render),
        everything(edit.view_settings),
    ] == before
    assert editor.active_strip == one
    assert [strip.name for strip in editor.strips if strip.select] == ["one"]


def test_locked_muted_and_occupied_channels_are_passed_over(edit, clips):
    channels = edit.sequence_editor.channels
    colour(edit, "one", 1, 1, 30)
    channels[2].lock = True
    channels[3].mute = True
    colour(edit, "later", 4, 200, 10)
    movie, sound = place(edit, clips["a"])
    assert (sound.channel, movie.channel) == (4, 5)
    again, _ = place(edit, clips["b"], take="t2")
    assert again.channel > movie.channel


def test_channels_below_are_used_where_none_is_left_above(edit, clips):
    colour(edit, "top", 128, 1, 100)
    movie, sound = place(edit, clips["a"])
    assert (sound.channel, movie.channel) == (1, 2)


def test_no_free_channel_leaves_nothing_behind(edit, clips):
    for channel in edit.sequence_editor.channels:
        channel.lock = True
    with pytest.raises(SceneError) as caught:
        place(edit, clips["a"])
    assert caught.value.code == "no_channel"
    assert len(edit.sequence_editor.strips_all) == 0
    assert len(bpy.data.sounds) == 0


@pytest.mark.parametrize("content", [None, b"", b"not a movie at all"])
def test_an_unreadable_clip_leaves_nothing_behind(edit, tmp_path, content):
    path = tmp_path / "bad.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SceneError) as caught:
        place(edit, path)
    assert caught.value.code == "clip_unreadable"
    assert len(edit.sequence_editor.strips_all) == 0
    assert len(bpy.data.sounds) == 0


@pytest.mark.parametrize("other", ["b", "long", "short"])
def test_a_swap_keeps_trims_transform_effects_and_other_strips(edit, clips, other):
    movie, sound = place(edit, clips["a"])
    for strip in (movie, sound):
        setattr(strip, strips.START, 14)
        setattr(strip, strips.END, 30)
    movie.transform.offset_x, movie.transform.rotation = 5.0, 0.25
    movie.crop.min_x, movie.blend_alpha, sound.volume = 3, 0.5, 0.75
    movie.modifiers.new("grade", "BRIGHT_CONTRAST")
    effect = edit.sequence_editor.strips.new_effect(
        name="blur",
        type="GAUSSIAN_BLUR",
        channel=5,
        frame_start=14,
        input1=movie,
        **({"length": 16} if NEW else {"frame_end": 30}),
    )
    beside = colour(edit, "beside", 2, 30, 20)
    before = extent(movie), extent(sound), extent(beside), everything(movie.transform), everything(movie.crop)
    swapping.swap([movie, sound], clips[other], name="Kitchen_t2", take_uid="t2")
    after = extent(movie), extent(sound), extent(beside), everything(movie.transform), everything(movie.crop)
    assert after == before
    assert (movie.blend_alpha, sound.volume, movie.modifiers[0].name) == (0.5, 0.75, "grade")
    assert effect.input_1 == movie
    assert (movie.name, sound.name) == ("Kitchen_t2", "Kitchen_t2 sound")
    assert bpy.path.abspath(movie.filepath) == str(clips[other])
    assert bpy.path.abspath(sound.sound.filepath) == str(clips[other])
    assert movie[strips.TAKE_KEY] == sound[strips.TAKE_KEY] == "t2"
    assert len(bpy.data.sounds) == 1


def test_a_larger_take_fills_the_same_place(edit, clips):
    movie, sound = place(edit, clips["a"])
    scale = movie.transform.scale_x
    swapping.swap([movie, sound], clips["large"], name="x", take_uid="t2")
    assert movie.transform.scale_x == pytest.approx(scale / 2)
    assert movie.transform.scale_y == pytest.approx(scale / 2)


def test_a_smaller_clip_fills_the_frame(edit, clips):
    edit.render.resolution_x, edit.render.resolution_y = 128, 72
    movie, _ = place(edit, clips["a"])
    assert movie.transform.scale_x == pytest.approx(2)


def test_a_failed_swap_changes_nothing(edit, clips, tmp_path):
    movie, sound = place(edit, clips["a"])
    copy, _ = place(edit, clips["a"], frame=100)
    with pytest.raises(SceneError):
        swapping.swap([movie, copy, sound], tmp_path / "gone.mp4", name="x", take_uid="t2")
    assert {bpy.path.abspath(strip.filepath) for strip in (movie, copy)} == {str(clips["a"])}
    assert extent(movie) == (10, 34, 2)
    assert movie[strips.TAKE_KEY] == "t1"


def test_strips_are_found_in_every_scene_and_inside_metas(edit, clips):
    place(edit, clips["a"])
    other = bpy.data.scenes.new("Trailer")
    meta = other.sequence_editor_create().strips.new_meta("meta", 3, 1)
    inner = meta.strips.new_movie("inner", str(clips["a"]), 1, 1)
    inner[strips.SHOT_KEY], inner[strips.TAKE_KEY] = "s1", "t1"
    found = strips.strips_of_take("t1")
    assert sorted((scene.name, strip.name) for scene, strip in found) == [
        ("Edit", "Kitchen_t1"),
        ("Edit", "Kitchen_t1 sound"),
        ("Trailer", "inner"),
    ]
    strips.remove(found)
    assert strips.strips_of_shot("s1") == []
    assert len(bpy.data.sounds) == 0


def test_the_end_of_the_edit(edit, clips):
    assert strips.last_frame(edit) == edit.frame_start
    place(edit, clips["a"])
    colour(edit, "late", 9, 50, 10)
    assert strips.last_frame(edit) == 60
