"""How inner loops are compiled.

Numba compiles on first use and keeps the machine code in TAKE_ONE_HOME/cache, so this module is imported
before any other that needs numba, and only when a clip is made. What lies there is run: where others could put
something, it is kept for the time of this process only.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .home import home

os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "cache" / "numba"))

import numba
from numba.core.caching import UserProvidedCacheLocator

SOURCES = Path(__file__).parent
VIEW = Path("engines", "draft", "view")
ROOMS = VIEW, Path("media", "planes.py")  # where kernels are, below SOURCES
OURS = "take-one"
KEPT = 4  # versions of the engine whose machine code stays: two Blenders may use two of them


def digest_of(folder: Path) -> str:
    """What the Python files of ROOMS say, names included, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for room in (folder / room for room in (Path(__file__).name, *ROOMS)):
        for file in [room] if room.suffix else sorted(room.rglob("*.py")):
            source = file.read_bytes()
            digest.update(f"{file.relative_to(folder).as_posix()} {len(source)}\n".encode() + source)
    return digest.hexdigest()[:16]


DIGEST = digest_of(SOURCES)


class ByContent(UserProvidedCacheLocator):  # type: ignore[misc]
    """Finds machine code by what all of the kernels' sources say, wherever they lie. Numba looks at the path and at the
    function's own file: an update in another folder would compile all anew, and a helper that changed would not.
    It lies in a folder of ours: others may keep theirs in NUMBA_CACHE_DIR too.
    """

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """The folder below NUMBA_CACHE_DIR for the kernels of one file."""
        return str(Path(OURS, DIGEST, Path(py_file).relative_to(SOURCES).parent))


def is_ours(folder: Path) -> bool:
    """Makes `folder` for this user only. Whether it is so: nobody but root can write there, or exchange what leads
    there."""
    if os.name == "nt":  # a user's folders are private there
        return True
    try:
        for one in reversed((folder, *folder.parents)):
            if not one.exists():
                one.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
        ours = stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not _is_open(about)
        if not ours or not all(map(_is_kept, {*folder.parents, *folder.resolve().parents})):
            return False
        folder.chmod(0o700)
    except OSError:
        return False
    return True


def _is_kept(path: Path) -> bool:
    """Whether what a folder or a link on the way leads to is up to this user and root alone."""
    about = path.lstat()
    closed = stat.S_ISLNK(about.st_mode) or about.st_mode & stat.S_ISVTX or not _is_open(about)
    return bool(closed) and about.st_uid in (os.geteuid(), 0)


def _is_open(about: os.stat_result) -> bool:
    """Whether others can write there. A user's own group, which is nobody else's, has the user's number."""
    others = stat.S_IWOTH | (stat.S_IWGRP if about.st_gid != about.st_uid else 0)
    return bool(about.st_mode & others)


SETTINGS: Any = numba.config  # its names are made at run time
SETTINGS.CACHE_LOCATOR_CLASSES = f"{ByContent.__module__}.{ByContent.__name__}"
if not is_ours(Path(SETTINGS.CACHE_DIR).absolute() / OURS):
    SETTINGS.CACHE_DIR = tempfile.mkdtemp(prefix="take-one-")
    atexit.register(shutil.rmtree, SETTINGS.CACHE_DIR, ignore_errors=True)


def kernel(function: Callable[..., Any]) -> Any:
    """Compiled, cached, and free of Python's lock, so that threads may run it side by side."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def helper(function: Callable[..., Any]) -> Any:
    """A small function that is part of every kernel that calls it."""
    return numba.njit(inline="never", nogil=True, error_model="numpy")(function)


def compiled() -> bool:
    """Whether the draft's machine code is there from an earlier clip (else the first one waits for it, some 15 s)."""
    return any((_cache() / DIGEST / VIEW).rglob("*.nbi"))


def forget_earlier() -> None:
    """Remove the machine code of all but the newest versions of the engine. One that still runs compiles again."""
    with contextlib.suppress(OSError):  # another engine removes them at the same time, or made none yet
        folders = sorted((folder.stat().st_mtime, folder) for folder in _cache().iterdir() if folder.name != DIGEST)
        for _, folder in folders[: -(KEPT - 1)]:
            shutil.rmtree(folder, ignore_errors=True)


def _cache() -> Path:
    return Path(SETTINGS.CACHE_DIR) / OURS
