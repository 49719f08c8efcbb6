"""How a transformer fits into a GPU: plans, and what each is expected to take. And what the small models take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import torch

from ....gpu.memory import GIB, PLENTY, RESERVE
from ..transformer.config import LATENT_CHANNELS, PATCH, TransformerConfig
from ..transformer.kernels.attention import LANES
from ..transformer.kernels.ops import FP8, Rows
from ..transformer.model import ROWS_AT_ONCE
from ..transformer.sharing import token_cuts
from ..transformer.streaming import streamed_blocks
from ..transformer.weights import BlockWeights, Matrix, padded

FEW_ROWS = 4096
FP8_CAPABILITY = (8, 9)
LATENTS_HELD = 6  # by a sampler during a pass: noise, the latent, what the model said of it lately, the still's frame
TEXT_BYTES = 5 * GIB // 2  # of the GPU, for the text encoder: its table of words and two blocks; 2.2 GiB measured
STRIPS = {1: 1.0, 2: 0.72, 4: 0.5, 8: 0.4}  # in how many the fast decoder may work, and how much of the memory is left


@dataclass(frozen=True)
class Shape:
    """What a stage works on: latent `frames` of `height` x `width`, `audio` latents, `text` tokens at most."""

    frames: int
    height: int
    width: int
    audio: int
    text: int = 640

    @property
    def latent_bytes(self) -> int:
        """Of one fp32 video latent."""
        return 4 * LATENT_CHANNELS * self.frames * self.height * self.width

    @property
    def tokens(self) -> int:
        return self.frames * (self.height // PATCH) * (self.width // PATCH) + self.audio + self.text


@dataclass(frozen=True)
class Plan:
    """How to hold one transformer. `resident_bytes` None: all its blocks stay on the GPU.

    `expected_peak` is what the stage is expected to take of the GPU's memory, all in all; `expected_host` what
    of the computer's memory will be locked for streaming. `eight_bit`: such products were asked for. `shares`: on how
    many GPUs those blocks lie that don't stay whole on each.
    """

    precision: str
    resident_bytes: int | None
    rows_at_once: int
    expected_peak: int
    expected_host: int = 0
    eight_bit: bool = False
    shares: int = 1

    @property
    def words(self) -> str:
        """For people: how it runs and what it is expected to take."""
        how = {"bf16": "full precision", "fp8": "8-bit products", "fp32": "32-bit, for checks"}[self.precision]
        where = "all on the GPU"
        if self.shares > 1:
            where = f"shared by {self.shares} GPUs"
        elif self.resident_bytes is not None:
            where = f"{self.expected_host / GIB:.0f} GiB streamed from memory"
        return f"{how}, {where}, about {self.expected_peak / GIB:.1f} GiB of GPU memory"


@dataclass(frozen=True)
class Demand:
    """A stage's: a transformer for `shape`. `eight_bit`: with 8-bit products.

    `gpus` share each pass, and of the others' memory there are at least `most` bytes. `host` bytes of the computer's
    memory are for all of them. `linked`: they give each other more than memory gives them.
    """

    config: TransformerConfig
    shape: Shape
    device: torch.device
    eight_bit: bool = False
    gpus: int = 1
    most: int = PLENTY
    host: int = 0
    linked: bool = True

    def choose(self, room: int) -> list[Plan]:
        """The plans that fit into `room` bytes of the GPU, the best first."""
        if self.device.type != "cuda":
            return [Plan("fp32", None, ROWS_AT_ONCE, 0)]
        fp8 = supports_fp8(self.device)
        return choose_plans(
            self.config,
            self.shape,
            min(room, self.most),
            fp8=fp8,
            eight_bit=self.eight_bit,
            gpus=self.gpus,
            host=self.host,
            linked=self.linked,
        )

    def accepts(self, plan: Plan) -> bool:
        """Whether a transformer that is held by `plan` will do."""
        return plan.eight_bit == self.eight_bit and plan.shares in (1, self.gpus)

    def working(self, plan: Plan) -> int:
        """Bytes of the GPU that a pass takes beside the weights."""
        return working_bytes(self.config, plan.precision, self.shape, plan.rows_at_once, self.gpus)


def weight_bytes(config: TransformerConfig, precision: str) -> int:
    """Of all blocks and of what lies outside them."""
    blocks = sum(block.bytes for block in _blocks(config, precision))
    widths = config.video_channels + config.audio_channels
    return blocks + 4 * config.hidden * (2 * widths + config.text_channels + 5)


def working_bytes(
    config: TransformerConfig, precision: str, shape: Shape, rows_at_once: int = ROWS_AT_ONCE, gpus: int = 1
) -> int:
    """The most that one pass and its sampler hold beside the weights, on each of so many `gpus`."""
    hidden, video = config.hidden, shape.tokens - shape.audio - shape.text
    cuts = token_cuts(max(video, gpus), shape.audio + shape.text, gpus)
    tokens = max(b - a for a, b in pairwise(cuts))
    wide = 4 if precision == "fp32" else 2
    narrow = {"fp32": 4, "bf16": 2, "fp8": 1}[precision]
    stream = tokens * hidden * (4 + 2 * wide) + tokens * 6 * config.bands * 4
    columns = (config.heads + 2 * config.kv_heads) * config.head_dim
    eight = tokens * columns if precision == "fp8" else 0  # what fp8 attention takes
    attention = tokens * (padded(config.qkv_rows, 16) * wide + hidden * wide) + eight
    if gpus > 1:  # queries, keys and values before they are given away, those that came, and copies for lanes
        kv = 2 * config.kv_heads * config.head_dim
        attention += 2 * tokens * columns * wide + (LANES - 1) * shape.tokens * kv // gpus * wide
    inner = max(config.inner(layer) * (1 if layer in config.gelu_layers else 2) for layer in range(config.layers))
    # Cuts are rounded, so that a piece may be half as large again.
    rows = min(tokens, rows_at_once * 3 // 2)
    mlp = rows * (inner * wide + inner * narrow + hidden * narrow)
    head = (tokens if gpus == 1 else tokens + shape.tokens) * hidden * 4
    return stream + max(attention, mlp, head) + LATENTS_HELD * shape.latent_bytes


def choose_plans(
    config: TransformerConfig,
    shape: Shape,
    free: int,
    *,
    fp8: bool = True,
    eight_bit: bool = False,
    gpus: int = 1,
    host: int = 0,
    linked: bool = True,
) -> list[Plan]:
    """Plans that should fit into `free` bytes of GPU memory, of each of `gpus`, the best first; empty where none does.

    The last one takes a quarter less than that before it, if that can be: for where more is needed than is expected.

    `fp8`: whether the GPU has such products (see `supports_fp8`). `eight_bit`: speed goes before precision, so that
    they are best. Where several GPUs together have room for the full weights they are held in full, as by one GPU of
    that size. What one has no room for lies in parts on all of them, or, where they are not `linked` and the computer
    has `host` bytes of memory for it, in that.
    """
    order = ("bf16",) if not fp8 else ("fp8",) if eight_bit else ("bf16", "fp8")
    plans = []
    for precision in order:
        peak = weight_bytes(config, precision) + working_bytes(config, precision, shape, gpus=gpus) + RESERVE
        if peak <= free:
            plans.append(Plan(precision, None, ROWS_AT_ONCE, peak))
        elif gpus > 1 and (together := together_plan(config, shape, free, precision, gpus, host, linked)):
            plans.append(together)
    kind = "fp8" if fp8 else "bf16"
    if not plans and (streamed := streamed_plan(config, shape, free, kind, gpus)):
        plans.append(streamed)
    if plans and (less := streamed_plan(config, shape, plans[-1].expected_peak * 3 // 4, kind, gpus)):
        plans.append(less)
    return [replace(plan, eight_bit=eight_bit) for plan in plans]


def together_plan(
    config: TransformerConfig, shape: Shape, free: int, precision: str, gpus: int, host: int, linked: bool
) -> Plan | None:
    """For GPUs that have room for the weights together, but not each; None where they haven't. See `choose_plans`."""
    if weight_bytes(config, precision) > gpus * free:
        return None
    parts = streamed_plan(config, shape, free, precision, gpus, gpus)
    if parts and linked:
        return parts
    streamed = streamed_plan(config, shape, free, precision, gpus)
    return streamed if streamed and gpus * streamed.expected_host <= host else parts


