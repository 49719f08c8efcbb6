"""Answers that come a byte at a time: a socket's own limit begins anew with each."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from client.api.calls import Api
from client.api.errors import ApiError
from tests.client.fake_server import FakeServer, Hook

CALLS: dict[str, Callable[[Api], Any]] = {
    "GET health": lambda api: api.health(),
    "GET video_1": lambda api: api.job("video_1"),
    "GET events": lambda api: list(api.events("video_1")),
}


def trickling(before: bytes, piece: bytes) -> Hook:
    """An answer of these bytes, the last of them again and again."""

    def hook(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.wfile.write(before)
        while True:
            handler.wfile.write(piece)
            time.sleep(0.02)

    return hook


STATUS, HEAD, ANNOUNCED, AFTER = (
    (b"HTTP/1.1 200 OK", b" "),
    (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X: y\r\n"),
)


@pytest.mark.parametrize(
    ("name", "before", "piece"),
    [
        *(("GET health", *answer) for answer in (STATUS, ANNOUNCED, AFTER)),
        *(("GET video_1", *answer) for answer in (HEAD, AFTER)),
        *(("GET events", *answer) for answer in (STATUS, HEAD, ANNOUNCED)),  # whose end is not waited for
    ],
)
def test_a_head_that_trickles_is_given_up(
    name: str,
    before: bytes,
    piece: bytes,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("client.api.calls.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(Api._content, "__defaults__", (0.2,))
    monkeypatch.setattr(Api.health, "__defaults__", (0.2,))
    server.script.hooks[name] = trickling(before, piece)
    with pytest.raises(ApiError) as caught:  # the server itself would never end
        CALLS[name](Api(server.url))
    assert caught.value.code == "unreachable"
    assert "longer than" in caught.value.message or "too long" in caught.value.message


def test_a_connection_is_used_again_after_an_answer_in_time(server: FakeServer, monkeypatch: pytest.MonkeyPatch):
    """The limit of one call is not that of the next."""
    monkeypatch.setattr("client.api.calls.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(Api._content, "__defaults__", (0.2,))
    api = Api(server.url)
    assert api.health(60.0).status == "ok"
    server.script.hooks["GET models"] = trickling(b"HTTP/1.1 200 OK\r\nX: ", b"x")
    with pytest.raises(ApiError, match="longer than"):
        api.engines()
    assert api.health(60.0).status == "ok"
    monkeypatch.setattr(api._deadline, "_head", 0.0)  # of a call without a limit of its own
    with api._deadline.within(60.0):
        assert api._send("GET", "/health").json()["status"] == "ok"


def test_events_go_on_for_longer_than_their_head_may_take(server: FakeServer):
    def hook(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for i in range(12):
            handler.wfile.write(b'event: progress\ndata: {"progress": %d}\n\n' % i)
            handler.wfile.flush()

    server.script.hooks["GET events"] = hook
    api = Api(server.url)
    seen = []
    for _, data in api.events("video_1"):
        seen.append(data["progress"])
        timer = api._deadline._timer
        assert timer is not None and timer.finished.is_set() and not api._deadline._late  # it ends nothing any more
    assert seen == list(range(12))


def test_what_comes_after_a_late_answer_is_not_taken_for_one(server: FakeServer, monkeypatch: pytest.MonkeyPatch):
    """Where no connection comes about, no limit begins either."""
    api = Api(server.url)
    monkeypatch.setattr(api._deadline, "_late", True)  # of the call before
    with pytest.raises(ConnectionError, match="refused"), api._deadline.within(5.0):
        raise ConnectionError("refused")
