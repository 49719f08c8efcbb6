"""Where takes lie as their .blend is saved: beside it, or where they were, valid in any case."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy

from ...client.files import mode_beside, writing
from ..app.app import app
from ..model.shots import films, trust
from ..model.shots.paths import absolute, is_there, lies_in, stored_path
from ..model.shots.shot_list import all_shots
from ..model.shots.takes import clip_path, remember_again, takes_folder, unsaved_folder
from . import strips
from .cut.uses import BED_KEY
from .edit_scene import output_beside

FILES = ("clip", "sidecar", "thumbnail", "still")  # what takes (and shots) point to


class Along:
    """Ids of the files whose takes the user wants beside them."""

    def __init__(self) -> None:
        self.files: set[str] = set()


class Picture:
    """The file of an image strip that shows one picture."""

    def __init__(self, strip: bpy.types.Strip) -> None:
        self.strip = strip

    @property
    def filepath(self) -> str:
        return str(self.strip.directory) + str(self.strip.elements[0].filename)

    @filepath.setter
    def filepath(self, path: str) -> None:
        folder, _, name = path.rpartition("/" if "/" in path else os.sep)
        self.strip.directory = folder + "/"
        self.strip.elements[0].filename = name


def _is_picture(strip: bpy.types.Strip) -> bool:
    return bool(strip.type == "IMAGE" and len(strip.elements) == 1)


def relocate_takes() -> int:
    """Bring takes made before the file was first saved to //takes/, and those that land elsewhere though the user
    wanted them there; point takes and strips to them. Returns how many paths were changed. The originals stay: the
    .blend on disk, and the steps of undo, still point to them. `clear_unsaved` removes the first.

    Raises:
        OSError: a file could not be written; nothing points to it then.
    """
    file_id = films.open_id()
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
        take.clip and not take.clip.startswith("//") for shot in _local_shots() for take in shot.takes
    )


def elsewhere() -> list[Path]:
    """The folders of shots whose takes do not lie beside the saved file, nor wait to be brought there."""
    return sorted(_folders_elsewhere())


def left_alone() -> list[Path]:
    """The clips of this file that are no takes of this film, as far as this machine knows."""
    clips = [clip_path(take) for shot in _local_shots() for take in shot.takes if take.clip]
    return [clip for clip in clips if not trust.is_known(clip)]


def bring_along() -> int:
    """Copy the takes of this file that lie where its film was before beside it, and those that land there later.
    Returns how many paths were changed. The originals stay: another file may use them.

    Raises:
        OSError: a file could not be written; nothing points to it then.
    """
    app().part(Along).files.add(films.open_id())
    return _bring_folders(_folders_elsewhere().items())


def find_moved() -> int:
    """Point to takes that lie beside the file though it names another place: it was saved but once since they were
    made, or its folder was moved. Returns how many paths were changed."""
    moved = {}
    for item, name in _path_users(own_only=True) if bpy.data.filepath else ():
        value = getattr(item, name)
        old = absolute(value) if value else None
        if old is None or is_there(old):
            continue
        target = takes_folder(films.open_id())
        for count in (2, 4):  # Kitchen/Kitchen_t001.mp4, Kitchen/stills/Kitchen_t001/still.png
            place = target.joinpath(*old.parts[-count:])
            if is_there(place) and trust.is_own(place):  # the disk is asked in a moment, and most are not there
                moved[old] = place
    return _point(moved)


def clear_unsaved() -> None:
    """Remove the originals of relocated takes that lie beside the file byte for byte, where nothing of the file points
    to any of them: for after the file was opened, when no undo leads back to them. A copy of the film removes
    nothing: they are another's."""
    file_id = films.open_id()
    folder = unsaved_folder(file_id)
    if not bpy.data.filepath or not file_id or not folder.is_dir() or films.is_copy():
        return
    paths = [getattr(item, name) for item, name in _path_users()]
    if any(lies_in(absolute(path), folder) for path in paths if path):
        return
    target = takes_folder(file_id)
    with contextlib.suppress(OSError):  # what can't be read or removed stays
        for shot in [one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()]:
            beside = [place for place in target.glob("*") if place.name.startswith(shot.name)]
            for file in _files_in(shot):
                if any(_same_bytes(file, place / file.relative_to(shot)) for place in beside):
                    file.unlink()
        _remove_empty(folder)


