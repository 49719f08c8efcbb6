"""Who leaves the GPU for whom, and in which order, told of models that are only numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from backend.gpu import memory, residents
from backend.gpu.memory import GIB, RESERVE, free_bytes, run_with_fallback
from backend.gpu.residents import Residents


@dataclass(frozen=True)
class Plan:
    expected_peak: int
    expected_host: int = 0
    words: str = "a plan"


class Model:
    def __init__(self, card: Card, name: str, taken: int, set_aside: int = 0) -> None:
        self.card, self.name, self.taken, self.set_aside, self.lacking = card, name, taken, set_aside, 0
        card.free -= taken

    @property
    def unsaved(self) -> int:
        return self.taken

    def park(self, room: int) -> None:
        moved = min(room, self.taken)
        self.taken, self.lacking, self.card.free = self.taken - moved, self.lacking + moved, self.card.free + moved
        self.card.said.append(("park", self.name, moved))

    def unpark(self) -> None:
        self.taken, self.card.free, self.lacking = self.taken + self.lacking, self.card.free - self.lacking, 0
        self.card.said.append(("unpark", self.name))

    def close(self) -> None:
        self.card.free, self.taken, self.set_aside = self.card.free + self.taken, 0, 0
        self.card.said.append(("close", self.name))


class Card:
    """A GPU with so many bytes free, and a computer with so many."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free, self.host = 100, 1000 * GIB
        self.said: list[tuple[Any, ...]] = []
        self.asked: list[tuple[int, int]] = []  # of the computer's memory: bytes, and those that stay free
        monkeypatch.setattr(residents.memory, "free_bytes", lambda device: self.free)
        monkeypatch.setattr(residents, "RESERVE", 10)
        monkeypatch.setattr(residents.memory, "collect", lambda: None)
        monkeypatch.setattr(residents.promises, "free", lambda spare=0: self.host - spare)
        monkeypatch.setattr(residents.promises, "promised", self._promised)

    @contextmanager
    def _promised(self, needed: int, spare: int) -> Iterator[bool]:
        self.asked.append((needed, spare))
        yield needed <= self.host - spare


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    return Card(monkeypatch)


@pytest.fixture
def held(card: Card) -> Residents:
    return Residents(torch.device("cpu"))


class Demand:
    def __init__(self, *peaks: int, working: int = 5, accepts: bool = True) -> None:
        self.peaks, self._working, self._accepts = peaks, working, accepts
        self.rooms: list[int] = []

    def choose(self, room: int) -> list[Plan]:
        self.rooms.append(room)
        return [Plan(peak) for peak in self.peaks if peak <= room]

    def accepts(self, plan: Plan) -> bool:
        return self._accepts

    def working(self, plan: Plan) -> int:
        return self._working


def load(card: Card, held: Residents, name: str, taken: int, plan: Plan | None = None, **facts: int) -> Model:
    return held.use(name, plan or Plan(taken), lambda: Model(card, name, taken, **facts))  # type: ignore[arg-type,return-value]


def test_the_one_used_longest_ago_goes_first_and_only_as_far_as_it_must(card: Card, held: Residents) -> None:
    for name, taken in (("a", 30), ("b", 20), ("c", 10)):
        load(card, held, name, taken)
    held.use("a", Plan(30), lambda: pytest.fail("it is there"))  # type: ignore[arg-type,return-value]
    card.said.clear()
    held.make_room(65)  # 40 are free
    assert card.said == [("park", "b", 20), ("park", "c", 5)]
    card.said.clear()
    held.make_room(65)
    assert card.said == []
    held.make_room(70, keep="c")
    assert card.said == [("park", "b", 0), ("park", "a", 5)]
    assert (held.free(), held.room()) == (70, 100)
    assert card.asked == [(20, 8 * GIB), (5, 8 * GIB), (0, 8 * GIB), (5, 8 * GIB)]


