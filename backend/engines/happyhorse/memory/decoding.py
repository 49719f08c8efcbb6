"""Frames from latents, in as many strips as the GPU has room for, by one GPU or by several in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ....gpu.memory import running_out_told
from ...engine import EngineError
from .plans import STRIPS, decode_bytes
from .team import Team, losses_reported
from .work import FULL

if TYPE_CHECKING:
    from .models import Models


def needed(video: Tensor, strips: int) -> int:
    """Bytes of the GPU that decoding `video` [1, 48, T, h, w] takes."""
    return decode_bytes(16 * video.shape[4], 16 * video.shape[3], strips)


def decoded(models: Models, team: Team | None, video: Tensor, poll: Callable[[], None]) -> Iterator[Tensor]:
    """See `Models.decode_frames`. With a `team`, all its GPUs decode; where memory runs out, this one goes on alone."""
    with losses_reported(team):
        room = models.room() if team is None else min(models.room(), team.room(poll))
        fitting = [strips for strips in STRIPS if needed(video, strips) <= room] or [max(STRIPS)]
        done = 0
        for strips in fitting if team is None else [fitting[0], *fitting]:
            try:
                with running_out_told():
                    if team is None:
                        parts = models.decode_some(video, strips, done)
                    else:
                        parts = team.decoded(models.decoder(needed(video, strips)), video, strips, done, poll)
                    for part in parts:
                        yield part
                        done += 1
                return
            except torch.OutOfMemoryError:
                pass  # what it holds is free once this is left
            models.give_way("")
            if team is not None:
                team.close()
                team = None
    raise EngineError("out_of_memory", FULL, "smaller_size")
