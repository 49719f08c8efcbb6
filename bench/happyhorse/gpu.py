"""The HappyHorse engine at its full size on one GPU, with random weights: stages, memory plans, kernels, loading.

    python bench/happyhorse/gpu.py SECTION... [--out results.json]

Sections: golden, kernels, decode, base, 540p, 1080p (each bf16, or behind a colon fp8 = e4m3 products alone, or
fp8a = e4m3 attention too, as the engine does where it can),
plain (against the plainest correct version), tuning, profile,
card24, card16, load. Every figure is printed as one line of
JSON. Stages are run once cold and once or more warm; times end when the device has finished. `errors` compares final
latents with those of the bf16 run of the same command, weights and noise.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from torch import Tensor

from backend.engines.happyhorse.memory.plans import Plan, Shape, choose_plans, decode_bytes
from backend.engines.happyhorse.sampling.samplers import sample_distilled
from backend.engines.happyhorse.sampling.super_resolution import refine
from backend.engines.happyhorse.transformer.config import BASE, SR_540P, SR_1080P, TransformerConfig, parameter_shapes
from backend.engines.happyhorse.transformer.kernels import attention
from backend.engines.happyhorse.transformer.model import Transformer, loading_order
from backend.gpu.memory import GIB, OURS
from bench.happyhorse.common import (
    AUDIO,
    CUDA,
    FRAMES,
    RESULTS,
    SIZES,
    TEXT,
    decode_stage,
    fresh,
    inputs,
    peaks,
    random_decoder,
    random_tensors,
    relative,
    tell,
    timed,
)
from bench.happyhorse.kernels import golden, kernels, tuning, without_flash3
from bench.happyhorse.plain import PlainTransformer

# The lambdas that are timed are called at once, so that loop variables are as they were.
# ruff: noqa: B023, F821

FINAL: dict[str, Tensor] = {}  # what the bf16 runs of this command gave


def model(config: TransformerConfig, kind: str, seed: int, plan: Plan | None = None) -> Transformer:
    precision = "fp8" if kind.startswith("fp8") else "bf16"
    options = {} if plan is None else {"resident_bytes": plan.resident_bytes, "rows_at_once": plan.rows_at_once}
    result = Transformer(config, CUDA, precision, **options)
    if kind == "fp8":
        result.arithmetic = replace(result.arithmetic, fp8_attention=False)
    for name, tensor in random_tensors(result.shapes, seed):
        result.load_rows(name, 0, tensor)
        del tensor
    result.finish_loading()
    torch.cuda.synchronize()
    gc.collect()
    torch.cuda.empty_cache()
    return result


def base_stage(transformer: Transformer, given: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """From the text's features and the picture's latent, as others made them; noise is drawn on the way."""
    transformer.unpark()  # what gave way to others comes back beside the first step
    generator = torch.Generator().manual_seed(2)

    def noise() -> tuple[Tensor, Tensor]:
        video, audio = (torch.randn(given[name].shape, generator=generator) for name in ("video", "audio"))
        return video.to(CUDA, non_blocking=True), audio.to(CUDA, non_blocking=True)

    fresh_noise = (noise() for _ in range(7))
    return sample_distilled(transformer, given["text"], *noise(), fresh_noise, picture=given["picture"])


def refine_stage(transformer: Transformer, given: dict[str, Tensor], video: Tensor, audio: Tensor) -> Tensor:
    transformer.unpark()
    return refine(transformer, given["text"], video, audio, given["video"], given["audio"], picture=given["picture"])


# Sections


def decode() -> None:
    decoder = random_decoder()
    for size in ("base", "540p", "1080p"):
        fresh()
        latent = inputs(size)["video"]
        cold, frames = timed(lambda latent=latent: decode_stage(decoder, latent))
        warm, _ = timed(lambda latent=latent: decode_stage(decoder, latent))
        tell(section="decode", size=size, frames=frames, cold_s=cold, warm_s=warm, **peaks())


def compare(key: str, kind: str, latent: Tensor) -> dict[str, float]:
    if kind == "bf16":
        FINAL[key] = latent.cpu()
    return {"errors": relative(latent, FINAL[key])} if kind != "bf16" and key in FINAL else {}


def base(kind: str = "bf16") -> None:
    fresh()
    transformer = model(BASE, kind, 3)
    tell(section="base", kind=kind, weights_gib=torch.cuda.memory_allocated() / GIB)
    given = inputs("base")
    cold, _ = timed(lambda: base_stage(transformer, given))
    times = [timed(lambda: base_stage(transformer, given)) for _ in range(3)]
    warm, (video, _) = min(times, key=lambda entry: entry[0])
    tell(
        section="base",
        kind=kind,
        cold_s=cold,
        warm_s=warm,
        all_warm=[round(entry[0], 4) for entry in times],
        finite=bool(torch.isfinite(video).all()),
        **compare("base", kind, video),
        **peaks(),
    )
    decoder = random_decoder()
    decode_stage(decoder, video)
    seconds, _ = timed(lambda: decode_stage(decoder, base_stage(transformer, given)[0]))
    tell(section="256p whole (base + decode)", kind=kind, warm_s=seconds, **peaks())


def whole(size: str, kind: str = "bf16", plans: tuple[Plan, Plan] | None = None, warm: int = 1) -> None:
    """Base stage, refining stage and decoding; both transformers on the GPU where they fit, else one at a time."""
    fresh()
    started = time.perf_counter()
    first = model(BASE, kind, 3, plans[0] if plans else None)
    if plans:
        first.park()
    second = model(SR_1080P if size == "1080p" else SR_540P, kind, 4, plans[1] if plans else None)
    if plans:
        second.park()
    decoder = random_decoder()
    first_given = inputs("base")
    tell(
        section=size,
        kind=kind,
        ready_s=time.perf_counter() - started,
        weights_gib=torch.cuda.memory_allocated() / GIB,
        streamed=[len(first.store.streamed), len(second.store.streamed)],
    )
    fresh()
    before: Tensor | None = None
    for turn in range(1 + warm):
        parts = {}

        def step(name: str, run: Callable[[], object], parts: dict[str, float] = parts) -> object:
            parts[name], result = timed(run)
            return result

        begun = time.perf_counter()
        with ThreadPoolExecutor(1) as beside:  # as the engine prepares the refiner's inputs
            drawn = beside.submit(inputs, size)
            video, audio = step("base", lambda: base_stage(first, first_given))
        given = drawn.result()
        if plans:
            step("park_base", first.park)
        large = step("refine", lambda given=given, video=video, audio=audio: refine_stage(second, given, video, audio))
        refining = peaks()
        if plans:
            step("park_sr", second.park)
        else:
            room = decode_bytes(16 * SIZES[size][1], 16 * SIZES[size][0]) - (OURS - torch.cuda.memory_allocated())
            if room > 0:
                step("make_room", lambda room=room: first.park(room))
        torch.cuda.empty_cache()  # as the engine does when it makes room
        torch.cuda.reset_peak_memory_stats()
        frames = step("decode", lambda large=large: decode_stage(decoder, large))
        total = time.perf_counter() - begun
        tell(
            section=size,
            kind=kind,
            run="warm" if turn else "cold",
            total_s=total,
            parts={k: round(t, 3) for k, t in parts.items()},
            frames=frames,
            finite=bool(torch.isfinite(large).all()),
            repeats=before is None or relative(large, before),
            refine_memory=refining,
            decode_memory=peaks(),
            **compare(size, kind, large),
        )
        torch.cuda.reset_peak_memory_stats()
        before = large.cpu()
    first.close()
    second.close()


def plain() -> None:
    """Where the time goes: the base stage and one 1080p step, from the plainest version to the engine's."""
    for size, config, seed in (("base", BASE, 3), ("1080p", SR_1080P, 4)):
        fresh()
        given = inputs(size)
        operands = (given["video"], given["audio"], given["text"])
        answers = {}
        shapes = parameter_shapes(config)
        for kind in ("plain", "+ padded", "+ cuDNN attention"):
            gc.collect()
            if kind == "plain":
                slow = PlainTransformer(config, dict(random_tensors(shapes, seed)))
            elif kind == "+ padded":
                slow = PlainTransformer(config, slow.tensors, padded=True)
            else:
                slow.cudnn = True
            torch.cuda.reset_peak_memory_stats()
            if size == "base":
                slow(*operands)
            seconds, (answers[kind], _) = timed(lambda: slow(*operands))
            tell(
                section="plain",
                size=size,
                kind=kind,
                step_s=seconds,
                error_to_plain=relative(answers[kind], answers["plain"]),
                **peaks(),
            )
        del slow
        fresh()
        for kind in ("bf16, cuDNN attention", "bf16", "fp8", "fp8a"):
            fast = model(config, kind.partition(",")[0], seed)
            with without_flash3() if "cuDNN" in kind else nullcontext():
                fast(*operands)
                seconds, (answer, _) = timed(lambda fast=fast: fast(*operands))
            tell(
                section="plain",
                size=size,
                kind=f"engine, {kind}",
                step_s=seconds,
                error_to_plain=relative(answer, answers["plain"]),
                **peaks(),
            )
            del fast
            fresh()


