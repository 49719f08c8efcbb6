"""How a row of the queue ends."""

from __future__ import annotations

import sqlite3
import time

from client.protocol import JobState, Problem, Result

from .row import StoredJob, dump


def end(
    db: sqlite3.Connection,
    job: StoredJob,
    status: JobState,
    result: Result | None = None,
    error: Problem | None = None,
) -> bool:
    """Ends this attempt. False where it does not count any more."""
    changed = db.execute(
        "UPDATE jobs SET status = ?, completed_at = ?, result = ?, error = ?"
        " WHERE id = ? AND attempt = ? AND status = ?",
        (status.value, time.time(), dump(result), dump(error), job.id, job.attempt, JobState.IN_PROGRESS.value),
    )
    return changed.rowcount == 1


def fail_damaged(db: sqlite3.Connection, job: StoredJob) -> bool:
    """Ends a row that should be at work, but that can't be read. Whether it is one."""
    if job.status != JobState.FAILED:
        return False
    ended = (JobState.FAILED.value, time.time(), dump(job.error), job.id)
    db.execute("UPDATE jobs SET status = ?, completed_at = ?, error = ? WHERE id = ?", ended)
    return True
