"""Drafts on a Ray cluster whose machines die: what gets lost, and what the way there costs a job.

    python bench/server/ray_cluster.py [--jobs 200] [--kills 12] [--seed 1] [--timed 24]
    python bench/server/ray_cluster.py --hang machine|actor

Needs `backend/requirements/ray.txt`. The machines are those of `ray.cluster_utils.Cluster`: each a raylet of its own
on this computer, the first with no CPUs, so that drafts run on the others only. A machine dies by kill -9 of its
raylet. One that hangs is stopped by SIGSTOP, with Ray's own settings: its connections stay, and nothing answers.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import importlib.util
import io
import logging
import os
import random
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.backend.service_process import OVER, ROOT, Service

STAMP = "%Y-%m-%d %H:%M:%S,%f"  # in the service's log
MACHINES = 3
MOST_MACHINES = 4
WAITING = 12  # jobs that are sent ahead
# Ray's own defaults find a dead machine within some 15 seconds; here that would be most of the time.
HEALTH = {"health_check_period_ms": 1000, "health_check_timeout_ms": 2000, "health_check_failure_threshold": 3}
LINE = re.compile(
    r"INFO (\S+ \S+) take_one\.jobs: (video_\w+): (started|goes on|completed|its take was whole)(?: in (\S+),)?"
)


class Machines:
    """A cluster on this computer."""

    def __init__(self, health: dict[str, int] | None = None) -> None:
        os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled", RAY_DEDUP_LOGS="0")
        from ray.cluster_utils import Cluster

        logging.getLogger("ray").setLevel(logging.ERROR)
        head = {"num_cpus": 0, "include_dashboard": False, "_system_config": HEALTH if health is None else health}
        self._cluster = Cluster(initialize_head=True, head_node_args=head)
        self.alive: list[Any] = []
        self._dead: list[Any] = []

    @property
    def address(self) -> str:
        return str(self._cluster.address)

    def add(self, cpus: int = 1, gpus: int = 0) -> None:
        """One more, that has so many processors and, as far as Ray knows, cards."""
        self.alive.append(self._cluster.add_node(num_cpus=cpus, num_gpus=gpus, wait=False))

    def kill(self, node: Any) -> None:
        """kill -9 of its raylet, and nothing else."""
        raylet = node.all_processes["raylet"][0].process
        os.kill(raylet.pid, signal.SIGKILL)
        self.alive.remove(node)
        self._dead.append(node)

    def end(self) -> None:
        for node in self._dead:
            with contextlib.suppress(Exception):  # what is left of it
                self._cluster.remove_node(node, allow_graceful=False)
        self._cluster.shutdown()


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


def still() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((64, 36)).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def submit(service: Service, picture: bytes, seed: int) -> str:
    """Sends a tiny draft under a key of its own until it is acknowledged."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            answer = service.submit(
                picture, key=f"draft-{seed}", model="draft", seconds="0.5", size="64x36", seed=str(seed)
            )
            if answer.status_code == 200:
                return str(answer.json()["id"])
            assert answer.status_code == 503, answer.text
        time.sleep(0.1)


def jobs_of(service: Service) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    after = ""
    while True:
        page = service.http.get(f"/v1/videos?limit=100{after}").raise_for_status().json()
        found |= {job["id"]: job for job in page["data"]}
        if not page.get("has_more"):
            return found
        after = f"&after={page['data'][-1]['id']}"


def spans(log: str) -> dict[str, float]:
    """Seconds from the start to the end of each job that was made at once."""
    began: dict[str, datetime] = {}
    took: dict[str, float] = {}
    for stamp, job, what, _ in LINE.findall(log):
        at = datetime.strptime(stamp, STAMP)
        if what == "started":
            began[job] = at
        elif what == "completed" and job in began:
            took[job] = (at - began[job]).total_seconds()
    return took


def pauses(log: str, jobs: Collection[str]) -> list[float]:
    """Seconds from the end of each of `jobs` to the start of the next of them by the same worker."""
    place: dict[str, str] = {}
    ended: dict[str, datetime] = {}
    found = []
    for stamp, job, what, slot in LINE.findall(log):
        if job not in jobs:
            continue
        at = datetime.strptime(stamp, STAMP)
        if what == "started":
            place[job] = slot
            if slot in ended:
                found.append((at - ended.pop(slot)).total_seconds())
        elif what == "completed" and job in place:
            ended[place[job]] = at
    return found


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


