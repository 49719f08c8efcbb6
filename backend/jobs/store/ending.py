"""How an attempt of a row of the queue ends: with the row, or with its going back to the queue."""

from __future__ import annotations

import sqlite3
import time

from client.protocol import JobState, Problem, Result

from .row import StoredJob, dump

INTERRUPTIONS = 2  # how often a job that was found in progress at start is queued again
QUEUED, IN_PROGRESS = JobState.QUEUED.value, JobState.IN_PROGRESS.value


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
        (status.value, time.time(), dump(result), dump(error), job.id, job.attempt, IN_PROGRESS),
    )
    return changed.rowcount == 1


def put_back(db: sqlite3.Connection, job: StoredJob, interrupted: bool) -> None:
    """Queues a job in progress again (see Store.put_back), or ends one that was interrupted too often."""
    row = db.execute("SELECT interruptions, state FROM jobs WHERE id = ?", (job.id,)).fetchone()
    counted = interrupted and row is not None and row["state"] is None
    if counted and row["interruptions"] >= INTERRUPTIONS:
        times = INTERRUPTIONS + 1
        message = f"The backend ended {times} times while it made this take, so it was not tried again."
        problem = Problem("interrupted", f"{message} Try a smaller size.", "smaller_size")
        end(db, job, JobState.FAILED, error=problem)
        return
    db.execute(
        "UPDATE jobs SET status = ?, interruptions = interruptions + ?, started_at = NULL"
        " WHERE id = ? AND attempt = ? AND status = ?",
        (QUEUED, int(counted), job.id, job.attempt, IN_PROGRESS),
    )


def give_back(db: sqlite3.Connection, job: StoredJob) -> None:
    """Queues a job again that no worker has begun, as if it had not been claimed."""
    db.execute(
        "UPDATE jobs SET status = ?, attempt = attempt - 1, started_at = NULL"
        " WHERE id = ? AND attempt = ? AND status = ?",
        (QUEUED, job.id, job.attempt, IN_PROGRESS),
    )


def fail_damaged(db: sqlite3.Connection, job: StoredJob) -> bool:
    """Ends a row that should be at work, but that can't be read. Whether it is one."""
    if job.status != JobState.FAILED:
        return False
    ended = (JobState.FAILED.value, time.time(), dump(job.error), job.id)
    db.execute("UPDATE jobs SET status = ?, completed_at = ?, error = ? WHERE id = ?", ended)
    return True
