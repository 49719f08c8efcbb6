"""The still: the picture that a clip starts from, its depth in metres and its camera."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import numpy as np

from . import exr, playhead, viewport
from .camera import camera_json, check_camera, metres_per_unit
from .errors import SceneError
from .render_settings import borrow, give_back, image_settings, still_changes

RENDER, VIEWPORT, RESULT, IMAGE, PLAYHEAD = "RENDER", "VIEWPORT", "RESULT", "IMAGE", "PLAYHEAD"
AS_THEY_ARE = {".png", ".jpg", ".jpeg", ".webp"}
TICK = 0.05


@dataclass(frozen=True)
class Still:
    """`image` is a PNG (or the user's own PNG, JPEG or WebP, copied). `depth` is an EXR (channel V, planar metres) and
    `camera` the dict of camera.json; both None where the source has none. `notes` are remarks for the user."""

    image: Path
    width: int
    height: int
    source: str
    depth: Path | None = None
    camera: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()


def capture(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    *,
    source: str = RENDER,
    camera: bpy.types.Object | None = None,
    image_path: Path | None = None,
) -> Still:
    """Take the still and wait for it. Files are written into `folder` (still.png, depth.exr, camera.json).

    `camera` None is the scene's active camera. Nothing of the scene is changed afterwards, whatever happens. The scene's
    render region, burnt-in text, stereo and sequencer do not count: the still is the camera's whole picture. Film that is
    transparent becomes black.

    Raises:
        SceneError: no_camera, panoramic_camera, nothing_visible, render_failed, render_cancelled, render_busy,
            no_result, no_image, no_frame, disk.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _capture(context, scene, folder, source, camera, image_path)
    except OSError as error:
        raise _disk(folder, error) from error


def _capture(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    source: str,
    camera: bpy.types.Object | None,
    image_path: Path | None,
) -> Still:
    if source == IMAGE:
        return _from_file(image_path, folder)
    if source == PLAYHEAD:
        image = folder / "still.png"
        width, height = playhead.save_frame(context, scene, image)
        return Still(image, width, height, PLAYHEAD)
    if source == RESULT:
        return _from_result(scene, camera, folder)
    camera = check_camera(scene, camera)
    if source == VIEWPORT and (view := viewport.find_view(context, scene)):
        look = _look(scene, camera)
        depth = viewport.save_picture(view, scene, camera, folder / "still.png")
        return _finish(folder, look, depth, VIEWPORT)
    return _render(scene, camera, folder, source)


def start_render(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    done: Callable[[Still | SceneError], None],
    *,
    camera: bpy.types.Object | None = None,
) -> None:
    """Begin Blender's own non-blocking render of the still and return at once. `done` is called once, on the main
    thread from a timer, with the still or with what went wrong (code render_cancelled where the user stopped it).

    Raises:
        SceneError: as `capture`, for what is known before rendering; `render_busy` while another render runs.
    """
    global _pending
    camera = check_camera(scene, camera)
    _check_free()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _disk(folder, error) from error
    window = context.window or next(iter(context.window_manager.windows), None)
    if window is None:
        raise SceneError("no_window", "There is no window to render in. Use the blocking render in scripts.")
    look = _look(scene, camera)
    borrow(scene, still_changes(scene, camera))
    _pending = _Pending(scene.name, folder, look, done)
    _watch_render(True)
    try:
        with context.temp_override(window=window):
            bpy.ops.render.render("INVOKE_DEFAULT", scene=scene.name)
    except RuntimeError as error:
        _pending = None
        _watch_render(False)
        give_back(scene)
        raise _render_failed(scene, error) from error
    bpy.app.timers.register(_watch, first_interval=TICK, persistent=True)


def abandon() -> None:
    """Forget the still that is being rendered: `done` gets render_cancelled. Blender itself goes on until Esc."""
    if _pending is not None:
        _pending.state = "cancelled"


def rendering() -> bool:
    """Whether a still is being rendered now."""
    return _pending is not None


# --- render ------------------------------------------------------------------------------------------------


class _Look(NamedTuple):
    """What the camera was when the picture was taken: camera.json, its far clip in Blender units, metres a unit."""

    camera: dict[str, Any]
    far: float
    unit: float


@dataclass
class _Pending:
    """The render that Blender runs for us. `state`: running, complete, cancelled."""

    scene: str
    folder: Path
    look: _Look
    done: Callable[[Still | SceneError], None]
    state: str = "running"
    started: bool = False


_pending: _Pending | None = None


def _look(scene: bpy.types.Scene, camera: bpy.types.Object) -> _Look:
    return _Look(camera_json(scene, camera), camera.data.clip_end, metres_per_unit(scene))


def _render(scene: bpy.types.Scene, camera: bpy.types.Object, folder: Path, source: str) -> Still:
    _check_free()
    changes = still_changes(scene, camera)
    notes: tuple[str, ...] = ()
    if source == VIEWPORT:
        changes |= {"render.engine": "BLENDER_WORKBENCH", "render.use_compositing": False}
        notes = ("There is no 3D View to draw in: the still was rendered with Workbench.",)
    borrow(scene, changes)
    try:
        look = _look(scene, camera)
        if "CANCELLED" in bpy.ops.render.render(scene=scene.name):
            raise SceneError("render_cancelled", "The render of the still was cancelled.", "retry")
        depth = _save_result(scene, folder)
    except RuntimeError as error:
        raise _render_failed(scene, error) from error
    finally:
        give_back(scene)
    return _finish(folder, look, depth, source, notes)


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
    """The timer that waits for Blender's render, then finishes the still."""
    global _pending
    pending = _pending
    if pending is None:
        return None
    if bpy.app.is_job_running("RENDER"):
        pending.started = True
        return TICK
    _pending = None
    _watch_render(False)
    scene = bpy.data.scenes.get(pending.scene)
    if scene is not None:
        give_back(scene)
    pending.done(_result_of(pending, scene))
    return None


def _result_of(pending: _Pending, scene: bpy.types.Scene | None) -> Still | SceneError:
    if pending.state == "cancelled" or scene is None:
        return SceneError("render_cancelled", "The render of the still was cancelled.", "retry")
    if pending.state == "running":
        return SceneError("render_failed", f"Blender could not render scene '{scene.name}'.", "retry")
    try:
        return _finish(pending.folder, pending.look, _save_result(scene, pending.folder), RENDER)
    except RuntimeError as error:
        return _render_failed(scene, error)
    except SceneError as error:
        return error
    except OSError as error:
        return _disk(pending.folder, error)


def _save_result(scene: bpy.types.Scene, folder: Path) -> np.ndarray | None:
    """Write the Render Result as still.png, as the user sees it, and return its depth in Blender units.

    Raises:
        RuntimeError: Blender could not write it.
    """
    result = next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)
    if result is None:
        raise RuntimeError("There is no Render Result.")
    layers = folder / "part_layers.exr"
    try:
        with image_settings(
            scene, media_type="IMAGE", file_format="PNG", color_mode="RGB", color_depth="8",
            color_management="FOLLOW_SCENE",
        ):
            _save_aside(result, folder / "still.png", scene)
        with image_settings(
            scene, media_type="MULTI_LAYER_IMAGE", file_format="OPEN_EXR_MULTILAYER", color_depth="32",
            exr_codec="NONE", use_exr_interleave=True, use_preview=False,
        ):
            result.save_render(str(layers), scene=scene)
        return exr.read_depth(layers)
    finally:
        layers.unlink(missing_ok=True)


