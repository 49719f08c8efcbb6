"""A block at work: attention with a gate a head and the MLP, by one GPU or by several that exchange heads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType

import torch
from torch import Tensor

from ....gpu.ranks import Ranks
from . import sharing
from .config import TransformerConfig
from .kernels.attention import LANES, attend, attend_windowed, narrow
from .kernels.ops import FP8, Operand, Rows
from .layout import Layout
from .recording import Plain
from .weights import BlockViews, BlockWeights


@dataclass(frozen=True)
class Stream:
    """This rank's tokens between blocks: `x` [tokens, hidden] fp32, and what the two halves of a block answer.

    The next block adds both to x, which spares writing it once.
    """

    x: Tensor
    attention: Tensor
    mlp: Tensor


@dataclass(frozen=True)
class Turn:
    """One block's: its number, its shape and weights, of how many tokens an answer is asked for, what x lacks yet."""

    index: int
    block: BlockWeights
    weights: BlockViews
    asked: int
    added: list[Tensor]


@dataclass(frozen=True)
class Arithmetic:
    """How blocks are computed. `dtype` is that of products' operands, `wide` that of their answers."""

    config: TransformerConfig
    device: torch.device
    dtype: torch.dtype
    wide: torch.dtype
    ops: ModuleType
    rows_at_once: int
    fp8_attention: bool

    def block(self, stream: Stream, turn: Turn, layout: Layout) -> None:
        """Adds `turn.added` to x, and leaves what the block's halves answer in `stream`.

        `added` may be these two: they are read before they are written.
        """
        self._after_attention(stream, turn, self._gated(stream, turn, layout), layout)

    def _gated(self, stream: Stream, turn: Turn, layout: Layout) -> Operand:
        """All of attention but its last product."""
        qkv, gates = self._qkv(stream, turn, layout)
        gated = self._operand_in(stream.mlp)

        def write(rows: slice, answer: Tensor, lacking: Tensor | None) -> None:
            self.ops.gate(answer, lacking, None if gates is None else gates[rows], gated[rows])

        self._attend(qkv, self.config.columns, turn, layout, write, 1)
        return gated

    def shared_block(self, stream: Stream, turn: Turn, layout: Layout, ranks: Ranks, parts: Plain) -> None:
        """As `block`, by all ranks. Between its three parts they exchange."""
        config, size, own = self.config, ranks.size, stream.x.shape[0]
        columns = [width // size for width in config.columns]
        room = partial(parts.room, dtype=self.wide, device=self.device)

        def given() -> tuple[Tensor, Tensor | None]:
            qkv, gates = self._qkv(stream, turn, layout)
            packed = sharing.pack(qkv, config.columns, room("packed", (size, own, sum(columns))))
            return packed, None if gates is None else room("gates", gates.shape).copy_(gates)

        def answered(shared: Tensor) -> tuple[Tensor, Tensor | None]:
            answers, lacking = room("answers", (turn.asked, columns[0])), list[Tensor | None]()

            def write(rows: slice, answer: Tensor, still: Tensor | None) -> None:
                answers[rows] = answer.flatten(1)
                lacking.append(still)

            self._attend(shared, columns, turn, layout, write, LANES)
            return answers, lacking[0]

        def finish(result: Tensor, lacking: Tensor | None, gates: Tensor | None) -> None:
            mine = slice(layout.counts(turn.asked)[ranks.rank])
            gated = self._operand_in(stream.mlp)
            self.ops.gate(result, lacking, None if gates is None else gates[mine], gated[mine])
            self._after_attention(stream, turn, gated, layout)

        counts, asked = layout.counts(layout.tokens), layout.counts(turn.asked)
        packed, gates = parts.run((turn.index, "given"), given)
        shared = sharing.to_heads(packed, ranks, counts, room("shared", (layout.tokens, sum(columns))))
        del packed
        answers, lacking = parts.run((turn.index, "answered"), answered, shared)
        del shared
        came = room("came", (size * asked[ranks.rank], columns[0]))
        result = sharing.to_rows(answers, config.head_dim, ranks, asked, came)
        del answers
        if lacking is not None:
            whole = parts.room("lacking", (size, *lacking.shape), lacking.dtype, self.device)
            lacking = ranks.gather(lacking, whole).flatten()
        parts.run((turn.index, "finished"), finish, result, lacking, gates)

    def _qkv(self, stream: Stream, turn: Turn, layout: Layout) -> tuple[Tensor, Tensor | None]:
        """Adds what is to be added to x. Queries, keys and values [tokens, columns], and of the same memory the
        gates."""
        config, weights = self.config, turn.weights
        qkv = torch.empty(stream.x.shape[0], weights.qkv.weight.shape[1], dtype=self.wide, device=self.device)
        for expert, rows in layout.pieces(turn.block.experts, self.rows_at_once, layout.tokens):
            summands = [y[rows] for y in turn.added]
            normed = self.ops.add_norm(stream.x[rows], summands, weights.attention_norm[expert], self.dtype)
            weights.qkv.product(normed, expert, out=qkv[rows])
            self.ops.norm_rotate(
                qkv[rows],
                config.heads,
                config.kv_heads,
                weights.q_norm[expert],
                weights.k_norm[expert],
                layout.sine[rows],
                layout.cosine[rows],
            )
            del normed  # before the next one is made
        end = sum(config.columns)
        return qkv, qkv[:, end : end + config.gate_heads] if config.gating else None

    def _attend(
        self,
        qkv: Tensor,
        columns: list[int],
        turn: Turn,
        layout: Layout,
        write: Callable[[slice, Tensor, Tensor | None], None],
        lanes: int,
    ) -> None:
        """Attention of all tokens with the heads that are in `qkv`, which is overwritten on the way.

        `write` takes rows of the answer, what they are, and what is to be added to each of them, [heads * dim]. It is
        called on the stream that makes them.
        """
        dim, lacking = self.config.head_dim, None
        heads, kv_heads = columns[0] // dim, columns[1] // dim
        kernel: Callable[..., Tensor] = attend
        if self.fp8_attention:
            qkv, scale, lacking = narrow(qkv, columns, heads, kv_heads)
            kernel = partial(attend, v_scale=scale)
        q = qkv[: turn.asked, : columns[0]].unflatten(1, (heads, dim))
        kv = qkv[:, columns[0] : sum(columns)].unflatten(1, (2, kv_heads, dim))
        frames, window = layout.grid[0], self.config.window

        def written(rows: slice, answer: Tensor) -> None:
            write(rows, answer, lacking)

        if turn.block.windowed and window < frames - 1:
            attend_windowed(q, kv, frames, layout.frame_tokens, window, written, kernel, lanes)
        else:
            written(slice(turn.asked), kernel(q, kv[:, 0], kv[:, 1]))

    def _after_attention(self, stream: Stream, turn: Turn, gated: Operand, layout: Layout) -> None:
        """From the gated heads, which lie in the memory of the MLP's answer, to both halves' answers."""
        weights = turn.weights
        pieces = layout.pieces(turn.block.experts, self.rows_at_once, turn.asked)
        for expert, rows in pieces:
            weights.proj.product(gated[rows], expert, out=stream.attention[rows])
        for expert, rows in pieces:
            summands, norm = [stream.attention[rows]], weights.mlp_norm[expert]
            normed = self.ops.add_norm(stream.x[rows], summands, norm, self.dtype, keep=False)
            inner = self.ops.activate(weights.up.product(normed, expert), turn.block.gelu, self.dtype)
            weights.down.product(inner, expert, out=stream.mlp[rows])
            del normed, inner  # before the next ones are made

    def _operand_in(self, spare: Tensor) -> Operand:
        """Room for a product's operand of `spare`'s shape, in its memory."""
        values = spare.view(self.dtype).view(-1)[: spare.numel()].view(spare.shape)
        return Rows(values, torch.empty(spare.shape[0], 1, device=self.device)) if self.dtype == FP8 else values
