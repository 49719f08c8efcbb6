"""Where tokens are: nine coordinates each, and the rotation of queries and keys that follows from them.

One axis of a position p turns by p * band_j; video, audio and text share the latent frames' clock.
"""

from __future__ import annotations

import torch
from torch import Tensor


def coordinates(grid: tuple[int, int, int], audio: int, text: int, style: str) -> Tensor:
    """[tokens, 9] fp32: position (t, h, w), own size, reference size, for [video | audio | text].

    `grid` is the video's (T, h, w) in tokens; `style` "v1" or "v2".

    Raises:
        ValueError: v1 cannot place a single text token.
    """
    if style == "v1" and text == 1:
        raise ValueError("v1 coordinates need at least two text tokens")
    frames, height, width = grid
    t, h, w = torch.meshgrid(torch.arange(frames), torch.arange(height), torch.arange(width), indexing="ij")
    size = torch.tensor(grid).expand(frames * height * width, 3)
    video = torch.cat([torch.stack([t, h, w], -1).reshape(-1, 3), size, size], dim=1)
    audio_reference = frames if style == "v1" else (audio - 1) // 4 + 1
    text_reference, text_offset = (2, 0) if style == "v1" else (1, -text)
    return torch.cat([video, _line(audio, audio_reference, 0), _line(text, text_reference, text_offset)]).float()


def _line(count: int, reference: int, offset: int) -> Tensor:
    """Tokens one after the other in time, at height and width 0."""
    rows = torch.zeros(count, 9, dtype=torch.int64)
    rows[:, 0] = torch.arange(count) + offset
    rows[:, 3:] = torch.tensor([count, 1, 1, reference, 1, 1])
    return rows


def positions(coords: Tensor) -> Tensor:
    """[tokens, 3] fp32: scaled to the reference size; height and width about the centre, time from its start."""
    position, size, reference = coords[:, :3], coords[:, 3:6], coords[:, 6:]
    scale = torch.where(reference == size, 1.0, (reference - 1) / (size - 1))
    centre = (size - 1) / 2
    centre[:, 0] = 0
    return (position - centre) * scale


def tables(coords: Tensor, bands: Tensor) -> tuple[Tensor, Tensor]:
    """Sine and cosine of the angles, each [tokens, 3 * bands] fp32: first time, then height, then width."""
    angles = (positions(coords)[:, :, None] * bands[None, None, :]).flatten(1)
    return angles.sin(), angles.cos()
