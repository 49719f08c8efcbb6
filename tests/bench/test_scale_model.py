"""The model of a service: its queue against closed forms, its sharing, and the page that its figures stand on."""

from __future__ import annotations

import heapq
import random
import statistics
from pathlib import Path

import pytest
import simpy

from backend.jobs.store import turns
from bench.server.scale import constants, fair, studio
from bench.server.scale.model import Job, Shared, Site, fifo, mean_wait, servers_for, simulate, waits_for_one

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 1.0


def at_random(count: int, rate: float, even: bool) -> list[Job]:
    """Jobs that come at random and take a second, or a second on average."""
    chance, at, jobs = random.Random(7), 0.0, []
    for _ in range(count):
        at += chance.expovariate(rate)
        jobs.append(Job(at, SECONDS if even else chance.expovariate(1 / SECONDS)))
    return jobs


def waits(jobs: list[Job], servers: int) -> list[float]:
    """How long each waits whose turn is that of its arrival (Kiefer and Wolfowitz, 1955)."""
    free, waited = [0.0] * servers, []
    for job in jobs:
        begun = max(job.at, heapq.heappop(free))
        heapq.heappush(free, begun + job.seconds)
        waited.append(begun - job.at)
    return waited


@pytest.mark.parametrize(
    ("servers", "load", "even", "exact"),
    [
        (1, 0.5, False, 1.0),  # M/M/1: load / (1 - load)
        (1, 0.5, True, 0.5),  # M/D/1: half of it
        (3, 2.0, False, 4 / 9),  # M/M/3: Erlang C is 4/9, of 1 / (3 - 2)
        (3, 2.0, True, 0.233),  # M/D/3, after Cosmetatos (1976)
    ],
)
def test_jobs_wait_as_queueing_theory_says(servers: int, load: float, even: bool, exact: float) -> None:
    jobs = at_random(60_000, load / SECONDS, even)
    assert statistics.fmean(waits(jobs, servers)) == pytest.approx(exact, rel=0.06)
    assert mean_wait(load / SECONDS, SECONDS, servers, 0.0 if even else 1.0) == pytest.approx(exact, rel=0.06)
    done = simulate(jobs[:500], Site(servers, pick=fifo))
    modelled = {one.job.at: one.begun - one.queued for one in done}
    assert [modelled[job.at] for job in jobs[:500]] == pytest.approx(waits(jobs[:500], servers))


def test_servers_are_as_many_as_a_wait_asks_for() -> None:
    assert waits_for_one(2.0, 3) == pytest.approx(4 / 9)
    assert [servers_for(2.0, 1.0, wait, spread=1.0) for wait in (0.45, 0.44, 0.08)] == [3, 4, 5]
    assert mean_wait(3.0, 1.0, 3) == float("inf")


def test_what_is_shared_is_shared_alike_and_nobody_gets_more_than_the_most() -> None:
    env = simpy.Environment()
    cores, ends = Shared(env, 2.0, most=1.0), {}

    def use(name: str, at: float, amount: float) -> object:
        yield env.timeout(at)
        yield cores.use(amount)
        ends[name] = env.now

    for name, at, amount in (("a", 0.0, 3.0), ("b", 0.0, 3.0), ("c", 1.0, 1.0), ("d", 9.0, 2.0)):
        env.process(use(name, at, amount))
    env.run()
    # From 1 s on three share two cores: c has its second of work at 2.5 s, the others theirs half a second late.
    assert ends == pytest.approx({"c": 2.5, "a": 3.5, "b": 3.5, "d": 11.0})


def test_a_job_passes_the_door_and_the_store_and_six_ahead_are_six() -> None:
    site = Site(1, link=100.0, commit=0.25, submit=0.5, overhead=1.0)
    (one,) = simulate([Job(2.0, seconds=3.0, work=1.0, upload=200.0)], site)
    assert (one.sent, one.queued, one.begun, one.ended) == (2.0, 4.75, 5.0, 10.25)
    done = simulate([Job(0.0, 2.0)] * 9, Site(2), ahead=3)
    assert [(one.sent, one.begun, one.ended) for one in done[:5]] == [
        (0, 0, 2),
        (0, 0, 2),
        (0, 2, 4),
        (2, 2, 4),
        (2, 4, 6),
    ]


def test_two_do_not_wait_for_two_hundred() -> None:
    assert fair.model(turns.first)["few"] == [15.0, 75.0]
    assert fair.model(fifo)["few"] == [5985.0, 6015.0]


def test_the_page_says_what_the_model_says() -> None:
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    kept, artist = constants.load(), studio.Artist()
    for text in (studio.needs(kept, artist), studio.breaking(kept, artist), studio.backlog(kept)):
        assert text in page
    assert [part.share for part in studio.parts(kept, artist)] == sorted(
        (part.share for part in studio.parts(kept, artist)), reverse=True
    )


def test_each_turn_is_predicted_by_what_one_machine_did_right_before_it() -> None:
    from bench.server.scale.cluster import Round, Seen, predicted

    def turn(cycle: float) -> Round:
        one = [Seen(0.0, cycle * number, cycle * (number + 1)) for number in range(5)]
        random = [Seen(10.0 * number, 10.0 * number, 10.0 * number + cycle) for number in range(4)]
        ahead = [Seen(cycle * (n // 3 - 1) if n > 5 else 0.0, cycle * (n // 3), cycle * (n // 3 + 1)) for n in range(9)]
        return Round(one, random, ahead)

    rows = predicted([turn(2.0), turn(3.0)])
    assert [row.name.partition(":")[2].strip() for row in rows] == [
        "from sent to made",
        "all of them",
        "in the queue",
        "takes",
        "from sent to made",
    ]
    assert [round(row.predicted, 6) for row in rows[:3]] == [2.5, 65.0, 0.0]
    assert [round(row.predicted - row.measured, 6) for row in rows] == [0.0] * 5
