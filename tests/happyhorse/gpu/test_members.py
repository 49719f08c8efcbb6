"""The further ranks as rank 0 sees them: what they are told, who is waited for, how they end. They are made up."""

from __future__ import annotations

import json
import queue
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from backend.gpu import members as module
from backend.gpu.members import LostError, Members

CPU, CARDS = torch.device("cpu"), [torch.device("cuda", i) for i in (3, 1, 2)]


class Made:
    """A process: what it is told, and what the test has it say. It ends where it is killed, or its input is closed."""

    def __init__(self, number: int, said: list[tuple[Any, ...]]) -> None:
        self.pid, self.said, self.code, self.stubborn = 100 + number, said, 0, False
        self.number, self.told, self._written, self._lines = number, [], [], queue.Queue()
        self.stdin, self.stdout = self, iter(self._lines.get, None)

    def write(self, line: bytes) -> None:
        self._written.append(json.loads(line))
        assert line.endswith(b"\n") and line.count(b"\n") == 1

    def flush(self) -> None:
        self.told += self._written
        self._written.clear()

    def close(self) -> None:
        self.said.append(("closed", self.number))
        if not self.stubborn:
            self._lines.put(None)

    def kill(self) -> None:
        self.said.append(("killed", self.number))
        self._lines.put(None)

    def wait(self, seconds: float | None = None) -> int:
        if self.stubborn and seconds is not None:
            self.said.append(("would not", self.number, seconds))
            raise subprocess.TimeoutExpired("rank", seconds)
        return self.code

    def say(self, *messages: dict[str, Any] | bytes) -> None:
        for message in messages:
            self._lines.put(message if isinstance(message, bytes) else json.dumps(message).encode())


class Rank0:
    """This process as one of them."""

    def __init__(self, *place: Any) -> None:
        self.place, self.aborted = place, 0

    def abort(self) -> None:
        self.aborted += 1


