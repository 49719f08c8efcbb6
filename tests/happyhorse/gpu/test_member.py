"""A further rank itself: how it is told what to do and how it answers, by itself and as a process."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from backend.gpu import member, ranks
from tests.happyhorse.paths import ROOT

HERE = "tests.happyhorse.gpu.test_member:Served"


class Served:
    """What rank 0 can ask for."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def place(self) -> list[Any]:
        print("this is no message")
        return [self.given.rank, self.given.size, torch.is_inference_mode_enabled()]

    def parts(self, first: int, count: int):
        yield from range(first, first + count)

    def fill(self) -> None:
        raise RuntimeError("CUBLAS_STATUS_ALLOC_FAILED")

    def stumble(self) -> None:
        raise ValueError("over a stone, " + "far " * 200)


class Ranks:
    def __init__(self, meeting: Path, rank: int, size: int, device: torch.device) -> None:
        self.meeting, self.rank, self.size, self.device = meeting, rank, size, device
        made.append(self)


made: list[Ranks] = []


@pytest.mark.parametrize("device", ["cuda:1", "cpu"])
def test_it_is_ready_on_its_device_and_does_one_thing_after_the_other(
    monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    chosen: list[torch.device] = []
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(ranks, "Ranks", Ranks)
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    said: list[dict[str, Any]] = []
    for order in (
        {"meeting": "/meeting", "rank": 2, "size": 3, "device": device},
        {"number": 7, "do": "place", "given": {}},
        {"number": 8, "do": "parts", "given": {"first": 5, "count": 2}},
        {"number": 9, "do": "fill", "given": {}},
    ):
        orders.put(order)
    with pytest.raises(torch.OutOfMemoryError):
        member._serve(HERE, orders, said.append)
    place = {"number": 7, "done": [2, 3, True]}
    parts = [{"number": 8, "part": 5}, {"number": 8, "part": 6}, {"number": 8, "done": None}]
    assert said == [{"ready": True}, place, *parts]
    assert (made[-1].meeting, made[-1].device) == (Path("/meeting"), torch.device(device))
    assert chosen == ([torch.device(device)] if device != "cpu" else [])


@pytest.mark.skipif(sys.platform != "linux", reason="several GPUs share a take on Linux only")
def test_a_process_prints_nothing_among_its_messages_stays_at_ctrl_c_and_says_why_it_ends(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.gpu.member", HERE],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    place = {"meeting": str(tmp_path / "meeting"), "rank": 0, "size": 1, "device": "cpu"}
    process.stdin.write(json.dumps(place).encode() + b"\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"ready": True}
    process.send_signal(signal.SIGINT)
    for number, do in enumerate(("place", "stumble"), start=1):
        process.stdin.write(json.dumps({"number": number, "do": do, "given": {}}).encode() + b"\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"number": 1, "done": [0, 1, True]}
    failed = json.loads(process.stdout.readline())
    words = "ValueError: over a stone, " + "far " * 200
    assert failed == {"failed": words[:500], "out_of_memory": False}
    assert process.wait(60) == 1
    errors = process.communicate()[1]
    assert b"this is no message\n" in errors and b"Traceback" in errors


@pytest.mark.parametrize("lines", [[b'{"device": "cpu"}\n', b'{"number": 1}\n'], []])
def test_what_comes_is_handed_on_and_the_process_ends_with_whoever_sent_it(
    monkeypatch: pytest.MonkeyPatch, lines: list[bytes]
) -> None:
    ends: list[int] = []
    monkeypatch.setattr(member.os, "_exit", ends.append)
    monkeypatch.setattr(member.sys, "stdin", type("Stdin", (), {"buffer": iter(lines)}))
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    member._listen(orders)
    assert [orders.get() for _ in range(orders.qsize())] == [json.loads(line) for line in lines]
    assert ends == [0]
