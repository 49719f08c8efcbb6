"""How files are named in the .blend, and opened outside of it."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from .errors import SceneError


def stored_path(path: Path) -> str:
    """How a path is kept in the .blend: relative to it if it lies beside it."""
    if not bpy.data.filepath:
        return str(path)
    folder = Path(bpy.data.filepath).parent
    return bpy.path.relpath(str(path)) if path.is_relative_to(folder) else str(path)


def open_outside(path: Path) -> None:
    """Open a file or folder with the system's own program. Raises SceneError if there is none."""
    try:
        bpy.ops.wm.path_open(filepath=str(path))
    except RuntimeError as error:
        raise SceneError(
            "no_program", rpt_("The system could not open '{path}'. Open it by hand").format(path=path)
        ) from error
