"""kill -9 of the backend at random moments of jobs: no acknowledged job may be lost, none be done or paid twice.

    python bench/server/kill_backend.py [--kills 100] [--seed 1]

A client keeps three lanes busy with short jobs, each with its Idempotency-Key, and sends again what was not
answered. In the meantime the service (in two of three cases) or one of its workers is killed at random moments; after
a kill of the service it is started again. The engines are the tests' scripted ones: real processes, real HTTP,
real files. At the end every acknowledged job must be there once and be over; a completed one has one take,
whose bytes are those that were there when it was first seen completed; and one of the lane network was paid once,
whatever happened to it.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import io
import random
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.backend.service_process import OVER, Service, is_gone

JOB_SECONDS = 0.7  # about how long a job takes
MODELS = {"scripted": "cpu", "card": "gpu", "hosted": "network"}


@dataclass
class Ledger:
    """What the client knows."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # key: job
    lanes: dict[str, str] = field(default_factory=dict)  # job: lane
    twice: list[str] = field(default_factory=list)  # keys that got a second job
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)  # completed job: hash of the clip, when
    changed: list[str] = field(default_factory=list)  # completed jobs that became something else
    interrupted: collections.Counter[str] = field(default_factory=collections.Counter)
    resent: set[str] = field(default_factory=set)  # keys that had to be sent again


@dataclass
class Outcome:
    """The bench's result."""

    kills: collections.Counter[str]
    jobs: collections.Counter[str]
    lanes: collections.Counter[str]
    resumed: int
    lost: list[str]
    twice: list[str]
    changed: list[str]
    paid: int
    paid_twice: list[str]
    resent: int
    restart_seconds: list[float]
    orphan_seconds: list[float]

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.changed or self.paid_twice)

    def table(self) -> str:
        rows = [
            ("kill -9 of the service", self.kills["service"]),
            ("kill -9 of a worker", self.kills["worker"]),
            ("of these while three lanes were busy", self.kills["busy"]),
            ("jobs acknowledged", sum(self.jobs.values())),
            ("of the lanes cpu, gpu, network", ", ".join(str(self.lanes[lane]) for lane in MODELS.values())),
            ("completed", self.jobs["completed"]),
            ("times that a paid job went on from its state", self.resumed),
            ("failed, their worker killed (engine_killed)", self.jobs["engine_killed"]),
            ("failed otherwise", self.jobs.total() - self.jobs["completed"] - self.jobs["engine_killed"]),
            ("submissions without an answer, sent again", self.resent),
            ("**acknowledged jobs lost**", len(self.lost)),
            ("**jobs done twice**", len(self.twice) + len(self.changed)),
            ("jobs paid", self.paid),
            ("**jobs paid twice**", len(self.paid_twice)),
            ("restart to ready, median", f"{_median(self.restart_seconds):.2f} s"),
            ("workers gone after their service, worst", f"{max(self.orphan_seconds, default=0) * 1e3:.0f} ms"),
        ]  # fmt: skip
        return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def run(home: Path, kills: int, seed: int, report: bool = False) -> Outcome:
    """Kills `kills` times, then waits until every job is over, and compares."""
    chance = random.Random(seed)
    ledger, service, stop = Ledger(), Service(home).start(), threading.Event()
    client = threading.Thread(target=_submit, args=(service, ledger, stop), daemon=True)
    client.start()
    done: collections.Counter[str] = collections.Counter()
    restarts, orphans = [], []
    try:
        while done["service"] + done["worker"] < kills:
            assert client.is_alive(), "the client has ended"
            _poll(service, ledger)
            if any(ledger.interrupted[job] >= 2 for job in _running(service)):
                time.sleep(0.1)  # a third time would fail it, by the rule
                continue
            if chance.random() < 0.8:  # else at any moment, also while the service is still starting
                _await_lanes(service, ledger)
            time.sleep(chance.uniform(0, 1.3 * JOB_SECONDS))
            service.worker()
            workers = service.workers()
            running = _running(service)
            done["busy"] += len({ledger.lanes.get(job) for job in running} - {None}) == len(MODELS)
            if chance.random() < 0.33:
                chance.choice(workers).kill()
                done["worker"] += 1
            else:
                ledger.interrupted.update(job for job in running if ledger.lanes.get(job) != "network")
                service.kill()
                began = time.monotonic()
                assert all(is_gone(worker, 10) for worker in workers), "a worker outlived the service"
                orphans.append(time.monotonic() - began)
                began = time.monotonic()
                service.start()
                restarts.append(time.monotonic() - began)
                done["service"] += 1
            if report:
                print(f"\r{done['service'] + done['worker']} of {kills}", end="", file=sys.stderr, flush=True)
        stop.set()
        client.join(30)
        for job_id in ledger.acknowledged.values():
            service.wait(job_id, seconds=120)
        _poll(service, ledger)
        return _compare(service, ledger, done, restarts, orphans)
    finally:
        stop.set()
        service.end()


