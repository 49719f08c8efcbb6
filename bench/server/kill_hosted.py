"""kill -9 of the backend at random moments of hosted jobs, over all providers: nothing may be paid twice, nothing lost.

    python bench/server/kill_hosted.py [--kills 100] [--seed 1]

Each provider is the tests' scripted fake: a real HTTP server in this process, which outlives the backend and counts
the orders that it takes; ComfyUI is among them, where a take that is made twice costs no money, but the card's time. A
client keeps jobs at all of them, each with words and a seed of its own, while the service (in two of three cases) or
one of its workers is killed; the fakes are slow, and answer 503 now and then. At the end each job must be completed or
uncertain, and none may have been ordered twice: nobody said "send again".
"""

from __future__ import annotations

import argparse
import collections
import io
import json
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from backend.engines.comfy import shelf
from tests.backend.comfy.fake import FakeComfy
from tests.backend.hosted.conftest import connected
from tests.backend.hosted.fakes.every import ENGINE, FAKES
from tests.backend.hosted.fakes.fake import Fake, Script
from tests.backend.service_process import OVER, Service

ENGINES = {**ENGINE, "comfyui": "comfy:Grain"}
PHASES = ("sending", "waiting", "fetching")
UNSENT = ("engine_killed", "interrupted")  # ends of a job whose worker or service died before anything was written down


@dataclass
class Ledger:
    """What the client knows: its jobs by their words, and whose they are."""

    jobs: dict[str, str] = field(default_factory=dict)
    provider: dict[str, str] = field(default_factory=dict)


def run(home: Path, kills: int, seed: int, report: bool = False) -> tuple[str, bool]:
    """Kills `kills` times. Gives a table, and whether all held."""
    chance = random.Random(seed)
    fakes: dict[str, Fake] = {name: kind() for name, (kind, _) in FAKES.items()}
    service = connected(home, fakes)
    fakes["comfyui"] = comfy = FakeComfy()
    _add_comfy(home, comfy.url)
    for fake in fakes.values():
        fake.script = Script(seconds=0.8, waiting=0.2, slow=0.4, flaky=0.1, dribble=0.002)
    comfy.script.flaky = 0.0  # one that does not answer is not offered for some seconds
    ledger, stop = Ledger(), threading.Event()
    service.start()
    client = threading.Thread(target=_submit, args=(service, ledger, stop), daemon=True)
    client.start()
    done: collections.Counter[str] = collections.Counter()
    phases: collections.Counter[str] = collections.Counter()
    try:
        while done.total() < kills:
            assert client.is_alive(), "the client has ended"
            if chance.random() < 0.9:  # else at any moment, also while the service is still starting
                _await_phase(service, chance.choice(PHASES))
            time.sleep(chance.uniform(0, 0.3))
            phases.update(_phases(service))
            workers = service.workers()
            if workers and chance.random() < 0.33:
                chance.choice(workers).kill()
                done["worker"] += 1
            else:
                service.kill()
                service.start()
                done["service"] += 1
            if report:
                print(f"\r{done.total()} of {kills}", end="", file=sys.stderr, flush=True)
        stop.set()
        client.join(30)
        for job_id in list(ledger.jobs.values()):
            service.wait(job_id, seconds=180)
        return _table(service, ledger, fakes, done, phases)
    finally:
        stop.set()
        service.end()
        for fake in fakes.values():
            fake.close()


def _add_comfy(home: Path, url: str) -> None:
    """ComfyUI there, with a workflow that needs no weights."""
    accounts = json.loads((home / "accounts.json").read_text())
    (home / "accounts.json").write_text(json.dumps({**accounts, "comfyui": {"address": url, "kept": "none"}}))
    (home / shelf.FOLDER).mkdir()
    shutil.copy(shelf.DELIVERED / "Grain.json", home / shelf.FOLDER)


