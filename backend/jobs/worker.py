"""What the process that runs engines does (worker_process starts it).

It stays alive between jobs, so that what an engine loaded stays loaded. Its main thread makes takes; a
second one listens, for the next job, for a cancel, for a question.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import threading
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from client.protocol import EngineInfo, Problem, TakeRequest
from client.protocol.codec import from_json, to_json

from ..engines.engine import Cancelled, EngineError
from ..home import write_whole
from ..media.picture import PREVIEW_SIDE, jpeg
from .child import serve
from .take import make_take
from .warm import warm

TELL_SECONDS = 0.1
PREVIEW_SECONDS = 0.5


class Worker:
    """Serves one parent. `registry` is the module that names the engines."""

    def __init__(self, registry: ModuleType) -> None:
        self._registry = registry
        self._engines: dict[str, Any] = {}
        self._broken: set[str] = set()
        self._jobs: queue.Queue[dict[str, Any]] = queue.Queue()
        self._cancelled = threading.Event()
        self._send, self._messages = serve()

    def run(self) -> None:
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while True:
            message = self._jobs.get()
            if message["do"] == "warm":
                warm(self._engine(self._registry.DEFAULT), lambda: not self._jobs.empty())
            else:
                self._make(message)

    def _listen(self) -> None:
        try:
            for message in self._messages:
                self._hear(message)
        finally:
            os._exit(0)  # the parent is gone, and nobody waits for what is being made

    def _hear(self, message: dict[str, Any]) -> None:
        if message["do"] in ("make", "warm"):
            self._cancelled.clear()
            self._jobs.put(message)
        elif message["do"] == "cancel":
            self._cancelled.set()
        elif message["do"] == "engines":
            self._send({"engines": [self._describe(name) for name in self._registry.ENGINES]})

    def _engine(self, name: str) -> Any:
        if name not in self._engines:
            self._engines[name] = self._registry.engine(name)
        return self._engines[name]

    def _describe(self, name: str) -> dict[str, Any]:
        try:
            capabilities = self._engine(name).capabilities()
        except Exception as error:  # noqa: BLE001 - told to the user as the reason
            if name not in self._broken:
                self._broken.add(name)
                traceback.print_exc()
            why = f"It could not be loaded: {error}"
            capabilities = EngineInfo(name, available=False, reason=why, fix="install")
        return dict(to_json(capabilities))

    def _make(self, order: dict[str, Any]) -> None:
        said: dict[str, Any]
        try:
            said = {"done": self._take(order)}
        except Cancelled:
            said = {"cancelled": True}
        except EngineError as error:
            said = {"failed": to_json(error.problem)}
        except Exception as error:  # noqa: BLE001 - fails this job, and is told
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            message = f"The engine {order['request']['engine']} failed. {reason[:500]}"
            said = {"failed": to_json(Problem("engine_failed", message, "open_log"))}
        self._send({"id": order["id"], "attempt": order["attempt"], **said})

    def _take(self, order: dict[str, Any]) -> dict[str, Any]:
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
            _Teller(self._send, order),
            self._cancelled.is_set,
        )
        write_whole(attempt / "thumbnail.jpg", take.written.thumbnail)
        # Last, so that its presence says that all is there: a service that died meanwhile finds it.
        write_whole(attempt / "result.json", json.dumps(to_json(take.result)).encode())
        return dict(to_json(take.result))


class _Teller:
    """Progress to the parent, at most ten times a second, with a picture at most twice a second."""

    def __init__(self, send: Any, order: dict[str, Any]) -> None:
        self._send = send
        self._who = {"id": order["id"], "attempt": order["attempt"]}
        self._told = self._pictured = 0.0

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        now = time.monotonic()
        pictured = preview is not None and now - self._pictured >= PREVIEW_SECONDS
        if not pictured and now - self._told < TELL_SECONDS:
            return
        self._told = now
        message = {**self._who, "fraction": fraction, "stage": stage}
        if preview is not None and pictured:
            self._pictured = now
            message["preview"] = base64.b64encode(jpeg(preview, PREVIEW_SIDE)).decode()
        self._send(message)
