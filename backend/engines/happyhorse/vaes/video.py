"""The whole Wan 2.2 video VAE through diffusers, whose import lasts seconds: to check what the engine has instead.

That is `StillEncoder` to encode, and `TurboDecoder` to decode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ....weights.files import read_json
from ..files.checkpoint import CheckpointError, read_tensors
from .turbo_config import LATENT_MEAN, LATENT_STD

if TYPE_CHECKING:
    from diffusers import AutoencoderKLWan

_RESIDUAL = {
    "residual.0": "norm1",
    "residual.2": "conv1",
    "residual.3": "norm2",
    "residual.6": "conv2",
    "shortcut": "conv_shortcut",
}
_WHOLE = {"conv1": "quant_conv", "conv2": "post_quant_conv"}
_ENDS = {
    "conv1": "conv_in",
    "head.0": "norm_out",
    "head.2": "conv_out",
    "middle.0": "mid_block.resnets.0",
    "middle.1": "mid_block.attentions.0",
    "middle.2": "mid_block.resnets.1",
}


def diffusers_name(name: str) -> str:
    """The name in diffusers of a tensor of the original file."""
    part, _, rest = name.partition(".")
    if part in _WHOLE:
        return f"{_WHOLE[part]}.{rest}"
    if match := re.fullmatch(r"(down|up)samples\.(\d+)\.(?:down|up)samples\.(\d+)\.(.+)", rest):
        way, block, index, tail = match.groups()
        sampler = tail.startswith(("resample.", "time_conv."))
        rest = f"{way}_blocks.{block}." + (f"{way}sampler.{tail}" if sampler else f"resnets.{index}.{tail}")
    for old, new in _ENDS.items():
        if rest.startswith(f"{old}."):
            rest = new + rest[len(old) :]
            break
    for old, new in _RESIDUAL.items():
        rest = re.sub(rf"\.{re.escape(old)}(?=\.)", f".{new}", rest)
    return f"{part}.{rest}"


def config_of(tensors: Mapping[str, Tensor]) -> dict[str, object]:
    """diffusers' settings of the VAE with these tensors (original names). All but the widths is as published."""
    return {
        "base_dim": tensors["encoder.conv1.weight"].shape[0],
        "decoder_base_dim": tensors["decoder.head.0.gamma"].shape[0],
        "z_dim": tensors["conv2.weight"].shape[0],
        "dim_mult": [1, 2, 4, 4],
        "num_res_blocks": 2,
        "attn_scales": [],
        "temperal_downsample": [False, True, True],
        "is_residual": True,
        "in_channels": 12,
        "out_channels": 12,
        "patch_size": 2,
        "scale_factor_spatial": 16,
        "scale_factor_temporal": 4,
        "latents_mean": list(LATENT_MEAN),
        "latents_std": list(LATENT_STD),
    }


def video_vae_from(
    tensors: Mapping[str, Tensor], device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
) -> AutoencoderKLWan:
    """The VAE from tensors under the original names.

    Raises:
        CheckpointError: a tensor is missing, not known or misshapen, or it is another model.
    """
    from diffusers import AutoencoderKLWan

    try:
        with torch.device("meta"):  # drawing numbers for what is read anyway takes seconds
            vae = AutoencoderKLWan(**config_of(tensors))
        vae.load_state_dict({diffusers_name(name): tensor for name, tensor in tensors.items()}, assign=True)
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(f"This is not the Wan 2.2 video VAE: {error}") from error
    return vae.to(device, dtype).eval()


def load_video_vae(
    path: Path, device: torch.device | str = "cpu", dtype: torch.dtype | None = None
) -> AutoencoderKLWan:
    """The VAE from the original Wan2.2_VAE.pth (or the same as .safetensors), or from diffusers' folder.

    `path` may also be the folder that holds the original file, with whatever is published beside it. `dtype`: bf16 by
    default on a GPU, else fp32.

    Raises:
        CheckpointError: see `video_vae_from`.
    """
    from diffusers import AutoencoderKLWan

    dtype = dtype or (torch.bfloat16 if torch.device(device).type == "cuda" else torch.float32)
    original = original_file(path)
    if original is None:
        return AutoencoderKLWan.from_pretrained(path, torch_dtype=dtype).to(device).eval()
    return video_vae_from(read_tensors(original), device, dtype)


def original_file(path: Path) -> Path | None:
    """The original file: `path`, or in the folder `path`; None where that is diffusers' folder of the VAE.

    Raises:
        CheckpointError: it is neither.
    """
    if not path.is_dir():
        return path
    files = sorted([*path.glob("*VAE*.pth"), *path.glob("*VAE*.safetensors")])
    if files:
        return files[0]
    if (read_json(path / "config.json") or {}).get("_class_name") == "AutoencoderKLWan":
        return None
    raise CheckpointError(f"{path} holds neither Wan2.2_VAE.pth nor a diffusers folder of it.")


def _statistics(device: torch.device) -> tuple[Tensor, Tensor]:
    return tuple(torch.tensor(values, device=device).view(1, -1, 1, 1, 1) for values in (LATENT_MEAN, LATENT_STD))  # type: ignore[return-value]


@torch.inference_mode()
def encode_video(vae: AutoencoderKLWan, video: Tensor) -> Tensor:
    """`video` [1, 3, 4T - 3, H, W] in -1..1 -> its normalised latent [1, 48, T, H/16, W/16] fp32 (the mean)."""
    latent = vae.encode(video.to(vae.device, vae.dtype)).latent_dist.mode().float()
    mean, std = _statistics(latent.device)
    return (latent - mean) / std


def encode_picture(vae: AutoencoderKLWan, picture: Tensor) -> Tensor:
    """`picture` [1, 3, H, W] in -1..1 -> the latent that is held at frame 0, [1, 48, 1, H/16, W/16] fp32."""
    return encode_video(vae, picture[:, :, None])


@torch.inference_mode()
def decode_video(vae: AutoencoderKLWan, latent: Tensor) -> Tensor:
    """A normalised latent [1, 48, T, h, w] -> [1, 3, 4T - 3, 16h, 16w] fp32, clamped to -1..1."""
    mean, std = _statistics(vae.device)
    latent = latent.to(vae.device, torch.float32) * std + mean
    return vae.decode(latent.to(vae.dtype)).sample.float()
