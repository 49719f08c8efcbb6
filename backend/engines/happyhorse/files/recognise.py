"""What a folder of published files is, of those that this engine needs. Reads headers, not weights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ....weights.files import Tensors, cut_short, read_folder, read_header, read_json, some
from ....weights.report import Report

TRANSFORMERS = ("distill", "base", "540p_sr", "1080p_sr")
_LAYER = re.compile(r"block\.layers\.(\d+)\.(.+)")
_LAYER_PARTS = frozenset(
    (
        "attention.pre_norm.weight",
        "attention.linear_qkv.weight",
        "attention.linear_proj.weight",
        "attention.q_norm.weight",
        "attention.k_norm.weight",
        "mlp.pre_norm.weight",
        "mlp.up_gate_proj.weight",
        "mlp.down_proj.weight",
    )
)
_OUTER_PARTS = frozenset(
    [f"adapter.{part}_embedder.{kind}" for part in ("video", "audio", "text") for kind in ("weight", "bias")]
    + [f"final_{kind}_{part}.weight" for kind in ("norm", "linear") for part in ("video", "audio")]
)
_FP8_SCALE = ".__fp8_scale"


def recognise(folder: Path) -> Report | None:
    """What the files in `folder` are and whether they are whole; None for what is of another kind."""
    config = read_json(folder / "config.json")
    for known in (_wan_vae, _audio_vae, _text_encoder, _turbo_vae, _transformer):
        report = known(folder, config)
        if report is not None:
            return report
    return None


def _transformer(folder: Path, _: Any) -> Report | None:
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*.safetensors.index.json")):
        return None
    files = read_folder(folder)
    names = {name.removesuffix(_FP8_SCALE) for name in files.tensors}
    if "adapter.video_embedder.weight" not in names and not any(_LAYER.match(name) for name in names):
        return None
    layers: dict[int, set[str]] = {}
    for name in names:
        if match := _LAYER.match(name):
            layers.setdefault(int(match[1]), set()).add(match[2])
    if not files.problems:
        absent = sorted(_OUTER_PARTS - names)
        for layer in range(max(layers, default=-1) + 1):
            absent += [f"block.layers.{layer}.{part}" for part in sorted(_LAYER_PARTS - layers.get(layer, set()))]
        if absent:
            files.problems.append(f"It lacks {some(absent)}.")
    billions = _parameters(files) / 1e9
    words = f"a MagiHuman transformer ({len(layers)} layers, {billions:.2g} billion parameters)"
    return Report(folder, TRANSFORMERS, words, tuple(files.problems), files.bytes, _parameters(files))


def _turbo_vae(folder: Path, _: Any) -> Report | None:
    described = [read_json(path) or {} for path in folder.glob("*.json")]
    configs = [config for config in described if "decoder_block_out_channels" in config]
    checkpoints = sorted([*folder.glob("*.ckpt"), *folder.glob("*.pth"), *folder.glob("*.safetensors")])
    if not configs and not any(path.suffix == ".ckpt" for path in checkpoints):
        return None
    problems = []
    if not configs:
        problems.append("The decoder's .json (TurboV3-Wan22-TinyShallow_7_7.json) is missing.")
    if not checkpoints:
        problems.append("The decoder's .ckpt is missing.")
    return Report(
        folder,
        ("turbo_vae",),
        "the fast video decoder (TurboVAED)",
        (*problems, *cut_short(checkpoints)),
        sum(path.stat().st_size for path in checkpoints),
    )


def _text_encoder(folder: Path, config: Any) -> Report | None:
    if not isinstance(config, dict) or config.get("model_type") != "t5gemma":
        return None
    files = read_folder(folder)
    problems = list(files.problems)
    if not files.tensors and not problems:
        problems.append("There is no .safetensors file.")
    elif not problems and not any("encoder.layers." in name for name in files.tensors):
        problems.append("The encoder's weights are missing.")
    if not any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model")):
        problems.append("tokenizer.json is missing.")
    width = (config.get("encoder") or {}).get("hidden_size", "?")
    return Report(
        folder,
        ("t5gemma",),
        f"a T5Gemma text encoder ({width} wide)",
        tuple(problems),
        files.bytes,
        _parameters(files),
    )


def _wan_vae(folder: Path, config: Any) -> Report | None:
    original = folder / "Wan2.2_VAE.pth"
    if original.is_file():
        size = original.stat().st_size
        return Report(folder, ("wan_vae",), "the Wan 2.2 video VAE", cut_short([original]), size)
    if not isinstance(config, dict) or config.get("_class_name") != "AutoencoderKLWan":
        return None
    files = read_folder(folder)
    if config.get("z_dim") != 48:
        return Report(
            folder,
            (),
            f"a Wan VAE with {config.get('z_dim', 16)} latent channels (Wan 2.1)",
            ("The engine needs the Wan 2.2 VAE, which has 48 latent channels.",),
        )
    return Report(folder, ("wan_vae",), "the Wan 2.2 video VAE (diffusers' form)", tuple(files.problems), files.bytes)


def _audio_vae(folder: Path, config: Any) -> Report | None:
    if isinstance(config, dict) and config.get("_class_name") == "AutoencoderOobleck":
        files = read_folder(folder)
        return Report(
            folder,
            ("stable_audio",),
            "the Stable Audio VAE (diffusers' form)",
            tuple(files.problems),
            files.bytes,
        )
    description = read_json(folder / "model_config.json")
    if not isinstance(description, dict) or "sample_rate" not in description:
        return None
    path = folder / "model.safetensors"
    problems: tuple[str, ...] = ()
    size = 0
    if not path.is_file():
        problems = ("model.safetensors is missing.",)
    else:
        size = path.stat().st_size
        try:
            header = read_header(path)
            if not any(name.startswith("pretransform.model.decoder.") for name in header):
                problems = ("model.safetensors has no audio VAE (pretransform.model.*) in it.",)
        except ValueError as problem:
            problems = (str(problem),)
    return Report(folder, ("stable_audio",), "Stable Audio Open", problems, size)


def _parameters(files: Tensors) -> int:
    total = 0
    for name, (shape, _) in files.tensors.items():
        size = 0 if name.endswith((_FP8_SCALE, "rope.bands")) else 1
        for side in shape:
            size *= side
        total += size
    return total
