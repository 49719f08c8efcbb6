"""How files are named in the .blend."""

from __future__ import annotations

from pathlib import Path

import bpy


def stored_path(path: Path) -> str:
    """How a path is kept in the .blend: relative to it where it lies beside it."""
    if not bpy.data.filepath:
        return str(path)
    folder = Path(bpy.data.filepath).parent
    return bpy.path.relpath(str(path)) if path.is_relative_to(folder) else str(path)
