"""An order looked for in each provider's list, and the live price of one: on a wire that is told its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.engines.hosted.providers import models, providers
from backend.engines.hosted.providers.fal import QUEUE
from backend.engines.hosted.providers.provider import Memo
from backend.engines.hosted.request.ask import Ask, digest
from client.protocol import Price
from tests.backend.hosted.told import Told, told

PROVIDERS: Any = providers()
AT = datetime(2026, 11, 27, 12, 0, 30, tzinfo=UTC).timestamp()
MEMO = Memo(AT, "maker/model/sub", digest(["Push in."]), 7, 5, "key")


def wire(address: str = "http://here:1", **answers: Any) -> Any:
    return Told({path.replace("_of_", "/"): one for path, one in answers.items()}, address, "P")


def item(id: Any, prompt: str = "Push in.", **more: Any) -> Any:
    return {"request_id": id, "json_input": {"prompt": prompt, "seed": 7, **more}}


@pytest.mark.parametrize(
    ("items", "id"),
    [
        ([item("a", "Other"), item("b"), 5, item("c", seed=8), {"request_id": "d"}], "b"),
        ([item("a"), item("b")], None),
        ([item(5)], None),
        ([], None),
        ("x", None),
        ([{"request_id": "e", "json_input": {"prompt": "Push in."}}], "e"),
        ([item("f", "x", multi_prompt=[{"prompt": "Push in."}, 5])], "f"),
        ([item("g", "x", multi_prompt=[{"prompt": "Push in."}, {"prompt": "y"}])], None),
    ],
)
def test_an_order_in_the_list_of_fal(items: Any, id: str | None) -> None:
    path = "https://api.fal.ai/v1/models/requests/by-endpoint"
    for address, asked in ((QUEUE, path), ("http://here:1", "http://here:1/v1/models/requests/by-endpoint")):
        there = Told({asked: {"items": items}}, address)
        found = PROVIDERS["fal"].find(there, MEMO)
        wanted = {
            "endpoint_id": "maker/model/sub",
            "start": "2026-11-27T11:59:30Z",
            "limit": "100",
            "expand": "payloads",
        }
        assert there.seen == [("GET", asked, wanted)]
        base = f"{address}/maker/model/requests/{id}"
        urls = {"status_url": f"{base}/status", "response_url": base, "cancel_url": f"{base}/cancel"}
        assert found == (None if id is None else {"request_id": id, **urls})
    assert PROVIDERS["fal"].find(Told({path: told(404, {"items": [item("a")]})}, QUEUE), MEMO) is None


def test_an_order_in_the_list_of_a_server() -> None:
    def find(*jobs: Any, status: int = 200) -> Any:
        there = wire(v1_of_videos=told(status, {"data": list(jobs)}))
        found = PROVIDERS["videos"].find(there, MEMO)
        assert there.seen == [("GET", "v1/videos", {"limit": 100})]
        return found

    good = {"id": "a", "created_at": AT - 300, "prompt": "Push in.", "seed": 7}
    assert find({**good, "id": "x", "created_at": AT - 301}, 5, good, {**good, "seed": 8}) == {"id": "a"}
    assert find({key: value for key, value in good.items() if key != "seed"}) == {"id": "a"}
    assert find(good, {**good, "id": "b"}) is None and find({**good, "id": 5}) is None
    assert find({**good, "created_at": "now"}) is None and find({**good, "prompt": "Pull out."}) is None
    assert find(good, status=500) is None
    assert PROVIDERS["videos"].find(wire(v1_of_videos=[[]]), MEMO) is None


def test_an_order_in_the_list_of_model_studio() -> None:
    tasks = {
        f"api/v1/tasks/{id}": {"output": {"orig_prompt": words}}
        for id, words in (("a", "No"), ("b", "Push in."), ("c", 5))
    }

    def find(told_: Any) -> Any:
        there = Told({"api/v1/tasks": told_, **tasks})
        found = PROVIDERS["model_studio"].find(there, MEMO)
        assert there.seen[0] == (
            "GET",
            "api/v1/tasks",
            {
                "start_time": "20261127115930",
                "end_time": "20261127120530",
                "model_name": "maker/model/sub",
                "page_no": 1,
                "page_size": 50,
            },
        )
        return found

    listed = [{"task_id": id} for id in "abc"]
    assert find({"data": listed}) == find({"tasks": [*listed, 5]}) == {"task_id": "b"}
    assert find({"data": [*listed, {"task_id": "b"}]}) is None and find({"data": listed[:1]}) is None
    assert find(told(403, {"data": listed})) is None and find({}) is None


ASKED = Ask("maker/m", "Push in.", 5, "720p", True, 7)


@pytest.mark.parametrize(
    ("told_", "amount", "exact"),
    [
        ({"unit_price": 0.1}, 0.5, True),
        ({"unit_price": 0.1009}, 0.5, True),
        ({"unit_price": 0.1011}, 0.5055, False),
        ({"unit_price": 0.15}, None, False),  # that of 1080p
        ({"unit_price": 0.1513}, None, False),
        ({"unit_price": 0.05}, 0.25, False),
        ({"unit_price": 99.9}, 499.5, False),
        *(({"unit_price": strange}, None, False) for strange in (0, 100, True, "0.1", None)),
        ({"unit_price": 0.1, "unit": "video"}, None, False),
        ({"unit_price": 0.1, "endpoint_id": "other"}, None, False),
        ({"unit_price": 0.1, "currency": "EUR"}, None, False),
        ({"unit_price": 0.1, "currency": "USD"}, 0.5, True),
    ],
)
def test_a_live_price_of_fal(told_: Any, amount: float | None, exact: bool) -> None:
    model = models()["fal-wan-2.7"][1]
    path = "http://here:1/v1/models/pricing"
    there = Told({path: {"prices": [{"endpoint_id": model.endpoint, "unit": "seconds", **told_}]}})
    before = datetime.now(UTC).date()
    found = PROVIDERS["fal"].quote(there, model, ASKED)
    assert there.seen == [("GET", path, {"endpoint_id": model.endpoint})]
    assert (None if found is None else (found.amount, found.exact)) == (None if amount is None else (amount, exact))
    if found is not None:
        days = [day.isoformat() for day in (before, datetime.now(UTC).date())]
        assert found.as_of in days and found.source.startswith("fal's pricing API")
        assert ("proportion" in found.source) is not exact


def test_what_a_server_of_ones_own_costs() -> None:
    free, paid = {"id": "free"}, {"id": "maker/m", "sends_to": "fal"}

    def quote(*listed: Any, price: Any = None) -> Any:
        there = wire(v1_of_models={"data": list(listed)}, v1_of_estimate={"price": price})
        found = PROVIDERS["videos"].quote(there, models()["videos-server"][1], ASKED)
        assert there.seen[0] == ("GET", "v1/models", 3.0)
        return found, there.seen[1:]

    own = Price(0.0, source="your own server")
    sent = [("POST", "v1/estimate", {"model": "maker/m", "seconds": "5"})]
    assert quote() == quote(free, 5) == quote({**free, "id": "maker/m"}, {**paid, "id": "x"}) == (own, [])
    assert quote(free, paid, price={"amount": 2.5}) == (Price(2.5), sent)
    assert quote(free, paid, price="much") == (None, sent)
    assert quote(free, {**paid, "id": "other"}) == (None, [])
