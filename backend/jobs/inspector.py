"""Checks uploaded files in a process of its own, which a hostile file may crash without harm."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from ..engines.engine import EngineError
from .child import Child, ending

SECONDS = 20.0


class Inspector:
    """Keeps one process (backend.jobs.inspect), started at the first file and anew where a file ended it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None

    def start(self) -> None:
        """Starts the process, so that the first file does not wait for it."""
        with self._lock:
            self._running()

    def check(self, kind: str, path: Path, param: str) -> tuple[str, int, int]:
        """The suffix that fits the content of `path`, its width and height. `kind` is "picture" or "depth".

        Raises:
            EngineError: `invalid_file`.
        """
        with self._lock:
            child = self._running()
            child.send({"path": str(path), "kind": kind, "param": param})
            until = time.monotonic() + SECONDS
            answer = None
            while answer is None and child.alive and time.monotonic() < until:
                answer = child.receive(0.2)
            if answer is None:
                child.kill()
                raise EngineError(
                    "invalid_file",
                    f"The file {param} can't be read: its check {ending(child.exit_code)}.",
                    "",
                    param,
                )
        if "wrong" in answer:
            raise EngineError(**answer["wrong"])
        suffix, width, height = answer["found"]
        return suffix, width, height

    def _running(self) -> Child:
        if self._child is None or not self._child.alive:
            self._child = Child("backend.jobs.inspect")
        return self._child

    def stop(self) -> None:
        with self._lock:
            if self._child is not None:
                self._child.kill()
