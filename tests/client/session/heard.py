"""What a session asks of its parts, written down."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from client.session import Session
from client.target import RemoteTarget

THERE = RemoteTarget("http://192.0.2.7:8000/")


class Heard:
    """Stands for the connection, the jobs and the watcher of a session, and writes down all that is asked of them."""

    def __init__(self, session: Session) -> None:
        self.calls: list[Any] = []
        self.api: Any = "api"
        self.fails: dict[str, BaseException] = {}
        self.connection = self._part("connection", target=THERE)
        self.jobs = self._part("jobs", running=None)
        self.watcher = self._part("watcher")
        self.is_busy = False
        session._connection, session._jobs, session._watcher = self.connection, self.jobs, self.watcher

    def _part(self, name: str, **values: Any) -> Any:
        heard = self

        class Part(SimpleNamespace):
            def __getattr__(self, asked: str) -> Callable[..., Any]:
                def call(*words: Any) -> Any:
                    heard.calls.append((f"{name}.{asked}", *words))
                    if error := heard.fails.get(asked):
                        raise error
                    return heard.api if asked == "api" else heard.is_busy if asked == "busy" else None

                return call

        return Part(**values)

    def said(self) -> list[Any]:
        """What was asked since the last look."""
        calls, self.calls = self.calls, []
        return calls
