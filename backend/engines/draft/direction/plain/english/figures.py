"""How much, in figures that English says around the unit: "a third of a circle", "from 100% to 150%"."""

from __future__ import annotations

import re

from ...lists import replaced, replacements
from ...words import DEGREES, METRES, NUMBERS, SECONDS, SPEEDS

_BELOW_A_HUNDRED = "|".join(
    sorted((word.replace(" ", "[ -]") for word, value in NUMBERS.items() if 9 < value < 100), key=len, reverse=True)
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8}
A_FEW = 3
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_ROUND = r"(?:circle|turn|orbit|lap|loop|rotation|revolution|circuit|way (?=a?round))"
_PART_OF_A_TURN = re.compile(
    rf"\b(?:by |about |roughly )*(?:({'|'.join(_COUNTS)})[ -])?({'|'.join(_PARTS)})s? (?:of )(?:an? |the |one )?"
    rf"(?:full |whole )?{_ROUND}(?: of| for)?",
    re.IGNORECASE,
)
_WHOLE = {**_COUNTS, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(_WHOLE)})"
_UNIT = rf"(?:{'|'.join(sorted((*METRES, *SECONDS, *DEGREES), key=len, reverse=True))})(?![\w°])"
_HUNDREDS = re.compile(
    rf"\b(?:(a|one|two|three) hundred(?: (?:and )?({_BELOW_A_HUNDRED}))?|"
    rf"(one|two|three)[ -]({_BELOW_A_HUNDRED}))\b(?! hundred)",
    re.IGNORECASE,
)
_AND_A_HALF = re.compile(rf"\b({_BELOW_A_HUNDRED}|{_NUMBER}) and (?:a|one) half\b(?! (?:a|an|the)\b)", re.IGNORECASE)
_UNIT_AND_A_HALF = re.compile(rf"\b(?:({_NUMBER})[ -])?({_UNIT}) and a half\b", re.IGNORECASE)
_UNIT_FIFTY = re.compile(rf"\b({_NUMBER}) ?(m|met(?:re|er)s?) ?({_BELOW_A_HUNDRED}|\d\d)\b(?! ?{_UNIT})", re.IGNORECASE)
_PART_OF_A_UNIT = re.compile(rf"\b(?:(a|one|two|three) )?(quarter|third)s? of (?:a|an|one) ({_UNIT})", re.IGNORECASE)
_HALF_OR_FEW = re.compile(
    rf"\b(?:(half|½)(?: an?| of an?)?|a few|several|some|(a|one) single)[ -]({_UNIT})", re.IGNORECASE
)
_LENGTHS_OF = replacements(
    (
        (r"\b(?:body|man'?s?)[- ](length|height)s?\b", "bodylengths"),
        (r"\b(?:an? )arm'?s?[- ]lengths?\b", "1 armlengths"),
        (r"\barm'?s?[- ]lengths?\b", "armlengths"),
        (r"\b(?:car|vehicle)[- ]lengths?\b", "carlengths"),
        (r"\bhand'?s?[- ]?(?:breadth|width)s?\b", "handbreadths"),
        (r"(?<=\d)\s*(?:\"|”|in\b(?= (?:left|right|up|down|back|forward)))", " inches"),
    )
)
_FEET_AND_INCHES = re.compile(
    rf"\b({_NUMBER})[ -]?(?:feet|foot|ft),? (?:and )?({_NUMBER})[ -]?inch(?:es)?\b", re.IGNORECASE
)
_FRACTION = re.compile(rf"(?<![\d/.,])([1-9])/([2-9]) (?:of )?(?:an? )?(?!orbit){_ROUND}\b(?: of| for)?", re.IGNORECASE)
_SCALES = re.compile(r"\b(?:from )?(\d{1,4}) ?(?:%|percent) ?(?:to|→|->|-|–) ?(\d{1,4}) ?(?:%|percent)", re.IGNORECASE)
_SHARE_OF_SPEED = re.compile(
    r"\b(?:at )?(\d{1,3}) ?(?:%|percent) (?:of )?(?:the )?(?:normal |full |usual )?speed\b", re.IGNORECASE
)
_AT_A_PACE = re.compile(
    rf"\b(?:at|with) an? ((?:very |really )?)({'|'.join(SPEEDS)}) (?:and \w+ )?(?:pace|speed|rate|tempo|clip)\b",
    re.IGNORECASE,
)
_IN_WORDS = replacements(
    (
        (rf"\b(?:give|get|take|make it) (?:me |us )?(?=(?:about |roughly )?(?:{_NUMBER}|\d+\.\d+) {_UNIT})", ""),
        (r"\bat (?:an? )?(?:\w+ )?(?:walking|strolling|human|leisurely) (?:speed|pace|tempo)\b", "slowly"),
        (r"\b(?:duration|length|time)\s*(?:of|:|=|is)?\s*(?=\d+(?:[.,]\d+)? ?s(?:ec\w*)?\b)", "over "),
        (
            r"\b(?:direction|target|subject)\s*[:=]?\s*(?:the )?(?=(?!is|are|of|to|and)[a-z]+\s*(?:$|[,.;\n]))",
            "to the ",
        ),
        (
            r"\b((?:roll|pan|tilt|turn|rotat|orbit)\w*\b[^.;,]{0,40}?) until (?:the \w+|it|we|you)(?:'s|'ve| is| are|"
            r" has| have)?(?: at| turned| rotated| tilted| moved| travelled| gone)? (?=\d)",
            r"\1 by ",
        ),
        (
            r"\b(orbit|circl|around|round)((?:s|es|ing|e)? (?:him|her|them|it|the \w+)) (?:once|one time)\b",
            r"\1\2 360 degrees",
        ),
        (r"\bby (?:a )?factor(?: of)? (\d+(?:[.,]\d+)?|two|three|four)\b", r"\1 x"),
        (r"\b(?:at )?half[- ](?:the )?speed\b", "slowly"),
        (r"(?<=\d) ?(?:laps?|loops?|circuits?)\b(?= (?:of|a?round)\b)", " turns "),
        (
            r"\b(?:one|a) (?:full |complete |whole |single )?(?:lap|loop|circuit)\b(?! (?:of|a?round)\b)",
            "one full turn",
        ),
        (r"\btwo (?:full |complete )?(?:laps|loops|circuits|turns)\b", "720 degrees"),
        (r"\bin an? (?:\w+ )?(?:semi-?circle|half[- ]circle)\b(?! a?round| about)", "in a circle from 180 degrees"),
        (r"\bin an? (?:perfectly |completely )?straight line\b", "straight"),
        (
            r"\bfrom (?:one )?(?:end|side|edge|corner)(?: of (?:the |a )?\w+(?: \w+)?)? to (?:the )?"
            r"(?:other|opposite|end|edge)(?: one| end| side| edge| corner)?\b",
            "sideways",
        ),
    )
)


