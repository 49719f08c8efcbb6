"""How fast a cluster makes drafts, and what the way there costs."""

from __future__ import annotations

import collections
import contextlib
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.backend.service_process import OVER, Service

from .drafts import pauses, spans, still, submit, warm
from .machines import Machines


@dataclass
class Timing:
    """Drafts one after the other, as the service's log tells: seconds of each, and of all."""

    each: list[float] = field(default_factory=list)
    between: list[float] = field(default_factory=list)  # the end of one and the start of its worker's next
    wall: float = 0.0
    cpu: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    @property
    def pause(self) -> str:
        return f"{statistics.median(self.between) * 1e3:.0f} ms" if self.between else ""


def overhead(folder: Path, machines: Machines, count: int, report: Any) -> list[tuple[str, Timing, int]]:
    """One local worker and a cluster of 1, 2 and 4 machines, in turns."""
    picture = still()
    local = Service(folder / "local", "backend serve")
    local.variables["OMP_NUM_THREADS"] = "1"  # as Ray has it for an actor of one CPU
    local.start()
    elsewhere = Service(folder / "cluster", "backend serve", "--ray", machines.address).start()
    both, rows = (local, elsewhere), []
    try:
        machines.add()
        for service in (local, elsewhere):  # compiles, and starts what there is to start
            report("the first draft")
            service.wait(submit(service, picture, 0), seconds=240)
        alone, one = Timing(), Timing()
        for seed in range(1, count + 1):  # in turns: what else this computer does meanwhile is the same for both
            report(f"draft {seed} of {count}")
            timed(both, local, picture, range(seed, seed + 1), alone)
            timed(both, elsewhere, picture, range(seed, seed + 1), one)
        rows += [("one local worker, one draft after the other", alone, 1)]
        rows += [("one machine of the cluster, one after the other", one, 1)]
        for number in (1, 2, 4):
            while len(machines.alive) < number:
                machines.add()
            report(f"{number} machines")
            warm(elsewhere, picture, number, 10_000 * number)
            timing = Timing()
            seeds = range(10_000 * number + 5000, 10_000 * number + 5000 + count * number)
            timed(both, elsewhere, picture, seeds, timing, 2 * number)
            rows.append((f"{number} machine{'s'[: number > 1]}, {2 * number} drafts sent ahead", timing, number))
        timing = Timing()
        timed(both, local, picture, range(5000, 5000 + count), timing, 2)
        rows.insert(2, ("one local worker, 2 drafts sent ahead", timing, 1))
    finally:
        local.end()
        elsewhere.stop()
        elsewhere.end()
    return rows


def timed(
    services: tuple[Service, ...], service: Service, picture: bytes, seeds: range, timing: Timing, wide: int = 1
) -> None:
    """Makes drafts by `service`, `wide` of them at once, and adds what they took to `timing`. Of the `services` the
    processes of the others are left out of what the processor did."""
    others = [psutil.Process(other.process.pid) for other in services if other is not service and other.process]
    if service is services[0]:  # that works without the cluster
        others += [one for one in psutil.Process().children() if one.pid != service.process.pid]
    busy = used(others)
    began = time.monotonic()
    left, running = collections.deque(seeds), []
    made = []
    while left or running:
        while left and len(running) < wide:
            running.append(submit(service, picture, left.popleft()))
        time.sleep(0.01)
        over = [job for job in running if service.job(job)["status"] in OVER]
        made += over
        running = [job for job in running if job not in over]
    timing.wall += time.monotonic() - began
    timing.cpu += used(others) - busy
    log = service.log()
    took = spans(log)
    timing.each += [took[job] for job in made]
    timing.between += pauses(log, set(made))


def used(without: list[psutil.Process]) -> float:
    """Seconds of the processor that the programs started here have used, those below `without` left out."""
    left_out = {child.pid for one in without for child in (one, *one.children(recursive=True))}
    seconds = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.pid not in left_out:
                seconds += sum(process.cpu_times()[:2])
    return seconds


def throughput(rows: list[tuple[str, Timing, int]]) -> str:
    lines = [
        "| | drafts a second | from start to end of one, median | from there to its worker's next "
        "| CPU seconds a draft |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, timing, _ in rows:
        count = len(timing.each)
        lines.append(
            f"| {name} | {count / timing.wall:.2f} | {timing.median * 1e3:.0f} ms | {timing.pause} "
            f"| {timing.cpu / count:.2f} |"
        )
    more = [there - here for here, there in zip(rows[0][1].each, rows[1][1].each, strict=True)]
    longer = f"{statistics.median(more) * 1e3:.0f} ms longer on the cluster than here"
    return "\n".join([*lines, "", f"A draft takes {longer} (median of {len(more)} pairs)"])
