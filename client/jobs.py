"""Moves the journal's jobs along: sends them, follows them, fetches their takes."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .api import Api, ApiError
from .events import Event, JobFailed, JobProgress, TakeReady
from .journal import CANCELLING, FAILED, NEW, READY, SENT, UNFINISHED, Journal, Record

RUNNING_SECONDS = 0.3  # between two looks at a running job, or the next one
WAITING_SECONDS = 1.0  # at those behind it
BUSY_SECONDS = 5.0  # before a full server is asked again
MOST_RESUBMITS = 2
CANCELLED = {"code": "cancelled", "message": "Cancelled.", "param": None, "fix": ""}


class Jobs:
    """This session's unfinished jobs. Used by the session's thread only."""

    def __init__(self, journal: Journal, owner: str, emit: Callable[[Event], None]) -> None:
        self._journal = journal
        self._owner = owner
        self._emit = emit
        self._records: dict[str, Record] = {}
        self._due: dict[str, float] = {}
        self._told: dict[str, JobProgress] = {}
        self.running: Record | None = None  # the job worth watching

    def add(self, record: Record) -> None:
        self._records[record.key] = record
        self._due[record.key] = 0.0

    def adopt(self) -> None:
        """Take over the jobs of Blenders that are gone."""
        for record in self._journal.adopt(self._owner):
            self.add(record)

    def busy(self, server: str) -> bool:
        """Whether there is anything to do at this server."""
        return any(record.server == server for record in self._records.values())

    def wake(self) -> None:
        """Look at all jobs now: one has ended or moved, and others follow."""
        for other in self._due:
            self._due[other] = 0.0

    def step(self, api: Api, server: str) -> None:
        """Do what is due. Raises ApiError "unreachable" where the server is."""
        running = None
        for record in list(self._records.values()):
            if record.server != server:
                continue
            if self._due.get(record.key, 0.0) <= time.monotonic():
                self._advance(record, api)
            told = self._told.get(record.key)
            if running is None and told is not None and told.status == "in_progress":
                running = record
        self.running = running

    def cancel(self, key: str, api: Api | None) -> None:
        """Raises ApiError as `step` does; the job counts as cancelled all the same."""
        record = self._records.get(key)
        if record is None or record.state == CANCELLING:
            return
        if record.state == NEW and api is None:
            self._fail(record, CANCELLED)
            return
        if record.state == NEW:  # it may have reached the server without our knowing
            self._advance(record, api)  # type: ignore[arg-type]
            if record.state != SENT:
                return
        record.state = CANCELLING
        self._journal.save(record)
        self._due[key] = 0.0
        try:
            if api is not None:
                self._advance(record, api)
        finally:
            if record.state == CANCELLING:  # the server can't be told now: it will be, and the user need not wait
                self._emit(JobFailed(key, CANCELLED, record.request.binding))

    def cancel_all(self, server: str, api: Api | None) -> None:
        """The waiting ones first, so that none of them starts meanwhile."""
        keys = [record.key for record in self._records.values() if record.server == server]
        for key in reversed(keys):
            self.cancel(key, api)

    def move(self, key: str, before: str | None, api: Api) -> None:
        record, other = self._records.get(key), self._records.get(before or "")
        if record is None or record.id is None:
            return
        api.move(record.id, other.id if other else None)
        self.wake()

    def retry(self, key: str, take_path: Path | None) -> None:
        """Fetch the take of an ended job again."""
        record = self._journal.get(key)
        if record is None or record.state in UNFINISHED:
            return
        record.take_path = take_path or record.take_path
        record.state = SENT if record.id else NEW
        record.owner = self._owner
        record.error = None
        self._journal.save(record)
        self.add(record)

    def landed(self, key: str, api: Api | None, server: str | None) -> None:
        """Forget an ended job, also at the local backend: its take is in the project."""
        record = self._journal.get(key)
        if record is None or record.state in UNFINISHED:
            return
        self._journal.remove(key)
        if api is not None and record.id and record.server == server == "local":
            try:
                api.delete(record.id)
            except ApiError as error:
                if error.code == "unreachable":
                    raise

    def replay(self) -> None:
        """Tell all ended jobs again that have not landed."""
        for record in self._journal.ended(self._owner):
            self._tell_end(record)

    def _advance(self, record: Record, api: Api) -> None:
        self._due[record.key] = time.monotonic() + WAITING_SECONDS
        try:
            if record.state == NEW:
                self._send(record, api)
            elif record.state == CANCELLING:
                self._cancel_there(record, api)
            else:
                self._follow(record, api)
        except ApiError as error:
            if error.code == "unreachable":
                raise
            if error.status in (429, 503):
                self._due[record.key] = time.monotonic() + BUSY_SECONDS
                self._tell(
                    JobProgress(
                        record.key,
                        record.id,
                        "queued",
                        stage="the server is busy",
                        binding=record.request.binding,
                    )
                )
                return
            self._fail(record, error.to_json())

    def _send(self, record: Record, api: Api) -> None:
        try:
            self._journal.keep_uploads(record)
            job = api.submit(record.request)
        except OSError as error:
            self._fail(record, _file_error(error))
            return
        record.id = str(job["id"])
        record.state = SENT
        self._journal.save(record)
        self._look(record, job, api)

    def _follow(self, record: Record, api: Api) -> None:
        assert record.id is not None
        try:
            job = api.job(record.id)
        except ApiError as error:
            if error.status != 404:
                raise
            self._lost(record, error)
            return
        self._look(record, job, api)

    def _look(self, record: Record, job: dict[str, Any], api: Api) -> None:
        status = job.get("status")
        if status == "completed":
            self._fetch(record, job, api)
        elif status == "failed":
            self._fail(
                record,
                job.get("error")
                or {
                    "code": "failed",
                    "message": "The server failed and did not say why.",
                    "param": None,
                    "fix": "retry",
                },
            )
        elif status == "cancelled":
            self._fail(record, CANCELLED)
        else:
            self._tell(progress_of(record.key, record.request.binding, job))
            if status == "in_progress" or not job.get("queue_position"):  # running, or next
                self._due[record.key] = time.monotonic() + RUNNING_SECONDS

    def _lost(self, record: Record, error: ApiError) -> None:
        """The server does not know the job: its list was deleted. Make it again, from the files that we
        kept."""
        if record.resubmitted >= MOST_RESUBMITS or not all(path.exists() for path in record.request.uploads.values()):
            self._fail(record, {**error.to_json(), "fix": "retry"})
            return
        record.resubmitted += 1
        record.state, record.id = NEW, None
        self._journal.save(record)
        self._due[record.key] = 0.0

    def _cancel_there(self, record: Record, api: Api) -> None:
        assert record.id is not None
        try:
            job = api.cancel(record.id)
        except ApiError as error:
            if error.status not in (404, 405, 409):
                raise
            job = {}
            if error.status != 409:  # a server without cancel: delete stops it there
                _delete_if_there(api, record.id)
        if job.get("status") == "completed":  # it was quicker: nothing is thrown away
            record.state = SENT
            self._journal.save(record)
            self._fetch(record, job, api)
            return
        self._fail(record, CANCELLED)

    def _fetch(self, record: Record, job: dict[str, Any], api: Api) -> None:
        assert record.id is not None
        try:
            try:
                api.download(record.id, record.sidecar_path, "sidecar")
            except ApiError as error:
                if error.code == "unreachable":
                    raise
                _write_sidecar(record, job)  # another kind of server
            api.download(record.id, record.take_path, "video")
        except OSError as error:
            self._fail(record, _file_error(error))
            return
        record.job = {**job, "binding": record.request.binding}
        self._end(record, READY)

    def _fail(self, record: Record, error: dict[str, Any]) -> None:
        record.error = error
        self._end(record, FAILED)

    def _end(self, record: Record, state: str) -> None:
        record.state = state
        record.ended_at = time.time()
        self._journal.save(record)
        self._journal.drop_uploads(record.key)
        for table in (self._records, self._due, self._told):
            table.pop(record.key, None)  # type: ignore[attr-defined]
        self._tell_end(record)

    def _tell_end(self, record: Record) -> None:
        if record.state == READY:
            self._emit(TakeReady(record.key, record.take_path, record.sidecar_path, record.job or {}))
        else:
            self._emit(JobFailed(record.key, record.error or {}, record.request.binding))

    def _tell(self, progress: JobProgress) -> None:
        if self._told.get(progress.key) != progress:
            self._told[progress.key] = progress
            self._emit(progress)


def progress_of(key: str, binding: dict[str, Any], job: dict[str, Any]) -> JobProgress:
    """The event for a job's JSON, or for the data of a progress event of its stream."""
    preview = job.get("preview")
    return JobProgress(
        key,
        job.get("id"),
        str(job.get("status") or "queued"),
        int(job.get("progress") or 0),
        str(job.get("stage") or ""),
        job.get("eta_seconds"),
        job.get("queue_position"),
        base64.b64decode(preview.partition(",")[2]) if isinstance(preview, str) else None,
        binding,
    )


