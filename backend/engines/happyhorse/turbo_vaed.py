"""TurboVAED, the fast decoder of Wan 2.2's video latents (Zou et al. 2025, arXiv 2508.09136), in overlapping windows.

Not causal: each window of latent frames is decoded with one neighbour to each side, whose output is cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from . import turbo_vaed_ops
from .turbo_vaed_ops import of_small_pixels

# fmt: off
# Mean and standard deviation of each of Wan 2.2's 48 latent channels: decoders take z * std + mean.
LATENT_MEAN = (
    -0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891, 0.1570,
    -0.0098, 0.0375, -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502, -0.2055, -0.0322,
    0.1109, 0.1567, -0.0729, 0.0899, -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723, -0.2839, -0.2083, -0.0520,
    0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573, -0.0548, -0.1681, -0.0667,
)
LATENT_STD = (
    0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901, 0.6885, 0.6165,
    0.8454, 0.4978, 0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659, 0.7069, 0.5338, 0.4889, 0.4917,
    0.4069, 0.4999, 0.6866, 0.4093, 0.5709, 0.6065, 0.6415, 0.4944, 0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600,
    0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744,
)
# fmt: on
FRAMES_PER_LATENT = 4
EPS, SHORTCUT_EPS = 1e-8, 1e-6
PART_ELEMENTS = 1 << 29  # of one convolution's answer: cuDNN counts in 32 bits


@dataclass(frozen=True)
class TurboConfig:
    """In decoding order (the published file has the reverse). `scales` and `spatial_only` are one for each up block."""

    widths: tuple[int, ...] = (512, 256, 128, 64)
    layers: tuple[int, ...] = (3, 3, 2, 2, 2)  # the middle block's, then the up blocks'
    scales: tuple[bool, ...] = (True, True, True, False)
    spatial_only: tuple[bool, ...] = (False, False, True, False)
    latent_channels: int = 48
    channels: int = 3
    patch: int = 2
    first_window: int = 7
    window: int = 7

    @classmethod
    def from_published(cls, settings: Mapping[str, Any]) -> TurboConfig:
        """From the JSON file beside the published weights.

        Raises:
            ValueError: for a setting that is not supported.
        """
        if any(settings.get("decoder_is_dw_conv", ())) or settings.get("decoder_causal"):
            raise ValueError("TurboVAED with depth-wise or causal convolutions is not supported")
        if settings.get("patch_size_t", 1) != 1 or not settings.get("use_unpatchify", True):
            raise ValueError("TurboVAED is supported with patches of one frame, unpatchified, only")
        return cls(
            widths=tuple(reversed(settings["decoder_block_out_channels"])),
            layers=tuple(reversed(settings["decoder_layers_per_block"])),
            scales=tuple(reversed(settings["decoder_spatio_temporal_scaling"])),
            spatial_only=tuple(reversed(settings["decoder_spatio_only"])),
            latent_channels=settings["latent_channels"],
            channels=settings["out_channels"],
            patch=settings["patch_size"],
            first_window=settings["first_chunk_size"],
            window=settings["step_size"],
        )


def windows(frames: int, first: int, step: int) -> list[tuple[int, int, int, int]]:
    """(start, end, cut before, cut after) of each window in latent frames, for `frames` = first + n * step."""
    result = []
    for start in [0, *range(first, frames, step)]:
        end = first if start == 0 else start + step
        before, after = int(start > 0), int(end < frames)
        result.append((start - before, end + after, before, after))
    return result


class TurboDecoder:
    """Decodes latents [1, 48, T, H, W] to 4T - 3 frames of 16H x 16W pixels.

    Args:
        dtype: bf16 by default on a CUDA device, else fp32.
    """

    def __init__(
        self, config: TurboConfig | None = None, device: torch.device | str = "cpu", dtype: torch.dtype | None = None
    ) -> None:
        self.config = config or TurboConfig()
        self.device = torch.device(device)
        self.dtype = dtype or (torch.bfloat16 if self.device.type == "cuda" else torch.float32)
        self.weights: dict[str, Tensor] = {}
        self.ops = _ops(self.device)
        self.mean = torch.tensor(LATENT_MEAN, device=self.device).view(1, -1, 1, 1, 1)
        self.std = torch.tensor(LATENT_STD, device=self.device).view(1, -1, 1, 1, 1)

    @classmethod
    def from_folder(
        cls, folder: Path, device: torch.device | str = "cpu", dtype: torch.dtype | None = None
    ) -> TurboDecoder:
        """From a folder with the published JSON and one checkpoint (.ckpt, .pth or .safetensors).

        Raises:
            FileNotFoundError, ValueError: a file is missing, or holds something else.
        """
        from .checkpoints import read_tensors

        settings = sorted(folder.glob("*.json"))
        files = sorted(path for path in folder.iterdir() if path.suffix in (".ckpt", ".pth", ".safetensors"))
        if not settings or not files:
            raise FileNotFoundError(
                f"{folder} should hold TurboVAED's settings (.json) and weights (.ckpt or .safetensors)"
            )
        decoder = cls(TurboConfig.from_published(json.loads(settings[0].read_text())), device, dtype)
        decoder.load_state_dict(read_tensors(files[0]))
        return decoder

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every tensor of the decoder by its published name."""
        config, shapes = self.config, {}

        def conv(name: str, out: int, inside: int, *kernel: int) -> None:
            shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (out, inside, *kernel), (out,)

        def residual(name: str, out: int, inside: int) -> None:
            conv(f"{name}.conv1.conv", out, inside, 3, 3, 3)
            conv(f"{name}.conv2.conv", out, out, 3, 3, 3)
            if out != inside:
                conv(f"{name}.conv_shortcut.conv", out, inside, 1, 1, 1)

        width = config.widths[0]
        conv("decoder.conv_in.conv", width, config.latent_channels, 3, 3, 3)
        for i in range(config.layers[0]):
            residual(f"decoder.mid_block.resnets.{i}", width, width)
        for block, out in enumerate(config.widths):
            name = f"decoder.up_blocks.{block}"
            if out != width:
                residual(f"{name}.conv_in", out, width)
            width = out
            if config.scales[block]:
                conv(f"{name}.upsamplers.0.resample.1", width, width, 3, 3)
                if not config.spatial_only[block]:
                    conv(f"{name}.upsamplers.0.time_conv.conv", 2 * width, width, 3, 1, 1)
            for i in range(config.layers[block + 1]):
                residual(f"{name}.resnets.{i}", width, width)
        conv("decoder.conv_out.conv", config.channels * config.patch**2, width, 3, 3, 3)
        return shapes

    def load_state_dict(self, tensors: Mapping[str, Any]) -> None:
        """Take the weights from tensors under the published names; tensors of training-only heads are ignored.

        `tensors` may be a whole checkpoint: `ema_state_dict` is found, the prefix `module.` taken off.

        Raises:
            ValueError: names what is missing or of another shape.
        """
        from .transformer import check_names

        tensors = tensors.get("ema_state_dict", tensors)
        named = {name.removeprefix("module."): tensor for name, tensor in tensors.items()}
        expected = self.parameter_shapes()
        named = {
            name: tensor
            for name, tensor in named.items()
            if name in expected or (name.startswith("decoder.") and not _training_only(name))
        }
        check_names(expected, {name: tuple(tensor.shape) for name, tensor in named.items()})
        layouts = {4: torch.channels_last, 5: torch.channels_last_3d}
        for name, tensor in named.items():
            if tensor.ndim == 4:
                tensor = of_small_pixels(tensor.to(self.device, torch.float32))
            tensor = tensor.to(self.device, self.dtype)
            self.weights[name] = tensor.contiguous(memory_format=layouts.get(tensor.ndim, torch.contiguous_format))

    def decode(self, latent: Tensor) -> Tensor:
        """[1, 48, T, H, W] -> [1, 3, 4T - 3, 16H, 16W] fp32, about -1..1 but not clamped."""
        return torch.cat([part.float() for part in self.decode_windows(latent)], dim=2)

    def decode_frames(self, latent: Tensor) -> Iterator[Tensor]:
        """The frames as uint8 [frames, height, width, 3] on the CPU, window by window.

        The next window is already at work on the device while one is being used.
        """
        waiting: tuple[Tensor, torch.cuda.Event | None] | None = None
        for part in self.decode_windows(latent):
            frames = ((part[0].float() / 2 + 0.5).clamp_(0, 1) * 255).to(torch.uint8).permute(1, 2, 3, 0)
            done = None
            if frames.is_cuda:
                target = torch.empty(frames.shape, dtype=torch.uint8, pin_memory=True)
                frames = target.copy_(frames, non_blocking=True)
                done = torch.cuda.Event()
                done.record()
            if waiting is not None:
                yield _arrived(*waiting)
            waiting = (frames, done)
        if waiting is not None:
            yield _arrived(*waiting)

    @torch.inference_mode()
    def decode_windows(self, latent: Tensor) -> Iterator[Tensor]:
        """The same as `decode`, in parts along time, in the decoder's dtype."""
        config = self.config
        z = (latent.to(self.device, torch.float32) * self.std + self.mean).to(self.dtype)
        frames = z.shape[2]
        steps = max(0, -(-(frames - config.first_window) // config.window))
        padded = config.first_window + steps * config.window
        z = torch.cat([z, z[:, :, -1:].expand(-1, -1, padded - frames, -1, -1)], dim=2)
        left = FRAMES_PER_LATENT * frames - (FRAMES_PER_LATENT - 1)
        for start, end, before, after in windows(padded, config.first_window, config.window):
            part = self.decode_once(z[:, :, start:end], first=start == 0)
            part = part[:, :, FRAMES_PER_LATENT * before : part.shape[2] - FRAMES_PER_LATENT * after]
            part = part[:, :, :left]
            left -= part.shape[2]
            if part.shape[2]:
                yield part

    @torch.inference_mode()
    def decode_once(self, z: Tensor, first: bool) -> Tensor:
        """One call of the network on denormalised latents: 4T frames, three fewer in the `first` window.

        What is at work is a list of parts along time, as a whole window can be too large for one convolution.
        """
        config = self.config
        z = z.to(self.dtype).contiguous(memory_format=torch.channels_last_3d)
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, allow_tf32=False):
            parts = self._conv([z], "decoder.conv_in.conv")
            for i in range(config.layers[0]):
                parts = self._residual(parts, f"decoder.mid_block.resnets.{i}", "silu")
            for block, scaled in enumerate(config.scales):
                name = f"decoder.up_blocks.{block}"
                if f"{name}.conv_in.conv1.conv.weight" in self.weights:
                    parts = self._residual(parts, f"{name}.conv_in", "silu")
                if scaled:
                    parts = self._upsample(parts, f"{name}.upsamplers.0", first, config.spatial_only[block])
                for i in range(config.layers[block + 1]):
                    parts = self._residual(parts, f"{name}.resnets.{i}", "relu" if scaled else "silu")
            parts = self._conv(parts, "decoder.conv_out.conv", "silu")
        return torch.cat([self._unpatchify(part) for part in parts], dim=2)

    def _conv(
        self,
        parts: list[Tensor],
        name: str,
        act: str | None = None,
        *,
        owed: Tensor | None = None,
        add: list[Tensor] | None = None,
        add_owed: Tensor | None = None,
    ) -> list[Tensor]:
        """A convolution along time and space of `parts`, after their norm and `act` where one is given.

        Space is padded with zeros; before the first and after the last frame they are repeated. `owed` is the bias
        that `parts` still lack. Each part of the answer has that of `add`, which lacks the bias `add_owed`, added to
        it and is then let go.
        """
        bias = self.weights[f"{name}.bias"]
        bias = bias if add_owed is None else bias + add_owed
        answers = []
        for i in range(len(parts)):
            answers.append(self._conv_bare(self._with_neighbours(parts, i, act, owed), name))
            self.ops.add(answers[i], bias, None if add is None else add[i])
            if add is not None:
                add[i] = answers[i][:, :, :0]
        return answers

    def _conv_bare(self, x: Tensor, name: str) -> Tensor:
        """Without its bias, which torch would add in a slow pass of its own."""
        weight = self.weights[f"{name}.weight"]
        return functional.conv3d(x, weight, padding=(0, weight.shape[3] // 2, weight.shape[4] // 2))

    def _with_neighbours(
        self, parts: list[Tensor], i: int, act: str | None, owed: Tensor | None = None
    ) -> Tensor:
        """Part i with one frame more on both sides, normed."""
        part = parts[i]
        _, channels, frames, height, width = part.shape
        before = parts[i - 1][:, :, -1:] if i else part[:, :, :1]
        after = parts[i + 1][:, :, :1] if i + 1 < len(parts) else part[:, :, -1:]
        out = torch.empty(
            1,
            channels,
            frames + 2,
            height,
            width,
            dtype=part.dtype,
            device=part.device,
            memory_format=torch.channels_last_3d,
        )
        for source, target in ((before, out[:, :, :1]), (part, out[:, :, 1:-1]), (after, out[:, :, -1:])):
            if act is None:
                target.copy_(source)
            else:
                self.ops.norm(source, EPS, act, target, owed)
        return out

    def _residual(self, parts: list[Tensor], name: str, act: str) -> list[Tensor]:
        first, shortcut = f"{name}.conv1.conv", f"{name}.conv_shortcut.conv"
        inside = [self._conv_bare(self._with_neighbours(parts, i, act), first) for i in range(len(parts))]
        if f"{shortcut}.weight" in self.weights:
            for i, part in enumerate(parts):
                normed = torch.empty_like(part)
                self.ops.norm(part, SHORTCUT_EPS, "none", normed, None)
                parts[i] = functional.conv3d(normed, self.weights[f"{shortcut}.weight"])
        owed, add_owed = self.weights[f"{first}.bias"], self.weights.get(f"{shortcut}.bias")
        return self._conv(inside, f"{name}.conv2.conv", "silu", owed=owed, add=parts, add_owed=add_owed)

    def _upsample(self, parts: list[Tensor], name: str, first: bool, spatial_only: bool) -> list[Tensor]:
        if not spatial_only:
            parts = [_halves_to_frames(part) for part in self._conv(parts, f"{name}.time_conv.conv")]
            if first:
                parts[0] = parts[0][:, :, 1:]
        weight, bias = self.weights[f"{name}.resample.1.weight"], self.weights[f"{name}.resample.1.bias"]
        answers = []
        for part in parts:
            frames = part[0].transpose(0, 1)
            for few in frames.split(max(1, PART_ELEMENTS // (4 * frames[0].numel()))):
                answers.append(self.ops.spread(functional.conv2d(few, weight, padding=1), bias))
        return answers

    def _unpatchify(self, x: Tensor) -> Tensor:
        """Channel c * 4 + dx * 2 + dy becomes pixel (dy, dx) of its patch."""
        patch = self.config.patch
        _, _, frames, height, width = x.shape
        x = x[0].unflatten(0, (self.config.channels, patch, patch))
        return x.permute(0, 3, 4, 2, 5, 1).reshape(1, self.config.channels, frames, height * patch, width * patch)


def _halves_to_frames(x: Tensor) -> Tensor:
    """[1, 2C, T, H, W] -> [1, C, 2T, H, W]: the halves of the channels are every frame's two."""
    _, channels, frames, height, width = x.shape
    x = x[0].unflatten(0, (2, -1))
    x = x.permute(2, 0, 3, 4, 1).reshape(2 * frames, height, width, channels // 2)
    return x.permute(3, 0, 1, 2)[None]


def _training_only(name: str) -> bool:
    return not name.startswith(("decoder.conv_", "decoder.mid_block.", "decoder.up_blocks."))


def _arrived(frames: Tensor, done: torch.cuda.Event | None) -> Tensor:
    if done is not None:
        done.synchronize()
    return frames


def _ops(device: torch.device) -> ModuleType:
    """`spread`, `norm` and `add` for `device`."""
    if device.type == "cuda":
        try:
            from . import turbo_vaed_triton
        except ImportError:  # torch without Triton (Windows): the same numbers, slower
            pass
        else:
            return turbo_vaed_triton
    return turbo_vaed_ops
