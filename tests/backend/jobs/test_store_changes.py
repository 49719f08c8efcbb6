"""The store by itself: what each change does to the one job that it is for, and to no other."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.engines.engine import EngineError
from backend.jobs import lanes
from backend.jobs.store.row import JobProgress, StoredJob
from backend.jobs.store.store import Store
from backend.jobs.workers.runner import _tidy, recover
from client.protocol import JobState, Problem, Result, TakeRequest, View
from devtools.take_requests import take_request

FILES = (Path("input_reference.png"), Path("depth.exr"), Path("last_frame.png"))
REQUEST = dataclasses.replace(
    take_request(seconds=1, size=(64, 48), still=FILES[0], depth=FILES[1], last_frame=FILES[2]), engine="scripted"
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def add(opened: Store, name: str, lane: str = "cpu", request: TakeRequest = REQUEST) -> StoredJob:
    folder = opened.job_folder(name)
    folder.mkdir()
    for file in request.files().values():
        (folder / file).write_text("x")
    return opened.add(name, request, lane)


def claimed(opened: Store, lane: str = "cpu") -> StoredJob:
    job = opened.claim(lane)
    assert job is not None
    return job


def status(opened: Store, name: str) -> JobState:
    job = opened.get(name)
    assert job is not None
    return job.status


def left(opened: Store, name: str) -> list[str]:
    folder = opened.job_folder(name)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_first_of_its_lane_is_claimed_and_counted(opened: Store) -> None:
    for name, lane in (("video_a", "cpu"), ("video_b", "gpu"), ("video_c", "cpu"), ("video_d", "gpu")):
        add(opened, name, lane)
    assert opened.positions() == {"video_a": 1, "video_c": 2, "video_b": 1, "video_d": 2}
    first = claimed(opened, "gpu")
    assert (first.id, first.attempt, first.status, first.lane) == ("video_b", 1, JobState.IN_PROGRESS, "gpu")
    assert opened.positions() == {"video_a": 1, "video_c": 2, "video_d": 1}
    opened.put_back(first, interrupted=False)
    again = claimed(opened, "gpu")
    assert (again.id, again.attempt, again.interruptions) == ("video_b", 2, 0)  # at its old place
    assert opened.claim("network") is None
    assert [job.id for job in opened.in_progress()] == ["video_b"]


@pytest.mark.parametrize(
    ("moved", "before", "order"),
    [("d", "a", "dabc"), ("a", "d", "bcad"), ("b", None, "acdb"), ("a", None, "bcda"), ("d", None, "abcd"),
     ("c", "b", "acbd"), ("b", "b", "abcd"), ("a", "b", "abcd")],
)  # fmt: skip
def test_a_job_moves_before_another_or_to_the_end(opened: Store, moved: str, before: str | None, order: str) -> None:
    for letter in "abcd":
        add(opened, f"video_{letter}")
    opened.move(f"video_{moved}", before and f"video_{before}")
    assert [claimed(opened).id[-1] for _ in "abcd"] == list(order)


def test_only_what_waits_has_a_place_to_change(opened: Store) -> None:
    for letter in "abc":
        add(opened, f"video_{letter}")
    claimed(opened)
    for moved, before in (("a", "b"), ("b", "a"), ("x", "b"), ("b", "x"), ("a", None)):
        with pytest.raises(EngineError) as caught:
            opened.move(f"video_{moved}", before and f"video_{before}")
        assert caught.value.code == "not_waiting"
    assert opened.positions() == {"video_b": 1, "video_c": 2}


def test_a_cancel_ends_what_is_not_over_and_nothing_else(opened: Store) -> None:
    for letter in "abc":
        add(opened, f"video_{letter}")
    done, working = claimed(opened), claimed(opened)
    opened.attempt_folder(done).mkdir()
    assert opened.complete(done, Result(frames=24))
    before = opened.get("video_a")
    assert opened.cancel("video_a") == before and status(opened, "video_a") == JobState.COMPLETED
    began = time.time()
    cancelled = opened.cancel("video_b")
    assert cancelled is not None and cancelled.status == JobState.CANCELLED
    assert cancelled.completed_at is not None and began <= cancelled.completed_at <= time.time()
    assert left(opened, "video_b") == sorted(map(str, FILES))  # its worker may still read them
    assert not opened.is_current(working)
    assert opened.cancel("video_c") is not None
    assert left(opened, "video_c") == []  # of one that waited nobody reads
    assert opened.cancel("video_x") is None
    opened.attempt_folder(working).mkdir()
    assert not opened.complete(working, Result()) and not opened.fail(working, Problem("a", "b"))
    assert status(opened, "video_b") == JobState.CANCELLED


def test_a_deleted_jobs_folder_goes_unless_it_is_at_work(opened: Store) -> None:
    for letter in "abc":
        add(opened, f"video_{letter}")
    claimed(opened)
    opened.cancel("video_b")
    assert [opened.delete(f"video_{letter}") for letter in "abcx"] == [True, True, True, False]
    assert [opened.job_folder(f"video_{letter}").exists() for letter in "abc"] == [True, False, False]
    assert opened.page(9) == []


def test_an_attempt_that_does_not_count_any_more_changes_nothing(opened: Store) -> None:
    add(opened, "video_a")
    old = claimed(opened)
    assert opened.is_current(old)
    opened.put_back(old, interrupted=False)
    assert not opened.is_current(old)
    new = claimed(opened)
    opened.attempt_folder(old).mkdir()
    opened.attempt_folder(new).mkdir()
    assert opened.attempt_folder(old) != opened.attempt_folder(new)
    assert not opened.complete(old, Result()) and not opened.fail(old, Problem("a", "b"))
    opened.put_back(old, interrupted=True)
    assert opened.is_current(new) and not opened.is_current(old)
    result = Result(24, REQUEST.fps, 64, 48, 1.0, ("a",))
    assert opened.complete(new, result)
    ended = opened.get("video_a")
    assert ended is not None and (ended.status, ended.result, ended.attempt) == (JobState.COMPLETED, result, 2)
    assert not opened.complete(new, result)


def test_what_nobody_began_was_not_claimed(opened: Store) -> None:
    add(opened, "video_a")
    add(opened, "video_b")
    lost, other = claimed(opened), claimed(opened)
    opened.give_back(lost)
    waiting = opened.get("video_a")
    assert waiting is not None and (waiting.status, waiting.attempt) == (JobState.QUEUED, 0)
    assert claimed(opened) == lost  # the first attempt, once more
    opened.give_back(dataclasses.replace(lost, attempt=2))
    assert opened.is_current(lost) and opened.is_current(other)


def test_who_lost_a_job_clears_away_no_attempt_of_another(opened: Store) -> None:
    add(opened, "video_a")
    first = claimed(opened)
    opened.attempt_folder(first).mkdir()
    opened.put_back(first, interrupted=False)
    second = claimed(opened)
    opened.attempt_folder(second).mkdir()
    _tidy(opened, first)
    assert opened.attempt_folder(second).exists()
    _tidy(opened, second)  # as it begins
    assert [path.name for path in opened.job_folder("video_a").glob("attempt-*")] == ["attempt-2"]
    opened.fail(second, Problem("a", "b"))
    _tidy(opened, second)
    assert list(opened.job_folder("video_a").iterdir()) == []


def test_progress_keeps_the_last_picture_and_counts_them(opened: Store) -> None:
    add(opened, "video_a")
    add(opened, "video_b")
    job, other = claimed(opened), claimed(opened)
    assert opened.progress("video_a") == JobProgress()
    opened.report(job, 0.25, "Reading", None, None)
    opened.report(other, 0.9, "Other", 1.0, b"other")
    assert opened.progress("video_a") == JobProgress(0.25, "Reading")
    opened.report(job, 0.5, "Filming", 3.5, b"one")
    opened.report(job, 0.625, "Filming more", 2.5, None)
    assert opened.progress("video_a") == JobProgress(0.625, "Filming more", 2.5, b"one", 1)
    opened.report(job, 0.75, "Last", 0.5, b"two")
    assert opened.progress("video_a") == JobProgress(0.75, "Last", 0.5, b"two", 2)
    opened.put_back(job, interrupted=False)
    claimed(opened)
    assert opened.progress("video_a") == JobProgress()  # a new attempt begins anew
    assert opened.progress("video_b") == JobProgress(0.9, "Other", 1.0, b"other", 1)


def test_a_key_is_used_once(opened: Store) -> None:
    first = opened.add("video_a", REQUEST, "cpu", key="k", fingerprint="f", binding={"b": 1}, notes=("n", "m"))
    assert (first.key, first.fingerprint, first.binding, first.notes, first.place) == (
        "k",
        "f",
        {"b": 1},
        ("n", "m"),
        1,
    )
    assert opened.add("video_b", REQUEST, "cpu", key="k", fingerprint="g") == first
    assert opened.with_key("k") == first and opened.with_key("x") is None and opened.get("video_b") is None
    assert opened.add("video_c", REQUEST, "cpu", key="j").place == 2
    assert opened.add("video_d", REQUEST, "cpu").request == REQUEST


def test_waiting_jobs_of_an_unknown_lane_are_found(opened: Store) -> None:
    for name, lane in (("video_a", ""), ("video_b", "cpu"), ("video_c", "ray"), ("video_d", "network")):
        add(opened, name, lane)
    unknown = opened.without_lane()
    assert [job.id for job in unknown] == ["video_a", "video_c"]
    opened.set_lane(unknown[1], "gpu")
    assert [job.id for job in opened.without_lane()] == ["video_a"]
    assert claimed(opened, "gpu").id == "video_c"


@pytest.mark.parametrize(("age", "stays"), [(590.0, True), (610.0, False), (-590.0, True), (-610.0, False)])
def test_an_upload_under_way_is_not_swept(opened: Store, age: float, stays: bool) -> None:
    folder = opened.job_folder("video_new")
    folder.mkdir()
    os.utime(folder, (time.time() - age,) * 2)
    opened.sweep()
    assert folder.exists() is stays


@pytest.mark.parametrize("whole", [True, False])
def test_a_take_that_was_whole_is_kept_at_the_start(opened: Store, whole: bool) -> None:
    add(opened, "video_a")
    opened.put_back(claimed(opened), interrupted=False)
    job = claimed(opened)
    for number in (1, 2):
        (opened.job_folder(job.id) / f"attempt-{number}").mkdir()
    result = '{"frames": 24, "fps": "24", "width": 64, "height": 48}'
    (opened.attempt_folder(job) / "result.json").write_text(result if whole else result[:9])
    recover(opened, job)
    after = opened.get("video_a")
    assert after is not None
    if whole:
        assert (after.status, after.result) == (JobState.COMPLETED, Result(24, REQUEST.fps, 64, 48))
        assert left(opened, "video_a") == ["attempt-2"]  # neither the uploads nor the attempt before
    else:
        assert (after.status, after.interruptions) == (JobState.QUEUED, 1)
        assert set(map(str, FILES)) <= set(left(opened, "video_a"))


def test_a_view_between_is_stored_as_it_was(opened: Store) -> None:
    views = (View(FILES[0]), View(Path("view_1.png"), Path("view_1_depth.exr"), None, 0.5))
    job = add(opened, "video_a", request=dataclasses.replace(REQUEST, views=views))
    assert job.request.views == views
    opened.drop_uploads(job)
    assert left(opened, "video_a") == []


@pytest.mark.parametrize(
    ("chosen", "cards"),
    [("", [None]), ("3", [None]), ("1,0", ["1", "0"]), (" GPU-a , GPU-b,,GPU-c ", ["GPU-a", "GPU-b", "GPU-c"])],
)
def test_slots(monkeypatch: pytest.MonkeyPatch, chosen: str, cards: list[str | None]) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    slots = lanes.further_slots()
    gpus = [slot for slot in slots if slot.lane == "gpu"]
    assert [slot.environment.get("CUDA_VISIBLE_DEVICES") for slot in gpus] == cards
    assert [slot.name for slot in gpus] == [f"gpu:{index}" for index in range(len(cards))]
    assert [slot.name for slot in slots[len(gpus) :]] == [f"network:{index}" for index in range(4)]
    assert {slot.lane: slot.cancel_seconds for slot in slots} == {"gpu": 0.6, "network": 10.0}
