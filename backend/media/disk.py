"""A disk that is full."""

from __future__ import annotations

import errno
from pathlib import Path

from ..engines.engine import EngineError

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # the disk, or the user's share of it


def is_full(error: BaseException) -> bool:
    """Whether a write failed as it found no room."""
    return isinstance(error, OSError) and error.errno in FULL


def disk_full(folder: Path) -> EngineError:
    """The error for a write to `folder` that found no room."""
    return EngineError("disk_full", f"The disk of {folder} is full. Free some space.", "free_space")
