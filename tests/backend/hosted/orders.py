"""A model of a provider that there is not, requests for it, and what it refuses: for tests without a server."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.engines.hosted.request.model import Model, Prices, Rate
from client.protocol import Direction, TakeRequest
from devtools.take_requests import take_request

PRICES = Prices((Rate(0.3, "1080p"), Rate(0.1, "", True), Rate(0.07)), "2026-03-01", "https://prices")
MODEL = Model(
    "m",
    "there/m",
    "Model M",
    "About it.",
    (4, 6, 10),
    PRICES,
    ("480p", "720p", "1080p"),
    "switch",
    prompt_limit=60,
    shots=3,
)


def request(**changes: Any) -> TakeRequest:
    plain = dataclasses.replace(take_request(seconds=5, size=(64, 48)), direction=Direction("Push in"), seed=7)
    return dataclasses.replace(plain, **changes)


def wrong(call: Any, *values: Any) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call(*values)
    return caught.value
