"""What is burned into pictures: text in six places, by templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..direction import check_text
from ..problem import Unfit
from .edit import Edit, Place, Shot
from .timecode import timecode

MAX_TEMPLATE = 500
# What a template may name, as {name}.
WORDS = (
    *("title", "shot", "take", "frame", "timecode", "shot_frame", "frames", "camera", "lens"),
    *("engine", "seed", "date", "author", "note", "line"),
)
_WORD = re.compile(r"\{\{|\}\}|\{([a-z_]+)(?::0?([1-9]))?\}")


@dataclass(frozen=True)
class BurnIn:
    """A template for each place, "" for none. A word in braces stands for what is shown there (see WORDS), "{frame:5}"
    for a number with that many digits, "{{" and "}}" for braces. What is not known is left out."""

    top_left: str = "{title}"
    top: str = ""
    top_right: str = "{date}"
    bottom_left: str = "{shot}  {take}"
    bottom: str = "{camera}  {lens}"
    bottom_right: str = "{timecode}  {frame:4}"

    def __post_init__(self) -> None:
        for field in fields(self):
            template = getattr(self, field.name)
            check_text(template, field.name, MAX_TEMPLATE)
            unknown = sorted({match[1] for match in _WORD.finditer(template) if match[1]} - set(WORDS))
            if unknown:
                raise Unfit(field.name, f"names {{{unknown[0]}}}. Known are {', '.join(WORDS)}")

    def at(self, edit: Edit, frame: int) -> dict[str, str]:
        """The text of each place at a frame of the edit, places without one left out."""
        values = values_at(edit, frame)
        texts = {field.name: filled(getattr(self, field.name), values) for field in fields(self)}
        return {name: text for name, text in texts.items() if text}


def filled(template: str, values: Mapping[str, str]) -> str:
    """`template` with its words replaced. What a value holds is text, never a template again."""

    def replacement(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        value = values.get(match[1], "")
        return value.zfill(int(match[2])) if match[2] and value else value

    lines = (re.sub(r"[ \t]{3,}", "  ", line).strip() for line in _WORD.sub(replacement, template).splitlines())
    return "\n".join(line for line in lines if line)


def values_at(edit: Edit, frame: int) -> dict[str, str]:
    """What each word stands for at a frame of the edit."""
    values = {
        "title": edit.title,
        "frame": str(frame),
        "timecode": timecode(frame - edit.start, edit.fps),
        "frames": str(edit.frames),
        "date": edit.made[:10],
        "author": edit.author,
    }
    shown = shot_at(edit, frame)
    return values | _of_shot(*shown, frame) if shown else values


def shot_at(edit: Edit, frame: int) -> tuple[Shot, Place] | None:
    """The shot that is seen at a frame, with its strip: on the highest channel, of two in a dissolve the later."""
    there = [pair for pair in edit.placed() if pair[1].enabled and pair[1].start <= frame < pair[1].end]
    return max(there, key=lambda pair: (pair[1].channel, pair[1].start), default=None)


def _of_shot(shot: Shot, place: Place, frame: int) -> dict[str, str]:
    values = {
        "shot": shot.name,
        "shot_frame": str(frame - place.start + 1),
        "camera": shot.camera,
        "lens": f"{shot.lens:.4g} mm" if shot.lens else "",
        "note": " ".join(shot.note.split()),
        "line": " / ".join(f"{line.speaker}: {line.line}".removeprefix(": ") for line in shot.direction.dialogue),
    }
    take = shot.take(place.take)
    if take is None:
        return values | {"take": "board"}
    return values | {
        "take": f"t{take.number:03d}" if take.number else take.name,
        "engine": take.engine,
        "seed": str(take.seed),
        "date": take.made[:10],
    }
