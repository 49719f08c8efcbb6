"""A row of the queue as a value. A row that can't be read is a job that failed, and nothing else fails with it."""

from __future__ import annotations

import json
import math
import sqlite3
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from client.protocol import Direction, JobState, Problem, Result, TakeRequest
from client.protocol.codec import from_json, to_json

# What stands for a request that can't be read.
UNREADABLE = TakeRequest("", Direction(), (), seconds=1.0, fps=Fraction(24), size=(16, 16), seed=0)
_DAMAGED = Problem(
    "damaged",
    "The entry of this job in the list of jobs (jobs.db) can't be read. Delete it, and send it again.",
    "retry",
)


@dataclass(frozen=True)
class StoredJob:
    """A row of the queue. Times are seconds since 1970. The files of `request` are names in the job's folder.

    `owner` is the name of the user whose it is, "" of the service's own token.
    `binding` is the client's own JSON, which goes back to it as it came. `lane` is what the job waits for, "" where
    that is not known yet. `state` is what a resumable engine wrote down of its work (see engines.engine.Resumable).
    """

    id: str
    key: str | None
    fingerprint: str
    request: TakeRequest
    binding: Any
    notes: tuple[str, ...]
    status: JobState
    place: int
    attempt: int
    interruptions: int
    created_at: float
    completed_at: float | None
    error: Problem | None
    result: Result | None
    lane: str = ""
    state: dict[str, Any] | None = None
    owner: str = ""


@dataclass(frozen=True)
class JobProgress:
    """How far a job is. `pictures` counts its previews, `preview` is the last one, a JPEG."""

    fraction: float = 0.0
    stage: str = ""
    eta: float | None = None
    preview: bytes | None = None
    pictures: int = 0


def dump(value: Any) -> str | None:
    """JSON for a column, None for nothing."""
    return None if value is None else json.dumps(to_json(value))


def read_row(row: sqlite3.Row) -> StoredJob:
    """The job of a row: one that failed as `damaged` where the row does not hold what it should."""
    try:
        return _read(row)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return _damaged(row)


def _read(row: sqlite3.Row) -> StoredJob:
    return StoredJob(
        id=row["id"],
        key=row["key"],
        fingerprint=row["fingerprint"],
        request=_request(row["request"]),
        binding=_json(row["binding"]),
        notes=tuple(str(note) for note in json.loads(row["notes"])),
        status=JobState(row["status"]),
        place=int(row["place"]),
        attempt=int(row["attempt"]),
        interruptions=int(row["interruptions"]),
        created_at=_time(row["created_at"]) or 0.0,
        completed_at=_time(row["completed_at"]),
        error=_object(Problem, row["error"]),
        result=_object(Result, row["result"]),
        lane=row["lane"],
        state=_state(row["state"]),
        owner=row["owner"],
    )


@lru_cache(maxsize=16)
def _request(text: str) -> TakeRequest:
    """Kept: whoever follows a job has it read ten times a second, and a path with what is unseen takes a while."""
    return from_json(TakeRequest, json.loads(text))


def _damaged(row: sqlite3.Row) -> StoredJob:
    def number(name: str) -> float:
        value = row[name]
        return value if isinstance(value, int | float) and math.isfinite(value) else 0

    return StoredJob(
        id=str(row["id"]),
        key=row["key"],
        fingerprint=row["fingerprint"],
        request=UNREADABLE,
        binding=None,
        notes=(),
        status=JobState.FAILED,
        place=int(number("place")),
        attempt=int(number("attempt")),
        interruptions=int(number("interruptions")),
        created_at=number("created_at"),
        completed_at=number("completed_at") or number("created_at"),
        error=_DAMAGED,
        result=None,
        lane=str(row["lane"]),
        owner=str(row["owner"]),
    )


def _json(text: Any) -> Any:
    return None if text is None else json.loads(text)


def _time(value: Any) -> float | None:
    if value is None:
        return None
    if not math.isfinite(float(value)):
        raise ValueError("a time is finite")
    return float(value)


def _object(kind: Any, text: Any) -> Any:
    return None if text is None else from_json(kind, json.loads(text), lenient=True)


def _state(text: Any) -> dict[str, Any] | None:
    state = _json(text)
    if not isinstance(state, dict | None):
        raise TypeError("a state is an object")
    return state
