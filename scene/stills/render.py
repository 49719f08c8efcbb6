"""Rendering the still with the scene's own engine: the renders that one needs, and all of them while a script waits.
In a window Blender does them as a job of its own (render_job).

Where the depth needs a render of its own (see depth_pass) that goes first, so that Blender's Render Result ends as
the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client.protocol import Camera
from ..app.app import app
from ..app.errors import SceneError
from ..model.lent import SIZE, put_frame
from . import files
from .borrow import blocks, depth_pass, mirrors, see_through
from .borrow.borrowed import borrow, give_back, still_changes
from .borrow.compositor import Composed, composed, first_layer
from .camera import picture_size
from .coverage import wider
from .coverage.margin import NONE, Margin
from .files import Depth, Framing, Still, framing_of
from .formats import png
from .known import rendered
from .known.things import with_things

RENDER, VIEWPORT = "RENDER", "VIEWPORT"
DEPTH, PICTURE = "depth", "picture"  # what there is to render
TRIES = 3
CHANGED = (
    "Its camera, frame or size was changed while the render began, by you or by a script of the file or of an add-on."
    " Try again, or switch that script off."
)


@dataclass
class Task:
    """A still that is being rendered: of which scene and camera (by their numbers in the session), at which frame,
    of which size, of which a `margin` is around the still. `here` is the scene's own frame, `left` what there is to
    render, `mirrored` whether the depth is also that of what mirrors show, `has_depth` whether layers are written,
    `framing` the camera of the last render, `as_asked` whether that was of the asked moment."""

    scene: int
    camera: int
    frame: float
    here: float
    size: tuple[int, int]
    folder: Path
    source: str
    composed: Composed
    left: list[str]
    margin: Margin = NONE
    mirrored: bool = False
    has_depth: bool = False
    notes: list[str] = field(default_factory=list)
    framing: Framing | None = None
    as_asked: bool = True


@dataclass
class Pending:
    """The task that Blender renders for us. `state`: prepared, running, complete, cancelled, undone. `depth` is being
    written once the renders are complete. `again` is how often a render may still be begun anew."""

    task: Task
    done: Callable[[Still | SceneError], None]
    state: str = "running"
    depth: Future[Depth | None] | None = None
    again: int = TRIES


class Rendering:
    """`pending` is what Blender renders for us, `running` what the render that runs is for."""

    def __init__(self) -> None:
        self.pending: Pending | None = None
        self.running: Task | None = None

    def close(self) -> None:
        """Listen for the end of renders no more."""
        _listen(False)


def state() -> Rendering:
    """What is rendered just now."""
    return app().part(Rendering)


def rendering() -> bool:
    """Whether a still is being rendered now."""
    return state().pending is not None


def abandon() -> None:
    """Forget the still that is being rendered: `done` gets render_cancelled. Blender goes on until Esc."""
    pending = state().pending
    if pending is not None:
        pending.state = "cancelled"


def undone() -> None:
    """An undo step came: it ends Blender's render wherever that is, and Blender says that it is complete."""
    pending = state().pending
    if pending is not None and pending.depth is None and pending.state != "cancelled":
        pending.state = "undone"


def check_free() -> None:
    """Raises SceneError render_busy while anything renders."""
    if state().pending is not None or bpy.app.is_job_running("RENDER"):
        raise SceneError("render_busy", "Blender is rendering. Wait until it is done, or stop it with Esc.", "retry")


def render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    folder: Path,
    source: str,
    frame: float | None,
    size: tuple[int, int] | None = None,
    margin: Margin = NONE,
) -> Still:
    """Render the still and wait. VIEWPORT renders with Workbench. See `capture.capture`."""
    check_free()
    task = task_of(scene, camera, folder, source, frame, size, margin)
    try:
        while task.left:
            try:
                begin(task, scene, camera)
                # The context's scene: one that the operator is named gets the frame of the context's.
                with context.temp_override(scene=scene):
                    if "CANCELLED" in bpy.ops.render.render():
                        raise cancelled()
                if not task.as_asked:
                    raise RuntimeError(CHANGED)
                save(task, scene, camera)
            except RuntimeError as error:
                pass_over(task, scene, error)
            finally:
                end(scene)
                if scene.frame_float != task.here:  # an engine that steps through the shutter's frames failed there
                    put_frame(scene, task.here)
            task.left.pop(0)
        return finish(task, write_depth(task))
    finally:
        clean(task)


