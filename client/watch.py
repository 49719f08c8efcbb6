"""Listens to the running job's events, for smooth progress and preview pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .api import Api, ApiError
from .events import Event
from .jobs import progress_of

QUIET_SECONDS = 1.0  # without a word the stream is opened anew: so the thread can always end within this time


class Watcher:
    """At most one thread, for one job. The job's end is only hinted at through `wake`: the session itself
    looks."""

    def __init__(self, emit: Callable[[Event], None], wake: Callable[[], None]) -> None:
        self._emit = emit
        self._wake = wake
        self._key: str | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, base_url: str, token: str, key: str, job_id: str, binding: dict[str, Any]) -> None:
        if key == self._key:
            return
        self._stop.set()
        self._key = key
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._listen,
            name="take-one-watch",
            daemon=True,
            args=(self._stop, Api(base_url, token), key, job_id, binding),
        )
        self._thread.start()

    def rest(self) -> None:
        """No job is running."""
        self._stop.set()
        self._key = None

    def close(self) -> None:
        self.rest()
        if self._thread is not None:
            self._thread.join(QUIET_SECONDS + 6)

    def _listen(self, stop: threading.Event, api: Api, key: str, job_id: str, binding: dict[str, Any]) -> None:
        try:
            while not stop.is_set() and self._hear(stop, api, key, job_id, binding):
                stop.wait(0.2)
        finally:
            api.close()

    def _hear(self, stop: threading.Event, api: Api, key: str, job_id: str, binding: dict[str, Any]) -> bool:
        """Pass on one stream's events. Whether to open it again."""
        try:
            for name, data in api.events(job_id, QUIET_SECONDS):
                if stop.is_set():
                    return False
                if name == "end":
                    self._wake()
                    return False
                self._emit(progress_of(key, binding, {"id": job_id, **data}))
        except ApiError as error:
            return error.code == "unreachable"  # else a server without events: the session's own looks are enough
        return True
