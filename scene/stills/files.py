"""The files of a still: still.png, depth.exr, camera.json, and the checks of what they hold."""

from __future__ import annotations

import errno
import glob
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_

from ...client.files import mode_beside, write_whole
from ...client.protocol import Camera
from ...client.protocol.codec import to_json
from ..app.errors import SceneError
from ..model.shots.paths import disk_fix
from .borrow import mirrors
from .borrow.borrowed import image_settings
from .borrow.depth_pass import MANY, doubtful
from .camera import camera_of, metres_per_unit
from .formats import exr, png

PICTURE, LAYERS, DEPTH, CAMERA = "still.png", "part_layers.exr", "depth.exr", "camera.json"
AROUND, AROUND_DEPTH = "around.png", "around_depth.exr"


@dataclass(frozen=True)
class Still:
    """`image` is a PNG (or the user's own PNG, JPEG or WebP, copied). `depth` is an EXR (channel V, planar
    metres) and `camera` is in camera.json too; both None where the source has none. `notes` are remarks
    for the user. `around` is the same still with more around it, where it was rendered so."""

    image: Path
    width: int
    height: int
    source: str
    depth: Path | None = None
    camera: Camera | None = None
    notes: tuple[str, ...] = ()
    around: Still | None = None


class Framing(NamedTuple):
    """What the camera was when the picture was taken, its far clip in Blender units, metres a
    unit."""

    camera: Camera
    far: float
    unit: float


class Depth(NamedTuple):
    """Of a depth.exr: whether anything but background is in it, and the share of its pixels that are speckle."""

    things: bool
    doubtful: float


def framing_of(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    depsgraph: bpy.types.Depsgraph | None = None,
    size: tuple[int, int] | None = None,
) -> Framing:
    """The camera as it is now, or as it is in a render's `depsgraph`, for a picture of `size` (None: the scene's)."""
    lens = (camera.evaluated_get(depsgraph) if depsgraph else camera).data
    return Framing(camera_of(scene, camera, depsgraph, size), lens.clip_end, metres_per_unit(scene))


def save_picture(scene: bpy.types.Scene, path: Path) -> None:
    """Write the Render Result as a PNG, as the user sees it; of a stereo result the first eye.

    Raises:
        RuntimeError: Blender could not write it, or there is none.
        OSError: it wrote less.
    """
    with image_settings(
        scene,
        media_type="IMAGE",
        file_format="PNG",
        color_mode="RGB",
        color_depth="8",
        color_management="FOLLOW_SCENE",
        views_format="INDIVIDUAL",
    ):
        save_aside(render_result(), path, scene)


def save_layers(scene: bpy.types.Scene, folder: Path) -> None:
    """Write all passes of the Render Result for `read_layers`.

    Raises:
        RuntimeError: as `save_picture`.
    """
    with image_settings(
        scene,
        media_type="MULTI_LAYER_IMAGE",
        file_format="OPEN_EXR_MULTILAYER",
        color_depth="32",
        exr_codec="NONE",
        use_exr_interleave=True,
        use_preview=False,
        views_format="INDIVIDUAL",
    ):
        save_aside(render_result(), folder / LAYERS, scene)


def render_result() -> bpy.types.Image:
    """Raises RuntimeError where nothing was rendered yet."""
    result = next((image for image in bpy.data.images if image.type == "RENDER_RESULT"), None)
    if result is None:
        raise RuntimeError("There is no Render Result.")
    return result


def save_aside(image: bpy.types.Image, path: Path, scene: bpy.types.Scene) -> None:
    """`image.save_render`, but never a half-written file.

    Raises:
        RuntimeError: Blender could not write it.
        OSError: it wrote less.
    """
    aside = path.with_name("part_" + path.name)
    try:
        image.save_render(str(aside), scene=scene)
    except RuntimeError:
        if not _keep_first_eye(aside, scene):
            raise
    take_place(aside, path)


def take_place(aside: Path, path: Path) -> None:
    """Let a file that Blender has written take the place of `path`, if it is whole: Blender says nothing of a disk that
    is full.

    Raises:
        OSError: it is not, and is removed.
    """
    is_whole = exr.is_whole if path.suffix == ".exr" else png.is_whole
    if not is_whole(aside):
        aside.unlink(missing_ok=True)
        raise OSError(errno.ENOSPC, "it was not written whole, as on a full disk", str(path))
    aside.replace(path)


def _keep_first_eye(path: Path, scene: bpy.types.Scene) -> bool:
    """Of a stereo result Blender writes a file for each eye beside the path, and then misses the path's own."""
    eyes = list(path.parent.glob(glob.escape(path.stem) + "?*" + path.suffix))
    order = [view.file_suffix for view in scene.render.views if view.use]
    eyes.sort(key=lambda eye: next((i for i, end in enumerate(order) if eye.stem.endswith(end)), len(order)))
    for eye in eyes[1:]:
        eye.unlink()
    if eyes:
        eyes[0].replace(path)
    return bool(eyes)


