"""A small version of bench/server/kill_backend.py."""

from __future__ import annotations

from pathlib import Path

from bench.server.kill_backend import run


def test_no_job_is_lost_or_done_twice(tmp_path: Path) -> None:
    outcome = run(tmp_path / "home", kills=6, seed=4)
    assert outcome.good, outcome
    assert min(outcome.lanes[lane] for lane in ("cpu", "gpu", "network")) >= 2
    assert outcome.jobs["completed"] >= 3
    # A job that kills interrupt again and again is given up in the end, and says so.
    assert set(outcome.jobs) <= {"completed", "engine_killed", "interrupted"}
