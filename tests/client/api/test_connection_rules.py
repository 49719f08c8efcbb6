"""How the way to a backend goes on after each failure: with a clock that is set, and no network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client import connection
from client.api.answers import Health
from client.api.errors import ApiError
from client.commands import secrets
from client.connection import CHECK_SECONDS, CRASH_SECONDS, Connection
from client.events import FAILED, MISSING, OFF, OUTDATED, READY, RECONNECTING, STARTING, BackendState, Engines, Event
from client.installing import install
from client.local.process import Outdated, StartError
from client.protocol import EngineInfo
from client.target import LocalTarget, RemoteTarget

THERE = RemoteTarget("http://192.0.2.7:8000/")
ENGINES = (EngineInfo("draft"),)


class World:
    """What servers and backends do, and what was asked of them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.health: Any = Health("ok", "0.1.0", 1)
        self.engines: Any = ENGINES
        self.start: Any = ("http://127.0.0.1:5", "token")
        self.code: int | None = None
        self.asked: list[Any] = []


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()

    def answer(said: Any) -> Any:
        if isinstance(said, Exception):
            raise said
        return said

    class Api:
        def __init__(self, url: str, token: str = "", server: str = "") -> None:
            self.url, self.token, self.server = url, token, server
            made.asked.append(("api", url, token, server))

        def health(self) -> Health:
            made.asked.append("health")
            return answer(made.health)

        def engines(self) -> tuple[EngineInfo, ...]:
            return answer(made.engines)

        def close(self) -> None:
            made.asked.append("close")

    class Backend:
        def __init__(self, python: Path, root: Path, home: Path, client: str, stopped: object) -> None:
            self.python, self.root = python, root

        def start(self, take_over: bool) -> tuple[str, str]:
            made.asked.append(("start", take_over))
            return answer(made.start)

        def poll(self) -> int | None:
            return made.code

        def running(self) -> bool:
            return made.code is None

        def reason(self) -> tuple[str, str]:
            return "The backend stopped: it fell.", "open_log"

        def stop(self) -> None:
            made.asked.append("stop")

    monkeypatch.setattr(connection, "Api", Api)
    monkeypatch.setattr(connection, "LocalBackend", Backend)
    monkeypatch.setattr(connection.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(secrets, "load", lambda home, url: made.asked.append(("load", url)) or "kept")
    return made


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def make(home: Path, told: list[Event], world: World) -> Callable[..., Connection]:
    return lambda online=True: Connection(home, "me", told.append, lambda: False, lambda: online)


def local(tmp_path: Path) -> LocalTarget:
    return LocalTarget(tmp_path, tmp_path / "python")


def states(told: list[Event]) -> list[tuple[str, str]]:
    return [(event.state, event.fix) for event in told if isinstance(event, BackendState)]


def test_a_server_is_reached_with_its_token(make: Callable[..., Connection], world: World, told: list[Event]) -> None:
    way = make()
    assert way.api() is None
    way.use(THERE)
    api = way.api()
    assert api is not None and (api.url, api.server) == ("http://192.0.2.7:8000/", "http://192.0.2.7:8000")
    assert world.asked == [
        ("load", "http://192.0.2.7:8000"),
        ("api", "http://192.0.2.7:8000/", "kept", "http://192.0.2.7:8000"),
        "health",
    ]
    assert [type(event) for event in told] == [BackendState, BackendState, Engines] and told[-1] == Engines(ENGINES)
    assert states(told) == [(STARTING, ""), (READY, "")]
    assert way.api() is api and len(world.asked) == 3


def test_a_token_that_is_given_is_used(make: Callable[..., Connection], world: World) -> None:
    way = make()
    way.use(RemoteTarget("http://192.0.2.7:8000", "given"))
    way.api()
    assert world.asked[0] == ("api", "http://192.0.2.7:8000", "given", "http://192.0.2.7:8000")


@pytest.mark.parametrize(
    ("url", "online", "asks"),
    [("http://192.0.2.7", False, False), ("http://192.0.2.7", True, True), ("http://127.0.0.1:9", False, True),
     ("http://localhost:9", False, True), ("http://[::1]:9", False, True)],
)  # fmt: skip
def test_beyond_this_machine_only_online(
    make: Callable[..., Connection], world: World, told: list[Event], url: str, online: bool, asks: bool
) -> None:
    way = make(online)
    way.use(RemoteTarget(url))
    assert (way.api() is not None) is asks and ("health" in world.asked) is asks
    if not asks:
        assert states(told) == [(FAILED, "online_access")]
        world.now += 99
        assert way.api() is None and len(told) == 1  # not before the user acts


def test_pauses_grow_and_begin_anew(make: Callable[..., Connection], world: World, told: list[Event]) -> None:
    way = make()
    world.health = ApiError("unreachable", "No answer from there: refused.", "retry")
    way.use(THERE)
    for pause in (1, 2, 4, 8, 15, 15):
        told.clear()
        assert way.api() is None
        last = told[-1]
        assert isinstance(last, BackendState) and last.state == RECONNECTING and last.fix == "connect"
        assert last.message == f"No answer from there: refused. Trying again in {pause} s."
        world.now += pause - 0.01
        assert way.api() is None and len([event for event in told if isinstance(event, BackendState)]) == len(told)
        before = world.asked.count("health")
        assert way.api() is None and world.asked.count("health") == before
        world.now += 0.02
    world.health = Health("ok", "0.1.0", 1)
    assert way.api() is not None
    told.clear()
    world.health = ApiError("unreachable", "Gone.", "retry")
    way.lost(ApiError("unreachable", "Gone.", "retry"))
    assert told[-1].message == "Gone. Trying again in 1 s."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("error", "state", "fix"),
    [(ApiError("http_500", "It failed.", "retry", 500), RECONNECTING, "connect"),
     (ApiError("http_499", "No.", "a_fix", 499), FAILED, "a_fix"),
     (ApiError("unauthorized", "Wrong.", "connect", 401), FAILED, "connect"),
     (ApiError("x", "Not here.", "", 404), FAILED, "connect")],
)  # fmt: skip
def test_what_a_server_says_instead(
    make: Callable[..., Connection], world: World, told: list[Event], error: ApiError, state: str, fix: str
) -> None:
    way = make()
    world.health = error
    way.use(THERE)
    assert way.api() is None and states(told)[-1] == (state, fix)


