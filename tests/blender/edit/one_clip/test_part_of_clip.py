"""A take that shares its clip with other shots' takes: the edit never shows a frame of theirs."""

from __future__ import annotations

import wave

import bpy
import numpy as np
import pytest
import stand_in
from rooms import brighter, clip, picture, picture_output, room
from take_one.scene.edit import current, several, strips
from take_one.scene.edit.cut import fit, ripple, transitions, uses
from take_one.scene.edit.out.collect import collect
from take_one.scene.model.shots import shot_list, takes
from take_one.scene.session import pump
from take_one.scene.stills import playhead

PART = {"placement": "REPLACE", "head": 3, "tail": 20, "beyond": 18}  # of 30 frames: 7 the shot's, 2 its handle


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return brighter(folder / "ramp.mp4", 30), clip(folder / "whole.mp4", 14), clip(folder / "heard.mp4", 30)


@pytest.fixture
def shots(clips):
    """Two shots, whose takes the edit shows: the first one's from frame 1 to 15, the other's from there on."""
    stand_in.attach()
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(7)
    edit = bpy.data.scenes.new("Edit")
    edit.view_settings.view_transform = "Standard"
    edit.take_one.ripple = False
    for index, name in enumerate(("Hall", "Stairs")):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name = name
        place = {"placement": "PLAYHEAD", "frame": 1 + 14 * index, "edit_uid": takes.keep_ids(edit)[1]}
        pump.handle(stand_in.ready(shot, key=name, source=clips[1], **place))
    return scene.take_one.shots


def movie_and_use(edit):
    use = uses.uses(edit)[0]
    return fit.movie_of(use), use


def seen_at(edit, frame):
    """The middle of the edit's frame, in steps of the ramp."""
    edit.frame_start = edit.frame_end = frame
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    picture_output(edit, bpy.app.tempdir + "seen_")
    bpy.ops.render.render(animation=True, scene=edit.name)
    return float(picture(bpy.app.tempdir + f"seen_{frame:04d}.png")[14:22, 28:36].mean()) * 40


def test_on_a_longer_place_it_holds_its_own_last_frame(shots, clips, tmp_path):
    edit = the_edit()
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[0], **PART))
    movie, use = movie_and_use(edit)
    assert (use.start, use.end, strips.content_start(movie), strips.content_length(movie)) == (1, 15, -2, 30)
    assert (fit.held(movie), movie.name, fit.shot_frames(movie)) == (5, "Hall_t002 (holds 5)", 7)
    assert [round(seen_at(edit, frame)) for frame in (1, 5, 9, 10, 14)] == [3, 7, 11, 11, 11]
    setattr(movie, strips.END, 29)  # dragged longer by hand
    movie.channel = 20
    assert [round(seen_at(edit, frame)) for frame in (16, 28)] == [11, 11]
    setattr(movie, strips.END, 15)
    edit.frame_set(14)
    playhead.save_frame(bpy.context, shots[0].id_data, tmp_path / "still.png")
    assert round(float(picture(tmp_path / "still.png").mean()) * 40) == 11

    # a take with a clip of its own shows all of it again
    pump.handle(stand_in.ready(shots[0], key="k3", number=3, source=clips[1], placement="REPLACE"))
    movie, use = movie_and_use(edit)
    assert (use.start, use.end, strips.content_length(movie), movie.name) == (1, 15, 14, "Hall_t003")
    assert getattr(movie, strips.TRIM_END) == 0 and strips.BEYOND_KEY not in movie


def test_under_a_dissolve_that_was_there_before_it(shots, clips):
    edit = the_edit()
    long = {"placement": "REPLACE", "head": 3, "tail": 13}
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[0], **long))
    assert transitions.add(edit, uses.uses(edit)[1], transitions.DISSOLVE, 6) == 6
    pump.handle(stand_in.ready(shots[0], key="k3", number=3, source=clips[0], **{**long, "beyond": 13}))
    movie, use = movie_and_use(edit)
    assert (use.end, strips.end(movie), fit.held(movie)) == (15, 21, 6)
    assert transitions.add(edit, uses.uses(edit)[1], transitions.FADE_IN, 2) == 2
    assert (strips.end(movie), fit.held(movie)) == (15, 0)
    with pytest.raises(Exception, match="no frame after its end"):
        transitions.add(edit, uses.uses(edit)[1], transitions.DISSOLVE, 6)


