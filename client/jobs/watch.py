"""Listens to the running job's events, for smooth progress and preview pictures."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable
from typing import Any

from ..api import answers
from ..api.calls import Api
from ..api.errors import ApiError
from ..events import Event, JobProgress
from .record import Record

QUIET_SECONDS = 1.0  # without a word the stream is opened anew: so the thread can always end within this time
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # before it is opened anew, growing while nothing comes
EVENT_SECONDS = 0.05  # at least, between two that are passed on


class Watcher:
    """At most one thread, for one job. The job's end is only hinted at through `wake`: the session itself polls."""

    def __init__(self, emit: Callable[[Event], None], wake: Callable[[], None]) -> None:
        self._emit = emit
        self._wake = wake
        self._api: Api | None = None
        self._job_id: str | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, api: Api, record: Record) -> None:
        """Listen to this job through a connection like `api`; to whatever else was followed no more."""
        if api is self._api and record.id == self._job_id:
            return
        self.rest()
        assert record.id is not None
        self._api, self._job_id = api, record.id
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=_listen,
            name="take-one-watch",
            daemon=True,
            args=(self._stop, api.another(), record, record.id, self._emit, self._wake),
        )
        self._thread.start()

    def rest(self) -> None:
        """No job is running, or its server can't be reached."""
        self._stop.set()
        self._api = self._job_id = None

    def close(self) -> None:
        self.rest()
        if self._thread is not None:
            self._thread.join(QUIET_SECONDS + 6)


def _listen(
    stop: threading.Event,
    api: Api,
    record: Record,
    job_id: str,
    emit: Callable[[Event], None],
    wake: Callable[[], None],
) -> None:
    fruitless = 0
    try:
        while not stop.is_set():
            try:
                for name, data in api.events(job_id, QUIET_SECONDS):
                    fruitless = 0
                    if stop.is_set():
                        return
                    if name == "end":
                        wake()
                        return
                    emit(_progress(record, job_id, data))
                    stop.wait(EVENT_SECONDS)
            except ApiError as error:
                if error.code != "unreachable":
                    return  # a server without events: the session's own polls are enough
            stop.wait(PAUSES[min(fruitless, len(PAUSES) - 1)])
            fruitless += 1
    finally:
        api.close()


def _progress(record: Record, job_id: str, data: dict[str, Any]) -> JobProgress:
    return JobProgress(record.key, answers.job(data, job_id), record.binding, _jpeg(data.get("preview")))


def _jpeg(preview: Any) -> bytes | None:
    """The picture of a data URL, None where it is none."""
    if not isinstance(preview, str):
        return None
    try:
        picture = base64.b64decode(preview.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return picture if picture.startswith(b"\xff\xd8") else None
