"""The session's rounds by themselves, in the test's own thread: what each asks of whom, and in which order."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client import session as sessions
from client.api.errors import ApiError
from client.events import FAILED, BackendState, Engines
from client.protocol import EngineInfo, TakeRequest
from client.session import Session
from client.target import LocalTarget
from tests.client.session.heard import THERE, Heard

Make = Callable[..., Session]
LOCAL = LocalTarget(Path("/extension"))


@pytest.fixture
def session(make_session: Make) -> Session:
    return make_session()


@pytest.fixture
def heard(session: Session, monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Of a session whose jobs of others were just looked for."""
    monkeypatch.setattr(sessions, "time", SimpleNamespace(monotonic=lambda: 100.0, time=lambda: 1234.5))
    session._adopt_at = 100.0
    session._reported_online = False
    session._commands.put(lambda: None)
    return Heard(session)


def test_a_round_goes_from_what_was_asked_to_what_is_drawn(session: Session, heard: Heard) -> None:
    session._commands.put(lambda: heard.calls.append("obeyed"))
    session._round()
    assert heard.said() == [
        ("jobs.busy", "http://192.0.2.7:8000"),
        "obeyed",
        ("connection.api",),
        ("connection.check",),
        ("jobs.step", "api"),
        ("watcher.rest",),
    ]


def test_a_round_follows_what_runs_and_nothing_that_was_not_sent(session: Session, heard: Heard) -> None:
    for id, watched in ((None, ("watcher.rest",)), ("j1", ("watcher.follow", "api", "running"))):
        heard.jobs.running = SimpleNamespace(id=id)
        session._commands.put(lambda: None)
        session._round()
        last = heard.said()[-1]
        assert last[0] == watched[0] and last[1:] == (("api", heard.jobs.running) if id else ())


def test_a_round_without_a_backend_rests(session: Session, heard: Heard) -> None:
    heard.api, heard.connection.target = None, None
    session._round()
    assert heard.said() == [("connection.api",), ("watcher.rest",)]
    heard.api = "api"
    session._stop.set()
    session._commands.put(lambda: None)
    session._round()
    assert heard.said() == [("connection.api",), ("watcher.rest",)]


