"""One slot of a lane: a thread that has jobs made by a worker of its own, one at a time."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import queue
import shutil
import signal
import sqlite3
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from client.protocol import Binding, Problem, Result, Unfit
from client.protocol.codec import from_json, to_json

from ...engines.engine import FIRST_TIME, EngineError
from ..lanes import CPU, Slot
from ..store.ending import INTERRUPTIONS
from ..store.row import StoredJob
from ..store.store import Store
from .link import Aside, Crew, Link, Loss

log = logging.getLogger("take_one.jobs")

POLL_SECONDS = 0.1
RETRY_SECONDS = 2.0
CHILD_SECONDS = 1.0  # between two starts of the worker
BROKEN_SECONDS = 10.0  # where the last one never came to work
IDLE_SECONDS = 600.0  # how long a worker without a job keeps what it loaded
DEATHS = 5  # workers that a job which goes on from its state may take with it


@dataclass(frozen=True)
class Place:
    """A slot as it is just now: whether its worker runs, the engine that it had last ("": none), the job that is made
    there, and since when (seconds since 1970) it is made or the slot is free."""

    name: str
    lane: str
    running: bool
    engine: str
    job: StoredJob | None
    since: float


class Runner:
    """`on_begin` is called as a worker begins a job, `on_free` after each, with the seconds that it had this slot.
    Where there is an `on_message`, this slot's worker answers for the engines: it starts at once and stays, and
    `on_message` sees each of its messages first and says whether it was for it. Every other worker starts with its
    slot's first job, or when it is told to `prepare`, and ends when there was no job for a while."""

    def __init__(
        self,
        slot: Slot,
        crew: Crew,
        store: Store,
        stopping: threading.Event,
        on_begin: Callable[[StoredJob], None],
        on_free: Callable[[StoredJob, float], None],
        on_message: Aside | None = None,
    ) -> None:
        self.slot = slot
        self._crew, self._store, self._stopping = crew, store, stopping
        self._on_begin, self._on_free, self._on_message = on_begin, on_free, on_message
        self._child: Link | None = None
        self._wanted = threading.Event()
        self._next_child_at = 0.0
        self._job: StoredJob | None = None
        self._since = time.time()
        self._loaded = ""  # the engine that the worker had last
        self._deaths: Counter[str] = Counter()  # of workers, by the job that they had
        self._inbox: queue.Queue[StoredJob | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name=slot.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the worker, once `stopping` is set. A job in progress goes back to the queue."""
        self._inbox.put(None)
        self._thread.join(10)

    @property
    def free(self) -> bool:
        """Whether it takes a job now."""
        if self._job is not None:
            return False
        return not self.slot.ahead or (self._child is not None and self._child.alive and self._child.ready)

    @property
    def describes(self) -> bool:
        """Whether its worker answers for the engines."""
        return self._on_message is not None

    @property
    def busy(self) -> bool:
        return self._job is not None

    @property
    def coming(self) -> bool:
        """Whether its worker is there, or on its way."""
        return self._wanted.is_set() or (self._child is not None and self._child.alive)

    @property
    def child(self) -> Link | None:
        """The worker, if there is one."""
        return self._child

    @property
    def place(self) -> Place:
        """What is seen of this slot from outside."""
        child, job = self._child, self._job
        running = child is not None and child.alive
        return Place(self.slot.name, self.slot.lane, running, self._loaded if running else "", job, self._since)

    def prepare(self) -> None:
        """Has the worker started, for a job that will come."""
        self._wanted.set()
        self._inbox.put(None)

    def give(self, job: StoredJob) -> None:
        """Has `job`, which was claimed for this slot, made."""
        self._job, self._since = job, time.time()
        self._inbox.put(job)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._on_message is not None or self._wanted.is_set():
                    self._ready_child()
                    self._wanted.clear()
                job = self._inbox.get(timeout=IDLE_SECONDS if self._on_message is None else POLL_SECONDS)
            except queue.Empty:
                self._rest()
                continue
            except OSError as error:  # no room for another process, or no way to a cluster
                log.error("%s: the worker can't be started: %s", self.slot.name, error)
                self._stopping.wait(RETRY_SECONDS)
                continue
            if job is not None:
                began = time.monotonic()
                self._serve(job)
                seconds = time.monotonic() - began
                self._store.count_turn(job, seconds)  # before the slot is free: it decides whose the next job is
                self._job, self._since = None, time.time()
                self._on_free(job, seconds)
        if self._child is not None:
            self._child.kill()

    def _rest(self) -> None:
        if self._on_message is None and self._child is not None:
            log.info("%s: nothing to do, so its worker ends", self.slot.name)
            self._child.kill()
            self._child, self._since = None, time.time()

    def _serve(self, job: StoredJob) -> None:
        begins = "started" if job.state is None else "goes on"
        log.info("%s: %s in %s, attempt %d", job.id, begins, self.slot.name, job.attempt)
        _tidy(self._store, job)  # an earlier attempt may have ended too suddenly to do so
        try:
            self._make(job)
        except Exception:
            log.exception("%s: the queue failed, and goes on", job.id)
            if self._child is not None:
                self._child.kill()
            self._persist(job, lambda: recover(self._store, job))
        _tidy(self._store, job)

    def _make(self, job: StoredJob) -> None:
        child = self._child if self.slot.ahead else self._ready_child()
        if child is None or not child.alive:
            self._store.give_back(job)
            return
        self._loaded = job.request.engine
        self._on_begin(job)
        child.send(_order(job, self._store))
        left = TimeLeft()
        state: dict[str, Any] | None = None  # what is to be committed
        unwanted: float | None = None
        polled = 0.0
        while True:
            if self._stopping.is_set():
                child.kill()
                self._store.put_back(job, interrupted=False)
                return
            message = child.receive(POLL_SECONDS)
            now = time.monotonic()
            if unwanted is None and now - polled >= POLL_SECONDS:
                polled = now
                if self._is_unwanted(job):
                    log.info("%s: not wanted any more", job.id)
                    child.send({"do": "cancel"})
                    unwanted = now
            if unwanted is not None and now - unwanted > self.slot.cancel_seconds:
                log.info("%s: the worker did not notice, so it is ended", job.id)
                child.kill()
                return
            if message is None and not child.alive:
                child.wait(2)
                self._lost(job, child)
                return
            if message is not None and (message.get("id"), message.get("attempt")) == (job.id, job.attempt):
                if "fraction" in message:
                    self._report(job, message, left)
                elif "state" in message:
                    state = message
                else:
                    self._finish(job, message, unwanted is not None)
                    return
            if state is not None and self._keep(job, state, child):
                state = None

    def _is_unwanted(self, job: StoredJob) -> bool:
        with contextlib.suppress(EngineError):  # not now, but at the next poll
            return not self._store.is_current(job)
        return False

    def _finish(self, job: StoredJob, message: dict[str, Any], unwanted: bool) -> None:
        """Commits how a job ended, as its worker says."""
        if "done" in message:
            result = from_json(Result, message["done"])
            if self._persist(job, lambda: self._store.complete(job, result)):
                log.info("%s: completed", job.id)
        elif "failed" in message:
            self._fail(job, Problem(**message["failed"]))
        elif not unwanted:
            self._fail(job, Problem("engine_failed", "The engine gave up by itself.", "open_log"))

    def _keep(self, job: StoredJob, message: dict[str, Any], child: Link) -> bool:
        """Commits an engine's state and says so to the engine, which waits for it. False: not yet."""
        try:
            if self._store.keep_state(job, message["state"]):
                child.send({"do": "kept", "number": message["number"]})
            return True
        except EngineError as error:  # no room, or another program in the way: the engine goes on waiting
            log.warning("%s: %s", job.id, error.message)
            self._stopping.wait(RETRY_SECONDS)
            return False

    def _lost(self, job: StoredJob, child: Link) -> None:
        """The worker is gone. What it made is lost, unless its engine wrote down how to go on."""
        if child.loss is Loss.AGAIN:
            log.warning("%s: its worker %s; it waits for another", job.id, child.ending)
            self._persist(job, lambda: self._store.put_back(job, interrupted=False))
            return
        now = self._store.get(job.id)
        self._deaths[job.id] += 1
        if now is not None and now.state is not None and self._deaths[job.id] < DEATHS:
            log.warning("%s: its worker %s; it goes on from its state", job.id, child.ending)
            self._persist(job, lambda: self._store.put_back(job, interrupted=True))
        elif now is not None and child.loss is Loss.COUNTS and now.interruptions < INTERRUPTIONS:
            log.warning("%s: its worker %s; it is made again elsewhere", job.id, child.ending)
            self._persist(job, lambda: self._store.put_back(job, interrupted=True))
        else:
            self._fail(job, _out_of_workers(job, child) if child.loss is Loss.COUNTS else _crashed(job, child))

    def _fail(self, job: StoredJob, problem: Problem) -> None:
        log.warning("%s: failed: %s: %s", job.id, problem.code, problem.message)
        self._persist(job, lambda: self._store.fail(job, problem))

    def _persist(self, job: StoredJob, change: Callable[[], Any]) -> Any:
        """What `change` of the store gives. It is tried until there is room and nobody else in the way: nothing that
        was made is lost to a full disk."""
        while not self._stopping.is_set():
            try:
                return change()
            except (EngineError, sqlite3.Error) as error:
                log.warning("%s: %s", job.id, error)
                self._stopping.wait(RETRY_SECONDS)
        return None

    def _report(self, job: StoredJob, message: dict[str, Any], left: TimeLeft) -> None:
        fraction = float(message["fraction"])
        preview = base64.b64decode(message["preview"]) if "preview" in message else None
        self._store.report(job, fraction, str(message["stage"])[:200], left(fraction, message["stage"]), preview)

    def _ready_child(self) -> Link:
        """The worker; a new one where the last has ended, but no two within a few seconds."""
        if self._child is None or not self._child.alive:
            first = self._child is None
            self._stopping.wait(self._next_child_at - time.monotonic())
            never_ready = self._child is not None and not self._child.ready
            self._next_child_at = time.monotonic() + (BROKEN_SECONDS if never_ready else CHILD_SECONDS)
            self._loaded = ""
            if self._child is not None:
                log.warning("%s: the worker %s; a new one starts", self.slot.name, self._child.ending)
            self._child = self._crew.start(self.slot, self._on_message)
            if self._on_message is not None:
                self._child.send({"do": "engines"})
                if first and self.slot.lane == CPU:  # not again after a crash: it may have been the warming
                    self._child.send({"do": "warm"})
        return self._child


def recover(store: Store, job: StoredJob) -> None:
    """Queues a job again that nobody works on any more, or ends it if its take is whole."""
    with contextlib.suppress(OSError, ValueError):  # not whole, or not to be read
        found = json.loads((store.attempt_folder(job) / "result.json").read_text())
        if store.complete(job, from_json(Result, found)):
            log.info("%s: its take was whole already", job.id)
            _tidy(store, job)
            return
    log.info("%s: found in progress, attempt %d", job.id, job.attempt)
    store.put_back(job, interrupted=True)


def _tidy(store: Store, job: StoredJob) -> None:
    """Removes what does not count any more, as far as it can be: attempts without a take, the uploads of a job that
    is over, the folder of a deleted one."""
    try:
        folder, now = store.job_folder(job.id), store.get(job.id)
        if now is None:
            shutil.rmtree(folder, ignore_errors=True)
            return
        if now.status.over:
            store.drop_uploads(now)
        kept = store.attempt_folder(now) if now.result is not None else None
        earlier = {f"attempt-{number}" for number in range(job.attempt)}
        for attempt in folder.glob("attempt-*"):  # of one that waits again the next may be at work elsewhere already
            if attempt != kept and (now.status.over or attempt.name in earlier):
                shutil.rmtree(attempt, ignore_errors=True)
    except (EngineError, sqlite3.Error, OSError) as error:
        log.warning("%s: what it left behind stays: %s", job.id, error)


def _binding(job: StoredJob) -> Binding | None:
    """Where the take belongs, for its handles and its sidecar; None of a client that binds its jobs in its own way."""
    try:
        return from_json(Binding, job.binding)
    except Unfit:
        return None


def _order(job: StoredJob, store: Store) -> dict[str, Any]:
    return {
        "do": "make",
        "id": job.id,
        "attempt": job.attempt,
        "folder": str(store.job_folder(job.id)),
        "request": to_json(replace(job.request, binding=_binding(job))),
        "notes": job.notes,
        "state": job.state,
    }


def _out_of_workers(job: StoredJob, child: Link) -> Problem:
    times = INTERRUPTIONS + 1
    message = f"{times} workers in a row were lost while they made this take, so it was not tried again. The last one"
    smaller = f"Try a smaller size than {job.request.width}x{job.request.height}; the log has the details."
    return Problem("workers_lost", f"{message} {child.ending}. {smaller}", "smaller_size")


def _crashed(job: StoredJob, child: Link) -> Problem:
    model, seconds = job.request.engine, job.request.seconds
    size = f"{job.request.width}x{job.request.height}"
    how = child.ending
    if child.exit_code in (-signal.SIGTERM, -getattr(signal, "SIGKILL", 9)):
        smaller = f"Choose a smaller size than {size} or a shorter clip than {seconds:g} s."
        message = f"The engine {model} {how}, most likely because memory ran out. {smaller}"
        return Problem("engine_killed", message, "smaller_size")
    words = child.last_words()
    quoted = f' Its last words: "{words[:300]}"' if words and (child.exit_code or 0) > 0 else ""
    again = f"If it happens again, try a smaller size than {size}; the log has the details."
    message = f"The engine {model} crashed: its process {how}.{quoted} {again}"
    return Problem("engine_crashed", message, "open_log")


class TimeLeft:
    """Seconds that remain, from the pace of the last half of what was done; what only a first take waits for is no
    part of it."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._stage = ""

    def __call__(self, fraction: float, stage: str) -> float | None:
        """None until a pace is known."""
        now = time.monotonic()
        if FIRST_TIME in stage or FIRST_TIME in self._stage:
            self._points.clear()
        self._stage = stage
        self._points.append((now, fraction))
        while len(self._points) > 2 and self._points[1][1] <= fraction / 2:
            self._points.popleft()
        passed, done = now - self._points[0][0], fraction - self._points[0][1]
        if passed < 0.3 or done <= 0:
            return None
        return round((1 - fraction) * passed / done, 2)
