"""Directions that say by the clock what happens when: "0-2s: static; 2-5s: push in", "[00:03] pan left"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .steps import Step

FRAMES_A_SECOND = 24  # where a direction counts frames
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?"
_TIME = rf"(?:{_CLOCK}|\d{{1,4}}(?:[.,]\d+)?)"
_UNIT = r"(?:s|secs?|seconds?|sek\w*|secondes?|secondi|segundos?|″|秒|초)(?![^\W\d_])"
_COUNTED = r"(?:t\s*=\s*|(?:seconds?|secs?|time|timecode|tc|from|frames?)\s+)"
_AT = re.compile(
    rf"(?P<open>[\[(]\s*)?(?P<counted>{_COUNTED})?(?P<begin>{_TIME})\s*(?P<unit>{_UNIT})?"
    rf"(?:\s*(?:-|–|—|to|until|~|→|->)\s*(?:t\s*=\s*)?(?P<end>{_TIME})\s*(?P<last>{_UNIT})?)?"
    r"\s*(?P<close>[\])])?\s*(?P<told>[:,–—-])?",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?:^|[.;,|/\n:)\]•*]|\s[-–—]|\bthen|\band|\bat)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """What is said of one stretch of the shot. `seconds`: how long it lasts; None where the words leave it open."""

    text: str
    seconds: float | None = None


@dataclass(frozen=True)
class _Mark:
    start: int  # of its characters in the text
    stop: int
    begin: float
    end: float | None
    plain: bool  # whether it is a mark by its look: a clock, or a range with a unit


def parts(text: str) -> list[Part]:
    """`text` in the stretches of time that it names; as one part where it names none."""
    marks = _marks(text)
    if not marks or not (marks[0].plain or (len(marks) > 1 and marks[0].begin == 0.0)):
        return [Part(text)]
    found = [Part(text[: marks[0].start])] if text[: marks[0].start].strip() else []
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        end = mark.end if mark.end is not None else after.begin if after else None
        said = text[mark.stop : after.start if after else len(text)]
        found.append(Part(said, end - mark.begin if end is not None else None))
    return found


def _marks(text: str) -> list[_Mark]:
    """The marks of time in their order, each later than the one before."""
    found: list[_Mark] = []
    for match in _AT.finditer(text):
        mark = _mark(match)
        before = text[max(0, match.start() - 12) : match.start()]
        if mark is None or not (match["open"] or _BEGINS.search(before)):
            continue
        if not found or mark.begin >= (found[-1].end or found[-1].begin + 0.01) - 0.11:
            found.append(mark)
    return found


def _mark(match: re.Match[str]) -> _Mark | None:
    """A mark of time, None for any other figure ("2 m", "hold 2-3 seconds")."""
    frames = (match["counted"] or "").lower().startswith("frame")
    clock = ":" in match["begin"]
    begin, end = _seconds(match["begin"]), _seconds(match["end"]) if match["end"] else None
    counted = clock or match["unit"] or match["last"] or match["counted"]
    if not counted or (end is not None and end <= begin):
        return None
    bracketed = match["open"] and match["close"]
    if end is None and not (bracketed or clock or match["told"] == ":" or _at(match)):
        return None
    if frames:
        begin, end = max(begin - 1.0, 0.0) / FRAMES_A_SECOND, end / FRAMES_A_SECOND if end is not None else None
    return _Mark(*match.span(), begin, end, end is not None and (clock or match["told"] == ":" or bool(bracketed)))


def _at(match: re.Match[str]) -> bool:
    """ "At 2s": when, and not how long."""
    return match.string[: match.start()].lower().endswith("at ") and bool(match["unit"])


def _seconds(said: str) -> float:
    whole = 0.0
    for figure in said.replace(",", ".").split(":"):
        whole = 60.0 * whole + float(figure)
    return whole


def lasting(steps: list[Step], seconds: float) -> list[Step]:
    """The steps of a part that lasts so long: those without a time of their own share what is left."""
    if not steps:
        return [Step("hold", 1, seconds=seconds)]
    told = sum(step.seconds or 0.0 for step in steps if not step.together)
    open_ = [step for step in steps if not step.together and not step.seconds and step.kind != "handheld"]
    each = max(seconds - told, 0.1) / max(len(open_), 1)
    return [replace(step, seconds=each) if any(step is one for one in open_) else step for step in steps]
