"""The constants of the model, measured: the store, a real service, a draft. What needs a card is read from where the
figures of its own benchmark stand."""

from __future__ import annotations

import io
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR
import psutil
from PIL import Image

from backend.home import write_whole
from backend.jobs.store import turns
from backend.jobs.store.store import Store
from backend.jobs.workers.take import Memory, make_take
from client.protocol import Camera, Direction, Result, TakeRequest, View
from devtools.take_requests import take_request
from tests.backend.service_process import Service

from .constants import Constants

ROOT = Path(__file__).resolve().parents[3]
SIZE = 1280, 720
TAKES = {  # a row of docs/benchmarks.md and its column
    "1080p": ("1080p by the whole engine, from a request to the last frame", 2),
    "1080p in 8 bits": ("1080p", 3),
    "256p": ("256p: base and decode", 2),
}


def calibrate(jobs: int = 200, waiting: int = 2000, seconds: float = 4.0) -> Constants:
    """Takes some two minutes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        still, depth = picture(SIZE)
        found = {"disk_rate": disk_rate(folder / "large")} | store_costs(folder / "store", jobs, waiting)
        found |= service_costs(folder / "service", jobs // 4, seconds, still, depth)
        found |= draft_costs(folder, still, depth)
    return Constants(**found, takes={name: figure(*where) for name, where in TAKES.items()})


def store_costs(home: Path, jobs: int, waiting: int) -> dict[str, Any]:
    """A job's life in the store, and what a queue of `waiting` jobs of a hundred users adds."""
    store = Store(home)
    spent: list[float] = []
    request = take_request()
    commits = 0
    for number in range(jobs):
        before, began = store._changes, time.perf_counter()
        job = store.add(f"video_{number}", request, "cpu")
        claimed = store.claim("cpu")
        assert claimed is not None and claimed.id == job.id
        store.attempt_folder(claimed).mkdir(parents=True)
        store.complete(claimed, Result(frames=1))
        store.delete(job.id)
        commits = store._changes - before
        spent.append((time.perf_counter() - began) / commits)
    report = each(lambda: store.report(claimed, 0.5, "Filming", 1.0, None), jobs)
    few = [each(work, 20) for work in queue_work(store, request, 0)]
    many = [each(work, 20) for work in queue_work(store, request, waiting)]
    store.close()
    choice, places = ((after - before) / waiting for before, after in zip(few, many, strict=True))
    return {
        "commit": statistics.median(spent),
        "commits_a_job": commits,
        "report": report,
        "choice_waiting": max(0.0, choice),
        "places_waiting": max(0.0, places),
    }


def queue_work(store: Store, request: TakeRequest, waiting: int) -> list[Callable[[], Any]]:
    """The choice of the next job, and the places of all, with so many jobs that wait."""
    for number in range(waiting + 1):
        store.add(f"video_{waiting}_{number}", request, "gpu", owner=f"user{number % 100}")

    def choose() -> None:
        with store._reader.use() as db:
            assert turns.next_job(db, "gpu") is not None

    def positions() -> None:
        store._changes += 1  # as any change does
        store.positions()

    return [choose, positions]


def each(work: Callable[[], Any], times: int) -> float:
    """The median seconds of `work`."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def disk_rate(file: Path, size: int = 64 << 20) -> float:
    """Bytes a second of a file that is written as a whole and synced."""
    content = np.random.default_rng(1).bytes(size)
    return size / each(lambda: write_whole(file, content), 5)


def service_costs(home: Path, jobs: int, seconds: float, still: bytes, depth: bytes) -> dict[str, Any]:
    """What jobs cost the process of a real service, and how fast it takes files in."""
    small = picture((64, 36))[0]
    service = Service(home).start()
    try:
        live(service, small)  # starts what there is to start
        with core(service) as spent:
            took = [live(service, small) for _ in range(jobs)]
        core_job = spent[0] / jobs
        upload = statistics.median(send(service, still, depth) for _ in range(jobs // 5))
        light = statistics.median(send(service, small, None) for _ in range(jobs // 5))
        with core(service) as heavy:
            for _ in range(jobs):
                send(service, still, depth)
        with core(service) as spent:
            for _ in range(jobs):
                send(service, small, None)
        bytes_up = len(still) + len(depth) - len(small)
        core_byte = max(0.0, heavy[0] - spent[0]) / jobs / bytes_up
        at_work = [submit(service, small, model) for model in ("scripted", "card", "hosted", "hosted", "hosted")]
        for job in at_work:
            service.wait(job, "in_progress")
        with core(service) as spent:
            time.sleep(seconds)
        core_making = spent[0] / seconds / len(at_work)
        with streams(service, at_work), core(service) as spent:
            time.sleep(seconds)
        core_stream = max(0.0, spent[0] / seconds - core_making * len(at_work)) / len(at_work)
        overhead = statistics.median(took)
        for job in at_work:
            service.http.delete(f"/v1/videos/{job}")
    finally:
        service.stop()
        service.end()
    return {
        "core_job": core_job,
        "core_byte": core_byte,
        "upload_rate": bytes_up / max(1e-9, upload - light),
        "core_making": core_making,
        "core_stream": core_stream,
        "overhead": overhead,
    }


def submit(service: Service, still: bytes, model: str = "scripted", **fields: Any) -> str:
    """A job that reports ten times a second for as long as it is let."""
    options = {"frame_seconds": 0.1}
    answer = service.submit(still, model=model, options=options, size="64x48", **{"seconds": "20", **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def live(service: Service, still: bytes) -> float:
    """A whole job of a frame: sent, made, fetched, deleted. The seconds that its worker had it."""
    began = len(service.log())
    answer = service.submit(still, model="scripted", size="16x16", seconds="0.05")
    job = answer.json()["id"]
    while f"{job}: completed" not in (log := service.log()[began:]):
        time.sleep(0.002)
    service.http.get("/v1/videos?limit=20")
    service.http.get(f"/v1/videos/{job}/content")
    service.http.delete(f"/v1/videos/{job}")
    stamps = [stamp(line) for line in log.splitlines() if job in line and ("started" in line or "completed" in line)]
    return stamps[1] - stamps[0]


def stamp(line: str) -> float:
    """The seconds of the day in a line of the service's log."""
    found = re.search(r"(\d+):(\d+):(\d+),(\d+)", line)
    assert found is not None, line
    hours, minutes, seconds, thousandths = map(int, found.groups())
    return 3600 * hours + 60 * minutes + seconds + thousandths / 1000


