"""Words for people: names on one line, and what is missing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath

from client.protocol.edit import Edit, Shot, Take
from client.protocol.edit.edit import TAKE

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def plain(text: str) -> str:
    """Text on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def fitting(text: str, fits: Callable[[str], bool], more: str = "\u2026") -> str:
    """A text as far as it fits, with `more` where it is cut; nothing where not even that fits."""
    if fits(text):
        return text
    return next((cut for end in range(len(text) - 1, -1, -1) if fits(cut := text[:end] + more)), "")


def take_name(shot: Shot, take: Take) -> str:
    """What people call a take: Kitchen_t003."""
    return take.name or f"{shot.name} take {take.number}"


def unplaced(edit: Edit) -> list[Shot]:
    """The shots that no strip shows."""
    return [shot for shot in edit.shots if not shot.places]


def missing_files(edit: Edit) -> Iterator[str]:
    """A sentence for each file of a strip that is not there."""
    for shot, place in edit.placed():
        take = shot.take(place.take)
        if take and (take.file is None or not is_there(take.file)):
            yield f"The file of {take_name(shot, take)} is missing. Press Make Again beside the take, or bring it back."
    own = [(sound.name, sound.file) for sound in edit.sounds if sound.kind != TAKE]
    for name, file in [*own, *((other.name, other.file) for other in edit.others)]:
        if file is not None and not is_there(file):
            yield f"The file of strip '{name}' is missing: {file.name}. Bring it back, or choose another."


def is_there(file: Path) -> bool:
    """Whether a file is on this machine. Of others (\\\\server\\share) nothing is asked: they count as there."""
    return PureWindowsPath(file).drive.startswith("\\\\") or os.path.isfile(file)  # noqa: PTH113  of any length
