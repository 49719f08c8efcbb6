"""The Wan 2.2 video VAE's encoder for a single picture.

Its convolutions along time look back only, and before the first frame there is nothing: of each only the last slice
counts, and what halves the frames does nothing. So for a still it is a network of plain convolutions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from ..files.checkpoint import CheckpointError, check_names, read_tensors
from .turbo_config import LATENT_MEAN, LATENT_STD
from .video import diffusers_name, original_file

MULTIPLES = (1, 2, 4, 4)  # of the first width, stage by stage
BLOCKS = 2  # residual blocks a stage
HALVES_TIME = (False, True, True)  # of the stages that halve the picture: all but the last
LATENTS = len(LATENT_MEAN)
PATCH = 2


class StillEncoder:
    """Pictures to the latents that are held at frame 0. Its weights are bf16 on a GPU, else fp32."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        """From the VAE's tensors under the original names; those of its decoder are ignored.

        Raises:
            CheckpointError: a tensor is missing or misshapen, or it is another model.
        """
        own = {name: tensor for name, tensor in tensors.items() if name.startswith(("encoder.", "conv1."))}
        try:
            check_names(parameter_shapes(own["encoder.conv1.weight"].shape[0]), _shapes(own))
        except (KeyError, ValueError) as error:
            raise CheckpointError(f"This is not the Wan 2.2 video VAE: {error}") from error
        self._device = torch.device("cpu")
        self._weights = {name: _last_slice(name, tensor).float().clone() for name, tensor in own.items() if _used(name)}

    @classmethod
    def load(cls, path: Path) -> StillEncoder:
        """From the original Wan2.2_VAE.pth or .safetensors, the folder with it, or diffusers' folder of the VAE.

        Raises:
            CheckpointError: see above.
        """
        file = original_file(path)
        if file is not None:
            return cls(read_tensors(file))
        found: dict[str, Tensor] = {}
        for part in sorted(path.glob("*.safetensors")):
            found |= read_tensors(part)
        first = found.get("encoder.conv_in.weight")
        if first is None:
            raise CheckpointError(f"{path} holds no weights of the Wan 2.2 video VAE.")
        names = {diffusers_name(name): name for name in parameter_shapes(first.shape[0])}
        return cls({names.get(name, name): tensor for name, tensor in found.items() if not name.startswith("decoder.")})

    @property
    def bytes(self) -> int:
        """What its weights take on a GPU."""
        return sum(2 * weight.numel() for weight in self._weights.values())

    def to(self, device: torch.device) -> None:
        dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        self._weights = {name: weight.to(device, dtype) for name, weight in self._weights.items()}
        self._device = device

    @torch.inference_mode()
    def encode(self, picture: Tensor) -> Tensor:
        """`picture` [1, 3, H, W], -1..1, to its normalised latent [1, 48, 1, H/16, W/16], fp32."""
        first = self._weights["encoder.conv1.weight"]
        x = _patches(picture.to(self._device, first.dtype))
        x = self._conv(x, "encoder.conv1")
        for stage in range(len(MULTIPLES)):
            x = self._stage(x, stage)
        x = self._residual(x, "encoder.middle.0")
        x = self._attention(x, "encoder.middle.1")
        x = self._residual(x, "encoder.middle.2")
        x = self._conv(functional.silu(self._norm(x, "encoder.head.0.gamma")), "encoder.head.2")
        latent = self._conv(x, "conv1").float()[:, :LATENTS]  # the mean; the rest is the spread
        mean, std = (
            torch.tensor(values, device=latent.device).view(1, -1, 1, 1) for values in (LATENT_MEAN, LATENT_STD)
        )
        return ((latent - mean) / std)[:, :, None]

    def _stage(self, x: Tensor, stage: int) -> Tensor:
        name, straight = f"encoder.downsamples.{stage}.downsamples", x
        for block in range(BLOCKS):
            x = self._residual(x, f"{name}.{block}")
        halved = stage < len(HALVES_TIME)
        if halved:
            weight, bias = (self._weights[f"{name}.{BLOCKS}.resample.1.{kind}"] for kind in ("weight", "bias"))
            x = functional.conv2d(functional.pad(x, (0, 1, 0, 1)), weight, bias, stride=2)
        return x + _averaged(straight, x.shape[1], 2 if halved else 1, halved and HALVES_TIME[stage])

    def _residual(self, x: Tensor, name: str) -> Tensor:
        straight = self._conv(x, f"{name}.shortcut") if f"{name}.shortcut.weight" in self._weights else x
        x = self._conv(functional.silu(self._norm(x, f"{name}.residual.0.gamma")), f"{name}.residual.2")
        x = self._conv(functional.silu(self._norm(x, f"{name}.residual.3.gamma")), f"{name}.residual.6")
        return x + straight

    def _attention(self, x: Tensor, name: str) -> Tensor:
        _, channels, height, width = x.shape
        qkv = self._conv(self._norm(x, f"{name}.norm.gamma"), f"{name}.to_qkv")
        q, k, v = qkv.flatten(2).transpose(1, 2)[:, None].contiguous().chunk(3, dim=3)
        seen = functional.scaled_dot_product_attention(q, k, v)[0]
        return x + self._conv(seen.transpose(1, 2).reshape(1, channels, height, width), f"{name}.proj")

    def _norm(self, x: Tensor, name: str) -> Tensor:
        """Over the root mean square along the channels."""
        gamma = self._weights[name].view(-1, 1, 1)
        return functional.normalize(x.float(), dim=1).to(x.dtype) * x.shape[1] ** 0.5 * gamma

    def _conv(self, x: Tensor, name: str) -> Tensor:
        weight = self._weights[f"{name}.weight"]
        return functional.conv2d(x, weight, self._weights[f"{name}.bias"], padding=weight.shape[2] // 2)


def parameter_shapes(width: int) -> dict[str, tuple[int, ...]]:
    """Every tensor of the encoder under its original name, where the first layer is `width` wide."""
    shapes: dict[str, tuple[int, ...]] = {}

    def conv(name: str, out: int, inside: int, *kernel: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (out, inside, *kernel), (out,)

    def residual(name: str, out: int, inside: int) -> None:
        shapes[f"{name}.residual.0.gamma"], shapes[f"{name}.residual.3.gamma"] = (inside, 1, 1, 1), (out, 1, 1, 1)
        conv(f"{name}.residual.2", out, inside, 3, 3, 3)
        conv(f"{name}.residual.6", out, out, 3, 3, 3)
        if out != inside:
            conv(f"{name}.shortcut", out, inside, 1, 1, 1)

    conv("conv1", 2 * LATENTS, 2 * LATENTS, 1, 1, 1)
    conv("encoder.conv1", width, 3 * PATCH**2, 3, 3, 3)
    inside = width
    for stage, multiple in enumerate(MULTIPLES):
        out = width * multiple
        for block in range(BLOCKS):
            residual(f"encoder.downsamples.{stage}.downsamples.{block}", out, out if block else inside)
        name, inside = f"encoder.downsamples.{stage}.downsamples.{BLOCKS}", out
        if stage < len(HALVES_TIME):
            conv(f"{name}.resample.1", out, out, 3, 3)
            if HALVES_TIME[stage]:
                conv(f"{name}.time_conv", out, out, 3, 1, 1)
    residual("encoder.middle.0", inside, inside)
    shapes["encoder.middle.1.norm.gamma"] = (inside, 1, 1)
    conv("encoder.middle.1.to_qkv", 3 * inside, inside, 1, 1)
    conv("encoder.middle.1.proj", inside, inside, 1, 1)
    residual("encoder.middle.2", inside, inside)
    shapes["encoder.head.0.gamma"] = (inside, 1, 1, 1)
    conv("encoder.head.2", 2 * LATENTS, inside, 3, 3, 3)
    return shapes


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _used(name: str) -> bool:
    return ".time_conv." not in name


def _last_slice(name: str, tensor: Tensor) -> Tensor:
    return tensor[:, :, -1] if name.endswith(".weight") and tensor.ndim == 5 else tensor


def _patches(picture: Tensor) -> Tensor:
    """[1, C, H, W] -> [1, 4C, H/2, W/2]: channel c * 4 + dx * 2 + dy is colour c of pixel (dy, dx)."""
    _, channels, height, width = picture.shape
    x = picture.view(1, channels, height // PATCH, PATCH, width // PATCH, PATCH)
    return x.permute(0, 1, 5, 3, 2, 4).reshape(1, channels * PATCH**2, height // PATCH, width // PATCH)


def _averaged(x: Tensor, channels: int, factor: int, halves_time: bool) -> Tensor:
    """[1, C, H, W] to `channels` of a picture `factor` times smaller, by means of channels and pixels.

    Where time is halved the frame before, which there is none of, counts as zeros.
    """
    _, own, height, width = x.shape
    x = x.view(own, 1, height // factor, factor, width // factor, factor).permute(0, 1, 3, 5, 2, 4)
    if halves_time:
        x = torch.cat([torch.zeros_like(x), x], dim=1)
    return x.reshape(1, channels, -1, height // factor, width // factor).mean(dim=2)
