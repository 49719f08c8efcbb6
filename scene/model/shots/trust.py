"""Which files Take One acts on. What a .blend holds is a stranger's word: a file is played, copied, sent, overwritten
or removed only where it is a take by name and lies in the film's own folders, once all links are followed."""

from __future__ import annotations

import contextlib
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
from ..properties.pictures import Pictures
from . import films
from .paths import absolute, is_there, lies_in
from .takes import unsaved_folder

TAKE_NAME = re.compile(r"[\w-]{1,64}_t[0-9]{3,10}")
CLIP, BESIDE_CLIP = ".mp4", (".mp4", ".json", ".jpg")
BEDS, BED_NAME, OF_BED = re.compile(r"beds(_[0-9]{1,6})?"), re.compile(r"bed_[0-9a-f]{16}"), (".flac", ".json")
OF_STILL = (".png", ".jpg", ".jpeg", ".webp", ".exr", ".json")
PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF.{4}WEBP", re.DOTALL)  # how a PNG, JPEG, WebP begins
MOST_PICTURE = 64 << 20  # bytes of one


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
        reason = getattr(error, "strerror", None) or error
        message = rpt_("'{path}' is no movie: {error}. Make the take again.").format(path=path, error=reason)
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


def check_picture(path: Path) -> None:
    """Raises SceneError no_image unless the file is a PNG, JPEG or WebP by its content, and not too large to be
    sent."""
    begins, size = b"", 0
    if is_there(path):  # a pipe would never end
        with contextlib.suppress(OSError), path.open("rb") as file:
            begins, size = file.read(16), os.fstat(file.fileno()).st_size
    if not PICTURE.match(begins):
        message = rpt_("There is no PNG, JPEG or WebP file '{path}'. Choose another picture.")
        raise SceneError("no_image", message.format(path=path), "retry")
    if size > MOST_PICTURE:
        message = rpt_("'{path}' has {size} MB, and a picture may have {most}. Save it smaller.")
        text = message.format(path=path, size=size >> 20, most=MOST_PICTURE >> 20)
        raise SceneError("no_image", text, "retry")


def loaded() -> None:
    """Another file was opened: the user has chosen none of the pictures that it names."""
    app().part(Pictures).allowed.clear()


def real(path: Path) -> Path:
    """Where the file is once links are followed. Another machine is not asked."""
    return Path(os.path.realpath(path)) if is_there(path) else path


def is_unseen(picture: Path) -> bool:
    """Whether a file names this picture to be sent, and the user has neither chosen it nor been shown where it is."""
    return not is_allowed(picture) and not is_own(picture)


def is_allowed(picture: Path) -> bool:
    """Whether the user has chosen this picture, or said that it may be sent: not one that a scene brought along which
    was appended since."""
    picture = absolute(str(picture))
    allowed = app().part(Pictures).allowed
    return picture in allowed or real(picture) in allowed


def allow(picture: Path) -> None:
    """The user has chosen this picture, or was shown where it is and said that it may be sent."""
    picture = absolute(str(picture))
    app().part(Pictures).allowed |= {picture, real(picture)}


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
    inside = next((Path(*path.parts[len(root.parts) :]) for root in (folder, real) if lies_in(path, root)), None)
    if inside is None or not _is_of_take(inside):
        return False
    return os.path.normcase(os.path.realpath(path)) == os.path.normcase(real / inside)


def _is_of_take(inside: Path) -> bool:
    """Kitchen/Kitchen_t001.mp4, what lies in Kitchen/stills/Kitchen_t001/, or an ambience bed."""
    match inside.parts:
        case (folder, name) if BEDS.fullmatch(folder) and BED_NAME.fullmatch(Path(name).stem):
            return Path(name).suffix in OF_BED
        case (_, name):
            return bool(TAKE_NAME.fullmatch(Path(name).stem)) and Path(name).suffix in BESIDE_CLIP
        case (_, "stills", take, name):
            return bool(TAKE_NAME.fullmatch(take)) and Path(name).suffix in OF_STILL
    return False