def test_a_model_that_is_there_keeps_its_plan_while_that_fits(card: Card, held: Residents) -> None:
    load(card, held, "a", 30, Plan(50))
    load(card, held, "b", 40)
    demand = Demand(90, 50, 40, 20, working=35)
    assert held.plans("a", demand) == [Plan(50), Plan(40), Plan(20)]
    assert card.said[-1] == ("park", "b", 15)  # 35 and the reserve, of 30 that were free
    assert demand.rooms == [100]
    card.said.clear()
    assert held.plans("a", Demand(60, working=61)) == [Plan(60)]  # 71 are more than 70: it does not fit any more
    assert card.said[0] == ("close", "a") and "a" not in held
    load(card, held, "c", 30, Plan(50))
    assert held.plans("c", Demand(70, accepts=False)) == [Plan(70)] and "c" not in held
    assert held.plans("c", Demand(101)) == []


def test_exactly_what_fits_stays(card: Card, held: Residents) -> None:
    load(card, held, "a", 30, Plan(50))
    assert held.plans("a", Demand(40, working=60)) == [Plan(50), Plan(40)] and "a" in held
    assert held.plans("a", Demand(40, working=61)) == [Plan(40)] and "a" not in held


def test_room_is_made_for_the_work_beside_a_model(card: Card, held: Residents) -> None:
    load(card, held, "a", 60)
    load(card, held, "b", 30)
    card.said.clear()
    held.use("b", Plan(30), lambda: pytest.fail("it is there"), working=25)  # type: ignore[arg-type,return-value]
    assert card.said == [("park", "a", 15), ("unpark", "b")]
    held.use("a", Plan(60), lambda: pytest.fail("it is there"), working=40)  # type: ignore[arg-type,return-value]
    assert card.said[2:] == [("park", "b", 30), ("unpark", "a")]
    held.make_room_for("a", Plan(60))
    assert card.said[4:] == []
    held.make_room_for("b", Plan(45))  # with another plan it goes
    assert card.said[4:] == [("close", "b"), ("park", "a", 5)]


def test_all_of_it_is_left_to_others(card: Card, held: Residents) -> None:
    for name in ("a", "b"):
        load(card, held, name, 20)
    card.said.clear()
    held.give_way("a")
    assert card.said == [("close", "a"), ("park", "b", 20)] and "b" in held
    held.give_way("nobody")
    held.close()
    assert card.said[-1] == ("close", "b") and (card.free, "b" in held) == (100, False)


def test_without_memory_for_a_copy_a_model_goes(card: Card, held: Residents) -> None:
    load(card, held, "a", 60)
    card.host = 8 * GIB + 39
    held.make_room(80)
    assert card.said[-1] == ("close", "a") and card.asked == [(40, 8 * GIB)]
    load(card, held, "a", 60)
    card.host = 8 * GIB + 40
    held.make_room(80)
    assert card.said[-1] == ("park", "a", 40)


def test_those_that_wait_in_memory_go_for_one_that_needs_it(card: Card, held: Residents) -> None:
    for name, aside in (("a", 0), ("b", 3 * GIB), ("c", 2 * GIB)):
        load(card, held, name, 1, set_aside=aside)
    assert (held.host_room(), held.host_room(2)) == (1003 * GIB, 1008 * GIB)
    card.host = 9 * GIB
    card.said.clear()
    load(card, held, "d", 1, Plan(1, GIB))
    assert card.said == [("unpark", "d")] and card.asked[-1] == (GIB, 2 * GIB)
    card.said.clear()
    load(card, held, "e", 1, Plan(1, 2 * GIB))
    assert card.said == [("close", "b"), ("close", "c"), ("unpark", "e")]
    with pytest.raises(MemoryError, match=r"8\.0 GiB are needed and 7\.0 are free"):
        load(card, held, "f", 1, Plan(1, 8 * GIB))
    assert "f" not in held
    load(card, held, "g", 1, Plan(1, 7 * GIB))


