"""Exports: commands that run one after the other in processes of their own, whose lines a thread reads."""

from __future__ import annotations

import contextlib
import json
import queue
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ..installing import pythons

FRAME = re.compile(r"[Aa]ppend frame (-?\d+)")  # what Blender says as it writes a movie
LAST_WORDS = 30  # lines of a failing process that are kept


class Step(NamedTuple):
    """`words` are a command line, `stage` what people read meanwhile. `first` and `frames` say which frames Blender
    will speak of, 0 frames for none. `after` is called in the thread once it went well; what it raises of OSError or
    ValueError is the failure."""

    words: tuple[str, ...]
    stage: str
    folder: Path
    environment: dict[str, str] = {}
    first: int = 0
    frames: int = 0
    after: Callable[[], None] | None = None


class ExportState(NamedTuple):
    """`state` is "" (nothing yet), busy, done, failed or cancelled. `answer` is what the commands said."""

    state: str = ""
    stage: str = ""
    fraction: float = 0.0
    message: str = ""
    answer: dict[str, Any] = {}


class Exporter:
    """One export at a time. Its methods return at once; `poll` brings `state` up to date."""

    def __init__(self) -> None:
        self._news: queue.SimpleQueue[ExportState] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = ExportState()

    @property
    def busy(self) -> bool:
        """Whether one runs."""
        return self.state.state == "busy"

    def start(self, steps: list[Step], room: Path, first: Callable[[], None] | None = None) -> None:
        """Run these; `first` is called before them, in the thread, and may raise as a step's `after`. The folder `room`
        is removed afterwards, however it ends."""
        self._cancelled.clear()
        self.state = ExportState("busy", steps[0].stage)
        self._thread = threading.Thread(target=self._run, args=(steps, room, first), daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop it. Nothing of it stays. What is busy though nothing runs that could end it has ended now."""
        self._cancelled.set()
        runs = self._thread is not None and self._thread.is_alive()
        if self.busy and not runs and self._news.empty():
            self.state = ExportState("cancelled")
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.terminate()

    def poll(self) -> bool:
        """Bring `state` up to date. Returns whether anything changed. Never waits."""
        changed = False
        while not self._news.empty():
            self.state = self._news.get()
            changed = True
        return changed

    def wait(self) -> ExportState:
        """Until it has ended: for Blender in the background."""
        if self._thread is not None:
            self._thread.join()
        self.poll()
        return self.state

    def close(self) -> None:
        """End what runs."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self, steps: list[Step], room: Path, first: Callable[[], None] | None) -> None:
        answer: dict[str, Any] = {}
        ended = ExportState("failed", message="It failed.")
        try:
            if first is not None:
                first()
            for index, step in enumerate(steps):
                self._step(step, index / len(steps), 1 / len(steps), answer)
                if step.after is not None:
                    step.after()
            ended = ExportState("done", fraction=1.0, answer=answer)
        except (OSError, ValueError) as error:
            ended = ExportState("failed", message=str(error))
        finally:
            shutil.rmtree(room, ignore_errors=True)
            self._news.put(ExportState("cancelled") if self._cancelled.is_set() else ended)

    def _step(self, step: Step, begun: float, share: float, answer: dict[str, Any]) -> None:
        """Raises ValueError with the last words of a process that failed."""
        if self._cancelled.is_set():
            raise ValueError("cancelled")
        self._news.put(ExportState("busy", step.stage, begun))
        self._process = process = subprocess.Popen(
            step.words,
            cwd=step.folder,
            env={**pythons.clean_environment(), "PYTHONUTF8": "1", **step.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            **pythons.no_window(),
        )
        if self._cancelled.is_set():
            process.terminate()
        assert process.stdout is not None
        words: list[str] = []
        for line in process.stdout:
            said = _json(line)
            done, total = said.get("done"), said.get("total")
            if step.frames and (match := FRAME.search(line)):
                done, total = int(match[1]) - step.first + 1, step.frames
            if isinstance(done, int) and isinstance(total, int) and total > 0:
                part = min(1.0, max(0.0, done / total))
                self._news.put(ExportState("busy", step.stage, begun + share * part))
            elif said:
                remarks = [*answer.get("remarks", []), *said.get("remarks", [])]
                answer |= {**said, "remarks": remarks}
            words = [*words, line.strip()][-LAST_WORDS:]
        if process.wait() != 0:
            raise ValueError(_last_error(words))


def _json(line: str) -> dict[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last_error(words: list[str]) -> str:
    errors = [word for word in words if word.lower().startswith("error: ")]
    last = (errors or [word for word in words if word] or ["The process ended without a word."])[-1]
    return re.sub("^error: ", "", last, flags=re.IGNORECASE)
