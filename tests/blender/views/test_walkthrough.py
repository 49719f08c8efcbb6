"""A walk through cameras: an ordinary animated camera that goes through doors and cuts where there is no way."""

from __future__ import annotations

import math
from dataclasses import replace

import bpy
import flats
import numpy as np
import pytest
import stand_in
from stand_in import DRAFT, HORSE
from take_one.client import events
from take_one.client.protocol import CameraPath, Keyframe, WordsPath
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model.shots import shot_list
from take_one.scene.model.shots.shot_list import find_shot
from take_one.scene.session import pump
from take_one.scene.session.views import moves, walks
from take_one.scene.stills.camera import camera_track
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.walk import rig

FIRST = 31


def eyes(scene, rooms=2, heights=(1.6, 1.3)):
    """A camera in each room, that looks across it; of different heights and lenses."""
    made = []
    for room in range(rooms):
        place = (room * flats.WIDE + 1.0 + 2 * (room % 2), 2.5, heights[room % 2])
        made.append(
            flats.eye(scene, f"Eye {room}", place, (room * flats.WIDE + 2, 0.5 + 4 * (room % 2), 1.2), 18 + 6 * room)
        )
    return made


def walk(scene, cameras, **more):
    scene.frame_set(FIRST)
    bpy.context.view_layer.update()
    assert bpy.ops.takeone.walkthrough(cameras="\n".join(one.name for one in cameras), **more) == {"FINISHED"}
    shot = scene.take_one.shots[scene.take_one.active_shot]
    frames = round(shot.seconds * 24)
    return shot, camera_track(scene, shot.camera, FIRST, frames + 1)


def places(track):
    return np.array([pose.place for pose in track.poses])


def test_it_goes_through_the_door_at_an_even_pace_and_arrives():
    scene = flats.flat(2)
    one, two = eyes(scene)
    shot, track = walk(scene, [one, two], speed=1.0)
    at = places(track)
    assert np.allclose(at[0], one.location, atol=0.01) and np.allclose(at[-1], two.location, atol=0.02)
    steps = np.linalg.norm(np.diff(at, axis=0), axis=1) * 24
    assert np.allclose(steps[30:-30], 1.0, atol=0.04)
    assert steps[0] < 0.1 and steps[-1] < 0.1 and steps.max() < 1.05
    through = at[np.argmin(np.abs(at[:, 0] - flats.WIDE))]
    assert abs(through[1] - flats.door(1)) < flats.DOOR[0] / 2 - 0.1
    assert np.all(np.diff(at[:, 2]) <= 1e-4)  # from 1.6 m down to 1.3
    assert (shot.motion, shot.frame, shot.camera.type) == ("CAMERA", FIRST, "CAMERA")
    assert len(shot.walk_notes.splitlines()) == 1


def test_looks_turn_the_shortest_way_without_swings():
    scene = flats.flat(2)
    cameras = eyes(scene)
    for camera, heading in zip(cameras, (170, -150), strict=True):
        turn = math.radians(heading)
        camera.matrix_world = flats.looking(
            camera.location, camera.location + flats.Vector((math.cos(turn), math.sin(turn), -0.2))
        )
    _, track = walk(scene, cameras)
    forward = np.array([-np.array(pose.matrix)[:3, 2] for pose in track.poses])
    headings = np.unwrap(np.arctan2(forward[:, 1], forward[:, 0]))
    assert math.isclose(math.degrees(headings[-1] - headings[0]), 40, abs_tol=0.2)
    assert np.all(np.diff(headings) > -1e-4)
    assert np.ptp(np.degrees(np.arcsin(forward[:, 2]))) < 0.3
    level = np.array([np.array(pose.matrix)[2, 0] for pose in track.poses])
    assert np.abs(level).max() < 0.005  # no roll


def test_where_there_is_no_way_it_says_so_and_cuts():
    scene = flats.flat(3, doors=False)
    scene.render.fps, scene.render.fps_base = 30, 1.5
    flats.box(scene, "beam", (1.9, 2.0, 1.2), (2.1, 3.0, 2.0))
    one = flats.eye(scene, "One", (0.8, 2.5, 1.5), (3, 2.5, 1.4))
    two = flats.eye(scene, "Two", (3.2, 2.5, 1.5), (3, 4, 1.4))
    three = flats.eye(scene, "Three", (5.0, 1.0, 1.5), (7, 4, 1.4))
    four = flats.eye(scene, "Four", (7.0, 4.0, 1.5), (5, 1, 1.4))
    shot, track = walk(scene, [one, two, three, four])
    at = places(track)
    steps = np.linalg.norm(np.diff(at, axis=0), axis=1)
    (cut,) = np.flatnonzero(steps > 0.3)
    assert f"There is no free way from 'Two' to 'Three': it cuts there, at frame {FIRST + cut + 1}." in shot.walk_notes
    assert np.allclose(at[cut], two.location, atol=0.05) and np.allclose(at[cut + 1], three.location, atol=0.05)
    assert np.allclose(at[-1], four.location, atol=0.02)
    near_beam = at[np.abs(at[:, 0] - 2.0) < 0.15]
    assert len(near_beam) and np.all((near_beam[:, 1] < 2.0 - 0.1) | (near_beam[:, 1] > 3.0 + 0.1))


