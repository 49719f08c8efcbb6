"""The sound's decoder (Stable Audio Open's Oobleck VAE), and its resampling to 44.1 kHz.

The VAE was made for 44.1 kHz. The transformer uses it at 51.2 kHz, so that one second is exactly 25 latents.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from ....weights.files import read_json
from ..files.checkpoint import CheckpointError, read_tensors

RATE = 44100
RATE_RATIO = (441, 512)  # 44100 / 51200
PREFIX = "pretransform.model."
DILATIONS = (1, 3, 9)  # of a block's three residual units

_UNIT = {"0": "snake1", "1": "conv1", "2": "snake2", "3": "conv2"}
_BLOCK = {"0": "snake1", "1": "conv_t1", "2": "res_unit1", "3": "res_unit2", "4": "res_unit3"}


def diffusers_name(name: str, blocks: int) -> str:
    """The name in diffusers of a tensor of the original file's decoder, which has `blocks` blocks."""
    match = re.fullmatch(r"decoder\.layers\.(\d+)\.(.+)", name)
    if not match:
        return name
    index, tail = int(match[1]), match[2]
    if index == 0 or index > blocks:
        return f"decoder.{ {0: 'conv1', blocks + 1: 'snake1', blocks + 2: 'conv2'}[index] }.{tail}"
    parts = tail.split(".")
    inside = _BLOCK[parts[1]]
    rest = [_UNIT[parts[3]], *parts[4:]] if inside.startswith("res_unit") else parts[2:]
    return ".".join(["decoder", "block", str(index - 1), inside, *rest])


