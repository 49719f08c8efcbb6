"""Each provider from an order to a clip, and all that may go wrong between: a real service, a real HTTP server."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import av
import pytest

from tests.backend.hosted.fakes.clip import level
from tests.backend.hosted.fakes.every import ENGINE, LISTED
from tests.backend.hosted.fakes.fake import KEY, Fake, Script
from tests.backend.service_process import Service

Shared = tuple[Service, dict[str, Fake]]
PROVIDERS = sorted(ENGINE)


@pytest.fixture(params=PROVIDERS)
def at(request: pytest.FixtureRequest, shared: Shared) -> tuple[Service, Fake, str]:
    """The service, a provider's fake that has no orders, and an engine of its."""
    service, fakes = shared
    fake = fakes[request.param]
    fake.script = Script()
    fake.orders.clear()
    fake.seen.clear()
    return service, fake, ENGINE[request.param]


def order(service: Service, still: bytes, engine: str, **more: Any) -> str:
    fields = {"seconds": "2.5", "fps": "24", "seed": "7", "size": "96x54", "prompt": "A slow push in", **more}
    answer = service.submit(still, model=engine, **fields)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def test_a_take_is_ordered_fetched_and_conformed(at: tuple[Service, Fake, str], still: bytes, tmp_path: Path) -> None:
    service, fake, engine = at
    job = service.wait(order(service, still, engine, fps="25"))
    assert job["status"] == "completed", job
    assert len(fake.orders) == 1
    assert job["result"]["frames"] == 62
    if engine == "videos-server":
        assert job["result"]["cost"] is None
    else:
        assert job["result"]["cost"]["amount"] > 0
    path = tmp_path / "clip.mp4"
    path.write_bytes(service.http.get(f"/v1/videos/{job['id']}/content").content)
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 62
    for index in (0, 30, 61):  # each the nearest of 24 a second
        assert abs(int(frames[index][30, 60].mean()) - level(round(index * 24 / 25))) <= 3
    sidecar = service.http.get(f"/v1/videos/{job['id']}/content?variant=sidecar").json()
    assert sidecar["cost"] == job["result"]["cost"]
    assert sidecar["facts"]["prompt_sent"].startswith("A slow push in.")
    assert not list((service.home / "downloads").iterdir())


