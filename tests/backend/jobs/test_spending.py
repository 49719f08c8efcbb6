"""What jobs cost and how many there are, as the store counts them; and a failed job that goes on."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.engines.engine import EngineError
from backend.jobs.store import spending, store, turns
from backend.jobs.store.row import StoredJob
from backend.jobs.store.store import Store
from client.protocol import JobState, Price, Problem, Result
from devtools.take_requests import take_request

REQUEST = dataclasses.replace(take_request(seconds=1, size=(64, 48)), engine="hosted")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [1_800_000_000.0]
    monkeypatch.setattr(spending.time, "time", lambda: clock[0])
    return clock


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def working(opened: Store, name: str, film: Any = "f1", owner: str = "") -> StoredJob:
    """A job that is being made."""
    (opened.folder / name).mkdir()
    opened.add(name, REQUEST, "network", owner=owner, binding=None if film is None else {"file_id": film})
    job = opened.claim("network")
    assert job is not None and job.id == name
    return job


def cost(amount: float, currency: str = "USD", exact: bool = False) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "exact": exact}


def rows(tmp_path: Path) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(tmp_path / "jobs.db")
    found = db.execute(
        "SELECT amount, currency, exact, at, film, engine, owner FROM spending ORDER BY at, amount"
    ).fetchall()
    db.close()
    return found


def test_what_a_job_costs_is_corrected_and_keeps_its_first_time(
    opened: Store, tmp_path: Path, now: list[float]
) -> None:
    job = working(opened, "video_1", owner="anna")
    assert opened.keep_state(job, {"order": 1, "cost": cost(0.5)})
    now[0] += 100.0
    assert opened.keep_state(job, {"order": 1})  # nothing new of it
    assert opened.keep_state(job, {"order": 1, "cost": cost(0.75, "EUR", True)})
    assert rows(tmp_path) == [(0.75, "EUR", 1, now[0] - 100.0, "f1", "hosted", "anna")]
    opened.attempt_folder(job).mkdir(parents=True)
    assert opened.complete(job, Result(24, cost=Price(0.8, "EUR")))
    assert rows(tmp_path) == [(0.8, "EUR", 0, now[0] - 100.0, "f1", "hosted", "anna")]
    assert not opened.complete(job, Result(24, cost=Price(9.0, "EUR")))
    assert not opened.keep_state(job, {"cost": cost(9.0)})
    assert opened.spent("f1", 0.0, "anna") == ({"EUR": 0.8}, {"EUR": 0.8})


def test_what_costs_nothing_after_all_is_taken_back(opened: Store, tmp_path: Path) -> None:
    job = working(opened, "video_1")
    opened.keep_state(job, {"cost": cost(0.5)})
    opened.keep_state(job, {"cost": None})
    assert [row[0] for row in rows(tmp_path)] == [0.0]
    opened.attempt_folder(job).mkdir(parents=True)
    opened.complete(job, Result(24))
    assert [row[0] for row in rows(tmp_path)] == [0.0]


def test_spending_is_summed_by_film_time_currency_and_user(opened: Store, now: list[float]) -> None:
    began = now[0]
    for number, (film, owner, amount, currency) in enumerate(
        (
            ("f1", "anna", 1.0, "USD"),
            ("f1", "anna", 2.0, "USD"),
            ("f2", "anna", 4.0, "USD"),
            ("f1", "anna", 8.0, "EUR"),
            ("f1", "ben", 16.0, "USD"),
            (None, "anna", 32.0, "USD"),
            (5, "anna", 64.0, "USD"),
        )
    ):
        now[0] = began + number
        opened.keep_state(working(opened, f"video_{number}", film, owner), {"cost": cost(amount, currency)})
    assert opened.spent("f1", began + 2, "anna") == ({"USD": 3.0, "EUR": 8.0}, {"USD": 100.0, "EUR": 8.0})
    assert opened.spent("f2", began + 3, "anna") == ({"USD": 4.0}, {"USD": 96.0, "EUR": 8.0})
    assert opened.spent("f1", began + 3.5, "ben") == ({"USD": 16.0}, {"USD": 16.0})
    assert opened.spent("", began + 99, "anna") == ({}, {})  # jobs of no film are no film's
    for number in range(7):
        opened.delete(f"video_{number}")
    assert opened.spent("f1", began + 9, "anna")[0] == {"USD": 3.0, "EUR": 8.0}  # it outlives the jobs


@pytest.mark.parametrize(("send", "sums"), [(False, [0.75]), (True, [0.5, 0.75])])
def test_a_job_that_goes_on_is_paid_once_unless_it_is_sent_again(
    opened: Store, tmp_path: Path, now: list[float], send: bool, sums: list[float]
) -> None:
    job = working(opened, "video_1")
    opened.keep_state(job, {"order": 7, "cost": cost(0.5)})
    assert opened.fail(job, Problem("uncertain", "Perhaps."))
    again = opened.again("video_1", send)
    assert again is not None and again.state == {"order": 7, "cost": cost(0.5), "again": send}
    assert (again.status, again.error, again.completed_at, again.attempt) == (JobState.QUEUED, None, None, 1)
    job = opened.claim("network")
    assert job is not None and job.attempt == 2
    now[0] += 1.0
    opened.keep_state(job, {"cost": cost(0.75)})
    assert sorted(row[0] for row in rows(tmp_path)) == sums


def test_what_goes_on_is_kept_as_long_as_any_other(
    opened: Store, now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.time, "time", lambda: now[0])
    job = working(opened, "video_1")
    opened.keep_state(job, {"order": 7})
    opened.fail(job, Problem("uncertain", "Perhaps."))

    def days(count: int) -> None:
        for _ in range(count):
            opened.sweep()
            now[0] += 86_400.0

    days(20)
    opened.again("video_1", False)
    days(40)  # it waits
    job = opened.claim("network")
    assert job is not None
    opened.attempt_folder(job).mkdir(parents=True, exist_ok=True)
    opened.complete(job, Result(24))
    days(30)
    assert opened.get("video_1") is not None
    days(2)
    assert opened.get("video_1") is None


def test_only_what_failed_and_wrote_something_down_goes_on(opened: Store) -> None:
    assert opened.again("video_0", True) is None
    for name, state, fails in (("video_1", None, True), ("video_2", {"a": 1}, False)):
        job = working(opened, name)
        if state is not None:
            opened.keep_state(job, state)
        if fails:
            opened.fail(job, Problem("a", "b"))
        with pytest.raises(EngineError, match=f"{name} has nothing to go on from") as refused:
            opened.again(name, False)
        assert (refused.value.code, refused.value.fix) == ("not_waiting", "retry")


def test_a_job_that_may_go_on_keeps_its_files_and_one_that_is_over_does_not(opened: Store) -> None:
    files = dataclasses.replace(REQUEST, views=take_request(still=Path("input_reference.png")).views)
    for name, ends in (("video_1", "fail"), ("video_2", "cancel")):
        folder = opened.job_folder(name)
        folder.mkdir()
        (folder / "input_reference.png").write_text("x")
        opened.add(name, files, "network")
        job = opened.claim("network")
        assert job is not None and opened.keep_state(job, {"a": 1})
        assert opened.fail(job, Problem("a", "b")) if ends == "fail" else opened.cancel(name)
        over = opened.get(name)
        assert over is not None and over.state == {"a": 1}
        opened.drop_uploads(over)
    left = [sorted(path.name for path in opened.job_folder(name).iterdir()) for name in ("video_1", "video_2")]
    assert left == [["input_reference.png"], []]


def test_jobs_are_counted_by_lane_user_and_status(opened: Store) -> None:
    for number, (lane, owner) in enumerate(
        (("gpu", "anna"), ("gpu", "anna"), ("gpu", "ben"), ("cpu", "anna"), ("cpu", ""))
    ):
        opened.add(f"video_{number}", REQUEST, lane, owner=owner)
    assert opened.waiting() == {"gpu": 3, "cpu": 2}
    job = opened.claim("gpu")
    assert job is not None and job.owner == "anna"
    opened.cancel("video_3")
    assert sorted(opened.counts()) == [
        ("cpu", "", "queued", 1),
        ("gpu", "anna", "in_progress", 1),
        ("gpu", "anna", "queued", 1),
        ("gpu", "ben", "queued", 1),
    ]
    assert opened.waiting() == {"gpu": 2, "cpu": 1}


def test_a_key_is_its_owners(opened: Store) -> None:
    anna = opened.add("video_1", REQUEST, owner="anna", key="k", fingerprint="f")
    ben = opened.add("video_2", REQUEST, owner="ben", key="k", fingerprint="g")
    assert (anna.id, ben.id) == ("video_1", "video_2")
    assert opened.with_key("k", "anna") == anna and opened.with_key("k", "ben") == ben
    assert opened.with_key("k") is None


def test_what_is_deleted_leaves_no_progress_behind(opened: Store) -> None:
    job = working(opened, "video_1")
    opened.report(job, 0.5, "Filming", 9.5, b"one")
    opened.report(job, 0.6, "Filming", None, None)
    assert (opened.progress("video_1").eta, opened.progress("video_1").preview) == (None, b"one")
    opened.delete("video_1")
    assert (opened.progress("video_1").fraction, opened.progress("video_1").preview) == (0.0, None)


def test_a_page_after_anothers_job_is_empty(opened: Store) -> None:
    for name, owner in (("video_1", "anna"), ("video_2", "ben"), ("video_3", "anna")):
        opened.add(name, REQUEST, owner=owner)
    assert [job.id for job in opened.page(9, owner="anna")] == ["video_3", "video_1"]
    assert opened.page(9, after="video_2", owner="anna") == []
    assert [job.id for job in opened.page(9, after="video_3", owner="anna")] == ["video_1"]


def pace(opened: Store) -> dict[str, tuple[float, float]]:
    with opened._reader.use() as db:
        return {name: (seconds, work) for name, seconds, work in db.execute("SELECT engine, seconds, work FROM pace")}


def test_a_pace_is_learned_of_takes_that_were_made_from_beginning_to_end(opened: Store) -> None:
    megapixels = 64 * 48 * 24 / 1e6
    assert turns.work(REQUEST) == pytest.approx(megapixels)
    made = working(opened, "video_1")
    opened.count_turn(made, 3.0)  # not made
    assert pace(opened) == {}
    opened.attempt_folder(made).mkdir(parents=True)
    opened.complete(made, Result(24))
    opened.count_turn(made, 3.0)
    assert pace(opened) == {"hosted": (3.0, pytest.approx(megapixels))}
    opened.count_turn(made, 5.0)
    assert pace(opened) == {"hosted": (pytest.approx(3 * 0.8 + 5), pytest.approx(megapixels * 1.8))}
    opened.count_turn(dataclasses.replace(made, state={"a": 1}), 99.0)  # it went on from somewhere
    opened.count_turn(dataclasses.replace(made, id="video_9"), 99.0)  # it was deleted meanwhile
    assert pace(opened) == {"hosted": (pytest.approx(7.4), pytest.approx(megapixels * 1.8))}


def test_what_is_not_known_of_an_engine_is_the_mean_of_the_others() -> None:
    row = {"id": "a", "owner": "o", "place": 3, "engine": "new", "work": 2.0}
    waiting = turns._waiting(row, {"one": 1.0, "two": 4.0})  # type: ignore[arg-type]
    assert waiting == turns.Waiting("a", "o", 3, 5.0)
    assert turns._waiting({**row, "engine": "two"}, {"one": 1.0, "two": 4.0}).seconds == 8.0  # type: ignore[arg-type]
    assert turns._waiting(row, {}).seconds == 0.2  # type: ignore[arg-type]


def test_a_take_that_was_interrupted_three_times_is_given_up_and_says_so(opened: Store) -> None:
    working(opened, "video_1")
    for _ in range(2):
        job = opened.get("video_1")
        assert job is not None
        opened.put_back(job, interrupted=True)
        assert opened.claim("network") is not None
    job = opened.get("video_1")
    assert job is not None and job.interruptions == 2
    opened.put_back(job, interrupted=True)
    over = opened.get("video_1")
    assert over is not None and over.error is not None and over.status == JobState.FAILED
    assert (over.error.code, over.error.fix) == ("interrupted", "smaller_size")
    assert over.error.message.startswith("The backend ended 3 times while it made this take")


def test_what_another_service_does_to_the_queue_is_seen_after_half_a_second(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(store.time, "monotonic", lambda: clock[0])
    opened.add("video_1", REQUEST, "gpu")
    assert opened.positions() == {"video_1": 1}
    other = Store(tmp_path)
    other.add("video_2", REQUEST, "gpu")
    other.close()
    clock[0] += 0.5
    assert opened.positions() == {"video_1": 1}
    clock[0] += 0.1
    assert opened.positions() == {"video_1": 1, "video_2": 2}


def test_who_is_given_a_lane_comes_to_it_level_with_who_waits_there(opened: Store) -> None:
    for number in (1, 2):
        opened.add(f"video_{number}", REQUEST, "gpu", owner="anna")
    job = opened.claim("gpu")
    assert job is not None
    opened.count_turn(job, 40.0)
    late = opened.add("video_3", REQUEST, "", owner="ben")
    opened.set_lane(late, "gpu")
    with opened._reader.use() as db:
        had = dict(map(tuple, db.execute("SELECT owner, seconds FROM turns WHERE lane = 'gpu'")))
    assert had == {"anna": 40.0, "ben": 40.0}


def test_a_damaged_row_ended_when_it_was_made_where_nothing_else_is_known(opened: Store, tmp_path: Path) -> None:
    made = opened.add("video_1", REQUEST, "gpu", owner="anna")
    db = sqlite3.connect(tmp_path / "jobs.db")
    db.execute("UPDATE jobs SET request = '{', interruptions = 1, attempt = 2, place = 9")
    db.commit()
    db.close()
    found = opened.get("video_1")
    assert found is not None and found.completed_at == found.created_at == made.created_at
    assert (found.interruptions, found.attempt, found.place, found.owner, found.lane) == (1, 2, 9, "anna", "gpu")


def test_a_take_of_which_no_start_is_known_counts_as_just_begun(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = dataclasses.replace(REQUEST, size=(640, 480))  # 0.74 s at the usual pace
    for number, owner in enumerate(("anna", "ben", "anna", "ben")):
        opened.add(f"video_{number}", large, "gpu", owner=owner)
    for _ in range(2):
        assert opened.claim("gpu") is not None
    monkeypatch.setattr(turns.time, "time", lambda: 2_000_000_000.0)
    db = sqlite3.connect(tmp_path / "jobs.db")
    db.execute("UPDATE jobs SET started_at = NULL WHERE id = 'video_0'")
    db.execute("UPDATE jobs SET started_at = 1999999999.5 WHERE id = 'video_1'")
    db.commit()
    db.close()
    assert opened.positions() == {"video_3": 1, "video_2": 2}
