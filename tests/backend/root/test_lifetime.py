"""Locks of clients in one folder: which are held, which files stay, and when the watching ends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from backend import lifetime

fcntl = pytest.importorskip("fcntl")


def test_a_lock_that_is_held_counts_and_those_of_clients_that_are_gone_are_removed(tmp_path: Path) -> None:
    for name in ("a.lock", "b.lock", "c.lock", "notes.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "d.lock").mkdir()
    with (tmp_path / "b.lock").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert lifetime.in_use(tmp_path) is True
        assert sorted(path.name for path in tmp_path.iterdir()) == ["b.lock", "d.lock", "notes.txt"]
        assert lifetime.in_use(tmp_path) is True
    assert lifetime.in_use(tmp_path) is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.lock", "notes.txt"]
    assert lifetime.in_use(tmp_path) is False
    assert lifetime.in_use(tmp_path / "nowhere") is False


def test_one_that_its_owner_removes_meanwhile_is_no_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.lock", "b.lock"):
        (tmp_path / name).write_text("x")
    removed = next(tmp_path.glob("*.lock"))
    real = Path.open

    def gone(path: Path, *rest: str):
        if path == removed:
            path.unlink()
        return real(path, *rest)

    monkeypatch.setattr(Path, "open", gone)
    assert lifetime.in_use(tmp_path) is False
    assert list(tmp_path.iterdir()) == []


def test_it_is_stopped_once_and_not_before_the_last_client_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    with (tmp_path / "a.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        def sleep(seconds: float) -> None:
            said.append(seconds)
            if len(said) == 3:
                held.close()

        monkeypatch.setattr(lifetime, "time", SimpleNamespace(sleep=sleep))
        thread = lifetime.stop_when_unused(tmp_path, lambda: said.append("stop"))
        thread.join(20)
    assert said == [0.5, 0.5, 0.5, "stop"]
    assert thread.daemon
