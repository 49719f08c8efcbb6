"""Which process is the local backend: what its ready file says, checked against the system's own list."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """A backend's process that is there, whether it answers or not."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def find(ready_file: Path) -> Running | None:
    """The process that wrote `ready_file`, where it still runs."""
    try:
        data = json.loads(ready_file.read_text(encoding="utf-8"))
        running = Running(int(data["pid"]), int(data["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return running if 0 < running.port < 65536 and is_backend(running.pid, ready_file) else None


def starting(pid_file: Path, ready_file: Path) -> int | None:
    """The process of a backend that is to write `ready_file`, where it still runs."""
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return pid if is_backend(pid, ready_file) else None


def is_backend(pid: int, ready_file: Path) -> bool:
    """Whether the process `pid` is a backend that was started with this ready file. The number alone may be another
    program's by now."""
    if pid <= 1:
        return False
    if sys.platform == "win32":
        return _windows_program(pid).lower().startswith("python")  # its arguments can't be read there
    words = _command_line(pid)
    return "-m backend serve" in words and f"--ready-file {ready_file}" in words


def end(pids: set[int], ready_file: Path, seconds: float) -> None:
    """Ask these processes to end in order, and end them where they have not after `seconds`."""
    kill = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
    for number in (signal.SIGTERM, kill):
        for pid in pids:
            if is_backend(pid, ready_file):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        until = time.monotonic() + seconds
        while any(is_backend(pid, ready_file) for pid in pids):
            if time.monotonic() > until:
                break
            time.sleep(0.05)


def _command_line(pid: int) -> str:
    """Empty for a process that is gone, or has ended and was not waited for."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    try:
        listed = subprocess.run(
            ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return listed.stdout.strip() + " "


def _windows_program(pid: int) -> str:
    """The file name of a process's program, "" where it has ended."""
    if sys.platform != "win32":
        return ""
    import ctypes

    kernel = ctypes.WinDLL("kernel32")
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return ""
    handle = ctypes.c_void_p(handle)
    try:
        code, name, length = ctypes.c_ulong(), ctypes.create_unicode_buffer(32768), ctypes.c_ulong(32768)
        if not kernel.GetExitCodeProcess(handle, ctypes.byref(code)) or code.value != 259:  # STILL_ACTIVE
            return ""
        found = kernel.QueryFullProcessImageNameW(handle, 0, name, ctypes.byref(length))
        return Path(name.value).name if found else ""
    finally:
        kernel.CloseHandle(handle)
