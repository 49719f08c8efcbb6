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
    """Two ranks, or as many as a test says, of which this process is one; an exchange may take 2 s."""
    made = Members(PLAIN, [CPU] * getattr(request, "param", 2), timedelta(seconds=2))
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
