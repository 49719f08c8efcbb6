"""What runs where, for one user: of the others only how much there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from client.protocol import JobState
from client.protocol.cluster import Cluster, Gpu, Lane, Worker

from ... import __version__
from ...jobs.lanes import LANES
from ...jobs.workers.runner import Place


def cluster(
    user: str, places: Iterable[Place], counts: Iterable[tuple[str, str, str, int]], gpus: tuple[Gpu, ...]
) -> Cluster:
    """`counts`: see `Store.counts`."""
    every, own = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for lane, owner, status, number in counts:
        every[lane, status] += number
        if owner == user:
            own[lane, status] += number
    lanes = tuple(_lane(name, every, own) for name in LANES)
    return Cluster(__version__, user, lanes, tuple(_worker(place, user) for place in places), gpus)


def state(place: Place) -> str:
    """ "busy", "idle" or "off"."""
    if place.job is not None:
        return "busy"
    return "idle" if place.running else "off"


def _lane(name: str, every: Counter[tuple[str, str]], own: Counter[tuple[str, str]]) -> Lane:
    waiting, making = (name, JobState.QUEUED.value), (name, JobState.IN_PROGRESS.value)
    return Lane(name, every[waiting], every[making], own[waiting], own[making])


def _worker(place: Place, user: str) -> Worker:
    job = place.job.id if place.job is not None and place.job.owner == user else None
    return Worker(place.name, place.lane, state(place), place.engine, job, place.since)
