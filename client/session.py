"""The one object through which Blender talks to a backend. Its methods return at once; a thread does the work."""

from __future__ import annotations

import queue
from pathlib import Path

from .events import Event
from .request import JobRequest
from .target import Target


class Session:
    """Keeps one connection to a backend and all jobs of this machine's journal.

    Every public method may be called from Blender's main thread: none waits for the network. What happens comes back
    as events (see events.py) through `poll()` or `next_event()`.

        session = Session(home(), online_access=bpy.app.online_access)
        session.connect(LocalTarget(root=extension_folder))
        session.submit(request, Path("/project/takes/shot/shot_t001.mp4"))
        for event in session.poll(): ...
        session.landed(key)       # the take is in the edit: forget the job
        session.close()           # at unregister and at exit
    """

    def __init__(self, home: Path, online_access: bool = False) -> None:
        self.home = home
        self.online_access = online_access

    def connect(self, target: Target) -> None:
        """Use this backend from now on (it is started where it is the local one) and resume its unfinished jobs.

        Answered by BackendState events and, once ready, Engines.
        """

    def disconnect(self) -> None:
        """Let go of the backend. The local one stops unless another Blender uses it. Jobs stay in the journal."""

    def refresh_engines(self) -> None:
        """Ask the backend for its engines again: an Engines event follows."""

    def submit(self, request: JobRequest, take_path: Path) -> None:
        """Make a take. It is in the journal when this returns; the clip will be written to `take_path` (an .mp4) and its
        sidecar beside it with the suffix .json."""

    def cancel(self, key: str) -> None:
        """Stop a job: JobFailed with the code "cancelled" follows."""

    def cancel_all(self) -> None:
        """Stop all unfinished jobs of the journal that belong to the present backend."""

    def move(self, key: str, before: str | None) -> None:
        """Reorder the waiting jobs: put `key` before the job of key `before`, or last."""

    def retry(self, key: str, take_path: Path | None = None) -> None:
        """Fetch again a take that could not be written, perhaps to another place."""

    def landed(self, key: str) -> None:
        """The event TakeReady or JobFailed of this job has been dealt with: forget the job."""

    def replay(self) -> None:
        """Tell TakeReady and JobFailed again for all jobs not yet landed (after another file was loaded)."""

    def unfinished(self) -> list[str]:
        """Keys of the journal's jobs that have not landed, oldest first."""
        return []

    def install(self, root: Path, profile: str = "draft") -> None:
        """Build the local backend's environment. InstallState events follow; then `connect` again."""

    def cancel_install(self) -> None:
        """Stop the installation and remove what it began."""

    def poll(self) -> list[Event]:
        """All events since the last call. Never waits."""
        return []

    def next_event(self, timeout: float) -> Event | None:
        """The next event, waited for at most `timeout` seconds: for scripts and background mode."""
        return queue.Queue[Event]().get(timeout=timeout)

    def close(self) -> None:
        """Let go of everything: the threads end, and the local backend where no other Blender uses it."""
