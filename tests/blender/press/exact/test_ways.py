"""Where a camera will go, in figures: plans that the timer makes, how long they last, the way that words mean."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace

import bpy
import crane
import numpy as np
import pytest
from crane import ABLE, ended, key, the_shot
from rooms import camera
from take_one.client.api.errors import ApiError
from take_one.client.protocol import CameraPath, Direction, WordsPath
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model import lent
from take_one.scene.session.press import handles
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import ahead, plans, shoot
from take_one.scene.stills import capture
from take_one.scene.stills.coverage.plan import Plan


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


# Plans


def given(monkeypatch, *shares, error=None, views=(0, 14)):
    """Plans of any camera come to this; with what they were asked."""
    asked = []

    def steps(scene, eye, track, frame, frames, count, wider=False, fine=False):
        asked.append((eye.name, frame, frames, count, wider, fine))
        yield from shares
        if error is not None:
            raise error
        plan = Plan(views, (0, frames - 1), (1.0, 0.9), "m")
        return plans.Planned(plan, track, frame, frames, (), "look")

    monkeypatch.setattr(plans, "steps", steps)
    return asked


def test_the_timer_plans_a_shot_once_and_says_how_far_it_is(scene, tasks, monkeypatch):
    given(monkeypatch, 0.01, 0.5, 0.52)
    monkeypatch.setattr("take_one.scene.stills.coverage.steps.BUDGET", 0.0)
    shot, state = the_shot(), app().state
    assert (plans.making(shot), plans.known(shot)) == (None, None)
    plans.begin(shot)
    assert plans.making(shot) == 0.0 and len(tasks) == 1
    plans.begin(shot)
    assert len(tasks) == 1
    ticks = iter(range(1000))
    fake = SimpleNamespace(perf_counter=lambda: next(ticks) / 1000)
    monkeypatch.setattr("take_one.scene.stills.coverage.steps.BUDGET", 0.0015)  # one step a round
    monkeypatch.setattr("take_one.scene.stills.coverage.steps.time", fake)
    said = []
    for _ in range(3):
        before = state.revision
        assert tasks[0]() is not None
        said.append((plans.making(shot), state.revision - before))
    assert said == [(0.01, 0), (0.5, 1), (0.52, 0)]
    app().part(plans.Plans).edits = 7
    assert tasks[0]() is None
    assert (plans.making(shot), plans.known(shot).edits, plans.known(shot).first) == (None, 7, 31)
    given(monkeypatch, error=SceneError("x", "It broke."))
    plans.begin(shot)
    tasks[1]()
    assert (state.last_error.message, plans.making(shot), plans.known(shot).edits) == ("It broke.", None, 7)


@pytest.mark.parametrize(
    ("card", "engine", "asked"),
    [
        ({}, {}, (None, True, True)), ({"stills": "ONE"}, {}, (1, True, True)),
        ({"still_source": "VIEWPORT"}, {}, (None, False, False)),
        ({"stills": "NUMBER", "still_count": 4}, {}, (4, True, True)),
        ({"stills": "NUMBER", "still_count": 9}, {}, (5, True, True)),
        ({}, {"overscan": False}, (None, False, True)), ({}, {"finer_views": False}, (None, True, False)),
        ({}, {"camera_path": False}, (1, True, True)), ({}, {"views": 1}, (1, True, True)),
        ({"engine": "gone", "stills": "NUMBER", "still_count": 9}, {}, (9, False, False)),
    ],
)  # fmt: skip
def test_what_a_card_asks_to_be_planned(scene, monkeypatch, card, engine, asked):
    found = given(monkeypatch)
    app().state.engines = (replace(ABLE, **engine),)
    for name, value in card.items():
        setattr(the_shot(), name, value)
    _, planned = ended(plans.of_shot(the_shot()))
    assert found == [("Crane", 31, 30, *asked)] and len(planned.track.poses) == 30
    monkeypatch.setattr(plans, "may_be_wider", lambda *_: False)
    ended(plans.of_shot(the_shot()))
    assert found[1][4:] == (False, asked[2])


def test_a_camera_that_stands_has_no_plan(scene, tasks):
    the_shot().camera = camera(scene, "Still")
    with pytest.raises(SceneError, match="The camera is not animated") as caught:
        plans.begin(the_shot())
    assert (caught.value.code, caught.value.fix, tasks) == ("camera_still", "pick_camera", [])
    assert plans.making(the_shot()) is None


def test_a_plan_is_made_in_the_scene_as_it_is_at_its_frame(scene, monkeypatch):
    seen = []

    def look(where, frame, used):
        seen.append((where.frame_float, frame, used))
        yield 0.75
        return "look"

    def read(where, path):
        seen.append((where.frame_float, [place[0] for place in path]))
        yield 0.25
        return SimpleNamespace(used="used")

    def plan(track, found, count, wider):
        yield 0.5
        return (count, wider, found.used)

    monkeypatch.setattr(plans.surfaces, "read", read)
    monkeypatch.setattr(plans.marks, "look_mark", look)
    monkeypatch.setattr(plans.marks, "lens_mark", lambda one, track: f" of {one.name}, {len(track.poses)}")
    monkeypatch.setattr(plans.plan, "plan", plan)
    track = plans.camera_track(scene, scene.camera, 31, 30)
    steps, made = ended(plans.steps(scene, scene.camera, track, 31, 30, 4))
    assert (steps, made.plan, made.look) == ([0.25, 0.75, 0.5], (4, False, "used"), "look of Crane, 30")
    assert (made.first, made.frames, made.edits, made.settings) == (31, 30, 0, plans._settings(scene))
    assert seen == [(31, [31, 43, 55]), (31, 31, "used")]
    seen.clear()
    scene.frame_set(40)
    steps, made = ended(plans.steps(scene, scene.camera, track, 31, 30, None, True))
    assert (steps, made.plan, made.look) == ([0.5], (None, True, "used"), "look of Crane, 30")
    assert (seen, scene.frame_float) == ([(31, [31, 43, 55]), (31, 31, "used")], 40)
    assert [made.frame_at(pose) for pose in (0, 10, 29)] == [31, 41, 60]


def test_further_stills_are_finer_where_the_scene_allows_it(scene, monkeypatch):
    asked, allows = [], True
    monkeypatch.setattr(plans.surfaces, "read", lambda *_: _answer(SimpleNamespace(used=())))
    monkeypatch.setattr(plans.marks, "look_mark", lambda *_: _answer("look"))
    monkeypatch.setattr(plans.plan, "plan", lambda *_: _answer(Plan((0, 5, 9), (0, 29), (1.0, 1.0), "m", more=0.5)))
    monkeypatch.setattr(plans.finer, "may_be_finer", lambda where, count: asked.append((where, count)) or allows)
    track = plans.camera_track(scene, scene.camera, 31, 30)

    def made(fine):
        planned = ended(plans.steps(scene, scene.camera, track, 31, 30, None, True, fine))[1]
        return planned.finer, planned.pictures

    assert made(True) == (True, pytest.approx(1.5 + 2 * 1.96)) and asked == [(scene, 2)]
    assert made(False) == (False, 3.5) and len(asked) == 1
    allows = False
    assert made(True) == (False, 3.5)


def _answer(found):
    """Steps that come to this."""
    yield 0.5
    return found


def test_how_long_stills_need_is_of_one_engine_and_its_samples(scene):
    render = scene.render
    assert plans.still_seconds(scene) is None
    render.engine = "CYCLES"
    scene.cycles.samples, scene.eevee.taa_render_samples = 7, 9
    plans.measured(scene, 6.0, 0.5)
    state = scene.take_one
    assert (state.still_seconds, state.still_kind) == (pytest.approx(4e6 / (64 * 36)), "CYCLES 7")
    assert plans.still_seconds(scene) == pytest.approx(4.0)
    render.resolution_x = 128
    assert plans.still_seconds(scene) == pytest.approx(8.0)
    scene.cycles.samples = 8
    assert plans.still_seconds(scene) is None
    plans.measured(scene, 3.0)
    assert plans.still_seconds(scene) == pytest.approx(3.0)
    state.still_seconds = 0.0
    assert plans.still_seconds(scene) is None
    render.engine = "BLENDER_WORKBENCH"
    assert plans._kind(scene) == "BLENDER_WORKBENCH 9"


def test_times_as_people_say_them():
    found = [plans.duration(seconds) for seconds in (0.2, 1, 89.4, 90, 89 * 60, 5369, 5400, 12000)]
    assert found == ["1 s", "1 s", "89 s", "2 min", "89 min", "89 min", "1 h 30", "3 h 20"]
    assert [plans.named(tuple("ABCD"[:count])) for count in (1, 3, 4)] == ["A", "A, B, C", "A, B, C ..."]
    asked = ((None, None), (9, None), (None, 5), (9, 5), (2, 5), (9, 1))
    assert [plans.wanted(stills, most) for stills, most in asked] == [None, 9, None, 5, 2, 1]


def test_a_change_is_counted_where_the_user_made_it(scene, monkeypatch):
    part = app().part(plans.Plans)
    graph = SimpleNamespace(updates=[])
    monkeypatch.setattr(plans, "_is_edit", lambda updates: updates is not None)
    part.frames.clear()
    begun = part.edits
    plans._on_update(scene, graph)
    assert (part.edits, part.frames) == (begun, {scene.session_uid: 31.0}), "it came to this frame"
    plans._on_update(scene, graph)
    assert part.edits == begun + 1
    monkeypatch.setattr(capture, "rendering", lambda: True)
    plans._on_update(scene, graph)
    monkeypatch.setattr(capture, "rendering", lambda: False)
    scene[lent.RECORD] = "{}"
    plans._on_update(scene, graph)
    del scene[lent.RECORD]
    monkeypatch.setattr(plans, "_is_edit", lambda updates: False)
    plans._on_update(scene, graph)
    assert part.edits == begun + 1
    listed = bpy.app.handlers.depsgraph_update_post
    for count, change in ((0, plans.unregister), (0, plans.unregister), (1, plans.register)):
        change()
        assert listed.count(plans._on_update) == count


@pytest.mark.parametrize(
    "how", ["action", "nla", "driver", "nodes", "CLOTH", "SOFT_BODY", "FLUID", "DYNAMIC_PAINT", "OCEAN",
            "MESH_SEQUENCE_CACHE", "WAVE"],
)  # fmt: skip
def test_a_thing_moves_by_whatever_of_it_is_animated(how):
    mesh, material = bpy.data.meshes.new("Sail"), bpy.data.materials.new("Cloth")
    mesh.materials.append(material)
    item = bpy.data.objects.new("Sail", mesh)
    mesh.animation_data_create()
    assert not plans._moves(item)
    if how == "action":
        mesh.animation_data.action = bpy.data.actions.new("Flap")
    elif how == "nla":
        mesh.animation_data.nla_tracks.new()
    elif how == "driver":
        material.driver_add("roughness")
    elif how == "nodes":
        material.use_nodes = True
        material.node_tree.animation_data_create().nla_tracks.new()
    else:
        item.modifiers.new("m", how)
    assert plans._moves(item) is (how != "WAVE")


# The way of words, before it is rendered


def words_of(scene, session, *answers, seeds=(1, 2, 3)):
    """The way of an order of takes with these seeds, each answered so: a path, None, an error, "" for never."""
    asked = []

    def path_ahead(*said):
        asked.append(said)
        future = Future()
        answer = answers[len(asked) - 1]
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer != "":
            future.set_result(answer)
        return future

    session.path_ahead = path_ahead
    the_shot().motion = "WORDS"
    order = make_order(bpy.context, the_shot(), Call(seeds))
    return asked, order, ended(ahead.track(order, scene, scene.camera))


def test_the_way_of_words_is_that_of_all_its_takes(scene, session):
    path = CameraPath((key(0.0), key(0.5, 1.0, 2.0), key(1.0, 2.0)))
    other = CameraPath((key(0.0, 0.25),))
    answers = (WordsPath(path), None, WordsPath(other), WordsPath(path))
    asked, order, (waits, (track, said)) = words_of(scene, session, *answers, seeds=(1, 2, 3, 4, 5))
    assert [(one[0], one[1], one[3], one[4]) for one in asked] == [
        ("able", Direction("pan"), 1.0, seed) for seed in (1, 2, 3, 4)
    ]
    assert asked[0][2].width == 64 and (waits, said, track.width, track.height) == ([], (), 64, 36)
    first = order.start
    right = np.array(first.matrix)[:3, 0]
    assert [pose.t for pose in track.poses] == pytest.approx([0, *(number / 7 for number in range(1, 8))])
    gone = [0, 0, 2, 4, 0.5, 0, 2, 4]  # units of half a metre
    for pose, far in zip(track.poses, gone, strict=True):
        assert pose.place == pytest.approx(first.place + right * far, abs=1e-4)
    assert [pose.fx / first.fx for pose in track.poses] == pytest.approx([1, 1, 2, 1, 1, 1, 2, 1])
    assert [pose.fy / first.fy for pose in track.poses] == pytest.approx([1, 1, 2, 1, 1, 1, 2, 1])


def test_a_way_that_nobody_tells_is_late_and_one_that_stands_is_none(scene, session, monkeypatch):
    ticks = iter(range(100))
    monkeypatch.setattr(ahead, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    failed = ApiError("x", "It broke.")
    _, _, (waits, found) = words_of(scene, session, "", failed, "")
    assert (waits, found) == ([ahead.Wait()] * 3, (None, (ahead.LATE,)))
    assert words_of(scene, session, None, failed, None)[2] == ([], (None, ()))
    for zoom, x, stands in ((1.00009, 0.0, True), (1.00011, 0.0, False), (1.0, 0.00009, True), (1.0, 0.0002, False)):
        path = WordsPath(CameraPath((key(), key(1.0, x, zoom))))
        _, _, (_, (track, said)) = words_of(scene, session, path, failed, None)
        assert (track is None, said) == (stands, ())


# The views of an order


def test_a_plan_of_more_views_than_an_engine_uses_is_made_again(scene, monkeypatch):
    order = make_order(bpy.context, the_shot(), Call((1,)))
    asked = given(monkeypatch, views=(0, 3, 6, 9, 12, 15, 18))
    ended(shoot._plan(order, True, True))
    assert asked == [("Crane", 31, 30, None, True, True), ("Crane", 31, 30, 5, True, True)]
    asked = given(monkeypatch, views=(0, 3, 6, 9, 12))
    ended(shoot._plan(replace(order, stills=3), False, False))
    assert asked == [("Crane", 31, 30, 3, False, False)]
    asked.clear()
    for other in (replace(order, engine=replace(ABLE, finer_views=False)), replace(order, picture=(66, 36))):
        ended(shoot._plan(other, False, True))
    assert [one[4:] for one in asked] == [(False, False)] * 2
    assert handles.span(the_shot()) == (31, 30)


def test_what_moves_by_words_is_planned_at_once_where_the_still_may_be_wider(scene, monkeypatch):
    the_shot().motion = "WORDS"
    order = make_order(bpy.context, the_shot(), Call((1,)))
    assert shoot._may_be_wider(order) and shoot._start(replace(order, camera=None)) is None
    size = (66, 36)
    for other in (
        replace(order, source="VIEWPORT"), replace(order, engine=replace(ABLE, overscan=False)),
        replace(order, camera=None), replace(order, picture=size),
    ):  # fmt: skip
        assert not shoot._may_be_wider(other)
    asked, way = given(monkeypatch), (None, ("Late.",))

    def track(*_):
        yield ahead.Wait()
        return way

    monkeypatch.setattr(ahead, "track", track)
    assert ended(shoot._plan_ahead(order)) == ([ahead.Wait()], (None, ("Late.",))) and asked == []
    way = (plans.camera_track(scene, scene.camera, 31, 2), ("Soon.",))
    _, (planned, said) = ended(shoot._plan_ahead(order))
    assert (asked, said, planned.frames) == ([("Crane", 31, 30, 1, True, False)], ("Soon.",), 30)
    assert ended(shoot._plan_narrow(order, True)) == ([], None)
    _, narrow = ended(shoot._plan_narrow(replace(order, track=way[0]), True))
    assert ([one[4:] for one in asked[1:]], plans.known(the_shot()).plan) == ([(False, True)], narrow.plan)


def test_only_what_may_be_wider_and_is_quickly_read_is_planned_by_its_words(scene, monkeypatch, tmp_path):
    planned, may, light = [], True, True
    still = capture.Still(tmp_path / "still.png", 64, 36, "RENDER", notes=("A mirror.",))

    def ahead_of(order):
        planned.append(order.shot_name)
        yield 0.5
        return None, ("Late.",)

    monkeypatch.setattr(shoot, "_plan_ahead", ahead_of)
    monkeypatch.setattr(shoot, "_taken", lambda *_: _answer(still))
    monkeypatch.setattr(shoot, "_may_be_wider", lambda _order: may)
    monkeypatch.setattr(shoot, "_is_light", lambda _order: light)
    the_shot().motion = "WORDS"
    order = make_order(bpy.context, the_shot(), Call((1,)))

    def notes(one, wider=True):
        return ended(shoot.shoot_one(one, wider))[1].notes

    assert notes(order) == ("A mirror.", "Late.") and planned == ["Hall"]
    assert notes(order, False) == ("A mirror.",)
    assert notes(replace(order, engine=replace(ABLE, words_path=False))) == ("A mirror.",)
    light = False
    assert notes(order) == ("A mirror.",)
    may, light = False, True
    assert notes(order) == ("A mirror.",) and planned == ["Hall"]
