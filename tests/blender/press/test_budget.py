"""What a press asks of a budget: the price of what was chosen, for one shot, a row of them, together, a walk."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from rooms import brighter, camera, room
from take_one.client import events
from take_one.client.protocol import Choice, EngineInfo, JobState, Option, Price, Tariff
from take_one.operators.pay import Paying
from take_one.scene.app import timer
from take_one.scene.app.app import app
from take_one.scene.app.state import UNCERTAIN, Backend, Job
from take_one.scene.model.properties import options
from take_one.scene.model.shots import kept, shot_list
from take_one.scene.session import jobs, pump
from take_one.scene.session.board import drawing
from take_one.scene.session.press import quotes, together
from take_one.scene.session.server import accounts, connection, preferences

DAY = "2026-11-26"
QUALITY = Option("quality", "enum", "720p", "Quality", choices=(Choice("720p"), Choice("1080p")))
HORSE = EngineInfo(
    "horse",
    "Horse",
    max_seconds=15,
    sends_to="Somebody",
    shots=8,
    shot_seconds=1.0,
    shot_requests=True,
    priced=True,
    options=(QUALITY,),
    tariffs=(
        Tariff(Price(0.14, as_of=DAY, per="second"), {"quality": "720p"}),
        Tariff(Price(0.28, as_of=DAY, per="second"), {"quality": "1080p"}),
    ),
    lengths=tuple(float(seconds) for seconds in range(3, 16)),
)
PLAIN = EngineInfo("plain", "Plain", max_seconds=60)
MADE = (("k1", JobState.IN_PROGRESS), ("k2", UNCERTAIN))


@pytest.fixture(scope="module")
def ramp(tmp_path_factory):
    return brighter(tmp_path_factory.mktemp("clips") / "ramp.mp4", 30)


@pytest.fixture
def session(ramp, monkeypatch):
    session = stand_in.attach()
    app().state.engines = (PLAIN, HORSE)
    monkeypatch.setattr(connection, "ensure", lambda: None)
    monkeypatch.setattr(jobs, "wait", lambda *_: None)
    return session


@pytest.fixture
def budget(monkeypatch):
    """Sets the budget of a film."""
    budgets = SimpleNamespace(budget_day=0.0, budget_film=0.01, backend="LOCAL")
    monkeypatch.setattr(preferences, "preferences", lambda: budgets)
    return lambda amount: setattr(budgets, "budget_film", amount)


@pytest.fixture
def scene(session):
    """Three shots of 5, 5 and 4 seconds, the first two of the better quality; the scene stands at 7."""
    scene = room(64, 36, "BLENDER_WORKBENCH")
    for name, seconds in (("Hall", 5.0), ("Stairs", 5.0), ("Roof", 4.0)):
        shot = shot_list.add_shot(scene, camera(scene, name))
        shot.name, shot.engine, shot.seconds, shot.prompt = name, "horse", seconds, "hold"
    for shot in scene.take_one.shots[:2]:
        options.set_value(shot, "horse", "quality", "1080p")
    scene.take_one.active_shot = 0
    scene.frame_set(7)
    return scene


def refused(verb, **said) -> str:
    """What the verb asks."""
    with pytest.raises(RuntimeError) as error:
        verb(**said)
    return str(error.value)


def test_one_request_of_several_shots_costs_what_their_clip_costs(scene, session, budget):
    budget(2.79)
    assert "This makes $2.80, and the budget of this film is $2.79" in refused(
        bpy.ops.takeone.animate_together, count=2
    )
    assert session.quoted[-1] == {
        "model": "horse",
        "seconds": 10.0,
        "extra_params": {"options": {"quality": "1080p"}},
    }
    order = together.make(bpy.context, list(scene.take_one.shots[:2]))
    assert quotes.of_order(order).cost == Price(2.8, as_of=DAY)  # what counts until the backend does
    options.set_value(scene.take_one.shots[0], "horse", "quality", "720p")
    budget(1.39)
    assert "This makes $1.40" in refused(bpy.ops.takeone.animate_together, count=2)  # the first card's counts
    assert session.keys == []


def test_a_live_quote_counts_for_what_it_was_of(scene, session, budget):
    session.prices = {"1080p": Price(3.5, as_of=DAY, source="live", exact=True)}
    assert "This makes $3.50" in refused(bpy.ops.takeone.animate_together, count=2)
    wish = quotes.of_card(scene.take_one.shots[0], 10.0)
    assert (wish.cost.exact, quotes.words(wish), quotes.where(wish)) == (True, "$3.50, quoted now", "live")
    session.prices = {"1080p": Price(3.5, as_of=DAY, source="https://www.fal.ai/models/a/b (the dearer of two copies)")}
    refused(bpy.ops.takeone.animate_together, count=2)
    assert quotes.where(wish) == "fal.ai (the dearer of two copies)"
    other = quotes.of_card(scene.take_one.shots[0], 9.0)
    assert (other.cost.amount, quotes.words(other)) == (pytest.approx(2.52), f"About $2.52, price of {DAY}")


def test_a_budget_may_be_reached_and_not_gone_over(session, budget):
    """Also by sums that are a hair more for being added up; what was spent counts with it."""
    part = app().part(quotes.Quotes)
    part.film = {"USD": 0.1, "EUR": 9.0}
    wish = quotes.of_engine("horse", 5.0, {"quality": "720p"})
    assert wish.cost == Price(0.7, as_of=DAY)
    budget(0.8)
    assert quotes.question([wish]) == ""
    budget(1.5)
    assert quotes.question([wish, wish]) == ""
    budget(1.49)
    assert quotes.question([wish, wish]) == "This makes $1.50, and the budget of this film is $1.49."


def test_what_was_pressed_counts_until_the_sums_have_it(scene, session):
    """An order whose answer was lost is over: the backend has counted it, or never will."""
    shot, part, wish = scene.take_one.shots[2], app().part(quotes.Quotes), quotes.of_card(scene.take_one.shots[2])
    goes_on, lost = (Job(key, stand_in.binding_of(shot, key, 1), status) for key, status in MADE)
    app().state.jobs.update({"k1": goes_on, "k2": lost})
    quotes.pressed(["k1", "k2"], Price(1.5))

    def answer(film: float) -> dict[str, float]:
        quotes.store(events.Quote(quotes.ask(wish), Price(0.56), {"USD": film}, {"USD": film + 8}))
        return quotes.spent()[0]

    assert answer(2.0) == {"USD": 3.5} and list(part.pressed) == ["k1"]  # the first sums count all the same
    assert answer(4.0) == {"USD": 3.5}  # who knows whether these have the one that goes on
    app().state.jobs.pop("k1")
    assert answer(4.25) == {"USD": 4.25} and part.pressed == {}
    assert quotes.spent()[1] == {"USD": 12.25}


def test_what_a_call_says_counts(scene, budget):
    said = {"engine_options": '{"quality": "720p"}', "seconds": 2.0}
    assert "This makes $0.42" in refused(bpy.ops.takeone.animate_frame, **said)  # it makes none below 3 s
    assert "This makes $1.40" in refused(bpy.ops.takeone.animate_frame)
    assert "This makes $4.20" in refused(bpy.ops.takeone.variations, count=3)


def test_each_camera_is_counted_by_its_own_card(scene, session, budget):
    new = camera(scene, "New")
    for eye in (scene.take_one.shots[1].camera, scene.take_one.shots[2].camera, new):
        eye.select_set(True)
    assert "This makes $3.36" in refused(bpy.ops.takeone.animate_cameras)  # 1.40 + 0.56, and 1.40 by the shown card
    assert (len(scene.take_one.shots), session.keys) == (3, [])


def test_a_row_of_shots_asks_before_any_is_made(scene, session, budget):
    for name, frame in (("Hall", 31), ("New", 79)):
        scene.timeline_markers.new(name, frame=frame).camera = bpy.data.objects.get(name) or camera(scene, name)
    scene.frame_end = 79 + 24 * 3 - 1
    hall = scene.take_one.shots[0]
    hall.frame, hall.frame_lock = 31, True
    assert "This makes $2.24" in refused(bpy.ops.takeone.shots_from_markers)  # 5 s as its card says, and 3 s
    assert (len(scene.take_one.shots), session.keys, bpy.data.scenes.get("Edit")) == (3, [], None)
    assert bpy.ops.takeone.shots_from_markers(animate=False) == {"FINISHED"}
    assert drawing.queue(list(scene.take_one.shots)) != []


def test_a_shot_that_goes_on_asks(scene, session, budget, ramp):
    pump.handle(stand_in.ready(scene.take_one.shots[0], source=ramp, placement="REPLACE"))
    scene.take_one.active_shot = 1
    assert "This makes $1.40" in refused(bpy.ops.takeone.continue_shot)
    assert session.keys == []
    assert bpy.ops.takeone.continue_shot(pay=True) == {"FINISHED"}
    assert [request.engine for request in session.requests] == ["horse"]


def test_a_take_made_again_costs_what_it_alone_is(scene, session, budget, ramp):
    shot = scene.take_one.shots[0]
    bpy.ops.takeone.animate_frame(pay=True)
    pump.handle(stand_in.finish(session, 0, ramp))
    take = shot.takes[0]
    was = kept.read(take)
    for cost, beyond, said in (
        (None, 0, "$1.40"),
        (Price(3.0, exact=True), 0, "$3.00"),
        (Price(1.0, exact=True), 0, "$1.40"),
        (Price(3.0, exact=True), 12, "$1.40"),
        (Price(0.0, "EUR"), 0, "$1.40"),
        (Price(9.0, "EUR"), 0, "$1.40"),
    ):
        kept.write(take, replace(was, cost=cost, beyond=beyond))
        assert f"This makes {said}" in refused(bpy.ops.takeone.make_again), (cost, beyond)
    assert "This makes $0.70" in refused(bpy.ops.takeone.refine, engine_options='{"quality": "720p"}')


def test_what_is_not_known_is_asked(scene, session, budget):
    old = replace(HORSE, tariffs=(), lengths=(), rate=Price(0.14, per="second"))  # of a server of before
    app().state.engines = (PLAIN, old)
    budget(100.0)
    assert "What Horse costs is not known, and there is a budget" in refused(bpy.ops.takeone.animate_together, count=2)
    wish = quotes.of_card(scene.take_one.shots[0])
    assert (wish.cost, quotes.words(wish)) == (None, "The price is not known here")
    session.prices = {"1080p": Price(1.4, as_of=DAY)}
    assert bpy.ops.takeone.animate_frame() == {"FINISHED"}  # the backend knows it
    free = replace(old, rate=Price(0.0, per="second"), id="free", options=())
    assert quotes.words(quotes.Wish(free, 5.0)) == ""
    budget(0.001)
    assert quotes.question([quotes.Wish(free, 5.0)]) == ""


def test_a_file_can_only_raise_what_a_take_costs(scene, session, budget, ramp):
    """A stranger's word is no price of something that has none, and the engine asked is the one that is sent to."""
    bpy.ops.takeone.animate_frame(pay=True)
    pump.handle(stand_in.finish(session, 0, ramp))
    take = scene.take_one.shots[0].takes[0]
    kept.write(take, replace(kept.read(take), cost=Price(0.0)))
    take.engine = "plain"
    assert "This makes $1.40" in refused(bpy.ops.takeone.make_again)
    app().state.engines = (PLAIN, replace(HORSE, tariffs=()))
    assert "What Horse costs is not known, and there is a budget" in refused(bpy.ops.takeone.make_again)
    assert len(session.keys) == 1