def _save_aside(image: bpy.types.Image, path: Path, scene: bpy.types.Scene) -> None:
    aside = path.with_name("part_" + path.name)
    image.save_render(str(aside), scene=scene)
    aside.replace(path)


def _finish(
    folder: Path, look: _Look, depth: np.ndarray | None, source: str, notes: tuple[str, ...] = ()
) -> Still:
    """Check the picture, and write depth and camera beside it. `depth` is in Blender units."""
    width, height = look.camera["width"], look.camera["height"]
    still = Still(folder / "still.png", width, height, source, camera=look.camera, notes=notes)
    (folder / "camera.json").write_text(json.dumps(look.camera))
    if depth is None:
        return still
    if depth.shape != (height, width):
        raise SceneError(
            "render_failed", f"The render is {depth.shape[1]}x{depth.shape[0]} pixels, not {width}x{height}.", "retry"
        )
    # EEVEE of Blender 4.5 writes the far clip where there is nothing, the others 1e10.
    nothing = ~np.isfinite(depth) | (depth >= look.far * (1 - 1e-4))
    if nothing.all() and _is_flat(still.image):
        raise SceneError(
            "nothing_visible",
            "The camera sees nothing: the picture is one flat colour. Aim it at something, or pick another camera.",
            "pick_camera",
        )
    exr.write_depth(folder / "depth.exr", np.where(nothing, exr.BACKGROUND, depth * look.unit))
    return replace(still, depth=folder / "depth.exr")


