"""The processes of the further ranks, as rank 0 sees them: they are started, asked, watched and ended."""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch

from .processes import Process, started
from .ranks import LIMIT, Ranks

POLL_SECONDS = 0.05
LEAVING_SECONDS = 5.0


class LostError(RuntimeError):
    """A rank failed or ended; all of them have been ended. Its words are the end of a sentence: "... "."""


class Members:
    """Ranks 1 and up, on `devices[1:]`; this process is rank 0, on `devices[0]`. See `member` for `maker`.

    They start at once and beside what this process does; `join` waits for them. Where one of them fails, all are ended
    and whatever this process waits for is given up: `check` then says so.
    """

    def __init__(self, maker: str, devices: Sequence[torch.device], limit: timedelta = LIMIT) -> None:
        self.size = len(devices)
        self.ranks: Ranks | None = None
        self._device, self._limit = devices[0], limit
        self._folder = Path(tempfile.mkdtemp(prefix="take-one-ranks-"))
        self._meeting = self._folder / "meeting"
        self._changing = threading.Lock()
        self._failure: Exception | None = None
        self._closed = False
        self._number = 0
        self._awaited: dict[tuple[int, int], queue.Queue[dict[str, Any]]] = {}  # by number and rank
        self._ready: queue.Queue[int] = queue.Queue()
        self._processes = [self._started(maker, rank, device) for rank, device in enumerate(devices[1:], start=1)]
        self._readers = [
            threading.Thread(target=self._read, args=(rank, process), name=f"rank {rank}", daemon=True)
            for rank, process in enumerate(self._processes, start=1)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def alive(self) -> bool:
        return self._failure is None and not self._closed

    def pids(self) -> list[int]:
        """The processes, rank 1's first."""
        return [process.pid for process in self._processes]

    def join(self, poll: Callable[[], None]) -> Ranks:
        """This process as rank 0, once all are there. `poll` is called again and again meanwhile.

        Raises:
            LostError, torch.OutOfMemoryError: one failed instead.
        """
        if self.ranks is None:
            for _ in self._processes:
                self._next(self._ready, poll)
            try:
                self.ranks = Ranks(self._meeting, 0, self.size, self._device, self._limit)
            except (RuntimeError, ValueError) as error:  # torch's own are RuntimeErrors
                self.fail(LostError(f"the GPUs found no way to each other ({error})"))
                self.check()
        assert self.ranks is not None
        return self.ranks

    def send(self, do: str, *, answered: bool = True, **given: Any) -> int:
        """Has all of them do something, one thing after the other. Answers its number, for `answers` or `parts`."""
        self._number += 1
        for rank, process in enumerate(self._processes, start=1):
            if answered:
                self._awaited[self._number, rank] = queue.Queue()
            _write(process, {"number": self._number, "do": do, "given": given})
        return self._number

    def answers(self, number: int, poll: Callable[[], None]) -> list[Any]:
        """What each of them answered, rank 1 first.

        Raises:
            LostError, torch.OutOfMemoryError: one failed instead.
        """
        found = []
        for rank in range(1, self.size):
            message = self._next(self._awaited[number, rank], poll)
            while "done" not in message:
                message = self._next(self._awaited[number, rank], poll)
            del self._awaited[number, rank]
            found.append(message["done"])
        return found

    def part(self, number: int, rank: int, poll: Callable[[], None]) -> Any:
        """The next value that a rank yields.

        Raises:
            LostError, torch.OutOfMemoryError: one failed instead.
        """
        return self._next(self._awaited[number, rank], poll)["part"]

    def forget(self) -> None:
        """What was asked before is not waited for any more."""
        self._awaited.clear()

    def check(self) -> None:
        """Raises what is wrong with one of them, if anything is."""
        if self._failure is not None:
            raise self._failure

    def fail(self, failure: Exception) -> None:
        """Ends them all, and what this process exchanges with them. `check` raises `failure` from now on."""
        with self._changing:
            if not self.alive:
                return
            self._failure = failure
        for process in self._processes:
            process.kill()
        if self.ranks is not None and self._device.type == "cuda":
            self.ranks.abort()  # on the CPU an exchange ends by itself where another process is gone

    def close(self) -> None:
        """Ends them, and waits until they are gone."""
        with self._changing:
            failed, self._closed = self._failure is not None, True
        for process in self._processes:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LEAVING_SECONDS)
            process.kill()
            process.wait()
        for reader in self._readers:  # one of them may be giving up what is under way
            reader.join(LEAVING_SECONDS)
        if self.ranks is not None and not (failed and self._device.type == "cuda"):
            self.ranks.abort()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _started(self, maker: str, rank: int, device: torch.device) -> Process:
        process = started(maker)
        place = {"meeting": str(self._meeting), "rank": rank, "size": self.size, "device": str(device)}
        _write(process, place)
        return process

    def _next(self, messages: queue.Queue[Any], poll: Callable[[], None]) -> Any:
        while True:
            with contextlib.suppress(queue.Empty):
                return messages.get(timeout=POLL_SECONDS)
            self.check()
            poll()

    def _read(self, rank: int, process: Process) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                break  # cut off by its end
            if "ready" in message:
                self._ready.put(rank)
            elif "failed" in message:
                words = f"rank {rank} of {self.size} failed ({message['failed']})"
                kind = torch.OutOfMemoryError if message["out_of_memory"] else LostError
                self.fail(kind(words))
            elif (wanted := self._awaited.get((message["number"], rank))) is not None:
                wanted.put(message)
        self.fail(LostError(f"the process of rank {rank} of {self.size} {_ending(process.wait())}"))


def _write(process: Process, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError, ValueError):  # it is gone: `check` says so
        assert process.stdin is not None
        process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.flush()


def _ending(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
