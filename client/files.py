"""Files that are whole or absent, and for their user only."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@contextlib.contextmanager
def writing(path: Path, mode: int = PRIVATE_FILE) -> Iterator[BinaryIO]:
    """A file beside `path` to write to. When the block ends it is made durable and takes `path`'s place; when the
    block raises, nothing of it is left. Raises OSError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes | str, mode: int = PRIVATE_FILE) -> None:
    """Write a file that is whole or absent, also after a crash; text as UTF-8. Raises OSError."""
    with writing(path, mode) as file:
        file.write(data.encode() if isinstance(data, str) else data)


def copy_whole(source: Path, path: Path, mode: int = PRIVATE_FILE) -> None:
    """Copy a file's content; `path` is whole or absent. Raises OSError."""
    with source.open("rb") as original, writing(path, mode) as file:
        while block := original.read(1 << 20):
            file.write(block)


def make_folder(path: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Make a folder and those above it that are missing, each for its user only. Raises OSError."""
    if not path.is_dir():
        make_folder(path.parent, mode)
        path.mkdir(mode=mode, exist_ok=True)


def make_private(folder: Path) -> None:
    """Make a folder for its user only, one that was there too. One that others made, or made for everybody (/tmp),
    keeps its rights. Raises OSError."""
    make_folder(folder)
    if os.name != "posix":  # a user's folders are private there
        return
    about = folder.stat()
    if about.st_uid == os.geteuid() and not about.st_mode & stat.S_ISVTX and about.st_mode & 0o077:
        with contextlib.suppress(PermissionError):  # a drive that knows no rights
            folder.chmod(PRIVATE_FOLDER)


def mode_beside(folder: Path) -> int:
    """The mode of a file in a folder that is the user's own: as open to others as the folder is."""
    return PRIVATE_FILE | (folder.stat().st_mode & 0o066)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, on systems where a folder can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network drives can't; the file's own content is safe
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
