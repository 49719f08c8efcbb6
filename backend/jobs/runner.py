"""Takes jobs from the queue, one after the other, and has the worker process make them."""

from __future__ import annotations

import base64
import json
import logging
import os
import shutil
import signal
import threading
import time
from collections import deque
from typing import Any

from client.protocol import EngineInfo, Result
from client.protocol.codec import from_json, to_json

from ..engines.engine import EngineError
from .child import Child, ending
from .store import Owner, Store, StoredJob

log = logging.getLogger("take_one.jobs")

CANCEL_SECONDS = 0.6  # how long an engine may take to notice a cancel before its process is ended
LOOK_SECONDS = 0.1
FRESH_SECONDS = 3.0  # how long an answer about the engines holds
CHILD_SECONDS = 1.0  # between two starts of the worker
SWEEP_SECONDS = 6 * 3600.0


class Runner:
    """One thread, one worker process. `registry` is the module that names the engines."""

    def __init__(self, store: Store, owner: Owner, registry: str = "backend.engines.registry") -> None:
        self._store, self._owner, self._registry = store, owner, registry
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._child: Child | None = None
        self._next_child_at = 0.0
        self._engines: dict[str, EngineInfo] = {}
        self._engines_at = 0.0
        self._engines_known = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="runner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the worker. A job in progress goes back to the queue, and it is not counted against it."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(10)
        self._owner.release()

    def wake(self) -> None:
        """Says that there may be work."""
        self._wake.set()

    def engines(self, seconds: float = 15.0) -> dict[str, EngineInfo]:
        """What each engine can do, as its process sees it. An older answer where it does not answer now.

        Raises:
            EngineError: `starting`: there was no answer yet.
        """
        if time.monotonic() - self._engines_at < FRESH_SECONDS:
            return self._engines
        until = time.monotonic() + (0.5 if self._engines else seconds)
        asked = self._engines_at
        child: Child | None = None
        with self._engines_known:
            while self._engines_at == asked and time.monotonic() < until:
                if self._child is not None and self._child is not child:
                    child = self._child
                    child.send({"do": "engines"})
                self._engines_known.wait(0.05)
        if not self._engines:
            raise self._no_engines(child)
        return self._engines

    def _no_engines(self, child: Child | None) -> EngineError:
        if child is None or child.alive:
            return EngineError("starting", "The engines are still starting. Try again in a moment.", "retry")
        how = f"The engines can't be started: their process {ending(child.exit_code)}."
        return EngineError("starting", f"{how} {child.last_words()[:300]}".strip(), "open_log")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work()
            except Exception:
                log.exception("The queue failed, and goes on in a moment")
                self._stopping.wait(2.0)
        if self._child is not None:
            self._child.kill()

    def _work(self) -> None:
        """Works until it is stopped. At its start, what is in progress can only be left over from before."""
        self._ready_child()
        while not self._owner.acquire():  # another service on this folder works
            if self._stopping.wait(1.0):
                return
        self._recover()
        swept = 0.0
        while not self._stopping.is_set():
            if not swept or time.monotonic() - swept > SWEEP_SECONDS:
                swept = time.monotonic()
                self._store.sweep()
            self._next()

    def _recover(self) -> None:
        """Queues again what was in progress when the last service ended, or ends it if its take is whole."""
        for job in self._store.in_progress():
            result = self._store.attempt_folder(job) / "result.json"
            if result.exists() and self._store.complete(job, from_json(Result, json.loads(result.read_text()))):
                log.info("%s: its take was whole already", job.id)
                self._tidy(job)
            else:
                log.info("%s: found in progress, attempt %d", job.id, job.attempt)
                self._store.put_back(job, interrupted=True)

    def _next(self) -> None:
        try:
            job = self._store.claim()
        except EngineError as error:  # a full disk: the job waits until there is room
            log.warning("%s", error.message)
            self._stopping.wait(2.0)
            return
        if job is None:
            self._ready_child()
            self._wake.wait(0.5)
            self._wake.clear()
            return
        log.info("%s: started, attempt %d", job.id, job.attempt)
        self._make(job)
        self._tidy(job)

    def _make(self, job: StoredJob) -> None:
        child = self._ready_child()
        child.send({
            "do": "make", "id": job.id, "attempt": job.attempt, "folder": str(self._store.job_folder(job.id)),
            "request": to_json(job.request), "notes": job.notes,
        })  # fmt: skip
        left = TimeLeft()
        unwanted: float | None = None
        looked = 0.0
        while True:
            if self._stopping.is_set():
                child.kill()
                self._store.put_back(job, interrupted=False)
                return
            message = child.receive(LOOK_SECONDS)
            now = time.monotonic()
            if unwanted is None and now - looked >= LOOK_SECONDS:
                looked = now
                if not self._store.is_current(job):
                    log.info("%s: not wanted any more", job.id)
                    child.send({"do": "cancel"})
                    unwanted = now
            if unwanted is not None and now - unwanted > CANCEL_SECONDS:
                log.info("%s: the worker did not notice, so it is ended", job.id)
                child.kill()
                return
            if message is None:
                if not child.alive:
                    child.wait(2)
                    self._fail(job, self._crashed(job, child))
                    return
                continue
            if (message.get("id"), message.get("attempt")) != (job.id, job.attempt):
                continue
            if "fraction" in message:
                self._tell(job, message, left)
                continue
            if "done" in message and self._finish(job, from_json(Result, message["done"])):
                log.info("%s: completed", job.id)
            elif "failed" in message:
                self._fail(job, EngineError(**message["failed"]))
            elif "cancelled" in message and unwanted is None:
                self._fail(job, EngineError("engine_failed", "The engine gave up by itself.", "open_log"))
            return

    def _finish(self, job: StoredJob, result: Result) -> bool:
        """Commits a take, waiting for room where the disk is full: the take itself is already there."""
        while not self._stopping.is_set():
            try:
                return self._store.complete(job, result)
            except EngineError as error:
                log.warning("%s: %s", job.id, error.message)
                self._stopping.wait(2.0)
        return False

    def _fail(self, job: StoredJob, error: EngineError) -> None:
        log.warning("%s: failed: %s: %s", job.id, error.code, error.message)
        while not self._stopping.is_set():
            try:
                self._store.fail(job, error)
                return
            except EngineError as problem:
                log.warning("%s: %s", job.id, problem.message)
                self._stopping.wait(2.0)

    def _tell(self, job: StoredJob, message: dict[str, Any], left: TimeLeft) -> None:
        fraction = float(message["fraction"])
        preview = base64.b64decode(message["preview"]) if "preview" in message else None
        self._store.tell(job, fraction, str(message["stage"])[:200], left(fraction), preview)

    def _crashed(self, job: StoredJob, child: Child) -> EngineError:
        model, seconds = job.request.engine, job.request.seconds
        size = f"{job.request.width}x{job.request.height}"
        how = ending(child.exit_code)
        if child.exit_code in (-signal.SIGTERM, -getattr(signal, "SIGKILL", 9)):
            smaller = f"Choose a smaller size than {size} or a shorter clip than {seconds:g} s."
            message = f"The engine {model} {how}, most likely because memory ran out. {smaller}"
            return EngineError("engine_killed", message, "smaller_size")
        words = child.last_words()
        said = f' Its last words: "{words[:300]}"' if words and (child.exit_code or 0) > 0 else ""
        again = f"If it happens again, try a smaller size than {size}; the log has the details."
        message = f"The engine {model} crashed: its process {how}.{said} {again}"
        return EngineError("engine_crashed", message, "open_log")

    def _tidy(self, job: StoredJob) -> None:
        """Removes what no longer counts: attempts without a take, and the folder of a deleted job."""
        folder = self._store.job_folder(job.id)
        now = self._store.get(job.id)
        if now is None:
            shutil.rmtree(folder, ignore_errors=True)
            return
        if now.status.over:
            self._store.drop_uploads(now)
        for attempt in folder.glob("attempt-*"):
            if now.result is None or attempt != self._store.attempt_folder(now):
                shutil.rmtree(attempt, ignore_errors=True)

    def _ready_child(self) -> Child:
        """The worker; a new one where the last has ended, but no two within a few seconds."""
        first = self._child is None
        if self._child is None or not self._child.alive:
            self._stopping.wait(self._next_child_at - time.monotonic())
            self._next_child_at = time.monotonic() + CHILD_SECONDS
            if self._child is not None:
                log.warning("The worker %s; a new one starts", ending(self._child.exit_code))
            self._child = Child("backend.jobs.worker_process", self._registry, str(os.getpid()), aside=self._heard)
            self._child.send({"do": "engines"})
            if first:  # not again after a crash: it may have been the warming
                self._child.send({"do": "warm"})
        return self._child

    def _heard(self, message: dict[str, Any]) -> bool:
        engines = message.get("engines")
        if engines is None:
            return False
        with self._engines_known:
            self._engines = {data["id"]: from_json(EngineInfo, data) for data in engines}
            self._engines_at = time.monotonic()
            self._engines_known.notify_all()
        return True


class TimeLeft:
    """Seconds that remain, from the pace of the last half of what was done."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()

    def __call__(self, fraction: float) -> float | None:
        """None until a pace can be told."""
        now = time.monotonic()
        self._points.append((now, fraction))
        while len(self._points) > 2 and self._points[1][1] <= fraction / 2:
            self._points.popleft()
        passed, done = now - self._points[0][0], fraction - self._points[0][1]
        if passed < 0.3 or done <= 0:
            return None
        return round((1 - fraction) * passed / done, 2)
