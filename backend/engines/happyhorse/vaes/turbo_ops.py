"""The fast decoder's steps between its convolutions: plain torch here, one Triton kernel each on a GPU."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def of_small_pixels(weight: Tensor) -> Tensor:
    """The weight [4 * out, in, 2, 2] that does to pixels what `weight` [out, in, 3, 3] does to them doubled in size.

    Of the doubled picture's 3 x 3 pixels that a convolution sees, only 2 x 2 differ; which ones depends on whether its
    own row and column are even or odd. So there are four kernels, in the order even-even, even-odd, odd-even, odd-odd:
    4/9 of the work, and the doubled picture is never made. See `spread` for where the answers belong.
    """
    top, middle, bottom = weight.unbind(2)
    kernels = []
    for rows in ((top, middle + bottom), (top + middle, bottom)):
        left, centre, right = torch.stack(rows, dim=2).unbind(3)
        kernels += [torch.stack(columns, dim=3) for columns in ((left, centre + right), (left + centre, right))]
    return torch.cat(kernels)


def spread(x: Tensor, bias: Tensor) -> Tensor:
    """The answers x [T, 4C, H + 1, W + 1] of `of_small_pixels` to pixels padded by one, each in its place.

    With bias [C] added: [1, C, T, 2H, 2W].
    """
    frames, channels, height, width = x.shape
    height, width = height - 1, width - 1
    out = torch.empty(
        (1, channels // 4, frames, 2 * height, 2 * width),
        dtype=x.dtype,
        device=x.device,
        memory_format=torch.channels_last_3d,
    )
    for kernel, part in enumerate(x.chunk(4, dim=1)):
        row, column = divmod(kernel, 2)
        seen = part[:, :, row : row + height, column : column + width] + bias.view(1, -1, 1, 1)
        out[0, :, :, row::2, column::2] = seen.transpose(0, 1)
    return out


def norm(x: Tensor, eps: float, act: str, out: Tensor, bias: Tensor | None) -> None:
    """x [1, C, T, H, W] (+ bias [C]) over its root mean square along C, through `act` ("none", "relu", "silu").

    Goes into `out`.
    """
    x = x if bias is None else x + bias.view(1, -1, 1, 1, 1)
    x = x * torch.rsqrt(x.float().square().mean(dim=1, keepdim=True) + eps).to(x.dtype)
    out.copy_({"none": lambda y: y, "relu": functional.relu, "silu": functional.silu}[act](x))


def add(x: Tensor, bias: Tensor, other: Tensor | None) -> None:
    """x [1, C, T, H, W] += bias [C] (+ other, of x's shape)."""
    x += bias.view(1, -1, 1, 1, 1)
    if other is not None:
        x += other


def unpatched(x: Tensor, bias: Tensor, patch: int) -> Tensor:
    """Patches x [1, C * patch^2, T, H, W] + bias to fp32 [T, patch * H, patch * W, C].

    Of a patch of 2, channel c * 4 + dx * 2 + dy is colour c of pixel (dy, dx).
    """
    _, channels, frames, height, width = x.shape
    x = x[0].float() + bias.float().view(-1, 1, 1, 1)
    x = x.view(channels // patch**2, patch, patch, frames, height, width)
    return x.permute(3, 4, 2, 5, 1, 0).reshape(frames, patch * height, patch * width, -1)


def pictures(x: Tensor, bias: Tensor, patch: int, out: Tensor) -> None:
    """Patches as in `unpatched`, of which -1..1 goes to 0..255, into `out`, uint8 [T, patch * H, patch * W, C]."""
    out.copy_((unpatched(x, bias, patch) / 2 + 0.5).clamp_(0, 1) * 255)
