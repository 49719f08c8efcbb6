"""The jobs of this machine, on disk: one JSON a job under TAKE_ONE_HOME/journal, with copies of the files it
sends.

A job enters before anything is sent and leaves when its take has landed in the edit, so that neither a killed
Blender nor a killed backend loses it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from . import lease
from .request import JobRequest

NEW = "new"  # not yet taken by the backend
SENT = "sent"  # the backend has it, under `id`
CANCELLING = "cancelling"  # to be cancelled at the backend as soon as it can be reached
READY = "ready"  # the take is on disk
FAILED = "failed"  # ended without a take
UNFINISHED = (NEW, SENT, CANCELLING)

FORGET_SECONDS = 30 * 24 * 3600.0  # ended jobs that nobody claimed
OTHERS_GRACE_SECONDS = 20.0  # the time that a living session has to land its own takes


@dataclass
class Record:
    """One job. `server` is "local" or a server's address; `owner` names the lease of the session that tends
    to it."""

    key: str
    server: str
    owner: str
    request: JobRequest
    take_path: Path
    state: str = NEW
    id: str | None = None
    created_at: float = 0.0
    ended_at: float = 0.0
    job: dict[str, Any] | None = None  # the job's last JSON, where ready
    error: dict[str, Any] | None = None  # where failed
    resubmitted: int = 0  # how often the backend had lost it

    @property
    def sidecar_path(self) -> Path:
        return self.take_path.with_suffix(".json")


class Journal:
    """The records on disk. Not thread-safe: one session's thread and its `submit` use it under one lock."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "journal"

    def add(self, record: Record) -> None:
        """Raises ValueError for a key that can't name a file, OSError where it can't be written."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", record.key):
            raise ValueError(f"a job's key must be letters, digits, - and _, at most 64: {record.key!r}")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.save(record)

    def save(self, record: Record) -> None:
        data = {**asdict(record), "request": record.request.to_json(), "take_path": str(record.take_path)}
        path = self._path(record.key)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def keep_uploads(self, record: Record) -> None:
        """Copy the request's files beside the record, and use the copies from now on. Raises OSError."""
        folder = self.folder / record.key
        files = record.request.uploads
        if all(path.parent == folder for path in files.values()):
            return
        folder.mkdir(parents=True, exist_ok=True)
        copies = {}
        for name, path in files.items():
            copies[name] = folder / (name + path.suffix.lower())
            shutil.copyfile(path, copies[name])
        record.request = replace(
            record.request,
            still=copies["input_reference"],
            depth=copies.get("depth"),
            last_frame=copies.get("last_frame"),
        )
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
            data = json.loads(path.read_text(encoding="utf-8"))
            request = JobRequest.from_json(data["request"])
            return Record(**{**data, "request": request, "take_path": Path(data["take_path"])})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            path.replace(path.with_suffix(".damaged"))
            return None

    def records(self) -> list[Record]:
        """All of them, oldest first."""
        found = [self.get(path.stem) for path in self.folder.glob("*.json")]
        return sorted((one for one in found if one is not None), key=lambda record: record.created_at)

    def adopt(self, owner: str) -> list[Record]:
        """Take over the unfinished jobs of sessions that are gone. Ended ones that nobody claimed are
        forgotten."""
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
