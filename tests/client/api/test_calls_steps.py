"""Calls, events and transfers one by one, without a server: what goes out and what answers become."""

from __future__ import annotations

import io
import json
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from client.api import calls
from client.api.calls import Api
from client.api.errors import ApiError, Stopped, inner_reason, not_a_server, too_large, unreachable
from client.api.transfer import CHUNK, Body, Going
from client.jobs import disk, follow, watch
from client.jobs.follow import Jobs
from client.jobs.journal import Journal
from client.jobs.record import FAILED, READY, SENT, Record
from client.jobs.transfer import Transfer, send
from client.jobs.watch import Watcher
from client.protocol import Direction, Job, JobState, Problem, TakeRequest
from tests.client.api.test_answers import Raw

URL = "http://there"
MakeRequest = Callable[..., TakeRequest]


class Answered:
    """A session of requests that answers from a list: (status, body, headers) or an error."""

    def __init__(self, api: Api, *answers: Any) -> None:
        self.answers, self.seen, self.closed = list(answers), list[Any](), 0
        api._http = self  # type: ignore[assignment]

    def request(self, method: str, url: str, **options: Any) -> Any:
        self.seen.append((method, url, options))
        one = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(one, Exception):
            raise one
        status, body, headers = one
        return Response(self, status, body, headers)

    def close(self) -> None:
        self.closed += 100


class Response:
    reason = "Its reason"

    def __init__(self, session: Answered, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.session, self.status_code, self.raw, self.headers = session, status, Raw(body, 1 << 20), headers

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.session.closed += 1


def api_of(*answers: Any) -> tuple[Api, Answered]:
    api = Api(URL, "secret")
    return api, Answered(api, *answers)


def good(data: Any) -> tuple[int, bytes, dict[str, str]]:
    return 200, json.dumps(data).encode(), {}


def wrong(call: Callable[[], Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value


def test_a_call_waits_as_long_as_it_may(make_request: MakeRequest) -> None:
    api, http = api_of(good({"id": "v", "status": "queued"}))
    api.health()
    api.health(2.5)
    api.job("v")
    api.delete("v")
    api.submit("k", make_request())
    assert [options["timeout"] for _, _, options in http.seen] == [(5.0, 5.0), (5.0, 2.5), *[(5.0, 30.0)] * 3]
    assert all(options["allow_redirects"] is False and options["stream"] is True for _, _, options in http.seen)
    assert [(method, url) for method, url, _ in http.seen] == [
        ("GET", f"{URL}/health"),
        ("GET", f"{URL}/health"),
        ("GET", f"{URL}/v1/videos/v"),
        ("DELETE", f"{URL}/v1/videos/v"),
        ("POST", f"{URL}/v1/videos"),
    ]
    assert http.seen[-1][2]["headers"]["Idempotency-Key"] == "k"
    assert http.seen[-1][2]["headers"]["Content-Type"].startswith("multipart/form-data; boundary=")
    assert http.closed == 5
    api.close()
    assert http.closed == 105


NOT_VERIFIED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "


@pytest.mark.parametrize(
    ("raised", "code", "fix", "said"),
    [
        (
            requests.exceptions.SSLError("no"),
            "certificate",
            "connect",
            f"The certificate of {URL} is not trusted here (no)",
        ),
        (
            OSError("no file x"),
            "certificate",
            "connect",
            f"The certificate of {URL} is not trusted here (no file x). If",
        ),
        (requests.exceptions.InvalidURL("no"), "bad_address", "connect", f"'{URL}' is not a server's address."),
        (requests.exceptions.InvalidSchema("no"), "bad_address", "connect", f"'{URL}' is not a server's address."),
        (requests.exceptions.MissingSchema("no"), "bad_address", "connect", f"'{URL}' is not a server's address."),
        (requests.exceptions.ConnectionError("no"), "unreachable", "retry", f"No answer from {URL}: no"),
        (requests.exceptions.ReadTimeout("slow"), "unreachable", "retry", f"No answer from {URL}: slow"),
        ((300, b"", {}), "redirected", "connect", f"{URL} points on to another address: use that address."),
        ((399, b"", {"Location": "x" * 301}), "redirected", "connect", f"{URL} points on to {'x' * 300}: use"),
        ((400, b"{}", {}), "http_400", "", f"{URL} answered 400: Its reason"),
        ((500, b"{", {}), "http_500", "retry", f"{URL} answered 500: Its reason"),
    ],
)
def test_what_goes_wrong_with_a_call(raised: Any, code: str, fix: str, said: str) -> None:
    api, http = api_of(raised)
    error = wrong(api.engines)
    assert (error.code, error.fix) == (code, fix) and error.message.startswith(said)
    assert http.closed == (0 if isinstance(raised, Exception) else 1)
    assert error.status == (raised[0] if isinstance(raised, tuple) else 0)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            f"{NOT_VERIFIED}self-signed certificate (_ssl.c:1006)",
            "The certificate of {} is not trusted here (self-signed c",
        ),
        (
            f"{NOT_VERIFIED}certificate has expired (_ssl.c:1006)",
            "The certificate of {} does not hold today (certificate ha",
        ),
        (
            f"{NOT_VERIFIED}certificate is not yet valid (_ssl.c:1)",
            "The certificate of {} does not hold today (certificate is",
        ),
        (
            f"{NOT_VERIFIED}Hostname mismatch, it is for 'b'. (_ssl.c:1)",
            "The certificate of {} is for another name (Hostname m",
        ),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1)", "{} answers, but not by https. Enter the addr"),
    ],
)
def test_what_is_wrong_with_a_certificate_and_no_jargon(reason: str, said: str) -> None:
    api, _ = api_of(requests.exceptions.SSLError(ssl.SSLError(1, reason)))
    message = wrong(api.engines).message
    assert message.startswith(said.format(URL)) and "_ssl" not in message and "SSL:" not in message


