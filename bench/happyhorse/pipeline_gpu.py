"""The whole HappyHorse engine on one GPU, from a request to the last frame, with random weights of the full size.

    python bench/happyhorse/pipeline_gpu.py [GIB [QUALITY...]]

What a user does: three takes of five seconds at 1080p from one still, then one at 256p (or the qualities that are
named), each with a seed and, but for the second, a direction of its own. GIB holds this process to so much of the card
(a card sold with 24 GB has about 22 to give). Everything is the engine's own except where weights come from: no files
are read, and the text encoder has 4 of its 42 blocks. The mp4 is not written. One line of JSON a clip; the first with
each model makes its weights on the way.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
os.environ["TAKE_ONE_HOME"] = tempfile.mkdtemp()
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch
from PIL import Image

from backend.engines.engine import EngineError
from backend.engines.happyhorse import text
from backend.engines.happyhorse.memory.models import Models
from backend.engines.happyhorse.memory.plans import Plan
from backend.engines.happyhorse.pipeline.pipeline import Pipeline
from backend.engines.happyhorse.request import settings
from backend.engines.happyhorse.transformer.config import BASE, SR_540P, SR_1080P, TransformerConfig
from backend.engines.happyhorse.transformer.model import Transformer, loading_order
from backend.engines.happyhorse.vaes.audio import AudioDecoder
from backend.engines.happyhorse.vaes.still import StillEncoder
from backend.engines.happyhorse.vaes.turbo import TurboDecoder
from backend.gpu.memory import GIB
from bench.happyhorse.common import (
    CUDA,
    peaks,
    random_decoder,
    random_sound_tensors,
    random_still_tensors,
    tell,
)
from devtools.take_requests import take_request

CONFIGS = {"distill": BASE, "540p_sr": SR_540P, "1080p_sr": SR_1080P}
DEVICE = torch.device("cuda", 0)
ROWS = 4096  # of a matrix are drawn at a time, about as many as are read of a file
WORDS = 594  # tokens of a prompt
if not hasattr(torch.accelerator, "empty_host_cache"):  # torch 2.11; the engine asks for 2.13
    torch.accelerator.empty_host_cache = torch._C._host_emptyCache


class RandomModels(Models):
    """Models whose weights are drawn instead of read."""

    def begin(self) -> None:
        self.notes, self.plans = [], {}

    def folder(self, name: str) -> Path:
        return Path(os.environ["TAKE_ONE_HOME"])

    def fingerprint(self, name: str) -> str:
        return name

    def _config(self, name: str) -> TransformerConfig:
        return CONFIGS[name]

    def _transformer(self, name: str, plan: Plan, note: Callable[[str], None]) -> Transformer:
        self.plans[name] = plan.words
        return self._residents.use(name, plan, lambda: drawn(CONFIGS[name], plan, self.device, self.rank))

    def keep_halves(self) -> None:
        pass


def drawn(config: TransformerConfig, plan: Plan, device: torch.device, rank: int = 0) -> Transformer:
    model = Transformer(
        config,
        device,
        plan.precision,
        resident_bytes=plan.resident_bytes,
        rows_at_once=plan.rows_at_once,
        share=(rank if plan.shares > 1 else 0, plan.shares),
    )
    generator = torch.Generator(device).manual_seed(3)
    for name in loading_order(model.shapes):
        shape = model.shapes[name]
        if name.endswith("bands"):
            model.load_rows(name, 0, 10000.0 ** (-torch.arange(shape[0], device=device) / shape[0]))
            continue
        scale = shape[1] ** -0.5 if len(shape) == 2 else 0.1
        dtype = torch.bfloat16 if len(shape) == 2 and name.startswith("block") else torch.float32
        for start in range(0, shape[0], ROWS):
            some = (min(ROWS, shape[0] - start), *shape[1:])
            model.load_rows(name, start, torch.randn(some, generator=generator, device=device, dtype=dtype).mul_(scale))
    model.finish_loading()
    return model


def random_still_encoder(_: Path) -> StillEncoder:
    return StillEncoder(random_still_tensors())


def random_sound_decoder(_: Path) -> AudioDecoder:
    return AudioDecoder(random_sound_tensors())


def random_frame_decoder(*_: object) -> TurboDecoder:
    decoder = random_decoder()
    decoder.to(torch.device("cpu"))
    return decoder


def random_text_encoder(_: Path, device: torch.device) -> tuple[object, object]:
    from transformers import T5GemmaConfig, T5GemmaEncoderModel

    half = {
        "vocab_size": 256000,
        "hidden_size": 3584,
        "intermediate_size": 14336,
        "num_hidden_layers": 4,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 256,
        "query_pre_attn_scalar": 256,
    }
    config = T5GemmaConfig(encoder=half, decoder=half, is_encoder_decoder=False)
    with torch.device("meta"):
        encoder = T5GemmaEncoderModel(config).bfloat16()
    encoder = encoder.to_empty(device="cpu").eval()
    for tensor in (*encoder.parameters(), *encoder.buffers()):
        tensor.data.fill_(0.01)
    if device.type != "cpu":
        text._stream(encoder.encoder, device)
    return tokens, encoder


def tokens(*_: object, **__: object) -> SimpleNamespace:
    given = {"input_ids": torch.full((1, WORDS), 7), "attention_mask": torch.ones(1, WORDS, dtype=torch.int64)}
    return SimpleNamespace(to=lambda device: {name: tensor.to(device) for name, tensor in given.items()})


def clip(pipeline: Pipeline, still: Path, quality: str, seed: int, words: str) -> None:
    request = take_request(
        words, fps=25, size=(1920, 1080), seed=seed, still=still, options={"quality": quality, "model": "distill"}
    )
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    steps: list[tuple[float, float]] = []
    began = time.perf_counter()
    try:
        made = pipeline.generate(
            request,
            settings.read(request, tuple(settings.QUALITIES), ("distill",)),
            lambda fraction, stage, preview=None: steps.append((time.perf_counter() - began, fraction)),
            lambda: False,
        )
        frames, spread, first = 0, 0.0, 0.0
        for frame in made.frames:
            first = first or time.perf_counter() - began
            frames += 1
            spread = max(spread, float(np.std(frame[::16, ::16])))
    except EngineError as error:
        tell(quality=quality, seed=seed, failed=error.problem.message, after_s=time.perf_counter() - began, **peaks())
        return
    total = time.perf_counter() - began
    assert made.sound is not None
    tell(
        quality=quality,
        seed=seed,
        total_s=total,
        first_frame_s=first,
        stages=made.facts["seconds"],
        frames=frames,
        spread=spread,
        sound=list(made.sound.samples.shape),
        notes=made.notes,
        plans=made.facts["memory"],
        updates=len(steps),
        **peaks(),
    )


def stand_ins() -> Path:
    """Small models with random weights in place of those that would be read. Answers a still of 1920x1080."""
    text.load = random_text_encoder
    StillEncoder.load = random_still_encoder
    AudioDecoder.load = random_sound_decoder
    TurboDecoder.from_folder = random_frame_decoder
    still = Path(os.environ["TAKE_ONE_HOME"]) / "still.png"
    y, x = np.mgrid[0:1080, 0:1920]
    Image.fromarray(np.stack([x / 7.5, y / 4.3, (x ^ y) & 255], -1).astype(np.uint8)).save(still)
    return still


def main() -> None:
    held, *qualities = sys.argv[1:] or ["0"]
    if float(held):
        whole = torch.cuda.get_device_properties(DEVICE).total_memory
        torch.cuda.set_per_process_memory_fraction(float(held) * GIB / whole, DEVICE)
    tell(gpu=torch.cuda.get_device_name(CUDA), held_gib=float(held))
    still = stand_ins()
    pipeline = Pipeline(RandomModels(DEVICE))
    for seed, quality in enumerate(qualities or ["1080p", "1080p", "1080p", "256p"]):
        clip(pipeline, still, quality, seed, f"Push in {max(1, seed)}")


if __name__ == "__main__":
    main()
