"""The models that are loaded, and which of them have the GPU: the others wait in the computer's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

import torch

from . import memory, promises
from .memory import GIB, RESERVE, P, Plan

HOST_SPARE = 8 * GIB  # of the computer's memory stay free when weights are set aside there
HOST_LEAST = 2 * GIB  # stay free in any case


class Resident(Protocol):
    """A loaded model whose weights can leave the GPU."""

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

    @property
    def set_aside(self) -> int:
        """Bytes of the computer's memory that it takes."""
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
class Held:
    """A loaded model and the plan by which it is held."""

    plan: Plan
    model: Resident


class Residents:
    """Models by name, the one used longest ago first. A name stands for models and plans of one kind."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._held: dict[str, Held] = {}
        self._settled = True

    def __contains__(self, name: str) -> bool:
        return name in self._held

    def plans(self, name: str, demand: Demand[P]) -> list[P]:
        """How `name` can be held for `demand`, the best first, with room made for that one; empty: not at all.

        A model that is loaded keeps its plan while that fits, with others out of the way, and nothing else is
        asked for.
        """
        held = self._held.get(name)
        if held is not None and not demand.accepts(cast("P", held.plan)):
            self._drop(name)
            held = None
        if held is not None:
            plan = cast("P", held.plan)
            needed = held.model.lacking + demand.working(plan) + RESERVE
            if needed <= self.room() - held.model.taken:
                self.make_room(needed, keep=name)
                smaller = demand.choose(self.room())
                return [plan, *(other for other in smaller if other.expected_peak < plan.expected_peak)]
            self._drop(name)
        plans = demand.choose(self.room())
        if plans:
            self.make_room(plans[0].expected_peak)
        return plans

    def hold(self, name: str, plan: Plan, load: Callable[[], M]) -> M:
        """The model `name`, held by `plan`: as it is, wherever its weights are, or loaded.

        Raises:
            MemoryError: the computer has too little memory for the plan.
        """
        held = self._held.get(name)
        if held is not None and held.plan != plan:
            self._drop(name)
            held = None
        if held is None:
            with self._host_room(plan.expected_host):
                held = Held(plan, load())
            self._settled = False
        else:
            del self._held[name]
        self._held[name] = held  # last: used most recently
        return cast("M", held.model)

    def use(self, name: str, plan: Plan, load: Callable[[], M], working: int = 0) -> M:
        """As `hold`, with the weights on the GPU and `working` bytes of it free beside them."""
        model = self.hold(name, plan, load)
        if working:
            self.make_room(model.lacking + working, keep=name)
        model.unpark()
        return model

    def make_room_for(self, name: str, plan: Plan) -> None:
        """Room for all that `plan` is expected to take, with what the model `name` has of it already."""
        held = self._held.get(name)
        if held is not None and held.plan != plan:
            self._drop(name)
            held = None
        self.make_room(plan.expected_peak - (0 if held is None else held.model.taken), keep=name)

    def make_room(self, needed: int, keep: str = "") -> None:
        """Sets models aside, the one used longest ago first, until `needed` bytes of the GPU are free."""
        for name in [name for name in self._held if name != keep]:
            lacking = needed - self.free()
            if lacking <= 0:
                return
            self._set_aside(name, lacking)

    def give_way(self, name: str = "") -> None:
        """Leaves all of the GPU: `name` is let go, the others are set aside."""
        if name in self._held:
            self._drop(name)
        self.make_room(memory.PLENTY)

    def free(self) -> int:
        """Bytes of the GPU that can be had."""
        return memory.free_bytes(self.device)

    def room(self) -> int:
        """Bytes of the GPU that can be had once all that is held has left it."""
        return self.free() + sum(held.model.taken for held in self._held.values())

    def host_room(self, processes: int = 1) -> int:
        """Bytes of the computer's memory that can be had once all that is held has left it, in as many `processes` as
        hold the same."""
        return promises.free(HOST_LEAST) + processes * sum(held.model.set_aside for held in self._held.values())

    def settle(self) -> None:
        """To be called when nobody waits: tidies up after what was loaded."""
        if not self._settled:
            memory.collect()
            self._settled = True

    def close(self) -> None:
        """Gives all memory back."""
        for name in tuple(self._held):
            self._drop(name)

    def _set_aside(self, name: str, room: int) -> None:
        """Frees `room` bytes of the GPU. Without memory for a copy the model goes: it is loaded again."""
        model = self._held[name].model
        with promises.promised(min(room, model.unsaved), HOST_SPARE) as roomy:
            try:
                if not roomy:
                    raise MemoryError
                model.park(room)
            except MemoryError:
                self._drop(name)
                return
        memory.give_back(self.device)

    @contextmanager
    def _host_room(self, needed: int) -> Iterator[None]:
        """`needed` bytes of the computer's memory for the block to take: models that wait there are let go for them,
        the one used longest ago first.

        Raises:
            MemoryError: there are not so many.
        """
        if not needed:
            yield
            return
        for name in [name for name, held in self._held.items() if held.model.set_aside]:
            if needed <= promises.free(HOST_SPARE):
                break
            self._drop(name)
        with promises.promised(needed, HOST_LEAST) as roomy:
            if not roomy:
                there = max(0, promises.free(HOST_LEAST))
                raise MemoryError(f"{needed / GIB:.1f} GiB are needed and {there / GIB:.1f} are free")
            yield

    def _drop(self, name: str) -> None:
        self._held.pop(name).model.close()
        memory.collect()
        memory.give_back(self.device)
