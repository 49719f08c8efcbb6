"""What the benchmarks of the HappyHorse engine share: random weights and inputs of full size, clocks, results."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from backend.engines.happyhorse.transformer.model import loading_order
from backend.engines.happyhorse.vaes.still import parameter_shapes
from backend.engines.happyhorse.vaes.turbo import TurboDecoder
from backend.gpu.memory import GIB

CUDA = torch.device("cuda")
AUDIO, TEXT, FRAMES = 126, 594, 32
SIZES = {"base": (16, 30), "540p": (32, 56), "1080p": (68, 120)}  # latent pixels: 480x272, 896x512, 1920x1088
RESULTS: list[dict[str, object]] = []


def tell(**facts: object) -> None:
    facts = {key: round(value, 4) if isinstance(value, float) else value for key, value in facts.items()}
    RESULTS.append(facts)
    print(json.dumps(facts), flush=True)


def timed(run: Callable[[], object]) -> tuple[float, object]:
    torch.cuda.synchronize()
    start = time.perf_counter()
    result = run()
    torch.cuda.synchronize()
    return time.perf_counter() - start, result


def milliseconds(run: Callable[[], object], repeats: int = 5) -> float:
    run()
    times = []
    for _ in range(repeats):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        run()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return statistics.median(times)


def relative(a: Tensor, b: Tensor) -> float:
    return float((a.float().cpu() - b.float().cpu()).norm() / b.float().cpu().norm())


def random_tensors(shapes: dict[str, tuple[int, ...]], seed: int) -> Iterator[tuple[str, Tensor]]:
    """Weights that keep activations near 1, made on the GPU, the same for the same seed."""
    generator = torch.Generator(CUDA).manual_seed(seed)
    for name in loading_order(shapes):
        shape = shapes[name]
        if name.endswith("bands"):
            yield name, 10000.0 ** (-torch.arange(shape[0], device=CUDA) / shape[0])
            continue
        dtype = torch.bfloat16 if len(shape) == 2 and name.startswith("block") else torch.float32
        tensor = torch.randn(shape, generator=generator, device=CUDA, dtype=dtype)
        yield name, tensor.mul_(shape[1] ** -0.5 if len(shape) == 2 else 0.1)


def inputs(size: str) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    height, width = SIZES[size]

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(CUDA)

    return {
        "video": noise(1, 48, FRAMES, height, width),
        "audio": noise(1, AUDIO, 64),
        "text": noise(1, TEXT, 3584),
        "picture": noise(1, 48, 1, height, width),
    }


def random_decoder() -> TurboDecoder:
    decoder = TurboDecoder(device=CUDA)
    generator = torch.Generator(CUDA).manual_seed(5)
    decoder.load_state_dict(
        {
            name: torch.randn(shape, generator=generator, device=CUDA)
            * (torch.Size(shape[1:]).numel() ** -0.5 if len(shape) > 1 else 0.02)
            for name, shape in decoder.parameter_shapes().items()
        }
    )
    return decoder


def random_still_tensors() -> dict[str, Tensor]:
    """Of the still's encoder at its full size, on the CPU under the original names."""
    source = torch.Generator(CUDA).manual_seed(6)
    return {
        name: torch.randn(shape, generator=source, device=CUDA).cpu()
        * (torch.Size(shape[1:]).numel() ** -0.5 if len(shape) > 1 else 0.1)
        for name, shape in parameter_shapes(160).items()
    }


def random_sound_tensors() -> dict[str, Tensor]:
    """Of the sound's decoder at its full size, on the CPU under the original names."""
    widths, strides, tensors = (2048, 1024, 512, 256, 128, 128), (8, 8, 4, 4, 2), {}
    source = torch.Generator().manual_seed(7)

    def conv(name: str, first: int, second: int, kernel: int, out: int = 0) -> None:
        tensors[f"{name}.weight_v"] = torch.randn(first, second, kernel, generator=source)
        tensors[f"{name}.weight_g"], tensors[f"{name}.bias"] = torch.ones(first, 1, 1), torch.zeros(out or first)

    def snake(name: str, width: int) -> None:
        tensors[f"{name}.alpha"], tensors[f"{name}.beta"] = torch.zeros(width), torch.zeros(width)

    conv("decoder.layers.0", widths[0], 64, 7)
    for block, (inside, out, stride) in enumerate(zip(widths, widths[1:], strides, strict=False), start=1):
        name = f"decoder.layers.{block}.layers"
        snake(f"{name}.0", inside)
        conv(f"{name}.1", inside, out, 2 * stride, out)
        for unit in (2, 3, 4):
            for part, kernel in ((0, 7), (2, 1)):
                snake(f"{name}.{unit}.layers.{part}", out)
                conv(f"{name}.{unit}.layers.{part + 1}", out, out, kernel)
    snake("decoder.layers.6", 128)
    conv("decoder.layers.7", 2, 128, 7)
    return tensors


def decode_stage(decoder: TurboDecoder, latent: Tensor) -> int:
    return sum(int(part[0, 0, 0, 0]) * 0 + part.shape[0] for part in decoder.decode_frames(latent))


def fresh() -> None:
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()


def peaks() -> dict[str, float]:
    return {"peak_gib": torch.cuda.max_memory_allocated() / GIB, "reserved_gib": torch.cuda.max_memory_reserved() / GIB}
