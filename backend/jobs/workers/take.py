"""One take: from a request to the mp4 and its sidecar, for the worker and the command line alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from client.protocol import Price, Result, TakeRequest

from ...engines.engine import Clip, Commit, Engine, EngineError, Progress, Resumable
from ...media.disk import disk_full, is_full
from ...media.encode import Written, write_clip
from ...media.sidecar import write_sidecar


@dataclasses.dataclass(frozen=True)
class Take:
    """What was made."""

    written: Written
    notes: tuple[str, ...]
    cost: Price | None = None

    @property
    def result(self) -> Result:
        """What the job's answer says of it."""
        written = self.written
        size = written.width, written.height
        return Result(written.frames, written.fps, *size, written.sound_seconds, self.notes, self.cost)


@dataclasses.dataclass(frozen=True)
class Memory:
    """What a resumable engine wrote down of this job before, None for nothing, and how it writes more."""

    state: dict[str, Any] | None
    commit: Commit


def make_take(
    engine: Engine | Resumable,
    request: TakeRequest,
    clip_path: Path,
    sidecar_path: Path,
    notes: tuple[str, ...],
    progress: Progress,
    cancelled: Callable[[], bool],
    memory: Memory,
) -> Take:
    """Runs `engine` and writes the clip and its sidecar. `notes` come before the engine's.

    Raises:
        EngineError: a failure a user can read.
        Cancelled: `cancelled()` said so.
    """
    rising = _Rising(progress)
    try:
        clip = _run(engine, request, rising, cancelled, memory)
        written = write_clip(clip, request, clip_path, rising, cancelled)
        every = tuple(dict.fromkeys((*notes, *clip.notes, *written.notes)))
        write_sidecar(sidecar_path, request, clip, written, every)
    except MemoryError as error:
        raise EngineError(
            "out_of_memory",
            f"There was not enough memory for {request.width}x{request.height}, "
            f"{request.seconds:g} seconds. Choose a smaller size or a shorter clip.",
            "smaller_size",
        ) from error
    except OSError as error:
        if is_full(error):
            raise disk_full(clip_path.parent) from error
        raise
    return Take(written, every, clip.cost)


def _run(
    engine: Engine | Resumable,
    request: TakeRequest,
    progress: Progress,
    cancelled: Callable[[], bool],
    memory: Memory,
) -> Clip:
    if isinstance(engine, Resumable):
        if memory.state is None:
            return engine.generate(request, progress, cancelled, memory.commit)
        return engine.resume(memory.state, request, progress, cancelled, memory.commit)
    if memory.state is not None:  # never anew: it may have been paid
        raise EngineError("engine_failed", f"The engine {request.engine} can't go on with what it began.", "open_log")
    return engine.generate(request, progress, cancelled)


class _Rising:
    """Joins the engine's and the encoder's progress: the larger counts, the engine names the stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._fraction, self._stage = progress, 0.0, ""

    def __call__(self, fraction: float, stage: str, preview: np.ndarray | None = None) -> None:
        self._fraction = max(self._fraction, min(1.0, float(fraction)))
        self._stage = stage or self._stage
        self._progress(self._fraction, self._stage, preview)
