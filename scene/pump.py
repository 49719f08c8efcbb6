"""The one timer: events of the client's Session become state, landed takes, and redraws."""

from __future__ import annotations

from ..client.session import Session
from ..client.target import Target


def session() -> Session:
    """The session, made on first use."""
    raise NotImplementedError


def connect(target: Target) -> None:
    """Use this backend from now on. STATE.backend tells how it goes."""
    raise NotImplementedError


def pump(budget: float = 0.005) -> bool:
    """Handle waiting events for at most `budget` seconds. Returns whether anything changed."""
    raise NotImplementedError


def register() -> None:
    """Start the timer and the handlers for load, save and undo."""
    raise NotImplementedError


def unregister() -> None:
    """Stop the timer and close the session."""
    raise NotImplementedError
