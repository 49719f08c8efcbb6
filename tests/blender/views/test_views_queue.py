"""Views of a take in a window: planned by the timer, rendered as Blender's own jobs, one after the other."""

from __future__ import annotations

from dataclasses import replace

import bpy
import flats
import pytest
import rooms
import stand_in
from stand_in import DRAFT
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import RENDERING
from take_one.scene.model.shots.shot_list import add_shot, find_shot
from take_one.scene.session import jobs
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import plans, shoot
from take_one.scene.stills import capture, render, views
from take_one.scene.stills.borrow import second_camera
from take_one.scene.stills.borrow.borrowed import borrow, still_changes
from take_one.scene.stills.camera import camera_track
from take_one.scene.stills.coverage.margin import Margin, widened
from take_one.scene.stills.coverage.steps import at_once
from turning import FIRST, until


@pytest.fixture
def session():
    fake = stand_in.attach()
    app().state.engines = (replace(DRAFT, views=32, camera_path=True, depth=True),)
    return fake


@pytest.fixture
def shot(tmp_path):
    scene = flats.flat(2, furniture=2)
    flats.tour(scene, 36, FIRST)
    scene.frame_set(FIRST)
    shot = add_shot(scene)
    shot.name, shot.motion, shot.seconds = "Walk", "CAMERA", 1.5
    shot.stills, shot.still_count = "NUMBER", 4
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return find_shot(shot.uid)


class Window:
    """Renders as a window's: begun, and ended later. The picture is a real render."""

    def __init__(self, session, monkeypatch):
        self.session, self.begun = session, []
        self.abandoned = 0
        monkeypatch.setattr(capture, "start_render", self.start)
        monkeypatch.setattr(capture, "rendering", lambda: bool(self.begun))
        monkeypatch.setattr(capture, "abandon", self.abandon)

    def start(self, _context, scene, folder, done, *, camera, frame, size, margin):
        assert not self.begun and frame == FIRST and size == margin.size(96, 54)
        self.begun.append((scene, camera, folder, done, size, margin))

    def abandon(self):
        self.abandoned += 1

    def end(self, error=None):
        """Blender has rendered what was begun."""
        scene, camera, folder, done, size, margin = self.begun.pop()
        sent = len(self.session.requests)
        if error is None:
            done(render.render(bpy.context, scene, camera, folder, "RENDER", FIRST, size, margin))
            until(lambda: self.begun or len(self.session.requests) > sent or not app().state.jobs)
        else:
            done(error)


@pytest.fixture
def window(session, monkeypatch):
    return Window(session, monkeypatch)


def press(shot):
    (key,) = jobs.start(make_order(bpy.context, shot, Call()))
    return key


def test_the_queue_counts_the_stills(session, shot, window):
    key = press(shot)
    job = app().state.jobs[key]
    assert (job.status, job.stage) == (RENDERING, "Planning the stills")
    until(lambda: window.begun)
    before = rooms.settings_of(shot.id_data)
    objects = len(bpy.data.objects)
    seen = []
    for _ in range(4):
        seen.append((job.stage, window.begun[0][1].name, len(session.requests)))
        window.end()
        until(lambda: window.begun or session.requests)
    assert [one[0] for one in seen] == [f"Rendering still {number} of 4" for number in (1, 2, 3, 4)]
    assert [one[1] for one in seen] == ["Tour"] + 3 * [second_camera.NAME]
    assert [one[2] for one in seen] == [0, 0, 0, 0]
    (request,) = session.requests
    assert len(request.views) == 4 and all(view.depth.exists() for view in request.views)
    assert rooms.settings_of(shot.id_data) == before and len(bpy.data.objects) == objects
    assert not any(camera.name.startswith(second_camera.NAME) for camera in bpy.data.cameras)


