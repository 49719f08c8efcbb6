"""A direction's words: tokens, numbers with their units, and what says how much, how fast and how smoothly.

Shared by the readers of moves and of sounds. Plain data and pure functions.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_TEXT = 8000  # characters read; the rest of a longer text is ignored

SPEEDS: dict[str, float] = {
    "slow": 0.6, "slowly": 0.6, "slower": 0.6, "gradual": 0.6, "gradually": 0.6, "leisurely": 0.6,
    "calm": 0.7, "calmly": 0.7, "unhurried": 0.6, "patient": 0.6, "patiently": 0.6,
    "lazy": 0.6, "lazily": 0.6, "languid": 0.5, "steady": 0.9, "gentle": 0.75, "gently": 0.75,
    "soft": 0.75, "softly": 0.75, "careful": 0.7, "carefully": 0.7,
    "fast": 1.8, "faster": 1.8, "quick": 1.8, "quickly": 1.8, "rapid": 2.0, "rapidly": 2.0, "swift": 1.8,
    "swiftly": 1.8, "brisk": 1.5, "briskly": 1.5, "hurried": 1.8, "energetic": 1.6, "sudden": 2.5,
    "suddenly": 2.5, "abrupt": 2.5, "abruptly": 2.5, "whip": 4.0, "swish": 4.0, "snap": 3.0, "crash": 3.0,
}  # fmt: skip
AMOUNTS: dict[str, float] = {
    "slight": 0.5, "slightly": 0.5, "subtle": 0.4, "subtly": 0.4, "small": 0.5, "little": 0.5, "bit": 0.5,
    "tiny": 0.3, "barely": 0.25, "minimal": 0.3, "faint": 0.3, "short": 0.6, "somewhat": 0.7, "touch": 0.5,
    "hint": 0.3, "tad": 0.5, "imperceptible": 0.2, "imperceptibly": 0.2, "modest": 0.7, "delicate": 0.5,
    "gentle": 0.8, "gently": 0.8, "partially": 0.6, "partly": 0.6,
    "lot": 1.7, "far": 1.7, "deep": 1.7, "deeply": 1.7, "big": 1.6, "large": 1.6, "long": 1.5, "wide": 1.4,
    "strong": 1.6, "strongly": 1.6, "dramatic": 1.6, "dramatically": 1.6, "sweeping": 1.5, "huge": 2.0,
    "extreme": 2.0, "extremely": 1.3, "completely": 2.0, "fully": 2.0, "full": 2.0, "much": 1.6,
    "significant": 1.5, "significantly": 1.5, "considerably": 1.5, "intense": 1.6, "heavy": 1.7,
    "heavily": 1.7, "violent": 2.0, "violently": 2.0, "epic": 1.6, "further": 1.4, "all": 1.0,
}  # fmt: skip
EASES: dict[str, str] = {
    "linear": "linear", "linearly": "linear", "constant": "linear", "uniform": "linear",
    "accelerating": "in", "accelerates": "in", "accelerate": "in",
    "decelerating": "out", "decelerates": "out", "decelerate": "out", "settling": "out", "settles": "out",
    "smooth": "smooth", "smoothly": "smooth", "fluid": "smooth", "fluidly": "smooth", "eased": "smooth",
}  # fmt: skip
NUMBERS: dict[str, float] = {
    "half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "forty five": 45, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100, "couple": 2,
}  # fmt: skip
METRES: dict[str, float] = {
    "m": 1, "metre": 1, "metres": 1, "meter": 1, "meters": 1, "cm": 0.01, "centimetre": 0.01,
    "centimetres": 0.01, "centimeter": 0.01, "centimeters": 0.01, "mm": 0.001, "foot": 0.3048, "feet": 0.3048,
    "ft": 0.3048, "inch": 0.0254, "inches": 0.0254, "yard": 0.9144, "yards": 0.9144, "step": 0.7,
    "steps": 0.7, "pace": 0.7, "paces": 0.7, "km": 1000,
}  # fmt: skip
DEGREES = {"degree": 1.0, "degrees": 1.0, "deg": 1.0, "°": 1.0}
SECONDS = {"s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0}
FACTORS = {"x", "times"}

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|°|%|[^\W\d_]+(?:'[^\W\d_]+)*|->|=>|→|\.\.\.|…|[.,;:!?\n()\[\]/+&|–—]|-(?=\s)")
_QUOTED = re.compile(
    r"\"[^\"]{0,600}\"|“[^”]{0,600}”|「[^」]{0,600}」|『[^』]{0,600}』|«[^»]{0,600}»|„[^“”]{0,600}[“”]"
)
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True)
class Token:
    """A word in lower case (or a mark); `named` when it was written with a capital inside a sentence."""

    text: str
    named: bool = False


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

    kind: str  # "degrees" | "metres" | "seconds" | "factor" | "percent"
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
    if unit in ("turn", "circle") and words[i] != "a":
        return Measure("degrees", 360.0 * value, length + 1)
    for kind, units in (("degrees", DEGREES), ("metres", METRES), ("seconds", SECONDS)):
        if unit in units:
            return Measure(kind, value * units[unit], length + 1)
    if unit in FACTORS:
        return Measure("factor", value, length + 1)
    if unit in ("%", "percent"):
        return Measure("percent", value, length + 1)
    if words[i] in ("90", "180", "270", "360"):
        return Measure("degrees", value, length)
    return None