def several(scene) -> None:
    """What each verb needs: two markers, a selected camera, a take before the shot at hand."""
    for name, frame in (("Hall", 31), ("New", 79)):
        scene.timeline_markers.new(name, frame=frame).camera = bpy.data.objects.get(name) or camera(scene, name)
    scene.take_one.shots[1].camera.select_set(True)


@pytest.mark.parametrize("tells", [True, False])
def test_a_script_that_has_just_begun_asks_too(scene, session, budget, ramp, tells):
    """The backend has not told of its engines yet: they are waited for, and without them nothing is free."""
    several(scene)
    bpy.ops.takeone.animate_frame(pay=True)
    pump.handle(stand_in.finish(session, 0, ramp))
    others = (replace(PLAIN, id="other"),)
    for verb, at, more, makes in (
        (bpy.ops.takeone.animate_frame, 1, {}, "$1.40"),
        (bpy.ops.takeone.animate_cameras, 1, {}, "$1.40"),
        (bpy.ops.takeone.shots_from_markers, 1, {}, "$3.08"),
        (bpy.ops.takeone.continue_shot, 1, {}, "$1.40"),
        (bpy.ops.takeone.refine, 0, {"engine": "horse"}, "$1.40"),
        (bpy.ops.takeone.make_again, 0, {}, "$1.40"),
    ):
        scene.take_one.active_shot = at
        app().state.engines = ()
        session.coming = [events.Engines((PLAIN, HORSE) if tells else others)]
        said = refused(verb, **more)
        assert (f"This makes {makes}" if tells else "What horse costs is not known, and there is a budget") in said
    assert len(session.keys) == 1


