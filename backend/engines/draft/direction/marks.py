"""Words of our own that stand for what a clause says of its last step, whatever its order of words: how large the thing
is in the frame in the end, on which side it is passed, with which lens it ends. Readers of every language write them,
read.py takes them out again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from .steps import Step

# By size of framing: how many times as high as the frame a person is, and a thing; and how much larger what is looked
# at gets where no thing is named.
FRAMES: dict[str, tuple[float, float, float]] = {
    "wide": (0.35, 0.25, 1.0),
    "half": (0.5, 0.5, 1.3),
    "full": (0.9, 0.7, 1.4),
    "medium": (1.8, 0.8, 1.7),
    "fills": (1.0, 1.0, 2.0),
    "nearer": (2.6, 0.9, 2.2),
    "close": (3.6, 1.0, 2.6),
    "extreme": (7.0, 1.8, 4.5),
}
_SIDES = {"left": -1, "right": 1}
_FRAME = re.compile(rf"frame({'|'.join(FRAMES)})")
_BESIDE = re.compile(r"passed(left|right)")
_LENS = re.compile(r"lens(\d+)mm")


def framed(size: str) -> str:
    """The word for a size of framing."""
    return f" frame{size} "


def mark(word: str) -> tuple[str, object] | None:
    """The field of a step that such a word gives, and its value; None for any other word."""
    if match := _FRAME.fullmatch(word):
        return "frames", match[1]
    if match := _BESIDE.fullmatch(word):
        return "beside", _SIDES[match[1]]
    if match := _LENS.fullmatch(word):
        return "lens", float(match[1])
    return None


def marked(steps: list[Step], told: Mapping[str, object], first: int) -> list[Step]:
    """The steps, with what a clause tells of the last of those from step `first` on that it can be about; where the
    clause has none, of the last."""
    made = list(steps)
    for field, value in told.items():
        fits = [i for i, step in enumerate(made) if _fits(step, field)]
        own = [i for i in fits if i >= first] or fits
        if own:
            made[own[-1]] = replace(made[own[-1]], **{field: value})  # type: ignore[arg-type]
    return made


def _fits(step: Step, field: str) -> bool:
    if field == "lens":
        return step.kind in ("zoom", "dolly zoom")
    if field == "frames":
        return step.kind in ("push", "zoom")
    return step.kind in ("push", "truck") and (step.relation == "past" or step.via != "")
