"""The HappyHorse engine's kernels on one GPU: the golden cases, and what each choice gains."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.attention import SDPBackend

from backend.engines.happyhorse.transformer.config import TransformerConfig
from backend.engines.happyhorse.transformer.kernels import attention, ops, ops_triton
from backend.engines.happyhorse.transformer.model import Transformer
from backend.engines.happyhorse.vaes.turbo import TurboDecoder
from backend.engines.happyhorse.vaes.turbo_config import TurboConfig
from bench.happyhorse.common import (
    AUDIO,
    CUDA,
    FRAMES,
    TEXT,
    fresh,
    milliseconds,
    relative,
    tell,
)

# The lambdas that are timed are called at once, so that loop variables are as they were.
# ruff: noqa: B023, F821


def golden() -> None:
    """The golden cases on this device: errors against the reference's numbers."""
    folder = Path(__file__).parents[2] / "tests" / "golden"
    for name in ("dit_base", "dit_sr"):
        case = json.loads((folder / name / "case.json").read_text())
        tensors, weights = (load_file(folder / name / f"{kind}.safetensors") for kind in ("tensors", "weights"))
        config = TransformerConfig.from_case(case)
        text = tensors["in.text_feat"][:, : case["inputs"]["txt_feat_len"]]
        given = [tensors[key].to(CUDA) for key in ("in.video_latent", "in.audio_latent")] + [text.to(CUDA)]
        exact = tensors["fp32.out_video"]
        for precision, options in (
            ("fp32", {"fused": False}),
            ("fp32", {}),
            ("bf16", {"fused": False}),
            ("bf16", {}),
            ("fp8", {"fused": False}),
            ("fp8", {}),
            ("bf16", {"resident_bytes": 0}),
            ("fp8", {"resident_bytes": 0}),
        ):
            try:
                transformer = Transformer(config, CUDA, precision, **options)
                transformer.load_state_dict(weights)
                outputs = [transformer(*given)[0].cpu() for _ in range(2)]
                tell(
                    section="golden",
                    case=name,
                    precision=precision,
                    **options,
                    max=float((outputs[1] - exact).abs().max()),
                    relative_to_fp32=relative(outputs[1], exact),
                    relative_to_bf16=relative(outputs[1], tensors["out_video"]),
                    repeats=bool(torch.equal(*outputs)),
                )
            except Exception as error:  # noqa: BLE001  a section's failure must not cost the others
                tell(section="golden", case=name, precision=precision, **options, error=repr(error)[:300])
    turbo = folder / "turbo_vaed"
    case = json.loads((turbo / "case.json").read_text())
    for dtype in (torch.float32, torch.bfloat16):
        decoder = TurboDecoder(TurboConfig.from_published(case["config"]), CUDA, dtype)
        decoder.load_state_dict(load_file(turbo / "weights.safetensors"))
        tensors = load_file(turbo / "tensors.safetensors")
        for run in ("short", "chunked"):
            latent, expected = tensors[f"{run}.latent"], tensors[f"{run}.video"]
            video = decoder.decode(latent).cpu()
            seen = torch.cat(list(decoder.decode_frames(latent))).float()
            pixels = ((expected[0] / 2 + 0.5).clamp(0, 1) * 255).floor().permute(1, 2, 3, 0)
            tell(
                section="golden",
                case="turbo_vaed",
                run=run,
                dtype=str(dtype),
                relative=relative(video, expected),
                max=float((video - expected).abs().max()),
                bytes_max=float((seen - pixels).abs().max()),
                bytes_mean=float((seen - pixels).abs().mean()),
            )


def kernels() -> None:
    """What each choice gains, at the shapes of one 1080p step and one base step."""
    frame = 34 * 60
    for tokens in (FRAMES * 120 + AUDIO + TEXT, FRAMES * frame + AUDIO + TEXT):
        repeats = 10 if tokens < 10000 else 3
        qkv = torch.randn(tokens, 7216, device=CUDA, dtype=torch.bfloat16)
        q, k, v = (part.unflatten(1, (-1, 128)) for part in qkv[:, :7168].split([5120, 1024, 1024], dim=1))
        exact = attention_times(q, k, v, tokens, repeats)
        x = torch.randn(tokens, 5120, device=CUDA)
        y = torch.randn(tokens, 5120, device=CUDA, dtype=torch.bfloat16)
        up = torch.randn(min(tokens, 16384), 2 * 13696, device=CUDA, dtype=torch.bfloat16)
        sine, cosine = torch.rand(2, tokens, 48, device=CUDA)
        weight, head = torch.rand(5120, device=CUDA), torch.rand(128, device=CUDA)
        for name, kernels_of in (("plain", ops), ("triton", ops_triton)):
            for dtype in (torch.bfloat16, ops.FP8):
                if name == "plain" and dtype != torch.bfloat16:
                    continue
                out = (
                    ops.Rows(torch.empty_like(y, dtype=dtype), torch.empty(tokens, 1, device=CUDA))
                    if dtype != torch.bfloat16
                    else torch.empty_like(y)
                )
                tell(
                    section="kernels",
                    what="element-wise",
                    kind=name,
                    dtype=str(dtype),
                    tokens=tokens,
                    add_norm=milliseconds(lambda: kernels_of.add_norm(x, [y], weight, dtype)),
                    norm_rotate=milliseconds(lambda: kernels_of.norm_rotate(qkv, 40, 8, head, head, sine, cosine)),
                    gate=milliseconds(lambda: kernels_of.gate(exact, None, qkv[:, 7168:7208], out)),
                    activate_16384=milliseconds(lambda: kernels_of.activate(up, False, dtype)),
                )
        a = up[:, :13696]
        for width in (13652, 13696):
            w = torch.randn(5120, width, device=CUDA, dtype=torch.bfloat16)
            operand = a[:, :width].contiguous()
            ms = milliseconds(lambda: operand @ w.t())
            tell(
                section="kernels",
                what="down projection",
                inner=width,
                tokens=up.shape[0],
                ms=ms,
                tflops=2 * up.shape[0] * width * 5120 / ms / 1e9,
            )
        del x, y, up, qkv, a, exact, q, k, v
        fresh()
    windows_times(frame)


