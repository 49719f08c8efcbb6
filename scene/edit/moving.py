"""Where takes lie as their .blend is saved: beside it, or where they were, valid in any case."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy

from ..model.app import app
from ..model.paths import stored_path
from ..model.properties import all_shots
from ..model.takes import clip_path, remember_again, takes_folder, unsaved_folder
from . import strips

FILES = ("clip", "sidecar", "thumbnail", "still")  # what takes (and shots) point to
BESIDE_CLIP = (".mp4", ".json", ".jpg")


class Along:
    """Ids of the files whose takes the user wants beside them."""

    def __init__(self) -> None:
        self.files: set[str] = set()


def relocate_takes() -> int:
    """Bring takes made before the file was first saved to //takes/, and those that land elsewhere though the user
    wanted them there; point takes and strips to them. Returns how many paths were changed. The originals stay: the
    .blend on disk, and the steps of undo, still point to them. `clear_unsaved` removes the first.

    Raises:
        OSError: a file could not be written; nothing points to it then.
    """
    file_id = _open_file_id()
    if not bpy.data.filepath or not file_id:
        return 0
    source = unsaved_folder(file_id)
    changed = 0
    if source.is_dir():
        changed = _bring_folders((folder, _files_in(folder)) for folder in source.iterdir() if folder.is_dir())
    return changed + (bring_along() if file_id in app().part(Along).files else 0)


def any_elsewhere() -> bool:
    """Whether a take of the saved file does not lie beside it. Quick enough for a panel."""
    return bool(bpy.data.filepath) and any(
        take.clip and not take.clip.startswith("//") for shot in all_shots() for take in shot.takes
    )


def elsewhere() -> list[Path]:
    """The folders of shots whose takes do not lie beside the saved file, nor wait to be brought there."""
    return sorted(_folders_elsewhere())


def bring_along() -> int:
    """Copy the takes of this file that lie in another folder beside it, and those that land there later. Returns how
    many paths were changed. The originals stay: another file may use them.

    Raises:
        OSError: a file could not be written; nothing points to it then.
    """
    app().part(Along).files.add(_open_file_id())
    return _bring_folders(_folders_elsewhere().items())


def find_moved() -> int:
    """Point to takes that lie beside the file though it names another place: it was saved but once since they were
    made, or its folder was moved. Returns how many paths were changed."""
    moved = {}
    for item, name in _path_users(own_only=True) if bpy.data.filepath else ():
        value = getattr(item, name)
        old = _absolute(value) if value else None
        if old is None or old.is_file():
            continue
        target = takes_folder(_open_file_id())
        for count in (2, 4):  # Kitchen/Kitchen_t001.mp4, Kitchen/stills/Kitchen_t001/still.png
            place = target.joinpath(*old.parts[-count:])
            if place.is_file():
                moved[old] = place
    return _point(moved)


def clear_unsaved() -> None:
    """Remove the originals of relocated takes where nothing of the file points to them: for after the file
    was opened, when no undo leads back to them."""
    file_id = _open_file_id()
    folder = unsaved_folder(file_id)
    if not bpy.data.filepath or not file_id or not folder.is_dir():
        return
    paths = [getattr(item, name) for item, name in _path_users()]
    if not any(_absolute(path).is_relative_to(folder) for path in paths if path):
        shutil.rmtree(folder, ignore_errors=True)


def hold_paths(saved_as: str) -> None:
    """Before the file is saved in another folder: takes are named by their whole paths, which stay valid
    there. (Blender does the same for its own paths.) `store_paths` undoes it after the save."""
    if not bpy.data.filepath or Path(saved_as).parent == Path(bpy.data.filepath).parent:
        return
    for item, name in _path_users(own_only=True):
        value = getattr(item, name)
        if value.startswith("//"):
            setattr(item, name, str(_absolute(value)))


def store_paths() -> None:
    """After a save: paths beside the .blend are relative to it."""
    for item, name in _path_users(own_only=True):
        value = getattr(item, name)
        if value and not value.startswith("//") and stored_path(Path(value)) != value:
            setattr(item, name, stored_path(Path(value)))
    remember_again()


def _open_file_id() -> str:
    return next((scene.take_one.file_id for scene in bpy.data.scenes if scene.take_one.file_id), "")


def _absolute(path: str) -> Path:
    return Path(os.path.normpath(bpy.path.abspath(path)))


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _folders_elsewhere() -> dict[Path, list[Path]]:
    """The folders of takes that do not lie beside the file, with what belongs to the takes in them."""
    if not bpy.data.filepath:
        return {}
    own = (Path(bpy.data.filepath).parent, unsaved_folder(_open_file_id()))
    found: dict[Path, list[Path]] = {}
    for take in [take for shot in all_shots() for take in shot.takes if take.clip]:
        clip = clip_path(take)
        if any(clip.is_relative_to(folder) for folder in own) or not clip.is_file():
            continue
        files = [clip.with_suffix(suffix) for suffix in BESIDE_CLIP]
        still = _absolute(take.still) if take.still else clip
        if still != clip and still.is_relative_to(clip.parent):
            files += _files_in(still.parent)
        found.setdefault(clip.parent, []).extend(file for file in files if file.is_file())
    return found


def _bring_folders(folders: Iterable[tuple[Path, list[Path]]]) -> int:
    """Bring these files of shots' folders to //takes/ and point to them."""
    target = takes_folder(_open_file_id())
    moved: dict[Path, Path] = {}
    for folder, files in folders:
        places = _places(folder, files, target)
        for old, new in places.items():
            if not new.exists():
                _bring(old, new)
        moved |= places
    return _point(moved)


def _point(moved: dict[Path, Path]) -> int:
    """Let everything that named one of these files name its new place. Returns how many paths were changed."""
    changed = 0
    for item, name in _path_users() if moved else ():
        value = getattr(item, name)
        place = moved.get(_absolute(value)) if value else None
        if place is not None:
            setattr(item, name, stored_path(place))
            changed += 1
    if changed:
        remember_again()
    return changed


def _places(folder: Path, files: list[Path], target: Path) -> dict[Path, Path]:
    """Where the files of a shot's folder go: into one of the same name, or with a number where another film's files
    are in the way."""
    number = 1
    while True:
        place = target / (folder.name if number == 1 else f"{folder.name}_{number}")
        places = {file: place / file.relative_to(folder) for file in files}
        if all(not new.exists() or filecmp.cmp(old, new) for old, new in places.items()):
            return places
        number += 1


def _bring(old: Path, new: Path) -> None:
    """A second name for the file where the disk allows it, else a copy."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        new.hardlink_to(old)
    except OSError:
        aside = new.with_name(new.name + ".part")
        shutil.copy2(old, aside)
        aside.replace(new)


def _path_users(own_only: bool = False) -> list[tuple[Any, str]]:
    """What names a take's files, and by which property: shots and takes, and strips and sounds unless
    `own_only`."""
    users: list[tuple[Any, str]] = [
        (item, name)
        for shot in all_shots()
        for item in (shot, *shot.takes)
        for name in FILES
        if name in item.bl_rna.properties
    ]
    if not own_only:
        users += [(strip, "filepath") for _, strip in strips.all_strips() if strip.type == "MOVIE"]
        users += [(sound, "filepath") for sound in bpy.data.sounds]
    return users