def _await_phase(service: Service, phase: str, seconds: float = 6) -> None:
    """Waits until a job is at `phase`, as long as it is worth it."""
    until = time.monotonic() + seconds
    while phase not in _phases(service) and time.monotonic() < until:
        time.sleep(0.01)


def _submit(service: Service, ledger: Ledger, stop: threading.Event) -> None:
    """Keeps a job or two going at each provider."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(buffer, "PNG")
    number = 0
    while not stop.is_set():
        try:
            going = [job["model"] for job in service.http.get("/v1/videos").json()["data"] if job["status"] not in OVER]
            name = min(ENGINES, key=lambda one: going.count(ENGINES[one]))
            if len(going) >= 8:
                time.sleep(0.05)
                continue
            words = f"Words of order {number}."
            fields = {"model": ENGINES[name], "prompt": words, "seconds": "2", "seed": str(number), "size": "96x54"}
            answer = service.submit(buffer.getvalue(), key=words, **fields)
        except (httpx.HTTPError, RuntimeError):
            time.sleep(0.05)
            continue
        if answer.status_code != 200:
            time.sleep(0.05)
            continue
        ledger.jobs[words], ledger.provider[words] = answer.json()["id"], name
        number += 1


def _phases(service: Service) -> list[str]:
    """What the jobs in progress were at when the kill came."""
    try:
        jobs = service.http.get("/v1/videos").json()["data"]
    except (httpx.HTTPError, RuntimeError):
        return []
    stages = [job["stage"] for job in jobs if job["status"] == "in_progress"]
    named = {"Sending": "sending", "Looking": "looking", "Fetching": "fetching", "In the": "waiting", "Made": "waiting"}
    return [next((phase for start, phase in named.items() if stage.startswith(start)), "starting") for stage in stages]


def _table(
    service: Service,
    ledger: Ledger,
    fakes: dict[str, Fake],
    done: collections.Counter[str],
    phases: collections.Counter[str],
) -> tuple[str, bool]:
    jobs = {job["id"]: job for job in service.http.get("/v1/videos").json()["data"]}
    ends = "completed | uncertain | killed before they were sent | lost or otherwise"
    rows = [f"| provider | jobs | {ends} | orders | **paid twice** |"]
    rows.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    good = True
    for name, fake in fakes.items():
        told = _seed if name == "comfyui" else _words  # what tells its orders apart: Grain takes no words
        mine = [words for words, provider in ledger.provider.items() if provider == name]
        ends = collections.Counter(_end(jobs.get(ledger.jobs[words])) for words in mine)
        ordered = collections.Counter(told(json.dumps(made.body)) for made in fake.orders)
        twice = sum(count - 1 for count in ordered.values())
        unsent = [
            words for words in mine if _end(jobs.get(ledger.jobs[words])) in UNSENT and told(words) not in ordered
        ]
        other = ends.total() - ends["completed"] - ends["uncertain"] - len(unsent)
        good = good and not twice and not other
        ended = (ends["completed"], ends["uncertain"], len(unsent), other)
        cells = (name, len(mine), *ended, len(fake.orders), f"**{twice}**")
        rows.append(f"| {' | '.join(map(str, cells))} |")
    when = ", ".join(f"{phase} {count}" for phase, count in phases.most_common())
    killed = f"kill -9: {done['service']} of the service, {done['worker']} of a worker"
    rows += ["", f"{killed}. Jobs in progress then: {when}."]
    return "\n".join(rows), good


def _end(job: dict | None) -> str:
    if job is None:
        return "lost"
    return "completed" if job["status"] == "completed" else (job["error"] or {}).get("code", job["status"])


def _words(body: str) -> str:
    start = body.index("Words of order")
    return body[start : body.index(".", start)]


def _seed(said: str) -> str:
    """The number of an order: of its words, or of the noise that Grain makes of its seed."""
    found = re.search(r'Words of order (\d+)|"seed": (\d+)', said)
    assert found is not None
    return found[1] or found[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table, good = run(Path(folder) / "home", parsed.kills, parsed.seed, report=True)
    print(f"\n{table}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
