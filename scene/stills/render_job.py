"""Stills that Blender renders as a job of its own, while the user works on: begun, watched, handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import bpy

from ..app import timer
from ..app.errors import SceneError
from ..model.lent import put_frame
from . import files
from .borrow import blocks
from .borrow.borrowed import give_back_in_copies
from .camera import check_camera
from .coverage.margin import NONE, Margin
from .files import Still
from .render import (
    CHANGED,
    RENDER,
    Pending,
    begin,
    cancelled,
    check_free,
    clean,
    end,
    failed,
    finish,
    is_as_asked,
    pass_over,
    save,
    state,
    task_of,
    write_depth,
)

UNDONE = "render_undone"  # the code of what may be rendered anew
TICK = 0.05
DRAWN = 0.01  # seconds, in which Blender draws what was changed for the render


def start_render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    done: Callable[[Still | SceneError], None],
    *,
    camera: bpy.types.Object | None = None,
    frame: float | None = None,
    size: tuple[int, int] | None = None,
    margin: Margin = NONE,
) -> None:
    """Begin Blender's own non-blocking render of the still and return at once. `done` is called once, on the
    main thread from a timer, with the still or with what went wrong (code render_cancelled where the user
    stopped it, render_undone where an undo step did). `camera` and `frame` as for `capture.capture`: as they are
    now, whatever comes meanwhile.
    `size` in pixels, None for the scene's; of which a `margin` is around the still.

    Raises:
        SceneError: as `capture.capture`, for what is known before rendering; `render_busy` while another render
            runs; no_window.
    """
    camera = check_camera(scene, camera)
    check_free()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.disk_error(folder, error) from error
    pending = Pending(task_of(scene, camera, folder, RENDER, frame, size, margin), done)
    _window(context)
    _stop_playback(context)
    _prepare(pending, scene, camera)
    state().pending = pending
    timer.every(_watch, DRAWN)


def _prepare(pending: Pending, scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    """Make the scene ready for the task's next render. The timer begins it (`_begin_job`) once Blender has drawn what
    that changed: EEVEE and Workbench lock all 3D Views until they are done, and one that is to be drawn anew would hold
    the whole window for as long.

    Raises:
        SceneError: render_failed.
    """
    pending.state = "prepared"
    try:
        begin(pending.task, scene, camera)
    except RuntimeError as error:
        end(scene)
        raise failed(scene, error) from error


def _begin_job(context: bpy.types.Context, pending: Pending) -> None:
    """Start Blender's own job for the task's next render.

    Raises:
        SceneError: no_window, render_failed, render_cancelled.
    """
    task = pending.task
    scene = blocks.of_session(bpy.data.scenes, task.scene)
    camera = blocks.of_session(bpy.data.objects, task.camera)
    try:
        if scene is None or camera is None:
            raise _gone(scene)
        window = _window(context)
        if not is_as_asked(scene, task):  # the user moved on while Blender drew
            end(scene)
            begin(task, scene, camera)
        pending.state, task.framing, task.as_asked = "running", None, True
        # One after the other: a window brings its own scene, and wins where both are named at once.
        with context.temp_override(window=window), context.temp_override(scene=scene), _no_window(context):
            bpy.ops.render.render("INVOKE_DEFAULT")
    except RuntimeError as error:
        end(scene)
        raise failed(scene, error) from error
    except SceneError:
        end(scene)
        raise


def _stop_playback(context: bpy.types.Context) -> None:
    """A render stops it anyhow, but only once the frame is another."""
    for window in context.window_manager.windows:
        if window.screen.is_animation_playing:
            with context.temp_override(window=window):
                bpy.ops.screen.animation_cancel(restore_frame=False)


def _window(context: bpy.types.Context) -> bpy.types.Window:
    """Raises SceneError no_window."""
    window = context.window or next(iter(context.window_manager.windows), None)
    if window is None:
        raise SceneError("no_window", "There is no window to render in. Scripts use the blocking render.")
    return window


@contextmanager
def _no_window(context: bpy.types.Context) -> Iterator[None]:
    """Blender opens no window for the render that begins: the still comes to the card by itself."""
    view = context.preferences.view
    before = view.render_display_type
    view.render_display_type = "NONE"
    try:
        yield
    finally:
        view.render_display_type = before


def _watch() -> float | None:
    """The timer that waits for Blender's renders, then for the depth, and hands over the still."""
    pending = state().pending
    if pending is None:
        return None
    if bpy.app.is_job_running("RENDER") or (pending.depth is not None and not pending.depth.done()):
        return TICK
    try:
        if pending.state == "prepared":
            _begin_job(bpy.context, pending)
            return TICK
        still = _next_step(pending)
        if still is None:
            return DRAWN if pending.state == "prepared" else TICK
        answer: Still | SceneError = still
    except OSError as error:
        answer = files.disk_error(pending.task.folder, error)
    except Exception as error:  # noqa: BLE001 - ends this still, and says so
        answer = timer.problem(error, "a still that renders")
    state().pending = None  # whatever else fails, this is over
    try:
        scene = blocks.of_session(bpy.data.scenes, pending.task.scene)
        end(scene)
        give_back_in_copies(scene)
        clean(pending.task)
    finally:
        pending.done(answer)
    return None


def _next_step(pending: Pending) -> Still | None:
    """What became of the render: the still, or None where there is more to wait for."""
    task = pending.task
    if pending.depth is not None:
        if pending.state == "cancelled":
            raise cancelled()
        return finish(task, pending.depth.result())
    scene = blocks.of_session(bpy.data.scenes, task.scene)
    camera = blocks.of_session(bpy.data.objects, task.camera)
    try:
        if pending.state == "running":  # it ended without a word
            raise RuntimeError("Blender gave no picture.")
        if pending.state == "undone":
            raise SceneError(UNDONE, "An undo step ended the render of the still.", "retry")
        if scene is None or camera is None:
            raise _gone(scene)
        if pending.state == "cancelled":
            raise cancelled()
        if task.as_asked:
            save(task, scene, camera)
        elif pending.again == 0:
            raise RuntimeError(CHANGED)
    except RuntimeError as error:
        pass_over(task, scene, error)
    finally:
        end(scene)
        if pending.state != "complete" and scene is not None and abs(scene.frame_float - task.here) <= 1:
            put_frame(scene, task.here)  # Cycles steps through the shutter's frames, and was stopped there
    if not task.as_asked and pending.again > 0:
        pending.again -= 1
    else:
        task.left.pop(0)
    if task.left:
        _prepare(pending, scene, camera)
        return None
    worker = ThreadPoolExecutor(1, "take-one-depth")
    pending.depth = worker.submit(write_depth, task)
    worker.shutdown(wait=False)
    return None


def _gone(scene: bpy.types.Scene | None) -> SceneError:
    """What was deleted while its still was rendered, or its camera."""
    if scene is None:
        return SceneError("no_scene", "The scene was deleted while its still was rendered.")
    message = "The camera was deleted while its still was rendered. Pick another one for the shot."
    return SceneError("no_camera", message, "pick_camera")
