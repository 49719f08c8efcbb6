"""Numbers for Prometheus, in its text format 0.0.4. They are of all users, and name none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from client.protocol import JobState
from client.protocol.cluster import Gpu

from ... import __version__
from ...jobs.lanes import LANES
from ...jobs.workers.runner import Place
from .cluster import state

__all__ = ["CONTENT_TYPE", "page"]
STATUSES = (JobState.QUEUED.value, JobState.IN_PROGRESS.value)


def page(
    counted: CollectorRegistry,
    places: Iterable[Place],
    counts: Iterable[tuple[str, str, str, int]],
    gpus: Iterable[Gpu],
) -> bytes:
    """What was counted since the service began (see `jobs.meter`), and what is so just now."""
    now = CollectorRegistry()
    now.register(_Now([*_queue(counts), _workers(places), *_cards(gpus), _version()]))
    return generate_latest(counted) + generate_latest(now)


class _Now(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _queue(counts: Iterable[tuple[str, str, str, int]]) -> Iterator[Metric]:
    sums = Counter[tuple[str, str]]()
    users: dict[str, set[str]] = {lane: set() for lane in LANES}
    for lane, owner, status, number in counts:
        sums[lane, status] += number
        if status == JobState.QUEUED and lane in users:
            users[lane].add(owner)
    jobs = GaugeMetricFamily("take_one_jobs", "Jobs that wait or are made.", labels=("lane", "state"))
    waiting = GaugeMetricFamily("take_one_users_waiting", "Users with a job that waits.", labels=("lane",))
    for lane in LANES:
        for status in STATUSES:
            jobs.add_metric((lane, status), sums[lane, status])
        waiting.add_metric((lane,), len(users[lane]))
    yield jobs
    yield waiting


def _workers(places: Iterable[Place]) -> Metric:
    sums = Counter((place.lane, state(place)) for place in places)
    workers = GaugeMetricFamily(
        "take_one_workers",
        "Places for a job, by what they do; off: the process starts with a job.",
        labels=("lane", "state"),
    )
    for lane in LANES:
        for word in ("busy", "idle", "off"):
            workers.add_metric((lane, word), sums[lane, word])
    return workers


def _cards(gpus: Iterable[Gpu]) -> Iterator[Metric]:
    used = GaugeMetricFamily("take_one_gpu_memory_used_bytes", "Memory in use on a GPU.", labels=("gpu",))
    total = GaugeMetricFamily("take_one_gpu_memory_total_bytes", "Memory of a GPU.", labels=("gpu",))
    busy = GaugeMetricFamily("take_one_gpu_busy_ratio", "Share of the time in which a GPU computed.", labels=("gpu",))
    for gpu in gpus:
        used.add_metric((str(gpu.index),), gpu.memory_used)
        total.add_metric((str(gpu.index),), gpu.memory_total)
        if gpu.busy is not None:
            busy.add_metric((str(gpu.index),), gpu.busy)
    yield from (metric for metric in (used, total, busy) if metric.samples)


def _version() -> Metric:
    version = GaugeMetricFamily("take_one_info", "The version that serves.", labels=("version",))
    version.add_metric((__version__,), 1)
    return version
