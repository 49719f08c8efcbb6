"""Orders that wait for their stills: whose turn it is, what is asked of a render, how each ends; none is rendered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import camera
from take_one.client import events
from take_one.client.protocol import EngineInfo, Problem
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import RENDERING, Job
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs
from take_one.scene.session.press import together
from take_one.scene.session.press.press import Call, make_order
from take_one.scene.session.views import shoot
from take_one.scene.session.views.ahead import Wait
from take_one.scene.stills import capture
from take_one.scene.stills.borrow import second_camera
from take_one.scene.stills.coverage import steps
from take_one.scene.stills.coverage.margin import NONE, Margin

BROKEN = SceneError("render_failed", "It broke.", "retry")
PAUSES = {"plan": 0.25, "wait": Wait(), "long": Wait(3.5)}


@pytest.fixture
def session():
    session = stand_in.attach()
    app().state.engines = (EngineInfo("draft", "Draft"),)
    return session


@pytest.fixture
def scene(session):
    """Three shots of a scene that stands at 33."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    scene.take_one.handles = 0
    for name in ("Hall", "Stairs", "Roof"):
        shot = shot_list.add_shot(scene, camera(scene, f"of {name}"))
        shot.name, shot.seconds, shot.still_source = name, 1.0, "RENDER"
    scene.frame_set(33)
    return scene


class Queue:
    """What `jobs` asks of the rest. `plans` are what the views of a shot take, step by step: a word of `PAUSES`, an
    error that is raised, or the still's pose, size and margin; `got` is what they are answered."""

    def __init__(self, monkeypatch):
        self.plans: dict[str, list] = {}
        self.got: list = []
        self.ready: list = []
        self.begun: list = []
        self.tasks: list = []
        self.sent: list = []
        self.abandoned = 0
        self.refusal: Exception | None = None
        monkeypatch.setattr(shoot, "shoot", self.shoot)
        monkeypatch.setattr(shoot, "shoot_one", self.shoot_one)
        monkeypatch.setattr(capture, "start_render", self.start_render)
        monkeypatch.setattr(capture, "rendering", lambda: bool(self.begun))
        monkeypatch.setattr(capture, "abandon", self.abandon)
        monkeypatch.setattr(timer, "every", lambda task, after=0.0: self.tasks.append((task, after)))
        monkeypatch.setattr(jobs, "send", self.send)

    def shoot(self, order, ready):
        self.ready.append((order.shot_name, dict(ready)))
        for step in self.plans.get(order.shot_name, [()]):
            if isinstance(step, Exception):
                raise step
            wish = PAUSES[step] if isinstance(step, str) else shoot.Ask(order, order.folder, *step)
            self.got.append((yield wish))
        return shoot.Shots(order, (f"view of {order.shot_name}",), ("noted",))

    def shoot_one(self, order):
        found = yield shoot.Ask(order, order.folder)
        return shoot.Shots(order, (found,), ("now",))

    def start_render(self, context, scene, folder, done, **more):
        if self.refusal is not None:
            raise self.refusal
        self.begun.append(SimpleNamespace(scene=scene, folder=folder, done=done, **more))

    def abandon(self):
        self.abandoned += 1

    def send(self, order, views, notes):
        self.sent.append((order.shot_name, order.keys, views, notes))
        return order.keys

    def end(self, answer="a still"):
        self.begun.pop(0).done(answer)

    def round(self):
        """The timer's next task."""
        return self.tasks.pop(0)[0]()


@pytest.fixture
def queue(scene, monkeypatch):
    return Queue(monkeypatch)


def order_of(scene, name, **call):
    shot = next(shot for shot in scene.take_one.shots if shot.name == name)
    return make_order(bpy.context, shot, Call((1,), **call) if "seeds" not in call else Call(**call))


def waiting():
    return [order.shot_name for order in app().part(jobs.Waiting).orders]


def error():
    found = app().state.last_error
    return found.message if found else None


def test_orders_are_rendered_in_their_turn_and_sent(scene, queue):
    hall, stairs = order_of(scene, "Hall", seeds=(4, 9)), order_of(scene, "Stairs")
    before = app().state.revision
    assert jobs.start(hall) == hall.keys and jobs.start(stairs) == stairs.keys
    assert waiting() == ["Hall", "Stairs"] and app().state.revision > before
    assert [(one.key, one.status, one.binding) for one in app().state.jobs.values()] == [
        *((take.key, RENDERING, hall.binding(take)) for take in hall.takes),
        (stairs.keys[0], RENDERING, stairs.binding(stairs.takes[0])),
    ]
    (begun,) = queue.begun
    assert (begun.scene, begun.folder, begun.camera.name, begun.frame) == (scene, hall.folder, "of Hall", 33)
    assert (begun.size, begun.margin) == ((640, 360), NONE)
    queue.end("hall's")
    assert (queue.got, waiting()) == (["hall's"], ["Stairs"])
    assert queue.sent == [("Hall", hall.keys, ("view of Hall",), ("noted",))]
    assert [one.camera.name for one in queue.begun] == ["of Stairs"]
    queue.end()
    assert [name for name, *_ in queue.sent] == ["Hall", "Stairs"] and (waiting(), queue.tasks) == ([], [])
    assert app().part(jobs.Waiting).steps is None and queue.ready == [("Hall", {}), ("Stairs", {})]


