"""The official OpenAI client against our server: its whole surface for videos, as anybody's program would use it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import openai
import pytest

from tests.backend.service_process import TOKEN, Service

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API")


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=TOKEN, max_retries=0, timeout=30) as opened:
        yield opened


def test_create_and_poll_then_download(client: openai.OpenAI, still: bytes) -> None:
    video = client.videos.create_and_poll(
        prompt="A quiet room",
        model="scripted",
        seconds="1",  # type: ignore[arg-type]
        size="128x96",  # type: ignore[arg-type]
        input_reference=("still.png", still, "image/png"),
        poll_interval_ms=100,
    )
    assert (video.status, video.progress, video.object) == ("completed", 100, "video")
    assert (video.model, video.seconds, video.size, video.prompt) == ("scripted", "1", "128x96", "A quiet room")
    assert video.completed_at is not None and video.completed_at >= video.created_at
    assert video.expires_at is not None and video.expires_at > video.completed_at
    assert video.error is None
    clip = client.videos.download_content(video.id).read()
    assert clip[4:8] == b"ftyp"
    thumbnail = client.videos.download_content(video.id, variant="thumbnail").read()
    assert thumbnail[:3] == b"\xff\xd8\xff"
    with pytest.raises(openai.BadRequestError):
        client.videos.download_content(video.id, variant="spritesheet")


def test_a_still_as_an_object_with_a_data_url(client: openai.OpenAI, still: bytes) -> None:
    url = "data:image/png;base64," + base64.b64encode(still).decode()
    video = client.videos.create(
        prompt="A",
        model="scripted",
        seconds="1",
        extra_body={"input_reference": {"image_url": url}},  # this release of the client takes only a file itself
    )
    assert client.videos.poll(video.id, poll_interval_ms=100).status == "completed"


def test_pages_of_the_list(client: openai.OpenAI, still: bytes) -> None:
    made = [
        client.videos.create(
            prompt=f"Number {number}", model="scripted", input_reference=("s.png", still, "image/png")
        ).id
        for number in range(5)
    ]
    page = client.videos.list(limit=2)
    assert [video.id for video in page.data] == made[:2:-1]
    assert page.has_next_page()
    everything = [video.id for video in client.videos.list(limit=2)]
    assert everything[:5] == made[::-1]
    assert len(everything) == len(set(everything))
    oldest_first = [video.id for video in client.videos.list(limit=3, order="asc")]
    assert oldest_first == everything[::-1]
    after = client.videos.list(limit=1, after=made[4])
    assert [video.id for video in after.data] == [made[3]]


def test_delete(client: openai.OpenAI, still: bytes) -> None:
    video = client.videos.create(prompt="A", model="scripted", input_reference=("s.png", still, "image/png"))
    gone = client.videos.delete(video.id)
    assert (gone.id, gone.deleted, gone.object) == (video.id, True, "video.deleted")
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(video.id)


def test_errors(client: openai.OpenAI, service: Service, still: bytes) -> None:
    with pytest.raises(openai.BadRequestError, match="no engine called 'sora-2'") as wrong:
        client.videos.create(prompt="A", model="sora-2")
    assert (wrong.value.code, wrong.value.param) == ("unknown_model", "model")
    with pytest.raises(openai.BadRequestError, match="needs a still"):
        client.videos.create(prompt="A", model="scripted")
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{service.url}/v1", api_key="wrong", max_retries=0).videos.list()
    extra = {"extra_params": '{"options": {"end": "engine_error", "at": 0}}'}
    failed = client.videos.create(
        prompt="A", model="scripted", input_reference=("s.png", still, "image/png"), extra_body=extra
    )
    ended = client.videos.poll(failed.id, poll_interval_ms=100)
    assert ended.status == "failed"
    assert ended.error is not None
    assert (ended.error.code, ended.error.message) == ("no_camera", "There is no camera to move.")
    with pytest.raises(openai.NotFoundError):
        client.videos.download_content(failed.id)
