"""Jobs and engines as the protocol shows them."""

from __future__ import annotations

from typing import Any

from client.protocol import EngineInfo, JobState
from client.protocol.codec import to_json

from ..jobs.store import KEPT_SECONDS, Store, StoredJob

POLL_MS = 500


def job_json(store: Store, job: StoredJob, queue: list[str] | None = None) -> dict[str, Any]:
    """A job: the open `/v1/videos` shape, and stage, eta_seconds, queue_position (1 is next), fps, seed,
    binding and result, which are ours."""
    return {
        "id": job.id,
        "object": "video",
        **state_json(store, job, queue),
        "created_at": int(job.created_at),
        "completed_at": None if job.completed_at is None else int(job.completed_at),
        "expires_at": None if job.completed_at is None else int(job.completed_at + KEPT_SECONDS),
        "model": job.request.engine,
        "prompt": job.request.direction.prompt,
        "seconds": f"{job.request.seconds:.10g}",
        "size": f"{job.request.width}x{job.request.height}",
        "fps": str(job.request.fps),
        "seed": job.request.seed,
        "error": to_json(job.error),
        "binding": job.binding,
        "result": to_json(job.result),
    }


def state_json(store: Store, job: StoredJob, queue: list[str] | None = None) -> dict[str, Any]:
    """How far a job is. `queue` is the waiting queue where it is known already."""
    told = store.progress(job.id)
    queue = store.queue() if queue is None else queue
    working = job.status == JobState.IN_PROGRESS
    percent = 100 if job.status == JobState.COMPLETED else min(99, int(told.fraction * 100)) if working else 0
    return {
        "status": job.status,
        "progress": percent,
        "stage": told.stage if working else "",
        "eta_seconds": told.eta if working else None,
        "queue_position": queue.index(job.id) + 1 if job.id in queue else None,
    }


def engine_json(engine: EngineInfo) -> dict[str, Any]:
    """An engine in `GET /v1/models`."""
    return {**to_json(engine), "object": "model", "owned_by": "take-one"}
