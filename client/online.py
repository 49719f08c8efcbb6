"""Blender's online access, as the local backend knows it: a file in Take One's folder says that it is off."""

from __future__ import annotations

from pathlib import Path

from .files import make_folder, write_whole

OFFLINE = "offline"


def write(home: Path, allowed: bool) -> None:
    """Say whether the local backend may go beyond this machine. Raises OSError."""
    mark = home / OFFLINE
    if allowed:
        mark.unlink(missing_ok=True)
    elif not mark.exists():
        make_folder(home)
        write_whole(mark, "Blender's online access is off: nothing is sent to providers.\n")
