"""`turbo_vaed.norm` as one Triton kernel: norm, activation and the repeated end frames in one pass."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

ACTS = {"none": 0, "relu": 1, "silu": 2}


@triton.jit
def _norm(x, out, pixels, frame_pixels, frames, eps: tl.constexpr, act: tl.constexpr, repeat: tl.constexpr,
          channels: tl.constexpr, block: tl.constexpr, block_channels: tl.constexpr):
    pixel = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    channel = tl.arange(0, block_channels)
    mask = (pixel < pixels)[:, None] & (channel < channels)[None, :]
    value = tl.load(x + pixel[:, None] * channels + channel[None, :], mask=mask, other=0.0).to(tl.float32)
    value *= tl.rsqrt(tl.sum(value * value, axis=1) / channels + eps)[:, None]
    if act == 1:
        value = tl.maximum(value, 0.0)
    elif act == 2:
        value *= tl.sigmoid(value)
    value = value.to(out.dtype.element_ty)
    shift = frame_pixels if repeat else 0
    target = out + (pixel[:, None] + shift) * channels + channel[None, :]
    tl.store(target, value, mask=mask)
    if repeat:
        tl.store(target - shift * channels, value, mask=mask & (pixel < frame_pixels)[:, None])
        tl.store(target + shift * channels, value, mask=mask & (pixel >= pixels - frame_pixels)[:, None])


def norm(x: Tensor, eps: float, act: str, repeat_ends: bool) -> Tensor:
    """See `turbo_vaed.norm`; x is channels-last in memory."""
    _, channels, frames, height, width = x.shape
    x = x.contiguous(memory_format=torch.channels_last_3d)
    out = torch.empty(1, channels, frames + 2 * repeat_ends, height, width, dtype=x.dtype, device=x.device,
                      memory_format=torch.channels_last_3d)
    pixels = frames * height * width
    block_channels = triton.next_power_of_2(channels)
    block = max(1, 4096 // block_channels)
    _norm[(triton.cdiv(pixels, block),)](x, out, pixels, height * width, frames, eps, ACTS[act], repeat_ends, channels,
                                         block, block_channels, num_warps=4)
    return out
