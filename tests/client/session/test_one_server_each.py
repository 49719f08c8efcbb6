"""A job belongs to one server, and neither it nor a token goes to another, however the user switches."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from client.api.calls import Api
from client.commands import secrets
from client.events import READY, RECONNECTING, BackendState, Event, JobFailed, JobProgress, TakeReady
from client.jobs.record import Record
from client.jobs.watch import Watcher
from client.protocol import TakeRequest
from client.session import Session
from client.target import RemoteTarget
from tests.client.conftest import ready, wait_for, wait_until
from tests.client.fake_server import FakeServer, Script

Make = Callable[..., Session]
MakeRequest = Callable[..., TakeRequest]


@pytest.fixture
def other() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_job_for_b_never_goes_to_a_while_the_user_switches(
    make_session: Make,
    make_request: MakeRequest,
    server: FakeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("client.connection.CHECK_SECONDS", 0.0)
    port = free_port()
    session = make_session()
    session.connect(RemoteTarget(f"http://127.0.0.1:{port}"))  # B, where nobody listens yet
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    ready(session, server)  # A
    asked, release = threading.Event(), threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        release.wait(120)
        body = json.dumps(server.script.health).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    server.script.hooks["GET health"] = slow  # the session's thread is in the middle of its round with A
    assert asked.wait(60)
    session.connect(RemoteTarget(f"http://127.0.0.1:{port}"))
    second = FakeServer(port=port)
    try:
        release.set()
        assert wait_for(session, TakeReady).key == "k1"
        assert len(second.jobs) == 1
        assert not [call for call in server.calls if call.startswith("POST")]
        session.close()
    finally:
        second.close()


def test_what_is_asked_of_a_job_goes_to_its_own_server(
    make_session: Make, make_request: MakeRequest, server: FakeServer, other: FakeServer, tmp_path: Path
):
    server.script.hold = other.script.hold = True
    session = make_session()
    ready(session, server)
    for key in ("a1", "a2", "a3"):
        session.submit(key, make_request(key), tmp_path / f"{key}.mp4")
        wait_for(session, JobProgress, test=lambda event, key=key: event.key == key)
    ready(session, other)
    session.submit("b1", make_request("b1"), tmp_path / "b1.mp4")
    wait_for(session, JobProgress, test=lambda event: event.key == "b1")
    session.move("a3", "a1")
    session.move("a3", None)
    session.move("b1", "a1")
    session.cancel("a2")
    assert wait_for(session, JobFailed).key == "a2", "the user need not wait for a server that is not connected"
    session.cancel_all()
    assert wait_for(session, JobFailed).key == "b1"
    (theirs,) = other.jobs
    assert [call for call in other.calls if call.startswith("POST")] == [
        "POST /v1/videos",
        f"POST /v1/videos/{theirs}/cancel",
    ]
    assert [job["status"] for job in server.jobs.values()] == ["queued"] * 3
    ready(session, server)
    assert wait_for(session, JobFailed).key == "a2"
    assert [job["status"] for job in server.jobs.values()] == ["queued", "cancelled", "queued"]


def test_landing_forgets_nothing_at_another_server(
    make_session: Make, make_request: MakeRequest, server: FakeServer, other: FakeServer, tmp_path: Path
):
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, TakeReady)
    ready(session, other)
    session.landed("k1")
    wait_until(lambda: session.unfinished() == [])
    assert not [call for call in [*server.calls, *other.calls] if call.startswith("DELETE")]


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_is_read_once_a_target_and_again_when_the_user_acts(
    make_session: Make, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []

    def load(home: Path, url: str) -> str:
        read.append(url)
        return "hush"

    monkeypatch.setattr(secrets, "load", load)
    monkeypatch.setattr("client.connection.PAUSES", (0.02,))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    session = make_session()
    session.connect(RemoteTarget(url))
    for _ in range(4):
        wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    assert read == [url]
    server = FakeServer(Script(token="hush"), port)
    try:
        wait_for(session, BackendState, test=lambda event: event.state == READY)
        assert read == [url]
        session.connect(RemoteTarget(url))
        wait_for(session, BackendState, test=lambda event: event.state == READY)
        assert read == [url, url]
        session.close()
    finally:
        server.close()


def test_a_changed_token_is_used_without_reading_it(
    make_session: Make, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []
    kept: list[tuple[str, str]] = []
    monkeypatch.setattr(secrets, "load", lambda home, url: read.append(url) or "old")
    monkeypatch.setattr(secrets, "save", lambda home, url, token: kept.append((url, token)))
    monkeypatch.setattr("client.connection.PAUSES", (0.05,))
    server.script.hooks["GET health"] = lambda handler: None  # closes without an answer
    session = make_session()
    session.connect(RemoteTarget(server.url))
    wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    session.remember(server.url + "/", "new")
    wait_until(lambda: "Bearer new" in server.tokens)
    server.script.hooks.clear()
    wait_for(session, BackendState, test=lambda event: event.state == READY)
    assert (read, kept) == ([server.url], [(server.url, "new")])


# --- the watcher -----------------------------------------------------------------------------------------------------


@pytest.fixture
def record(make_request: MakeRequest, tmp_path: Path) -> Record:
    return Record("k1", "local", "me", make_request(), tmp_path / "t.mp4", "sent", "video_0")


def test_the_watcher_follows_a_backend_to_its_new_port(record: Record, server: FakeServer, other: FakeServer):
    events: list[Event] = []
    job = {"status": "in_progress"}
    server.jobs["video_0"] = other.jobs["video_0"] = job
    watcher = Watcher(events.append, lambda: None)
    first, second = (Api(fake.url, "hush", "local") for fake in (server, other))
    try:
        watcher.follow(first, record)
        wait_until(lambda: any(isinstance(event, JobProgress) and event.preview for event in events))
        assert (other.calls, set(server.calls)) == ([], {"GET /v1/videos/video_0/events"})
        (old,) = (one for one in threading.enumerate() if one.name == "take-one-watch")
        watcher.follow(second, record)
        wait_until(lambda: len(other.calls) > 0)
        events.clear()
        wait_until(lambda: any(isinstance(event, JobProgress) and event.preview for event in events))
        old.join(60)
        assert not old.is_alive()
        before = len(server.calls)
        wait_until(lambda: len(other.calls) > 6)
        assert len(server.calls) == before, "nothing goes to whoever listens at the old port"
    finally:
        watcher.close()


def test_the_watcher_asks_again_with_growing_pauses(
    record: Record, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("client.jobs.watch.PAUSES", (0.01, 0.05, 600.0))
    server.jobs["video_0"] = {"status": "in_progress"}
    server.script.hooks["GET events"] = lambda handler: None  # closes without an answer
    watcher = Watcher(lambda event: None, lambda: None)
    try:
        api = Api(server.url)
        watcher.follow(api, record)
        wait_until(lambda: len(server.calls) == 3)
        threads = [one for one in threading.enumerate() if one.name == "take-one-watch"]
        watcher.follow(api, record)  # already
        assert [one for one in threading.enumerate() if one.name == "take-one-watch"] == threads
        assert len(threads) == 1 and len(server.calls) == 3
        watcher.follow(api, replace(record, id="video_1"))
        wait_until(lambda: "GET /v1/videos/video_1/events" in server.calls)
    finally:
        watcher.close()


def test_a_server_that_is_gone_is_not_listened_to(
    make_session: Make, make_request: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """While the session itself waits to connect again, nothing else knocks there with the token."""
    first = FakeServer(Script(hold=True, token="hush"))
    session = make_session()
    ready(session, first, "hush")
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    (job,) = first.jobs.values()
    job["status"] = "in_progress"
    wait_for(session, JobProgress, test=lambda event: event.preview is not None)
    monkeypatch.setattr("client.connection.PAUSES", (1.5,))
    first.close()
    wait_for(session, BackendState, test=lambda event: event.state == RECONNECTING)
    wait_until(lambda: "take-one-watch" not in {one.name for one in threading.enumerate()})  # its last try is over
    stranger = FakeServer(port=first.port)
    try:
        wait_until(lambda: bool(stranger.calls))
        assert stranger.calls[0] == "GET /health"  # the session itself, after its pause
        session.close()
    finally:
        stranger.close()