def test_a_length_instead_of_a_speed():
    scene = flats.flat(2)
    shot, track = walk(scene, eyes(scene), pace="LENGTH", seconds=12.0)
    assert math.isclose(shot.seconds, 12.0)
    at = places(track)
    assert np.linalg.norm(at[-10] - at[-1]) > 0.005  # it is still on its way shortly before the end


def test_it_is_edited_by_hand_and_made_again_by_the_button():
    scene = flats.flat(2)
    cameras = eyes(scene)
    shot, track = walk(scene, cameras)
    camera, uid = shot.camera, shot.uid
    curve = next(one for one in camera.constraints if one.type == "FOLLOW_PATH").target
    curve.data.splines[0].bezier_points[0].co.y += 0.5
    bpy.context.view_layer.update()
    bent = camera_track(scene, camera, FIRST, 2)
    assert np.allclose(bent.poses[0].place - track.poses[0].place, (0, 0.5, 0), atol=1e-3)
    cameras[1].location.y -= 0.7
    bpy.context.view_layer.update()
    curves = len(bpy.data.curves)
    assert bpy.ops.takeone.walkthrough_again() == {"FINISHED"}
    shot = find_shot(uid)
    assert shot.camera == camera and len(bpy.data.curves) == curves
    again = camera_track(scene, camera, FIRST, round(shot.seconds * 24) + 1)
    assert np.allclose(again.poses[0].place, track.poses[0].place, atol=1e-3)
    assert np.allclose(again.poses[-1].place, cameras[1].location, atol=0.02)


def test_selected_cameras_walk_in_the_order_of_their_selection():
    scene = flats.flat(2)
    one, two = eyes(scene)
    assert [one.name, two.name] == sorted((one.name, two.name))
    for item in scene.objects:
        item.select_set(False)
    two.select_set(True)
    assert walks.in_order(bpy.context) == [two]
    one.select_set(True)
    assert walks.in_order(bpy.context) == [two, one]


def test_one_camera_is_no_walk():
    scene = flats.flat(1)
    one, _ = eyes(scene, 2)
    with pytest.raises(RuntimeError, match="two cameras at least"):
        bpy.ops.takeone.walkthrough(cameras=one.name)
    assert app().state.last_error.code == "few_cameras"
    assert not scene.take_one.shots


def test_the_words_move_becomes_a_camera_to_be_edited():
    scene = flats.flat(1)
    eye = flats.eye(scene, "Eye", (1, 1, 1.5), (3, 4, 1.4), 24)
    scene.camera = eye
    scene.frame_set(FIRST)
    session = stand_in.attach()
    app().state.engines = (replace(DRAFT, views=32, words_path=True),)
    shot = shot_list.add_shot(scene)
    shot.prompt, shot.seconds = "fly through the door", 2.0
    moves.ask(shot)
    ((key, engine, direction, seen, seconds, _),) = session.asked
    assert (key, engine, direction.prompt, seconds) == (shot.uid, "draft", "fly through the door", 2.0)
    turned = ((0.0, 0.0, 1.0, 0.5), (0.0, 1.0, 0.0, 0.0), (-1.0, 0.0, 0.0, -2.0), (0.0, 0.0, 0.0, 1.0))
    path = CameraPath((Keyframe(0.0, IDENTITY), Keyframe(1.0, turned, 1.5)))
    assert pump.handle(events.WordsFound(key, WordsPath(path, ("As far as the words say.",)))) is None
    camera = shot.camera
    assert camera != eye and camera.name == "Shot 01 Move" and shot.motion == "CAMERA"
    assert shot.walk_notes == "As far as the words say." and app().state.composing == ""
    track = camera_track(scene, camera, FIRST, 48)
    assert np.allclose(track.poses[0].matrix, np.array(seen.matrix_world), atol=1e-5)
    moved = np.linalg.inv(np.array(seen.matrix_world)) @ np.array(track.poses[-1].matrix)
    assert np.allclose(moved, turned, atol=1e-4)
    assert math.isclose(track.poses[-1].lens.lens, 36, abs_tol=1e-3)


