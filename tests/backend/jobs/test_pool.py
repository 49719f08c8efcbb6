"""The queue at work with workers that never run: who is told of the engines, which slot gets a job, what a failure of
the list of jobs stops. Step by step, in the test's own thread."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.jobs import pool as module
from backend.jobs.lanes import CPU, DESCRIBING, GPU, NETWORK, Slot
from backend.jobs.pool import Pool
from backend.jobs.store.owner import Owner
from backend.jobs.store.store import Store
from client.protocol import Direction, EngineInfo, TakeRequest
from client.protocol.codec import to_json

REGISTRY = ModuleType("made_up_engines")


class Crew:
    """Says which slots there are, and starts nothing."""

    registry = "made_up_engines"

    def __init__(self, describing: Slot, *slots: Slot) -> None:
        self.describing, self.there = describing, list(slots)
        self.stopped = 0

    def slots(self) -> list[Slot]:
        return self.there

    def start(self, slot: Slot, aside: Any = None) -> Any:
        raise OSError("nothing is started")

    def stop(self) -> None:
        self.stopped += 1


class Asked:
    """A worker that is asked for the engines, and answers through `aside`."""

    def __init__(self, says: Any = None, alive: bool = True) -> None:
        self.says, self.alive, self.sent = says, alive, []
        self.ending, self.ready = "ended with exit code 3", True

    def send(self, message: Any) -> None:
        self.sent.append(message)
        if self.says is not None:
            self.says()

    def last_words(self) -> str:
        return "No module named numba"


class Steps(Pool):
    """A pool whose threads are the test's."""

    def __init__(self, folder: Path, crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, crew.registry, REGISTRY)
        REGISTRY.names = lambda: ("draft", "film")  # type: ignore[attr-defined]
        self.store = Store(folder)
        super().__init__(self.store, Owner(folder), crew)
        self.given: list[tuple[str, str]] = []
        self.paused: list[float | None] = []
        monkeypatch.setattr(module.Runner, "start", lambda runner: None)
        give = module.Runner.give
        monkeypatch.setattr(module.Runner, "give", lambda runner, job: (self.given.append((runner.slot.name, job.id)),
                                                                       give(runner, job)))  # fmt: skip
        monkeypatch.setattr(self._wake, "wait", lambda seconds=None: self.paused.append(seconds))

    def job(self, name: str, lane: str, engine: str = "draft") -> None:
        request = TakeRequest(engine, Direction(), (), 1.0, Fraction(24), (64, 48), 7)
        self.store.job_folder(name).mkdir()
        self.store.add(name, request, lane)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    pools: list[Steps] = []

    def make(describing: Slot, *slots: Slot) -> Steps:
        pools.append(Steps(tmp_path, Crew(describing, *slots), monkeypatch))
        return pools[-1]

    yield make
    for pool in pools:
        pool._owner.release()
        pool.store.close()


def said(*engines: EngineInfo) -> dict[str, Any]:
    return {"engines": [to_json(one) for one in engines]}


DRAFT, FILM = EngineInfo("draft", lane="cpu"), EngineInfo("film", lane="gpu")
MAIN = Slot("cpu", CPU)


def test_each_job_goes_to_a_free_slot_of_its_lane_and_the_rest_waits(made: Any) -> None:
    pool = made(MAIN, Slot("gpu:0", GPU), Slot("gpu:1", GPU), Slot("network:0", NETWORK))
    pool._add_slots()
    pool._add_slots()
    assert [runner.slot.name for runner in pool._runners] == ["cpu", "gpu:0", "gpu:1", "network:0"]
    for name, lane in (("video_a", GPU), ("video_b", CPU), ("video_c", GPU), ("video_d", GPU), ("video_e", CPU)):
        pool.job(name, lane)
    pool._give_jobs()
    assert pool.given == [("cpu", "video_b"), ("gpu:0", "video_a"), ("gpu:1", "video_c")]
    assert pool.paused == [0.5]
    pool._give_jobs()
    assert len(pool.given) == 3
    assert pool.store.waiting() == {CPU: 1, GPU: 1}
    assert [place.name for place in pool.places()] == ["cpu", "gpu:0", "gpu:1", "network:0"]
    assert [place.job.id for place in pool.places() if place.job] == ["video_b", "video_a", "video_c"]


def test_a_job_of_an_unknown_lane_waits_until_the_engines_are_known(made: Any) -> None:
    pool = made(MAIN, Slot("gpu:0", GPU))
    pool._add_slots()
    pool.job("video_a", "", "film")
    pool.job("video_b", "", "gone")
    pool.job("video_c", "", "odd")
    pool._give_jobs()
    assert pool.given == []
    pool._describing._on_message(said(DRAFT, FILM, EngineInfo("odd", lane="moon")))
    pool._give_jobs()
    assert pool.given == [("cpu", "video_b"), ("gpu:0", "video_a")]
    assert [job.id for job in pool.store.without_lane()] == []


def test_what_the_describing_worker_says_are_the_engines(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=1000.0)
    monkeypatch.setattr(module, "time", clock)
    pool = made(MAIN)
    listen = pool._describing._on_message
    assert listen({"fraction": 0.5}) is False
    pool._describing._child = Asked(lambda: listen(said(DRAFT, FILM)))
    assert list(pool.engines()) == ["draft", "film"]
    asked = pool._describing._child.sent
    assert asked == [{"do": "engines"}]
    clock.now += 2.9
    assert list(pool.engines()) == ["draft", "film"] and len(asked) == 1  # it is fresh
    clock.now += 0.2
    pool.engines()
    assert len(asked) == 2
    clock.now += 0.1
    REGISTRY.names = lambda: ("draft", "film", "new")  # type: ignore[attr-defined]
    pool.engines()
    assert len(asked) == 3  # a workflow came


