"""Keeping a backend at hand for whatever is pressed."""

from __future__ import annotations

from ..scene import pump, settings
from ..scene.state import STATE

IDLE = ("off", "missing", "failed")


def ensure() -> None:
    """Connect to the backend that the preferences choose, unless that is done or under way. Never waits."""
    if STATE.backend.state in IDLE:
        pump.connect(settings.target())


def restart() -> None:
    """Let go of the backend and connect again, by what the preferences say now."""
    pump.session().disconnect()
    pump.connect(settings.target())
