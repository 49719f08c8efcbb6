"""Where blocks lie while the transformer runs: in the GPU's memory, or elsewhere and copied ahead of need: in pinned
memory, or in parts on the GPUs that share a pass."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributed import Work

from ....gpu.pinned import pinned, unpin
from ....gpu.ranks import Ranks
from .weights import BlockViews, BlockWeights

ALONE = (0, 1)  # rank 0 of one


def streamed_blocks(blocks: Sequence[BlockWeights], resident_bytes: int | None, shares: int = 1) -> frozenset[int]:
    """Which blocks do not fit in `resident_bytes` (None: all fit) beside the two slots that streaming needs.

    The large expert blocks stay if they can, as slots then need only be as large as a shared block; the streamed
    ones are spread evenly, so that each copy hides behind the work of those between. With `shares`, each of so many
    GPUs keeps a part of a streamed block.
    """
    total = sum(block.bytes for block in blocks)
    if resident_bytes is None or total <= resident_bytes:
        return frozenset()
    shared = [i for i, block in enumerate(blocks) if block.experts == 1]
    if not shared:
        return frozenset(range(len(blocks)))
    experts = frozenset(range(len(blocks))) - set(shared)
    size = blocks[shared[0]].bytes
    kept = size if shares == 1 else size - part_bytes(blocks[shared[0]], shares)  # by the GPU, of a streamed one: less

    def count(room: int) -> int:
        """How many of the others are streamed, so that those that stay, and parts, fit in `room`."""
        return max(0, -((room - len(shared) * size) // kept))

    large = max(block.bytes for block in blocks)
    outside = count(resident_bytes - sum(blocks[i].bytes for i in experts) - 2 * size)
    if outside <= len(shared):
        experts = frozenset()
    else:
        parts = 0 if shares == 1 else sum(part_bytes(blocks[i], shares) for i in experts)
        outside = min(len(shared), count(max(0, resident_bytes - 2 * large) - parts))
    return experts | {shared[i * len(shared) // outside] for i in range(outside)}


def part_bytes(block: BlockWeights, shares: int) -> int:
    """Of a block's, on each of so many GPUs. Blocks are of a multiple of 256 bytes."""
    return block.bytes // shares


