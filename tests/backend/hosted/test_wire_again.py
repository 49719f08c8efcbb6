"""What is asked again and when, what is sent once, and how a clip comes in pieces: no server, a told clock."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpcore
import httpx
import pytest

from backend import __version__
from backend.engines.engine import Cancelled, EngineError
from backend.engines.hosted import fetch
from backend.engines.hosted.providers.provider import Poll, Stage
from backend.engines.hosted.wire import http
from backend.engines.hosted.wire.dial import Dialler, _addresses
from backend.engines.hosted.wire.http import Answer, Unanswered, Unreached, Wire, checked, size_of
from client.protocol import Price

KEY = "sk-secret"
Answers = Callable[[httpx.Request], httpx.Response]


class Slow:
    """A wire whose waits pass on a clock of its own; `seen` are the requests, `waits` the seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Any, pace: float = 1.0, **more: Any) -> None:
        self.now, self.waits, self.left = 0.0, list[float](), list(answers)
        self.seen: list[httpx.Request] = []
        clock = SimpleNamespace(monotonic=lambda: self.now, sleep=self.sleep)
        monkeypatch.setattr(http, "time", clock)
        monkeypatch.setattr(http.random, "uniform", lambda low, high: (low + high) / 2)
        client = httpx.Client(transport=httpx.MockTransport(self.answer))
        monkeypatch.setattr(http, "Client", lambda *_, **options: client)
        self.wire = Wire("P", "https://prov.example/base/", {"A": "b"}, secret=KEY, pace=pace, **more)
        real = self.wire.wait
        self.wire.wait = lambda seconds: (self.waits.append(seconds), real(seconds))[1]  # type: ignore[method-assign]

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= 0.1
        self.now += seconds

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        one = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(one, Exception):
            raise one
        found: httpx.Response = one(request) if callable(one) else one
        return found


def reply(status: int, data: Any = None, **headers: str) -> Answers:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json=data, headers=named)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Slow]:
    return lambda *answers, **more: Slow(monkeypatch, *answers, **more)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 522, 524])
def test_what_may_pass_is_asked_again(slow: Any, status: int) -> None:
    at = slow(reply(status), reply(status), httpx.ReadTimeout("slow"), reply(200, {"a": [1, {"b": 2}]}))
    answer = at.wire.ask("/x", {"q": "1"})
    assert (answer.status, answer.get("a", 1, "b"), answer.get("a", 2), answer.get("a", "b")) == (200, 2, None, None)
    assert answer.get("c") is None and answer.get("a", 0, "b") is None and answer.get() == {"a": [1, {"b": 2}]}
    assert at.waits == [0.5, 1.0, 2.0] and at.now == pytest.approx(3.5)
    assert [str(request.url) for request in at.seen] == ["https://prov.example/base/x?q=1"] * 4
    assert {request.headers["a"] for request in at.seen} == {"b"}


def test_what_is_told_for_good_is_asked_once(slow: Any) -> None:
    for told in (reply(404), reply(400), reply(501), reply(500, {"id": "t", "status": "failed"})):
        at = slow(told)
        at.wire.ask("x")
        assert at.waits == []
    for told in ({"id": "t"}, {"status": "failed"}):
        at = slow(reply(500, told), reply(200, {}))
        assert at.wire.ask("x").good and at.waits == [0.5]


@pytest.mark.parametrize(
    ("patience", "pace", "waits"),
    [
        (20.0, 1.0, [0.5, 1, 2, 4, 8]),
        (3.6, 1.0, [0.5, 1, 2]),
        (3.4, 1.0, [0.5, 1]),
        (400.0, 0.1, [0.5, 1, 2, 4, 8, 16, 30, 30, 30]),
    ],
)
def test_patience_ends(slow: Any, patience: float, pace: float, waits: list[float]) -> None:
    at = slow(reply(503), pace=pace)
    with pytest.raises(Unreached, match="it answers 503"):
        at.wire.ask("x", patience=patience)
    assert at.waits == waits and len(at.seen) == len(waits) + 1
    lost = slow(httpx.ConnectError(f"no way to {KEY}"))
    with pytest.raises(Unreached, match=r"no way to \(key\)"):
        lost.wire.ask("x", patience=0.1)
    assert lost.waits == []


@pytest.mark.parametrize(("after", "waits"), [("3", [3.0]), ("0.1", [0.5]), ("99", [30.0]), ("soon", [0.5])])
def test_a_provider_says_when_to_ask_again(slow: Any, after: str, waits: list[float]) -> None:
    at = slow(reply(429, retry_after=after), reply(200, {}))
    at.wire.ask("x", patience=60.0)
    assert at.waits == waits


