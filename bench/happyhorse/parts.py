"""What the small models of the HappyHorse engine take of one GPU, at their full size with random weights.

    python bench/happyhorse/parts.py

One line of JSON a measurement: `beside_gib` is what the work took beside the weights (with the gaps between its pieces
in brackets), `planned_gib` what the plans say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import torch

from backend.engines.happyhorse import text
from backend.engines.happyhorse.memory.plans import STRIPS, TEXT_BYTES, decode_bytes, encode_bytes, sound_bytes
from backend.gpu.memory import GIB
from bench.happyhorse.common import fresh, tell, timed
from bench.happyhorse.pipeline_gpu import (
    DEVICE,
    random_frame_decoder,
    random_sound_decoder,
    random_still_encoder,
    random_text_encoder,
)

SIZES = ((448, 256), (896, 512), (1920, 1088))


def measure(planned: int, run: Callable[[], object], **facts: object) -> None:
    fresh()
    before, reserved = torch.cuda.memory_allocated(), torch.cuda.memory_reserved()
    cold, _ = timed(run)
    took, gaps = torch.cuda.max_memory_allocated() - before, torch.cuda.max_memory_reserved() - reserved
    warm, _ = timed(run)
    tell(
        **facts,
        beside_gib=took / GIB,
        with_gaps_gib=gaps / GIB,
        planned_gib=planned / GIB,
        cold_s=cold,
        warm_s=warm,
        weights_gib=before / GIB,
    )


def still() -> None:
    encoder = random_still_encoder(Path())
    encoder.to(DEVICE)
    for width, height in SIZES:
        picture = torch.rand(1, 3, height, width) * 2 - 1
        run = partial(encoder.encode, picture)
        measure(encode_bytes(width, height), run, part="still", size=(width, height))


def sound() -> None:
    decoder = random_sound_decoder(Path())
    decoder.to(DEVICE)
    for latents in (126, 251):
        run = partial(decoder.decode, torch.randn(1, latents, 64))
        measure(sound_bytes(latents), run, part="sound", latents=latents)


def frames() -> None:
    decoder = random_frame_decoder()
    decoder.to(DEVICE)
    for width, height in SIZES:
        video = torch.randn(1, 48, 32, height // 16, width // 16, device=DEVICE)
        whole = torch.cat(list(decoder.decode_frames(video)))
        for strips in STRIPS:
            found: list[torch.Tensor] = []

            def run(found: list[torch.Tensor] = found, strips: int = strips, video: torch.Tensor = video) -> None:
                found[:] = decoder.decode_frames(video, strips)

            measure(decode_bytes(width, height, strips), run, part="frames", size=(width, height), strips=strips)
            apart = (torch.cat(found).int() - whole.int()).abs()
            tell(part="frames", strips=strips, farthest=int(apart.max()), differ=float((apart > 1).float().mean()))


def words() -> None:
    tokenizer, encoder = random_text_encoder(Path(), DEVICE)
    measure(TEXT_BYTES, lambda: text.encode("", tokenizer, encoder, DEVICE), part="text, 594 tokens")


if __name__ == "__main__":
    for part in (still, sound, frames, words):
        part()
