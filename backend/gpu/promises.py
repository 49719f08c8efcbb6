"""What processes of this user are about to take of the computer's memory, so that no two count on the same bytes.

Each GPU has a process, and they set weights aside at the same moments: what one sees free, another is about to lock.
A promise is a file named by its process; what the process has taken since it promised counts no more, as it is no
longer free.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ..home import home


def free(spare: int = 0) -> int:
    """Bytes of the computer's memory that can be had, with `spare` bytes left and others' promises kept."""
    return psutil.virtual_memory().available - spare - _promised(_folder())


@contextmanager
def promised(needed: int, spare: int) -> Iterator[bool]:
    """Whether `needed` bytes of the computer's memory can be had with `spare` left; while the block takes them, no
    other process counts on them."""
    if sys.platform != "linux":  # where no take is shared, and files can't be locked like this
        yield needed <= free(spare)
        return
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    mine = folder / str(os.getpid())
    with _alone(folder):
        good = needed <= free(spare)
        if good:
            mine.write_text(f"{needed} {psutil.Process().memory_info().rss}")
    try:
        yield good
    finally:
        mine.unlink(missing_ok=True)


def _folder() -> Path:
    return home() / "cache" / "memory"


def _promised(folder: Path) -> int:
    """Bytes that other processes have promised themselves and not taken yet."""
    total = 0
    for path in folder.glob("[0-9]*"):
        if path.name == str(os.getpid()):
            continue
        try:
            needed, before = map(int, path.read_text().split())
            taken = psutil.Process(int(path.name)).memory_info().rss - before
        except psutil.NoSuchProcess:  # it was killed
            path.unlink(missing_ok=True)
            continue
        except (OSError, ValueError, psutil.Error):  # it has just been removed, or is being written
            continue
        total += max(0, needed - max(0, taken))
    return total


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other process decides meanwhile."""
    import fcntl

    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_UN)
