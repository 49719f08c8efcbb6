"""The top of a thing in other languages, as the thing and a mark (see marks.py): "zur Baumspitze", "树顶"."""

from __future__ import annotations

import functools
import re

from ...languages.tables.filled import FILLED
from ...languages.tables.nouns import NOUNS
from ...languages.tables.tops import TOPS
from ...lists import Replacements, replaced, replacements


def in_tops(text: str, name: str) -> str:
    """`text` in the language called `name` with such things."""
    return replaced(text, _rules(name))


@functools.cache
def _rules(name: str) -> Replacements:
    bound = r"(?<!\w)" if name not in ("japanese", "korean", "chinese") else ""
    rules = [(f"{bound}(?:{pattern})", f" endtop {said}") for pattern, said in TOPS[name]]
    if name in FILLED:
        pattern, said = FILLED[name]
        known = "|".join(map(re.escape, sorted(NOUNS[name], key=len, reverse=True)))
        rules.append((pattern.replace("{n}", rf"{_ARTICLE}[^\W\d_]+" if name == "french" else known), said))
    return replacements(rules)


_ARTICLE = r"(?:l['’]|la |le |les )?"
