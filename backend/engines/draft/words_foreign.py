"""Camera and sound words of the product's other languages, as the English that the readers know.

Each phrase is replaced by its English and set off by blanks; what has no entry stays as it is. Longest first.
"""

from __future__ import annotations

PHRASES: dict[str, str] = {}


def to_english(text: str) -> str:
    """`text` with the known phrases of other languages in English."""
    return text