def warm(service: Service, picture: bytes, machines: int, seed: int) -> None:
    """Has drafts made until the worker of every machine has made one: a new machine's has to start first."""
    until = time.monotonic() + 240
    while sum(one["lane"] == "cpu" and one["engine"] == "draft" for one in at_work(service)) < machines:
        assert time.monotonic() < until, service.log()[-4000:]
        for job in [submit(service, picture, seed + number) for number in range(2 * machines)]:
            service.wait(job, seconds=240)
        seed += 2 * machines


def at_work(service: Service) -> list[dict[str, Any]]:
    """The workers of `service` that run."""
    workers = service.http.get("/v1/cluster").raise_for_status().json()["workers"]
    return [one for one in workers if one["state"] != "off"]


def used(without: list[psutil.Process]) -> float:
    """Seconds of the processor that the programs started here have used, those below `without` left out."""
    left_out = {child.pid for one in without for child in (one, *one.children(recursive=True))}
    seconds = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.pid not in left_out:
                seconds += sum(process.cpu_times()[:2])
    return seconds


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


def havoc(folder: Path, machines: Machines, count: int, kills: int, seed: int, report: Any) -> Outcome:
    """Makes `count` drafts while machines die and come."""
    chance, picture = random.Random(seed), still()
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
                ids.append(submit(service, picture, len(ids)))
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


def hang(folder: Path, what: str, report: Any) -> str:
    """Stops a machine, or only its actor, in the midst of a take, while six more are sent."""
    os.environ["PYTHONPATH"] = str(ROOT)  # the engines of the tests
    machines, picture, marker = Machines({}), still(), folder / "marker"
    service, stopped = Service(folder / "hang", "tests.backend.scripted", "--ray", machines.address), []

    def send(**options: Any) -> str:
        answer = service.submit(picture, options={"frame_seconds": 0.05, **options}, size="64x48")
        return str(answer.raise_for_status().json()["id"])

    try:
        for _ in range(MACHINES):
            machines.add()
        service.start()
        report("a worker on each machine")
        for job in [send() for _ in range(2 * MACHINES)]:
            service.wait(job, seconds=240)
        taken = send(run_marker=str(marker), frame_seconds=10)
        while not marker.exists() or not marker.read_text().endswith("\n"):
            time.sleep(0.02)
        actor = psutil.Process(int(marker.read_text().split()[0]))
        raylet = next(above for above in actor.parents() if above.name() == "raylet")
        stopped = [raylet, *raylet.children(recursive=True)] if what == "machine" else [actor]
        for process in stopped:
            process.suspend()
        began = time.monotonic()
        for job in [send() for _ in range(2 * MACHINES)]:
            service.wait(job, seconds=240)
        meanwhile = time.monotonic() - began
        report("waits until it is missed")
        while service.log().count(f"{taken}: started") < 2:
            assert time.monotonic() - began < 240, service.log()[-2000:]
            time.sleep(0.05)
        again = f"begun elsewhere after {time.monotonic() - began:.1f} s"
        return f"{what} stopped: its take is {again}; six others were made in {meanwhile:.1f} s"
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.Error):
                process.resume()
        service.end()
        machines.end()


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


def throughput(rows: list[tuple[str, Timing, int]]) -> str:
    lines = [
        "| | drafts a second | from start to end of one, median | from that to its worker's next | CPU seconds a draft |",
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="drafts while machines die; 0 leaves that off")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timed", type=int, default=24, help="drafts of each measurement; 0 leaves them off")
    parser.add_argument(
        "--hang", choices=("machine", "actor"), help="stop one in the midst of a take, and nothing else"
    )
    parsed = parser.parse_args()
    if importlib.util.find_spec("ray") is None:
        print("skipped: it needs Ray. pip install --require-hashes --no-deps -r backend/requirements/ray.txt")
        return 0

    def report(what: str) -> None:
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        if parsed.hang:
            print(f"\n{hang(Path(folder), parsed.hang, report)}")
            return 0
        machines = Machines()
        try:
            rows = overhead(Path(folder), machines, parsed.timed, report) if parsed.timed else []
            if rows:
                print(f"\n{throughput(rows)}\n")
            if not parsed.jobs:
                return 0
            outcome = havoc(Path(folder), machines, parsed.jobs, parsed.kills, parsed.seed, report)
        finally:
            machines.end()
    print(f"\n{outcome.table()}")
    good = not outcome.lost and not outcome.twice and outcome.statuses.total() == parsed.jobs
    if not good:
        print(f"lost {outcome.lost}, twice {outcome.twice}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
