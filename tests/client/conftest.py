"""Shared by the client's tests: a home of its own, a fake server, requests to send."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import pytest

from client.events import READY, BackendState, Event
from client.protocol import Binding, Direction, Line, TakeRequest, View
from client.session import Session
from client.target import RemoteTarget
from tests.client.desk import Desk
from tests.client.fake_server import FakeServer

E = TypeVar("E")
PATIENCE = 60.0  # seconds: what has not come by then hangs, however busy the machine is


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def make_session(home: Path) -> Iterator[Callable[..., Session]]:
    sessions: list[Session] = []

    def make(**options: Any) -> Session:
        sessions.append(Session(home, **options))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def make_request(tmp_path: Path) -> Callable[..., TakeRequest]:
    def make(key: str = "k1", **changes: Any) -> TakeRequest:
        still, depth = tmp_path / f"{key}.png", tmp_path / f"{key}.exr"
        still.write_bytes(b"\x89PNG still of " + key.encode())
        depth.write_bytes(b"\x76\x2f\x31\x01 depth of " + key.encode())
        fields: dict[str, Any] = {
            "engine": "draft",
            "direction": Direction("slowly push in", (Line("ANNA", "English", "We are late."),), "rain"),
            "views": (View(still, depth),),
            "seconds": 2.0,
            "fps": Fraction(24000, 1001),
            "size": (320, 180),
            "seed": 7,
            "binding": binding_of(key),
        }
        return TakeRequest(**{**fields, **changes})

    return make


def binding_of(key: str) -> Binding:
    return Binding("f1", "scene1", "shot1", key, "Shot 01", 3, "PLAYHEAD", 12, "edit1")


def wait_for(
    session: Session,
    kind: type[E],
    seconds: float = PATIENCE,
    test: Callable[[E], bool] = lambda event: True,
    seen: list[Event] | None = None,
) -> E:
    """The next event of a kind that passes the test; all on the way go to `seen`."""
    until = time.monotonic() + seconds
    passed = [] if seen is None else seen
    while time.monotonic() < until:
        event = session.next_event(0.1)
        if event is None:
            continue
        passed.append(event)
        if isinstance(event, kind) and test(event):
            return event
    raise AssertionError(f"no {kind.__name__} within {seconds} s; seen: {passed}")


def ready(session: Session, server: FakeServer, token: str = "") -> None:
    session.connect(RemoteTarget(server.url, token))
    wait_for(session, BackendState, test=lambda event: event.state == READY)


def wait_until(test: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something that comes without an event."""
    ends = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch, make_request: Callable[..., TakeRequest]) -> Desk:
    return Desk(home, monkeypatch, make_request)