@pytest.mark.parametrize("id", ["v" * 200, "a.b", "..a"])
def test_ids_that_a_job_can_have(id: str, make_request: MakeRequest) -> None:
    api, _ = api_of(good({"id": id, "status": "in_progress"}))
    assert api.submit("k", make_request()) == Job(id, JobState.IN_PROGRESS)
    for strange in ("v" * 201, "", ".", "...", 5, None):
        api, _ = api_of(good({"id": strange, "status": "queued"}))
        assert wrong(lambda api=api: api.submit("k", make_request())).code == "not_a_server"


def test_a_job_may_come_with_an_error_status() -> None:
    api, _ = api_of((500, b'{"id": "v", "status": "failed", "error": "boom"}', {}))
    assert api.job("v") == Job("v", JobState.FAILED, error=Problem("failed", "boom"))
    others = [(404, b'{"id": "v"}', "http_404"), (400, b"[]", "http_400"), (200, b"[]", "not_a_server")]
    for status, body, code in (*others, (404, b"<html>", "not_a_server")):
        api, _ = api_of((status, body, {}))
        assert wrong(lambda api=api: api.job("v")).code == code


def test_prompts_and_paths_as_the_server_has_them() -> None:
    direction = Direction("push in")
    for said, prompt in (({"prompt": "Push in."}, "Push in."), ({"prompt": 5}, "push in"), ({}, "push in")):
        assert api_of(good(said))[0].compose_prompt("e", direction, {"a": 1}) == prompt
    api, http = api_of(good({"prompt": "x"}))
    api.compose_prompt("e", direction, {"a": 1})
    extra = {"dialogue": [], "sound": "", "options": {"a": 1}}
    assert http.seen[0][2]["json"] == {"model": "e", "prompt": "push in", "extra_params": extra}
    matrix = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    path = {"keyframes": [{"t": 0, "matrix": matrix}]}
    found = api_of(good({"path": path, "notes": ["n"]}))[0].words_path("e", direction, None, 2, 1, False)
    assert found is not None and found.notes == ("n",)
    assert api_of(good({"path": None}))[0].words_path("e", direction, None, 2, 1) is None
    assert wrong(lambda: api_of(good({"path": 5}))[0].words_path("e", direction, None, 2, 1)).code == "not_a_server"


def test_a_sidecar_is_an_object_and_comes_as_it_is() -> None:
    assert api_of((200, b' {"a":1} ', {}))[0].sidecar("v") == b' {"a":1} '
    assert wrong(lambda: api_of((200, b"[]", {}))[0].sidecar("v")).code == "not_a_server"


def test_a_clip_is_written_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    api, http = api_of((200, b"x" * 30, {}))
    monkeypatch.setattr(calls, "MOST_CLIP", 30)
    file, going = io.BytesIO(), Going()
    api.download("v", file, going)
    assert file.getvalue() == b"x" * 30 and http.seen[0][2]["params"] == {"variant": "video"} and http.closed == 1
    monkeypatch.setattr(calls, "MOST_CLIP", 29)
    assert wrong(lambda: api.download("v", io.BytesIO(), Going())).code == "too_large"
    going.stop()
    file = io.BytesIO()
    with pytest.raises(Stopped):
        api.download("v", file, going)
    assert file.getvalue() == b""


