"""A child process that reads and writes lines of JSON. It ends with this process, however this one ends."""

from __future__ import annotations

import collections
import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .link import Loss

log = logging.getLogger("take_one.jobs")

ROOT = Path(__file__).resolve().parents[3]  # where `backend` is imported from
KEPT_LINES = 40


class Child:
    """`python -m module`, spoken to through its standard streams. What it writes to stderr goes on to ours.

    `aside` sees each message first, on a thread of its own, and says whether it was for it. `environment` joins ours.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        aside: Callable[[dict[str, Any]], bool] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._aside = aside or (lambda _: False)
        self._sending = threading.Lock()
        self._said: collections.deque[str] = collections.deque(maxlen=KEPT_LINES)
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": _python_path(), "PYTHONUTF8": "1", **(environment or {})},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._readers = [
            threading.Thread(target=self._read_messages, name=f"{module} messages", daemon=True),
            threading.Thread(target=self._read_errors, name=f"{module} log", daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ready(self) -> bool:
        return True  # what it is sent waits for it

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    @property
    def ending(self) -> str:
        return ending(self.exit_code)

    @property
    def loss(self) -> Loss:
        return Loss.FAILS

    def send(self, message: dict[str, Any]) -> None:
        """Sends a message; into the void where the child has ended."""
        with self._sending, contextlib.suppress(BrokenPipeError, OSError, ValueError):
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next message, None after `seconds` or at the child's end."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    def last_words(self) -> str:
        """The last line of its stderr."""
        return next((line for line in reversed(self._said) if line.strip()), "")

    def kill(self) -> None:
        """Ends it at once and waits until it is gone."""
        self._process.kill()
        self.wait(10)

    def wait(self, seconds: float) -> None:
        """Waits for its end and the end of its output."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            for reader in self._readers:
                reader.join(1)

    def _read_messages(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                continue  # cut off by its end
            try:
                handled = self._aside(message)
            except Exception:
                log.exception("A message of a worker could not be dealt with, and is passed over")
                continue
            if not handled:
                self._messages.put(message)
        self._messages.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            text = line.decode("utf-8", "replace").rstrip()
            self._said.append(text)
            with contextlib.suppress(OSError):  # our own stderr may be on a full disk, or gone
                print(text, file=sys.stderr, flush=True)


def ending(exit_code: int | None) -> str:
    """How a process ended, for people: "was ended by SIGKILL", "ended with exit code 1"."""
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"


def serve() -> tuple[Callable[[dict[str, Any]], None], Iterator[dict[str, Any]]]:
    """The child's side: how to send, and the messages that come, until the parent is gone.

    Whatever the process prints goes to stderr from here on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too: the parent decides
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lock = threading.Lock()

    def send(message: dict[str, Any]) -> None:
        with lock, contextlib.suppress(BrokenPipeError):
            out.write(json.dumps(message).encode() + b"\n")
            out.flush()

    return send, map(json.loads, sys.stdin.buffer)


def end_with_parent(parent: int) -> None:
    """Has the kernel end this process with `parent`, even in the midst of a computation (Linux only).

    There it is the parent's thread that counts: it must live as long as this process should.
    """
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:  # it died before we asked
        os._exit(0)


def _python_path() -> str:
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