def test_what_changes_something_is_sent_once(slow: Any) -> None:
    at = slow(reply(201, {"id": 1, "said": f"for {KEY}"}))
    answer = at.wire.send("POST", "order", {"a": "é"}, {"K": "v"})
    assert (answer.status, answer.good, answer.data) == (201, True, {"id": 1, "said": "for (key)"})
    (sent,) = at.seen
    assert (sent.method, sent.content) == ("POST", '{"a": "é"}'.encode())
    assert sent.headers["content-type"] == "application/json"
    assert (sent.headers["k"], sent.headers["a"]) == ("v", "b")
    bare = slow(reply(200, {}))
    bare.wire.send("DELETE", "order")
    assert "content-type" not in bare.seen[0].headers and bare.seen[0].content == b""


@pytest.mark.parametrize(
    ("told", "raised"),
    [
        *((kind("x"), Unreached) for kind in http.NOT_SENT),
        (httpx.ReadTimeout("x"), Unanswered),
        (httpx.WriteError("x"), Unanswered),
        (httpx.RemoteProtocolError("x"), Unanswered),
        (reply(500), Unanswered),
        (reply(599, {"id": 1}), Unanswered),
        (reply(408), Unanswered),
        (lambda _: httpx.Response(200, content=b"no json"), Unanswered),
        (reply(299, None), Unanswered),
        (lambda _: httpx.Response(204), None),
        (reply(499), None),
        (reply(300), None),
        (reply(200, []), None),
    ],
)
def test_whether_an_order_arrived(slow: Any, told: Any, raised: Any) -> None:
    at = slow(told)
    if raised is None:
        at.wire.send("POST", "x", {})
    else:
        with pytest.raises(raised):
            at.wire.send("POST", "x", {})
    assert len(at.seen) == 1 and at.waits == []


def piece(data: bytes, status: int = 200, **headers: str) -> Answers:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def broken() -> Any:
        yield data
        raise httpx.ReadError("it broke off")

    length = int(named.get("content-length", len(data)))
    return lambda _: httpx.Response(status, content=broken() if length > len(data) else iter([data]), headers=named)


def test_a_clip_goes_on_where_it_broke_off(slow: Any, tmp_path: Path) -> None:
    told: list[float] = []
    at = slow(
        piece(b"abcd", content_length="10", etag='"one"'),
        reply(503),
        piece(b"ef", 206, content_length="6", content_range="bytes 4-9/10", etag='"one"'),
        piece(b"ghij", 206, content_length="4", content_range="bytes 6-9/10", etag='"one"'),
    )
    (tmp_path / "clip").write_bytes(b"of another")
    assert at.wire.fetch("https://prov.example/f", tmp_path / "clip", told.append) is None
    assert (tmp_path / "clip").read_bytes() == b"abcdefghij" and told == [0.4, 0.6, 1.0]
    asked = [(request.headers.get("range"), request.headers.get("if-range")) for request in at.seen]
    assert asked == [(None, None), ("bytes=4-", '"one"'), ("bytes=4-", '"one"'), ("bytes=6-", '"one"')]
    assert at.waits == [0.5, 1.0, 0.5]  # what came was a piece more


def test_a_clip_that_changed_begins_anew(slow: Any, tmp_path: Path) -> None:
    other = {"content_length": "3", "content_range": "bytes 0-2/3"}
    for again in (piece(b"xyz", content_length="3"), piece(b"xyz", 206, **other)):
        at = slow(piece(b"abcd", content_length="10", etag='"one"'), again)
        at.wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None)
        assert (tmp_path / "clip").read_bytes() == b"xyz"
    weak = slow(piece(b"abcd", content_length="10", etag='W/"one"'), piece(b"xyz"))
    weak.wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None)
    assert "range" not in weak.seen[1].headers and (tmp_path / "clip").read_bytes() == b"xyz"
    past = slow(piece(b"abcd", content_length="10", etag='"one"'), reply(416), piece(b"xyz"))
    past.wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None)
    assert "range" not in past.seen[2].headers and (tmp_path / "clip").read_bytes() == b"xyz"
    first = slow(reply(416)).wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None)
    assert first.status == 416 and not (tmp_path / "clip").exists()


