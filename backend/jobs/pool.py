"""The queue at work: each waiting job goes to a free slot of its lane, and waits for no other lane.

A worker is a process that one Runner speaks to, through a Child: send, receive, alive, kill.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from importlib import import_module
from typing import Any

from client.protocol import EngineInfo
from client.protocol.codec import from_json

from ..engines.engine import EngineError
from .lanes import CPU, LANES, Slot, further_slots
from .meter import Meter
from .store.owner import Owner
from .store.row import StoredJob
from .store.store import Store
from .workers.child import Child, ending
from .workers.runner import RETRY_SECONDS, Place, Runner, recover

log = logging.getLogger("take_one.jobs")

POLL_SECONDS = 0.5  # another service on this folder may have taken a job in
FRESH_SECONDS = 3.0  # how long an answer about the engines holds
SWEEP_SECONDS = 6 * 3600.0


class Pool:
    """Every slot of every lane, and the thread that gives them their jobs. `registry` is the module that names the
    engines. The lane cpu has one slot; its worker answers for the engines. A job of the lane gpu has so many `gpus`."""

    def __init__(self, store: Store, owner: Owner, registry: str = "backend.engines.registry", gpus: int = 1) -> None:
        self._store, self._owner, self._registry = store, owner, registry
        self._gpus = gpus
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._engines: dict[str, EngineInfo] = {}
        self._engines_at = 0.0
        self._engines_known = threading.Condition()
        self._describing = Runner(Slot("cpu", CPU), store, registry, self._stopping, self._on_free, self._on_message)
        self._runners = [self._describing]
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)
        self.meter = Meter()

    def start(self) -> None:
        self._describing.start()
        self._thread.start()

    def stop(self) -> None:
        """Ends the workers. Jobs in progress go back to the queue, and it is not counted against them."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(10)
        for runner in self._runners:
            runner.stop()
        self._owner.release()

    def wake(self) -> None:
        """Says that there may be work."""
        self._wake.set()

    def engines(self, seconds: float = 15.0) -> dict[str, EngineInfo]:
        """What each engine can do, as its process sees it. An older answer where it does not answer now.

        Raises:
            EngineError: `starting`: there was no answer yet.
        """
        complete = self._engines.keys() == set(import_module(self._registry).names())  # workflows come and go
        if complete and time.monotonic() - self._engines_at < FRESH_SECONDS:
            return self._engines
        until = time.monotonic() + (0.5 if complete else seconds)
        asked_at = self._engines_at
        child: Child | None = None
        with self._engines_known:
            while self._engines_at == asked_at and time.monotonic() < until:
                present = self._describing.child
                if present is not None and present is not child:
                    child = present
                    child.send({"do": "engines"})
                self._engines_known.wait(0.05)
        if not self._engines:
            raise _no_engines(child)
        return self._engines

    def places(self) -> list[Place]:
        """Every slot as it is just now."""
        return [runner.place for runner in list(self._runners)]

    def _on_free(self, job: StoredJob, seconds: float) -> None:
        """A job has had its slot for so long."""
        self._wake.set()
        with contextlib.suppress(EngineError, sqlite3.Error):
            self.meter.ended(job, self._store.get(job.id), seconds)

    def _on_message(self, message: dict[str, Any]) -> bool:
        engines = message.get("engines")
        if engines is None:
            return False
        with self._engines_known:
            self._engines = {data["id"]: from_json(EngineInfo, data) for data in engines}
            self._engines_at = time.monotonic()
            self._engines_known.notify_all()
        self._wake.set()
        return True

    def _run(self) -> None:
        further = [
            Runner(slot, self._store, self._registry, self._stopping, self._on_free)
            for slot in further_slots(self._gpus)
        ]
        for runner in further:
            runner.start()
        self._runners += further
        if not self._await_ownership():
            return
        recovered, swept = False, 0.0
        while not self._stopping.is_set():
            try:
                if not recovered:
                    self._recover()
                    recovered = True
                if not swept or time.monotonic() - swept > SWEEP_SECONDS:
                    swept = time.monotonic()
                    self._sweep()
                self._give_jobs()
            except EngineError as error:  # a full disk, or another program in the way: jobs wait
                log.warning("%s", error.message)
                self._stopping.wait(RETRY_SECONDS)
            except Exception:
                log.exception("The queue failed, and goes on in a moment")
                self._stopping.wait(RETRY_SECONDS)

    def _await_ownership(self) -> bool:
        """Waits while another service on this folder works. False: this one is to stop."""
        while not self._stopping.is_set():
            try:
                if self._owner.acquire():
                    return True
            except (sqlite3.Error, OSError) as error:
                log.error("The lock of the queue (jobs.lock) can't be used: %s", error)
            self._stopping.wait(1.0)
        return False

    def _recover(self) -> None:
        """At the start, what is in progress can only be left over from before."""
        for job in self._store.in_progress():
            recover(self._store, job)

    def _sweep(self) -> None:
        try:
            self._store.sweep()
        except (EngineError, sqlite3.Error, OSError) as error:  # the next one will do
            log.warning("Old takes could not be swept: %s", error)

    def _give_jobs(self) -> None:
        """Gives every free slot its next job, those first whose worker runs already; then waits for word of
        another."""
        for job in self._store.without_lane() if self._engines else ():
            engine = self._engines.get(job.request.engine)
            self._store.set_lane(job, engine.lane if engine is not None and engine.lane in LANES else CPU)
        for runner in sorted(self._runners, key=lambda runner: runner.child is None):
            if runner.free and (claimed := self._store.claim(runner.slot.lane)) is not None:
                self.meter.began(claimed)
                runner.give(claimed)
        self._wake.wait(POLL_SECONDS)
        self._wake.clear()


def _no_engines(child: Child | None) -> EngineError:
    if child is None or child.alive:
        return EngineError("starting", "The engines are still starting. Try again in a moment.", "retry")
    how = f"The engines can't be started: their process {ending(child.exit_code)}."
    return EngineError("starting", f"{how} {child.last_words()[:300]}".strip(), "open_log")