def _pushed(at, shake):
    """A push of 2 m, as far as `at` (0..1 of 5 s), that rolls to and fro by `shake` radians 2.5 times a second."""
    roll = shake * math.sin(math.tau * 12.5 * at)
    turn, ahead = math.sin(roll), -2.0 * at * at * (3.0 - 2.0 * at)
    rows = (math.cos(roll), -turn, 0.0, 0.0), (turn, math.cos(roll), 0.0, 0.0), (0.0, 0.0, 1.0, ahead)
    return (*rows, (0.0, 0.0, 0.0, 1.0))


@pytest.mark.parametrize(("shake", "keys"), [(0.0, 41), (0.004, 121)])
def test_a_hand_s_unsteadiness_keeps_all_its_keys(shake, keys):
    scene = flats.flat(1)
    scene.camera = flats.eye(scene, "Eye", (1, 1, 1.5), (3, 4, 1.4), 24)
    scene.frame_set(FIRST)
    session = stand_in.attach()
    app().state.engines = (replace(DRAFT, views=32, words_path=True),)
    shot = shot_list.add_shot(scene)
    shot.prompt, shot.seconds = "walk to the door", 5.0
    moves.ask(shot)
    path = CameraPath(tuple(Keyframe(i / 120, _pushed(i / 120, shake)) for i in range(121)))
    pump.handle(events.WordsFound(shot.uid, WordsPath(path)))
    assert {len(curve.keyframe_points) for curve in rig.fcurves(shot.camera)} == {keys}
    track = camera_track(scene, shot.camera, FIRST, 120)
    start = np.linalg.inv(np.array(session.asked[0][3].matrix_world))
    for i in (1, 31, 32, 33, 76, 119):
        there = start @ np.array(track.poses[i].matrix)
        assert np.allclose(there, _pushed(i / 119, shake), atol=3e-4), (
            i,
            np.abs(there - _pushed(i / 119, shake)).max(),
        )


def test_words_that_say_of_no_move_say_so():
    scene = flats.flat(1)
    scene.camera = flats.eye(scene, "Eye", (1, 1, 1.5), (3, 4, 1.4))
    stand_in.attach()
    app().state.engines = (replace(DRAFT, words_path=True), HORSE)
    shot = shot_list.add_shot(scene)
    moves.ask(shot)
    pump.handle(events.WordsFound(shot.uid, None))
    assert app().state.last_error.code == "no_words_path" and shot.motion == "WORDS"
    shot.engine = "horse"
    with pytest.raises(SceneError, match="Horse makes no camera path of words"):
        moves.ask(shot)


def turns(track):
    """Degrees a second by which the look turns, frame by frame."""
    ahead = np.array([-np.array(pose.matrix)[:3, 2] for pose in track.poses])
    return np.degrees(np.arccos(np.clip((ahead[1:] * ahead[:-1]).sum(1), -1, 1))) * 24


def off(track, camera):
    """Degrees between what a camera looks at and the nearest look on the way."""
    ahead = np.array([-np.array(pose.matrix)[:3, 2] for pose in track.poses])
    look = -np.array(camera.matrix_world)[:3, 2]
    return np.degrees(np.arccos(np.clip((ahead @ look).max(), -1, 1)))


def test_after_a_cut_the_look_and_the_lens_go_on_evenly():
    scene = flats.flat(3, doors=False)
    cameras = [
        flats.eye(scene, "One", (1.0, 1.0, 1.5), (3, 4, 1.4), 20),
        flats.eye(scene, "Two", (3.0, 3.5, 1.5), (1, 4, 1.4), 28),
        flats.eye(scene, "Three", (5.0, 1.0, 1.5), (7, 4, 1.4), 24),
        flats.eye(scene, "Four", (7.0, 4.0, 1.5), (5, 4.3, 1.4), 40),
    ]
    _, track = walk(scene, cameras, speed=1.0)
    (cut,) = np.flatnonzero(np.linalg.norm(np.diff(places(track), axis=0), axis=1) > 0.3)
    speeds = turns(track)
    assert speeds[cut] > 90 and np.delete(speeds, cut).max() < 90
    assert np.abs(np.diff(speeds[cut + 2 :])).max() < 12  # it goes from key to key, and does not jump there
    lenses = np.array([pose.lens.lens for pose in track.poses])[cut + 1 :]
    assert np.all(np.diff(lenses) >= -1e-4) and np.diff(lenses).max() < 0.6
    assert (lenses[0], lenses[-1]) == pytest.approx((24, 40), abs=0.01)


