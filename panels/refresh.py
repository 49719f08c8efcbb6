"""What panels need besides drawing: pictures loaded, and the backend at hand. All from a timer."""

from __future__ import annotations

import bpy

from ..operators import models, moving
from ..scene.edit import strips
from ..scene.model.state import STATE
from ..scene.session import connection, pump
from . import pictures

PAUSE = 0.1  # seconds between looks

_seen = -1
_models_shown = False
_shown = False  # whether a panel has been drawn since the extension was loaded
_missing: dict[str, bool] = {}  # uid of a take that was drawn -> whether its file was missing
_changed: set[str] = set()  # uids of those of which that is new
_previews: dict[str, int] = {}  # job key -> preview_count that is shown


def note_shown() -> None:
    """A panel is drawn: its user will want the backend."""
    global _shown
    _shown = True


def note_models_shown() -> None:
    """The list of models is drawn: look what is here, once."""
    global _models_shown
    _models_shown = True


def note_file(take_uid: str, missing: bool) -> None:
    """A take is drawn, and its file is there or not: where that changes, its strips will say so too."""
    if _missing.get(take_uid, False) != missing:
        _changed.add(take_uid)
    _missing[take_uid] = missing


def _show_missing() -> None:
    pairs = [pair for uid in _changed for pair in strips.strips_of_take(uid)]
    _changed.clear()
    for edit in {scene for scene, _ in pairs}:
        strips.refresh(edit)


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
    if STATE.revision != _seen:
        _seen = STATE.revision
        _show_previews()
    if pictures.load_wanted() | models.poll():
        pump.redraw()
    if _changed:
        _show_missing()
    connection.begin(_shown)
    moving.ask()
    if _models_shown and models.models().state.state == "":
        models.models().refresh()
    return PAUSE


def register() -> None:
    """Start the timer."""
    pictures.register()
    if not bpy.app.background:
        bpy.app.timers.register(_tick, first_interval=PAUSE, persistent=True)


def unregister() -> None:
    """Stop the timer."""
    global _shown, _models_shown
    _shown = _models_shown = False
    connection.forget()
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    _previews.clear()
    _missing.clear()
    _changed.clear()
    pictures.unregister()