def in_figures(text: str) -> str:
    """English `text` with such amounts as the reader's own figures and words."""
    text = replaced(text, _LENGTHS_OF)
    text = _HUNDREDS.sub(_hundreds, text)
    text = _AND_A_HALF.sub(lambda match: f"{_count(match[1])}.5", text)
    text = _PART_OF_A_UNIT.sub(_part_of_a_unit, text)
    text = _UNIT_AND_A_HALF.sub(lambda match: f"{_count(match[1] or 'one') + 0.5:g} {_many(match[2])}", text)
    text = _UNIT_FIFTY.sub(lambda match: f"{_count(match[1]) + _below(match[3]) / 100:g} metres", text)
    text = _HALF_OR_FEW.sub(lambda match: f"{0.5 if match[1] else 1 if match[2] else A_FEW:g} {_many(match[3])}", text)
    text = _PART_OF_A_TURN.sub(_degrees, text)
    text = _FEET_AND_INCHES.sub(lambda match: f"{_count(match[1]) + _count(match[2]) / 12:.4f} feet", text)
    text = _FRACTION.sub(lambda match: f"{360 * int(match[1]) / int(match[2]):g} degrees ", text)
    text = _SCALES.sub(_times, text)
    text = _AT_A_PACE.sub(_paced, text)
    text = _SHARE_OF_SPEED.sub(lambda match: "slowly" if int(match[1]) < 100 else "fast", text)
    return replaced(text, _IN_WORDS)


def _below(said: str) -> int:
    """A number of two figures."""
    return int(said) if said.isdecimal() else int(NUMBERS[said.lower().replace("-", " ")])


def _hundreds(match: re.Match[str]) -> str:
    """ "A hundred and eighty", "one-eighty": 180."""
    hundreds, below = (match[1], match[2]) if match[1] else (match[3], match[4])
    return str(100 * _COUNTS[hundreds.lower()] + (_below(below) if below else 0))


def _part_of_a_unit(match: re.Match[str]) -> str:
    value = _COUNTS[(match[1] or "a").lower()] / _PARTS[match[2].lower()]
    return f"{value:.4g} {_many(match[3])}"


def _many(unit: str) -> str:
    """A unit in the plural where it has one."""
    odd = {"foot": "feet", "inch": "inches", "storey": "storeys"}
    return odd.get(unit.lower(), unit if unit[-1] in "st°" or len(unit) < 4 else f"{unit}s")


def _degrees(match: re.Match[str]) -> str:
    count = _COUNTS[(match[1] or "a").lower()]
    return f" {360.0 * count / _PARTS[match[2].lower()]:g} degrees "


def _paced(match: re.Match[str]) -> str:
    """ "At a brisk pace": briskly."""
    word = match[2].lower()
    adverb = f"{word.removesuffix('e') if word.endswith('le') else word}{'y' if word.endswith('le') else 'ly'}"
    return match[1] + (adverb if adverb in SPEEDS else word)


def _count(said: str) -> int:
    known = said.lower()
    return int(said) if said.isdecimal() else _WHOLE[known] if known in _WHOLE else _below(known)


def _times(match: re.Match[str]) -> str:
    before, after = int(match[1]), int(match[2])
    if not before or not after or before == after:
        return " "
    return f" zoom {'in' if after > before else 'out'} {max(before, after) / min(before, after):g} x "
