"""The clauses of a text in another language."""

from __future__ import annotations

import re

from ..languages.language import Language

_STRENGTH = {",": 0, "and": 1, "while": 2, "then": 3, ".": 3}  # of two links in a row the stronger counts


class Splitter:
    """One language's patterns for what parts clauses, compiled."""

    def __init__(self, language: Language) -> None:
        self.splits = re.compile("|".join(f"({pattern})" for pattern, _ in language.splits))
        self.links = [link for _, link in language.splits]

    def of(self, text: str) -> list[tuple[str, str]]:
        """Each clause of a text, and the link that joins it to the one before."""
        found: list[tuple[str, str]] = []
        link, start = ".", 0
        lower = text.lower()
        if len(lower) != len(text):
            lower = text
        for match in self.splits.finditer(lower):
            found.append((link, text[start : match.start()]))
            link, start = self.links[(match.lastindex or 1) - 1], match.end()
        found.append((link, text[start:]))
        kept: list[tuple[str, str]] = []
        strong = ","
        for link, clause in found:
            strong = link if _STRENGTH[link] > _STRENGTH[strong] else strong
            if clause.strip():
                kept.append((strong, clause))
                strong = ","
        return kept
