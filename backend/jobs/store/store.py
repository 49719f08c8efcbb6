"""The durable queue: every job in one SQLite file, its uploads and its take in a folder of its own.

What is committed here survives a crash of the service and of the machine: WAL with synchronous=FULL syncs at
each commit, and files are synced before the row that speaks of them. Progress alone goes through another
connection that does not sync: it may be lost. Reads have a connection of their own and never wait for a writer.
Several services may share one file; one of them works (Owner).
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from client.protocol import JobState, Problem, Result, TakeRequest
from client.protocol.codec import to_json

from ...engines.engine import EngineError
from ...home import sync_folder
from ...media.disk import disk_full
from ..lanes import LANES
from . import turns
from .connection import Connection, busy
from .ending import end, fail_damaged, give_back, put_back
from .migrations import migrate
from .row import JobProgress, StoredJob, dump, read_row
from .spending import book, keep_apart

KEPT_SECONDS = 30 * 86_400.0  # how long a finished job and its take are kept
STEP_SECONDS = 86_400.0  # how much of it may pass from one sweep to the next, whatever the clock says
MAX_WAITING = 1000  # of a user
POSITIONS_SECONDS = 0.5  # how long they may be behind what another service does to the queue
JOB_FOLDER = re.compile(r"video_\w+", re.ASCII)
QUEUED, IN_PROGRESS = JobState.QUEUED.value, JobState.IN_PROGRESS.value
FAILED, CANCELLED = JobState.FAILED.value, JobState.CANCELLED.value
SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL = 5, 6, 13


class Store:
    """The queue in `home`. May be used from any thread. Whose a job is, is a name: "" of the service's own token.

    Raises:
        EngineError: `disk_full` or `busy` (another program holds the file), from every call.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / "jobs"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._durable = Connection(home / "jobs.db", "FULL")
        with self._durable.use() as db:
            migrate(db)
        self._reader = Connection(home / "jobs.db", "NORMAL")
        self._quick = Connection(home / "jobs.db", "NORMAL")
        self._changes = 0
        self._positions: tuple[int, float, dict[str, int]] = (-1, 0.0, {})

    def close(self) -> None:
        for connection in (self._durable, self._reader, self._quick):
            connection.close()

    def job_folder(self, job_id: str) -> Path:
        return self.folder / job_id

    def attempt_folder(self, job: StoredJob) -> Path:
        """Where the worker of this attempt writes: no two attempts share a file."""
        return self.folder / job.id / f"attempt-{job.attempt}"

    # Reading

    def get(self, job_id: str) -> StoredJob | None:
        return self._one("SELECT * FROM jobs WHERE id = ?", job_id)

    def with_key(self, key: str, owner: str = "") -> StoredJob | None:
        return self._one("SELECT * FROM jobs WHERE owner = ? AND key = ?", owner, key)

    def page(self, limit: int, after: str | None = None, ascending: bool = False, owner: str = "") -> list[StoredJob]:
        """At most `limit` jobs of `owner`, the newest first, or the oldest; those that follow their job `after`."""
        beyond, order = (">", "ASC") if ascending else ("<", "DESC")
        rows = self._all(
            f"SELECT * FROM jobs WHERE owner = ?3 AND (?1 IS NULL"
            f" OR (created_at, place) {beyond} (SELECT created_at, place FROM jobs WHERE id = ?1 AND owner = ?3))"
            f" ORDER BY created_at {order}, place {order} LIMIT ?2",
            after,
            limit,
            owner,
        )
        return [read_row(row) for row in rows]

    def positions(self) -> dict[str, int]:
        """Where each waiting job stands in the queue of its lane; 1 is next."""
        changes, now = self._changes, time.monotonic()
        known, at, found = self._positions
        if known != changes or now - at > POSITIONS_SECONDS:
            with self._readable(self._reader) as db:
                found = turns.positions(db)
            self._positions = changes, now, found
        return found

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many jobs wait or are made: lane, whose, status, number."""
        query = "SELECT lane, owner, status, COUNT(*) FROM jobs WHERE status IN (?, ?) GROUP BY lane, owner, status"
        return [tuple(row) for row in self._all(query, QUEUED, IN_PROGRESS)]

    def waiting(self) -> dict[str, int]:
        """How many jobs wait, by lane."""
        rows = self._all("SELECT lane, COUNT(*) FROM jobs WHERE status = ? GROUP BY lane", QUEUED)
        return dict(map(tuple, rows))

    def progress(self, job_id: str) -> JobProgress:
        for row in self._all("SELECT * FROM progress WHERE id = ?", job_id):
            return JobProgress(row["fraction"], row["stage"], row["eta"], row["preview"], row["pictures"])
        return JobProgress()

    def is_current(self, job: StoredJob) -> bool:
        """Whether this attempt is still the one that counts: not cancelled, deleted or started anew."""
        query = "SELECT 1 FROM jobs WHERE id = ? AND attempt = ? AND status = ?"
        return bool(self._all(query, job.id, job.attempt, IN_PROGRESS))

    # Changes by clients

    def add(
        self,
        job_id: str,
        request: TakeRequest,
        lane: str = "",
        *,
        owner: str = "",
        key: str | None = None,
        fingerprint: str = "",
        binding: Any = None,
        notes: tuple[str, ...] = (),
    ) -> StoredJob:
        """Commits a new job, whose files are already synced in its folder and named relative to it. With a key that
        its owner has used, gives the job that has it instead.

        Raises:
            EngineError: `queue_full`.
        """
        with self._change() as db:
            used = "SELECT * FROM jobs WHERE owner = ? AND key = ?"
            if key is not None and (row := db.execute(used, (owner, key)).fetchone()):
                return read_row(row)
            mine = "SELECT COUNT(*) FROM jobs WHERE status = ? AND owner = ?"
            waiting = db.execute(mine, (QUEUED, owner)).fetchone()[0]
            if waiting >= MAX_WAITING:
                raise EngineError("queue_full", f"{waiting} jobs are waiting already. Cancel some, then try again.")
            texts = (dump(request), dump(binding), dump(notes))
            turns.arrive(db, lane, owner)
            turn = (QUEUED, lane, request.engine, turns.work(request))
            db.execute(
                "INSERT INTO jobs (id, owner, key, fingerprint, request, binding, notes, status, lane, engine, work,"
                " created_at, place)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM jobs))",
                (job_id, owner, key, fingerprint, *texts, *turn, time.time()),
            )
            return read_row(db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())

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
        """Removes the files that came with a job that is over: what is left to keep is its take. One that failed and
        may go on keeps them."""
        if job.status == JobState.FAILED and job.state is not None:
            return
        for file in job.request.files().values():
            (self.job_folder(job.id) / file.name).unlink(missing_ok=True)

    def delete(self, job_id: str) -> bool:
        """Forgets a job. Its folder goes at once, or when its worker has let go of it."""
        with self._change() as db:
            row = db.execute("SELECT status FROM jobs WHERE id = ?", (job_id,)).fetchone()
            db.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
            db.execute("DELETE FROM progress WHERE id = ?", (job_id,))
        if row is not None and row["status"] != IN_PROGRESS:
            shutil.rmtree(self.job_folder(job_id), ignore_errors=True)
        return row is not None

    def move(self, job_id: str, before: str | None) -> None:
        """Puts a waiting job before another waiting one of its owner's, or last of them.

        Raises:
            EngineError: `not_waiting`: one of the two is not in the waiting queue.
        """
        with self._change() as db:
            mine = "SELECT id, place FROM jobs WHERE status = ? AND owner = (SELECT owner FROM jobs WHERE id = ?)"
            rows = db.execute(f"{mine} ORDER BY place", (QUEUED, job_id)).fetchall()
            order, places = [row["id"] for row in rows], [row["place"] for row in rows]
            for wanted in (job_id, before):
                if wanted is not None and wanted not in order:
                    raise EngineError("not_waiting", f"The job {wanted} is not waiting, so it has no place to change.")
            if job_id == before:
                return
            order.remove(job_id)
            order.insert(len(order) if before is None else order.index(before), job_id)
            db.executemany("UPDATE jobs SET place = ? WHERE id = ?", zip(places, order, strict=True))

    # Changes by the pool

    def without_lane(self) -> list[StoredJob]:
        """Waiting jobs whose lane is not known, such as those of an older version."""
        rows = self._all("SELECT * FROM jobs WHERE status = ? AND lane NOT IN (?, ?, ?)", QUEUED, *LANES)
        return [read_row(row) for row in rows]

    def set_lane(self, job: StoredJob, lane: str) -> None:
        with self._change() as db:
            turns.arrive(db, lane, job.owner)
            db.execute("UPDATE jobs SET lane = ? WHERE id = ?", (lane, job.id))

    def claim(self, lane: str) -> StoredJob | None:
        """Starts the next job that waits for `lane` (see `turns`): a new attempt of it. One that can't be read fails
        here."""
        if not self._all("SELECT 1 FROM jobs WHERE status = ? AND lane = ? LIMIT 1", QUEUED, lane):
            return None
        with self._change() as db:
            while (job_id := turns.next_job(db, lane)) is not None:
                row = db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
                if fail_damaged(db, read_row(row)):
                    continue
                db.execute(
                    "UPDATE jobs SET status = ?, attempt = attempt + 1, started_at = ? WHERE id = ?",
                    (IN_PROGRESS, time.time(), row["id"]),
                )
                db.execute("DELETE FROM progress WHERE id = ?", (row["id"],))
                return read_row(db.execute("SELECT * FROM jobs WHERE id = ?", (row["id"],)).fetchone())
        return None

    def in_progress(self) -> list[StoredJob]:
        """The jobs that are being made. Those that can't be read fail here."""
        with self._change() as db:
            jobs = [read_row(row) for row in db.execute("SELECT * FROM jobs WHERE status = ?", (IN_PROGRESS,))]
            return [job for job in jobs if not fail_damaged(db, job)]

    def keep_state(self, job: StoredJob, state: dict[str, Any]) -> bool:
        """Commits what the engine wrote down of this attempt, and what was spent with it. False where the attempt does
        not count any more."""
        with self._change() as db:
            changed = db.execute(
                "UPDATE jobs SET state = ? WHERE id = ? AND attempt = ? AND status = ?",
                (dump(state), job.id, job.attempt, IN_PROGRESS),
            )
            if changed.rowcount == 1 and "cost" in state:
                book(db, job, state["cost"])
            return changed.rowcount == 1

    def complete(self, job: StoredJob, result: Result) -> bool:
        """Commits the take of this attempt. False where the attempt does not count any more."""
        sync_folder(self.attempt_folder(job))
        sync_folder(self.job_folder(job.id))
        with self._change() as db:
            ended = end(db, job, JobState.COMPLETED, result=result)
            if ended and result.cost is not None:
                book(db, job, to_json(result.cost))
            return ended

    def fail(self, job: StoredJob, problem: Problem) -> bool:
        """Commits a failure of this attempt. False where the attempt does not count any more."""
        with self._change() as db:
            return end(db, job, JobState.FAILED, error=problem)

    def again(self, job_id: str, send: bool) -> StoredJob | None:
        """Queues a failed job once more, to go on from what its engine wrote down. `send`: the user has said that an
        order whose answer was lost may be sent again. None where there is no such job.

        Raises:
            EngineError: `not_waiting`: it did not fail, or has nothing to go on from.
        """
        job = self.get(job_id)
        if job is None:
            return None
        if job.status != JobState.FAILED or job.state is None:
            raise EngineError("not_waiting", f"The job {job_id} has nothing to go on from. Make it again.", "retry")
        with self._change() as db:
            turns.arrive(db, job.lane, job.owner)
            db.execute(
                "UPDATE jobs SET status = ?, state = ?, error = NULL, completed_at = NULL, started_at = NULL, kept = 0,"
                " seen_at = NULL WHERE id = ? AND status = ?",
                (QUEUED, dump({**job.state, "again": send}), job_id, FAILED),
            )
            if send:
                keep_apart(db, job)
        return self.get(job_id)

    def spent(self, film: str, since: float, owner: str = "") -> tuple[dict[str, float], dict[str, float]]:
        """What `owner` spent by currency: on a film in all, and on everything since a time."""
        sums = "SELECT currency, SUM(amount) FROM spending WHERE owner = ? AND {} GROUP BY currency"
        on_film = self._all(sums.format("film = ? AND film != ''"), owner, film)
        lately = self._all(sums.format("at >= ?"), owner, since)
        return dict(map(tuple, on_film)), dict(map(tuple, lately))

    def put_back(self, job: StoredJob, interrupted: bool) -> None:
        """Queues a job in progress again, at its old place. An interruption counts, unless the engine has written
        down where it is; a stop does not."""
        with self._change() as db:
            put_back(db, job, interrupted)

    def give_back(self, job: StoredJob) -> None:
        """Queues a job again that was claimed, but that no worker has begun: as if it had not been claimed."""
        with self._change() as db:
            give_back(db, job)

    def report(self, job: StoredJob, fraction: float, stage: str, eta: float | None, preview: bytes | None) -> None:
        """Records progress, if it can be. `preview` None keeps the picture there is."""
        with contextlib.suppress(sqlite3.OperationalError, EngineError), self._quick.use() as db:
            db.execute(
                "INSERT INTO progress VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " fraction = excluded.fraction, stage = excluded.stage, eta = excluded.eta,"
                " preview = COALESCE(excluded.preview, preview), pictures = pictures + excluded.pictures",
                (job.id, fraction, stage, eta, preview, int(preview is not None)),
            )

    def count_turn(self, job: StoredJob, seconds: float) -> None:
        """Writes down, if it can be, how long this attempt of a job had a place of its lane."""
        with contextlib.suppress(sqlite3.Error, EngineError), self._quick.use() as db:
            turns.count(db, job.lane, job.owner, seconds)
            now = self.get(job.id)
            if now is not None and now.status == JobState.COMPLETED and job.state is None:
                turns.learn(db, job.request, seconds)
        self._changes += 1

    def sweep(self, unfinished_seconds: float = 600.0) -> None:
        """Deletes finished jobs that were kept long enough, and folders that belong to no job.

        How long is counted from sweep to sweep, a day at most each time: a clock that was set ahead deletes nothing,
        and one that was set back keeps a take no longer than it must.
        """
        now = time.time()
        with self._change() as db:
            db.execute(
                "UPDATE jobs SET kept = kept + MAX(0, MIN(?2, ?1 - COALESCE(seen_at, ?1))), seen_at = ?1"
                " WHERE completed_at IS NOT NULL",
                (now, STEP_SECONDS),
            )
        for row in self._all("SELECT id FROM jobs WHERE completed_at IS NOT NULL AND kept >= ?", KEPT_SECONDS):
            self.delete(row["id"])
        for folder in list(self.folder.iterdir()):
            if JOB_FOLDER.fullmatch(folder.name) is None or folder.is_symlink() or not folder.is_dir():
                continue  # not ours
            fresh = abs(now - folder.stat().st_mtime) < unfinished_seconds  # may be an upload under way
            if self.get(folder.name) is None and not fresh:
                shutil.rmtree(folder, ignore_errors=True)

    def _one(self, query: str, *values: Any) -> StoredJob | None:
        return next(map(read_row, self._all(query, *values)), None)

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._readable(self._reader) as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._readable(self._durable) as db:
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
                self._changes += 1
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _readable(self, connection: Connection) -> Iterator[sqlite3.Connection]:
        """The connection; what a user can do something about becomes an error that says so."""
        try:
            with connection.use() as db:
                yield db
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == SQLITE_FULL:
                raise disk_full(self.folder) from error
            if code in (SQLITE_BUSY, SQLITE_LOCKED):
                raise busy() from error
            raise
