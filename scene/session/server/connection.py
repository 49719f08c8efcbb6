"""The session with a backend, and keeping one at hand for whatever is pressed."""

from __future__ import annotations

import atexit

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client import events
from ....client.home import home
from ....client.session import Session
from ....client.target import Target
from ...app.app import app
from ...app.errors import SceneError
from ...app.state import Backend
from . import preferences

IDLE = ("off", "missing", "failed")


class Connection:
    """`session` is made on first use. `journal_read`, `begun`, `installing`: how far `begin` has come."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.journal_read = False
        self.begun = False
        self.installing = False

    def close(self) -> None:
        """End the session: its threads stop, and the local backend where no other Blender uses it."""
        if self.session is not None:
            self.session.close()
            self.session = None
        atexit.unregister(close)


def session() -> Session:
    """The session, made on first use. Raises OSError if Take One's folder can't be used."""
    part = app().part(Connection)
    if part.session is None:
        part.session = Session(home(), online_access=bpy.app.online_access)
        atexit.register(close)
    return part.session


def close() -> None:
    """End the session, if there is one."""
    app().part(Connection).close()


def use(target: Target, take_over: bool = False) -> None:
    """Use this backend from now on (see Session.connect). State.backend says how it goes."""
    session().online_access = bpy.app.online_access
    app().state.backend = Backend(events.STARTING)
    app().state.changed()
    session().connect(target, take_over)


def ensure() -> None:
    """Connect to the backend that the preferences choose, unless that is done or under way. Never waits.

    Raises SceneError if the preferences choose none, or Take One's folder can't be used.
    """
    if app().state.backend.state in IDLE:
        connect()


def connect(take_over: bool = False) -> None:
    """Connect to the backend that the preferences choose. With `take_over` one of another version is replaced, even
    where another Blender uses it. Raises SceneError as `ensure` does."""
    check_home()
    if preferences.lacks_server():
        raise SceneError("no_server", "No server is chosen yet. Enter its address.", "connect")
    use(preferences.target(), take_over)


def restart(take_over: bool = False) -> None:
    """Let go of the backend and connect again, by what the preferences say now. Raises SceneError as `ensure` does."""
    check_home()
    session().disconnect()
    connect(take_over)


def chosen() -> None:
    """The preferences choose another backend: go there. If they lack an address, nothing is connected."""
    try:
        restart()
    except SceneError as error:
        if error.code != "no_server":
            app().state.fail(error)


def check_home() -> None:
    """Raises SceneError if nothing can be written to Take One's folder."""
    try:
        session()
    except OSError as error:
        text = rpt_("Take One can't write to its folder {folder}: {error}.").format(folder=home(), error=error.strerror)
        raise SceneError("home", text, "start") from error


def begin(wanted: bool) -> None:
    """Connect once, when the panels are first seen or takes are still to be fetched; and after an installation.

    If the backend is not installed, `connect` says so without starting anything.
    """
    part, state = app().part(Connection), app().state
    if part.session is not None:
        part.session.online_access = bpy.app.online_access
    try:
        if not part.journal_read:
            part.journal_read = True
            check_home()
            wanted = wanted or bool(session().unfinished())
        if wanted and not part.begun:
            part.begun = True
            ensure()
        if part.installing and state.install.state == "done":
            restart()
    except SceneError as error:
        if error.code != "no_server":
            state.fail(error)
    part.installing = state.install.state == "running"
