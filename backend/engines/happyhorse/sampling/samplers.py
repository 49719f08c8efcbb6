"""From noise to latents: the distilled and the guided loop of the base stage. All noise is given, none is drawn.

Velocities follow x0 = x - sigma * v. The update rules work in fp32 on the latents' device with coefficients
computed on the CPU, so that a step never waits for the device.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

SHIFT = 5.0
SIGMA_MAX = 0.9990000128746033  # 0.999 as a float32
VIDEO_GUIDANCE, VIDEO_GUIDANCE_LATE, AUDIO_GUIDANCE = 5.0, 2.0, 5.0
LATE_TIMESTEP = 500


class Velocity(Protocol):
    """What the samplers ask of a model: a `Transformer`, or recorded velocities in a test.

    `video` [1, 48, T, H, W], `audio` [1, A, 64], `text` [1, L, width] (only the real rows); answers the
    velocities of video and audio in the same shapes, fp32.
    """

    def __call__(self, video: Tensor, audio: Tensor, text: Tensor) -> tuple[Tensor, Tensor]: ...


OnStep = Callable[[int, Tensor], None]
"""Told after each step: the number of steps done and the model's current idea of the clean video latent."""


@dataclass(frozen=True)
class Schedule:
    """`sigmas` has one entry more than `timesteps`: the last is 0. Timesteps only switch the guidance."""

    sigmas: tuple[float, ...]
    timesteps: tuple[int, ...]

    @classmethod
    def shifted(cls, steps: int, shift: float = SHIFT) -> Schedule:
        """`steps` noise levels from nearly 1 down to 0, pushed towards 1 by `shift`."""
        raw = [SIGMA_MAX * (1 - i / steps) for i in range(steps)]
        sigmas = torch.tensor([shift * s / (1 + (shift - 1) * s) for s in raw], dtype=torch.float64).float()
        timesteps = (sigmas * 1000).to(torch.int64)
        return cls((*sigmas.tolist(), 0.0), tuple(timesteps.tolist()))


class UniPC:
    """UniPC of order 2, form "bh2", predicting x0, for flow matching (Zhao et al. 2023, arXiv 2302.04867).

    Call `step` with the model's velocity for each step in turn; it answers the next latent.
    """

    def __init__(self, sigmas: tuple[float, ...]) -> None:
        self.sigmas = sigmas
        self.steps = len(sigmas) - 1
        self.index = 0
        self.clean: list[Tensor] = []  # the x0 predictions of the last two steps
        self.sample: Tensor | None = None  # the corrected latent of the last step
        self.order = 1

    def _log_snr(self, index: int) -> float:
        sigma = self.sigmas[index]
        return math.log((1 - sigma) / sigma) if sigma > 0 else math.inf

    def step(self, latent: Tensor, velocity: Tensor) -> Tensor:
        i, sigma = self.index, self.sigmas[self.index]
        clean = latent - sigma * velocity
        corrected = latent if self.sample is None else self._correct(clean)
        self.order = min(2, self.steps - i, i + 1)
        following = self._predict(corrected, clean)
        self.clean = [*self.clean[-1:], clean]
        self.sample = corrected
        self.index += 1
        return following

    def _correct(self, clean: Tensor) -> Tensor:
        """The latent of this step, improved by what the model now says of it."""
        i, sigmas = self.index, self.sigmas
        assert self.sample is not None
        h = self._log_snr(i) - self._log_snr(i - 1)
        e = math.expm1(-h)
        last = self.clean[-1]
        if self.order == 1:
            change = 0.5 * (clean - last)
        else:
            r = (self._log_snr(i - 2) - self._log_snr(i - 1)) / h
            phi = e / -h - 1
            b1, b2 = phi / e, 2 * (phi / -h - 0.5) / e
            c1 = (b2 - b1) / (r - 1)  # [[1, 1], [r, 1]] c = [b1, b2]
            c2 = b1 - c1
            change = (c1 / r) * (self.clean[-2] - last) + c2 * (clean - last)
        return (sigmas[i] / sigmas[i - 1]) * self.sample - (1 - sigmas[i]) * e * (last + change)

    def _predict(self, sample: Tensor, clean: Tensor) -> Tensor:
        i, sigmas = self.index, self.sigmas
        if sigmas[i + 1] == 0:
            return clean
        h = self._log_snr(i + 1) - self._log_snr(i)
        e = math.expm1(-h)
        target = clean
        if self.order == 2:
            r = (self._log_snr(i - 1) - self._log_snr(i)) / h
            target = clean + (self.clean[-1] - clean) * (0.5 / r)
        return (sigmas[i + 1] / sigmas[i]) * sample - (1 - sigmas[i + 1]) * e * target


