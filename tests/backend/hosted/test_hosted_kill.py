"""kill -9 of the backend between an order and its answer, while it is made, while its clip comes: it is paid once, and
never sent again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backend.hosted.conftest import connected
from tests.backend.hosted.fakes.every import ENGINE, FAKES, LISTED
from tests.backend.hosted.fakes.fake import Fake, Script
from tests.backend.hosted.test_hosted import order
from tests.backend.service_process import Service

AT_ONCE = ("fal", "model_studio", "runway", "gemini")  # as many as the lane takes


@pytest.fixture
def hit(tmp_path: Path) -> Iterator[tuple[Service, dict[str, Fake]]]:
    """A service of the test's own, with an account at each of four providers."""
    fakes = {name: FAKES[name][0]() for name in AT_ONCE}
    service = connected(tmp_path / "home", fakes).start()
    yield service, fakes
    service.end()
    for fake in fakes.values():
        fake.close()


def until_all(fakes: dict[str, Fake], true: Callable[[Fake], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not all(true(fake) for fake in fakes.values()):
        assert time.monotonic() < end, {name: fake.seen[-3:] for name, fake in fakes.items()}
        time.sleep(0.01)


def test_a_server_of_ones_own_at_all_three_moments(tmp_path: Path, still: bytes) -> None:
    """The clip of one comes, another is made, the answer to a third is on its way."""
    fake = FAKES["videos"][0]()
    service = connected(tmp_path / "home", {"videos": fake}).start()
    only = {"videos": fake}
    try:
        fake.script = Script(dribble=5.0)
        jobs = [order(service, still, ENGINE["videos"], seed="1", prompt="the first")]
        until_all(only, lambda _: fake.orders and fake.orders[0].fetched)
        jobs.append(order(service, still, ENGINE["videos"], seed="2", prompt="the second"))
        until_all(only, lambda _: len(fake.orders) == 2)
        fake.orders[1].ready = time.time() + 600
        until_all(only, lambda _: service.job(jobs[1])["status"] == "in_progress")
        fake.script.slow = 600.0
        jobs.append(order(service, still, ENGINE["videos"], seed="3", prompt="the third"))
        until_all(only, lambda _: len(fake.orders) == 3)
        service.kill()
        fake.script, fake.orders[1].ready = Script(), 0.0
        service.start()
        for job_id in jobs:
            assert service.wait(job_id, seconds=120)["status"] == "completed"
        assert [made.body["seed"] for made in fake.orders] == ["1", "2", "3"]
        assert fake.orders[0].fetched == 2
    finally:
        service.end()
        fake.close()


def test_between_the_order_and_its_answer(hit: tuple[Service, dict[str, Fake]], still: bytes) -> None:
    service, fakes = hit
    for fake in fakes.values():
        fake.script = Script(slow=600.0)
    jobs = {name: order(service, still, ENGINE[name]) for name in fakes}
    until_all(fakes, lambda fake: fake.orders)
    service.kill()
    for fake in fakes.values():
        fake.script = Script()
    service.start()
    for name, job_id in jobs.items():
        job = service.wait(job_id, seconds=120)
        assert len(fakes[name].orders) == 1, name
        if name in LISTED:
            assert job["status"] == "completed", job
        else:
            assert job["error"]["code"] == "uncertain", job


def test_while_it_is_made(hit: tuple[Service, dict[str, Fake]], still: bytes) -> None:
    service, fakes = hit
    for fake in fakes.values():
        fake.script = Script(seconds=3.0)
    jobs = {name: order(service, still, ENGINE[name]) for name in fakes}
    until_all(fakes, lambda fake: fake.orders and any(seen.method == "GET" for seen in fake.seen))
    service.kill()
    service.start()
    for name, job_id in jobs.items():
        assert service.wait(job_id, seconds=120)["status"] == "completed", name
        assert len(fakes[name].orders) == 1, name


def test_while_its_clip_comes(hit: tuple[Service, dict[str, Fake]], still: bytes) -> None:
    service, fakes = hit
    for fake in fakes.values():
        fake.script = Script(dribble=5.0)
    jobs = {name: order(service, still, ENGINE[name]) for name in fakes}
    until_all(fakes, lambda fake: fake.orders and fake.orders[0].fetched)
    service.kill()
    for fake in fakes.values():
        fake.script = Script()
    service.start()
    for name, job_id in jobs.items():
        assert service.wait(job_id, seconds=120)["status"] == "completed", name
        assert len(fakes[name].orders) == 1, name
        assert fakes[name].orders[0].fetched == 2, name
