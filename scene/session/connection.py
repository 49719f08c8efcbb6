"""Keeping a backend at hand for whatever is pressed."""

from __future__ import annotations

from bpy.app.translations import pgettext_rpt as rpt_

from ...client.home import home
from ..model.errors import SceneError
from ..model.state import STATE
from . import preferences, pump

IDLE = ("off", "missing", "failed")

_looked = False  # into the journal
_begun = False
_installing = False


def ensure() -> None:
    """Connect to the backend that the preferences choose, unless that is done or under way. Never waits.

    Raises SceneError where the preferences choose none, or Take One's folder can't be used.
    """
    if STATE.backend.state in IDLE:
        connect()


def connect(take_over: bool = False) -> None:
    """Connect to the backend that the preferences choose. With `take_over` one of another version is replaced, even
    where another Blender uses it. Raises SceneError as `ensure` does."""
    check_home()
    if preferences.lacks_server():
        raise SceneError("no_server", "No server is chosen yet. Enter its address.", "connect")
    pump.connect(preferences.target(), take_over)


def restart(take_over: bool = False) -> None:
    """Let go of the backend and connect again, by what the preferences say now. Raises SceneError as `ensure` does."""
    check_home()
    pump.session().disconnect()
    connect(take_over)


def chosen() -> None:
    """The preferences choose another backend: go there. Where they lack an address, nothing is connected."""
    try:
        restart()
    except SceneError as error:
        if error.code != "no_server":
            STATE.fail(error)


def check_home() -> None:
    """Raises SceneError where nothing can be written to Take One's folder."""
    try:
        pump.session()
    except OSError as error:
        text = rpt_("Take One can't write to its folder {folder}: {error}.").format(folder=home(), error=error.strerror)
        raise SceneError("home", text, "start") from error


def begin(wanted: bool) -> None:
    """Connect once, when the panels are first seen or takes are still to be fetched; and after an installation.

    Where the backend is not installed, `connect` says so without starting anything.
    """
    global _looked, _begun, _installing
    try:
        if not _looked:
            _looked = True
            check_home()
            wanted = wanted or bool(pump.session().unfinished())
        if wanted and not _begun:
            _begun = True
            ensure()
        if _installing and STATE.install.state == "done":
            restart()
    except SceneError as error:
        if error.code != "no_server":
            STATE.fail(error)
    _installing = STATE.install.state == "running"


def forget() -> None:
    """Begin again when the extension is next loaded."""
    global _looked, _begun
    _looked = _begun = False
