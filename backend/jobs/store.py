"""The durable queue: every job in one SQLite file, its uploads and its take in a folder of its own.

What is committed here survives a crash of the service and of the machine: WAL with synchronous=FULL syncs at
each commit, and files are synced before the row that speaks of them. Progress alone goes through a second
connection that does not sync: it may be lost. Several services may share one file; one of them works (Owner).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.protocol import JobState, Problem, Result, TakeRequest
from client.protocol.codec import from_json, to_json

from ..engines.engine import EngineError
from ..home import sync_folder
from ..media.disk import disk_full
from .migrations import migrate

INTERRUPTIONS = 2  # how often a job that was found in progress at start is queued again
KEPT_SECONDS = 30 * 86_400.0  # how long a finished job and its take are kept
MAX_WAITING = 1000
QUEUED, IN_PROGRESS = JobState.QUEUED.value, JobState.IN_PROGRESS.value
COMPLETED, FAILED, CANCELLED = JobState.COMPLETED.value, JobState.FAILED.value, JobState.CANCELLED.value


@dataclass(frozen=True)
class StoredJob:
    """A row of the queue. Times are seconds since 1970. The files of `request` are names in the job's folder.

    `binding` is the client's own JSON, which goes back to it as it came.
    """

    id: str
    key: str | None
    fingerprint: str
    request: TakeRequest
    binding: Any
    notes: tuple[str, ...]
    status: JobState
    place: int
    attempt: int
    interruptions: int
    created_at: float
    started_at: float | None
    completed_at: float | None
    error: Problem | None
    result: Result | None


@dataclass(frozen=True)
class JobProgress:
    """How far a job is. `pictures` counts its previews, `preview` is the last one, a JPEG."""

    fraction: float = 0.0
    stage: str = ""
    eta: float | None = None
    preview: bytes | None = None
    pictures: int = 0


class Store:
    """The queue in `home`. May be used from any thread.

    Raises:
        EngineError: `disk_full`, from every call that writes.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "jobs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._durable = _connect(home / "jobs.db", "FULL")
        migrate(self._durable)
        self._quick = _connect(home / "jobs.db", "NORMAL")

    def close(self) -> None:
        with self._lock:
            self._durable.close()
            self._quick.close()

    def job_folder(self, job_id: str) -> Path:
        return self.folder / job_id

    def attempt_folder(self, job: StoredJob) -> Path:
        """Where the worker of this attempt writes: no two attempts share a file."""
        return self.folder / job.id / f"attempt-{job.attempt}"

    # Reading

    def get(self, job_id: str) -> StoredJob | None:
        return self._one("SELECT * FROM jobs WHERE id = ?", job_id)

    def with_key(self, key: str) -> StoredJob | None:
        return self._one("SELECT * FROM jobs WHERE key = ?", key)

    def all(self) -> list[StoredJob]:
        """Every job, the newest first."""
        with self._lock:
            rows = self._durable.execute("SELECT * FROM jobs ORDER BY created_at DESC, place DESC").fetchall()
        return [_job(row) for row in rows]

    def queue(self) -> list[str]:
        """The ids of the waiting jobs, the next one first."""
        with self._lock:
            rows = self._durable.execute("SELECT id FROM jobs WHERE status = ? ORDER BY place", (QUEUED,)).fetchall()
        return [row["id"] for row in rows]

    def progress(self, job_id: str) -> JobProgress:
        with self._lock:
            row = self._quick.execute("SELECT * FROM progress WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            return JobProgress()
        return JobProgress(row["fraction"], row["stage"], row["eta"], row["preview"], row["pictures"])

    def is_current(self, job: StoredJob) -> bool:
        """Whether this attempt is still the one that counts: not cancelled, deleted or started anew."""
        with self._lock:
            row = self._durable.execute(
                "SELECT 1 FROM jobs WHERE id = ? AND attempt = ? AND status = ?",
                (job.id, job.attempt, IN_PROGRESS),
            ).fetchone()
        return row is not None

    # Changes by clients

    def add(
        self,
        job_id: str,
        request: TakeRequest,
        *,
        key: str | None = None,
        fingerprint: str = "",
        binding: Any = None,
        notes: tuple[str, ...] = (),
    ) -> StoredJob:
        """Commits a new job, whose files are already synced in its folder and named relative to it. With a key that
        is taken, gives the job that has it instead.

        Raises:
            EngineError: `queue_full`.
        """
        with self._change() as db:
            if key is not None and (row := db.execute("SELECT * FROM jobs WHERE key = ?", (key,)).fetchone()):
                return _job(row)
            waiting = db.execute("SELECT COUNT(*) FROM jobs WHERE status = ?", (QUEUED,)).fetchone()[0]
            if waiting >= MAX_WAITING:
                raise EngineError("queue_full", f"{waiting} jobs are waiting already. Cancel some, then try again.")
            db.execute(
                "INSERT INTO jobs (id, key, fingerprint, request, binding, notes, status, place, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM jobs), ?)",
                (
                    job_id,
                    key,
                    fingerprint,
                    _dump(request),
                    _dump(binding),
                    _dump(notes),
                    QUEUED,
                    time.time(),
                ),
            )
            return _job(db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())

    def cancel(self, job_id: str) -> StoredJob | None:
        """Ends a job that is not over. One that is over stays as it is. None where there is no such job."""
        with self._change() as db:
            row = db.execute("SELECT status FROM jobs WHERE id = ?", (job_id,)).fetchone()
            db.execute(
                "UPDATE jobs SET status = ?, completed_at = ? WHERE id = ? AND status IN (?, ?)",
                (CANCELLED, time.time(), job_id, QUEUED, IN_PROGRESS),
            )
        job = self.get(job_id)
        if job is not None and row is not None and row["status"] == QUEUED:
            self.drop_uploads(job)
        return job

    def drop_uploads(self, job: StoredJob) -> None:
        """Removes the files that came with a job that is over: what is left to keep is its take."""
        for name in job.request.files().values():
            (self.job_folder(job.id) / name).unlink(missing_ok=True)

    def delete(self, job_id: str) -> bool:
        """Forgets a job. Its folder goes at once, or when its worker has let go of it (sweep)."""
        with self._change() as db:
            row = db.execute("SELECT status FROM jobs WHERE id = ?", (job_id,)).fetchone()
            db.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
            db.execute("DELETE FROM progress WHERE id = ?", (job_id,))
        if row is not None and row["status"] != IN_PROGRESS:
            shutil.rmtree(self.job_folder(job_id), ignore_errors=True)
        return row is not None

    def move(self, job_id: str, before: str | None) -> None:
        """Puts a waiting job before another waiting one, or last.

        Raises:
            EngineError: `not_waiting`: one of the two is not in the waiting queue.
        """
        with self._change() as db:
            rows = db.execute("SELECT id, place FROM jobs WHERE status = ? ORDER BY place", (QUEUED,)).fetchall()
            order, places = [row["id"] for row in rows], [row["place"] for row in rows]
            for wanted in (job_id, before):
                if wanted is not None and wanted not in order:
                    raise EngineError("not_waiting", f"The job {wanted} is not waiting, so it has no place to change.")
            if job_id == before:
                return
            order.remove(job_id)
            order.insert(len(order) if before is None else order.index(before), job_id)
            db.executemany("UPDATE jobs SET place = ? WHERE id = ?", zip(places, order, strict=True))

    # Changes by the runner

    def claim(self) -> StoredJob | None:
        """Starts the next waiting job: a new attempt of it."""
        with self._change() as db:
            row = db.execute("SELECT id FROM jobs WHERE status = ? ORDER BY place LIMIT 1", (QUEUED,)).fetchone()
            if row is None:
                return None
            db.execute(
                "UPDATE jobs SET status = ?, attempt = attempt + 1, started_at = ? WHERE id = ?",
                (IN_PROGRESS, time.time(), row["id"]),
            )
            db.execute("DELETE FROM progress WHERE id = ?", (row["id"],))
            return _job(db.execute("SELECT * FROM jobs WHERE id = ?", (row["id"],)).fetchone())

    def complete(self, job: StoredJob, result: Result) -> bool:
        """Commits the take of this attempt. False where the attempt does not count any more."""
        return self._end(job, COMPLETED, result=result)

    def fail(self, job: StoredJob, error: EngineError) -> bool:
        """Commits a failure of this attempt. False where the attempt does not count any more."""
        return self._end(job, FAILED, error=error.problem)

    def put_back(self, job: StoredJob, interrupted: bool) -> None:
        """Queues a job in progress again, at its old place. An interruption counts, a stop does not."""
        if interrupted and job.interruptions >= INTERRUPTIONS:
            times = INTERRUPTIONS + 1
            message = f"The backend ended {times} times while it made this take, so it was not tried again."
            self.fail(job, EngineError("interrupted", f"{message} Try a smaller size.", "smaller_size"))
            return
        with self._change() as db:
            db.execute(
                "UPDATE jobs SET status = ?, interruptions = interruptions + ?, started_at = NULL"
                " WHERE id = ? AND attempt = ? AND status = ?",
                (QUEUED, int(interrupted), job.id, job.attempt, IN_PROGRESS),
            )

    def tell(self, job: StoredJob, fraction: float, stage: str, eta: float | None, preview: bytes | None) -> None:
        """Records progress. `preview` None keeps the picture there is."""
        with self._lock:
            self._quick.execute(
                "INSERT INTO progress VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " fraction = excluded.fraction, stage = excluded.stage, eta = excluded.eta,"
                " preview = COALESCE(excluded.preview, preview), pictures = pictures + excluded.pictures",
                (job.id, fraction, stage, eta, preview, int(preview is not None)),
            )

    def in_progress(self) -> list[StoredJob]:
        with self._lock:
            rows = self._durable.execute("SELECT * FROM jobs WHERE status = ?", (IN_PROGRESS,)).fetchall()
        return [_job(row) for row in rows]

    def sweep(self, unfinished_seconds: float = 600.0) -> None:
        """Deletes finished jobs that were kept long enough, and folders that belong to no job."""
        with self._lock:
            old = self._durable.execute(
                "SELECT id FROM jobs WHERE completed_at < ?", (time.time() - KEPT_SECONDS,)
            ).fetchall()
        for row in old:
            self.delete(row["id"])
        for folder in list(self.folder.iterdir()):
            fresh = time.time() - folder.stat().st_mtime < unfinished_seconds  # may be an upload under way
            if self.get(folder.name) is None and not fresh:
                shutil.rmtree(folder, ignore_errors=True)

    def _end(self, job: StoredJob, status: str, result: Result | None = None, error: Problem | None = None) -> bool:
        if result is not None:
            sync_folder(self.attempt_folder(job))
            sync_folder(self.job_folder(job.id))
        with self._change() as db:
            changed = db.execute(
                "UPDATE jobs SET status = ?, completed_at = ?, result = ?, error = ?"
                " WHERE id = ? AND attempt = ? AND status = ?",
                (status, time.time(), _dump(result), _dump(error), job.id, job.attempt, IN_PROGRESS),
            )
            return changed.rowcount == 1

    def _one(self, query: str, *values: Any) -> StoredJob | None:
        with self._lock:
            row = self._durable.execute(query, values).fetchone()
        return None if row is None else _job(row)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._durable.execute("BEGIN IMMEDIATE")
                yield self._durable
                self._durable.execute("COMMIT")
            except BaseException as error:
                if self._durable.in_transaction:
                    self._durable.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
                    raise disk_full(self.folder) from error
                raise


class Owner:
    """The right to work on the queue of `home`: one process at a time has it, and loses it when it dies."""

    def __init__(self, home: Path) -> None:
        self._db = sqlite3.connect(home / "jobs.lock", isolation_level=None, check_same_thread=False, timeout=0)

    def acquire(self) -> bool:
        """Takes the right if nobody has it. The lock is SQLite's own, which every system knows."""
        if self._db.in_transaction:
            return True
        try:
            self._db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        return True

    def release(self) -> None:
        self._db.close()


def _connect(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves it in the drive's cache
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    return connection


def _dump(value: Any) -> str | None:
    return None if value is None else json.dumps(to_json(value))


def _job(row: sqlite3.Row) -> StoredJob:
    values = dict(row)
    for name in ("request", "binding", "notes", "error", "result"):
        values[name] = None if values[name] is None else json.loads(values[name])
    values["request"] = from_json(TakeRequest, values["request"])
    values["notes"] = tuple(values["notes"])
    values["status"] = JobState(values["status"])
    for name, kind in (("error", Problem), ("result", Result)):
        if values[name] is not None:
            values[name] = from_json(kind, values[name], lenient=True)
    return StoredJob(**values)
