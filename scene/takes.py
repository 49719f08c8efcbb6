"""The takes of a shot: numbers, files, which one the edit shows, deletion."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import bpy

from ..client.home import home
from . import strips, trash
from .errors import SceneError
from .paths import stored_path
from .properties import all_shots, ensure_ids, find_take
from .state import STATE

RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
LONGEST_NAME = 48
FILES = ("clip", "sidecar", "thumbnail", "still")  # what takes (and shots) point to

# The takes that landed, by file, shot and take: an undo may take them out of the file, but not for long.
_landed: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}


# --- names and places ---------------------------------------------------------------------------------------


def safe_name(name: str) -> str:
    """A name as every file system takes it: letters, digits, - and _, at most 48."""
    words = re.sub(r"[^\w-]+", "_", unicodedata.normalize("NFC", name)).strip("_")[:LONGEST_NAME].strip("_")
    if not words or words.lower() in RESERVED:
        return f"shot_{words}".rstrip("_")
    return words


def take_name(shot_name: str, number: int) -> str:
    """What a take's strip and files are called: Kitchen_t003."""
    return f"{safe_name(shot_name)}_t{number:03d}"


def takes_folder(file_id: str) -> Path:
    """Where this file's takes go: beside the .blend, or in Take One's own folder until it is saved."""
    if bpy.data.filepath:
        return Path(bpy.data.filepath).parent / "takes"
    return unsaved_folder(file_id)


def unsaved_folder(file_id: str) -> Path:
    """The folder of takes made before the file was saved. It outlives Blender, so that no take is lost."""
    return home() / "unsaved" / safe_name(file_id)


def shot_folder(shot: Any) -> Path:
    """Where the takes of this shot go."""
    file_id, _ = ensure_ids(shot.id_data)
    return takes_folder(file_id) / safe_name(shot.name)


def next_number(shot: Any) -> int:
    """A number that no take of the shot has or had, and that no file in its folder bears. It is taken from
    now on."""
    used = [shot.last_number, *(take.number for take in shot.takes)]
    used += [job.number for job in STATE.jobs.values() if job.shot_uid == shot.uid]
    used += [take["number"] for take in _landed.get(_place(shot), {}).values()]
    pattern = re.compile(re.escape(safe_name(shot.name)) + r"_t(\d+)", re.IGNORECASE)
    folder = shot_folder(shot)
    files = [*folder.iterdir(), *(folder / "stills").glob("*")] if folder.is_dir() else []
    used += [int(match[1]) for match in (pattern.match(file.name) for file in files) if match]
    shot.last_number = max(used) + 1
    return int(shot.last_number)


def clip_path(take: Any) -> Path:
    """The absolute path of a take's clip."""
    return Path(os.path.normpath(bpy.path.abspath(take.clip)))


def clip_missing(take: Any) -> bool:
    """Whether a landed take's file is gone from the disk."""
    return take.status == "READY" and not clip_path(take).is_file()


# --- the edit's choice --------------------------------------------------------------------------------------


def make_current(shot: Any, take: Any) -> int:
    """Show this take wherever the edit shows the shot's current one: the strips' files are swapped in
    place, trims, transforms and effects stay, in every scene. Returns the number of strips that changed.

    Raises:
        SceneError: clip_missing (fix "retry": make it again), no_strip where no scene shows the shot.
    """
    if take.status != "READY" or clip_missing(take):
        raise SceneError(
            "clip_missing", f"The file of take {take.number} is gone: {take.clip}. Make it again.", "retry"
        )
    pairs = strips.strips_of_take(shot.current_take) if shot.current_take else []
    if not pairs and not strips.strips_of_take(take.uid):
        pairs = strips.strips_of_shot(shot.uid)
    if not pairs and not strips.strips_of_take(take.uid):
        raise SceneError("no_strip", f"No strip in the edit shows shot '{shot.name}'.")
    swapped = [strip for _, strip in pairs if strip[strips.TAKE_KEY] != take.uid]
    strips.swap(swapped, clip_path(take), name=take_name(shot.name, take.number), take_uid=take.uid)
    shot.current_take = take.uid
    return len(swapped)


