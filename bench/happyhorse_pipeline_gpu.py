"""The whole HappyHorse engine on one GPU, from a request to the last frame, with random weights of the full size.

    python bench/happyhorse_pipeline_gpu.py [QUALITY...]

Everything is the engine's own except where weights come from: no files are read, and the text's features are random
(594 tokens). The mp4 is not written. One line of JSON a clip; the first of each quality makes its weights on the way.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
os.environ["TAKE_ONE_HOME"] = tempfile.mkdtemp()
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from diffusers import AutoencoderKLWan, AutoencoderOobleck
from PIL import Image

from backend.engines.happyhorse import text
from backend.engines.happyhorse.memory.models import Models
from backend.engines.happyhorse.memory.plans import Demand, Plan, Shape
from backend.engines.happyhorse.pipeline.pipeline import Pipeline
from backend.engines.happyhorse.request import settings
from backend.engines.happyhorse.transformer.config import BASE, SR_540P, SR_1080P, TransformerConfig
from backend.engines.happyhorse.transformer.model import Transformer
from backend.engines.happyhorse.vaes.audio import AudioDecoder
from backend.engines.happyhorse.vaes.turbo import TurboDecoder
from backend.engines.happyhorse.vaes.turbo_config import LATENT_MEAN, LATENT_STD
from bench.happyhorse_common import CUDA, TEXT, peaks, random_decoder, random_tensors, tell
from devtools.requests import take_request

CONFIGS = {"distill": (BASE, 3), "540p_sr": (SR_540P, 4), "1080p_sr": (SR_1080P, 4)}


class RandomModels(Models):
    """Models whose weights are drawn instead of read."""

    def begin(self) -> None:
        self.notes, self.plans = [], {}

    def folder(self, name: str) -> Path:
        return Path(name)

    def fingerprint(self, name: str) -> str:
        return name

    def _plans(self, name: str, shape: Shape, eight_bit: bool) -> list[Plan]:
        return self._residents.plans(name, Demand(CONFIGS[name][0], shape, self.device, eight_bit))

    def _transformer(self, name: str, plan: Plan, note: Callable[[str], None]) -> Transformer:
        self.plans[name] = plan.words
        return self._residents.use(name, plan, lambda: drawn(*CONFIGS[name], plan))

    def video_decoder(self) -> TurboDecoder:
        self._video_decoder = self._video_decoder or random_decoder()
        return self._video_decoder

    def audio_decoder(self) -> AudioDecoder:
        if self._audio_decoder is None:
            with CUDA:
                self._audio_decoder = AudioDecoder(AutoencoderOobleck().eval())
        return self._audio_decoder

    def encode_picture(self, picture: torch.Tensor) -> torch.Tensor:
        if self._video_vae is None:
            with CUDA:
                self._video_vae = AutoencoderKLWan(
                    base_dim=160, decoder_base_dim=256, z_dim=48, attn_scales=[], is_residual=True, in_channels=12,
                    out_channels=12, patch_size=2, scale_factor_spatial=16, scale_factor_temporal=4,
                    latents_mean=list(LATENT_MEAN), latents_std=list(LATENT_STD),
                )  # fmt: skip
            self._video_vae.decoder = torch.nn.Identity()
            self._video_vae.to(torch.bfloat16)
        return super().encode_picture(picture)


def drawn(config: TransformerConfig, seed: int, plan: Plan) -> Transformer:
    model = Transformer(
        config, CUDA, plan.precision, resident_bytes=plan.resident_bytes, rows_at_once=plan.rows_at_once
    )
    for name, tensor in random_tensors(model.shapes, seed):
        model.load_rows(name, 0, tensor)
        del tensor
    model.finish_loading()
    return model


def clip(pipeline: Pipeline, still: Path, quality: str, seed: int, what: str) -> None:
    request = take_request(
        "Push in", fps=25, size=(1920, 1080), seed=seed, still=still, options={"quality": quality, "model": "distill"}
    )
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    steps: list[tuple[float, float]] = []
    began = time.perf_counter()
    made = pipeline.generate(
        request,
        settings.read(request, tuple(settings.QUALITIES), ("distill",)),
        lambda fraction, stage, preview=None: steps.append((time.perf_counter() - began, fraction)),
        lambda: False,
    )
    frames, spread = 0, 0.0
    for frame in made.frames:
        frames += 1
        spread = max(spread, float(np.std(frame[::16, ::16])))
    total = time.perf_counter() - began
    assert made.sound is not None
    tell(
        quality=quality, what=what, total_s=total, stages=made.facts["seconds"], frames=frames, spread=spread,
        sound=list(made.sound.samples.shape), notes=made.notes, plans=made.facts["memory"], updates=len(steps),
        **peaks(),
    )  # fmt: skip


def main() -> None:
    text.features = lambda prompts, *_: [torch.randn(1, TEXT, 3584, device=CUDA) for _ in prompts]
    still = Path(os.environ["TAKE_ONE_HOME"]) / "still.png"
    y, x = np.mgrid[0:1080, 0:1920]
    Image.fromarray(np.stack([x / 7.5, y / 4.3, (x ^ y) & 255], -1).astype(np.uint8)).save(still)
    pipeline = Pipeline(RandomModels(CUDA))
    for quality in sys.argv[1:] or ("1080p", "256p"):
        for seed, what in ((1, "first"), (2, "warm")):
            clip(pipeline, still, quality, seed, what)
    clip(pipeline, still, "540p", 2, "refined from saved latents, first")
    clip(pipeline, still, "256p", 3, "256p afterwards")


if __name__ == "__main__":
    main()
