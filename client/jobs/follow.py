"""Moves the journal's jobs along: sends them, follows them, fetches their takes."""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..api.calls import Api
from ..api.errors import ApiError
from ..events import Event, JobFailed, JobProgress, TakeReady
from ..protocol import Job, JobState, Problem
from .disk import FULL, file_problem, room_for
from .journal import Journal
from .record import CANCELLING, FAILED, NEW, READY, SENT, UNFINISHED, Record
from .transfer import Transfer, Work, fetch, send

LOG = logging.getLogger("take_one")
RUNNING_SECONDS = 0.3  # between two polls of a running job, or the next one
WAITING_SECONDS = 1.0  # of those behind it
SLOW_SECONDS = 30.0  # of a download, after which others wait for it no longer
MOST_DOWNLOADS = 4  # from a server at once
BUSY_SECONDS = 5.0  # before a full server is asked again, or one that answered nonsense
HELD_SECONDS = 10.0  # before it is looked whether what a server has made can be written down by now
MOST_HELD_SECONDS = 300.0  # before it is fetched again though there is no more room: a quota tells nobody
MOST_RESUBMITS = 2
MOST_GARBLED = 3  # answers of no sense before a job is given up
BUSY = (429, 502, 503, 504)  # HTTP statuses of a server that will answer later
# What says nothing of a job, and neither does status 401: somebody else answers, such as a network that wants a login.
SHUT = ("certificate", "redirected")
MOST_SHUT = 10  # times that a job is kept through that
GARBLED = ("not_a_server", "too_large", "bad_clip")
CLOSE_SECONDS = 1.0
BROKE_OFF = (*FULL, errno.EIO)  # after much of a clip may have come
CANCELLED = Problem("cancelled", "Cancelled.")
UNEXPLAINED = Problem("failed", "The server failed and did not say why.", "retry")


@dataclass
class OpenJob:
    """An unfinished job of this session. `attempted`: the server may have it, though no answer came. `begun` is when
    its transfer did. `held` is why its clip, which the server has, could not be written here, where `room` bytes were
    not enough; `until` it is not fetched again without more."""

    record: Record
    due: float = 0.0
    reported: JobProgress | None = None
    transfer: Transfer | None = None
    begun: float = 0.0
    attempted: bool = False
    garbled: int = 0
    shut: int = 0
    held: Problem | None = None
    room: int = -1
    until: float = 0.0

    @property
    def uploading(self) -> bool:
        return self.transfer is not None and self.record.id is None

    @property
    def downloading(self) -> bool:
        return self.transfer is not None and self.record.id is not None


