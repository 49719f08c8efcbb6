"""The way to a backend, to the word: what is said, in which order, and what is not asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client import connection
from client.api.answers import Health
from client.api.errors import ApiError
from client.commands import secrets
from client.connection import Connection
from client.events import FAILED, MISSING, OFF, OUTDATED, READY, RECONNECTING, STARTING, BackendState, Engines, Event
from client.installing import install
from client.local.process import Outdated, StartError
from client.target import LocalTarget, RemoteTarget
from tests.client.api.test_connection_rules import ENGINES, THERE, World, local, make, told, world

__all__ = ["make", "told", "world"]  # fixtures

Make = Callable[..., Connection]
NAME = "http://192.0.2.7:8000"


def test_what_is_said_on_the_way_to_a_server(make: Make, world: World, told: list[Event]) -> None:
    way = make()
    way.use(THERE)
    way.api()
    assert told == [
        BackendState(STARTING, f"Connecting to {NAME}."),
        BackendState(READY, f"Connected to {NAME}."),
        Engines(ENGINES),
    ]
    told.clear()
    way.drop()
    assert told == [BackendState(OFF)] and way.target is None


def test_what_is_said_on_the_way_to_the_local_backend(
    make: Make, world: World, told: list[Event], tmp_path: Path
) -> None:
    way = make()
    way.use(local(tmp_path))
    assert way.api() is way.api() is not None
    assert told == [
        BackendState(STARTING, "The backend is starting."),
        BackendState(READY, "The local backend is ready."),
        Engines(ENGINES),
    ]
    assert world.asked == [("start", False), ("api", "http://127.0.0.1:5", "token", "local")]


def test_what_is_said_instead_of_a_connection(make: Make, world: World, told: list[Event], tmp_path: Path) -> None:
    def said(way: Connection, target: Any) -> Event:
        told.clear()
        way.use(target)
        assert way.api() is None
        return told[-1]

    world.health = Health("ok", "9.1", 2)
    assert said(make(), THERE) == BackendState(
        OUTDATED,
        f"{NAME} runs Take One 9.1, which does not fit this extension. Update the older of the two.",
        "connect",
    )
    assert said(make(False), THERE) == BackendState(
        FAILED, f"{NAME} is beyond this machine, and Blender's online access is off.", "online_access"
    )
    world.health = ApiError("http_404", "No.", "", 404)
    assert said(make(), THERE) == BackendState(
        FAILED,
        f"{THERE.url} answers, but it is not a Take One server (nor another that speaks /v1/videos). Check the "
        "address.",
        "connect",
    )
    world.health = ApiError("http_502", "It failed", "", 502)
    assert said(make(), THERE) == BackendState(RECONNECTING, "It failed. Trying again in 1 s.", "connect")
    for error, state in (
        (StartError("Not there.", "install"), MISSING),
        (StartError("No.", "start"), FAILED),
        (Outdated("Old.", "update"), OUTDATED),
    ):
        world.start = error
        assert said(make(), local(tmp_path)) == BackendState(state, error.message, error.fix)


def test_what_is_not_installed_is_said_and_an_installed_one_used(
    make: Make, world: World, told: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    asked: list[Any] = []
    state = {"is": install.ABSENT, "wrong": "It is no Python."}
    monkeypatch.setattr(install, "wrong_choice", lambda: state["wrong"])
    monkeypatch.setattr(install, "state", lambda *words: asked.append(words) or state["is"])
    monkeypatch.setattr(install, "backend_python", lambda where: where / "python")
    way = make()

    def last() -> Event:
        way.use(LocalTarget(tmp_path))
        way.api()
        return told[-1]

    assert last() == BackendState(FAILED, "It is no Python.") and asked == []
    state["wrong"] = ""
    assert last() == BackendState(MISSING, "The local backend is not installed yet.", "install")
    state["is"] = install.OLD
    words = "The local backend was installed by another version of Take One. Update it."
    assert last() == BackendState(OUTDATED, words, "install") and asked == [(home, tmp_path)] * 2
    state["is"] = install.CURRENT
    assert last() == Engines(ENGINES)
    assert way._backend is not None and (way._backend.python, way._backend.root) == (home / "python", tmp_path)


def test_a_backend_is_made_anew_only_where_it_would_be_another(
    make: Make, world: World, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    real = connection.LocalBackend

    def noted(*words: Any) -> Any:
        made.append(words)
        return real(*words)

    monkeypatch.setattr(connection, "LocalBackend", noted)
    way = make()
    for target in (local(tmp_path), local(tmp_path), LocalTarget(tmp_path, tmp_path / "other")):
        way.use(target)
        assert way.api() is not None
    assert [words[:4] for words in made] == [
        (tmp_path / "python", tmp_path, home, "me"),
        (tmp_path / "other", tmp_path, home, "me"),
    ]
    assert made[0][4]() is False and world.asked.count(("start", False)) == 3


def test_a_backend_that_starts_without_a_word_of_its_engines_is_not_ready(
    make: Make, world: World, told: list[Event]
) -> None:
    way = make()
    world.engines = ApiError("unreachable", "Gone.", "retry")
    way.use(THERE)
    assert way.api() is None and told[-1] == BackendState(RECONNECTING, "Gone. Trying again in 1 s.", "connect")
    assert READY not in [event.state for event in told if isinstance(event, BackendState)]
    world.engines = ApiError("http_403", "Not yours.", "accounts", 403)
    world.now += 1
    assert way.api() is None and told[-1] == BackendState(FAILED, "Not yours.", "accounts")


def test_a_token_is_kept_for_its_server_alone(make: Make, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[Any] = []
    monkeypatch.setattr(secrets, "save", lambda *words: saved.append(words))
    way = make()
    way.use(THERE)
    way.remember(NAME, "new")
    way.remember("http://192.0.2.8", "other")
    way.api()
    assert [token for _, _, token, _ in world.asked[:1]] == ["new"]
    assert saved == [(way._home, NAME, "new"), (way._home, "http://192.0.2.8", "other")]
    way.use(RemoteTarget("http://192.0.2.9"))
    way.api()
    assert ("load", "http://192.0.2.9") in world.asked and ("load", NAME) not in world.asked


def test_nothing_is_asked_of_a_backend_that_is_let_go(
    make: Make, world: World, told: list[Event], tmp_path: Path
) -> None:
    way = make()
    way.use(local(tmp_path))
    way.api()
    world.asked.clear()
    told.clear()
    way.close()
    assert world.asked == ["close", "stop"]
    assert way.api() is None and told == []  # nor begun again, though its target is still named
    way.check()
    way.engines()
    way.close()
    assert world.asked == ["close", "stop"] and told == []


def test_what_is_lost_after_it_was_dropped_is_let_be(make: Make, world: World, told: list[Event]) -> None:
    way = make()
    way.use(THERE)
    way.api()
    way.drop()
    told.clear()
    way.lost(ApiError("unreachable", "Gone.", "retry"))
    assert told == [] and way.api() is None
    way.use(THERE)
    way.api()
    way.lost(ApiError("unreachable", "Gone.", "retry"))
    assert told[-1] == BackendState(RECONNECTING, "Gone. Trying again in 1 s.", "connect")
    world.now += 0.5
    assert way.api() is None  # the connection that broke is not used on
    world.now += 0.5
    assert way.api() is not None


def test_a_backend_that_ended_is_noticed_before_it_is_asked(make: Make, world: World, tmp_path: Path) -> None:
    way = make()
    way.use(local(tmp_path))
    way.api()
    world.asked.clear()
    world.now += 9
    for world.code in (0, 3):  # however it ended
        with pytest.raises(ApiError) as caught:
            way.check()
        assert (caught.value.code, caught.value.message, caught.value.fix) == (
            *("unreachable", "The backend ended."),
            "start",
        )
    assert world.asked == []


def test_a_check_that_finds_nobody_is_passed_on(make: Make, world: World) -> None:
    way = make()
    way.use(THERE)
    way.api()
    world.now += 5.5
    world.health = ApiError("unreachable", "Gone.", "retry")
    with pytest.raises(ApiError, match="Gone"):
        way.check()
    way.check()  # a moment later it is not asked again
    world.now += 5.5
    world.health = Health()
    world.engines = ApiError("http_500", "Ill.", "", 500)
    with pytest.raises(ApiError, match="Ill"):
        way.engines()


def test_a_second_crash_counts_from_the_first_ones_time(
    make: Make, world: World, told: list[Event], tmp_path: Path
) -> None:
    way = make()
    way.use(local(tmp_path))
    for seconds, state in ((0, RECONNECTING), (120, RECONNECTING), (119.9, FAILED)):
        assert way.api() is not None
        world.now += seconds
        world.code = 1
        told.clear()
        way.lost(ApiError("unreachable", "Gone.", "retry"))
        assert [event.state for event in told if isinstance(event, BackendState)] == [state]
        world.code = None
    assert way.api() is None


def test_another_choice_forgets_what_was_taken_over_before(make: Make, world: World, tmp_path: Path) -> None:
    way = make()
    world.start = StartError("No.", "start")
    way.use(local(tmp_path), take_over=True)
    way.api()
    way.use(local(tmp_path))
    way.api()
    assert [one for one in world.asked if one[0] == "start"] == [("start", True), ("start", False)]


def test_a_target_of_another_place_with_the_same_name_keeps_its_backend(
    make: Make, world: World, tmp_path: Path
) -> None:
    way = make()
    way.use(THERE)
    way.api()
    way.use(RemoteTarget(NAME, "given"))  # the same server
    way.api()
    assert [one for one in world.asked if one == "close"] == ["close"]
    assert way.target == RemoteTarget(NAME, "given")
    way.use(local(tmp_path))
    way.api()
    way.renew_local()
    assert world.asked.count("stop") == 1 and way.target == local(tmp_path)
