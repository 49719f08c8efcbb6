"""What a job asks of the models and of how many GPUs, and the words for what can't be done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch

from ....gpu.memory import GIB, P, run_with_fallback
from ...engine import EngineError
from ..transformer.config import BASE, SR_540P, SR_1080P, TransformerConfig
from ..transformer.sharing import sizes
from .plans import Shape

Result = TypeVar("Result")

LIKE = {"distill": BASE, "base": BASE, "540p_sr": SR_540P, "1080p_sr": SR_1080P}
TITLES = {"distill": "the model", "base": "the model", "540p_sr": "the refiner", "1080p_sr": "the refiner"}
NO_EIGHT_BIT = "This machine has no 8-bit products: the take was made in full precision."
FULL = "The graphics card's memory ran out. Close what else uses it, or ask for a lower quality."
HOST_FULL = "The computer has too little free memory: {}. Close other programs, or ask for a lower quality."


@dataclass(frozen=True)
class Work:
    """What a job will ask for: transformers with the shapes they work on, and the size of the picture in pixels.

    `gpus`: how many are to share it; 0 is as many as there are and can. `transformers` are all that such a take is made
    with, also those whose stage need not be run again.
    """

    stages: Sequence[tuple[str, Shape]]
    size: tuple[int, int]
    eight_bit: bool = False
    gpus: int = 0
    transformers: Sequence[str] = ()


def gpus(asked: int, configs: Sequence[TransformerConfig], here: int, device: torch.device) -> int:
    """How many GPUs share a take that is made with such transformers, where there are `here` like `device`.

    `asked` 0 is as many as can. On the CPU so many processes share it, for checks.

    Raises:
        EngineError: `invalid_request`: so many can't, or are not here.
    """
    if asked == 0:
        here = here if sys.platform == "linux" else 1
        return max(n for n in range(1, here + 1) if all(n in sizes(config) for config in configs))
    for config in configs:
        if asked not in sizes(config):
            can = ", ".join(map(str, sizes(config)))
            what = f"{config.heads} query heads and {config.kv_heads} key-value heads"
            raise _unfit(f"{asked} GPUs can't share this model's {what}. So many can: {can}.")
    if device.type != "cpu" and asked > here:
        raise _unfit(f"{asked} GPUs were asked for, and this engine has {here}. `serve --gpus` gives it more.")
    if asked > 1 and sys.platform != "linux":
        raise _unfit("Several GPUs can share a take on Linux only.")
    return asked


def _unfit(message: str) -> EngineError:
    return EngineError("invalid_request", message, param="extra_params.options.gpus")


def too_large(needed: int, room: int) -> EngineError:
    message = (
        f"The graphics card has too little free memory for this clip: {short(needed, room)}. Close what else uses it, "
        "lower the quality or shorten the clip."
    )
    return EngineError("out_of_memory", message, "smaller_size")


def short(needed: int, there: int) -> str:
    return f"{needed / GIB:.1f} GiB are needed and {max(0, there) / GIB:.1f} are free"


def tried(
    plans: Sequence[P], run: Callable[[P], Result], note: Callable[[str], None], let_go: Callable[[], None]
) -> Result:
    """`run_with_fallback`, and its failures in words.

    Raises:
        EngineError: `out_of_memory`.
    """
    try:
        return run_with_fallback(plans, run, note, let_go)
    except torch.OutOfMemoryError as error:
        raise EngineError("out_of_memory", FULL, "smaller_size") from error
    except MemoryError as error:
        words = str(error)
    let_go()
    raise EngineError("out_of_memory", HOST_FULL.format(words), "smaller_size")


@contextmanager
def readable() -> Iterator[None]:
    """Files that can't be used become an error that says so."""
    try:
        yield
    except (ValueError, KeyError, OSError) as error:  # among them CheckpointError
        raise EngineError("bad_model", str(error), "models") from error