class Jobs:
    """This session's unfinished jobs. Used by the session's thread only. `wake` makes that thread come back at once."""

    def __init__(
        self, journal: Journal, owner: str, emit: Callable[[Event], None], wake: Callable[[], None] = lambda: None
    ) -> None:
        self._journal = journal
        self._owner = owner
        self._emit = emit
        self._wake = wake
        self._open: dict[str, OpenJob] = {}
        self.running: Record | None = None  # the job worth watching

    def add(self, record: Record, attempted: bool = False) -> None:
        self._open[record.key] = OpenJob(record, attempted=attempted)

    def adopt(self) -> None:
        """Adopt the jobs of Blenders that are gone."""
        for record in self._journal.adopt(self._owner):
            self.add(record, attempted=True)

    def busy(self, server: str) -> bool:
        """Whether there is anything to do at this server."""
        return any(job.record.server == server for job in self._open.values())

    def poll_soon(self) -> None:
        """Ask for all jobs now: one has ended or moved, and others follow."""
        for job in self._open.values():
            job.due = 0.0

    def step(self, api: Api) -> None:
        """Do what is due at this server. Raises ApiError where it is unreachable, or lets nobody in."""
        running = None
        for job in list(self._open.values()):
            if job.record.server != api.server:
                continue
            if job.due <= time.monotonic() or (job.transfer is not None and job.transfer.done):
                self._advance(job, api)
            reported = job.reported
            if running is not None or reported is None or reported.held is not None:
                continue
            if reported.job.status == JobState.IN_PROGRESS:
                running = job.record
        self.running = running

    def cancel(self, key: str, api: Api | None) -> None:
        """Raises ApiError as `step` does; the job counts as cancelled all the same."""
        job = self._open.get(key)
        if job is None or job.record.state == CANCELLING:
            return
        stopped = job.transfer is not None and job.transfer.stop()
        if job.downloading or job.held:
            if stopped or job.transfer is None:
                self._fail(job, CANCELLED)
            return  # else the take is there in this moment
        if job.record.id is None and not job.attempted and (stopped or job.transfer is None):
            self._fail(job, CANCELLED)  # the server has nothing of it
            return
        job.transfer = None if stopped else job.transfer
        job.record.state, job.due = CANCELLING, 0.0
        self._keep(job.record)
        try:
            if api is not None and api.server == job.record.server:
                self._advance(job, api)
        finally:
            if job.record.state == CANCELLING:  # the server is not reached now: it will be, and the user need not wait
                self._emit(JobFailed(key, CANCELLED, job.record.binding))

    def cancel_all(self, server: str, api: Api | None) -> None:
        """The waiting ones first, so that none of them starts meanwhile."""
        keys = [key for key, job in self._open.items() if job.record.server == server]
        for key in reversed(keys):
            self.cancel(key, api)

    def move(self, key: str, before: str | None, api: Api) -> None:
        job, other = self._open.get(key), self._open.get(before or "")
        if job is None or job.record.id is None or job.record.server != api.server:
            return
        if other is not None and other.record.server != api.server:
            return
        api.move(job.record.id, other.record.id if other else None)
        self.poll_soon()

    def retry(self, key: str, send_again: bool, api: Api) -> None:
        """Have a failed job go on at its backend, which keeps what it knows of it. One that can't is reported again."""
        record = self._journal.get(key)
        if record is None or record.state != FAILED or record.id is None or record.server != api.server:
            return
        try:
            api.retry(record.id, send_again)
        except ApiError as error:
            if error.code == "unreachable":
                raise
            record.problem = error.problem
            self._keep(record)
            self._report_end(record)
            return
        record.state, record.problem = SENT, None
        self._keep(record)
        self.add(record)

    def landed(self, key: str, api: Api | None) -> None:
        """Forget an ended job, also at the local backend: its take is in the project."""
        record = self._journal.get(key)
        if record is None or record.state in UNFINISHED:
            return
        self._journal.remove(key)
        if api is not None and record.id and record.server == api.server == "local":
            _delete_if_there(api, record.id)

    def replay(self) -> None:
        """Report all ended jobs again that have not landed."""
        for record in self._journal.ended(self._owner):
            self._report_end(record)

    def close(self) -> None:
        """Give up the transfers. Their jobs stay in the journal."""
        transfers = [job.transfer for job in self._open.values() if job.transfer is not None]
        for transfer in transfers:
            transfer.stop()
        ends = time.monotonic() + CLOSE_SECONDS
        for transfer in transfers:
            transfer.join(max(0.0, ends - time.monotonic()))

    def _advance(self, job: OpenJob, api: Api) -> None:
        job.due = time.monotonic() + WAITING_SECONDS
        try:
            if job.transfer is not None:
                if job.transfer.done:
                    self._collect(job, api)
            elif job.record.id is None:
                self._send(job, api)
            elif job.record.state == CANCELLING:
                self._cancel_there(job, job.record.id, api)
            else:
                self._follow(job, job.record.id, api)
        except ApiError as error:
            self._refused(job, error)
        except OSError as error:
            if job.record.id is not None and job.record.state == SENT:
                self._hold(job, job.record.id, error)
            else:
                self._give_up(job, file_problem(error, error.filename))
        except Exception as error:  # one job must not hold up the others
            LOG.exception("with the job %s", job.record.key)
            message = f"Something unexpected went wrong: {error}. The log tells more."
            self._give_up(job, Problem("unexpected", message, "open_log"))

    def _refused(self, job: OpenJob, error: ApiError) -> None:
        if error.code == "unreachable":
            raise error
        sent = job.record.id is not None or job.attempted
        foreign = error.code == "not_a_server" and job.record.id is not None
        if sent and (foreign or error.code in SHUT or error.status == 401) and job.shut < MOST_SHUT:
            job.shut += 1
            job.due = time.monotonic() + BUSY_SECONDS
            raise error
        if error.status in BUSY:
            job.due = time.monotonic() + BUSY_SECONDS
            self._report(job, Job(job.record.id or "", stage="the server is busy"))
            return
        if error.code in GARBLED and not foreign and job.garbled < MOST_GARBLED:
            job.garbled += 1
            job.due = time.monotonic() + BUSY_SECONDS
            return
        self._give_up(job, error.problem)

    def _send(self, job: OpenJob, api: Api) -> None:
        """One after the other, so that the server has them in their order."""
        if any(other.uploading for other in self._open.values() if other.record.server == api.server):
            job.due = 0.0
            return
        self._journal.keep_uploads(job.record)
        self._begin(job, api, send(job.record))

    def _begin(self, job: OpenJob, api: Api, work: Work) -> None:
        job.transfer, job.begun = Transfer(api, work, self._wake), time.monotonic()

    def _collect(self, job: OpenJob, api: Api) -> None:
        transfer, job.transfer = job.transfer, None
        assert transfer is not None
        uploaded = job.record.id is None
        try:
            answer = transfer.result()
        except ApiError as error:
            if error.code == "unreachable":
                job.attempted = job.attempted or (uploaded and not transfer.stop())
                if transfer.api is not api:  # of a connection that is gone by now
                    job.due = 0.0
                    return
            raise
        except OSError as error:
            job.held = None if uploaded else file_problem(error, job.record.take_path)
            raise
        if not uploaded:
            job.record.job = answer
            self._end(job, READY)
            return
        job.record.id = answer.id
        if job.record.state == CANCELLING:
            self._journal.save(job.record)
            self._cancel_there(job, answer.id, api)
            return
        job.record.state = SENT
        self._journal.save(job.record)
        self._take(job, answer, api)

    def _follow(self, job: OpenJob, job_id: str, api: Api) -> None:
        if job.held is not None and time.monotonic() < job.until and room_for(job.record) <= job.room:
            job.due = time.monotonic() + HELD_SECONDS
            return
        try:
            answer = api.job(job_id)
        except ApiError as error:
            if error.status != 404 or error.code == "not_a_server":
                raise
            self._lost(job, error)
            return
        self._take(job, answer, api)

    def _take(self, job: OpenJob, answer: Job, api: Api) -> None:
        """Make true here what the server says of the job."""
        match answer.status:
            case JobState.COMPLETED:
                self._fetch(job, answer, api)
            case JobState.FAILED:
                self._fail(job, answer.error or UNEXPLAINED)
            case JobState.CANCELLED:
                self._fail(job, CANCELLED)
            case _:
                self._report(job, answer)
                if answer.status == JobState.IN_PROGRESS or (answer.queue_position or 0) <= 1:  # running, or next
                    job.due = time.monotonic() + RUNNING_SECONDS

    def _fetch(self, job: OpenJob, answer: Job, api: Api) -> None:
        """One after the other, but for those that are slow: one that trickles must not hold up the rest."""
        under_way = [other for other in self._open.values() if other.downloading and other.record.server == api.server]
        slow = [other for other in under_way if time.monotonic() - other.begun > SLOW_SECONDS]
        if len(under_way) > len(slow) or len(slow) >= MOST_DOWNLOADS:
            job.due = time.monotonic() + RUNNING_SECONDS
            return
        self._begin(job, api, fetch(job.record, answer))

    def _lost(self, job: OpenJob, error: ApiError) -> None:
        """The server does not know the job: its list was deleted. Make it again, from the files that we kept; but not
        what was made already and can't be written here: it may be paid, and would end the same."""
        record, files = job.record, job.record.request.files().values()
        if job.held or record.resubmitted >= MOST_RESUBMITS or not all(path.exists() for path in files):
            self._fail(job, Problem(error.code, error.message, "retry", error.param))
            return
        record.resubmitted += 1
        record.state, record.id = NEW, None
        self._journal.save(record)
        job.due = 0.0

    def _cancel_there(self, job: OpenJob, job_id: str, api: Api) -> None:
        answer = Job(job_id)
        try:
            answer = api.cancel(job_id)
        except ApiError as error:
            if error.status not in (404, 405, 409):
                raise
            if error.status != 409:  # a server without cancel: delete stops it there
                _delete_if_there(api, job_id)
        if answer.status == JobState.COMPLETED:  # it was quicker: nothing is thrown away
            job.record.state = SENT
            self._journal.save(job.record)
            self._fetch(job, answer, api)
            return
        self._fail(job, CANCELLED)

    def _hold(self, job: OpenJob, job_id: str, error: OSError) -> None:
        """It is not lost by a disk that is full or away: the server has it, and perhaps it is paid."""
        now = time.monotonic()
        job.due, job.until = now + HELD_SECONDS, now + MOST_HELD_SECONDS
        job.room = max(job.room, room_for(job.record)) if error.errno in BROKE_OFF else -1
        why = "the disk is full" if error.errno in FULL else "its folder can't be written to"
        self._report(job, Job(job_id, JobState.IN_PROGRESS, 100, stage=f"Waiting: {why}"))

    def _give_up(self, job: OpenJob, problem: Problem) -> None:
        """It ends by a problem, or as cancelled where that was wanted anyway."""
        self._fail(job, CANCELLED if job.record.state == CANCELLING else problem)

    def _fail(self, job: OpenJob, problem: Problem) -> None:
        job.record.problem = problem
        self._end(job, FAILED)

    def _end(self, job: OpenJob, state: str) -> None:
        record = job.record
        record.state, record.ended_at = state, time.time()
        self._journal.drop_uploads(record.key)
        self._keep(record)
        self._open.pop(record.key, None)
        self._report_end(record)

    def _keep(self, record: Record) -> None:
        try:
            self._journal.save(record)
        except OSError:  # then this is found out again, by whoever reads the journal next
            LOG.exception("what became of the job %s could not be kept", record.key)

    def _report_end(self, record: Record) -> None:
        if record.state == READY:
            job = record.job or Job(record.id or "", JobState.COMPLETED)
            self._emit(TakeReady(record.key, record.take_path, record.sidecar_path, job, record.binding))
        else:
            self._emit(JobFailed(record.key, record.problem or UNEXPLAINED, record.binding))

    def _report(self, job: OpenJob, answer: Job) -> None:
        progress = JobProgress(job.record.key, answer, job.record.binding, held=job.held)
        if job.reported != progress and job.record.state != CANCELLING:
            job.reported = progress
            self._emit(progress)


def _delete_if_there(api: Api, job_id: str) -> None:
    try:
        api.delete(job_id)
    except ApiError as error:
        if error.code == "unreachable":
            raise
