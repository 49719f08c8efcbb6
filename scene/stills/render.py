"""Rendering the still with the scene's own engine: blocking for scripts, Blender's own job in a window."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..model.errors import SceneError
from . import files
from .borrowed import borrow, give_back, still_changes
from .camera import check_camera
from .files import Look, Still, look_of

RENDER, VIEWPORT = "RENDER", "VIEWPORT"
TICK = 0.05


@dataclass
class _Pending:
    """The render that Blender runs for us. `state`: running, complete, cancelled. `depth` is being written
    once the render is complete; its result says whether there is a depth, and anything in it."""

    scene: str
    folder: Path
    look: Look
    done: Callable[[Still | SceneError], None]
    state: str = "running"
    depth: Future[tuple[bool, bool]] | None = None


_pending: _Pending | None = None


def rendering() -> bool:
    """Whether a still is being rendered now."""
    return _pending is not None


def abandon() -> None:
    """Forget the still that is being rendered: `done` gets render_cancelled. Blender itself goes on until
    Esc."""
    if _pending is not None:
        _pending.state = "cancelled"


def check_free() -> None:
    """Raises SceneError render_busy while anything renders."""
    if _pending is not None or bpy.app.is_job_running("RENDER"):
        raise SceneError("render_busy", "Blender is rendering. Wait until it is done, or stop it with Esc.", "retry")


def render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    folder: Path,
    source: str,
    frame: float | None,
) -> Still:
    """Render the still and wait. VIEWPORT renders with Workbench. See `still.capture`."""
    check_free()
    changes = still_changes(scene, camera, frame)
    notes: tuple[str, ...] = ()
    if source == VIEWPORT:
        changes |= {"render.engine": "BLENDER_WORKBENCH", "render.use_compositing": False}
        notes = ("There is no 3D View to draw in: the still was rendered with Workbench.",)
    borrow(scene, changes)
    try:
        look = look_of(scene, camera)
        # The context's scene, for the operator gives one that it is named the frame of the context's.
        with context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
            if "CANCELLED" in bpy.ops.render.render():
                raise _cancelled()
        files.save_result(scene, folder)
    except RuntimeError as error:
        raise _failed(scene, error) from error
    finally:
        give_back(scene)
    return files.finish_with(folder, look, files.read_layers(folder), source, notes)


def start_render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    done: Callable[[Still | SceneError], None],
    *,
    camera: bpy.types.Object | None = None,
    frame: float | None = None,
) -> None:
    """Begin Blender's own non-blocking render of the still and return at once. `done` is called once, on the
    main thread from a timer, with the still or with what went wrong (code render_cancelled where the user
    stopped it).

    Raises:
        SceneError: as `still.capture`, for what is known before rendering; `render_busy` while another render
            runs; no_window.
    """
    global _pending
    camera = check_camera(scene, camera)
    check_free()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.disk_error(folder, error) from error
    window = context.window or next(iter(context.window_manager.windows), None)
    if window is None:
        raise SceneError("no_window", "There is no window to render in. Scripts use the blocking render.")
    borrow(scene, still_changes(scene, camera, frame))
    look = look_of(scene, camera)
    _pending = _Pending(scene.name, folder, look, done)
    _watch_render(True)
    try:
        with context.temp_override(window=window, scene=scene, view_layer=scene.view_layers[0]):
            bpy.ops.render.render("INVOKE_DEFAULT")
    except RuntimeError as error:
        _pending = None
        _watch_render(False)
        give_back(scene)
        raise _failed(scene, error) from error
    bpy.app.timers.register(_watch, first_interval=TICK, persistent=True)


def _watch_render(on: bool) -> None:
    for handlers, function in (
        (bpy.app.handlers.render_complete, _on_complete),
        (bpy.app.handlers.render_cancel, _on_cancel),
    ):
        if function in handlers:
            handlers.remove(function)
        if on:
            handlers.append(function)


@bpy.app.handlers.persistent
def _on_complete(scene: bpy.types.Scene, *_: Any) -> None:
    if _pending is not None and scene.name == _pending.scene and _pending.state == "running":
        _pending.state = "complete"


@bpy.app.handlers.persistent
def _on_cancel(scene: bpy.types.Scene, *_: Any) -> None:
    if _pending is not None and scene.name == _pending.scene:
        _pending.state = "cancelled"


def _watch() -> float | None:
    """The timer that waits for Blender's render, then for the depth, and hands over the still."""
    global _pending
    pending = _pending
    if pending is None:
        return None
    if bpy.app.is_job_running("RENDER") or (pending.depth is not None and not pending.depth.done()):
        return TICK
    answer = _next_step(pending)
    if answer is None:
        return TICK
    _pending = None
    pending.done(answer)
    return None


def _next_step(pending: _Pending) -> Still | SceneError | None:
    """What became of the render, or None where there is more to wait for."""
    scene = bpy.data.scenes.get(pending.scene)
    try:
        if pending.depth is not None:
            if pending.state == "cancelled":
                raise _cancelled()
            return files.finish(pending.folder, pending.look, *pending.depth.result(), RENDER)
        _watch_render(False)
        if scene is not None:
            give_back(scene)
        if pending.state == "cancelled" or scene is None:
            raise _cancelled()
        if pending.state == "running":  # it ended without a word
            raise SceneError(
                "render_failed", rpt_("Blender could not render scene '{scene}'.").format(scene=scene.name), "retry"
            )
        files.save_result(scene, pending.folder)
        worker = ThreadPoolExecutor(1, "take-one-depth")
        pending.depth = worker.submit(_write_depth, pending.folder, pending.look)
        worker.shutdown(wait=False)
    except RuntimeError as error:
        return _failed(scene, error)
    except SceneError as error:
        return error
    except OSError as error:
        return files.disk_error(pending.folder, error)
    return None


def _write_depth(folder: Path, look: Look) -> tuple[bool, bool]:
    """Runs beside Blender: nothing of bpy in here."""
    depth = files.read_layers(folder)
    if depth is None:
        return False, False
    return True, files.write_depth(folder, depth, look)


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
