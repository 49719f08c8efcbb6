"""A thread that hands work to a GPU, which may take as long as the work; who asked for it looks out for a cancel."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import torch

POLL_SECONDS = 0.005

Result = TypeVar("Result")


class Launcher:
    """Does one thing after the other, for `device`."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="launcher", initializer=self._begin)
        self._last: Future[Any] | None = None

    def run(self, work: Callable[[], Result], poll: Callable[[], None]) -> Result:
        """What `work` answers; `poll` is called again and again meanwhile.

        Where `poll` raises, that goes through at once; `work` goes on, and the next one begins after it.
        """
        self.finish(poll)
        self._last = future = self._thread.submit(work)
        _await(future, poll)
        return future.result()

    def finish(self, poll: Callable[[], None] = lambda: None) -> None:
        """Waits for work that was not waited for to its end. How it ended is nobody's concern any more."""
        if self._last is not None:
            _await(self._last, poll)

    def close(self) -> None:
        """Waits for what is being done, and ends the thread."""
        self._thread.shutdown()

    def _begin(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.set_device(self._device)


def _await(future: Future[Any], poll: Callable[[], None]) -> None:
    while not wait([future], POLL_SECONDS).done:
        poll()
