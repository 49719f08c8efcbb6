"""What the panels show while things run. Plain data outside of Blender's own, so that undo and file load
never meet it: panels read it, scene/session writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ...client.protocol import Binding, EngineInfo, JobState, Problem, ProblemError


class BlenderState(StrEnum):
    """What only Blender knows of a job; the rest of its life is JobState's."""

    RENDERING = "rendering"  # Blender renders the still, or will
    SENDING = "sending"  # not yet taken by the backend
    WAITING_FILE = "waiting_file"  # the take is on disk; it lands when its file is opened
    UNCERTAIN = "uncertain"  # a paid order whose answer was lost: only the user may have it sent again


Status = JobState | BlenderState
RENDERING, SENDING, WAITING_FILE, UNCERTAIN = BlenderState
ACTIVE = frozenset({RENDERING, SENDING, JobState.QUEUED, JobState.IN_PROGRESS})


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
    """One take being made, and where it belongs.

    `preview` is a JPEG (None until there is one), `preview_count` grows with each new one. `progress` is
    0..100. `held` is why a clip that is made can't be written yet.
    """

    key: str
    binding: Binding
    status: Status = SENDING
    progress: int = 0
    stage: str = ""
    eta_seconds: float | None = None
    queue_position: int | None = None
    preview: bytes | None = None
    preview_count: int = 0
    held: Problem | None = None


@dataclass
class State:
    """`revision` grows with every change that a panel would show."""

    backend: Backend = field(default_factory=Backend)
    install: Install = field(default_factory=Install)
    engines: tuple[EngineInfo, ...] = ()
    jobs: dict[str, Job] = field(default_factory=dict)  # by key, oldest first; gone when landed, failed or cancelled
    last_error: Problem | None = None  # it stays until dealt with
    last_error_key: str = ""  # of the job that it is about, "" for none
    takes_elsewhere: bool = False  # the file was saved in another folder than its takes; the user is to be asked
    landed: str = ""  # the name of the take that landed last ...
    landed_at: float = 0.0  # ... and when, by time.monotonic()
    composing: str = ""  # uid of the shot whose final prompt was asked for
    revision: int = 0

    def changed(self) -> None:
        """Note that the panels have something new to draw."""
        self.revision += 1

    def fail(self, error: ProblemError | Problem, key: str = "") -> None:
        """Keep an error for the panel; `key` is the job's that it is about."""
        self.last_error = error.problem if isinstance(error, ProblemError) else error
        self.last_error_key = key
        self.changed()

    def dismiss(self) -> None:
        """The user has dealt with the last error."""
        self.last_error, self.last_error_key = None, ""
        self.changed()

    def fixed(self, *fixes: str) -> None:
        """The user has just done what would help: the last error is dealt with if it asks for one of these."""
        if self.last_error is not None and self.last_error.fix in fixes:
            self.dismiss()

    def engine(self, engine_id: str) -> EngineInfo | None:
        """What an engine can do, or None as long as the backend has not said. "" is the server's own choice: the first
        one that can run."""
        if not engine_id:
            return next((engine for engine in self.engines if engine.available), next(iter(self.engines), None))
        return next((engine for engine in self.engines if engine.id == engine_id), None)

    def making(self, take_uid: str) -> Job | None:
        """The unfinished job that makes this take, or None."""
        return next(
            (job for job in self.jobs.values() if any(one.take_uid == take_uid for one in job.binding.each())), None
        )

    def queue(self) -> list[str]:
        """Keys of the waiting jobs in the order in which they will be made."""
        waiting = [job for job in self.jobs.values() if job.status == JobState.QUEUED]
        return [job.key for job in sorted(waiting, key=lambda job: job.queue_position or 0)]
