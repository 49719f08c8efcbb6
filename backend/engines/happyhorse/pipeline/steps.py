"""Steps that the device was told to do, told to the user as they are done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .progress_estimate import ProgressEstimate

POLL_SECONDS = 0.0003


class Steps:
    """The step that was ordered last, until it is told. `check` raises where the device's work came to nothing."""

    def __init__(self, progress: ProgressEstimate, check: Callable[[], None]) -> None:
        self._progress, self._check = progress, check
        self._unreported: _Step | None = None

    def begin(self, stage: str) -> None:
        """The first step of `stage` begins now."""
        self._unreported = None  # of a run that failed
        self._progress.begin(stage)

    def ordered(self, stage: str, shown: Tensor) -> None:
        """All of a step of `stage` was handed to the device, with its preview `shown` [height, width, 3]."""
        self.wait()
        self._unreported = _Step.ordered(stage, shown)

    def wait(self) -> None:
        """Until the last step is done and told: it may last seconds."""
        while self._unreported is not None:
            self.poll()
            if self._unreported is not None:
                time.sleep(POLL_SECONDS)

    def poll(self) -> None:
        """Tells of the last step if it is done. Looks out for a cancel, and for a GPU that failed: nothing comes of a
        step then."""
        self._progress.check()
        step = self._unreported if self._unreported is not None and self._unreported.done() else None
        self._check()  # only now: work that a failure breaks off is done, too
        if step is not None:
            self._unreported = None
            self._progress.step(step.stage, step.preview.numpy())


@dataclass(frozen=True)
class _Step:
    """`preview` is on the CPU once the step is `done`."""

    stage: str
    preview: Tensor
    arrival: torch.cuda.Event | None

    @classmethod
    def ordered(cls, stage: str, shown: Tensor) -> _Step:
        if shown.device.type != "cuda":
            return cls(stage, shown, None)
        preview = torch.empty(shown.shape, dtype=shown.dtype, pin_memory=True)
        preview.copy_(shown, non_blocking=True)
        arrival = torch.cuda.Event()
        arrival.record()
        return cls(stage, preview, arrival)

    def done(self) -> bool:
        """Whether the device has done it, with all that it was told before."""
        return self.arrival is None or self.arrival.query()
