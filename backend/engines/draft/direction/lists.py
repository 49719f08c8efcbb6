"""How vocabularies are written down: lists of phrases with commas between them, and what stands for what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

Meaning = TypeVar("Meaning")
Replacement = tuple[re.Pattern[str], str]


class Replacements:
    """Patterns with what is said for their matches, in their order. They are compiled when they are first gone through:
    that takes as long as all else that a reader's import does, and not every language's text needs all."""

    def __init__(self, rules: Iterable[tuple[str, str]], flags: re.RegexFlag) -> None:
        self._rules, self._flags = tuple(rules), flags

    @cached_property
    def _compiled(self) -> tuple[Replacement, ...]:
        return tuple((re.compile(pattern, self._flags), said) for pattern, said in self._rules)

    def __iter__(self) -> Iterator[Replacement]:
        return iter(self._compiled)


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
    """Patterns with what is said for their matches, in their order."""
    return Replacements(rules, flags)


def replaced(text: str, rules: Iterable[Replacement]) -> str:
    """`text` with what is said for each match, one rule after the other."""
    for pattern, said in rules:
        text = pattern.sub(said, text)
    return text
