"""The one timer: events of the client's Session become state, landed takes, and redraws."""

from __future__ import annotations

import atexit
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client import events
from ...client.home import home
from ...client.session import Session
from ...client.target import Target
from ..edit import landing, moving
from ..model import takes
from ..model.errors import SceneError
from ..model.properties import find_shot, find_take
from ..model.state import ACTIVE, STATE, WAITING_FILE, Backend, Job
from ..stills import borrowed
from ..stills import capture as still
from . import prompts

LOG = logging.getLogger("take_one")
BUDGET = 0.005  # seconds a tick; a landing is one event and may take longer
BUSY_TICK, IDLE_TICK = 0.1, 0.5
LANDING_TICK = 0.01  # time to draw and to take the user's events between two steps
SHOWN_IN = {"VIEW_3D": "UI", "SEQUENCE_EDITOR": "UI", "PREFERENCES": "WINDOW"}  # area: its region with panels

_session: Session | None = None
_waiting: deque[events.Event] = deque()  # told, not handled yet
_steps: Iterator[None] | None = None  # of the first landing that waits
_folder_before = ""  # the file's, before it was saved
_drawn = 0  # the revision that the panels were told to draw last


def session() -> Session:
    """The session, made on first use."""
    global _session
    if _session is None:
        _session = Session(home(), online_access=bpy.app.online_access)
        atexit.register(close)
    return _session


def connect(target: Target, take_over: bool = False) -> None:
    """Use this backend from now on (see Session.connect). STATE.backend tells how it goes."""
    session().online_access = bpy.app.online_access
    STATE.backend = Backend(events.STARTING)
    STATE.changed()
    session().connect(target, take_over)


def close() -> None:
    """End the session: its threads stop, and the local backend where no other Blender uses it."""
    global _session
    if _session is not None:
        _session.close()
        _session = None
        atexit.unregister(close)
    _waiting.clear()
    _forget_landing()


def take_waiting() -> list[events.Event]:
    """The events that were told and not handled yet, for one who will handle them now."""
    waiting = list(_waiting)
    _waiting.clear()
    _forget_landing()
    return waiting


def pump(budget: float = BUDGET) -> bool:
    """Handle waiting events for at most `budget` seconds, and take one step of a landing. Returns whether
    anything changed that a panel shows."""
    before = STATE.revision
    ends = time.perf_counter() + budget
    if _session is not None:
        _waiting.extend(_session.poll())
    landings = [event for event in _waiting if isinstance(event, events.TakeReady)]
    others = [event for event in _waiting if not isinstance(event, events.TakeReady)]
    while others and time.perf_counter() < ends:
        event = others.pop(0)
        _waiting.remove(event)
        handle(event)
    if landings and time.perf_counter() < ends and landing.can_land(bpy.context):
        _attempt(landings[0], _step)
    return STATE.revision != before


def handle(event: events.Event) -> None:
    """Make one event true here, whole. What goes wrong is logged and kept in STATE.last_error; the job stays
    in the journal."""
    _attempt(event, _handle)


def _attempt(event: events.Event, action: Callable[[Any], None]) -> None:
    try:
        action(event)
    except Exception as error:  # the timer must go on, and the user must know
        LOG.exception("while handling %s", type(event).__name__)
        key = getattr(event, "key", "")
        STATE.fail(
            SceneError(
                "unexpected", rpt_("Take One could not deal with a result: {error}").format(error=error), "open_log"
            ),
            key,
        )
        _forget_landing()
        if event in _waiting:
            _waiting.remove(event)
    STATE.changed()


def _step(event: events.TakeReady) -> None:
    """One step of the landing of this take, the first of those that wait."""
    global _steps
    if not landing.file_is_open(event.job["binding"]["file_id"]):
        _waiting.remove(event)
        _land(event)
        return
    if _steps is None:
        _steps = landing.land_steps(bpy.context, event)
    try:
        next(_steps)
    except StopIteration:
        _steps = None
        _waiting.remove(event)
        _landed(event)


def _forget_landing() -> None:
    """Leave the landing that is under way: what its steps know may be gone. It begins anew."""
    global _steps
    _steps = None


def _handle(event: events.Event) -> None:
    match event:
        case events.BackendState():
            STATE.backend.state, STATE.backend.message, STATE.backend.fix = event
            if event.state == events.FAILED:
                STATE.fail(SceneError("backend_failed", event.message, event.fix))
            elif event.state == events.READY and STATE.last_error and STATE.last_error.code == "backend_failed":
                STATE.dismiss()  # that is dealt with
        case events.Engines():
            STATE.engines = event.engines
        case events.InstallState():
            install = STATE.install
            install.state, install.fraction, install.message, install.fix = event
        case events.JobProgress():
            _progress(event)
        case events.TakeReady():
            _land(event)
        case events.JobFailed():
            _failed(event)
        case events.FinalPrompt():
            prompts.store(event)
            landing.push_undo(bpy.context, "Take One: Final Prompt")


