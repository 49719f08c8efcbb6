"""What the process that runs engines does (worker_process starts it).

It stays alive between jobs, so that what an engine loaded stays loaded. Its main thread makes takes; a second one
listens, for the next job, for a cancel; a third describes the engines, which may last a while. What only a take needs
is imported with the first one: who asks for the engines does not wait for it.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from client.protocol import EngineInfo, Problem, TakeRequest
from client.protocol.codec import from_json, to_json

from ...engines.engine import Cancelled, EngineError, Resumable, Unloadable
from ...home import write_whole
from ...media.disk import disk_full, is_full

if TYPE_CHECKING:
    import numpy as np

REPORT_SECONDS = 0.1
PREVIEW_SECONDS = 0.5
MAX_STATE = 16_384  # bytes of JSON


class Worker:
    """Serves one parent, whose `messages` come and whom `send` answers. `registry` is the module that names the
    engines."""

    def __init__(
        self, registry: ModuleType, send: Callable[[dict[str, Any]], None], messages: Iterator[dict[str, Any]]
    ) -> None:
        self._registry = registry
        self._engines: dict[str, Any] = {}
        self._making_engine = threading.Lock()
        self._broken: set[str] = set()
        self._jobs: queue.Queue[dict[str, Any]] = queue.Queue()
        self._questions: queue.Queue[dict[str, Any]] = queue.Queue()
        self._kept: queue.Queue[int] = queue.Queue()  # the numbers of states that are on the disk
        self._cancelled = threading.Event()
        self._send, self._messages = send, messages

    def run(self) -> None:
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        threading.Thread(target=self._describe_all, name="describer", daemon=True).start()
        while True:
            message = self._jobs.get()
            if message["do"] == "warm":
                self._warm()
            else:
                self._make(message)

    def _listen(self) -> None:
        """Only hands on: a cancel is never behind anything."""
        try:
            for message in self._messages:
                self._on_message(message)
        finally:
            os._exit(0)  # the parent is gone, and nobody waits for what is being made

    def _on_message(self, message: dict[str, Any]) -> None:
        if message["do"] in ("make", "warm"):
            self._cancelled.clear()
            self._jobs.put(message)
        elif message["do"] == "cancel":
            self._cancelled.set()
        elif message["do"] == "kept":
            self._kept.put(message["number"])
        elif message["do"] == "engines":
            self._questions.put(message)

    def _engine(self, name: str) -> Any:
        with self._making_engine:
            if name not in self._engines:
                self._engines[name] = self._registry.engine(name)
            return self._engines[name]

    def _describe_all(self) -> None:
        while True:
            self._questions.get()
            while not self._questions.empty():  # asked again meanwhile: one answer is enough
                self._questions.get()
            self._send({"engines": [self._describe(name) for name in self._registry.names()]})

    def _describe(self, name: str) -> dict[str, Any]:
        try:
            capabilities = self._engine(name).capabilities()
        except Exception as error:  # noqa: BLE001 - becomes the reason that a user reads
            if name not in self._broken:
                self._broken.add(name)
                traceback.print_exc()
            why = f"It could not be loaded: {error}"
            # It says no lane: where the engine would run is not known, and the word of a worker that knows counts.
            capabilities = EngineInfo(name, available=False, reason=why, fix="install", lane="")
        return dict(to_json(capabilities))

    def _warm(self) -> None:
        engine = self._engine(self._registry.DEFAULT)
        if not isinstance(engine, Resumable):  # what goes on elsewhere may cost something
            from .warm import warm

            warm(engine, lambda: not self._jobs.empty())

    def _make(self, order: dict[str, Any]) -> None:
        outcome: dict[str, Any]
        try:
            self._unload_others(order["request"]["engine"])
            outcome = {"done": self._take(order)}
        except Cancelled:
            outcome = {"cancelled": True}
        except EngineError as error:
            outcome = {"failed": to_json(error.problem)}
        except Exception as error:  # noqa: BLE001 - fails this job, and says so
            traceback.print_exc()
            outcome = {"failed": to_json(_unexpected(error, order))}
        self._send({"id": order["id"], "attempt": order["attempt"], **outcome})

    def _unload_others(self, name: str) -> None:
        """Makes room: of the engines in this process only the one that works keeps what it loaded."""
        for other, engine in list(self._engines.items()):
            if other != name and isinstance(engine, Unloadable):
                engine.unload()

    def _take(self, order: dict[str, Any]) -> dict[str, Any]:
        from .take import Memory, make_take

        folder = Path(order["folder"])
        attempt = folder / f"attempt-{order['attempt']}"
        attempt.mkdir(exist_ok=True)
        request = from_json(TakeRequest, order["request"])
        request = request.with_files({name: folder / file for name, file in request.files().items()})
        take = make_take(
            self._engine(request.engine),
            request,
            attempt / "clip.mp4",
            attempt / "sidecar.json",
            tuple(order["notes"]),
            _Reporter(self._send, order),
            self._cancelled.is_set,
            Memory(order["state"], _Committer(self._send, order, self._kept, self._cancelled)),
        )
        write_whole(attempt / "thumbnail.jpg", take.written.thumbnail)
        # Last, so that its presence says that all is there: a service that died meanwhile finds it.
        write_whole(attempt / "result.json", json.dumps(to_json(take.result)).encode())
        return dict(to_json(take.result))


def _unexpected(error: Exception, order: dict[str, Any]) -> Problem:
    if is_full(error):
        return disk_full(Path(order["folder"])).problem
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    message = f"The engine {order['request']['engine']} failed. {reason[:500]}"
    return Problem("engine_failed", message, "open_log")


class _Reporter:
    """Progress to the parent, at most ten times a second, with a picture at most twice a second."""

    def __init__(self, send: Any, order: dict[str, Any]) -> None:
        self._send = send
        self._job = {"id": order["id"], "attempt": order["attempt"]}
        self._reported = self._pictured = 0.0

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        now = time.monotonic()
        pictured = preview is not None and now - self._pictured >= PREVIEW_SECONDS
        if not pictured and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        message = {**self._job, "fraction": fraction, "stage": stage}
        if preview is not None and pictured:
            from ...media.picture import PREVIEW_SIDE, jpeg

            self._pictured = now
            message["preview"] = base64.b64encode(jpeg(preview, PREVIEW_SIDE)).decode()
        self._send(message)


class _Committer:
    """Has the parent put an engine's state on the disk, and waits until it is there (see engines.engine.Commit)."""

    def __init__(self, send: Any, order: dict[str, Any], kept: queue.Queue[int], cancelled: threading.Event) -> None:
        self._send, self._kept, self._cancelled = send, kept, cancelled
        self._job = {"id": order["id"], "attempt": order["attempt"]}

    def __call__(self, state: dict[str, Any]) -> None:
        size = len(json.dumps(state, allow_nan=False))
        if size > MAX_STATE:
            raise ValueError(f"a state of {size} bytes is larger than {MAX_STATE}")
        number = time.monotonic_ns()
        self._send({**self._job, "state": state, "number": number})
        while not self._cancelled.is_set():
            try:
                if self._kept.get(timeout=0.05) == number:
                    return
            except queue.Empty:
                continue
        raise Cancelled
