"""Moves and walks as cameras, in figures: what words are asked for, which keys are laid, what a walk is to its shot."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import crane
import numpy as np
import pytest
from crane import ended, key, the_shot
from mathutils import Matrix, Quaternion
from rooms import camera
from take_one.client.events import WordsFound
from take_one.client.protocol import CameraPath, Direction, Keyframe, WordsPath
from take_one.client.protocol.camera import IDENTITY
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.edit import landing
from take_one.scene.session.views import moves, walks
from take_one.scene.stills.walk import plan as walking
from take_one.scene.stills.walk import rig
from take_one.scene.stills.walk.plan import Stop, Stretch, Walk


@pytest.fixture
def session():
    return crane.attach()


@pytest.fixture
def scene(session):
    return crane.stage()


@pytest.fixture
def tasks(monkeypatch):
    tasks = []
    monkeypatch.setattr(timer, "every", lambda task, after=0.0: tasks.append(task))
    return tasks


# The move of words, as a camera


def test_what_is_asked_for_the_move_of_words(scene, session):
    shot, state = the_shot(), app().state
    shot.seed, shot.seconds, shot.camera = 7, 2.5, None
    before = state.revision
    scene.frame_set(40)
    moves.ask(shot)
    ((uid, engine, said, seen, seconds, seed),) = session.asked
    assert (uid, engine, said, seconds, seed) == (shot.uid, "able", Direction("pan"), 2.5, 7)
    assert seen.matrix_world[0][3] == pytest.approx(20.0), "metres, at the frame where the scene stands"
    assert (shot.camera, shot.frame, shot.frame_lock) == (scene.camera, 40, True)
    assert state.composing == shot.uid and state.revision > before
    shot.engine = "plain"
    with pytest.raises(SceneError, match=r"Plain makes no camera path of words\. Animate") as caught:
        moves.ask(shot)
    assert (caught.value.code, caught.value.fix) == ("no_words_path", "pick_engine")
    shot.engine, shot.prompt = "unknown", "x" * 100_000
    with pytest.raises(SceneError) as caught:
        moves.ask(shot)
    assert caught.value.code == "bad_request"
    shot.prompt = "pan"
    moves.ask(shot)
    assert [one[1] for one in session.asked] == ["able", "unknown"]


def points(camera, path, index=0, data=None):
    """The keys of one curve: frames and values."""
    action = (data or camera).animation_data.action
    curve = next(
        curve for layer in action.layers for strip in layer.strips for bag in strip.channelbags
        for curve in bag.fcurves if (curve.data_path, curve.array_index) == (path, index)
    )  # fmt: skip
    return [(round(point.co.x, 3), round(point.co.y, 3)) for point in curve.keyframe_points]


def test_the_move_of_words_is_laid_as_keys_of_a_camera_of_its_own(scene, session, monkeypatch):
    pushed = []
    monkeypatch.setattr(landing, "push_undo", lambda _context, message: pushed.append(message))
    shot, source = the_shot(), scene.camera
    source.rotation_euler, source.data.lens, source.scale = (0, 0, 0), 40, (2, 2, 2)
    source.data.keyframe_insert("lens", frame=1)
    shot.frame, shot.frame_lock, shot.motion, shot.seconds = 35, True, "WORDS", 2.0
    app().state.composing = shot.uid
    path = CameraPath((key(0.0), key(0.5, 1.0, 1.5), key(1.0, 3.0, 2.0)))
    moves.lay(WordsFound(shot.uid, WordsPath(path, ("One.", "Two."))))
    made = shot.camera
    assert (made.name, made.rotation_mode, shot.motion, shot.walk_notes) == (
        "Hall Move", "QUATERNION", "CAMERA", "One.\nTwo.",
    )  # fmt: skip
    assert made != source and made.data != source.data and made.name in scene.collection.objects
    assert points(made, "location") == [(35, 35), (64.5, 37), (94, 41)], "from where it stands at its frame"
    assert points(made, "rotation_quaternion") == [(35, 1), (64.5, 1), (94, 1)]
    assert points(made, "lens", data=made.data) == [(35, 40), (64.5, 60), (94, 80)]
    assert (pushed, app().state.composing) == (["Take One: Move of the Words"], "")
    assert scene.frame_float == 31
    shot.camera = source
    app().state.composing = "another"
    moves.lay(WordsFound(shot.uid, WordsPath(CameraPath((key(),)))))
    assert points(shot.camera, "location") == [(35, 35)] and shot.camera.data.animation_data is None
    assert app().state.composing == "another"


def test_a_steady_move_has_few_keys_and_an_unsteady_one_all(scene, monkeypatch):
    monkeypatch.setattr(landing, "push_undo", lambda *_: None)
    shot = the_shot()
    shot.seconds, shot.frame, shot.frame_lock = 4.0, 1, True
    source = shot.camera

    def frames(keys):
        shot.camera = source
        moves.lay(WordsFound(shot.uid, WordsPath(CameraPath(tuple(keys)))))
        return [frame for frame, _ in points(shot.camera, "location")]

    row = [number / 97 for number in range(98)]
    steady = frames(key(t) for t in row)
    assert (len(steady), steady[1], steady[-1]) == (50, pytest.approx(1 + 2 / 97 * 119, abs=1e-3), 120)
    assert len(frames(key(number / 48) for number in range(49))) == 49
    assert len(frames(key(number / 49) for number in range(50))) == 26
    assert len(frames(key(t, roll=0.01 * (index % 2)) for index, t in enumerate(row))) == 98
    bends = [key(t, roll=0.01 * (index % 2)) for index, t in enumerate(row[:12])]
    for seconds, unsteady in ((4.0, True), (4.5, False)):  # it bends nine times
        assert moves._is_unsteady(tuple(bends), seconds) is unsteady
    assert not moves._is_unsteady(tuple(replace(one, matrix=IDENTITY) for one in bends), 0.1)
    turned = Quaternion((0, 0, 1), 3.3)
    sides = [key(0.0), Keyframe(1.0, tuple(map(tuple, Matrix.Rotation(turned.angle, 4, "Z"))))]
    frames(sides)
    values = [value for _, value in points(shot.camera, "rotation_quaternion", 3)]
    first, last = (
        Quaternion([points(shot.camera, "rotation_quaternion", at)[end][1] for at in range(4)]) for end in (0, -1)
    )
    assert first.dot(last) > -1e-3 and len(values) == 2


def test_a_move_that_there_is_not_changes_nothing(scene, monkeypatch):
    monkeypatch.setattr(landing, "push_undo", lambda *_: pytest.fail("nothing was done"))
    shot, state = the_shot(), app().state
    before = shot.camera, shot.motion, state.revision
    moves.lay(WordsFound("gone", WordsPath(CameraPath((key(),)))))
    with pytest.raises(SceneError, match="The words say of no camera move") as caught:
        moves.lay(WordsFound(shot.uid, None))
    assert caught.value.code == "no_words_path"
    assert (shot.camera, shot.motion) == before[:2] and state.revision == before[2] + 2
    shot.camera = None
    moves.lay(WordsFound(shot.uid, None))


# Walks


def a_walk(seconds=6.0):
    stops = [Stop(name, np.zeros(3), Quaternion(), 50.0) for name in "AB"]
    stretch = Stretch(tuple(stops), None, 0.0, seconds, (), (), ())
    return Walk((stretch,), seconds, 2.5, ())


def test_a_walk_is_planned_of_the_cameras_as_they_stand(scene, monkeypatch):
    one, two = camera(scene, "One", (1, 2, 3)), camera(scene, "Two", (4, 5, 6))
    two.data.lens, two.scale = 35, (3, 3, 3)
    bpy.context.view_layer.update()
    asked = []

    def read(where, places, glass=False):
        asked.append((where, places.tolist(), glass))
        yield 0.25
        return SimpleNamespace()

    def plan(stops, trees, metre, **more):
        asked.append(([(stop.name, list(stop.place), stop.lens) for stop in stops], metre, more))
        yield 0.75
        return "walk"

    trees = SimpleNamespace(build=lambda: iter([0.5]))
    monkeypatch.setattr(walks.surfaces, "read", read)
    monkeypatch.setattr(walks, "Trees", lambda found: trees)
    monkeypatch.setattr(walking, "plan", plan)
    for by, more in (("SPEED", (3.0, None)), ("LENGTH", (None, 20.0))):
        asked.clear()
        assert ended(walks.steps(scene, [one, two], by, 1.5, 20.0)) == ([0.25, 0.5, 0.75], "walk")
        assert asked == [
            (scene, [[1, 2, 3], [4, 5, 6]], True),
            ([("One", [1, 2, 3], 50), ("Two", [4, 5, 6], 35)], 2.0, {"speed": more[0], "seconds": more[1]}),
        ]  # fmt: skip
    look = walks._stop(two).look
    assert look.angle == pytest.approx(two.matrix_world.decompose()[1].angle) and look.magnitude == pytest.approx(1)


def test_a_planned_walk_is_laid_or_what_kept_it_from_that_is_said(scene, tasks, monkeypatch):
    state, laid = app().state, []
    monkeypatch.setattr(walks, "lay", lambda *said: laid.append(said))

    def work(result):
        yield 0.5
        if isinstance(result, SceneError):
            raise result
        return result

    before = state.revision
    walks.begin(("shot", "scene"), work("walk"))
    assert walks.making() and state.revision > before
    before = state.revision
    assert tasks.pop()() is None
    assert (walks.making(), laid) == (False, [("shot", "scene", "walk")]) and state.revision > before
    walks.begin(("shot", "scene"), work(SceneError("x", "No way.")))
    tasks.pop()()
    assert (walks.making(), state.last_error.message, len(laid)) == (False, "No way.", 1)


def test_a_laid_walk_is_its_shots_camera(scene, monkeypatch):
    built, pushed = [], []
    eye = camera(scene, "Walk")
    monkeypatch.setattr(rig, "build", lambda *said: built.append(said) or eye)
    monkeypatch.setattr(landing, "push_undo", lambda _context, message: pushed.append(message))
    monkeypatch.setattr(walks, "remarks", lambda *said: ["Long.", f"From {said[2]}."])
    shot = the_shot()
    shot.motion, shot.still_source = "WORDS", "IMAGE"
    scene.frame_set(44)
    walk = a_walk()
    before = app().state.revision
    assert walks.lay(shot.uid, scene.take_one.uid, walk) == shot
    assert built == [(scene, walk, 44, "Hall", None)]
    assert (shot.camera, shot.frame, shot.frame_lock, shot.motion, shot.seconds, shot.still_source) == (
        eye, 44, True, "CAMERA", 6.0, "RENDER",
    )  # fmt: skip
    assert (shot.walk_notes, pushed) == ("Long.\nFrom 44.", ["Take One: Walkthrough"])
    assert app().state.revision > before
    eye[rig.MARK] = True
    walks.lay(shot.uid, scene.take_one.uid, a_walk(500.0))
    assert built[1][4] == eye and shot.seconds == walks.pace.MOST_SECONDS
