"""Checks uploaded files in processes of their own, which a hostile file may crash without harm."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

from ...engines.engine import EngineError
from ..workers.child import Child, ending

LARGE = 24 << 20  # bytes of a file that is not even tried quickly
QUICK_SECONDS = 0.6  # of computing: enough for nearly every picture
PATIENT_SECONDS = 20.0
WAITING = 3  # times as long may pass on a machine that has other things to do
STARTING_SECONDS = 30.0
MAX_PATIENT = 8  # slow files that wait for one another


class Inspector:
    """Keeps two processes (backend.jobs.inspection.inspect), each started when needed and anew where a file ended it.

    A file has a moment in the first. One that lasts longer starts anew in the second, and a large one goes there at
    once. It waits for its like only: some slow pictures hold up each other, and nobody else.
    """

    def __init__(self) -> None:
        self._quick, self._patient = _Process(QUICK_SECONDS), _Process(PATIENT_SECONDS)
        self._slow = threading.BoundedSemaphore(MAX_PATIENT)

    def start(self) -> None:
        """Starts the first process, so that the first file does not wait for it."""
        self._quick.start()

    def check(self, kind: str, path: Path, param: str) -> tuple[str, int, int]:
        """The suffix that fits the content of `path`, its width and height. `kind` is "picture" or "depth".

        Raises:
            EngineError: `invalid_file`; `busy`: too many files that take long are being checked.
        """
        question = {"path": str(path), "kind": kind, "param": param}
        answer = self._quick.ask(question) if path.stat().st_size <= LARGE else None
        if answer is None:
            if not self._slow.acquire(blocking=False):
                raise _busy("Other large pictures are being checked.")
            try:
                answer = self._patient.ask(question)
            finally:
                self._slow.release()
        if answer is None:
            raise _unreadable(param, f"its check takes more than {PATIENT_SECONDS:g} s. Send a smaller one")
        if "wrong" in answer:
            raise EngineError(**answer["wrong"])
        suffix, width, height = answer["found"]
        return suffix, width, height

    def stop(self) -> None:
        self._quick.stop()
        self._patient.stop()


class _Process:
    """One process, which answers one question at a time, within `seconds` of computing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._stopped = False

    def start(self) -> None:
        with self._lock:
            self._ready()

    def ask(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """Its answer, None where it came too late.

        Raises:
            EngineError: `invalid_file`: the file ended it.
        """
        with self._lock:
            if self._stopped:
                raise _busy("This service is ending.")
            child = self._ready()
            child.send({**question, "seconds": self._seconds})
            answer = _receive(child, WAITING * self._seconds)
            if answer is not None:
                return answer
            if child.alive:
                child.kill()
                return None
            if child.exit_code == -getattr(signal, "SIGPROF", 0):  # see inspect: its time is over
                return None
        if self._stopped:
            raise _busy("This service is ending.")
        raise _unreadable(question["param"], f"its check {ending(child.exit_code)}")

    def stop(self) -> None:
        """Ends it, also in the midst of an answer."""
        self._stopped = True
        if self._child is not None:
            self._child.kill()

    def _ready(self) -> Child:
        if self._child is None or not self._child.alive:
            self._child = Child("backend.jobs.inspection.inspect")
            _receive(self._child, STARTING_SECONDS)  # it says that it has begun
        return self._child


def _receive(child: Child, seconds: float) -> dict[str, Any] | None:
    until = time.monotonic() + seconds
    while child.alive and (left := until - time.monotonic()) > 0:
        if (message := child.receive(min(0.2, left))) is not None:
            return message
    return child.receive(0)


def _unreadable(param: str, why: str) -> EngineError:
    return EngineError("invalid_file", f"The file {param} can't be read: {why}.", "", param)


def _busy(why: str) -> EngineError:
    return EngineError("busy", f"{why} Try again in a moment.", "retry")
