"""How vocabularies are written down: lists of phrases with commas between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Meaning = TypeVar("Meaning")


def listed(text: str) -> tuple[str, ...]:
    """The phrases of a list, in its order."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


def one_of(text: str) -> frozenset[str]:
    """The phrases of a list, to look one up in."""
    return frozenset(listed(text))


def by_phrase(groups: Mapping[Meaning, str]) -> dict[str, Meaning]:
    """The meaning of each phrase, from a list of phrases for each meaning."""
    return {phrase: meaning for meaning, text in groups.items() for phrase in listed(text)}