def hold_picture(video: Tensor, picture: Tensor | None) -> Tensor:
    """`video` [1, 48, T, H, W] with its first frame overwritten, in place, by `picture` [1, 48, 1, H, W]."""
    if picture is not None:
        video[:, :, :1] = picture
    return video


@torch.inference_mode()
def sample_distilled(
    model: Velocity,
    text: Tensor,
    video: Tensor,
    audio: Tensor,
    step_noise: Iterable[tuple[Tensor, Tensor]],
    *,
    picture: Tensor | None = None,
    steps: int = 8,
    shift: float = SHIFT,
    on_step: OnStep | None = None,
) -> tuple[Tensor, Tensor]:
    """The distilled model's loop: no guidance, fresh noise after every step.

    Args:
        text: features of the prompt [1, L, width], real rows only.
        video, audio: the starting noise, [1, 48, T, H, W] and [1, A, 64], fp32; left unchanged.
        step_noise: a pair (video, audio) of noise for each step but the last, which needs none.
        picture: latent of the still [1, 48, 1, H, W], held at frame 0; None for text to video.

    Returns:
        The clean latents of video and audio.
    """
    sigmas = Schedule.shifted(steps, shift).sigmas
    video, audio = video.clone(), audio.clone()
    noise = iter(step_noise)
    for i in range(steps):
        v_video, v_audio = model(hold_picture(video, picture), audio, text)
        video = clean = video - sigmas[i] * v_video
        audio = audio - sigmas[i] * v_audio
        if i + 1 < steps:  # before anyone waits for the device
            n_video, n_audio = next(noise)
            video = sigmas[i + 1] * n_video + (1 - sigmas[i + 1]) * video
            audio = sigmas[i + 1] * n_audio + (1 - sigmas[i + 1]) * audio
        if on_step is not None:
            on_step(i + 1, clean)
    return hold_picture(video, picture), audio


@torch.inference_mode()
def sample_base(
    model: Velocity,
    text: Tensor,
    negative_text: Tensor,
    video: Tensor,
    audio: Tensor,
    *,
    picture: Tensor | None = None,
    steps: int = 32,
    shift: float = SHIFT,
    video_guidance: float = VIDEO_GUIDANCE,
    audio_guidance: float = AUDIO_GUIDANCE,
    on_step: OnStep | None = None,
) -> tuple[Tensor, Tensor]:
    """The base model's loop: UniPC with guidance away from `negative_text` [1, L', width]; two passes a step.

    Guidance of the video drops to `VIDEO_GUIDANCE_LATE` in the second half of the noise. The other arguments and
    the result are those of `sample_distilled`.
    """
    schedule = Schedule.shifted(steps, shift)
    video_solver, audio_solver = UniPC(schedule.sigmas), UniPC(schedule.sigmas)
    video, audio = video.clone(), audio.clone()
    for i, timestep in enumerate(schedule.timesteps):
        hold_picture(video, picture)
        v_video, v_audio = model(video, audio, text)
        u_video, u_audio = model(video, audio, negative_text)
        strength = video_guidance if timestep > LATE_TIMESTEP else VIDEO_GUIDANCE_LATE
        video = video_solver.step(video, u_video + strength * (v_video - u_video))
        audio = audio_solver.step(audio, u_audio + audio_guidance * (v_audio - u_audio))
        if on_step is not None:
            on_step(i + 1, video_solver.clean[-1])
    return hold_picture(video, picture), audio