def test_the_price_is_told_before_and_counted_after(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    asked = {"model": engine, "prompt": "x", "seconds": 4}
    price = service.http.post("/v1/estimate", json=asked).json()["price"]
    assert not fake.orders
    if engine == "videos-server":
        assert (price["amount"], price["source"]) == (0.0, "your own server")
        return
    assert price["currency"] == "USD"
    assert price["as_of"] == "2026-11-27"
    assert price["source"]
    before = service.http.get("/v1/spending?film=f1").json()
    extra = json.dumps({"binding": {"file_id": "f1"}})
    job = service.wait(order(service, still, engine, seconds="4", extra_params=extra))
    after = service.http.get("/v1/spending?film=f1").json()
    spent = job["result"]["cost"]["amount"]
    assert after["film"]["USD"] - before["film"].get("USD", 0) == pytest.approx(spent)
    assert after["since"]["USD"] - before["since"].get("USD", 0) == pytest.approx(spent)
    service.http.delete(f"/v1/videos/{job['id']}")
    assert service.http.get("/v1/spending?film=f1").json() == after  # what was deleted was paid all the same


def test_the_order_waits_in_the_providers_queue(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(seconds=60, waiting=60, errors=3)
    job_id = order(service, still, engine)
    for name, data in service.events(job_id):
        if name == "progress" and any(words in data["stage"] for words in ("queue of", "Made by")):
            fake.script.waiting = fake.orders[0].ready = 0.0  # it is ready now
    assert (fake.script.waiting, fake.script.errors) == (0.0, 0)
    assert service.job(job_id)["status"] == "completed"
    assert len(fake.orders) == 1


def test_a_cancel_takes_the_order_back(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(seconds=600, waiting=600)
    job_id = order(service, still, engine)
    until = time.monotonic() + 60
    while not fake.orders and time.monotonic() < until:
        time.sleep(0.02)
    while not any(words in service.job(job_id)["stage"] for words in ("queue of", "Made by")):  # its ticket is kept
        assert time.monotonic() < until
        time.sleep(0.02)
    service.http.post(f"/v1/videos/{job_id}/cancel")
    while not fake.orders[0].cancelled and time.monotonic() < until:
        time.sleep(0.02)
    assert fake.orders[0].cancelled
    assert len(fake.orders) == 1


def test_a_download_that_breaks_off_goes_on(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(break_at=3000, breaks=2)
    job = service.wait(order(service, still, engine))
    assert job["status"] == "completed", job
    ranges = [seen.headers["range"] for seen in fake.seen if "range" in seen.headers]
    assert ranges == ["bytes=3000-", "bytes=6000-"]
    assert len(fake.orders) == 1


def test_an_address_that_has_expired_is_asked_for_again(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(stale_urls=1)
    assert service.wait(order(service, still, engine))["status"] == "completed"
    assert len(fake.orders) == 1


def test_a_result_that_is_gone_says_so(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(expired=True)
    job = service.wait(order(service, still, engine))
    assert (job["status"], job["error"]["code"]) == ("failed", "expired")
    assert len(fake.orders) == 1


def test_a_lost_answer_is_found_or_uncertain_but_never_paid_twice(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(lose_answers=1, unlisted=1)
    film = f"lost at {engine}"
    extra = json.dumps({"binding": {"file_id": film}})
    job = service.wait(order(service, still, engine, extra_params=extra))
    assert len(fake.orders) == 1
    if engine in [ENGINE[name] for name in LISTED]:
        assert job["status"] == "completed", job
        return
    assert (job["status"], job["error"]["code"]) == ("failed", "uncertain")
    assert job["error"]["fix"] == "send_again"
    again = service.http.post(f"/v1/videos/{job['id']}/retry", json={}).json()
    assert again["status"] == "queued"
    looked = service.wait(job["id"])
    assert (looked["status"], looked["error"]["code"]) == ("failed", "uncertain")
    assert len(fake.orders) == 1
    before = service.http.get("/v1/spending", params={"film": film}).json()["film"]["USD"]
    service.http.post(f"/v1/videos/{job['id']}/retry", json={"send_again": True})
    assert service.wait(job["id"])["status"] == "completed"
    assert len(fake.orders) == 2  # once more, and only because it was said
    spent = service.http.get("/v1/spending", params={"film": film}).json()["film"]["USD"]
    assert spent == pytest.approx(2 * before)  # the first one may be on the bill too


def test_an_order_that_never_arrived_is_not_taken_for_one_that_did(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(lose_orders=1)
    job = service.wait(order(service, still, engine))
    assert (job["status"], job["error"]["code"]) == ("failed", "uncertain")
    assert fake.orders == []


def test_a_key_that_is_not_accepted(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(unauthorized=True)
    job = service.wait(order(service, still, engine))
    assert (job["status"], job["error"]["code"], job["error"]["fix"]) == ("failed", "account_refused", "accounts")
    assert KEY not in job["error"]["message"]
    assert fake.orders == []


def test_nobody_sees_the_key(at: tuple[Service, Fake, str], still: bytes) -> None:
    service, fake, engine = at
    fake.script = Script(refusals=[(400, {"error": {"message": f"bad key {KEY}", "code": "invalid"}})])
    assert service.wait(order(service, still, engine))["status"] == "failed"
    assert service.wait(order(service, still, engine))["status"] == "completed"
    found = [path for path in service.home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert found == []
    assert KEY not in service.http.get("/v1/videos").text
    assert all(KEY not in seen.path for seen in fake.seen)
