"""Who begins to send and does not go on is hung up on; who only listens, or is kept from sending, is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from backend.api import wire
from backend.api.wire import HEAD_SECONDS, SILENT_SECONDS, Http

HEAD = b"POST /v1/prompt HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\n"
UNHURRIED = 75


class Done:
    def add_done_callback(self, _: Any) -> None: ...


class Line:
    """A transport that is told what to do, and a loop of which `now` is set by hand."""

    def __init__(self) -> None:
        self.aborted = False
        self.now, self.waiting = 0.0, []  # type: float, list[Any]

    def call_later(self, seconds: float, then: Any, *given: Any) -> Any:
        handle = SimpleNamespace(at=self.now + seconds, then=then, given=given, over=False)
        handle.cancel = lambda: setattr(handle, "over", True)
        self.waiting.append(handle)
        return handle

    def create_task(self, work: Any, **_: Any) -> Any:
        work.close()  # the request's own answer
        return Done()

    def until(self, now: float) -> bool:
        """What was due by then is done; whether the line was cut."""
        self.now = now
        for handle in [one for one in self.waiting if one.at <= now and not one.over]:
            handle.over = True
            handle.then(*handle.given)
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def get_extra_info(self, *_: Any) -> None:
        return None

    def is_closing(self) -> bool:
        return self.aborted

    def resume_reading(self) -> None: ...


async def answer(_scope: Any, _receive: Any, _send: Any) -> None: ...


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def one(line: Line) -> Http:
    config = uvicorn.Config(
        answer, interface="asgi3", lifespan="off", log_config=None, ws="none", timeout_keep_alive=UNHURRIED
    )
    config.load()
    state = uvicorn.server.ServerState()
    made = Http(config=config, server_state=state, app_state={}, _loop=line)  # type: ignore[arg-type]
    made.connection_made(line)  # type: ignore[arg-type]
    return made


def test_who_says_nothing_is_hung_up_on(one: Http, line: Line) -> None:
    assert not line.until(HEAD_SECONDS - 1) and line.until(HEAD_SECONDS)


def test_a_head_that_trickles_is_given_no_more_time(one: Http, line: Line) -> None:
    for second in range(int(HEAD_SECONDS)):
        assert not line.until(second)
        one.data_received(HEAD[second : second + 1])
    assert line.until(HEAD_SECONDS)


def test_a_body_may_take_long_but_not_stand_still(one: Http, line: Line) -> None:
    one.data_received(HEAD)
    assert not line.until(HEAD_SECONDS + 1)
    line.until(SILENT_SECONDS - 1)
    one.data_received(b"{}")
    assert not line.until(2 * SILENT_SECONDS - 2) and line.until(2 * SILENT_SECONDS - 1)


def test_a_body_that_we_do_not_read_yet_is_not_silent(one: Http, line: Line) -> None:
    one.data_received(HEAD)
    one.flow.read_paused = True
    assert not line.until(SILENT_SECONDS)
    one.flow.read_paused = False
    assert line.until(2 * SILENT_SECONDS)


def test_who_waits_for_an_answer_may_be_silent(one: Http, line: Line) -> None:
    one.data_received(HEAD + b"{  }")
    assert not line.until(100 * SILENT_SECONDS)


def test_the_next_head_on_a_line_is_waited_for_no_longer(one: Http, line: Line) -> None:
    one.data_received(HEAD + b"{  }")
    line.until(1000)
    for ours in (wire.h11.Response(status_code=200, headers=[("content-length", "0")]), wire.h11.EndOfMessage()):
        one.conn.send(ours)
    one.cycle.response_complete = True
    one.on_response_complete()
    assert not line.until(1000 + HEAD_SECONDS), "between two requests uvicorn's own patience counts"
    one.data_received(b"GET /he")
    one.data_received(b"alth")
    assert not line.until(999 + 2 * HEAD_SECONDS) and line.until(1000 + 2 * HEAD_SECONDS)


def test_a_line_that_is_gone_is_waited_for_no_more(one: Http, line: Line) -> None:
    line.close = lambda: None  # type: ignore[attr-defined]
    one.connection_lost(None)
    assert not line.until(100 * SILENT_SECONDS)


@pytest.mark.parametrize(
    ("now", "most", "then"),
    [(256, 20_000, 10_240), (256, 1024, 1024), (256, -1, 10_240), (20_000, 30_000, None), (-1, -1, None)],
)
def test_it_may_hold_as_many_files_as_the_system_lets_it(
    now: int, most: int, then: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    assert resource.RLIM_INFINITY == -1
    asked: list[Any] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (now, most))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    wire.allow_many_connections()
    assert asked == ([] if then is None else [(then, most)])
