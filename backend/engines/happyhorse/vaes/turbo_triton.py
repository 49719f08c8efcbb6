"""`turbo_ops.spread`, `norm`, `add` and `pictures` as one Triton kernel each: one pass over the pixels."""

from __future__ import annotations

# Kernels take pointers and constants, which Python's types do not tell.
# mypy: disable-error-code="no-untyped-def"
import torch
import triton
import triton.language as tl
from torch import Tensor

ACTS = {"none": 0, "relu": 1, "silu": 2}


@triton.jit
def _own_pixels(pixels, channels: tl.constexpr, block: tl.constexpr, block_channels: tl.constexpr):
    pixel = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    channel = tl.arange(0, block_channels)
    return pixel, channel, (pixel < pixels)[:, None] & (channel < channels)[None, :]


@triton.jit
def _norm(
    x,
    out,
    bias,
    pixels,
    eps: tl.constexpr,
    act: tl.constexpr,
    biased: tl.constexpr,
    channels: tl.constexpr,
    block: tl.constexpr,
    block_channels: tl.constexpr,
):
    pixel, channel, mask = _own_pixels(pixels, channels, block, block_channels)
    place = pixel[:, None] * channels + channel[None, :]
    value = tl.load(x + place, mask=mask, other=0.0).to(tl.float32)
    if biased:
        value += tl.load(bias + channel, mask=channel < channels, other=0.0).to(tl.float32)[None, :]
    value *= tl.rsqrt(tl.sum(value * value, axis=1) / channels + eps)[:, None]
    if act == 1:
        value = tl.maximum(value, 0.0)
    elif act == 2:
        value *= tl.sigmoid(value)
    tl.store(out + place, value.to(out.dtype.element_ty), mask=mask)


@triton.jit
def _spread(
    x,
    out,
    bias,
    pixels,
    height,
    width,
    channels: tl.constexpr,
    block: tl.constexpr,
    block_channels: tl.constexpr,
):
    pixel, channel, mask = _own_pixels(pixels, channels, block, block_channels)
    column, row, frame = pixel % width, pixel // width % height, pixel // width // height
    cell = (frame * (height // 2 + 1) + (row + 1) // 2) * (width // 2 + 1) + (column + 1) // 2
    start = (cell * 4 + row % 2 * 2 + column % 2) * channels
    value = tl.load(x + start[:, None] + channel[None, :], mask=mask, other=0.0).to(tl.float32)
    value += tl.load(bias + channel, mask=channel < channels, other=0.0).to(tl.float32)[None, :]
    tl.store(out + pixel[:, None] * channels + channel[None, :], value.to(out.dtype.element_ty), mask=mask)


@triton.jit
def _add(x, bias, other, count, channels: tl.constexpr, summed: tl.constexpr, block: tl.constexpr):
    place = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    mask = place < count
    value = tl.load(x + place, mask=mask, other=0.0).to(tl.float32)
    value += tl.load(bias + place % channels, mask=mask, other=0.0).to(tl.float32)
    if summed:
        value += tl.load(other + place, mask=mask, other=0.0).to(tl.float32)
    tl.store(x + place, value.to(x.dtype.element_ty), mask=mask)


@triton.jit
def _pictures(
    x,
    bias,
    out,
    patches,
    width,
    colours: tl.constexpr,
    patch: tl.constexpr,
    block: tl.constexpr,
    block_bytes: tl.constexpr,
):
    place = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    row, column = (place // width)[:, None], (place % width)[:, None]  # rows are counted on from frame to frame
    byte = tl.arange(0, block_bytes)
    written = byte < patch * colours
    mask = (place < patches)[:, None] & written[None, :]
    for dy in tl.static_range(patch):
        channel = (byte % colours * patch + byte // colours) * patch + dy
        start = place[:, None] * (colours * patch * patch)
        value = tl.load(x + start + channel[None, :], mask=mask, other=0.0).to(tl.float32)
        value += tl.load(bias + channel, mask=written, other=0.0).to(tl.float32)[None, :]
        value = tl.minimum(tl.maximum(value / 2 + 0.5, 0.0), 1.0) * 255
        start = ((row * patch + dy) * width + column) * (patch * colours)
        tl.store(out + start + byte[None, :], value.to(tl.uint8), mask=mask)


def _channels_last(x: Tensor) -> bool:
    return x.permute(0, 2, 3, 4, 1).is_contiguous()


def spread(x: Tensor, bias: Tensor) -> Tensor:
    """See `turbo_ops.spread`."""
    frames, channels, height, width = x.shape
    channels, height, width = channels // 4, 2 * height - 2, 2 * width - 2
    x = x.contiguous(memory_format=torch.channels_last)
    out = torch.empty(
        (1, channels, frames, height, width), dtype=x.dtype, device=x.device, memory_format=torch.channels_last_3d
    )
    pixels = frames * height * width
    block_channels = triton.next_power_of_2(channels)
    block = max(1, 4096 // block_channels)
    _spread[(triton.cdiv(pixels, block),)](
        x, out, bias, pixels, height, width, channels, block, block_channels, num_warps=4
    )
    return out


def norm(x: Tensor, eps: float, act: str, out: Tensor, bias: Tensor | None) -> None:
    """See `turbo_ops.norm`; x and out are channels-last in memory, in one piece."""
    _, channels, frames, height, width = x.shape
    if not _channels_last(x):
        x = x.contiguous(memory_format=torch.channels_last_3d)
    assert _channels_last(out)
    pixels = frames * height * width
    block_channels = triton.next_power_of_2(channels)
    block = max(1, 4096 // block_channels)
    _norm[(triton.cdiv(pixels, block),)](
        x,
        out,
        x if bias is None else bias,
        pixels,
        eps,
        ACTS[act],
        bias is not None,
        channels,
        block,
        block_channels,
        num_warps=4,
    )


def add(x: Tensor, bias: Tensor, other: Tensor | None) -> None:
    """See `turbo_ops.add`; x and other are channels-last in memory, in one piece."""
    if other is not None and not _channels_last(other):
        other = other.contiguous(memory_format=torch.channels_last_3d)
    assert _channels_last(x)
    block = 4096
    _add[(triton.cdiv(x.numel(), block),)](
        x, bias, x if other is None else other, x.numel(), x.shape[1], other is not None, block, num_warps=8
    )


def pictures(x: Tensor, bias: Tensor, patch: int, out: Tensor) -> None:
    """See `turbo_ops.pictures`; `out` is in one piece."""
    x = x.contiguous(memory_format=torch.channels_last_3d)
    assert out.is_contiguous()
    _, _, frames, height, width = x.shape
    colours, patches, block = out.shape[3], frames * height * width, 128
    _pictures[(triton.cdiv(patches, block),)](
        x, bias, out, patches, width, colours, patch, block, triton.next_power_of_2(patch * colours), num_warps=4
    )