def _progress(event: events.JobProgress) -> None:
    job = STATE.jobs.get(event.key)
    if job is None:
        if event.binding is None:
            return
        job = STATE.jobs[event.key] = job_of(event.key, event.binding)
    job.status, job.progress, job.stage = event.status, event.progress, event.stage
    job.eta_seconds, job.queue_position = event.eta_seconds, event.queue_position
    if event.preview is not None:
        job.preview = event.preview
        job.preview_count += 1


def _land(event: events.TakeReady) -> None:
    if landing.land(bpy.context, event):
        _landed(event)
        return
    job = STATE.jobs.setdefault(event.key, job_of(event.key, event.job["binding"]))
    job.status, job.progress = WAITING_FILE, 100


def _landed(event: events.TakeReady) -> None:
    STATE.jobs.pop(event.key, None)
    session().landed(event.key)
    _relocate()  # the file may have been saved while the take was made


def _failed(event: events.JobFailed) -> None:
    job = STATE.jobs.pop(event.key, None)
    error, binding = event.error, event.binding or {}
    file_id = binding.get("file_id", "")
    if job is None and file_id and not landing.file_is_open(file_id):
        return  # told again when its file is open
    cancelled = error.get("code") == "cancelled"
    shot = find_shot(binding.get("shot_uid") or (job.shot_uid if job else "-"))
    take = find_take(shot, event.key) if shot else None
    if take is not None:
        take.status = "CANCELLED" if cancelled else "FAILED"
    if not cancelled:
        STATE.fail(SceneError(error.get("code", ""), error.get("message", ""), error.get("fix") or ""), event.key)
    if not file_id or landing.file_is_open(file_id):  # else it is told again when its file is open
        session().landed(event.key)


def job_of(key: str, binding: dict) -> Job:
    """The job of a request, which this Blender may not have sent itself."""
    return Job(
        key,
        binding["shot_uid"],
        binding["shot_name"],
        binding["number"],
        binding["file_id"],
        take_uid=binding["take_uid"],
    )


# --- Blender's side -----------------------------------------------------------------------------------------


def _tick() -> float:
    global _drawn
    pump()
    if STATE.revision != _drawn:
        _drawn = STATE.revision
        redraw()
    if _steps is not None:
        return LANDING_TICK
    busy = _waiting or any(job.status in ACTIVE for job in STATE.jobs.values())
    return BUSY_TICK if busy or STATE.backend.state == events.STARTING else IDLE_TICK


def redraw() -> None:
    """Draw the panels that show STATE, and nothing else: not the view beside them."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if region.type == SHOWN_IN.get(area.type):
                    region.tag_redraw()


@bpy.app.handlers.persistent
def _on_load(*_: object) -> None:
    _forget_landing()
    still.abandon()
    borrowed.heal()
    for job in STATE.jobs.values():
        if job.status == WAITING_FILE and landing.file_is_open(job.file_id):
            job.stage = ""
    _settle()
    if _session is not None:
        _session.replay()
        if not _session.unfinished():
            moving.clear_unsaved()  # by what the file on disk says, so before anything is pointed elsewhere
    _relocate()
    moving.find_moved()
    STATE.changed()


@bpy.app.handlers.persistent
def _on_undo(*_: object) -> None:
    _forget_landing()
    if not still.rendering():
        borrowed.heal()
    takes.restore_after_undo()
    _settle()
    STATE.changed()


def _settle() -> None:
    """Takes do not wait for jobs that there are no more."""
    if takes.waiting():
        takes.settle({*session().unfinished(), *(job.take_uid for job in STATE.jobs.values())})


@bpy.app.handlers.persistent
def _on_save(*_: object) -> None:
    moving.store_paths()
    if STATE.last_error and STATE.last_error.fix == "save_file":
        STATE.dismiss()
    _relocate()
    if _folder_before and _folder_before != _folder() and moving.elsewhere():
        STATE.takes_elsewhere = True
        STATE.changed()


@bpy.app.handlers.persistent
def _before_save(filepath: str, *_: object) -> None:
    global _folder_before
    _folder_before = _folder()
    moving.hold_paths(filepath)


def _folder() -> str:
    """The folder of the open file; "" until it is saved."""
    return str(Path(bpy.data.filepath).parent) if bpy.data.filepath else ""


def _relocate() -> None:
    try:
        moving.relocate_takes()
    except OSError as error:
        message = rpt_("The takes could not be brought beside the file: {error}. They stay where they are.").format(
            error=error.strerror or error
        )
        STATE.fail(SceneError("disk", message, "free_space"))


HANDLERS = (
    ("load_post", _on_load),
    ("undo_post", _on_undo),
    ("redo_post", _on_undo),
    ("save_pre", _before_save),
    ("save_post", _on_save),
)


def register() -> None:
    """Start the timer and the handlers for load, save and undo."""
    for name, function in HANDLERS:
        getattr(bpy.app.handlers, name).append(function)
    bpy.app.timers.register(_tick, first_interval=IDLE_TICK, persistent=True)


def unregister() -> None:
    """Stop the timer and close the session."""
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    for name, function in HANDLERS:
        handlers = getattr(bpy.app.handlers, name)
        if function in handlers:
            handlers.remove(function)
    close()
