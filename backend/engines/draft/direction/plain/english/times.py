"""When, and for how long: "a second later", "for a third of the shot", "the last two seconds"."""

from __future__ import annotations

import re

from ...lists import replaced, replacements

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_SECONDS = r"(s|sec|secs|seconds?|beats?)\b"
_COUNTS = {"": 1, "a": 1, "one": 1, "two": 2, "three": 3}
_LAST = r"(?:last|final|closing|back|latter)"
_FIRST = r"(?:1st|first|opening)"
_FOR = r"(?:in|on|during|for|over|throughout)"
_SHOT = r"(?:shot|take|clip|time|duration)"
_OF_THE_SHOT = rf"(?: of the {_SHOT})?(?:\s*:|(?! ?-?(?:of|is|turn|orbit|circle|arc|rotation)\b))"
_SHARE = re.compile(
    rf"(?:\b{_FOR} )?(?:\babout |\broughly )?(?:\bthe )?(?:(?P<last>\b{_LAST} )|\b{_FIRST} )?"
    rf"(?:\b(?P<count>a|one|two|three|[1-3]) ?[ /-])?\b(?P<part>half|thirds?|quarters?)(?: of)? the {_SHOT}\b\s*:?",
    re.IGNORECASE,
)
_TIMES = replacements(
    (
        (rf"\bhalf an? (?:{_SECONDS})", "0.5 seconds"),
        (rf"{_NUMBER}\s*{_SECONDS} later\b[:,]?", r"after \1 \2, "),
        (r"\b(?:a|one) (?:second|beat) later\b[:,]?", "after 1 second, "),
        # What lasts for a part of the shot, and what is said to be at its end.
        (rf"\b(?:at|in|on|during) the (?:very )?{_LAST} (?:moment|frame)s?\b,?", "at the end, "),
        (rf"\bbefore the (?:very )?end\b{_OF_THE_SHOT}", " "),
        (rf"\b(?:{_FOR} )?(?:the )?(?:very )?{_LAST} (?:second|beat)\b", "last 1 second"),
        (rf"\b{_FOR} (?:the )?(?:very )?({_LAST}) (?=(?:\d[\d.,]*|[a-z]+) ?{_SECONDS})", r"\1 "),
        (rf"\b(?:the )?{_FIRST} second\b(?! (?:half|third|quarter))", "1 second"),
        (
            rf"\b{_FOR} (?:the )?(?:very )?{_LAST} (half|third|quarter){_OF_THE_SHOT}",
            r" for last 1 \1shot ",
        ),
        (
            rf"\b(?:{_FOR} )?(?:the )?(?:very )?{_FIRST} (half|third|quarter){_OF_THE_SHOT}",
            r" for 1 \1shot ",
        ),
        (r"\b(half|third|quarter)shot\s*,?\s*and\b", r"\1shot, then"),
        (rf"\b(?:{_FOR}|across) the (?:whole|entire|full|complete) {_SHOT}\b", " "),
        (
            rf"\b{_FOR} the (?:second|middle) (?:third|quarter|part|moments?)\b,?|"
            rf"\b{_FOR} the (?:first|opening) (?:part|moments?)\b,?",
            " ",
        ),
        (
            r"(?:[,.;]| and\b)\s*(?:then |finally )*([^,.;]{2,60}?) (?:towards|toward|near|at) the (?:very )?end\b"
            rf"{_OF_THE_SHOT}(?! of)",
            r", then \1",
        ),
        (rf"\b(?:{_FOR} )?(?:the )?(?:2nd|second|other) half\b{_OF_THE_SHOT}", "then "),
    )
)
_WITHOUT_A_UNIT = re.compile(
    rf"\b(?P<which>{_LAST}|next|other|remaining) (?P<count>\d|one|two|three|four|five|six)"
    r"(?=\s*(?:$|[,.;:]|(?:hold|push|pull|pan|tilt|zoom|dolly|truck|orbit|arc|crane|roll|static|we|the|it|is|are)\b))",
    re.IGNORECASE,
)
_COUNTED_IN_SECONDS = re.compile(rf"\bfirst (?:\d+|[a-z]+) {_SECONDS}", re.IGNORECASE)

_FOR_SECONDS = re.compile(rf"\bfor (?:\d+|[a-z]+) {_SECONDS}", re.IGNORECASE)
_FOR_AS_MANY = re.compile(r"\bfor (?:\d|one|two|three|four|five|six)(?=\s*(?:$|[,.;]))", re.IGNORECASE)


def timed(text: str) -> str:
    """English `text` with its times as figures: seconds, and parts of the shot as read.py knows them (words.PARTS)."""
    if _FOR_SECONDS.search(text):
        text = _FOR_AS_MANY.sub(r"\g<0> seconds", text)
    if _COUNTED_IN_SECONDS.search(text):  # "the first two seconds are static, the last three push in"
        text = _WITHOUT_A_UNIT.sub(r"\g<which> \g<count> seconds", text)
    return replaced(_SHARE.sub(_share, text), _TIMES)


def _share(match: re.Match[str]) -> str:
    count = (match["count"] or "").lower()
    part = match["part"].lower().removesuffix("s")
    return f" for {'last ' if match['last'] else ''}{_COUNTS.get(count) or int(count)} {part}shot "
