"""What a server's answers are read as, piece by piece; and what is asked of it, word for word. No server runs."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from client import files
from client.api import answers, form
from client.api.answers import Health
from client.api.calls import Api, _is_job, _path
from client.api.errors import ApiError, inner_reason
from client.events import JobProgress
from client.jobs.record import Record
from client.jobs.watch import _jpeg, _progress
from client.protocol import (
    Binding,
    Camera,
    Direction,
    EngineInfo,
    Job,
    JobState,
    Line,
    Price,
    Problem,
    TakeRequest,
)

URL = "http://there"


class Raw(io.BytesIO):
    """A body that comes in pieces of so many bytes."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read1(self, count: int | None = -1) -> bytes:
        return self.read(min(self._size, count or self._size))


class Response:
    status_code = 200

    def __init__(self, data: bytes, size: int = 7, **headers: str) -> None:
        self.raw = Raw(data, size)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.closed = False

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True


def body(response: Response, **bounds: Any) -> bytes:
    return answers.content(response, URL, **{"seconds": 9.0, **bounds})  # type: ignore[arg-type]


def test_a_body_is_read_to_its_bound_and_whole() -> None:
    response = Response(b"x" * 20, Content_Length="20")
    assert body(response, most=20) == b"x" * 20 and response.closed
    for wrong, code in (
        (Response(b"x" * 21), "too_large"),
        (Response(b"x" * 19, Content_Length="20"), "unreachable"),
        (Response(b"x", Content_Encoding="gzip"), "not_a_server"),
    ):
        with pytest.raises(ApiError) as refused:
            body(wrong, most=20)
        assert refused.value.code == code and wrong.closed
    assert body(Response(b"x", Content_Encoding="Identity", Content_Length="one")) == b"x"


def test_a_body_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 108.0, 109.5])
    monkeypatch.setattr(answers.time, "monotonic", lambda: next(now))
    with pytest.raises(ApiError, match="longer than 9 s") as refused:
        body(Response(b"x" * 14))
    assert refused.value.code == "unreachable"


def events(data: bytes, size: int = 7) -> list[tuple[str, dict[str, Any]]]:
    return list(answers.events(Response(data, size), URL))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_events_have_their_names_and_the_next_one_has_none(size: int) -> None:
    stream = (
        b'event: progress\r\ndata: {"a": 1}\r\n\r\n'
        b": still here\n\n"
        b'data: {"b":\ndata:  2}\n\n'
        b"event: nothing\n\n"
        b'event:end\ndata:{"c": 3}\n\n'
        b'data: {"d": 4}\n'
    )
    assert events(stream, size) == [("progress", {"a": 1}), ("message", {"b": 2}), ("end", {"c": 3})]


def test_events_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_LINE", 30)
    exact = b'data: {"a": "' + b"x" * 22 + b'"}\n\n'
    assert len(exact.strip()) - len(b"data: ") == 31
    for data in (exact, b'data: {"a":\n' * 9 + b"\n", b"x" * 31):
        with pytest.raises(ApiError) as refused:
            events(data)
        assert refused.value.code == "too_large"
    assert events(exact.replace(b"xx", b"x", 1), 99) == [("message", {"a": "x" * 21})]
    with pytest.raises(ApiError, match="not a Take One server"):
        events(b"data: [1]\n\n")


def test_health_is_read_as_far_as_it_goes() -> None:
    said = {"status": "ok", "version": "0.2.0", "protocol": 3, "pid": 77, "more": 1}
    assert answers.health(json.dumps(said).encode()) == Health("ok", "0.2.0", 3, 77)
    assert answers.health(b"") == answers.health(b"[]") == answers.health(b"ok") == Health("", "", 1, None)


def test_engines_are_those_with_an_id_the_first_of_each_and_a_hundred_at_most() -> None:
    said = [
        {"id": "a", "name": "A"},
        {"name": "none"},
        {"id": ""},
        5,
        {"id": "b", "lane": "gpu"},
        {"id": "a", "name": "B"},
    ]
    assert answers.engines({"data": said}) == (EngineInfo("a", "A"), EngineInfo("b", lane="gpu"))
    many = answers.engines({"data": [{"id": f"e{number}"} for number in range(101)]})
    assert [engine.id for engine in many] == [f"e{number}" for number in range(100)]
    assert answers.engines({"data": None}) == answers.engines({}) == ()


@pytest.mark.parametrize(
    ("said", "status", "progress", "code"),
    [
        ({"status": "canceled"}, JobState.CANCELLED, 0, None),
        ({"status": "in_progress", "progress": 101}, JobState.IN_PROGRESS, 100, None),
        ({"status": "in_progress", "progress": -1}, JobState.IN_PROGRESS, 0, None),
        ({"status": "in_progress", "progress": 37}, JobState.IN_PROGRESS, 37, None),
        ({"status": "warming"}, JobState.QUEUED, 0, None),
        ({"status": "warming", "error": "boom"}, JobState.FAILED, 0, "failed"),
        ({"error": {"message": "No.", "code": 17}}, JobState.FAILED, 0, "17"),
        ({"status": "completed", "error": {"message": "A remark.", "code": "odd"}}, JobState.COMPLETED, 0, "odd"),
        ({"status": "failed", "error": {"code": "odd"}}, JobState.FAILED, 0, None),
    ],
)
def test_a_job_as_servers_of_any_kind_put_it(said: dict, status: JobState, progress: int, code: str | None) -> None:
    found = answers.job({"id": "theirs", **said}, "ours")
    assert (found.id, found.status, found.progress) == ("ours", status, progress)
    assert (found.error and found.error.code) == code


