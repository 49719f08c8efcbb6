"""A client's notes beside the shots."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import Unfit
from ....client.protocol.edit import Note, Notes, notes
from ...app.errors import SceneError
from ...model.shots.shot_list import find_shot
from ...model.shots.takes import keep_ids

WORDS = {"approved": "Approved", "change": "Please change", "": ""}


def read(path: Path) -> Notes:
    """The notes in a file. Raises SceneError."""
    try:
        if path.stat().st_size > notes.MAX_BYTES:
            raise Unfit("", "is too large")
        return notes.from_bytes(path.read_bytes())
    except OSError as error:
        message = rpt_("The notes can't be read: {error}.").format(error=error.strerror or error)
        raise SceneError("disk", message) from error
    except Unfit as error:
        message = rpt_("'{file}' holds no notes of a client page: {error}.").format(file=path.name, error=error)
        raise SceneError("no_notes", message) from error


def lay(found: Notes, scene: bpy.types.Scene) -> tuple[int, list[str]]:
    """Puts the notes beside their shots, in place of what the same person said before. How many they are, and
    remarks."""
    file_id, _ = keep_ids(scene)
    remarks = []
    if found.edit.partition(".")[0] != file_id:
        remarks.append(rpt_("The notes belong to another file, '{title}'.").format(title=found.title))
    count = 0
    for note in found.notes:
        shot = find_shot(note.shot)
        if shot is None:
            remarks.append(rpt_("There is no shot '{name}' any more.").format(name=note.name or note.shot))
            continue
        _add(shot, note, found)
        count += 1
    return count, remarks


def _add(shot: object, note: Note, found: Notes) -> None:
    said = shot.client_notes  # type: ignore[attr-defined]
    old = next((one for one in said if one.author == found.author), None)
    entry = old if old is not None else said.add()
    entry.author, entry.text, entry.made = found.author, note.text, found.made[:10]
    entry.verdict = WORDS[note.verdict]
    entry.take = note.take
