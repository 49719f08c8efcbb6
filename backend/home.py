"""Where things live on this machine, and how a file is put there so that it is whole or not there at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

MIN_TOKEN = 16
NEW_TOKEN = "Remove it, and a new one is made."


class HomeError(Exception):
    """What is wrong with the folder of the service or with its token, as a sentence or two."""


def home() -> Path:
    """TAKE_ONE_HOME, by default the platform's folder for user data. It is not made here.

    Raises:
        HomeError: it is the home of a user that this machine does not have.
    """
    chosen = os.environ.get("TAKE_ONE_HOME", "").strip()
    if chosen:
        try:
            return Path(chosen).expanduser().absolute()
        except RuntimeError:
            wrong = f"TAKE_ONE_HOME is {chosen}, and this machine has no such user. Write the whole path."
            raise HomeError(wrong) from None
    from platformdirs import user_data_dir

    return Path(user_data_dir("take-one", appauthor=False))


def unusable(error: HomeError | OSError) -> str:
    """What can't be used, why, and what to do, for who typed a command."""
    if isinstance(error, HomeError) or error.filename is None:
        return str(error)
    try:
        ours = Path(str(error.filename)).is_relative_to(home())
    except HomeError:
        ours = False
    remedy = "TAKE_ONE_HOME chooses another folder." if ours else "Name another, or see that you may read and write it."
    return f"{error.filename} can't be used: {error.strerror}. {remedy}"


def make_private(folder: Path) -> None:
    """Makes `folder`. It, what it holds of jobs, and whatever this process and its children write from now on is for
    this user only.

    Raises:
        OSError: it can't be made or changed.
    """
    if os.name == "nt":  # a user's folders are private there
        folder.mkdir(parents=True, exist_ok=True)
        return
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    # A folder that others made, or made for everybody (/tmp), keeps its rights: those of what we put there are ours.
    about = folder.stat()
    if about.st_uid == os.geteuid() and not about.st_mode & stat.S_ISVTX:
        folder.chmod(0o700)
    for name in ("jobs", "logs"):
        if (folder / name).is_dir():
            (folder / name).chmod(0o700)
    for path in folder.glob("jobs.*"):
        if path.is_file():
            path.chmod(0o600)


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes `data` aside, makes it durable, then renames it to `path`.

    Raises:
        OSError: nothing is left behind then.
    """
    with written_whole(path) as aside:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """The name of a file beside `path` for somebody to write. When the block ends it is made durable and takes `path`'s
    place; when the block raises, nothing of it is left.

    Raises:
        OSError: it can't be made durable, or can't take that place.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield aside
        sync_file(aside)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Makes the content of `path` durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Makes the names in `path` durable (Windows does this by itself, and has no call for it)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def token(folder: Path) -> str:
    """The service's token: TAKE_ONE_TOKEN, else the file `token` in `folder`, made where it is missing.

    Raises:
        HomeError: it is none that keeps anybody out, or others may have read it.
        OSError: it can't be read or made.
    """
    given = os.environ.get("TAKE_ONE_TOKEN", "")
    if given:
        return good_token(given, "TAKE_ONE_TOKEN", "Set another one.")
    path = folder / "token"
    if not path.is_symlink() and not path.exists():
        write_whole(path, secrets.token_urlsafe(32).encode(), mode=0o600)
    return good_token(private_text(path, "The token", NEW_TOKEN), f"The token {path}", NEW_TOKEN)


def private_text(path: Path, what: str, remedy: str, most: int = 65_536) -> str:
    """The text of a file of secrets, called `what`.

    Raises:
        HomeError: it is a link, longer than `most` bytes, or others may read it.
        OSError: it can't be read.
    """
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        raise HomeError(f"{what} {path} is not a file but a link or something else. {remedy}")
    if os.name != "nt" and (about.st_mode & 0o077 or about.st_uid not in (os.geteuid(), 0)):
        raise HomeError(f"{what} {path} can be read by others. {remedy}")
    if about.st_size > most:
        raise HomeError(f"{what} {path} is larger than {most} bytes. {remedy}")
    return path.read_text(encoding="latin-1")


def good_token(text: str, what: str, remedy: str) -> str:
    """The token in `text`.

    Raises:
        HomeError: it is too short to keep anybody out, or can't be sent in a header.
    """
    found = text.strip()
    if len(found) < MIN_TOKEN or not all("!" <= character <= "~" for character in found):
        raise HomeError(f"{what} must have at least {MIN_TOKEN} characters, and no blanks or accents. {remedy}")
    return found