def test_another_plan_is_loaded_anew(card: Card, held: Residents) -> None:
    first = load(card, held, "a", 20, Plan(30))
    assert load(card, held, "a", 20, Plan(30)) is first
    assert load(card, held, "a", 20, Plan(31)) is not first
    assert card.said[-2:] == [("close", "a"), ("unpark", "a")]


def test_what_a_model_leaves_is_given_back_and_what_was_loaded_tidied_up_once(
    card: Card, held: Residents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residents.memory, "collect", lambda: card.said.append(("collect",)))
    monkeypatch.setattr(residents.memory, "give_back", lambda device: card.said.append(("give back", device)))
    back = ("give back", torch.device("cpu"))
    held.settle()
    load(card, held, "a", 60)
    load(card, held, "b", 20)
    card.said.clear()
    held.settle()
    held.settle()
    assert card.said == [("collect",)]
    held.make_room(30)
    assert card.said[1:] == [("park", "a", 10), back]
    held.close()
    assert card.said[3:] == [("close", "a"), ("collect",), back, ("close", "b"), ("collect",), back]


@pytest.mark.parametrize(
    ("whole", "share", "free", "used", "kept", "there"),
    [
        (24, 1.0, 20, 2, 3, 21),  # what torch keeps and does not use can be had
        (80, 1.0, 79, 0, 0, 64),  # of a large card 64 are ours
        (80, 1.0, 30, 50, 60, 14),
        (141, 1.0, 140, 5, 5, 104),  # of a larger one all but 32
        (80, 0.25, 79, 4, 4, 16),
        (80, 0.25, 10, 4, 4, 10),
    ],
)
def test_what_of_a_card_can_be_had(
    monkeypatch: pytest.MonkeyPatch, whole: int, share: float, free: int, used: int, kept: int, there: int
) -> None:
    said = {"memory_allocated": used * GIB, "memory_reserved": kept * GIB, "mem_get_info": (free * GIB, whole * GIB)}
    for name, value in {**said, "get_per_process_memory_fraction": share}.items():
        monkeypatch.setattr(torch.cuda, name, lambda *_, value=value: value)
    assert free_bytes(torch.device("cuda", 0)) == there * GIB
    assert free_bytes(torch.device("cpu")) == memory.PLENTY


def test_the_largest_card_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [24, 80, 24, 48]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda i: SimpleNamespace(total_memory=sizes[i]))
    assert [device.index for device in memory.devices()] == [1, 3, 0, 2]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert memory.devices() == [torch.device("cpu")]


def test_each_plan_is_tried_once_and_let_go_before_the_next() -> None:
    said: list[str] = []
    plans = [Plan(3, words="x"), Plan(2, words="y"), Plan(1, words="z")]

    def run(plan: Plan) -> str:
        said.append(f"run {plan.words}")
        if plan.words != "z":
            raise (
                torch.OutOfMemoryError(plan.words) if plan.words == "x" else RuntimeError("CUBLAS_STATUS_ALLOC_FAILED")
            )
        return "done"

    assert run_with_fallback(plans, run, lambda note: said.append(note[-40:]), lambda: said.append("let go")) == "done"
    assert [word for word in said if not word.startswith("r")] == ["let go", said[2], "let go", said[5]]
    assert said[2].endswith("with y instead.") and said[5].endswith("with z instead.")
    said.clear()
    with pytest.raises(torch.OutOfMemoryError, match="ALLOC_FAILED"):
        run_with_fallback(plans[:2], run, lambda note: said.append("note"), lambda: said.append("let go"))
    assert said == ["run x", "let go", "note", "run y", "let go"]
    with pytest.raises(RuntimeError, match="another"):
        run_with_fallback(plans, lambda plan: (_ for _ in ()).throw(RuntimeError("another")), said.append)
    assert RESERVE == GIB
