"""What the queue counts since the service began, for Prometheus. Labels name engines, lanes and codes, nobody."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from client.protocol import JobState

from .store.row import StoredJob

WAITS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400)  # seconds
MAKES = (0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1800)

disable_created_metrics()  # when a series began says nothing that anybody asks for


class Meter:
    """May be used from any thread. `registry` holds what was counted."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._waits = Histogram(
            "take_one_wait_seconds",
            "From a job's arrival to its first start.",
            ("engine", "lane"),
            buckets=WAITS,
            registry=self.registry,
        )
        self._makes = Histogram(
            "take_one_make_seconds",
            "From the start of an attempt that made a take to its end.",
            ("engine", "lane"),
            buckets=MAKES,
            registry=self.registry,
        )
        self._failures = Counter(
            "take_one_failures",
            "Jobs that failed, by the code of their error.",
            ("engine", "code"),
            registry=self.registry,
        )
        self._cancels = Counter(
            "take_one_cancels",
            "Jobs that were cancelled or deleted while they were made.",
            ("engine",),
            registry=self.registry,
        )

    def began(self, job: StoredJob) -> None:
        """A worker begins an attempt of `job`."""
        if job.attempt == 1:
            self._waits.labels(job.request.engine, job.lane).observe(max(0.0, time.time() - job.created_at))

    def ended(self, job: StoredJob, now: StoredJob | None, seconds: float) -> None:
        """The attempt `job` has ended after so long. `now` is what has become of the job, None where it was deleted:
        one that waits again is not counted."""
        engine = job.request.engine
        if now is None or now.status == JobState.CANCELLED:
            self._cancels.labels(engine).inc()
        elif now.status == JobState.COMPLETED:
            self._makes.labels(engine, job.lane).observe(seconds)
        elif now.status == JobState.FAILED and now.error is not None:
            self._failures.labels(engine, now.error.code).inc()
