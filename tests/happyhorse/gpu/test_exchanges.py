"""What ranks hand to torch.distributed and what they count, on GPUs too: its calls are written down."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from backend.gpu import ranks
from backend.gpu.ranks import Ranks

CPU, CARD = torch.device("cpu"), torch.device("cuda", 1)


class Work:
    """A move that is under way."""

    def __init__(self, said: list[tuple[Any, ...]], does: Any = None) -> None:
        self._said, self._does = said, does

    def wait(self) -> None:
        if self._does is not None:
            self._does()
        self._said.append(("waited",))


class Distributed:
    """torch.distributed, of which every other rank gives rows of 100 and its number."""

    isend, irecv = "send", "receive"

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.there = True

    def FileStore(self, path: str, size: int) -> tuple[str, int]:  # noqa: N802
        return path, size

    def init_process_group(self, kind: str, **facts: Any) -> None:
        self.said.append((kind, facts))

    def P2POp(self, what: str, part: Tensor, peer: int) -> tuple[str, Tensor, int]:  # noqa: N802
        return what, part, peer

    def batch_isend_irecv(self, moves: Sequence[tuple[str, Tensor, int]]) -> list[Work]:
        self.said.append(("moves", [(what, len(part), peer) for what, part, peer in moves]))
        came = {peer: part for what, part, peer in moves if what == "receive"}
        return [Work(self.said, lambda part=part, peer=peer: part.fill_(100 + peer)) for peer, part in came.items()]

    def all_to_all(self, takes: list[Tensor], gives: list[Tensor], async_op: bool) -> Work:
        self.said.append(("all", [len(part) for part in takes], [len(part) for part in gives], async_op))
        return Work(self.said, lambda: [part.fill_(100 + peer) for peer, part in enumerate(takes)])

    def all_gather_into_tensor(self, whole: Tensor, part: Tensor, async_op: bool) -> str:
        self.said.append(("gather", len(whole), len(part), async_op))
        return "under way"

    def broadcast(self, tensor: Tensor, source: int) -> None:
        self.said.append(("broadcast", source))
        tensor.fill_(7)

    def is_initialized(self) -> bool:
        return self.there

    def destroy_process_group(self) -> None:
        self.said.append(("destroyed",))


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Distributed:
    found = Distributed()
    monkeypatch.setattr(ranks, "dist", found)
    monkeypatch.setattr(
        ranks, "distributed_c10d", SimpleNamespace(_abort_process_group=lambda: found.said.append(("aborted",)))
    )
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: found.said.append(("synchronized", device)))
    return found


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process' own are as they were afterwards."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


def rank(made_up: Distributed, number: int, size: int, device: torch.device = CPU) -> Ranks:
    found = Ranks(Path("/meeting"), number, size, device)
    made_up.said.clear()
    return found


@pytest.mark.parametrize(("device", "kind"), [(CPU, "gloo"), (CARD, "nccl")])
def test_all_meet_at_one_file_and_ask_no_other_machine(made_up: Distributed, device: torch.device, kind: str) -> None:
    made = Ranks(Path("/meeting"), 2, 3, device, timedelta(seconds=9))
    facts = {"store": ("/meeting", 3), "rank": 2, "world_size": 3, "timeout": timedelta(seconds=9)}
    assert made_up.said == [(kind, facts)]
    assert (made.rank, made.size, made.device, made.sent) == (2, 3, device, 0)
    assert {name: os.environ[name] for name in ranks.ENVIRONMENT} == {
        "NCCL_NVLS_ENABLE": "0",
        "TORCH_SYMM_MEM_DISABLE_MULTICAST": "1",
        "TORCH_NCCL_ASYNC_ERROR_HANDLING": "2",
        "NCCL_SOCKET_IFNAME": "lo",
        "GLOO_SOCKET_IFNAME": "lo",
    }
    Ranks(Path("/other"), 0, 2, device)
    assert made_up.said[1][1]["timeout"] == timedelta(minutes=5)


@pytest.mark.parametrize("device", [CPU, CARD])
def test_each_gives_and_takes_its_rows_and_keeps_its_own(made_up: Distributed, device: torch.device) -> None:
    mine = rank(made_up, 1, 3, device)
    rows = torch.arange(12.0).reshape(2, 6).T  # [6, 2], whose rows do not lie one after the other
    came = mine.exchange(rows, [1, 2, 3], [0, 2, 4])
    assert came[:, 0].tolist() == [1.0, 2.0, 102.0, 102.0, 102.0, 102.0]  # own ones are given to nobody
    assert came[:, 1].tolist()[:2] == [7.0, 8.0]
    assert mine.sent == (1 + 3) * 2 * 4
    if device is CPU:
        moves = [("send", 1, 0), ("send", 3, 2), ("receive", 4, 2)]
        assert made_up.said == [("moves", moves), ("waited",)]
    else:
        assert made_up.said == [("all", [0, 0, 4], [1, 0, 3], True), ("waited",)]
    out = torch.zeros(3, 2)
    assert mine.exchange(rows[:2], [0, 2, 0], [1, 2, 0], out) is out
    assert out[:, 0].tolist() == [100.0, 0.0, 1.0]
    assert mine.sent == (1 + 3) * 2 * 4  # and nothing more


def test_alone_nothing_is_moved(made_up: Distributed) -> None:
    mine = rank(made_up, 0, 2)
    assert mine.exchange(torch.ones(2, 3), [2, 0], [2, 0]).tolist() == [[1.0] * 3] * 2
    assert made_up.said == []


def test_rows_are_gathered_collected_and_spread(made_up: Distributed) -> None:
    mine = rank(made_up, 1, 3)
    row = torch.full((2, 2), 5.0)
    gathered = mine.gather(row)
    assert gathered.shape == (3, 2, 2)
    assert gathered[:, 0, 0].tolist() == [100.0, 5.0, 102.0]
    assert mine.sent == 2 * 16
    assert mine.gather(row, gathered) is gathered
    made_up.said.clear()
    assert mine.collect(torch.zeros(3), torch.zeros(9)) == "under way"
    assert made_up.said == [("gather", 9, 3, True)]
    assert mine.sent == 4 * 16 + 2 * 12
    spread = torch.zeros(2)
    assert mine.broadcast(spread) is spread
    assert (spread.tolist(), made_up.said[1:]) == ([7.0, 7.0], [("broadcast", 0)])


@pytest.mark.parametrize(("device", "size"), [(CPU, 1 << 20), (CARD, 64 << 20)])
def test_speed_is_of_the_quickest_of_those_after_the_first(
    made_up: Distributed, monkeypatch: pytest.MonkeyPatch, device: torch.device, size: int
) -> None:
    mine = rank(made_up, 0, 3, device)
    mine.sent = 11
    clock = iter([0.0, 0.25, 10.0, 14.0, 20.0, 22.0, 30.0, 33.0])  # 0.25 s, which connected them; 4, 2 and 3 s
    monkeypatch.setattr(ranks, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    asked: list[tuple[Any, ...]] = []
    zeros = torch.zeros
    monkeypatch.setattr(torch, "zeros", lambda *a, **k: (asked.append((a, k)), zeros(3, 4, dtype=torch.uint8))[1])
    assert mine.speed() == 2 * size / 2.0
    assert asked == [((3, size), {"dtype": torch.uint8, "device": device})]
    assert mine.sent == 11
    finished = [one for one in made_up.said if one[0] == "synchronized"]
    assert finished == ([] if device is CPU else [("synchronized", CARD)] * 8)


class Event:
    """A mark in the GPU's queue, which `done` of them have passed."""

    made: list[Event] = []
    done = 0

    def __init__(self) -> None:
        self.recorded = False

    def record(self) -> None:
        self.recorded = True
        Event.made.append(self)

    def query(self) -> bool:
        return Event.made.index(self) < Event.done