def streamed_plan(
    config: TransformerConfig, shape: Shape, free: int, precision: str, gpus: int = 1, shares: int = 1
) -> Plan | None:
    """Keep on the GPU what fits and stream the rest; None where not even that fits.

    With `shares`, what is streamed lies in parts on so many GPUs.
    """
    blocks = _blocks(config, precision)
    total = sum(block.bytes for block in blocks)
    outside = weight_bytes(config, precision) - total
    for rows in (ROWS_AT_ONCE, FEW_ROWS):
        beside = outside + working_bytes(config, precision, shape, rows, gpus) + RESERVE
        budget = min(free - beside, total - 1)
        if budget < 2 * max(block.bytes for block in blocks):
            continue
        outer = streamed_blocks(blocks, budget, shares)
        outside_bytes = sum(blocks[i].bytes for i in outer)
        parts = 0 if shares == 1 else outside_bytes // shares
        used = total - outside_bytes + parts + 2 * max(blocks[i].bytes for i in outer)
        if shares > 1 and used > budget:
            continue
        host = outside_bytes if shares == 1 else 0
        return Plan(precision, budget, rows, beside + used, host, shares=shares)
    return None


def smallest_memory(config: TransformerConfig, shape: Shape, *, fp8: bool = True, gpus: int = 1) -> int:
    """Bytes of GPU memory below which no plan fits."""
    precision = "fp8" if fp8 else "bf16"
    sizes = [block.bytes for block in _blocks(config, precision)]
    largest, blocks = max(sizes), sum(sizes)
    outside = weight_bytes(config, precision) - blocks
    return outside + 2 * largest + working_bytes(config, precision, shape, FEW_ROWS, gpus) + RESERVE


