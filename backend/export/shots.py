"""The shot list: a row for each shot, for spreadsheets and for pages."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from fractions import Fraction

from client.protocol.edit import Edit, Place, Shot, Take
from client.protocol.edit.edit import DISSOLVE
from client.protocol.edit.timecode import timecode

from .text import plain

COLUMNS = (
    *("number", "shot", "camera", "lens_mm", "start_frame", "start", "end", "frames", "seconds", "status"),
    *("take", "takes", "engine", "seed", "rating", "prompt", "dialogue", "sound", "note"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """A shot in the order of the edit, those without a strip last. `start` counts from the edit's first frame; `frames`
    end where the next shot begins, though a dissolve shows more."""

    number: int
    shot: Shot
    place: Place | None
    take: Take | None
    start: int
    frames: int


def rows(edit: Edit) -> list[Row]:
    """Every shot once for each enabled strip that shows it, numbered from 1."""
    placed = [(shot, place) for shot, place in edit.placed() if place.enabled]
    under = {(one.before, one.end): one.frames for one in edit.transitions if one.kind == DISSOLVE}
    found = [
        Row(
            number,
            shot,
            place,
            shot.take(place.take),
            place.start - edit.start,
            max(1, place.frames - under.get((shot.id, place.end), 0)),
        )
        for number, (shot, place) in enumerate(placed, 1)
    ]
    seen = {shot.id for shot, _ in placed}
    rest = [shot for shot in edit.shots if shot.id not in seen]
    return found + [
        Row(number, shot, None, shot.current_take, 0, shot.frames) for number, shot in enumerate(rest, len(found) + 1)
    ]


def to_csv(edit: Edit) -> str:
    """The shot list as CSV (RFC 4180), with a mark at its head by which spreadsheets know UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows(edit):
        writer.writerow([_safe(value) for value in _values(edit, row)])
    return "\ufeff" + text.getvalue()


def dialogue(shot: Shot) -> str:
    """The lines of a shot, each on a line of its own: ANNA: We are late."""
    return "\n".join(f"{line.speaker}: {line.line}".removeprefix(": ") for line in shot.direction.dialogue)


def seconds(frames: int, fps: Fraction) -> str:
    """A length in seconds with two digits."""
    return f"{float(frames / fps):.2f}"


def _values(edit: Edit, row: Row) -> list[object]:
    shot, take, place = row.shot, row.take, row.place
    return [
        row.number,
        plain(shot.name),
        plain(shot.camera),
        f"{shot.lens:g}" if shot.lens else "",
        place.start if place else "",
        timecode(row.start, edit.fps) if place else "",
        timecode(row.start + row.frames, edit.fps) if place else "",
        row.frames,
        seconds(row.frames, edit.fps),
        plain(shot.status),
        plain(take.name) if take else "",
        len(shot.takes),
        plain(take.engine) if take else "",
        take.seed if take else "",
        (take.rating if take else 0) or shot.rating or "",
        shot.direction.prompt,
        dialogue(shot),
        shot.direction.sound,
        shot.note,
    ]


def _safe(value: object) -> object:
    """Text that a spreadsheet would take for a formula, as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