def test_a_clip_that_does_not_come(slow: Any, tmp_path: Path) -> None:
    at = slow(reply(503))
    with pytest.raises(Unreached, match="it answers 503"):
        at.wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None, patience=7.0)
    assert at.waits == [0.5, 1.0, 2.0] and len(at.seen) == 4
    gone = slow(reply(404, {"a": 1})).wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None)
    assert (gone.status, gone.data) == (404, {"a": 1})
    stopped = slow(piece(b"abcd"), cancelled=lambda: True)
    with pytest.raises(Cancelled):
        stopped.wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None)
    told: list[float] = []
    nothing = slow(lambda _: httpx.Response(200, content=iter([b"ab", b"cd"])))
    nothing.wire.fetch("https://prov.example/f", tmp_path / "clip", told.append, most=4)
    assert told == [0.0, 0.0]  # of how many is not told
    around = slow(reply(302, location="https://prov.example/g"))
    with pytest.raises(Unreached, match="on and on"):
        around.wire.fetch("https://prov.example/f", tmp_path / "clip", lambda _: None, patience=0.1)
    assert len(around.seen) == 4
    onward = slow(reply(307, location="../c?d=1"), piece(b"clip"))
    onward.wire.fetch("https://prov.example/a/b", tmp_path / "clip", lambda _: None)
    assert [str(one.url) for one in onward.seen] == ["https://prov.example/a/b", "https://prov.example/c?d=1"]


def test_a_wait_is_looked_at_ten_times_a_second(slow: Any) -> None:
    at = slow(reply(200), pace=2.0)
    at.wire.wait(0.6)
    assert at.now == pytest.approx(1.2)
    at.wire.cancelled = lambda: at.now > 1.75
    with pytest.raises(Cancelled):
        at.wire.wait(10.0)
    assert at.now == pytest.approx(1.8)
    with pytest.raises(Cancelled):
        at.wire.wait(0.0)


def test_what_a_wire_is_made_of() -> None:
    wire = Wire("P", "https://prov.example:8443/base/", {"A": "b"}, frozenset({"cdn.example"}))
    assert (wire.address, wire.hosts) == ("https://prov.example:8443/base", {"prov.example:8443", "cdn.example"})
    client = wire._client
    timeout = client.timeout
    assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (10.0, 30.0, 30.0, 30.0)
    assert client.headers["user-agent"] == f"take-one/{__version__}" and client.trust_env
    assert wire._headers_for("https://cdn.example/x") == wire._headers_for("https://prov.example:8443/y") == {"A": "b"}
    for other in ("https://prov.example/x", "http://cdn.example/x", "https://other.example"):
        assert wire._headers_for(other) == {}
    wire.close()
    assert client.is_closed and wire.clean("a sk") == "a sk"
    near = Wire("P", "http://localhost:8188", {"A": "b"}, plain=True)
    assert not near._client.trust_env and near._headers_for("http://localhost:8188/x") == {"A": "b"}
    assert wire._named(ValueError("x" * 201)) == "x" * 200 and wire._named(ValueError()) == "ValueError"


@pytest.mark.parametrize(
    ("url", "options", "good"),
    [
        ("https://a.example", {}, True),
        ("http://a.example", {}, False),
        ("http://a.example", {"plain": True}, True),
        ("http://127.0.0.1:1", {}, True),
        ("http://127.0.0.1:1", {"loopback": False}, False),
        ("http://127.0.0.1:1", {"loopback": False, "plain": True}, False),
        ("http://127.0.0.2", {}, False),
        ("https://10.0.0.1", {}, True),
        ("https://10.0.0.1", {"inside": False}, False),
        ("https://u@a.example", {}, False),
        ("https://:p@a.example", {}, False),
        ("ftp://a.example", {"plain": True}, False),
        ("https://", {}, False),
    ],
)
def test_an_address_that_may_be_used(url: str, options: dict[str, bool], good: bool) -> None:
    if good:
        assert checked(url, **options) == url
        return
    with pytest.raises(EngineError) as caught:
        checked(url, **options)
    assert caught.value.code == "invalid_request"
    assert "u@" not in caught.value.message and ":p" not in caught.value.message


def test_bytes_for_people() -> None:
    found = [size_of(amount) for amount in (0, 1023, 1024, 1536, 1 << 20, (1 << 30) - 1, 1 << 31)]
    assert found == ["0 bytes", "1023 bytes", "1 KiB", "1.5 KiB", "1 MiB", "1024 MiB", "2 GiB"]


