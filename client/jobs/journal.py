"""The jobs of this machine, on disk: one JSON a job under TAKE_ONE_HOME/journal, with copies of the files it sends.

A job enters before anything is sent and leaves when its take has landed in the edit, so that neither a killed Blender
nor a killed backend loses it.
"""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from .. import lease
from ..files import copy_whole, make_folder, write_whole
from .record import FAILED, READY, UNFINISHED, Record, read, write

FORGET_SECONDS = 30 * 24 * 3600.0  # ended jobs that nobody claimed
OTHERS_GRACE_SECONDS = 20.0  # the time that a living session has to land its own takes


class Journal:
    """The records on disk. One record is not for two threads at once: a session's `submit` adds it, its thread then has
    it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "journal"

    def add(self, record: Record) -> None:
        """Raises ValueError for a key that can't name a file and options that are not JSON, OSError where it can't be
        written."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", record.key):
            raise ValueError(f"a job's key must be letters, digits, - and _, at most 64: {record.key!r}")
        make_folder(self.folder)
        self.save(record)

    def save(self, record: Record) -> None:
        try:
            text = write(record)
        except TypeError as error:
            raise ValueError(f"the job {record.key} holds what JSON can't: {error}") from error
        write_whole(self._path(record.key), text)

    def keep_uploads(self, record: Record) -> None:
        """Copy the request's files beside the record, and use the copies from now on. Raises OSError."""
        folder = self.folder / record.key
        files = record.request.files()
        if all(path.parent == folder for path in files.values()):
            return
        make_folder(folder)
        copies = {name: folder / (name + path.suffix.lower()) for name, path in files.items()}
        for name, path in files.items():
            copy_whole(path, copies[name])
        record.request = record.request.with_files(copies)
        self.save(record)

    def drop_uploads(self, key: str) -> None:
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)
        self.drop_uploads(key)

    def get(self, key: str) -> Record | None:
        """One record; None where there is none. A damaged one is set aside as *.damaged."""
        path = self._path(key)
        try:
            return read(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            path.replace(path.with_suffix(".damaged"))
            return None

    def keys(self) -> list[str]:
        """The keys of all records, in no order."""
        return [path.stem for path in self.folder.glob("*.json")]

    def records(self) -> list[Record]:
        """All of them, oldest first."""
        found = [self.get(key) for key in self.keys()]
        return sorted((record for record in found if record is not None), key=lambda record: record.created_at)

    def adopt(self, owner: str) -> list[Record]:
        """Adopt the unfinished jobs of sessions that are gone. Ended ones that nobody claimed are forgotten."""
        adopted = []
        with lease.exclusively(self.home / "journal.lock", seconds=5):
            for record in self.records():
                if record.owner == owner or lease.is_held(self.home, record.owner):
                    continue
                if record.state in UNFINISHED:
                    record.owner = owner
                    self.save(record)
                    adopted.append(record)
                elif time.time() - record.ended_at > FORGET_SECONDS:
                    self.remove(record.key)
        return adopted

    def ended(self, owner: str) -> list[Record]:
        """Ended jobs that have not landed and that no other living session is about to land."""

        def free(record: Record) -> bool:
            late = time.time() - record.ended_at > OTHERS_GRACE_SECONDS
            return record.owner == owner or late or not lease.is_held(self.home, record.owner)

        return [record for record in self.records() if record.state in (READY, FAILED) and free(record)]

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
