"""A service as a discrete-event model: jobs are sent, committed, wait for their turn, are made and committed again.

What takes no processor of ours (a card at work, a network) is time that passes; what does shares cores with all else
that runs on them. Whose turn it is says the queue's own `turns.first`, so that the model and the store can't differ.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import simpy

from backend.jobs.store.turns import Waiting, first

Steps = Generator[simpy.Event, None, None]
Pick = Callable[[Iterable[Waiting], Mapping[str, int], Mapping[str, float]], Waiting]


@dataclass(frozen=True)
class Job:
    """Sent at `at` (seconds) with so many bytes. Made in `seconds` that pass and `work` seconds of a core."""

    at: float
    seconds: float = 0.0
    work: float = 0.0
    upload: float = 0.0
    owner: str = ""


@dataclass(frozen=True)
class Site:
    """What jobs meet. `link` is in bytes a second, `commit` the seconds of one, `submit` and `overhead` seconds of a
    job that it spends at the door and between its worker's being free and that again, besides its making."""

    workers: int
    cores: float = math.inf
    link: float = math.inf
    commit: float = 0.0
    submit: float = 0.0
    overhead: float = 0.0
    pick: Pick = first


@dataclass(frozen=True)
class Done:
    """When a job was sent, committed, begun and committed as made."""

    job: Job
    sent: float
    queued: float
    begun: float
    ended: float


def fifo(heads: Iterable[Waiting], held: Mapping[str, int], had: Mapping[str, float]) -> Waiting:
    """The order of arrival, whoever's the jobs are."""
    return min(heads, key=lambda job: job.place)


def simulate(jobs: Sequence[Job], site: Site, ahead: int | None = None) -> list[Done]:
    """What becomes of `jobs`, in the order of their ends. `ahead`: at most so many are under way at once, and each is
    sent as soon as there is room, whatever its time."""
    run = _Run(site, ahead)
    for number, job in enumerate(jobs):
        run.env.process(run.arrive(number, job))
    for _ in range(site.workers):
        run.env.process(run.work())
    run.env.run()
    return run.done


class Shared:
    """So much of something a second, shared alike by all who use it; nobody gets more than `most`."""

    def __init__(self, env: simpy.Environment, rate: float, most: float = math.inf) -> None:
        self._env, self._rate, self._most = env, rate, most
        self._left: dict[simpy.Event, float] = {}
        self._at = 0.0
        self._turn = 0  # of the plan that counts

    def use(self, amount: float) -> simpy.Event:
        """Happens when `amount` has been had."""
        had = self._env.event()
        if amount <= 0 or min(self._rate, self._most) == math.inf:
            return had.succeed()
        self._pass()
        self._left[had] = amount
        self._plan()
        return had

    def _each(self) -> float:
        return min(self._most, self._rate / len(self._left))

    def _pass(self) -> None:
        if self._left:
            gone = (self._env.now - self._at) * self._each()
            self._left = {event: amount - gone for event, amount in self._left.items()}
        self._at = self._env.now

    def _plan(self) -> None:
        self._turn += 1
        if self._left:
            self._env.process(self._end_next(self._turn, min(self._left, key=self._left.__getitem__)))

    def _end_next(self, turn: int, event: simpy.Event) -> Steps:
        yield self._env.timeout(max(0.0, self._left[event] / self._each()))
        if turn == self._turn:
            self._pass()
            del self._left[event]
            event.succeed()
            self._plan()


class _Run:
    def __init__(self, site: Site, ahead: int | None) -> None:
        self.env = simpy.Environment()
        self.done: list[Done] = []
        self._site = site
        self._tickets = simpy.Resource(self.env, ahead) if ahead else None
        self._door, self._store = simpy.Resource(self.env, 1), simpy.Resource(self.env, 1)
        self._link, self._cores = Shared(self.env, site.link), Shared(self.env, site.cores, most=1.0)
        self._news = self.env.event()
        self._queues: dict[str, deque[tuple[Waiting, Job, float, float, simpy.Event]]] = {}
        self._held: Counter[str] = Counter()
        self._had: dict[str, float] = {}
        self._place = 0

    def arrive(self, number: int, job: Job) -> Steps:
        over = self.env.event()
        with self._tickets.request() if self._tickets else _Free(self.env) as ticket:
            yield self.env.timeout(0 if self._tickets else job.at)
            yield ticket
            sent = self.env.now
            yield self._link.use(job.upload)
            yield from self._hold(self._door, self._site.submit)
            yield from self._hold(self._store, self._site.commit)
            self._level(job.owner)
            self._place += 1
            waiting = Waiting(str(number), job.owner, self._place, job.seconds + job.work)
            self._queues.setdefault(job.owner, deque()).append((waiting, job, sent, self.env.now, over))
            self._news.succeed()
            self._news = self.env.event()
            yield over

    def work(self) -> Steps:
        while True:
            while not self._queues:
                yield self._news
            owner = self._site.pick((queue[0][0] for queue in self._queues.values()), self._held, self._had).owner
            _, job, sent, queued, over = self._queues[owner].popleft()
            if not self._queues[owner]:
                del self._queues[owner]
            self._held[owner] += 1
            yield from self._hold(self._store, self._site.commit)
            begun = self.env.now
            yield self.env.timeout(self._site.overhead + job.seconds)
            yield self._cores.use(job.work)
            yield from self._hold(self._store, self._site.commit)
            self._held[owner] -= 1
            self._had[owner] = self._had.get(owner, 0.0) + self.env.now - begun
            self.done.append(Done(job, sent, queued, begun, self.env.now))
            over.succeed()

    def _level(self, owner: str) -> None:
        """As `turns.arrive`: who comes is level with the least of those who wait."""
        working = {name for name, number in self._held.items() if number}
        if owner in self._queues or owner in working:
            return
        present = set(self._queues) or working
        if not present:
            self._had.clear()
        level = min((self._had.get(name, 0.0) for name in present), default=0.0)
        self._had[owner] = max(level, self._had.get(owner, 0.0))

    def _hold(self, resource: simpy.Resource, seconds: float) -> Steps:
        if seconds <= 0:
            return
        with resource.request() as mine:
            yield mine
            yield self.env.timeout(seconds)


class _Free:
    """A ticket for everybody."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env

    def __enter__(self) -> simpy.Event:
        return self._env.event().succeed()

    def __exit__(self, *_: object) -> None: ...


def waits_for_one(load: float, servers: int) -> float:
    """The chance that a job of a random moment waits (Erlang C), with so many seconds of work a second."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked)) if load < servers else 1.0


def mean_wait(rate: float, seconds: float, servers: int, spread: float = 1.0) -> float:
    """The mean seconds that jobs wait which come at random, `rate` a second. `spread` is the squared coefficient of
    variation of what they take: 1 for M/M/c (exact), 0 for M/D/c (after Allen and Cunneen, exact for one server)."""
    load = rate * seconds
    if load >= servers:
        return math.inf
    return waits_for_one(load, servers) * seconds / (servers - load) * (1 + spread) / 2


def servers_for(rate: float, seconds: float, wait: float, spread: float = 0.0) -> int:
    """The fewest servers with which jobs wait no longer than `wait` on average."""
    servers = max(1, math.floor(rate * seconds) + 1)
    while mean_wait(rate, seconds, servers, spread) > wait:
        servers += 1
    return servers