# --- one render of a task ------------------------------------------------------------------------------------


def task_of(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    folder: Path,
    source: str,
    frame: float | None,
    size: tuple[int, int] | None = None,
    margin: Margin = NONE,
) -> Task:
    """What there is to render for a still of this camera, `frame` and `size` (None: the scene's own), of which a
    `margin` is around the still.

    Raises:
        SceneError: no_layer, where none is rendered.
    """
    if not any(layer.use for layer in scene.view_layers):
        raise SceneError(
            "no_layer",
            rpt_(
                "All view layers of scene '{scene}' are switched off: nothing would be rendered. Switch one on (View"
                " Layer properties, Use for Rendering)."
            ).format(scene=scene.name),
            "retry",
        )
    shown = first_layer(scene) if source == VIEWPORT else composed(scene)
    notes = ["There is no 3D View to draw in: the still was rendered with Workbench."] if source == VIEWPORT else []
    if not shown.in_place:
        notes.append("The compositor moves the picture, so that no depth fits it: the move is plainer.")
    engine = depth_pass.WORKBENCH if source == VIEWPORT else scene.render.engine
    mirrored = shown.in_place and engine == "CYCLES" and mirrors.has_mirror(scene)
    alone = mirrored or (shown.in_place and depth_pass.needs_pass(scene, camera, engine))
    here = scene.frame_float
    return Task(
        scene.session_uid,
        camera.session_uid,
        here if frame is None else frame,
        here,
        size or picture_size(scene),
        folder,
        source,
        shown,
        [DEPTH, PICTURE] if alone else [PICTURE],
        margin,
        mirrored,
        notes=notes,
    )