def send(service: Service, still: bytes, depth: bytes | None) -> float:
    """The seconds until a submission with these files is acknowledged."""
    began = time.perf_counter()
    answer = service.submit(still, model="card", size="64x48", files={"depth": depth} if depth else None)
    assert answer.status_code == 200, answer.text
    took = time.perf_counter() - began
    service.http.delete(f"/v1/videos/{answer.json()['id']}")
    return took


@contextmanager
def core(service: Service) -> Iterator[list[float]]:
    """The seconds of a core that the service's own process uses meanwhile."""
    assert service.process is not None
    process = psutil.Process(service.process.pid)
    spent = [0.0]
    before = sum(process.cpu_times()[:2])
    yield spent
    spent[0] = sum(process.cpu_times()[:2]) - before


@contextmanager
def streams(service: Service, jobs: list[str]) -> Iterator[None]:
    """A client for each job that follows its events."""
    over = threading.Event()

    def follow(job: str) -> None:
        for _ in service.events(job):
            if over.is_set():
                return

    threads = [threading.Thread(target=follow, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    yield
    over.set()


def draft_costs(folder: Path, still: bytes, depth: bytes) -> dict[str, Any]:
    """A draft of 5 s, the second time, with one thread; and its files."""
    from backend.engines.draft import DraftEngine

    (folder / "still.png").write_bytes(still)
    (folder / "depth.exr").write_bytes(depth)
    camera = Camera("perspective", *SIZE, cx=SIZE[0] / 2, cy=SIZE[1] / 2, fx=1100.0, fy=1100.0)
    spent = 0.0
    for seconds in (0.5, 5.0):
        request = TakeRequest(
            "draft",
            Direction("truck right", (), "rain"),
            (View(folder / "still.png", folder / "depth.exr", camera),),
            seconds,
            Fraction(24),
            SIZE,
            1,
        )
        clip, sidecar, memory = folder / "clip.mp4", folder / "sidecar.json", Memory(None, lambda _: None)
        began = time.process_time()
        make_take(DraftEngine(), request, clip, sidecar, (), lambda *_: None, lambda: False, memory)
        spent = time.process_time() - began
    return {
        "draft_core": spent,
        "draft_upload": float(len(still) + len(depth)),
        "draft_clip": float(clip.stat().st_size),
    }


def picture(size: tuple[int, int]) -> tuple[bytes, bytes]:
    """Boxes before a wall, with grain as a render has it, and their depth in metres: PNG and OpenEXR."""
    width, height = size
    chance = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    metres = np.full((height, width), 9.0, np.float32) + x / width
    colour = np.dstack([90 + 60 * x / width, 110 + 40 * y / height, np.full_like(x, 120)])
    for number in range(12):
        left, top = chance.integers(0, width * 3 // 4), chance.integers(0, height * 3 // 4)
        box = (slice(top, top + height // 4), slice(left, left + width // 5))
        metres[box] = 2.0 + 0.5 * number
        colour[box] = chance.integers(30, 220, 3)
    grainy = np.clip(colour + chance.normal(0, 1.5, colour.shape), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grainy).save(buffer, "PNG")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "depth.exr"
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"V": metres}).write(str(file))
        return buffer.getvalue(), file.read_bytes()


def figure(row: str, column: int) -> float:
    """The seconds in a table of docs/benchmarks.md."""
    for line in (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if (
            len(cells) > column + 1
            and cells[1] == row
            and (found := re.search(r"([\d.]+)(?: to ([\d.]+))? s", cells[column + 1]))
        ):
            return float(found[2] or found[1])
    raise ValueError(f"docs/benchmarks.md has no figure of {row!r} in column {column}")
