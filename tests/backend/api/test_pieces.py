"""Pieces of the service by themselves: who is let in, how errors are shown, what is counted."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from backend import __version__
from backend.api import answers, app, errors, guard, service, users
from backend.api.guard import Guard
from backend.api.users import User
from backend.api.watch import cards, metrics
from backend.engines.engine import EngineError
from backend.home import HomeError
from backend.jobs.meter import Meter
from backend.jobs.store.row import JobProgress
from client.protocol import JobState
from client.protocol.cluster import Gpu

WHO = {"own": User("anna"), "wall": User("screen", watches=True)}


def asked(
    path: str = "/v1/videos", method: str = "GET", exposed: bool = False, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, Any], dict[str, str], Any]:
    """The status, the body and the headers of an answer of the guard; and the user that what is behind it found."""
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["user"])
        try:
            while (await receive()).get("more_body"):
                pass
        except EngineError as error:
            await errors.answer(error)(scope, receive, send)
            return
        await PlainTextResponse("in")(scope, receive, send)

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    parts = [body[:10], body[10:]]

    async def receive() -> Any:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    given = {"host": "localhost:8765", "authorization": "Bearer own", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in given.items() if value != "-"]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    ours = Guard(inner, WHO.get, frozenset({"localhost", "studio"}), exposed)
    asyncio.run(ours(scope, receive, send))
    text = b"".join(message.get("body", b"") for message in sent)
    about = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], json.loads(text)["error"] if text != b"in" else {}, about, seen[0] if seen else "nobody"


@pytest.mark.parametrize(
    ("host", "exposed", "fine"),
    [
        ("localhost", False, True),
        ("LOCALHOST.:99", False, True),
        ("studio:80", False, True),
        ("127.0.0.1:8765", False, True),
        ("127.9.9.9", False, True),
        ("[::1]:8765", False, True),
        ("10.0.0.3:8765", False, False),
        ("10.0.0.3:8765", True, True),
        ("evil.example", True, False),
        ("[::1", False, False),
        ("", False, False),
        ("-", False, False),
    ],
)
def test_the_names_by_which_it_goes(host: str, exposed: bool, fine: bool) -> None:
    status, error, about, user = asked(host=host, exposed=exposed)
    assert (status, user) == ((200, "anna") if fine else (403, "nobody"))
    if not fine:
        words = "This service does not go by the name that the Host header gives."
        name = host.partition(":")[0] if host not in ("", "-", "[::1") else ""
        start = f" If it should, start it with --allow-host {name}." if name else ""
        assert (error["code"], error["message"], about["connection"]) == ("forbidden", words + start, "close")


@pytest.mark.parametrize(
    ("origin", "fine"),
    [("http://localhost:8765", True), ("HTTPS://LocalHost:8765", True), ("http://localhost", False), ("null", False),
     ("http://[", False), ("http://evil.example:8765", False)],
)  # fmt: skip
def test_the_pages_that_may_ask(origin: str, fine: bool) -> None:
    status, error, _, _ = asked(origin=origin)
    assert status == (200 if fine else 403)
    assert fine or error["message"] == "Requests from other web pages are refused."


@pytest.mark.parametrize(
    ("words", "path", "status", "user"),
    [
        ("Bearer own", "/v1/videos", 200, "anna"),
        ("bearer   own ", "/v1/videos", 200, "anna"),
        ("Basic own", "/v1/videos", 401, "nobody"),
        ("own", "/v1/videos", 401, "nobody"),
        ("Bearer ", "/v1/videos", 401, "nobody"),
        ("-", "/v1/videos", 401, "nobody"),
        ("Bearer no", "/metrics", 401, "nobody"),
        ("-", "/health", 200, None),
        ("-", "/status", 200, None),
        ("Bearer wall", "/v1/videos", 403, "nobody"),
        *(("Bearer wall", path, 200, "screen") for path in ("/health", "/status", "/metrics", "/v1/cluster")),
    ],
)
def test_who_is_let_in_where(words: str, path: str, status: int, user: str | None) -> None:
    found, error, about, seen = asked(path, authorization=words)
    assert (found, seen) == (status, user)
    assert ("www-authenticate" in about, about.get("connection")) == (status == 401, None if found == 200 else "close")
    said = {
        401: ("unauthorized", "The token is missing or wrong.", "connect"),
        403: ("forbidden", "This token only shows what runs here. Takes need one of your own.", "connect"),
    }
    assert found == 200 or (error["code"], error["message"], error["fix"]) == said[found]


@pytest.mark.parametrize(
    ("method", "path", "kind", "most"),
    [
        ("POST", "/v1/videos", "multipart/form-data; boundary=x", 256 << 20),
        ("POST", "/v1/guide", " Multipart/Form-Data", 256 << 20),
        ("POST", "/v1/videos", "application/json", 32 << 20),
        ("POST", "/v1/videos", "-", 32 << 20),
        ("POST", "/v1/path", "multipart/form-data", 64 << 10),
        ("PUT", "/v1/videos", "multipart/form-data", 64 << 10),
        ("GET", "/v1/videos", "-", 64 << 10),
    ],
)
def test_how_much_may_come(method: str, path: str, kind: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(path, method, content_type=kind, content_length=str(most))[0] == 200
    for length in (str(most + 1), "-1", "1e3", "many"):
        status, error, _, _ = asked(path, method, content_type=kind, content_length=length)
        wanted = (413, "too_large", f"The request is larger than {most >> 10} KiB.", "smaller_size")
        assert (status, error["code"], error["message"], error["fix"]) == wanted
    for name in ("MAX_BODY", "MAX_TEXT_BODY", "MAX_SMALL_BODY"):
        monkeypatch.setattr(guard, name, 12)
    assert asked(path, method, content_type=kind, body=b"123456789012")[0] == 200
    assert asked(path, method, content_type=kind, body=b"1234567890123")[0] == 413  # whatever its header says


def test_each_error_has_its_status() -> None:
    wanted = {
        401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 410: "gone",
        409: "not_ready not_waiting idempotency_conflict engine_unavailable", 413: "too_large", 429: "queue_full",
        500: "engine_failed engine_killed out_of_memory", 503: "busy starting", 507: "disk_full",
        400: "invalid_request unknown_model anything",
    }  # fmt: skip
    for status, codes in wanted.items():
        for code in codes.split():
            answer = errors.answer(EngineError(code, "No.", "retry", "still"), {"x-more": "yes"})
            assert (answer.status_code, answer.headers["x-more"]) == (status, "yes"), code
            assert json.loads(bytes(answer.body)) == {
                "error": {"code": code, "message": "No.", "param": "still", "fix": "retry"}
            }


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [(416, None, "The take has no such range of bytes."), (400, b"text/plain", "The request can't be read."),
     (409, b"text/plain", "Conflict."), (399, b"text/plain", None), (500, b"application/json; x", None)],
)  # fmt: skip
def test_an_error_of_a_library_is_put_into_our_shape(status: int, kind: bytes | None, message: str | None) -> None:
    headers = [(b"content-range", b"bytes */9"), (b"x-more", b"y"), *([(b"content-type", kind)] if kind else [])]
    sent: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"theirs"})

    async def send(one: Any) -> None:
        sent.append(one)

    asyncio.run(errors.OneShape(inner)({"type": "http"}, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == status and len(sent) == 2
    if message is None:
        assert sent[1]["body"] == b"theirs" and sent[0]["headers"] == headers
        return
    error = json.loads(sent[1]["body"])["error"]
    assert (error["code"], error["message"]) == ("invalid_request", message)
    names = dict(sent[0]["headers"])
    assert names[b"content-range"] == b"bytes */9" and b"x-more" not in names


def test_the_numbers_of_now_to_the_line() -> None:
    places = [SimpleNamespace(lane=lane, job=job, running=running) for lane, job, running in (
        ("cpu", "a job", True), ("cpu", None, True), ("gpu", None, False), ("gpu", None, False),
    )]  # fmt: skip
    counts = [
        ("cpu", "a", "queued", 3),
        ("cpu", "b", "queued", 2),
        ("cpu", "a", "in_progress", 1),
        ("", "c", "queued", 9),
    ]
    gpus = [Gpu(0, "A", 3, 8, 0.25), Gpu(1, "B", 4, 9, None)]
    text = metrics.page(Meter().registry, places, counts, gpus).decode()  # type: ignore[arg-type]
    lines = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}
    wanted = {f'take_one_jobs{{lane="{lane}",state="{state}"}}': 0.0 for lane in ("gpu", "network")
              for state in ("queued", "in_progress")}  # fmt: skip
    wanted |= {'take_one_jobs{lane="cpu",state="queued"}': 5, 'take_one_jobs{lane="cpu",state="in_progress"}': 1}
    wanted |= {
        f'take_one_users_waiting{{lane="{lane}"}}': count for lane, count in (("cpu", 2), ("gpu", 0), ("network", 0))
    }
    works = {("cpu", "busy"): 1, ("cpu", "idle"): 1, ("gpu", "off"): 2}
    wanted |= {f'take_one_workers{{lane="{lane}",state="{state}"}}': works.get((lane, state), 0)
               for lane in ("cpu", "gpu", "network") for state in ("busy", "idle", "off")}  # fmt: skip
    wanted |= {f'take_one_gpu_memory_used_bytes{{gpu="{index}"}}': value for index, value in ((0, 3), (1, 4))}
    wanted |= {f'take_one_gpu_memory_total_bytes{{gpu="{index}"}}': value for index, value in ((0, 8), (1, 9))}
    wanted |= {'take_one_gpu_busy_ratio{gpu="0"}': 0.25, f'take_one_info{{version="{__version__}"}}': 1}
    assert lines == wanted
    without = metrics.page(Meter().registry, [], [], []).decode()
    assert "gpu_memory" not in without and "gpu_busy" not in without


def test_what_is_asked_of_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[Any] = []
    answer = SimpleNamespace(stdout="0, A, 1, 2, 30\n", returncode=0)
    monkeypatch.setattr(cards.subprocess, "run", lambda *what, **how: (run.append((what, how)), answer)[1])
    assert cards._ask() == (Gpu(0, "A", 1 << 20, 2 << 20, 0.3),)
    command = ["nvidia-smi", "--query-gpu=index,name,memory.used,memory.total,utilization.gpu",
               "--format=csv,noheader,nounits"]  # fmt: skip
    assert run == [((command,), {"capture_output": True, "text": True, "timeout": 10.0, "creationflags": 0})]
    answer.returncode = 1
    assert cards._ask() == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["anna", "a-long-enough-token"], (User("anna"), hashlib.sha256(b"a-long-enough-token").digest())),
        (["anna", "sha256:" + "aB" * 32], (User("anna"), b"\xab" * 32)),
        (["wall", "sha256:" + "00" * 32, "watches"], (User("wall", watches=True), bytes(32))),
        (["anna", "sha256:" + "aB" * 31], "has a hash that is not 64 hexadecimal digits."),
        (["anna", "sha256:" + "aG" * 32], "has a hash that is not 64 hexadecimal digits."),
        (["anna"], "has 1 words."),
        (["anna", "a-long-enough-token", "sees"], "has 3 words."),
        (["anna", "a-long-enough-token", "watches", "x"], "has 4 words."),
        (["-anna", "a-long-enough-token"], "has no name that can be used"),
        (["a" * 65, "a-long-enough-token"], "has no name that can be used"),
        (["a" * 64, "a-long-enough-token"], (User("a" * 64), hashlib.sha256(b"a-long-enough-token").digest())),
    ],
)
def test_a_line_of_the_file_of_users(words: list[str], found: Any) -> None:
    if not isinstance(found, str):
        assert users._entry(words, "Line 3") == found
        return
    with pytest.raises(HomeError, match=f"^Line 3 {found}"):
        users._entry(words, "Line 3")


def test_how_far_a_job_is(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = JobProgress(fraction=0.567, stage="Moving", eta=3.5)
    store: Any = SimpleNamespace(progress=lambda name: progress, positions=lambda: {"a": 4})

    def state(status: JobState, positions: dict[str, int] | None = None) -> dict[str, Any]:
        return answers.state_json(store, SimpleNamespace(id="a", status=status), positions)  # type: ignore[arg-type]

    still = {"stage": JobProgress().stage, "eta_seconds": JobProgress().eta}
    assert state(JobState.QUEUED) == {"status": "queued", "progress": 0, "queue_position": 4, **still}
    assert (
        state(JobState.QUEUED, {"a": 2})["queue_position"] == 2 and state(JobState.QUEUED, {})["queue_position"] is None
    )
    assert state(JobState.IN_PROGRESS) == {
        "status": "in_progress", "progress": 56, "stage": "Moving", "eta_seconds": 3.5, "queue_position": None,
    }  # fmt: skip
    progress = JobProgress(fraction=1.0)
    assert state(JobState.IN_PROGRESS)["progress"] == 99  # until it is there
    assert state(JobState.COMPLETED) == {"status": "completed", "progress": 100, "queue_position": None, **still}
    assert state(JobState.FAILED)["progress"] == 0


def test_what_others_rely_on() -> None:
    """Numbers that clients and pages of this service know."""
    assert (app.PROTOCOL, app.POLL_SECONDS, app.KEEP_ALIVE_SECONDS, answers.POLL_MS) == (1, 0.1, 10.0, 500)
    assert service.Settings() == service.Settings(
        "127.0.0.1", 8765, (), None, None, "backend.engines.registry", 1, None, None
    )
    assert (service.LOG_BYTES, service.LOGS, users.MAX_FILE) == (2 << 20, 3, 1 << 20)
    assert app.FILES == {"video": ("clip.mp4", "video/mp4"), "thumbnail": ("thumbnail.jpg", "image/jpeg"),
                         "sidecar": ("sidecar.json", "application/json")}  # fmt: skip
    assert app._event("end", {"a": 1}) == 'event: end\ndata: {"a": 1}\n\n'


def test_a_port_that_is_listened_on_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[Any] = []

    class Socket:
        def __init__(self, *kind: Any) -> None:
            did.append(kind)

        def __getattr__(self, name: str) -> Any:
            def call(*what: Any) -> None:
                did.append((name, *what))
                if name == "bind" and what == (("full", 1),):
                    raise OSError("taken")

            return call

    address: Any = ("free", 1)
    monkeypatch.setattr(service.socket, "getaddrinfo", lambda *what, **how: [(2, 1, 6, "", address), (3, 1, 6, "", 0)])
    monkeypatch.setattr(service.socket, "socket", Socket)
    service._listen("h", 1)
    assert did == [(2, 1, 6), ("setsockopt", 1, 2, 1), ("bind", ("free", 1)), ("listen", 128)]
    did.clear()
    address = ("full", 1)
    with pytest.raises(OSError, match="taken"):
        service._listen("h", 1)
    assert did[-1] == ("close",) and ("listen", 128) not in did


def test_a_file_s_signature_is_its_own(tmp_path: Path) -> None:
    assert users._signature(None) == users._signature(tmp_path / "none") == ()
    (tmp_path / "a").write_text("abc")
    about = (tmp_path / "a").lstat()
    assert users._signature(tmp_path / "a") == (about.st_mtime_ns, about.st_ctime_ns, 3, about.st_ino)


@pytest.mark.parametrize(
    ("status", "detail", "code", "message"),
    [
        (400, "Too many fields.", "invalid_request", "Too many fields."),
        (400, None, "invalid_request", "The request can't be read."),
        (404, "x", "not_found", "There is nothing at this address."),
        (405, "x", "method_not_allowed", "This address does not take that method."),
    ],
)
def test_an_error_of_http_in_our_words(status: int, detail: str | None, code: str, message: str) -> None:
    async def page(_: Any) -> Any:
        return None

    routes = [Route("/a", page, methods=["POST"]), Route("/b", page, methods=["PUT"]), Route("/a", page)]
    scope = {"type": "http", "path": "/a", "method": "PUT", "headers": [], "app": SimpleNamespace(routes=routes)}
    answer = asyncio.run(errors._http(Request(scope), HTTPException(status, detail, {"x-more": "yes"})))
    error = json.loads(bytes(answer.body))["error"]
    assert (answer.status_code, error["code"], error["message"]) == (status, code, message)
    assert answer.headers.get("allow") == ("GET, HEAD, POST" if status == 405 else None)
    assert answer.headers.get("x-more") == (None if status == 405 else "yes")