def begin(task: Task, scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    """Make the scene ready for the task's next render."""
    changes = still_changes(scene, camera, task.frame)
    if task.size != picture_size(scene):
        changes |= dict(zip(SIZE, (*task.size, 100), strict=True))
    if task.left[0] == DEPTH:
        changes |= depth_pass.pass_changes(scene, task.composed.layers, task.mirrored)
    elif task.source == VIEWPORT:
        changes |= {"render.engine": depth_pass.WORKBENCH, "render.use_compositing": False}
    if task.left[0] == PICTURE and task.composed.in_place and not task.has_depth:
        changes |= depth_pass.depth_changes(scene, task.composed.layers)
    borrow(scene, changes)
    if task.left[0] == DEPTH:
        see_through.clear_away(scene)
        if task.mirrored:
            mirrors.make_plain(scene)
    task.framing, task.as_asked = None, True
    state().running = task
    rendered.expect_wide(scene if task.margin else None)
    _listen(True)


def save(task: Task, scene: bpy.types.Scene, camera: bpy.types.Object) -> None:
    """Write the files of the render that has ended.

    Raises:
        RuntimeError: there is no Render Result, or it can't be written.
    """
    task.framing = task.framing or framing_of(scene, camera, size=task.size)
    if task.left[0] == PICTURE:
        task.framing = task.framing._replace(camera=_known(task, scene, task.framing.camera))
        files.save_picture(scene, task.folder / (files.AROUND if task.margin else files.PICTURE))
    if task.composed.in_place and not task.has_depth:
        files.save_layers(scene, task.folder)
        task.has_depth = True


def end(scene: bpy.types.Scene | None) -> None:
    """The scene as it was."""
    state().running = None
    rendered.expect_wide(None)
    _listen(False)
    see_through.restore()
    mirrors.restore()
    if scene is not None:
        give_back(scene)


def pass_over(task: Task, scene: bpy.types.Scene | None, error: RuntimeError) -> None:
    """Where only the depth failed, the picture's own has to do.

    Raises:
        SceneError: render_failed for the picture.
    """
    if task.left[0] != DEPTH:
        raise failed(scene, error) from error
    reason = str(error).removeprefix("Error: ").strip()
    task.notes.append(rpt_("The depth could not be rendered on its own: {reason}").format(reason=reason))


def _known(task: Task, scene: bpy.types.Scene, camera: Camera) -> Camera:
    """The picture's camera with what the still shows: a margin's things are none of it."""
    if not task.margin:
        return with_things(scene, camera)
    return replace(camera, things=with_things(scene, wider.inside(camera, task.margin)).things)


def write_depth(task: Task) -> Depth | None:
    """Write the depth, and cut the still out of a wider picture. Runs beside Blender: nothing of bpy in here.

    Raises:
        SceneError: render_failed, where the picture can't be cut or has not the depth's size.
        OSError: a file can't be written.
    """
    if task.margin and task.framing is not None:
        _cut_out(task, task.framing.camera)
    framing, margin, layers = task.framing, task.margin, task.composed.layers
    if not task.has_depth or framing is None:
        return None
    mirrored = files.read_mirrored(task.folder, layers, framing) if task.mirrored else None
    depth = files.read_layers(task.folder, layers)
    if depth is None:
        return None
    if margin:
        files.write_depth(task.folder, depth, framing, files.AROUND_DEPTH, mirrored)
        depth, mirrored = margin.within(depth), None if mirrored is None else margin.within(mirrored)
    return files.write_depth(task.folder, depth, _inside(framing, margin), mirrored=mirrored)


def _cut_out(task: Task, wide: Camera) -> None:
    margin = task.margin
    box = margin.left, margin.top, wide.width - margin.right, wide.height - margin.bottom
    try:
        png.cut_out(task.folder / files.AROUND, box, task.folder / files.PICTURE)
    except ValueError as error:
        (task.folder / files.AROUND).unlink(missing_ok=True)
        text = rpt_("The still could not be cut out of its wider picture: {reason}")
        raise SceneError("render_failed", text.format(reason=error), "retry") from error


def _inside(framing: Framing, margin: Margin) -> Framing:
    return framing._replace(camera=wider.inside(framing.camera, margin))


def finish(task: Task, depth: Depth | None) -> Still:
    """The still whose files are written."""
    assert task.framing is not None
    shown = _inside(task.framing, task.margin) if task.margin else task.framing
    still = files.finish(task.folder, shown, depth, task.source, tuple(task.notes))
    if not task.composed.in_place:
        return replace(still, camera=None)
    if depth is None:
        return replace(still, notes=(*still.notes, depth_pass.missing(task.composed.layers)))
    if not task.margin:
        return still
    wide, image = replace(task.framing.camera, things=()), task.folder / files.AROUND
    around = Still(image, wide.width, wide.height, task.source, task.folder / files.AROUND_DEPTH, wide)
    return replace(still, around=around)


def clean(task: Task) -> None:
    """Remove what was only written on the way, where the disk lets us."""
    for path in task.folder.glob("part_*"):
        with suppress(OSError):
            path.unlink()


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
    task = state().running
    if task is None or task.framing is not None or depsgraph.mode != "RENDER" or scene.session_uid != task.scene:
        return
    camera = blocks.of_session(bpy.data.objects, task.camera)
    if camera is not None:
        with suppress(SceneError):  # `save` says what is wrong with the camera
            task.framing = framing_of(scene, camera, depsgraph, task.size)
        task.as_asked = is_as_asked(depsgraph.scene_eval, task)


def is_as_asked(scene: bpy.types.Scene, task: Task) -> bool:
    """Whether the scene shows what the task is to render. Blender reads it a moment after its render was begun, and
    the user may be quicker."""
    camera = scene.camera.original if scene.camera is not None else None
    same_camera = camera is not None and camera.session_uid == task.camera
    return same_camera and abs(scene.frame_float - task.frame) < 1e-3 and picture_size(scene) == task.size


@bpy.app.handlers.persistent
def _on_complete(scene: bpy.types.Scene, *_: Any) -> None:
    pending = state().pending
    if pending is not None and scene.session_uid == pending.task.scene and pending.state == "running":
        pending.state = "complete"


@bpy.app.handlers.persistent
def _on_cancel(scene: bpy.types.Scene, *_: Any) -> None:
    pending = state().pending
    if pending is not None and scene.session_uid == pending.task.scene:
        pending.state = "cancelled"


def cancelled() -> SceneError:
    """What the user's Esc means."""
    return SceneError("render_cancelled", "The render of the still was cancelled.", "retry")


def failed(scene: bpy.types.Scene | None, error: Exception) -> SceneError:
    """What Blender's own error means."""
    reason = str(error).removeprefix("Error: ").strip()
    name = scene.name if scene is not None else ""
    return SceneError(
        "render_failed",
        rpt_("Blender could not render scene '{name}': {reason}").format(name=name, reason=reason),
        "retry",
    )
