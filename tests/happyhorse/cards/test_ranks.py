"""Processes that work together, on the CPU: exchanges, and that nobody is waited for who does not come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import torch

from backend.engines.happyhorse.memory import early
from backend.gpu import processes
from backend.gpu.launcher import Launcher
from backend.gpu.members import LostError, Members
from tests.happyhorse.followers import mixed
from tests.happyhorse.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="several GPUs share a take on Linux only")
CPU = torch.device("cpu")
PLAIN = "tests.happyhorse.followers:Plain"


def idle() -> None:
    """Nobody is in a hurry."""


@pytest.fixture
def members(request: pytest.FixtureRequest):
    """Two ranks, or as many as a test says, of which this process is one; an exchange may take 15 s."""
    made = Members(PLAIN, [CPU] * getattr(request, "param", 2), timedelta(seconds=15))
    yield made
    made.close()
    assert not any(alive(pid) for pid in made.pids())


def alive(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pids: list[int], seconds: float = 60.0) -> bool:
    """Whether all of them end within so many seconds."""
    until = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("members", [3], indirect=True)
def test_ranks_answer_and_exchange_and_one_that_does_not_come_is_not_waited_for(members: Members) -> None:
    ranks = members.join(idle)
    assert members.answers(members.send("who"), idle) == [[1, 3], [2, 3]]
    number = members.send("parts", count=2)
    assert [members.part(number, rank, idle) for rank in (2, 1, 2, 1)] == [20, 10, 21, 11]
    number = members.send("exchange")
    before = ranks.sent
    assert mixed(ranks) == [100.0]  # a row of rank 1, none of rank 2
    assert members.answers(number, idle) == [[1.0, 1.0, 201.0, 201.0], [2.0, 2.0, 2.0, 102.0, 102.0, 102.0]]
    assert ranks.sent - before == 5 * 8
    assert ranks.sent / 8 == 5
    members.send("sleep", answered=False)
    with pytest.raises(RuntimeError):  # the others sleep for hours
        mixed(ranks)
    assert members.alive


def test_a_rank_that_fails_takes_the_others_with_it_and_says_why(members: Members) -> None:
    members.join(idle)
    number = members.send("stumble")
    with pytest.raises(LostError, match=r"rank 1 of 2 failed \(ValueError: over a stone\)"):
        members.answers(number, idle)
    assert not members.alive
    assert gone(members.pids())
    with pytest.raises(LostError):
        members.check()


def test_memory_that_runs_out_elsewhere_counts_as_here(members: Members) -> None:
    members.join(idle)
    with pytest.raises(torch.OutOfMemoryError, match="no room"):
        members.answers(members.send("fill"), idle)


def test_a_process_that_was_started_early_is_taken_and_what_nobody_took_is_ended() -> None:
    processes.start_early(PLAIN, 3)
    early = [process.pid for process in processes._early[PLAIN]]
    os.kill(early[0], signal.SIGKILL)
    assert gone(early[:1])
    made = Members(PLAIN, [CPU] * 2, timedelta(seconds=60))
    try:
        made.join(idle)
        assert made.pids() == early[1:2]
        assert made.answers(made.send("who"), idle) == [[1, 2]]
        assert alive(early[2])
        processes.end_early()
        assert gone(early[2:])
        assert made.answers(made.send("who"), idle) == [[1, 2]]
    finally:
        made.close()
    assert gone(early)


@pytest.mark.parametrize(
    ("here", "asked", "others"),
    [(2, 0, 1), (3, 0, 1), (4, 0, 3), (12, 0, 7), (4, 2, 1), (2, 4, 1), (4, 1, 0), (1, 0, 0)],
)
def test_a_cold_take_has_as_many_processes_at_hand_as_it_may_want(monkeypatch, here, asked, others) -> None:
    started: list[tuple[str, int]] = []
    ended: list[bool] = []
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(here))))
    monkeypatch.setattr(processes, "start_early", lambda maker, count: started.append((maker, count)))
    monkeypatch.setattr(processes, "end_early", lambda: ended.append(True))
    with pytest.raises(KeyError), early.followers(asked):
        assert started == ([(early.FOLLOWER, others)] if others else [])
        assert not ended
        raise KeyError
    assert ended == [True]


def test_a_process_that_cannot_be_started_early_ends_no_take_and_leaves_none(monkeypatch) -> None:
    started: list[processes.Process] = []

    def new(maker: str) -> processes.Process:
        if len(started) == 2:
            raise OSError("no more processes")
        command = [sys.executable, "-c", "import time; time.sleep(6000)"]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return started[-1]

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1,2,3")
    monkeypatch.setattr(processes, "_new", new)
    with early.followers(4):
        assert [process.poll() for process in started] == [None, None]
    assert all(process.returncode is not None for process in started)


def test_ranks_end_with_the_process_that_started_them() -> None:
    script = (
        "import sys, time, torch\nfrom backend.gpu.members import Members\n"
        f"made = Members({PLAIN!r}, [torch.device('cpu')] * 2)\n"
        "ranks = made.join(lambda: None)\nprint(*made.pids(), flush=True)\n"
        "made.send('sleep', answered=False)\ntime.sleep(6000)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) == 1
        assert alive(pids[0])
        os.kill(process.pid, signal.SIGKILL)
    assert gone(pids)


def test_work_goes_on_where_nobody_waits_for_it_and_the_next_comes_after_it() -> None:
    launcher, done, let_go = Launcher(CPU), [], threading.Event()

    def slow() -> None:
        let_go.wait(60)
        done.append("slow")

    def impatient() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        launcher.run(slow, impatient)
    assert done == []
    let_go.set()
    assert launcher.run(lambda: [*done, "next"], idle) == ["slow", "next"]
    with pytest.raises(ZeroDivisionError):
        launcher.run(lambda: 1 // 0, idle)
    launcher.close()
