"""A take that shares its clip with other shots' takes: the edit never shows a frame of theirs."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from rooms import brighter, clip, picture, picture_output, room
from take_one.scene.edit import strips
from take_one.scene.edit.cut import fit, transitions, uses
from take_one.scene.model.shots import shot_list, takes
from take_one.scene.session import pump
from take_one.scene.stills import playhead

PART = {"placement": "REPLACE", "head": 3, "tail": 20, "beyond": 18}  # of 30 frames: 7 the shot's, 2 its handle


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return brighter(folder / "ramp.mp4", 30), clip(folder / "whole.mp4", 14)


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


def the_edit():
    return bpy.data.scenes["Edit"]
