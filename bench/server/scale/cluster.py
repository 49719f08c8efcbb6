"""A real cluster of three machines against the model: what one machine did says what three will do."""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.backend.service_process import Service

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


@dataclass(frozen=True)
class Round:
    """What one machine did, and right after it three: jobs that came at random, and jobs with six sent ahead."""

    one: Sequence[Seen]
    random: Sequence[Seen]
    ahead: Sequence[Seen]

    @property
    def cycle(self) -> float:
        """Seconds from the end of a job to that of the next, of one machine that always has one waiting."""
        return (self.one[-1].ended - self.one[0].ended) / (len(self.one) - 1)


def compare(folder: Path, jobs: int, rounds: int = 4, seed: int = 1) -> tuple[list[Row], list[float]]:
    """Predicted from one machine and measured on three, and the `cycle` of each round.

    A service with one machine and one with three take turns, so that what else this computer does is the same for both.
    """
    from bench.server.cluster.drafts import still
    from bench.server.cluster.machines import Machines, offer_tests

    offer_tests()
    machines, picture, seen = Machines(), still(), list[Round]()
    chance = random.Random(seed)
    try:
        for _ in range(MACHINES + 1):
            machines.add(cpus=0, gpus=1)
        single, several = (service(folder / str(count), machines.address, count) for count in (1, MACHINES))
        try:
            report("starts")
            warm(single, picture, 1)
            warm(several, picture, MACHINES)
            cycle = 0.0
            for number in range(1, rounds + 1):
                report(f"{number} of {rounds}: one machine")
                one = send(single, picture, [0.0] * 10)
                cycle = cycle or Round(one, (), ()).cycle  # the times of arrival are the same share of it in each
                times = [0.0]
                while len(times) < jobs // rounds:
                    times.append(times[-1] + chance.expovariate(LOAD * MACHINES / cycle))
                report(f"{number} of {rounds}: at random")
                poisson = send(several, picture, times)
                report(f"{number} of {rounds}: six ahead")
                seen.append(Round(one, poisson, send(several, picture, [0.0] * len(times), ahead=2 * MACHINES)))
        finally:
            for each in (single, several):
                each.stop()
                each.end()
    finally:
        machines.end()
    return predicted(seen), [each.cycle for each in seen]


def service(home: Path, address: str, takes: int) -> Service:
    return Service(home, "tests.backend.scripted", "--ray", address, "--drafts", "0", "--takes", str(takes)).start()


def predicted(rounds: Sequence[Round]) -> list[Row]:
    """The rows of all rounds, each of which is predicted by what one machine did right before it."""
    said: list[tuple[list[Done], list[Done]]] = []
    for one in rounds:
        site = Site(MACHINES, overhead=one.cycle)
        came = [Job(job.queued) for job in one.random]  # when they were in the queue
        said.append((simulate(came, site), simulate([Job(0.0)] * len(one.ahead), site, 2 * MACHINES)))
    return [*at_random(said, rounds), *in_turn(said, rounds)]


def at_random(said: Sequence[tuple[list[Done], list[Done]]], rounds: Sequence[Round]) -> list[Row]:
    model = [done for done, _ in said]
    real = [one.random for one in rounds]

    def row(name: str, value: Callable[[Done | Seen], float]) -> Row:
        means = [statistics.fmean(value(job) for jobs in found for job in jobs) for found in (model, real)]
        return Row(f"at random: {name}", *means, "s")

    spans = [sum(max(job.ended for job in jobs) for jobs in found) for found in (model, real)]
    return [
        row("from sent to made", lambda job: job.ended - job.queued),
        Row("at random: all of them", *spans, "s"),
        row("in the queue", lambda job: job.begun - job.queued),
    ]


def in_turn(said: Sequence[tuple[list[Done], list[Done]]], rounds: Sequence[Round]) -> list[Row]:
    def rate(found: Sequence[Sequence[Done | Seen]]) -> float:
        ends = [[job.ended for job in jobs] for jobs in found]
        return sum(len(one) - 1 for one in ends) / sum(max(one) - min(one) for one in ends)

    def span(found: Sequence[Sequence[Done | Seen]]) -> float:
        return statistics.fmean(job.ended - job.queued for jobs in found for job in jobs)

    model, real = [done for _, done in said], [one.ahead for one in rounds]
    return [
        Row("six ahead: takes", rate(model), rate(real), "a second"),
        Row("six ahead: from sent to made", span(model), span(real), "s"),
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


def warm(service: Service, picture: bytes, machines: int) -> None:
    """Until the worker of every machine has made a take."""
    until = time.monotonic() + 120
    while sum(one["state"] != "off" and one["engine"] != "" for one in workers(service)) < machines:
        assert time.monotonic() < until, service.log()[-2000:]
        send(service, picture, [0.0] * machines * 2)


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
