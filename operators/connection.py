"""Keeping a backend at hand for whatever is pressed."""

from __future__ import annotations

from ..scene import pump, settings
from ..scene.state import STATE

IDLE = ("off", "missing", "failed")

_looked = False  # into the journal
_begun = False
_installing = False


def ensure() -> None:
    """Connect to the backend that the preferences choose, unless that is done or under way. Never waits."""
    if STATE.backend.state in IDLE:
        pump.connect(settings.target())


def restart() -> None:
    """Let go of the backend and connect again, by what the preferences say now."""
    pump.session().disconnect()
    pump.connect(settings.target())


def begin(wanted: bool) -> None:
    """Connect once, when the panels are first seen or takes are still to be fetched; and after an installation.

    Where the backend is not installed, `connect` says so without starting anything.
    """
    global _looked, _begun, _installing
    if not _looked:
        _looked = True
        wanted = wanted or bool(pump.session().unfinished())
    if wanted and not _begun:
        _begun = True
        ensure()
    if _installing and STATE.install.state == "done":
        restart()
    _installing = STATE.install.state == "running"


def forget() -> None:
    """Begin again when the extension is next loaded."""
    global _looked, _begun
    _looked = _begun = False