def test_it_turns_no_faster_than_an_eye_follows_and_still_looks_as_every_camera_does():
    scene = flats.flat(1, furniture=0)
    ways = [((0.8, 1.0), 0), ((1.8, 1.0), 0), ((2.2, 1.0), 170), ((3.2, 1.0), 170), ((3.3, 4.0), 100)]
    cameras = []
    for number, ((x, y), heading) in enumerate(ways):
        turn = math.radians(heading)
        at = (x + math.cos(turn), y + math.sin(turn), 1.5)
        cameras.append(flats.eye(scene, f"Eye {number}", (x, y, 1.5), at))
    shot, track = walk(scene, cameras, speed=0.8)
    assert 60 < turns(track).max() < 95
    assert max(off(track, camera) for camera in cameras) < 1.0
    assert "turn" not in shot.walk_notes
    steps = np.linalg.norm(np.diff(places(track), axis=0), axis=1) * 24
    assert np.median(steps) == pytest.approx(0.8, abs=0.01)
    shot, track = walk(scene, cameras[1:3], speed=1.5)
    assert turns(track).max() > 120
    assert "too short for their looks" in shot.walk_notes


def test_two_cameras_at_one_place_are_a_look_round_there():
    scene = flats.flat(1, furniture=0)
    one = flats.eye(scene, "One", (1.0, 2.5, 1.6), (3, 2.5, 1.6))
    two = flats.eye(scene, "Two", (1.0, 2.5, 1.6), (0.9, 0.5, 1.6))
    three = flats.eye(scene, "Three", (3.2, 2.5, 1.6), (3.2, 0.5, 1.4))
    shot, track = walk(scene, [one, two])
    assert np.allclose(places(track), one.location, atol=1e-4)
    assert (off(track, one), off(track, two)) == pytest.approx((0, 0), abs=0.3)
    assert shot.seconds == pytest.approx(2.0) and turns(track).max() < 95
    _, track = walk(scene, [one, two, three], speed=0.7)
    assert places(track)[:, 0].min() > 0.999  # it does not step back first
    assert max(off(track, camera) for camera in (one, two, three)) < 1.0


def test_where_nothing_moves_it_takes_the_seconds_that_were_asked_for():
    scene = flats.flat(1, furniture=0)
    one = flats.eye(scene, "One", (1.0, 2.5, 1.6), (3, 2.5, 1.6))
    two = flats.eye(scene, "Two", (1.0, 2.5, 1.6), (-1, 2.5, 1.6))
    shot, track = walk(scene, [one, two], pace="LENGTH", seconds=10.0)
    assert shot.seconds == pytest.approx(10.0)
    half = -np.array(track.poses[120].matrix)[:3, 2]
    assert abs(half[1]) == pytest.approx(1.0, abs=0.01)  # half round
    assert off(track, two) < 0.3 and "too" not in shot.walk_notes
    shot, _ = walk(scene, [one, two], pace="LENGTH", seconds=1.5)
    assert shot.seconds == pytest.approx(1.5)
    assert "the time is too short: it turns 2.0 times too fast" in shot.walk_notes
    many = at_once(walks.steps(scene, [one, two] * 31, "SPEED", 1.0, 5.0))  # 61 turns of 3 s
    assert many.seconds == pytest.approx(180.0) and many.stretches[0].hurry == pytest.approx(183 / 180, abs=1e-3)


def test_a_walk_that_takes_longer_than_was_asked_for_or_than_a_shot_says_so():
    scene = flats.flat(2, doors=False)
    one = flats.eye(scene, "One", (1.0, 2.5, 1.6), (3, 2.5, 1.6))
    two = flats.eye(scene, "Two", (1.0, 2.5, 1.6), (-1, 2.5, 1.6))
    away = [flats.eye(scene, f"Far {x}", (x, 2.5, 1.6), (x + 1, 2.5, 1.6)) for x in (5.0, 6.5)]
    shot, _ = walk(scene, [one, two, *away], pace="LENGTH", seconds=2.0)
    assert shot.seconds == pytest.approx(4.0)  # 3 to look around, 1 to go
    assert "2.0 s are too few to look around where it stands." in shot.walk_notes
    shot, _ = walk(scene, [one, two, *away], pace="LENGTH", seconds=6.0)
    assert shot.seconds == pytest.approx(6.0) and "too few" not in shot.walk_notes
    long = at_once(walks.steps(scene, [*[one, two] * 31, *away], "SPEED", 1.0, 5.0))
    assert long.seconds == pytest.approx(184.0)
    assert "A shot takes 180 s at most" in "\n".join(walks.remarks(scene, long, FIRST))
