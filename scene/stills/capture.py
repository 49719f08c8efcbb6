"""The still: the picture that a clip starts from, its depth in metres and its camera."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..model.lent import own_size
from ..model.shots import trust
from . import files, playhead, viewport
from .borrow import see_through
from .borrow.borrowed import borrowing
from .borrow.compositor import composed
from .borrow.depth_pass import doubtful
from .camera import check_camera
from .coverage.margin import NONE, Margin
from .files import PICTURE, Framing, Still, framing_of
from .formats import orientation, png, tiff
from .known import rendered
from .known.things import with_things
from .render import RENDER, VIEWPORT, abandon, check_free, render, rendering, undone
from .render_job import UNDONE, start_render
from .track import same_place

__all__ = [
    "IMAGE",
    "PLAYHEAD",
    "RENDER",
    "RESULT",
    "UNDONE",
    "VIEWPORT",
    "Still",
    "abandon",
    "capture",
    "image_size",
    "rendering",
    "start_render",
    "undone",
]

RESULT, IMAGE, PLAYHEAD = "RESULT", "IMAGE", "PLAYHEAD"
SAME_LENS = 1e-4  # of the focal length: less than a pixel
SPECKLED = 0.1  # the share of doubtful pixels from which on a depth does more harm than good
AS_THEY_ARE = {".png", ".jpg", ".jpeg", ".webp"}


def capture(
    context: bpy.types.Context,
    scene: bpy.types.Scene,
    folder: Path,
    *,
    source: str = RENDER,
    camera: bpy.types.Object | None = None,
    frame: float | None = None,
    image_path: Path | None = None,
    size: tuple[int, int] | None = None,
    margin: Margin = NONE,
) -> Still:
    """Take the still and wait for it. Files are written into `folder` (still.png, depth.exr, camera.json).

    `camera` None is the scene's active camera, `frame` None its current frame (a fraction is a subframe). A render may
    be of another `size` in pixels than the scene's, of which a `margin` is around the still: that is cut out of it then
    (see Still.around). Nothing of the scene is changed afterwards, whatever happens. The scene's render region,
    burnt-in text, stereo and sequencer do not count: the still is the camera's whole picture. Film that is transparent
    becomes black.

    Raises:
        SceneError: no_camera, panoramic_camera, nothing_visible, no_layer, render_failed, render_cancelled,
        render_busy,
            draw_failed, no_result, no_image, no_frame, disk.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if source == IMAGE:
            return _from_file(image_path, folder)
        if source == PLAYHEAD:
            width, height = playhead.save_frame(context, scene, folder / PICTURE)
            return Still(folder / PICTURE, width, height, PLAYHEAD)
        if source == RESULT:
            return _from_result(scene, camera, folder)
        camera = check_camera(scene, camera)
        view = viewport.find_view(context, scene) if source == VIEWPORT else None
        if view is None:
            return render(context, scene, camera, folder, source, frame, size, margin)
        return _from_view(view, scene, camera, frame, folder)
    except OSError as error:
        raise files.disk_error(folder, error) from error


def _from_view(
    view: viewport.View, scene: bpy.types.Scene, camera: bpy.types.Object, frame: float | None, folder: Path
) -> Still:
    changes = {"camera": camera, "frame_float": scene.frame_float if frame is None else frame}
    with borrowing(scene, changes):  # the scene's camera is drawn also from a collection that is hidden
        view.window.view_layer.update()
        framing = framing_of(scene, camera, view.window.view_layer.depsgraph, own_size(scene))
        framing = framing._replace(camera=with_things(scene, framing.camera))
        depth = viewport.save_picture(view, scene, camera, folder / PICTURE)
    notes: tuple[str, ...] = ()
    if viewport.drawn_as(view, scene) != "SOLID" and see_through.natures(scene):
        notes = ("The 3D View's depth counts glass, fog and leaves as solid. A render looks through them.",)
    return files.finish(folder, framing, files.write_depth(folder, depth, framing), VIEWPORT, notes)


