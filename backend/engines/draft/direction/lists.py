"""How vocabularies are written down: lists of phrases with commas between them, and what stands for what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

Meaning = TypeVar("Meaning")
Replacements = tuple[tuple[re.Pattern[str], str], ...]


def listed(text: str) -> tuple[str, ...]:
    """The phrases of a list, in its order."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


def one_of(text: str) -> frozenset[str]:
    """The phrases of a list, to look one up in."""
    return frozenset(listed(text))


def by_phrase(groups: Mapping[Meaning, str]) -> dict[str, Meaning]:
    """The meaning of each phrase, from a list of phrases for each meaning."""
    return {phrase: meaning for meaning, text in groups.items() for phrase in listed(text)}


def replacements(rules: Iterable[tuple[str, str]], flags: re.RegexFlag = re.IGNORECASE) -> Replacements:
    """Patterns, compiled, with what is said for their matches, in their order."""
    return tuple((re.compile(pattern, flags), said) for pattern, said in rules)


def replaced(text: str, rules: Replacements) -> str:
    """`text` with what is said for each match, one rule after the other."""
    for pattern, said in rules:
        text = pattern.sub(said, text)
    return text