def test_without_a_budget_no_script_waits_for_engines(scene, session, budget, monkeypatch):
    budget(0.0)
    app().state.engines = ()
    monkeypatch.setattr(jobs, "learn_engines", lambda: pytest.fail("it waits"))
    assert bpy.ops.takeone.animate_frame() == {"FINISHED"}
    assert [request.engine for request in session.requests] == ["horse"]


def test_a_dialog_says_why_it_has_no_price(scene, session, budget):
    """And is drawn to its end."""
    labels = []
    layout = SimpleNamespace(label=lambda text="", **_more: labels.append(text))
    asking = SimpleNamespace(wishes=lambda _context: quotes.of_card(scene.take_one.shots[0], said=said))
    said = {"options": {"quality": "8k"}}
    Paying.draw_price(asking, bpy.context, layout)
    assert labels == ['Horse can\'t take "8k" for quality: it must be one of 720p, 1080p.']


def test_the_takes_of_a_board_count_from_the_press_on(scene, session, budget, monkeypatch):
    budget(3.0)
    hall, stairs, roof = scene.take_one.shots
    uids = [(shot.uid, scene.take_one.uid) for shot in (hall, stairs)]
    one = quotes.of_card(roof)
    assert (one.cost.amount, quotes.question([one])) == (pytest.approx(0.56), "")
    monkeypatch.setattr(timer, "every", lambda *_: None)
    drawing.begin([], uids)
    drawing.begin([], uids)  # pressed twice
    assert quotes.spent()[0] == {"USD": pytest.approx(2.8)}
    assert "This makes $3.36" in quotes.question([one])
    assert drawing.queue([hall, stairs, roof]) == [(roof.uid, scene.take_one.uid)]
    monkeypatch.setattr(jobs, "start", lambda order: list(order.keys))
    drawing._step()  # the first is ordered, and counts once
    assert (quotes.spent()[0], len(app().part(quotes.Quotes).pressed)) == ({"USD": pytest.approx(2.8)}, 1)
    drawing.stop()
    assert quotes.spent()[0] == {"USD": pytest.approx(1.4)}


