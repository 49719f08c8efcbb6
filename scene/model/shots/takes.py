"""The takes of a shot: numbers, files, undo."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.files import make_private
from ....client.home import home
from ...app.app import app
from ...app.errors import SceneError
from ...app.objects import ObjectId
from .kept import Kept
from .paths import absolute, is_there, stored_path
from .shot_list import all_shots, ensure_ids, find_take

RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
LONGEST_NAME = 48
UNSAVED = "unsaved"
HIGHEST_NUMBER = 1_000_000  # what is above was no take's: a .blend may say anything

Place = tuple[str, str]  # the ids of a file and of a shot in it


class Remembered:
    """What an undo may take out of the file, but not for long."""

    def __init__(self) -> None:
        self.takes: dict[Place, dict[str, dict[str, Any]]] = {}  # that landed, by uid
        self.views: dict[Place, tuple[ObjectId, int]] = {}  # camera and frame that a shot keeps
        self.ids: dict[int, tuple[str, str]] = {}  # of the file and of the scene, by the scene's id of this session


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


def about(kept: Kept, engine: str) -> str:
    """Length, size, engine and day of a take, for a list: "5.0 s, 1280 x 720, wan, 26 Nov"."""
    asked = kept.request
    said = []
    if asked is not None:
        first, after = asked.shot_frames
        said = [f"{(after - first) / float(asked.fps):.1f} s", f"{asked.width} x {asked.height}"]
    day = ""
    with contextlib.suppress(ValueError):
        day = f"{datetime.fromisoformat(kept.made):%d %b}".lstrip("0") if kept.made else ""
    return ", ".join(word for word in (*said, engine, day) if word)


def first_words(text: str, most: int = 32) -> str:
    """The first words of a direction, for a list."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + "..."


def takes_folder(file_id: str) -> Path:
    """Where this file's takes go: beside the .blend, or in Take One's own folder until it is saved."""
    if bpy.data.filepath:
        return Path(bpy.data.filepath).parent / "takes"
    return unsaved_folder(file_id)


def unsaved_folder(file_id: str) -> Path:
    """The folder of takes made before the file was saved. It outlives Blender, so that no take is lost."""
    return home() / UNSAVED / safe_name(file_id)


def _close_unsaved() -> None:
    """What was made before its file was saved is for the user only: stills and clips are written as open as Blender
    writes files, and go beside the file as that later. Raises OSError."""
    if not bpy.data.filepath:
        make_private(home())
        make_private(home() / UNSAVED)


def shot_folder(shot: Any) -> Path:
    """Where the takes of this shot go."""
    file_id, _ = ensure_ids(shot.id_data)
    return takes_folder(file_id) / safe_name(shot.name)


def is_elsewhere(folder: Path) -> bool:
    """Whether the folder of a shot's takes is a link, or lies in one: nothing is written there."""
    return folder.is_symlink() or folder.parent.is_symlink()


def check_folder(folder: Path) -> None:
    """Raises SceneError linked_folder where takes would be written where a link leads."""
    if is_elsewhere(folder):
        link = folder if folder.is_symlink() else folder.parent
        message = "'{link}' is a link, and Take One writes nothing where it leads. Put a folder there, or use Save As."
        raise SceneError("linked_folder", rpt_(message).format(link=link), "save_as")


def own_folder(shot: Any) -> Path:
    """Where the takes of this shot are written. Raises SceneError linked_folder where a link leads elsewhere."""
    folder = shot_folder(shot)
    check_folder(folder)
    check_folder(folder / "stills")
    return folder


def new_picture(shot: Any, number: int, name: str) -> Path:
    """Where a picture of this name goes that lies beside a take's still; its folder is made.

    Raises:
        SceneError: linked_folder.
        OSError: the folder can't be made.
    """
    own_folder(shot)
    path = still_folder(shot, number) / name
    check_folder(path)
    _close_unsaved()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def new_clip_path(shot: Any, number: int) -> Path:
    """Where the clip of a new take goes."""
    return shot_folder(shot) / (take_name(shot.name, number) + ".mp4")


