"""The store by itself: what counts against the limits, how long takes are kept, what a damaged row does."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.engines.engine import FIRST_TIME, EngineError
from backend.jobs.store import connection, store
from backend.jobs.store.owner import Owner
from backend.jobs.store.row import StoredJob
from backend.jobs.store.store import Store
from backend.jobs.workers import runner
from backend.jobs.workers.runner import TimeLeft
from client.protocol import JobState, Problem, Result
from devtools.take_requests import take_request

DAY = 86_400.0
REQUEST = dataclasses.replace(take_request(seconds=1, size=(64, 48)), engine="scripted")


class Clock:
    """What the clock on the wall says."""

    def __init__(self, now: float) -> None:
        self.now = now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(1_800_000_000.0)
    monkeypatch.setattr(store.time, "time", made.time)
    return made


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def add(opened: Store, number: int, lane: str = "cpu") -> StoredJob:
    opened.job_folder(f"video_{number}").mkdir()
    return opened.add(f"video_{number}", REQUEST, lane)


def finish(opened: Store, number: int) -> None:
    claimed = opened.claim("cpu")
    assert claimed is not None and claimed.id == f"video_{number}"
    opened.attempt_folder(claimed).mkdir()
    assert opened.complete(claimed, Result(frames=24))


def ids(opened: Store) -> list[str]:
    return [job.id for job in opened.page(100)]


def test_only_waiting_jobs_count_against_the_limit(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_WAITING", 3)
    for number in range(4):
        add(opened, number)
        if number == 0:
            finish(opened, 0)
    with pytest.raises(EngineError) as refused:
        add(opened, 4)
    assert (refused.value.code, refused.value.message[:6]) == ("queue_full", "3 jobs")
    opened.claim("cpu")  # now two wait
    opened.add("video_5", REQUEST, "cpu")
    with pytest.raises(EngineError):
        opened.add("video_6", REQUEST, "cpu")


def test_takes_are_kept_thirty_days_from_their_end(opened: Store, clock: Clock) -> None:
    add(opened, 1)
    for _ in range(40):  # it waits for forty days
        clock.now += DAY
        opened.sweep()
    finish(opened, 1)
    opened.sweep()
    for _ in range(29):
        clock.now += DAY
        opened.sweep()
        assert ids(opened) == ["video_1"]
    assert opened.job_folder("video_1").is_dir()
    clock.now += DAY
    opened.sweep()
    assert ids(opened) == []
    assert not opened.job_folder("video_1").exists()


@pytest.mark.parametrize("jump", [400 * DAY, -400 * DAY], ids=["ahead", "back"])
def test_a_clock_that_is_set_deletes_nothing(opened: Store, clock: Clock, jump: float) -> None:
    add(opened, 1)
    finish(opened, 1)
    opened.sweep()
    clock.now += jump
    opened.sweep()
    clock.now -= jump  # and set right
    opened.sweep()
    add(opened, 2)
    finish(opened, 2)
    for _ in range(28):
        clock.now += DAY
        opened.sweep()
    assert ids(opened) == ["video_2", "video_1"]
    for _ in range(4):
        clock.now += DAY
        opened.sweep()
    assert ids(opened) == []  # nor is anything kept for ever


def test_jobs_made_while_the_clock_was_wrong_are_kept(opened: Store, clock: Clock) -> None:
    clock.now = 0.0  # 1970
    add(opened, 1)
    finish(opened, 1)
    opened.sweep()
    clock.now = 1_800_000_000.0
    opened.sweep()
    assert ids(opened) == ["video_1"]


def test_only_folders_of_ours_are_swept(opened: Store, tmp_path: Path) -> None:
    add(opened, 1)
    for name in ("video_orphan", "notes", "video_with.dot"):
        (opened.folder / name).mkdir()
        os.utime(opened.folder / name, (1, 1))
    (opened.folder / "video_dangling").symlink_to(tmp_path / "nowhere")
    (opened.folder / "video_linked").symlink_to(tmp_path)
    os.mkdir(os.fsencode(opened.folder) + b"/video_\xff\xfe")  # noqa: PTH102 - not a name that text can hold
    os.utime(os.fsencode(opened.folder) + b"/video_\xff\xfe", (1, 1))
    opened.sweep()
    left = sorted(os.fsencode(path.name) for path in opened.folder.iterdir())
    assert left == [
        b"notes",
        b"video_1",
        b"video_dangling",
        b"video_linked",
        b"video_with.dot",
        b"video_\xff\xfe",
    ]


@pytest.mark.parametrize("column", ["request", "binding", "notes", "error", "result", "created_at", "status", "state"])
@pytest.mark.parametrize("value", ["{", "[[", b"\xff\x00", 9e999], ids=repr)
def test_a_row_that_cant_be_read_fails_alone(
    opened: Store, tmp_path: Path, column: str, value: str | bytes | float
) -> None:
    add(opened, 1)
    add(opened, 2)
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute(f"UPDATE jobs SET {column} = ? WHERE id = 'video_1'", (value,))
    db.close()
    damaged = opened.get("video_1")
    assert damaged is not None and damaged.status == JobState.FAILED
    assert damaged.error is not None and damaged.error.code == "damaged"
    assert sorted(ids(opened)) == ["video_1", "video_2"]
    claimed = opened.claim("cpu")
    assert claimed is not None and claimed.id == "video_2"
    assert [job.id for job in opened.in_progress()] == ["video_2"]
    assert opened.positions() == {}
    opened.sweep()
    assert opened.delete("video_1")
    assert ids(opened) == ["video_2"]


def test_a_row_that_is_damaged_while_it_is_made_is_not_recovered(opened: Store, tmp_path: Path) -> None:
    for number in (1, 2):
        add(opened, number)
        opened.claim("cpu")
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        db.execute("UPDATE jobs SET request = '{' WHERE id = 'video_1'")
    db.close()
    assert [job.id for job in opened.in_progress()] == ["video_2"]
    with sqlite3.connect(tmp_path / "jobs.db") as db:
        assert db.execute("SELECT status FROM jobs WHERE id = 'video_1'").fetchone() == ("failed",)
    db.close()


def test_a_state_outlives_interruptions(opened: Store) -> None:
    add(opened, 1)
    for number in range(6):
        claimed = opened.claim("cpu")
        assert claimed is not None and (claimed.attempt, claimed.interruptions) == (number + 1, 0)
        assert claimed.state == (None if number == 0 else {"order": number - 1})
        assert opened.keep_state(claimed, {"order": number})
        opened.put_back(claimed, interrupted=True)
    old = dataclasses.replace(claimed, attempt=1)
    assert not opened.keep_state(old, {"order": 99})  # of an attempt that does not count any more
    opened.cancel("video_1")
    assert not opened.keep_state(claimed, {"order": 99})


def test_a_job_that_is_followed_has_its_request_read_once(opened: Store) -> None:
    add(opened, 1)
    first, second = opened.get("video_1"), opened.get("video_1")
    assert first is not None and second is not None
    assert first.request == REQUEST
    assert second.request is first.request


def test_interruptions_without_a_state_are_counted(opened: Store) -> None:
    add(opened, 1)
    for _ in range(3):
        claimed = opened.claim("cpu")
        assert claimed is not None
        opened.put_back(claimed, interrupted=False)  # a stop is none
    for number in range(3):
        claimed = opened.claim("cpu")
        assert claimed is not None and claimed.interruptions == number
        opened.put_back(claimed, interrupted=True)
    job = opened.get("video_1")
    assert job is not None and job.error is not None and job.error.code == "interrupted"


def test_pages_follow_one_another(opened: Store, clock: Clock) -> None:
    for number in range(5):
        clock.now += number % 2  # some at the same moment
        add(opened, number)
    newest = [f"video_{number}" for number in (4, 3, 2, 1, 0)]
    assert ids(opened) == newest
    assert [job.id for job in opened.page(2)] == newest[:2]
    assert [job.id for job in opened.page(2, after="video_3")] == newest[2:4]
    assert [job.id for job in opened.page(9, after="video_1", ascending=True)] == newest[2::-1]
    assert opened.page(9, after="video_9") == []


def test_reads_do_not_wait_for_a_program_that_holds_the_file(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(opened, 1)
    other = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        refusals: list[EngineError] = []

        def change() -> None:
            try:
                opened.cancel("video_1")
            except EngineError as error:
                refusals.append(error)

        thread = threading.Thread(target=change)
        began = time.monotonic()
        thread.start()
        while thread.is_alive():
            assert ids(opened) == ["video_1"]  # although the other holds it all the while
            time.sleep(0.05)
        assert time.monotonic() - began >= connection.BUSY_SECONDS * 0.9
        assert [error.code for error in refusals] == ["busy"]
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert opened.cancel("video_1") is not None


@pytest.mark.parametrize("size", [3, 100, 5000])
def test_any_bytes_in_the_lock_are_no_lock(tmp_path: Path, size: int) -> None:
    (tmp_path / "jobs.lock").write_bytes(bytes(range(7, 256)) * 30 if size > 256 else b"\x81" * size)
    one, two = Owner(tmp_path), Owner(tmp_path)
    until = time.monotonic() + 60
    while not one.acquire():
        assert time.monotonic() < until
    assert one.acquire() and not two.acquire()
    one.release()
    assert two.acquire()
    two.release()


def test_time_left_is_what_remains_at_the_pace_of_the_last_half(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(runner.time, "monotonic", lambda: now)
    left = TimeLeft()
    assert left(0.0, "Moving") is None
    now += 0.2
    assert left(0.1, "Moving") is None  # too early to tell
    now += 1.8
    assert left(0.2, "Moving") == 14.4  # 0.1 in 1.8 s, 0.8 to go
    now += 2.0
    assert left(0.4, "Moving") == 6.0
    now += 6.0
    # From 0.4 on it takes 6 s for 0.4, so 0.2 more are 3 s, whatever came before.
    assert left(0.8, "Moving") == 3.0
    now += 1.0
    assert left(0.8, "Moving") == 3.5  # it stands still


def test_what_only_a_first_take_waits_for_says_nothing_of_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(runner.time, "monotonic", lambda: now)
    left = TimeLeft()
    left(0.0, "Reading")
    now += 0.4
    assert left(0.02, FIRST_TIME) is None
    now += 50.0
    assert left(0.1, "Moving") is None
    now += 2.0
    assert left(0.25, "Moving") == 10.0  # 0.15 in 2 s, 0.75 to go


def test_a_failure_is_kept_as_it_was(opened: Store) -> None:
    add(opened, 1)
    claimed = opened.claim("cpu")
    assert claimed is not None
    problem = Problem("no_camera", "There is no camera.", "pick_camera", "camera")
    assert opened.fail(claimed, problem)
    job = opened.get("video_1")
    assert job is not None and (job.status, job.error) == (JobState.FAILED, problem)
    assert not opened.fail(claimed, problem)  # once
