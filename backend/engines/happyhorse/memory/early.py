"""The processes for a take's further GPUs, started while this one still imports torch. Without torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ....gpu import probe, processes

FOLLOWER = "backend.engines.happyhorse.memory.follower:Follower"
CAN_SHARE = (8, 4, 2, 1)  # as many GPUs, by the heads of the published models


@contextmanager
def followers(asked: int) -> Iterator[None]:
    """Has as many processes at hand while the body runs as a take on `asked` GPUs (0: as many as can) may want."""
    there = probe.visible()
    count = next((n for n in CAN_SHARE if n <= min(asked or there, there)), 1)
    try:
        if sys.platform == "linux" and count > 1:
            with suppress(OSError):  # it saves time, no more: who needs them starts them, and says why they can't
                processes.start_early(FOLLOWER, count - 1)
        yield
    finally:
        processes.end_early()
