"""What a server that is broken, or means harm, can do: nothing but fail its own jobs, soon and by name."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from client.api import answers
from client.api.calls import Api
from client.api.errors import ApiError
from client.api.transfer import Going
from client.events import FAILED, BackendState, Engines, JobFailed, JobProgress, TakeReady
from client.jobs.watch import EVENT_SECONDS
from client.protocol import Direction, EngineInfo, JobState, Problem, TakeRequest
from client.session import Session
from client.target import RemoteTarget
from tests.client.conftest import PATIENCE, ready, wait_for
from tests.client.fake_server import CLIP, OPENAI, FakeServer, Hook, answer, endless
from tests.client.movie import movie

Make = Callable[..., Session]
MakeRequest = Callable[..., TakeRequest]
BOUND = answers.MOST_JSON + (16 << 20)  # with what the system has under way


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.jobs.follow.BUSY_SECONDS", 0.05)


def as_json(data: Any, status: int = 200) -> Hook:
    return answer(json.dumps(data).encode(), status, Content_Type="application/json")


class Counted:
    """An endless answer, and how many bytes of it left."""

    def __init__(self, piece: bytes) -> None:
        self.piece, self.sent = piece, 0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(self.piece)
            self.sent += len(self.piece)


# --- lists and answers -----------------------------------------------------------------------------------------------


def test_a_list_of_models_that_says_only_ids(make_session: Make, server: FakeServer):
    server.script.dialect = OPENAI
    session = make_session()
    ready(session, server)
    assert wait_for(session, Engines).engines == (EngineInfo("Wan-AI/Wan2.2"),)


def test_a_list_of_models_with_nonsense_in_it(server: FakeServer):
    entries = [None, 5, {}, {"id": 7}, {"id": ""}, {"id": "a", "name": ["x"], "max_seconds": "8", "views": "many"}]
    server.script.hooks["GET models"] = as_json(
        {"data": [*entries, {"id": "a"}, {"id": "b", "languages": ["Latin", 5]}]}
    )
    assert Api(server.url).engines() == (EngineInfo("a", max_seconds=8.0), EngineInfo("b", languages=("Latin",)))
    server.script.hooks["GET models"] = as_json({"data": [{"id": str(number)} for number in range(5000)]})
    assert len(Api(server.url).engines()) == 100
    server.script.hooks["GET models"] = as_json({"data": "all"})
    assert Api(server.url).engines() == ()


CALLS: dict[str, Callable[[Api, TakeRequest], Any]] = {
    "GET health": lambda api, request: api.health(),
    "GET models": lambda api, request: api.engines(),
    "POST prompt": lambda api, request: api.compose_prompt("draft", Direction("push in"), {}),
    "POST videos": lambda api, request: api.submit("k1", request),
    "GET video_1": lambda api, request: api.job("video_1"),
    "POST cancel": lambda api, request: api.cancel("video_1"),
    "POST move": lambda api, request: api.move("video_1", None),
    "DELETE video_1": lambda api, request: api.delete("video_1"),
    "GET content": lambda api, request: api.sidecar("video_1"),
    "GET events": lambda api, request: list(api.events("video_1")),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_without_an_end_is_cut_off(name: str, make_request: MakeRequest, server: FakeServer):
    hook = server.script.hooks[name] = Counted(b"x" * (1 << 20))
    with pytest.raises(ApiError) as caught:
        CALLS[name](Api(server.url), make_request())
    assert caught.value.code == "too_large"
    assert hook.sent < BOUND


@pytest.mark.parametrize("name", [name for name in CALLS if name != "GET events"])
def test_an_answer_that_trickles_is_given_up(
    name: str, make_request: MakeRequest, server: FakeServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("client.api.calls.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(Api._content, "__defaults__", (0.5,))
    monkeypatch.setattr(Api.health, "__defaults__", (0.5,))
    server.script.hooks[name] = endless(b" ", pause=0.02)
    with pytest.raises(ApiError) as caught:  # the server itself would never end
        CALLS[name](Api(server.url), make_request())
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_follows_no_redirect(name: str, status: int, make_request: MakeRequest, server: FakeServer):
    other = FakeServer()
    try:
        server.script.hooks[name] = answer(b"", status, Location=f"{other.url}/v1/videos")
        with pytest.raises(ApiError) as caught:
            CALLS[name](Api(server.url, "hush"), make_request())
        assert (caught.value.code, caught.value.status) == ("redirected", status)
        assert other.url in caught.value.message
        assert server.tokens == {"Bearer hush"}
        assert other.calls == []
    finally:
        other.close()


def test_no_clip_follows_a_redirect(server: FakeServer, tmp_path: Path):
    other = FakeServer()
    try:
        server.script.hooks["GET content"] = answer(b"", 302, Location=other.url)
        with pytest.raises(ApiError, match="points on"), (tmp_path / "t").open("w+b") as file:
            Api(server.url, "hush").download("video_1", file, Going())
        assert other.calls == []
    finally:
        other.close()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>Sign in</html>", b"[]", b'"x"', b"null", b"{", b"\xff\xfe", b"[" * 200_000,
        b'{"id": ' * 65 + b"1" + b"}" * 65,
    ],
    ids=["nothing", "html", "list", "text", "null", "half", "bytes", "deep", "65 levels"],
)  # fmt: skip
def test_what_is_no_answer_of_ours(body: bytes, make_request: MakeRequest, server: FakeServer):
    for name in ("GET models", "POST videos", "GET video_1", "POST cancel", "GET content"):
        server.script.hooks[name] = answer(body)
        with pytest.raises(ApiError) as caught:
            CALLS[name](Api(server.url), make_request())
        assert caught.value.code == "not_a_server", name
    server.script.hooks["GET health"] = answer(body)
    assert Api(server.url).health() == answers.Health()


@pytest.mark.parametrize("job_id", [None, 5, "", "..", "x" * 201, ["a"]])
def test_a_job_without_an_id_that_can_be_used(job_id: Any, make_request: MakeRequest, server: FakeServer):
    server.script.hooks["POST videos"] = as_json({"id": job_id, "status": "queued"})
    with pytest.raises(ApiError) as caught:
        Api(server.url).submit("k1", make_request())
    assert caught.value.code == "not_a_server"


def test_an_id_stays_below_the_jobs(server: FakeServer):
    api, path = Api(server.url), "/v1/videos/..%2F..%2Fadmin%3Fx%3D1%23y"
    for call in (api.job, api.cancel):
        with pytest.raises(ApiError):
            call("../../admin?x=1#y")
    api.delete("../../admin?x=1#y")
    assert server.calls == [f"GET {path}", f"POST {path}/cancel", f"DELETE {path}"]


def test_a_packed_answer_is_not_unpacked(server: FakeServer):
    server.script.hooks["GET models"] = answer(b"\x1f\x8b" + bytes(50), Content_Encoding="gzip")
    with pytest.raises(ApiError) as caught:
        Api(server.url).engines()
    assert caught.value.code == "not_a_server"


# --- jobs ------------------------------------------------------------------------------------------------------------


def test_what_a_job_says_is_read_as_far_as_it_can_be():
    said = {
        "status": "in_progress", "progress": "abc", "stage": "\ud800x", "eta_seconds": "soon", "seed": 4294967295,
        "seconds": "2.5", "queue_position": {}, "fps": "1e999999999", "result": {"frames": 10**400, "notes": ["a", 5]},
        "error": [], "binding": "x",
    }  # fmt: skip
    job = answers.job(said, "v")
    assert (job.id, job.status, job.progress, job.stage) == ("v", JobState.IN_PROGRESS, 0, "?x")
    assert (job.eta_seconds, job.seed, job.seconds, job.queue_position, job.fps) == (None, 4294967295, 2.5, None, None)
    assert job.result is not None and (job.result.frames, job.result.notes) == (0, ("a",))
    assert (job.error, job.binding) == (None, None)
    assert [answers.job({"progress": value}, "v").progress for value in (-5, 250, 41.0, True, 1e308, "7")] == [
        0, 100, 41, 0, 0, 7,
    ]  # fmt: skip
    assert len(answers.job({"stage": "x" * 1_000_000}, "v").stage) == 10_000


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"status": "failed", "error": "boom"}, Problem("failed", "boom")),
        ({"status": "failed", "error": {"message": "boom"}}, Problem("failed", "boom")),
        ({"status": "failed", "error": {"code": 507, "message": "boom", "fix": 3}}, Problem("507", "boom")),
        ({"status": "failed", "error": ["boom"]}, Problem("failed", "The server failed and did not say why.", "retry")),
        ({"status": "failed"}, Problem("failed", "The server failed and did not say why.", "retry")),
        ({"status": "error", "error": "boom"}, Problem("failed", "boom")),
        ({"status": 5, "error": "boom"}, Problem("failed", "boom")),
        ({"status": "canceled"}, Problem("cancelled", "Cancelled.")),
    ],
)
def test_a_job_that_ends_in_words_of_its_own(
    said: dict[str, Any],
    problem: Problem,
    make_session: Make,
    make_request: MakeRequest,
    server: FakeServer,
    tmp_path: Path,
):
    server.script.hooks["GET job"] = as_json({"id": "x", **said})
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert wait_for(session, JobFailed).problem == problem


def test_progress_of_no_sense_disturbs_neither_the_job_nor_the_connection(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hooks["GET job"] = as_json({"status": "in_progress", "progress": "abc", "result": "no"})
    data = b'event: progress\ndata: {"progress": "abc", "preview": "data:x,%%%", "stage": "from the stream"}\n\n'
    server.script.hooks["GET events"] = answer(data, Content_Type="text/event-stream")
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(seed=4294967295), tmp_path / "t.mp4")
    seen: list = []
    event = wait_for(session, JobProgress, test=lambda event: event.job.stage == "from the stream", seen=seen)
    assert (event.job.progress, event.preview) == (0, None)
    server.script.hooks.clear()
    take = wait_for(session, TakeReady, seen=seen)
    assert take.job.seed == 4294967295
    assert not [event for event in seen if isinstance(event, BackendState)]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is empty"),
        (b"<html>Sign in to the network</html>", "it is no mp4"),
        (CLIP[:-9], "it breaks off in the middle"),
        (movie(47), "it has 47 frames, not 48"),
        (movie(49), "it has 49 frames, not 48"),
        (movie(0), "it has 0 frames, not 48"),
    ],
    ids=["empty", "html", "short", "47", "49", "0"],
)
def test_what_is_no_clip_never_counts(
    body: bytes,
    why: str,
    make_session: Make,
    make_request: MakeRequest,
    server: FakeServer,
    tmp_path: Path,
    impatient: None,
):
    server.script.hooks["GET content"] = answer(body)
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "takes" / "t.mp4")
    seen: list = []
    failed = wait_for(session, JobFailed, seen=seen)
    assert (failed.problem.code, failed.problem.fix) == ("bad_clip", "retry")
    assert failed.problem.message == f"What {server.url} sent is not the take's clip: {why}."
    assert list((tmp_path / "takes").iterdir()) == []
    assert sum(call.endswith("variant=video") for call in server.calls) == 4, "it was asked for again, not for ever"
    assert not [event for event in seen if isinstance(event, TakeReady | BackendState)]


def test_a_clip_that_comes_whole_at_the_second_try_counts(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, impatient: None
):
    def once(handler: BaseHTTPRequestHandler) -> None:
        if "video" in handler.path.partition("?")[2]:
            server.script.hooks.clear()
        answer(b"<html>")(handler)

    server.script.hooks["GET content"] = once
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert wait_for(session, TakeReady).clip.read_bytes() == CLIP


def test_somebody_elses_page_is_no_word_on_a_clip(server: FakeServer):
    server.script.hooks["GET content"] = answer(b"Sign in", Content_Type="Text/HTML; charset=utf-8")
    file = io.BytesIO()
    with pytest.raises(ApiError) as caught:
        Api(server.url).download("v", file, Going())
    assert (caught.value.code, file.getvalue()) == ("not_a_server", b"")


def test_another_kind_of_server_promises_no_number_of_frames(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.dialect = OPENAI
    server.script.hooks["GET content"] = answer(movie(33))
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert wait_for(session, TakeReady).clip.read_bytes() == movie(33)


def test_a_clip_without_pictures_counts_nowhere(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, impatient: None
):
    server.script.dialect = OPENAI
    server.script.hooks["GET content"] = answer(movie(0))
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    assert "it has 0 frames" in wait_for(session, JobFailed).problem.message


def test_a_server_that_answers_a_job_with_a_page_fails_it_after_a_few_tries(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path, impatient: None
):
    server.script.hooks["POST videos"] = answer(b"<html>", Content_Type="text/html")
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    seen: list = []
    assert wait_for(session, JobFailed, seen=seen).problem.code == "not_a_server"
    assert server.calls.count("POST /v1/videos") == 4
    assert not [event for event in seen if isinstance(event, BackendState)]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_that_is_busy_loses_no_job(
    status: int,
    make_session: Make,
    make_request: MakeRequest,
    server: FakeServer,
    tmp_path: Path,
    impatient: None,
):
    server.script.hooks["GET job"] = answer(b"<html>Bad gateway</html>", status)
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress, test=lambda event: event.job.stage == "the server is busy")
    server.script.hooks.clear()
    assert wait_for(session, TakeReady).key == "k1"


def test_a_health_without_an_end_is_said_and_not_asked_for_ever(make_session: Make, server: FakeServer):
    hook = server.script.hooks["GET health"] = Counted(b"x" * (1 << 20))
    session = make_session()
    session.connect(RemoteTarget(server.url))
    state = wait_for(session, BackendState, test=lambda event: event.state == FAILED)
    assert (state.fix, "more than 8 MB" in state.message) == ("connect", True)
    assert hook.sent < BOUND
    assert wait_for_nothing(session)


def test_a_flood_of_events_is_passed_on_slowly(
    make_session: Make, make_request: MakeRequest, server: FakeServer, tmp_path: Path
):
    server.script.hold = True
    data = b'event: progress\ndata: {"status": "in_progress", "progress": 3}\n\n'
    server.script.hooks["GET events"] = endless(data * 1000, "text/event-stream")
    session = make_session()
    ready(session, server)
    session.submit("k1", make_request(), tmp_path / "t.mp4")
    wait_for(session, JobProgress)
    next(iter(server.jobs.values()))["status"] = "in_progress"
    wait_for(session, JobProgress, test=lambda event: event.job.progress == 3)
    session.poll()  # what has come so far
    began, count = time.monotonic(), 0
    while count < 10:
        count += len(session.poll())
        assert count <= (time.monotonic() - began) / EVENT_SECONDS + 5
        assert time.monotonic() < began + PATIENCE
        time.sleep(0.02)
    session.cancel("k1")
    assert wait_for(session, JobFailed).problem.code == "cancelled"


def wait_for_nothing(session: Session, seconds: float = 1.5) -> bool:
    """Whether no state follows within this time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        event = session.next_event(0.1)
        assert not isinstance(event, BackendState), event
    return True
