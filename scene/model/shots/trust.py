"""Which files Take One acts on. What a .blend holds is a stranger's word: a file is played, copied, sent, overwritten
or removed only where it is a take by name and lies in the film's own folders, once all links are followed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.jobs.clip import NotAClip, count_frames
from ...app.app import app
from ...app.errors import SceneError
from . import films
from .paths import absolute, is_there
from .shot_list import all_shots, card
from .takes import unsaved_folder

TAKE_NAME = re.compile(r"[\w-]{1,64}_t[0-9]{3,10}")
CLIP, BESIDE_CLIP = ".mp4", (".mp4", ".json", ".jpg")
OF_STILL = (".png", ".jpg", ".jpeg", ".webp", ".exr", ".json")


class Pictures:
    """The pictures that the opened file names to be sent, and that the user has not been shown (`unseen`); and those
    that the user has chosen or allowed as references, since it was opened (`allowed`)."""

    def __init__(self) -> None:
        self.unseen: set[Path] = set()
        self.allowed: set[Path] = set()


def is_own(path: Path) -> bool:
    """Whether Take One may overwrite or remove the file: it is a take's, in the film's own folders."""
    return any(_holds(folder, path) for folder in _own_folders())


def is_known(path: Path) -> bool:
    """Whether Take One may read the file to play, copy or send it: it is a take's, in the film's own folders or where
    this machine saw the film before."""
    return any(_holds(folder, path) for folder in (*_own_folders(), *_folders_before()))


def known(paths: Iterable[Path]) -> set[Path]:
    """Those of the files that Take One may read: see `is_known`. The film's folders are looked up once for all."""
    folders = [*_own_folders(), *_folders_before()]
    return {path for path in paths if any(_holds(folder, path) for folder in folders)}


def present(paths: Iterable[Path]) -> list[Path]:
    """Those of a film's own or former files that are there."""
    return [path for path in paths if is_known(path) and is_there(path)]


def check_clip(path: Path) -> None:
    """Raises SceneError foreign_file unless the file is a take of this film and a movie by its content."""
    if path.suffix != CLIP or not is_known(path):
        raise foreign(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would never end
            raise NotAClip("it is no plain file")
        with path.open("rb") as file:
            count_frames(file)
    except (OSError, NotAClip) as error:
        message = rpt_("'{path}' is no movie: {error}. Make the take again.").format(path=path, error=error)
        raise SceneError("foreign_file", message, "retry") from error


def check_local(shot: Any) -> None:
    """Raises SceneError linked where the shot belongs to another file: that is only read."""
    library = shot.id_data.library
    if library is not None:
        message = rpt_("Shot '{shot}' is linked from {file}. Open that file to change it.")
        raise SceneError("linked", message.format(shot=shot.name, file=library.filepath))


def foreign(path: Path) -> SceneError:
    """The error that a file is left alone, and why."""
    message = "'{path}' is left alone: it is no take in the folders of this film. Copy it into 'takes' beside the file."
    return SceneError("foreign_file", rpt_(message).format(path=path))


def loaded() -> None:
    """Another file was opened: the user has seen none of the pictures that it names."""
    cards = [*all_shots(), *(card(scene) for scene in bpy.data.scenes)]
    pictures = app().part(Pictures)
    pictures.unseen = {absolute(one.image_path) for one in cards if one.image_path}
    pictures.allowed = set()


def is_unseen(picture: Path) -> bool:
    """Whether the picture is named by the opened file, and the user has not been shown that it is sent."""
    return absolute(str(picture)) in app().part(Pictures).unseen


def seen(picture: Path) -> None:
    """The user was shown that this picture is sent."""
    app().part(Pictures).unseen.discard(absolute(str(picture)))


def is_allowed(reference: Path) -> bool:
    """Whether this picture may be sent as a reference: not one that a scene brought along which was appended since."""
    return absolute(str(reference)) in app().part(Pictures).allowed


def allow(reference: Path) -> None:
    """The user has chosen this picture as a reference, or said that it may be sent."""
    app().part(Pictures).allowed.add(absolute(str(reference)))


def _own_folders() -> Iterator[Path]:
    if bpy.data.filepath:
        yield Path(bpy.data.filepath).parent / "takes"
    if file_id := films.open_id():
        yield unsaved_folder(file_id)


def _folders_before() -> Iterator[Path]:
    film = films.known(films.open_id())
    for file in film.before if film else ():
        yield file.parent / "takes"


def _holds(folder: Path, path: Path) -> bool:
    """Whether a file of a take by its name lies in `folder`, with no link on the way from there to it. The names are
    compared before the disk is asked for anything."""
    path, folder = Path(os.path.normpath(path)), Path(os.path.abspath(folder))  # noqa: PTH100  links stay
    real = Path(os.path.realpath(folder.parent), folder.name)
    inside = next((path.relative_to(root) for root in (folder, real) if path.is_relative_to(root)), None)
    if inside is None or not _is_of_take(inside):
        return False
    return os.path.normcase(os.path.realpath(path)) == os.path.normcase(real / inside)


def _is_of_take(inside: Path) -> bool:
    """Kitchen/Kitchen_t001.mp4, or what lies in Kitchen/stills/Kitchen_t001/."""
    match inside.parts:
        case (_, name):
            return bool(TAKE_NAME.fullmatch(Path(name).stem)) and Path(name).suffix in BESIDE_CLIP
        case (_, "stills", take, name):
            return bool(TAKE_NAME.fullmatch(take)) and Path(name).suffix in OF_STILL
    return False
