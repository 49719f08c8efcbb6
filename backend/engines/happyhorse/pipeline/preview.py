"""A small picture straight from latents: each latent pixel's 48 numbers to a colour, by a linear map.

The map is fitted to a picture and its latent (for a shot, the still's own), so it needs no table of numbers
and suits the colours at hand.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

RIDGE = 1e-2
HEIGHT = 144  # pixels


def fit(latent: Tensor, picture: np.ndarray) -> Tensor:
    """The map [49, 3] from a picture's latent [1, 48, 1, h, w] to the picture [1, 3, H, W], -1..1 (least squares).

    It lies on the latent's device.
    """
    h, w = latent.shape[3:]
    small = torch.nn.functional.interpolate(torch.from_numpy(picture), size=(h, w), mode="area")
    known = _with_one(latent[0, :, 0]).cpu()
    colours = small[0].flatten(1).T
    penalty = RIDGE * known.shape[0] * torch.eye(known.shape[1])
    penalty[-1, -1] = 0
    return torch.linalg.solve(known.T @ known + penalty, known.T @ colours).to(latent.device)


def render(video: Tensor, colours: Tensor) -> Tensor:
    """The middle frame of a video latent [1, 48, T, h, w] as uint8 RGB [144, width, 3], on the latent's device."""
    frame = video[0, :, video.shape[2] // 2]
    h, w = frame.shape[1:]
    small = (_with_one(frame) @ colours).T.reshape(1, 3, h, w)
    size = (HEIGHT, max(1, round(HEIGHT * w / h)))
    large = torch.nn.functional.interpolate(small, size=size, mode="bicubic", align_corners=False)
    return ((large[0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1) * 255).to(torch.uint8)


def chart() -> np.ndarray:
    """A picture of many colours, [1, 3, 256, 256], -1..1: what the map is fitted to where there is no
    still."""
    row, column = np.mgrid[0:256, 0:256]
    cells = (column // 64 + 4 * (row // 64)) / 15.0
    rgb = np.stack([column / 255.0, row / 255.0, cells]) * 2 - 1
    return np.ascontiguousarray(rgb[None], dtype=np.float32)


def _with_one(latent: Tensor) -> Tensor:
    """[48, h, w] -> [h * w, 49], the last column 1."""
    flat = latent.flatten(1).T.float()
    return torch.cat([flat, flat.new_ones(flat.shape[0], 1)], dim=1)