def test_a_gpu_is_at_most_four_steps_behind(made_up: Distributed, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = rank(made_up, 0, 2, CARD)
    Event.made, Event.done = [], 0
    monkeypatch.setattr(torch.cuda, "Event", Event)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            Event.done += 1

    monkeypatch.setattr(ranks, "time", SimpleNamespace(sleep=sleep))
    for _ in range(4):
        mine.pace()
    assert (slept, len(Event.made)) == ([], 4)
    mine.pace()  # waits for the first
    assert (slept, list(mine._steps)) == ([0.0005] * 3, Event.made[1:])
    Event.done = 3
    for _ in range(2):
        mine.pace()
    assert (len(slept), len(mine._steps)) == (3, 4)
    monkeypatch.setattr(ranks, "time", SimpleNamespace(sleep=lambda _: mine.abort()))
    with pytest.raises(RuntimeError, match="the exchanges were given up"):  # in the midst of waiting
        mine.pace()
    made = len(Event.made)
    with pytest.raises(RuntimeError, match="the exchanges were given up"):
        mine.pace()
    assert len(Event.made) == made


def test_on_the_processor_a_step_is_done_when_it_returns(made_up: Distributed) -> None:
    mine = rank(made_up, 0, 2)
    for _ in range(9):
        mine.pace()
    assert not mine._steps
    mine.abort()
    with pytest.raises(RuntimeError, match="given up"):
        mine.pace()


@pytest.mark.parametrize(("device", "said"), [(CPU, "destroyed"), (CARD, "aborted")])
def test_what_is_given_up_is_given_up_as_the_device_needs_it(
    made_up: Distributed, device: torch.device, said: str
) -> None:
    mine = rank(made_up, 0, 2, device)
    made_up.there = False
    mine.abort()
    assert made_up.said == []
    made_up.there = True
    mine.abort()
    assert made_up.said == [(said,)]
