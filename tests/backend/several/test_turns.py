"""Fair share: whose job is next, that nobody starves, and that the places told to clients come true."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.engines.engine import EngineError
from backend.jobs.store import store as store_module
from backend.jobs.store import turns
from backend.jobs.store.row import StoredJob
from backend.jobs.store.store import Store
from backend.jobs.store.turns import Waiting, first, line_up
from client.protocol import Problem, Result
from devtools.take_requests import take_request
from tests.backend.service_process import FOR_HOURS, PATIENCE
from tests.backend.several.conftest import Shared

SMALL = replace(take_request(seconds=1, size=(64, 48)), engine="card")
LARGE = replace(SMALL, size=(640, 480))  # a hundred times the work
PACES = {"card": 0.1, "second_card": 3.0}  # seconds for a megapixel


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def jobs(owner: str, count: int, seconds: float, place: int = 0) -> list[Waiting]:
    return [Waiting(f"{owner}{number}", owner, place + number, seconds) for number in range(1, count + 1)]


def test_the_least_with_the_job_is_next_then_the_first_that_came() -> None:
    a, b, c = Waiting("a", "A", 1, 9.0), Waiting("b", "B", 2, 1.0), Waiting("c", "C", 3, 1.0)
    assert first([a, b], {}, {}) is b  # a small take before another user's large one
    assert first([a, b], {}, {"A": 10.0, "B": 18.5}) is a  # but not for ever
    assert first([b, c], {}, {"B": 5.0, "C": 5.0}) is b
    assert first([a, b], {"B": 1}, {}) is a  # who holds fewer places
    assert first([a, b, c], {"A": 2, "B": 1, "C": 1}, {"B": 3.0, "C": 2.5}) is c


def test_two_jobs_pass_two_hundred() -> None:
    order = line_up(jobs("A", 200, 4.0) + jobs("B", 2, 4.0, 200), [("A", 1.5, 4.0)], {"A": 0.0})
    assert order[:6] == ["B1", "A1", "B2", "A2", "A3", "A4"]
    assert [job for job in order if job[0] == "A"] == [f"A{number}" for number in range(1, 201)]


def test_a_large_one_is_passed_until_others_had_as_much() -> None:
    order = line_up(jobs("A", 2, 30.0) + jobs("B", 99, 1.0, 2), [], {})
    assert [order.index(job) for job in ("A1", "A2")] == [29, 60]


def test_places_of_a_lane_are_shared() -> None:
    """Four places: as each take ends, it goes to whom holds fewest."""
    making = [("A", 1.0, 10.0), ("A", 2.0, 10.0), ("A", 3.0, 10.0), ("A", 4.0, 10.0)]
    order = line_up(jobs("A", 9, 10.0) + jobs("B", 9, 10.0, 9) + jobs("C", 1, 10.0, 18), making, {"A": 900.0})
    assert order[:4] == ["B1", "C1", "B2", "A1"]


def test_what_is_begun_ends_after_now_and_counts_for_its_user() -> None:
    a, b, c = Waiting("a", "A", 1, 1.0), Waiting("b", "B", 11, 3.0), Waiting("c", "B", 12, 4.0)
    assert line_up([a, b, c], [("A", 9.0, 9.0), ("B", 6.0, 9.0)], {"A": 0.0}) == ["b", "a", "c"]
    assert line_up([replace(a, seconds=6.0), replace(b, seconds=2.0)], [("B", 8.0, 9.0)], {"A": 6.0}) == ["b", "a"]


def add(opened: Store, name: str, owner: str, large: bool = False, engine: str = "card") -> StoredJob:
    return opened.add(name, replace(LARGE if large else SMALL, engine=engine), "gpu", owner=owner)


def make(opened: Store, seconds: float | None = None) -> str:
    """Has the next job made, in `seconds`, or at its engine's pace."""
    job = opened.claim("gpu")
    assert job is not None
    opened.attempt_folder(job).mkdir(parents=True)
    assert opened.complete(job, Result(frames=24))
    opened.count_turn(job, turns.work(job.request) * PACES[job.request.engine] if seconds is None else seconds)
    return job.id


