"""A direction's words: tokens, numbers with their units, and what says how much, how fast and how smoothly.

Shared by the readers of moves and of sounds. Plain data and pure functions.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .lists import by_phrase

LONGEST_TEXT = 8000  # characters read; the rest of a longer text is ignored

SPEEDS: dict[str, float] = by_phrase(
    {
        0.4: "glacial, glacially",
        0.5: "languid, creeping, crawling",
        0.6: """
            slow, slowly, slower, gradual, gradually, leisurely, unhurried, patient, patiently, lazy, lazily
        """,
        0.7: "calm, calmly, careful, carefully",
        0.75: "gentle, gently, soft, softly",
        0.9: "steady",
        1.5: "brisk, briskly",
        1.6: "energetic",
        1.8: "fast, faster, quick, quickly, swift, swiftly, hurried",
        2.0: "rapid, rapidly, snappy",
        2.5: "sudden, suddenly, abrupt, abruptly",
        3.0: "snap, crash",
        4.0: "whip, swish",
    }
)
AMOUNTS: dict[str, float] = by_phrase(
    {
        0.2: "imperceptible, imperceptibly, invisible, invisibly, unseen",
        0.25: "barely, unnoticeable, unnoticeably",
        0.3: "tiny, minimal, faint, hint",
        0.4: "subtle, subtly, perceptible, perceptibly, noticeable, noticeably",
        0.5: "slight, slightly, small, little, bit, touch, tad, delicate",
        0.6: "short, brief, briefly, partially, partly",
        0.7: "somewhat, modest",
        0.8: "gentle, gently",
        1.0: "all",
        1.3: "extremely",
        1.4: "wide, further",
        1.5: "long, sweeping, significant, significantly, considerably",
        1.6: "big, large, strong, strongly, dramatic, dramatically, much, intense, epic",
        1.7: "lot, far, deep, deeply, heavy, heavily",
        2.0: "huge, extreme, completely, fully, full, violent, violently",
    }
)
EASES: dict[str, str] = by_phrase(
    {
        "linear": "linear, linearly, constant, uniform",
        "in": "accelerating, accelerates, accelerate",
        "out": "decelerating, decelerates, decelerate, settling, settles",
        "smooth": "smooth, smoothly, fluid, fluidly, eased",
    }
)
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS: dict[str, float] = {
    "half": 0.5,
    "couple": 2,
    "hundred": 100,
    **{word: number for number, word in enumerate((*_ONES, *_TEENS), start=1)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    **{
        f"{ten} {one}": 10 * number + more
        for number, ten in enumerate(_TENS, start=2)
        for more, one in enumerate(_ONES, start=1)
    },
}
METRES: dict[str, float] = by_phrase(
    {
        0.001: "mm, millimetre, millimetres, millimeter, millimeters",
        0.01: "cm, cms, centimetre, centimetres, centimeter, centimeters",
        0.0254: "inch, inches",
        0.1: "decimetre, decimetres, handbreadth, handbreadths",
        0.3048: "foot, feet, ft",
        0.6: "armlength, armlengths",
        0.7: "step, steps, pace, paces, footstep, footsteps",
        0.9: "stride, strides",
        0.9144: "yard, yards, yd, yds",
        1: "m, metre, metres, meter, meters",
        1.7: "bodylength, bodylengths",
        3: "floors, storeys, storey, stories",
        4.5: "carlength, carlengths",
        1000: "km, kilometre, kilometres, kilometer, kilometers",
    }
)
DEGREES: dict[str, float] = by_phrase({1.0: "degree, degrees, deg, °"})
SECONDS: dict[str, float] = by_phrase({1.0: "s, sec, secs, second, seconds, beat, beats"})
# Parts of the whole shot, as plain/english/times.py says "for the first half".
PARTS: dict[str, float] = {"halfshot": 0.5, "thirdshot": 0.333, "quartershot": 0.25}
FACTORS = {"x", "times"}
TURNS = frozenset(
    (
        *("turn", "turns", "circle", "circles", "orbits", "rotation", "rotations", "revolution", "revolutions"),
        *("lap", "laps", "loop", "loops", "circuit", "circuits"),
    )
)

_TOKEN = re.compile(
    r"lens\d+mm|(?:from|to)?height\d+cm|gap\d+cm|\d+(?:[.,]\d+)?|°|%|[^\W\d_]+(?:'[^\W\d_]+)*|->|=>|→|>|\.\.\.|…|[.,;:!?\n()\[\]/+&|–—]|-(?=\s)"
)
_QUOTED = re.compile(
    r"\"[^\"]{0,600}\"|“[^”]{0,600}”|「[^」]{0,600}」|『[^』]{0,600}』|«[^»]{0,600}»|„[^“”]{0,600}[“”]"
)
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True)
class Token:
    """A word in lower case (or a mark); `named` if it was written with a capital inside a sentence."""

    text: str
    named: bool = False


def without_runs(text: str) -> str:
    """`text` with one blank for several, and one line's end."""
    return "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)


