"""Exact softmax attention, full or through a window of frames, by the fastest kernel torch has for the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

# cuDNN's kernel is 1.6 to 1.8 times torch's flash attention on Hopper; where it can't run, the next one does.
KERNELS = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention of q [n, heads, d] over k, v [m, kv heads, d] -> [n, heads, d].

    Query head i uses key head i // (heads / kv heads). Views with any strides over n and heads are taken as
    they are, without a copy.
    """
    q, k, v = (x.transpose(0, 1)[None] for x in (q, k, v))
    with sdpa_kernel(KERNELS, set_priority=True):
        out = torch.nn.functional.scaled_dot_product_attention(q, k, v, enable_gqa=q.shape[1] != k.shape[1])
    return out[0].transpose(0, 1)


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
    k: Tensor,
    v: Tensor,
    frames: int,
    frame_tokens: int,
    reach: int,
    attend: Callable[[Tensor, Tensor, Tensor], Tensor] = attend,
) -> Iterator[tuple[slice, Tensor]]:
    """Video tokens see the frames within `reach` and all audio and text; audio and text see everything.

    The sequence is [video | audio | text], video being `frames` runs of `frame_tokens`. Yields the rows of the
    queries and their result. **Overwrites k and v**: each group of frames needs its keys in one piece, frames
    and then audio and text; going from the last frame to the first, audio and text are copied to just behind
    the window, over frames that no remaining query sees.
    """
    video = frames * frame_tokens
    rest = q.shape[0] - video
    rest_k, rest_v = k[video:].clone(), v[video:].clone()
    if rest:
        yield slice(video, None), attend(q[video:], k, v)
    behind = video
    for first, end, key_first, key_end in reversed(window_groups(frames, reach)):
        start, stop = key_first * frame_tokens, key_end * frame_tokens
        if stop != behind:
            k[stop : stop + rest] = rest_k
            v[stop : stop + rest] = rest_v
            behind = stop
        rows = slice(first * frame_tokens, end * frame_tokens)
        yield rows, attend(q[rows], k[start : stop + rest], v[start : stop + rest])
