"""What is seen of the service, made of values that differ: no service runs."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from backend.api.watch import cards, metrics
from backend.api.watch.cluster import cluster, state
from backend.jobs import meter
from backend.jobs.meter import Meter
from backend.jobs.store.row import UNREADABLE, StoredJob
from backend.jobs.workers.runner import Place
from client.protocol import JobState, Problem
from client.protocol.cluster import Gpu, Lane, Worker

COUNTS = [
    ("gpu", "anna", "queued", 3),
    ("gpu", "ben", "queued", 5),
    ("gpu", "ben", "in_progress", 2),
    ("cpu", "anna", "in_progress", 1),
    ("old", "anna", "queued", 9),
    ("", "anna", "queued", 7),
]
CARDS = (Gpu(0, "H100", 10, 80, 0.25), Gpu(1, "T4", 3, 16, None))


def job(owner: str = "anna", **facts: Any) -> StoredJob:
    values = {"attempt": 1, "created_at": 1000.0, "lane": "gpu", **facts}
    fields = {"key": None, "fingerprint": "", "request": UNREADABLE, "binding": None, "notes": (), "place": 1}
    fields |= {"status": JobState.IN_PROGRESS, "interruptions": 0, "completed_at": None, "error": None, "result": None}
    return StoredJob(**{"id": f"video_{owner}", "owner": owner, **fields, **values})


PLACES = [
    Place("gpu:0", "gpu", True, "card", job("ben"), 5.0),
    Place("gpu:1", "gpu", True, "other", job("anna"), 6.0),
    Place("gpu:2", "gpu", True, "card", None, 7.0),
    Place("cpu", "cpu", False, "", None, 8.0),
    Place("network:0", "network", False, "", job("anna"), 9.0),
]


def test_each_sees_how_much_there_is_and_which_jobs_are_their_own() -> None:
    seen = cluster("anna", PLACES, COUNTS, CARDS)
    assert seen.lanes == (Lane("cpu", 0, 1, 0, 1), Lane("gpu", 8, 2, 3, 0), Lane("network"))
    assert seen.workers == (
        Worker("gpu:0", "gpu", "busy", "card", None, 5.0),
        Worker("gpu:1", "gpu", "busy", "other", "video_anna", 6.0),
        Worker("gpu:2", "gpu", "idle", "card", None, 7.0),
        Worker("cpu", "cpu", "off", "", None, 8.0),
        Worker("network:0", "network", "busy", "", "video_anna", 9.0),
    )
    assert (seen.user, seen.gpus) == ("anna", CARDS)
    assert cluster("ben", PLACES, COUNTS, ()).lanes[1] == Lane("gpu", 8, 2, 5, 2)
    assert [worker.job for worker in cluster("", PLACES, COUNTS, ()).workers] == [None] * 5
    assert [state(place) for place in PLACES] == ["busy", "busy", "idle", "off", "busy"]


def numbers(registry: Any, *now: Any) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(metrics.page(registry, *now).decode()):
        for sample in family.samples:
            found[f"{sample.name}{sorted(sample.labels.values())}"] = sample.value
    return found


def test_the_numbers_of_now_are_of_all_users_by_lane() -> None:
    found = numbers(Meter().registry, PLACES, COUNTS, CARDS)
    jobs = {name: value for name, value in found.items() if name.startswith("take_one_jobs")}
    assert jobs == {
        "take_one_jobs['cpu', 'queued']": 0,
        "take_one_jobs['cpu', 'in_progress']": 1,
        "take_one_jobs['gpu', 'queued']": 8,
        "take_one_jobs['gpu', 'in_progress']": 2,
        "take_one_jobs['network', 'queued']": 0,
        "take_one_jobs['in_progress', 'network']": 0,
    }
    assert [found[f"take_one_users_waiting['{lane}']"] for lane in ("cpu", "gpu", "network")] == [0, 2, 0]
    workers = {
        (lane, word): found[f"take_one_workers{sorted((lane, word))}"]
        for lane in ("cpu", "gpu", "network")
        for word in ("busy", "idle", "off")
    }
    assert {name: count for name, count in workers.items() if count} == {
        ("gpu", "busy"): 2,
        ("gpu", "idle"): 1,
        ("cpu", "off"): 1,
        ("network", "busy"): 1,
    }
    used, total = "take_one_gpu_memory_used_bytes", "take_one_gpu_memory_total_bytes"
    assert [found[f"{used}['0']"], found[f"{used}['1']"], found[f"{total}['0']"], found[f"{total}['1']"]] == [
        10,
        3,
        80,
        16,
    ]
    assert {name: value for name, value in found.items() if "busy_ratio" in name} == {
        "take_one_gpu_busy_ratio['0']": 0.25
    }
    assert not any("gpu_" in name for name in numbers(Meter().registry, [], [], ()))


def test_what_became_of_each_attempt_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter.time, "time", lambda: 1003.0)
    counting = Meter()
    counting.began(job())
    counting.began(job(attempt=2))  # it waited once
    counting.began(job(created_at=2000.0))  # the clock was set back
    for now in (
        job(status=JobState.COMPLETED),
        job(status=JobState.FAILED, error=Problem("disk_full", "Full.")),
        job(status=JobState.CANCELLED),
        job(status=JobState.QUEUED),
        None,
    ):
        counting.ended(job(), now, 7.0)
    found = numbers(counting.registry, [], [], ())
    labels = "['', 'gpu']"
    assert (found[f"take_one_wait_seconds_count{labels}"], found[f"take_one_wait_seconds_sum{labels}"]) == (2, 3.0)
    assert (found[f"take_one_make_seconds_count{labels}"], found[f"take_one_make_seconds_sum{labels}"]) == (1, 7.0)
    assert found["take_one_failures_total['', 'disk_full']"] == 1 and found["take_one_cancels_total['']"] == 2


def test_cards_are_asked_now_and_then_and_seldom_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    now, said, asked = [1000.0], [SimpleNamespace(returncode=0, stdout="0, A, 1, 2, 50\n")], []
    monkeypatch.setattr(cards.time, "monotonic", lambda: now[0])

    def run(command: list[str], **_: Any) -> Any:
        asked.append(command[0])
        if isinstance(said[0], Exception):
            raise said[0]
        return said[0]

    monkeypatch.setattr(cards.subprocess, "run", run)
    seen = cards.Cards()
    found = (Gpu(0, "A", 1 << 20, 2 << 20, 0.5),)
    for seconds, times in ((0.0, 1), (4.9, 1), (0.2, 2)):
        now[0] += seconds
        assert seen.now() == found and len(asked) == times
    said[0] = SimpleNamespace(returncode=9, stdout="0, A, 1, 2, 50\n")
    for seconds, times in ((5.1, 3), (599.0, 3), (1.1, 4)):
        now[0] += seconds
        assert seen.now() == () and len(asked) == times
    for error in (FileNotFoundError(), subprocess.TimeoutExpired("nvidia-smi", 10)):
        said[0] = error  # type: ignore[call-overload]
        now[0] += 601
        assert seen.now() == ()


def test_a_line_of_the_drivers_tool_is_a_card_where_it_tells_its_memory() -> None:
    text = "0, A, 1, 2, 100\n1, B, [N/A], 2, 0\n2, C, 3, [N/A], 0\n3, D, 4, 5, [N/A]\n"
    text += 'x, E, 1, 1, 1\n4, F, 1, 1\n5, "G, H", 6, 7, 0\n'
    mib = 1 << 20
    assert cards.read(text) == (
        Gpu(0, "A", mib, 2 * mib, 1.0),
        Gpu(3, "D", 4 * mib, 5 * mib, None),
        Gpu(5, "G, H", 6 * mib, 7 * mib, 0.0),
    )
