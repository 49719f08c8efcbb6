"""From an order to its jobs: take the still, send the requests, follow them until their takes have landed.

A job's key becomes the uid of its take. A job is bound to file, scene, shot and take by ids, so that undo, redo,
renames, file load and a restart of Blender do not lose it.
"""

from __future__ import annotations

import inspect
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client import events
from ..app import timer
from ..app.app import app
from ..app.errors import SceneError
from ..app.state import RENDERING, UNCERTAIN, Job
from ..model.shots.shot_list import find_shot, find_take
from ..stills import capture
from ..stills.borrow import second_camera
from ..stills.capture import Still
from ..stills.coverage import steps
from . import pump
from .press import quotes, together
from .press.order import Order
from .press.sending import send
from .server.connection import session
from .views import shoot
from .views.ahead import Wait

HOPELESS = {events.OFF, events.FAILED, events.MISSING, events.OUTDATED}  # the backend needs the user


class Waiting:
    """Orders whose views are taken, the first of them now, by `steps`. `ready` is what was taken at the press, by the
    key of the order and then as `shoot.shoot` wants it."""

    def __init__(self) -> None:
        self.orders: deque[Order] = deque()
        self.ready: dict[str, dict[str, shoot.Shots]] = {}
        self.steps: shoot.Shoot | None = None


def start(order: Order) -> list[str]:
    """Make the takes of an order without waiting: the still first (a render is Blender's own, non-blocking), then one
    job a take. Returns the jobs' keys. If a still is being rendered already, this one's turn comes after it.

    Raises:
        SceneError: for what is wrong before anything began. What goes wrong later is kept in State.last_error.
    """
    if all(one.source != capture.RENDER for one in (order, *order.following)):
        return _send(_views_now(order))
    state, waiting = app().state, app().part(Waiting).orders
    if seen := _seen_now(order):
        app().part(Waiting).ready[order.keys[0]] = seen
    for take in order.takes:
        state.jobs[take.key] = Job(take.key, together.binding(order, take), RENDERING)
    state.changed()
    waiting.append(order)
    if len(waiting) == 1:
        try:
            _shoot_first()
        except Exception:
            _drop(waiting.popleft())
            raise
    return order.keys


def run_blocking(order: Order, timeout: float = 3600.0) -> list[Any]:
    """The same for scripts and background mode: returns the landed takes (TAKEONE_PG_take).

    Raises:
        SceneError: for whatever went wrong; `timeout` when it lasted longer than `timeout` seconds.
    """
    wait(_send(_views_now(order)), timeout)
    rows = ((find_shot(one.shot_uid, one.scene_uid), one.keys) for one in (order, *order.following))
    return [find_take(shot, key) for shot, keys in rows if shot for key in keys]


def wait(keys: list[str], timeout: float = 3600.0) -> None:
    """Handle events until these jobs have landed. For scripts and background mode, where no timer runs.

    Raises:
        SceneError: the first job's that failed, once all have ended; timeout; as pump.check_home.
    """
    ends = time.monotonic() + timeout
    failed: SceneError | None = None
    waiting = pump.take_waiting()
    while left := [job for key, job in app().state.jobs.items() if key in keys and job.status != UNCERTAIN]:
        pump.check_home(left)
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


def learn_engines(timeout: float = 60.0) -> None:
    """Handle events until the backend has said what its engines can do. For scripts."""
    ends = time.monotonic() + timeout
    while not app().state.engines and time.monotonic() < ends:
        _check_backend()
        event = session().next_event(0.2)
        if event is not None:
            pump.handle(event)


def learn_spending(wishes: Iterable[quotes.Wish], timeout: float = 15.0) -> None:
    """Ask what these cost and what was spent so far, and handle events until that is known. For scripts."""
    asked = {wish.mark: wish for wish in wishes if wish.counts}
    marks, ends = [quotes.ask(wish) for wish in asked.values()], time.monotonic() + timeout
    while any(map(quotes.is_asked, marks)) and time.monotonic() < ends:
        event = session().next_event(0.2)
        if event is not None:
            pump.handle(event)


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
        if order != waiting[0]:
            waiting.remove(order)
            app().part(Waiting).ready.pop(order.keys[0], None)
        elif not _is_under_way():
            _drop(waiting.popleft())
            _begin_next()
        elif capture.rendering():
            capture.abandon()  # else it is planned, and the timer sees that nobody wants it


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
    app().part(Waiting).steps = None
    if names:
        message = rpt_("The file was closed before the still of {shots} was rendered. Open it and animate again.")
        app().state.fail(SceneError("file_closed", message.format(shots=names)))


# --- the views ----------------------------------------------------------------------------------------------


def _send(found: shoot.Shots) -> list[str]:
    """Send the jobs of an order whose views are there. Raises SceneError."""
    if not found.following:
        return send(found.order, found.views, found.notes)
    return together.send([(one.order, one.views, one.notes) for one in (found, *found.following)])


def _views_now(order: Order) -> shoot.Shots:
    """The order for the views that are taken now, its views, and remarks on them."""
    return _all_now(shoot.shoot(order, _seen_now(order)))


def _seen_now(order: Order) -> dict[str, shoot.Shots]:
    """The stills of an order's row that are what is seen now, and not rendered: before a render changes that."""
    row = (order, *order.following)
    return {one.keys[0]: _all_now(shoot.shoot_one(one)) for one in row if one.source != capture.RENDER}


def _all_now(steps: shoot.Shoot) -> shoot.Shots:
    """What the steps come to, all done now."""
    answer: Still | SceneError | None = None
    while True:
        try:
            wish = steps.send(answer)
        except StopIteration as end:
            found: shoot.Shots = end.value
            return found
        answer = _still_now(wish) if isinstance(wish, shoot.Ask) else None
        if isinstance(wish, Wait):
            time.sleep(wish.seconds)


