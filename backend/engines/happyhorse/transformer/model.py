"""The single-stream audio-video transformer: one sequence of video, audio and text tokens through all blocks.

    embed -> blocks (attention with a gate a head, MLP; own weights for each modality in the outer layers) -> velocities

There is no timestep: the model reads from the latents how noisy they are. Several processes can share a pass, each
with a part of the tokens: see `sharing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

from ....gpu.ranks import Ranks
from ..files.checkpoint import check_names
from . import rope, sharing
from .blocks import Arithmetic, Stream, Turn
from .config import PATCH, TransformerConfig, parameter_shapes
from .kernels import ops
from .kernels.attention import flash3
from .layout import Layout, patches, unpatch
from .recording import FEW_TOKENS, Plain, Recording
from .streaming import ALONE, BlockStore
from .weights import DTYPES, BlockWeights

LAYOUTS = 2  # are kept: with guidance, passes with two prompts take turns
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
        share: rank and number of the ranks that make its passes, each of whose GPUs has a part of the blocks that
            would be streamed.
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
        share: tuple[int, int] = ALONE,
    ) -> None:
        self.config = config
        self.device = torch.device(device)
        self.precision = precision
        self.dtype = DTYPES[precision]
        self.wide = torch.bfloat16 if precision == "fp8" else self.dtype  # what products answer
        fp8_attention = precision == "fp8" and flash3(self.device) is not None
        self.shapes = parameter_shapes(config)
        self.outer = {
            name: torch.zeros(shape, device=self.device)
            for name, shape in self.shapes.items()
            if not name.startswith("block.")
        }
        blocks = [BlockWeights(config, layer, precision) for layer in range(config.layers)]
        self.store = BlockStore(blocks, self.device, resident_bytes, share)
        self.ops = _fused_ops() if fused or (fused is None and self.device.type == "cuda") else ops
        self.arithmetic = Arithmetic(config, self.device, self.dtype, self.wide, self.ops, rows_at_once, fp8_attention)
        self._layouts: dict[tuple[int, ...], Layout] = {}
        self._recordings: dict[Layout, Recording] = {}

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
        self._forget()

    # Running

    @torch.inference_mode()
    def __call__(self, video: Tensor, audio: Tensor, text: Tensor, ranks: Ranks | None = None) -> tuple[Tensor, Tensor]:
        """Velocities of `video` [1, 48, T, H, W] and `audio` [1, A, 64], given `text` [1, L, width].

        H and W are even; all rows of `text` are real. Answers fp32 in the same shapes on the model's device. With
        `ranks`, all of them call it with the same tensors and weights; rank 0's answer is the same bits as without,
        the others' are empty.
        """
        layout = self.layout(video, audio, text, ranks)
        parts = self._parts(layout, ranks)
        parts.begin()
        with self._outer_products():
            x = parts.kept("x", self.embed(video, audio, text, layout))
        halves = (parts.room(name, x.shape, self.wide, self.device) for name in ("attention", "mlp"))
        stream, added = Stream(x, *halves), list[Tensor]()
        self.store.start(ranks)
        for index, block in enumerate(self.store.blocks):
            last = index + 1 == len(self.store.blocks)
            asked = layout.tokens - layout.text if last else layout.tokens  # nobody asks for the text's velocity
            turn = Turn(index, block, self.store.fetch(index), asked, added)
            if ranks is None:
                self.arithmetic.block(stream, turn, layout)
            else:
                self.arithmetic.shared_block(stream, turn, layout, ranks, parts)
            added = [stream.attention, stream.mlp]
            self.store.release(index)
            if ranks is not None:
                ranks.pace()
        with self._outer_products():
            return self._head(x, added, layout, ranks)

    def _parts(self, layout: Layout, ranks: Ranks | None) -> Plain:
        """How the parts of a pass are run."""
        rows = layout.own
        if ranks is None or self.device.type != "cuda" or rows.stop - rows.start > FEW_TOKENS:
            return Plain()
        if layout not in self._recordings:
            self._recordings[layout] = Recording(self.device)
        return self._recordings[layout]

    def layout(self, video: Tensor, audio: Tensor, text: Tensor, ranks: Ranks | None = None) -> Layout:
        """The sequence's layout; kept, as a loop asks for the same one or two again and again."""
        frames, height, width = video.shape[2:]
        if height % PATCH or width % PATCH:
            raise ValueError(f"the latent's height and width are even, not {height} x {width}")
        rank, size = (0, 1) if ranks is None else (ranks.rank, ranks.size)
        key = (frames, height, width, audio.shape[1], text.shape[1], rank, size)
        if key not in self._layouts:
            self._forget(LAYOUTS - 1)
            grid = (frames, height // PATCH, width // PATCH)
            cuts = sharing.token_cuts(grid[0] * grid[1] * grid[2], audio.shape[1] + text.shape[1], size)
            coords = rope.coordinates(grid, audio.shape[1], text.shape[1], self.config.coords).to(self.device)
            turns = rope.tables(coords, self.outer["adapter.rope.bands"])
            sine, cosine = (turn[cuts[rank] : cuts[rank + 1]].contiguous() for turn in turns)
            self._layouts[key] = Layout(grid, audio.shape[1], text.shape[1], sine, cosine, cuts, rank)
        return self._layouts[key]

    def _forget(self, count: int = 0) -> None:
        """Lets go of layouts and what was recorded with them, the oldest first, but for so many."""
        while len(self._layouts) > count:
            self._recordings.pop(self._layouts.pop(next(iter(self._layouts))), None)

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
        self._forget()

    def unpark(self) -> None:
        """Bring the weights back from the computer's memory."""
        self.store.unpark()

    def close(self) -> None:
        """Give the weights' memory back."""
        self.store.close()
        self.outer.clear()


def _fused_ops():  # type: ignore[no-untyped-def]
    try:
        from .kernels import ops_triton
    except ImportError:  # torch without Triton (Windows): the same numbers, slower
        return ops
    return ops_triton


def loading_order(names: Mapping[str, object]) -> list[str]:
    """`names` with each block's tensors together, blocks in order."""

    def key(name: str) -> tuple[int, str]:
        return (int(name.split(".")[2]) if name.startswith("block.") else -1, name)

    return sorted(names, key=key)