def hold_paths(saved_as: str) -> None:
    """Before the file is saved in another folder: takes are named by their whole paths, which stay valid
    there. (Blender does the same for its own paths.) `store_paths` undoes it after the save."""
    output_beside(saved_as)
    if not bpy.data.filepath or Path(saved_as).parent == Path(bpy.data.filepath).parent:
        return
    for item, name in _path_users(own_only=True):
        value = getattr(item, name)
        if value.startswith("//"):
            setattr(item, name, str(absolute(value)))


def store_paths() -> None:
    """After a save: paths beside the .blend are relative to it."""
    output_beside(bpy.data.filepath)
    for item, name in _path_users(own_only=True):
        value = getattr(item, name)
        if value and not value.startswith("//") and stored_path(Path(value)) != value:
            setattr(item, name, stored_path(Path(value)))
    remember_again()


def _local_shots() -> list[Any]:
    """The shots of this file. Those of linked scenes are another's, and only read."""
    return [shot for shot in all_shots() if shot.id_data.library is None]


def _files_in(folder: Path) -> list[Path]:
    """The files of takes in the folder of a shot; no link is followed."""
    return trust.present(sorted(folder.rglob("*")))


def _same_bytes(one: Path, other: Path) -> bool:
    return trust.is_own(other) and is_there(other) and filecmp.cmp(one, other, shallow=False)


def _remove_empty(folder: Path) -> None:
    """Remove what holds no file, from the innermost folder on."""
    folders = [path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()]
    for one in (*sorted(folders, key=lambda path: len(path.parts), reverse=True), folder):
        with contextlib.suppress(OSError):  # it holds something
            one.rmdir()


def _folders_elsewhere() -> dict[Path, list[Path]]:
    """The folders of takes and ambience beds that do not lie beside the file but where its film was before, with what
    belongs to the takes in them."""
    if not bpy.data.filepath:
        return {}
    own = (Path(bpy.data.filepath).parent, unsaved_folder(films.open_id()))
    found: dict[Path, list[Path]] = {}
    for take in [take for shot in _local_shots() for take in shot.takes if take.clip]:
        clip = clip_path(take)
        if any(lies_in(clip, folder) for folder in own) or not trust.present([clip]):
            continue
        files = [clip.with_suffix(suffix) for suffix in trust.BESIDE_CLIP]
        still = absolute(take.still) if take.still else clip
        if still != clip and lies_in(still, clip.parent) and trust.is_known(still):
            files += _files_in(still.parent)
        found.setdefault(clip.parent, []).extend(trust.present(files))
    for file in {absolute(strip.sound.filepath) for strip in _beds()}:
        files = trust.present([file, file.with_suffix(".json")])
        if files and not any(lies_in(file, folder) for folder in own):
            found.setdefault(file.parent, []).extend(files)
    return found


def _beds() -> list[bpy.types.Strip]:
    """The ambience beds of all edits."""
    return [strip for _, strip in strips.all_strips() if BED_KEY in strip and strip.type == "SOUND" and strip.sound]


def _bring_folders(folders: Iterable[tuple[Path, list[Path]]]) -> int:
    """Bring these files of shots' folders to //takes/ and point to them."""
    target = takes_folder(films.open_id())
    if target.is_symlink():  # what is written there lands elsewhere
        return 0
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
        place = moved.get(absolute(value)) if value else None
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
        if not place.is_symlink() and all(
            not new.exists() or filecmp.cmp(old, new, shallow=False) for old, new in places.items()
        ):
            return places
        number += 1


def _bring(old: Path, new: Path) -> None:
    """A second name for the file where the disk allows it, else a copy."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        new.hardlink_to(old)
    except OSError:
        with old.open("rb") as original, writing(new, mode_beside(new.parent)) as copy:
            shutil.copyfileobj(original, copy)


def _path_users(own_only: bool = False) -> list[tuple[Any, str]]:
    """What names a take's files, and by which property: shots and takes, and strips and sounds unless
    `own_only`."""
    users: list[tuple[Any, str]] = [
        (item, name)
        for shot in _local_shots()
        for item in (shot, *shot.takes)
        for name in FILES
        if name in item.bl_rna.properties
    ]
    if not own_only:
        users += [(strip, "filepath") for _, strip in strips.all_strips() if strip.type == "MOVIE"]
        users += [(Picture(strip), "filepath") for _, strip in strips.all_strips() if _is_picture(strip)]
        users += [(sound, "filepath") for sound in bpy.data.sounds if sound.library is None]
    return users
