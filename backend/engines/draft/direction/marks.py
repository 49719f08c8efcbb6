"""Words of our own that stand for what a clause says of its last step, whatever its order of words: how large the thing
is in the frame in the end, on which side it is passed, with which lens it ends, what is looked at on the way, how
high the camera starts and ends, how it gathers speed. Readers of every language write them, read.py takes them out
again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .languages.tables.heights import LEVELS
from .steps import Start, Step

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
_WATCHED = re.compile(r"watched((?:[a-p]{2})+)")
_HEIGHT = re.compile(r"(from|to|)height(\d+)cm")
_GAP = re.compile(r"gap(\d+)cm")
_PACE = re.compile(r"pace(in|out)")
_ANGLES = {
    "lowangle": Start("at a low angle", looks=1),
    "highangle": Start("at a high angle", looks=-1),
    "overshoulder": Start("over a shoulder", beside=True),
}
ALL = (
    r"(?:frame[a-z]+|passed[a-z]+|watched[a-z]+|lens\d+mm|(?:from|to)?height\d+cm|gap\d+cm|pace(?:in|out)|"
    r"(?:low|high)angle|overshoulder|endtop)"
)


def framed(size: str) -> str:
    """The word for a size of framing."""
    return f" frame{size} "


def watched(name: str) -> str:
    """The word for a thing that is looked at all along a way: its name in letters that no reader takes for a word."""
    return "watched" + name.encode().hex().translate(_LETTERS)


def owned(name: str) -> str:
    """A word of letters alone for a name of several words, such as "anna's face", that readers take for a noun."""
    return "owned" + name.encode().hex().translate(_LETTERS)


def owned_name(word: str) -> str:
    """The name that such a word stands for; "" for any other word."""
    match = _OWNED.fullmatch(word)
    return bytes.fromhex(match[1].translate(_FIGURES)).decode(errors="replace") if match else ""


OWNED = r"owned(?:[a-p]{2})+"
_OWNED = re.compile(r"owned((?:[a-p]{2})+)")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_FIGURES = str.maketrans("abcdefghijklmnop", "0123456789abcdef")


def mark(word: str) -> tuple[str, object] | None:
    """The field of a step that such a word gives, and its value; None for any other word."""
    if match := _FRAME.fullmatch(word):
        return "frames", match[1]
    if match := _BESIDE.fullmatch(word):
        return "beside", _SIDES[match[1]]
    if match := _LENS.fullmatch(word):
        return "lens", float(match[1])
    if match := _HEIGHT.fullmatch(word):
        return f"{match[1]}height", int(match[2]) / 100
    if match := _GAP.fullmatch(word):
        return "gap", int(match[1]) / 100
    if match := _PACE.fullmatch(word):
        return "ease", match[1]
    if word == "endtop":
        return "top", True
    if word in _ANGLES:
        return "starts", _ANGLES[word]
    if match := _WATCHED.fullmatch(word):
        return "watches", bytes.fromhex(match[1].translate(_FIGURES)).decode(errors="replace")
    return None


def marked(steps: list[Step], told: Mapping[str, object], first: int) -> list[Step]:
    """The steps, with what a clause tells of the last of those from step `first` on that it can be about; where the
    clause has none, of the last."""
    made = list(steps)
    for field, value in told.items():
        if field == "watches":
            made = watching(made, str(value), first)
        if field in ("height", "toheight"):
            made = at_height(made, float(str(value)), first, field == "toheight")
        if field in _OF_THE_START:
            continue
        fits = [i for i, step in enumerate(made) if _fits(step, field)]
        own = [i for i in fits if i >= first] or fits
        if own:
            made[own[-1]] = replace(made[own[-1]], **{field: value})  # type: ignore[arg-type]
    return made


_OF_THE_START = ("watches", "height", "toheight", "fromheight", "starts")


def started(told: Mapping[str, object], steps: Sequence[Step], first: int) -> Start | None:
    """Where a clause that told so much, and made the steps from the step `first` on, wants the shot to start; None
    where it says nothing of that. A height is that of the start where the clause raises or lowers nothing."""
    if isinstance(start := told.get("starts"), Start):
        return start
    high = told.get("fromheight")
    if high is None and "height" in told and not any(step.height is not None for step in steps):
        high = told["height"] if not any(step.kind in _HEIGHTS for step in steps[:first]) else None
    return Start(f"at {named_height(float(str(high)))}", float(str(high))) if high is not None else None


def named_height(metres: float) -> str:
    """What a height above the ground is called."""
    return LEVELS.get(round(100 * metres), f"{metres:g} m above the ground")


def at_height(steps: list[Step], metres: float, first: int, goes: bool) -> list[Step]:
    """The steps, with the height above the ground that the camera comes to by those from step `first` on, or by a rise
    or fall before them that they only end. `goes`: the words say that it comes there, whatever else it does."""
    moving = [i for i in range(first, len(steps)) if steps[i].kind not in ("hold", "handheld")]
    heights = [i for i in moving if steps[i].kind in _HEIGHTS]
    before = next((i for i in range(first - 1, -1, -1) if steps[i].kind not in ("hold", "handheld")), None)
    if not moving and before is not None and steps[before].kind in _HEIGHTS:
        heights = [before]
    if heights:
        at = heights[-1]
        open_ = steps[at].metres is None
        return [*steps[:at], replace(steps[at], height=metres), *steps[at + 1 :]] if open_ else steps
    if not goes or any(steps[i].kind in ("tilt", "roll") for i in moving):  # "tilt up to eye level"
        return steps
    said = f"to {named_height(metres)}"
    rise = Step("pedestal", 1, height=metres, relation="height", together=moving != [], said=said)
    return [*steps[: moving[-1] + 1], rise, *steps[moving[-1] + 1 :]] if moving else [*steps, rise]


_HEIGHTS = ("pedestal", "crane")
_TRAVELS = ("push", "truck", "pedestal", "crane")
_ABOUT = {"orbit": "around", "zoom": "at", "dolly zoom": "at"}
_PRONOUNS = ("it", "them", "him", "her", "subject", "him/her", "thing")


def watching(steps: list[Step], name: str, first: int) -> list[Step]:
    """The steps, with a look at the thing called `name` all along the way of those from step `first` on, or of the
    last one; an orbit or a zoom of which no thing is known is about it."""
    moves = [i for i, step in enumerate(steps) if step.kind in (*_TRAVELS, *_ABOUT)]
    own = [i for i in moves if i >= first] or moves
    at = next((i for i in reversed(own) if steps[i].kind in _TRAVELS), own[-1] if own else None)
    if at is None:
        return steps
    before = steps[at]
    known = [step.target for step in steps[: at + 1] if step.target]
    if name in _PRONOUNS and known:
        name = known[-1]
    if before.kind in _ABOUT:
        about = replace(before, relation=_ABOUT[before.kind], target=name, said=f"{before.said} {name}")
        return steps if before.target else [*steps[:at], about, *steps[at + 1 :]]
    if name in ("it", "subject", "thing") or before.relation == "with" or _goes_there(before, name):
        return steps
    end = at + 1
    while end < len(steps) and steps[end].together:
        end += 1
    beside = [step for step in steps[at + 1 : end] if step.kind in ("pan", "tilt")]
    if any(step.target == name for step in beside):
        return [replace(step, watches=True) if step in beside and step.target == name else step for step in steps]
    look = "tilt" if before.kind in ("pedestal", "crane") else "pan"
    said = f"looking at {name}"
    step = Step(look, 1, together=True, relation="at", target=name, watches=True, open_side=True, said=said)
    return [*steps[:end], step, *steps[end:]]


def _goes_there(step: Step, name: str) -> bool:
    return (step.kind, step.sign, step.relation, step.target) == ("push", 1, "to", name)


def _fits(step: Step, field: str) -> bool:
    if field == "lens":
        return step.kind in ("zoom", "dolly zoom")
    if field == "frames":
        return step.kind in ("push", "zoom")
    if field == "ease":
        return step.kind not in ("hold", "handheld")
    if field == "top":
        return step.kind in ("pan", "tilt") and step.target != ""
    if field == "gap":
        return (step.kind == "push" and step.sign > 0) or (step.kind in _HEIGHTS and step.relation == "level")
    return step.kind in ("push", "truck") and (step.relation == "past" or step.via != "")
