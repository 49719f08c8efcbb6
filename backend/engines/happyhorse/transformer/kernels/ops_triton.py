"""`ops` as Triton kernels: every tensor is read once and written once."""

from __future__ import annotations

# Kernels take pointers and constants, which Python's types do not tell.
# mypy: disable-error-code="no-untyped-def"
from collections.abc import Sequence

import torch
import triton
import triton.language as tl
from torch import Tensor

from .ops import EPS, FP8, FP8_MAX, LIMIT, SLOPE, Operand, Rows


@triton.jit
def _store_row(x, out, scale, row, columns, mask, width, fp8: tl.constexpr, fp8_max: tl.constexpr):
    if fp8:
        factor = tl.maximum(tl.max(tl.abs(x)), 1e-12) / fp8_max
        tl.store(scale + row, factor)
        x = x / factor
    tl.store(out + row * width + columns, x.to(out.dtype.element_ty), mask=mask)


@triton.jit
def _add_norm(
    x,
    first,
    second,
    weight,
    out,
    scale,
    width,
    added: tl.constexpr,
    keep: tl.constexpr,
    fp8: tl.constexpr,
    fp8_max: tl.constexpr,
    eps: tl.constexpr,
    block: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    columns = tl.arange(0, block)
    mask = columns < width
    value = tl.load(x + row * width + columns, mask=mask, other=0.0)
    if added > 0:
        value += tl.load(first + row * width + columns, mask=mask, other=0.0).to(tl.float32)
    if added > 1:
        value += tl.load(second + row * width + columns, mask=mask, other=0.0).to(tl.float32)
    if keep and added > 0:
        tl.store(x + row * width + columns, value, mask=mask)
    value *= tl.rsqrt(tl.sum(value * value, axis=0) / width + eps)
    value *= 1 + tl.load(weight + columns, mask=mask, other=0.0)
    _store_row(value, out, scale, row, columns, mask, width, fp8, fp8_max)


@triton.jit
def _norm_rotate(
    qkv,
    q_weight,
    k_weight,
    sine,
    cosine,
    rows,
    stride,
    heads,
    kv_heads,
    dim,
    half,
    eps: tl.constexpr,
    block_rows: tl.constexpr,
    block_heads: tl.constexpr,
    block: tl.constexpr,
):
    # A program has a few heads of a few rows, either queries or keys. Its three parts of a head (what turns, with what
    # it turns, and the rest) are of one shape, so that they are summed without changing places among threads.
    row = (tl.program_id(0).to(tl.int64) * block_rows + tl.arange(0, block_rows))[:, None, None]
    group = tl.program_id(1)
    query_groups = tl.cdiv(heads, block_heads)
    query = group < query_groups
    begin = tl.where(query, group * block_heads, heads + (group - query_groups) * block_heads)
    head = (begin + tl.arange(0, block_heads))[None, :, None]
    pair = tl.arange(0, block)[None, None, :]
    last = 2 * half + pair
    live = (row < rows) & (head < tl.where(query, heads, heads + kv_heads))
    start = qkv + row * stride + head * dim
    low = tl.load(start + pair, mask=live & (pair < half), other=0.0).to(tl.float32)
    high = tl.load(start + half + pair, mask=live & (pair < half), other=0.0).to(tl.float32)
    rest = tl.load(start + last, mask=live & (last < dim), other=0.0).to(tl.float32)
    s = tl.load(sine + row * half + pair, mask=(row < rows) & (pair < half), other=0.0)
    c = tl.load(cosine + row * half + pair, mask=(row < rows) & (pair < half), other=0.0)
    weight = q_weight if query else k_weight
    low_weight = 1 + tl.load(weight + pair, mask=pair < half, other=0.0)
    high_weight = 1 + tl.load(weight + half + pair, mask=pair < half, other=0.0)
    rest_weight = 1 + tl.load(weight + last, mask=last < dim, other=0.0)
    factor = tl.rsqrt(tl.sum(low * low + high * high + rest * rest, axis=2) / dim + eps)[:, :, None]
    low *= factor * low_weight
    high *= factor * high_weight
    rest *= factor * rest_weight
    kind = qkv.dtype.element_ty
    tl.store(start + pair, (low * c - high * s).to(kind), mask=live & (pair < half))
    tl.store(start + half + pair, (high * c + low * s).to(kind), mask=live & (pair < half))
    tl.store(start + last, rest.to(kind), mask=live & (last < dim))


@triton.jit
def _gate(
    x,
    shift,
    gates,
    out,
    scale,
    gate_stride,
    group_stride,
    heads,
    heads_of_group,
    dim,
    shifted: tl.constexpr,
    gated: tl.constexpr,
    fp8: tl.constexpr,
    fp8_max: tl.constexpr,
    block_heads: tl.constexpr,
    block: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    head = (tl.program_id(1) * block_heads + tl.arange(0, block_heads))[:, None]
    column = tl.arange(0, block)[None, :]
    place = head * dim + column
    mask = (head < heads) & (column < dim)
    group = (head // heads_of_group).to(tl.int64)
    begin = group * group_stride + (row * heads_of_group + head - group * heads_of_group) * dim
    value = tl.load(x + begin + column, mask=mask, other=0.0).to(tl.float32)
    if shifted:
        value += tl.load(shift + place, mask=mask, other=0.0)
    if gated:
        value *= tl.sigmoid(tl.load(gates + row * gate_stride + head, mask=head < heads, other=0.0).to(tl.float32))
    _store_row(value, out, scale, row, place, mask, heads * dim, fp8, fp8_max)


@triton.jit
def _activate(
    up,
    out,
    scale,
    width,
    gelu: tl.constexpr,
    fp8: tl.constexpr,
    fp8_max: tl.constexpr,
    limit: tl.constexpr,
    slope: tl.constexpr,
    block: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    columns = tl.program_id(1) * block + tl.arange(0, block)
    mask = columns < width
    start = up + row * (width if gelu else 2 * width)
    value = tl.minimum(tl.load(start + columns, mask=mask, other=0.0).to(tl.float32), limit)
    value *= tl.sigmoid(slope * value)
    if not gelu:
        linear = tl.load(start + width + columns, mask=mask, other=0.0).to(tl.float32)
        value *= tl.minimum(tl.maximum(linear, -limit), limit) + 1
    _store_row(value, out, scale, row, columns, mask, width, fp8, fp8_max)


def _result(rows: int, width: int, dtype: torch.dtype, device: torch.device) -> Operand:
    values = torch.empty(rows, width, dtype=dtype, device=device)
    return Rows(values, torch.empty(rows, 1, device=device)) if dtype == FP8 else values


def _pointers(operand: Operand) -> tuple[Tensor, Tensor]:
    """Values and scale to hand to a kernel (which leaves the second alone where there is none)."""
    return (operand.values, operand.scale) if isinstance(operand, Rows) else (operand, operand)


def add_norm(x: Tensor, added: Sequence[Tensor], weight: Tensor, dtype: torch.dtype, *, keep: bool = True) -> Operand:
    """See `ops.add_norm`."""
    rows, width = x.shape
    result = _result(rows, width, dtype, x.device)
    out, scale = _pointers(result)
    first, second = [*added, x, x][:2]
    _add_norm[(rows,)](
        x,
        first,
        second,
        weight,
        out,
        scale,
        width,
        len(added),
        keep,
        dtype == FP8,
        FP8_MAX,
        EPS,
        triton.next_power_of_2(width),
        num_warps=8,
    )
    return result


def norm_rotate(
    qkv: Tensor,
    heads: int,
    kv_heads: int,
    q_weight: Tensor,
    k_weight: Tensor,
    sine: Tensor,
    cosine: Tensor,
) -> None:
    """See `ops.norm_rotate`."""
    rows, dim, half = qkv.shape[0], q_weight.shape[0], sine.shape[1]
    block_rows, block_heads = 4, 8
    grid = (triton.cdiv(rows, block_rows), triton.cdiv(heads, block_heads) + triton.cdiv(kv_heads, block_heads))
    _norm_rotate[grid](
        qkv,
        q_weight,
        k_weight,
        sine,
        cosine,
        rows,
        qkv.stride(0),
        heads,
        kv_heads,
        dim,
        half,
        EPS,
        block_rows,
        block_heads,
        triton.next_power_of_2(max(half, dim - 2 * half)),
        num_warps=4,
    )


def gate(x: Tensor, shift: Tensor | None, gates: Tensor | None, out: Operand) -> None:
    """See `ops.gate`."""
    x = x.contiguous()
    rows, heads_of_group, dim = x.shape[-3:]
    heads = out.shape[1] // dim if isinstance(out, Tensor) else out.values.shape[1] // dim
    values, scale = _pointers(out)
    fp8 = isinstance(out, Rows)
    # An fp8 row is scaled by its largest entry, so that one program must see all of it.
    block_heads = triton.next_power_of_2(heads) if fp8 else 16
    _gate[(rows, triton.cdiv(heads, block_heads))](
        x,
        x if shift is None else shift,
        x if gates is None else gates,
        values,
        scale,
        0 if gates is None else gates.stride(0),
        rows * heads_of_group * dim,
        heads,
        heads_of_group,
        dim,
        shift is not None,
        gates is not None,
        fp8,
        FP8_MAX,
        block_heads,
        triton.next_power_of_2(dim),
        num_warps=8 if fp8 else 2,
    )


def activate(up: Tensor, gelu: bool, dtype: torch.dtype) -> Operand:
    """See `ops.activate`."""
    rows = up.shape[0]
    width = up.shape[1] if gelu else up.shape[1] // 2
    result = _result(rows, width, dtype, up.device)
    out, scale = _pointers(result)
    # An fp8 row is scaled by its largest entry, so that one program must see all of it.
    block = triton.next_power_of_2(width) if dtype == FP8 else 2048
    _activate[(rows, triton.cdiv(width, block))](
        up, out, scale, width, gelu, dtype == FP8, FP8_MAX, LIMIT, SLOPE, block, num_warps=16 if dtype == FP8 else 4
    )
    return result
