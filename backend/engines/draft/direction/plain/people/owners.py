"""Parts of a body with whose they are, in other languages, as one word (see marks.owned): "le visage d'Anna",
"安娜的脸"."""

from __future__ import annotations

import functools
import re

from ...languages.tables.nouns import NOUNS, PEOPLES_NAMES
from ...marks import owned
from ...where.target import OF_A_BODY

# How a language says whose something is: {p} the part, {w} who.
_SAID = {
    "german": r"{p} von {w}|{w}s {p}",
    "french": r"{p} (?:de |d['’]){w}",
    "spanish": r"{p} de {w}",
    "italian": r"{p} (?:di |d['’]){w}",
    "portuguese": r"{p} d[aoe] {w}",
    "dutch": r"{p} van {w}|{w}['’]?s {p}",
    "japanese": r"{w}の{p}",
    "korean": r"{w}의? ?{p}",
    "chinese": r"{w}的?{p}",
}
_PLURALS = {"eye": "eyes", "shoe": "shoes", "leg": "legs", "knee": "knees", "boot": "boots"}


def in_owners(text: str, name: str) -> str:
    """`text` in the language called `name` with such parts."""
    return _pattern(name).sub(functools.partial(_owned, name=name), text)


def _owned(match: re.Match[str], name: str) -> str:
    told = {key[0]: held.lower() for key, held in match.groupdict().items() if held}
    who = NOUNS[name].get(told["w"], told["w"])
    return owned(f"{who}'s {_part(NOUNS[name][told['p']])}")


def _part(noun: str) -> str:
    return _PLURALS.get(noun, noun)


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    nouns = NOUNS[name]
    parts = [form for form, english in nouns.items() if _part(english) in OF_A_BODY]
    people = [*PEOPLES_NAMES, *(form for form, english in nouns.items() if english in PEOPLES_NAMES)]
    made = ""
    for index, said in enumerate(_SAID[name].split("|")):
        of = f"(?P<p{index}>{_any(parts)})", f"(?P<w{index}>{_any(people)})"
        made += ("|" if made else "") + said.replace("{p}", of[0]).replace("{w}", of[1])
    latin = name not in ("japanese", "korean", "chinese")
    return re.compile(rf"(?<!\w)(?:{made})(?!\w)" if latin else made, re.IGNORECASE)


def _any(forms: list[str]) -> str:
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True))) or "(?!)"