def test_every_address_of_a_name_is_judged_before_one_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    monkeypatch.setattr("backend.engines.hosted.wire.dial._addresses", lambda host, port: ["1.1.1.1", "2.2.2.2"])

    def connect(self: Any, address: str, *more: Any) -> Any:
        done.append((address, *more))
        if address == "1.1.1.1":
            raise httpcore.ConnectTimeout("slow")
        return "stream"

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    dialler = Dialler(lambda host, address: done.append((host, address)))
    assert dialler.connect_tcp("a.example", 443, 3.0, "here", ()) == "stream"  # type: ignore[comparison-overlap]
    rest = (443, 3.0, "here", ())
    assert done == [("a.example", "1.1.1.1"), ("a.example", "2.2.2.2"), ("1.1.1.1", *rest), ("2.2.2.2", *rest)]
    monkeypatch.setattr("backend.engines.hosted.wire.dial._addresses", lambda host, port: [])
    with pytest.raises(httpcore.ConnectError, match=r"a\.example has no address"):
        dialler.connect_tcp("a.example", 443)
    assert _addresses("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(httpcore.ConnectError):
        _addresses("a" * 300, 80)


def clip_of(refusals: list[int], *polls: Poll) -> Any:
    """The work of `fetch.clip_of` where the first tries are refused with these statuses."""
    made: dict[str, Any] = {"told": [], "urls": [], "polled": 0}

    class Few:
        def fetch(self, url: str, path: Path, progress: Any) -> Answer | None:
            made["urls"].append(url)
            if refusals:
                path.write_bytes(b"half")
                return Answer(refusals.pop(0), None, {})
            path.write_bytes(b"clip")
            progress(0.5)
            return None

    def poll(*_: Any) -> Poll:
        made["polled"] += 1
        return polls[-1]

    provider: Any = SimpleNamespace(name="prov", label="Prov", keeps="a day", poll=poll)
    asked = SimpleNamespace(prompt="p", seconds=6, seed=7)
    work: Any = SimpleNamespace(
        progress=lambda *values: made["told"].append(values),
        asked=asked,
        request=SimpleNamespace(seconds=6.0),
        still=None,
        cost=Price(1.0),
    )
    model: Any = SimpleNamespace(endpoint="e", seed=True, references=0, name="M")
    made["clip"] = lambda: fetch.clip_of(provider, model, Few(), {"id": "t"}, polls[0], work)  # type: ignore[arg-type]
    return made


def test_an_address_that_has_expired_is_asked_for_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path))
    first, second = Poll(Stage.DONE, url="u1"), Poll(Stage.DONE, url="u2")
    good = clip_of([], first)
    clip = good["clip"]()
    assert clip.file.read_bytes() == b"clip" and clip.file.name.startswith("prov-") and clip.notes == ()
    assert good["told"] == [(pytest.approx(0.925), "Fetching from Prov")] and good["polled"] == 0
    for status in (403, 404, 410):
        stale = clip_of([status], first, second)
        assert stale["clip"]().cost == Price(1.0) and (stale["urls"], stale["polled"]) == (["u1", "u2"], 1)
        clip.file.unlink()
    ends = (([404, 404], second, "expired"), ([404], Poll(Stage.WORKING), "expired"), ([401], second, "unreachable"))
    for refusals, poll, code in ends:
        gone = clip_of(list(refusals), first, poll)
        with pytest.raises(EngineError) as caught:
            gone["clip"]()
        assert (caught.value.code, caught.value.fix) == (code, "retry")
        assert list((tmp_path / "downloads").iterdir()) == []
    assert caught.value.message == "Prov answers 401 instead of the clip." and gone["polled"] == 0


def test_what_was_left_behind_for_two_days_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKE_ONE_HOME", str(tmp_path / "home"))
    one, two = fetch.place("a", {"x": 1, "y": 2}), fetch.place("a", {"y": 2, "x": 1})
    assert one == two and one.parent == tmp_path / "home" / "downloads" and len(one.stem) == len("a-") + 24
    assert len({one, fetch.place("b", {"x": 1, "y": 2}), fetch.place("a", {"x": 2, "y": 2})}) == 3
    for name in ("old", "new"):
        (one.parent / name).write_bytes(b"x")
    mark = (one.parent / "old").stat().st_mtime
    monkeypatch.setattr(fetch, "time", SimpleNamespace(time=lambda: mark + 2 * 86_400.0))
    fetch.place("a", {})
    assert sorted(path.name for path in one.parent.iterdir()) == ["new", "old"]
    os.utime(one.parent / "old", (mark - 1, mark - 1))
    fetch.place("a", {})
    assert [path.name for path in one.parent.iterdir()] == ["new"]
