"""Parts of a pass as CUDA graphs, for passes so small that the GPU is done before the computer has handed over more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import torch
from torch import Tensor

log = logging.getLogger(__name__)
FEW_TOKENS = 2560  # of a rank: above that its GPU is slower than the computer, and graphs would keep much memory

Answer = TypeVar("Answer")
Replay = Callable[[], None]


class Plain:
    """Parts of a pass that are run as they are."""

    def begin(self) -> None:
        """A pass begins."""

    def room(self, name: str, shape: Sequence[int], dtype: torch.dtype, device: torch.device) -> Tensor:
        """Memory for what goes from part to part, with anything in it."""
        return torch.empty(tuple(shape), dtype=dtype, device=device)

    def kept(self, name: str, tensor: Tensor) -> Tensor:
        """`tensor` where parts find it in each pass."""
        return tensor

    def run(self, key: Hashable, work: Callable[..., Answer], *given: Any) -> Answer:
        """What the part `key` of the pass answers: work(*given)."""
        return work(*given)


@dataclass(frozen=True)
class _Part:
    replay: Replay
    answer: Any


class Recording(Plain):
    """Parts that are run as they are in the first pass, recorded in the second, and replayed from then on.

    A part takes what it is given and answers tensors whose places don't change from pass to pass: they come from
    `room`, from `kept`, or are another part's answer. Nothing else may decide what it does.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._rooms: dict[Hashable, Tensor] = {}
        self._parts: dict[Hashable, _Part] = {}
        self._passes = 0
        self._failed = False
        self._begin_recording()

    def begin(self) -> None:
        """See `Plain.begin`."""
        self._passes += 1

    def room(self, name: str, shape: Sequence[int], dtype: torch.dtype, device: torch.device) -> Tensor:
        """See `Plain.room`: the same memory in each pass, and for each part that asks for this name and shape."""
        key = name, tuple(shape), dtype
        if key not in self._rooms:
            self._rooms[key] = super().room(name, shape, dtype, device)
        return self._rooms[key]

    def kept(self, name: str, tensor: Tensor) -> Tensor:
        """See `Plain.kept`."""
        return self.room(name, tensor.shape, tensor.dtype, tensor.device).copy_(tensor)

    def run(self, key: Hashable, work: Callable[..., Answer], *given: Any) -> Answer:
        """See `Plain.run`."""
        part = self._parts.get(key)
        if part is None:
            if self._passes < 2 or self._failed:
                return work(*given)
            try:
                part = self._parts[key] = self._recorded(lambda: work(*given))
            except RuntimeError:  # out of memory is one, too: nothing has been done yet
                log.warning("A pass can't be recorded: it is slower.", exc_info=True)
                self._failed = True
                return work(*given)
        part.replay()
        return part.answer  # type: ignore[no-any-return]

    def _begin_recording(self) -> None:
        self._stream = _recording_stream(self._device)
        self._pool = torch.cuda.graph_pool_handle()

    def _recorded(self, work: Callable[[], Any]) -> _Part:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.stream(self._stream):  # the one that others wait for can't be recorded
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                answer = work()
            finally:
                graph.capture_end()
        return _Part(graph.replay, answer)


@cache
def _recording_stream(device: torch.device) -> torch.cuda.Stream:
    """Always the same one: torch keeps memory for each apart, and cuBLAS a workspace, which comes here, before anything
    is recorded, so that it belongs to no recording."""
    stream = torch.cuda.Stream(device)
    with torch.cuda.stream(stream):
        one = torch.ones(16, 16, dtype=torch.bfloat16, device=device)
        torch.mm(one, one)
    stream.synchronize()
    return stream
