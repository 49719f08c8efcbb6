"""`turbo_vaed.norm` as one Triton kernel: norm and activation in one pass."""

from __future__ import annotations

# Kernels take pointers and constants, which Python's types do not tell.
# mypy: disable-error-code="no-untyped-def"
import torch
import triton
import triton.language as tl
from torch import Tensor

ACTS = {"none": 0, "relu": 1, "silu": 2}


@triton.jit
def _norm(
    x,
    out,
    pixels,
    eps: tl.constexpr,
    act: tl.constexpr,
    channels: tl.constexpr,
    block: tl.constexpr,
    block_channels: tl.constexpr,
):
    pixel = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    channel = tl.arange(0, block_channels)
    mask = (pixel < pixels)[:, None] & (channel < channels)[None, :]
    place = pixel[:, None] * channels + channel[None, :]
    value = tl.load(x + place, mask=mask, other=0.0).to(tl.float32)
    value *= tl.rsqrt(tl.sum(value * value, axis=1) / channels + eps)[:, None]
    if act == 1:
        value = tl.maximum(value, 0.0)
    elif act == 2:
        value *= tl.sigmoid(value)
    tl.store(out + place, value.to(out.dtype.element_ty), mask=mask)


def norm(x: Tensor, eps: float, act: str, out: Tensor) -> None:
    """See `turbo_vaed.norm`; x and out are channels-last in memory, in one piece."""
    _, channels, frames, height, width = x.shape
    last = (0, 2, 3, 4, 1)
    if not x.permute(last).is_contiguous():
        x = x.contiguous(memory_format=torch.channels_last_3d)
    assert out.permute(last).is_contiguous()
    pixels = frames * height * width
    block_channels = triton.next_power_of_2(channels)
    block = max(1, 4096 // block_channels)
    _norm[(triton.cdiv(pixels, block),)](x, out, pixels, eps, ACTS[act], channels, block, block_channels, num_warps=4)
