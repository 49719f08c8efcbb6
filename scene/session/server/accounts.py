"""The accounts of this computer: one command of the backend's at a time."""

from __future__ import annotations

from ....client.commands.accounts import Accounts
from ....client.home import home
from ...app.app import app
from . import preferences
from .connection import session


class Keys:
    """`accounts` runs the backend's commands for accounts; it is made on first use. `changes` counts those that ended,
    any of which may have made an account another."""

    def __init__(self) -> None:
        self.accounts: Accounts | None = None
        self.changes = 0


def accounts() -> Accounts:
    """What runs the backend's commands for accounts."""
    part = app().part(Keys)
    if part.accounts is None:
        part.accounts = Accounts(home(), preferences.ROOT)
    return part.accounts


def poll() -> bool:
    """Read how a command went; the engines are asked again when it has ended. Whether a panel has news to draw."""
    running = app().part(Keys).accounts
    if running is None or not running.poll():
        return False
    if running.state.state == "done" and running.state.about:
        app().part(Keys).changes += 1
        session().refresh_engines()
    return True
