"""One block's weights as one run of bytes, so that it can lie in a GPU's memory or be streamed to it in one copy.

Published tensors are brought into the shape that runs fast while they are loaded: experts apart, inner widths
padded with zeros, SwiGLU's interleaved columns apart, and for fp8 one scale a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import torch
from torch import Tensor

from .config import TransformerConfig
from .kernels.ops import FP8, Operand, Rows, quantise

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp8": FP8}
INNER_MULTIPLE = 64  # the published 13652 columns run at a third of the machine; 13696 at full speed
ROW_MULTIPLE = 16  # what fp8 products ask for


def padded(width: int, multiple: int) -> int:
    return -(-width // multiple) * multiple


@dataclass(frozen=True)
class Part:
    """One published tensor within a block: `experts` times `rows` rows of `columns` (0: a vector of `rows`)."""

    experts: int
    rows: int
    columns: int = 0
    padded_rows: int = 0
    padded_columns: int = 0
    interleaved: bool = False  # rows alternate gate, linear; stored as all gates, then all linears

    @property
    def stored(self) -> tuple[int, ...]:
        if not self.columns:
            return (self.experts, self.rows)
        return (self.experts, self.padded_rows, self.padded_columns)


def block_parts(config: TransformerConfig, layer: int) -> dict[str, Part]:
    """The tensors of block `layer` by the end of their published names."""
    experts, hidden, inner = config.experts(layer), config.hidden, config.inner(layer)
    wide = padded(inner, INNER_MULTIPLE)
    gelu = layer in config.gelu_layers
    up, wide_up = (inner, wide) if gelu else (2 * inner, 2 * wide)
    inside = config.heads * config.head_dim
    return {
        "attention.pre_norm.weight": Part(experts, hidden),
        "attention.q_norm.weight": Part(experts, config.head_dim),
        "attention.k_norm.weight": Part(experts, config.head_dim),
        "mlp.pre_norm.weight": Part(experts, hidden),
        "attention.linear_qkv.weight": Part(
            experts, config.qkv_rows, hidden, padded(config.qkv_rows, ROW_MULTIPLE), hidden
        ),
        "attention.linear_proj.weight": Part(experts, hidden, inside, hidden, inside),
        "mlp.up_gate_proj.weight": Part(experts, up, hidden, wide_up, hidden, interleaved=not gelu),
        "mlp.down_proj.weight": Part(experts, hidden, inner, hidden, wide),
    }


@dataclass(frozen=True)
class Matrix:
    """A weight [experts, rows, columns], in e4m3 with `scale` [experts, rows]."""

    weight: Tensor
    scale: Tensor | None = None

    def product(self, a: Operand, expert: int, out: Tensor | None = None) -> Tensor:
        """a [n, columns] @ weight.T -> [n, rows], in bf16 (fp32 for fp32 weights)."""
        weight = self.weight[expert].t()
        if not isinstance(a, Rows):
            return torch.mm(a, weight) if out is None else torch.mm(a, weight, out=out)
        assert self.scale is not None
        scale = self.scale[expert][None]
        if a.values.is_cuda:
            # cuBLAS wants scales on a boundary of 16 bytes, which a slice of rows need not begin at.
            rows_scale = a.scale if a.scale.data_ptr() % 16 == 0 else a.scale.clone()
            result = {} if out is None else {"out": out}
            return torch._scaled_mm(
                a.values,
                weight,
                scale_a=rows_scale,
                scale_b=scale,
                out_dtype=torch.bfloat16,
                use_fast_accum=True,
                **result,
            )
        exact = (a.values.float() @ weight.float() * a.scale * scale).to(torch.bfloat16)
        return exact if out is None else out.copy_(exact)


class BlockWeights:
    """Weights of one block: `buffer`, a run of bytes on any device, and named views into it."""

    def __init__(self, config: TransformerConfig, layer: int, precision: str) -> None:
        self.gelu = layer in config.gelu_layers
        self.windowed = layer in config.window_layers
        self.experts = config.experts(layer)
        self.parts = block_parts(config, layer)
        self.precision = precision
        self.places: dict[str, tuple[int, tuple[int, ...], torch.dtype]] = {}
        self.bytes = 0
        for name, part in self.parts.items():
            self._place(name, part.stored, DTYPES[precision] if part.columns else torch.float32)
            if part.columns and precision == "fp8":
                self._place(f"{name}.scale", part.stored[:2], torch.float32)

    def _place(self, name: str, shape: tuple[int, ...], dtype: torch.dtype) -> None:
        self.places[name] = (self.bytes, shape, dtype)
        self.bytes += padded(prod(shape) * dtype.itemsize, 256)

    def views(self, buffer: Tensor) -> BlockViews:
        """The block as it lies in `buffer` (uint8, at least `bytes` long)."""
        tensors = {
            name: buffer[start : start + prod(shape) * dtype.itemsize].view(dtype).view(shape)
            for name, (start, shape, dtype) in self.places.items()
        }
        return BlockViews(tensors)

    def load_rows(self, buffer: Tensor, name: str, start: int, rows: Tensor, scale: float | None = None) -> None:
        """Write rows [start, start + n) of the published tensor `name` where they belong in `buffer`.

        `rows` may lie on another device and have another dtype. `scale`: `rows` are e4m3 and stand for
        rows * scale.
        """
        part, views = self.parts[name], self.views(buffer).tensors
        rows = rows.to(buffer.device)
        while rows.shape[0]:
            expert, first = divmod(start, part.rows)
            count = min(rows.shape[0], part.rows - first)
            self._write(part, name, views, expert, first, rows[:count], scale)
            start, rows = start + count, rows[count:]

    def _write(
        self,
        part: Part,
        name: str,
        views: Mapping[str, Tensor],
        expert: int,
        first: int,
        rows: Tensor,
        scale: float | None,
    ) -> None:
        target = views[name][expert]
        if not part.columns:
            target[first : first + rows.shape[0]] = rows
            return
        for place, picked in _places(part, first, rows):
            self._write_matrix(
                target[place, : part.columns],
                picked,
                scale,
                views[f"{name}.scale"][expert][place] if self.precision == "fp8" else None,
            )

    @staticmethod
    def _write_matrix(target: Tensor, rows: Tensor, scale: float | None, target_scale: Tensor | None) -> None:
        if target_scale is None:
            target.copy_(rows if scale is None else rows.float() * scale)
            return
        if scale is None:
            quantised = quantise(rows.bfloat16())  # whether the files are in 32 bits or in 16
            rows = quantised.values
            target_scale.copy_(quantised.scale[:, 0])
        else:
            target_scale.fill_(scale)
        target.view(torch.uint8).copy_(rows.view(torch.uint8))


def _places(part: Part, first: int, rows: Tensor) -> list[tuple[slice, Tensor]]:
    """Where published rows from `first` on are stored: (place, rows) pairs."""
    if not part.interleaved:
        return [(slice(first, first + rows.shape[0]), rows)]
    result = []
    for half in (0, 1):
        picked = rows[(half - first) % 2 :: 2]
        place = half * (part.padded_rows // 2) + (first + (half - first) % 2) // 2
        result.append((slice(place, place + picked.shape[0]), picked))
    return result


class BlockViews:
    """One block's tensors, wherever they lie."""

    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self.tensors = tensors
        self.attention_norm = tensors["attention.pre_norm.weight"]
        self.q_norm = tensors["attention.q_norm.weight"]
        self.k_norm = tensors["attention.k_norm.weight"]
        self.mlp_norm = tensors["mlp.pre_norm.weight"]

    def _matrix(self, name: str) -> Matrix:
        return Matrix(self.tensors[name], self.tensors.get(f"{name}.scale"))

    @cached_property
    def qkv(self) -> Matrix:
        return self._matrix("attention.linear_qkv.weight")

    @cached_property
    def proj(self) -> Matrix:
        return self._matrix("attention.linear_proj.weight")

    @cached_property
    def up(self) -> Matrix:
        return self._matrix("mlp.up_gate_proj.weight")

    @cached_property
    def down(self) -> Matrix:
        return self._matrix("mlp.down_proj.weight")
