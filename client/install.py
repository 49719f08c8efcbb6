"""Builds the local backend's environment, outside Blender."""

from __future__ import annotations

import os
from pathlib import Path

ABSENT = "absent"
OLD = "old"
CURRENT = "current"


def backend_python(home: Path) -> Path:
    return Path(os.environ.get("TAKE_ONE_PYTHON", "/nonexistent"))


def state(home: Path, root: Path) -> str:
    return CURRENT if os.environ.get("TAKE_ONE_PYTHON") else ABSENT