class Company:
    """Members whose processes the test plays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[Made] = []
        self.said: list[tuple[Any, ...]] = []
        self.makers: list[str] = []
        monkeypatch.setattr(module, "started", self._started)
        monkeypatch.setattr(module, "Ranks", Rank0)
        monkeypatch.setattr(module, "POLL_SECONDS", 0.001)
        monkeypatch.setattr(module, "LEAVING_SECONDS", 2.5)

    def _started(self, maker: str) -> Made:
        self.makers.append(maker)
        self.processes.append(Made(len(self.processes) + 1, self.said))
        return self.processes[-1]

    def all_ready(self) -> None:
        for process in self.processes:
            process.say({"ready": True})


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    return Company(monkeypatch)


@pytest.fixture
def three(company: Company) -> Iterator[Members]:
    """Three ranks on GPUs, of which two are processes."""
    made = Members("maker:name", CARDS, timedelta(seconds=7))
    yield made
    made.close()


def after(times: int, does: Callable[[], None]) -> Callable[[], None]:
    """A poll that does something at the so manieth call."""
    left = [times]

    def poll() -> None:
        left[0] -= 1
        if left[0] == 0:
            does()

    return poll


def idle() -> None:
    """Nobody is in a hurry."""


def ended(made: Members) -> Exception:
    """What `check` raises, once it does."""
    for reader in made._readers:
        reader.join(10)
    with pytest.raises((LostError, torch.OutOfMemoryError)) as failure:
        made.check()
    return failure.value


def test_each_is_told_its_place_and_all_are_waited_for(company: Company, three: Members) -> None:
    assert company.makers == ["maker:name"] * 2
    assert three.pids() == [101, 102]
    meeting = Path(company.processes[0].told[0]["meeting"])
    assert meeting.parent.is_dir() and not meeting.exists()
    places = [{"meeting": str(meeting), "rank": n, "size": 3, "device": f"cuda:{n}"} for n in (1, 2)]
    assert [process.told for process in company.processes] == [[places[0]], [places[1]]]
    company.processes[1].say({"ready": True})
    ranks = three.join(after(3, lambda: company.processes[0].say({"ready": True})))
    assert ranks.place == (meeting, 0, 3, CARDS[0], timedelta(seconds=7))
    assert three.join(lambda: pytest.fail("they are there")) is ranks
    assert three.alive


def test_a_poll_that_raises_goes_through_and_they_can_be_waited_for_again(company: Company, three: Members) -> None:
    with pytest.raises(KeyError):
        three.join(lambda: {}["cancelled"])
    company.all_ready()
    assert three.join(idle).place[1] == 0


def test_gpus_that_do_not_find_each_other_end_it(
    company: Company, three: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> None:
        raise ValueError("no link")

    monkeypatch.setattr(module, "Ranks", none)
    company.all_ready()
    with pytest.raises(LostError, match=r"^the GPUs found no way to each other \(no link\)$"):
        three.join(idle)
    assert [one for one in company.said if one[0] == "killed"] == [("killed", 1), ("killed", 2)]
    assert not three.alive


def test_answers_come_by_rank_whatever_came_first_and_nothing_else_is_taken_for_them(
    company: Company, three: Members
) -> None:
    one, two = company.processes
    assert three.send("sleep", answered=False, hours=2) == 1
    assert three.send("who", name="x") == 2
    assert one.told[1:] == two.told[1:] == [
        {"number": 1, "do": "sleep", "given": {"hours": 2}}, {"number": 2, "do": "who", "given": {"name": "x"}},
    ]  # fmt: skip
    two.say({"number": 1, "done": "slept"}, {"number": 2, "part": 5}, {"number": 2, "done": "two"})
    answers = three.answers(2, after(2, lambda: one.say({"number": 9, "done": "?"}, {"number": 2, "done": "one"})))
    assert answers == ["one", "two"]
    number = three.send("parts")
    one.say({"number": number, "part": 10}, {"number": number, "part": 11})
    two.say({"number": number, "part": 20})
    assert [three.part(number, rank, idle) for rank in (2, 1, 1)] == [20, 10, 11]
    three.forget()
    one.say({"number": number, "part": 12}, {"ready": True})
    with pytest.raises(KeyError):
        three.part(number, 1, idle)
    assert three.alive


def test_the_first_failure_counts_and_ends_all(company: Company, three: Members) -> None:
    company.all_ready()
    ranks = three.join(idle)
    number = three.send("fill")
    company.processes[1].say({"failed": "OutOfMemoryError: no room", "out_of_memory": True})
    with pytest.raises(torch.OutOfMemoryError, match=r"^rank 2 of 3 failed \(OutOfMemoryError: no room\)$"):
        three.answers(number, idle)
    assert str(ended(three)).startswith("rank 2")  # the end of both was noticed since
    three.fail(LostError("later"))
    assert str(ended(three)).startswith("rank 2")
    assert [one for one in company.said if one[0] == "killed"] == [("killed", 1), ("killed", 2)]
    assert ranks.aborted == 1
    three.close()
    assert ranks.aborted == 1  # as that was done on a GPU, and can't be twice


@pytest.mark.parametrize(
    ("code", "words"),
    [(-9, "was ended by SIGKILL"), (-1, "was ended by SIGHUP"), (-250, "ended with exit code -250"),
     (0, "ended with exit code 0"), (3, "ended with exit code 3")],
)  # fmt: skip
def test_how_one_ended_is_said(company: Company, three: Members, code: int, words: str) -> None:
    company.processes[0].code = code
    company.processes[0].say(b'{"number": 1, "do')  # cut off
    assert str(ended(three)) == f"the process of rank 1 of 3 {words}"
    three.send("who")  # to nobody


def test_one_that_is_gone_is_told_nothing_and_that_is_no_error_here(company: Company, three: Members) -> None:
    def gone(_: bytes) -> None:
        raise BrokenPipeError

    company.processes[0].write = gone  # type: ignore[method-assign]
    assert three.send("who") == 1
    assert len(company.processes[1].told) == 2


@pytest.mark.parametrize("devices", [[CPU] * 3, CARDS])
def test_they_are_asked_to_leave_and_made_to_where_they_do_not(company: Company, devices: list[torch.device]) -> None:
    made = Members("maker:name", devices)
    company.all_ready()
    ranks = made.join(idle)
    folder = Path(company.processes[0].told[0]["meeting"]).parent
    (folder / "meeting").write_text("met")
    company.processes[1].stubborn = True
    made.close()
    assert company.said == [("closed", 1), ("closed", 2), ("killed", 1), ("would not", 2, 2.5), ("killed", 2)]
    assert not folder.exists()
    assert not any(reader.is_alive() for reader in made._readers)
    assert (ranks.aborted, made.alive) == (1, False)
    made.check()  # it did not fail


def test_after_a_failure_on_the_processor_it_is_given_up_once_it_is_closed(company: Company) -> None:
    made = Members("maker:name", [CPU] * 2)
    company.all_ready()
    ranks = made.join(idle)
    made.fail(LostError("x"))
    assert ranks.aborted == 0
    made.close()
    assert ranks.aborted == 1
