"""How the node pack's client waits, follows, refuses and gives up: by a told clock, at another program."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from integrations.comfyui import attended as attending
from integrations.comfyui import client as calling
from integrations.comfyui.attended import attended
from integrations.comfyui.client import Client, Form
from integrations.comfyui.errors import TakeOneError, Unreachable
from integrations.comfyui.servers import server_at
from tests.integrations.conftest import Answers, say

FORM = Form(b"body", "kind", "key")


class Stop(Exception):
    pass


class Clock:
    """Time that passes only in sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def refusal(status: int, code: str = "busy") -> TakeOneError:
    return TakeOneError("Busy.", code, status)


def test_how_long_a_busy_server_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looks = Clock(), [0]
    monkeypatch.setattr(calling, "time", clock)
    client = Client(server_at(""), lambda: looks.__setitem__(0, looks[0] + 1))
    tries: list[float] = []

    def once() -> str:
        tries.append(round(clock.now, 6))
        raise refusal(503)

    with pytest.raises(TakeOneError, match="Busy"):
        client._patiently(once, 2.5)
    assert tries == pytest.approx([0.0, 1.0, 2.0, 3.0], abs=0.2) and looks[0] >= 30
    tries.clear()

    def refused() -> str:
        tries.append(clock.now)
        raise refusal(500)

    with pytest.raises(TakeOneError):
        client._patiently(refused, 99.0)
    assert len(tries) == 1


def test_a_job_is_followed_while_its_server_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(calling, "time", clock)
    client = Client(server_at(""))
    last = [("progress", {"a": 2}), ("end", {"a": 3}), ("x", {})]
    streams: list[Any] = [[("progress", {"a": 1})], Unreachable("Away."), last]

    def events(job_id: str) -> Any:
        assert job_id == "v"
        one = streams.pop(0) if len(streams) > 1 else streams[0]
        if isinstance(one, Exception):
            raise one
        yield from one

    monkeypatch.setattr(Client, "_events", lambda self, id: events(id))
    assert list(client.follow("v")) == [{"a": 1}, {"a": 2}, {"a": 3}] and clock.now == pytest.approx(2.0, abs=0.3)
    streams[:] = [Unreachable("Away.")]
    began = clock.now
    with pytest.raises(Unreachable, match=r"Away\. The take goes on there: run again when it answers"):
        list(client.follow("v"))
    assert clock.now - began == pytest.approx(121.0, abs=1.2)


@pytest.mark.parametrize(
    ("status", "body", "said", "code"),
    [
        (400, {"error": {"code": "bad", "message": "m" * 2001}}, "m" * 2000, "bad"),
        (401, {"error": {"message": "no"}}, "does not accept this machine's token", ""),
        (404, {"error": "x"}, "it is no Take One server", ""),
        (308, None, "sends callers on to another address", ""),
        (300, None, "sends callers on to another address", ""),
    ],
)
def test_what_a_refusal_says(
    status: int, body: Any, said: str, code: str, know: Callable[..., Client], answers: Callable[..., Answers]
) -> None:
    other = answers(lambda handler: say(handler, status, json.dumps(body).encode()))
    with pytest.raises(TakeOneError, match=said) as caught:
        know(other.url).estimate({})
    assert caught.value.code == code and len(str(caught.value)) <= 2000
    assert caught.value.status == (0 if status == 404 else status)


