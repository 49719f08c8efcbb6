"""How files are named in the .blend, and opened outside of it."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path, PureWindowsPath

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...app.errors import SceneError


def stored_path(path: Path) -> str:
    """How a path is kept in the .blend: relative to it if it lies beside it."""
    if not bpy.data.filepath:
        return str(path)
    folder = Path(bpy.data.filepath).parent
    return bpy.path.relpath(str(path)) if lies_in(path, folder) else str(path)


def lies_in(path: Path, folder: Path) -> bool:
    """path.is_relative_to(folder), which takes the square of a path's parts: a stranger's may have thousands."""
    return path.is_absolute() == folder.is_absolute() and Path(*path.parts[: len(folder.parts)]) == folder


def absolute(stored: str) -> Path:
    """The place that a path of the .blend names. Nothing is asked of the disk, and links stay."""
    return Path(os.path.normpath(bpy.path.abspath(stored)))


def is_there(path: Path) -> bool:
    """Whether a file that the .blend names is there. Another machine (\\\\server\\share) is asked only where the .blend
    itself lies on it: the asking alone would tell it who the user is."""
    server = PureWindowsPath(path).drive
    if server.startswith("\\\\") and PureWindowsPath(bpy.data.filepath).drive.lower() != server.lower():
        return False
    return os.path.isfile(path)  # noqa: PTH113  a name that is too long is no error here


def disk_fix(error: OSError) -> str:
    """What helps where a file could not be written: another place where this one is read-only, else room."""
    return "save_as" if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else "free_space"


def can_open_outside() -> bool:
    """Whether the system has a way to open files: some Linuxes have none."""
    return sys.platform in ("win32", "darwin") or shutil.which("xdg-open") is not None


def open_outside(path: Path) -> None:
    """Open a file or folder with the system's own program. Raises SceneError if there is none."""
    try:
        bpy.ops.wm.path_open(filepath=str(path))
    except RuntimeError as error:
        raise SceneError(
            "no_program", rpt_("The system could not open '{path}'. Open it by hand").format(path=path)
        ) from error