def still_folder(shot: Any, number: int) -> Path:
    """Where the still of a new take goes. That the folder is there also says to other Blenders, whose films may lie in
    the same folder and have a shot of the same name, that the number is taken."""
    return shot_folder(shot) / "stills" / take_name(shot.name, number)


def part_key(job: str, number: int) -> str:
    """The key of the take of one of several shots in a clip, counted from 0."""
    return f"{job}-{number}" if number else job


def job_of(take_uid: str) -> str:
    """The key of the job that makes a take: see `part_key`."""
    return take_uid.partition("-")[0]


def next_number(shot: Any) -> int:
    """A number that no take of the shot has or had, and that no file in its folder bears. It is taken from
    now on, for other Blenders too. Raises SceneError linked_folder: see `own_folder`."""
    folder = own_folder(shot)
    used = [shot.last_number, *(take.number for take in shot.takes)]
    bindings = [binding for job in app().state.jobs.values() for binding in job.binding.each()]
    used += [binding.number for binding in bindings if binding.shot_uid == shot.uid]
    used += [take["number"] for take in _landed(shot).values()]
    pattern = re.compile(re.escape(safe_name(shot.name)) + r"_t([0-9]{1,9})", re.IGNORECASE)
    files = [*folder.iterdir(), *(folder / "stills").glob("*")] if folder.is_dir() else []
    used += [int(match[1]) for match in (pattern.match(file.name) for file in files) if match]
    shot.last_number = max((number for number in used if 0 <= number < HIGHEST_NUMBER), default=0) + 1
    while not _reserve(shot, shot.last_number):
        shot.last_number += 1
    return int(shot.last_number)


def keep_number(shot: Any, number: int, still: Path) -> int:
    """`number`, taken for a take whose still lies in the folder `still`; the next one if the shot has another
    folder by now (it was renamed, or the file saved) and a take has it there. Raises SceneError linked_folder."""
    own_folder(shot)
    ours = still_folder(shot, number).parent == still.parent
    clip = new_clip_path(shot, number)
    free = 0 < number < HIGHEST_NUMBER and not clip.exists() and not clip.is_symlink()
    if not free or not (ours or _reserve(shot, number)):
        return next_number(shot)
    return number


def _reserve(shot: Any, number: int) -> bool:
    """Make the folder that says so; False if another Blender just did."""
    with contextlib.suppress(OSError):  # as below
        _close_unsaved()
    try:
        still_folder(shot, number).mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError:  # whoever writes the still says what is wrong
        pass
    return True


def release_number(clip: Path) -> None:
    """A clip that is there bears its number itself; the folder of its still goes where it has none of its own."""
    with contextlib.suppress(OSError):  # it holds the still
        (clip.parent / "stills" / clip.stem).rmdir()


def clip_path(take: Any) -> Path:
    """The absolute path of a take's clip."""
    return absolute(take.clip)


def clip_missing(take: Any) -> bool:
    """Whether a landed take's file is gone from the disk."""
    return take.status == "READY" and not is_there(clip_path(take))


def check_clip(take: Any) -> None:
    """Raises SceneError clip_missing (fix "retry": make it again) if the take has no clip."""
    if take.status != "READY" or clip_missing(take):
        raise SceneError(
            "clip_missing",
            rpt_("The file of take {number} is gone: {clip}. Make it again.").format(
                number=take.number, clip=take.clip
            ),
            "retry",
        )


def choose(shot: Any, take: Any) -> None:
    """Make this the take that the buttons act on."""
    shot.active_take = [one.uid for one in shot.takes].index(take.uid)


def file_renamed(old: str, new: str) -> None:
    """The open file has another id: what is remembered of it stays."""
    part = app().part(Remembered)
    part.takes = {(new if file_id == old else file_id, uid): kept for (file_id, uid), kept in part.takes.items()}
    part.views = {(new if file_id == old else file_id, uid): kept for (file_id, uid), kept in part.views.items()}
    part.ids = {scene: (new if file_id == old else file_id, uid) for scene, (file_id, uid) in part.ids.items()}


def forget(shot: Any, take_uid: str) -> None:
    """The take is deleted: an undo does not bring it back."""
    _landed(shot).pop(take_uid, None)