@contextmanager
def without_flash3() -> Iterator[None]:
    """Attention by torch's own kernels."""
    own, attention.flash3 = attention.flash3, lambda device: None
    try:
        yield
    finally:
        attention.flash3 = own


def e4m3(qkv: Tensor) -> tuple[Tensor, Callable[..., Tensor], Tensor]:
    """`qkv` in e4m3, the attention for it, and what its answers lack [40, 128]."""
    narrow, scale, lacking = attention.narrow(qkv, [5120, 1024, 1024], 40, 8)
    return narrow, partial(attention.attend, v_scale=scale), lacking.view(40, 128)


def split(qkv: Tensor) -> list[Tensor]:
    return [part.unflatten(1, (-1, 128)) for part in qkv[:, :7168].split([5120, 1024, 1024], dim=1)]


def sustained(run: Callable[[], object], seconds: float = 1.5) -> float:
    """Milliseconds of one of many runs in a row: a card at its limit of power slows down under them."""
    run()
    torch.cuda.synchronize()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        for _ in range(3):
            run()
        count += 3
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / count * 1000


def attention_times(q: Tensor, k: Tensor, v: Tensor, tokens: int, repeats: int) -> Tensor:
    """Tells what full attention takes by each kernel; answers cuDNN's result."""
    compact = [x.contiguous() for x in (q, k, v)]
    cudnn, flash = attention.KERNELS, [SDPBackend.FLASH_ATTENTION]
    with without_flash3():
        exact = attention.attend(q, k, v)
    kinds: dict[str, tuple[list[SDPBackend] | None, list[Tensor], Callable[..., Tensor], Tensor | float]] = {
        "cudnn, in place": (cudnn, [q, k, v], attention.attend, 0.0),
        "cudnn, compact": (cudnn, compact, attention.attend, 0.0),
        "torch's flash": (flash, [q, k, v], attention.attend, 0.0),
    }
    if attention.flash3(CUDA):
        kinds["flash 3, in place"] = (None, [q, k, v], attention.attend, 0.0)
        narrow, attend8, lacking8 = e4m3(torch.cat([x.flatten(1) for x in (q, k, v)], dim=1))
        kinds["flash 3, e4m3"] = (None, split(narrow), attend8, lacking8)
    for kind, (order, operands, attend, lacking) in kinds.items():
        attention.KERNELS = order or cudnn
        with without_flash3() if order else nullcontext():
            ms = milliseconds(lambda: attend(*operands), repeats)
            long = sustained(lambda: attend(*operands))
            error = relative(attend(*operands) + lacking, exact)
        tell(
            section="kernels",
            what="attention",
            kind=kind,
            tokens=tokens,
            ms=ms,
            sustained_ms=long,
            sustained_tflops=4 * tokens * tokens * 5120 / long / 1e9,
            relative_to_cudnn=error,
        )
    attention.KERNELS = cudnn
    return exact


def windows_times(frame: int) -> None:
    """Tells what one window layer's attention takes by each kernel."""
    qkv = torch.randn(FRAMES * frame + AUDIO + TEXT, 7216, device=CUDA, dtype=torch.bfloat16)

    def windows(operands: Tensor, kernel: Callable[..., Tensor]) -> None:
        q = operands[:, :5120].unflatten(1, (40, 128))
        kv = operands[:, 5120:7168].unflatten(1, (2, 8, 128))
        attention.attend_windowed(q, kv, FRAMES, frame, 11, lambda rows, answer: None, kernel)

    with without_flash3():
        ms = sustained(lambda: windows(qkv, attention.attend))
    tell(section="kernels", what="one window layer", kind="cudnn", sustained_ms=ms)
    if attention.flash3(CUDA):
        ms = sustained(lambda: windows(qkv, attention.attend))
        tell(section="kernels", what="one window layer", kind="flash 3", sustained_ms=ms)
        narrow, kernel, _ = e4m3(qkv)
        ms = sustained(lambda: windows(narrow, kernel))
        tell(section="kernels", what="one window layer", kind="flash 3, e4m3", sustained_ms=ms)


def tuning() -> None:
    """A choice that was looked at: sums inside products."""
    tokens = FRAMES * 34 * 60 + AUDIO + TEXT
    x = torch.randn(tokens, 5120, device=CUDA)
    a = torch.randn(tokens, 5120, device=CUDA, dtype=torch.bfloat16)
    w = torch.randn(5120, 5120, device=CUDA, dtype=torch.bfloat16)
    y = torch.empty_like(a)
    weight = torch.rand(5120, device=CUDA)
    tell(
        section="tuning",
        what="product, then sum and norm",
        product=milliseconds(lambda: torch.mm(a, w.t(), out=y)),
        both=milliseconds(lambda: (torch.mm(a, w.t(), out=y), ops_triton.add_norm(x, [y], weight, torch.bfloat16))),
    )
    try:
        tell(
            section="tuning",
            what="sum inside the product",
            product=milliseconds(lambda: torch.addmm(x, a, w.t(), out_dtype=torch.float32)),
            both=milliseconds(
                lambda: ops_triton.add_norm(
                    torch.addmm(x, a, w.t(), out_dtype=torch.float32), [], weight, torch.bfloat16
                )
            ),
        )
    except Exception as error:  # noqa: BLE001
        tell(section="tuning", what="sum inside the product", error=repr(error)[:300])
