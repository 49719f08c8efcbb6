"""The one object through which Blender talks to a backend. Its methods return at once; a thread does the work."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from . import online
from .api.errors import ApiError
from .connection import Connection
from .events import FAILED, BackendState, Event, FinalPrompt, InstallState, Quote, WordsFound
from .files import make_folder, make_private
from .installing.install import Installer
from .jobs.follow import Jobs
from .jobs.journal import Journal
from .jobs.record import Record
from .jobs.watch import Watcher
from .lease import Lease
from .protocol import Camera, Direction, TakeRequest, WordsPath
from .target import LocalTarget, RemoteTarget, Target

LOG = logging.getLogger("take_one")
BUSY_TICK = 0.1  # seconds between two rounds while jobs are open
IDLE_TICK = 0.5
CLOSE_SECONDS = 8.0  # Blender waits for it when it ends
ADOPT_SECONDS = 15.0  # between two searches for jobs of Blenders that have gone
LOG_BYTES = 1 << 20


class Session:
    """Keeps one connection to a backend and all jobs of this machine's journal.

    Every public method may be called from Blender's main thread: none waits for the network. What happens
    comes back as events (see events.py) through `poll()` or `next_event()`.

        session = Session(home(), online_access=bpy.app.online_access)
        session.connect(LocalTarget(root=extension_folder))
        session.submit(key, request, Path("/project/takes/shot/shot_t001.mp4"))
        for event in session.poll(): ...
        session.landed(key)       # the take is in the edit: forget the job
        session.close()           # at unregister and at exit

    At the first `connect` the ended jobs that have not landed are reported again (as by `replay`). Unfinished jobs of a
    Blender that is gone are taken over.
    """

    def __init__(self, home: Path, online_access: bool = False) -> None:
        make_private(home)
        self.home = home
        self.online_access = online_access  # may be set at any time; read before each connection
        self._journal = Journal(home)
        self._lease = Lease(home)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._server = "local"  # where new jobs go; what is connected is the connection's own business
        self._connection = Connection(
            home, self._lease.name, self._events.put, self._stop.is_set, lambda: self.online_access
        )
        self._jobs = Jobs(self._journal, self._lease.name, self._events.put, lambda: self._commands.put(_nothing))
        self._watcher = Watcher(self._events.put, lambda: self._commands.put(self._jobs.poll_soon))
        self._thread: threading.Thread | None = None
        self._adopt_at = 0.0
        self._reported_online: bool | None = None
        self._log = _log_to(home / "logs" / "blender.log")
        self._installer: Installer | None = None
        self._installing: threading.Thread | None = None

    def connect(self, target: Target, take_over: bool = False) -> None:
        """Use this backend from now on (it is started where it is the local one) and resume its unfinished
        jobs. With `take_over` a local one of another version is replaced even where another Blender uses it.

        Answered by BackendState events and, once ready, Engines. Connecting again tries again.
        """
        self._server = target.name
        self._commands.put(lambda: self._connection.use(target, take_over))
        if self._thread is None:
            self._commands.put(self._resume)
            self._thread = threading.Thread(target=self._run, name="take-one-session", daemon=True)
            self._thread.start()

    def disconnect(self) -> None:
        """Let go of the backend. The local one stops unless another Blender uses it. Jobs stay in the
        journal."""
        self._commands.put(self._connection.drop)

    def remember(self, url: str, token: str) -> None:
        """Keep a server's token in the system's keyring; "" forgets it. A RemoteTarget without a token finds
        it."""
        server = RemoteTarget(url).name
        self._commands.put(lambda: self._connection.remember(server, token))

    def refresh_engines(self) -> None:
        """Ask the backend for its engines again: an Engines event follows."""
        self._commands.put(self._connection.engines)

    def compose_prompt(self, key: str, engine: str, direction: Direction, options: dict[str, Any]) -> None:
        """Ask what the engine's model would be given for a direction: one FinalPrompt of this key follows."""

        def ask() -> None:
            try:
                api = self._connection.api()
                if api is None:
                    raise ApiError("not_connected", "The backend is not connected yet.", "start")
                self._events.put(FinalPrompt(key, api.compose_prompt(engine, direction, options)))
            except ApiError as error:
                self._events.put(FinalPrompt(key, "", error.problem))
                raise

        self._commands.put(ask)

    def words_path(
        self, key: str, engine: str, direction: Direction, camera: Camera, seconds: float, seed: int
    ) -> None:
        """Ask which camera path a direction's words mean, seen from `camera`: one WordsFound of this key follows."""

        def ask() -> None:
            try:
                api = self._connection.api()
                if api is None:
                    raise ApiError("not_connected", "The backend is not connected yet.", "start")
                self._events.put(WordsFound(key, api.words_path(engine, direction, camera, seconds, seed)))
            except ApiError as error:
                self._events.put(WordsFound(key, None, error.problem))
                raise

        self._commands.put(ask)

    def path_ahead(
        self, engine: str, direction: Direction, camera: Camera, seconds: float, seed: int
    ) -> Future[WordsPath | None]:
        """Which camera path a take of one still from `camera` will go for. Never an answer where nothing runs; an
        ApiError where the backend does not answer."""
        answer: Future[WordsPath | None] = Future()

        def ask() -> None:
            try:
                api = self._connection.api()
                if api is None:
                    raise ApiError("not_connected", "The backend is not connected yet.", "start")
                answer.set_result(api.words_path(engine, direction, camera, seconds, seed, whole=False))
            except ApiError as error:
                answer.set_exception(error)

        self._commands.put(ask)
        return answer

    def quote(self, key: str, fields: dict[str, Any], film: str, since: float) -> None:
        """Ask what a take of this submission (the fields of `/v1/estimate`) would cost, and what was spent on `film`
        and since a time: one Quote of this key follows."""

        def ask() -> None:
            if api := self._connection.api():
                self._events.put(Quote(key, api.estimate(fields), *api.spending(film, since)))

        self._commands.put(ask)

    def retry(self, key: str, send_again: bool = False) -> None:
        """Have a failed job that its backend can go on with go on. `send_again`: an order whose answer was lost is
        sent, and perhaps paid, once more."""

        def retry() -> None:
            if api := self._connection.api():
                self._jobs.retry(key, send_again, api)

        self._commands.put(retry)

    def submit(self, key: str, request: TakeRequest, take_path: Path) -> None:
        """Make a take at the backend of the last `connect`, and at no other. It is in the journal when this returns;
        the clip will be written to `take_path` (an .mp4) and its sidecar beside it with the suffix .json.

        `key` is new for each take (a uuid's hex): the same one never makes two jobs. The request's binding is needed;
        its files must exist until the job's first JobProgress, the client keeps copies of its own.

        Raises:
            ValueError: the key can't name a file, the binding is missing, the options are not JSON.
            OSError: the journal can't be written.
        """
        if request.binding is None:
            raise ValueError(f"the job {key} has no binding")
        record = Record(key, self._server, self._lease.name, request, take_path, created_at=time.time())
        self._journal.add(record)
        self._commands.put(lambda: self._jobs.add(record))

    def cancel(self, key: str) -> None:
        """Stop a job: JobFailed with the code "cancelled" follows."""
        self._commands.put(lambda: self._jobs.cancel(key, self._connection.api()))

    def cancel_all(self) -> None:
        """Stop all unfinished jobs of this session that belong to the present backend."""
        server = self._server
        self._commands.put(lambda: self._jobs.cancel_all(server, self._connection.api()))

    def move(self, key: str, before: str | None) -> None:
        """Reorder the waiting jobs: put `key` before the job of key `before`, or last."""

        def move() -> None:
            if api := self._connection.api():
                self._jobs.move(key, before, api)

        self._commands.put(move)

    def landed(self, key: str) -> None:
        """The event TakeReady or JobFailed of this job has been dealt with: forget the job."""
        self._commands.put(lambda: self._jobs.landed(key, self._connection.api()))

    def replay(self) -> None:
        """Report TakeReady and JobFailed again for all jobs not yet landed (after another file was loaded)."""
        self._commands.put(self._jobs.replay)

    def unfinished(self) -> list[str]:
        """Keys of the journal's jobs that have not landed, in no order."""
        return self._journal.keys()

    def install(self, root: Path, profile: str = "draft") -> None:
        """Build the local backend's environment, in a thread of its own. InstallState events follow; where
        the local backend is in use it is then started from the new environment."""
        if self._installing is not None and self._installing.is_alive():
            return
        if not self.online_access and "PIP_NO_INDEX" not in os.environ:
            message = "Installing downloads files, and Blender's online access is off."
            self._events.put(InstallState("failed", 0.0, message, "online_access"))
            return
        self._installer = Installer(self.home, root, profile, self._events.put)
        self._installing = threading.Thread(
            target=self._install, args=(self._installer,), name="take-one-install", daemon=True
        )
        self._installing.start()

    def cancel_install(self) -> None:
        """Stop the installation and remove what it began."""
        if self._installer is not None:
            self._installer.cancel()

    def _install(self, installer: Installer) -> None:
        if installer.run():
            self._commands.put(self._connection.renew_local)

    def poll(self) -> list[Event]:
        """All events since the last call. Never waits."""
        events = []
        while not self._events.empty():
            events.append(self._events.get())
        return events

    def next_event(self, timeout: float) -> Event | None:
        """The next event, waited for at most `timeout` seconds: for scripts and background mode."""
        try:
            return self._events.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Let go of everything: the threads end, and the local backend where no other Blender uses it."""
        self._stop.set()
        self._commands.put(_nothing)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
        self._watcher.close()
        self.cancel_install()
        if self._installing is not None:
            self._installing.join(CLOSE_SECONDS)
        self._lease.release()
        LOG.removeHandler(self._log)
        self._log.close()

    def _resume(self) -> None:
        self._jobs.replay()
        self._adopt()

    def _adopt(self) -> None:
        self._adopt_at = time.monotonic() + ADOPT_SECONDS
        self._jobs.adopt()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._round()
            except ApiError as error:
                self._connection.lost(error)
            except Exception as error:  # a dead thread would leave jobs hanging without a word
                LOG.exception("in the session's thread")
                message = f"Something unexpected went wrong: {error}. The log tells more."
                self._events.put(BackendState(FAILED, message, "open_log"))
                self._stop.wait(2.0)
                self._connection.lost(ApiError("unexpected", message))
        self._watcher.rest()
        self._jobs.close()
        self._connection.close()

    def _round(self) -> None:
        busy = self._connection.target is not None and self._jobs.busy(self._connection.target.name)
        self._obey(BUSY_TICK if busy else IDLE_TICK)
        self._report_online()
        if time.monotonic() > self._adopt_at:
            self._adopt()
        api = self._connection.api()
        if api is None or self._stop.is_set():
            self._watcher.rest()
            return
        self._connection.check()
        self._jobs.step(api)
        running = self._jobs.running
        if running is not None and running.id is not None:
            self._watcher.follow(api, running)
        else:
            self._watcher.rest()

    def _report_online(self) -> None:
        """The local backend sends nothing out while Blender's online access is off."""
        allowed = self.online_access
        if self._reported_online == allowed or not isinstance(self._connection.target, LocalTarget):
            return
        self._reported_online = allowed
        try:
            online.write(self.home, allowed)
        except OSError:
            LOG.exception("the local backend could not be told whether it may go online")
        self._connection.engines()

    def _obey(self, wait: float) -> None:
        """Carry out what was asked for, waiting at most `wait` seconds for something to come."""
        try:
            command = self._commands.get(timeout=wait)
        except queue.Empty:
            return
        while not self._stop.is_set():
            try:
                command()
            except ApiError as error:
                if error.code == "unreachable":
                    raise
                LOG.warning("refused: %s", error.message)  # such as moving a job that has just begun
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return


def _nothing() -> None:
    """A command that only wakes the thread."""


def _log_to(path: Path) -> logging.Handler:
    """What goes wrong in Blender, in a file beside the backend's own log."""
    make_folder(path.parent)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(levelname)s %(asctime)s: %(message)s"))
    LOG.addHandler(handler)
    return handler