def test_another_protocol_and_a_server_without_a_list(
    make: Callable[..., Connection], world: World, told: list[Event]
) -> None:
    way = make()
    for protocol in (0, 2):
        told.clear()
        world.health = Health("ok", "9.0", protocol)
        way.use(THERE)
        assert way.api() is None and states(told) == [(STARTING, ""), (OUTDATED, "connect")]
    world.health, world.engines = Health(), ApiError("http_404", "No.", "", 404)
    way.use(THERE)
    assert way.api() is not None and told[-1] == Engines(())


def test_a_backend_is_begun_anew_at_once_however_short_a_machine_runs(
    make: Callable[..., Connection], world: World, tmp_path: Path
) -> None:
    world.now = 0.25
    way = make()
    way.use(local(tmp_path))
    assert way.api() is not None
    for world.code in (None, 1):  # it is there and was too busy, or it crashed
        way.lost(ApiError("unreachable", "busy"))
        world.code = None
        assert way.api() is not None


def test_a_local_backend_that_crashes_twice_is_given_up(
    make: Callable[..., Connection], world: World, told: list[Event], tmp_path: Path
) -> None:
    way = make()
    way.use(local(tmp_path), take_over=True)
    api = way.api()
    assert api is not None and (api.url, api.token, api.server) == ("http://127.0.0.1:5", "token", "local")
    assert ("start", True) in world.asked
    world.code = 1
    with pytest.raises(ApiError) as caught:
        way.check()
    way.lost(caught.value)
    assert told[-1] == BackendState(RECONNECTING, "The backend stopped: it fell. Starting it again.")
    world.code = None
    assert way.api() is not None and world.asked.count(("start", False)) == 1  # it takes over once
    world.now += CRASH_SECONDS + 1
    world.code = 1
    way.lost(caught.value)
    assert states(told)[-1] == (RECONNECTING, "")
    world.code = None
    assert way.api() is not None
    world.now += CRASH_SECONDS - 1
    world.code = 1
    way.lost(caught.value)
    assert told[-1] == BackendState(FAILED, "The backend stopped: it fell.", "open_log")
    world.now += 999
    assert way.api() is None
    way.use(local(tmp_path))  # the user acts
    world.code = None
    assert way.api() is not None


def test_a_choice_begins_anew(make: Callable[..., Connection], world: World, told: list[Event], tmp_path: Path) -> None:
    """Neither the pauses nor the token nor a crash of before count."""
    way = make()
    world.health = ApiError("unreachable", "Gone.", "retry")
    way.use(THERE)
    for pause in (1, 2, 4):
        way.api()
        assert f"again in {pause} s" in told[-1].message  # type: ignore[union-attr]
        world.now += pause
    assert [event.state for event in told if isinstance(event, BackendState)] == [STARTING, *[RECONNECTING] * 3]
    told.clear()
    way.use(THERE)
    way.api()
    assert "again in 1 s" in told[-1].message and states(told)[0] == (STARTING, "")  # type: ignore[union-attr]
    assert world.asked.count(("load", "http://192.0.2.7:8000")) == 2  # once a choice
    world.code = 1
    for _ in range(2):
        way.use(local(tmp_path))
        way.api()
        way.lost(ApiError("unreachable", "Gone.", "retry"))
        assert states(told)[-1] == (RECONNECTING, "")


