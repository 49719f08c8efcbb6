"""What further ranks do in tests."""

from __future__ import annotations

import time

import torch

from backend.gpu.ranks import Ranks


class Plain:
    """Answers, exchanges, fails."""

    def __init__(self, ranks: Ranks) -> None:
        self._ranks = ranks

    def who(self) -> list[int]:
        return [self._ranks.rank, self._ranks.size]

    def exchange(self) -> list[float]:
        """Takes part in `mixed`."""
        return mixed(self._ranks)

    def parts(self, count: int):
        for number in range(count):
            yield 10 * self._ranks.rank + number

    def sleep(self) -> None:
        time.sleep(6000)

    def fill(self) -> None:
        raise torch.OutOfMemoryError("no room")

    def stumble(self) -> None:
        raise ValueError("over a stone")


def mixed(ranks: Ranks) -> list[float]:
    """Each gives 1 + i rows to rank i, none to itself or from the last one to the first; tells what came."""
    give = [0 if i == ranks.rank or (ranks.rank == ranks.size - 1 and i == 0) else 1 + i for i in range(ranks.size)]
    take = [
        0 if i == ranks.rank or (i == ranks.size - 1 and ranks.rank == 0) else 1 + ranks.rank for i in range(ranks.size)
    ]
    rows = torch.cat([torch.full((n, 2), 100.0 * ranks.rank + i) for i, n in enumerate(give)])
    return ranks.exchange(rows, give, take)[:, 1].tolist()
