"""Where Take One keeps things on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def home() -> Path:
    """TAKE_ONE_HOME: from the environment, else the platform's user data folder.

    The same folder as platformdirs.user_data_dir("take-one", appauthor=False), which Blender does not ship.
    """
    chosen = os.environ.get("TAKE_ONE_HOME", "").strip()
    if chosen:
        return Path(os.path.expanduser(chosen)).absolute()  # noqa: PTH111 (Path's raises for a user that is not there)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", "").strip() or Path.home() / ".local" / "share")
    return base / "take-one"
