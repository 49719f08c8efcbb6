"""The weights of the engines that run on this computer: one command of the backend's at a time."""

from __future__ import annotations

from ....client.commands.models import Models
from ....client.home import home
from ...app.app import app
from . import preferences
from .connection import session


class Weights:
    """`models` runs the backend's commands for models; it is made on first use."""

    def __init__(self) -> None:
        self.models: Models | None = None

    def close(self) -> None:
        """End what runs."""
        if self.models is not None:
            self.models.close()


def models() -> Models:
    """What runs the backend's commands for models."""
    part = app().part(Weights)
    if part.models is None:
        part.models = Models(home(), preferences.ROOT)
    return part.models


def poll() -> bool:
    """Read how a command goes; the engines are asked again when it has ended. Whether a panel has news to draw."""
    running = app().part(Weights).models
    if running is None or not running.poll():
        return False
    if not running.busy:
        session().refresh_engines()
    return True
