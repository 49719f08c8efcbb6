"""A file in memory by which the ranks hand on a latent, and the frames that they make of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

SHARED_MEMORY = Path("/dev/shm")
KEPT_BYTES = 128 << 20  # of a small one, whose memory would be had later than its frames are decoded


@dataclass(frozen=True)
class Handover:
    """`latent` [1, 48, T, h, w] fp32, and room for the `frames` of windows, uint8 [frames, 16h, 16w, 3] each.

    Those are the windows that other ranks than 0 decode: it has no use for room for its own (`others`). A small one may
    be kept for the next take of that shape.
    """

    path: Path
    latent: Tensor
    frames: list[Tensor]

    @classmethod
    def made(cls, shape: Sequence[int], counts: Sequence[int]) -> Handover:
        """A new one, for windows of `counts` frames each.

        Raises:
            OSError: there is no room for it.
        """
        size = _latent_bytes(shape) + sum(counts) * _frame_bytes(shape)
        roomy = SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free > size
        number, name = tempfile.mkstemp(prefix="take-one-", dir=SHARED_MEMORY if roomy else None)
        try:
            os.posix_fallocate(number, 0, _latent_bytes(shape))  # else a write finds out, which ends the process
            os.ftruncate(number, size)  # the rest is taken as it is written, by processes that may end
            return cls.opened(Path(name), shape, counts)
        except OSError:
            Path(name).unlink()
            raise
        finally:
            os.close(number)

    @classmethod
    def opened(cls, path: Path, shape: Sequence[int], counts: Sequence[int]) -> Handover:
        """The one that rank 0 made for latents of `shape`.

        Raises:
            FileNotFoundError: rank 0 gave the take up, and hid it.
        """
        latent, frame = _latent_bytes(shape), _frame_bytes(shape)
        size = latent + sum(counts) * frame
        memory = torch.from_numpy(np.memmap(path, np.uint8, "r+", shape=size))  # torch.from_file would make a new one
        parts = memory[latent:].split([count * frame for count in counts])
        height, width = 16 * shape[3], 16 * shape[4]
        return cls(
            path,
            memory[:latent].view(torch.float32).view(*shape),
            [part.view(count, height, width, 3) for part, count in zip(parts, counts, strict=True)],
        )

    @property
    def small(self) -> bool:
        """Whether it is worth its memory between takes."""
        return self.latent.nbytes + sum(part.nbytes for part in self.frames) <= KEPT_BYTES

    def fits(self, shape: Sequence[int], counts: Sequence[int]) -> bool:
        """Whether it is of that shape, too."""
        return tuple(self.latent.shape) == tuple(shape) and [len(part) for part in self.frames] == list(counts)

    def hide(self) -> None:
        """Removes the file: whoever has it open keeps it, and it goes with the last of them."""
        self.path.unlink(missing_ok=True)


def others(counts: Sequence[int], ranks: int) -> list[int]:
    """`counts` of frames in windows that are decoded in turn, with none for those of rank 0."""
    return [count if index % ranks else 0 for index, count in enumerate(counts)]


def _latent_bytes(shape: Sequence[int]) -> int:
    return 4 * prod(shape)


def _frame_bytes(shape: Sequence[int]) -> int:
    return 3 * 16 * shape[3] * 16 * shape[4]
