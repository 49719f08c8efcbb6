"""The takes of a shot: numbers, files, which one the edit shows, deletion."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def clip_path(take: Any) -> Path:
    """The absolute path of a take's clip."""
    raise NotImplementedError


def clip_missing(take: Any) -> bool:
    """Whether a landed take's file is gone from the disk."""
    raise NotImplementedError


def make_current(shot: Any, take: Any) -> int:
    """Show this take wherever the edit shows another take of the shot: the strips' files are swapped in place, trims,
    transforms and effects stay, in every scene. Returns the number of strips that changed.

    Raises:
        SceneError: `clip_missing` (fix "retry": make it again), `no_strip` where no scene shows the shot.
    """
    raise NotImplementedError


def delete(shot: Any, take: Any) -> str:
    """Forget a take, remove its strips, and put its files into the system's trash ("trash") or, where there is none,
    delete them ("deleted"). Its number is never given again."""
    raise NotImplementedError


def relocate_takes() -> int:
    """Move takes made before the file was first saved to //takes/ and point takes and strips to them. Returns how many
    clips were moved. Called after the file is saved; takes elsewhere stay where they are."""
    raise NotImplementedError