def test_cancel_between_two_stills_keeps_those_that_are_done(session, shot, window):
    key = press(shot)
    until(lambda: window.begun)
    window.end()
    window.end()
    assert app().state.jobs[key].stage == "Rendering still 3 of 4"
    jobs.cancel(key)
    assert window.abandoned == 1 and key not in app().state.jobs
    window.end(SceneError("render_cancelled", "The render of the still was cancelled.", "retry"))
    assert not session.requests and app().state.last_error is None and not window.begun
    assert not [item for item in bpy.data.objects if second_camera.MARK in item]
    press(shot)
    until(lambda: window.begun)
    (job,) = app().state.jobs.values()
    assert job.stage == "Rendering still 3 of 4"
    window.end()
    window.end()
    (request,) = session.requests
    assert len(request.views) == 4
    assert [kept.image for kept in views.read(request.views[0].image.parent).views] == [
        "still.png",
        "view_01.png",
        "view_02.png",
        "view_03.png",
    ]


def test_stills_of_a_scene_that_is_changed_meanwhile_serve_no_later_take(session, shot, window, monkeypatch):
    """The second still is rendered as planned, the lamp changes after that, and the fourth shows it as it was again."""
    material = bpy.data.objects["floor"].active_material
    material.use_nodes = True
    texture = material.node_tree.nodes.new("ShaderNodeTexImage")
    texture.image = bpy.data.images.new("Painted", 8, 8)
    texture.image.pixels[0] = 0.25
    assert texture.image.is_dirty, "Blender does not tell what it shows"
    press(shot)
    until(lambda: window.begun)
    window.end()
    shot.note = "in no picture"
    window.end()
    lamp = bpy.data.lights[0]
    before, lamp.energy = lamp.energy, 500
    window.end()
    lamp.energy = before
    window.end()
    (request,) = session.requests
    assert [view.image.name for view in request.views] == ["still.png", *(f"view_0{n}.png" for n in (1, 2, 3))]
    kept = views.read(request.views[0].image.parent).views
    assert [one.image for one in kept] == ["still.png", "view_01.png"]
    (take,) = find_shot(shot.uid).takes
    assert [note for note in take.notes.splitlines() if "changed" in note] == [shoot.CHANGED]


def test_a_still_that_an_undo_step_ends_begins_anew(session, shot, window):
    """Blender ends its render wherever it is, and the camera of ours is gone with the step."""
    key = press(shot)
    until(lambda: window.begun)
    window.end()
    asked = window.begun[0]
    bpy.data.objects.remove(asked[1])
    window.end(SceneError(capture.UNDONE, "An undo step ended the render of the still.", "retry"))
    again = window.begun[0]
    assert (again[0], again[2], again[4:]) == (asked[0], asked[2], asked[4:])
    assert again[1].name.startswith(second_camera.NAME) and app().state.jobs[key].stage == "Rendering still 2 of 4"
    for _ in range(3):
        window.end()
    (request,) = session.requests
    assert len(request.views) == 4
    assert find_shot(shot.uid).takes[0].notes.splitlines()[0].startswith("4 stills show ")
    assert [kept.image for kept in views.read(request.views[0].image.parent).views][1:] == [
        "view_01.png", "view_02.png", "view_03.png",
    ]  # fmt: skip


def test_the_mark_of_a_plan_is_of_its_frame_wherever_the_user_looks(shot):
    scene, focus = shot.id_data, bpy.data.objects.new("Focus", None)
    scene.collection.objects.link(focus)
    for frame in (FIRST, FIRST + 40):
        focus.location.x = frame
        focus.keyframe_insert("location", frame=frame)
    camera = scene.camera
    camera.data.dof.use_dof, camera.data.dof.focus_object = True, focus
    scene.frame_set(FIRST)
    planned = at_once(plans.steps(scene, camera, camera_track(scene, camera, FIRST, 36), FIRST, 36, 1))
    assert at_once(plans.mark_now(scene, camera, planned)) == planned.mark
    scene.frame_set(FIRST + 20)
    assert at_once(plans.mark_now(scene, camera, planned)) == planned.mark and scene.frame_current == FIRST + 20
    bpy.data.lights[0].energy += 1
    assert at_once(plans.mark_now(scene, camera, planned)) != planned.mark


