"""What panels need besides drawing: pictures loaded, and the backend at hand. All from the timer."""

from __future__ import annotations

import bpy

from ...scene.app import timer
from ...scene.app.app import app
from ...scene.edit import strips
from ...scene.session import pump
from ...scene.session.server import accounts, connection, models
from . import pictures, status

PAUSE = 0.1  # seconds between two rounds


class Drawn:
    """What draw() left word of."""

    def __init__(self) -> None:
        self.revision = -1  # of the state whose previews are shown
        self.said = ("", "NONE")  # in the status bar and the headers
        self.panel = False  # whether a panel has been drawn
        self.models = False  # whether the list of models has been
        self.accounts = False  # whether the list of accounts has been
        self.missing: dict[str, bool] = {}  # uid of a take that was drawn -> whether its file was missing
        self.changed: set[str] = set()  # uids of those of which that is new
        self.previews: dict[str, int] = {}  # job key -> preview_count that is shown


def note_shown() -> None:
    """A panel is drawn: its user will want the backend."""
    app().part(Drawn).panel = True


def note_models_shown() -> None:
    """The list of models is drawn: find out what is here, once."""
    app().part(Drawn).models = True


def note_accounts_shown() -> None:
    """The list of accounts is drawn: find out which there are, once."""
    app().part(Drawn).accounts = True


def note_file(take_uid: str, missing: bool) -> None:
    """A take is drawn, and its file is there or not: where that changes, its strips will say so too."""
    drawn = app().part(Drawn)
    if drawn.missing.get(take_uid, False) != missing:
        drawn.changed.add(take_uid)
    drawn.missing[take_uid] = missing


def _show_missing(drawn: Drawn) -> None:
    pairs = [pair for uid in drawn.changed for pair in strips.strips_of_take(uid)]
    drawn.changed.clear()
    for edit in {scene for scene, _ in pairs}:
        strips.refresh(edit)


def _show_previews(drawn: Drawn) -> None:
    jobs = app().state.jobs
    for key in [key for key in drawn.previews if key not in jobs]:
        del drawn.previews[key]
        pictures.drop_live(key)
    for job in jobs.values():
        if job.preview is not None and drawn.previews.get(job.key) != job.preview_count:
            drawn.previews[job.key] = job.preview_count
            pictures.show_live(job.key, job.preview)


def _ask_about_takes() -> None:
    """Ask once where the file was just saved in another folder than its takes."""
    if not app().state.takes_elsewhere:
        return
    app().state.takes_elsewhere = False
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        if bpy.ops.takeone.bring_takes.poll():
            bpy.ops.takeone.bring_takes("INVOKE_DEFAULT")


def _task() -> float:
    drawn = app().part(Drawn)
    if app().state.revision != drawn.revision:
        drawn.revision = app().state.revision
        status.redraw()
        _show_previews(drawn)
    if pictures.load_wanted() | models.poll() | accounts.poll():
        pump.redraw()
    if status.text() != drawn.said:  # also where it is over by itself
        drawn.said = status.text()
        status.redraw()
        pump.redraw()
    if drawn.changed:
        _show_missing(drawn)
    connection.begin(drawn.panel)
    _ask_about_takes()
    if drawn.models and models.models().state.state == "":
        models.models().refresh()
    if drawn.accounts and accounts.accounts().state.state == "":
        accounts.accounts().refresh()
    return PAUSE


def register() -> None:
    """Have the timer do it, where there is a window."""
    if not bpy.app.background:
        timer.every(_task, PAUSE)