def test_only_takes_that_are_still_wanted_are_sent(scene, queue, session):
    hall = order_of(scene, "Hall", seeds=(4, 9, 12))
    jobs.start(hall)
    jobs.cancel(hall.keys[1])
    assert (queue.abandoned, waiting(), session.cancelled) == (0, ["Hall"], [])
    queue.end()
    assert [keys for _, keys, *_ in queue.sent] == [[hall.keys[0], hall.keys[2]]]
    stairs = order_of(scene, "Stairs")
    jobs.start(stairs)
    before = app().state.revision
    jobs.cancel(stairs.keys[0])
    assert (queue.abandoned, waiting()) == (1, ["Stairs"]) and app().state.revision > before
    jobs.start(order_of(scene, "Roof"))
    queue.end(BROKEN)
    assert (waiting(), error(), [one.camera.name for one in queue.begun]) == (["Roof"], None, ["of Roof"])
    assert len(queue.sent) == 1


def test_one_that_waits_is_taken_out_and_what_was_ready_of_it(scene, queue):
    orders = [order_of(scene, name, seeds=(4, 9)[:count]) for name, count in (("Hall", 1), ("Stairs", 2), ("Roof", 1))]
    for order in orders:
        jobs.start(order)
    ready = app().part(jobs.Waiting).ready
    ready.update({order.keys[0]: {} for order in orders})
    for key in orders[1].keys:
        assert waiting() == ["Hall", "Stairs", "Roof"]
        jobs.cancel(key)
    assert (waiting(), queue.abandoned, len(queue.begun)) == (["Hall", "Roof"], 0, 1)
    assert list(ready) == [orders[0].keys[0], orders[2].keys[0]]
    app().part(jobs.Waiting).steps.close()  # its views are done, and it stands there still
    jobs.cancel(orders[0].keys[0])
    assert (waiting(), queue.abandoned, list(ready)) == (["Roof"], 0, [])
    assert [one.camera.name for one in queue.begun] == ["of Hall", "of Roof"]
    queue.end()
    assert waiting() == ["Roof"], "the answer to one that is gone"


def test_all_are_stopped(scene, queue, session):
    keys = [jobs.start(order_of(scene, name))[0] for name in ("Hall", "Stairs")]
    app().state.jobs["sent"] = Job("sent", app().state.jobs[keys[0]].binding)
    jobs.cancel_all()
    assert (waiting(), session.cancelled, list(app().state.jobs)) == (["Hall"], ["all"], ["sent"])
    queue.end(BROKEN)
    assert (waiting(), queue.sent, error()) == ([], [], None)


def test_the_timer_plans_on_between_stills(scene, queue):
    queue.plans["Hall"] = ["plan", "plan", "wait", "plan", (None, (64, 36), Margin(1, 2, 3, 4)), "plan"]
    jobs.start(order_of(scene, "Hall"))
    jobs.start(order_of(scene, "Stairs"))
    assert [after for _, after in queue.tasks] == [steps.PAUSE] and queue.begun == []
    assert (queue.tasks[0][0](), queue.begun) == (steps.PAUSE, []), "it waits for an answer"
    assert queue.round() is None
    assert [(one.size, one.margin) for one in queue.begun] == [((64, 36), Margin(1, 2, 3, 4))]
    queue.end("wide")
    assert queue.got == [None, None, None, None, "wide"]
    assert [after for _, after in queue.tasks] == [steps.PAUSE]
    task = queue.tasks[0][0]
    assert (queue.round(), [name for name, *_ in queue.sent], waiting()) == (None, ["Hall"], ["Stairs"])
    assert task() is None and len(queue.sent) == 1, "the first is another by now"
    assert [one.camera.name for one in queue.begun] == ["of Stairs"]


def test_what_is_planned_and_not_wanted_any_more_makes_room(scene, queue):
    queue.plans["Hall"] = ["plan", ()]
    (key,) = jobs.start(order_of(scene, "Hall"))
    jobs.start(order_of(scene, "Stairs"))
    jobs.cancel(key)
    assert (waiting(), queue.abandoned, queue.begun) == (["Hall", "Stairs"], 0, [])
    assert queue.round() is None
    assert (waiting(), [one.camera.name for one in queue.begun]) == (["Stairs"], ["of Stairs"])
    queue.plans["Roof"] = ["long", ()]
    jobs.start(order_of(scene, "Roof"))
    queue.end()
    jobs.drop_waiting()
    assert queue.round() is None and error().startswith("The file was closed before the still of Roof was")
    assert (queue.begun, queue.abandoned) == ([], 1)


