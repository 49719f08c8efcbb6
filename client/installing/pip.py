"""Runs pip in an environment: its progress as a fraction, its failures as sentences."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from . import pythons

KEPT_LINES = 400

# What pip's output means to a user, and the fix. The first that is found wins, so causes come before their
# effects.
_KNOWN = (
    (
        r"No space left on device|Errno 28\b|not enough space on the disk|WinError 112\b",
        "The disk is full. Free some space.",
        "free_space",
    ),
    (
        r"ProxyError|Cannot connect to proxy|407 Proxy Authentication",
        "The proxy did not let the download through. Enter it in the variable HTTPS_PROXY, or by "
        "'pip config set global.proxy'.",
        "open_log",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSL: ",
        "The download server's certificate is not trusted here. If your network has one of its own, name "
        "its file by 'pip config set global.cert'.",
        "open_log",
    ),
    (
        r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|getaddrinfo failed"
        r"|Network is unreachable|Failed to establish a new connection|Connection (?:refused|reset)"
        r"|(?:Read|Connect) ?[Tt]imed? ?out|ConnectTimeoutError",
        "The download server cannot be reached. Check the network, then try again.",
        "install",
    ),
    (
        r"incomplete-download|IncompleteRead|ProtocolError|Connection broken",
        "The download broke off. Check the network, then try again.",
        "install",
    ),
    (
        r"File name too long|Errno 36\b|WinError 206\b|path too long|filename or extension is too long",
        "The folder's path is too long. Set the variable TAKE_ONE_HOME to a short folder.",
        "open_log",
    ),
    (
        r"WinError 32\b|being used by another process",
        "A file was held by another program, most likely a virus scanner. Try again; if it goes on, let the "
        "scanner leave out Take One's folder.",
        "install",
    ),
    (
        r"Permission denied|Errno 13\b|WinError 5\b|Access is denied|Read-only file system",
        "A file could not be written: access was denied, perhaps by a virus scanner. Try again, or check the "
        "rights on Take One's folder.",
        "install",
    ),
    (
        r"DO NOT MATCH THE HASHES[\s\S]*?\n\s*([A-Za-z0-9._-]+)==",
        "The download server's {0} is not the file that this version of Take One was made with. Try again; if it goes "
        "on, take another server by 'pip config set global.index-url'.",
        "install",
    ),
    (
        r"No matching distribution found for ([^\s(]+)|satisfies the requirement ([^\s(]+)",
        "The download server has no {0} for this Python. Check the network, or install Python 3.12, then try again.",
        "install",
    ),
    (
        r"MemoryError|Cannot allocate memory",
        "The machine ran out of memory. Close other programs and try again.",
        "install",
    ),
)


class PipError(Exception):
    """pip failed. `message` says why, `fix` what would help."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class Cancelled(Exception):
    """The user asked to stop."""


def explain(output: str) -> tuple[str, str]:
    """(message, fix) for pip's output."""
    dead = re.search(r"ProxyError\('[^']*', (NewConnection|ConnectTimeout)Error", output)
    for host, port in _proxies():
        if dead or f"host='{host}', port={port}" in output:  # only newer versions of pip name it
            return (
                f"The proxy {host}:{port} does not answer. Check the variable HTTPS_PROXY, then try again.",
                "install",
            )
    for pattern, message, fix in _KNOWN:
        if found := re.search(pattern, output):
            names = [group for group in found.groups() if group]
            return message.format(*names), fix
    errors = [line for line in output.splitlines() if line.startswith(("ERROR:", "error:"))]
    said = errors[0].partition(":")[2].strip() if errors else (output.strip().splitlines() or ["it said nothing"])[-1]
    return f"The installation failed: {said[:300]}", "open_log"


def _proxies() -> list[tuple[str, int]]:
    """Host and port of the proxies that the system or the environment name, in the order in which pip asks them."""
    named = urllib.request.getproxies()
    kinds = sorted(named.keys() - {"no"}, key="https".__ne__)
    urls = [os.environ.get("PIP_PROXY", ""), *(named[kind] for kind in kinds)]
    found = []
    for url in urls:
        with contextlib.suppress(ValueError):  # what is there is no address
            parts = urllib.parse.urlsplit(url if "://" in url else f"http://{url}")
            if parts.hostname:
                found.append((parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
    return found


class Downloads:
    """How far the downloads are, of about `expected` bytes in all, from pip's lines."""

    def __init__(self, expected: float) -> None:
        self._expected = expected
        self._done = 0.0
        self._now = 0.0

    def read(self, line: str) -> float | None:
        """The fraction 0..1 after this line, where the line changes it."""
        if found := re.match(r"Progress (\d+) of (\d+)", line):
            at, of = map(float, found.groups())
            self._now = at
            if at >= of:
                self._done, self._now = self._done + of, 0.0
        elif found := re.search(r"Using cached \S+ \(([\d.]+) (kB|MB|GB|bytes)", line):
            self._done += float(found.group(1)) * {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[found.group(2)]
        else:
            return None
        return min(1.0, (self._done + self._now) / self._expected)


def run(
    command: list[str],
    log: IO[str],
    cwd: Path,
    on_line: Callable[[str], None],
    started: Callable[[subprocess.Popen[str]], None],
    environment: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Run a command to its end, with its output to the log and line by line to `on_line`. Returns (exit code,
    the output's end).

    `started` gets the process, so that another thread can kill it. The user's own pip settings (proxy,
    certificates, mirrors), from files or PIP_* variables, hold. Raises OSError.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={
            **pythons.clean_environment(),
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **pythons.no_window(),
    )
    started(process)
    assert process.stdout is not None
    kept: list[str] = []
    with process.stdout:
        for line in process.stdout:
            if not line.startswith("Progress "):
                log.write(line)
                log.flush()
                kept = [*kept[-KEPT_LINES:], line]
            on_line(line.rstrip())
    return process.wait(), "".join(kept)