def _render_failed(scene: bpy.types.Scene, error: Exception) -> SceneError:
    reason = str(error).removeprefix("Error: ").strip()
    return SceneError("render_failed", f"Blender could not render scene '{scene.name}': {reason}", "retry")


def _check_free() -> None:
    if _pending is not None or bpy.app.is_job_running("RENDER"):
        raise SceneError(
            "render_busy", "Blender is rendering. Wait until it is done, or stop it with Esc.", "retry"
        )


# --- pictures that are there already -------------------------------------------------------------------------


def _from_result(scene: bpy.types.Scene, camera: bpy.types.Object | None, folder: Path) -> Still:
    """The Render Result. It has depth and camera where its size and the camera of now fit, and it has a depth pass."""
    _check_free()
    try:
        depth = _save_result(scene, folder)
    except RuntimeError as error:
        raise SceneError(
            "no_result", f"Scene '{scene.name}' has no Render Result yet. Render it (F12), or choose another still.", "retry"
        ) from error
    width, height = _image_size(folder / "still.png")
    plain = Still(
        folder / "still.png", width, height, RESULT,
        notes=("The Render Result has no depth pass: the camera move is plainer. Switch on Z in the view layer's passes.",),
    )
    if depth is None or depth.shape != (height, width):
        return plain
    try:
        look = _look(scene, check_camera(scene, camera))
    except SceneError:
        return plain
    if (look.camera["width"], look.camera["height"]) != (width, height):
        return plain
    return _finish(folder, look, depth, RESULT)


def _from_file(path: Path | None, folder: Path) -> Still:
    if path is None or not path.is_file():
        raise SceneError("no_image", f"There is no image file '{path or ''}'. Choose one for the still.", "retry")
    note = ("An image file has no depth: the camera move is plainer.",)
    if path.suffix.lower() in AS_THEY_ARE:
        image = folder / ("still" + path.suffix.lower())
        width, height = _image_size(path)
        shutil.copyfile(path, image)
        return Still(image, width, height, IMAGE, notes=note)
    image = folder / "still.png"
    width, height = _image_size(path, convert_to=image)
    return Still(image, width, height, IMAGE, notes=note)


def _image_size(path: Path, convert_to: Path | None = None) -> tuple[int, int]:
    """Width and height of an image file, which may be written as a PNG on the way."""
    try:
        image = bpy.data.images.load(str(path), check_existing=False)
    except RuntimeError as error:
        raise SceneError("no_image", f"'{path.name}' could not be opened as an image.", "retry") from error
    try:
        width, height = image.size
        if not width or not height:
            raise SceneError("no_image", f"'{path.name}' could not be opened as an image.", "retry")
        if convert_to is not None:
            with playhead.plain_scene(width, height) as scene:
                _save_aside(image, convert_to, scene)
        return int(width), int(height)
    finally:
        bpy.data.images.remove(image)


def _is_flat(path: Path) -> bool:
    """Whether a picture is one colour, the dither of its file aside."""
    image = bpy.data.images.load(str(path), check_existing=False)
    try:
        pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
        image.pixels.foreach_get(pixels)
        pixels = pixels.reshape(-1, image.channels)
        return bool(np.ptp(pixels, axis=0).max() < 0.02)
    finally:
        bpy.data.images.remove(image)


def _disk(folder: Path, error: OSError) -> SceneError:
    return SceneError("disk", f"The still could not be written to {folder}: {error.strerror}.", "free_space")