class BlockStore:
    """Holds every block and hands each to the device when its turn comes.

    `fetch(i)` answers the views of block i for work on the current stream; blocks must be fetched in order, over
    and over. Streamed blocks go through two slots: while one is used, a side stream fills the other.

    With `share` (rank, of how many) streamed blocks don't lie in pinned memory: each rank's GPU has a part of them,
    and the ranks put them together ahead of need.
    """

    def __init__(
        self,
        blocks: list[BlockWeights],
        device: torch.device,
        resident_bytes: int | None = None,
        share: tuple[int, int] = ALONE,
    ) -> None:
        self.blocks = blocks
        self.device = device
        self.rank, self.shares = share
        self.streamed = sorted(streamed_blocks(blocks, resident_bytes, self.shares))
        self.ranks: Ranks | None = None
        self.coming: dict[int, Work] = {}  # what the ranks put together in a slot, until it is used
        outside = frozenset(self.streamed)
        self.buffers: dict[int, Tensor] = {
            i: torch.zeros(block.bytes, dtype=torch.uint8, device=device)
            for i, block in enumerate(blocks)
            if i not in outside
        }
        self.resident = {i: blocks[i].views(buffer) for i, buffer in self.buffers.items()}
        self.staged: int | None = None
        self.parked: dict[int, Tensor] = {}  # copies in pinned memory of blocks that are resident otherwise
        self.missing: list[int] = []  # parked blocks that the next pass is to have back
        self.arriving: dict[int, torch.cuda.Event] = {}  # resident blocks whose copy back is under way
        self.slots: list[Tensor] = []
        if device.type == "cuda":
            self.side = torch.cuda.Stream(device)
        self.locked: list[int] = []
        weakref.finalize(self, unpin, self.locked)
        self.next = 0  # position in `streamed` of the next block to copy
        self.turn = 0  # position of the next block to be fetched
        if self.streamed:
            self._make_slots()

    @property
    def taken(self) -> int:
        """Bytes of the device that blocks take now."""
        return sum(self.buffers[i].numel() for i in self._on_device()) + sum(slot.numel() for slot in self.slots)

    @property
    def lacking(self) -> int:
        """Bytes of the device that parked blocks and the slots want back before a pass."""
        whole = sum(self._bytes(i) for i in range(len(self.blocks)))
        if self.streamed:
            whole += 2 * max(self.blocks[i].bytes for i in self.streamed)
        return whole - self.taken

    @property
    def unsaved(self) -> int:
        """Bytes of blocks on the device that have no copy in pinned memory yet."""
        return sum(self.buffers[i].numel() for i in self._on_device() if i not in self.parked)

    @property
    def set_aside(self) -> int:
        """Bytes of the computer's memory that blocks take."""
        if self.device.type == "cpu":
            return 0
        streamed = self.streamed if self.shares == 1 else ()
        return sum(copy.numel() for copy in self.parked.values()) + sum(self.blocks[i].bytes for i in streamed)

    def _on_device(self) -> list[int]:
        """Blocks that are on the device now, whole or in part."""
        return sorted(self.resident if self.shares == 1 else self.buffers)

    def _bytes(self, block: int) -> int:
        """Of the device, that `block` takes while it is not parked."""
        if block not in self.streamed:
            return self.blocks[block].bytes
        return 0 if self.shares == 1 else part_bytes(self.blocks[block], self.shares)

    def _make_slots(self) -> None:
        size = max(self.blocks[i].bytes for i in self.streamed)
        self.slots = [torch.zeros(size, dtype=torch.uint8, device=self.device) for _ in range(2)]
        if self.device.type == "cuda":
            self.filled = [torch.cuda.Event(), torch.cuda.Event()]
            self.used = [torch.cuda.Event(), torch.cuda.Event()]

    def _wait_for_copies(self) -> None:
        """Those that a pass which was broken off left under way, too."""
        if self.device.type == "cuda":
            self.side.synchronize()
        self.arriving.clear()
        self.coming.clear()

    def _host_buffer(self, size: int) -> Tensor:
        if self.device.type != "cuda":
            return torch.zeros(size, dtype=torch.uint8)
        buffer = pinned(size)
        self.locked.append(buffer.data_ptr())
        return buffer

    def load_rows(self, block: int, name: str, start: int, rows: Tensor, scale: float | None = None) -> None:
        """Write rows of a published tensor into block `block`. Load a streamed block's tensors one after the other."""
        if block in self.resident:
            self.blocks[block].load_rows(self.buffers[block], name, start, rows, scale)
            return
        if self.staged != block:
            self.finish_loading()
            self.staged = block
            self.slots[0].zero_()
            if block in self.buffers and self.shares == 1:
                self.slots[0][: self.blocks[block].bytes].copy_(self.buffers[block])
        self.blocks[block].load_rows(self.slots[0], name, start, rows, scale)

    def finish_loading(self) -> None:
        """Move what was loaded last to where it stays."""
        if self.staged is None:
            return
        size = self._bytes(self.staged) if self.shares > 1 else self.blocks[self.staged].bytes
        if self.staged not in self.buffers:
            room = torch.empty(size, dtype=torch.uint8, device=self.device) if self.shares > 1 else None
            self.buffers[self.staged] = self._host_buffer(size) if room is None else room
        self.buffers[self.staged].copy_(self.slots[0][self.rank * size :][:size])
        self.staged = None

    def start(self, ranks: Ranks | None = None) -> None:
        """Begin a pass: have parked blocks and the first two streamed ones on their way.

        Raises:
            RuntimeError: these are not the `ranks` whose GPUs have the blocks' parts.
        """
        size = 1 if ranks is None else ranks.size
        if self.streamed and self.shares not in (1, size):
            raise RuntimeError(f"the weights lie on {self.shares} GPUs, and {size} make this pass")
        self.ranks = ranks
        self._bring_back()
        self.turn = self.next = 0
        for _ in self.streamed[:2]:
            self._copy_next()

    def _copy_next(self) -> None:
        block, slot = self.streamed[self.next], self.next % 2
        self.next += 1
        target, source = self.slots[slot][: self.blocks[block].bytes], self.buffers[block]
        if self.shares > 1:
            assert self.ranks is not None
            self._await_arrival(block)
            self.coming[slot] = self.ranks.collect(source, target)
            return
        if self.device.type != "cuda":
            target.copy_(source)
            return
        # Whatever the computing stream has been told to do with this slot comes first.
        self.used[slot].record(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(self.side):
            self.side.wait_event(self.used[slot])
            target.copy_(source, non_blocking=True)
            self.filled[slot].record(self.side)

    def fetch(self, block: int) -> BlockViews:
        """The weights of `block`, for work on the current stream."""
        if block in self.resident:
            self._await_arrival(block)
            return self.resident[block]
        slot = self.turn % 2
        if slot in self.coming:
            self.coming.pop(slot).wait()
        elif self.device.type == "cuda":
            torch.cuda.current_stream(self.device).wait_event(self.filled[slot])
        return self.blocks[block].views(self.slots[slot])

    def _await_arrival(self, block: int) -> None:
        """Has the current stream wait for a block that comes back to the device."""
        if block in self.arriving:
            torch.cuda.current_stream(self.device).wait_event(self.arriving.pop(block))

    def release(self, block: int) -> None:
        """The work on block `block` has been handed to the device: its slot may be filled anew behind it."""
        if block in self.resident:
            return
        self.turn += 1
        if self.next < len(self.streamed):
            self._copy_next()

    def park(self, room: int | None = None) -> None:
        """Leave the device to others: `room` bytes of it, by default all. Blocks are kept in pinned memory.

        Copying a block there takes time (30 GB take seconds) but is done once: later only the way back is.
        """
        freed = 0
        self._wait_for_copies()
        self.missing.clear()
        for i in reversed(self._on_device()):
            if room is not None and freed >= room:
                return
            size = self.buffers[i].numel()
            if i not in self.parked:
                self.parked[i] = self._host_buffer(size)
                self.parked[i].copy_(self.buffers[i])
            self.resident.pop(i, None)
            del self.buffers[i]
            freed += size
        if room is None or freed < room:
            self.slots.clear()

    def unpark(self) -> None:
        """Have the blocks back. They come during the next pass, and `fetch` waits for each in its turn.

        Not before: whatever a pass copies to the device at its beginning would have to wait behind them all.
        """
        self.missing = [i for i in sorted(self.parked) if i not in self.buffers]
        if self.streamed and not self.slots:
            self._make_slots()

    def _bring_back(self) -> None:
        on_gpu = self.device.type == "cuda"
        if self.missing and on_gpu:
            self.side.wait_stream(torch.cuda.current_stream(self.device))  # it may still use this memory otherwise
        while self.missing:
            block = self.missing[0]
            buffer = torch.empty_like(self.parked[block], device=self.device)
            if on_gpu:
                with torch.cuda.stream(self.side):
                    buffer.copy_(self.parked[block], non_blocking=True)
                    self.arriving[block] = torch.cuda.Event()
                    self.arriving[block].record(self.side)
            else:
                buffer.copy_(self.parked[block])
            self.buffers[block] = buffer
            if block not in self.streamed:
                self.resident[block] = self.blocks[block].views(buffer)
            self.missing.pop(0)  # only now: for the next one there may be no memory

    def close(self) -> None:
        """Give all memory back."""
        self._wait_for_copies()
        self.slots.clear()
        unpin(self.locked)
        for held in (self.buffers, self.resident, self.parked):
            held.clear()
