"""What takes cost: quotes of the backend for what the card says, what was spent, whether a press goes over a budget.

A quote comes a moment after the card was changed. Until then, and for what other calls than the card's ask, the
engine's own rate for a second counts.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ....client import events
from ....client.protocol import EngineInfo, Price
from ...app.app import app
from ...app.state import UNCERTAIN
from ...model.properties import options
from ...model.shots import films
from ..server import preferences
from ..server.connection import session
from ..words import prompts

DAY = 86_400.0
BUDGETS_IN = "USD"  # an amount in another currency is compared with none of theirs
AGAIN_SECONDS = 60.0  # after which what was spent is asked for again


class Quotes:
    """`prices` by what was asked, `asked` what no answer came to yet. `film` and `day` are the sums spent, by currency,
    once they are `known`; `pressed` what takes cost that were pressed since, by their jobs, and `booked` those of them
    that were over when the backend was asked, by what was asked: its answer has them in its sums."""

    def __init__(self) -> None:
        self.prices: dict[str, tuple[float, Price | None]] = {}
        self.asked: dict[str, float] = {}
        self.known = False
        self.film: dict[str, float] = {}
        self.day: dict[str, float] = {}
        self.pressed: dict[str, Price] = {}
        self.booked: dict[str, list[str]] = {}


def wanted(shot: Any, engine: EngineInfo) -> None:
    """The card shows a price: have it asked for, where it is not known or has grown old."""
    part, fields = app().part(Quotes), _fields(shot, engine)
    mark, now = _mark(fields), time.monotonic()
    known = part.prices.get(mark)
    fresh = known is not None and now - known[0] < AGAIN_SECONDS and not _booked(part)
    if fresh or now - part.asked.get(mark, -AGAIN_SECONDS) < AGAIN_SECONDS or app().state.backend.state != events.READY:
        return
    ask(shot, engine)


def ask(shot: Any, engine: EngineInfo) -> str:
    """Have the price asked for, and what was spent. Returns what `is_asked` tells of."""
    part, fields = app().part(Quotes), _fields(shot, engine)
    mark = _mark(fields)
    if len(part.prices) > 500:
        part.prices.clear()
    part.asked[mark], part.booked[mark] = time.monotonic(), _booked(part)
    session().quote(mark, fields, films.open_id(), time.time() - DAY)
    return mark


def is_asked(mark: str) -> bool:
    """Whether no answer came yet."""
    return mark in app().part(Quotes).asked


def _booked(part: Quotes) -> list[str]:
    """Those pressed that are over, so that the backend has counted them: it does so at some moment while it works."""
    jobs = app().state.jobs
    return [key for key in part.pressed if key not in jobs or jobs[key].status == UNCERTAIN]


def store(quote: events.Quote) -> None:
    """Keep an answer of the backend."""
    part = app().part(Quotes)
    part.asked.pop(quote.key, None)
    part.prices[quote.key] = (time.monotonic(), quote.price)
    booked = part.booked.pop(quote.key, [])
    if part.known and set(part.pressed) - set(booked):
        return  # of these it is not known whether the sums have them: the old ones and what was pressed do
    part.known, part.film, part.day = True, dict(quote.film), dict(quote.day)
    for key in booked:
        part.pressed.pop(key, None)


def of_card(shot: Any, engine: EngineInfo) -> Price | None:
    """What a take by the card costs, None where it is not known."""
    known = app().part(Quotes).prices.get(_mark(_fields(shot, engine)))
    if known is not None and known[1] is not None:
        return known[1]
    return by_rate(engine, shot.seconds)


def by_rate(engine: EngineInfo, seconds: float) -> Price | None:
    """What a take of this length costs by the engine's rate."""
    if engine.rate is None or engine.rate.per != "second":
        return None
    amount = engine.rate.amount * math.ceil(seconds)
    return Price(amount, engine.rate.currency, engine.rate.as_of, engine.rate.source)


def spent() -> tuple[dict[str, float], dict[str, float]]:
    """What was spent on this film and within a day, by currency, with what was pressed since."""
    part = app().part(Quotes)
    film, day = dict(part.film), dict(part.day)
    for price in part.pressed.values():
        for sums in (film, day):
            sums[price.currency] = sums.get(price.currency, 0.0) + price.amount
    return film, day


@dataclass(frozen=True)
class Wish:
    """What is to be made: `count` takes of `seconds` each with `engine`, by the card of `shot`. `price` is known of one
    that was made alike."""

    shot: Any
    engine: EngineInfo | None
    seconds: float
    count: int = 1
    price: Price | None = None

    @property
    def counts(self) -> bool:
        """Whether it costs something, and there is a budget."""
        return self.engine is not None and bool(self.engine.sends_to) and any(limits())

    @property
    def cost(self) -> Price | None:
        """What one of them costs, None where it is not known."""
        if self.engine is None or self.price is not None:
            return self.price
        return (
            of_card(self.shot, self.engine) if self.seconds == self.shot.seconds else by_rate(self.engine, self.seconds)
        )


def limits() -> tuple[float, float]:
    """The budgets of a film and of a day in US dollars; 0: none."""
    chosen = preferences.preferences()
    return (chosen.budget_film, chosen.budget_day) if chosen else (0.0, 0.0)


def question(wish: Wish) -> str:
    """What is to be asked before something is made: "" where no budget is gone over."""
    if not wish.counts or wish.engine is None:
        return ""
    price = wish.cost
    if price is None:
        return rpt_("What {engine} costs is not known, and there is a budget.").format(engine=wish.engine.label)
    if price.currency != BUDGETS_IN and price.amount:
        text = rpt_("{engine} costs {amount}, and the budget is in {currency}, so that it can't tell.")
        amount = money(price.amount * wish.count, price.currency)
        return text.format(engine=wish.engine.label, amount=amount, currency=BUDGETS_IN)
    words = (rpt_("this film"), rpt_("a day"))
    for sums, limit, word in zip(spent(), limits(), words, strict=True):
        total = sums.get(BUDGETS_IN, 0.0) + price.amount * wish.count
        if limit and total > limit + 1e-9:
            text = rpt_("This makes {total}, and the budget of {word} is {limit}.")
            return text.format(total=money(total), word=word, limit=money(limit))
    return ""


def pressed(keys: list[str], price: Price | None) -> None:
    """Takes were ordered: count them until the backend does."""
    if price is not None:
        app().part(Quotes).pressed.update(dict.fromkeys(keys, price))


def total_of(costs: Iterable[Price]) -> str:
    """What several cost together, as people write it: amounts of different currencies side by side."""
    sums: dict[str, float] = {}
    for cost in costs:
        sums[cost.currency] = sums.get(cost.currency, 0.0) + cost.amount
    return " + ".join(money(amount, currency) for currency, amount in sums.items())


def money(amount: float, currency: str = "USD") -> str:
    """An amount as people write it."""
    return f"${amount:.2f}" if currency == "USD" else f"{amount:.2f} {currency}"


def _fields(shot: Any, engine: EngineInfo) -> dict[str, Any]:
    """A submission as `/v1/estimate` takes it, without words and pictures."""
    chosen = options.chosen(shot, {"engine": engine.id})
    own = prompts.own_prompt(shot)
    extra = {"options": chosen | ({"final_prompt": "x"} if own else {})}
    return {"model": engine.id, "seconds": shot.seconds, "extra_params": extra}


def _mark(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True)
