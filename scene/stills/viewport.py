"""The still as the 3D View draws it: fast, with the viewport's shading, through the camera, with depth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import bpy
import gpu
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..model.lent import own_size
from . import files
from .formats.exr import BACKGROUND

# What an off-screen draw can show of each kind of shading: no wires, and no picture of an engine like Cycles.
DRAWN_AS = {"WIREFRAME": "SOLID", "SOLID": "SOLID", "MATERIAL": "MATERIAL"}
DRAWING_ENGINES = {"BLENDER_EEVEE", "BLENDER_EEVEE_NEXT", "BLENDER_WORKBENCH"}
LOOK_WIDTH = 640  # pixels, of a picture that is only looked at


class View(NamedTuple):
    """A 3D View of a window, good until the next change of the screen."""

    window: bpy.types.Window
    area: bpy.types.Area


def find_view(context: bpy.types.Context, scene: bpy.types.Scene) -> View | None:
    """A 3D View that shows the scene: the context's own, else the largest one. None in background mode."""
    if bpy.app.background:
        return None
    views = [
        View(window, area)
        for window in context.window_manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D" and window.scene == scene
    ]
    return max(views, key=lambda view: (view.area == context.area, view.area.width * view.area.height), default=None)


def save_picture(view: View, scene: bpy.types.Scene, camera: bpy.types.Object, path: Path) -> np.ndarray:
    """Draw what `camera` sees with the view's shading and no overlays into `path` (PNG), at the scene's
    render size.

    Returns its depth in Blender units, [height, width], top row first, 1e10 for background. The view is as
    it was afterwards.

    Raises:
        SceneError: draw_failed.
    """
    width, height = own_size(scene)
    shading = view.area.spaces.active.shading
    drawn = drawn_as(view, scene)
    try:
        with _changed(shading, type=drawn, show_xray=False):
            pixels, depth = _draw(view, scene, camera, width, height)
        if drawn != "SOLID":  # EEVEE keeps its depth to itself
            with _changed(shading, type="SOLID", show_xray=False):
                _, depth = _draw(view, scene, camera, width, height)
    except RuntimeError as error:
        raise SceneError(
            "draw_failed", rpt_("The 3D View could not be drawn: {error}").format(error=error), "retry"
        ) from error
    _save_png(pixels, path)
    return _planar(depth, camera)


def save_quick_still(view: View, scene: bpy.types.Scene, camera: bpy.types.Object, path: Path) -> None:
    """The same without the depth and at most LOOK_WIDTH pixels wide: to see the framing.

    Raises:
        SceneError: draw_failed.
    """
    width, height = own_size(scene)
    smaller = min(1.0, LOOK_WIDTH / width)
    shading = view.area.spaces.active.shading
    try:
        with _changed(shading, type=drawn_as(view, scene), show_xray=False):
            pixels, _ = _draw(view, scene, camera, max(1, round(width * smaller)), max(1, round(height * smaller)))
    except RuntimeError as error:
        raise SceneError(
            "draw_failed", rpt_("The 3D View could not be drawn: {error}").format(error=error), "retry"
        ) from error
    _save_png(pixels, path)


def drawn_as(view: View, scene: bpy.types.Scene) -> str:
    """The kind of shading that the view's picture is drawn with."""
    shading = view.area.spaces.active.shading
    return DRAWN_AS.get(shading.type, "RENDERED" if scene.render.engine in DRAWING_ENGINES else "MATERIAL")


def _draw(
    view: View, scene: bpy.types.Scene, camera: bpy.types.Object, width: int, height: int
) -> tuple[np.ndarray, np.ndarray]:
    """uint8 RGBA [height, width, 4] and the depth buffer's 0..1 [height, width], bottom row first."""
    space = view.area.spaces.active
    region = next(region for region in view.area.regions if region.type == "WINDOW")
    layer = view.window.view_layer
    render = scene.render
    lens = camera.evaluated_get(layer.depsgraph)
    projection = lens.calc_matrix_camera(
        layer.depsgraph, x=width, y=height, scale_x=render.pixel_aspect_x, scale_y=render.pixel_aspect_y
    )
    off = gpu.types.GPUOffScreen(width, height, format="RGBA8")
    try:
        with _changed(space.overlay, show_overlays=False), _changed(space, show_gizmo=False), off.bind():
            off.draw_view3d(
                scene,
                layer,
                space,
                region,
                lens.matrix_world.normalized().inverted(),
                projection,
                do_color_management=True,
                draw_background=True,
            )
            buffer = gpu.state.active_framebuffer_get()
            pixels = np.array(buffer.read_color(0, 0, width, height, 4, 0, "UBYTE"), np.uint8)
            depth = np.array(buffer.read_depth(0, 0, width, height), np.float32)
    finally:
        off.free()
    return pixels.reshape(height, width, 4), depth.reshape(height, width)


def _planar(depth: np.ndarray, camera: bpy.types.Object) -> np.ndarray:
    """From the depth buffer to distance from the camera's plane, top row first."""
    near, far = camera.data.clip_start, camera.data.clip_end
    buffer = depth[::-1].astype(np.float64)
    flat = camera.data.type == "ORTHO"
    planar = near + buffer * (far - near) if flat else near * far / (far - buffer * (far - near))
    return np.where(buffer >= 1, BACKGROUND, planar).astype(np.float32)


def _save_png(pixels: np.ndarray, path: Path) -> None:
    height, width, _ = pixels.shape
    image = bpy.data.images.new("Take One Viewport", width, height, alpha=False)
    aside = path.with_name("part_" + path.name)
    try:
        opaque = pixels.astype(np.float32) / 255
        opaque[..., 3] = 1
        image.pixels.foreach_set(opaque.ravel())
        image.filepath_raw, image.file_format = str(aside), "PNG"
        image.save()
        files.take_place(aside, path)
    finally:
        bpy.data.images.remove(image)


@contextmanager
def _changed(item: object, **values: object) -> Iterator[None]:
    """Other values for a moment."""
    before = {name: getattr(item, name) for name in values}
    try:
        for name, value in values.items():
            if before[name] != value:
                setattr(item, name, value)
        yield
    finally:
        for name, value in before.items():
            if getattr(item, name) != value:
                setattr(item, name, value)
