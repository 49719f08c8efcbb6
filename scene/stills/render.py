"""Rendering the still with the scene's own engine: blocking for scripts, Blender's own job in a window.

Where the depth needs a render of its own (see depth_pass) that goes first, so that Blender's Render Result ends as
the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..app import timer
from ..app.app import app
from ..app.errors import SceneError
from . import files
from .borrow import blocks, depth_pass, see_through
from .borrow.borrowed import borrow, give_back, still_changes
from .borrow.compositor import Composed, composed, first_layer
from .camera import check_camera, picture_size
from .files import Depth, Framing, Still, framing_of
from .known.things import with_things

RENDER, VIEWPORT = "RENDER", "VIEWPORT"
DEPTH, PICTURE = "depth", "picture"  # what there is to render
TICK = 0.05
TRIES = 3
SIZE = ("render.resolution_x", "render.resolution_y", "render.resolution_percentage")


@dataclass
class _Task:
    """A still that is being rendered: of which scene and camera (by their numbers in the session), at which frame,
    of which size. `here` is the scene's own frame, `left` what there is to render, `has_depth` whether layers are
    written, `framing` the camera of the last render, `as_asked` whether that was of the asked moment."""

    scene: int
    camera: int
    frame: float
    here: float
    size: tuple[int, int]
    folder: Path
    source: str
    composed: Composed
    left: list[str]
    has_depth: bool = False
    notes: list[str] = field(default_factory=list)
    framing: Framing | None = None
    as_asked: bool = True


@dataclass
class _Pending:
    """The task that Blender renders for us. `state`: running, complete, cancelled. `depth` is being written once
    the renders are complete. `again` is how often a render may still be begun anew."""

    task: _Task
    done: Callable[[Still | SceneError], None]
    state: str = "running"
    depth: Future[Depth | None] | None = None
    again: int = TRIES


class Rendering:
    """`pending` is what Blender renders for us, `running` what the render that runs is for."""

    def __init__(self) -> None:
        self.pending: _Pending | None = None
        self.running: _Task | None = None

    def close(self) -> None:
        """Listen for the end of renders no more."""
        _listen(False)


def _rendering() -> Rendering:
    return app().part(Rendering)


def rendering() -> bool:
    """Whether a still is being rendered now."""
    return _rendering().pending is not None


def abandon() -> None:
    """Forget the still that is being rendered: `done` gets render_cancelled. Blender itself goes on until
    Esc."""
    pending = _rendering().pending
    if pending is not None:
        pending.state = "cancelled"


def check_free() -> None:
    """Raises SceneError render_busy while anything renders."""
    if _rendering().pending is not None or bpy.app.is_job_running("RENDER"):
        raise SceneError("render_busy", "Blender is rendering. Wait until it is done, or stop it with Esc.", "retry")


def render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    folder: Path,
    source: str,
    frame: float | None,
) -> Still:
    """Render the still and wait. VIEWPORT renders with Workbench. See `capture.capture`."""
    check_free()
    task = _task(scene, camera, folder, source, frame)
    try:
        while task.left:
            try:
                _begin(task, scene, camera)
                # The context's scene: one that the operator is named gets the frame of the context's.
                with context.temp_override(scene=scene):
                    if "CANCELLED" in bpy.ops.render.render():
                        raise _cancelled()
                _save(task, scene, camera)
            except RuntimeError as error:
                _pass_over(task, scene, error)
            finally:
                _end(scene)
                if scene.frame_float != task.here:  # an engine that steps through the shutter's frames failed there
                    scene.frame_float = task.here
            task.left.pop(0)
        return _finish(task, _write_depth(task))
    finally:
        _clean(task)


def start_render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    done: Callable[[Still | SceneError], None],
    *,
    camera: bpy.types.Object | None = None,
    frame: float | None = None,
    size: tuple[int, int] | None = None,
) -> None:
    """Begin Blender's own non-blocking render of the still and return at once. `done` is called once, on the
    main thread from a timer, with the still or with what went wrong (code render_cancelled where the user
    stopped it). `camera` and `frame` as for `capture.capture`: as they are now, whatever comes meanwhile.
    `size` in pixels, None for the scene's.

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
    pending = _Pending(_task(scene, camera, folder, RENDER, frame, size), done)
    _begin_job(context, pending, scene, camera)
    _rendering().pending = pending
    timer.every(_watch, TICK)


