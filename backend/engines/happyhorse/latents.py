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
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from ...home import home
from ..engine import EngineError

KEPT_BYTES = 4 << 30  # about a thousand takes of five seconds; the oldest go first


@dataclass(frozen=True)
class Latents:
    """`video` [1, 48, T, H, W] and `audio` [1, A, 64], fp32 on the CPU, and the recipe they were made by."""

    video: Tensor
    audio: Tensor
    recipe: dict[str, Any]

    @property
    def reference(self) -> str:
        return reference(self.recipe)


def folder() -> Path:
    return home() / "cache" / "latents"


def reference(recipe: Mapping[str, Any]) -> str:
    """The name of the latents that `recipe` (JSON values) makes."""
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def save(latents: Latents) -> None:
    """Keeps them, and lets the oldest go where there are too many.

    Raises:
        OSError: nothing is left behind then.
    """
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{latents.reference}.safetensors"
    aside = path.with_suffix(".part")
    tensors = {"video": latents.video.contiguous(), "audio": latents.audio.contiguous()}
    try:
        save_file(tensors, aside, {"recipe": json.dumps(latents.recipe)})
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _keep_newest()


def find(name: str) -> Latents | None:
    """The latents called `name`, None where there are none. Their use keeps them from being the oldest."""
    path = {path.stem: path for path in folder().glob("*.safetensors")}.get(name)
    if path is None:
        return None
    with safe_open(path, framework="pt") as file:
        recipe = json.loads(file.metadata()["recipe"])
        latents = Latents(file.get_tensor("video"), file.get_tensor("audio"), recipe)
    path.touch()
    return latents


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


def _keep_newest() -> None:
    files = sorted(folder().glob("*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > KEPT_BYTES:
            path.unlink(missing_ok=True)
