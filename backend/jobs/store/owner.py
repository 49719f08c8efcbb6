"""The right to work on the queue of a folder."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

NOT_A_DATABASE = 26  # SQLITE_NOTADB


class Owner:
    """One process at a time has the right to work on the queue of `home`, and loses it when it dies.

    The lock is SQLite's own, which every system knows. The file stays empty: what it holds does not matter.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "jobs.lock"
        self._db = self._open()

    def acquire(self) -> bool:
        """Takes the right if nobody has it."""
        if self._db.in_transaction:
            return True
        try:
            self._db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != NOT_A_DATABASE:
                raise
            self._db.close()
            os.truncate(self._path, 0)  # in place, so that who holds the lock of this file goes on holding it
            self._db = self._open()
            return False
        return True

    def release(self) -> None:
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=0)