def test_a_price_is_of_one_backend_and_account(scene, session, budget, monkeypatch):
    wish = quotes.of_card(scene.take_one.shots[0])

    def ask(amount: float) -> None:
        session.prices = {"1080p": Price(amount)}
        quotes.ask(wish)
        session.coming, coming = [], session.coming
        for event in coming:
            pump.handle(event)

    ask(0.25)
    assert wish.cost == Price(0.25)
    app().state.backend = Backend("ready")  # as `connection.use` does
    assert wish.cost == Price(1.4, as_of=DAY)
    ask(0.5)
    assert wish.cost == Price(0.5)
    quotes.ask(wish)
    running = SimpleNamespace(poll=lambda: True, state=SimpleNamespace(state="done", about="fal"))
    app().part(accounts.Keys).accounts = running
    monkeypatch.setattr(session, "refresh_engines", lambda: None, raising=False)
    assert accounts.poll()
    pump.handle(session.coming.pop())  # of the account before
    assert wish.cost == Price(1.4, as_of=DAY)
    app().part(accounts.Keys).accounts = None
    ask(0.75)
    pump.handle(events.Engines((PLAIN, HORSE)))
    assert wish.cost == Price(0.75)  # nothing is new
    pump.handle(events.Engines((HORSE, PLAIN)))
    assert wish.cost == Price(1.4, as_of=DAY)