def test_engines_are_told_once_more_when_no_answer_of_before_holds(
    make: Callable[..., Connection], world: World, told: list[Event]
) -> None:
    way = make()
    way.engines()
    assert told == []
    way.use(THERE)
    way.api()
    told.clear()
    way.engines()
    assert told == [Engines(ENGINES)]
    world.engines = (*ENGINES, EngineInfo("new"))
    for seconds, events in ((4.0, 1), (0.01, 2), (9.0, 2)):
        world.now += seconds
        way.check()
        assert len(told) == events
    assert told[-1] == Engines(world.engines)


def test_a_local_backend_that_was_only_busy_is_asked_at_once(
    make: Callable[..., Connection], world: World, told: list[Event], tmp_path: Path
) -> None:
    way = make()
    way.use(local(tmp_path))
    way.api()
    told.clear()
    way.lost(ApiError("unreachable", "Slow.", "retry"))
    assert told == [] and way.api() is not None


def test_it_is_looked_after_now_and_then(make: Callable[..., Connection], world: World, tmp_path: Path) -> None:
    way = make()
    way.check()
    way.use(THERE)
    way.api()
    asked = world.asked.count("health")
    for seconds, more in ((CHECK_SECONDS, 0), (0.1, 1), (CHECK_SECONDS, 1), (0.1, 2)):
        world.now += seconds
        way.check()
        assert world.asked.count("health") == asked + more


def test_another_choice_lets_the_backend_go_and_the_same_does_not(
    make: Callable[..., Connection], world: World, told: list[Event], tmp_path: Path
) -> None:
    way = make()
    way.use(local(tmp_path))
    way.api()
    way.use(local(tmp_path))
    assert "stop" not in world.asked and world.asked.count("close") == 1
    way.api()
    way.use(THERE)
    assert world.asked.count("stop") == 1 and world.asked.count("close") == 2
    way.api()
    way.drop()
    assert states(told)[-1] == (OFF, "") and way.target is None and way.api() is None
    assert world.asked.count("stop") == 1 and world.asked.count("close") == 3


@pytest.mark.parametrize(
    ("error", "state", "fix"),
    [(StartError("No.", "install"), MISSING, "install"), (StartError("No.", "start"), FAILED, "start"),
     (Outdated("Old.", "update"), OUTDATED, "update")],
)  # fmt: skip
def test_a_start_that_fails(
    make: Callable[..., Connection],
    world: World,
    told: list[Event],
    tmp_path: Path,
    error: StartError,
    state: str,
    fix: str,
) -> None:
    way = make()
    world.start = error
    way.use(local(tmp_path))
    assert way.api() is None and states(told)[-1] == (state, fix)


@pytest.mark.parametrize(
    ("state", "wrong", "told_state", "fix"),
    [
        (install.ABSENT, "", MISSING, "install"),
        (install.OLD, "", OUTDATED, "install"),
        (install.CURRENT, "No Python.", FAILED, ""),
    ],
)
def test_what_is_not_installed_is_not_started(
    make: Callable[..., Connection],
    world: World,
    told: list[Event],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    wrong: str,
    told_state: str,
    fix: str,
) -> None:
    monkeypatch.setattr(install, "state", lambda home, root: state)
    monkeypatch.setattr(install, "wrong_choice", lambda: wrong)
    way = make()
    way.use(LocalTarget(tmp_path))
    assert way.api() is None and states(told) == [(told_state, fix)] and world.asked == []


@pytest.mark.parametrize("others", [True, False])
def test_a_new_environment_is_used_and_the_old_one_kept_for_others(
    make: Callable[..., Connection], world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: bool
) -> None:
    removed: list[bool] = []
    monkeypatch.setattr(install, "remove_leftovers", lambda home, previous=False: removed.append(previous))
    monkeypatch.setattr(connection.lease, "others", lambda home, own: others)
    way = make()
    way.renew_local()
    way.use(THERE)
    way.renew_local()
    assert removed == [] and "stop" not in world.asked
    way.use(local(tmp_path))
    way.api()
    way.renew_local()
    assert removed == ([] if others else [True])
    assert world.asked.count("stop") == 1 and way.api() is not None
