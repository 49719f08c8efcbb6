"""A disk that is full."""

from __future__ import annotations

from pathlib import Path

from ..engines.engine import EngineError


def disk_full(folder: Path) -> EngineError:
    """The error for a write to `folder` that found no room."""
    return EngineError("disk_full", f"The disk of {folder} is full. Free some space.", "free_space")
