"""The extension's one timer: whatever is to be done now and then is done from here, each thing at its own pace."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from .app import app
from .errors import SceneError

LOG = logging.getLogger("take_one")
SOON, LATEST = 0.01, 0.1  # seconds between two rounds: at least, at most
AFTER_ERROR = 1.0

Task = Callable[[], float | None]


@dataclass
class _Due:
    task: Task
    at: float


class Tasks:
    """What the timer does, by when it is due."""

    def __init__(self) -> None:
        self._due: list[_Due] = []

    def add(self, task: Task, after: float = 0.0) -> None:
        """Call `task` in `after` seconds, then as often as it says: it answers with the seconds to the next time, or
        None for never again."""
        self._due.append(_Due(task, time.monotonic() + after))

    def run(self) -> float:
        """Do what is due. Returns the seconds until there is more to do."""
        for due in list(self._due):
            if due.at > time.monotonic():
                continue
            pause = _done(due.task)
            if pause is None:
                self._due.remove(due)
            else:
                due.at = time.monotonic() + pause
        soonest = min((due.at - time.monotonic() for due in self._due), default=LATEST)
        return min(LATEST, max(SOON, soonest))


def _done(task: Task) -> float | None:
    try:
        return task()
    except Exception as error:  # noqa: BLE001 - the timer goes on, and the user hears of it
        app().state.fail(problem(error, getattr(task, "__qualname__", task)))
        return AFTER_ERROR


def problem(error: Exception, where: object) -> SceneError:
    """What the user hears of an error. One that nobody thought of is in the log: call this while it is handled."""
    if isinstance(error, SceneError):
        return error
    LOG.exception("in %s", where)
    message = rpt_("Something unexpected went wrong: {error}. See the log.").format(error=error)
    return SceneError("unexpected", message, "open_log")


def every(task: Task, after: float = 0.0) -> None:
    """Have the timer call `task`: see Tasks.add."""
    app().part(Tasks).add(task, after)


def _tick() -> float:
    return app().part(Tasks).run()


def register() -> None:
    """Start the timer."""
    bpy.app.timers.register(_tick, first_interval=LATEST, persistent=True)


def unregister() -> None:
    """Stop the timer."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