# --- undo ---------------------------------------------------------------------------------------------------


def remember(shot: Any, take: Any) -> None:
    """Keep a landed take in the list whatever is undone later."""
    values = {
        prop.identifier: getattr(take, prop.identifier)
        for prop in take.bl_rna.properties
        if not prop.is_readonly and prop.type not in {"POINTER", "COLLECTION"}
    }
    app().part(Remembered).takes.setdefault(place(shot), {})[take.uid] = values


def keep_ids(scene: bpy.types.Scene) -> tuple[str, str]:
    """The file's id and the scene's id, which stay whatever is undone later."""
    ids = ensure_ids(scene)
    app().part(Remembered).ids[scene.session_uid] = ids
    return ids


def keep_view(shot: Any, camera: bpy.types.Object, frame: int) -> None:
    """From its first take on a shot is seen by this camera at this frame, whatever is undone later. What it has
    already stays."""
    if shot.camera is None:
        shot.camera = camera
    if not shot.frame_lock:
        shot.frame, shot.frame_lock = frame, True
    app().part(Remembered).views[place(shot)] = ObjectId.of(shot.camera), shot.frame


def restore_after_undo() -> None:
    """Put landed takes back into the lists that an undo took them out of, or if it made them wait again. Their
    strips stay undone. A shot gets back the camera and the frame that it keeps."""
    for scene in bpy.data.scenes:
        ids = app().part(Remembered).ids.get(scene.session_uid)
        if ids and not scene.take_one.uid:
            scene.take_one.file_id, scene.take_one.uid = ids
    for shot in all_shots():
        _restore_view(shot)
        for uid, values in _landed(shot).items():
            take = find_take(shot, uid)
            if take is None or take.status != "READY":
                take = take or shot.takes.add()
                for name, value in values.items():
                    setattr(take, name, value)
        sort(shot)
        shot.last_number = max([shot.last_number, *(take.number for take in shot.takes)])


def sort(shot: Any) -> None:
    """Takes stand in the order of their numbers; the chosen one stays chosen."""
    chosen = shot.takes[shot.active_take].uid if 0 <= shot.active_take < len(shot.takes) else ""
    numbers = [take.number for take in shot.takes]
    for target, number in enumerate(sorted(numbers)):
        place = next(index for index in range(target, len(numbers)) if shot.takes[index].number == number)
        if place != target:
            shot.takes.move(place, target)
    if chosen:
        shot.active_take = [take.uid for take in shot.takes].index(chosen)


def _restore_view(shot: Any) -> None:
    seen_by = app().part(Remembered).views.get(place(shot))
    if seen_by is None:
        return
    camera, frame = seen_by
    if shot.camera is None:
        shot.camera = camera.find()
    if not shot.frame_lock:
        shot.frame, shot.frame_lock = frame, True


def waiting() -> list[tuple[Any, Any]]:
    """The shots and takes of the open file that wait for their clip, by the file."""
    return [
        (shot, take)
        for shot in all_shots()
        if shot.id_data.library is None
        for take in shot.takes
        if take.status == "WAITING"
    ]


def reconcile(unfinished: set[str]) -> None:
    """Takes that wait for a job that there is no more: an undo or the saved file says so. They are ready where
    their clip is there, else they count as cancelled. `unfinished` are the uids of takes that are being made."""
    for shot, take in waiting():
        if take.uid in unfinished or job_of(take.uid) in unfinished:
            continue
        clip = new_clip_path(shot, take.number)
        take.status = "READY" if clip.is_file() else "CANCELLED"
        if take.status == "READY":
            take.clip, take.sidecar = stored_path(clip), stored_path(clip.with_suffix(".json"))


def remember_again() -> None:
    """The paths of remembered takes have changed."""
    for shot in all_shots():
        for take in shot.takes:
            if take.uid in _landed(shot):
                remember(shot, take)


def place(shot: Any) -> Place:
    """Where the shot is, by ids."""
    return shot.id_data.take_one.file_id, shot.uid


def _landed(shot: Any) -> dict[str, dict[str, Any]]:
    """The shot's takes that landed."""
    return app().part(Remembered).takes.get(place(shot), {})