def test_events_are_listened_to_as_long_as_they_may_be_silent() -> None:
    api, http = api_of((200, b"event: end\ndata: {}\n\n", {}))
    assert list(api.events("v", 1.5)) == [("end", {})]
    list(api.events("v"))
    assert [options["timeout"] for _, _, options in http.seen] == [(5.0, 1.5), (5.0, 30.0)]
    assert http.seen[0][1] == f"{URL}/v1/videos/v/events"
    assert http.seen[0][2]["headers"] == {"Accept": "text/event-stream"}


def test_the_token_goes_in_a_header_only() -> None:
    request: Any = SimpleNamespace(headers={})
    assert calls._Bearer("t")(request).headers == {"Authorization": "Bearer t"}
    bare: Any = SimpleNamespace(headers={})
    assert calls._Bearer("")(bare).headers == {}
    api = Api(URL + "//", "t")
    assert (api.url, api.server, api._http.headers["Accept-Encoding"]) == (URL, URL, "identity")
    assert Api(URL, "t", "local").another().server == "local"


def test_why_a_call_failed_in_words() -> None:
    assert (not_a_server(URL, 404).status, not_a_server(URL).fix) == (404, "connect")
    assert too_large(URL, 3 << 20).message == f"{URL} answers with more than 3 MB, which is no answer of ours."
    assert unreachable(URL, OSError(111, "Refused")).message == f"No answer from {URL}: Refused"
    assert inner_reason(ValueError("x" * 600)) == "x" * 500
    loop = ValueError("round")
    loop.__cause__ = other = ValueError("and round")
    other.__cause__ = loop
    assert inner_reason(loop) in ("round", "and round")
    reasoned: Any = ValueError("outer")
    reasoned.reason = RuntimeError("inner")
    assert inner_reason(reasoned) == "inner" and inner_reason(ValueError("a>: b>: c")) == "b>: c"


def test_a_body_goes_in_pieces_of_sixty_four_kilobytes() -> None:
    assert [len(piece) for piece in Body(bytes(CHUNK * 2 + 1), Going())] == [65536, 65536, 1]
    going = Going()
    going.check()
    assert going.stop() and going.stop()
    with pytest.raises(Stopped):
        going.check(complete=True)
    done = Going()
    done.check(complete=True)
    done.check()
    assert not done.stop()


def test_a_transfer_ends_with_its_answer_or_with_what_went_wrong(make_request: MakeRequest, tmp_path: Path) -> None:
    closed: list[str] = []

    class Side:
        def another(self) -> Any:
            return SimpleNamespace(close=lambda: closed.append("closed"), submit=lambda *given: given)

    ended = threading.Event()
    record = Record("k", "local", "me", make_request(), tmp_path / "t.mp4")
    sent = Transfer(Side(), send(record), ended.set)  # type: ignore[arg-type]
    sent.join(60)
    key, request, _ = sent.result()  # type: ignore[misc]
    assert ended.is_set() and sent.done and (key, request) == ("k", record.request) and closed == ["closed"]

    def broken(*_: Any) -> Any:
        raise OSError("no")

    failed = Transfer(Side(), broken, lambda: None)  # type: ignore[arg-type]
    failed.join(60)
    assert failed.done
    with pytest.raises(OSError, match="no"):
        failed.result()
    assert closed == ["closed"] * 2 and failed.stop()


class Stream:
    """Events that are told, then silence; an error is raised in its turn."""

    url = URL

    def __init__(self, *turns: Any) -> None:
        self.turns, self.asked, self.closed = list(turns), list[Any](), 0

    def events(self, job_id: str, quiet: float) -> Any:
        self.asked.append((job_id, quiet))
        one = self.turns.pop(0)
        if isinstance(one, Exception):
            raise one
        yield from one

    def close(self) -> None:
        self.closed += 1


