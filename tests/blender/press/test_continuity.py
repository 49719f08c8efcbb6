"""A shot goes on where the one before it ends: with its last frame, or the scene's still at that moment."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
import stand_in
from rooms import brighter, picture, picture_output, room
from take_one.client.protocol import EngineInfo
from take_one.scene.app.app import app
from take_one.scene.edit import strips
from take_one.scene.edit.cut import uses
from take_one.scene.model.shots import kept, shot_list, takes
from take_one.scene.session import pump
from take_one.scene.session.press import continuity

ENDS = EngineInfo("ends", "Ends", last_frame=True, handles=True)


@pytest.fixture(scope="module")
def ramp(tmp_path_factory):
    """A movie of 30 frames that grow brighter, 1/40 a frame."""
    return brighter(tmp_path_factory.mktemp("clips") / "ramp.mp4", 30)


@pytest.fixture
def session():
    session = stand_in.attach()
    app().state.engines = (ENDS, replace(ENDS, id="plain", last_frame=False))
    return session


@pytest.fixture
def scene(ramp, session):
    """Three shots; the first one's take has 30 frames, of which the edit shows 20 from frame 1 on; the scene stands at
    7."""
    scene = room(64, 36, "BLENDER_WORKBENCH")
    scene.frame_set(7)
    for name in ("Hall", "Stairs", "Roof"):
        shot = shot_list.add_shot(scene, scene.camera)
        shot.name, shot.engine, shot.seconds = name, "ends", 1.25
    first = scene.take_one.shots[0]
    first.frame, first.frame_lock = 40, True
    pump.handle(stand_in.ready(first, source=ramp, placement="REPLACE"))
    for strip in uses.uses(bpy.data.scenes["Edit"])[0].strips:
        setattr(strip, strips.END, 21)
    scene.take_one.active_shot = 1
    return scene


def press(session, monkeypatch, **said):
    from take_one.scene.session import jobs

    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    bpy.ops.takeone.continue_shot(**said)
    return session.requests[-1]


def test_it_begins_with_the_last_frame_that_the_edit_shows(scene, session, monkeypatch):
    request = press(session, monkeypatch)
    seen = picture(request.still.image)
    assert seen.shape == (36, 64, 3)
    shown = picture_of(scene, 20)
    assert np.abs(seen - shown).max() < 0.02
    assert (request.still.camera, request.last_frame, request.binding.placement) == (None, None, "REPLACE")


def picture_of(scene, frame):
    """What the edit shows at a frame."""
    edit = bpy.data.scenes["Edit"]
    edit.frame_start = edit.frame_end = frame
    edit.render.resolution_x, edit.render.resolution_y = 64, 36
    picture_output(edit, bpy.app.tempdir + "seen_")
    bpy.ops.render.render(animation=True, scene=edit.name)
    return picture(bpy.app.tempdir + f"seen_{frame:04d}.png")


def test_it_ends_on_the_next_still_where_the_engine_can(scene, session, monkeypatch):
    with pytest.raises(RuntimeError, match="'Roof', the shot behind, has no still"):
        press(session, monkeypatch, end_on_next=True)
    bpy.ops.takeone.board()
    request = press(session, monkeypatch, end_on_next=True)
    assert request.last_frame.image.parent.parent.parent.name == "Roof"
    assert (request.binding.head, request.binding.tail, request.frame_count) == (0, 0, 30)
    scene.take_one.shots[1].engine = "plain"
    with pytest.raises(RuntimeError, match="can't end on a picture"):
        press(session, monkeypatch, end_on_next=True)


def test_it_begins_at_the_moment_where_the_other_ends(scene, session, monkeypatch):
    scene.render.fps, scene.render.fps_base = 30, 1.25
    request = press(session, monkeypatch, way="MOMENT")
    assert (scene.take_one.shots[1].frame, scene.take_one.shots[1].frame_lock) == (70, True)
    assert request.still.camera is not None


def test_without_a_shot_or_take_before_it_says_so(scene, session, monkeypatch):
    scene.take_one.active_shot = 2
    with pytest.raises(RuntimeError, match="has no take yet"):
        press(session, monkeypatch)
    scene.take_one.active_shot = 0
    assert not bpy.ops.takeone.continue_shot.poll()


def test_of_a_shot_that_the_edit_shows_twice_the_later_end_counts(scene, ramp, tmp_path):
    first, edit = scene.take_one.shots[0], bpy.data.scenes["Edit"]
    place = {"placement": "PLAYHEAD", "frame": 51, "edit_uid": takes.keep_ids(edit)[1]}
    pump.handle(stand_in.ready(first, key="k2", number=2, source=ramp, **place))
    found = uses.uses_of(edit, first.uid)
    assert [(one.start, one.end) for one in found] == [(1, 21), (51, 81)]
    for strip in found[1].strips:
        setattr(strip, strips.END, 66)
    image = continuity.save_last_frame(bpy.context, first, tmp_path / "last.png")
    assert picture(image)[14:22, 28:36].mean() * 40 == pytest.approx(14, abs=0.6)  # 15 of its frames are shown


def test_of_a_take_that_is_held_it_is_the_frame_that_is_held(scene, ramp, tmp_path):
    """The edit shows 20 frames, and the take has 12 of its own."""
    first = scene.take_one.shots[0]
    pump.handle(stand_in.ready(first, "k2", 2, ramp, placement="REPLACE", tail=20, beyond=18))
    assert uses.uses_of(bpy.data.scenes["Edit"], first.uid)[0].end == 21
    continuity.save_last_frame(bpy.context, first, tmp_path / "last.png")
    assert np.abs(picture(tmp_path / "last.png") - 11 / 40).max() < 0.4 / 40


@pytest.mark.parametrize(("head", "tail", "beyond", "last"), [(0, 20, 18, 9), (12, 3, 0, 26), (0, 0, 0, 29)])
def test_of_a_take_that_the_edit_does_not_show_it_is_the_last_of_the_shot(
    scene, ramp, tmp_path, head, tail, beyond, last
):
    """Also where further shots share its clip."""
    strips.remove(strips.strips_of_take("k1"))
    shot = scene.take_one.shots[0]
    take = shot.takes[0]
    kept.write(take, replace(kept.read(take), head=head, tail=tail, beyond=beyond))
    continuity.save_last_frame(bpy.context, shot, tmp_path / "last.png")
    assert np.abs(picture(tmp_path / "last.png") - last / 40).max() < 0.4 / 40


@pytest.mark.parametrize("named", ["image", "take", "linked take", "still behind", "reference", "moment"])
def test_no_picture_is_sent_that_only_the_file_names(scene, session, ramp, tmp_path, monkeypatch, named):
    """A stranger's file may name any file of the user's as its card's picture, take, still or reference."""
    film, secret = tmp_path / "film", tmp_path / "Documents" / "Hall_t001.mp4"
    secret.parent.mkdir()
    secret.write_bytes(ramp.read_bytes())
    passport = secret.with_name("passport.png")
    image = bpy.data.images.new("passport", 64, 36)
    image.filepath_raw, image.file_format = str(passport), "PNG"
    image.save()
    film.mkdir()
    first, second, third = scene.take_one.shots
    app().state.engines = (replace(ENDS, references=3),)
    if named in ("image", "moment"):
        second.still_source, second.image_path = "IMAGE", str(passport)
    elif named == "take":
        first.takes[0].clip = str(secret)
    elif named == "still behind":
        third.still = str(passport)
    elif named == "reference":
        second.references.add().path = str(passport)
    bpy.ops.wm.save_as_mainfile(filepath=str(film / "film.blend"))
    if named == "linked take":
        clip = takes.clip_path(scene.take_one.shots[0].takes[0])
        clip.unlink()
        clip.symlink_to(secret)
    bpy.ops.wm.open_mainfile(filepath=str(film / "film.blend"))
    session = stand_in.attach()
    app().state.engines = (replace(ENDS, references=3),)
    said = {"image": {}, "moment": {"way": "MOMENT"}, "still behind": {"end_on_next": True}}.get(named, {})
    if named == "image":  # the take's own last frame goes, and not the card's picture
        request = press(session, monkeypatch)
        seen = picture(request.still.image)
        assert request.still.image != passport and seen.shape == (36, 64, 3)
        assert float(seen.mean()) * 40 == pytest.approx(19, abs=0.5)
        assert set(request.files().values()) == {request.still.image}
        return
    code = {"moment": "unseen_picture", "still behind": "no_still", "reference": "unseen_pictures"}.get(named)
    with pytest.raises(RuntimeError):
        press(session, monkeypatch, **said)
    assert session.requests == []
    assert app().state.last_error.code == (code or "foreign_file")
