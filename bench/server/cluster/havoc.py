"""Drafts while machines die and come."""

from __future__ import annotations

import collections
import random
import re
import time
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.backend.service_process import OVER, Service

from .drafts import LINE, jobs_of, still, submit
from .machines import Machines

MACHINES = 3
MOST_MACHINES = 4
WAITING = 12  # jobs that are sent ahead


@dataclass
class Outcome:
    """What became of the drafts."""

    acknowledged: int
    statuses: collections.Counter[str]
    kills: int
    added: int
    services: int
    again: int
    lost: list[str]
    twice: list[str]
    seconds: float

    def table(self) -> str:
        rows = [
            ("drafts acknowledged", self.acknowledged),
            ("machines killed (kill -9 of the raylet)", self.kills),
            ("machines added", self.added),
            ("kill -9 of the service", self.services),
            ("times that a draft was given back and made elsewhere", self.again),
            ("completed", self.statuses["completed"]),
            ("failed after three workers, and said so", self.statuses["workers_lost"]),
            ("failed otherwise", self.statuses.total() - self.statuses["completed"] - self.statuses["workers_lost"]),
            ("**lost**", len(self.lost)),
            ("**made twice**", len(self.twice)),
            ("seconds", f"{self.seconds:.0f}"),
        ]  # fmt: skip
        return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def havoc(folder: Path, machines: Machines, asked: Namespace, report: Any) -> Outcome:
    """Makes as many drafts of so many seconds as are asked for while machines die and come."""
    count, kills = asked.jobs, asked.kills
    chance, picture = random.Random(asked.seed), still()
    service = Service(folder / "havoc", "backend serve", "--ray", machines.address).start()
    began, added, services, ids = time.monotonic(), 0, 0, []
    while len(machines.alive) < MACHINES:
        machines.add()
    moments = sorted(chance.sample(range(4, count), kills))
    try:
        while True:
            jobs = jobs_of(service)
            over = sum(job["status"] in OVER for job in jobs.values())
            if len(ids) == count and over == count:
                break
            while len(ids) < count and len(ids) - over < WAITING:
                ids.append(submit(service, picture, len(ids), asked.seconds))
            report(f"{over} of {count} drafts over, {len(machines.alive)} machines")
            if moments and over >= moments[0]:
                moments.pop(0)
                time.sleep(chance.uniform(0, 0.3))
                if machines.alive:
                    machines.kill(chance.choice(machines.alive))
                while len(machines.alive) < chance.randint(1, MOST_MACHINES):
                    machines.add()
                    added += 1
                if len(moments) == kills // 2:
                    service.kill()
                    service.start()
                    services += 1
            assert time.monotonic() - began < 1500, service.log()[-4000:]
            time.sleep(0.1)
        return compare(service, ids, kills, added, services, time.monotonic() - began)
    finally:
        service.stop()
        service.end()


def compare(service: Service, ids: list[str], kills: int, added: int, services: int, seconds: float) -> Outcome:
    jobs, log = jobs_of(service), service.log()
    statuses: collections.Counter[str] = collections.Counter()
    finished = collections.Counter(re.findall(r"(video_\w+): (?:completed|its take was whole)", log))
    lost = [job for job in ids if job not in jobs or jobs[job]["status"] not in OVER]
    twice = [job for job, times in collections.Counter(ids).items() if times > 1]
    twice += [job for job in jobs if job not in ids] + [job for job, times in finished.items() if times > 1]
    for job_id, job in jobs.items():
        statuses["completed" if job["status"] == "completed" else (job["error"] or {}).get("code", job["status"])] += 1
        if job["status"] != "completed":
            continue
        if len(list((service.home / "jobs" / job_id).glob("attempt-*"))) != 1:
            twice.append(job_id)
        clip = service.http.get(f"/v1/videos/{job_id}/content")
        if clip.status_code != 200 or clip.content[4:8] != b"ftyp":
            lost.append(job_id)
    starts = collections.Counter(job for _, job, what, _ in LINE.findall(log) if what == "started")
    again = sum(times - 1 for times in starts.values())
    return Outcome(len(ids), statuses, kills, added, services, again, lost, twice, seconds)
