"""Workers that are child processes of this one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property

from ..lanes import CPU, Slot, further_slots
from .child import Child
from .link import Aside, Link


class LocalCrew:
    """Workers on this machine. `registry` is the module that names the engines; a job of the lane gpu has so many
    `gpus` (0: all)."""

    describing = Slot("cpu", CPU)

    def __init__(self, registry: str, gpus: int = 1) -> None:
        self.registry, self._gpus = registry, gpus

    def slots(self) -> Sequence[Slot]:
        return self._slots

    def start(self, slot: Slot, aside: Aside | None = None) -> Link:
        """A worker process that ends with this one."""
        module = "backend.jobs.workers.worker_process"
        return Child(module, self.registry, str(os.getpid()), aside=aside, environment=slot.environment)

    def stop(self) -> None:
        """Nothing is left to end."""

    @cached_property
    def _slots(self) -> list[Slot]:
        return further_slots(self._gpus)
