"""The system's trash."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path
from urllib.parse import quote


def discard(path: Path) -> str:
    """Put a file into the system's trash ("trash"), or delete it ("deleted") if there is none.

    Raises:
        OSError: it could be neither.
    """
    path = path.absolute()
    try:
        if sys.platform == "win32":
            _recycle(path)
        elif sys.platform == "darwin":
            _move(path, Path.home() / ".Trash")
        else:
            _freedesktop(path)
    except OSError:
        path.unlink()
        return "deleted"
    return "trash"


def _move(path: Path, folder: Path) -> Path:
    """Rename into a folder of the same file system under a free name. Raises OSError otherwise."""
    target = folder / path.name
    number = 2
    while target.exists():
        target = folder / f"{path.stem} {number}{path.suffix}"
        number += 1
    path.rename(target)
    return target


def _freedesktop(path: Path) -> None:
    """https://specifications.freedesktop.org/trash-spec/, the home trash."""
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "Trash"
    (base / "files").mkdir(parents=True, exist_ok=True, mode=0o700)
    (base / "info").mkdir(parents=True, exist_ok=True, mode=0o700)
    target = _move(path, base / "files")
    date = time.strftime("%Y-%m-%dT%H:%M:%S")
    info = f"[Trash Info]\nPath={quote(str(path))}\nDeletionDate={date}\n"
    (base / "info" / f"{target.name}.trashinfo").write_text(info)


def _recycle(path: Path) -> None:
    """SHFileOperationW with FOF_ALLOWUNDO."""

    class Operation(ctypes.Structure):
        _fields_ = [
            ("hwnd", ctypes.c_void_p),
            ("func", ctypes.c_uint),
            ("source", ctypes.c_wchar_p),
            ("target", ctypes.c_wchar_p),
            ("flags", ctypes.c_ushort),
            ("aborted", ctypes.c_int),
            ("mappings", ctypes.c_void_p),
            ("title", ctypes.c_wchar_p),
        ]

    delete, allow_undo, no_questions = 3, 0x40, 0x10 | 0x4 | 0x400
    operation = Operation(func=delete, source=f"{path}\0", flags=allow_undo | no_questions)
    result = ctypes.windll.shell32.SHFileOperationW(ctypes.byref(operation))  # type: ignore[attr-defined]
    if result or operation.aborted:
        raise OSError(result, "the recycle bin refused it")
