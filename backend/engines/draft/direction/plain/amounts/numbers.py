"""Numbers that other languages write in words, as digits: "fünfundvierzig Grad", "trente degrés", "三十度"."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator

from ...languages.tables.measures import HUNDREDS, JOINED, KOREAN_COUNTS, KOREAN_TENS, ONES, TEENS, TENS

MOST_WORDS = 6  # of one number
_DIGITS = {figure: value for value, figure in enumerate("〇一二三四五六七八九")} | {"两": 2, "兩": 2, "零": 0}
_CHINESE = re.compile(
    r"(?:([一二三四五六七八九两兩])?(百))?零?(?:([一二三四五六七八九])?(十)(?!字))?([一二三四五六七八九])?"
)
_SINO = {figure: value for value, figure in enumerate("영일이삼사오육칠팔구")}
_SINO_KOREAN = re.compile(
    r"(?<![가-힣])(?:([일이삼사오육칠팔구])?(백) ?)?(?:([이삼사오육칠팔구])?(십))?([일이삼사오육칠팔구])?"
    r"(?= ?(?:도(?![가-힣])|초|미터|센티|센치|밀리|인치|피트|층|보\b))"
)
_NATIVE_KOREAN = {
    word: value for value, words in enumerate(KOREAN_COUNTS.split(), 1) for word in words.split("/")
} | KOREAN_TENS
_COUNTED_IN_KOREAN = re.compile(
    rf"(?<![가-힣])({'|'.join(sorted(_NATIVE_KOREAN, key=len, reverse=True))})(?= ?(?:걸음|발자국|발짝|미터|번|층))"
)
_WORD = re.compile(r"[^\W\d_]+")


def in_figures(text: str, name: str) -> str:
    """`text` in the language called `name` with its numbers from ten on as digits."""
    if name in ("chinese", "japanese"):
        return _CHINESE.sub(_of_chinese, text)
    if name == "korean":
        text = _COUNTED_IN_KOREAN.sub(lambda match: str(_NATIVE_KOREAN[match[1]]), text)
        return _SINO_KOREAN.sub(_of_korean, text)
    return "".join(_latin(text, numbers_of(name)))


def _latin(text: str, values: dict[str, int]) -> Iterator[str]:
    """The parts of a text, with each longest row of words that makes a number of more than one digit as digits."""
    words = list(_WORD.finditer(text))
    done = first = 0
    while first < len(words):
        for last in range(min(first + MOST_WORDS, len(words)) - 1, first - 1, -1):
            between = (text[a.end() : b.start()] for a, b in itertools.pairwise(words[first : last + 1]))
            if any(part.strip(" -\xa0") for part in between):
                continue
            value = values.get(plain(text[words[first].start() : words[last].end()]), 0)
            if value > 9:
                yield f"{text[done : words[first].start()]}{value}"
                done, first = words[last].end(), last
                break
        first += 1
    yield text[done:]


def _of_chinese(match: re.Match[str]) -> str:
    hundreds, hundred, tens, ten, ones = match.groups()
    if not (hundred or ten):
        return match[0]
    value = (100 * _DIGITS.get(hundreds, 1) if hundred else 0) + (10 * _DIGITS.get(tens, 1) if ten else 0)
    return str(value + _DIGITS.get(ones, 0) * (10 if hundred and not ten and "零" not in match[0] else 1))


def _of_korean(match: re.Match[str]) -> str:
    hundreds, hundred, tens, ten, ones = match.groups()
    if not (hundred or ten):
        return match[0]
    value = (100 * _SINO.get(hundreds, 1) if hundred else 0) + (10 * _SINO.get(tens, 1) if ten else 0)
    return str(value + _SINO.get(ones, 0))


def plain(said: str) -> str:
    """A number's words with single blanks and no accents: "dieciséis", "dieciseis"."""
    bare = "".join(part for part in unicodedata.normalize("NFD", said.lower()) if not unicodedata.combining(part))
    return " ".join(bare.replace("-", " ").split())


@functools.cache
def numbers_of(name: str) -> dict[str, int]:
    """The value of each number from 1 to 399 by its words in a language of the Latin script, in plain form."""
    ones, tens = ONES[name].split(), TENS[name].split()
    below = {form: value for value, forms in enumerate(ones, 1) for form in forms.split("/")}
    below |= {form: value for value, forms in enumerate(TEENS[name].split(), 10) for form in forms.split("/")}
    for ten, forms in enumerate(tens, 2):
        for form in forms.split("/"):
            below.setdefault(form, 10 * ten)
            for value, one in [(value, one) for value, them in enumerate(ones, 1) for one in them.split("/")]:
                stem = form[:-1] if name == "italian" and one[0] in "uo" else form
                below |= {joined.format(tens=stem, ones=one): 10 * ten + value for joined in JOINED[name]}
    if name == "french":  # soixante et onze, quatre-vingt-quinze
        for base, start in (("soixante", 60), ("quatre-vingt", 80)):
            for value, teen in enumerate(TEENS[name].split(), 10):
                below |= {f"{base} {teen}": start + value, f"{base} et {teen}": start + value}
    if name == "spanish":
        below |= {f"veinti{one}": 20 + value for value, them in enumerate(ones, 1) for one in them.split("/")}
    values = dict(below)
    words, joins = HUNDREDS[name]
    for hundreds, forms in enumerate(words.split(), 1):
        for form in forms.split("/"):
            values[form] = 100 * hundreds
            for (said, value), join in itertools.product(below.items(), joins):
                values[f"{form}{join}{said}"] = 100 * hundreds + value
                if name == "italian" and said[0] in "uo":  # centuno, centottanta
                    values[f"{form[:-1]}{said}"] = 100 * hundreds + value
    return {plain(form): value for form, value in values.items()}
