"""What takes cost, in figures: when a price is asked for, which one counts, what is spent, asked and said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
import stand_in
from take_one.client import events
from take_one.client.protocol import Direction, EngineInfo, JobState, Option, Price, Tariff
from take_one.scene.app.app import app
from take_one.scene.app.state import UNCERTAIN, Backend, Job
from take_one.scene.model.properties import options
from take_one.scene.model.shots import films, shot_list
from take_one.scene.session.press import quotes
from take_one.scene.session.press.order import Order, OrderedTake, Place
from take_one.scene.session.press.quotes import Wish
from take_one.scene.session.server import accounts, preferences

STEPS = Option("steps", "int", 4, "Steps")
PAID = EngineInfo(
    "paid", "Paid", sends_to="Somebody", options=(STEPS,),
    tariffs=(Tariff(Price(0.5, per="second"), {"steps": 4}), Tariff(Price(2.0, per="second"), {"steps": 8})),
)  # fmt: skip
FREE = EngineInfo("free", "Free", prompt_form=True)


@pytest.fixture
def budgets(monkeypatch):
    """Those of a film and of a day."""
    found = SimpleNamespace(budget_film=10.0, budget_day=20.0)
    monkeypatch.setattr(preferences, "preferences", lambda: found)
    return found


@pytest.fixture
def session(budgets):
    """A session that keeps all that a quote is asked with."""
    session = stand_in.attach()
    session.told = []
    session.quote = lambda *asked: session.told.append(asked)
    app().state.engines = (PAID, FREE)
    return session


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(monotonic=lambda: clock.now, time=lambda: clock.now + 1e6, now=1000.0)
    monkeypatch.setattr(quotes, "time", clock)
    return clock


@pytest.fixture
def shot(session):
    shot = shot_list.add_shot(bpy.context.scene)
    shot.name, shot.engine, shot.seconds = "Hall", "paid", 3.0
    return shot


def part():
    return app().part(quotes.Quotes)


def test_a_wish_counts_where_it_may_cost_and_there_is_a_budget(budgets):
    wish = Wish(PAID, 2.0)
    assert (wish.count, wish.price, wish.known, wish.options) == (1, None, True, {})
    assert wish.counts and not Wish(FREE, 2.0).counts and Wish(FREE, 2.0, known=False).counts
    for film, day, counts in ((0.0, 5.0, True), (5.0, 0.0, True), (0.0, 0.0, False)):
        budgets.budget_film, budgets.budget_day = film, day
        assert (quotes.limits(), wish.counts, Wish(FREE, 2.0, known=False).counts) == ((film, day), counts, counts)


def test_without_preferences_there_is_no_budget(monkeypatch):
    monkeypatch.setattr(preferences, "preferences", lambda: None)
    assert quotes.limits() == (0.0, 0.0)


def test_a_quote_is_of_what_changes_the_price():
    wish = Wish(PAID, 2.5, {"steps": 8, "scene": {"lens": 1}, "refine_from": "k", "final_prompt": "A door."})
    assert wish.settings == {"steps": 8}
    assert wish.fields == {
        "model": "paid", "seconds": 2.5, "extra_params": {"options": {"steps": 8, "final_prompt": "x"}},
    }  # fmt: skip
    assert json.loads(wish.mark) == wish.fields
    assert wish.mark == replace(wish, options=dict(reversed(wish.options.items())), count=3).mark
    assert Wish(PAID, 2.5, {"steps": 8}).fields["extra_params"] == {"options": {"steps": 8}}


def test_the_quoted_price_counts_else_the_declared_and_a_takes_own_can_raise_it(session):
    wish = Wish(PAID, 3.0)
    assert wish.cost == Price(1.5) and Wish(PAID, 3.0, {"steps": 8}).cost == Price(6.0)
    assert Wish(PAID, 3.0, {"steps": 5}).cost is None
    for own, cost in ((Price(1.4), Price(1.5)), (Price(1.6), Price(1.6)), (Price(9.0, "EUR"), Price(1.5))):
        assert replace(wish, price=own).cost == cost
    assert replace(wish, options={"steps": 5}, price=Price(3.0)).cost is None
    quotes.ask(wish)
    quotes.store(events.Quote(wish.mark, Price(0.75), {}, {}))
    assert (wish.cost, replace(wish, price=Price(1.4)).cost) == (Price(0.75), Price(1.4))
    quotes.ask(wish)
    quotes.store(events.Quote(wish.mark, None, {}, {}))
    assert wish.cost == Price(1.5)


def test_what_a_card_asks_for_and_what_a_call_says_besides(shot):
    options.set_value(shot, "paid", "steps", 8)
    wish = quotes.of_card(shot)
    assert (wish.engine, wish.seconds, wish.options, wish.count, wish.known) == (PAID, 3.0, {"steps": 8}, 1, True)
    assert quotes.of_card(shot, 7.0, {"seconds": 2.0}, 4) == Wish(PAID, 7.0, {"steps": 8}, 4)
    assert quotes.of_card(shot, said={"seconds": 2.0, "options": {"steps": 4}}) == Wish(PAID, 2.0, {"steps": 4})
    assert quotes.of_card(shot, said={"engine": "gone"}) == Wish(EngineInfo("gone"), 3.0, {}, known=False)
    assert quotes.of_engine("gone", 1.0, {"a": 1}, 2, Price(3.0)) == Wish(
        EngineInfo("gone"), 1.0, {"a": 1}, 2, Price(3.0), False
    )
    shot.final_prompt = bpy.data.texts.new("mine")
    free = {"engine": "free"}
    assert quotes.of_card(shot, said=free).options == {}
    shot.final_prompt.write("A door.")
    assert quotes.of_card(shot, said=free).options == {"final_prompt": "x"}
    assert quotes.of_card(shot).options == {"steps": 8}, "an engine that has no form"
    for more in ({"prompt": "pan"}, {"sound": "rain"}):
        assert quotes.of_card(shot, said=free | more).options == {}


def test_an_order_costs_what_its_one_clip_costs():
    def order(seconds, *following, count=1):
        taken = tuple(OrderedTake(f"k{n}", n, 5, Path()) for n in range(count))
        return Order("f", "s", "h", "Hall", 1, None, None, "RENDER", None, Path(), (64, 36), 100, PAID, Direction("x"),
                     seconds, Fraction(24), {"steps": 8}, Place("AFTER", None, ""), taken,
                     following=following)  # fmt: skip

    assert quotes.of_order(order(2.5, count=3)) == Wish(PAID, 2.5, {"steps": 8}, 3)
    assert quotes.of_order(order(0.1, order(0.2), order(0.4, count=2))) == Wish(PAID, 0.7, {"steps": 8}, 1)


def test_a_price_that_is_shown_is_asked_for_once_a_minute(shot, session, clock):
    wish = Wish(PAID, 3.0)
    app().state.backend.state = "starting"
    quotes.wanted(wish)
    assert session.told == []
    app().state.backend.state = "ready"
    quotes.wanted(wish)
    assert session.told == [(wish.mark, wish.fields, films.open_id(), 1001000.0 - 86400)] and films.open_id() != ""
    clock.now += 59.9
    quotes.wanted(wish)
    assert (len(session.told), quotes.is_asked(wish.mark)) == (1, True)
    clock.now += 0.1
    quotes.wanted(wish)
    assert len(session.told) == 2
    quotes.store(events.Quote(wish.mark, Price(1.0), {}, {}))
    assert not quotes.is_asked(wish.mark)
    clock.now += 59.9
    quotes.wanted(wish)
    assert len(session.told) == 2
    quotes.pressed(["k1"], Price(1.0))  # which is over: the sums are others
    quotes.wanted(wish)
    assert len(session.told) == 3 and part().booked == {wish.mark: ["k1"]}
    quotes.store(events.Quote(wish.mark, Price(1.0), {}, {}))
    clock.now += 60
    quotes.wanted(wish)
    assert len(session.told) == 4


def test_prices_do_not_pile_up(shot, session):
    part().backend = app().state.backend
    part().prices = {str(number): (0.0, None) for number in range(500)}
    assert quotes.ask(Wish(PAID, 1.0)) == Wish(PAID, 1.0).mark and len(part().prices) == 500
    part().prices["500"] = (0.0, None)
    quotes.ask(Wish(PAID, 2.0))
    assert part().prices == {} and len(part().asked) == 2


def test_answers_to_what_was_forgotten_are_none(shot, session):
    wish = Wish(PAID, 3.0)
    quotes.store(events.Quote(wish.mark, Price(1.0), {"USD": 3.0}, {}))
    assert (part().prices, part().known, quotes.spent()) == ({}, False, ({}, {}))
    quotes.ask(wish)
    app().state.backend = Backend("ready")
    quotes.store(events.Quote(wish.mark, Price(1.0), {"USD": 3.0}, {}))
    assert (part().prices, part().known) == ({}, False)
    quotes.ask(wish)
    app().part(accounts.Keys).changes += 1
    quotes.store(events.Quote(wish.mark, Price(1.0), {"USD": 3.0}, {}))
    assert (part().prices, part().booked, part().known) == ({}, {}, False)
    quotes.ask(wish)
    quotes.store(events.Quote(wish.mark, Price(1.0), {"USD": 3.0}, {"EUR": 2.0}))
    assert (list(part().prices), part().known, quotes.spent()) == ([wish.mark], True, ({"USD": 3.0}, {"EUR": 2.0}))
    quotes.forget_prices()
    assert part().prices == {} and part().known


def test_what_was_pressed_and_queued_counts_in_its_currency(shot, session):
    wish, (film, day) = Wish(PAID, 3.0), ({"USD": 1.0}, {"USD": 4.0, "EUR": 0.5})
    quotes.ask(wish)
    quotes.store(events.Quote(wish.mark, None, film, day))
    quotes.pressed(["k1", "k2"], Price(0.25))
    quotes.pressed(["k3"], Price(2.0, "EUR"))
    quotes.pressed(["k4"], None)
    quotes.queued(shot)
    assert quotes.spent() == ({"USD": 3.0, "EUR": 2.0}, {"USD": 6.0, "EUR": 2.5})
    quotes.unqueued(shot.uid)
    quotes.unqueued("gone")
    assert quotes.spent()[0] == {"USD": 1.5, "EUR": 2.0} and part().film == film
    options.set_value(shot, "paid", "steps", 5)
    quotes.queued(shot)
    assert part().queued == {}
    binding = stand_in.binding_of(shot)
    app().state.jobs = {
        "k1": Job("k1", binding, JobState.QUEUED), "k2": Job("k2", binding, UNCERTAIN),
    }  # fmt: skip
    assert quotes._booked(part()) == ["k2", "k3"]


@pytest.mark.parametrize(
    ("film", "day", "spent", "said"),
    [
        (4.5, 99.0, 0.0, ""), (4.49, 4.0, 0.0, "This makes $4.50, and the budget of this film is $4.49."),
        (0.0, 4.49, 0.0, "This makes $4.50, and the budget of a day is $4.49."), (0.0, 4.5, 0.0, ""),
        (9.0, 9.0, 4.5, ""), (9.1, 9.0, 4.6, "This makes $9.10, and the budget of a day is $9.00."),
    ],
)  # fmt: skip
def test_a_budget_that_is_gone_over_is_named(shot, budgets, film, day, spent, said):
    budgets.budget_film, budgets.budget_day = film, day
    part().film = part().day = {"USD": spent, "EUR": 99.0}
    wishes = [Wish(PAID, 3.0, count=2), Wish(FREE, 100.0), Wish(PAID, 3.0)]
    assert quotes.question(wishes) == said


def test_what_can_not_be_compared_with_a_budget_is_asked(shot):
    wish = Wish(PAID, 3.0, count=2)
    assert quotes.question([Wish(FREE, 1.0, known=False)]) == "What Free costs is not known, and there is a budget."
    nobody = Wish(EngineInfo(""), 1.0, known=False)
    assert quotes.question([nobody]) == "What the engine costs is not known, and there is a budget."
    assert quotes.question([Wish(PAID, 1.0, {"steps": 5}), nobody]).startswith("What Paid costs is not known")
    quotes.ask(wish)
    quotes.store(events.Quote(wish.mark, Price(1.25, "EUR"), {}, {}))
    assert quotes.question([wish]) == (
        "Paid costs 2.50 EUR, and the budget is in USD, so that it can't tell."
    )  # fmt: skip
    quotes.ask(wish)
    quotes.store(events.Quote(wish.mark, Price(0.0, "EUR"), {"USD": 99.0}, {"USD": 99.0}))
    assert quotes.question([wish]) == "", "what costs nothing goes over no budget"


def test_prices_as_people_read_them(shot):
    wish = Wish(PAID, 3.0, count=2)

    def quoted(*price, **more):
        quotes.ask(wish)
        quotes.store(events.Quote(wish.mark, Price(*price, **more), {}, {}))
        return quotes.words(wish), quotes.where(wish)

    assert quotes.words(wish) == "About $3.00" and quotes.where(wish) == ""
    assert quotes.words(Wish(PAID, 3.0, {"steps": 5})) == "The price is not known here"
    assert quotes.where(Wish(PAID, 3.0, {"steps": 5})) == ""
    assert quoted(0.0, source="https://fal.ai") == ("", "")
    assert quoted(1.2, as_of="2026-11-02", source="https://www.fal.ai/a (of two)") == (
        "About $2.40, price of 2026-11-02", "fal.ai (of two)",
    )  # fmt: skip
    assert quoted(1.2, "EUR", as_of="2026-11-02", exact=True, source="the list") == ("2.40 EUR, quoted now", "the list")
    assert [quotes.money(amount, *currency) for amount, *currency in ((2.345,), (0.004, "USD"), (7, "EUR"))] == [
        "$2.35", "$0.00", "7.00 EUR",
    ]  # fmt: skip
    costs = [Price(1.0), Price(2.0, "EUR"), Price(0.5), Price(0.25, "EUR")]
    assert (quotes.total_of(costs), quotes.total_of([])) == ("$1.50 + 2.25 EUR", "")
