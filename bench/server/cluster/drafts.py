"""Drafts that are sent to a service, and what its log says of them."""

from __future__ import annotations

import contextlib
import io
import re
import time
from collections.abc import Collection
from datetime import datetime
from typing import Any

import httpx
from PIL import Image

from tests.backend.service_process import Service

STAMP = "%Y-%m-%d %H:%M:%S,%f"  # in the service's log
LINE = re.compile(
    r"INFO (\S+ \S+) take_one\.jobs: (video_\w+): (started|goes on|completed|its take was whole)(?: in (\S+),)?"
)


def still() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((64, 36)).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def submit(service: Service, picture: bytes, seed: int, seconds: float = 0.5) -> str:
    """Sends a tiny draft under a key of its own until it is acknowledged."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            answer = service.submit(
                picture, key=f"draft-{seed}", model="draft", seconds=str(seconds), size="64x36", seed=str(seed)
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