def _delete_if_there(api: Api, job_id: str) -> None:
    try:
        api.delete(job_id)
    except ApiError as error:
        if error.code == "unreachable":
            raise


def _write_sidecar(record: Record, job: dict[str, Any]) -> None:
    """What we know ourselves of a take that another kind of server made."""
    request = record.request
    facts = {
        "engine": request.engine,
        "model": job.get("model", request.engine),
        **request.form(),
        **request.extra_params(),
        "seconds": request.seconds,
        "seed": request.seed,
        "width": request.width,
        "height": request.height,
        "server": record.server,
        "created_at": job.get("created_at"),
    }
    record.sidecar_path.parent.mkdir(parents=True, exist_ok=True)
    part = record.sidecar_path.with_suffix(".json.part")
    part.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    part.replace(record.sidecar_path)


def _file_error(error: OSError) -> dict[str, Any]:
    path = error.filename or "a file"
    if error.errno == 28:
        message, fix = f"The disk is full: {path} could not be written.", "free_space"
    elif isinstance(error, FileNotFoundError):
        message, fix = f"{path} is not there any more.", "retry"
    else:
        message, fix = f"{path}: {error.strerror}. Save the .blend where you may write.", "save_file"
    return {"code": "file", "message": message, "param": None, "fix": fix}
