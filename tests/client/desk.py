"""A desk of jobs with a clock that is set, and a server that answers what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.events import Event, JobFailed
from client.jobs import follow
from client.jobs.follow import Jobs
from client.jobs.journal import Journal
from client.jobs.record import NEW, Record
from client.protocol import Job, TakeRequest

ME = "a" * 32


class Server:
    """A connection to a server that answers what it is told; `calls` are what it was asked."""

    def __init__(self, name: str = "local") -> None:
        self.server, self.url = name, f"http://{name}"
        self.calls: list[tuple[Any, ...]] = []
        self.says: dict[str, Any] = {}  # by call: what it answers, or an error

    def _answer(self, *call: Any) -> Any:
        self.calls.append(call)
        said = self.says.get(call[0], Job("v-" + str(call[1]).removeprefix("v-")))
        if isinstance(said, Exception):
            raise said
        return replace(said, id=call[1]) if isinstance(said, Job) and call[0] != "submit" else said

    def submit(self, key: str, request: TakeRequest, going: object) -> Job:
        return self._answer("submit", key)

    def job(self, job_id: str) -> Job:
        return self._answer("job", job_id)

    def cancel(self, job_id: str) -> Job:
        return self._answer("cancel", job_id)

    def delete(self, job_id: str) -> None:
        self._answer("delete", job_id)

    def move(self, job_id: str, before: str | None) -> None:
        self._answer("move", job_id, before)

    def retry(self, job_id: str, send_again: bool) -> None:
        self._answer("retry", job_id, send_again)


class AtOnce:
    """A transfer that is done as it begins; `held` ones go on until they are let go."""

    held = False

    def __init__(self, api: Server, work: Callable[..., Job], ended: Callable[[], None]) -> None:
        self.api, self._work = api, work
        self._held = AtOnce.held
        self._stopped = False

    @property
    def done(self) -> bool:
        return not self._held

    def stop(self) -> bool:
        self._stopped = self._held
        return self._held

    def result(self) -> Job:
        return self._work(self.api, None)

    def join(self, seconds: float) -> None:
        return None


class Desk:
    """Jobs with a clock, and what they told."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, make_request: Callable[..., TakeRequest]) -> None:
        self.now, self.told, self.home, self._make_request = 1000.0, [], home, make_request
        self.told: list[Event] = []
        self.journal = Journal(home)
        self.jobs = Jobs(self.journal, ME, self.told.append)
        self.fetched: list[str] = []
        monkeypatch.setattr(follow.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(follow, "Transfer", AtOnce)
        monkeypatch.setattr(AtOnce, "held", False)
        monkeypatch.setattr(follow, "fetch", self._fetch)

    def _fetch(self, record: Record, job: Job) -> Callable[..., Job]:
        def work(api: Server, going: object) -> Job:
            self.fetched.append(record.key)
            return job

        return work

    def add(self, key: str, state: str = NEW, server: str = "local", attempted: bool = False) -> Record:
        job_id = None if state == NEW else f"v-{key}"
        record = Record(key, server, ME, self._make_request(key), self.home / f"{key}.mp4", state, job_id)
        self.journal.add(record)
        self.jobs.add(record, attempted)
        return record

    def step(self, api: Server, seconds: float = 0.0) -> list[tuple[Any, ...]]:
        """Let so many seconds pass, then do what is due. What the server was asked."""
        self.now += seconds
        before = len(api.calls)
        self.jobs.step(api)  # type: ignore[arg-type]
        return api.calls[before:]

    def failures(self) -> list[tuple[str, str]]:
        return [(event.key, event.problem.code) for event in self.told if isinstance(event, JobFailed)]