@cache
def _blocks(config: TransformerConfig, precision: str) -> Sequence[BlockWeights]:
    """Only to be measured."""
    return tuple(BlockWeights(config, layer, precision) for layer in range(config.layers))


def encode_bytes(width: int, height: int) -> int:
    """What is to be free on the GPU to encode a still of so many pixels, beside the encoder's weights.

    Measured on an H200: 2.56 GiB at 1080p, 0.57 at 540p, 0.15 at 256p.
    """
    return 1500 * width * height + GIB // 8


def decode_bytes(width: int, height: int, strips: int = 1) -> int:
    """What is to be free on the GPU for the fast decoder, beside its weights.

    Measured on an H200, with the gaps between its pieces, in 1, 2, 4 and 8 strips: 11.1, 7.6, 5.3 and 3.9 GiB at 1080p,
    5.1, 3.6, 2.0 and 1.3 at 540p, 1.3, 0.9, 0.8 and 0.6 at 256p. Where its pieces lie among weights it takes more: with
    12.7 GiB made free at 1080p torch went beyond `OURS`.
    """
    pixels = width * height
    return int(min(12500 * pixels, 6400 * pixels + (5 << 29)) * STRIPS[strips]) + GIB // 4


def sound_bytes(latents: int) -> int:
    """What is to be free on the GPU to decode so many latents of sound, beside the decoder's weights.

    Measured on an H200: 0.6 GiB for 126, 1.3 for 251.
    """
    return latents * (6 << 20) + GIB // 4


@cache
def supports_fp8(device: torch.device | str) -> bool:
    """Whether the GPU and this build of torch have e4m3 products with a scale a row (Ada, Hopper and later)."""
    device = torch.device(device)
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < FP8_CAPABILITY:
        return False
    rows = Rows(torch.zeros(16, 32, dtype=FP8, device=device), torch.ones(16, 1, device=device))
    weight = Matrix(torch.zeros(1, 16, 32, dtype=FP8, device=device), torch.ones(1, 16, device=device))
    try:
        weight.product(rows, 0)
    except torch.OutOfMemoryError:  # says nothing of the card
        raise
    except RuntimeError:  # torch has no such kernel for this card
        return False
    return True
