"""What panels need besides drawing: pictures loaded and regions redrawn, from a timer."""

from __future__ import annotations

import bpy

from ..scene.state import STATE
from . import pictures

PAUSE = 0.1  # seconds between looks
SPACES = {"VIEW_3D", "SEQUENCE_EDITOR", "PREFERENCES"}

_seen = -1
_previews: dict[str, int] = {}  # job key -> preview_count that is shown


def redraw() -> None:
    """Draw the sidebars of all windows again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type not in SPACES:
                continue
            for region in area.regions:
                if region.type == ("WINDOW" if area.type == "PREFERENCES" else "UI"):
                    region.tag_redraw()


def _show_previews() -> None:
    for key in [key for key in _previews if key not in STATE.jobs]:
        del _previews[key]
        pictures.drop_live(key)
    for job in STATE.jobs.values():
        if job.preview is not None and _previews.get(job.key) != job.preview_count:
            _previews[job.key] = job.preview_count
            pictures.show_live(job.key, job.preview)


def _tick() -> float:
    global _seen
    changed = STATE.revision != _seen
    if changed:
        _seen = STATE.revision
        _show_previews()
    if pictures.load_wanted() or changed:
        redraw()
    return PAUSE


def register() -> None:
    """Start the timer."""
    pictures.register()
    if not bpy.app.background:
        bpy.app.timers.register(_tick, first_interval=PAUSE, persistent=True)


def unregister() -> None:
    """Stop the timer."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    _previews.clear()
    pictures.unregister()
