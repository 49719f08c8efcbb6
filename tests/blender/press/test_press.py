"""A press is frozen: what happens in Blender afterwards changes nothing of its takes, and a shot keeps its view."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import bpy
import numpy as np
import pytest
import stand_in
from rooms import camera, clip
from stand_in import DRAFT, HORSE
from take_one.client.protocol import Direction, Line, View
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.objects import ObjectId
from take_one.scene.edit import edit_scene, landing
from take_one.scene.model.shots import kept, shot_list, takes
from take_one.scene.session import jobs, pump
from take_one.scene.session.press import again
from take_one.scene.session.press.order import clip_size, requests
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.stills import capture

SIZE = 96, 54


@pytest.fixture
def session():
    return stand_in.attach()


@pytest.fixture
def film(tmp_path):
    """A saved file, with the scene that is in the window: not that of the shots."""
    scene = bpy.data.scenes.new("Set")
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = *SIZE, 24
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    return bpy.data.scenes["Set"]


@pytest.fixture
def renders(monkeypatch):
    """Renders of stills that were begun: (scene, camera, frame, done)."""
    begun = []

    def start_render(_context, scene, _folder, done, *, camera, frame, size, margin):
        assert size == SIZE
        begun.append((scene.name, camera, frame, done))

    monkeypatch.setattr(capture, "start_render", start_render)
    monkeypatch.setattr(capture, "rendering", lambda: len(begun) > 0)
    return begun


@pytest.fixture
def still(tmp_path):
    picture = bpy.data.images.new("x", *SIZE)
    picture.pixels.foreach_set(np.random.default_rng(0).random(SIZE[0] * SIZE[1] * 4, np.float32))
    picture.filepath_raw, picture.file_format = str(tmp_path / "still.png"), "PNG"
    picture.save()
    return capture.Still(tmp_path / "still.png", *SIZE, "RENDER")


def moving_camera(scene, name="Crane"):
    """Faster and faster to the right: at frame f, f * f / 100 metres; so each frame begins another path."""
    eye = camera(scene, name, (0.0, -8.0, 4.0))
    eye.rotation_euler = (np.pi / 2, 0, 0)
    for frame in range(30, 60):
        eye.location.x = frame * frame / 100
        eye.keyframe_insert("location", frame=frame)
    return eye


def a_shot(scene, name="Kitchen", eye=None):
    shot = shot_list.add_shot(scene, eye)
    shot.name, shot.prompt = name, "push in"
    return shot_list.find_shot(shot.uid)


def press(shot, **call):
    return jobs.start(make_order(bpy.context, shot, Call(**call)))


def test_a_clip_has_as_many_pixels_as_its_engine_makes():
    assert clip_size(300, 100, 67, replace(DRAFT, max_pixels=200 * 66)) == (200, 66)
    with pytest.raises(SceneError, match="200x66"):
        clip_size(300, 100, 67, replace(DRAFT, max_pixels=200 * 66 - 1))


def test_what_happens_after_the_press_changes_nothing(film, session, renders, still):
    film.camera = moving_camera(film)
    film.frame_set(40)
    cut = edit_scene.ensure_edit_scene(bpy.context, film)
    cut.render.fps, cut.frame_current = 25, 77
    shot = a_shot(film)
    line = shot.lines.add()
    line.speaker, line.language, line.line = "Anna", "French", "Oui."
    shot.motion, shot.seconds, shot.sound = "CAMERA", 0.5, "rain"
    seed = shot.seed
    (key,) = press(shot, seeds=(7,), placement="PLAYHEAD")
    assert shot.seed == seed != 7  # what one press says is not the card's
    path = session.paths, Path(bpy.path.abspath("//takes/Kitchen/Kitchen_t001.mp4"))

    film.frame_set(203)
    film.camera = camera(film, "Other")
    film.render.resolution_x, film.render.fps, film.name = 640, 30, "Set B"
    cut.render.fps, cut.frame_current, cut.name = 30, 5, "Cut B"
    shot.prompt, shot.sound, shot.seconds, shot.motion, shot.engine = "pan", "wind", 3.0, "WORDS", "horse"
    shot.size_percent, shot.seed, shot.name, shot.camera, shot.frame = 50, 9, "Hall", film.camera, 1
    shot.lines.clear()
    app().state.engines = (replace(DRAFT, max_pixels=1), HORSE)
    renders[0][3](still)

    (request,) = session.requests
    assert renders[0][:3] == ("Set", bpy.data.objects["Crane"], 40)
    assert (request.engine, request.seconds, request.size, request.seed) == ("draft", 0.5, SIZE, 7)
    assert request.direction == Direction("push in", (Line("Anna", "French", "Oui."),), "rain")
    assert request.fps == Fraction(25)
    matrices = [np.array(one.matrix) for one in request.path.keyframes]
    assert [one.t for one in request.path.keyframes] == [index / 11 for index in range(12)]
    travelled = [((40 + index) ** 2 - 40**2) / 100 for index in range(12)]
    assert np.allclose([matrix[:3, 3] for matrix in matrices], [(x, 0, 0) for x in travelled], atol=1e-4)
    where = request.binding
    assert (where.take_uid, where.number, where.shot_name, where.placement) == (key, 1, "Kitchen", "PLAYHEAD")
    assert (where.frame, where.edit_uid) == (77, cut.take_one.uid)
    assert path[0] == [path[1]]
    assert film.frame_current == 203


def test_a_second_press_has_its_own_frame_and_camera(film, session, renders, still):
    wide, close = camera(film, "Wide"), camera(film, "Close")
    first, second = a_shot(film, "One").uid, a_shot(film, "Two").uid
    for uid, eye, frame in ((first, wide, 12), (second, close, 55)):
        film.camera = eye
        film.frame_set(frame)
        press(shot_list.find_shot(uid))
    film.frame_set(90)
    film.camera = wide
    renders[0][3](still)
    renders[1][3](still)
    assert [(eye, frame) for _, eye, frame, _ in renders] == [(wide, 12), (close, 55)]
    assert [request.binding.shot_uid for request in session.requests] == [first, second]


def test_a_shot_keeps_camera_and_frame_from_its_first_take_on(film, session, renders, still):
    wide, close = camera(film, "Wide"), camera(film, "Close")
    film.camera = wide
    film.frame_set(30)
    shot = a_shot(film)
    press(shot)
    renders[0][3](still)
    film.camera = close
    film.frame_set(80)
    press(shot, placement="REPLACE")
    renders[1][3](still)
    assert [(eye, frame) for _, eye, frame, _ in renders] == [(wide, 30), (wide, 30)]
    assert (shot.camera, shot.frame, shot.frame_lock) == (wide, 30, True)
    bpy.ops.takeone.shot_choose(shot=shot.uid)  # the scene shows what the next press takes
    assert (film.frame_current, film.camera) == (30, wide)

    film.frame_set(81)
    shot.camera = close
    with bpy.context.temp_override(scene=film):
        assert bpy.ops.takeone.shot_use_frame() == {"FINISHED"}
    press(shot)
    assert renders[2][1:3] == (close, 81)


def test_an_undo_takes_neither_camera_nor_frame_nor_ids_away(film, session, renders, still):
    film.camera = camera(film, "Wide")
    uid = a_shot(film).uid
    film.take_one.uid = ""
    landing.push_undo(bpy.context, "before")
    film.frame_set(30)
    (key,) = press(shot_list.find_shot(uid))
    scene_uid = bpy.data.scenes["Set"].take_one.uid
    landing.push_undo(bpy.context, "something")
    bpy.ops.ed.undo()
    film, shot = bpy.data.scenes["Set"], shot_list.find_shot(uid)
    assert film.take_one.uid == scene_uid != ""
    assert (shot.camera.name, shot.frame, shot.frame_lock) == ("Wide", 30, True)
    renders[0][3](still)
    assert session.keys == [key]
    assert [take.uid for take in shot.takes] == [key]


def test_a_still_from_elsewhere_leaves_the_shots_view_open(film, session, still):
    film.camera = camera(film)
    shot = a_shot(film)
    press(shot, source="IMAGE", image=still.image)
    assert (shot.camera, shot.frame_lock) == (None, False)


def test_an_image_for_one_call_does_not_stay_on_the_card(film, session, still, monkeypatch):
    shot = a_shot(film)
    shot.image_path = "//own.png"
    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    with bpy.context.temp_override(scene=film):
        bpy.ops.takeone.animate_frame(source="IMAGE", image_path=str(still.image), shot="Kitchen")
    assert (shot.image_path, shot.still_source) == ("//own.png", "RENDER")
    assert session.requests[0].views[0].image.read_bytes() == still.image.read_bytes()


def test_remarks_on_the_still_reach_the_card_and_stay(film, session, still, tmp_path):
    shot = a_shot(film)
    press(shot, source="IMAGE", image=still.image)
    remark = "An image file has no depth: the camera move is plainer."
    assert shot.takes[0].notes == remark
    pump.handle(stand_in.finish(session, 0, clip(tmp_path / "take.mp4", 12)))
    assert app().state.last_error is None
    assert shot.takes[0].notes == remark + "\nDone."


def test_sending_is_a_function_of_the_order_and_its_views(film, session):
    film.camera = camera(film)
    shot = a_shot(film)
    order = make_order(bpy.context, shot, Call(seeds=(4, 5), refines="k0"))
    view = View(Path("/a.png"))
    before = requests(order, (view,))
    bpy.ops.wm.read_factory_settings(use_empty=True)  # and nothing of Blender
    assert requests(order, (view,)) == before
    (first, one), (second, two) = before
    assert (first, second) == tuple(order.keys)
    assert (one.seed, two.seed, one.views, one.binding.refines) == (4, 5, (view,), "k0")
    assert replace(two, seed=4, binding=one.binding) == one


def test_a_shot_that_is_gone_by_then_is_sent_all_the_same(film, session, renders, still):
    film.camera = camera(film)
    (key,) = press(a_shot(film))
    film.take_one.shots.clear()
    renders[0][3](still)
    assert (session.keys, app().state.last_error) == ([key], None)


def test_stills_of_a_file_that_was_closed_are_not_sent(film, session, renders, still):
    film.camera = camera(film)
    press(a_shot(film))
    press(a_shot(film, "Hall"))
    bpy.ops.wm.read_homefile(use_empty=True)
    assert app().state.jobs == {}
    assert (app().state.last_error.code, "Kitchen, Hall" in app().state.last_error.message) == ("file_closed", True)
    renders[0][3](still)
    assert (len(renders), session.keys) == (1, [])


def test_a_camera_deleted_before_its_turn_is_said(film, session, renders, still):
    film.camera = camera(film)
    lost = camera(film, "Lost")
    press(a_shot(film, "One"))
    press(a_shot(film, "Two", lost))
    bpy.data.objects.remove(lost)
    renders[0][3](still)
    assert (app().state.last_error.code, app().state.last_error.fix) == ("no_camera", "pick_camera")
    assert "'Lost' of Two" in app().state.last_error.message
    assert len(session.keys) == 1 and list(app().state.jobs) == session.keys


def test_objects_of_one_name_are_told_apart(tmp_path):
    camera(bpy.context.scene, "Camera")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    own = camera(bpy.context.scene, "Camera")
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, to):
        to.objects = ["Camera"]
    linked = next(item for item in bpy.data.objects if item.library)
    bpy.context.scene.collection.objects.link(linked)
    assert linked.name == own.name
    for item in (own, linked):
        known = ObjectId.of(item)
        assert known.find() == item
        assert replace(known, session=-1).find() == item  # after the library was read anew
    known = ObjectId.of(own)
    own.name = "Renamed"
    assert known.find() == own


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"prompt": "x" * 5001}, "Prompt must have at most 5000 characters."),
        ({"sound": "x" * 5001}, "Sound must have at most 5000 characters."),
    ],
)
def test_what_no_backend_would_take_is_said_before_anything_is_made(film, session, still, change, text):
    shot = a_shot(film)
    with pytest.raises(SceneError) as caught:
        press(shot, source="IMAGE", image=still.image, overrides=change)
    assert (caught.value.code, caught.value.message) == ("bad_request", text)
    assert (shot.last_number, session.keys, len(shot.takes)) == (0, [], 0)


def test_takes_of_the_version_before_can_be_made_again(film, session, still):
    shot = a_shot(film)
    image = takes.still_folder(shot, 1) / "still.png"
    image.parent.mkdir(parents=True)
    shutil.copy(still.image, image)
    old = {
        "key": "k1",
        "engine": "draft",
        "prompt": "tilt up",
        "sound": "sea",
        "seconds": 2.5,
        "fps": "24000/1001",
        "lines": [{"speaker": "A", "language": "French", "line": "Oui."}],
        "width": 64,
        "height": 36,
        "seed": 77,
        "still": str(image),
        "depth": None,
        "last_frame": None,
        "camera": {
            "projection": "perspective",
            "width": 64,
            "height": 36,
            "fx": 70.0,
            "fy": 70.0,
            "cx": 32.0,
            "cy": 18.0,
            "matrix_world": np.eye(4).tolist(),
        },
        "path": {"keyframes": [{"t": 0.0, "matrix": np.eye(4).tolist(), "zoom": 1.0}]},
        "options": {"quality": "best", "final_prompt": "Mine."},
        "binding": {
            "file_id": "other",
            "scene_uid": "s",
            "shot_uid": "u",
            "take_uid": "k1",
            "shot_name": "Old",
            "number": 1,
            "placement": "AFTER",
            "frame": 9,
            "edit_uid": "e",
            "refines": "",
        },
    }
    take = shot.takes.add()
    take.uid, take.number, take.status, take.still = "k1", 1, "FAILED", str(image)
    take.request = json.dumps({"kept": old, "prompt": "tilt up", "fps": "24000/1001", "seed": 77, "seconds": 2.5})
    again.make_again(shot, "k1")
    (request,) = session.requests
    assert (request.engine, request.seconds, request.fps) == ("draft", 2.5, Fraction(24000, 1001))
    assert request.direction == Direction("tilt up", (Line("A", "French", "Oui."),), "sea")
    assert (request.size, request.seed, request.options) == ((64, 36), 77, old["options"])
    assert (request.views[0].image, request.views[0].camera.fx) == (image, 70.0)
    assert len(request.path.keyframes) == 1
    where = request.binding
    assert (where.file_id, where.scene_uid, where.shot_uid) == (
        film.take_one.file_id,
        film.take_one.uid,
        shot.uid,
    )
    assert (where.take_uid, where.number, where.placement, where.frame) == ("k1", 1, "AFTER", 9)


@pytest.mark.parametrize("text", ["[1]", "nonsense", '{"kept": 3}', '{"kept": {}}', '{"request": []}', "[" * 9000])
def test_what_a_stranger_wrote_into_a_take_is_not_known(film, session, text):
    take = a_shot(film).takes.add()
    take.request = text
    assert kept.read(take) == kept.Kept()


def test_facts_are_of_the_frame_that_the_shot_keeps(film, session, still):
    """A lens that zooms, and a sun that sets: the scene stands elsewhere when the button is pressed."""
    film.camera = eye = camera(film)
    for frame, lens in ((10, 24.0), (60, 85.0)):
        eye.data.lens = lens
        eye.data.keyframe_insert("lens", frame=frame)
    shot = a_shot(film)
    shot.engine, shot.frame, shot.frame_lock = "horse", 10, True
    film.frame_set(60)
    order = make_order(bpy.context, shot)
    assert order.options["scene"]["lens_mm"] == 24.0
    assert (film.frame_current, eye.data.lens) == (60, 85.0)


def test_a_take_keeps_the_whole_of_a_long_camera_path(film, session, still):
    film.camera = moving_camera(film)
    shot = a_shot(film)
    press(shot, source="IMAGE", image=still.image, overrides={"motion": "CAMERA", "seconds": 50.0})
    assert len(session.requests[0].path.keyframes) == 1200
    assert kept.read(shot.takes[0]).request == session.requests[0]
