"""Events of the client's Session become state, landed takes, and redraws."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client import events
from ...client.protocol import Binding, JobState, Problem
from ..app import timer
from ..app.app import app
from ..app.errors import SceneError
from ..app.state import ACTIVE, UNCERTAIN, WAITING_FILE, Job
from ..edit import landing, moving
from ..model.properties import option_properties
from ..model.shots.paths import disk_fix
from ..model.shots.shot_list import find_shot, find_take
from ..model.shots.takes import take_name
from .press import quotes
from .server.connection import Connection, session
from .views import moves
from .words import prompts

LOG = logging.getLogger("take_one")
BUDGET = 0.005  # seconds a tick; a landing is one event and may last longer
BUSY_TICK, IDLE_TICK = 0.1, 0.5
LANDING_TICK = 0.01  # time to draw and to take the user's events between two steps
# by area: its regions with panels, or with our mark
SHOWN_IN = {"VIEW_3D": ("UI", "HEADER"), "SEQUENCE_EDITOR": ("UI", "HEADER"), "PREFERENCES": ("WINDOW",)}
CANCELLED = "cancelled"  # code of the problem of a job that the user stopped
LOST_ANSWER = "uncertain"  # and of one that may have been ordered and paid already


class Pump:
    """`waiting` are events that came and are not handled yet, `steps` those of the first landing among them, `drawn`
    the revision that the panels were last asked to draw."""

    def __init__(self) -> None:
        self.waiting: deque[events.Event] = deque()
        self.steps: Iterator[None] | None = None
        self.drawn = 0

    def leave_landing(self) -> None:
        """Leave the landing that is under way: what its steps know may be gone. It begins anew."""
        self.steps = None


def take_waiting() -> list[events.Event]:
    """The events that came and are not handled yet, for one who will handle them now."""
    part = app().part(Pump)
    waiting = list(part.waiting)
    part.waiting.clear()
    part.leave_landing()
    return waiting


def pump(budget: float = BUDGET) -> bool:
    """Handle waiting events for at most `budget` seconds, and take one step of a landing. Returns whether
    anything changed that a panel shows."""
    part = app().part(Pump)
    before = app().state.revision
    ends = time.perf_counter() + budget
    current = app().part(Connection).session
    if current is not None:
        part.waiting.extend(current.poll())
    landings = [event for event in part.waiting if isinstance(event, events.TakeReady)]
    others = [event for event in part.waiting if not isinstance(event, events.TakeReady)]
    while others and time.perf_counter() < ends:
        event = others.pop(0)
        part.waiting.remove(event)
        handle(event)
    if landings and time.perf_counter() < ends and landing.can_land(bpy.context):
        _attempt(landings[0], _step)
    return app().state.revision != before


def check_home(jobs: list[Job]) -> None:
    """Raises SceneError where all of these jobs are made, and none can come home: other_file, or why their clips can't
    be written."""
    if all(job.status == WAITING_FILE for job in jobs):
        raise SceneError("other_file", "The take is ready, but its file is no longer open. It lands there.")
    held = [job.held for job in jobs if job.held is not None]
    if held and all(job.held is not None or job.status == WAITING_FILE for job in jobs):
        raise SceneError.of(held[0])


def handle(event: events.Event) -> Problem | None:
    """Make one event true here, whole. Returns what went wrong with that, which is logged and kept in
    State.last_error; the job stays in the journal then."""
    return _attempt(event, _handle)


def _attempt(event: events.Event, action: Callable[[Any], None]) -> Problem | None:
    state, part = app().state, app().part(Pump)
    problem = None
    try:
        action(event)
    except Exception as error:  # the timer must go on, and the user must know
        LOG.exception("while handling %s", type(event).__name__)
        message = rpt_("Take One could not deal with a result: {error}").format(error=error)
        problem = Problem("unexpected", message, "open_log")
        state.fail(problem, getattr(event, "key", ""))
        part.leave_landing()
        if event in part.waiting:
            part.waiting.remove(event)
        if isinstance(event, events.TakeReady):  # its clip is there, and nobody works on it any more
            state.jobs.pop(event.key, None)
            landing.keep_clip(event)
    state.changed()
    return problem


def _step(event: events.TakeReady) -> None:
    """One step of the landing of this take, the first of those that wait."""
    part = app().part(Pump)
    if not landing.file_is_open(event.binding.file_id):
        part.waiting.remove(event)
        _land(event)
        return
    if part.steps is None:
        part.steps = landing.land_steps(bpy.context, event)
        _listed(event)
    try:
        next(part.steps)
    except StopIteration:
        part.leave_landing()
        part.waiting.remove(event)
        _landed(event)


def _handle(event: events.Event) -> None:
    state = app().state
    match event:
        case events.BackendState():
            state.backend.state, state.backend.message, state.backend.fix = event
            if event.state == events.FAILED:
                state.fail(SceneError("backend_failed", event.message, event.fix))
            elif event.state == events.READY and state.last_error and state.last_error.code == "backend_failed":
                state.dismiss()  # that is dealt with
        case events.Engines():
            if state.engines != event.engines:
                quotes.forget_prices()
            state.engines = event.engines
            option_properties.declare(event.engines)
        case events.InstallState():
            install = state.install
            install.state, install.fraction, install.message, install.fix = event
        case events.JobProgress():
            _progress(event)
        case events.TakeReady():
            _land(event)
        case events.JobFailed():
            _failed(event)
        case events.Quote():
            quotes.store(event)
        case events.WordsFound():
            try:
                moves.lay(event)
            except SceneError as error:
                state.fail(error)
        case events.FinalPrompt():
            if prompts.store(event):
                landing.push_undo(bpy.context, "Take One: Final Prompt")


def _progress(event: events.JobProgress) -> None:
    job, there = app().state.jobs.setdefault(event.key, Job(event.key, event.binding)), event.job
    job.status, job.progress, job.stage = there.status, there.progress, there.stage
    job.eta_seconds, job.queue_position = there.eta_seconds, there.queue_position
    if event.held is not None and event.held != job.held:
        app().state.fail(event.held, event.key)
    job.held = event.held
    if event.preview is not None:
        job.preview = event.preview
        job.preview_count += 1


def _land(event: events.TakeReady) -> None:
    if landing.land(bpy.context, event):
        _landed(event)
        return
    job = _listed(event)
    job.status, job.progress = WAITING_FILE, 100


def _listed(event: events.TakeReady) -> Job:
    """The job in State.jobs, also of a take that this Blender did not ask for: it is there until the take has landed,
    whose landing takes several steps."""
    return app().state.jobs.setdefault(event.key, Job(event.key, event.binding, JobState.IN_PROGRESS, 100))


def _landed(event: events.TakeReady) -> None:
    state = app().state
    state.jobs.pop(event.key, None)
    names = [take_name(one.shot_name, one.number) for one in event.binding.each()]
    state.landed, state.landed_at = " - ".join(dict.fromkeys((names[0], names[-1]))), time.monotonic()
    session().landed(event.key)
    relocate()  # the file may have been saved while the take was made


def _failed(event: events.JobFailed) -> None:
    state, binding = app().state, event.binding
    known = state.jobs.pop(event.key, None) is not None
    here = landing.file_is_open(binding.file_id)
    if not known and not here:
        return  # its event comes again when its file is open
    cancelled = event.problem.code == CANCELLED
    for one in binding.each():
        take = _take_of(one.take_uid if binding.parts else event.key, one)
        if take is not None:
            take.status = "CANCELLED" if cancelled else "FAILED"
    if not cancelled:
        state.fail(event.problem, event.key)
    if event.problem.code == LOST_ANSWER:  # it stays until the user has said what to do
        state.jobs[event.key] = Job(event.key, binding, UNCERTAIN, stage=event.problem.message)
        return
    if here:
        session().landed(event.key)


def _take_of(key: str, binding: Binding) -> Any | None:
    shot = find_shot(binding.shot_uid, binding.scene_uid)
    return find_take(shot, key) if shot else None


def relocate() -> None:
    """Bring takes that lie elsewhere beside the file, as `moving.relocate_takes` does; a full disk is reported."""
    try:
        moving.relocate_takes()
    except OSError as error:
        message = rpt_("The takes could not be brought beside the file: {error}. They stay where they are.").format(
            error=error.strerror or error
        )
        app().state.fail(SceneError("disk", message, disk_fix(error)))


def redraw() -> None:
    """Draw the panels that show the state, and nothing else: not the view beside them."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            for region in area.regions:
                if region.type in SHOWN_IN.get(area.type, ()):
                    region.tag_redraw()


def _task() -> float:
    state, part = app().state, app().part(Pump)
    pump()
    if state.revision != part.drawn:
        part.drawn = state.revision
        redraw()
    if part.steps is not None:
        return LANDING_TICK
    busy = part.waiting or any(job.status in ACTIVE for job in state.jobs.values())
    return BUSY_TICK if busy or state.backend.state == events.STARTING else IDLE_TICK


def register() -> None:
    """Have the timer handle events."""
    timer.every(_task)
