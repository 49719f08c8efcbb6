"""Where requests go and how much of an answer is taken, whatever the other side says: plain servers, no backend."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from backend.engines.engine import EngineError
from backend.engines.hosted.wire import http
from backend.engines.hosted.wire.http import Unanswered, Wire
from tests.backend.hosted.fakes.fake import KEY

REDIRECTS = (301, 302, 303, 307, 308)


class Elsewhere:
    """A server that nobody was told of: it notes what comes. `sends_to` is where it has others go."""

    def __init__(self, status: int = 200, sends_to: str = "") -> None:
        seen: list[tuple[str, str | None]] = []
        self.seen = seen

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append((self.command, self.headers.get("Authorization")))
                self.send_response(status)
                if sends_to:
                    self.send_header("Location", sends_to + self.path)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST = _any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    server = Elsewhere()
    yield server
    server.close()


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_server_of_ones_own_sends_nobody_elsewhere(elsewhere: Elsewhere, tmp_path: Path, status: int) -> None:
    near = Elsewhere(status, elsewhere.url)
    wire = Wire("ComfyUI", near.url, {"Authorization": f"Bearer {KEY}"}, pace=0.01, plain=True)
    try:
        assert wire.ask("queue").status == status
        assert wire.send("POST", "prompt", {"prompt": {}}).status == status
        refused = wire.fetch(f"{near.url}/view", tmp_path / "clip.mp4", lambda _: None)
        assert refused is not None
        assert refused.status == status
    finally:
        wire.close()
        near.close()
    assert elsewhere.seen == []
    assert not (tmp_path / "clip.mp4").exists()
    assert [method for method, _ in near.seen] == ["GET", "POST", "GET"]


def scripted(answers: Callable[[httpx.Request], httpx.Response]) -> tuple[Wire, list[httpx.Request]]:
    """The way to a provider, whose answers these are, and what was asked."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers(request)

    wire = Wire("fal", "https://queue.fal.run", {"Authorization": f"Key {KEY}"}, secret=KEY, pace=0.001)
    wire._client = httpx.Client(transport=httpx.MockTransport(answer))
    return wire, seen


@pytest.mark.parametrize(
    ("onward", "said"),
    [
        ("http://queue.fal.run/clip.mp4", "from HTTPS to plain HTTP"),
        ("http://cdn.example.com/clip.mp4", "from HTTPS to plain HTTP"),
        ("https://127.0.0.1/clip.mp4", "this machine itself"),
        ("https://localhost:8188/view", "this machine itself"),
        ("https://[::1]/view", "this machine itself"),
        ("https://127.0.0.2/view", "this machine itself"),
        ("https://[::ffff:127.0.0.1]/view", "this machine itself"),
        ("https://0.0.0.0/view", "this machine itself"),
        ("https://[::]/view", "this machine itself"),
        ("https://2130706433/view", "this machine itself"),
        ("https://0x7f.1/view", "this machine itself"),
        ("https://127.1/view", "this machine itself"),
        ("https://localhost./view", "this machine itself"),
        ("https://a.LocalHost/view", "this machine itself"),
        ("https://169.254.169.254/latest/meta-data", "inside a network"),
        ("https://10.0.0.1/view", "inside a network"),
        ("https://[fd00::1]/view", "inside a network"),
        ("https://[::ffff:192.168.0.9]/view", "inside a network"),
    ],
)
def test_a_provider_sends_nobody_to_plain_http_nor_to_this_machine(tmp_path: Path, onward: str, said: str) -> None:
    wire, seen = scripted(lambda _: httpx.Response(302, headers={"Location": onward}))
    with pytest.raises(EngineError, match=said):
        wire.fetch("https://queue.fal.run/clip.mp4", tmp_path / "clip.mp4", lambda _: None)
    assert [str(request.url) for request in seen] == ["https://queue.fal.run/clip.mp4"]


