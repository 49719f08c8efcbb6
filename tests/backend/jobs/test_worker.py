"""What a worker makes of each message, and how it is begun: nothing is made here."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backend.engines.engine import Cancelled, EngineError
from backend.jobs.lanes import GPU, Slot
from backend.jobs.workers import local, warm, worker_process
from backend.jobs.workers import worker as module
from backend.jobs.workers.worker import Worker


class Plain:
    """An engine that is only asked."""

    def __init__(self, name: str) -> None:
        self.name = name


class Lasting(Plain):
    """One that goes on elsewhere."""

    def generate(self, *_: Any) -> Any: ...

    def resume(self, *_: Any) -> Any: ...

    def capabilities(self) -> Any: ...


def worker(default: Any = None, messages: Iterator[dict[str, Any]] | None = None) -> tuple[Worker, list[str]]:
    """A worker, and the engines that were made for it."""
    made: list[str] = []

    def engine(name: str) -> Any:
        made.append(name)
        return default or Plain(name)

    registry: Any = SimpleNamespace(engine=engine, names=lambda: ("a", "b"), DEFAULT="a")
    return Worker(registry, lambda message: None, messages or iter(())), made


def test_each_message_goes_where_it_is_waited_for() -> None:
    one, _ = worker()
    for message in (
        {"do": "make", "id": 1},
        {"do": "warm"},
        {"do": "kept", "number": 7},
        {"do": "engines"},
        {"do": "?"},
    ):
        one._on_message(message)
    assert [one._jobs.get_nowait() for _ in range(2)] == [{"do": "make", "id": 1}, {"do": "warm"}]
    assert (one._kept.get_nowait(), one._questions.get_nowait()) == (7, {"do": "engines"})
    assert one._jobs.empty() and one._kept.empty() and one._questions.empty()


def test_a_cancel_is_of_the_job_before_it_and_not_of_the_next() -> None:
    one, _ = worker()
    for do, cancelled in (
        ("cancel", True),
        ("kept", True),
        ("engines", True),
        ("make", False),
        ("cancel", True),
        ("warm", False),
    ):
        one._on_message({"do": do, "number": 1})
        assert one._cancelled.is_set() is cancelled, do


def test_it_ends_with_whoever_speaks_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(module.os, "_exit", ended.append)
    one, _ = worker(messages=iter([{"do": "kept", "number": 3}]))
    one._listen()
    assert (one._kept.get_nowait(), ended) == (3, [0])
    torn, _ = worker(messages=(1 / 0 for _ in range(1)))  # type: ignore[misc]
    with pytest.raises(ZeroDivisionError):
        torn._listen()
    assert ended == [0, 0]


def test_an_engine_is_made_once() -> None:
    one, made = worker()
    assert one._engine("a") is one._engine("a")
    one._engine("b")
    assert made == ["a", "b"]


def test_questions_that_come_together_have_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = worker()
    said: list[Any] = []

    def send(message: Any) -> None:
        said.append(message)
        raise KeyboardInterrupt

    one._send = send
    monkeypatch.setattr(one, "_describe", lambda name: {"id": name})
    for _ in range(3):
        one._questions.put({})
    with pytest.raises(KeyboardInterrupt):
        one._describe_all()
    assert (said, one._questions.qsize()) == ([{"engines": [{"id": "a"}, {"id": "b"}]}], 0)


def test_only_an_engine_that_costs_nothing_is_warmed(monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[tuple[Any, bool]] = []
    monkeypatch.setattr(warm, "warm", lambda engine, needed: warmed.append((engine.name, needed())))
    one, _ = worker()
    one._warm()
    one._jobs.put({"do": "make"})
    one._warm()
    worker(Lasting("a"))[0]._warm()
    assert warmed == [("a", False), ("a", True)]


class Warmed:
    """An engine that is asked for a take that nobody sees."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.asked, self.taken = failure, [], 0

    def generate(self, request: Any, progress: Any, cancelled: Any) -> Any:
        still = request.views[0]
        assert still.image.is_file() and still.depth.is_file()
        self.asked.append((request, cancelled))
        if self.failure is not None:
            raise self.failure
        return SimpleNamespace(frames=self._frames())

    def _frames(self) -> Iterator[np.ndarray]:
        for _ in range(5):
            self.taken += 1
            yield np.zeros((2, 2, 3), np.uint8)


@pytest.mark.parametrize("failure", [None, Cancelled(), EngineError("x", "No."), OSError("No.")])
def test_warming_makes_a_small_take_and_fails_for_nobody(
    failure: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Warmed(failure)
    warm.warm(engine, lambda: False)  # type: ignore[arg-type]
    [(request, _)] = engine.asked
    assert (request.size, request.frame_count, request.fps, request.direction.sound) == ((96, 54), 2, 24, "rain")
    assert (request.views[0].camera.width, request.views[0].camera.fx) == (96, 100.0)
    assert not request.views[0].image.exists()
    assert engine.taken == (0 if failure else 5)
    said = [record.message for record in caplog.records]
    assert said == (["The engine could not be warmed: No."] if isinstance(failure, OSError | EngineError) else [])


def test_warming_is_left_off_as_soon_as_somebody_waits() -> None:
    engine, asked = Warmed(), queue.SimpleQueue()  # type: ignore[var-annotated]

    def needed() -> bool:
        asked.put(1)
        return asked.qsize() == 2

    warm.warm(engine, needed)  # type: ignore[arg-type]
    assert engine.taken == 2


def test_a_worker_of_this_machine_is_begun_with_its_engines_and_its_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(local, "Child", lambda *command, **facts: begun.append((command, facts)))
    asked: list[int] = []
    monkeypatch.setattr(local, "further_slots", lambda gpus: (asked.append(gpus), ["slots"])[1])
    crew = local.LocalCrew("a registry", 3)
    slot = Slot("gpu:0", GPU, {"CUDA_VISIBLE_DEVICES": "1"})
    crew.start(slot, print)  # type: ignore[arg-type]
    command = ("backend.jobs.workers.worker_process", "a registry", str(os.getpid()))
    assert begun == [(command, {"aside": print, "environment": {"CUDA_VISIBLE_DEVICES": "1"}})]
    assert (crew.slots(), crew.slots(), asked) == (["slots"], ["slots"], [3])  # cards are counted once


def test_its_process_ends_with_the_service_and_goes_first_where_memory_runs_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    did: list[Any] = []
    monkeypatch.setattr(worker_process, "end_with_parent", lambda parent: did.append(parent))
    monkeypatch.setattr(worker_process.faulthandler, "enable", lambda: did.append("faults"))
    monkeypatch.setattr(worker_process.sys, "platform", "linux")
    monkeypatch.setattr(Path, "write_text", lambda path, text: did.append((str(path), text)))
    monkeypatch.setattr(worker_process, "serve", lambda: ("send", "messages"))
    monkeypatch.setattr(module, "Worker", lambda *given: SimpleNamespace(run=lambda: did.append(given[1:])))
    worker_process.main("json", 77)
    assert did == [77, "faults", ("/proc/self/oom_score_adj", "500"), ("send", "messages")]