def profile(kind: str = "bf16") -> None:
    """Which kernels one warm 1080p step, or with the kind "decode" one 1080p decode, consists of, and their times."""
    fresh()
    given = inputs("1080p")
    if kind == "decode":
        decoder = random_decoder()
        run: Callable[[], object] = lambda: decode_stage(decoder, given["video"])  # noqa: E731
    else:
        transformer = model(SR_1080P, kind, 4)
        run = lambda: transformer(given["video"], given["audio"], given["text"])  # noqa: E731
    for _ in range(2):
        run()
    seconds, _ = timed(run)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
        run()
        torch.cuda.synchronize()
    kernels = sorted(profiler.key_averages(), key=lambda entry: -entry.self_device_time_total)
    total = sum(entry.self_device_time_total for entry in kernels)
    tell(section="profile", kind=kind, seconds=seconds, kernels_s=total / 1e6)
    for entry in kernels[:16]:
        milliseconds = entry.self_device_time_total / 1e3
        tell(section="profile", kind=kind, kernel=entry.key[:90], calls=entry.count, ms=milliseconds)


def card(gib: float, size: str) -> None:
    """Both stages on a card of `gib` GiB for us, by the plans that would be chosen there."""
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(gib * GIB / total)
    try:
        config = SR_1080P if size == "1080p" else SR_540P
        plans = tuple(
            choose_plans(settings, Shape(FRAMES, *SIZES[key], AUDIO, TEXT), int(gib * GIB))[0]
            for settings, key in ((BASE, "base"), (config, size))
        )
        tell(section=f"card of {gib} GiB", size=size, plans=[plan.words for plan in plans])
        whole(size, plans[0].precision + "a" * (plans[0].precision == "fp8"), plans)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def load(folder: Path, gigabytes: float = 30.6) -> None:
    """Loading published files (fp32 on disk) against only reading them."""
    from dataclasses import replace

    from safetensors.torch import save_file

    from backend.engines.happyhorse.files.checkpoint import Checkpoint
    from backend.engines.happyhorse.transformer.loading import load_transformer

    layers = 20  # as many as the disk takes
    config = replace(BASE, layers=layers, expert_layers=frozenset({0, 1, 2, 3}))
    folder.mkdir(parents=True, exist_ok=True)
    shard, size, count = {}, 0, 0
    for name, tensor in random_tensors(parameter_shapes(config), 6):
        shard[name] = tensor.float().cpu()
        size += shard[name].nbytes
        if size > 4 << 30:
            save_file(shard, folder / f"model-{count:05}.safetensors")
            shard, size, count = {}, 0, count + 1
    save_file(shard, folder / f"model-{count:05}.safetensors")
    del shard
    checkpoint = Checkpoint(folder)
    names = loading_order(checkpoint.shapes)
    size = sum(checkpoint.tensors[name].bytes for name in names)

    def only_read() -> None:
        for _ in checkpoint.read(names, torch.device("cpu")):
            pass

    for what, run in (
        ("read", only_read),
        ("load bf16", lambda: load_transformer(folder, config, CUDA, "bf16")),
        ("read", only_read),
        ("load fp8", lambda: load_transformer(folder, config, CUDA, "fp8")),
        ("load bf16", lambda: load_transformer(folder, config, CUDA, "bf16")),
    ):
        fresh()
        seconds, result = timed(run)
        del result
        tell(
            section="load",
            what=what,
            gigabytes=size / 1e9,
            seconds=seconds,
            gb_per_s=size / 1e9 / seconds,
            **peaks(),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="+")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/happyhorse_load"))
    given = parser.parse_args()
    tell(
        gpu=torch.cuda.get_device_name(),
        torch=torch.__version__,
        cudnn=torch.backends.cudnn.version(),
        flash_attention_3=attention.flash3(CUDA) is not None,
    )
    for section in given.sections:
        name, _, kind = section.partition(":")
        started = time.perf_counter()
        try:
            if name in ("540p", "1080p"):
                whole(name, kind or "bf16")
            elif name == "card24":
                card(22, "1080p")
            elif name == "card16":
                card(14.5, "540p")
            elif name == "load":
                load(given.folder)
            elif name in ("base", "profile"):
                {"base": base, "profile": profile}[name](kind or "bf16")
            else:
                {"golden": golden, "kernels": kernels, "decode": decode, "plain": plain, "tuning": tuning}[name]()
        except Exception:  # noqa: BLE001
            tell(section=section, error=traceback.format_exc()[-1500:])
        tell(section=section, took_s=time.perf_counter() - started)
        if given.out:
            given.out.write_text(json.dumps(RESULTS, indent=1))


if __name__ == "__main__":
    main()
