"""What a transformer is loaded from: its published files, or a copy of them in half as many bits. Without torch."""

from __future__ import annotations

import logging
from pathlib import Path

from ....home import home
from ....weights.files import read_header
from ....weights.store import fingerprint

log = logging.getLogger("take_one.happyhorse")


def of(name: str, folder: Path) -> Path:
    """The copy of the transformer `name` where there is one, whole and of these files; else `folder`."""
    path = half(name, folder)
    try:
        read_header(path)
    except FileNotFoundError:
        return folder
    except (OSError, ValueError) as problem:
        log.warning("%s is no longer used: %s", path, problem)
        path.unlink(missing_ok=True)
        return folder
    return path


def half(name: str, folder: Path) -> Path:
    """Where the copy of the transformer `name`, published in `folder`, is or would be."""
    return home() / "cache" / "halves" / name / f"{fingerprint(folder)}.safetensors"