def ends(edit):
    """Where picture and sound of the first shot end."""
    found = {strip.type: strips.end(strip) for strip in uses.uses(edit)[0].strips}
    return found["MOVIE"], found["SOUND"]


def loudest(edit, tmp_path, first, after):
    """The loudest sample that is heard from a frame to before another."""
    edit.frame_start, edit.frame_end = first, after - 1
    path = tmp_path / f"heard{first}.wav"
    with bpy.context.temp_override(scene=edit):
        bpy.ops.sound.mixdown(filepath=str(path), container="WAV", codec="PCM", accuracy=1024)
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return int(np.abs(samples[: 2000 * 2 * (after - first)].astype(int)).max())


def test_its_sound_ends_where_another_shots_begins(shots, clips, tmp_path):
    edit = the_edit()
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[2], **PART))
    assert ends(edit) == (15, 10)  # frames 3 to 11 of the clip are its own, from frame 1 of the edit on
    edit.sequence_editor.strips["Stairs_t001 sound"].mute = True
    assert loudest(edit, tmp_path, 1, 10) > 5000
    assert loudest(edit, tmp_path, 11, 15) == 0
    assert not fit.hears_others(edit, shots[0].uid)
    setattr(sound_of(edit, "k2"), strips.END, 13)  # dragged longer by hand: the panel says so
    assert fit.hears_others(edit, shots[0].uid)
    setattr(sound_of(edit, "k2"), strips.END, 10)

    # longer, shorter than its own frames, and as long as the take again: nothing of another shot is heard
    edit.take_one.ripple = True
    for frames, wanted in ((20, (21, 10)), (5, (6, 6)), (9, (10, 10)), (14, (15, 10))):
        assert ripple.set_length(edit, uses.uses(edit)[0], frames)
        assert ends(edit) == wanted
    assert fit.length_from_take(edit, "k2", "Hall_t002") and ends(edit) == (8, 8)

    # a take with a clip of its own sounds to its place's end again, and the part is as it was when it comes back
    edit.take_one.ripple = False
    assert ripple.set_length(edit, uses.uses(edit)[0], 14, ripple.Rules(True, True, True))
    assert ends(edit) == (15, 10)
    pump.handle(stand_in.ready(shots[0], key="k3", number=3, source=clips[1], placement="REPLACE"))
    assert ends(edit) == (15, 15)
    current.make_current(shots[0], shot_list.find_take(shots[0], "k2"))
    assert ends(edit) == (15, 10)


@pytest.mark.parametrize("cut", [7, 12])
def test_sound_that_the_user_has_cut_stays_cut(shots, clips, cut):
    edit = the_edit()
    setattr(edit.sequence_editor.strips["Hall_t001 sound"], strips.END, cut)
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[2], **PART))
    assert ends(edit) == (15, min(cut, 10))
    pump.handle(stand_in.ready(shots[0], key="k3", number=3, source=clips[1], placement="REPLACE"))
    assert ends(edit) == (15, 7 if cut == 7 else 15)


@pytest.mark.parametrize("remade", [False, True])
def test_sound_that_is_cut_after_a_retake_at_another_rate_stays_cut(shots, clips, remade):
    edit = the_edit()
    key, number = ("Hall", 1) if remade else ("k2", 2)
    edit.render.fps = 30
    pump.handle(stand_in.ready(shots[0], key, number, clips[1], placement="REPLACE", remade=remade))
    edit.render.fps = 24
    setattr(sound_of(edit, key), strips.END, 7)
    fit.length_from_take(edit, key, "Hall_t002")
    assert ends(edit) == (15, 7)
    pump.handle(stand_in.ready(shots[0], key="k3", number=3, source=clips[1], placement="REPLACE"))
    assert ends(edit) == (15, 7)


