"""Two things that a way leads between, which an "and" would else part: "entre la mesa y el sofá", "AとBの間"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..languages.tables.nouns import PEOPLES_NAMES

_WORD = r"[^\W\d_]+"
# Before the first, between the two, after the second.
_SAID = {
    "de": ("zwischen", "und", r"(?:\s+(?:hin)?durch\w*)?"),
    "es, fr, pt": ("entre", "y|e|et", ""),
    "it": ("tra|fra", "e|ed", ""),
    "nl": ("tussen", "en", r"(?:\s+door\b)?"),
}
_ARTICLES = (
    r"(?:l['’]|un['’])|(?:der|die|das|dem|den|einem|einer|el|la|los|las|un|una|le|les|une|il|lo|i|gli|uno|o|a|os|as|um|"
    r"uma|de|het|een)\s+"
)
_LATIN = tuple(
    re.compile(
        rf"\b(?:{before})\s+(?:{_ARTICLES})?({_WORD})\s+(?:{joined})\s+(?P<article>{_ARTICLES})?({_WORD}){after}",
        re.IGNORECASE,
    )
    for before, joined, after in _SAID.values()
)
PAIR = re.compile(r"⟨([^+⟩]*)\+([^⟩]*)⟩")


def paired(text: str, nouns: Mapping[str, str], blanks: bool) -> str:
    """`text` with two things that something goes between as one word, "⟨table+sofa⟩", in English."""
    if blanks and not re.search(r"[가-힣]", text):
        for pattern in _LATIN:
            text = pattern.sub(lambda match: _latin_pair(match, nouns), text)
        return text
    if not any(word in text for word in ("間", "사이", "之间", "之間", "中间", "中間")):
        return text
    known = "|".join(sorted(map(re.escape, nouns), key=len, reverse=True))
    pattern = re.compile(
        rf"(?:在|从|從)?({known})(?:と|과|와|和|与|與|跟)\s*({known})(?:の間(?:を)?|\s*사이(?:를|로)?|之间|之間|中间|中間)"
    )
    return pattern.sub(lambda match: _pair(match[1], match[2], nouns), text)


def unpaired(text: str) -> str:
    """English `text` with such pairs written out."""
    return PAIR.sub(r"between the \1 and the \2", text)


def _latin_pair(match: re.Match[str], nouns: Mapping[str, str]) -> str:
    """The pair, where the word after the "and" is a thing and no verb: it has an article, or is a known noun."""
    if not match["article"] and match[3].lower() not in nouns and match[3].lower() not in PEOPLES_NAMES:
        return match[0]
    return _pair(match[1], match[3], nouns)


def _pair(first: str, second: str, nouns: Mapping[str, str]) -> str:
    first, second = first.lower(), second.lower()
    return f"⟨{nouns.get(first, first)}+{nouns.get(second, second)}⟩"
