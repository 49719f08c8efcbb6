"""What a session installs, one at a time, with an installer that ends when it is told to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client import session as sessions
from client.events import InstallState
from client.session import Session
from tests.client.session.heard import Heard

Make = Callable[..., Session]


class Installing:
    """An installer that ends when it is told to."""

    made: list[Any] = []
    works = True

    def __init__(self, *given: Any) -> None:
        self.given = given
        self.go, self.cancelled = threading.Event(), 0
        Installing.made.append(self)

    def run(self) -> bool:
        self.go.wait(60)
        return Installing.works

    def cancel(self) -> None:
        self.cancelled += 1
        self.go.set()


@pytest.mark.parametrize("works", [True, False])
def test_an_installation_at_a_time_and_then_a_new_backend(
    make_session: Make, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    monkeypatch.setattr(sessions, "Installer", Installing)
    monkeypatch.setattr(Installing, "made", [])
    monkeypatch.setattr(Installing, "works", works)
    session = make_session(online_access=True)
    heard = Heard(session)
    session.cancel_install()
    session.install(Path("/extension"), "gpu")
    session.install(Path("/extension"), "draft")
    (one,) = Installing.made
    assert one.given == (session.home, Path("/extension"), "gpu", session._events.put)
    assert session._installing is not None and session._installing.daemon
    assert session._installing.name == "take-one-install"
    one.go.set()
    session._installing.join()
    session._obey(0)
    assert heard.said() == ([("connection.renew_local",)] if works else [])
    session.install(Path("/other"))
    assert Installing.made[1].given[1:3] == (Path("/other"), "draft")
    session.close()
    assert (Installing.made[1].cancelled, one.cancelled) == (1, 0) and not session._installing.is_alive()


@pytest.mark.parametrize(("online", "index", "begins"), [(False, None, 0), (False, "1", 1), (True, None, 1)])
def test_what_is_installed_without_a_network_needs_no_access(
    make_session: Make, monkeypatch: pytest.MonkeyPatch, online: bool, index: str | None, begins: int
) -> None:
    monkeypatch.setattr(sessions, "Installer", Installing)
    monkeypatch.setattr(Installing, "made", [])
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    if index:
        monkeypatch.setitem(os.environ, "PIP_NO_INDEX", index)
    session = make_session(online_access=online)
    session.install(Path("/extension"))
    assert len(Installing.made) == begins
    refused = InstallState(
        "failed", 0.0, "Installing downloads files, and Blender's online access is off.", "online_access"
    )
    assert session.poll() == ([] if begins else [refused])
    session.close()
