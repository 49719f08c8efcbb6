"""The local backend: one process a machine, shared by all Blenders, started by the first that needs it."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import lease
from ..api.answers import Health
from ..api.calls import Api
from ..api.errors import ApiError
from ..files import make_folder, write_whole
from ..protocol import ProblemError
from . import running
from .reason import explain
from .running import Running

START_SECONDS = 90.0  # the first start on a slow disk, under a virus scanner
PATIENCE = (2.0, 5.0, 10.0, 15.0)  # seconds for the answers of a backend that runs but is busy, before it is replaced
STOP_SECONDS = 6.0
LOG_TAIL_BYTES = 16_000


class StartError(ProblemError):
    """The backend did not start. `message` says why, `fix` what would help."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__("not_started", message, fix)


class Outdated(StartError):
    """Another Blender runs a backend of another version."""


class LocalBackend:
    """Starts `python -m backend serve` in `root`, or finds the one that another Blender has started.

    `python` is an interpreter that has the backend's requirements, `root` the extension's folder, `home`
    TAKE_ONE_HOME, `client` the name of this session's lease. A start is given up where `stopped` says so. The process
    ends by itself when no lease is held any more. There is never a second one in a home: it would wait for the lock of
    the first one's queue.
    """

    def __init__(
        self,
        python: Path,
        root: Path,
        home: Path,
        client: str = "",
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.python = python
        self.root = root
        self.home = home
        self.client = client
        self._stopped = stopped
        self.log_path = home / "logs" / "backend.log"
        self.pid: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._where = home / "backend.json"
        self._starting = home / "backend.starting"  # the process that is to write it

    def start(self, take_over: bool = False) -> tuple[str, str]:
        """(url, token) of the running backend. Blocks until it answers. One of another version that another
        Blender uses is replaced with `take_over`; its jobs are on disk and go on. Raises StartError."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        try:
            with lease.exclusively(self.home / "backend.lock", START_SECONDS, self._stopped):
                return self._find(take_over) or self._spawn()
        except TimeoutError as error:
            raise StartError(
                "Another Blender has been starting the backend for too long. Try again.", "start"
            ) from error
        except OSError as error:
            raise StartError(f"The backend cannot be started: {error}", _fix_of(error)) from error

    def poll(self) -> int | None:
        """The exit code of a process that this object started and that has ended; None otherwise."""
        return self._process.poll() if self._process else None

    def running(self) -> bool:
        """Whether the backend's process is there."""
        return self._process.poll() is None if self._process else running.find(self._where) is not None

    def stop(self) -> None:
        """End the backend, unless another Blender uses it. Its jobs are on disk and go on at the next
        start."""
        with (
            contextlib.suppress(TimeoutError, OSError),
            lease.exclusively(self.home / "backend.lock", STOP_SECONDS),
        ):
            if not lease.others(self.home, self.client):
                self._end()
        self._process = None
        self.pid = None

    def log_tail(self) -> str:
        """The end of the log."""
        try:
            with self.log_path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def reason(self) -> tuple[str, str]:
        """(message, fix): why it ended."""
        return explain(self.log_tail(), self.poll())

    def _find(self, take_over: bool) -> tuple[str, str] | None:
        """The backend that runs already. One of another version is ended if nobody else uses it, or to `take_over`; one
        that does not answer any more is ended too."""
        found = running.find(self._where) or self._await_starting()
        if found is None:
            return None
        self.pid = found.pid
        health = self._patient_health(found)
        if health is None:
            self._end()
            return None
        ours = code_version(self.root)
        if health.version == ours:
            return found.url, local_token(self.home)
        if not take_over and lease.others(self.home, self.client):
            raise Outdated(*_misfit(health.version, ours))
        self._end()
        return None

    def _await_starting(self) -> Running | None:
        """The backend that a Blender began to start which was killed meanwhile."""
        pid = running.starting(self._starting, self._where)
        until = time.monotonic() + sum(PATIENCE)
        while pid is not None and running.is_backend(pid, self._where):
            if found := running.find(self._where):
                return found
            self._check_wanted()
            if time.monotonic() > until:
                running.end({pid}, self._where, STOP_SECONDS)
            time.sleep(0.05)
        return running.find(self._where)

    def _check_wanted(self) -> None:
        if self._stopped():
            raise StartError("The start of the backend was given up.", "start")

    def _patient_health(self, found: Running) -> Health | None:
        for seconds in PATIENCE:
            if health := self._health(found, seconds):
                return health
            self._check_wanted()
            if running.find(self._where) != found:
                break
        return None

    def _health(self, found: Running, seconds: float) -> Health | None:
        """What the process answers; None where it does not, or where another one has its port."""
        api = Api(found.url, local_token(self.home))
        try:
            health = api.health(seconds)
        except ApiError:
            return None
        finally:
            api.close()
        return health if health.pid == found.pid else None

    def _spawn(self) -> tuple[str, str]:
        if not self.python.exists():
            raise StartError("The backend is not installed.", "install")
        token = local_token(self.home)
        self._where.unlink(missing_ok=True)
        self._roll_log()
        leases = str(lease.leases_folder(self.home))
        files = ["--ready-file", str(self._where), "--leases", leases]
        command = [str(self.python), "-m", "backend", "serve", "--port", "0", *files]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.root,
                env=self._environment(token),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **_detached(),
            )
        write_whole(self._starting, str(self._process.pid))
        return self._await_ready(token)

    def _await_ready(self, token: str) -> tuple[str, str]:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and not self._stopped():
            if self._process.poll() is not None:
                raise StartError(*self.reason())
            found = running.find(self._where)
            if found is not None and self._health(found, PATIENCE[0]):
                self.pid = found.pid
                return found.url, token
            time.sleep(0.05)
        self._end()
        raise StartError(f"The backend did not answer within {START_SECONDS:.0f} s. The log may tell why.", "open_log")

    def _end(self) -> None:
        """End the process: the one we started, and the one that backend.json names."""
        found = running.find(self._where)
        pids = {found.pid} if found else set()
        if self._process is not None:
            pids.add(self._process.pid)
        running.end(pids, self._where, STOP_SECONDS)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        self._where.unlink(missing_ok=True)

    def _roll_log(self) -> None:
        make_folder(self.log_path.parent)
        with contextlib.suppress(OSError):  # Windows: still open elsewhere; then the old log goes on
            if self.log_path.exists():
                self.log_path.replace(self.log_path.with_name("backend.1.log"))

    def _environment(self, token: str) -> dict[str, str]:
        """This process's environment less what belongs to Blender's own Python. The token travels here, where
        other users of the machine cannot read it, as they could a command line."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {
            **ours,
            "TAKE_ONE_HOME": str(self.home),
            "TAKE_ONE_TOKEN": token,
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }


def local_token(home: Path) -> str:
    """The token of this machine's backend, made at first use and readable by its user only."""
    path = home / "token"
    try:
        if token := path.read_text(encoding="ascii").strip():
            return token
    except FileNotFoundError:
        pass
    make_folder(home)
    token = secrets.token_urlsafe(32)
    write_whole(path, token)
    return token


def code_version(root: Path) -> str:
    """The version of the backend's code in `root`, read without importing it."""
    source = (root / "backend" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', source, re.MULTILINE)
    return found.group(1) if found else ""


def _misfit(theirs: str, ours: str) -> tuple[str, str]:
    """(message, fix) where another Blender runs the backend of another version."""
    if _numbers(theirs) > _numbers(ours):
        return (
            f"Another Blender runs Take One {theirs}, and this is {ours}. Update this extension, or close the other.",
            "start",
        )
    return f"Another Blender runs Take One {theirs}, and this is {ours}.", "update"


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _detached() -> dict[str, Any]:
    """Popen's arguments for a process that outlives this one, shows no console and gets no Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _fix_of(error: OSError) -> str:
    return "free_space" if error.errno == 28 else "install" if isinstance(error, FileNotFoundError) else "open_log"
