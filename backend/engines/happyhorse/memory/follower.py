"""What a further rank does for a take: its part of the passes, and its windows of the decoder. See `team`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from ....gpu.ranks import Ranks
from ..transformer.model import Transformer
from .handover import Handover, others
from .models import Models
from .plans import Plan

COPYING_THREADS = 4  # one for each core is slower to wake, and in the way of rank 0, which enlarges frames


class Follower:
    """Holds the same models as rank 0, by the same plans, on a GPU of its own. Its methods are what rank 0 asks for."""

    def __init__(self, ranks: Ranks) -> None:
        self._ranks = ranks
        if ranks.device.type == "cuda":
            torch.set_num_threads(COPYING_THREADS)
        self._models = self.models(ranks.device)
        self._running: dict[str, Transformer] = {}
        self._handover: Handover | None = None

    def models(self, device: torch.device) -> Models:
        """Those on this rank's device."""
        return Models(device, rank=self._ranks.rank)

    def begin(self) -> None:
        """A new take."""
        self._models.begin()

    def room(self) -> int:
        """Bytes of this GPU that can be had."""
        return self._models.room()

    def speed(self) -> None:
        """See `Ranks.speed`: rank 0 keeps what it finds."""
        self._ranks.speed()

    def hold(self, name: str, plan: dict[str, Any]) -> None:
        """Has the transformer `name` on the GPU, held by `plan`."""
        self._running.pop(name, None)
        self._running[name] = self._models.held(name, Plan(**plan))

    def velocity(self, name: str, shapes: Sequence[Sequence[int]]) -> None:
        """This rank's part of a pass."""
        inputs = [self._ranks.broadcast(torch.empty(shape, device=self._ranks.device)) for shape in shapes]
        video, audio, text = inputs
        self._running[name](video, audio, text, self._ranks)

    def decode(self, path: str, shape: Sequence[int], strips: int, first: int) -> Iterator[int]:
        """Decodes its windows of the latents in the file `path`, leaves their frames there; yields as each is done.
        None where the file is gone: nobody waits for them any more."""
        counts = self._models.frame_counts(shape[2])[first:]
        try:
            handover = self._handed(Path(path), shape, others(counts, self._ranks.size))
        except FileNotFoundError:
            return
        video = handover.latent.to(self._ranks.device)
        parts = self._models.decode_some(video, strips, first + self._ranks.rank, self._ranks.size)
        for index, frames in zip(range(self._ranks.rank, len(handover.frames), self._ranks.size), parts, strict=True):
            handover.frames[index].copy_(frames)
            yield index
        self._models.settle()

    def _handed(self, path: Path, shape: Sequence[int], counts: Sequence[int]) -> Handover:
        """The handover that rank 0 calls `path`: the last one, which has no file any more, or another."""
        if self._handover is not None and self._handover.path == path:
            return self._handover
        opened = Handover.opened(path, shape, counts)
        self._handover = opened if opened.small else None
        return opened

    def give_way(self, name: str) -> None:
        """Lets go of the transformer `name` and leaves all of the GPU."""
        self._running.pop(name, None)
        self._models.give_way(name)
