"""Bytes of a GPU: how many are free, how they are given back, and what comes next if they run out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import torch

GIB = 1 << 30
RESERVE = GIB  # CUDA's kernels and workspaces, and what the allocator can't use for its pieces
OURS = 64 * GIB  # of a large card: Blender wants room on it too
PLENTY = 1 << 62

Result = TypeVar("Result")


class Plan(Protocol):
    """How a model is held. Plans that are equal hold it alike."""

    @property
    def expected_peak(self) -> int:
        """Bytes of the GPU that a stage is expected to take with it, all in all."""
        ...

    @property
    def words(self) -> str:
        """For people: how the model runs and what that is expected to take."""
        ...


P = TypeVar("P", bound=Plan)


def best_device() -> torch.device:
    """The GPU with the most memory, else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    sizes = [torch.cuda.get_device_properties(i).total_memory for i in range(torch.cuda.device_count())]
    return torch.device("cuda", sizes.index(max(sizes)))


def free_bytes(device: torch.device) -> int:
    """Bytes of the GPU that can be had, with what torch keeps for itself but does not use. PLENTY for the CPU."""
    if device.type != "cuda":
        return PLENTY
    used = torch.cuda.memory_allocated(device)
    kept = torch.cuda.memory_reserved(device) - used
    return min(torch.cuda.mem_get_info(device)[0] + kept, OURS - used)


def give_back(device: torch.device) -> None:
    """What torch keeps without using it, to the card."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def give_all_back(device: torch.device) -> None:
    """What nobody holds any more, to the card and to the computer's memory (also what is locked for copies)."""
    gc.collect()
    give_back(device)
    if device.type == "cuda":
        torch.accelerator.empty_host_cache()


def run_with_fallback(plans: Sequence[P], run: Callable[[P], Result], note: Callable[[str], None]) -> Result:
    """`run` with the first plan; if the GPU's memory runs out, once more with the next one, and `note` says so.

    `run` must let go of everything on the GPU when it raises.

    Raises:
        torch.OutOfMemoryError: the second plan did not fit either, or there is none.
    """
    first, *others = plans
    try:
        return run(first)
    except torch.OutOfMemoryError as error:
        if not others:
            raise
        # The traceback holds on to the failed run's tensors.
        error.__traceback__ = None
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    note(f"The GPU's memory ran out with {first.words}; it was run with {others[0].words} instead.")
    return run(others[0])
