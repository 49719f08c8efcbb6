"""One pass shared by several GPUs after Ulysses (Jacobs et al. 2023, arXiv 2309.14509).

Each has a part of the tokens, for all but attention; for that it has a part of the heads of all tokens. Queries, keys
and values are exchanged before attention, its answers back after it. No sum is made in another order than by one GPU.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ....gpu.ranks import Ranks
from .config import TransformerConfig

WORD = torch.int64  # heads are copied in words of 8 bytes, several times as fast as number by number


def sizes(config: TransformerConfig) -> list[int]:
    """Among how many GPUs the heads can be shared."""
    return [n for n in range(1, config.kv_heads + 1) if config.heads % n == 0 and config.kv_heads % n == 0]


def token_cuts(video: int, rest: int, ranks: int) -> tuple[int, ...]:
    """Where each rank's tokens begin, and the end, for `video` tokens and `rest` others behind them.

    Evenly, but that the few of audio and text, which have experts of their own, are all the last rank's: products of
    so few rows are added up in an order that depends on their number.

    Raises:
        ValueError: there are fewer tokens than ranks.
    """
    tokens = video + rest
    if ranks == 1:
        return 0, tokens
    last = min(video, tokens * (ranks - 1) // ranks)
    if last < ranks - 1:
        raise ValueError(f"{ranks} ranks can't share {video} video tokens")
    return (*(last * i // (ranks - 1) for i in range(ranks)), tokens)


def pack(qkv: Tensor, columns: Sequence[int], out: Tensor) -> Tensor:
    """`qkv` [own tokens, queries | keys | values | ...], `columns` of each, to [ranks, own tokens, the same of a rank's
    heads] in `out`."""
    size, start = out.shape[0], 0
    for width in columns:
        source = qkv[:, start : start + width].unflatten(1, (size, width // size)).transpose(0, 1)
        out[:, :, start // size : (start + width) // size].view(WORD).copy_(source.view(WORD))
        start += width
    return out


def to_heads(packed: Tensor, ranks: Ranks, rows: Sequence[int], out: Tensor | None = None) -> Tensor:
    """What `pack` made of each rank's tokens, to [all tokens, queries | keys | values of its own heads].

    `rows` says how many tokens each rank has.
    """
    return ranks.exchange(packed.flatten(0, 1), [packed.shape[1]] * ranks.size, rows, out)


def to_rows(answers: Tensor, dim: int, ranks: Ranks, rows: Sequence[int], out: Tensor | None = None) -> Tensor:
    """`answers` [tokens, own heads * dim] to those of its own tokens, [ranks, own tokens, heads of a rank, dim].

    `rows` says how many of the tokens each rank has.
    """
    own = rows[ranks.rank]
    came = ranks.exchange(answers, rows, [own] * ranks.size, out)
    return came.view(ranks.size, own, answers.shape[1] // dim, dim)


def to_first(own: Tensor, ranks: Ranks, rows: Sequence[int]) -> Tensor:
    """Every rank's `own` [rows of it, ...] to rank 0, in turn; the others have none then."""
    first = ranks.rank == 0
    return ranks.exchange(own, [own.shape[0], *[0] * (ranks.size - 1)], rows if first else [0] * ranks.size)
