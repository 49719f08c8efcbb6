"""How far a job is: stages with an expected cost, corrected by the time that their steps really take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...engine import Cancelled, Progress

OVERHEAD = 0.03  # share of the bar for what comes before the first step: reading text, loading models


@dataclass(frozen=True)
class Stage:
    """`cost` is in seconds on an H100; only the stages' ratios matter."""

    name: str
    steps: int
    cost: float


def pass_cost(tokens: int) -> float:
    """Seconds of one pass of the 15B transformer on an H100, fitted to the published figures."""
    return 4.1e-5 * tokens + 8e-10 * tokens**2


def decode_cost(width: int, height: int, frames: int) -> float:
    """Seconds of the fast decoder on an H100 (published figures)."""
    return 2.2e-8 * width * height * frames


class ProgressEstimate:
    """Tells `progress` a fraction that grows evenly in time, so that the time left follows from it.

    Call `note` for what has no steps, `step` after each step of a stage. Both raise Cancelled.
    """

    def __init__(
        self,
        progress: Progress,
        cancelled: Callable[[], bool],
        stages: list[Stage],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress, self._cancelled, self._clock = progress, cancelled, clock
        self._stages = {stage.name: stage for stage in stages}
        self._left = {stage.name: stage.steps for stage in stages}
        self._began: float | None = None
        self._spent = 0.0  # seconds in steps that are done
        self._fraction = 0.0

    def note(self, what: str) -> None:
        """Says what is being done. Time from here to the next step or stage is not counted as a step's."""
        self.check()
        self._progress(self._fraction, what)
        self._began = None

    def begin(self, stage: str) -> None:
        """The first step of `stage` begins now."""
        self.check()
        self._began = self._clock()
        self._progress(self._fraction, self._words(stage))

    def step(self, stage: str, preview: np.ndarray | None = None) -> None:
        """One more step of `stage` is done."""
        now = self._clock()
        if self._began is not None:
            self._spent += now - self._began
        self._began = now
        self._left[stage] = max(0, self._left[stage] - 1)
        share = self._spent / max(self._spent + self.seconds_left(), 1e-9)
        self._fraction = max(self._fraction, OVERHEAD + (1 - OVERHEAD) * share)
        self.check()
        self._progress(self._fraction, self._words(stage), preview)

    def skip(self, stage: str) -> None:
        """There is nothing to do for `stage`."""
        self._left[stage] = 0
        self._stages[stage] = Stage(stage, 0, 0.0)

    def seconds_left(self) -> float:
        """At the pace of the steps so far."""
        done = sum(stage.cost * (stage.steps - self._left[name]) for name, stage in self._stages.items())
        left = sum(stage.cost * self._left[name] for name, stage in self._stages.items())
        return left * (self._spent / done if done else 1.0)

    def check(self) -> None:
        """Raises Cancelled where the job was cancelled."""
        if self._cancelled():
            raise Cancelled

    def _words(self, stage: str) -> str:
        steps = self._stages[stage].steps
        number = min(steps, steps - self._left[stage] + 1)
        return f"{stage}, {number} of {steps}" if steps > 1 else stage
