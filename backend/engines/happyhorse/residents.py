"""The transformers that are loaded, and which of them has the GPU: the others wait in the computer's memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import torch

from . import memory
from .config import TransformerConfig
from .memory import GIB, RESERVE, Plan, Shape
from .transformer import ROWS_AT_ONCE, Transformer

OURS = 64 * GIB  # of a large card: Blender wants room on it too
HOST_SPARE = 8 * GIB  # of the computer's memory stay free when weights are set aside there
PLENTY = 1 << 62


@dataclass
class Held:
    """A loaded transformer and the plan by which it is held."""

    plan: Plan
    model: Transformer

    @property
    def taken(self) -> int:
        """Bytes of the GPU that its weights take now."""
        store = self.model.store
        blocks = sum(store.blocks[i].bytes for i in store.resident)
        return blocks + sum(slot.numel() for slot in store.slots)

    @property
    def lacking(self) -> int:
        """Bytes of the GPU that it wants back before it can run."""
        store = self.model.store
        whole = sum(block.bytes for i, block in enumerate(store.blocks) if i not in store.streamed)
        if store.streamed:
            whole += 2 * max(store.blocks[i].bytes for i in store.streamed)
        return whole - self.taken

    @property
    def unsaved(self) -> int:
        """Bytes of it on the GPU that have no copy in the computer's memory yet."""
        store = self.model.store
        return sum(store.blocks[i].bytes for i in store.resident if i not in store.parked)


class Residents:
    """Transformers by name, the one used longest ago first."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._held: dict[str, Held] = {}

    def config(self, name: str) -> TransformerConfig | None:
        """The config of a transformer that is loaded."""
        return self._held[name].model.config if name in self._held else None

    def plans(self, name: str, config: TransformerConfig, shape: Shape, eight_bit: bool = False) -> list[Plan]:
        """How `name` can be held for `shape`, the best first, with room made for that one; empty: not at all.

        A transformer that is loaded keeps its plan while that fits, with others out of the way, and nothing else is
        asked for.
        """
        held = self._held.get(name)
        if held is not None and held.plan.eight_bit != eight_bit:
            self._drop(name)
            held = None
        free = self.free()
        others = sum(other.taken for key, other in self._held.items() if key != name)
        if held is not None:
            plan = held.plan
            working = memory.working_bytes(config, plan.precision, shape, plan.rows_at_once)
            needed = held.lacking + working + RESERVE
            if needed <= free + others:
                self.make_room(needed, keep=name)
                smaller = self._choose(config, shape, free + others + held.taken, eight_bit)
                return [plan, *(other for other in smaller if other.expected_peak < plan.expected_peak)]
            self._drop(name)
            free = self.free()
        plans = self._choose(config, shape, free + others, eight_bit)
        if plans:
            self.make_room(plans[0].expected_peak)
        return plans

    def use(self, name: str, plan: Plan, load: Callable[[], Transformer]) -> Transformer:
        """The transformer `name` on the GPU, held by `plan`: as it is, brought back, or loaded."""
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
        """Sets transformers aside, the one used longest ago first, until `needed` bytes of the GPU are free."""
        for name in [name for name in self._held if name != keep]:
            lacking = needed - self.free()
            if lacking <= 0:
                return
            self._set_aside(name, lacking)

    def free(self) -> int:
        """Bytes of the GPU that can be had, with what torch keeps for itself but does not use."""
        if self.device.type != "cuda":
            return PLENTY
        used = torch.cuda.memory_allocated(self.device)
        kept = torch.cuda.memory_reserved(self.device) - used
        return min(torch.cuda.mem_get_info(self.device)[0] + kept, OURS - used)

    def close(self) -> None:
        """Gives all memory back."""
        for name in tuple(self._held):
            self._drop(name)

    def _choose(self, config: TransformerConfig, shape: Shape, room: int, eight_bit: bool) -> list[Plan]:
        if self.device.type != "cuda":
            return [Plan("fp32", None, ROWS_AT_ONCE, 0)]
        return memory.choose_plans(config, shape, room, fp8=memory.supports_fp8(self.device), eight_bit=eight_bit)

    def _set_aside(self, name: str, room: int) -> None:
        """Frees `room` bytes of the GPU. Without memory for a copy the transformer goes: it is loaded again."""
        held = self._held[name]
        if min(room, held.unsaved) + HOST_SPARE > psutil.virtual_memory().available:
            self._drop(name)
            return
        try:
            held.model.park(room)
        except MemoryError:
            self._drop(name)
            return
        self._give_back()

    def _drop(self, name: str) -> None:
        self._held.pop(name).model.close()
        gc.collect()  # takes 0.3 s
        self._give_back()

    def _give_back(self) -> None:
        """What torch keeps without using it, to the card."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
