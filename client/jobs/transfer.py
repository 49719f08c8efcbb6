"""Uploads and downloads, each in a thread of its own, so that a slow server holds up nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace

from ..api import form
from ..api.calls import Api
from ..api.errors import ApiError
from ..api.transfer import Going
from ..files import make_folder, mode_beside, write_whole, writing
from ..protocol import Job
from ..protocol.codec import to_json
from . import clip
from .record import Record

Work = Callable[[Api, Going], Job]


class Transfer:
    """One of them, under way. `api` is the connection that it began beside; `ended` is called at its end."""

    def __init__(self, api: Api, work: Work, ended: Callable[[], None]) -> None:
        self.api = api
        self._going = Going()
        self._result: Job | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=(api.another(), work, ended), name="take-one-transfer", daemon=True
        )
        self._thread.start()

    def stop(self) -> bool:
        """Give it up. False where it is too late for that: then it ends as it would have."""
        return self._going.stop()

    @property
    def done(self) -> bool:
        return self._result is not None or self._error is not None

    def result(self) -> Job:
        """The job, once `done`; raises what went wrong."""
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self, api: Api, work: Work, ended: Callable[[], None]) -> None:
        try:
            self._result = work(api, self._going)
        except BaseException as error:  # noqa: BLE001  `result` raises it again, where it is dealt with
            self._error = error
        finally:
            api.close()
            ended()


def send(record: Record) -> Work:
    """Uploads the request. Raises ApiError, OSError, Stopped."""
    key, request = record.key, record.request
    return lambda api, going: api.submit(key, request, going)


def fetch(record: Record, job: Job) -> Work:
    """Downloads clip and sidecar of a completed job. The clip is in its place only where it is whole and what was
    promised. Raises ApiError, OSError, Stopped."""

    def work(api: Api, going: Going) -> Job:
        sidecar = _sidecar(record, job, api)
        folder = record.take_path.parent
        make_folder(folder, _folder_mode(record))
        mode = mode_beside(folder)
        with writing(record.take_path, mode) as file:
            api.download(job.id, file, going)
            try:
                frames = clip.count_frames(file)
            except clip.NotAClip as error:
                raise _bad_clip(api.url, str(error)) from error
            promised = job.result.frames if job.result else 0  # another kind of server promises none
            if frames == 0 or promised not in (0, frames):
                raise _bad_clip(api.url, f"it has {frames} frames, not {promised or record.request.frame_count}")
            going.check(complete=True)
            write_whole(record.sidecar_path, sidecar, mode)
        return replace(job, binding=record.request.binding)

    return work


def _folder_mode(record: Record) -> int:
    """New folders of a project are as open to others as the project is."""
    above = next(folder for folder in record.take_path.parents if folder.is_dir())
    return 0o700 | (above.stat().st_mode & 0o077)


def _bad_clip(url: str, why: str) -> ApiError:
    return ApiError("bad_clip", f"What {url} sent is not the take's clip: {why}.", "retry")


def _sidecar(record: Record, job: Job, api: Api) -> bytes:
    try:
        return api.sidecar(job.id)
    except ApiError as error:
        if error.code == "unreachable":
            raise
        return _own_sidecar(record, job)  # another kind of server


def _own_sidecar(record: Record, job: Job) -> bytes:
    """What we know ourselves of a take that another kind of server made."""
    request = record.request
    facts = {
        "engine": request.engine,
        **form.fields(request),
        **form.extra_params(request),
        "model": job.model or request.engine,
        "seconds": request.seconds,
        "seed": request.seed if job.seed is None else job.seed,
        "width": request.width,
        "height": request.height,
        "server": record.server,
        "created_at": int(record.created_at),
    }
    return json.dumps(to_json(facts), indent=1).encode()
