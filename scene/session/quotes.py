"""What takes cost: quotes of the backend for what the card says, what was spent, whether a press goes over a budget.

A quote comes a moment after the card was changed. Until then, and for what other calls than the card's ask, the
engine's own rate for a second counts.
"""

from __future__ import annotations

import json
import math
import time
from typing import Any

from bpy.app.translations import pgettext_rpt as rpt_

from ...client import events
from ...client.protocol import EngineInfo, JobState, Price
from ..app.app import app
from ..app.state import RENDERING, SENDING
from ..model import options
from . import preferences, prompts
from .connection import session

DAY = 86_400.0
AGAIN_SECONDS = 60.0  # after which what was spent is asked for again
NOT_BOOKED = (RENDERING, SENDING, JobState.QUEUED)  # what the backend does not count yet


class Quotes:
    """`prices` by what was asked, `asked` what no answer came to yet. `film` and `day` are the sums spent, by currency;
    `pressed` what takes will cost that the backend does not count yet, by their jobs."""

    def __init__(self) -> None:
        self.prices: dict[str, tuple[float, Price | None]] = {}
        self.asked: dict[str, float] = {}
        self.film: dict[str, float] = {}
        self.day: dict[str, float] = {}
        self.pressed: dict[str, Price] = {}


def wanted(shot: Any, engine: EngineInfo) -> None:
    """The card shows a price: have it asked for, where it is not known or has grown old."""
    part, fields = app().part(Quotes), _fields(shot, engine)
    mark, now = _mark(fields), time.monotonic()
    known = part.prices.get(mark)
    fresh = known is not None and now - known[0] < AGAIN_SECONDS
    if fresh or now - part.asked.get(mark, -AGAIN_SECONDS) < AGAIN_SECONDS or app().state.backend.state != events.READY:
        return
    if len(part.prices) > 500:
        part.prices.clear()
    part.asked[mark] = now
    session().quote(mark, fields, shot.id_data.take_one.file_id if shot.uid else "", time.time() - DAY)


def store(quote: events.Quote) -> None:
    """Keep an answer of the backend."""
    part = app().part(Quotes)
    part.asked.pop(quote.key, None)
    part.prices[quote.key] = (time.monotonic(), quote.price)
    part.film, part.day = dict(quote.film), dict(quote.day)


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
    part, jobs = app().part(Quotes), app().state.jobs
    part.pressed = {key: price for key, price in part.pressed.items() if key in jobs and jobs[key].status in NOT_BOOKED}
    film, day = dict(part.film), dict(part.day)
    for price in part.pressed.values():
        for sums in (film, day):
            sums[price.currency] = sums.get(price.currency, 0.0) + price.amount
    return film, day


def question(shot: Any, engine: EngineInfo, seconds: float, count: int) -> str:
    """What is to be asked before `count` takes are made: "" where no budget is gone over."""
    chosen = preferences.preferences()
    limits = (chosen.budget_film, chosen.budget_day) if chosen else (0.0, 0.0)
    if not any(limits) or not engine.sends_to:
        return ""
    price = of_card(shot, engine) if seconds == shot.seconds else by_rate(engine, seconds)
    if price is None:
        return rpt_("What {engine} costs is not known, and there is a budget.").format(engine=engine.label)
    words = (rpt_("this film"), rpt_("a day"))
    for sums, limit, word in zip(spent(), limits, words, strict=True):
        total = sums.get(price.currency, 0.0) + price.amount * count
        if limit and total > limit + 1e-9:
            text = rpt_("This makes {total}, and the budget of {word} is {limit}.")
            return text.format(total=money(total), word=word, limit=money(limit))
    return ""


def pressed(keys: list[str], price: Price | None) -> None:
    """Takes were ordered: count them until the backend does."""
    if price is not None:
        app().part(Quotes).pressed.update(dict.fromkeys(keys, price))


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