def delete(shot: Any, take: Any) -> str:
    """Forget a take, remove its strips, and put its files into the system's trash ("trash") or, where there
    is none, delete them ("deleted"). Its number is never given again."""
    uid, clip = take.uid, clip_path(take)
    files = [clip, clip.with_suffix(".json"), clip.with_suffix(".jpg")] if take.clip else []
    strips.remove(strips.strips_of_take(uid))
    _landed.get(_place(shot), {}).pop(uid, None)
    shot.last_number = max(shot.last_number, take.number)
    if shot.current_take == uid:
        shot.current_take = ""
    shot.takes.remove(next(index for index, other in enumerate(shot.takes) if other.uid == uid))
    shot.active_take = min(shot.active_take, max(0, len(shot.takes) - 1))
    ends = [trash.discard(file) for file in files if file.is_file()]
    return "deleted" if "deleted" in ends else "trash"


# --- undo ---------------------------------------------------------------------------------------------------


def remember(shot: Any, take: Any) -> None:
    """Keep a landed take in the list whatever is undone later."""
    values = {
        prop.identifier: getattr(take, prop.identifier)
        for prop in take.bl_rna.properties
        if not prop.is_readonly and prop.type not in {"POINTER", "COLLECTION"}
    }
    _landed.setdefault(_place(shot), {})[take.uid] = values


def restore_after_undo() -> None:
    """Put landed takes back into the lists that an undo took them out of. Their strips stay undone."""
    for shot in all_shots():
        for uid, values in _landed.get(_place(shot), {}).items():
            if find_take(shot, uid) is None:
                take = shot.takes.add()
                for name, value in values.items():
                    setattr(take, name, value)
        shot.last_number = max([shot.last_number, *(take.number for take in shot.takes)])


def _place(shot: Any) -> tuple[str, str]:
    return shot.id_data.take_one.file_id, shot.uid


# --- saving -------------------------------------------------------------------------------------------------


def relocate_takes() -> int:
    """Bring takes made before the file was first saved to //takes/ and point takes and strips to them.
    Returns how many paths were changed. The originals stay until `clear_unsaved`: the .blend on disk, and
    the steps of undo, still point to them.

    Raises:
        OSError: a file could not be written; nothing points to it then.
    """
    file_id = _open_file_id()
    source = unsaved_folder(file_id)
    if not bpy.data.filepath or not file_id or not source.is_dir():
        return 0
    target = takes_folder(file_id)
    moved: dict[str, Path] = {}
    for old in sorted(path for path in source.rglob("*") if path.is_file()):
        new = target / old.relative_to(source)
        if not new.exists():
            _bring(old, new)
        moved[os.path.normpath(old)] = new
    changed = 0
    for item, name in _path_users():
        old_path = getattr(item, name)
        place = moved.get(os.path.normpath(bpy.path.abspath(old_path))) if old_path else None
        if place is not None:
            setattr(item, name, stored_path(place))
            changed += 1
    _remember_again()
    return changed


def clear_unsaved() -> None:
    """Remove the originals of relocated takes where nothing of the file points to them: for after the file
    was opened, when no undo leads back to them."""
    file_id = _open_file_id()
    folder = unsaved_folder(file_id)
    if not bpy.data.filepath or not file_id or not folder.is_dir():
        return
    paths = [getattr(item, name) for item, name in _path_users()]
    if not any(Path(os.path.normpath(bpy.path.abspath(path))).is_relative_to(folder) for path in paths if path):
        shutil.rmtree(folder, ignore_errors=True)


def hold_paths(saved_as: str) -> None:
    """Before the file is saved in another folder: takes are named by their whole paths, which stay valid
    there. (Blender does the same for its own paths.) `store_paths` undoes it after the save."""
    if not bpy.data.filepath or Path(saved_as).parent == Path(bpy.data.filepath).parent:
        return
    for item, name in _path_users(own_only=True):
        value = getattr(item, name)
        if value.startswith("//"):
            setattr(item, name, os.path.normpath(bpy.path.abspath(value)))


def store_paths() -> None:
    """After a save: paths beside the .blend are relative to it."""
    for item, name in _path_users(own_only=True):
        value = getattr(item, name)
        if value and not value.startswith("//") and stored_path(Path(value)) != value:
            setattr(item, name, stored_path(Path(value)))
    _remember_again()


def _open_file_id() -> str:
    return next((scene.take_one.file_id for scene in bpy.data.scenes if scene.take_one.file_id), "")


def _bring(old: Path, new: Path) -> None:
    """A second name for the file where the disk allows it, else a copy."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        new.hardlink_to(old)
    except OSError:
        aside = new.with_name(new.name + ".part")
        shutil.copyfile(old, aside)
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


def _remember_again() -> None:
    """Paths of remembered takes have changed."""
    for shot in all_shots():
        for take in shot.takes:
            if take.uid in _landed.get(_place(shot), {}):
                remember(shot, take)
