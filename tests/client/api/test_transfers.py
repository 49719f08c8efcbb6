"""Uploads and downloads on their way: cancelled, answered late or never, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from client.api.calls import Api
from client.api.errors import Stopped
from client.api.transfer import Going
from client.events import RECONNECTING, BackendState, Engines, JobFailed, JobProgress, TakeReady
from client.jobs.record import Record
from client.jobs.transfer import fetch
from client.protocol import TakeRequest, View
from client.session import Session
from tests.client.conftest import ready, wait_for, wait_until
from tests.client.fake_server import CLIP, OPENAI, FakeServer, Hook

Make = Callable[..., Session]
MakeRequest = Callable[..., TakeRequest]


def stalled(release: threading.Event, head: bytes = b"") -> Hook:
    """Neither reads what is sent nor answers more than `head`."""

    def hook(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        release.wait(120)

    return hook


def test_cancel_stops_an_upload(make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path):
    release = threading.Event()
    server.script.hooks["POST videos"] = stalled(release)
    session = make_session()
    ready(session, server)
    (tmp_path / "large.png").write_bytes(bytes(40 << 20))
    session.submit("k1", make_request(views=(View(tmp_path / "large.png"),)), tmp_path / "t.mp4")
    wait_until(lambda: "POST /v1/videos" in server.calls)
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    assert not release.is_set()  # the server still stands in the way
    session.landed("k1")
    wait_until(lambda: session.unfinished() == [])
    release.set()
    assert server.jobs == {}


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + CLIP[:70_000]],
    ids=["before it begins", "in the middle"],
)
def test_cancel_stops_a_download(
    head: bytes, make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    release = threading.Event()
    server.script.dialect = OPENAI  # no sidecar of its own
    server.script.hooks["GET content"] = stalled(release, head)
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "takes" / "t.mp4")
    wait_until(lambda: any("content" in call for call in server.calls))
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    assert not release.is_set()
    release.set()
    wait_until(lambda: not (tmp_path / "takes").exists() or list((tmp_path / "takes").iterdir()) == [])


def test_other_jobs_go_on_while_one_is_sent(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    session = make_session()
    ready(session, server)
    session.submit("a", make_request("a"), tmp_path / "a.mp4")
    wait_for(session, JobProgress)
    release = threading.Event()
    server.script.hooks["POST videos"] = stalled(release)
    session.submit("b", make_request("b"), tmp_path / "b.mp4")
    assert wait_for(session, TakeReady).key == "a"
    session.cancel("b")
    release.set()


def test_a_job_that_was_handed_over_is_cancelled_there_though_its_answer_is_late(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    came, release = threading.Event(), threading.Event()

    def late(handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        came.set()
        release.wait(120)
        handler._json(server.submit(handler.headers["Idempotency-Key"], handler._multipart(body)))

    server.script.hooks["POST videos"] = late
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert came.wait(60)
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    release.set()
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    assert [job["status"] for job in server.jobs.values()] == ["cancelled"]


def test_a_job_whose_answer_was_lost_is_cancelled_there_all_the_same(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True

    def silent(handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        server.script.hooks = {"GET health": lambda handler: None}  # and nothing answers for a while
        server.submit(handler.headers["Idempotency-Key"], handler._multipart(body))

    server.script.hooks["POST videos"] = silent
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    server.script.hooks.clear()
    assert wait_for(session, JobFailed).problem.code == "cancelled"
    assert [job["status"] for job in server.jobs.values()] == ["cancelled"]


def test_jobs_are_sent_in_their_order(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    came, release = threading.Event(), threading.Event()

    def slow(handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        if handler.headers["Idempotency-Key"] == "a":
            came.set()
            release.wait(120)
        handler._json(server.submit(handler.headers["Idempotency-Key"], handler._multipart(body)))

    server.script.hooks["POST videos"] = slow
    session = make_session()
    ready(session, server)
    for key in ("a", "b", "c"):
        session.submit(key, make_request(key), tmp_path / f"{key}.mp4")
    assert came.wait(60)
    for _ in range(3):  # rounds of the session, each of which would send what may be sent
        session.refresh_engines()
        wait_for(session, Engines)
    assert server.calls.count("POST /v1/videos") == 1
    release.set()
    for _ in range(3):
        wait_for(session, JobProgress)
    wait_until(lambda: len(server.jobs) == 3)
    assert [job["binding"]["take_uid"] for job in server.jobs.values()] == ["a", "b", "c"]


def test_cancel_in_the_last_moment_of_a_download_leaves_nothing(
    make_request: MakeRequest, server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    api, going = Api(server.url), Going()
    job = api.submit("k1", make_request())
    record = Record("k1", server.url, "me", make_request(), tmp_path / "takes" / "t.mp4", "sent", job.id)
    monkeypatch.setattr("client.jobs.clip.count_frames", lambda file: going.stop() and 48)
    with pytest.raises(Stopped):
        fetch(record, job)(api, going)
    assert list(record.take_path.parent.iterdir()) == []
    monkeypatch.undo()
    going = Going()
    fetch(record, job)(api, going)
    assert record.take_path.read_bytes() == CLIP
    assert not going.stop(), "it is there"
