"""A local draft alone, and beside 40 jobs at four providers: the same draft, in turns, in one run.

    python bench/server/beside_hosted.py [--pairs 6] [--jobs 40] [--seconds 4]

The service is the real one at its own pace; the providers are the tests' scripted fakes, real HTTP servers in this
process, each of whose orders takes 20 s. A draft of 640x360 of a room with depth is pressed once the lane for providers
is full. Wall clock from the press to the clip, and processor time of the process that draws; of each pair which comes
first alternates. A pair's ratio is beside / alone; the medians of all are told.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
    """Seconds that a draft took: on the clock, and of processor time; and how many orders the providers had."""

    wall: float
    processor: float
    orders: int


def run(home: Path, pairs: int, jobs: int, seconds: float) -> str:
    """Measures, and gives a table."""
    fakes = {name: FAKES[name][0]() for name in PROVIDERS}
    for fake in fakes.values():
        fake.script = Script(seconds=MADE_IN)
    service = connected(home, fakes)
    service.module = "backend serve"
    service.start()
    files = _files(home)
    try:
        _draft(service, fakes, files, seconds)  # compiles what it needs
        alone: list[Took] = []
        beside: list[Took] = []
        for index in range(pairs):
            for crowded in (index % 2 == 0, index % 2 == 1):
                hosted = _crowd(service, fakes, files, jobs) if crowded else []
                (beside if crowded else alone).append(_draft(service, fakes, files, seconds))
                _clear(service, fakes, hosted)
        return _table(alone, beside, jobs)
    finally:
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


def _draft(service: Service, fakes: dict[str, Fake], files: dict[str, bytes], seconds: float) -> Took:
    before, began = _processor(service), time.monotonic()
    job = service.wait(_submit(service, files, "draft", "slowly push in", seconds), seconds=300)
    wall, after = time.monotonic() - began, _processor(service)
    assert job["status"] == "completed", job
    spent = {pid: now - before.get(pid, 0.0) for pid, now in after.items()}
    return Took(wall, max(spent.values()), _orders(fakes))


def _clear(service: Service, fakes: dict[str, Fake], hosted: list[str]) -> None:
    """Cancels the jobs at the providers, and waits until the last of them is over."""
    for job_id in reversed(hosted):
        service.http.post(f"/v1/videos/{job_id}/cancel", timeout=60)
    for job_id in hosted:
        service.wait(job_id, *OVER, seconds=60)
    for fake in fakes.values():
        fake.orders.clear()
    time.sleep(1.0)


def _orders(fakes: dict[str, Fake]) -> int:
    return sum(len(fake.orders) for fake in fakes.values())


def _processor(service: Service) -> dict[int, float]:
    """Seconds of processor time of each worker by its process."""
    return {one.pid: sum(one.cpu_times()[:2]) for one in service.workers()}


def _table(alone: list[Took], beside: list[Took], jobs: int) -> str:
    rows = [f"| seconds | alone | beside {jobs} jobs | median of the pairs' ratios |", "| --- | --- | --- | --- |"]
    for name, told in (("wall clock", "wall"), ("processor time", "processor")):
        first, second = [getattr(one, told) for one in alone], [getattr(one, told) for one in beside]
        ratios = [b / a for a, b in zip(first, second, strict=True)]
        middle = [f"{statistics.median(some):.2f} ({min(some):.2f} to {max(some):.2f})" for some in (first, second)]
        spread = f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        rows.append(f"| {name} | {middle[0]} | {middle[1]} | {spread} |")
    orders = [one.orders for one in beside]
    rows.append(f"orders at the providers when the draft was done: {min(orders)} to {max(orders)}")
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(run(Path(name) / "home", given.pairs, given.jobs, given.seconds))