@pytest.mark.parametrize("at", ["the first step", "planning", "an answer", "a render of planning"])
def test_what_goes_wrong_ends_its_order_alone(scene, queue, at):
    queue.plans["Stairs"] = {
        "the first step": [BROKEN],
        "planning": ["plan", BROKEN],
        "an answer": [(), BROKEN],
        "a render of planning": ["plan", ()],
    }[at]
    keys = [jobs.start(order_of(scene, name))[0] for name in ("Hall", "Stairs", "Roof")]
    app().part(jobs.Waiting).ready[keys[1]] = {}
    queue.end()
    if at == "an answer":
        queue.end()
    elif at == "planning":
        assert queue.round() is None
    elif at == "a render of planning":
        queue.refusal, task = BROKEN, queue.tasks.pop()[0]
        queue.plans["Roof"] = ["plan", ()]
        assert task() is None
    assert (error(), app().state.last_error.fix) == ("It broke.", "retry")
    assert (waiting(), list(app().state.jobs), app().part(jobs.Waiting).ready) == (["Roof"], [keys[0], keys[2]], {})
    assert [name for name, _ in queue.ready] == ["Hall", "Stairs", "Roof"]


def test_an_error_that_nobody_thought_of_is_said_too_and_none_that_nobody_waits_for(scene, queue):
    queue.plans["Hall"] = [(), ZeroDivisionError("by zero")]
    jobs.start(order_of(scene, "Hall"))
    queue.end()
    assert app().state.last_error.code == "unexpected" and "by zero. See the log." in error()
    app().state.dismiss()
    queue.plans["Hall"] = ["plan", BROKEN]
    order = order_of(scene, "Hall")
    jobs.start(order)
    app().state.jobs.clear()
    jobs._failed(order, BROKEN)
    assert (error(), waiting()) == (None, [])


def test_the_first_still_that_can_not_begin_is_said_to_who_pressed(scene, queue):
    queue.refusal = BROKEN
    order = order_of(scene, "Hall")
    before = app().state.revision
    with pytest.raises(SceneError, match=r"It broke\."):
        jobs.start(order)
    assert (waiting(), app().state.jobs, error(), queue.tasks) == ([], {}, None, [])
    assert app().state.revision > before + 1


def test_a_further_still_that_can_not_begin_is_an_answer(scene, queue):
    order = order_of(scene, "Hall")
    pose = order.start
    queue.plans["Hall"] = [(), (replace(pose, matrix=((1, 0, 0, 7), *pose.matrix[1:])), None), ()]
    jobs.start(order)
    queue.end()
    (begun,) = queue.begun
    assert (begun.camera.name, begun.camera.matrix_basis[0][3], begun.size) == (second_camera.NAME, 7, (640, 360))
    queue.refusal = BROKEN
    queue.begun.clear()
    jobs._begin_still(order, shoot.Ask(order, order.folder, pose))
    assert not any(map(second_camera.is_ours, bpy.data.objects)) and [after for _, after in queue.tasks] == [0.0]
    queue.refusal = None
    assert (queue.round(), queue.got) == (None, ["a still", BROKEN])
    assert [one.camera.name for one in queue.begun] == ["of Hall"]


def test_what_can_not_be_sent_ends_its_order(scene, queue, monkeypatch):
    def refuse(*_):
        raise SceneError("disk", "It is full.", "free_space")

    monkeypatch.setattr(jobs, "send", refuse)
    keys = [jobs.start(order_of(scene, name))[0] for name in ("Hall", "Stairs")]
    queue.end()
    assert (error(), waiting(), list(app().state.jobs)) == ("It is full.", ["Stairs"], keys[1:])
    app().state.dismiss()
    jobs._begin_next()
    app().state.jobs.clear()
    queue.end()
    assert (error(), waiting()) == (None, []), "nobody wants it any more"


