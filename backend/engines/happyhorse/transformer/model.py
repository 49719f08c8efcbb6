"""The single-stream audio-video transformer: one sequence of video, audio and text tokens through all blocks.

    embed -> blocks (attention with a gate a head, MLP; own weights for each modality in the outer layers) -> velocities

There is no timestep: the model reads from the latents how noisy they are. Several processes can share a pass, each
with a part of the tokens: see `sharing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import torch
from torch import Tensor

from ....gpu.ranks import Ranks
from ..files.checkpoint import check_names
from . import ops, rope, sharing
from .attention import attend, attend_windowed, flash3, narrow
from .config import PATCH, TransformerConfig, parameter_shapes
from .layout import Layout, patches, unpatch
from .ops import FP8, Operand, Rows
from .streaming import BlockStore
from .weights import DTYPES, BlockViews, BlockWeights

ROWS_AT_ONCE = 16384  # tokens of the wide products in work at a time: as fast as all at once, with less memory


class Transformer:
    """Call it with latents and text features for the two velocities.

    Args:
        precision: "bf16" is the published arithmetic, but that on a GPU with TF32 (10 bits of mantissa, where bf16
            has 7) the fp32 products at both ends are in it; "fp8" has e4m3 products with a scale a row, and where
            `attention.flash3` is there e4m3 attention; "fp32" rounds nowhere and is for checks.
        resident_bytes: how much of the device's memory blocks may take; the rest is streamed. None: all of them.
        rows_at_once: tokens of the wide products in work at a time.
        fused: use the Triton kernels (default: on a CUDA device).
    """

    def __init__(
        self,
        config: TransformerConfig,
        device: torch.device | str = "cpu",
        precision: str = "bf16",
        *,
        resident_bytes: int | None = None,
        rows_at_once: int = ROWS_AT_ONCE,
        fused: bool | None = None,
    ) -> None:
        self.config = config
        self.device = torch.device(device)
        self.precision = precision
        self.dtype = DTYPES[precision]
        self.wide = torch.bfloat16 if precision == "fp8" else self.dtype  # what products answer
        self.rows_at_once = rows_at_once
        self.fp8_attention = precision == "fp8" and flash3(self.device) is not None
        self.shapes = parameter_shapes(config)
        self.outer = {
            name: torch.zeros(shape, device=self.device)
            for name, shape in self.shapes.items()
            if not name.startswith("block.")
        }
        blocks = [BlockWeights(config, layer, precision) for layer in range(config.layers)]
        self.store = BlockStore(blocks, self.device, resident_bytes)
        self.ops = _fused_ops() if fused or (fused is None and self.device.type == "cuda") else ops
        self._layout: tuple[tuple[int, ...], Layout] | None = None

    # Loading

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Take all weights from tensors under the published names, in any float type.

        Raises:
            ValueError: names the tensors that are missing, not known, or of another shape.
        """
        check_names(self.shapes, {name: tuple(tensor.shape) for name, tensor in tensors.items()})
        for name in loading_order(self.shapes):
            self.load_rows(name, 0, tensors[name])
        self.finish_loading()

    def load_rows(self, name: str, start: int, rows: Tensor, scale: float | None = None) -> None:
        """Take rows from `start` on of one published tensor; whole blocks at a time, in `loading_order`."""
        if name in self.outer:
            value = rows if scale is None else rows.float() * scale
            self.outer[name][start : start + rows.shape[0]] = value.to(self.device)
            return
        _, _, layer, part = name.split(".", 3)
        self.store.load_rows(int(layer), part, start, rows, scale)

    def finish_loading(self) -> None:
        """Say that all tensors are there."""
        self.store.finish_loading()
        self._layout = None

    # Running

    @torch.inference_mode()
    def __call__(self, video: Tensor, audio: Tensor, text: Tensor, ranks: Ranks | None = None) -> tuple[Tensor, Tensor]:
        """Velocities of `video` [1, 48, T, H, W] and `audio` [1, A, 64], given `text` [1, L, width].

        H and W are even; all rows of `text` are real. Answers fp32 in the same shapes on the model's device. With
        `ranks`, all of them call it with the same tensors and weights; rank 0's answer is the same bits as without,
        the others' are empty.
        """
        layout = self.layout(video, audio, text, ranks)
        with self._outer_products():
            x = self.embed(video, audio, text, layout)
        # What a block's two halves answer. Both are added to x by the next block, which spares writing it once.
        attention_out, mlp_out = (torch.empty_like(x, dtype=self.wide) for _ in range(2))
        added: list[Tensor] = []
        self.store.start()
        for index, block in enumerate(self.store.blocks):
            weights = self.store.fetch(index)
            last = index + 1 == len(self.store.blocks)
            asked = layout.tokens - layout.text if last else layout.tokens  # nobody asks for the text's velocity
            self._attention(x, added, attention_out, mlp_out, block, weights, layout, asked, ranks)
            self._mlp(x, attention_out, mlp_out, block, weights, layout.pieces(block.experts, self.rows_at_once, asked))
            added = [attention_out, mlp_out]
            self.store.release(index)
            if ranks is not None:
                ranks.pace()
        with self._outer_products():
            return self._head(x, added, layout, ranks)

    def layout(self, video: Tensor, audio: Tensor, text: Tensor, ranks: Ranks | None = None) -> Layout:
        """The sequence's layout; kept, as a loop asks for the same one again and again."""
        frames, height, width = video.shape[2:]
        if height % PATCH or width % PATCH:
            raise ValueError(f"the latent's height and width are even, not {height} x {width}")
        rank, size = (0, 1) if ranks is None else (ranks.rank, ranks.size)
        key = (frames, height, width, audio.shape[1], text.shape[1], rank, size)
        if self._layout is None or self._layout[0] != key:
            grid = (frames, height // PATCH, width // PATCH)
            cuts = sharing.token_cuts(grid[0] * grid[1] * grid[2], audio.shape[1] + text.shape[1], size)
            coords = rope.coordinates(grid, audio.shape[1], text.shape[1], self.config.coords).to(self.device)
            turns = rope.tables(coords, self.outer["adapter.rope.bands"])
            sine, cosine = (turn[cuts[rank] : cuts[rank + 1]].contiguous() for turn in turns)
            self._layout = key, Layout(grid, audio.shape[1], text.shape[1], sine, cosine, cuts, rank)
        return self._layout[1]

    def embed(self, video: Tensor, audio: Tensor, text: Tensor, layout: Layout | None = None) -> Tensor:
        """[tokens, hidden] fp32; of `layout` only this rank's own."""
        rows = (layout or self.layout(video, audio, text)).own
        parts = {"video": patches(video), "audio": audio[0], "text": text[0]}
        embedded, start = [], 0
        for name, part in parts.items():
            end = start + part.shape[0]
            if rows.start < end and start < rows.stop:
                part = part[max(rows.start - start, 0) : rows.stop - start]
                weight, bias = (self.outer[f"adapter.{name}_embedder.{kind}"] for kind in ("weight", "bias"))
                embedded.append(torch.nn.functional.linear(part.to(self.device, torch.float32), weight, bias))
            start = end
        return torch.cat(embedded)

    def _attention(
        self,
        x: Tensor,
        added: list[Tensor],
        out: Tensor,
        spare: Tensor,
        block: BlockWeights,
        weights: BlockViews,
        layout: Layout,
        asked: int,
        ranks: Ranks | None,
    ) -> None:
        """Adds `added` to x and leaves the attention's output for the first `asked` tokens in `out`.

        `spare` has the shape of `out` and is overwritten on the way, with the gated heads. `added` may be these two:
        they are read before they are written.
        """
        config = self.config
        heads, kv_heads, dim = config.heads, config.kv_heads, config.head_dim
        qkv = torch.empty(x.shape[0], weights.qkv.weight.shape[1], dtype=self.wide, device=self.device)
        columns = [heads * dim, kv_heads * dim, kv_heads * dim]
        for expert, rows in layout.pieces(block.experts, self.rows_at_once, layout.tokens):
            summands = [y[rows] for y in added]
            normed = self.ops.add_norm(x[rows], summands, weights.attention_norm[expert], self.dtype)
            weights.qkv.product(normed, expert, out=qkv[rows])
            self.ops.norm_rotate(
                qkv[rows],
                heads,
                kv_heads,
                weights.q_norm[expert],
                weights.k_norm[expert],
                layout.sine[rows],
                layout.cosine[rows],
            )
            del normed  # before the next one is made
        gates = qkv[:, sum(columns) : sum(columns) + config.gate_heads] if config.gating else None
        gated = self._operand_in(spare)
        if ranks is None:
            lacking, results = self._attended(qkv, columns, kv_heads, block, layout, asked)
            for rows, result in results:
                self.ops.gate(result, lacking, None if gates is None else gates[rows], gated[rows])
        else:
            gates = None if gates is None else gates.clone()
            shared = sharing.to_heads(qkv, columns, ranks, layout.counts(layout.tokens))
            del qkv
            columns = [width // ranks.size for width in columns]
            answers = shared.new_empty(asked, columns[0])
            lacking, results = self._attended(shared, columns, kv_heads // ranks.size, block, layout, asked)
            for rows, result in results:
                answers[rows] = result.flatten(1)
            del shared, results
            mine = slice(layout.counts(asked)[ranks.rank])
            result = sharing.to_rows(answers, dim, ranks, layout.counts(asked))
            lacking = None if lacking is None else ranks.gather(lacking).flatten()
            self.ops.gate(result, lacking, None if gates is None else gates[mine], gated[mine])
        for expert, rows in layout.pieces(block.experts, self.rows_at_once, asked):
            weights.proj.product(gated[rows], expert, out=out[rows])

    def _attended(
        self, qkv: Tensor, columns: list[int], kv_heads: int, block: BlockWeights, layout: Layout, asked: int
    ) -> tuple[Tensor | None, Iterator[tuple[slice, Tensor]]]:
        """Attention of all tokens with the heads that are in `qkv`: what its answers lack yet, and rows with answers.

        `qkv` is overwritten on the way.
        """
        heads, dim, kernel, lacking = columns[0] // self.config.head_dim, self.config.head_dim, attend, None
        if self.fp8_attention:
            qkv, scale, lacking = narrow(qkv, columns, heads, kv_heads)
            kernel = partial(attend, v_scale=scale)
        q = qkv[:asked, : columns[0]].unflatten(1, (heads, dim))
        kv = qkv[:, columns[0] : sum(columns)].unflatten(1, (2, kv_heads, dim))
        frames = layout.grid[0]
        if block.windowed and self.config.window < frames - 1:
            return lacking, attend_windowed(q, kv, frames, layout.frame_tokens, self.config.window, kernel)
        return lacking, iter([(slice(asked), kernel(q, kv[:, 0], kv[:, 1]))])

    def _mlp(
        self,
        x: Tensor,
        attention_out: Tensor,
        out: Tensor,
        block: BlockWeights,
        weights: BlockViews,
        pieces: list[tuple[int, slice]],
    ) -> None:
        """Leaves the MLP of x + `attention_out` in `out`; x stays as it is."""
        for expert, rows in pieces:
            normed = self.ops.add_norm(x[rows], [attention_out[rows]], weights.mlp_norm[expert], self.dtype, keep=False)
            inner = self.ops.activate(weights.up.product(normed, expert), block.gelu, self.dtype)
            weights.down.product(inner, expert, out=out[rows])
            del normed, inner  # before the next ones are made

    def _operand_in(self, spare: Tensor) -> Operand:
        """Room for a product's operand of `spare`'s shape, in its memory."""
        values = spare.view(self.dtype).view(-1)[: spare.numel()].view(spare.shape)
        return Rows(values, torch.empty(spare.shape[0], 1, device=self.device)) if self.dtype == FP8 else values

    def _head(self, x: Tensor, added: list[Tensor], layout: Layout, ranks: Ranks | None) -> tuple[Tensor, Tensor]:
        """Made by rank 0 of all rows at once: cut smaller, these narrow products would be added up in another order."""
        ends = {"video": (0, layout.video), "audio": (layout.video, layout.video + layout.audio)}
        answers = {}
        for name, (start, end) in ends.items():
            rows = layout.inside(start, end)
            normed = x.new_empty(0, x.shape[1])
            if rows.stop > rows.start:
                weight = self.outer[f"final_norm_{name}.weight"]
                summands = [y[rows] for y in added]
                normed = self.ops.add_norm(x[rows], summands, weight, torch.float32, keep=False)
            if ranks is not None:
                normed = sharing.to_first(normed, ranks, layout.counts(end, start))
            answers[name] = torch.nn.functional.linear(normed, self.outer[f"final_linear_{name}.weight"])
        if layout.rank:
            return answers["video"], answers["audio"]
        return unpatch(answers["video"], layout.grid), answers["audio"][None]

    @contextmanager
    def _outer_products(self) -> Iterator[None]:
        """Products of fp32 as TF32, but where nothing is to be rounded.

        torch has one switch for all threads: no other may work on the GPU meanwhile.
        """
        before = torch.backends.cuda.matmul.allow_tf32
        torch.backends.cuda.matmul.allow_tf32 = self.precision != "fp32"
        try:
            yield
        finally:
            torch.backends.cuda.matmul.allow_tf32 = before

    @property
    def taken(self) -> int:
        """Bytes of the device that its blocks take now."""
        return self.store.taken

    @property
    def lacking(self) -> int:
        """Bytes of the device that its blocks want back before it can run."""
        return self.store.lacking

    @property
    def unsaved(self) -> int:
        """Bytes of its blocks on the device that have no copy in the computer's memory yet."""
        return self.store.unsaved

    @property
    def set_aside(self) -> int:
        """Bytes of the computer's memory that its blocks take."""
        return self.store.set_aside

    def park(self, room: int | None = None) -> None:
        """Leave `room` bytes of the GPU's memory (by default all of the weights') to others, until `unpark`."""
        self.store.park(room)
        self._layout = None

    def unpark(self) -> None:
        """Bring the weights back from the computer's memory."""
        self.store.unpark()

    def close(self) -> None:
        """Give the weights' memory back."""
        self.store.close()
        self.outer.clear()


def _fused_ops():  # type: ignore[no-untyped-def]
    try:
        from . import ops_triton
    except ImportError:  # torch without Triton (Windows): the same numbers, slower
        return ops
    return ops_triton


def loading_order(names: Mapping[str, object]) -> list[str]:
    """`names` with each block's tensors together, blocks in order."""

    def key(name: str) -> tuple[int, str]:
        return (int(name.split(".")[2]) if name.startswith("block.") else -1, name)

    return sorted(names, key=key)
