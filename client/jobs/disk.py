"""What a job finds on this machine's disk: the room for its clip, and what to say of one that can't be written."""

from __future__ import annotations

import errno
import shutil

from ..protocol import Problem
from .record import Record

FULL = (errno.ENOSPC, errno.EDQUOT)


def room_for(record: Record) -> int:
    """Bytes that are free where the clip is to lie, 0 where that is not known."""
    folder = next((one for one in record.take_path.parents if one.is_dir()), record.take_path.parent)
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def file_problem(error: OSError, name: object) -> Problem:
    """What the user hears of a file that could not be read or written: the one of that `name`."""
    path = name or "a file"
    if error.errno in FULL:
        return Problem("file", f"The disk is full: {path} could not be written.", "free_space")
    if isinstance(error, FileNotFoundError):
        return Problem("file", f"{path} is not there any more.", "retry")
    return Problem("file", f"{path}: {error.strerror}. Save the .blend where you may write.", "save_file")