@pytest.mark.parametrize(
    "named",
    [
        "http://127.0.0.1:8188/queue",
        "https://127.0.0.1/queue",
        "http://10.0.0.7/queue",
        "https://0177.0.0.1/queue",
        "https://10.0.0.7/queue",
    ],
)
def test_an_address_in_an_answer_is_none_of_this_machine(tmp_path: Path, named: str) -> None:
    """Where it is looked at, cancelled and fetched is the provider's word."""
    wire, seen = scripted(lambda _: httpx.Response(200, json={}))
    for ask in (wire.ask, lambda url: wire.send("PUT", url), lambda url: wire.fetch(url, tmp_path / "x", print)):
        with pytest.raises(EngineError):
            ask(named)
    assert seen == []


@pytest.mark.parametrize(
    ("own", "named", "asked"),
    [
        ("http://10.0.0.7:8188", "http://10.0.0.7:8188/view", True),
        ("http://10.0.0.7:8188", "http://10.0.0.8/view", True),
        ("http://10.0.0.7:8188", "http://127.0.0.1/view", False),
        ("http://localhost.:8188", "http://localhost.:8188/view", True),
        ("https://render.example.com", "https://1.1.1.1/view", True),
        ("https://render.example.com", "https://10.0.0.8/view", False),
    ],
)
def test_a_server_of_ones_own_names_what_is_as_near_as_itself(own: str, named: str, asked: bool) -> None:
    wire = Wire("ComfyUI", own, plain=True)
    if asked:
        assert wire._checked(named) == named
        return
    with pytest.raises(EngineError, match="sends us to"):
        wire._checked(named)


def test_the_key_stays_with_the_provider_on_a_way_of_redirects(tmp_path: Path) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.host == "queue.fal.run":
            return httpx.Response(307, headers={"Location": "https://cdn.example.com/clip.mp4"})
        return httpx.Response(200, content=iter([b"the ", b"clip"]))

    wire, seen = scripted(answers)
    assert wire.fetch("https://queue.fal.run/1", tmp_path / "clip.mp4", lambda _: None) is None
    assert (tmp_path / "clip.mp4").read_bytes() == b"the clip"
    told = [(request.url.host, request.headers.get("authorization")) for request in seen]
    assert told == [("queue.fal.run", f"Key {KEY}"), ("cdn.example.com", None)]


@pytest.mark.parametrize("status", [200, 400, 404])
def test_an_answer_without_an_end_is_given_up(tmp_path: Path, status: int) -> None:
    """Of what only says something, 8 MiB are read: also where it is refused, and where a clip was asked for."""
    taken = [0]

    def endless() -> Iterator[bytes]:
        while taken[0] < 64 << 20:
            taken[0] += 1 << 20
            yield b" " * (1 << 20)

    wire, _ = scripted(lambda _: httpx.Response(status, content=endless()))
    assert wire.ask("x").data is None
    assert taken[0] == (http.MAX_ANSWER >> 20) + 1 << 20
    if status == 200:
        taken[0] = 0
        with pytest.raises(Unanswered):
            wire.send("POST", "x", {})
    else:
        taken[0] = 0
        refused = wire.fetch("https://queue.fal.run/clip.mp4", tmp_path / "clip.mp4", lambda _: None)
        assert refused is not None
        assert (refused.status, refused.data) == (status, None)
    assert taken[0] == (http.MAX_ANSWER >> 20) + 1 << 20


def test_a_file_is_taken_up_to_what_may_come_and_no_further(tmp_path: Path) -> None:
    blocks = [0]

    def file() -> Iterator[bytes]:
        for _ in range(64):
            blocks[0] += 1
            yield bytes(1000)

    wire, _ = scripted(lambda _: httpx.Response(200, content=file()))
    assert wire.fetch("https://queue.fal.run/1", tmp_path / "clip", lambda _: None, most=64_000) is None
    blocks[0] = 0
    with pytest.raises(EngineError, match=r"The file from fal is larger than 7\.812 KiB"):
        wire.fetch("https://queue.fal.run/1", tmp_path / "clip", lambda _: None, most=8_000)
    assert blocks[0] == 9
    assert (tmp_path / "clip").stat().st_size <= 8_000
