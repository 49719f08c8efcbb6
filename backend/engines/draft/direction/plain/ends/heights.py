"""How high the camera stands or comes to, as marks (see marks.py): "down to knee height", "auf Augenhöhe", "1 m above
the floor"."""

from __future__ import annotations

import functools
import re

from ...languages.tables import heights as said
from ...languages.tables.measures import ONES
from ...languages.tables.nouns import NOUNS, PEOPLES_NAMES
from ...lists import one_of
from ...words import METRES, NUMBERS

_EASTERN = ("japanese", "korean", "chinese")
_UNITS = {"m": 1.0, "メートル": 1.0, "米": 1.0, "미터": 1.0, "cm": 0.01, "センチ": 0.01, "厘米": 0.01, "센티": 0.01}
_HALVES = one_of("half a, einen halben, einem halben, un demi, medio, mezzo, meio, een halve, 半")
_COUNTS = {
    **dict.fromkeys(("a", "an", "en"), 1.0),
    **{form: value for value, form in enumerate("一二三四五六七八九", 1)},
    "两": 2.0,
    **{
        form: value
        for language in ONES.values()
        for value, forms in enumerate(language.split(), 1)
        for form in forms.split("/")
    },
    **NUMBERS,
    **dict.fromkeys(_HALVES, 0.5),
}
NUMBER = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
_UNIT = (
    r"(?:centimet\w+|zentimetern?|cent[ií]met\w+|cm|m[eèé]t(?:er|r)\w*|m|feet|foot|ft|inches|メートル|センチ|"
    r"厘米|米|미터|센티)"
)
_NEAR = r"(?<!look )(?<!looking )"  # "look down to the ground level"


def in_heights(text: str, name: str) -> str:
    """`text` in the language called `name` with marks for its heights, and for cameras that look up or down from
    where they stand."""
    for pattern, word in _angles(name):
        text = pattern.sub(f" {word} ", text)
    of_somebody, whose, patterns, measured = _patterns(name)
    text = of_somebody.sub(lambda match: _of_whom(match, whose), text)
    text = measured.sub(lambda match: _marked(match, centimetres(match)), text)
    for high, pattern in patterns:
        text = pattern.sub(functools.partial(_marked, high=high), text)
    return _ground(name).sub(f" fromheight{GROUND}cm ", text) if _ENDS_HIGH.search(text) else text


GROUND = 20  # centimetres: see said.LEVELS
_ENDS_HIGH = re.compile(r"(?<!from)height\d+cm")


@functools.cache
def _ground(name: str) -> re.Pattern[str]:
    return re.compile(said.GROUNDS[name], re.IGNORECASE)


def _of_whom(match: re.Match[str], whose: str) -> str:
    return whose.replace(r"\1", next(name for name in match.groups() if name))


def _marked(match: re.Match[str], high: int) -> str:
    groups = match.groupdict()
    kind = "from" if groups.get("begin") else "to" if groups.get("end") else ""
    return f" {kind}height{high}cm "


@functools.cache
def _angles(name: str) -> list[tuple[re.Pattern[str], str]]:
    ends = r"(?<!to a )(?<!to an )(?<!into a )(?<!to )(?<!on a )(?<!in a )(?<!into )(?<!on )"
    bound = rf"{ends}\b" if name == "english" else "" if name in _EASTERN else r"(?<!\w)"
    return [
        (re.compile(rf"{bound}(?:{pattern})" + ("" if name in _EASTERN else r"(?!\w)"), re.IGNORECASE), word)
        for pattern, word in (
            (said.LOW_ANGLES[name], "lowangle"),
            (said.HIGH_ANGLES[name], "highangle"),
            (said.SHOULDERS[name], "overshoulder"),
        )
    ]


@functools.cache
def _patterns(
    name: str,
) -> tuple[re.Pattern[str], str, list[tuple[int, re.Pattern[str]]], re.Pattern[str]]:
    levels = said.ENGLISH if name == "english" else said.HEIGHTS[name]
    words, whose = said.OF_SOMEBODY[name]
    people = "|".join(sorted((*PEOPLES_NAMES, *_people(name)), key=len, reverse=True))
    first, *others = words.split("{w}")
    of_somebody = first + "".join(f"({people}){part}" for part in others)
    bound = "" if name in _EASTERN else r"(?<!\w)"
    return (
        re.compile(bound + of_somebody, re.IGNORECASE),
        whose,
        [(high, _placed(pattern, name)) for high, pattern in levels.items()],
        _placed(measured_in(said.MEASURED[name]), name),
    )


def measured_in(pattern: str) -> str:
    """A pattern with that of a length at each {m}, in groups number0, unit0, number1 ..."""
    first, *parts = pattern.split("{m}")
    return first + "".join(
        rf"(?P<number{index}>{NUMBER})[\s-]*(?P<unit{index}>{_UNIT}){part}" for index, part in enumerate(parts)
    )


def centimetres(match: re.Match[str]) -> int:
    """The length that such a pattern has found."""
    told = match.groupdict().items()
    number, unit = (
        next(held.lower() for name, held in told if held and name.startswith(of)) for of in ("number", "unit")
    )
    value = float(number.replace(",", ".")) if number[0].isdigit() else _COUNTS[number]
    known = METRES.get(unit) or _UNITS.get(unit) or (0.01 if unit.startswith(("cen", "zen")) else 1.0)
    return round(100 * value * known)


def _people(name: str) -> list[str]:
    """What a language that leaves no blanks calls the people that have names."""
    return [form for form, english in NOUNS.get(name, {}).items() if english in PEOPLES_NAMES]


def _placed(pattern: str, name: str) -> re.Pattern[str]:
    """A height with what tells that the camera starts there or comes there."""
    begin, end, at = rf"(?P<begin>{said.FROM[name]})", rf"(?P<end>{said.TO[name]})", said.AT[name]
    if name == "chinese":
        return re.compile(rf"(?:{begin}|{end}|{at})?(?:{pattern})")
    if name in _EASTERN:
        return re.compile(rf"(?:{pattern})(?:{begin}|{end}|{at})?")
    return re.compile(rf"{_NEAR}(?<!\w)(?:(?:{begin}|{end}|{at})(?:\s+|(?<=['’])))?(?:{pattern})(?!\w)", re.IGNORECASE)
