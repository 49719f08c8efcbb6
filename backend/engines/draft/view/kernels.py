"""How the draft's inner loops are compiled.

Numba compiles on first use and keeps the machine code in TAKE_ONE_HOME/cache, so this module is imported
before any other that needs numba, and only when a clip is made.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ....home import home

os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "cache" / "numba"))

import numba
from numba.core.caching import UserProvidedCacheLocator

SOURCES = Path(__file__).parent
OURS = "take-one"
KEPT = 4  # versions of the engine whose machine code stays: two Blenders may use two of them


def digest_of(folder: Path) -> str:
    """What the Python files of a folder say, names included, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
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


SETTINGS: Any = numba.config  # its names are made at run time
SETTINGS.CACHE_LOCATOR_CLASSES = f"{ByContent.__module__}.{ByContent.__name__}"


def kernel(function: Callable[..., Any]) -> Any:
    """Compiled, cached, and free of Python's lock, so that threads may run it side by side."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def helper(function: Callable[..., Any]) -> Any:
    """A small function that is part of every kernel that calls it."""
    return numba.njit(inline="never", nogil=True, error_model="numpy")(function)


def compiled() -> bool:
    """Whether machine code is there from an earlier clip (else the first one waits for it, some 15 s)."""
    return any((_cache() / DIGEST).rglob("*.nbi"))


def forget_earlier() -> None:
    """Remove the machine code of all but the newest versions of the engine. One that still runs compiles again."""
    with contextlib.suppress(OSError):  # another engine removes them at the same time, or made none yet
        folders = sorted((folder.stat().st_mtime, folder) for folder in _cache().iterdir() if folder.name != DIGEST)
        for _, folder in folders[: -(KEPT - 1)]:
            shutil.rmtree(folder, ignore_errors=True)


def _cache() -> Path:
    return Path(SETTINGS.CACHE_DIR) / OURS