def test_without_an_answer_an_older_one_counts_or_it_is_said_what_is_wrong(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=1000.0)
    monkeypatch.setattr(module, "time", clock)
    pool = made(MAIN)

    def wait(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(pool._engines_known, "wait", wait)
    for child, fix in ((None, "retry"), (Asked(), "retry"), (Asked(alive=False), "open_log")):
        pool._describing._child = child
        before = clock.now
        with pytest.raises(EngineError) as starting:
            pool.engines()
        assert (starting.value.code, starting.value.fix) == ("starting", fix)
        assert clock.now - before == pytest.approx(15, abs=0.1)
        assert child is None or child.sent == [{"do": "engines"}]  # once
    pool._describing._on_message(said(DRAFT, FILM))
    clock.now += 10
    before = clock.now
    assert list(pool.engines()) == ["draft", "film"]
    assert clock.now - before == pytest.approx(0.5, abs=0.1)  # nobody waits long for what is known


def test_of_engines_elsewhere_the_first_worker_of_a_lane_tells(made: Any) -> None:
    slots = [Slot(f"{lane}:{number}", lane, ahead=True) for lane in (CPU, GPU) for number in range(2)]
    pool = made(Slot("engines", DESCRIBING), *slots, Slot("network:0", NETWORK))
    pool._add_slots()
    assert [runner.slot.name for runner in pool._runners if runner.describes] == ["engines", "cpu:0", "gpu:0"]
    pool._describing._on_message(said(DRAFT, EngineInfo("film", lane="")))
    assert {name: info.lane for name, info in pool._engines.items()} == {"draft": "cpu", "film": "cpu"}
    told = next(runner for runner in pool._runners if runner.slot.name == "gpu:0")
    assert told._on_message(said(EngineInfo("film", "There", lane="gpu"))) is True
    assert (pool._engines["film"].name, pool._engines["film"].lane) == ("There", "gpu")
    assert pool._wake.is_set()


def test_what_is_taken_is_counted_and_room_is_told(made: Any) -> None:
    pool = made(MAIN)
    pool.job("video_a", CPU)
    job = pool.store.claim(CPU)
    pool.store.cancel("video_a")
    pool._on_free(job, 3.0)
    assert pool._wake.is_set()
    found = pool.meter.registry.get_sample_value("take_one_cancels_total", {"engine": "draft"})
    assert found == 1.0
    pool.store.get = lambda _: (_ for _ in ()).throw(EngineError("busy", "Later."))
    pool._on_free(job, 3.0)  # which is no reason to fail
    pool._wake.clear()
    pool.wake()
    assert pool._wake.is_set()


def test_the_queue_recovers_sweeps_and_goes_on_whatever_fails(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=lambda: clock.now, now=1000.0)
    monkeypatch.setattr(module, "time", clock)
    pool, did = made(MAIN), []
    fails: list[Exception | None] = [EngineError("busy", "Later."), ValueError("torn"), None, None, None]
    pauses: list[float] = []

    def give() -> None:
        did.append("gives")
        failure = fails.pop(0)
        clock.now += 6 * 3600.0 - 1 if len(fails) == 2 else 1.0
        if not fails:
            pool._stopping.set()
        if failure is not None:
            raise failure

    monkeypatch.setattr(pool, "_give_jobs", give)
    monkeypatch.setattr(pool, "_recover", lambda: did.append("recovers"))
    monkeypatch.setattr(pool, "_sweep", lambda: did.append("sweeps"))
    monkeypatch.setattr(pool._stopping, "wait", lambda seconds=None: pauses.append(seconds))
    pool._run()
    assert did == ["recovers", "sweeps", "gives", "gives", "gives", "sweeps", "gives", "gives"]
    assert pauses == [2.0, 2.0]


def test_a_sweep_that_fails_is_for_the_next_time(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = made(MAIN)
    for error in (EngineError("busy", "Later."), sqlite3.OperationalError("x"), OSError("x")):

        def fails(error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(pool.store, "sweep", fails)
        pool._sweep()


def test_only_one_service_of_a_folder_works(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = made(MAIN)
    answers: list[Any] = [False, OSError("torn"), sqlite3.DatabaseError("torn"), True]
    pauses: list[float] = []

    def acquire() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    monkeypatch.setattr(pool._owner, "acquire", acquire)
    monkeypatch.setattr(pool._stopping, "wait", pauses.append)
    assert pool._await_ownership() is True
    assert pauses == [1.0] * 3
    pool._stopping.set()
    assert pool._await_ownership() is False


def test_what_was_left_in_progress_is_queued_again(made: Any) -> None:
    pool = made(MAIN)
    pool.job("video_a", CPU)
    pool.store.claim(CPU)
    pool._recover()
    found = pool.store.get("video_a")
    assert (found.status.value, found.interruptions) == ("queued", 1)


def test_the_end_ends_all_of_it(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = made(MAIN, Slot("gpu:0", GPU))
    pool._add_slots()
    did: list[str] = []
    monkeypatch.setattr(module.Runner, "stop", lambda runner: did.append(runner.slot.name))
    monkeypatch.setattr(pool._thread, "join", lambda seconds: did.append("joined"))
    monkeypatch.setattr(pool._owner, "release", lambda: did.append("released"))
    pool.stop()
    assert (did, pool._crew.stopped, pool._stopping.is_set()) == (["joined", "cpu", "gpu:0", "released"], 1, True)
    assert pool._wake.is_set()