def _still_now(wish: shoot.Ask) -> Still | SceneError:
    order = wish.order
    scene = shoot.scene_of(order)
    try:
        with _seen_through(wish) as camera:
            return capture.capture(
                bpy.context,
                scene,
                wish.folder,
                source=order.source,
                camera=camera,
                image_path=order.image,
                frame=order.frame,
                size=wish.size,
                margin=wish.margin,
            )
    except SceneError as error:
        return error


@contextmanager
def _seen_through(wish: shoot.Ask) -> Iterator[bpy.types.Object | None]:
    """The camera of a wanted still: the order's, or one of ours that goes again."""
    camera = shoot.camera_of(wish.order)
    try:
        yield second_camera.make(camera, wish.pose) if wish.pose is not None and camera is not None else camera
    finally:
        second_camera.remove_all()


def _shoot_first() -> None:
    """Begin with the views of the order that waits longest. Raises SceneError."""
    part = app().part(Waiting)
    order = part.orders[0]
    part.steps = shoot.shoot(order, part.ready.pop(order.keys[0], {}))
    _go_on(order, None)


def _is_under_way() -> bool:
    """Whether the first order's views have steps left."""
    steps_ = app().part(Waiting).steps
    return steps_ is not None and inspect.getgeneratorstate(steps_) != inspect.GEN_CLOSED


def _go_on(order: Order, answer: Still | SceneError | None) -> None:
    """The next that the order's views need: a still is begun, or the timer plans on. Raises SceneError for what keeps
    the still from being begun."""
    part = app().part(Waiting)
    assert part.steps is not None
    try:
        wish = part.steps.send(answer)
    except StopIteration as end:
        _finished(order, end.value)
        return
    if isinstance(wish, shoot.Ask):
        _begin_still(order, wish)
    else:
        timer.every(partial(_plan_on, order), steps.PAUSE)


def _plan_on(order: Order) -> float | None:
    """The timer's round of planning."""
    part = app().part(Waiting)
    if not part.orders or part.orders[0] is not order or part.steps is None:
        return None
    if not _wanted(order).takes:
        part.orders.popleft()
        _begin_next()
        return None
    ends = time.perf_counter() + steps.BUDGET
    try:
        while time.perf_counter() < ends:
            wish = part.steps.send(None)
            if isinstance(wish, shoot.Ask):
                _begin_still(order, wish)
                return None
            if isinstance(wish, Wait):
                break
    except StopIteration as end:
        _finished(order, end.value)
        return None
    except Exception as error:  # noqa: BLE001 - ends this order, and says so: the next one goes on
        _failed(order, error)
        return None
    return steps.PAUSE


def _begin_still(order: Order, wish: shoot.Ask) -> None:
    """Begin a render. What goes wrong is raised where it is the order's first still, and the answer elsewhere."""
    camera = shoot.camera_of(wish.order)
    if wish.pose is not None and camera is not None:
        camera = second_camera.make(camera, wish.pose)
    try:
        capture.start_render(
            bpy.context,
            shoot.scene_of(wish.order),
            wish.folder,
            partial(_on_still, order, wish),
            camera=camera,
            frame=wish.order.frame,
            size=wish.size or wish.order.picture,
            margin=wish.margin,
        )
    except SceneError as error:
        second_camera.remove_all()
        if wish.pose is None:
            raise
        timer.every(partial(_on_still, order, wish, error))


def _on_still(order: Order, wish: shoot.Ask, result: Still | SceneError) -> None:
    """The render of one of the order's stills has ended. One that an undo step ended begins anew."""
    part = app().part(Waiting)
    second_camera.remove_all()
    if order not in part.orders:
        return  # its file was closed
    if not _wanted(order).takes:
        part.orders.remove(order)
        _begin_next()
        return
    try:
        if isinstance(result, SceneError) and result.code == capture.UNDONE:
            _begin_still(order, wish)
        else:
            _go_on(order, result)
    except Exception as error:  # noqa: BLE001 - ends this order, and says so
        _failed(order, error)


def _finished(order: Order, found: shoot.Shots) -> None:
    """All views are there: send the order's jobs, and begin with the next."""
    app().part(Waiting).orders.remove(order)
    wanted = _wanted(order)
    try:
        if wanted.takes:
            _send(replace(found, order=replace(found.order, takes=wanted.takes)))
    except Exception as error:  # noqa: BLE001 - ends this order, and says so
        _drop(order)
        app().state.fail(timer.problem(error, "the views of an order"))
    _begin_next()


def _failed(order: Order, error: Exception) -> None:
    """The order ends here, whatever went wrong, and the next one begins."""
    wanted = _wanted(order)
    second_camera.remove_all()
    if order in app().part(Waiting).orders:
        app().part(Waiting).orders.remove(order)
    _drop(order)
    if wanted.takes:
        app().state.fail(timer.problem(error, "the views of an order"))
    _begin_next()


def _begin_next() -> None:
    part, state = app().part(Waiting), app().state
    part.steps = None
    while part.orders:
        try:
            _shoot_first()
        except Exception as error:  # noqa: BLE001 - ends this order, and says so
            _drop(part.orders.popleft())
            state.fail(timer.problem(error, "the views of an order"))
        else:
            return


def _wanted(order: Order) -> Order:
    """The order without the takes that were cancelled meanwhile."""
    jobs = app().state.jobs
    return replace(order, takes=tuple(take for take in order.takes if take.key in jobs))


def _drop(order: Order) -> None:
    app().part(Waiting).ready.pop(order.keys[0], None)
    for key in order.keys:
        app().state.jobs.pop(key, None)
    app().state.changed()
