"""A local draft beside 40 jobs at four providers, and at a service that has none: the same draft, in turns, in one run.

    python bench/server/beside_hosted.py [--pairs 60] [--jobs 40] [--seconds 1]

Two real services at their own pace: one gets all the jobs, the other none, and each draft is pressed at both, one after
the other; which comes first alternates. So both of a pair have the same machine under them, also a shared one at a high
load, and as many pairs as there are time for make the median narrow. The providers are the tests' scripted fakes, real
HTTP servers in this process, each of whose orders takes 20 s: they are sent, followed, fetched and conformed all the
while. A draft is 640x360, of a room with depth. Wall clock from the press to the clip, and processor time of the
process that draws. What the jobs take of the processor both drafts of a pair have to share, so it is told beside: the
processor time of the full service less its draws, and of the empty one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.backend.draft.card import write_depth
from tests.backend.hosted.conftest import connected
from tests.backend.hosted.fakes.every import ENGINE, FAKES
from tests.backend.hosted.fakes.fake import Fake, Script
from tests.backend.service_process import OVER, Service

PROVIDERS = ("fal", "model_studio", "runway", "gemini")
SIZE = (640, 360)
MADE_IN = 20.0  # seconds: longer than a draft takes
SLOTS = 4  # jobs at providers at once


@dataclass(frozen=True)
class Took:
    """Seconds that a draft took: on the clock, and of processor time."""

    wall: float
    processor: float


def run(home: Path, pairs: int, jobs: int, seconds: float) -> str:
    """Measures as long as there are jobs, at most so many pairs, and gives a table."""
    fakes = {name: FAKES[name][0]() for name in PROVIDERS}
    for fake in fakes.values():
        fake.script = Script(seconds=MADE_IN)
    full, empty = connected(home / "full", fakes), connected(home / "empty", fakes)
    files = _files(home)
    try:
        for service in (full, empty):
            service.module = "backend serve"
            service.start()
            _draft(service, files, seconds)  # compiles what it needs
        hosted = _crowd(full, fakes, files, jobs)
        alone: list[Took] = []
        beside: list[Took] = []
        began, before = time.monotonic(), [_all(service) for service in (full, empty)]
        for index in range(pairs):
            for crowded in (index % 2 == 0, index % 2 == 1):
                (beside if crowded else alone).append(_draft(full if crowded else empty, files, seconds))
            if len(_going(full, hosted)) < SLOTS:
                break
        lasted = time.monotonic() - began
        spent = [_all(service) - was for service, was in zip((full, empty), before, strict=True)]
        shares = [
            (total - sum(one.processor for one in drawn)) / lasted
            for total, drawn in zip(spent, (beside, alone), strict=True)
        ]
        done = len(hosted) - len(_going(full, hosted))
        return _table(alone, beside, shares, f"{done} of {jobs} jobs at providers were done in {lasted:.0f} s")
    finally:
        for service in (full, empty):
            service.end()
        for fake in fakes.values():
            fake.close()


def _files(folder: Path) -> dict[str, bytes]:
    """A still and its depth: a slope with a block before it."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    picture = np.stack([columns % 256, rows % 256, (columns + rows) % 256], -1).astype(np.uint8)
    metres = (3.0 + 4.0 * rows / SIZE[1]).astype(np.float32)
    metres[120:300, 200:360] = 2.0
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return {"input_reference": buffer.getvalue(), "depth": write_depth(folder / "depth.exr", metres).read_bytes()}


def _submit(service: Service, files: dict[str, bytes], engine: str, words: str, seconds: float) -> str:
    still = {"input_reference": files["input_reference"]} if engine != "draft" else files
    camera = {"projection": "perspective", "width": SIZE[0], "height": SIZE[1], "fx": 500.0, "fy": 500.0}
    camera |= {"cx": SIZE[0] / 2, "cy": SIZE[1] / 2, "matrix_world": np.eye(4).tolist()}
    fields = {"model": engine, "prompt": words, "seconds": f"{seconds:g}", "fps": "24", "seed": "7"}
    fields |= {"size": f"{SIZE[0]}x{SIZE[1]}", "extra_params": json.dumps({"camera": camera})}
    answer = service.http.post("/v1/videos", data=fields, files=still, timeout=60)
    assert answer.status_code == 200, answer.text
    job_id: str = answer.json()["id"]
    return job_id


def _crowd(service: Service, fakes: dict[str, Fake], files: dict[str, bytes], jobs: int) -> list[str]:
    """So many jobs at the providers by turns, as soon as the lane is full with them."""
    before = _orders(fakes)
    names = [PROVIDERS[index % len(PROVIDERS)] for index in range(jobs)]
    found = [_submit(service, files, ENGINE[name], f"words {at}", 5) for at, name in enumerate(names)]
    until = time.monotonic() + 60
    while _orders(fakes) < before + min(SLOTS, jobs):
        assert time.monotonic() < until, "the lane did not fill"
        time.sleep(0.05)
    time.sleep(1.0)
    return found


def _draft(service: Service, files: dict[str, bytes], seconds: float) -> Took:
    before, began = _processor(service), time.monotonic()
    job = service.wait(_submit(service, files, "draft", "slowly push in", seconds), seconds=300)
    wall, after = time.monotonic() - began, _processor(service)
    assert job["status"] == "completed", job
    return Took(wall, after - before)


def _going(service: Service, hosted: list[str]) -> list[str]:
    """The jobs that are not over."""
    jobs = {job["id"]: job["status"] for job in service.http.get("/v1/videos", params={"limit": 100}).json()["data"]}
    return [job_id for job_id in hosted if jobs.get(job_id) not in OVER]


def _orders(fakes: dict[str, Fake]) -> int:
    return sum(len(fake.orders) for fake in fakes.values())


def _processor(service: Service) -> float:
    """Seconds of processor time of the process that draws."""
    return sum(service.worker().cpu_times()[:2])


def _all(service: Service) -> float:
    """Seconds of processor time of a service and all its processes, with those of such as have ended."""
    assert service.process is not None
    return sum(sum(one.cpu_times()[:4]) for one in (psutil.Process(service.process.pid), *service.workers()))


def _table(alone: list[Took], beside: list[Took], shares: list[float], said: str) -> str:
    rows = ["| seconds, median | alone | beside | ratio of a pair, median (95 %) |", "| --- | --- | --- | --- |"]
    for name, told in (("wall clock", "wall"), ("processor time", "processor")):
        first, second = [getattr(one, told) for one in alone], [getattr(one, told) for one in beside]
        ratios = [b / a for a, b in zip(first, second, strict=True)]
        low, high = _interval(ratios)
        middle = f"{statistics.median(ratios):.3f} ({low:.3f} to {high:.3f})"
        rows.append(f"| {name} | {statistics.median(first):.2f} | {statistics.median(second):.2f} | {middle} |")
    cores, load = os.cpu_count() or 1, "/".join(f"{one:.1f}" for one in os.getloadavg())
    full, empty = shares
    rows += ["", f"{len(alone)} pairs; {said}; load {load} on {cores} cores."]
    rows.append(f"Beside its draws the full service took {full:.3f} of a core, the empty one {empty:.3f}.")
    return "\n".join(rows)


def _interval(ratios: list[float], draws: int = 4000) -> tuple[float, float]:
    """Between what the median lies in 95 of 100 samples that are drawn of these."""
    chance = random.Random(1)
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(draws))
    return medians[round(0.025 * draws)], medians[round(0.975 * draws)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(run(Path(name) / "home", given.pairs, given.jobs, given.seconds))
