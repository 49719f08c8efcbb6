"""A clip and its sidecar, fetched: what counts as the take, how open its files are, what is said of another's take."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from client.api.errors import ApiError, Stopped
from client.api.transfer import CHUNK, Body, Going
from client.jobs.record import Record
from client.jobs.transfer import fetch
from client.protocol import Job, JobState, Result, TakeRequest
from client.target import RemoteTarget, is_exposed, is_loopback
from tests.client.movie import movie

MakeRequest = Callable[..., TakeRequest]


class Server:
    """One that has a clip of so many frames, and a sidecar or none."""

    url = "http://there"

    def __init__(self, frames: int, sidecar: bytes | ApiError) -> None:
        self.clip, self._sidecar = movie(frames), sidecar

    def sidecar(self, job_id: str) -> bytes:
        if isinstance(self._sidecar, ApiError):
            raise self._sidecar
        return self._sidecar

    def download(self, job_id: str, file: BinaryIO, going: Going) -> None:
        file.write(self.clip)


NONE = ApiError("http_404", "None.", "", 404)


@pytest.fixture
def record(make_request: MakeRequest, tmp_path: Path) -> Record:
    take = tmp_path / "film" / "takes" / "t.mp4"
    (tmp_path / "film").mkdir()
    return Record("k1", "http://there", "me", make_request(), take, "sent", "v1", created_at=1_790_000_000.75)


def done(frames: int | None = None, **facts: object) -> Job:
    result = None if frames is None else Result(frames)
    return replace(Job("v1", JobState.COMPLETED, result=result), **facts)  # type: ignore[arg-type]


def get(record: Record, server: Server, job: Job, going: Going | None = None) -> Job:
    return fetch(record, job)(server, going or Going())  # type: ignore[arg-type]


def test_a_take_is_there_with_its_sidecar_and_bound_as_we_know_it(record: Record) -> None:
    server = Server(48, b'{"engine": "draft"}')
    found = get(record, server, done(48, seed=11))
    assert found == replace(done(48, seed=11), binding=record.request.binding)
    assert record.take_path.read_bytes() == server.clip
    assert record.sidecar_path.read_bytes() == b'{"engine": "draft"}'
    assert sorted(path.name for path in record.take_path.parent.iterdir()) == ["t.json", "t.mp4"]


@pytest.mark.parametrize(("frames", "promised"), [(47, 48), (49, 48), (0, None), (0, 0), (1, 48)])
def test_another_number_of_frames_than_was_promised_is_no_take(
    record: Record, frames: int, promised: int | None
) -> None:
    with pytest.raises(ApiError) as refused:
        get(record, Server(frames, b"{}"), done(promised))
    assert (refused.value.code, refused.value.fix) == ("bad_clip", "retry")
    assert f"it has {frames} frames, not {promised or 48}." in refused.value.message
    assert list(record.take_path.parent.iterdir()) == []


@pytest.mark.parametrize("promised", [None, 0])
def test_a_server_that_promises_nothing_is_taken_at_its_clip(record: Record, promised: int | None) -> None:
    get(record, Server(31, b"{}"), done(promised))
    assert record.take_path.exists()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [({}, ("draft", 7)), ({"seed": 0, "model": "wan-2.2"}, ("wan-2.2", 0)), ({"seed": 99}, ("draft", 99))],
)
def test_we_say_ourselves_what_another_server_made(record: Record, said: dict, wanted: tuple[str, int]) -> None:
    get(record, Server(48, NONE), done(**said))
    found = json.loads(record.sidecar_path.read_text())
    assert (found["model"], found["seed"]) == wanted
    assert {name: found[name] for name in ("engine", "seconds", "width", "height", "fps", "server", "created_at")} == {
        "engine": "draft",
        "seconds": 2.0,
        "width": 320,
        "height": 180,
        "fps": "24000/1001",
        "server": "http://there",
        "created_at": 1_790_000_000,
    }
    assert (found["prompt"], found["sound"], found["dialogue"][0]["line"]) == ("slowly push in", "rain", "We are late.")
    assert found["binding"]["take_uid"] == "k1"


def test_a_server_out_of_reach_is_no_server_without_sidecars(record: Record) -> None:
    with pytest.raises(ApiError, match="Nobody"):
        get(record, Server(48, ApiError("unreachable", "Nobody.", "retry")), done(48))
    assert not record.sidecar_path.exists()


@pytest.mark.parametrize(("folder", "file"), [(0o700, 0o600), (0o755, 0o644), (0o775, 0o664)])
def test_files_of_a_project_are_as_open_as_the_project(record: Record, folder: int, file: int) -> None:
    before = os.umask(0)
    try:
        record.take_path.parents[1].chmod(folder)
        get(record, Server(48, b"{}"), done(48))
    finally:
        os.umask(before)
    modes = [path.stat().st_mode & 0o777 for path in (record.take_path.parent, record.take_path, record.sidecar_path)]
    assert modes == [folder, file, file]


def test_what_is_given_up_in_the_end_leaves_no_sidecar(record: Record) -> None:
    going = Going()
    assert going.stop()
    with pytest.raises(Stopped):
        get(record, Server(48, b"{}"), done(48), going)
    assert list(record.take_path.parent.iterdir()) == []


def test_an_upload_can_be_given_up_until_its_last_piece_is_read() -> None:
    data, going = bytes(range(256)) * 1024, Going()
    body = Body(data, going)
    assert len(body) == len(data)
    pieces = [body.read(CHUNK) for _ in range(3)]
    assert not going._complete
    pieces.append(body.read(CHUNK))
    assert going._complete, "with its last piece, not with the end that follows"
    assert b"".join(pieces) == data and body.read(CHUNK) == b""
    assert not going.stop(), "the server has it all"
    stopped = Going()
    body = Body(data, stopped)
    body.read(10)
    assert stopped.stop()
    with pytest.raises(Stopped):
        body.read(10)
    assert b"".join(Body(data, Going())) == data == Body(data, Going()).read()


@pytest.mark.parametrize(
    ("url", "here", "exposed"),
    [("http://127.0.0.1:8", True, False), ("http://127.8.8.8", True, False), ("http://localhost:1", True, False),
     ("http://[::1]:9", True, False), ("http://192.168.1.2:8000", False, True), ("https://192.168.1.2", False, False),
     ("http://render.local", False, True), ("http://", False, False), ("ftp://render", False, False)],
)  # fmt: skip
def test_who_can_read_what_goes_to_an_address(url: str, here: bool, exposed: bool) -> None:
    assert (is_loopback(url), is_exposed(url), RemoteTarget(url).loopback) == (here, exposed, here)
    assert RemoteTarget(url + "/").name == url.rstrip("/")
    assert "secret" not in repr(RemoteTarget(url, "secret"))


def test_an_address_that_is_none_exposes_nothing() -> None:
    assert not is_exposed("http://[")
