"""Memory that is locked for the GPU, by calls of CUDA that are written down; and what is given back to whom."""

from __future__ import annotations

import gc
from typing import Any

import pytest
import torch

from backend.gpu import memory, pinned
from backend.gpu.memory import running_out_told

PAGE = 4096


class Runtime:
    """CUDA's runtime: what it was asked, and the code that it answers a lock with."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.status = 0

    def cudaHostRegister(self, address: int, size: int, flags: int) -> int:  # noqa: N802
        self.said.append(("lock", address, size, flags))
        return self.status

    def cudaHostUnregister(self, address: int) -> int:  # noqa: N802
        self.said.append(("unlock", address))
        return 0


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    found = Runtime()
    monkeypatch.setattr(torch.cuda, "cudart", lambda: found)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: found.said.append(("synchronize",)))
    return found


@pytest.mark.parametrize(("size", "locked"), [(1, 1), (PAGE - 1, 1), (PAGE, 1), (PAGE + 1, 2), (10 * PAGE + 7, 11)])
def test_whole_pages_are_locked_that_are_nobody_elses(runtime: Runtime, size: int, locked: int) -> None:
    buffer = pinned.pinned(size)
    assert (buffer.shape, buffer.dtype, int(buffer.count_nonzero())) == ((size,), torch.uint8, 0)
    assert runtime.said == [("lock", buffer.data_ptr(), locked * PAGE, 0)]
    store = buffer.untyped_storage()
    assert buffer.data_ptr() % PAGE == 0
    assert store.data_ptr() <= buffer.data_ptr()
    assert buffer.data_ptr() + locked * PAGE <= store.data_ptr() + store.nbytes()


def test_where_it_cannot_be_locked_the_error_is_said_and_taken_from_cuda(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.status = 2
    asked, zeros = [], torch.zeros

    def made(*size: int, device: str = "cpu", **facts: Any) -> torch.Tensor:
        if device != "cpu":  # CUDA reports what failed before, once
            asked.append(device)
            raise RuntimeError("CUDA error: out of memory")
        return zeros(*size, **facts)

    monkeypatch.setattr(torch, "zeros", made)
    with pytest.raises(MemoryError, match=r"^could not pin 0\.1 GiB of memory \(CUDA error 2\)$"):
        pinned.pinned((1 << 30) // 10)
    assert asked == ["cuda"]


def test_what_is_unlocked_is_waited_for_and_unlocked_once(runtime: Runtime) -> None:
    addresses = [16, 32, 48]
    pinned.unpin(addresses)
    assert runtime.said[0] == ("synchronize",)
    assert sorted(runtime.said[1:]) == [("unlock", 16), ("unlock", 32), ("unlock", 48)]
    assert addresses == []
    pinned.unpin(addresses)
    assert len(runtime.said) == 4  # a GPU that has nothing of ours is not asked


def test_what_is_kept_goes_back_to_the_card_and_to_the_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: said.append("card"))
    monkeypatch.setattr(torch.accelerator, "empty_host_cache", lambda: said.append("computer"), raising=False)
    monkeypatch.setattr(gc, "collect", lambda: said.append("collected"))
    cpu, card = torch.device("cpu"), torch.device("cuda", 1)
    memory.give_back(cpu)
    assert said == []
    memory.give_all_back(cpu)
    assert said == ["collected"]
    memory.give_back(card)
    assert said[1:] == ["card"]
    memory.give_all_back(card)
    assert said[2:] == ["collected", "card", "computer"]
    gc.unfreeze()


@pytest.mark.parametrize(
    "words",
    ["CUDA error: out of memory", "cuBLAS: CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED here",
     "CUBLAS_STATUS_NOT_INITIALIZED when calling"],
)  # fmt: skip
def test_whichever_library_runs_out_it_is_told_alike(words: str) -> None:
    failed = RuntimeError(words)
    with pytest.raises(torch.OutOfMemoryError) as told, running_out_told():
        raise failed
    assert (str(told.value), told.value.__cause__) == (words, failed)


def test_other_errors_stay_what_they_are() -> None:
    for failed in (
        RuntimeError("CUDA error: illegal address"),
        ValueError("out of memory"),
        torch.OutOfMemoryError("x"),
    ):
        with pytest.raises(type(failed)) as told, running_out_told():
            raise failed
        assert told.value is failed
