"""A machine, or only its actor, that is there and answers nothing."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import psutil

from tests.backend.service_process import Service

from .drafts import still
from .machines import Machines, offer_tests

MACHINES = 3


def hang(folder: Path, what: str, report: Any) -> str:
    """Stops a machine, or only its actor, in the midst of a take, while six more are sent."""
    offer_tests()
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
