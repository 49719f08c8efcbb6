"""Which slot a job gets, whose word about an engine counts, and which workers come for what waits."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from backend.jobs import pool as pools
from backend.jobs.lanes import CPU, GPU, Slot, further_slots
from backend.jobs.pool import Pool, _merged, _readable, _trouble
from client.protocol import EngineInfo
from client.protocol.codec import to_json


def free(name: str, lane: str, loaded: str, runs: bool = True) -> Any:
    place = SimpleNamespace(engine=loaded)
    return SimpleNamespace(name=name, slot=Slot(name, lane), place=place, child=object() if runs else None)


@pytest.mark.parametrize(
    ("lane", "slots", "chosen"),
    [
        (GPU, [("a", "other", True), ("b", "mine", True), ("c", "", True)], "b"),
        (GPU, [("a", "other", True), ("b", "", False), ("c", "", True)], "c"),  # a model stays on its card
        (GPU, [("a", "other", True), ("b", "", False)], "b"),
        (GPU, [("a", "other", True), ("b", "third", True)], "a"),
        (CPU, [("a", "", False), ("b", "other", True)], "b"),  # no second process for what the first can do
        (CPU, [("a", "other", True), ("b", "mine", True)], "b"),
        (CPU, [("a", "mine", False), ("b", "other", True)], "b"),
    ],
)
def test_a_job_gets_the_slot_that_suits_it(lane: str, slots: list[tuple[str, str, bool]], chosen: str) -> None:
    runners = [free(name, lane, loaded, runs) for name, loaded, runs in slots]
    assert min(runners, key=partial(_trouble, "mine")).name == chosen


def test_the_word_of_a_worker_of_its_lane_counts_and_of_no_other() -> None:
    here = {"a": EngineInfo("a", "here", lane="gpu"), "b": EngineInfo("b", lane=""), "c": EngineInfo("c", lane="cpu")}
    there = {
        "a": EngineInfo("a", "there", lane="gpu"),
        "b": EngineInfo("b", "b there", lane=""),
        "c": EngineInfo("c", "no", lane="cpu"),
        "d": EngineInfo("d", lane="gpu"),
    }
    merged = _merged({"": here, "gpu": there})
    assert {name: (info.name, info.lane) for name, info in merged.items()} == {
        "a": ("there", "gpu"),
        "b": ("", "cpu"),
        "c": ("", "cpu"),
        "d": ("", "gpu"),
    }
    assert _merged({}) == {}


def test_an_engine_whose_words_make_no_sense_is_left_out() -> None:
    said = [to_json(EngineInfo("a")), {**to_json(EngineInfo("b")), "fps": "x"}, to_json(EngineInfo("c", "C"))]
    assert _readable(said) == {"a": EngineInfo("a"), "c": EngineInfo("c", "C")}


class Worker:
    """A runner whose worker may be on its way."""

    def __init__(
        self, name: str, lane: str = GPU, ahead: bool = True, busy: bool = False, coming: bool = False
    ) -> None:
        self.slot, self.busy, self.coming = Slot(name, lane, ahead=ahead), busy, coming
        self.prepared = 0

    def prepare(self) -> None:
        self.prepared += 1


def prepared(waiting: dict[str, int], workers: list[Worker], room: set[str]) -> list[str]:
    crew = SimpleNamespace(slots=lambda: [Slot(name, GPU) for name in room])
    pool = SimpleNamespace(_runners=workers, _store=SimpleNamespace(waiting=lambda: waiting), _crew=crew)
    Pool._prepare(pool)  # type: ignore[arg-type]
    assert all(worker.prepared <= 1 for worker in workers)
    return [worker.slot.name for worker in workers if worker.prepared]


def test_as_many_workers_come_as_jobs_wait_for_one() -> None:
    every = {"a", "b", "c", "d", "e", "f", "g"}

    def workers() -> list[Worker]:
        return [
            Worker("a", busy=True),
            Worker("b", coming=True),
            Worker("c"),
            Worker("d"),
            Worker("e"),
            Worker("f", lane=CPU),
            Worker("g", ahead=False),
        ]

    assert prepared({"gpu": 1}, workers(), every) == []  # one is on its way
    assert prepared({"gpu": 2}, workers(), every) == ["c"]
    assert prepared({"gpu": 3}, workers(), every - {"c"}) == ["d", "e"]  # what has left the cluster has no room
    assert prepared({"gpu": 9, "cpu": 1}, workers(), every) == ["c", "d", "e", "f"]
    assert prepared({"network": 5}, workers(), every) == []


def test_places_are_those_of_slots_that_there_are() -> None:
    def runner(name: str, lane: str, ahead: bool, running: bool = False, job: Any = None) -> Any:
        place = SimpleNamespace(name=name, running=running, job=job)
        return SimpleNamespace(slot=Slot(name, lane, ahead=ahead), place=place)

    runners = [
        runner("describing", "describing", False),
        runner("cpu", CPU, False),
        runner("gone", GPU, True),
        runner("runs", GPU, True, running=True),
        runner("works", GPU, True, job=object()),
        runner("there", GPU, True),
    ]
    pool = SimpleNamespace(_runners=runners, _crew=SimpleNamespace(slots=lambda: [Slot("there", GPU)]))
    assert [place.name for place in Pool.places(pool)] == ["cpu", "runs", "works", "there"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gpus", "cards"),
    [
        (1, ["0", "1", "2", "3", "4"]),
        (2, ["0,1", "2,3", "4"]),
        (4, ["0,1,2,3", "4"]),
        (0, ["0,1,2,3,4"]),
        (9, ["0,1,2,3,4"]),
    ],
)
def test_cards_are_shared_out(monkeypatch: pytest.MonkeyPatch, gpus: int, cards: list[str]) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2,3,4")
    slots = [slot for slot in further_slots(gpus) if slot.lane == GPU]
    assert [slot.environment["CUDA_VISIBLE_DEVICES"] for slot in slots] == cards
    assert [slot.name for slot in slots] == ["gpu:" + card.replace(",", "+") for card in cards]


def test_a_worker_that_never_came_says_why() -> None:
    gone = SimpleNamespace(alive=False, ending="ended with 3", last_words=lambda: "No module named numba")
    error = pools._no_engines(gone)  # type: ignore[arg-type]
    assert (error.code, error.fix) == ("starting", "open_log")
    assert error.message == "The engines can't be started: their process ended with 3. No module named numba"
    for child in (None, SimpleNamespace(alive=True)):
        assert pools._no_engines(child).fix == "retry"  # type: ignore[arg-type]
