"""A look at what a shot would send, taken without a job: for the picture on its card.

A render may take minutes, so for that still the look shows the framing as the 3D View draws it. Looks last as long
as Blender runs, and are no part of the .blend.
"""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from . import capture, viewport
from .camera import check_camera

FOLDER = "take_one_looks"  # in Blender's own temporary folder, which goes when Blender does


@dataclass(frozen=True)
class Look:
    """`mark` says of what the picture is (see `mark_of`), `after` which still had been sent last by then."""

    image: Path
    source: str
    frame: int
    mark: tuple[Any, ...]
    after: str


_looks: dict[str, Look] = {}  # by shot, the last one of each
_number = itertools.count(1)


def take(context: bpy.types.Context, shot: Any) -> Look:
    """Take the picture that the shot's card asks for now. For an image file there is nothing to take.

    Raises:
        SceneError: as `capture.capture` for the shot's still_source.
    """
    scene = shot.id_data
    folder = Path(bpy.app.tempdir) / FOLDER / str(next(_number))
    folder.mkdir(parents=True)
    view = viewport.find_view(context, scene)
    if shot.still_source in (capture.RENDER, capture.VIEWPORT) and view is not None:
        image = folder / "look.png"
        viewport.save_look(view, scene, check_camera(scene, shot.camera), image)
    else:
        source = capture.VIEWPORT if shot.still_source == capture.RENDER else shot.still_source
        image = capture.capture(context, scene, folder, source=source, camera=shot.camera).image
    forget(shot)
    look = Look(image, shot.still_source, scene.frame_current, mark_of(shot), shot.still)
    _looks[_key(shot)] = look
    return look


def newest(shot: Any) -> Look | None:
    """The shot's last look; None where there is none, or where a still was sent since."""
    look = _looks.get(_key(shot))
    return look if look and look.after == shot.still else None


def forget(shot: Any) -> None:
    """Remove the shot's last look."""
    old = _looks.pop(_key(shot), None)
    if old:
        shutil.rmtree(old.image.parent, ignore_errors=True)


def is_stale(shot: Any, look: Look) -> bool:
    """Whether the look is another source's, or the camera and the frame have changed since."""
    return look.mark != mark_of(shot)


def mark_of(shot: Any) -> tuple[Any, ...]:
    """The same for the same framing. Cheap enough for draw()."""
    if shot.still_source not in (capture.RENDER, capture.VIEWPORT):
        return (shot.still_source,)
    scene = shot.id_data
    render = scene.render
    size = (render.resolution_x, render.resolution_y, render.resolution_percentage)
    camera = shot.camera or scene.camera
    if camera is None or camera.type != "CAMERA":
        return (shot.still_source, scene.frame_current, *size)
    lens = camera.data
    glass = (lens.type, lens.lens, lens.ortho_scale, lens.shift_x, lens.shift_y)
    place = tuple(value for row in camera.matrix_world for value in row)
    return (shot.still_source, scene.frame_current, *size, camera.session_uid, *glass, *place)


def _key(shot: Any) -> str:
    return shot.uid or f"blank card of {shot.id_data.session_uid}"
