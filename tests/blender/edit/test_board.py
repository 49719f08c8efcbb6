"""Shots in one press: of markers, cameras and scene strips, each with a board at its place and of its length."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
import stand_in
from rooms import NEW, camera, clip, everything, picture, room, settings_of
from take_one.scene.app.app import app
from take_one.scene.edit import board, edit_scene, strips
from take_one.scene.edit.cut import uses
from take_one.scene.model.shots import trust
from take_one.scene.model.shots.shot_list import add_shot
from take_one.scene.session import jobs, pump
from take_one.scene.session.board import drawing, wanted


@pytest.fixture
def scene():
    """Twelve markers with cameras from frame 21 on, 10 frames apart or more; the scene stands in the middle."""
    scene = room(64, 36, "BLENDER_WORKBENCH")
    for index in range(12):
        eye = camera(scene, f"Cam {index + 1}", (5.0 - index, -8.0, 4.0))
        marker = scene.timeline_markers.new("F_01" if index else "Opening", frame=21 + 12 * index)
        marker.camera = eye
    scene.frame_end = 170
    scene.frame_set(77)
    return scene


def row(edit):
    return [(use.start, use.end, use.is_board, sorted(strip.type for strip in use.all)) for use in uses.uses(edit)]


def test_markers_become_shots_with_a_board_of_their_length(scene):
    before = settings_of(scene)
    assert bpy.ops.takeone.shots_from_markers(animate=False) == {"FINISHED"}
    shots = scene.take_one.shots
    assert [shot.name for shot in shots] == ["Opening", *(f"Cam {index}" for index in range(2, 13))]
    assert [shot.frame for shot in shots] == list(range(21, 160, 12))
    assert scene.take_one.active_shot == 0  # the film begins there
    assert [shot.frames for shot in shots] == [12] * 11 + [18]
    assert all(shot.frame_lock and shot.motion == "WORDS" for shot in shots)
    edit = bpy.data.scenes["Edit"]
    assert row(edit) == [(1 + 12 * i, 1 + 12 * i + (18 if i == 11 else 12), True, ["IMAGE", "TEXT"]) for i in range(12)]
    assert edit.frame_end == 12 * 11 + 18
    after = settings_of(scene)
    after["data"] = before["data"]
    assert after == before  # frame, camera and settings


def test_each_picture_is_of_its_own_camera_and_frame(scene):
    scene.timeline_markers.clear()
    for name, frame, far in (("Near", 30, 0), ("Far", 55, -6)):
        eye = camera(scene, name)
        for at, by in ((30, 0), (55, far), (77, 0)):  # where the scene stands it is where the other is
            eye.location.y = -8.0 + by
            eye.keyframe_insert("location", index=1, frame=at)
        scene.timeline_markers.new(name, frame=frame).camera = eye
    bpy.ops.takeone.shots_from_markers(animate=False)
    near, far = (picture(board.picture_of(shot)) for shot in scene.take_one.shots)
    assert near.shape == far.shape == (36, 64, 3)
    assert near.std() > 0.05 and abs(near - far).mean() > 0.02
    edit = bpy.data.scenes["Edit"]
    first = uses.uses(edit)[0]
    image = next(strip for strip in first.strips if strip.type == "IMAGE")
    assert (image.name, image.directory + image.elements[0].filename) == (
        "Near",
        str(board.picture_of(scene.take_one.shots[0])),
    )
    assert image.transform.scale_x == pytest.approx(1.0)
    # a picture of another shape fits into the frame, and one that comes later fills the place of the one before
    image.transform.scale_x, image.transform.scale_y = 1.5, 0.75
    board.resize(first, (128, 54))
    assert (image.transform.scale_x, image.transform.scale_y) == pytest.approx((1.5 * 64 / 128, 0.75 * 36 / 54))
    use = board.lay(edit, scene.take_one.shots[1], 500, (32, 36))
    narrow = next(strip for strip in use.strips if strip.type == "IMAGE")
    assert (narrow.transform.scale_x, narrow.transform.scale_y) == pytest.approx((1.0, 1.0))


def test_a_camera_that_sees_nothing_is_said_and_the_others_are_drawn(scene):
    blind = bpy.data.objects["Cam 2"]
    blind.rotation_euler = (3.1, 0, 0)
    blind.location.z = 500
    bpy.ops.takeone.shots_from_markers(animate=False)
    assert app().state.last_error.code == "nothing_visible"
    drawn = [board.picture_of(shot).is_file() for shot in scene.take_one.shots]
    assert drawn == [True, False] + [True] * 10


def test_a_second_press_makes_nothing_twice(scene):
    bpy.ops.takeone.shots_from_markers(animate=False)
    edit = bpy.data.scenes["Edit"]
    before = row(edit), [shot.uid for shot in scene.take_one.shots]
    marker = scene.timeline_markers.new("Last", frame=165)
    marker.camera = bpy.data.objects["Cam 3"]
    bpy.ops.takeone.shots_from_markers(animate=False)
    assert ([shot.uid for shot in scene.take_one.shots][:12], len(scene.take_one.shots)) == (before[1], 13)
    assert row(edit)[:12] == before[0] and row(edit)[12][:2] == (151, 157)


def test_an_edit_of_another_rate_has_the_same_seconds(scene):
    scene.render.fps, scene.render.fps_base = 24, 1.001
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps, edit.render.fps_base = 36, 1.25
    edit.frame_start, scene.frame_end = 101, 168
    bpy.ops.takeone.shots_from_markers(animate=False)
    assert [use.length for use in uses.uses(edit)] == [14] * 11 + [19]
    assert uses.uses(edit)[0].start == 101


def test_cameras_become_shots_by_name_and_animated_ones_over_their_keys(scene):
    scene.timeline_markers.clear()
    eye = bpy.data.objects["Cam 10"]
    for frame, x in ((40, 0.0), (63, 3.0)):
        eye.location.x = x
        eye.keyframe_insert("location", index=0, frame=frame)
    first = add_shot(scene, scene.camera)
    first.prompt, first.seconds = "push in", 2.0
    first.lines.add().line = "We are late."
    bpy.data.objects.remove(bpy.data.objects["Camera"])
    bpy.ops.takeone.shots_from_cameras(animate=False)
    made = list(scene.take_one.shots)[1:]
    assert [shot.name for shot in made] == [f"Cam {index}" for index in range(1, 13)]
    assert (made[9].motion, made[9].frame, made[9].frames) == ("CAMERA", 40, 24)
    assert (made[1].motion, made[1].frame, made[1].frames) == ("WORDS", 77, 48)
    assert [(shot.prompt, len(shot.lines)) for shot in made] == [("push in", 0)] * 12


def test_scene_strips_become_shots_in_their_places(scene):
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    edit.render.fps = 30
    strip = edit.sequence_editor.strips.new_scene("Shot A", scene, 2, 200)
    strip.scene_camera = bpy.data.objects["Cam 4"]
    setattr(strip, strips.START, 210)
    setattr(strip, strips.END, 240)
    before = everything(strip)
    bpy.ops.takeone.shots_from_strips(animate=False)
    (shot,) = scene.take_one.shots
    assert (shot.name, shot.camera.name, shot.frame) == ("Shot A", "Cam 4", scene.frame_start + 10)
    assert (shot.seconds, shot.frames, [(use.start, use.end) for use in uses.uses(edit)]) == (1.0, 30, [(210, 240)])
    assert everything(strip) == before


def test_takes_replace_the_board_at_its_place(scene, tmp_path):
    session = stand_in.attach()
    bpy.ops.takeone.shots_from_markers(animate=False)
    edit = bpy.data.scenes["Edit"]
    source = clip(tmp_path / "take.mp4", 12)
    others = {strip.name: everything(strip) for use in uses.uses(edit) for strip in use.all if use.start != 25}
    shot = scene.take_one.shots[2]
    channel = next(strip.channel for strip in uses.uses(edit)[2].strips)
    pump.handle(stand_in.ready(shot, source=source, placement="REPLACE"))
    use = uses.uses_of(edit, shot.uid)[0]
    assert (use.start, use.end, use.is_board) == (25, 37, False)
    assert sorted((strip.type, strip.name, strip.channel) for strip in use.all) == [
        ("MOVIE", "Cam 3_t001".replace(" ", "_"), channel),
        ("SOUND", "Cam_3_t001 sound", channel - 1),
    ]
    assert {name: everything(edit.sequence_editor.strips[name]) for name in others} == others
    if NEW:
        movie, sound = sorted(use.strips, key=lambda strip: strip.type)
        assert list(movie.connections) == [sound]
    assert session.landed_keys == ["k1"]


def test_a_press_queues_a_take_of_each_shot(scene, monkeypatch):
    stand_in.attach()
    ordered = []
    monkeypatch.setattr(jobs, "run_blocking", lambda order: ordered.append(order))
    bpy.ops.takeone.shots_from_markers()
    assert [order.frame for order in ordered] == list(range(21, 160, 12))
    assert {order.place.placement for order in ordered} == {"REPLACE"}
    assert [round(order.seconds * 24) for order in ordered] == [12] * 11 + [18]


def test_the_timer_draws_one_board_a_step_and_queues_takes_after(scene, monkeypatch):
    stand_in.attach()
    started = []
    monkeypatch.setattr(jobs, "start", lambda order: started.append(order.shot_name))
    uids = wanted.ensure(wanted.from_markers(scene)[:3], scene.take_one.blank)
    drawing.lay(bpy.context, uids, [(None, None)] * 3)
    drawing.begin(uids, uids)
    assert drawing.progress() == (0, 3)
    while drawing._step() is not None:
        assert app().state.last_error is None
    assert started == ["Opening", "Cam 2", "Cam 3"]
    assert all(board.picture_of(shot).is_file() for shot in scene.take_one.shots)
    assert len(app().part(drawing.Drawing).steps) == 3 and "3 pictures" in drawing.cost()


def test_a_picture_that_only_the_file_names_keeps_back_the_take_of_its_shot_alone(scene, monkeypatch):
    stand_in.attach()
    started = []
    monkeypatch.setattr(jobs, "start", lambda order: started.append(order.shot_name))
    uids = wanted.ensure(wanted.from_markers(scene)[:3], scene.take_one.blank)
    second = scene.take_one.shots[1]
    second.still_source, second.image_path = "IMAGE", bpy.path.abspath("//passport.png")
    trust.loaded()  # as in a file that is opened
    drawing.begin([], uids)
    while drawing._step() is not None:
        pass
    assert started == ["Opening", "Cam 3"] and app().state.last_error.code == "unseen_picture"
    waited = []
    monkeypatch.setattr(jobs, "run_blocking", lambda order: waited.append(order.shot_name))
    with pytest.raises(RuntimeError, match=r"The file says to send .*passport.png for 'Cam 2'"):
        bpy.ops.takeone.shots_from_markers()
    assert waited == ["Opening"]


def test_boards_go_with_the_file_when_it_is_saved(scene, tmp_path):
    stand_in.attach()
    bpy.ops.takeone.shots_from_cameras(animate=False)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    strip = next(strip for use in uses.uses(bpy.data.scenes["Edit"]) for strip in use.strips)
    path = strip.directory + strip.elements[0].filename
    assert path.startswith("//takes/")
    assert Path(bpy.path.abspath(path)).is_file()
    bpy.ops.wm.read_factory_settings(use_empty=True)
