"""What verbs that make takes do and refuse: what a press asks for, what it costs, what is asked first, the queue."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
import stand_in
from paper import Ink, refused
from rooms import a_take, camera
from take_one.client.protocol import JobState, Problem
from take_one.operators import pay, poll, report
from take_one.operators.making import animate, together
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.app.state import UNCERTAIN, WAITING_FILE, Job
from take_one.scene.edit import board, edit_scene
from take_one.scene.model.shots import shot_list
from take_one.scene.session import jobs
from take_one.scene.session.press import quotes


def test_what_verbs_need_is_said(session):
    context = bpy.context
    assert refused(poll.poll_shot) == "There is no shot yet: animate a frame, or add a shot"
    assert refused(poll.poll_edit) == "There is no edit yet: animate a frame first"
    shot = shot_list.add_shot(context.scene)
    assert refused(poll.poll_shot) is None
    assert refused(poll.poll_take) == refused(poll.poll_ready) == "The shot has no take yet: animate it first"
    take = a_take(shot, "t", 1, "FAILED")
    assert (refused(poll.poll_take), refused(poll.poll_ready)) == (None, "This take has no clip")
    take.status, take.clip = "READY", "/gone.mp4"
    assert refused(poll.poll_ready) == "The take's file is gone: make it again"
    edit_scene.ensure_edit_scene(context, context.scene)
    assert refused(poll.poll_edit) is None

    def jobs_poll(stand, _context):
        return poll.poll_jobs(stand)

    assert refused(jobs_poll) == "No take is being made"
    app().state.jobs["a"] = Job("a", stand_in.binding_of(shot), WAITING_FILE)
    assert refused(jobs_poll) == "No take is being made"
    app().state.jobs["b"] = Job("b", stand_in.binding_of(shot))
    assert refused(jobs_poll) is None


def test_an_error_is_kept_and_told_where_no_panel_tells_it(monkeypatch):
    said = []
    operator = SimpleNamespace(report=lambda *one: said.append(one), options=SimpleNamespace(is_invoke=True))
    error = SceneError("x", "It broke.", "retry")
    for shown in (False, True):
        monkeypatch.setattr(report, "panel_open", lambda _, shown=shown: shown)
        assert report.fail(operator, error, "k") == {"CANCELLED"}
    operator.options.is_invoke = False
    report.fail(operator, error)
    assert [kind for kind, _ in said] == [{"ERROR"}, {"WARNING"}, {"ERROR"}] and {text for _, text in said} == {
        "It broke."
    }
    assert (app().state.last_error, app().state.last_error_key) == (error.problem, "")

    def broken():
        raise error

    def full():
        raise OSError(28, "No space left on device", "/film/takes")

    assert report.attempt(operator, broken) == {"CANCELLED"} and report.attempt(operator, list) == {"FINISHED"}
    assert report.attempt(operator, full) == {"CANCELLED"}
    said = app().state.last_error
    assert (said.code, said.fix, "No space left on device: '/film/takes'" in said.message) == (
        "disk",
        "free_space",
        True,
    )
    assert report.waits(operator) and report.waits(SimpleNamespace(options=SimpleNamespace(is_invoke=True)))


def test_our_tab_is_open_where_a_sidebar_shows_it():
    def area(kind="VIEW_3D", shown=True, tab="Take One", region="UI"):
        spaces = SimpleNamespace(active=SimpleNamespace(show_region_ui=shown))
        return SimpleNamespace(
            type=kind, spaces=spaces, regions=[SimpleNamespace(type=region, active_panel_category=tab)]
        )

    def opened(*areas):
        window = SimpleNamespace(screen=SimpleNamespace(areas=areas))
        return report.panel_open(SimpleNamespace(window_manager=SimpleNamespace(windows=[window])))

    assert opened(area()) and opened(area("SEQUENCE_EDITOR")) and opened(area(shown=False), area())
    closed = (area("DOPESHEET_EDITOR"), area(shown=False), area(tab="Item"), area(region="TOOLS"))
    assert not any(opened(one) for one in closed) and not opened(*closed)


def test_a_budget_is_asked_about_unless_it_is_to_be_paid(monkeypatch):
    learned, wish = [], SimpleNamespace(engine=SimpleNamespace(sends_to="Somebody"))
    monkeypatch.setattr(quotes, "question", lambda wishes: "Too much." if wishes == [wish] else "")
    monkeypatch.setattr(quotes, "limits", lambda: (0.0, 5.0))
    monkeypatch.setattr(jobs, "learn_engines", lambda: learned.append("engines"))
    monkeypatch.setattr(jobs, "learn_spending", learned.append)

    class Buyer(pay.Paying):
        bl_label, pay = "Buy", False

        def wishes(self, _context):
            return [wish]

    buyer = Buyer()
    with pytest.raises(SceneError, match=r"Too much\.") as caught:
        buyer.check_budget(bpy.context)
    assert (caught.value.code, learned) == ("over_budget", [])
    with pytest.raises(SceneError):
        buyer.check_budget(bpy.context, waits=True)
    assert learned == ["engines", [wish]]
    buyer.pay = True
    buyer.check_budget(bpy.context, waits=True)
    assert len(learned) == 2
    monkeypatch.setattr(quotes, "wanted", learned.append)
    monkeypatch.setattr(quotes, "words", lambda _: "About $9.00")
    paper = Ink()
    buyer.draw_price(bpy.context, paper)
    assert paper.said == ["About $9.00", "Too much."] and learned[-1] == wish


def test_a_press_asks_for_what_it_is_told_and_else_for_the_cards(shot, ordered):
    bpy.ops.takeone.animate_frame()
    bpy.ops.takeone.animate_frame(
        prompt="pan",
        seconds=2.0,
        engine="other",
        size_percent=50,
        stills=0,
        placement="AFTER",
        seed=3,
        source="VIEWPORT",
    )
    bpy.ops.takeone.animate_frame(stills=4, shot="Hall")
    first, said, named = ordered
    assert (first.direction.prompt, first.seconds, first.engine.id, first.size_percent) == (
        "push in",
        5.0,
        "plain",
        100,
    )
    assert (first.place.placement, first.source, first.stills) == ("REPLACE", "RENDER", None)
    assert (said.direction.prompt, said.seconds, said.engine.id, said.size_percent) == ("pan", 2.0, "other", 50)
    assert (said.place.placement, said.source, said.stills, said.takes[0].seed) == ("AFTER", "VIEWPORT", None, 3)
    assert (named.stills, named.shot_uid, len(first.takes)) == (4, shot.uid, 1)
    with pytest.raises(RuntimeError, match="There is no shot named 'Attic' in this file"):
        bpy.ops.takeone.animate_frame(shot="Attic")


def test_variations_count_up_and_retakes_take_the_chosen_seed(shot, ordered, monkeypatch):
    monkeypatch.setattr(animate.random, "randint", lambda low, high: (low, high)[1] - 1)
    a_take(shot, "a", 1, seed=11)
    a_take(shot, "b", 2, seed=22)
    shot.active_take = 1
    shot.id_data.take_one.placement = "PLAYHEAD"
    bpy.ops.takeone.variations()
    bpy.ops.takeone.variations(count=2, seed=40, placement="AFTER")
    for said in ({}, {"same_seed": True}, {"same_seed": True, "seed": 5}):
        bpy.ops.takeone.retake(**said)
    high = 2**31 - 1
    assert [[take.seed for take in order.takes] for order in ordered] == [
        [high - 4, high - 3, high - 2], [40, 41], [high - 1], [22], [5],
    ]  # fmt: skip
    assert [order.place.placement for order in ordered] == ["REPLACE", "AFTER", "REPLACE", "REPLACE", "REPLACE"]


def test_each_selected_camera_gets_a_take(shot, ordered):
    for item in (shot.id_data.camera, camera(shot.id_data, "Close")):
        item.select_set(True)
    bpy.ops.takeone.animate_cameras()
    assert [(order.shot_name, order.source, order.place.placement) for order in ordered] == [
        ("Close", "RENDER", "REPLACE"), ("Hall", "RENDER", "REPLACE"),
    ]  # fmt: skip


def test_shots_that_are_selected_are_asked_for_together(shot):
    scene = shot.id_data
    for name in ("Stairs", "Roof"):
        shot_list.add_shot(scene, scene.camera).name = name
    edit = edit_scene.ensure_edit_scene(bpy.context, scene)
    laid = {}
    for index, one in enumerate(scene.take_one.shots):
        laid[one.name] = board.lay(edit, one, 11 + 50 * index, (64, 36), 50).strips[0]
    hall = scene.take_one.shots[0]

    def chosen(*names):
        for name, strip in laid.items():
            strip.select = name in names
        return [one.name for one in together.selected(bpy.context)]

    assert (chosen(), chosen("Hall"), chosen("Roof", "Stairs")) == ([], [], ["Stairs", "Roof"])
    assert chosen("Hall", "Stairs", "Roof") == ["Hall", "Stairs", "Roof"]
    assert together.first_selected(bpy.context) == hall
    with pytest.raises(SceneError, match="'Stairs' lies between the selected shots"):
        chosen("Hall", "Roof")
    assert together.first_selected(bpy.context) is None


def test_the_queue_is_moved_by_places(shot, session):
    for position, key in enumerate("abc", 1):
        app().state.jobs[key] = Job(key, stand_in.binding_of(shot, key), JobState.QUEUED, queue_position=position)
    for key, by in (("b", -1), ("b", 1), ("a", 1), ("c", 9), ("c", -9)):
        bpy.ops.takeone.queue_move(job=key, by=by)
    assert session.told == [
        ("move", "b", "a"),
        ("move", "b", None),
        ("move", "a", "c"),
        ("move", "c", None),
        ("move", "c", "a"),
    ]
    assert bpy.ops.takeone.queue_move(job="gone") == {"CANCELLED"}
    bpy.ops.takeone.cancel(job="a")
    assert session.cancelled == ["a"] and bpy.ops.takeone.cancel(job="gone") == {"CANCELLED"}
    app().state.jobs["w"] = Job("w", stand_in.binding_of(shot, "w"), WAITING_FILE)
    bpy.ops.takeone.forget_waiting()
    assert session.landed_keys == ["w"] and "w" not in app().state.jobs


def test_an_uncertain_order_is_looked_for_or_sent_once_more(shot, session):
    for key, status in (("a", JobState.QUEUED), ("u", UNCERTAIN), ("v", UNCERTAIN)):
        app().state.jobs[key] = Job(key, stand_in.binding_of(shot, key), status)
    app().state.fail(Problem("x", "y", "send_again"))
    bpy.ops.takeone.look_again()
    bpy.ops.takeone.send_again(job="v")
    assert session.told == [("retry", "u", False), ("retry", "v", True)] and set(app().state.jobs) == {"a"}
    assert app().state.last_error is None
    app().state.jobs["v"] = Job("v", stand_in.binding_of(shot, "v"), UNCERTAIN)
    with pytest.raises(RuntimeError, match="not uncertain any more"):
        bpy.ops.takeone.send_again(job="a")
