"""What a Session tells Blender: small tuples on a queue, read by one timer."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

# BackendState.state
OFF = "off"  # not asked for, or stopped by the user
MISSING = "missing"  # the local backend is not installed: fix "install"
STARTING = "starting"
READY = "ready"
RECONNECTING = "reconnecting"  # lost; tried again with growing pauses
OUTDATED = "outdated"  # extension and backend do not fit each other: fix "install", "update" or "connect"
FAILED = "failed"  # needs the user: message and fix say what


class BackendState(NamedTuple):
    """The backend's state changed. `message` is a sentence for the panel, `fix` a stable word ("" for
    none)."""

    state: str
    message: str = ""
    fix: str = ""


class Engines(NamedTuple):
    """The engines that the backend offers: the entries of `GET /v1/models`."""

    engines: list[dict[str, Any]]


class JobProgress(NamedTuple):
    """A job moved. `status` is queued or in_progress; `progress` 0..100; `preview` a JPEG, now and then."""

    key: str
    id: str | None  # None until the backend has taken the job
    status: str
    progress: int = 0
    stage: str = ""
    eta_seconds: float | None = None
    queue_position: int | None = None
    preview: bytes | None = None
    binding: dict[str, Any] | None = None


class TakeReady(NamedTuple):
    """A take is on disk. Told again at every start and `Session.replay()` until `Session.landed(key)`."""

    key: str
    clip: Path
    sidecar: Path
    job: dict[str, Any]  # the job's JSON; `binding` is always there


class JobFailed(NamedTuple):
    """A job ended without a take. `error` is {code, message, param, fix}; code "cancelled" for a cancelled
    one. Told again at every start and `Session.replay()` until `Session.landed(key)`."""

    key: str
    error: dict[str, Any]
    binding: dict[str, Any] | None = None


class FinalPrompt(NamedTuple):
    """How an engine words a direction, as asked with `Session.word`. `error` is {code, message, param, fix}
    where it could not be told, and `prompt` "" then."""

    key: str
    prompt: str
    error: dict[str, Any] | None = None


class InstallState(NamedTuple):
    """The installation of the local backend moved. `state`: running, done, failed, cancelled."""

    state: str
    fraction: float = 0.0
    message: str = ""
    fix: str = ""


Event = BackendState | Engines | JobProgress | TakeReady | JobFailed | FinalPrompt | InstallState
