"""Looks from thing to thing without a verb for each: "sofa to window, slow pan", "pan: sofa, lamp, window", "pan across
the chair, the lamp and the door"."""

from __future__ import annotations

import re

from ....languages.tables.nouns import PEOPLES_NAMES
from ....lists import replaced, replacements
from .things import ARTICLE, BARE, END, NAME

_SIDES = r"(?:(?:from )?(?:left to right|right to left),?\s*)?"
_HOW = r"((?:(?:one|a|an|very|slow|slowly|quick|fast|long|gentle|smooth|lazy|steady|continuous|whip) )*)"
_ONE = rf"(?:{ARTICLE} (?:[\w'’-]+ )?[\w'’-]+|{NAME})"
_LIST = re.compile(
    rf"\bpan(s|ning)? ((?:\w+ly )?)(?:across|over|past|along|from|to|between) ({_ONE}(?:, (?:then |and "
    rf")?{_ONE})+(?:,? (?:and|then|to) {_ONE})?)(?=\s*(?:$|[.;]))",
    re.IGNORECASE,
)
_NOUNS = re.compile(
    rf"^\s*((?:{BARE}(?:,| to|,? then| and| ->| →|/)+ )+{BARE})\s*(?:[:,–-]|in|with)\s*{_HOW}pan{END}", re.IGNORECASE
)
_NAMED = re.compile(
    rf"^\s*{_HOW}pan\s*[:–-]\s*((?!\d){BARE}(?:, (?:then |and )?(?!\d){BARE}){{2,}})\s*\.?\s*$", re.IGNORECASE
)
_THEN_THEN = re.compile(rf"^\s*({BARE}(?:,? then (?:to )?{BARE}){{2,}})\s*\.?\s*$", re.IGNORECASE)
_PART = re.compile(r"\s*(?:,|\bto\b|\bthen\b|\band\b|->|→|/)+\s*")

_PANS = replacements(
    (
        (
            rf"\b((?:\w+ly |slow |quick |fast |gentle )*)pan(s|ning)? {_SIDES}(?:from )?({BARE}) to ({BARE}){END}",
            r"\1pan\2 from the \3 to the \4",
        ),
        (
            rf"\b(?:left to right|right to left) ((?:slow |quick |fast |gentle )*)pan,?\s+(?:from )?({BARE}) to "
            rf"({BARE}){END}",
            r"\1pan from the \2 to the \3",
        ),
        (r"\bthe (the|an?|his|her|their) ", r"\1 "),
    )
)


def pans(text: str) -> str:
    """English `text` with a verb for each look of such a list."""
    text = _LIST.sub(lambda match: _looks(match[2], match[3], False), text)
    text = _NOUNS.sub(lambda match: _looks(match[2], match[1], True), text)
    text = _NAMED.sub(lambda match: _looks(match[1], match[2], False), text)
    text = _THEN_THEN.sub(lambda match: _looks("", match[1], True), text)
    return replaced(text, _PANS) if re.search(r"\bpan", text, re.IGNORECASE) else text


def _looks(how: str, listed: str, starts: bool) -> str:
    """A look at each thing of a list; with `starts` from the first to the others."""
    things = [_with_article(one) for one in _PART.split(listed) if one.strip()]
    first = f"from {things[0]} " if starts else ""
    rest = things[1:] if starts else things
    how = " ".join(word for word in how.split() if word.lower() not in ("a", "an", "one"))
    return f"{how} pan {first}to " + ", then pan to ".join(rest)


def _with_article(thing: str) -> str:
    known = re.match(rf"{ARTICLE} ", thing, re.IGNORECASE) or thing.lower() in PEOPLES_NAMES
    return thing.strip() if known else f"the {thing.strip()}"
