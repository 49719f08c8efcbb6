"""The base stage's latents, kept so that a take can be taken on to a larger size without that stage.

They are kept by recipe: a hash of all that decided them (model, prompt, still, seed, steps, size, length). A
request that would make the same ones again finds them by itself: to refine a take, ask for it again with a
higher quality. The hash also stands in the take's sidecar, and may be given as the option `refine_from`. It
is a name to be compared with those that are there, never a path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ...engine import EngineError
from ..cache import Cache

CACHE = Cache("latents", 4 << 30)  # about a thousand takes of five seconds


@dataclass(frozen=True)
class Latents:
    """`video` [1, 48, T, H, W] and `audio` [1, A, 64], fp32 on the CPU, and the recipe they were made by."""

    video: Tensor
    audio: Tensor
    recipe: dict[str, Any]

    @property
    def reference(self) -> str:
        return reference(self.recipe)


def reference(recipe: Mapping[str, Any]) -> str:
    """The name of the latents that `recipe` (JSON values) makes."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def save(latents: Latents) -> None:
    """Keeps them.

    Raises:
        OSError: nothing is left behind then.
    """
    tensors = {"video": latents.video, "audio": latents.audio}
    CACHE.write(latents.reference, tensors, {"recipe": json.dumps(latents.recipe)})


def find(name: str) -> Latents | None:
    """The latents called `name`, None where there are none."""
    kept = CACHE.read(name)
    if kept is None:
        return None
    return Latents(kept.tensors["video"], kept.tensors["audio"], json.loads(kept.texts["recipe"]))


def wanted(name: str, recipe: Mapping[str, Any]) -> Latents:
    """The latents that a request names, checked against what else it asks for.

    Raises:
        EngineError: `latents_gone`, or `invalid_request` where length or shape are another take's.
    """
    latents = find(name)
    if latents is None:
        message = "The saved latents of this take are gone. Animate it again with the higher quality."
        raise EngineError("latents_gone", message, "retry", "extra_params.options.refine_from")
    for key, what in (("latent_frames", "length"), ("grid", "shape")):
        if latents.recipe[key] != recipe[key]:
            message = f"The take to refine has another {what}. Ask for the same {what}, or animate it anew."
            raise EngineError("invalid_request", message, param="extra_params.options.refine_from")
    return latents


def on(latents: Latents, device: torch.device) -> tuple[Tensor, Tensor]:
    """Video and audio on `device`."""
    return latents.video.to(device), latents.audio.to(device)
