"""Where things live on this machine, and how a file is put there so that it is whole or not there at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """TAKE_ONE_HOME, by default the platform's folder for user data. It is not made here."""
    chosen = os.environ.get("TAKE_ONE_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_dir

    return Path(user_data_dir("take-one", appauthor=False))


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes `data` aside, makes it durable, then renames it to `path`.

    Raises:
        OSError: nothing is left behind then.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
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
    """The service's token: TAKE_ONE_TOKEN, else the file `token` in `folder`, made where it is missing."""
    given = os.environ.get("TAKE_ONE_TOKEN", "").strip()
    if given:
        return given
    path = folder / "token"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, secrets.token_urlsafe(32).encode(), mode=0o600)
    return path.read_text().strip()
