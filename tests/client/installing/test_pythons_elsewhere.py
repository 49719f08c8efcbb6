"""Pythons of another system than this one: where they are looked for, and how one is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client.installing import pythons


def touched(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_where_windows_keeps_its_pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, all_ = tmp_path / "local", tmp_path / "programs"
    places = [
        touched(own / "Programs" / "Python" / "Python311" / "python.exe"),
        touched(own / "Programs" / "Python311" / "python.exe"),
        touched(all_ / "Python" / "Python311" / "python.exe"),
        touched(all_ / "Python311" / "python.exe"),
    ]
    touched(all_ / "Python312" / "python.exe")
    monkeypatch.setenv("LOCALAPPDATA", str(own))
    monkeypatch.setenv("ProgramFiles", str(all_))
    asked: list[Any] = []
    answer = SimpleNamespace(returncode=0, stdout=" C:/py/python.exe \n")
    monkeypatch.setattr(pythons.shutil, "which", lambda name: "C:/py.exe" if name == "py" else None)
    monkeypatch.setattr(pythons.subprocess, "run", lambda *words, **how: (asked.append((words, how)), answer)[1])
    assert list(pythons._windows((3, 11))) == [*places, Path("C:/py/python.exe")]
    ((words, how),) = asked
    assert words == (["C:/py.exe", "-3.11", "-c", "import sys; print(sys.executable)"],)
    assert how["capture_output"] is True and how["text"] is True
    for answer.returncode, answer.stdout in ((1, "C:/py/python.exe"), (0, "  ")):
        assert list(pythons._windows((3, 11))) == places
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setattr(pythons.shutil, "which", lambda name: None)
    assert list(pythons._windows((3, 12))) == [all_ / "Python312" / "python.exe"]


def test_how_a_program_is_asked_whether_it_is_a_python(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    answer = SimpleNamespace(returncode=0, stdout="3 11 True\n")
    monkeypatch.setattr(pythons.subprocess, "run", lambda *words, **how: (asked.append((words, how)), answer)[1])
    assert pythons.version_of(Path("p")) == (3, 11)
    ((words, how),) = asked
    assert words == (["p", "-c", pythons.PROBE],) and how["timeout"] == pythons.PROBE_SECONDS
    assert how["capture_output"] is True and how["text"] is True and how["env"] == pythons.clean_environment()

    def hangs(*_: Any, **how: Any) -> None:
        raise subprocess.TimeoutExpired("p", how["timeout"])

    monkeypatch.setattr(pythons.subprocess, "run", hangs)
    assert pythons.version_of(Path("p")) is None
