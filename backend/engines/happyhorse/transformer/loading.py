"""A transformer from its published files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from ..files.checkpoint import Checkpoint, CheckpointError, check_names, looks_like
from .config import TransformerConfig, config_from_shapes, parameter_shapes
from .model import ROWS_AT_ONCE, Transformer, loading_order
from .streaming import ALONE

BANDS = "adapter.rope.bands"


def read_config(checkpoint: Checkpoint, like: TransformerConfig) -> TransformerConfig:
    """The config of the transformer in these files; what shapes cannot tell comes from `like`.

    Raises:
        CheckpointError: it is another model, or tensors are missing, not known or misshapen.
    """
    shapes = checkpoint.shapes
    shapes.setdefault(BANDS, (like.bands,))
    try:
        config = config_from_shapes(shapes, like=like)
        shapes[BANDS] = shapes[BANDS] if BANDS in checkpoint.tensors else (config.bands,)
        check_names(parameter_shapes(config), shapes)
    except ValueError as error:
        path = checkpoint.path
        raise CheckpointError(
            f"{path} can't be used as a MagiHuman transformer: {error}. "
            f"It looks like {looks_like(path if path.is_dir() else path.parent)}."
        ) from error
    return config


def load_transformer(
    path: Path,
    like: TransformerConfig,
    device: torch.device | str,
    precision: str = "bf16",
    *,
    resident_bytes: int | None = None,
    rows_at_once: int = ROWS_AT_ONCE,
    share: tuple[int, int] = ALONE,
    progress: Callable[[float], None] | None = None,
) -> Transformer:
    """A transformer from a safetensors file or a folder of shards: fp32, bf16 or fp8 with scales.

    Args:
        like: what this transformer is, for what its tensors can't tell: `config.BASE`, `SR_540P`, `SR_1080P`.
        precision, resident_bytes, rows_at_once, share: see `Transformer`; a memory plan gives them.
        progress: called with the fraction that is loaded.

    Raises:
        CheckpointError: says what the files are, or which tensors are missing, not known or misshapen.
    """
    checkpoint = Checkpoint(path)
    config = read_config(checkpoint, like)
    model = Transformer(
        config, device, precision, resident_bytes=resident_bytes, rows_at_once=rows_at_once, share=share
    )
    names = loading_order(checkpoint.shapes)
    if BANDS not in names or checkpoint.tensors[BANDS].dtype != torch.float32:  # 16 bits are too few for angles
        model.load_rows(BANDS, 0, 10000.0 ** (-torch.arange(config.bands) / config.bands))
        names = [name for name in names if name != BANDS]
    scales = {name: checkpoint.scale(name) for name in names}
    total = sum(checkpoint.tensors[name].bytes for name in names)
    report = None if progress is None else lambda done: progress(done / total)
    for name, start, rows in checkpoint.read(names, model.device, report):
        model.load_rows(name, start, rows, scales[name])
    model.finish_loading()
    return model