def _submit(service: Service, ledger: Ledger, stop: threading.Event) -> None:
    """Keeps two jobs waiting or in progress in each lane."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(buffer, "PNG")
    account = service.home.parent / "account"
    account.mkdir()
    number, model = 0, ""
    options = {"frame_seconds": JOB_SECONDS / 12, "account": str(account), "made_in": JOB_SECONDS / 2}
    while not stop.is_set():
        key = f"key-{number}"
        try:
            if not model:
                busy = collections.Counter(job["model"] for job in _jobs(service) if job["status"] not in OVER)
                free = [name for name in MODELS if busy[name] < 2]
                if not free:
                    time.sleep(0.05)
                    continue
                model = min(free, key=lambda name: busy[name])
            job = {"model": model, "options": options, "seconds": "0.5", "seed": str(number)}
            answer = service.submit(buffer.getvalue(), key=key, **job)
        except (httpx.HTTPError, RuntimeError):  # the service was killed, or its client just replaced
            ledger.resent.add(key)
            time.sleep(0.05)
            continue
        if answer.status_code == 503:  # starting, or busy
            continue
        assert answer.status_code == 200, answer.text
        ledger.acknowledged[key] = answer.json()["id"]
        ledger.lanes[answer.json()["id"]] = MODELS[model]
        number, model = number + 1, ""
        if number % 3 == 0:  # a client that sends twice
            try:
                again = service.submit(buffer.getvalue(), key=key, **job).json()
            except (httpx.HTTPError, RuntimeError):
                continue
            if again.get("id", ledger.acknowledged[key]) != ledger.acknowledged[key]:
                ledger.twice.append(key)


def _jobs(service: Service, seconds: float = 20) -> list[dict]:
    """All jobs. A service that just came back may say that it is busy, as what was killed held the list.

    Raises:
        httpx.HTTPError: it says so for longer, or nothing.
    """
    until = time.monotonic() + seconds
    while (answer := service.http.get("/v1/videos")).status_code == 503 and time.monotonic() < until:
        time.sleep(0.05)
    return answer.raise_for_status().json()["data"]


def _running(service: Service) -> list[str]:
    return [job["id"] for job in _jobs(service) if job["status"] == "in_progress"]


def _await_lanes(service: Service, ledger: Ledger, seconds: float = 5) -> None:
    """Waits until a job is in progress in each lane, as long as it is worth it."""
    until = time.monotonic() + seconds
    while len({ledger.lanes.get(job) for job in _running(service)}) < len(MODELS) and time.monotonic() < until:
        time.sleep(0.02)


def _poll(service: Service, ledger: Ledger) -> None:
    """Remembers each take when it is first seen, and that it stays."""
    for job in _jobs(service):
        before = ledger.seen.get(job["id"])
        if job["status"] != "completed":
            if before is not None:
                ledger.changed.append(job["id"])
            continue
        if before is None:
            clip = service.http.get(f"/v1/videos/{job['id']}/content").content
            ledger.seen[job["id"]] = hashlib.sha256(clip).hexdigest(), job["completed_at"]
        elif before[1] != job["completed_at"]:
            ledger.changed.append(job["id"])


def _compare(
    service: Service,
    ledger: Ledger,
    done: collections.Counter[str],
    restarts: list[float],
    orphans: list[float],
) -> Outcome:
    jobs = {job["id"]: job for job in _jobs(service)}
    lost = [job for job in ledger.acknowledged.values() if job not in jobs or jobs[job]["status"] not in OVER]
    twice = ledger.twice + [job for job in jobs if job not in ledger.acknowledged.values()]
    finished = collections.Counter(re.findall(r"(video_\w+): (?:completed|its take was whole)", service.log()))
    twice += [job for job, times in finished.items() if times > 1]
    outcomes: collections.Counter[str] = collections.Counter()
    for job_id, job in jobs.items():
        outcomes["completed" if job["status"] == "completed" else (job["error"] or {}).get("code", job["status"])] += 1
        takes = list((service.home / "jobs" / job_id).glob("attempt-*"))
        if job["status"] != "completed":
            continue
        if len(takes) != 1:
            twice.append(job_id)
        clip = service.http.get(f"/v1/videos/{job_id}/content").content
        if hashlib.sha256(clip).hexdigest() != ledger.seen[job_id][0]:
            ledger.changed.append(job_id)
    lanes = collections.Counter(ledger.lanes[job] for job in ledger.acknowledged.values())
    resumed = service.log().count(": goes on in network")
    seeds = [line.split()[0] for line in (service.home.parent / "account" / "orders").read_text().splitlines()]
    paid_twice = [seed for seed, times in collections.Counter(seeds).items() if times > 1]
    return Outcome(
        done,
        outcomes,
        lanes,
        resumed,
        lost,
        twice,
        ledger.changed,
        len(seeds),
        paid_twice,
        len(ledger.resent),
        restarts,
        orphans,
    )


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder) / "home", parsed.kills, parsed.seed, report=True)
    left = [
        process for process in psutil.process_iter(["cmdline"]) if folder in " ".join(process.info["cmdline"] or ())
    ]
    print(f"\n{outcome.table()}")
    if not outcome.good or left:
        print(f"lost {outcome.lost}, twice {outcome.twice}, changed {outcome.changed}, processes left {left}")
    return 0 if outcome.good and not left else 1


if __name__ == "__main__":
    sys.exit(main())
