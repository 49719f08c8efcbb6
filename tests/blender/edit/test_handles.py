"""Handles: takes are longer than their shot, and the edit shows the shot's own frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import bpy
import pytest
import stand_in
from rooms import clip, room
from take_one.client.protocol import EngineInfo
from take_one.scene.edit import strips, swapping
from take_one.scene.edit.cut import fit, keys, levels, uses
from take_one.scene.model.shots import card, shot_list
from take_one.scene.model.shots.kept import read
from take_one.scene.session import jobs, pump
from take_one.scene.session.press import handles
from take_one.scene.session.press.press import Call, make_order

LONG = EngineInfo("long", "Long", max_seconds=60, handles=True, camera_path=True)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return {count: clip(folder / f"{count}.mp4", count) for count in (36, 42, 48)}


@pytest.fixture
def shot():
    """A shot of a second at frame 20, of an engine that makes handles."""
    session = stand_in.attach()
    from take_one.scene.app.app import app

    app().state.engines = (LONG, replace(LONG, id="short", max_seconds=1.25), replace(LONG, id="none", handles=False))
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(20)
    shot = shot_list.add_shot(scene, scene.camera)
    shot.name, shot.engine, shot.seconds = "Kitchen", "long", 1.0
    shot.still_source = "VIEWPORT"
    bpy.context.scene["session"] = 1
    shot_session[0] = session
    return shot


shot_session: list = [None]


def animate(shot):
    for frame, x in ((1, 0.0), (60, 5.9)):
        shot.camera.location.x = x
        shot.camera.keyframe_insert("location", index=0, frame=frame)
    shot.motion = "CAMERA"


def numbers(order):
    return round(order.seconds * order.fps), order.head, order.tail, order.frame


def test_a_move_by_words_begins_with_the_still(shot):
    assert numbers(make_order(bpy.context, shot)) == (36, 0, 12, 20)
    assert (shot.frame, shot.frame_lock) == (20, True)


def test_a_camera_of_its_own_motion_has_handles_at_both_ends(shot):
    animate(shot)
    order = make_order(bpy.context, shot)
    assert numbers(order) == (48, 12, 12, 8)
    assert shot.frame == 20  # of the shot, not of its still
    assert len(order.path.keyframes) == 48
    shot.id_data.take_one.handles = 5
    assert numbers(make_order(bpy.context, shot)) == (34, 5, 5, 15)


def test_handles_in_an_edit_of_another_rate(shot):
    animate(shot)
    edit = bpy.data.scenes.new("Edit")
    edit.render.fps, edit.render.fps_base = 30, 1.001
    order = make_order(bpy.context, shot)
    assert (order.fps, order.head, order.tail) == (Fraction(30000, 1001), 12, 12)
    assert order.frame == 20 - 10  # 12 frames of the edit are 9.6 of the scene
    assert round(order.seconds * order.fps) == 30 + 12 + 12
    # the move is of the scene's frames: so many as the clip lasts, from as many before the shot
    assert (order.frame_count, len(order.path.keyframes), handles.span(shot)) == (43, 43, (10, 43))


def test_engines_that_cannot_have_none_and_limits_hold(shot):
    shot.engine = "none"
    assert numbers(make_order(bpy.context, shot)) == (24, 0, 0, 20)
    shot.engine = "short"
    assert numbers(make_order(bpy.context, shot)) == (30, 0, 6, 20)
    shot.seconds = 1.25
    assert numbers(make_order(bpy.context, shot)) == (30, 0, 0, 20)
    shot.seconds = 1.0
    animate(shot)
    assert numbers(make_order(bpy.context, shot)) == (30, 3, 3, 17)  # both ends share what there is room for


def test_the_edit_shows_the_shots_own_frames(shot, clips):
    animate(shot)
    order = make_order(bpy.context, shot, Call(placement="REPLACE"))
    session = shot_session[0]
    jobs.start(order)
    pump.handle(stand_in.finish(session, 0, clips[48]))
    edit = bpy.data.scenes["Edit"]
    (use,) = uses.uses(edit)
    movie, sound = sorted(use.strips, key=lambda strip: strip.type)
    assert (use.start, use.end) == (1, 25)
    for strip in (movie, sound):
        assert (strips.content_start(strip), strips.content_length(movie)) == (-11, 48)
    assert fit.held(movie) == 0 and movie.name == "Kitchen_t001"
    take = shot_list.find_shot(shot.uid).takes[0]
    assert (read(take).head, read(take).tail) == (12, 12)
    card.copy_settings(shot, take)
    assert shot.seconds == pytest.approx(1.0)


def test_a_take_with_other_handles_shows_the_same_part(shot, clips):
    edit = bpy.data.scenes.new("Edit")
    edit.sequence_editor_create()
    laid = strips.place(edit, clips[36], name="a", shot_uid=shot.uid, take_uid="a", frame=50, handles=(0, 12))
    for strip in laid:
        setattr(strip, strips.START, 54)
        setattr(strip, strips.END, 70)
    assert (fit.shot_frames(laid[0]), fit.held(laid[0])) == (24, -4)
    swapping.swap(list(laid), clips[42], name="b", take_uid="b", handles=(6, 12))
    assert (fit.shot_frames(laid[0]), fit.held(laid[0])) == (24, -4)
    for strip in laid:
        assert (strips.start(strip), strips.end(strip), strips.content_start(strip)) == (54, 70, 44)
    swapping.swap(list(laid), clips[36], name="c", take_uid="c")
    assert {strips.content_start(strip) for strip in laid} == {50}


def test_a_take_with_other_handles_leaves_the_strips_animation_where_it_is(shot, clips):
    edit = bpy.data.scenes.new("Edit")
    edit.sequence_editor_create()
    movie, sound = strips.place(edit, clips[36], name="a", shot_uid=shot.uid, take_uid="a", frame=50, handles=(0, 12))
    levels.ramp(sound, 62, 71, 1.0, 0.25)
    movie.blend_alpha = 0.5
    movie.keyframe_insert("blend_alpha", frame=57)
    wanted = [[(57, 0.5)], [(62, 1.0), (71, 0.25)]]
    assert animation_of(edit) == wanted
    swapping.swap([movie, sound], clips[42], name="b", take_uid="b", handles=(6, 12))
    assert {strips.content_start(strip) for strip in (movie, sound)} == {44}
    assert animation_of(edit) == wanted


def animation_of(edit):
    return sorted([tuple(key.co) for key in curve.keyframe_points] for _, curve in keys.curves(edit))