def test_a_round_waits_shorter_while_there_is_work(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(session, "_obey", waited.append)
    for heard.is_busy in (True, False):
        session._round()
    heard.is_busy, heard.connection.target = True, None
    session._round()
    assert waited == [0.1, 0.5, 0.5]


def test_jobs_of_others_are_looked_for_now_and_then(session: Session, heard: Heard) -> None:
    session._round()
    assert ("jobs.adopt",) not in heard.said()
    session._adopt_at = 99.9
    session._commands.put(lambda: None)
    session._round()
    assert heard.said()[1] == ("jobs.adopt",) and session._adopt_at == 115.0
    session._adopt_at = 0.0
    session._resume()
    assert heard.said() == [("jobs.replay",), ("jobs.adopt",)] and session._adopt_at == 115.0


def test_a_local_backend_is_told_whether_it_may_go_online(session: Session, heard: Heard, home: Path) -> None:
    session._reported_online = None
    session._round()
    assert ("connection.engines",) not in heard.said() and not (home / "offline").exists()  # of a server
    heard.connection.target = LOCAL
    for allowed in (False, True, False):
        session.online_access = allowed
        for told in (True, False):  # once
            session._commands.put(lambda: None)
            session._round()
            assert (("connection.engines",) in heard.said()) is told
            assert (home / "offline").exists() is not allowed and session._reported_online is allowed
    assert (home / "offline").read_text() == "Blender's online access is off: nothing is sent to providers.\n"
    assert (home / "offline").stat().st_mode & 0o777 == 0o600


def test_where_it_can_not_be_told_the_log_says_so(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def write(home: Path, allowed: bool) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(sessions.online, "write", write)
    session._reported_online, heard.connection.target = None, LOCAL
    with caplog.at_level(logging.ERROR, "take_one"):
        session._report_online()
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [
        ("ERROR", "the local backend could not be told whether it may go online")
    ]
    assert heard.said() == [("connection.engines",)] and session._reported_online is False


def test_all_that_was_asked_is_done_in_its_order(
    session: Session, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def refuse() -> None:
        raise ApiError("not_queued", "It has begun.", "")

    session._commands.put(lambda: done.append(1))
    session._commands.put(refuse)
    session._commands.put(lambda: done.append(2))
    with caplog.at_level(logging.WARNING, "take_one"):
        session._obey(0)
    assert done == [1, 2] and [one.getMessage() for one in caplog.records] == ["refused: It has begun."]
    session._obey(0)
    assert done == [1, 2]
    lost = ApiError("unreachable", "Gone.", "retry")

    def lose() -> None:
        raise lost

    session._commands.put(lose)
    session._commands.put(lambda: done.append(3))
    with pytest.raises(ApiError) as caught:
        session._obey(0)
    assert caught.value is lost and done == [1, 2]
    session._stop.set()
    session._obey(0)
    assert done == [1, 2]  # what was still to do is let be


def test_it_waits_for_something_to_do(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def get(timeout: float) -> None:
        asked.append(timeout)
        raise queue.Empty

    monkeypatch.setattr(session, "_commands", SimpleNamespace(get=get, put=lambda command: None))
    session._obey(0.25)
    monkeypatch.setattr(session, "_events", SimpleNamespace(get=get))
    assert session.next_event(0.75) is None and asked == [0.25, 0.75]


@pytest.mark.parametrize("error", [ApiError("unreachable", "Gone.", "retry"), ValueError("boom")])
def test_what_goes_wrong_in_a_round_does_not_end_it(
    session: Session, heard: Heard, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    rounds: list[int] = []
    waited: list[float] = []

    def one_round() -> None:
        rounds.append(1)
        if len(rounds) == 2:
            session._stop.set()
            return
        raise error

    monkeypatch.setattr(session, "_round", one_round)
    monkeypatch.setattr(session._stop, "wait", waited.append)
    session._run()
    assert len(rounds) == 2
    (lost, given), *ends = heard.said()
    assert lost == "connection.lost"
    assert ends == [("watcher.rest",), ("jobs.close",), ("connection.close",)]
    if isinstance(error, ApiError):
        assert given is error and session.poll() == [] and waited == []
        return
    said = "Something unexpected went wrong: boom. The log tells more."
    assert (given.code, given.message) == ("unexpected", said) and waited == [2.0]
    assert session.poll() == [BackendState(FAILED, said, "open_log")]
    for handler in sessions.LOG.handlers:
        handler.flush()
    log = (session.home / "logs" / "blender.log").read_text()
    assert log.startswith("ERROR 2") and "in the session's thread\nTraceback" in log and "ValueError: boom" in log


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Threads that only say how they were made, and that they were started."""
    made: list[Any] = []

    class Thread:
        def __init__(self, **how: Any) -> None:
            made.append(how)

        def start(self) -> None:
            made.append("start")

        def join(self, seconds: float) -> None:
            made.append(("join", seconds))

    monkeypatch.setattr(sessions.threading, "Thread", Thread)
    return made


def test_a_choice_is_carried_out_by_the_one_thread(session: Session, heard: Heard, threads: list[Any]) -> None:
    session.connect(THERE, take_over=True)
    session.connect(LOCAL)
    session._obey(0)
    assert heard.said() == [
        ("connection.use", THERE, True),
        ("jobs.replay",),
        ("jobs.adopt",),
        ("connection.use", LOCAL, False),
    ]
    assert threads == [{"target": session._run, "name": "take-one-session", "daemon": True}, "start"]
    session.close()
    assert threads[2:] == [("join", 8.0)] and heard.said() == [("watcher.close",)]
    assert session._stop.is_set() and not list((session.home / "clients").iterdir())
    assert session._log not in sessions.LOG.handlers


def test_orders_reach_whom_they_are_for(
    session: Session,
    heard: Heard,
    threads: list[Any],
    make_request: Callable[..., TakeRequest],
    tmp_path: Path,
) -> None:
    session.disconnect()
    session.remember("http://192.0.2.7:8000/", "secret")
    session.refresh_engines()
    session.replay()
    session.cancel("k1")
    session.cancel_all()
    session.connect(THERE)  # later orders are for this one
    session.cancel_all()
    request = make_request("k2")
    session.submit("k2", request, tmp_path / "t.mp4")
    session._obey(0)
    *calls, (added, record) = heard.said()
    assert calls == [
        ("connection.drop",),
        ("connection.remember", "http://192.0.2.7:8000", "secret"),
        ("connection.engines",),
        ("jobs.replay",),
        ("connection.api",),
        ("jobs.cancel", "k1", "api"),
        ("connection.api",),
        ("jobs.cancel_all", "local", "api"),
        ("connection.use", THERE, False),
        ("jobs.replay",),
        ("jobs.adopt",),
        ("connection.api",),
        ("jobs.cancel_all", "http://192.0.2.7:8000", "api"),
    ]
    assert added == "jobs.add" and session.unfinished() == ["k2"]
    assert (record.key, record.server, record.owner, record.take_path) == (
        *("k2", "http://192.0.2.7:8000", session._lease.name),
        tmp_path / "t.mp4",
    )
    assert (record.request, record.created_at) == (request, 1234.5)


def test_without_a_backend_what_needs_one_is_let_be(session: Session, heard: Heard) -> None:
    heard.api = None
    session.retry("k1")
    session.move("k1", None)
    session.quote("k1", {}, "film", 0.0)
    session._obey(0)
    assert heard.said() == [("connection.api",)] * 3 and session.poll() == []
    heard.api = "api"
    session.retry("k1")
    session.move("k1", None)
    session._obey(0)
    assert heard.said()[1::2] == [("jobs.retry", "k1", False, "api"), ("jobs.move", "k1", None, "api")]


def test_events_come_in_their_order_and_once(session: Session) -> None:
    events = [Engines((EngineInfo(name),)) for name in "abc"]
    for event in events:
        session._events.put(event)
    assert session.next_event(0) == events[0]
    assert session.poll() == events[1:] and session.poll() == []


def test_its_log_is_bounded_and_lies_beside_the_backends(session: Session, home: Path) -> None:
    handler = session._log
    assert Path(handler.baseFilename) == home / "logs" / "blender.log"  # type: ignore[attr-defined]
    assert (handler.maxBytes, handler.backupCount, handler.encoding) == (1_048_576, 1, "utf-8")  # type: ignore[attr-defined]
    assert not (home / "logs" / "blender.log").exists()  # until there is something to say
    sessions.LOG.warning("so it is")
    assert (home / "logs" / "blender.log").read_text().endswith(": so it is\n")


def test_its_parts_wake_its_thread(make_session: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs and the watcher tell of something to do by a command."""
    given: dict[str, tuple[Any, ...]] = {}
    jobs = SimpleNamespace(poll_soon=lambda: given.setdefault("polled", ()))
    parts = {"Jobs": jobs, "Watcher": SimpleNamespace(close=lambda: None), "Connection": SimpleNamespace()}
    for name, part in parts.items():
        monkeypatch.setattr(sessions, name, lambda *words, name=name, part=part: given.setdefault(name, words) and part)
    session = make_session(online_access=False)
    home, client, emit, stopped, online = given["Connection"]
    assert (home, client, emit) == (session.home, session._lease.name, session._events.put)
    assert (stopped(), online()) == (False, False)
    session.online_access = True
    session._stop.set()
    assert (stopped(), online()) == (True, True)
    session._stop.clear()
    assert given["Jobs"][:3] == (session._journal, session._lease.name, session._events.put)
    given["Jobs"][3]()
    session._obey(0)
    assert "polled" not in given
    assert given["Watcher"][0] == session._events.put
    given["Watcher"][1]()
    session._obey(0)
    assert "polled" in given