def test_a_problem_is_a_message_with_what_else_is_known_of_it() -> None:
    full = {"message": "m" * 1001, "code": "c" * 101, "fix": "retry", "param": "seed", "type": "x"}
    assert answers.problem(full) == Problem("c" * 100, "m" * 1000, "retry", "seed")
    assert answers.problem("Boom.") == Problem("failed", "Boom.")
    assert answers.problem({"message": "m", "code": 0}) == Problem("failed", "m")
    assert [answers.problem(said) for said in (None, " ", {"message": " "}, {"message": 5}, [])] == [None] * 5


def test_sums_are_numbers_by_currency() -> None:
    said = {"EUR": 1.5, "USD": 2, "CNY": True, "GBP": "3", "JPY": 1e12, "LONGER_THAN": 999_999_999_999, "SEK": -1}
    assert answers.sums(said) == {"EUR": 1.5, "USD": 2.0, "LONGER_T": 999_999_999_999.0, "SEK": -1.0}
    assert list(answers.sums({f"C{number}": number for number in range(21)})) == [f"C{number}" for number in range(20)]
    assert answers.sums(None) == answers.sums([1]) == {}


def test_a_price_is_one_or_none() -> None:
    assert answers.price({"price": {"amount": 1.25, "currency": "EUR", "exact": True}}) == Price(
        1.25, "EUR", exact=True
    )
    assert [answers.price(said) for said in ({}, {"price": None}, {"price": 5}, {"price": {"amount": -1}})] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("status", "said", "wanted"),
    [
        (409, {"error": {"code": "not_ready", "message": "Wait.", "fix": "retry", "param": "id"}},
         ("not_ready", "Wait.", "retry", "id")),
        (403, {"error": {"code": "forbidden", "message": "No."}}, ("forbidden", "No.", "connect", None)),
        (400, {"error": {"message": "No."}}, ("http_400", "No.", "", None)),
        (401, {}, ("unauthorized", "http://there refused the token.", "connect", None)),
        (422, {"detail": [1]}, ("http_422", "http://there answered 422: [1]", "", None)),
        (404, {"detail": "Not Found"}, ("http_404", "http://there answered 404: Not Found", "", None)),
        (500, {"detail": "x" * 1001}, ("http_500", "http://there answered 500: " + "x" * 1000, "retry", None)),
        (499, [], ("http_499", "http://there answered 499: Its reason", "", None)),
    ],
)  # fmt: skip
def test_what_a_refusal_says(status: int, said: Any, wanted: tuple[Any, ...]) -> None:
    response = Response(b"")
    response.status_code, response.reason = status, "Its reason"  # type: ignore[attr-defined]
    error = Api(URL)._refusal(response, json.dumps(said).encode())  # type: ignore[arg-type]
    assert (error.code, error.message, error.fix, error.param) == wanted and error.status == status


def test_a_job_is_asked_for_by_its_own_name_only() -> None:
    assert _path("../a b/ü?x#y") == "/v1/videos/..%2Fa%20b%2F%C3%BC%3Fx%23y"
    said = (b'{"id": "a", "status": "failed"}', b'{"id": "a"}', b'{"status": "x"}', b"[")
    assert [_is_job(one) for one in said] == [True, False, False, False]


def test_a_server_elsewhere_may_have_a_proxy_and_this_machine_none() -> None:
    assert [Api(url)._http.trust_env for url in ("http://127.0.0.1:8", "http://render:8")] == [False, True]
    one = Api("http://render:8/", "secret", "")
    other = one.another()
    assert (other.url, other.server, other._token) == ("http://render:8", "http://render:8", "secret")
    assert other._http is not one._http


DIRECTION = Direction("push in", (Line("ANNA", "German", "Spät."),), "rain")


def test_questions_are_put_word_for_word() -> None:
    spoken = {"dialogue": [{"speaker": "ANNA", "language": "German", "line": "Spät."}], "sound": "rain"}
    assert form.prompt_params(DIRECTION, {"a": (1, 2)}) == {**spoken, "options": {"a": [1, 2]}}
    camera = Camera("perspective", 64, 48, 32.0, 24.0, fx=50.0, fy=51.0)
    asked = form.path_fields("draft", DIRECTION, camera, 2.5, 7)
    assert {name: asked[name] for name in ("model", "prompt", "seconds", "seed")} == {
        "model": "draft",
        "prompt": "push in",
        "seconds": 2.5,
        "seed": 7,
    }
    assert asked["extra_params"]["camera"]["fy"] == 51.0 and "whole" not in asked["extra_params"]
    assert form.path_fields("draft", DIRECTION, None, 2.5, 7, whole=False)["extra_params"] == {**spoken, "whole": False}