def test_events_are_passed_on_until_the_end_and_asked_for_after_longer_pauses(
    make_request: MakeRequest, tmp_path: Path
) -> None:
    record = Record("k", "local", "me", make_request(), tmp_path / "t.mp4", SENT, "v")
    away = ApiError("unreachable", "x")
    working = ("progress", {"status": "in_progress", "progress": 5})
    stream = Stream(away, [], away, away, away, away, [working], [("end", {}), working])
    pauses: list[float] = []
    stop: Any = SimpleNamespace(is_set=lambda: False, wait=pauses.append)
    told: list[Any] = []
    watch._listen(stop, stream, record, "v", told.append, lambda: told.append("woken"))  # type: ignore[arg-type]
    assert pauses == [0.2, 0.5, 1.0, 2.0, 5.0, 5.0, 0.05, 0.2]
    assert [getattr(one, "job", one) for one in told] == [Job("v", JobState.IN_PROGRESS, 5), "woken"]
    assert set(stream.asked) == {("v", 1.0)} and stream.closed == 1
    deaf = Stream(ApiError("http_404", "x"), [working])
    watch._listen(stop, deaf, record, "v", told.append, lambda: None)  # type: ignore[arg-type]
    assert len(deaf.asked) == 1 and deaf.closed == 1 and len(told) == 2
    looks = iter([False, True])
    ending: Any = SimpleNamespace(is_set=lambda: next(looks), wait=pauses.append)
    watch._listen(ending, Stream([working, working]), record, "v", told.append, lambda: None)  # type: ignore[arg-type]
    assert len(told) == 2


def test_one_job_is_watched_at_a_time(
    make_request: MakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(watch, "_listen", lambda *given: begun.append(given))
    one, other = (SimpleNamespace(another=lambda name=name: name) for name in ("one", "other"))
    record = Record("k", "local", "me", make_request(), tmp_path / "t.mp4", SENT, "v")
    watcher = Watcher(print, lambda: None)
    watcher.close()
    for api, id in ((one, "v"), (one, "v"), (other, "v"), (other, "w"), (other, "w")):
        record.id = id
        watcher.follow(api, record)  # type: ignore[arg-type]
    watcher.close()
    assert [(given[1], given[3]) for given in begun] == [("one", "v"), ("other", "v"), ("other", "w")]
    assert [given[0].is_set() for given in begun] == [True, True, True] and begun[0][2] is record
    watcher.follow(other, record)  # type: ignore[arg-type]
    watcher.close()
    assert len(begun) == 4  # what was let go of is followed anew


def test_ends_are_told_again_and_transfers_given_up(
    home: Path, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    jobs = Jobs(Journal(home), "me", told.append)
    for index, (state, owner) in enumerate(((READY, "me"), (FAILED, "me"), (SENT, "me"), (SENT, "gone"))):
        path = home / f"{index}.mp4"
        Journal(home).add(Record(f"k{index}", "local", owner, make_request(f"k{index}"), path, state, "v", index))
    jobs.replay()
    ready, failed = told
    assert (ready.key, ready.clip, ready.sidecar) == ("k0", home / "0.mp4", home / "0.json")
    assert ready.job == Job("v", JobState.COMPLETED) and failed.problem == follow.UNEXPLAINED and failed.key == "k1"
    jobs.adopt()
    assert list(jobs._open) == ["k3"] and jobs._open["k3"].attempted and jobs.busy("local")
    clock, joined, stopped = [10.0], list[float](), list[str]()

    def join(seconds: float) -> None:
        joined.append(seconds)
        clock[0] += 0.7

    for key in ("a", "b"):
        transfer: Any = SimpleNamespace(stop=lambda key=key: stopped.append(key), join=join)
        jobs._open[key] = follow.OpenJob(jobs._open["k3"].record, transfer=transfer)
    monkeypatch.setattr(follow, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    jobs.close()
    assert stopped == ["a", "b"] and joined == pytest.approx([1.0, 0.3])
    jobs.close()
    assert joined[2:] == pytest.approx([1.0, 0.3])


@pytest.mark.parametrize(
    ("error", "said", "fix"),
    [
        (OSError(28, "No space", "/a/b"), "The disk is full: /a/b could not be written.", "free_space"),
        (OSError(28, "No space"), "The disk is full: a file could not be written.", "free_space"),
        (FileNotFoundError(2, "none", "/a"), "/a is not there any more.", "retry"),
        (PermissionError(13, "Permission denied", "/a"), "/a: Permission denied. Save the .blend where", "save_file"),
    ],
)
def test_what_goes_wrong_with_files(error: OSError, said: str, fix: str) -> None:
    problem = disk.file_problem(error, error.filename)
    assert problem.message.startswith(said) and (problem.code, problem.fix) == ("file", fix)