def test_the_calls_as_they_go_out(know: Callable[..., Client], answers: Callable[..., Answers], tmp_path: Path) -> None:
    seen: list[Any] = []

    def answer(handler: Any) -> None:
        names = ("Content-Type", "Idempotency-Key", "User-Agent", "Authorization")
        seen.append((handler.command, handler.path, *(handler.headers.get(name) for name in names)))
        say(handler, 200, b'{"id": "a-B_9", "status": "queued", "price": {"amount": 1}}')

    served = answers(answer)
    client = know(served.url, "token-1")
    own, kind = ("take-one-comfyui", "Bearer token-1"), "application/json"
    assert client.submit(FORM)["id"] == client.retry("a")["id"] == client.cancel("a")["id"] == client.job("a")["id"]
    assert client.estimate({"a": 2}) == {"amount": 1}
    client.guide(FORM, tmp_path / "g.zip")
    client.download("a", tmp_path / "c.mp4")
    assert seen == [
        ("POST", "/v1/videos", "kind", "key", *own),
        ("POST", "/v1/videos/a/retry", kind, None, *own),
        ("POST", "/v1/videos/a/cancel", None, None, *own),
        ("GET", "/v1/videos/a", None, None, *own),
        ("POST", "/v1/estimate", kind, None, *own),
        ("POST", "/v1/guide", "kind", "key", *own),
        ("GET", "/v1/videos/a/content", None, None, *own),
    ]
    retry, price = b'{"send_again": false}', b'{"a": 2}'  # nothing is paid twice
    assert [body for *_, body in served.calls] == [b"body", retry, b"", b"", price, b"body", b""]

    def stop() -> None:
        raise Stop

    stopped = replace(client, check=stop)
    for call in (lambda: stopped.submit(FORM), lambda: stopped.retry("a"), lambda: stopped.job("a")):
        with pytest.raises(Stop):
            call()
    assert len(seen) == 7  # it is interrupted before anything goes out
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["c.mp4", "g.zip"]
    long = b'{"id": "%s", "status": "x"}' % (b"a" * 101)
    for strange in (b'{"id": "a b", "status": "x"}', b'{"id": "a"}', long, b'{"status": "x"}'):
        odd = know(answers(lambda handler, strange=strange: say(handler, 200, strange)).url)
        with pytest.raises(TakeOneError, match="no Take One server"):
            odd.job("a")
    none = know(answers(lambda handler: say(handler, 200, b'{"price": 5}')).url)
    assert none.estimate({}) is None


def test_how_much_is_taken_of_an_answer(
    know: Callable[..., Client], answers: Callable[..., Answers], tmp_path: Path
) -> None:
    for length, said in (((8 << 30) + 1, "with more than 8192 MB"), (8 << 30, "its answer broke off")):
        other = answers(lambda handler, length=length: say(handler, 200, b"x", Content_Length=str(length)))
        with pytest.raises(TakeOneError, match=said):
            know(other.url).download("v", tmp_path / "c.mp4")
        assert list(tmp_path.glob("c.*")) == []
    client = Client(server_at(""))
    for size, said in ((32 << 20, "it is no Take One server"), ((32 << 20) + 1, "with more than 32 MB")):
        with pytest.raises(TakeOneError, match=said):
            client._parsed(b" " * size)


def test_what_is_handed_on_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    ended = threading.Event()

    def work() -> Any:
        yield from range(40)

    assert list(attended(work, lambda: None, lambda: done.append("up"))) == list(range(40)) and done == ["up"]

    def broken() -> Any:
        yield 1
        raise ValueError("no")

    found = attended(broken, lambda: None, ended.set)
    assert next(found) == 1
    with pytest.raises(ValueError, match="no"):
        next(found)
    assert ended.is_set()
    let_go = threading.Event()

    def silent() -> Any:
        let_go.wait(60)
        yield 1

    checks: list[int] = []

    def check() -> None:
        checks.append(1)
        if len(checks) == 3:
            raise Stop

    monkeypatch.setattr(attending, "TICK", 0.01)
    with pytest.raises(Stop):
        list(attended(silent, check, let_go.set))
    assert let_go.is_set() and len(checks) == 3


def test_a_call_is_broken_off_by_its_socket() -> None:
    shut: list[int] = []
    sock: Any = SimpleNamespace(shutdown=lambda how: shut.append(how))
    call = calling._Call(SimpleNamespace(connect=lambda: None, sock=sock))  # type: ignore[arg-type]
    call.break_off()
    assert shut == []
    call.connect()
    call.break_off()
    assert shut == [calling.socket.SHUT_RDWR]
    for address, port, seconds in (("https://a.example", 443, 5.0), ("http://a.example:81", 81, 6.0)):
        made = Client(server_at(address))._call(seconds).connection
        assert (made.host, made.port, made.timeout) == ("a.example", port, seconds)
        assert isinstance(made, calling.http.client.HTTPSConnection) is (port == 443)
    away = Client(server_at("http://a.example"))
    errors = (TimeoutError(), calling.http.client.HTTPException("x"), OSError(5, "Bad."), OSError())
    said = [str(away._away(error)) for error in errors]
    assert said == [
        f"No Take One server at http://a.example: {why}."
        for why in ("it does not answer in time", "its answer broke off", "Bad", "OSError")
    ]
    assert "Start it with: python -m backend serve." in str(Client(server_at(""))._away(TimeoutError()))
