"""The large models that are loaded, and which of them has the GPU: the others wait in the computer's memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import psutil
import torch

from . import memory
from .memory import GIB, RESERVE, P

HOST_SPARE = 8 * GIB  # of the computer's memory stay free when weights are set aside there


class Resident(Protocol):
    """A loaded model whose weights can leave the GPU piece by piece."""

    @property
    def taken(self) -> int:
        """Bytes of the GPU that its weights take now."""
        ...

    @property
    def lacking(self) -> int:
        """Bytes of the GPU that it wants back before it can run."""
        ...

    @property
    def unsaved(self) -> int:
        """Bytes of it on the GPU that have no copy in the computer's memory yet."""
        ...

    def park(self, room: int) -> None:
        """Leave `room` bytes of the GPU to others, until `unpark`.

        Raises:
            MemoryError: the computer has no memory for a copy.
        """
        ...

    def unpark(self) -> None:
        """Have the weights back on the GPU when they are needed."""
        ...

    def close(self) -> None:
        """Give the weights' memory back."""
        ...


class Demand(Protocol[P]):
    """What a stage asks for: a model to be held in one of several ways, and room for the work with it."""

    def choose(self, room: int) -> list[P]:
        """The plans that fit into `room` bytes of the GPU, the best first."""
        ...

    def accepts(self, plan: P) -> bool:
        """Whether a model that is held by `plan` will do."""
        ...

    def working(self, plan: P) -> int:
        """Bytes of the GPU that the work takes beside the weights."""
        ...


M = TypeVar("M", bound=Resident)


@dataclass
class Held(Generic[P, M]):
    """A loaded model and the plan by which it is held."""

    plan: P
    model: M


class Residents(Generic[P, M]):
    """Models by name, the one used longest ago first."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._held: dict[str, Held[P, M]] = {}

    def get(self, name: str) -> M | None:
        """The model `name`, wherever its weights are; None where it is not loaded."""
        return self._held[name].model if name in self._held else None

    def plans(self, name: str, demand: Demand[P]) -> list[P]:
        """How `name` can be held for `demand`, the best first, with room made for that one; empty: not at all.

        A model that is loaded keeps its plan while that fits, with others out of the way, and nothing else is
        asked for.
        """
        held = self._held.get(name)
        if held is not None and not demand.accepts(held.plan):
            self._drop(name)
            held = None
        free = self.free()
        others = sum(other.model.taken for key, other in self._held.items() if key != name)
        if held is not None:
            plan = held.plan
            needed = held.model.lacking + demand.working(plan) + RESERVE
            if needed <= free + others:
                self.make_room(needed, keep=name)
                smaller = demand.choose(free + others + held.model.taken)
                return [plan, *(other for other in smaller if other.expected_peak < plan.expected_peak)]
            self._drop(name)
            free = self.free()
        plans = demand.choose(free + others)
        if plans:
            self.make_room(plans[0].expected_peak)
        return plans

    def use(self, name: str, plan: P, load: Callable[[], M]) -> M:
        """The model `name` on the GPU, held by `plan`: as it is, brought back, or loaded."""
        held = self._held.get(name)
        if held is not None and held.plan != plan:
            self._drop(name)
            held = None
        if held is None:
            held = Held(plan, load())
        else:
            del self._held[name]
            held.model.unpark()
        self._held[name] = held  # last: used most recently
        return held.model

    def make_room(self, needed: int, keep: str = "") -> None:
        """Sets models aside, the one used longest ago first, until `needed` bytes of the GPU are free."""
        for name in [name for name in self._held if name != keep]:
            lacking = needed - self.free()
            if lacking <= 0:
                return
            self._set_aside(name, lacking)

    def free(self) -> int:
        """Bytes of the GPU that can be had."""
        return memory.free_bytes(self.device)

    def close(self) -> None:
        """Gives all memory back."""
        for name in tuple(self._held):
            self._drop(name)

    def _set_aside(self, name: str, room: int) -> None:
        """Frees `room` bytes of the GPU. Without memory for a copy the model goes: it is loaded again."""
        model = self._held[name].model
        if min(room, model.unsaved) + HOST_SPARE > psutil.virtual_memory().available:
            self._drop(name)
            return
        try:
            model.park(room)
        except MemoryError:
            self._drop(name)
            return
        memory.give_back(self.device)

    def _drop(self, name: str) -> None:
        self._held.pop(name).model.close()
        gc.collect()  # takes 0.3 s
        memory.give_back(self.device)
