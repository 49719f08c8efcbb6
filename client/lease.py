"""Who is still there: a lock on a file, which the system lets go of when its process ends, however it ends.

Every Session holds one lease in TAKE_ONE_HOME/clients. The local backend stops when none is held; jobs of a
session whose lease is free may be taken over by another.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from .files import make_folder

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Lease:
    """This session's own lease, held until `release()` or the end of the process."""

    def __init__(self, home: Path) -> None:
        self.name = uuid.uuid4().hex
        self._path = leases_folder(home) / f"{self.name}.lock"
        make_folder(self._path.parent)
        self._file: IO[bytes] | None = self._take()

    def _take(self) -> IO[bytes]:
        """The locked file. A backend that cleans up may remove it between its making and its locking: then
        again."""
        while True:
            file = self._path.open("ab")  # Python's files are not inherited by child processes
            if _try_lock(file) and self._path.exists() and os.path.samestat(os.fstat(file.fileno()), self._path.stat()):
                return file
            file.close()
            time.sleep(0.01)

    def release(self) -> None:
        if self._file is None:
            return
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):  # on Windows the backend may have it open; it removes it then
            self._path.unlink(missing_ok=True)


def leases_folder(home: Path) -> Path:
    return home / "clients"


def is_held(home: Path, name: str) -> bool:
    """Whether the session that took the lease `name` still lives."""
    path = leases_folder(home) / f"{name}.lock"
    if not path.exists():
        return False
    with path.open("r+b") as file:
        return not _try_lock(file)


def others(home: Path, own: str) -> bool:
    """Whether any session besides `own` lives."""
    names = [path.stem for path in leases_folder(home).glob("*.lock")]
    return any(is_held(home, name) for name in names if name != own)


@contextlib.contextmanager
def exclusively(path: Path, seconds: float, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the lock file `path`. Raises TimeoutError where another process holds it for longer than
    `seconds`, or when `stopped` says so."""
    make_folder(path.parent)
    until = time.monotonic() + seconds
    with path.open("ab") as file:
        path.chmod(0o600)
        while not _try_lock(file):
            if time.monotonic() > until or stopped():
                raise TimeoutError(f"another process holds {path.name}")
            time.sleep(0.05)
        yield
