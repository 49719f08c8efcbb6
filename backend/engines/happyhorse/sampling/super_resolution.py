"""From the base stage's latents to larger ones: the refining stage. All noise is given, none is drawn."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from .samplers import SHIFT, OnStep, Schedule, UniPC, Velocity, hold_picture

NOISE_LEVEL = 220  # entry of the table below
AUDIO_NOISE = 0.7
GUIDANCE_EARLY, GUIDANCE, EARLY_FRAMES = 2.0, 3.5, 13


@cache
def alpha_table() -> Tensor:
    """How much of the signal stays at each of 1000 noise levels: scaled-linear betas, moved so that it ends at 0."""
    beta = torch.linspace(0.00085**0.5, 0.0120**0.5, 1000, dtype=torch.float32) ** 2
    alpha = torch.cumprod(1 - beta, dim=0).sqrt()
    first, last = alpha[0].clone(), alpha[-1].clone()
    return (alpha - last) * (first / (first - last))


def start(video: Tensor, size: tuple[int, int], noise: Tensor, level: int = NOISE_LEVEL) -> Tensor:
    """The base latent [1, 48, T, h, w] enlarged to `size` (H, W latent pixels) and lightly noised, fp32.

    `noise` is [1, 48, T, H, W].
    """
    enlarged = torch.nn.functional.interpolate(
        video.float(), size=(video.shape[2], *size), mode="trilinear", align_corners=True
    )
    alpha = float(alpha_table()[level])
    return alpha * enlarged + (1 - alpha * alpha) ** 0.5 * noise


@torch.inference_mode()
def refine(
    model: Velocity,
    text: Tensor,
    video: Tensor,
    audio: Tensor,
    video_noise: Tensor,
    audio_noise: Tensor,
    *,
    picture: Tensor | None = None,
    negative_text: Tensor | None = None,
    steps: int = 5,
    shift: float = SHIFT,
    noise_level: int = NOISE_LEVEL,
    audio_noise_scale: float = AUDIO_NOISE,
    guidance: float = GUIDANCE,
    on_step: OnStep | None = None,
) -> Tensor:
    """Take a base stage's latents on to the size of `video_noise`.

    Args:
        text: features of the prompt [1, L, width], real rows only.
        video, audio: the base stage's result, [1, 48, T, h, w] and [1, A, 64].
        video_noise, audio_noise: noise, [1, 48, T, H, W] and [1, A, 64]; the first one's size is the result's.
        picture: latent of the still encoded at the new size [1, 48, 1, H, W], held at frame 0.
        negative_text: given, `guidance` is used (two passes a step; the published settings use none), but at most
            `GUIDANCE_EARLY` for the first `EARLY_FRAMES` latent frames.

    Returns:
        The refined video latent [1, 48, T, H, W]. The base stage's audio stays the result's audio.
    """
    schedule = Schedule.shifted(steps, shift)
    solver = UniPC(schedule.sigmas)
    latent = start(video, (video_noise.shape[3], video_noise.shape[4]), video_noise, noise_level)
    noisy_audio = audio_noise_scale * audio_noise + (1 - audio_noise_scale) * audio
    strength = torch.full((1, 1, latent.shape[2], 1, 1), guidance, device=latent.device)
    strength[:, :, :EARLY_FRAMES] = min(GUIDANCE_EARLY, guidance)
    for i in range(steps):
        velocity, _ = model(hold_picture(latent, picture), noisy_audio, text)
        if negative_text is not None:
            away, _ = model(latent, noisy_audio, negative_text)
            velocity = away + strength * (velocity - away)
        latent = solver.step(latent, velocity)
        if on_step is not None:
            on_step(i + 1, solver.clean[-1])
    return hold_picture(latent, picture)
