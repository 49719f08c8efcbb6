"""Which backend is gone to, when, and with what leave: by the preferences, without a backend."""

from __future__ import annotations

import bpy
import pytest
import stand_in
from take_one.client import events
from take_one.client.target import LocalTarget, RemoteTarget
from take_one.scene.app.app import app
from take_one.scene.app.errors import SceneError
from take_one.scene.session.server import connection, preferences


class Connecting(stand_in.StandIn):
    """Keeps what it is told, and what leave it had at that moment."""

    def __init__(self):
        super().__init__()
        self.told = []
        self.online_access = not bpy.app.online_access
        self.left = []

    def connect(self, target, take_over=False):
        self.told.append(("connect", target, take_over, self.online_access))

    def disconnect(self):
        self.told.append(("disconnect",))

    def unfinished(self):
        return self.left


class Chosen:
    """The extension's preferences."""

    def __init__(self, backend="LOCAL", server_url=""):
        self.backend, self.server_url = backend, server_url


@pytest.fixture
def session():
    fake = Connecting()
    app().part(connection.Connection).session = fake
    return fake


@pytest.fixture
def choose(monkeypatch):
    def choose(*values):
        monkeypatch.setattr(preferences, "preferences", lambda: Chosen(*values))

    return choose


LOCAL = LocalTarget(root=preferences.ROOT)
THERE = RemoteTarget(url="http://192.0.2.7:8000")
ALLOWED = bpy.app.online_access


@pytest.mark.parametrize(
    ("values", "target", "server", "lacks"),
    [((), LOCAL, False, False), (("LOCAL", "http://192.0.2.7:8000"), LOCAL, False, False),
     (("SERVER", "http://192.0.2.7:8000"), THERE, True, False), (("SERVER", ""), LOCAL, False, True)],
)  # fmt: skip
def test_the_preferences_choose_a_backend(choose, values, target, server, lacks):
    choose(*values)
    assert (preferences.target(), preferences.use_server(), preferences.lacks_server()) == (target, server, lacks)


def test_without_preferences_it_is_the_local_one(monkeypatch):
    monkeypatch.setattr(preferences, "preferences", lambda: None)
    assert (preferences.target(), preferences.use_server(), preferences.lacks_server()) == (LOCAL, False, False)


@pytest.mark.parametrize("take_over", [False, True])
def test_blenders_online_access_counts_before_anything_is_connected(session, choose, take_over):
    choose("SERVER", "http://192.0.2.7:8000")
    revision = app().state.revision
    connection.connect(take_over)
    assert session.told == [("connect", THERE, take_over, ALLOWED)]
    assert app().state.backend.state == events.STARTING and app().state.revision > revision


@pytest.mark.parametrize(
    ("state", "connects"),
    [("off", True), ("missing", True), ("failed", True), ("starting", False), ("ready", False),
     ("reconnecting", False), ("outdated", False)],
)  # fmt: skip
def test_a_press_connects_where_nothing_is_under_way(session, choose, state, connects):
    choose()
    app().state.backend.state = state
    connection.ensure()
    assert len(session.told) == connects


def test_another_choice_lets_go_of_the_old_backend_first(session, choose):
    choose("SERVER", "http://192.0.2.7:8000")
    connection.restart(take_over=True)
    assert session.told == [("disconnect",), ("connect", THERE, True, ALLOWED)]
    session.told.clear()
    connection.chosen()
    assert session.told == [("disconnect",), ("connect", THERE, False, ALLOWED)]


def test_a_server_without_an_address_is_said_by_a_press_and_not_by_a_choice(session, choose):
    choose("SERVER", "")
    with pytest.raises(SceneError) as caught:
        connection.ensure()
    assert (caught.value.code, caught.value.fix) == ("no_server", "connect")
    connection.chosen()
    assert app().state.last_error is None
    assert session.told == [("disconnect",)]


@pytest.mark.parametrize(("wanted", "left", "connects"), [(False, [], 0), (True, [], 1), (False, ["k1"], 1)])
def test_it_begins_once_where_it_is_wanted_or_takes_are_still_to_come(session, choose, wanted, left, connects):
    choose()
    session.left = left
    connection.begin(wanted)
    assert len(session.told) == connects
    app().state.backend.state = "off"
    connection.begin(True)
    connection.begin(True)
    assert len(session.told) == 1


def test_an_installation_that_ends_well_is_used(session, choose):
    choose()
    install = app().state.install
    connection.begin(False)
    for state in ("running", "failed", "running", "cancelled"):
        install.state = state
        connection.begin(False)
    assert session.told == []
    for state in ("running", "done", "done"):
        install.state = state
        connection.begin(False)
    assert session.told == [("disconnect",), ("connect", LOCAL, False, ALLOWED)]


def test_the_session_ends_once(session):
    connection.close()
    assert session.closed and app().part(connection.Connection).session is None
    connection.close()
