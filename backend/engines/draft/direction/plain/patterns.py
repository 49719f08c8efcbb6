"""A language's patterns, and what they find in a clause."""

from __future__ import annotations

import re

from ..languages.language import Rules

MOST = 40  # things and manners that are taken of a clause
Patterns = list[tuple[re.Pattern[str], str]]


def with_nouns(rule: str, noun: str) -> str:
    """A rule with the pattern of a thing at each {N}, in groups n0, n1 ..."""
    parts = rule.split("{N}")
    return "".join(
        part + (noun.replace("?P<n>", f"?P<n{index}>") if index < len(parts) - 1 else "")
        for index, part in enumerate(parts)
    )


def compiled(rules: Rules) -> Patterns:
    return [(re.compile(pattern), english) for pattern, english in rules]


def apart(rules: Patterns, text: str) -> list[tuple[int, int, str]]:
    """Start, end and English of what the rules match; where two overlap the first of the rules counts."""
    found: list[tuple[int, int, str]] = []
    covered = bytearray(len(text))
    for pattern, english in rules:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                found.append((start, end, english))
    return found


def taken(rules: Patterns, text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without what the rules match, save for what they keep, and the English of each with its thing."""
    found: list[tuple[str, str]] = []
    for pattern, english in rules:
        while (match := pattern.search(text)) and len(found) < MOST:
            groups = match.groupdict()
            found.append((english, next((held for name, held in groups.items() if name[0] == "n" and held), "")))
            kept = groups.get("keep") or ""
            text = " ".join(f"{text[: match.start()]} {kept} {text[match.end() :]}".split())
            if kept:
                break
    return text, found
