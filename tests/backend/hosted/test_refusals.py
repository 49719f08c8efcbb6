"""What providers refuse, each in its own shape: what is said, what helps, and that nothing is sent twice for it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.backend.hosted.conftest import connected
from tests.backend.hosted.fakes.every import ENGINE, FAKES
from tests.backend.hosted.fakes.fake import Fake, Script
from tests.backend.hosted.fakes.fal import FakeFal
from tests.backend.hosted.test_hosted import Shared, order
from tests.backend.service_process import TOKEN, Service

# Each provider's own words for what a filter refuses once it is taken, as its API pages and SDKs have them.
FILTERED: dict[str, Any] = {
    "fal": (
        422,
        {"detail": [{"loc": ["body", "prompt"], "msg": "Flagged by a checker", "type": "content_policy_violation"}]},
    ),
    "model_studio": {"code": "DataInspectionFailed", "message": "Output data may contain inappropriate content."},
    "runway": {"failure": "The prompt did not pass moderation.", "failureCode": "SAFETY.INPUT.TEXT"},
    "gemini": {"status": "failed", "errors": [{"code": "blocked", "message": "Blocked by the safety filters."}]},
}
QUOTA: dict[str, tuple[int, Any]] = {
    "fal": (403, {"detail": "User is locked. Reason: Exhausted balance. Top up at fal.ai/dashboard/billing."}),
    "model_studio": (
        400,
        {"code": "Arrearage", "message": "Access denied, please pay your overdue bill."},
    ),
    "runway": (400, {"error": "You do not have enough credits to run this task."}),
    "gemini": (
        429,
        {"error": {"code": 429, "message": "You exceeded your current quota.", "status": "NONE_LEFT"}},
    ),
}
BUSY: dict[str, tuple[int, Any]] = {
    "fal": (429, {"detail": "Too many concurrent requests"}),
    "model_studio": (
        429,
        {"code": "Throttling.RateQuota", "message": "Requests rate limit exceeded, try again later."},
    ),
    "runway": (429, {"error": "Too many requests"}),
    "gemini": (429, {"error": {"code": 429, "message": "Rate limit: too many requests per minute.", "status": "X"}}),
    "videos": (429, {"detail": "Too many requests: the queue is full"}),
}


def at(shared: Shared, name: str, script: Script) -> tuple[Service, Fake, str]:
    service, fakes = shared
    fake = fakes[name]
    fake.script = script
    fake.orders.clear()
    return service, fake, ENGINE[name]


def engines(service: Service) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = service.http.get("/v1/models").json()["data"]
    return listed


@pytest.mark.parametrize("name", sorted(FILTERED))
def test_what_a_filter_refuses(shared: Shared, name: str, still: bytes) -> None:
    service, fake, engine = at(shared, name, Script(failure=FILTERED[name]))
    job = service.wait(order(service, still, engine))
    assert (job["status"], job["error"]["code"]) == ("failed", "prompt_refused"), job["error"]
    assert "Change the words or the still." in job["error"]["message"]
    assert len(fake.orders) == 1


@pytest.mark.parametrize("name", sorted(QUOTA))
def test_an_account_without_credit(shared: Shared, name: str, still: bytes) -> None:
    service, fake, engine = at(shared, name, Script(refusals=[QUOTA[name]] * 3))
    job = service.wait(order(service, still, engine))
    assert (job["error"]["code"], job["error"]["fix"]) == ("quota", "accounts"), job["error"]
    assert "Add credit" in job["error"]["message"]
    assert fake.orders == []
    assert len(fake.script.refusals) == 2  # not asked again


@pytest.mark.parametrize("name", sorted(BUSY))
def test_a_provider_that_is_busy_is_asked_again(shared: Shared, name: str, still: bytes) -> None:
    service, fake, engine = at(shared, name, Script(refusals=[BUSY[name]] * 2))
    assert service.wait(order(service, still, engine))["status"] == "completed"
    assert len(fake.orders) == 1


def test_a_server_that_made_nothing_says_why(shared: Shared, still: bytes) -> None:
    service, fake, engine = at(shared, "videos", Script(failure={"error": {"code": "oom", "message": "Out of memory"}}))
    job = service.wait(order(service, still, engine))
    assert job["error"]["code"] == "engine_failed"
    assert "Out of memory." in job["error"]["message"]
    assert len(fake.orders) == 1


def test_what_a_server_does_not_take_is_told_in_its_words(shared: Shared, still: bytes) -> None:
    refusal = (
        422,
        {"detail": [{"loc": ["body", "size"], "msg": "size must be a multiple of 32", "type": "value_error"}]},
    )
    service, fake, engine = at(shared, "videos", Script(refusals=[refusal] * 2))
    job = service.wait(order(service, still, engine))
    assert (job["error"]["code"], job["error"]["fix"]) == ("request_refused", "")
    assert "does not accept this request: size must be a multiple of 32" in job["error"]["message"]
    assert fake.orders == []
    assert len(fake.script.refusals) == 1


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_an_order_that_is_answered_with_500_is_looked_for_and_not_sent_again(
    shared: Shared, name: str, still: bytes
) -> None:
    """Whether it was taken nobody knows: here it was not."""
    service, fake, engine = at(shared, name, Script(refusals=[(500, {"error": {"message": "internal"}})] * 3))
    job = service.wait(order(service, still, engine))
    assert (job["status"], job["error"]["code"]) == ("failed", "uncertain"), job["error"]
    assert len(fake.script.refusals) == 2
    assert fake.orders == []


def test_live_prices_hold_for_what_they_are_of(shared: Shared) -> None:
    service, fake, _ = at(shared, "fal", Script())
    assert isinstance(fake, FakeFal)

    def asked(engine: str, **options: Any) -> dict[str, Any]:
        body = {"model": engine, "prompt": "x", "seconds": 5, "extra_params": {"options": options}}
        price: dict[str, Any] = service.http.post("/v1/estimate", json=body).json()["price"]
        return price

    fake.prices = {
        "alibaba/happy-horse/v1.1/image-to-video": 0.14,
        "fal-ai/kling-video/v3/pro/image-to-video": 0.112,
    }
    small, large = asked("fal-happyhorse-1.1"), asked("fal-happyhorse-1.1", quality="1080p")
    assert (small["amount"], small["exact"]) == (0.70, True)
    assert (large["amount"], large["exact"]) == (0.90, False)
    cheaper = asked("fal-kling-3-pro")  # all of it is half of what the page said
    assert (cheaper["amount"], cheaper["exact"]) == (pytest.approx(0.84), False)
    assert "proportion" in cheaper["source"]
    fake.currency, fake.prices["fal-ai/kling-video/v3/standard/image-to-video"] = "EUR", 0.084
    foreign = asked("fal-kling-3")
    fake.currency = "USD"
    assert (foreign["amount"], foreign["exact"]) == (pytest.approx(0.63), False)  # the table's: euros say nothing of it
    unknown = asked("fal-wan-2.7")
    assert (unknown["amount"], unknown["exact"], unknown["as_of"]) == (0.50, False, "2026-11-27")


def test_nothing_goes_out_while_online_access_is_off(tmp_path: Path, still: bytes) -> None:
    fakes: dict[str, Fake] = {name: kind() for name, (kind, _) in FAKES.items()}
    service = connected(tmp_path / "home", fakes)
    (service.home / "offline").touch()
    service.start()
    try:
        hosted = [one for one in engines(service) if one.get("account")]
        assert len(hosted) >= 18
        for one in hosted:
            assert (one["available"], one["fix"]) == (False, "online_access")
            assert "online access is off" in one["reason"]
        for engine in ENGINE.values():
            answer = service.submit(still, model=engine)
            assert answer.status_code == 409, answer.text
            service.http.post("/v1/estimate", json={"model": engine, "seconds": 4})
        assert [seen for fake in fakes.values() for seen in fake.seen] == []
        (service.home / "offline").unlink()
        until = time.monotonic() + 60
        while not any(one["id"] == ENGINE["fal"] and one["available"] for one in engines(service)):
            assert time.monotonic() < until
            time.sleep(0.2)
        job = service.wait(order(service, still, ENGINE["fal"]))
        assert job["status"] == "completed"
    finally:
        service.end()
        for fake in fakes.values():
            fake.close()


def test_a_picture_of_another_shape_gets_bars_and_loses_them_again(tmp_path: Path, still: bytes) -> None:
    """Gemini makes 16:9 and 9:16 only: of a still of 4:3 the middle comes back, not squeezed."""
    fake = FAKES["gemini"][0](size=(160, 90))
    service = connected(tmp_path / "home", {"gemini": fake}).start()
    try:
        job = service.wait(order(service, still, ENGINE["gemini"], size="120x90"))
        assert job["status"] == "completed", job
        assert (job["result"]["width"], job["result"]["height"]) == (120, 90)
        assert fake.orders[0].body["response_format"]["aspect_ratio"] == "16:9"
        path = tmp_path / "clip.mp4"
        path.write_bytes(service.http.get(f"/v1/videos/{job['id']}/content").content)
        import av

        with av.open(str(path)) as container:
            frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
        assert frame[:, :4].mean() < 80  # the fake's white column lay in the bar, and went with it
    finally:
        service.end()
        fake.close()


def test_another_take_one_is_a_server_of_clips(tmp_path: Path, still: bytes) -> None:
    """Its answer is lost or its process killed: it knows orders by their key, so that they are sent again at once."""
    studio = Service(tmp_path / "studio").start()
    service = Service(tmp_path / "home", "tests.backend.hosted.serving")
    service.home.mkdir()
    account = {"address": studio.url, "kept": "environment", "models": ["scripted"]}
    (service.home / "accounts.json").write_text(f'{{"videos": {json.dumps(account)}}}')
    service.variables["TAKE_ONE_VIDEOS_KEY"] = TOKEN
    service.start()
    try:
        job = service.wait(order(service, still, "videos-server"), seconds=60)
        assert job["status"] == "completed", job
        theirs = studio.http.get("/v1/videos").json()["data"]
        assert [(one["model"], one["status"]) for one in theirs] == [("scripted", "completed")]
    finally:
        service.end()
        studio.end()