def test_cancel_while_it_is_planned_and_the_next_goes_on(session, shot, window):
    first = press(shot)
    second = press(shot)
    until(lambda: True)
    jobs.cancel(first)
    until(lambda: window.begun)
    assert list(app().state.jobs) == [second] and not session.requests
    for _ in range(4):
        window.end()
    assert session.keys == [second]


def test_what_a_crash_left_goes_when_the_file_is_opened(session, shot, window, tmp_path, monkeypatch):
    monkeypatch.setattr("take_one.scene.stills.borrow.borrowed.lay_down", list)  # an autosave calls no handlers
    press(shot)
    until(lambda: window.begun)
    window.end()
    scene, camera, *_ = window.begun[0]
    own = scene.camera.name
    borrow(scene, still_changes(scene, camera, FIRST))  # as a render has it
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "autosave.blend"), copy=True)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "autosave.blend"))
    assert bpy.context.scene.camera.name == own
    assert not [one for one in (*bpy.data.objects, *bpy.data.cameras) if one.name.startswith(second_camera.NAME)]


def test_a_camera_of_a_library(session, shot, window, tmp_path):
    """Its data is read only: the view is taken with a copy."""
    library = str(tmp_path / "cameras.blend")
    bpy.data.libraries.write(library, {bpy.data.objects["Tour"]})
    scene = shot.id_data
    bpy.data.objects.remove(bpy.data.objects["Tour"])
    with bpy.data.libraries.load(library, link=True) as (_, found):
        found.objects = ["Tour"]
    linked = found.objects[0]
    scene.collection.objects.link(linked)
    scene.camera = shot.camera = linked
    shot.still_count = 2
    press(shot)
    until(lambda: window.begun)
    window.end()
    window.end()
    (request,) = session.requests
    assert len(request.views) == 2 and scene.camera == linked
    assert not [camera for camera in bpy.data.cameras if camera.name.startswith(second_camera.NAME)]


def test_a_still_with_a_margin_is_cancelled_and_rendered_anew(session, shot, window):
    app().state.engines = (replace(app().state.engines[0], overscan=True),)
    scene = shot.id_data
    turn = scene.camera
    turn.animation_data_clear()
    for frame, angle in ((FIRST, 0.0), (FIRST + 35, 0.2)):
        turn.rotation_mode = "XYZ"
        turn.rotation_euler = (1.5, 0.0, -1.4 + angle)
        turn.keyframe_insert("rotation_euler", frame=frame)
    shot.stills = "ONE"
    key = press(shot)
    until(lambda: window.begun)
    assert window.begun[0][4][0] > 96 and window.begun[0][5].left > 0
    jobs.cancel(key)
    window.end(SceneError("render_cancelled", "The render of the still was cancelled.", "retry"))
    assert not session.requests and scene.camera == turn
    assert not [item for item in bpy.data.objects if second_camera.MARK in item]
    press(shot)
    until(lambda: window.begun)
    window.end()
    (request,) = session.requests
    assert [view.image.name for view in request.views] == ["still.png", "around.png"]
    assert (scene.render.resolution_x, scene.render.resolution_y) == (96, 54)


def test_a_crash_amid_a_wider_render_leaves_the_size_as_it_was(session, shot, tmp_path):
    scene = shot.id_data
    track = camera_track(scene, scene.camera, FIRST, 1)
    margin = Margin(24, 0, 8, 6)
    wide = widened(track, margin)
    own, scene.render.resolution_percentage = scene.camera.name, 50
    camera = second_camera.make(scene.camera, wide.poses[0])
    render.begin(render.task_of(scene, camera, tmp_path, "RENDER", FIRST, (128, 60), margin), scene, camera)
    assert (scene.render.resolution_x, scene.render.resolution_y, scene.camera) == (128, 60, camera)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "autosave.blend"), copy=True)
    render.end(scene)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "autosave.blend"))
    scene = bpy.context.scene
    settings = scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage
    assert settings == (96, 54, 50) and scene.camera.name == own
    assert not [one for one in bpy.data.objects if one.name.startswith(second_camera.NAME)]