def read_layers(folder: Path, layers: tuple[str, ...]) -> np.ndarray | None:
    """The depth of these layers, in Blender units, that `save_layers` wrote; its file is removed. None without a
    depth pass."""
    path = folder / LAYERS
    try:
        return exr.read_depth(path, layers)
    finally:
        path.unlink(missing_ok=True)


def read_mirrored(folder: Path, layers: tuple[str, ...], framing: Framing) -> np.ndarray | None:
    """What mirrors show of these layers (see mirrors.mirrored), in Blender units, that `save_layers` wrote: before
    `read_layers`. None where there is no mirror."""
    passes, camera = exr.read_passes(folder / LAYERS, layers), framing.camera
    if not passes or passes[0].depth.shape != (camera.height, camera.width):
        return None
    slant: np.ndarray | float = 1.0
    if camera.projection == "perspective":
        across = (np.arange(camera.width) + 0.5 - camera.cx) / camera.fx
        down = (np.arange(camera.height) + 0.5 - camera.cy) / camera.fy
        slant = np.sqrt(1 + across**2 + down[:, None] ** 2)
    found = mirrors.mirrored(passes, slant, camera.near / framing.unit)
    return found if found.any() else None


def write_depth(
    folder: Path, depth: np.ndarray, framing: Framing, name: str = DEPTH, mirrored: np.ndarray | None = None
) -> Depth:
    """Write a depth file in metres; `depth` and what is `mirrored` are in Blender units.

    Raises:
        SceneError: render_failed for a depth of another size than the camera's picture.
    """
    wanted = framing.camera.height, framing.camera.width
    if depth.shape != wanted:
        sizes = {"is_": f"{depth.shape[1]}x{depth.shape[0]}", "wanted": f"{wanted[1]}x{wanted[0]}"}
        raise SceneError("render_failed", rpt_("The render has {is_} pixels, not {wanted}.").format(**sizes), "retry")
    # EEVEE of Blender 4.5 writes the far clip where there is nothing, the others 1e10.
    nothing = ~np.isfinite(depth) | (depth >= framing.far * (1 - 1e-4))
    metres = np.where(nothing, exr.BACKGROUND, depth * framing.unit)
    if mirrored is None:
        exr.write_depth(folder / name, metres)
    else:
        exr.write_depth(folder / name, metres, np.where(mirrored < exr.BACKGROUND, mirrored * framing.unit, mirrored))
    return Depth(not nothing.all(), doubtful(metres))


def finish(folder: Path, framing: Framing, depth: Depth | None, source: str, notes: tuple[str, ...] = ()) -> Still:
    """The still, once its picture and depth are written.

    Raises:
        SceneError: nothing_visible, where the picture is of one colour, and all is background or not known.
    """
    still = Still(
        folder / PICTURE, framing.camera.width, framing.camera.height, source, camera=framing.camera, notes=notes
    )
    write_whole(folder / CAMERA, json.dumps(to_json(framing.camera)), mode_beside(folder))
    if (depth is None or not depth.things) and _is_flat(still.image):
        if depth is None:
            message = "The render is one flat colour. See whether the compositor is given the render and puts it out."
            raise SceneError("nothing_visible", message, "retry")
        raise SceneError(
            "nothing_visible",
            "The camera sees nothing: the picture is one flat colour. Aim it at something, or pick another camera.",
            "pick_camera",
        )
    if depth is None:
        return still
    if depth.doubtful > MANY:
        notes = (
            *notes,
            rpt_(
                "{percent:.0f} % of the depth is doubtful, as where hair or leaves are finer than a pixel: the move may"
                " tear the picture there."
            ).format(percent=depth.doubtful * 100),
        )
    return replace(still, depth=folder / DEPTH, notes=notes)


def disk_error(folder: Path, error: OSError) -> SceneError:
    """What to say where a still's files could not be written."""
    return SceneError(
        "disk",
        rpt_("The still could not be written to {folder}: {error}.").format(
            folder=folder, error=error.strerror or error
        ),
        disk_fix(error),
    )


def _is_flat(path: Path) -> bool:
    """Whether a picture is one colour, the dither of its file aside."""
    image = bpy.data.images.load(str(path), check_existing=False)
    try:
        pixels = np.empty(image.size[0] * image.size[1] * image.channels, np.float32)
        image.pixels.foreach_get(pixels)
        return bool(np.ptp(pixels.reshape(-1, image.channels), axis=0).max() < 0.02)
    finally:
        bpy.data.images.remove(image)
