"""Verbs that make takes, step by step: what is asked of whom, in which order, and what is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from hall import hall
from lines import Blender, asking
from rooms import a_take
from take_one.client.protocol import EngineInfo, Price
from take_one.operators import pay
from take_one.operators.making import animate, continuity, together
from take_one.operators.report import waits
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.model.shots import shot_list, trust
from take_one.scene.session import jobs
from take_one.scene.session.press import cameras, quotes
from take_one.scene.session.server import connection
from verb import verb

MAKER = EngineInfo("maker", "Maker", max_seconds=8, shots=3, shot_requests=True)
BEGUN = ["ensure", ("check", False), "start", ("pressed", ["key of order"], Price(1.5))]
WAITED = ["ensure", ("check", True), ("blocking", "order")]


@pytest.fixture
def shot():
    return hall(MAKER, at=9, engine="maker", prompt="push in")


@pytest.fixture
def told(monkeypatch):
    """What is done for an order, in order: it may be over a budget only where that is not paid."""
    found = []

    def run(order):
        found.append(("blocking", order))
        return [SimpleNamespace(number=3, clip="/a.mp4")]

    monkeypatch.setattr(connection, "ensure", lambda: found.append("ensure"))
    monkeypatch.setattr(jobs, "learn_engines", lambda: found.append("engines"))
    monkeypatch.setattr(jobs, "start", lambda order: found.append("start") or [f"key of {order}"])
    monkeypatch.setattr(jobs, "run_blocking", run)
    monkeypatch.setattr(quotes, "pressed", lambda keys, price: found.append(("pressed", keys, price)))
    monkeypatch.setattr(quotes, "of_order", lambda order: SimpleNamespace(cost=Price(1.5)))
    return found


def ready(operator, told, **more):
    """The operator with an order, and a budget that is looked at and not more."""
    operator.check_budget = lambda context, waits=False: told.append(("check", waits))
    vars(operator).update(more)
    return operator


def test_what_is_given_stands_in_for_the_card(shot):
    said = verb(animate.TAKEONE_OT_animate_frame, prompt="pan", seconds=2.5, size_percent=50, motion="CAMERA", stills=0)
    assert said.overrides() == {
        "prompt": "pan", "seconds": 2.5, "size_percent": 50, "motion": "CAMERA", "stills": None, "options": {},
    }  # fmt: skip
    more = {"stills": 3, "engine": "maker", "sound": "rain", "engine_options": '{"a": 1}'}
    assert verb(animate.TAKEONE_OT_animate_frame, **more).overrides() == {
        "sound": "rain", "engine": "maker", "stills": 3, "options": {"a": 1},
    }  # fmt: skip
    assert verb(animate.TAKEONE_OT_animate_frame).overrides() == {"options": {}}
    roof = shot_list.add_shot(shot.id_data)
    roof.name = "Roof"
    shot = shot.id_data.take_one.shots[0]
    for word, wanted in (("hall", shot), ("Hall", shot), ("Roof", roof), (roof.uid, roof)):
        assert verb(animate.TAKEONE_OT_animate_frame, shot=word).find_shot(bpy.context) == wanted
    assert verb(animate.TAKEONE_OT_animate_frame).find_shot(bpy.context) == roof
    shot.id_data.take_one.shots.clear()
    made = verb(animate.TAKEONE_OT_animate_frame).find_shot(bpy.context)
    assert made.uid and len(bpy.context.scene.take_one.shots) == 1


def test_a_press_is_one_call(shot, monkeypatch):
    made, warned = [], [SimpleNamespace(text="Too far.")]
    order = SimpleNamespace(engine=MAKER)
    monkeypatch.setattr(animate, "make_order", lambda *said: made.append(said) or order)
    monkeypatch.setattr(animate.options, "misfits", lambda *said: warned if said == (shot, MAKER) else [])
    given = {"seed": 7, "placement": "AFTER", "source": "IMAGE", "image_path": "//a.png", "prompt": "pan"}
    operator = verb(animate.TAKEONE_OT_animate_frame, **given)
    operator.place = lambda: operator.given("placement")
    assert operator.order(bpy.context) is order and operator.reports == [("WARNING", "Too far.")]
    path = Path(bpy.path.abspath("//a.png"))
    call = animate.Call((7,), "AFTER", "IMAGE", path, {"prompt": "pan", "options": {}})
    assert made == [(bpy.context, shot, call)]
    plain = verb(animate.TAKEONE_OT_animate_frame)
    order.engine = EngineInfo("unknown")
    plain.order(bpy.context)
    assert made[1] == (bpy.context, shot, animate.Call(None, None, None, None, {"options": {}})) and plain.reports == []
    assert (verb(animate.TAKEONE_OT_animate_frame, seed=0).seeds(shot), plain.seeds(shot)) == ((0,), None)


def test_a_picture_that_nobody_has_seen_is_strange(shot, monkeypatch):
    unseen = [Path("/strange.png")]
    monkeypatch.setattr(trust, "is_unseen", lambda path: path in unseen)
    monkeypatch.setattr(trust, "real", lambda path: Path("/real") / path.name)

    def strange(**given):
        return verb(animate.TAKEONE_OT_animate_frame, **given).strange_picture(bpy.context)

    shot.image_path = "/strange.png"
    assert strange() is None
    assert strange(source="IMAGE") == Path("/real/strange.png")
    shot.still_source = "IMAGE"
    assert strange() == strange(shot="Hall") == Path("/real/strange.png")
    assert strange(source="RENDER") is strange(image_path="/own.png") is None
    unseen.clear()
    assert strange() is None
    unseen.append(Path("/"))
    shot.image_path = ""
    assert strange() is None


def test_a_press_begins_or_waits(shot, told, monkeypatch):
    kind = animate.TAKEONE_OT_animate_frame
    allowed = []
    monkeypatch.setattr(trust, "allow", allowed.append)
    operator = ready(verb(kind), told, order=lambda _: "order", strange_picture=lambda _: None)
    operator.begin(bpy.context)
    assert told == BEGUN and not allowed
    operator.strange_picture = lambda _: "picture"
    operator.begin(bpy.context)
    assert allowed == ["picture"]
    told.clear()
    assert operator.execute(bpy.context) == {"FINISHED"}
    assert told == WAITED and operator.reports == [("INFO", "Take 3 is ready: /a.mp4")]
    told.clear()
    monkeypatch.setattr(animate, "waits", lambda one: one is not operator)
    assert operator.execute(bpy.context) == {"FINISHED"} and told == BEGUN
    assert waits(operator)
    with monkeypatch.context() as patched:
        patched.setattr("take_one.operators.report.bpy", Blender(background=False))
        assert not waits(operator) and waits(SimpleNamespace(options=SimpleNamespace(is_invoke=False)))


def test_what_a_press_asks_first(shot, monkeypatch):
    operator, begun = verb(animate.TAKEONE_OT_animate_frame), []
    operator.begin = begun.append
    operator.execute = lambda _: {"PASS_THROUGH"}
    picture, question = None, ""
    operator.strange_picture = lambda _: picture
    operator.over_budget = lambda _: question
    assert operator.invoke(asking(), "event") == {"PASS_THROUGH"}
    monkeypatch.setattr(animate, "bpy", Blender(background=False))
    context = asking()
    assert operator.invoke(context, "event") == {"FINISHED"} and begun == [context]
    picture = Path("/a.png")
    assert operator.invoke(context, "event") == {"RUNNING_MODAL"} and operator.pay is False
    question = "Too much."
    assert operator.invoke(context, "event") == {"RUNNING_MODAL"} and operator.pay is True
    picture = None
    operator.invoke(context, "event")
    over = {"title": "Go over the budget?", "confirm_text": "Animate This Frame"}
    assert context.window_manager.calls == [
        ("invoke_confirm", (operator, "event"), {
            "title": "Send this picture?", "message": "The file says so: /a.png", "confirm_text": "Animate",
        }),
        ("invoke_confirm", (operator, "event"), {**over, "message": "Too much. The file says to send /a.png."}),
        ("invoke_confirm", (operator, "event"), {**over, "message": "Too much."}),
    ]  # fmt: skip

    def broken(_):
        raise SceneError("x", "Broken.")

    operator.over_budget = broken
    assert operator.invoke(context, "event") == {"CANCELLED"} and app().state.last_error.message == "Broken."
    assert len(begun) == 1


def test_what_a_verb_that_costs_asks(monkeypatch):
    class Buyer(pay.Paying):
        pass

    operator = verb(continuity.TAKEONE_OT_continue_shot)
    operator.wishes, operator.execute = (lambda _: ["wish"]), (lambda _: {"PASS_THROUGH"})
    answer = "Too much."
    monkeypatch.setattr(quotes, "question", lambda wishes: answer if wishes == ["wish"] else "")
    context = asking()
    assert operator.invoke(context, "event") == {"PASS_THROUGH"}
    monkeypatch.setattr(pay, "bpy", Blender(background=False))
    assert operator.invoke(context, "event") == {"RUNNING_MODAL"} and operator.pay is True
    assert context.window_manager.calls == [
        ("invoke_confirm", (operator, "event"), {
            "title": "Go over the budget?", "message": "Too much.", "confirm_text": "Continue from Last Frame",
        })
    ]  # fmt: skip
    answer = ""
    assert operator.invoke(context, "event") == {"PASS_THROUGH"}

    def broken(_):
        raise SceneError("x", "Broken.")

    operator.wishes = broken
    assert operator.invoke(context, "event") == {"CANCELLED"} and app().state.last_error.message == "Broken."
    assert len(context.window_manager.calls) == 1
    with pytest.raises(NotImplementedError):
        Buyer().wishes(None)


def test_what_is_priced_is_what_is_made(shot, monkeypatch):
    asked = []
    monkeypatch.setattr(quotes, "of_card", lambda *said, **more: asked.append((*said, more)) or "wish")
    assert verb(animate.TAKEONE_OT_animate_frame, shot="Hall", seconds=2.0).wishes(bpy.context) == ["wish"]
    verb(animate.TAKEONE_OT_variations, count=4, seed=3).wishes(bpy.context)
    monkeypatch.setattr(cameras, "cards_of_selected", lambda _: ["one", "two"])
    assert verb(animate.TAKEONE_OT_animate_cameras).wishes(bpy.context) == ["wish", "wish"]
    assert verb(continuity.TAKEONE_OT_continue_shot).wishes(bpy.context) == ["wish"]
    assert asked == [
        (shot, {"said": {"seconds": 2.0, "options": {}}, "count": 1}), (shot, {"said": {"options": {}}, "count": 4}),
        ("one", {}), ("two", {}), (shot, {}),
    ]  # fmt: skip


def test_variations_and_retakes_begin_with_a_dialog_or_their_own_seed(shot, monkeypatch):
    drawn = []
    monkeypatch.setattr(animate.random, "randint", lambda low, high: drawn.append((low, high)) or 40)
    assert verb(animate.TAKEONE_OT_variations, count=2).seeds(shot) == (40, 41)
    assert verb(animate.TAKEONE_OT_variations, count=3, seed=0).seeds(shot) == (0, 1, 2)
    retake = verb(animate.TAKEONE_OT_retake, same_seed=True)
    assert retake.seeds(shot) == (40,)
    a_take(shot, "t", 1, seed=9)
    assert retake.seeds(shot) == (9,)
    shot.active_take = 1
    assert retake.seeds(shot) == (40,) == verb(animate.TAKEONE_OT_retake).seeds(shot)
    assert verb(animate.TAKEONE_OT_retake, seed=0).seeds(shot) == (0,)
    assert drawn == [(0, 2**31 - 3), *[(0, 2**31 - 1)] * 3]
    tips = [animate.TAKEONE_OT_retake.description(None, SimpleNamespace(same_seed=one)) for one in (False, True)]
    assert tips == [
        "Animate again with a new seed, in the place of the current take",
        "Animate again with the chosen take's seed, in the place of the current take",
    ]  # fmt: skip
    operator = verb(animate.TAKEONE_OT_variations)
    operator.execute = lambda _: {"PASS_THROUGH"}
    assert operator.invoke(asking(), None) == {"PASS_THROUGH"} and operator.pay is False


def test_cameras_are_animated_one_after_the_other(shot, told, monkeypatch):
    operator = ready(verb(animate.TAKEONE_OT_animate_cameras), told, orders=lambda _: ["one", "two"])
    operator.begin(bpy.context)
    assert told[:2] == BEGUN[:2] and told[2::2] == ["start", "start"]
    assert told[3::2] == [("pressed", [f"key of {one}"], Price(1.5)) for one in ("one", "two")]
    told.clear()
    assert operator.execute(bpy.context) == {"FINISHED"}
    assert told == ["ensure", ("check", True), ("blocking", "one"), ("blocking", "two")]
    told.clear()
    monkeypatch.setattr(animate, "waits", lambda _: False)
    assert operator.execute(bpy.context) == {"FINISHED"} and told[2] == "start"
    made = []
    monkeypatch.setattr(animate, "make_order", lambda *said: made.append(said) or "order")
    monkeypatch.setattr(cameras, "shots_of_selected", lambda _: [("hall", shot.id_data.take_one.uid)])
    assert verb(animate.TAKEONE_OT_animate_cameras).orders(bpy.context) == ["order"]
    assert made == [(bpy.context, shot, animate.Call(source="RENDER", placement="REPLACE"))]


@pytest.mark.parametrize("wait", [False, True])
def test_a_shot_goes_on_from_the_one_before(shot, told, monkeypatch, wait):
    on, made, moments = [], [], []
    monkeypatch.setattr(continuity.continuity, "order_on", lambda *said: on.append(said) or "order")
    monkeypatch.setattr(continuity.continuity, "begin_at_moment", lambda *said: moments.append(said))
    monkeypatch.setattr(continuity, "make_order", lambda *said: made.append(said) or "order")
    monkeypatch.setattr(continuity, "waits", lambda _: wait)
    for way, end in (("FRAME", True), ("MOMENT", False)):
        told.clear()
        operator = ready(verb(continuity.TAKEONE_OT_continue_shot, way=way, end_on_next=end), told)
        assert operator.execute(bpy.context) == {"FINISHED"}
        assert told == (WAITED if wait else BEGUN)
    assert on == [(bpy.context, shot, True)] and moments == [(bpy.context, shot)]
    assert made == [(bpy.context, shot, continuity.Call(placement="REPLACE"))]
    told.clear()
    operator = ready(verb(continuity.TAKEONE_OT_continue_shot, way="MOMENT", end_on_next=True), told)
    with pytest.raises(SceneError, match="only where it begins with a frame") as caught:
        operator.make(bpy.context, wait)
    assert caught.value.code == "no_last_frame" and len(told) == 2 and len(moments) == 1


def test_shots_together(shot, told, monkeypatch):
    made = []
    monkeypatch.setattr(together.together, "make", lambda *said: made.append(said) or "order")
    operator = ready(verb(together.TAKEONE_OT_animate_together), told, shots=lambda _: ["a", "b"])
    operator.begin(bpy.context)
    assert told == BEGUN and made == [(bpy.context, ["a", "b"])]
    told.clear()
    assert operator.execute(bpy.context) == {"FINISHED"}
    assert told == ["ensure", "engines", *WAITED[1:]] and operator.reports == [("INFO", "Take 3 is ready: /a.mp4")]
    told.clear()
    monkeypatch.setattr(together, "waits", lambda _: False)
    assert operator.execute(bpy.context) == {"FINISHED"} and told == BEGUN
    operator.execute = lambda _: {"PASS_THROUGH"}
    assert operator.invoke(asking(), None) == {"PASS_THROUGH"} and (operator.count, operator.pay) == (0, False)


def test_which_shots_are_made_together_and_what_they_cost(shot, monkeypatch):
    scene = shot.id_data
    for name, seconds in (("Roof", 2.5), ("Sky", 3.5)):
        one = shot_list.add_shot(scene)
        one.name, one.seconds, one.engine = name, seconds, "maker"
    hall, roof, sky = scene.take_one.shots
    scene.take_one.active_shot, hall.seconds = 0, 2.0
    monkeypatch.setattr(together.together, "fitting", lambda _, one: [one, "fitting"])
    chosen = []
    monkeypatch.setattr(together, "selected", lambda _: chosen)

    def shots(count=0):
        return verb(together.TAKEONE_OT_animate_together, count=count).shots(bpy.context)

    assert shots() == [hall, "fitting"] and shots(2) == [hall, roof] and shots(3) == [hall, roof, sky]
    chosen = [roof]
    assert shots() == [hall, "fitting"]
    chosen = [roof, sky]
    assert shots() == chosen and shots(1) == [hall]
    asked = []
    monkeypatch.setattr(quotes, "of_card", lambda *said: asked.append(said) or "wish")
    operator = verb(together.TAKEONE_OT_animate_together)
    assert operator.wishes(bpy.context) == ["wish"]
    monkeypatch.setattr(together.together, "length_of", lambda one, engine: 4.0 if engine == MAKER else 0)
    operator.wishes(bpy.context)
    app().state.engines = ()
    operator.wishes(bpy.context)
    operator.shots = lambda _: []
    operator.wishes(bpy.context)
    assert asked == [(roof, 6.0), (roof, 8.0), (roof, 6.0), (hall, 0)]
