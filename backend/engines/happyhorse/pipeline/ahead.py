"""Answers that are made one ahead of their use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import TypeVar

Drawn = TypeVar("Drawn")


def ahead(beside: Executor, draw: Callable[[], Drawn], count: int) -> Iterator[Drawn]:
    """`count` answers of `draw`, the first begun at once and each other one while that before it is used."""
    coming = [beside.submit(draw)] if count else []

    def answers() -> Iterator[Drawn]:
        for left in reversed(range(count)):
            answer = coming.pop().result()
            if left:
                coming.append(beside.submit(draw))
            yield answer

    return answers()
