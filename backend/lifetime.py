"""When a backend that Blender started should end: as soon as no Blender uses it any more.

Each client holds an exclusive lock on a file of its own in one folder. The system lets go of a lock when its
process ends, also when it is killed, so that a lock that can be taken belongs to nobody.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _is_locked(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return True
        return False
else:
    import fcntl

    def _is_locked(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def in_use(leases: Path) -> bool:
    """Whether a client's lock in the folder `leases` is held. Files of clients that are gone are removed."""
    held = False
    for path in leases.glob("*.lock"):
        try:
            with path.open("r+b") as file:
                locked = _is_locked(file)
        except OSError:  # removed by its owner in between
            continue
        if locked:
            held = True
        else:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
    return held


def stop_when_unused(leases: Path, stop: Callable[[], None], every: float = 0.5) -> threading.Thread:
    """Watch the folder from a thread and call `stop` once no client is left."""

    def watch() -> None:
        while in_use(leases):
            time.sleep(every)
        stop()

    thread = threading.Thread(target=watch, name="take-one-lifetime", daemon=True)
    thread.start()
    return thread
