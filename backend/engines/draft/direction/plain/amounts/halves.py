"""Figures with a half that other languages say in words around the unit: "un mètre et demi", "一米半"."""

from __future__ import annotations

import re

from ...lists import replaced, replacements

_TWO_TO_FIVE = {
    word: number
    for number, words in enumerate(
        (
            "ein eine einen un une um uma uno una een 一 한 일",
            "zwei zwee twee tweeën deux due dois duas dos 两 兩 二 두 이",
            "drei drie drieën trois tre três tres 三 세 삼",
            "vier quatre quattro quatro cuatro 四 네",
            "fünf vijf cinq cinque cinco 五 다섯",
        ),
        start=1,
    )
    for word in words.split()
}
_LATIN = "|".join(word for word in _TWO_TO_FIVE if word[0] < "\u3000")
_EASTERN = "|".join(word for word in _TWO_TO_FIVE if word[0] >= "\u3000")
_UNITS = r"m[eè]tr(?:e|es|o|i|os)|second(?:e|es|o|i)|segundos?"
_AND_A_HALF = re.compile(
    rf"\b(?:({_LATIN}|\d+) )?({_UNITS}) (?:et demie?|y medi[oa]|e mezz[oa]|e mei[oa])\b", re.IGNORECASE
)
_COMPOUND = re.compile(rf"\b({_LATIN})(?:und|en|e)?(?:einhalb|ë?nhalve?|[ -]en[ -]een[ -]halve)\b", re.IGNORECASE)
_HALF_MORE = re.compile(r"\banderthalb(?:e[nr]?)?\b|\banderhal(?:f|ve)\b", re.IGNORECASE)
_IN_FULL = re.compile(
    rf"\b({_LATIN}) (?:m[eè]ter )?(?:und|en) ein(?:e[nm]?)? halbe[rnm]? (?=meter|sekunden?)", re.IGNORECASE
)
_EAST = re.compile(rf"({_EASTERN}|\d+) ?(公尺|米|メートル|미터|秒|초) ?(半|반)(?![一-鿿가-힣]*圈)")
_TENTHS = re.compile(rf"({_EASTERN}|\d)(公尺|米)([一二三四五六七八九])(?![十百米秒度个個边邊])")
_TURNS = replacements(
    (
        (r"[一1]圈半", "540度"),
        (r"(?:一|1)周半", "540度周回"),
        (r"한 ?바퀴 ?반", "540도"),
        (r"\b(?:un )?giro e mezzo\b", "orbita 540 gradi"),
        (r"\b(?:uma )?volta e meia\b", "orbita 540 graus"),
        (r"\b(?:una )?vuelta y media\b", "540 grados"),
        (r"\b(?:un )?tour et demi\b", "540 degrés"),
        (r"\b1,5 (?:Umdrehungen|Runden|Drehungen)\b", "540 Grad"),
        (r"\b1,5 (?:omwenteling|ronde|rondje)\b", "540 graden"),
    )
)


def _number(word: str) -> str:
    return word if word.isdigit() else str(_TWO_TO_FIVE[word.lower()])


def in_digits(text: str) -> str:
    """`text` with such figures as digits: "1,5 mètre", "1.5米"."""
    text = _HALF_MORE.sub("1,5", text)
    text = _COMPOUND.sub(lambda match: f"{_number(match[1])},5", text)
    text = _IN_FULL.sub(lambda match: f"{_number(match[1])},5 ", text)
    text = _AND_A_HALF.sub(lambda match: f"{_number(match[1] or 'un')},5 {match[2]}", text)
    text = _TENTHS.sub(lambda match: f"{_number(match[1])}.{'一二三四五六七八九'.index(match[3]) + 1}{match[2]}", text)
    text = _EAST.sub(lambda match: f"{_number(match[1])}.5{match[2]}", text)
    return replaced(text, _TURNS)
