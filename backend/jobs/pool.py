"""The queue at work: each waiting job goes to a free slot of its lane, and waits for no other lane.

A worker is what one Runner speaks to, through a Link: a process of this machine or an actor on a cluster.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

from client.protocol import EngineInfo
from client.protocol.codec import from_json
from client.protocol.problem import Unfit

from ..engines.engine import EngineError
from .lanes import CPU, DESCRIBING, GPU, LANES, Slot
from .meter import Meter
from .store.owner import Owner
from .store.row import StoredJob
from .store.store import Store
from .workers.link import Aside, Crew, Link
from .workers.runner import RETRY_SECONDS, Place, Runner, recover

log = logging.getLogger("take_one.jobs")

POLL_SECONDS = 0.5  # another service on this folder may have taken a job in
FRESH_SECONDS = 3.0  # how long an answer about the engines holds
SWEEP_SECONDS = 6 * 3600.0


class Pool:
    """Every slot of every lane, and the thread that gives them their jobs. The `crew` knows which slots there are, and
    has their workers started."""

    def __init__(self, store: Store, owner: Owner, crew: Crew) -> None:
        self._store, self._owner, self._crew = store, owner, crew
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._engines: dict[str, EngineInfo] = {}
        self._described_ids: set[str] = set()  # ids of all that were described, also of those that can't be read
        self._described: dict[str, dict[str, EngineInfo]] = {}  # by the lane whose worker said so
        self._engines_at = 0.0
        self._engines_known = threading.Condition()
        self.meter = Meter()
        self._describing = self._runner(crew.describing, describes=True)
        self._runners = [self._describing]
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)

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
        self._crew.stop()
        self._owner.release()

    def wake(self) -> None:
        """Says that there may be work."""
        self._wake.set()

    def engines(self, seconds: float = 15.0) -> dict[str, EngineInfo]:
        """What each engine can do, as its process sees it. An older answer where it does not answer now.

        Raises:
            EngineError: `starting`: there was no answer yet.
        """
        complete = self._described_ids == set(import_module(self._crew.registry).names())  # workflows come and go
        if complete and time.monotonic() - self._engines_at < FRESH_SECONDS:
            return self._engines
        until = time.monotonic() + (0.5 if complete else seconds)
        asked_at = self._engines_at
        child: Link | None = None
        with self._engines_known:
            while self._engines_at == asked_at and time.monotonic() < until:
                present = self._describing.child
                if present is not None and present is not child:
                    child = present
                    for describer in filter(None, (runner.child for runner in self._runners if runner.describes)):
                        describer.send({"do": "engines"})
                self._engines_known.wait(0.05)
        if not self._engines:
            raise _no_engines(child)
        return self._engines

    def places(self) -> list[Place]:
        """Every slot that takes jobs, as it is just now. One on a machine that has left the cluster is none."""
        room = {slot.name for slot in self._crew.slots()}
        places = [(runner.slot, runner.place) for runner in list(self._runners) if runner.slot.lane != DESCRIBING]
        return [
            place
            for slot, place in places
            if not slot.ahead or slot.name in room or place.running or place.job is not None
        ]

    def _on_free(self, job: StoredJob, seconds: float) -> None:
        """A job has had its slot for so long."""
        self._wake.set()
        with contextlib.suppress(EngineError, sqlite3.Error):
            self.meter.ended(job, self._store.get(job.id), seconds)

    def _runner(self, slot: Slot, describes: bool) -> Runner:
        aside = self._listener(slot) if describes else None
        return Runner(slot, self._crew, self._store, self._stopping, self.meter.began, self._on_free, aside)

    def _listener(self, slot: Slot) -> Aside:
        """Takes what the worker of `slot` says of the engines. Where engines run elsewhere, the word of a worker of
        their lane counts."""
        main = slot is self._crew.describing

        def on_message(message: dict[str, Any]) -> bool:
            if "engines" not in message:
                return False
            said = _readable(message["engines"])
            with self._engines_known:
                self._described["" if main else slot.lane] = said
                self._engines = _merged(self._described)
                if main:
                    self._described_ids = {data["id"] for data in message["engines"]}
                    self._engines_at = time.monotonic()
                    self._engines_known.notify_all()
            self._wake.set()
            return True

        return on_message

    def _add_slots(self) -> None:
        """Has a runner for each slot that there is room for. Of those on a cluster, the first of a lane describes its
        engines."""
        known = {runner.slot.name for runner in self._runners}
        for slot in self._crew.slots():
            if slot.name in known:
                continue
            lanes = {runner.slot.lane for runner in self._runners if runner.slot.ahead}
            runner = self._runner(slot, describes=slot.ahead and slot.lane not in lanes)
            runner.start()
            self._runners.append(runner)

    def _run(self) -> None:
        self._add_slots()
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
                self._add_slots()
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
        """Gives every free slot its next job; then waits for word of another. Whose turn it is does not depend on what
        is loaded where: of the slots that are free the job gets the one that suits it."""
        for job in self._store.without_lane() if self._engines else ():
            engine = self._engines.get(job.request.engine)
            self._store.set_lane(job, engine.lane if engine is not None and engine.lane in LANES else CPU)
        for lane in LANES:
            free = [runner for runner in self._runners if runner.slot.lane == lane and runner.free]
            while free and (claimed := self._store.claim(lane)) is not None:
                chosen = min(free, key=partial(_trouble, claimed.request.engine))
                free.remove(chosen)
                chosen.give(claimed)
        self._prepare()
        self._wake.wait(POLL_SECONDS)
        self._wake.clear()

    def _prepare(self) -> None:
        """Has workers come to where jobs wait for one, as many as jobs."""
        ahead = [runner for runner in self._runners if runner.slot.ahead and not runner.busy]
        if not ahead:
            return
        waiting, room = self._store.waiting(), {slot.name for slot in self._crew.slots()}
        for lane in LANES:
            idle = [runner for runner in ahead if runner.slot.lane == lane]
            missing = waiting.get(lane, 0) - sum(runner.coming for runner in idle)
            for runner in [one for one in idle if not one.coming and one.slot.name in room][: max(0, missing)]:
                runner.prepare()


def _trouble(engine: str, runner: Runner) -> tuple[bool, ...]:
    """How ill a free slot suits a job of `engine`: the least is chosen. A model stays on its card as long as there is
    another card for the next one; elsewhere no second process starts for what the first can do."""
    loaded = runner.place.engine
    starts = runner.child is None
    if runner.slot.lane == GPU:
        return loaded != engine, loaded != "", starts
    return starts, loaded != engine


def _readable(engines: list[dict[str, Any]]) -> dict[str, EngineInfo]:
    """The engines that a worker tells of, by id. One whose description makes no sense is left out."""
    said = {}
    for data in engines:
        try:
            info = from_json(EngineInfo, data)
        except Unfit as error:
            log.error("The engine %s is left out, as what it says of itself can't be read: %s", data.get("id"), error)
            continue
        said[info.id] = info
    return said


def _merged(described: dict[str, dict[str, EngineInfo]]) -> dict[str, EngineInfo]:
    """What the engines can do: as the worker of their lane says, where there is one. One that no worker could load is
    of the lane cpu."""
    merged = dict(described.get("", {}))
    for lane, said in described.items():
        merged |= {name: info for name, info in said.items() if lane and info.lane == lane}
    return {name: info if info.lane else replace(info, lane=CPU) for name, info in merged.items()}


def _no_engines(child: Link | None) -> EngineError:
    if child is None or child.alive:
        return EngineError("starting", "The engines are still starting. Try again in a moment.", "retry")
    how = f"The engines can't be started: their process {child.ending}."
    return EngineError("starting", f"{how} {child.last_words()[:300]}".strip(), "open_log")
