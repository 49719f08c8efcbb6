"""What a client says of an edit: a note per shot, as the client page saves it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..codec import from_json, to_json
from ..direction import check_text
from ..problem import Unfit
from .edit import MAX_FRAME, MAX_NAME
from .file import read_json

KIND = "take_one_notes"
VERSION = 1
MAX_BYTES = 4 << 20
MAX_NOTES = 10_000
MAX_NOTE = 10_000  # characters
APPROVED, CHANGE = "approved", "change"
VERDICTS = ("", APPROVED, CHANGE)


@dataclass(frozen=True)
class Note:
    """A note to a shot. `take` is the take that it speaks of, "" for the one in the cut; `frame` a frame of the cut,
    counted from 0, -1 for none."""

    shot: str
    text: str = ""
    name: str = ""
    take: str = ""
    verdict: str = ""
    frame: int = -1

    def __post_init__(self) -> None:
        for name in ("shot", "name", "take"):
            check_text(getattr(self, name), name, MAX_NAME)
        check_text(self.text, "text", MAX_NOTE)
        if not self.shot:
            raise Unfit("shot", "must not be empty")
        if self.verdict not in VERDICTS:
            raise Unfit("verdict", "must be approved, change or empty")
        if not -1 <= self.frame <= MAX_FRAME:
            raise Unfit("frame", f"must be -1 to {MAX_FRAME}")
        if not self.text.strip() and not self.verdict:
            raise Unfit("text", "must say something")


@dataclass(frozen=True)
class Notes:
    """All notes of one person to one edit. `made` is ISO 8601."""

    edit: str
    notes: tuple[Note, ...] = ()
    title: str = ""
    author: str = ""
    made: str = ""

    def __post_init__(self) -> None:
        for name in ("edit", "title", "author", "made"):
            check_text(getattr(self, name), name, MAX_NAME)
        if len(self.notes) > MAX_NOTES:
            raise Unfit("notes", f"must be at most {MAX_NOTES}")


def to_bytes(notes: Notes) -> bytes:
    """The notes as the client page saves them."""
    return (json.dumps({KIND: VERSION, **to_json(notes)}, ensure_ascii=False, indent=1) + "\n").encode()


def from_bytes(data: bytes) -> Notes:
    """The notes in a file that a client page saved. All of it or nothing.

    Raises:
        Unfit: it is no such file.
    """
    return from_json(Notes, read_json(data, KIND, VERSION, MAX_BYTES))
