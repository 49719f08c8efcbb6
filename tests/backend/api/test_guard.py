"""Who may speak to the service and how much, function by function; what an answer says; which status an error has."""

from __future__ import annotations

import asyncio
import json
from fractions import Fraction
from typing import Any

import pytest

from backend.api import guard
from backend.api.answers import engine_json, job_json, state_json
from backend.api.errors import STATUS, answer
from backend.api.guard import MAX_BODY, MAX_SMALL_BODY, MAX_TEXT_BODY, Guard
from backend.api.users import Users
from backend.engines.engine import EngineError
from backend.jobs.store.row import JobProgress, StoredJob
from client.protocol import Direction, EngineInfo, JobState, Problem, Result, TakeRequest

TOKEN = "a-token-only-for-tests"


def ask(headers: dict[str, str], method: str = "GET", path: str = "/v1/videos", exposed: bool = False) -> int | str:
    """200 where the guard lets a request through with a token, "open" without one, else the status."""
    said: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        said.append("open" if scope["user"] is None else 200)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])
            assert (b"connection", b"close") in message["headers"]
            assert ((b"www-authenticate", b"Bearer") in message["headers"]) == (message["status"] == 401)

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    checked = Guard(app, Users(TOKEN).named, frozenset({"localhost", "studio.lan"}), exposed)
    asyncio.run(checked(scope, None, send))  # type: ignore[arg-type]
    (one,) = said
    return one


def bearer(**more: str) -> dict[str, str]:
    return {"host": "localhost:8765", "authorization": f"Bearer {TOKEN}"} | {
        name.replace("_", "-"): value for name, value in more.items()
    }


@pytest.mark.parametrize(
    ("host", "here", "exposed"),
    [("localhost", 200, 200), ("studio.lan:80", 200, 200), ("STUDIO.lan.", 200, 200), ("127.0.0.1", 200, 200),
     ("127.9.9.9:1", 200, 200), ("[::1]:8765", 200, 200), ("192.168.1.7", 403, 200), ("[fe80::1]", 403, 200),
     ("evil.example", 403, 403), ("localhost.evil.example", 403, 403), ("", 403, 403), ("[::1", 403, 403)],
)  # fmt: skip
def test_hosts(host: str, here: int, exposed: int) -> None:
    assert (ask(bearer(host=host)), ask(bearer(host=host), exposed=True)) == (here, exposed)


def test_a_host_must_be_said_and_said_once() -> None:
    assert ask({"authorization": f"Bearer {TOKEN}"}) == 403


@pytest.mark.parametrize(
    ("host", "start"),
    [("Render.LOCAL:80", "render.local"), ("a" * 300, "a" * 253), ("[::1%x", ""), ("", ""), ("a_b", "")],
)
def test_a_name_that_could_be_ours_is_told_how(host: str, start: str) -> None:
    one = Guard(None, Users(TOKEN).named, frozenset({"localhost"}), False)  # type: ignore[arg-type]
    with pytest.raises(EngineError) as refused:
        one._check_host(guard._Headers({"headers": [(b"host", host.encode())]}))
    known = "This service does not go by the name that the Host header gives."
    more = f" If it should, start it with --allow-host {start}." if start else ""
    assert (refused.value.code, refused.value.message) == ("forbidden", known + more)


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://localhost:8765", 200), ("HTTP://LOCALHOST:8765", 200), ("http://localhost", 403), ("null", 403),
     ("http://localhost:8766", 403), ("http://[", 403), ("http://evil.example", 403), ("", 403)],
)  # fmt: skip
def test_origins(origin: str, status: int) -> None:
    assert ask(bearer(origin=origin)) == status


@pytest.mark.parametrize(
    ("given", "status"),
    [(f"Bearer {TOKEN}", 200), (f"bearer  {TOKEN} ", 200), (f"Basic {TOKEN}", 401), (TOKEN, 401), ("Bearer", 401),
     (f"Bearer {TOKEN}x", 401), (f"Bearer {TOKEN[:-1]}", 401), ("", 401), ("Bearer \xe9", 401)],
)  # fmt: skip
def test_tokens(given: str, status: int) -> None:
    assert ask({"host": "localhost", "authorization": given}) == status
    assert ask({"host": "localhost", "authorization": given}, path="/health") == (200 if status == 200 else "open")
    assert ask({"host": "localhost", "authorization": given}, path="/healthy") == status


@pytest.mark.parametrize(
    ("method", "path", "kind", "most"),
    [("POST", "/v1/videos", "multipart/form-data; boundary=x", MAX_BODY),
     ("POST", "/v1/videos", " Multipart/Form-Data", MAX_BODY),
     ("POST", "/v1/videos", "application/json", MAX_TEXT_BODY), ("POST", "/v1/videos", None, MAX_TEXT_BODY),
     ("POST", "/v1/videos", "application/x-www-form-urlencoded", MAX_TEXT_BODY),
     ("POST", "/v1/guide", "multipart/form-data; boundary=x", MAX_BODY),
     ("PUT", "/v1/videos", "multipart/form-data", MAX_SMALL_BODY),
     ("POST", "/v1/videos/x/move", "application/json", MAX_SMALL_BODY),
     ("POST", "/v1/prompt", "multipart/form-data", MAX_SMALL_BODY)],
)  # fmt: skip
def test_how_much_may_be_sent(method: str, path: str, kind: str | None, most: int) -> None:
    headers = bearer() if kind is None else bearer(content_type=kind)
    assert ask({**headers, "content-length": str(most)}, method, path) == 200
    assert ask({**headers, "content-length": str(most + 1)}, method, path) == 413
    assert ask({**headers, "content-length": "0"}, method, path) == 200
    assert ask({**headers, "content-length": "-1"}, method, path) == 413
    assert (MAX_BODY, MAX_TEXT_BODY, MAX_SMALL_BODY) == (256 << 20, 32 << 20, 64 << 10)