def _from_result(scene: bpy.types.Scene, camera: bpy.types.Object | None, folder: Path) -> Still:
    """The Render Result. It has depth, and the camera that it was rendered by, where that is known and its size fits,
    and it has a depth pass. One that has a margin of ours is refused: it is no picture of the user's."""
    check_free()
    if rendered.is_wide_still(scene):
        message = rpt_(
            "The Render Result of scene '{scene}' is a take's still with more around it. Render it (F12), or choose"
            " another still."
        )
        raise SceneError("no_result", message.format(scene=scene.name), "retry")
    try:
        files.save_picture(scene, folder / PICTURE)
        files.save_layers(scene, folder)
    except RuntimeError as error:
        raise SceneError(
            "no_result",
            rpt_("Scene '{scene}' has no Render Result yet. Render it (F12), or choose another still.").format(
                scene=scene.name
            ),
            "retry",
        ) from error
    shown = composed(scene)
    depth = files.read_layers(folder, shown.layers)
    width, height = image_size(folder / PICTURE)
    note = "The Render Result has no depth pass that fits: the move is plainer. Switch on the view layer's Z pass."
    plain = Still(folder / PICTURE, width, height, RESULT, notes=(note,))
    if depth is None or depth.shape != (height, width) or not shown.in_place:
        return plain
    framing = rendered.framing(scene)
    if framing is None or (framing.camera.width, framing.camera.height) != (width, height):
        note = "Where the camera was for the Render Result is not known: the move is plainer. Render it again."
        return replace(plain, notes=(note,))
    if doubtful(depth) > SPECKLED:
        note = "The depth pass of the Render Result is speckled, as in fog or with motion blur: the move is plainer."
        return replace(plain, notes=(note,))
    notes = _moved(scene, camera, framing)
    framing = framing._replace(camera=with_things(scene, framing.camera))
    return files.finish(folder, framing, files.write_depth(folder, depth, framing), RESULT, notes)


def _moved(scene: bpy.types.Scene, camera: bpy.types.Object | None, then: Framing) -> tuple[str, ...]:
    """What to say where the shot's camera is elsewhere now than the picture's was."""
    try:
        now = framing_of(scene, check_camera(scene, camera)).camera
    except SceneError:
        return ()
    zoom, before = now.fx / now.width, then.camera.fx / then.camera.width
    if same_place(now.matrix_world, then.camera.matrix_world) and abs(zoom - before) <= SAME_LENS * before:
        return ()
    return ("The camera has moved since the Render Result was rendered: the still shows what it saw then.",)


def _from_file(path: Path | None, folder: Path) -> Still:
    if path is None or not path.is_file():
        raise SceneError(
            "no_image",
            rpt_("There is no image file '{path}'. Choose one for the still.").format(path=path or ""),
            "retry",
        )
    note: tuple[str, ...] = ("An image file has no depth: the camera move is plainer.",)
    if path.suffix.lower() in AS_THEY_ARE:
        image = folder / ("still" + path.suffix.lower())
        trust.check_picture(path)
        width, height = image_size(path)
        shutil.copyfile(path, image)
        return Still(image, width, height, IMAGE, notes=note)
    width, height = image_size(path, convert_to=folder / PICTURE)
    profile, fits = tiff.profile(path)
    if fits:
        png.give_profile(folder / PICTURE, profile)
    elif profile:
        note += ("The image file's colour profile is of a kind that is not read: its colours may differ.",)
    return Still(folder / PICTURE, width, height, IMAGE, notes=note)


def image_size(path: Path, convert_to: Path | None = None) -> tuple[int, int]:
    """Width and height of an image file as a viewer shows it. It may be written as a PNG on the way."""
    try:
        image = bpy.data.images.load(str(path), check_existing=False)
    except RuntimeError as error:
        raise SceneError(
            "no_image", rpt_("'{path}' could not be opened as an image.").format(path=path.name), "retry"
        ) from error
    try:
        width, height = image.size
        if not width or not height:
            raise SceneError(
                "no_image", rpt_("'{path}' could not be opened as an image.").format(path=path.name), "retry"
            )
        if convert_to is not None:
            with playhead.plain_scene(width, height) as scene:
                files.save_aside(image, convert_to, scene)
        if orientation.lies(convert_to or path):  # Blender hands on what a TIFF says, and turns nothing
            width, height = height, width
        return int(width), int(height)
    finally:
        bpy.data.images.remove(image)