def test_each_call_has_its_own_address_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    api, asked, said = Api(URL), [], b"{}"

    def content(method: str, path: str, **options: Any) -> bytes:
        asked.append((method, path, options))
        return said

    monkeypatch.setattr(api, "_content", content)
    api.retry("a", True)
    api.move("a", "b")
    api.move("a", None)
    api.delete("a")
    api.sidecar("a")
    api.health(3.0)
    said = b'{"id": "x", "status": "cancelled"}'
    assert (api.cancel("a").id, api.cancel("a").status) == ("a", JobState.CANCELLED)
    said = b'{"film": {"EUR": 1}, "since": {"EUR": 2}, "price": {"amount": 3}, "data": [{"id": "e"}]}'
    assert api.spending("f", 5.5) == ({"EUR": 1.0}, {"EUR": 2.0})
    assert api.estimate({"model": "m"}) == Price(3.0) and api.engines() == (EngineInfo("e"),)
    assert asked == [
        ("POST", "/v1/videos/a/retry", {"json": {"send_again": True}}),
        ("POST", "/v1/videos/a/move", {"json": {"before": "b"}}),
        ("POST", "/v1/videos/a/move", {"json": {"before": None}}),
        ("DELETE", "/v1/videos/a", {}),
        ("GET", "/v1/videos/a/content", {"params": {"variant": "sidecar"}}),
        ("GET", "/health", {"seconds": 3.0}),
        ("POST", "/v1/videos/a/cancel", {}),
        ("POST", "/v1/videos/a/cancel", {}),
        ("GET", "/v1/spending", {"params": {"film": "f", "since": 5.5}}),
        ("POST", "/v1/estimate", {"json": {"model": "m"}}),
        ("GET", "/v1/models", {}),
    ]


@pytest.mark.parametrize(("status", "answers_all"), [(404, True), (405, True), (400, False), (0, False)])
def test_a_server_of_another_kind_knows_no_questions(
    monkeypatch: pytest.MonkeyPatch, status: int, answers_all: bool
) -> None:
    api = Api(URL)

    def content(*_: Any, **__: Any) -> bytes:
        raise ApiError("unreachable" if status == 0 else "http", "No.", "", status)

    monkeypatch.setattr(api, "_content", content)
    if answers_all:
        assert api.compose_prompt("e", DIRECTION, {}) == "push in"
        assert api.words_path("e", DIRECTION, None, 2.0, 1) is None
    else:
        with pytest.raises(ApiError):
            api.compose_prompt("e", DIRECTION, {})
        with pytest.raises(ApiError):
            api.words_path("e", DIRECTION, None, 2, 1)
    if status:
        assert (api.estimate({}), api.spending("", 0)) == (None, ({}, {}))
    else:
        with pytest.raises(ApiError):
            api.estimate({})
        with pytest.raises(ApiError):
            api.spending("", 0)


def test_what_moves_is_told_of_its_own_job(tmp_path: Path) -> None:
    asked = TakeRequest("e", DIRECTION, (), 1.0, Fraction(24), (64, 48), 1, binding=Binding("f", "s", "h", "t", "A", 2))
    record = Record("key", "local", "me", asked, tmp_path / "t.mp4", id="v1")
    told = _progress(record, "v1", {"status": "in_progress", "progress": 40, "preview": "data:a;base64,/9j/"})
    assert told == JobProgress("key", Job("v1", JobState.IN_PROGRESS, 40), record.binding, b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("preview", "picture"),
    [
        ("data:image/jpeg;base64,/9j/", b"\xff\xd8\xff"),
        ("/9j/", None),
        ("data:,iVBO", None),
        ("data:,/9j", None),
        (5, None),
    ],
)
def test_a_preview_is_a_jpeg(preview: Any, picture: bytes | None) -> None:
    assert _jpeg(preview) == picture


def test_the_cause_within_is_what_is_said() -> None:
    refused = ConnectionRefusedError(111, "Connection refused")
    outer = ValueError("outer", RuntimeError(refused))
    assert inner_reason(outer) == "Connection refused"
    assert inner_reason(ValueError("<pool object>: Name or service not known")) == "Name or service not known"
    assert inner_reason(ValueError()) == "ValueError"


def test_a_file_is_durable_before_it_has_its_name_and_its_name_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, int, bytes]] = []
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def fsync(descriptor: int) -> None:
        about = files.os.fstat(descriptor)
        synced.append(
            (bool(about.st_mode & 0o040000), about.st_size if about.st_mode & 0o100000 else 0, path.read_bytes())
        )

    monkeypatch.setattr(files.os, "fsync", fsync)
    files.write_whole(path, b"x" * 100)
    assert synced == [(False, 100, b"old"), (True, 0, b"x" * 100)]
