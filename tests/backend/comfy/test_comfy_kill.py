"""kill -9 of the backend while one prompt waits for its answer, one is made, and the clip of a third comes: each is
queued once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.comfy.conftest import with_comfy
from tests.backend.comfy.fake import FakeComfy
from tests.backend.comfy.test_comfy import order, until
from tests.backend.hosted.fakes.fake import Script
from tests.backend.service_process import Service


@pytest.fixture
def hit(tmp_path: Path) -> Iterator[tuple[Service, FakeComfy]]:
    fake = FakeComfy()
    service = with_comfy(tmp_path / "home", fake).start()
    yield service, fake
    service.end()
    fake.close()


def test_each_is_queued_once_whatever_it_was_at(hit: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = hit
    fake.script = Script(dribble=0.5)
    fetched = order(service, still, seed="1")
    until(lambda: fake.orders and fake.orders[0].fetched, 60)
    fake.script.seconds = 600.0
    made = order(service, still, seed="2")
    until(lambda: "Made by" in str(service.job(made)), 60)
    fake.script.slow = 20.0
    sent = order(service, still, seed="3")
    until(lambda: len(fake.orders) == 3, 60)
    service.kill()
    assert [fake.stage(one) for one in fake.orders] == ["done", "working", "working"]
    fake.script = Script()
    service.start()
    until(lambda: "Made by" in str(service.job(sent)) and "Made by" in str(service.job(made)), 60)
    fake.scripts.clear()  # now they are done
    for job_id in (fetched, made, sent):
        assert service.wait(job_id, seconds=60)["status"] == "completed"
    seeds = [one.body["prompt"]["4"]["inputs"]["seed"] for one in fake.orders]
    assert seeds == [1, 2, 3]
    assert len([seen for seen in fake.seen if seen.path == "/prompt"]) == 3