def sums(opened: Store) -> dict[str, float]:
    """What each user has had of the lane."""
    with opened._reader.use() as db:
        return dict(map(tuple, db.execute("SELECT owner, seconds FROM turns WHERE lane = 'gpu'")))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_places_that_are_told_come_true(opened: Store, seed: int) -> None:
    chance = random.Random(seed)
    for engine in PACES:  # how fast each is, is known of a take before
        add(opened, f"video_{engine}", "D", engine=engine)
        make(opened)
    for number in range(24):
        size = 16 * chance.randint(4, 60), 16 * chance.randint(4, 60)  # hardly two the same: no ties
        request = replace(SMALL, engine=chance.choice(list(PACES)), size=size)
        opened.add(f"video_{number}", request, "gpu", owner=chance.choice("AAAABBC"))
    told = opened.positions()
    order = sorted(told, key=told.__getitem__)
    assert [told[job] for job in order] == list(range(1, 25))
    for left in range(24, 0, -1):
        told = opened.positions()
        assert sorted(told.values()) == list(range(1, left + 1))
        (following,) = [job for job, place in told.items() if place == 1]
        assert make(opened) == following == order[24 - left]
    assert opened.positions() == {}


def test_the_place_that_is_free_first_counts(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two takes at work the one that began earlier ends earlier: its user holds no place then."""
    for number in (1, 2):
        add(opened, f"video_A{number}", "A", large=True)
        add(opened, f"video_B{number}", "B", large=True)
    now = [1000.0]
    monkeypatch.setattr(store_module.time, "time", lambda: now[0])
    for name, began in (("video_A1", 1000.0), ("video_B1", 999.9)):
        now[0] = began
        job = opened.claim("gpu")
        assert job is not None and job.id == name
    now[0] = 1000.1
    assert opened.positions() == {"video_B2": 1, "video_A2": 2}


def test_who_comes_is_level_with_the_least_of_those_who_wait(opened: Store) -> None:
    for owner in "ABCD":
        add(opened, f"video_{owner}1", owner)
    add(opened, "video_A2", "A")
    add(opened, "video_B2", "B")
    assert [make(opened, seconds) for seconds in (3.0, 8.0, 5.0, 90.0)] == [f"video_{owner}1" for owner in "ABCD"]
    assert sums(opened) == {"A": 3.0, "B": 8.0, "C": 5.0, "D": 90.0}
    for owner in "CDE":
        add(opened, f"video_{owner}2", owner)
    assert sums(opened) == {"A": 3.0, "B": 8.0, "C": 5.0, "D": 90.0, "E": 3.0}
    job = opened.claim("gpu")
    assert job is not None and job.id == "video_A2"  # at work now, and not counted yet
    add(opened, "video_F1", "F")
    add(opened, "video_A3", "A")
    assert sums(opened) == {"A": 3.0, "B": 8.0, "C": 5.0, "D": 90.0, "E": 3.0, "F": 3.0}
    for name in ("video_E2", "video_F1"):
        opened.cancel(name)
    opened.cancel("video_A3")
    add(opened, "video_G1", "G")
    assert sums(opened)["G"] == 5.0  # A's does not wait
    opened.cancel("video_A2")
    for name in ("video_B2", "video_C2", "video_D2", "video_G1"):
        opened.cancel(name)
    add(opened, "video_D3", "D")
    assert sums(opened) == {"D": 0.0}  # nobody was here


def test_who_has_a_job_at_work_keeps_what_they_had(opened: Store) -> None:
    add(opened, "video_A1", "A")
    add(opened, "video_B1", "B")
    add(opened, "video_B2", "B")
    job = opened.claim("gpu")
    assert job is not None and job.id == "video_A1"
    assert make(opened, 600.0) == "video_B1"  # in another place of the lane
    add(opened, "video_A2", "A")
    assert sums(opened) == {"A": 0.0, "B": 600.0}
    for name in ("video_A2", "video_B2"):
        opened.cancel(name)
    opened.count_turn(job, 40.0)
    add(opened, "video_C1", "C")
    assert sums(opened) == {"A": 40.0, "B": 600.0, "C": 40.0}  # nobody waits: level with who is at work


def test_a_pause_saves_nothing_up(opened: Store) -> None:
    """Who had the lane alone for an hour waits no longer for it than who comes now."""
    for number in range(3):
        add(opened, f"video_A{number}", "A")
    assert [make(opened, 1800) for _ in range(2)] == ["video_A0", "video_A1"]
    for number in range(4):
        add(opened, f"video_B{number}", "B")
    add(opened, "video_A3", "A")
    order = [make(opened, 1.0) for _ in range(6)]
    assert order == ["video_A2", "video_B0", "video_B1", "video_A3", "video_B2", "video_B3"]
    add(opened, "video_C0", "C")
    add(opened, "video_B4", "B")
    assert make(opened, 1.0) == "video_C0"


def test_what_is_cancelled_or_fails_counts_and_an_interruption_keeps_its_place(opened: Store) -> None:
    for number in (1, 2):
        add(opened, f"video_A{number}", "A")
        add(opened, f"video_B{number}", "B")
    job = opened.claim("gpu")
    assert job is not None and job.id == "video_A1"
    opened.put_back(job, interrupted=False)
    job = opened.claim("gpu")
    assert job is not None and job.id == "video_A1"
    assert opened.fail(job, Problem("engine_failed", "It fell over."))
    opened.count_turn(job, 50.0)
    assert [make(opened, 1.0) for _ in range(3)] == ["video_B1", "video_B2", "video_A2"]


def test_a_full_queue_is_full_for_its_user_only(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_WAITING", 2)
    add(opened, "video_1", "A")
    add(opened, "video_2", "A")
    with pytest.raises(EngineError, match="2 jobs are waiting"):
        add(opened, "video_3", "A")
    assert add(opened, "video_4", "B").owner == "B"


def test_a_move_changes_the_order_of_ones_own_only(opened: Store) -> None:
    for name, owner in (("a1", "A"), ("b1", "B"), ("a2", "A"), ("b2", "B"), ("a3", "A")):
        add(opened, f"video_{name}", owner)
    opened.move("video_a3", "video_a1")
    opened.move("video_b1", None)
    places = {job.id: job.place for owner in "AB" for job in opened.page(9, owner=owner)}
    assert places == {"video_a3": 1, "video_a1": 3, "video_a2": 5, "video_b2": 2, "video_b1": 4}
    with pytest.raises(EngineError, match="not waiting"):
        opened.move("video_a1", "video_b1")


def test_two_jobs_do_not_wait_for_two_hundred(shared: Shared, still: bytes) -> None:
    """At a real service, over HTTP; the order of starts is read from its database."""
    with shared.by("anna") as service:
        running = service.submit(still, options=FOR_HOURS, seconds="10").json()["id"]
        service.wait(running, "in_progress")
        many = [service.submit(still, seconds="0.1").json()["id"] for _ in range(200)]
    with shared.by("ben") as service:
        few = [service.submit(still, seconds="0.1").json()["id"] for _ in range(2)]
        assert [service.job(job)["queue_position"] for job in few] == [1, 2]
    with shared.by("anna") as service:
        assert [service.job(many[number])["queue_position"] for number in (0, 1, 199)] == [3, 4, 202]
        service.http.post(f"/v1/videos/{running}/cancel")
    with shared.by("ben") as service:
        for job in few:
            assert service.wait(job)["status"] == "completed"
    with shared.by("anna") as service:
        service.wait(many[2])
    db = sqlite3.connect(shared.home / "jobs.db", timeout=PATIENCE)
    db.execute("UPDATE jobs SET status = 'cancelled' WHERE status = 'queued'")
    db.commit()
    starts = [name for (name,) in db.execute("SELECT id FROM jobs WHERE started_at NOT NULL ORDER BY started_at")]
    db.close()
    names = {running: "anna's long one"} | {job: f"anna {number}" for number, job in enumerate(many, 1)}
    names |= {job: f"ben {number}" for number, job in enumerate(few, 1)}
    order = [names[job] for job in starts if job in names]
    print("order of starts:", ", ".join(order))
    assert order[0] == "anna's long one"
    assert order[1:6] == ["ben 1", "ben 2", "anna 1", "anna 2", "anna 3"]
