"""One connection to jobs.db, used by one thread at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...engines.engine import EngineError

BUSY_SECONDS = 3.0  # how long a change waits for another program that holds the file


class Connection:
    """`synchronous` is SQLite's own word: FULL syncs at each commit."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        self._db.row_factory = sqlite3.Row
        self._db.text_factory = lambda data: data.decode("utf-8", "replace")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves it in the drive's cache
        self._db.execute(f"PRAGMA synchronous = {synchronous}")

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        if not self._lock.acquire(timeout=2 * BUSY_SECONDS):
            raise busy()
        try:
            yield self._db
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            self._db.close()


def busy() -> EngineError:
    """Another program holds the file."""
    return EngineError("busy", "Another program holds the list of jobs (jobs.db). Try again in a moment.", "retry")
