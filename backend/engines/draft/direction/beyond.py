"""What a direction asks for that no camera move can do: it is noted, in whichever language it was written."""

from __future__ import annotations

from collections.abc import Iterable


def beyond(text: str) -> tuple[str, ...]:
    return ()


def notes_of(topics: Iterable[str]) -> list[str]:
    return []
