"""Processes that work on one thing, a GPU each: what they exchange. No exchange is waited for without end."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed import distributed_c10d

AHEAD = 4  # steps of work that are handed to a GPU before it has done them
POLL_SECONDS = 0.0005
LIMIT = timedelta(minutes=5)  # of one exchange, with all that the GPU has to do before it
MEASURED = {"cuda": 64 << 20, "cpu": 1 << 20}  # bytes for each other rank, to find out how fast the link is
ENVIRONMENT = {
    # NVLink multicast: where a process fails with it, a server's GPUs can be out of use until it is started anew.
    "NCCL_NVLS_ENABLE": "0",
    "TORCH_SYMM_MEM_DISABLE_MULTICAST": "1",
    # An exchange that fails or outlasts its limit is given up; the process goes on and says so.
    "TORCH_NCCL_ASYNC_ERROR_HANDLING": "2",
    # No other machine is asked for anything.
    "NCCL_SOCKET_IFNAME": "lo",
    "GLOO_SOCKET_IFNAME": "lo",
}


class Ranks:
    """This process as one of `size`, which all make theirs with the same file `meeting`. A process has one at a time.

    Args:
        rank: which one it is, 0 to `size` - 1.
        device: what its tensors are on: NCCL on GPUs, gloo on the CPU.

    Raises:
        RuntimeError: the others did not come within `limit`.
    """

    def __init__(self, meeting: Path, rank: int, size: int, device: torch.device, limit: timedelta = LIMIT) -> None:
        self.rank, self.size, self.device = rank, size, device
        self.sent = 0  # bytes that went to other ranks
        self._steps: deque[torch.cuda.Event] = deque()
        self._given_up = False
        os.environ.update(ENVIRONMENT)
        store = dist.FileStore(str(meeting), size)
        kind = "nccl" if device.type == "cuda" else "gloo"
        dist.init_process_group(kind, store=store, rank=rank, world_size=size, timeout=limit)

    def exchange(self, rows: Tensor, given: Sequence[int], taken: Sequence[int], out: Tensor | None = None) -> Tensor:
        """Gives `rows` [sum(given), ...] to the ranks in turn, `given[i]` to rank i, and takes `taken[i]` from it.

        Answers what was taken, [sum(taken), ...], in the order of the ranks (in `out`, where that is given). On a GPU
        it is there for work on the current stream; the computer does not wait.
        """
        came = rows.new_empty(sum(taken), *rows.shape[1:]) if out is None else out
        gives, takes = list(rows.contiguous().split(list(given))), list(came.split(list(taken)))
        own = gives[self.rank], takes[self.rank]
        gives[self.rank], takes[self.rank] = own[0][:0], own[1][:0]
        under_way = self._under_way(gives, takes)
        own[1].copy_(own[0])  # beside them
        for move in under_way:
            move.wait()
        self.sent += sum(part.nbytes for part in gives)
        return came

    def _under_way(self, gives: list[Tensor], takes: list[Tensor]) -> list[dist.Work]:
        """Moves that have begun, of one tensor to and from each rank."""
        if self.device.type == "cuda":
            return [dist.all_to_all(takes, gives, async_op=True)]
        moves = [dist.P2POp(dist.isend, part, peer) for peer, part in enumerate(gives) if len(part)]
        moves += [dist.P2POp(dist.irecv, part, peer) for peer, part in enumerate(takes) if len(part)]
        return dist.batch_isend_irecv(moves) if moves else []

    def collect(self, part: Tensor, whole: Tensor) -> dist.Work:
        """Begins to put every rank's `part` [n], one after the other, into `whole` [size * n].

        What the GPU was told before comes first. Its `wait` makes the current stream wait.
        """
        self.sent += part.nbytes * (self.size - 1)
        return dist.all_gather_into_tensor(whole, part, async_op=True)

    def pace(self) -> None:
        """To be called after each step of work, of some hundred kernels at most: waits for the last but few.

        A GPU's queue that is full holds up whoever adds to it, even in the midst of an exchange, which then could not
        be given up.

        Raises:
            RuntimeError: all was given up.
        """
        if self._given_up:
            raise RuntimeError("the exchanges were given up")
        if self.device.type != "cuda":
            return
        done = torch.cuda.Event()
        done.record()
        self._steps.append(done)
        while len(self._steps) > AHEAD:
            if self._given_up:
                raise RuntimeError("the exchanges were given up")
            if self._steps[0].query():
                self._steps.popleft()
            else:
                time.sleep(POLL_SECONDS)

    def gather(self, row: Tensor, out: Tensor | None = None) -> Tensor:
        """Every rank's `row` [...], as [size, ...]."""
        return self.exchange(row.expand(self.size, *row.shape), [1] * self.size, [1] * self.size, out)

    def broadcast(self, tensor: Tensor) -> Tensor:
        """Overwrites `tensor` by that of rank 0."""
        dist.broadcast(tensor, 0)
        return tensor

    def speed(self) -> float:
        """Bytes a second that each rank gives to others, while it takes as many. To be called by all at once."""
        size = MEASURED[self.device.type]
        rows = torch.zeros(self.size, size, dtype=torch.uint8, device=self.device)
        ones, sent = [1] * self.size, self.sent
        times = []
        for _ in range(4):  # the first one connects them
            self._finish()
            began = time.perf_counter()
            self.exchange(rows, ones, ones)
            self._finish()
            times.append(time.perf_counter() - began)
        self.sent = sent
        return (self.size - 1) * size / min(times[1:])

    def abort(self) -> None:
        """Gives up what is under way, whatever the others do; whoever waits for it goes on. From any thread."""
        self._given_up = True
        if dist.is_initialized():
            if self.device.type == "cuda":
                distributed_c10d._abort_process_group()
            else:
                dist.destroy_process_group()

    def _finish(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
