"""How the draft's inner loops are compiled.

Numba compiles on first use and keeps the machine code in TAKE_ONE_HOME/cache, so this module is imported
before any other that needs numba, and only when a clip is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ....home import home

os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "cache" / "numba"))

import numba


def kernel(function: Callable[..., Any]) -> Any:
    """Compiled, cached, and free of Python's lock, so that threads may run it side by side."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


def helper(function: Callable[..., Any]) -> Any:
    """A small function that is part of every kernel that calls it."""
    return numba.njit(inline="never", nogil=True, error_model="numpy")(function)


def compiled() -> bool:
    """Whether machine code is there from an earlier clip (else the first one waits for it, some 15 s)."""
    return any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"))
