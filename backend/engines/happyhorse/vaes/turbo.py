"""TurboVAED, the fast decoder of Wan 2.2's video latents (Zou et al. 2025, arXiv 2508.09136), in overlapping windows.

Not causal: each window of latent frames is decoded with one neighbour to each side, whose output is cut.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ....weights.files import read_json
from ..files.checkpoint import check_names, read_tensors
from . import turbo_ops
from .turbo_config import FRAMES_PER_LATENT, LATENT_MEAN, LATENT_STD, TurboConfig
from .turbo_ops import of_small_pixels
from .turbo_windows import Ends, cut_windows, shorten

EPS, SHORTCUT_EPS = 1e-8, 1e-6
PART_ELEMENTS = 1 << 29  # of one convolution's answer: cuDNN counts in 32 bits


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
        settings = [file for file in sorted(folder.glob("*.json")) if "decoder_block_out_channels" in _read(file)]
        files = sorted(path for path in folder.iterdir() if path.suffix in (".ckpt", ".pth", ".safetensors"))
        if not settings or not files:
            raise FileNotFoundError(
                f"{folder} should hold TurboVAED's settings (.json) and weights (.ckpt or .safetensors)"
            )
        decoder = cls(TurboConfig.from_published(_read(settings[0])), device, dtype)
        decoder.load_state_dict(read_tensors(files[0]))
        return decoder

    @property
    def bytes(self) -> int:
        """What its weights take."""
        return sum(weight.nbytes for weight in self.weights.values())

    def to(self, device: torch.device) -> None:
        """Bring its weights to `device`; their type stays."""
        moved = {name: weight.to(device) for name, weight in self.weights.items()}
        self.weights, self.device, self.ops = moved, device, _ops(device)
        self.mean, self.std = self.mean.to(device), self.std.to(device)

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
            tensor = tensor.to(self.device, self.dtype, copy=True)  # it may lie in a file
            self.weights[name] = tensor.contiguous(memory_format=layouts.get(tensor.ndim, torch.contiguous_format))

    def decode(self, latent: Tensor) -> Tensor:
        """[1, 48, T, H, W] -> [1, 3, 4T - 3, 16H, 16W] fp32, about -1..1 but not clamped."""
        return torch.cat([self._video(parts) for parts in self._windows(latent)], dim=2)

    def frame_counts(self, frames: int) -> list[int]:
        """How many frames each window of so many latent `frames` gives."""
        return [window.made for window in cut_windows(frames, self.config.first_window, self.config.window)]

    def decode_frames(self, latent: Tensor, strips: int = 1, first: int = 0, step: int = 1) -> Iterator[Tensor]:
        """The frames as uint8 [frames, height, width, 3] on the CPU, window by window: every `step`th from `first` on.

        The next window is already at work on the device while one is being copied and used. The large sizes are made
        in so many `strips` one after the other: more take less memory and more time, and give the same.
        """
        copies = torch.cuda.Stream(self.device) if self.device.type == "cuda" else None
        waiting: tuple[Tensor, torch.cuda.Event | None] | None = None
        for parts in self._windows(latent, strips, first, step):
            arriving = _copied(self._pictures(parts), copies)
            parts.clear()  # whoever yielded the list still holds it
            if waiting is not None:
                yield _arrived(*waiting)
            waiting = arriving
        if waiting is not None:
            yield _arrived(*waiting)

    def decode_once(self, z: Tensor, first: bool) -> Tensor:
        """One call of the network on denormalised latents: 4T frames, three fewer in the `first` window."""
        return self._video(self._patches(z, first, (0, 0)))

    @torch.inference_mode()
    def _windows(self, latent: Tensor, strips: int = 1, first: int = 0, step: int = 1) -> Iterator[list[Tensor]]:
        """The frames' patches without their bias, window by window; see `_patches`."""
        z = (latent.to(self.device, torch.float32) * self.std + self.mean).to(self.dtype)
        chosen = cut_windows(z.shape[2], self.config.first_window, self.config.window)
        missing = max(window.end for window in chosen) - z.shape[2]
        z = torch.cat([z, z[:, :, -1:].expand(-1, -1, missing, -1, -1)], dim=2)
        for window in chosen[first::step]:
            yield self._patches(z[:, :, window.start : window.end], window.start == 0, window.cut, strips)

    @torch.inference_mode()
    def _patches(self, z: Tensor, first: bool, cut: tuple[int, int], strips: int = 1) -> list[Tensor]:
        """One call of the network: [1, C, frames, height, width], in parts along time, without the last bias.

        Of the frames, `cut` are left out before and after. What is at work is a list of parts along time, as a whole
        window can be too large for one convolution. From the last doubling of pixels on it is made in `strips`.
        """
        config = self.config
        ends = Ends(cut, config.reach, FRAMES_PER_LATENT)
        z = z.to(self.dtype).contiguous(memory_format=torch.channels_last_3d)
        with torch.backends.cudnn.flags(enabled=True, benchmark=False, allow_tf32=False):
            parts = self._conv([z], "decoder.conv_in.conv", ends)
            for i in range(config.layers[0]):
                parts = self._residual(parts, f"decoder.mid_block.resnets.{i}", "silu", ends)
            for block in range(config.last_doubling):
                parts = self._block(parts, block, first, ends, PART_ELEMENTS // strips)
            parts = self._in_strips(parts, strips, first, ends)
        shorten(parts, *ends.cut)
        return parts

    def _block(self, parts: list[Tensor], block: int, first: bool, ends: Ends, elements: int) -> list[Tensor]:
        """Empties the list `parts` as it goes, to free their memory. It cuts them to at most so many `elements`."""
        config, name = self.config, f"decoder.up_blocks.{block}"
        scaled = config.scales[block]
        if f"{name}.conv_in.conv1.conv.weight" in self.weights:
            parts = self._residual(parts, f"{name}.conv_in", "silu", ends)
        if scaled and not config.spatial_only[block]:
            parts = self._double_frames(parts, f"{name}.upsamplers.0", first, ends)
        if scaled:
            parts = self._double_pixels(parts, f"{name}.upsamplers.0", elements)
        for i in range(config.layers[block + 1]):
            parts = self._residual(parts, f"{name}.resnets.{i}", "relu" if scaled else "silu", ends)
        return parts

    def _in_strips(self, parts: list[Tensor], strips: int, first: bool, ends: Ends) -> list[Tensor]:
        """The blocks from the last doubling on, strip by strip of the picture's rows, and the last convolution.

        A strip has as many rows beside its own as convolutions look that far, and so the same answers as the whole.
        """
        if strips == 1:
            return self._large(parts, first, ends, PART_ELEMENTS)
        height, width = parts[0].shape[3:]
        reach, before = self.config.reach_of_rows, copy.copy(ends)
        whole: Tensor | None = None
        for strip in range(strips):
            top, bottom = height * strip // strips, height * (strip + 1) // strips
            start, end = max(0, top - reach), min(height, bottom + reach)
            own = [part[:, :, :, start:end].contiguous(memory_format=torch.channels_last_3d) for part in parts]
            if strip + 1 == strips:
                parts.clear()
            vars(ends).update(vars(before))
            answer = torch.cat(self._large(own, first, ends, PART_ELEMENTS // strips), dim=2)
            if whole is None:
                shape = (*answer.shape[:3], 2 * height, 2 * width)
                whole = answer.new_empty(shape).contiguous(memory_format=torch.channels_last_3d)
            whole[:, :, :, 2 * top : 2 * bottom] = answer[:, :, :, 2 * (top - start) : 2 * (bottom - start)]
        assert whole is not None
        return [whole]

    def _large(self, parts: list[Tensor], first: bool, ends: Ends, elements: int) -> list[Tensor]:
        """The blocks from the last doubling on and the last convolution. Empties the list `parts` as it goes."""
        for block in range(self.config.last_doubling, len(self.config.widths)):
            parts = self._block(parts, block, first, ends, elements)
        return list(self._convolve(_taken(parts), "decoder.conv_out.conv", ends.lose(), "silu"))

    def _convolve(
        self,
        parts: Iterable[Tensor],
        name: str,
        lost: tuple[bool, bool],
        act: str | None = None,
        owed: Tensor | None = None,
    ) -> Iterator[Tensor]:
        """A convolution along time and space of `parts`, after their norm and `act` where one is given.

        Space is padded with zeros; before the first and after the last frame they are repeated, but at an end where
        frames are `lost` (see `Ends`). `owed` is the bias that `parts` still lack. The answers lack theirs, which torch
        would add in a slow pass of its own. Of `parts` only a few are held at a time.
        """
        weight = self.weights[f"{name}.weight"]
        padding = (0, weight.shape[3] // 2, weight.shape[4] // 2)
        parts = iter(parts)
        before, part = None, next(parts, None)
        while part is not None:
            after = next(parts, None)
            frames = [part]
            if before is not None or not lost[0]:
                frames.insert(0, part[:, :, :1] if before is None else before[:, :, -1:])
            if after is not None or not lost[1]:
                frames.append(part[:, :, -1:] if after is None else after[:, :, :1])
            if sum(few.shape[2] for few in frames) >= weight.shape[2]:
                yield functional.conv3d(self._joined(frames, act, owed), weight, padding=padding)
            before, part = part, after

    def _joined(self, frames: list[Tensor], act: str | None, owed: Tensor | None) -> Tensor:
        """Runs of frames in one piece, normed."""
        counts = [few.shape[2] for few in frames]
        out = torch.empty(
            (1, frames[0].shape[1], sum(counts), *frames[0].shape[3:]),
            dtype=self.dtype,
            device=self.device,
            memory_format=torch.channels_last_3d,
        )
        for few, target in zip(frames, out.split(counts, dim=2), strict=True):
            if act is None:
                target.copy_(few)
            else:
                self.ops.norm(few, EPS, act, target, owed)
        return out

    def _conv(self, parts: list[Tensor], name: str, ends: Ends) -> list[Tensor]:
        """A convolution with its bias."""
        answers = list(self._convolve(parts, name, ends.lose()))
        for answer in answers:
            self.ops.add(answer, self.weights[f"{name}.bias"], None)
        return answers

    def _residual(self, parts: list[Tensor], name: str, act: str, ends: Ends) -> list[Tensor]:
        """Empties the list `parts` as it goes, to free their memory."""
        first, second, shortcut = (f"{name}.{part}.conv" for part in ("conv1", "conv2", "conv_shortcut"))
        lost = ends.lose(), ends.lose()
        straight = list(parts)
        shorten(straight, lost[0][0] + lost[1][0], lost[0][1] + lost[1][1])
        bias = self.weights[f"{second}.bias"]
        if f"{shortcut}.bias" in self.weights:
            bias = bias + self.weights[f"{shortcut}.bias"]
        answers = []
        inside = self._convolve(_taken(parts), first, lost[0], act)
        for answer in self._convolve(inside, second, lost[1], "silu", self.weights[f"{first}.bias"]):
            self.ops.add(answer, bias, self._shortcut(straight.pop(0), f"{shortcut}.weight"))
            answers.append(answer)
        return answers

    def _shortcut(self, part: Tensor, name: str) -> Tensor:
        """Without its bias. Where the width stays there is none, and `part` is the answer."""
        if name not in self.weights:
            return part
        normed = torch.empty_like(part)
        self.ops.norm(part, SHORTCUT_EPS, "none", normed, None)
        return functional.conv3d(normed, self.weights[name])

    def _double_frames(self, parts: list[Tensor], name: str, first: bool, ends: Ends) -> list[Tensor]:
        parts = [_halves_to_frames(part) for part in self._conv(parts, f"{name}.time_conv.conv", ends)]
        ends.step //= 2
        if first:
            parts[0] = parts[0][:, :, 1:]
        return parts

    def _double_pixels(self, parts: list[Tensor], name: str, elements: int) -> list[Tensor]:
        weight, bias = self.weights[f"{name}.resample.1.weight"], self.weights[f"{name}.resample.1.bias"]
        answers = []
        for part in parts:
            frames = part[0].transpose(0, 1)
            for few in frames.split(max(1, elements // (4 * frames[0].numel()))):
                answers.append(self.ops.spread(functional.conv2d(few, weight, padding=1), bias))
        return answers

    def _video(self, parts: list[Tensor]) -> Tensor:
        """Patches to [1, 3, frames, height, width] fp32."""
        bias = self.weights["decoder.conv_out.conv.bias"]
        pixels = [turbo_ops.unpatched(part, bias, self.config.patch) for part in parts]
        return torch.cat(pixels).permute(3, 0, 1, 2)[None]

    def _pictures(self, parts: list[Tensor]) -> Tensor:
        """Patches to uint8 [frames, height, width, 3]."""
        patch, (height, width) = self.config.patch, parts[0].shape[3:]
        frames = [part.shape[2] for part in parts]
        shape = (sum(frames), height * patch, width * patch, self.config.channels)
        out = torch.empty(shape, dtype=torch.uint8, device=self.device)
        for part, target in zip(parts, out.split(frames), strict=True):
            self.ops.pictures(part, self.weights["decoder.conv_out.conv.bias"], patch, target)
        return out


def _halves_to_frames(x: Tensor) -> Tensor:
    """[1, 2C, T, H, W] -> [1, C, 2T, H, W]: the halves of the channels are every frame's two."""
    _, channels, frames, height, width = x.shape
    x = x[0].unflatten(0, (2, -1))
    x = x.permute(2, 0, 3, 4, 1).reshape(2 * frames, height, width, channels // 2)
    return x.permute(3, 0, 1, 2)[None]


def _read(file: Path) -> dict[str, Any]:
    return read_json(file) or {}


def _taken(parts: list[Tensor]) -> Iterator[Tensor]:
    while parts:
        yield parts.pop(0)


def _training_only(name: str) -> bool:
    return not name.startswith(("decoder.conv_", "decoder.mid_block.", "decoder.up_blocks."))


def _copied(frames: Tensor, stream: torch.cuda.Stream | None) -> tuple[Tensor, torch.cuda.Event | None]:
    """`frames` on their way to the CPU, on a stream of their own, and the event of their arrival."""
    if stream is None:
        return frames, None
    target = torch.empty(frames.shape, dtype=torch.uint8, pin_memory=True)
    stream.wait_stream(torch.cuda.current_stream(frames.device))
    with torch.cuda.stream(stream):
        target.copy_(frames, non_blocking=True)
        done = torch.cuda.Event()
        done.record()
    frames.record_stream(stream)
    return target, done


def _arrived(frames: Tensor, done: torch.cuda.Event | None) -> Tensor:
    if done is not None:
        done.synchronize()
    return frames


def _ops(device: torch.device) -> ModuleType:
    """`spread`, `norm`, `add` and `pictures` for `device`."""
    if device.type == "cuda":
        try:
            from . import turbo_triton
        except ImportError:  # torch without Triton (Windows): the same numbers, slower
            pass
        else:
            return turbo_triton
    return turbo_ops
