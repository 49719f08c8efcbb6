"""Looks at a folder of published files: what it is, and what is missing, cut short or wrong."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .catalogue import TRANSFORMERS

MAX_HEADER = 100 << 20
_LAYER = re.compile(r"block\.layers\.(\d+)\.(.+)")
_LAYER_PARTS = frozenset(
    ("attention.pre_norm.weight", "attention.linear_qkv.weight", "attention.linear_proj.weight",
     "attention.q_norm.weight", "attention.k_norm.weight", "mlp.pre_norm.weight", "mlp.up_gate_proj.weight",
     "mlp.down_proj.weight")
)  # fmt: skip
_OUTER_PARTS = frozenset(
    [f"adapter.{part}_embedder.{kind}" for part in ("video", "audio", "text") for kind in ("weight", "bias")]
    + [f"final_{kind}_{part}.weight" for kind in ("norm", "linear") for part in ("video", "audio")]
)
_FP8_SCALE = ".__fp8_scale"


@dataclass(frozen=True)
class Report:
    """`kind` is a component's name, "transformer" where the files don't tell which of the four, "" for what
    is none of ours; `looks_like` says it in words. Without `problems` the folder can be used."""

    folder: Path
    kind: str
    looks_like: str
    problems: tuple[str, ...] = ()
    bytes: int = 0
    parameters: int = 0

    @property
    def ok(self) -> bool:
        return bool(self.kind) and not self.problems

    def serves(self, name: str) -> bool:
        """Whether it can be used as the component `name`."""
        return self.ok and (self.kind == name or (self.kind == "transformer" and name in TRANSFORMERS))


@dataclass
class _Files:
    """The safetensors files of a folder: the tensors found in them and what is wrong with them."""

    tensors: dict[str, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    bytes: int = 0


def inspect(folder: Path) -> Report:
    """What the files in `folder` are and whether they are whole. Reads headers, not weights.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"There is no folder {folder}.")
    config = _json(folder / "config.json")
    for look in (_wan_vae, _audio_vae, _text_encoder, _turbo_vae, _transformer):
        report = look(folder, config)
        if report is not None:
            return report
    if (folder / "vae").is_dir():
        report = inspect(folder / "vae")
        if report.kind:
            return report
    return Report(folder, "", _other(folder, config), ("This is none of the folders that the engine needs.",))


def scan(folder: Path) -> dict[str, Report]:
    """The components found in `folder` and, at most two levels down, in its subfolders; by component's name.

    Of the four transformers, which are alike, each is known by its folder's name.
    """
    found: dict[str, Report] = {}
    level = [folder]
    for _ in range(3):
        below = []
        for place in level:
            report = inspect(place)
            name = place.name if report.kind == "transformer" and place.name in TRANSFORMERS else report.kind
            if name and name != "transformer" and (name not in found or not found[name].ok):
                found[name] = report
            if not report.kind:
                below += sorted(sub for sub in place.iterdir() if sub.is_dir() and not sub.name.startswith("."))
        level = below
    return found


