"""From an order to its jobs: take the still, send the requests, follow them until their takes have landed.

A job's key becomes the uid of its take. A job is bound to file, scene, shot and take by ids, so that undo, redo,
renames, file load and a restart of Blender do not lose it.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from functools import partial
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client import events
from ...client.protocol import View
from ..model.app import app
from ..model.errors import SceneError
from ..model.shot_list import find_scene, find_shot, find_take
from ..model.state import RENDERING, UNCERTAIN, WAITING_FILE, Job
from ..stills import capture
from ..stills.capture import Still
from . import pump
from .connection import session
from .order import Order
from .sending import send

HOPELESS = {events.OFF, events.FAILED, events.MISSING, events.OUTDATED}  # the backend needs the user


class Waiting:
    """Orders whose still is rendered, the first of them now."""

    def __init__(self) -> None:
        self.orders: deque[Order] = deque()


def start(order: Order) -> list[str]:
    """Make the takes of an order without waiting: the still first (a render is Blender's own, non-blocking), then one
    job a take. Returns the jobs' keys. If a still is being rendered already, this one's turn comes after it.

    Raises:
        SceneError: for what is wrong before anything began. What goes wrong later is kept in State.last_error.
    """
    if order.source != capture.RENDER:
        return send(*_still_now(order))
    state, waiting = app().state, app().part(Waiting).orders
    for take in order.takes:
        state.jobs[take.key] = Job(take.key, order.binding(take), RENDERING)
    state.changed()
    waiting.append(order)
    if len(waiting) == 1:
        try:
            _render_first()
        except SceneError:
            _drop(waiting.popleft())
            raise
    return order.keys


def run_blocking(order: Order, timeout: float = 3600.0) -> list[Any]:
    """The same for scripts and background mode: returns the landed takes (TAKEONE_PG_take).

    Raises:
        SceneError: for whatever went wrong; `timeout` when it took longer than `timeout` seconds.
    """
    keys = send(*_still_now(order))
    wait(keys, timeout)
    shot = find_shot(order.shot_uid, order.scene_uid)
    return [find_take(shot, key) for key in keys] if shot else []


def wait(keys: list[str], timeout: float = 3600.0) -> None:
    """Handle events until these jobs have landed. For scripts and background mode, where no timer runs.

    Raises:
        SceneError: the first job's that failed, once all have ended; other_file; timeout.
    """
    ends = time.monotonic() + timeout
    failed: SceneError | None = None
    waiting = pump.take_waiting()
    while left := [job for key, job in app().state.jobs.items() if key in keys and job.status != UNCERTAIN]:
        if all(job.status == WAITING_FILE for job in left):
            raise SceneError("other_file", "The take is ready, but its file is no longer open. It lands there.")
        if time.monotonic() > ends:
            message = rpt_("No take after {timeout:.0f} seconds. The job goes on; see the panel.")
            raise SceneError("timeout", message.format(timeout=timeout), "open_log")
        _check_backend()
        event = waiting.pop(0) if waiting else session().next_event(0.2)
        if event is None:
            continue
        problem = pump.handle(event)
        if getattr(event, "key", "") in keys:
            problem = event.problem if isinstance(event, events.JobFailed) else problem
            failed = failed or (SceneError.of(problem) if problem else None)
    if failed is not None:
        raise failed


def _check_backend() -> None:
    backend = app().state.backend
    if backend.state in HOPELESS:
        message = backend.message or "The backend is not started."
        raise SceneError(f"backend_{backend.state}", message, backend.fix or "start")


def cancel(key: str) -> None:
    """Stop one job, also while it waits for its still."""
    state, waiting = app().state, app().part(Waiting).orders
    job = state.jobs.get(key)
    if job is not None and job.status == UNCERTAIN:
        del state.jobs[key]
        state.changed()
        session().landed(key)
        return
    if job is None or job.status != RENDERING:
        session().cancel(key)
        return
    del state.jobs[key]
    state.changed()
    for order in [order for order in waiting if key in order.keys and not _wanted(order).takes]:
        if order == waiting[0] and capture.rendering():
            capture.abandon()
        else:
            waiting.remove(order)


def cancel_all() -> None:
    """Stop all jobs of this Blender, also those that wait for their still."""
    for job in list(app().state.jobs.values()):
        if job.status == RENDERING:
            cancel(job.key)
    session().cancel_all()


def drop_waiting() -> None:
    """Another file was opened: stills of the one before can't be rendered any more."""
    waiting = app().part(Waiting).orders
    capture.abandon()
    names = ", ".join(dict.fromkeys(order.shot_name for order in waiting))
    while waiting:
        _drop(waiting.popleft())
    if names:
        message = rpt_("The file was closed before the still of {shots} was rendered. Open it and animate again.")
        app().state.fail(SceneError("file_closed", message.format(shots=names)))


# --- the still ----------------------------------------------------------------------------------------------


def _still_now(order: Order) -> tuple[Order, tuple[View, ...], tuple[str, ...]]:
    """The order for the still that is taken now, its views, and remarks on it."""
    scene = _scene(order)
    still = capture.capture(
        bpy.context,
        scene,
        order.folder,
        source=order.source,
        camera=_camera(order),
        image_path=order.image,
        frame=order.frame,
    )
    return replace(order, picture=(still.width, still.height)), _views(still), still.notes


def _render_first() -> None:
    """Begin with the still of the order that waits longest. Raises SceneError."""
    order = app().part(Waiting).orders[0]
    done = partial(_on_still, order)
    capture.start_render(
        bpy.context, _scene(order), order.folder, done, camera=_camera(order), frame=order.frame, size=order.picture
    )


def _on_still(order: Order, result: Still | SceneError) -> None:
    """The render of an order's still has ended: send its jobs, and render the next."""
    waiting, state = app().part(Waiting).orders, app().state
    if order not in waiting:
        return  # its file was closed
    waiting.remove(order)
    wanted = _wanted(order)
    try:
        if isinstance(result, SceneError):
            raise result
        if wanted.takes:
            send(wanted, _views(result), result.notes)
    except SceneError as error:
        _drop(order)
        if wanted.takes:
            state.fail(error)
    while waiting:
        try:
            _render_first()
        except SceneError as error:
            _drop(waiting.popleft())
            state.fail(error)
        else:
            return


def _wanted(order: Order) -> Order:
    """The order without the takes that were cancelled meanwhile."""
    jobs = app().state.jobs
    return replace(order, takes=tuple(take for take in order.takes if take.key in jobs))


def _drop(order: Order) -> None:
    for key in order.keys:
        app().state.jobs.pop(key, None)
    app().state.changed()


def _views(still: Still) -> tuple[View, ...]:
    return (View(still.image, still.depth, still.camera),)


def _scene(order: Order) -> bpy.types.Scene:
    scene = find_scene(order.scene_uid)
    if scene is None:
        raise SceneError("no_scene", rpt_("The scene of {shot} is gone.").format(shot=order.shot_name))
    return scene


def _camera(order: Order) -> bpy.types.Object | None:
    """The order's camera; None if it had none. Raises SceneError if it was deleted."""
    if order.camera is None:
        return None
    camera = order.camera.find()
    if camera is None:
        message = rpt_("Camera '{camera}' of {shot} is gone. Pick another one for the shot.")
        raise SceneError("no_camera", message.format(camera=order.camera.name, shot=order.shot_name), "pick_camera")
    return camera