@pytest.mark.parametrize("first", [-1, 4])
def test_sound_that_begins_before_or_after_its_picture_ends_where_another_shots_begins(shots, clips, tmp_path, first):
    edit = the_edit()
    setattr(edit.sequence_editor.strips["Hall_t001 sound"], strips.START, first)
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[2], **PART))
    assert (strips.start(sound_of(edit, "k2")), ends(edit)) == (first, (15, 10))
    edit.sequence_editor.strips["Stairs_t001 sound"].mute = True
    assert loudest(edit, tmp_path, 6, 9) > 5000 and loudest(edit, tmp_path, 11, 15) == 0
    pump.handle(stand_in.ready(shots[0], key="k3", number=3, source=clips[1], placement="REPLACE"))
    assert (strips.start(sound_of(edit, "k3")), ends(edit)) == (first, (15, 15))

    # a cut that is made later does not let them be heard when the take is shown anew
    current.make_current(shots[0], shot_list.find_take(shots[0], "k2"))
    setattr(sound_of(edit, "k2"), strips.START, 6)
    several.note_beyond("k2", 18)
    assert ends(edit) == (15, 10) and sound_of(edit, "k2")[strips.OWN_KEY] == 12


def test_sound_without_its_picture_keeps_to_its_own_frames(shots, clips, tmp_path):
    edit = the_edit()
    edit.sequence_editor.strips["Stairs_t001 sound"].mute = True
    edit.sequence_editor.strips.remove(edit.sequence_editor.strips["Hall_t001"])
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[2], **PART))
    assert strips.end(sound_of(edit, "k2")) == 10
    assert loudest(edit, tmp_path, 2, 9) > 5000 and loudest(edit, tmp_path, 11, 15) == 0


def test_each_sound_goes_by_the_picture_that_is_seen_with_it(shots, clips):
    """A take that is used again, with a picture that was cut before its file ends; in another scene's edit too; and a
    sound that stands alone, with a picture behind it."""
    edit, another = the_edit(), bpy.data.scenes.new("Another")
    first, cut, beyond, alone = (laid_at(edit, clips, frame) for frame in (40, 90, 180, 140))
    laid_at(another, clips, 88)
    for strip in cut:
        setattr(strip, strips.END, 115)
    edit.sequence_editor.strips.remove(alone[0])
    sounds = [first[1], cut[1], beyond[1], alone[1]]
    several.note_beyond("k9", 12)
    assert [strips.end(one) for one in sounds] == [58, 108, 198, 158]
    assert {one[strips.OWN_KEY] for one in sounds} == {18}
    several.note_beyond("k9", 0)
    assert [strips.end(one) for one in sounds] == [70, 115, 210, 158]
    assert strips.OWN_KEY not in first[1]


def laid_at(edit, clips, frame):
    """Picture and sound of all 30 frames of a take, at a frame."""
    before = set() if edit.sequence_editor is None else {one.name for one in edit.sequence_editor.strips}
    strips.place(edit, clips[2], name=f"at {frame}", shot_uid="-", take_uid="k9", frame=frame)
    made = [one for one in edit.sequence_editor.strips if one.name not in before]
    return sorted(made, key=lambda one: one.type)


def sound_of(edit, take_uid):
    return next(
        one for one in edit.sequence_editor.strips if one.type == "SOUND" and one.get(strips.TAKE_KEY) == take_uid
    )


def test_the_data_of_the_edit_says_what_is_another_shots(shots, clips):
    edit = the_edit()
    pump.handle(stand_in.ready(shots[0], key="k2", number=2, source=clips[2], **PART))
    data = collect(edit)
    take = data.shots[0].take("k2")
    assert (take.frames, take.handles, take.beyond, take.own(3)) == (30, (3, 20), 18, 9)
    assert [(one.start, one.frames) for one in data.sounds if one.take == "k2"] == [(1, 9)]
    assert data.shots[0].places[0].frames == 14


def the_edit():
    return bpy.data.scenes["Edit"]
