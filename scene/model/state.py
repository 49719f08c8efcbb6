"""What the panels show while things run. Plain data outside of Blender's own, so that undo and file load
never meet it: panels read it, `pump` and `jobs` write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .errors import SceneError

# Job.status, in the order of a job's life
RENDERING = "rendering"  # Blender renders the still
SENDING = "sending"  # not yet taken by the backend
QUEUED = "queued"
IN_PROGRESS = "in_progress"
WAITING_FILE = "waiting_file"  # the take is on disk; it lands when its file is opened
ACTIVE = (RENDERING, SENDING, QUEUED, IN_PROGRESS)


@dataclass
class Problem:
    """The last thing that went wrong. It stays until dealt with. `key` is the job's, "" where there was
    none."""

    code: str
    message: str
    fix: str = ""
    key: str = ""


@dataclass
class Backend:
    """See client.events for the states: off, missing, starting, ready, reconnecting, outdated, failed."""

    state: str = "off"
    message: str = ""
    fix: str = ""


@dataclass
class Install:
    """`state` is "" (never begun), running, done, failed or cancelled; `fraction` 0..1."""

    state: str = ""
    fraction: float = 0.0
    message: str = ""
    fix: str = ""


@dataclass
class Job:
    """One take being made. `take_uid` differs from `key` only where a take that was there is made again.

    `preview` is a JPEG (None until there is one), `preview_count` grows with each new one. `progress` is
    0..100.
    """

    key: str
    shot_uid: str
    shot_name: str
    number: int
    file_id: str = ""
    status: str = SENDING
    progress: int = 0
    stage: str = ""
    eta_seconds: float | None = None
    queue_position: int | None = None
    preview: bytes | None = None
    preview_count: int = 0
    take_uid: str = ""

    def __post_init__(self) -> None:
        self.take_uid = self.take_uid or self.key


@dataclass
class State:
    """`revision` grows with every change that a panel would show."""

    backend: Backend = field(default_factory=Backend)
    install: Install = field(default_factory=Install)
    engines: list[dict[str, Any]] = field(default_factory=list)  # the entries of GET /v1/models
    jobs: dict[str, Job] = field(default_factory=dict)  # by key, oldest first; gone when landed, failed or cancelled
    last_error: Problem | None = None
    takes_elsewhere: bool = False  # the file was saved in another folder than its takes; the user is to be asked
    wording: str = ""  # uid of the shot whose final prompt was asked for
    revision: int = 0

    def changed(self) -> None:
        """Note that the panels have something new to draw."""
        self.revision += 1

    def fail(self, error: SceneError, key: str = "") -> None:
        """Keep an error for the panel."""
        self.last_error = Problem(error.code, error.message, error.fix, key)
        self.changed()

    def dismiss(self) -> None:
        """The user has dealt with the last error."""
        self.last_error = None
        self.changed()

    def engine(self, engine_id: str) -> dict[str, Any] | None:
        """An engine's capabilities, or None where the backend has not told yet."""
        return next((engine for engine in self.engines if engine["id"] == engine_id), None)

    def making(self, take_uid: str) -> Job | None:
        """The unfinished job that makes this take, or None."""
        return next((job for job in self.jobs.values() if job.take_uid == take_uid), None)


STATE = State()
