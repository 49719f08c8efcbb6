"""A take of several views: planned, rendered one after the other with the frame frozen, kept, used again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy
import flats
import numpy as np
import pytest
import rooms
import stand_in
from stand_in import DRAFT
from take_one.scene.app.app import app
from take_one.scene.model.shots.shot_list import add_shot, find_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import plans
from take_one.scene.stills import files, render, views
from take_one.scene.stills.camera import camera_of

FIRST = 11


@pytest.fixture
def session():
    fake = stand_in.attach()
    app().state.engines = (replace(DRAFT, views=32, camera_path=True, depth=True), replace(DRAFT, id="one"))
    app().state.engines += (replace(DRAFT, id="ends", views=2, last_frame=True),)  # its second view is the last frame
    return fake


@pytest.fixture
def shot(tmp_path):
    """A camera that goes from one room into the next; the window shows another scene."""
    scene = flats.flat(2)
    camera = flats.tour(scene, 48, FIRST)
    lamp = bpy.data.objects["Lamp 1"]
    lamp.location.z = 2.0
    lamp.keyframe_insert("location", frame=FIRST)
    lamp.location.z = 2.4
    lamp.keyframe_insert("location", frame=FIRST + 20)
    scene.frame_set(FIRST)
    marker = scene.timeline_markers.new("There", frame=FIRST)
    marker.camera = camera
    shot = add_shot(scene)
    shot.name, shot.motion, shot.seconds = "Walk", "CAMERA", 2.0
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return find_shot(shot.uid)


def take(session, shot, **call):
    keys = jobs._send(jobs._views_now(make_order(bpy.context, shot, Call(**call))))
    return session.requests[session.keys.index(keys[0])]


def test_views_along_the_path_are_true_pictures_of_it(session, shot):
    """Those beyond the still are finer than the clip, for an engine that shows more of them."""
    scene = shot.id_data
    app().state.engines = (replace(app().state.engines[0], finer_views=True),)
    before = rooms.settings_of(scene)
    request = take(session, shot)
    assert rooms.settings_of(scene) == before
    assert 2 <= len(request.views) <= 12 and request.size == (96, 54)
    sides = [(view.camera.width, view.camera.height) for view in request.views]
    assert sides == [(96, 54), *[(135, 76)] * (len(sides) - 1)]
    assert "The further stills were rendered with 96 % more pixels" in shot.takes[0].notes
    times = [view.t for view in request.views]
    assert times[0] == 0 and times == sorted(set(times)) and times[-1] < 1
    folder = request.views[0].image.parent
    assert [view.image.name for view in request.views][:3] == ["still.png", "view_01.png", "view_02.png"]
    assert not (folder / views.APART).exists()
    middle = request.views[len(request.views) // 2]
    frame = FIRST + round(middle.t * 47)
    assert rooms.depth_of(middle.depth).shape == (76, 135)
    scene.render.resolution_x, scene.render.resolution_y = 135, 76
    truth = _by_hand(scene, frame)
    assert rooms.psnr(rooms.picture(middle.image), truth) > 30
    scene.frame_set(frame)
    assert views.same_camera(camera_of(scene, scene.camera), middle.camera)


def _by_hand(scene, frame):
    """What the user's own camera sees there, with everything else as it was at the still's frame."""
    scene.frame_set(frame)
    camera = bpy.data.objects.new("By Hand", scene.camera.data)
    camera.matrix_basis = scene.camera.matrix_world
    scene.frame_set(FIRST)
    own, marker = scene.camera, scene.timeline_markers[0]
    marker.camera, scene.camera = None, camera
    bpy.ops.render.render()
    path = Path(bpy.app.tempdir) / "by_hand.png"
    files.save_picture(scene, path)
    scene.camera, marker.camera = own, own
    bpy.data.objects.remove(camera)
    return rooms.picture(path)


def test_the_take_says_what_it_shows_and_what_stands_still(session, shot):
    request = take(session, shot, overrides={"stills": 2})
    assert len(request.views) == 2
    notes = shot.takes[0].notes
    assert "2 stills show " in notes
    assert "What moves in the scene stands still in this take: Lamp 1." in notes


def test_the_path_tells_what_no_still_shows(session, shot):
    request = take(session, shot, overrides={"stills": 1})
    told = {at: np.array(key.unseen) for at, key in enumerate(request.path.keyframes) if key.unseen}
    made = plans.known(shot).plan
    assert tuple(told) == made.moments and told[0].tolist() == [[0.0]]
    shares = np.array([np.count_nonzero(told[at]) / (28 * 16) for at in made.moments])
    assert np.abs(1 - shares - made.covered).mean() < 0.02 and shares.max() > 0.5
    assert told[47][told[47] > 0].min() > 0.3 and told[47].max() < 8  # metres, within the rooms


def test_an_engine_for_one_view_gets_the_first(session, shot):
    for engine in ("one", "ends"):
        request = take(session, shot, overrides={"engine": engine})
        assert [view.t for view in request.views] == [0]
        assert "stills show" not in shot.takes[-1].notes


def test_a_retake_with_other_words_uses_the_views_that_fit(session, shot, monkeypatch):
    first = take(session, shot)
    rendered = []
    real = render.render
    monkeypatch.setattr("take_one.scene.stills.capture.render", lambda *a: rendered.append(a[2]) or real(*a))
    again = take(session, shot, overrides={"prompt": "quietly"})
    assert rendered == []
    assert [view.t for view in again.views] == [view.t for view in first.views]
    assert again.views[1].image.parent != first.views[1].image.parent
    assert again.views[1].image.read_bytes() == first.views[1].image.read_bytes()
    first.views[1].image.unlink()
    shot.id_data.frame_set(FIRST + 30)  # the shot keeps its frame
    take(session, shot)
    assert rendered == []
    bpy.data.objects["floor"].data.materials[0].diffuse_color = (0.1, 0.2, 0.3, 1)
    changed = take(session, shot)
    assert len(rendered) == len(changed.views)


def test_a_view_that_fails_is_left_out_and_said(session, shot, monkeypatch):
    real = render.render

    def fails_once(context, scene, camera, folder, *more):
        if folder.name == views.APART and not failed:
            failed.append(folder)
            raise render.failed(scene, RuntimeError("no memory"))
        return real(context, scene, camera, folder, *more)

    failed = []
    monkeypatch.setattr("take_one.scene.stills.capture.render", fails_once)
    before = rooms.settings_of(shot.id_data)
    request = take(session, shot, overrides={"stills": 3})
    assert len(request.views) == 2
    assert request.views[1].image.name == "view_02.png"
    assert "is left out: Blender could not render scene 'Scene': no memory" in shot.takes[0].notes
    assert rooms.settings_of(shot.id_data) == before


def test_views_fit_when_the_file_is_opened_again(session, shot, monkeypatch):
    unused = bpy.data.meshes.new("unused"), bpy.data.materials.new("unused"), bpy.data.lights.new("unused", "SUN")
    unused[0].materials.append(unused[1])  # none of them is saved
    first = take(session, shot, overrides={"stills": 2})
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    rendered = []
    real = render.render
    monkeypatch.setattr("take_one.scene.stills.capture.render", lambda *a: rendered.append(a[2]) or real(*a))
    again = take(session, bpy.context.scene.take_one.shots[0], overrides={"stills": 2})
    assert rendered == []
    assert [view.t for view in again.views] == [view.t for view in first.views]
