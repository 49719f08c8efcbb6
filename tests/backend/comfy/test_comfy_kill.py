"""kill -9 of the backend between a prompt and its answer, while it is made, while its clip comes: it is queued once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backend.comfy.conftest import with_comfy
from tests.backend.comfy.fake import FakeComfy
from tests.backend.comfy.test_comfy import order, until
from tests.backend.hosted.fakes.fake import Script
from tests.backend.service_process import Service


@pytest.fixture(scope="module")
def hit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, FakeComfy]]:
    """A service that is killed again and again."""
    fake = FakeComfy()
    service = with_comfy(tmp_path_factory.mktemp("hit") / "home", fake).start()
    yield service, fake
    service.end()
    fake.close()


def prompts(fake: FakeComfy) -> int:
    return len([seen for seen in fake.seen if seen.path == "/prompt"])


def test_between_a_prompt_and_its_answer(hit: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = hit
    fake.script = Script(slow=8.0)
    job_id = order(service, still)
    until(lambda: fake.orders)
    service.kill()
    fake.script = Script()
    service.start()
    assert service.wait(job_id, seconds=60)["status"] == "completed"
    assert (len(fake.orders), prompts(fake)) == (1, 1)


def test_while_it_is_made(hit: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = hit
    fake.orders.clear()
    fake.seen.clear()
    fake.script = Script(seconds=3.0)
    job_id = order(service, still)
    until(lambda: fake.orders and any(seen.path.startswith("/history/") for seen in fake.seen))
    service.kill()
    service.start()
    assert service.wait(job_id, seconds=60)["status"] == "completed"
    assert (len(fake.orders), prompts(fake)) == (1, 1)


def test_while_its_clip_comes(hit: tuple[Service, FakeComfy], still: bytes) -> None:
    service, fake = hit
    fake.orders.clear()
    fake.seen.clear()
    fake.script = Script(dribble=0.5)
    job_id = order(service, still)
    until(lambda: fake.orders and fake.orders[0].fetched)
    service.kill()
    fake.script = Script()
    service.start()
    assert service.wait(job_id, seconds=60)["status"] == "completed"
    assert (len(fake.orders), prompts(fake), fake.orders[0].fetched) == (1, 1, 2)
