"""What an engine declares of its price is what an estimate says, whatever is chosen: a client may count with either."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction

import pytest

from backend.engines.hosted.providers import models
from backend.engines.hosted.request.ask import ask, describe, price
from client.protocol import Choice, Direction, EngineInfo, Option, Price, TakeRequest, Tariff
from client.protocol.codec import from_json, to_json

SECONDS = (0.5, 2.0, 3.4, 5.0, 7.0, 10.0)


def info_of(name: str) -> EngineInfo:
    provider, model = models()[name]
    return from_json(EngineInfo, to_json(describe(model, provider.name, provider.label)), lenient=True)


def request(seconds: float, options: dict[str, object]) -> TakeRequest:
    return TakeRequest("any", Direction("rain"), (), seconds, Fraction(24), (64, 36), 7, options=options)


def choices(info: EngineInfo) -> list[dict[str, object]]:
    """Each way to choose, also by leaving an option alone."""
    ways: list[list[dict[str, object]]] = []
    for option in info.options:
        values = [choice.value for choice in option.choices] if option.kind == "enum" else [True, False]
        ways.append([{}, *({option.name: value} for value in values)])
    return [{k: v for part in parts for k, v in part.items()} for parts in itertools.product(*ways)]


@pytest.mark.parametrize("name", models())
def test_what_is_declared_is_what_is_estimated(name: str) -> None:
    _provider, model = models()[name]
    info = info_of(name)
    for seconds, options in itertools.product(SECONDS, choices(info)):
        if seconds > info.max_seconds:
            continue
        said = info.price(seconds, options)
        assert said == price(model, ask(model, request(seconds, options))), (seconds, options)
        assert (said is None) == (model.prices is None)


@pytest.mark.parametrize(
    ("name", "seconds", "options", "amount"),
    [
        ("fal-happyhorse-1.0", 10.0, {}, 1.4),
        ("fal-happyhorse-1.0", 10.0, {"quality": "1080p"}, 2.8),
        ("fal-happyhorse-1.0", 2.0, {"quality": "720p"}, 0.42),  # it makes none below 3 s
        ("fal-veo-3.1", 4.5, {"sound": False}, 1.2),  # 6 s
        ("fal-veo-3.1", 4.5, {"quality": "4k"}, 3.6),
        ("happyhorse-1.0", 10.0, {"quality": "1080P"}, 2.4),
    ],
)
def test_prices_are_those_of_what_was_chosen(
    name: str, seconds: float, options: dict[str, object], amount: float
) -> None:
    found = info_of(name).price(seconds, options)
    assert found is not None
    assert found.amount == pytest.approx(amount)


def test_what_is_not_told_is_not_known() -> None:
    quality = Option("quality", "enum", "low", choices=(Choice("low"), Choice("high")))
    rate = Price(0.5, "EUR", "2026-11-01", "a page", per="second")
    before = EngineInfo("before", rate=rate, options=(quality,))
    assert before.price(2.0, {}) is None  # a server of before says nothing of the other qualities
    assert dataclasses.replace(before, options=()).price(1.2, {}) == Price(1.0, "EUR", "2026-11-01", "a page")
    free = dataclasses.replace(before, rate=Price(0.0, per="second"))
    assert free.price(9.5, {"quality": "high"}) == Price(0.0)
    some = dataclasses.replace(before, tariffs=(Tariff(rate, {"quality": "low"}),))
    assert some.price(3.0, {}) == Price(1.5, "EUR", "2026-11-01", "a page")
    assert some.price(3.0, {"quality": "high"}) is None
    assert some.price(3.0, {"quality": "low", "shots": []}) is None  # which may make something else
    assert dataclasses.replace(some, tariffs=(Tariff(dataclasses.replace(rate, per="")),)).price(3.0, {}) is None


def test_each_price_has_its_day_and_its_page() -> None:
    for name, (_provider, model) in models().items():
        if model.prices is None:
            continue
        assert len(model.prices.as_of) == len("2026-11-26"), name
        page, _, remark = model.prices.source.partition(" (")
        assert page.startswith("https://") or page == "resellers that repeat Model Studio's", name
        assert remark in ("", "the dearer of two copies)", "a reseller)", "less its discount)", "Runway's own)"), name
        assert all(0 < rate.amount < 5 for rate in model.prices.rates), name
