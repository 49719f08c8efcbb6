"""Jobs and engines as the protocol shows them."""

from __future__ import annotations

from typing import Any

from client.protocol import EngineInfo, JobState
from client.protocol.codec import to_json

from ..jobs.store.row import JobProgress, StoredJob
from ..jobs.store.store import KEPT_SECONDS, Store

POLL_MS = 500


def job_json(store: Store, job: StoredJob, positions: dict[str, int] | None = None) -> dict[str, Any]:
    """A job: the open `/v1/videos` shape, and stage, eta_seconds, queue_position (in its lane; 1 is next), fps, seed,
    binding and result, which are ours. `positions` of the waiting jobs, if they are known already."""
    return {
        "id": job.id,
        "object": "video",
        **state_json(store, job, positions),
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


def state_json(store: Store, job: StoredJob, positions: dict[str, int] | None = None) -> dict[str, Any]:
    """How far a job is."""
    working = job.status == JobState.IN_PROGRESS
    progress = store.progress(job.id) if working else JobProgress()
    if positions is None:
        positions = store.positions() if job.status == JobState.QUEUED else {}
    percent = 100 if job.status == JobState.COMPLETED else min(99, int(progress.fraction * 100))
    return {
        "status": job.status,
        "progress": percent,
        "stage": progress.stage,
        "eta_seconds": progress.eta,
        "queue_position": positions.get(job.id),
    }


def engine_json(engine: EngineInfo) -> dict[str, Any]:
    """An engine in `GET /v1/models`."""
    return {**to_json(engine), "object": "model", "owned_by": "take-one"}