def test_what_needs_no_render_is_taken_and_sent_at_once(scene, queue, monkeypatch):
    taken = []

    def take(context, where, folder, **said):
        taken.append((where, folder, said))
        return "a still"

    monkeypatch.setattr(capture, "capture", take)
    scene.take_one.shots[0].still_source = "VIEWPORT"
    image = Path("/a/picture.png")
    order = order_of(scene, "Hall", image=image)
    queue.plans["Hall"] = ["plan", "wait", ()]
    assert jobs.start(order) == order.keys and app().state.jobs == {}
    ((name, ready),) = queue.ready
    assert (name, ready) == ("Hall", {order.keys[0]: shoot.Shots(order, ("a still",), ("now",))})
    said = {"source": "VIEWPORT", "camera": bpy.data.objects["of Hall"], "image_path": image, "frame": 33}
    assert taken == [(scene, order.folder, {**said, "size": None, "margin": NONE})] * 2
    assert (queue.got, len(queue.sent), queue.begun, waiting()) == ([None, None, "a still"], 1, [], [])
    monkeypatch.setattr(capture, "capture", lambda *_, **_more: (_ for _ in ()).throw(BROKEN))
    assert jobs._still_now(shoot.Ask(order, order.folder)) is BROKEN
    seen = []
    monkeypatch.setattr(capture, "capture", lambda *_, camera, **_more: seen.append(camera.name))
    jobs._still_now(shoot.Ask(order, order.folder, order_of(scene, "Roof").start))
    assert seen == [second_camera.NAME] and not any(map(second_camera.is_ours, bpy.data.objects))


def test_of_a_row_only_what_is_not_rendered_is_taken_now(scene, queue, monkeypatch):
    monkeypatch.setattr(capture, "capture", lambda *_, source, **_more: f"still of {source}")
    monkeypatch.setattr(together, "send", lambda found: queue.sent.append(found) or ["joined"])
    monkeypatch.setattr(together, "binding", lambda order, take: f"row of {take.key}")
    hall, roof = order_of(scene, "Hall"), order_of(scene, "Roof")
    stairs = replace(order_of(scene, "Stairs"), source="RESULT")
    row = replace(hall, following=(stairs, roof))
    queue.plans["Hall"] = ["plan", ()]
    assert jobs.start(row) == hall.keys and queue.sent == []
    assert app().state.jobs[hall.keys[0]].binding == f"row of {hall.keys[0]}"
    ready = {stairs.keys[0]: shoot.Shots(stairs, ("still of RESULT",), ("now",))}
    assert (queue.ready, app().part(jobs.Waiting).ready) == ([("Hall", ready)], {})
    found = shoot.Shots(row, ("a",), ("n",), (shoot.Shots(stairs, ("b",), ("m",)),))
    assert jobs._send(found) == ["joined"]
    assert queue.sent == [[(row, ("a",), ("n",)), (stairs, ("b",), ("m",))]]


def test_a_script_gets_the_takes_of_all_its_shots(scene, queue, session, monkeypatch):
    waited = []
    monkeypatch.setattr(jobs, "wait", lambda keys, timeout: waited.append((keys, timeout)))
    monkeypatch.setattr(capture, "capture", lambda *_, **_more: "a still")
    monkeypatch.setattr(together, "send", lambda found: ["joined"])
    hall, stairs = order_of(scene, "Hall", seeds=(1, 2)), order_of(scene, "Stairs")
    for order, shot in zip((hall, stairs), scene.take_one.shots, strict=False):
        for key in order.keys:
            shot.takes.add().uid = key
    assert [take.uid for take in jobs.run_blocking(hall)] == hall.keys and waited == [(hall.keys, 3600.0)]
    found = jobs.run_blocking(replace(hall, following=(stairs, replace(stairs, shot_uid="gone"))), 7.0)
    assert [take.uid for take in found] == [*hall.keys, *stairs.keys] and waited[1][1] == 7.0


def test_a_wait_hears_all_that_came_and_only_its_own_failures(scene, session, monkeypatch):
    hall = order_of(scene, "Hall")
    mine, other = (replace(hall.binding(hall.takes[0]), take_uid=uid) for uid in ("k1", "k2"))
    app().state.jobs.update({key: Job(key, mine) for key in ("k1", "k2")})
    session.coming = [
        events.InstallState("done", 1.0, "", ""), events.JobFailed("k2", Problem("x", "Not mine."), other),
        events.JobFailed("k1", Problem("cancelled", "Mine."), mine),
    ]  # fmt: skip
    with pytest.raises(SceneError, match=r"Mine\.") as caught:
        jobs.wait(["k1"])
    assert (caught.value.code, session.coming, app().state.install.state) == ("cancelled", [], "done")
    asked = iter([True, True, False])
    monkeypatch.setattr(jobs.quotes, "ask", lambda wish: wish.mark)
    monkeypatch.setattr(jobs.quotes, "is_asked", lambda mark: next(asked))
    session.coming = [events.InstallState("failed", 0.5, "", "")] * 3
    jobs.learn_spending([SimpleNamespace(mark="a", counts=True)])
    assert (len(session.coming), app().state.install.state) == (1, "failed")
    jobs.learn_spending([SimpleNamespace(mark="a", counts=True)], timeout=0)
