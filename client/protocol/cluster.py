"""What runs where, as `GET /v1/cluster` shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lane:
    """How many jobs wait for a lane and are made in it; `your_waiting` and `your_making` are those of who
    asks."""

    name: str
    waiting: int = 0
    making: int = 0
    your_waiting: int = 0
    your_making: int = 0


@dataclass(frozen=True)
class Worker:
    """A place for one job at a time. `state` is "busy", "idle", or "off": its process starts with its next job.

    `engine` is what it had last and may have loaded, "" for nothing. `job` is the id of the job that it makes, if that
    is of who asks. `since` is when it began to be busy or free, in seconds since 1970.
    """

    name: str
    lane: str
    state: str
    engine: str = ""
    job: str | None = None
    since: float = 0.0


@dataclass(frozen=True)
class Gpu:
    """A card of the machine that the service runs on; `busy` is a share from 0 to 1, None where it is not known."""

    index: int
    name: str
    memory_used: int
    memory_total: int  # bytes
    busy: float | None = None


@dataclass(frozen=True)
class Cluster:
    """`user` is the name of who asks, "" for the service's own token."""

    version: str
    user: str
    lanes: tuple[Lane, ...] = ()
    workers: tuple[Worker, ...] = ()
    gpus: tuple[Gpu, ...] = ()