def tokens(text: str) -> list[Token]:
    """The words and marks of `text`. Quoted speech is left out: what is said moves no camera."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).replace("’", "'").replace("‘", "'")
    text = _HYPHEN.sub(" ", _QUOTED.sub(" ", text))
    found = []
    starts_sentence = True
    for match in _TOKEN.finditer(text):
        word = match.group()
        found.append(Token(word.lower(), named=word[:1].isupper() and not starts_sentence and len(word) > 1))
        starts_sentence = word in ".!?\n:…"
    return found


@dataclass(frozen=True)
class Measure:
    """A number with its unit, and how many tokens it is long."""

    kind: str  # "degrees" | "metres" | "seconds" | "share" | "factor" | "percent"
    value: float
    length: int


def number_at(words: list[str], i: int) -> tuple[float, int] | None:
    """The number that starts at word `i`, and its length in words: "2.5", "two", "forty five", "half a"."""
    word = words[i]
    if word[0].isdigit():
        return min(float(word.replace(",", ".")), 1e6), 1
    pair = f"{word} {words[i + 1]}" if i + 1 < len(words) else ""
    if pair in NUMBERS:
        return NUMBERS[pair], 2
    if word == "half" and i + 1 < len(words) and words[i + 1] in ("a", "an"):
        return 0.5, 2
    if word == "couple" and i + 1 < len(words) and words[i + 1] == "of":
        return 2.0, 2
    if word in NUMBERS:
        return NUMBERS[word], 1
    if word in ("a", "an"):
        return 1.0, 1
    return None


def measure_at(words: list[str], i: int) -> Measure | None:
    """The measure that starts at word `i`: "90 degrees", "two metres", "3 s", "half a turn", "2 x", "20
    %"."""
    if " ".join(words[i : i + 2]) in ("half turn", "half circle"):
        return Measure("degrees", 180.0, 2)
    if " ".join(words[i : i + 2]) in ("quarter turn", "quarter circle"):
        return Measure("degrees", 90.0, 2)
    if " ".join(words[i : i + 2]) in ("full turn", "full circle"):
        return Measure("degrees", 360.0, 2)
    if words[i] == "twice":
        return Measure("factor", 2.0, 1)
    number = number_at(words, i)
    if number is None:
        return None
    value, length = number
    unit = words[i + length] if i + length < len(words) else ""
    after = words[i + length + 1] if i + length + 1 < len(words) else ""
    if unit in ("full", "complete", "whole") and after in TURNS and words[i] not in ("a", "an"):
        return Measure("degrees", 360.0 * value, length + 2)
    if unit in TURNS and value > 1:
        return Measure("degrees", 360.0 * value, length + 1)
    if unit in ("turn", "circle") and words[i] != "a":
        return Measure("degrees", 360.0 * value, length + 1)
    for kind, units in (("degrees", DEGREES), ("metres", METRES), ("seconds", SECONDS), ("share", PARTS)):
        if unit in units:
            return Measure(kind, value * units[unit], length + 1)
    if unit in FACTORS:
        return Measure("factor", value, length + 1)
    if unit in ("%", "percent"):
        return Measure("percent", value, length + 1)
    if words[i] in ("90", "180", "270", "360"):
        return Measure("degrees", value, length)
    return None


def meant(measure: Measure, before: str) -> dict[str, float]:
    """The fields of a step that a measure is about, and their values. `before`: the word before it."""
    if measure.kind in ("seconds", "share") and before in ("last", "final", "closing"):
        return {measure.kind: measure.value, "late": True}
    if measure.kind == "seconds":
        return {"delay" if before in ("after", "at") else "seconds": measure.value}
    if measure.kind == "percent":
        return {"factor": measure.value / 100 if measure.value > 100 else 1 + measure.value / 100}
    return {measure.kind: measure.value}


def measured(text: list[str]) -> list[bool]:
    """Of each word whether it is part of a measure: "over 3 seconds"."""
    found = [False] * len(text)
    for i in range(len(text)):
        if measure := measure_at(text, i):
            found[i : i + measure.length] = [True] * len(found[i : i + measure.length])
    return found