def parameter_names(blocks: int) -> list[str]:
    """Every tensor of a decoder of `blocks` blocks by its original name."""

    def snake(name: str) -> list[str]:
        return [f"{name}.alpha", f"{name}.beta"]

    def conv(name: str) -> list[str]:
        return [f"{name}.{kind}" for kind in ("weight_g", "weight_v", "bias")]

    names = conv("decoder.layers.0")
    for block in range(1, blocks + 1):
        inside = f"decoder.layers.{block}.layers"
        names += [*snake(f"{inside}.0"), *conv(f"{inside}.1")]
        for unit in range(2, 2 + len(DILATIONS)):
            own = f"{inside}.{unit}.layers"
            names += [*snake(f"{own}.0"), *conv(f"{own}.1"), *snake(f"{own}.2"), *conv(f"{own}.3")]
    return [*names, *snake(f"decoder.layers.{blocks + 1}"), *conv(f"decoder.layers.{blocks + 2}")[:2]]


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
    """Audio latents to stereo sound at 44.1 kHz, in fp32."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        """From the VAE's tensors under the original names, with or without the published file's prefix.

        Those of its encoder are ignored.

        Raises:
            CheckpointError: a tensor is missing or misshapen, or it is another model.
        """
        own = {name.removeprefix(PREFIX): tensor for name, tensor in tensors.items()}
        own = {name: tensor for name, tensor in own.items() if name.startswith("decoder.layers.")}
        indices = [int(name.split(".")[2]) for name in own]
        self._blocks = max(indices, default=0) - 2
        missing = [name for name in parameter_names(self._blocks) if name not in own] if self._blocks > 0 else ["all"]
        if missing:
            raise CheckpointError(f"This is not Stable Audio Open's VAE: it lacks {missing[0]}.")
        try:
            self._weights = _folded(own)
        except RuntimeError as error:
            raise CheckpointError(f"This is not Stable Audio Open's VAE: {error}") from error
        self._device = torch.device("cpu")

    @classmethod
    def load(cls, path: Path, device: torch.device | str = "cpu") -> AudioDecoder:
        """From Stable Audio Open's model.safetensors or the folder with it, or from diffusers' folder.

        Raises:
            CheckpointError: see above.
        """
        decoder = cls(_read(path))
        decoder.to(torch.device(device))
        return decoder

    @property
    def bytes(self) -> int:
        """What its weights take."""
        return sum(weight.nbytes for weight in self._weights.values())

    def to(self, device: torch.device) -> None:
        self._weights = {name: weight.to(device) for name, weight in self._weights.items()}
        self._device = device

    @torch.inference_mode()
    def decode(self, audio: Tensor) -> Tensor:
        """Latents [1, A, 64] -> fp32 [2, 1764 A] on the CPU, about -1..1 but not clamped; 44.1 kHz."""
        sound = self.waveform(audio)[0]
        ratio, base = RATE_RATIO
        return resample(sound, sound.shape[-1] * ratio // base).cpu()

    @torch.inference_mode()
    def waveform(self, audio: Tensor) -> Tensor:
        """Latents [1, A, 64] -> fp32 [1, 2, 2048 A] as the VAE gives it, to be played at 51.2 kHz."""
        x = self._conv(audio.to(self._device, torch.float32).transpose(1, 2), "decoder.layers.0")
        for block in range(1, self._blocks + 1):
            x = self._block(x, f"decoder.layers.{block}.layers")
        x = self._snake(x, f"decoder.layers.{self._blocks + 1}")
        return self._conv(x, f"decoder.layers.{self._blocks + 2}")

    def _block(self, x: Tensor, name: str) -> Tensor:
        weight, bias = (self._weights[f"{name}.1.{kind}"] for kind in ("weight", "bias"))
        stride = weight.shape[2] // 2
        x = functional.conv_transpose1d(self._snake(x, f"{name}.0"), weight, bias, stride, math.ceil(stride / 2))
        for unit, dilation in enumerate(DILATIONS, start=2):
            own = f"{name}.{unit}.layers"
            inside = self._conv(self._snake(x, f"{own}.0"), f"{own}.1", dilation)
            x = x + self._conv(self._snake(inside, f"{own}.2"), f"{own}.3")
        return x

    def _conv(self, x: Tensor, name: str, dilation: int = 1) -> Tensor:
        weight = self._weights[f"{name}.weight"]
        padding = weight.shape[2] // 2 * dilation
        return functional.conv1d(x, weight, self._weights.get(f"{name}.bias"), padding=padding, dilation=dilation)

    def _snake(self, x: Tensor, name: str) -> Tensor:
        alpha, beta = (self._weights[f"{name}.{kind}"].exp().view(-1, 1) for kind in ("alpha", "beta"))
        return x + (beta + 1e-9).reciprocal() * torch.sin(alpha * x).pow(2)


def _folded(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Each convolution's weight in one piece: its direction over its length, times the length it is to have."""
    result = {}
    for name, tensor in tensors.items():
        if name.endswith(".weight_v"):
            length = tensors[name.removesuffix("v") + "g"].float()
            result[name.removesuffix("_v")] = torch._weight_norm(tensor.float(), length, 0)
        elif not name.endswith(".weight_g"):
            result[name] = tensor.float().clone()
    return result


def _read(path: Path) -> dict[str, Tensor]:
    """The VAE's tensors under their original names."""
    file = path / "model.safetensors" if path.is_dir() else path
    if file.is_file():
        return read_tensors(file)
    for folder in (path, path / "vae"):
        if (read_json(folder / "config.json") or {}).get("_class_name") != "AutoencoderOobleck":
            continue
        found: dict[str, Tensor] = {}
        for part in sorted(folder.glob("*.safetensors")):
            found |= read_tensors(part)
        blocks = len([name for name in found if re.fullmatch(r"decoder\.block\.\d+\.snake1\.alpha", name)])
        names = {diffusers_name(name, blocks): name for name in parameter_names(blocks)}
        return {names[name]: _flat(names[name], tensor) for name, tensor in found.items() if name in names}
    raise CheckpointError(f"{path} holds neither model.safetensors nor a diffusers folder of the audio VAE.")


def _flat(name: str, tensor: Tensor) -> Tensor:
    """diffusers has [1, C, 1] where the original has [C]."""
    return tensor.flatten() if name.endswith((".alpha", ".beta")) else tensor
