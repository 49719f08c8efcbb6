"""The transformer's element-wise steps: plain torch here, one Triton kernel each on a GPU. Both give the same numbers.

Each step answers what the following product takes: a tensor, or for fp8 products a `Rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

EPS = 1e-6
LIMIT = 7.0
SLOPE = 1.702
FP8 = torch.float8_e4m3fn
FP8_MAX = 448.0


@dataclass(frozen=True)
class Rows:
    """A matrix in e4m3 with one fp32 scale a row: `values` [n, k], `scale` [n, 1]."""

    values: Tensor
    scale: Tensor

    def __getitem__(self, rows: slice) -> Rows:
        return Rows(self.values[rows], self.scale[rows])


Operand = Tensor | Rows


def quantise(x: Tensor) -> Rows:
    """`x` [n, k] to e4m3, each row scaled so that its largest entry is e4m3's largest."""
    x = x.float()
    scale = x.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / FP8_MAX
    return Rows((x / scale).to(FP8), scale)


def _as(x: Tensor, dtype: torch.dtype) -> Operand:
    return quantise(x) if dtype == FP8 else x.to(dtype)


def add_norm(x: Tensor, added: Sequence[Tensor], weight: Tensor, dtype: torch.dtype, *, keep: bool = True) -> Operand:
    """The root-mean-square norm of x and all `added`, times (1 + weight), as `dtype`; `keep`: x becomes that sum.

    x [n, width] fp32, `added` at most two of the same in any float type, weight [width] fp32.
    """
    total = sum(added, start=x)
    if keep:
        x.copy_(total)
    return _as(total * torch.rsqrt(total.square().mean(dim=1, keepdim=True) + EPS) * (1 + weight), dtype)


def norm_rotate(
    qkv: Tensor,
    heads: int,
    kv_heads: int,
    q_weight: Tensor,
    k_weight: Tensor,
    sine: Tensor,
    cosine: Tensor,
) -> None:
    """Norm over each head and rotation of the queries and keys in `qkv` [n, columns], in place.

    `q_weight`, `k_weight` [d]; `sine`, `cosine` [n, 3 * bands]: dimension i turns with i + 3 * bands, the rest of
    a head is left alone.
    """
    dim, half = q_weight.shape[0], sine.shape[1]
    both = qkv[:, : (heads + kv_heads) * dim].view(-1, heads + kv_heads, dim)
    x = both.float()
    weight = torch.cat([q_weight.expand(heads, dim), k_weight.expand(kv_heads, dim)])
    x = x * torch.rsqrt(x.square().mean(dim=2, keepdim=True) + EPS) * (1 + weight)
    low, high, rest = x.split([half, half, dim - 2 * half], dim=2)
    sine, cosine = sine[:, None], cosine[:, None]
    rotated = torch.cat([low * cosine - high * sine, high * cosine + low * sine, rest], dim=2)
    qkv[:, : rotated[0].numel()] = rotated.flatten(1)


def gate(x: Tensor, shift: Tensor | None, gates: Tensor | None, out: Operand) -> None:
    """x [n, heads, d] + shift [heads * d], times sigmoid(gates [n, heads]), into `out` [n, heads * d].

    Without shift or gates that is left out. x may also be in groups of heads, [groups, n, heads of a group, d].
    """
    if x.ndim == 4:
        x = x.transpose(0, 1).flatten(1, 2)
    gated = x.float() if shift is None else x.float() + shift.view(x.shape[1:])
    if gates is not None:
        # In 64 bits: torch's sigmoid for the CPU is another one, in the last bit, where numbers lie apart or are few.
        gated = gated * torch.sigmoid(gates.double()).float()[:, :, None]
    if isinstance(out, Rows):
        result = quantise(gated.flatten(1))
        out.values.copy_(result.values)
        out.scale.copy_(result.scale)
    else:
        out.copy_(gated.flatten(1))


def activate(up: Tensor, gelu: bool, dtype: torch.dtype) -> Operand:
    """The MLP's activation: GELU7 of `up` [n, width], or SwiGLU7 of `up` = [gate | linear] [n, 2 * width]."""
    x = up.float()
    if gelu:
        x = x.clamp_max(LIMIT)
        return _as(x * torch.sigmoid(SLOPE * x), dtype)
    x, linear = x.chunk(2, dim=1)
    x = x.clamp_max(LIMIT)
    return _as(x * torch.sigmoid(SLOPE * x) * (linear.clamp(-LIMIT, LIMIT) + 1), dtype)
