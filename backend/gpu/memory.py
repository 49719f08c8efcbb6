"""Bytes of a GPU: how many are free, how they are given back, and what comes next if they run out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

import torch

GIB = 1 << 30
RESERVE = GIB  # CUDA's kernels and workspaces, and what the allocator can't use for its pieces
OURS, OTHERS = 64 * GIB, 32 * GIB  # of a large card that are ours; of a still larger one all but so much: Blender's
PLENTY = 1 << 62
# What CUDA's libraries say where they, and not torch, ask for memory that is not there.
RAN_OUT = ("out of memory", "_ALLOC_FAILED", "CUBLAS_STATUS_NOT_INITIALIZED")

Result = TypeVar("Result")


class Plan(Protocol):
    """How a model is held. Plans that are equal hold it alike."""

    @property
    def expected_peak(self) -> int:
        """Bytes of the GPU that a stage is expected to take with it, all in all."""
        ...

    @property
    def expected_host(self) -> int:
        """Bytes of the computer's memory that the model is expected to take while it is used."""
        ...

    @property
    def words(self) -> str:
        """For people: how the model runs and what that is expected to take."""
        ...


P = TypeVar("P", bound=Plan)


def devices() -> list[torch.device]:
    """The GPUs, those with the most memory first; where there is none, the CPU."""
    if not torch.cuda.is_available():
        return [torch.device("cpu")]
    sizes = [torch.cuda.get_device_properties(i).total_memory for i in range(torch.cuda.device_count())]
    return [torch.device("cuda", i) for i in sorted(range(len(sizes)), key=lambda i: -sizes[i])]


def free_bytes(device: torch.device) -> int:
    """Bytes of the GPU that can be had, with what torch keeps for itself but does not use. PLENTY for the CPU.

    This process may be held to a part of the card (`torch.cuda.set_per_process_memory_fraction`).
    """
    if device.type != "cuda":
        return PLENTY
    used = torch.cuda.memory_allocated(device)
    kept = torch.cuda.memory_reserved(device) - used
    free, whole = torch.cuda.mem_get_info(device)
    ours = min(max(OURS, whole - OTHERS), int(whole * torch.cuda.get_per_process_memory_fraction(device)))
    return min(free + kept, ours - used)


def give_back(device: torch.device) -> None:
    """What torch keeps without using it, to the card."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def collect() -> None:
    """Frees what is only held by itself. What is left is not looked through again: a collection of all that is imported
    and loaded takes 0.1 to 0.3 s, and would come in the midst of a take."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def give_all_back(device: torch.device) -> None:
    """What nobody holds any more, to the card and to the computer's memory (also what is locked for copies)."""
    collect()
    give_back(device)
    if device.type == "cuda":
        torch.accelerator.empty_host_cache()


@contextmanager
def running_out_told() -> Iterator[None]:
    """The GPU's memory running out is a torch.OutOfMemoryError, whichever library noticed it."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        if not any(words in str(error) for words in RAN_OUT):
            raise
        raise torch.OutOfMemoryError(str(error)) from error


def run_with_fallback(
    plans: Sequence[P],
    run: Callable[[P], Result],
    note: Callable[[str], None],
    let_go: Callable[[], None] = lambda: None,
) -> Result:
    """`run` with the first plan; where the GPU's memory runs out, with the next one, and so on. `note` says so.

    `let_go` is called before another plan is tried, when what the failed run had on the GPU is free already.

    Raises:
        torch.OutOfMemoryError: not even the last plan fitted. It holds on to nothing.
    """
    for index, plan in enumerate(plans):
        try:
            with running_out_told():
                return run(plan)
        except torch.OutOfMemoryError as error:
            words = str(error)  # the error itself would hold on to the failed run's tensors
        let_go()
        if index + 1 < len(plans):
            note(f"The GPU's memory ran out with {plan.words}; it was run with {plans[index + 1].words} instead.")
    raise torch.OutOfMemoryError(words)