# --- one render of a task ------------------------------------------------------------------------------------


def _task(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    folder: Path,
    source: str,
    frame: float | None,
    size: tuple[int, int] | None = None,
) -> _Task:
    if source == VIEWPORT:
        shown = first_layer(scene)
        notes = ["There is no 3D View to draw in: the still was rendered with Workbench."]
    else:
        shown, notes = composed(scene), []
    if not shown.in_place:
        notes.append("The compositor moves the picture, so that no depth fits it: the move is plainer.")
    engine = depth_pass.WORKBENCH if source == VIEWPORT else scene.render.engine
    alone = shown.in_place and depth_pass.needs_pass(scene, camera, engine)
    here = scene.frame_float
    return _Task(
        scene.session_uid,
        camera.session_uid,
        here if frame is None else frame,
        here,
        size or picture_size(scene),
        folder,
        source,
        shown,
        [DEPTH, PICTURE] if alone else [PICTURE],
        notes=notes,
    )


def _begin(task: _Task, scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    """Make the scene ready for the task's next render."""
    changes = still_changes(scene, camera, task.frame)
    if task.size != picture_size(scene):
        changes |= dict(zip(SIZE, (*task.size, 100), strict=True))
    if task.left[0] == DEPTH:
        changes |= depth_pass.pass_changes(scene, task.composed.layers)
    elif task.source == VIEWPORT:
        changes |= {"render.engine": depth_pass.WORKBENCH, "render.use_compositing": False}
    if task.left[0] == PICTURE and task.composed.in_place and not task.has_depth:
        changes |= depth_pass.depth_changes(scene, task.composed.layers)
    borrow(scene, changes)
    if task.left[0] == DEPTH:
        see_through.clear_away(see_through.natures(scene))
    task.framing, task.as_asked = None, True
    _rendering().running = task
    _listen(True)


def _save(task: _Task, scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    """Write the files of the render that has ended.

    Raises:
        RuntimeError: there is no Render Result, or it can't be written.
    """
    task.framing = task.framing or framing_of(scene, camera, size=task.size)
    if task.left[0] == PICTURE:
        task.framing = task.framing._replace(camera=with_things(scene, task.framing.camera))
        files.save_picture(scene, task.folder / files.PICTURE)
    if task.composed.in_place and not task.has_depth:
        files.save_layers(scene, task.folder)
        task.has_depth = True


def _end(scene: bpy.types.Scene | None) -> None:
    """The scene as it was."""
    _rendering().running = None
    _listen(False)
    see_through.restore()
    if scene is not None:
        give_back(scene)


def _pass_over(task: _Task, scene: bpy.types.Scene | None, error: RuntimeError) -> None:
    """Where only the depth failed, the picture's own has to do.

    Raises:
        SceneError: render_failed for the picture.
    """
    if task.left[0] != DEPTH:
        raise _failed(scene, error) from error
    reason = str(error).removeprefix("Error: ").strip()
    task.notes.append(rpt_("The depth could not be rendered on its own: {reason}").format(reason=reason))


def _write_depth(task: _Task) -> Depth | None:
    """Runs beside Blender: nothing of bpy in here."""
    depth = files.read_layers(task.folder, task.composed.layers) if task.has_depth else None
    return files.write_depth(task.folder, depth, task.framing) if depth is not None and task.framing else None


def _finish(task: _Task, depth: Depth | None) -> Still:
    assert task.framing is not None
    still = files.finish(task.folder, task.framing, depth, task.source, tuple(task.notes))
    return still if task.composed.in_place else replace(still, camera=None)


def _clean(task: _Task) -> None:
    for path in task.folder.glob("part_*"):
        path.unlink(missing_ok=True)


def _listen(on: bool) -> None:
    handlers = bpy.app.handlers
    for events, function in (
        (handlers.frame_change_post, _on_frame),
        (handlers.render_complete, _on_complete),
        (handlers.render_cancel, _on_cancel),
    ):
        if function in events:
            events.remove(function)
        if on:
            events.append(function)


@bpy.app.handlers.persistent
def _on_frame(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, *_: Any) -> None:
    """The render begins: what its camera is. The steps through the shutter that follow don't count."""
    task = _rendering().running
    if task is None or task.framing is not None or depsgraph.mode != "RENDER" or scene.session_uid != task.scene:
        return
    camera = blocks.of_session(bpy.data.objects, task.camera)
    if camera is not None:
        task.framing = framing_of(scene, camera, depsgraph, task.size)
        task.as_asked = _is_as_asked(depsgraph.scene_eval, task)


def _is_as_asked(scene: bpy.types.Scene, task: _Task) -> bool:
    """Blender reads the scene a moment after its render was begun, and the user may be quicker."""
    camera = scene.camera.original if scene.camera is not None else None
    same_camera = camera is not None and camera.session_uid == task.camera
    return same_camera and abs(scene.frame_float - task.frame) < 1e-3 and picture_size(scene) == task.size


@bpy.app.handlers.persistent
def _on_complete(scene: bpy.types.Scene, *_: Any) -> None:
    pending = _rendering().pending
    if pending is not None and scene.session_uid == pending.task.scene and pending.state == "running":
        pending.state = "complete"


@bpy.app.handlers.persistent
def _on_cancel(scene: bpy.types.Scene, *_: Any) -> None:
    pending = _rendering().pending
    if pending is not None and scene.session_uid == pending.task.scene:
        pending.state = "cancelled"


# --- beside Blender ------------------------------------------------------------------------------------------


def _begin_job(context: bpy.types.Context, pending: _Pending, scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    """Start Blender's own job for the task's next render.

    Raises:
        SceneError: no_window, render_failed.
    """
    window = context.window or next(iter(context.window_manager.windows), None)
    if window is None:
        raise SceneError("no_window", "There is no window to render in. Scripts use the blocking render.")
    pending.state = "running"
    try:
        _begin(pending.task, scene, camera)
        # One after the other: a window brings its own scene, and wins where both are named at once.
        with context.temp_override(window=window), context.temp_override(scene=scene), _no_window(context):
            bpy.ops.render.render("INVOKE_DEFAULT")
    except RuntimeError as error:
        _end(scene)
        raise _failed(scene, error) from error


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
    pending = _rendering().pending
    if pending is None:
        return None
    if bpy.app.is_job_running("RENDER") or (pending.depth is not None and not pending.depth.done()):
        return TICK
    try:
        still = _next_step(pending)
        if still is None:
            return TICK
        answer: Still | SceneError = still
    except SceneError as error:
        answer = error
    except OSError as error:
        answer = files.disk_error(pending.task.folder, error)
    _clean(pending.task)
    _rendering().pending = None
    pending.done(answer)
    return None


def _next_step(pending: _Pending) -> Still | None:
    """What became of the render: the still, or None where there is more to wait for."""
    task = pending.task
    if pending.depth is not None:
        if pending.state == "cancelled":
            raise _cancelled()
        return _finish(task, pending.depth.result())
    scene = blocks.of_session(bpy.data.scenes, task.scene)
    camera = blocks.of_session(bpy.data.objects, task.camera)
    try:
        if pending.state == "running":  # it ended without a word
            raise RuntimeError("Blender gave no picture.")
        if pending.state == "cancelled" or scene is None or camera is None:
            raise _cancelled()
        if task.as_asked:
            _save(task, scene, camera)
        elif pending.again == 0:
            raise RuntimeError("The scene was changed while the render began.")
    except RuntimeError as error:
        _pass_over(task, scene, error)
    finally:
        _end(scene)
        if pending.state != "complete" and scene is not None and abs(scene.frame_float - task.here) <= 1:
            scene.frame_float = task.here  # Cycles steps through the shutter's frames, and was stopped there
    if not task.as_asked and pending.again > 0:
        pending.again -= 1
    else:
        task.left.pop(0)
    if task.left:
        _begin_job(bpy.context, pending, scene, camera)
        return None
    worker = ThreadPoolExecutor(1, "take-one-depth")
    pending.depth = worker.submit(_write_depth, task)
    worker.shutdown(wait=False)
    return None


def _cancelled() -> SceneError:
    return SceneError("render_cancelled", "The render of the still was cancelled.", "retry")


def _failed(scene: bpy.types.Scene | None, error: Exception) -> SceneError:
    reason = str(error).removeprefix("Error: ").strip()
    name = scene.name if scene is not None else ""
    return SceneError(
        "render_failed",
        rpt_("Blender could not render scene '{name}': {reason}").format(name=name, reason=reason),
        "retry",
    )
