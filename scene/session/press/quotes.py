"""What takes cost: quotes of the backend for what the card says, what was spent, whether a press goes over a budget.

A quote comes a moment after the card was changed. Until then what the engine declares for these settings and this
length counts; where that says nothing the price is not known.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bpy.app.translations import pgettext_rpt as rpt_

from ....client import events
from ....client.protocol import EngineInfo, Price
from ...app.app import app
from ...app.state import UNCERTAIN
from ...model.properties import options
from ...model.shots import films
from ..server import accounts, preferences
from ..server.connection import session
from ..words import prompts
from .order import Order

DAY = 86_400.0
BUDGETS_IN = "USD"  # an amount in another currency is compared with none of theirs
AGAIN_SECONDS = 60.0  # after which what was spent is asked for again


class Quotes:
    """`prices` by what was asked, `asked` what no answer came to yet. `film` and `day` are the sums spent, by currency,
    once they are `known`; `pressed` what takes cost that were pressed since, by their jobs, and `booked` those of them
    that were over when the backend was asked, by what was asked: its answer has them in its sums. `queued` is what
    takes will cost that a board has queued, by their shots. `backend` and `changes` (of accounts) are those of which
    the prices are."""

    def __init__(self) -> None:
        self.prices: dict[str, tuple[float, Price | None]] = {}
        self.asked: dict[str, float] = {}
        self.known = False
        self.film: dict[str, float] = {}
        self.day: dict[str, float] = {}
        self.pressed: dict[str, Price] = {}
        self.booked: dict[str, list[str]] = {}
        self.queued: dict[str, Price] = {}
        self.backend: object = None
        self.changes = 0


@dataclass(frozen=True)
class Wish:
    """What is to be made: `count` takes of `seconds` each with `engine`, whose settings are `options`. `price` is what
    the file says of one that was made alike: a stranger's word. `known` is whether the backend has told of the engine.
    """

    engine: EngineInfo
    seconds: float
    options: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1
    price: Price | None = None
    known: bool = True

    @property
    def counts(self) -> bool:
        """Whether it may cost something, and there is a budget."""
        return (bool(self.engine.sends_to) or not self.known) and any(limits())

    @property
    def settings(self) -> dict[str, Any]:
        """The options that may change what it costs."""
        return {name: value for name, value in self.options.items() if name not in options.NOT_ON_CARD}

    @property
    def fields(self) -> dict[str, Any]:
        """A submission as `/v1/estimate` takes it, without words and pictures."""
        own = {"final_prompt": "x"} if "final_prompt" in self.options else {}
        return {"model": self.engine.id, "seconds": self.seconds, "extra_params": {"options": self.settings | own}}

    @property
    def mark(self) -> str:
        """By which its quote is known."""
        return json.dumps(self.fields, sort_keys=True)

    @property
    def cost(self) -> Price | None:
        """What one of them costs: as the backend has quoted, else by what the engine declares; None where neither says
        it of these settings and this length. `price` can only raise that.
        """
        _at, quoted = _part().prices.get(self.mark, (0.0, None))
        found = quoted or self.engine.price(self.seconds, self.settings)
        if found is None or self.price is None or found.currency != self.price.currency:
            return found
        return max(found, self.price, key=lambda price: price.amount)


def of_card(shot: Any, seconds: float | None = None, said: Mapping[str, Any] | None = None, count: int = 1) -> Wish:
    """What the card says, for `seconds` and with what a call says besides (see `Call.overrides`).

    Raises:
        SceneError: bad_option.
    """
    overrides = said or {}
    chosen = options.chosen(shot, overrides)
    engine_id = overrides.get("engine", shot.engine)
    if prompts.takes_form(engine_id) and not {"prompt", "sound"} & set(overrides) and prompts.own_prompt(shot):
        chosen["final_prompt"] = "x"
    length = overrides.get("seconds", shot.seconds) if seconds is None else seconds
    return of_engine(engine_id, length, chosen, count)


def of_engine(
    engine_id: str, seconds: float, chosen: Mapping[str, Any], count: int = 1, price: Price | None = None
) -> Wish:
    """What an engine is to make, which the backend may not have told of yet."""
    engine = app().state.engine(engine_id)
    return Wish(engine or EngineInfo(engine_id), seconds, chosen, count, price, engine is not None)


def of_order(order: Order) -> Wish:
    """What an order asks for: one clip of its shots for each of its takes."""
    seconds = sum(one.seconds for one in (order, *order.following))
    return Wish(order.engine, round(seconds, 6), order.options, len(order.takes))


def wanted(wish: Wish) -> None:
    """A price is shown: have it asked for, where it is not known or has grown old."""
    part, now = _part(), time.monotonic()
    known = part.prices.get(wish.mark)
    fresh = known is not None and now - known[0] < AGAIN_SECONDS and not _booked(part)
    if fresh or now - part.asked.get(wish.mark, -AGAIN_SECONDS) < AGAIN_SECONDS:
        return
    if app().state.backend.state == events.READY:
        ask(wish)


def ask(wish: Wish) -> str:
    """Have the price asked for, and what was spent. Returns what `is_asked` tells of."""
    part, mark = _part(), wish.mark
    if len(part.prices) > 500:
        part.prices.clear()
    part.asked[mark], part.booked[mark] = time.monotonic(), _booked(part)
    session().quote(mark, wish.fields, films.open_id(), time.time() - DAY)
    return mark


def is_asked(mark: str) -> bool:
    """Whether no answer came yet."""
    return mark in app().part(Quotes).asked


def _booked(part: Quotes) -> list[str]:
    """Those pressed that are over, so that the backend has counted them: it does so at some moment while it works."""
    jobs = app().state.jobs
    return [key for key in part.pressed if key not in jobs or jobs[key].status == UNCERTAIN]


def store(quote: events.Quote) -> None:
    """Keep an answer of the backend, unless it is to what was forgotten since."""
    part = _part()
    if part.asked.pop(quote.key, None) is None:
        return
    part.prices[quote.key] = (time.monotonic(), quote.price)
    booked = part.booked.pop(quote.key, [])
    if part.known and set(part.pressed) - set(booked):
        return  # of these it is not known whether the sums have them: the old ones and what was pressed do
    part.known, part.film, part.day = True, dict(quote.film), dict(quote.day)
    for key in booked:
        part.pressed.pop(key, None)


def forget_prices() -> None:
    """The engines are others: what they cost is asked for again."""
    app().part(Quotes).prices.clear()


def _part() -> Quotes:
    """What is known, less what was said by another backend or of another account; answers may still come of these."""
    part, backend, changes = app().part(Quotes), app().state.backend, app().part(accounts.Keys).changes
    if part.backend is not backend or part.changes != changes:
        part.backend, part.changes = backend, changes
        for known in (part.prices, part.asked, part.booked):
            known.clear()
    return part


def spent() -> tuple[dict[str, float], dict[str, float]]:
    """What was spent on this film and within a day, by currency, with what was pressed or queued since."""
    part = app().part(Quotes)
    film, day = dict(part.film), dict(part.day)
    for price in (*part.pressed.values(), *part.queued.values()):
        for sums in (film, day):
            sums[price.currency] = sums.get(price.currency, 0.0) + price.amount
    return film, day


def limits() -> tuple[float, float]:
    """The budgets of a film and of a day in US dollars; 0: none."""
    chosen = preferences.preferences()
    return (chosen.budget_film, chosen.budget_day) if chosen else (0.0, 0.0)


def question(wishes: Iterable[Wish]) -> str:
    """What is to be asked before all of this is made: "" where no budget is gone over."""
    total = 0.0
    for wish in wishes:
        if not wish.counts:
            continue
        price = wish.cost
        if price is None or not wish.known:
            name = wish.engine.label or rpt_("the engine")
            return rpt_("What {engine} costs is not known, and there is a budget.").format(engine=name)
        if price.currency != BUDGETS_IN and price.amount:
            text = rpt_("{engine} costs {amount}, and the budget is in {currency}, so that it can't tell.")
            amount = money(price.amount * wish.count, price.currency)
            return text.format(engine=wish.engine.label, amount=amount, currency=BUDGETS_IN)
        total += price.amount * wish.count
    if not total:
        return ""
    words = (rpt_("this film"), rpt_("a day"))
    for sums, limit, word in zip(spent(), limits(), words, strict=True):
        makes = sums.get(BUDGETS_IN, 0.0) + total
        if limit and makes > limit + 1e-9:
            text = rpt_("This makes {total}, and the budget of {word} is {limit}.")
            return text.format(total=money(makes), word=word, limit=money(limit))
    return ""


def pressed(keys: list[str], price: Price | None) -> None:
    """Takes were ordered: count them until the backend does."""
    if price is not None:
        app().part(Quotes).pressed.update(dict.fromkeys(keys, price))


def queued(shot: Any) -> None:
    """A take of this shot will be ordered: count it from now on."""
    if (price := of_card(shot).cost) is not None:
        app().part(Quotes).queued[shot.uid] = price


def unqueued(shot_uid: str) -> None:
    """It was ordered, or will not be."""
    app().part(Quotes).queued.pop(shot_uid, None)


def total_of(costs: Iterable[Price]) -> str:
    """What several cost together, as people write it: amounts of different currencies side by side."""
    sums: dict[str, float] = {}
    for cost in costs:
        sums[cost.currency] = sums.get(cost.currency, 0.0) + cost.amount
    return " + ".join(money(amount, currency) for currency, amount in sums.items())


def words(wish: Wish) -> str:
    """What is said of what it costs, "" where it is nothing."""
    price = wish.cost
    if price is None:
        return rpt_("The price is not known here")
    if not price.amount:
        return ""
    amount = money(price.amount * wish.count, price.currency)
    if price.exact:
        return rpt_("{amount}, quoted now").format(amount=amount)
    if not price.as_of:
        return rpt_("About {amount}").format(amount=amount)
    return rpt_("About {amount}, price of {day}").format(amount=amount, day=price.as_of)


def where(wish: Wish) -> str:
    """Who says its price, "" where that is not told: of an address its host, and what is remarked beside it."""
    price = wish.cost
    page, _, remark = (price.source if price and price.amount else "").partition(" (")
    host = urlsplit(page).netloc.removeprefix("www.") if "://" in page else page
    return f"{host} ({remark}" if remark else host


def money(amount: float, currency: str = "USD") -> str:
    """An amount as people write it."""
    return f"${amount:.2f}" if currency == "USD" else f"{amount:.2f} {currency}"
