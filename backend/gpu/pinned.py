"""Memory of the computer that is locked, so that the GPU can copy to and from it beside its work."""

from __future__ import annotations

import contextlib

import torch
from torch import Tensor

PAGE = 4096


def pinned(size: int) -> Tensor:
    """Page-locked bytes, exactly `size` of them (torch's own allocator rounds up to a power of two).

    They are to be unlocked (`unpin`) before they are let go.

    Raises:
        MemoryError: there are not so many to be had.
    """
    whole = torch.zeros(size + 2 * PAGE, dtype=torch.uint8)
    start = -whole.data_ptr() % PAGE  # pages are locked as a whole: none may be shared with another buffer
    buffer = whole[start : start + size]
    status = torch.cuda.cudart().cudaHostRegister(buffer.data_ptr(), -(-size // PAGE) * PAGE, 0)
    if int(status) != 0:
        _forget_error()
        raise MemoryError(f"could not pin {size / 2**30:.1f} GiB of memory (CUDA error {int(status)})")
    return buffer


def _forget_error() -> None:
    """CUDA remembers a call that failed, and torch would take it for a failure of whatever it launches next."""
    with contextlib.suppress(RuntimeError):
        torch.zeros(1, device="cuda")


def unpin(addresses: list[int]) -> None:
    """Unlock the buffers that begin at `addresses`, and empty the list."""
    if addresses:
        torch.cuda.synchronize()
    while addresses:
        torch.cuda.cudart().cudaHostUnregister(addresses.pop())
