"""A real cluster of three machines against the model: what one machine did says what three will do."""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.backend.service_process import ROOT, Service

from .model import Done, Job, Site, simulate

FRAMES, FRAME_SECONDS = 12, 0.15  # of a take whose card is at work elsewhere
MACHINES = 3
LOAD = 0.75


@dataclass(frozen=True)
class Seen:
    """A job as the store has it: seconds since the first was sent."""

    queued: float
    begun: float
    ended: float


@dataclass(frozen=True)
class Row:
    """What was predicted and measured of one thing."""

    name: str
    predicted: float
    measured: float
    unit: str

    @property
    def off(self) -> float:
        return self.predicted / self.measured - 1


def compare(folder: Path, jobs: int, seed: int = 1) -> list[Row]:
    """Jobs that come at random to three machines, and as many with six sent ahead; predicted from one machine."""
    os.environ["PYTHONPATH"] = str(ROOT)
    from bench.server.ray_cluster import Machines, still

    machines, picture = Machines(), still()
    try:
        machines.add(cpus=0, gpus=1)
        service = Service(folder, "tests.backend.scripted", "--ray", machines.address, "--drafts", "0").start()
        try:
            report("one machine")
            send(service, picture, [0.0, 0.0])
            one = send(service, picture, [0.0] * 12)
            cycle = (one[-1].ended - one[0].ended) / (len(one) - 1)
            for _ in range(MACHINES - 1):
                machines.add(cpus=0, gpus=1)
            warm(service, picture)
            chance = random.Random(seed)
            times = [0.0]
            while len(times) < jobs:
                times.append(times[-1] + chance.expovariate(LOAD * MACHINES / cycle))
            report(f"{jobs} jobs at random")
            poisson = send(service, picture, times)
            report(f"{jobs} jobs, six ahead")
            closed = send(service, picture, [0.0] * jobs, ahead=2 * MACHINES)
        finally:
            service.stop()
            service.end()
    finally:
        machines.end()
    site = Site(MACHINES, overhead=cycle)
    came = [Job(job.queued) for job in poisson]  # when they were in the queue
    return [
        *at_random(simulate(came, site), poisson),
        *in_turn(simulate([Job(0.0)] * jobs, site, 2 * MACHINES), closed),
    ]


def at_random(model: Sequence[Done], real: Sequence[Seen]) -> list[Row]:
    def row(name: str, said: list[float], seen: list[float]) -> Row:
        return Row(f"at random: {name}", statistics.fmean(said), statistics.fmean(seen), "s")

    return [
        row(
            "from sent to made", [done.ended - done.queued for done in model], [job.ended - job.queued for job in real]
        ),
        Row("at random: all of them", max(done.ended for done in model), max(job.ended for job in real), "s"),
        row("in the queue", [done.begun - done.queued for done in model], [job.begun - job.queued for job in real]),
    ]


def in_turn(model: Sequence[Done], real: Sequence[Seen]) -> list[Row]:
    def rate(ends: list[float]) -> float:
        return (len(ends) - 1) / (max(ends) - min(ends))

    said, seen = [done.ended for done in model], [job.ended for job in real]
    spans = [job.ended - job.queued for job in real]
    return [
        Row("six ahead: takes", rate(said), rate(seen), "a second"),
        Row(
            "six ahead: from sent to made",
            statistics.fmean(done.ended - done.queued for done in model),
            statistics.fmean(spans),
            "s",
        ),
    ]


def send(service: Service, picture: bytes, times: Sequence[float], ahead: int = 0) -> list[Seen]:
    """Sends jobs at their times, or as many ahead, and waits for all of them."""
    began, ids = time.time(), []
    for at in times:
        if ahead:
            while len(ids) - over(service, ids) >= ahead:
                time.sleep(0.05)
        else:
            time.sleep(max(0.0, began + at - time.time()))
        ids.append(submit(service, picture))
    while over(service, ids) < len(ids):
        time.sleep(0.1)
    rows = read(service, ids)
    return [Seen(*(value - began for value in rows[job])) for job in ids]


def submit(service: Service, picture: bytes) -> str:
    options = {"frame_seconds": FRAME_SECONDS}
    answer = service.submit(picture, model="card", options=options, size="64x48", seconds=str(FRAMES / 24))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def warm(service: Service, picture: bytes) -> None:
    """Until every machine has its worker."""
    until = time.monotonic() + 120
    while sum(one["state"] != "off" for one in workers(service)) < MACHINES:
        assert time.monotonic() < until, service.log()[-2000:]
        send(service, picture, [0.0] * MACHINES * 2)


def workers(service: Service) -> list[dict[str, str]]:
    return [one for one in service.http.get("/v1/cluster").json()["workers"] if one["lane"] == "gpu"]


def over(service: Service, ids: Sequence[str]) -> int:
    return sum(ended is not None for _, _, ended in read(service, ids).values())


def read(service: Service, ids: Sequence[str]) -> dict[str, tuple[float, float, float]]:
    """When each was queued, begun and ended, as the store has it."""
    db = sqlite3.connect(f"file:{service.home / 'jobs.db'}?mode=ro", uri=True, timeout=10)
    try:
        rows = db.execute("SELECT id, created_at, started_at, completed_at, status FROM jobs").fetchall()
    finally:
        db.close()
    assert all(status in ("queued", "in_progress", "completed") for *_, status in rows), rows
    wanted = set(ids)
    return {job: (queued, begun, ended) for job, queued, begun, ended, _ in rows if job in wanted}


def report(what: str) -> None:
    print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)


def table(rows: Sequence[Row]) -> str:
    lines = ["| three machines | predicted | measured | |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {row.name} | {row.predicted:.2f} {row.unit} | {row.measured:.2f} {row.unit} | {100 * row.off:+.0f} % |"
        for row in rows
    ]
    return "\n".join(lines)
