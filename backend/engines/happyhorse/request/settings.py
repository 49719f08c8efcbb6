"""What a request asks of this engine: quality, sizes, lengths. Plain arithmetic, no torch."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from client.protocol import TakeRequest

from ...engine import EngineError
from .options import invalid, value

FPS = Fraction(25)
FRAMES_PER_LATENT = 4
GRID = 32  # pixels: a token covers 2 x 2 latents of 16 pixels
DEFAULT_STEPS = {"distill": 8, "base": 32}

QUALITIES = {"256p": (448, 256), "540p": (896, 512), "1080p": (1920, 1088)}
REFINERS = {"540p": "540p_sr", "1080p": "1080p_sr"}
_REFERENCE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Settings:
    """The options of one request, checked.

    `model` is "distill" (8 steps) or "base" (32 steps, guidance). `final_prompt` replaces the composed prompt
    as it is. `refine_from` names saved latents (see latents.py); `scene` is what Blender knows of the scene.
    `eight_bit`: faster, with 8-bit products where the card has them. `gpus` share the take; 0: as many as can.
    """

    quality: str
    model: str
    steps: int
    refine_steps: int = 5
    final_prompt: str = ""
    negative_prompt: str = ""
    refine_from: str = ""
    eight_bit: bool = False
    gpus: int = 0
    scene: dict[str, Any] = field(default_factory=dict)


def read(request: TakeRequest, qualities: Collection[str], models: Collection[str]) -> Settings:
    """The settings of `request`, where this machine has `qualities` and base stage `models` ready.

    Raises:
        EngineError: `invalid_request`, with the option as `param`; `quality_unavailable`.
    """
    options = request.options
    refine_from = value(options, "refine_from")
    if refine_from and not _REFERENCE.fullmatch(refine_from):
        raise invalid("refine_from", "is the `latents` entry of a take's sidecar")
    quality = _quality(value(options, "quality"), request, qualities, refining=bool(refine_from))
    if refine_from and quality == "256p":
        raise invalid("refine_from", "needs the quality 540p or 1080p")
    model = value(options, "model")
    if model == "auto":
        model = "distill" if "distill" in models else "base"
    if model not in models:
        message = f"The {model} model is not on this machine."
        raise EngineError("quality_unavailable", message, "models", "extra_params.options.model")
    final_prompt, scene = compose_prompt(request)
    return Settings(
        quality,
        model,
        steps=value(options, "steps") or DEFAULT_STEPS[model],
        refine_steps=value(options, "refine_steps"),
        final_prompt=final_prompt,
        negative_prompt=value(options, "negative_prompt"),
        refine_from=refine_from,
        eight_bit=value(options, "precision") == "8-bit",
        gpus=value(options, "gpus"),
        scene=scene,
    )


def compose_prompt(request: TakeRequest) -> tuple[str, dict[str, Any]]:
    """The options `final_prompt` and `scene` of `request`, which decide how it is worded.

    Raises:
        EngineError: `invalid_request`, with the option as `param`.
    """
    scene = request.options.get("scene", {})
    if not isinstance(scene, dict):
        raise invalid("scene", "is an object")
    return value(request.options, "final_prompt"), scene


def grid_size(quality: str, width: int, height: int) -> tuple[int, int]:
    """Pixels (width, height) that the model works in for a shot of width x height: multiples of 32.

    As many pixels as the published size of that quality, in the shot's shape.
    """
    w, h = QUALITIES[quality]
    scale = math.sqrt(w * h / (width * height))
    return _to_grid(width * scale), _to_grid(height * scale)


def latent_frames(seconds: float) -> int:
    """Latent frames T of a clip: its 4T - 3 frames at 25 a second are the fewest that last `seconds`."""
    frames = max(1, math.ceil(seconds * FPS - Fraction(1, 1000)))
    return -(-(frames - 1) // FRAMES_PER_LATENT) + 1


def audio_frames(seconds: float) -> int:
    """Audio latents A of a clip, 25 a second: as published 25 * seconds + 1, so that T = (A - 1) // 4 + 1."""
    least = FRAMES_PER_LATENT * (latent_frames(seconds) - 1) + 1
    return max(least, math.floor(seconds * FPS + Fraction(1, 1000)) + 1)


def frame_count(latents: int) -> int:
    return FRAMES_PER_LATENT * latents - (FRAMES_PER_LATENT - 1)


def _to_grid(side: float) -> int:
    return max(GRID, round(side / GRID) * GRID)


def _quality(wanted: str, request: TakeRequest, qualities: Collection[str], refining: bool) -> str:
    """A quality by its name or by a word. To refine a take, a word means one of those that refine."""
    here = [name for name in QUALITIES if name in qualities]
    if not here:
        raise EngineError("engine_unavailable", "No quality is ready on this machine.", "models")
    if refining and wanted not in QUALITIES:
        here = [name for name in here if name in REFINERS]
        if not here:
            message = "To refine a take, 540p or 1080p must be ready on this machine."
            raise EngineError("quality_unavailable", message, "models", "extra_params.options.quality")
    if wanted == "fast":
        return here[0]
    if wanted == "best":
        return here[-1]
    if wanted == "standard":  # the one whose number of pixels is nearest to what was asked for
        pixels = math.log(request.width * request.height)
        return min(here, key=lambda name: abs(math.log(math.prod(QUALITIES[name])) - pixels))
    if wanted not in here:
        message = f"{wanted} is not ready on this machine, only {', '.join(here)}."
        raise EngineError("quality_unavailable", message, "models", "extra_params.options.quality")
    return wanted