def test_what_comes_is_counted_to_the_byte() -> None:
    async def run(*parts: int) -> int:
        left = [{"type": "http.request", "body": b"x" * size} for size in parts]

        async def receive() -> Any:
            return left.pop(0)

        counting, taken = guard._limited(receive, 10), 0
        for _ in parts:
            taken += len((await counting())["body"])
        return taken

    assert asyncio.run(run(4, 0, 6)) == 10
    with pytest.raises(EngineError) as caught:
        asyncio.run(run(4, 6, 1))
    assert caught.value.code == "too_large"
    assert guard._too_large(MAX_SMALL_BODY).message == "The request is larger than 64 KiB."


def test_each_code_has_its_status() -> None:
    assert STATUS == {
        "unauthorized": 401,
        "forbidden": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "not_ready": 409,
        "not_waiting": 409,
        "idempotency_conflict": 409,
        "engine_unavailable": 409,
        "gone": 410,
        "too_large": 413,
        "queue_full": 429,
        "engine_failed": 500,
        "engine_killed": 500,
        "out_of_memory": 500,
        "busy": 503,
        "starting": 503,
        "disk_full": 507,
    }
    for code in (*STATUS, "invalid_request", "unknown_model", "invalid_file"):
        said = answer(EngineError(code, "It went wrong.", "retry", "seed"))
        assert said.status_code == STATUS.get(code, 400)
        wanted = {"code": code, "message": "It went wrong.", "param": "seed", "fix": "retry"}
        assert json.loads(bytes(said.body)) == {"error": wanted}


class Told:
    """A store that knows of one job."""

    def __init__(self, progress: JobProgress) -> None:
        self._progress = progress

    def progress(self, job_id: str) -> JobProgress:
        assert job_id == "video_1"
        return self._progress

    def positions(self) -> dict[str, int]:
        return {"video_0": 1, "video_1": 2}


def job(status: JobState, **more: Any) -> StoredJob:
    request = TakeRequest("draft", Direction("pan"), (), 2.5, Fraction(24000, 1001), (320, 180), 7)
    fields = {
        "id": "video_1",
        "key": "k",
        "fingerprint": "f",
        "request": request,
        "binding": {"b": 1},
        "notes": ("n",),
        "place": 9,
        "attempt": 3,
        "interruptions": 1,
        "created_at": 1000.9,
        "completed_at": None,
        "error": None,
        "result": None,
    }
    return StoredJob(status=status, **{**fields, **more})


COMMON = {
    "id": "video_1",
    "object": "video",
    "created_at": 1000,
    "model": "draft",
    "prompt": "pan",
    "seconds": "2.5",
    "size": "320x180",
    "fps": "24000/1001",
    "seed": 7,
    "binding": {"b": 1},
    "error": None,
    "result": None,
    "completed_at": None,
    "expires_at": None,
    "stage": "",
    "eta_seconds": None,
    "queue_position": None,
    "progress": 0,
}


def test_a_job_is_shown_whole_in_each_state() -> None:
    store: Any = Told(JobProgress(0.578, "Filming", 3.25, b"jpeg", 2))
    assert job_json(store, job(JobState.QUEUED)) == {**COMMON, "status": "queued", "queue_position": 2}
    assert job_json(store, job(JobState.QUEUED), {"video_1": 5})["queue_position"] == 5
    working = {**COMMON, "status": "in_progress", "progress": 57, "stage": "Filming", "eta_seconds": 3.25}
    assert job_json(store, job(JobState.IN_PROGRESS)) == working
    result = Result(60, Fraction(24000, 1001), 320, 180, 2.5, ("n",))
    done = job_json(store, job(JobState.COMPLETED, completed_at=2000.9, result=result))
    assert done == {
        **COMMON,
        "status": "completed",
        "progress": 100,
        "completed_at": 2000,
        "expires_at": 2000 + 30 * 86_400,
        "result": {
            "frames": 60,
            "fps": "24000/1001",
            "width": 320,
            "height": 180,
            "sound_seconds": 2.5,
            "notes": ["n"],
            "cost": None,
        },
    }
    problem = Problem("no_camera", "There is none.", "pick_camera", "camera")
    failed = job_json(store, job(JobState.FAILED, completed_at=2000.0, error=problem))
    assert (failed["status"], failed["progress"]) == ("failed", 0)
    assert failed["error"] == {
        "code": "no_camera",
        "message": "There is none.",
        "fix": "pick_camera",
        "param": "camera",
    }


@pytest.mark.parametrize(("fraction", "percent"), [(0.0, 0), (0.019, 1), (0.5, 50), (0.999, 99), (1.0, 99)])
def test_a_job_at_work_is_never_at_a_hundred(fraction: float, percent: int) -> None:
    store: Any = Told(JobProgress(fraction))
    assert state_json(store, job(JobState.IN_PROGRESS))["progress"] == percent


def test_an_engine_is_a_model() -> None:
    shown = engine_json(EngineInfo("draft", fps=Fraction(24)))
    assert (shown["id"], shown["object"], shown["owned_by"], shown["fps"]) == ("draft", "model", "take-one", "24")
