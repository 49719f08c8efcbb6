"""The backend's log, shown in Blender."""

from __future__ import annotations

from pathlib import Path

import bpy

from ....client.home import home
from ...app.errors import SceneError
from . import text_window

MOST = 400_000  # characters of the log's end that are shown
TITLE = "Take One Log"


def newest() -> Path | None:
    """The log that was written last."""
    found = sorted((home() / "logs").glob("*.log"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def show(context: bpy.types.Context) -> None:
    """Open a text window on the end of the newest log. Raises SceneError if there is none."""
    path = newest()
    if path is None:
        raise SceneError("no_log", "There is no log yet: nothing was installed or started")
    text = bpy.data.texts.get(TITLE) or bpy.data.texts.new(TITLE)
    text.clear()
    text.write(path.read_text(encoding="utf-8", errors="replace")[-MOST:])
    text.filepath = ""
    text.cursor_set(len(text.lines) - 1)
    text_window.show(context, text, at_end=True)
