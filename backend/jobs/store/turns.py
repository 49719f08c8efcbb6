"""Whose job is next in a lane. Users take turns by what they had of the lane; each one's own jobs go in their order.

Next is the first job of the user who holds the fewest of the lane's places just now; among equals, of the one who
will have had the least of the lane with it: the seconds that were measured of earlier jobs, and those expected of this
one. So nobody waits behind another's long queue, who asks for little waits little, a small take goes before another
user's large one, and a large one is only passed until the others have had as much. That is start-time fair queueing
(Goyal, Vin and Cheng, 1996) with the finish in the place of the start.

Nothing is saved up: who comes to a lane is level with the least of those who wait there, and where nobody was, all
begin anew (`arrive`). A sum over the last hour would let who was away fill the lane for as long as the others had it.
"""

from __future__ import annotations

import heapq
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from client.protocol import JobState, TakeRequest

QUEUED, IN_PROGRESS = JobState.QUEUED.value, JobState.IN_PROGRESS.value
KEPT_PACE = 0.8  # how much of what was measured of an engine before counts beside a new take
USUAL_PACE = 0.1  # seconds for a megapixel, where nothing was measured yet


@dataclass(frozen=True)
class Waiting:
    """A job that waits, and the `seconds` that it is expected to take."""

    id: str
    owner: str
    place: int
    seconds: float


def work(request: TakeRequest) -> float:
    """How much a take is: the megapixels of all its frames."""
    return request.width * request.height * request.seconds * float(request.fps) / 1e6


def first(heads: Iterable[Waiting], held: Mapping[str, int], had: Mapping[str, float]) -> Waiting:
    """The next job, of each user's first. `held`: places by user; `had`: seconds by user."""
    return min(
        heads, key=lambda job: (held.get(job.owner, 0), had.get(job.owner, 0.0) + job.seconds, job.place, job.id)
    )


def line_up(
    waiting: Iterable[Waiting], making: Iterable[tuple[str, float, float]], had: Mapping[str, float]
) -> list[str]:
    """The ids of `waiting` (in each user's order) as they will be begun if all takes what is expected.

    `making`: of each job at work its user, the seconds that it has left and all its seconds.
    """
    queues: dict[str, deque[Waiting]] = {}
    for job in waiting:
        queues.setdefault(job.owner, deque()).append(job)
    ends = [(left, number, owner, seconds) for number, (owner, left, seconds) in enumerate(making)]
    heapq.heapify(ends)
    held = Counter(owner for _, _, owner, _ in ends)
    sums = {owner: had.get(owner, 0.0) for owner in {*queues, *held}}
    order: list[str] = []
    now, number = 0.0, len(ends)
    while len(queues) > 1:
        if ends:
            now, _, owner, seconds = heapq.heappop(ends)
            held[owner] -= 1
            sums[owner] += seconds
        job = first((queue[0] for queue in queues.values()), held, sums)
        queues[job.owner].popleft()
        if not queues[job.owner]:
            del queues[job.owner]
        order.append(job.id)
        held[job.owner] += 1
        number += 1
        heapq.heappush(ends, (now + job.seconds, number, job.owner, job.seconds))
    return order + [job.id for queue in queues.values() for job in queue]


def arrive(db: sqlite3.Connection, lane: str, owner: str) -> None:
    """A job of `owner` is about to wait for `lane`. Their sum is brought level, unless they have a job there."""
    here = "SELECT owner, MAX(status = ?) FROM jobs WHERE status IN (?, ?) AND lane = ? GROUP BY owner"
    present = dict(map(tuple, db.execute(here, (QUEUED, QUEUED, IN_PROGRESS, lane))))
    if owner in present:
        return
    if not present:
        db.execute("DELETE FROM turns WHERE lane = ?", (lane,))
    had = _had(db, lane)
    waiting = [name for name, waits in present.items() if waits]  # what a job at work takes is counted at its end
    level = min((had.get(name, 0.0) for name in waiting or present), default=0.0)
    db.execute(
        "INSERT INTO turns VALUES (?1, ?2, ?3) ON CONFLICT (lane, owner) DO UPDATE SET seconds = MAX(seconds, ?3)",
        (lane, owner, level),
    )


def next_job(db: sqlite3.Connection, lane: str) -> str | None:
    """The id of the next job of `lane`, None where none waits."""
    heads = db.execute(
        "SELECT id, owner, engine, work, MIN(place) AS place FROM jobs WHERE status = ? AND lane = ? GROUP BY owner",
        (QUEUED, lane),
    ).fetchall()
    if not heads:
        return None
    held = "SELECT owner, COUNT(*) FROM jobs WHERE status = ? AND lane = ? GROUP BY owner"
    places, paces = dict(map(tuple, db.execute(held, (IN_PROGRESS, lane)))), _paces(db)
    return first([_waiting(row, paces) for row in heads], places, _had(db, lane)).id


def positions(db: sqlite3.Connection) -> dict[str, int]:
    """Where each waiting job stands in its lane; 1 is next."""
    query = "SELECT id, owner, engine, work, place, lane, started_at FROM jobs WHERE status = ? ORDER BY place"
    waiting: dict[str, list[Waiting]] = {}
    making: dict[str, list[tuple[str, float, float]]] = {}
    paces, now = _paces(db), time.time()
    for row in db.execute(query, (QUEUED,)):
        waiting.setdefault(row["lane"], []).append(_waiting(row, paces))
    for row in db.execute(query, (IN_PROGRESS,)):
        seconds = _waiting(row, paces).seconds
        left = max(0.0, seconds - max(0.0, now - (row["started_at"] or now)))
        making.setdefault(row["lane"], []).append((row["owner"], left, seconds))
    found: dict[str, int] = {}
    for lane, jobs in waiting.items():
        order = line_up(jobs, making.get(lane, ()), _had(db, lane))
        found |= {job_id: place for place, job_id in enumerate(order, 1)}
    return found


def count(db: sqlite3.Connection, lane: str, owner: str, seconds: float) -> None:
    """Writes down that `owner` had a place of `lane` for so long."""
    db.execute(
        "INSERT INTO turns VALUES (?1, ?2, ?3) ON CONFLICT (lane, owner) DO UPDATE SET seconds = seconds + ?3",
        (lane, owner, seconds),
    )


def learn(db: sqlite3.Connection, request: TakeRequest, seconds: float) -> None:
    """Writes down how long a take took that was made from its beginning to its end."""
    db.execute(
        "INSERT INTO pace VALUES (?1, ?2, ?3) ON CONFLICT (engine) DO UPDATE SET"
        " seconds = seconds * ?4 + ?2, work = work * ?4 + ?3",
        (request.engine, seconds, work(request), KEPT_PACE),
    )


def _had(db: sqlite3.Connection, lane: str) -> dict[str, float]:
    return dict(map(tuple, db.execute("SELECT owner, seconds FROM turns WHERE lane = ?", (lane,))))


def _paces(db: sqlite3.Connection) -> dict[str, float]:
    """Seconds for a megapixel, by engine."""
    return dict(map(tuple, db.execute("SELECT engine, seconds / work FROM pace WHERE work > 0")))


def _waiting(row: sqlite3.Row, paces: Mapping[str, float]) -> Waiting:
    usual = sum(paces.values()) / len(paces) if paces else USUAL_PACE
    return Waiting(row["id"], row["owner"], row["place"], row["work"] * paces.get(row["engine"], usual))
