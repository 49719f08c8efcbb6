"""Processes that will work for rank 0 (see member), also before it is known what on, and without torch here: so that
what they import is imported beside what this process imports."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # where `backend` is imported from

Process = subprocess.Popen[bytes]

_early: dict[str, list[Process]] = {}  # by their makers
_lock = threading.Lock()


def start_early(maker: str, count: int) -> None:
    """Starts `count` processes that `started` will hand out for this `maker`."""
    with _lock:
        _early.setdefault(maker, []).extend(_new(maker) for _ in range(count))


def started(maker: str) -> Process:
    """A process for this `maker`: one that was started early and lives, else a new one."""
    with _lock:
        while early := _early.get(maker):
            process = early.pop(0)
            if process.poll() is None:
                return process
    return _new(maker)


def end_early() -> None:
    """Ends those that nobody asked for."""
    with _lock:
        left = [process for early in _early.values() for process in early]
        _early.clear()
    for process in left:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                assert stream is not None
                stream.close()


def _new(maker: str) -> Process:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-m", "backend.gpu.member", maker],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
    )
