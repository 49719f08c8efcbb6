"""Softmax attention, full or through a window of frames, by the fastest kernel there is for the device.

On Hopper that is FlashAttention-3 (Shah et al. 2024, arXiv 2407.08608) where the package fa3-fwd is installed: a fifth
faster than cuDNN's kernel, and the only one here for e4m3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from .ops import FP8, FP8_MAX

# cuDNN's kernel is 1.6 to 1.8 times torch's flash attention on Hopper; where it can't run, the next one does.
KERNELS = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
HOPPER = (9, 0)
LANES = 3  # of a windowed attention with a part of the heads: a group of frames fills 1.2 times the GPU with a quarter


@cache
def flash3(device: torch.device) -> Callable[..., Any] | None:
    """FlashAttention-3 for `device`; None on another card, or where the package is not there or not for this torch."""
    if device.type != "cuda" or torch.cuda.get_device_capability(device) != HOPPER:
        return None
    try:
        from fa3_fwd_interface import flash_attn_func
    except (ImportError, OSError):
        return None
    return flash_attn_func  # type: ignore[no-any-return]


def attend(q: Tensor, k: Tensor, v: Tensor, v_scale: Tensor | None = None) -> Tensor:
    """Attention of q [n, heads, d] over k, v [m, kv heads, d] -> [n, heads, d].

    Query head i uses key head i // (heads / kv heads). Views with any strides over n and heads are taken as
    they are, without a copy. All three may be e4m3 where `flash3` is there: v then is to be multiplied by
    `v_scale` [kv heads], and the answer is bf16.
    """
    kernel = flash3(q.device) if q.dtype in (torch.bfloat16, FP8) else None
    if kernel is not None:
        return kernel(q[None], k[None], v[None], v_descale=None if v_scale is None else v_scale[None])[0]  # type: ignore[no-any-return]
    q, k, v = (x.transpose(0, 1)[None] for x in (q, k, v))
    with sdpa_kernel(KERNELS, set_priority=True):
        out = torch.nn.functional.scaled_dot_product_attention(q, k, v, enable_gqa=q.shape[1] != k.shape[1])
    return out[0].transpose(0, 1)


def narrow(qkv: Tensor, columns: list[int], heads: int, kv_heads: int) -> tuple[Tensor, Tensor, Tensor]:
    """`qkv` [n, queries | keys | values | ...], `columns` of each, in e4m3; `attend`'s `v_scale`; what answers lack.

    Tensor cores add e4m3 products up with few bits, which costs most where all values have something in common. So
    values go without their mean over the tokens, and as softmax's weights sum to 1 it is added to the answers instead:
    [heads * d]. Without it they are scaled to fill e4m3's range; the norm keeps queries and keys small.
    """
    q, k, v = qkv[:, : sum(columns)].split(columns, dim=1)
    result = torch.empty(qkv.shape[0], sum(columns), dtype=FP8, device=qkv.device)
    result[:, : columns[0]].copy_(q)
    result[:, columns[0] : columns[0] + columns[1]].copy_(k)
    # Head by head, so that the order of the sums does not depend on how many heads there are.
    mean = torch.cat([one.mean(dim=0, dtype=torch.float32) for one in v.split(v.shape[1] // kv_heads, dim=1)])
    values = (v - mean).unflatten(1, (kv_heads, -1))
    scale = values.abs().amax(dim=(0, 2)).clamp_min(1e-12) / FP8_MAX
    result[:, columns[0] + columns[1] :].unflatten(1, (kv_heads, -1)).copy_(values / scale[:, None])
    return result, scale, mean.view(kv_heads, -1).repeat_interleave(heads // kv_heads, dim=0).flatten()


def window_groups(frames: int, reach: int) -> list[tuple[int, int, int, int]]:
    """(first, end, key_first, key_end) in frames: runs of frames that see the same frames, `reach` to each side."""
    groups: list[tuple[int, int, int, int]] = []
    for frame in range(frames):
        seen = (max(0, frame - reach), min(frames, frame + reach + 1))
        if groups and groups[-1][2:] == seen:
            groups[-1] = (groups[-1][0], frame + 1, *seen)
        else:
            groups.append((frame, frame + 1, *seen))
    return groups


def attend_windowed(
    q: Tensor,
    kv: Tensor,
    frames: int,
    frame_tokens: int,
    reach: int,
    write: Callable[[slice, Tensor], None],
    attend: Callable[[Tensor, Tensor, Tensor], Tensor] = attend,
    lanes: int = 1,
) -> None:
    """Video tokens see the frames within `reach` and all audio and text; audio and text see everything.

    The sequence is [video | audio | text], video being `frames` runs of `frame_tokens`; `kv` [n, 2, kv heads, d] are
    its keys and values. Of the queries, those of audio and text may be left out, from the end. `write` is called with
    rows of the queries and their result, on the stream that makes it. **Overwrites kv**: each group of frames needs its
    keys in one piece, frames and then audio and text; going from the last frame to the first, audio and text are copied
    to just behind the window, over frames that no remaining query sees.

    A group with few heads doesn't fill a GPU: in several `lanes`, each with a copy of kv, so many are at work at once.
    """
    video = frames * frame_tokens
    groups = window_groups(frames, reach)[::-1]
    with _beside(kv, lanes) as copies:
        for lane, (own, stream) in enumerate(copies):
            with stream:
                if lane == 0 and q.shape[0] > video:
                    write(slice(video, q.shape[0]), attend(q[video:], own[:, 0], own[:, 1]))
                rest, behind = own[video:].clone(), video
                for first, end, key_first, key_end in groups[lane::lanes]:
                    start, stop = key_first * frame_tokens, key_end * frame_tokens
                    if stop != behind:
                        own[stop : stop + len(rest)] = rest
                        behind = stop
                    rows = slice(first * frame_tokens, end * frame_tokens)
                    seen = own[start : stop + len(rest)]
                    write(rows, attend(q[rows], seen[:, 0], seen[:, 1]))


@contextmanager
def _beside(kv: Tensor, lanes: int) -> Iterator[list[tuple[Tensor, AbstractContextManager[object]]]]:
    """A copy of `kv` for each lane and the stream that it is used on: all after what the current one was told before,
    and before what it will be told after."""
    copies = [kv, *(kv.clone() for _ in range(lanes - 1))]
    if lanes == 1 or kv.device.type != "cuda":
        yield [(copy, nullcontext()) for copy in copies]
        return
    current = torch.cuda.current_stream(kv.device)
    streams = _lane_streams(kv.device)[: lanes - 1]
    for stream in streams:
        stream.wait_stream(current)
    try:
        yield list(zip(copies, [nullcontext(), *map(torch.cuda.stream, streams)], strict=True))
    finally:
        for stream in streams:
            current.wait_stream(stream)


@cache
def _lane_streams(device: torch.device) -> list[torch.cuda.Stream]:
    """Always the same ones: torch keeps memory for each apart."""
    return [torch.cuda.Stream(device) for _ in range(LANES - 1)]
