"""What Blender says of the file: it was loaded, saved, undone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import bpy

from ..app.app import app
from ..app.state import WAITING_FILE
from ..edit import found, landing, moving
from ..model.shots import films, takes, trust
from ..stills import capture
from ..stills.borrow import borrowed
from ..stills.known import rendered
from . import jobs, pump
from .server.connection import Connection, session

OF_APP = ("backend_failed", "bad_address", "home", "no_server", "offline")  # codes of errors that are of no file


class Saving:
    """Where the file lay before it was saved, "" for nowhere. `aside`: a copy is saved that nobody will work on.
    `lent`: what a still that renders goes on with afterwards."""

    def __init__(self) -> None:
        self.lent: list[tuple[int, str]] = []
        self.before = ""
        self.aside = False


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """While a copy of the file is saved for another process: nothing of ours follows it there."""
    part = app().part(Saving)
    part.aside = True
    try:
        yield
    finally:
        part.aside = False


@bpy.app.handlers.persistent
def _on_load(*_: object) -> None:
    app().part(pump.Pump).leave_landing()
    problem = app().state.last_error
    if problem is not None and problem.code not in OF_APP:
        app().state.dismiss()  # it was the other file's
    jobs.drop_waiting()
    borrowed.restore()
    trust.loaded()
    current = app().part(Connection).session
    if current is not None and not current.unfinished():
        moving.clear_unsaved()  # by what the file on disk says, so before anything is pointed elsewhere
    pump.relocate()
    moving.find_moved()
    films.opened()
    found.bring_back()
    for job in app().state.jobs.values():
        if job.status == WAITING_FILE and landing.file_is_open(job.binding.file_id):
            job.stage = ""
    _reconcile()
    if current is not None:
        current.replay()
    app().state.changed()


@bpy.app.handlers.persistent
def _before_undo(*_: object) -> None:
    """An undo step has ended the render, and takes a camera of ours away: what is lent to it by then would be left with
    any object in its place, or none that there is."""
    if capture.rendering():
        borrowed.restore()


@bpy.app.handlers.persistent
def _on_undo(*_: object) -> None:
    app().part(pump.Pump).leave_landing()
    if capture.rendering():
        capture.undone()
    else:
        borrowed.restore()
    takes.restore_after_undo()
    _reconcile()
    app().state.changed()


def _reconcile() -> None:
    """Takes do not wait for jobs that there are no more."""
    if takes.waiting():
        made = {one.take_uid for job in app().state.jobs.values() for one in job.binding.each()}
        takes.reconcile({*session().unfinished(), *made})


@bpy.app.handlers.persistent
def _before_save(filepath: str, *_: object) -> None:
    app().part(Saving).lent = borrowed.lay_down()
    if app().part(Saving).aside:
        return
    app().part(Saving).before = bpy.data.filepath
    moving.hold_paths(filepath)


@bpy.app.handlers.persistent
def _after_save(*_: object) -> None:
    """Saved or not: the still that renders goes on."""
    saving = app().part(Saving)
    borrowed.take_up(saving.lent)
    saving.lent = []


@bpy.app.handlers.persistent
def _on_save(*_: object) -> None:
    if app().part(Saving).aside:
        return
    state = app().state
    before = app().part(Saving).before
    moving.store_paths()
    state.fixed("save_file", "save_as")
    pump.relocate()
    films.saved(before)
    if before and Path(before).parent != Path(bpy.data.filepath).parent and moving.elsewhere():
        state.takes_elsewhere = True
        state.changed()


HANDLERS = (
    ("load_post", _on_load),
    ("undo_pre", _before_undo),
    ("redo_pre", _before_undo),
    ("undo_post", _on_undo),
    ("redo_post", _on_undo),
    ("save_pre", _before_save),
    ("save_post", _after_save),
    ("save_post", _on_save),
    ("save_post_fail", _after_save),
    *rendered.HANDLERS,
)


def register() -> None:
    """Listen for load, save, undo and renders."""
    for name, function in HANDLERS:
        getattr(bpy.app.handlers, name).append(function)


def unregister() -> None:
    """Listen no more."""
    for name, function in HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if function in handlers:
            handlers.remove(function)
