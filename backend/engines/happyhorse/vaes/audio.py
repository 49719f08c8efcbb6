"""The sound's decoder (Stable Audio Open's Oobleck VAE) through diffusers, and its resampling to 44.1 kHz.

The VAE was made for 44.1 kHz. The transformer uses it at 51.2 kHz, so that one second is exactly 25 latents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import AutoencoderOobleck
from torch import Tensor

from ....weights.files import read_json
from ..files.checkpoint import CheckpointError, let_go_of_file, read_tensors

RATE = 44100
LATENT_SAMPLES = 2048  # decoded samples a latent, at 51.2 kHz
RATE_RATIO = (441, 512)  # 44100 / 51200
PREFIX = "pretransform.model."

_UNIT = {"0": "snake1", "1": "conv1", "2": "snake2", "3": "conv2"}
_ENCODER_BLOCK = {"0": "res_unit1", "1": "res_unit2", "2": "res_unit3", "3": "snake1", "4": "conv1"}
_DECODER_BLOCK = {"0": "snake1", "1": "conv_t1", "2": "res_unit1", "3": "res_unit2", "4": "res_unit3"}


def diffusers_name(name: str, blocks: int) -> str:
    """The name in diffusers of a tensor of the original file, which has `blocks` blocks on each side."""
    match = re.fullmatch(r"(encoder|decoder)\.layers\.(\d+)\.(.+)", name)
    if not match:
        return name
    side, index, tail = match[1], int(match[2]), match[3]
    if index == 0 or index > blocks:
        return f"{side}.{ {0: 'conv1', blocks + 1: 'snake1', blocks + 2: 'conv2'}[index] }.{tail}"
    parts = tail.split(".")
    inside = (_ENCODER_BLOCK if side == "encoder" else _DECODER_BLOCK)[parts[1]]
    rest = [_UNIT[parts[3]], *parts[4:]] if inside.startswith("res_unit") else parts[2:]
    return ".".join([side, "block", str(index - 1), inside, *rest])


def audio_vae_from(tensors: Mapping[str, Tensor], device: torch.device | str = "cpu") -> AutoencoderOobleck:
    """The VAE, in fp32, from tensors under the original names, with or without the published file's prefix.

    Raises:
        CheckpointError: a tensor is missing, not known or misshapen, or it is another model.
    """
    if any(name.startswith(PREFIX) for name in tensors):
        tensors = {name.removeprefix(PREFIX): tensor for name, tensor in tensors.items() if name.startswith(PREFIX)}
    try:
        blocks = max(int(name.split(".")[2]) for name in tensors if name.startswith("encoder.layers.")) - 2
        channels = tensors["decoder.layers.1.layers.0.alpha"].shape[0]
        with torch.device("meta"):  # drawing numbers for what is read anyway takes seconds
            vae = AutoencoderOobleck(**_config(tensors, blocks, channels))
        named = {diffusers_name(name, blocks): tensor for name, tensor in tensors.items()}
        named = {
            name: tensor[None, :, None] if name.endswith((".alpha", ".beta")) else tensor
            for name, tensor in named.items()
        }
        _widen_encoder(vae, named)
        vae.load_state_dict(named, assign=True)
    except (KeyError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"This is not Stable Audio Open's VAE: {error}") from error
    return vae.to(device, torch.float32).eval()


def _config(tensors: Mapping[str, Tensor], blocks: int, widest: int) -> dict[str, object]:
    """diffusers' settings, read off the shapes: strides are half the kernels of the down-sampling convolutions."""
    strides = [tensors[f"encoder.layers.{i}.layers.4.weight_v"].shape[2] // 2 for i in range(1, blocks + 1)]
    first = tensors["encoder.layers.0.weight_v"].shape[0]
    last = tensors[f"decoder.layers.{blocks + 1}.alpha"].shape[0]
    multiples = [tensors[f"encoder.layers.{i}.layers.4.weight_v"].shape[0] // first for i in range(1, blocks + 1)]
    return {
        "encoder_hidden_size": first,
        "downsampling_ratios": strides,
        "channel_multiples": multiples,
        "decoder_channels": last,
        "decoder_input_channels": tensors["decoder.layers.0.weight_v"].shape[1],
        "audio_channels": tensors["encoder.layers.0.weight_v"].shape[1],
        "sampling_rate": RATE,
    }


def _widen_encoder(vae: AutoencoderOobleck, tensors: Mapping[str, Tensor]) -> None:
    """diffusers takes the encoder's answer to be as wide as its first layer, right only at the published size."""
    shape = tensors["encoder.conv2.weight_v"].shape
    if vae.encoder.conv2.weight_v.shape != shape:
        conv = torch.nn.Conv1d(shape[1], shape[0], kernel_size=shape[2], padding=shape[2] // 2)
        vae.encoder.conv2 = torch.nn.utils.weight_norm(conv)


def resample(sound: Tensor, count: int) -> Tensor:
    """`sound` [..., samples] with `count` samples instead, by its Fourier series (as `scipy.signal.resample`)."""
    samples = sound.shape[-1]
    spectrum = torch.fft.rfft(sound)
    kept = min(samples, count)
    result = torch.zeros(*sound.shape[:-1], count // 2 + 1, dtype=spectrum.dtype, device=sound.device)
    result[..., : kept // 2 + 1] = spectrum[..., : kept // 2 + 1]
    if kept % 2 == 0 and count != samples:  # the highest frequency is shared by both signs
        result[..., kept // 2] *= 2 if count < samples else 0.5
    return torch.fft.irfft(result, n=count) * (count / samples)


class AudioDecoder:
    """Audio latents to stereo sound at 44.1 kHz."""

    def __init__(self, vae: AutoencoderOobleck) -> None:
        """Takes the encoder out of `vae`, and makes its norms part of its weights."""
        vae.encoder = torch.nn.Identity()
        for module in vae.modules():
            if hasattr(module, "weight_g"):  # else each product's weights are kept beside what they are made of
                torch.nn.utils.remove_weight_norm(module)
        let_go_of_file(vae)
        self.vae = vae

    @classmethod
    def load(cls, path: Path, device: torch.device | str = "cpu") -> AudioDecoder:
        """From Stable Audio Open's model.safetensors or the folder with it, or from diffusers' folder.

        Raises:
            CheckpointError: see `audio_vae_from`.
        """
        file = path / "model.safetensors" if path.is_dir() else path
        if file.is_file():
            return cls(audio_vae_from(read_tensors(file), device))
        for folder in (path, path / "vae"):
            if (read_json(folder / "config.json") or {}).get("_class_name") == "AutoencoderOobleck":
                return cls(AutoencoderOobleck.from_pretrained(folder, torch_dtype=torch.float32).to(device).eval())
        raise CheckpointError(f"{path} holds neither model.safetensors nor a diffusers folder of the audio VAE.")

    @property
    def bytes(self) -> int:
        """What its weights take."""
        return sum(weight.nbytes for weight in self.vae.parameters())

    def to(self, device: torch.device) -> None:
        torch.nn.Module.to(self.vae, device)  # diffusers' own warns of what it is not asked for

    @torch.inference_mode()
    def decode(self, audio: Tensor) -> Tensor:
        """Latents [1, A, 64] -> fp32 [2, 1764 A] on the CPU, about -1..1 but not clamped; 44.1 kHz."""
        sound = self.waveform(audio)[0]
        ratio, base = RATE_RATIO
        return resample(sound, sound.shape[-1] * ratio // base).cpu()

    @torch.inference_mode()
    def waveform(self, audio: Tensor) -> Tensor:
        """Latents [1, A, 64] -> fp32 [1, 2, 2048 A] as the VAE gives it, to be played at 51.2 kHz."""
        return self.vae.decode(audio.to(self.vae.device, torch.float32).transpose(1, 2)).sample