def read_header(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: name -> {dtype, shape, data_offsets}.

    Raises:
        ValueError: it is no safetensors file, or is cut short; the message says which.
    """
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= MAX_HEADER:
            raise ValueError(f"{path.name} is not a safetensors file.")
        text = file.read(length)
    try:
        header = json.loads(text)
    except ValueError:
        raise ValueError(f"{path.name} is cut short or damaged.") from None
    header.pop("__metadata__", None)
    end = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
    size = path.stat().st_size
    if size != end:
        raise ValueError(f"{path.name} has {size:,} bytes and should have {end:,}: it is not complete.")
    return header


def read_folder(folder: Path) -> _Files:
    """Every tensor of a folder of safetensors, by its index where it has one."""
    files = _Files()
    index = next(iter(sorted(folder.glob("*.safetensors.index.json"))), None)
    where: dict[str, str] = (_json(index) or {}).get("weight_map", {}) if index else {}
    if index and not where:
        files.problems.append(f"{index.name} can't be read.")
    names = sorted(set(where.values())) or sorted(path.name for path in folder.glob("*.safetensors"))
    for name in names:
        path = folder / Path(name).name
        if not path.is_file():
            packed = path.with_name(path.name + ".zst").is_file()
            files.problems.append(f"{name} is missing" + (": unpack its .zst file." if packed else "."))
            continue
        try:
            header = read_header(path)
        except (OSError, ValueError) as problem:
            files.problems.append(str(problem))
            continue
        files.bytes += path.stat().st_size
        files.tensors |= {key: (tuple(entry["shape"]), entry["dtype"]) for key, entry in header.items()}
        absent = [key for key, file in where.items() if file == name and key not in header]
        if absent:
            files.problems.append(f"{name} lacks {_some(absent)}.")
    return files


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
            files.problems.append(f"It lacks {_some(absent)}.")
    billions = _parameters(files) / 1e9
    words = f"a MagiHuman transformer ({len(layers)} layers, {billions:.2g} billion parameters)"
    return Report(folder, "transformer", words, tuple(files.problems), files.bytes, _parameters(files))


def _turbo_vae(folder: Path, _: Any) -> Report | None:
    configs = [path for path in sorted(folder.glob("*.json")) if "decoder_block_out_channels" in (_json(path) or {})]
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
        "turbo_vae",
        "the fast video decoder (TurboVAED)",
        (*problems, *_cut_short(checkpoints)),
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
        "t5gemma",
        f"a T5Gemma text encoder ({width} wide)",
        tuple(problems),
        files.bytes,
        _parameters(files),
    )


def _wan_vae(folder: Path, config: Any) -> Report | None:
    original = folder / "Wan2.2_VAE.pth"
    if original.is_file():
        size = original.stat().st_size
        return Report(folder, "wan_vae", "the Wan 2.2 video VAE", _cut_short([original]), size)
    if not isinstance(config, dict) or config.get("_class_name") != "AutoencoderKLWan":
        return None
    files = read_folder(folder)
    if config.get("z_dim") != 48:
        return Report(
            folder,
            "",
            f"a Wan VAE with {config.get('z_dim', 16)} latent channels (Wan 2.1)",
            ("The engine needs the Wan 2.2 VAE, which has 48 latent channels.",),
        )
    return Report(folder, "wan_vae", "the Wan 2.2 video VAE (diffusers' form)", tuple(files.problems), files.bytes)


def _audio_vae(folder: Path, config: Any) -> Report | None:
    if isinstance(config, dict) and config.get("_class_name") == "AutoencoderOobleck":
        files = read_folder(folder)
        return Report(
            folder,
            "stable_audio",
            "the Stable Audio VAE (diffusers' form)",
            tuple(files.problems),
            files.bytes,
        )
    description = _json(folder / "model_config.json")
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
    return Report(folder, "stable_audio", "Stable Audio Open", problems, size)


def _other(folder: Path, config: Any) -> str:
    pipeline = _json(folder / "model_index.json")
    if isinstance(pipeline, dict):
        return f"a diffusers pipeline ({pipeline.get('_class_name', 'of an unknown kind')})"
    if isinstance(config, dict):
        name = config.get("_class_name") or (config.get("architectures") or [config.get("model_type")])[0]
        if name:
            return f"a model of another kind ({name})"
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    weights = [name for name in names if name.endswith((".safetensors", ".pth", ".ckpt", ".bin", ".gguf"))]
    if weights:
        return f"a folder of weights of another kind ({_some(weights)})"
    return f"a folder with {_some(names)}" if names else "an empty folder"


def _parameters(files: _Files) -> int:
    total = 0
    for name, (shape, _) in files.tensors.items():
        size = 0 if name.endswith((_FP8_SCALE, "rope.bands")) else 1
        for side in shape:
            size *= side
        total += size
    return total


def _cut_short(paths: list[Path]) -> tuple[str, ...]:
    """What is wrong with torch's own files. They are zip archives; nothing is unpickled here."""
    problems = []
    for path in paths:
        if path.suffix == ".safetensors":
            continue
        with path.open("rb") as file:
            start = file.read(2)
        if not start:
            problems.append(f"{path.name} is empty.")
        elif start == b"PK" and not zipfile.is_zipfile(path):
            problems.append(f"{path.name} is cut short or damaged.")
    return tuple(problems)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
