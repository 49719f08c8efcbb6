"""`transformer_ops` as Triton kernels: every tensor is read once and written once."""

from __future__ import annotations

# Kernels take pointers and constants, which Python's types do not tell.
# mypy: disable-error-code="no-untyped-def"
import torch
import triton
import triton.language as tl
from torch import Tensor

from .transformer_ops import EPS, FP8, FP8_MAX, LIMIT, SLOPE, Operand, Rows


@triton.jit
def _store_row(x, out, scale, row, columns, mask, width, fp8: tl.constexpr, fp8_max: tl.constexpr):
    if fp8:
        factor = tl.maximum(tl.max(tl.abs(x), axis=0), 1e-12) / fp8_max
        tl.store(scale + row, factor)
        x = x / factor
    tl.store(out + row * width + columns, x.to(out.dtype.element_ty), mask=mask)


@triton.jit
def _add_norm(
    x,
    y,
    weight,
    out,
    scale,
    width,
    add: tl.constexpr,
    fp8: tl.constexpr,
    fp8_max: tl.constexpr,
    eps: tl.constexpr,
    block: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    columns = tl.arange(0, block)
    mask = columns < width
    value = tl.load(x + row * width + columns, mask=mask, other=0.0)
    if add:
        value += tl.load(y + row * width + columns, mask=mask, other=0.0).to(tl.float32)
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
    stride,
    heads,
    all_heads,
    dim,
    half,
    eps: tl.constexpr,
    block_heads: tl.constexpr,
    block_half: tl.constexpr,
    block_rest: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1) * block_heads + tl.arange(0, block_heads)
    pair = tl.arange(0, block_half)
    last = 2 * half + tl.arange(0, block_rest)
    live = (head < all_heads)[:, None]
    query = (head < heads)[:, None]
    start = qkv + row * stride + head[:, None] * dim
    pair_mask = live & (pair < half)[None, :]
    last_mask = live & (last < dim)[None, :]
    low = tl.load(start + pair[None, :], mask=pair_mask, other=0.0).to(tl.float32)
    high = tl.load(start + half + pair[None, :], mask=pair_mask, other=0.0).to(tl.float32)
    rest = tl.load(start + last[None, :], mask=last_mask, other=0.0).to(tl.float32)
    squares = tl.sum(low * low, axis=1) + tl.sum(high * high, axis=1) + tl.sum(rest * rest, axis=1)
    factor = tl.rsqrt(squares / dim + eps)[:, None]
    q_low = tl.load(q_weight + pair, mask=pair < half, other=0.0)[None, :]
    k_low = tl.load(k_weight + pair, mask=pair < half, other=0.0)[None, :]
    q_high = tl.load(q_weight + half + pair, mask=pair < half, other=0.0)[None, :]
    k_high = tl.load(k_weight + half + pair, mask=pair < half, other=0.0)[None, :]
    q_rest = tl.load(q_weight + last, mask=last < dim, other=0.0)[None, :]
    k_rest = tl.load(k_weight + last, mask=last < dim, other=0.0)[None, :]
    low *= factor * (1 + tl.where(query, q_low, k_low))
    high *= factor * (1 + tl.where(query, q_high, k_high))
    rest *= factor * (1 + tl.where(query, q_rest, k_rest))
    s = tl.load(sine + row * half + pair, mask=pair < half, other=0.0)[None, :]
    c = tl.load(cosine + row * half + pair, mask=pair < half, other=0.0)[None, :]
    kind = qkv.dtype.element_ty
    tl.store(start + pair[None, :], (low * c - high * s).to(kind), mask=pair_mask)
    tl.store(start + half + pair[None, :], (high * c + low * s).to(kind), mask=pair_mask)
    tl.store(start + last[None, :], rest.to(kind), mask=last_mask)


@triton.jit
def _gate(
    x,
    shift,
    gates,
    out,
    scale,
    x_stride,
    gate_stride,
    width,
    dim,
    shifted: tl.constexpr,
    gated: tl.constexpr,
    fp8: tl.constexpr,
    fp8_max: tl.constexpr,
    block: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    columns = tl.arange(0, block)
    mask = columns < width
    value = tl.load(x + row * x_stride + columns, mask=mask, other=0.0).to(tl.float32)
    if shifted:
        value += tl.load(shift + columns, mask=mask, other=0.0)
    if gated:
        value *= tl.sigmoid(tl.load(gates + row * gate_stride + columns // dim, mask=mask, other=0.0).to(tl.float32))
    _store_row(value, out, scale, row, columns, mask, width, fp8, fp8_max)


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


def add_norm(x: Tensor, y: Tensor | None, weight: Tensor, dtype: torch.dtype) -> Operand:
    """See `transformer_ops.add_norm`."""
    rows, width = x.shape
    result = _result(rows, width, dtype, x.device)
    out, scale = _pointers(result)
    _add_norm[(rows,)](
        x,
        x if y is None else y,
        weight,
        out,
        scale,
        width,
        y is not None,
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
    """See `transformer_ops.norm_rotate`."""
    dim, half = q_weight.shape[0], sine.shape[1]
    block = 16
    grid = (qkv.shape[0], triton.cdiv(heads + kv_heads, block))
    _norm_rotate[grid](
        qkv,
        q_weight,
        k_weight,
        sine,
        cosine,
        qkv.stride(0),
        heads,
        heads + kv_heads,
        dim,
        half,
        EPS,
        block,
        triton.next_power_of_2(half),
        triton.next_power_of_2(dim - 2 * half),
        num_warps=4,
    )


def gate(x: Tensor, shift: Tensor | None, gates: Tensor | None, out: Operand) -> None:
    """See `transformer_ops.gate`."""
    x = x.contiguous()
    values, scale = _pointers(out)
    width = values.shape[1]
    _gate[(x.shape[0],)](
        x,
        x if shift is None else shift,
        x if gates is None else gates,
        values,
        scale,
        x.stride(0),
        0 if gates is None else gates.stride(0),
        width,
        x.shape[2],
        shift is not None,
        gates is not None,
        isinstance(out, Rows),
        FP8_MAX,
        triton.next_power_of_2(width),
        num_warps=8,
    )


def activate(up: Tensor, gelu: bool, dtype: torch.dtype) -> Operand:
    """See `transformer_ops.activate`."""
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
