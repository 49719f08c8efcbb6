"""Lengths and turns that other languages say in units of their own, as metres and degrees: "5 pies", "zwei Schritte",
"un huitième de tour"."""

from __future__ import annotations

import functools
import re

from ...languages.tables.measures import HALVES, METRE, ONES, PARTS, TURNS, UNITS
from .numbers import numbers_of, plain

A_FEW = 3
_EASTERN = ("japanese", "korean", "chinese")
_FIGURES = {**{figure: value for value, figure in enumerate("一二三四五六七八九", 1)}, "两": 2, "兩": 2}
_ON = "nach|links|rechts|hoch|vers|à|hacia|a|alla|verso|para|naar"  # after "ein Meter fünfzig"
_PLAIN_UNITS = (1.0, 0.01)  # which each language knows, with a number before them


def in_metres(text: str, name: str) -> str:
    """`text` in the language called `name` with its lengths in metres and its parts of a turn in degrees."""
    lengths, turns = _patterns(name)
    text = turns.sub(lambda match: _degrees(match, name), text)
    return lengths.sub(lambda match: _metres(match, name), text)


@functools.cache
def _unit(name: str) -> re.Pattern[str]:
    return re.compile("|".join(UNITS[name].values()))


def is_unit(name: str, word: str) -> bool:
    """Whether a word is a unit of length in a language of the Latin script, and no word of English."""
    return len(word) > 3 and word not in _ENGLISH_TOO and _unit(name).fullmatch(word) is not None


_ENGLISH_TOO = ("yard", "yards", "inch", "corps", "plants", "pass", "pies", "meter", "meters", "duim", "piano")


@functools.cache
def _patterns(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    half, and_a_half, few = HALVES[name]
    eastern = name in _EASTERN
    units = "|".join(f"(?P<u{index}>{forms})" for index, forms in enumerate(UNITS[name].values()))
    if eastern:
        ones = "[一二三四五六七八九两兩]" if name != "korean" else "(?!)"
        number = rf"(?P<number>\d+(?:[.,]\d+)?|{ones})|(?P<half>{half})|(?P<few>{few})"
        lengths = rf"(?:{number})\s*(?:{units})(?![a-zA-Z])(?:\s*(?P<more>{and_a_half})(?![圈周바]))?"
        part = r"(?P<of>[二三四五六八2-8])\s*分(?:の|之)\s*(?P<count>[一二三四五1-5])\s*"
        if name == "korean":
            part = r"(?P<of>[삼사오육팔3-8]) ?분의 ?(?P<count>[일이삼사1-5]) ?"
        return re.compile(lengths), re.compile(rf"{part}(?:{TURNS[name]})")
    ones = "|".join(form for forms in ONES[name].split() for form in forms.split("/"))
    number = rf"(?P<number>\d+(?:[.,]\d+)?|{ones})|(?:(?:{ones})\s+)?(?P<half>{half})|(?P<few>{few})"
    lengths = rf"(?<![\w.,])(?:(?:{number})[\s-]*)?(?:{units})(?!\w)(?:\s+(?P<more>{and_a_half})(?!\w))?"
    lengths += rf"(?:\s(?:et |y |e |en |und )?(?P<hundredths>\d\d)(?=\s*(?:$|[.,;])|\s(?:{_ON})\b))?"
    parts = "|".join(f"(?P<p{of}>{forms})" for forms, of in PARTS[name].items())
    glued = r"[\s-]*" if name in ("german", "dutch") else r"\s+(?:d['’]|de |di )\s*"
    counted = rf"(?:(?P<count>\d|{ones})[\s-]*)?"
    return (
        re.compile(lengths, re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:d['’])?{counted}(?:{parts}){glued}(?:{TURNS[name]})(?!\w)", re.IGNORECASE),
    )


def _metres(match: re.Match[str], name: str) -> str:
    unit = next(value for index, value in enumerate(UNITS[name]) if match[f"u{index}"])
    word = (match["number"] or "").lower()
    if not (word or match["half"] or match["few"] or match["more"]):
        return match[0]
    hundredths = int(match.groupdict().get("hundredths") or 0)
    if (
        unit in _PLAIN_UNITS
        and not hundredths
        and not match["few"]
        and not match["more"]
        and (word[:1].isdigit() or match["half"])
    ):
        return match[0]
    singular = not (word[:1].isdigit() or match["half"] or match["few"] or _value(word, name) > 1)
    bare = unit in _NO_SINGLE and match[0].lower().split()[1:] in _BODIES
    if singular and (bare or _OF_A_THING.match(match.string, match.end())):
        return match[0]
    value = 0.5 if match["half"] else float(A_FEW) if match["few"] else _value(word, name)
    metres = (value + (0.5 if match["more"] else 0.0) + hundredths / 100) * unit
    return f"{round(metres, 4):g}{METRE.get(name, ' m')}"


_NO_SINGLE = (1.7,)
_BODIES = (["cuerpo"], ["corpo"], ["corps"])  # "un corps" is a thing, too
_OF_A_THING = re.compile(r"\s+(?:de|d['’]|des|der|della|di|do|da|van)\b", re.IGNORECASE)  # "un pied de lampe"


def _value(word: str, name: str) -> float:
    if word[:1].isdigit():
        return float(word.replace(",", "."))
    return _FIGURES.get(word) or float(numbers_of(name).get(plain(word), 1))


def _degrees(match: re.Match[str], name: str) -> str:
    if name in _EASTERN:
        of, count = (_figure(match[group]) for group in ("of", "count"))
        return f"{360 * count / of:g}{_ROUND[name]}"
    of = next(of for of in PARTS[name].values() if match[f"p{of}"])
    parts = _value((match["count"] or "1").lower(), name)
    return match[0] if of == 4 and parts == 1 else f" {360 * parts / of:g}° "


_ROUND = {"japanese": "度周回", "korean": "도 ", "chinese": "度"}


def _figure(said: str) -> int:
    return int(said) if said.isdigit() else _FIGURES.get(said) or "일이삼사오육칠팔".index(said) + 1
