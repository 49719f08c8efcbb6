"""Which file bears an id. A copy of a .blend bears the id of its original, and jobs, unsaved takes and numbers belong
to ids: so this machine remembers where each film lies, and a copy gets an id of its own."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import bpy

from ....client.files import make_folder, write_whole
from ....client.home import home
from ...app.app import app
from . import takes


@dataclass(frozen=True)
class Film:
    """`file` is where a film lies, `before` where it lay until it was saved as another file. `unsaved`: what lies there
    has never borne the id, under which something was begun."""

    file: Path
    before: tuple[Path, ...] = ()
    unsaved: bool = False


class Left:
    """The id that the open file bore when its film was saved as another one: what was begun then may land here too."""

    def __init__(self) -> None:
        self.file_id = ""


def open_id() -> str:
    """The id of the open file, "" where it has none."""
    ids = (scene.take_one.file_id for scene in bpy.data.scenes if scene.library is None)
    return next((file_id for file_id in ids if file_id), "")


def is_open(file_id: str) -> bool:
    """Whether what was begun in the film with this id may land in the open file."""
    return bool(file_id) and (file_id in (open_id(), app().part(Left).file_id) or _lies_here(file_id))


def begun(file_id: str) -> None:
    """Something was begun in the open file, which may be closed without being saved, and bears no id then."""
    if bpy.data.filepath and known(file_id) is None:
        _remember(file_id, Film(Path(bpy.data.filepath), unsaved=True))


def _lies_here(file_id: str) -> bool:
    """Whether the film with this id was the open file, also where that bears another id by now, or none: it was closed
    before it was saved with this one. Of one that was saved with it, another film may have taken the place."""
    film = known(file_id) if bpy.data.filepath else None
    return film is not None and film.unsaved and _same(film.file, bpy.data.filepath)


def known(file_id: str) -> Film | None:
    """What this machine remembers of the film."""
    try:
        data = json.loads(_record(file_id).read_text(encoding="utf-8"))
        file, *before = (Path(path) for path in (data["file"], *data["before"]))
        if any("\0" in str(path) for path in (file, *before)):
            return None
        return Film(file, tuple(before), data.get("unsaved") is True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def is_copy() -> bool:
    """Whether the open file was copied: the film of its id lies elsewhere."""
    film = known(open_id())
    return bool(film and bpy.data.filepath and not _same(film.file, bpy.data.filepath) and film.file.is_file())


def opened() -> None:
    """A file was opened: a copy gets an id of its own, the same at each opening."""
    file_id, left = open_id(), app().part(Left)
    left.file_id = ""
    if not bpy.data.filepath or not file_id:
        return
    film = known(file_id)
    if film is None or not is_copy():
        _remember(file_id, Film(Path(bpy.data.filepath), film.before if film else ()))
        _give(file_id)
        return
    if any(_same(path, bpy.data.filepath) for path in film.before):
        left.file_id = file_id
    _give_own(file_id, film.before)


def saved(before: str) -> None:
    """The file was saved; `before` is where it lay until then, "" for nowhere. A film that goes on as another file
    keeps its id. One that never had a place gets an id of its own where its id is taken."""
    file_id, here = open_id(), bpy.data.filepath
    if not file_id or not here:
        return
    film = known(file_id)
    if film is not None and is_copy() and not _same(film.file, before):
        app().part(Left).file_id = file_id
        takes.file_renamed(file_id, _give_own(file_id, film.before))
        return
    earlier = film.before if film else ()
    if before and not _same(Path(before), here):
        earlier = (*earlier, Path(before))
    kept = dict.fromkeys(path for path in earlier if not _same(path, here))
    _remember(file_id, Film(Path(here), tuple(kept)))


def _give_own(file_id: str, before: tuple[Path, ...]) -> str:
    """A copy's takes may lie where its original was `before`. Returns the id."""
    own = hashlib.sha256(f"{file_id}\0{os.path.normcase(bpy.data.filepath)}".encode(errors="replace")).hexdigest()[:16]
    _give(own)
    _remember(own, Film(Path(bpy.data.filepath), before))
    return own


def _give(file_id: str) -> None:
    """All scenes of the file have one id: one that came from another film with its own takes this one."""
    for scene in bpy.data.scenes:
        if scene.library is None and scene.take_one.file_id not in ("", file_id):
            scene.take_one.file_id = file_id


def _remember(file_id: str, film: Film) -> None:
    if known(file_id) == film:
        return
    text = json.dumps(
        {"file": str(film.file), "before": [str(path) for path in film.before]}
        | ({"unsaved": True} if film.unsaved else {})
    )
    with contextlib.suppress(OSError):  # whoever writes takes says what is wrong with the folder
        make_folder(_record(file_id).parent)
        write_whole(_record(file_id), text)


def _record(file_id: str) -> Path:
    return home() / "films" / f"{hashlib.sha256(file_id.encode(errors='replace')).hexdigest()[:32]}.json"


def _same(one: Path, other: str | Path) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
