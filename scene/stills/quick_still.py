"""A look at what a shot would send, taken without a job: for the picture on its card.

A render may take minutes, so for that still the look shows the framing as the 3D View draws it. Looks last as long
as Blender runs, and are no part of the .blend.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..app.app import app
from ..model.shot_list import frame_of
from . import capture, viewport
from .borrow.borrowed import borrowing
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


class Looks:
    """The last look of each shot, by its key."""

    def __init__(self) -> None:
        self.newest: dict[str, Look] = {}


def take(context: bpy.types.Context, shot: Any) -> Look:
    """Take the picture that the shot's card asks for now. For an image file there is nothing to take.

    Raises:
        SceneError: as `capture.capture` for the shot's still_source.
    """
    scene = shot.id_data
    folder = Path(bpy.app.tempdir) / FOLDER / uuid.uuid4().hex
    folder.mkdir(parents=True)
    view = viewport.find_view(context, scene)
    frame = frame_of(shot)
    if shot.still_source in (capture.RENDER, capture.VIEWPORT) and view is not None:
        image = folder / "look.png"
        camera = check_camera(scene, shot.camera)
        with borrowing(scene, {"camera": camera, "frame_float": float(frame)}):
            view.window.view_layer.update()
            viewport.save_look(view, scene, camera, image)
    else:
        source = capture.VIEWPORT if shot.still_source == capture.RENDER else shot.still_source
        image = capture.capture(context, scene, folder, source=source, camera=shot.camera, frame=frame).image
    forget(shot)
    look = Look(image, shot.still_source, frame, mark_of(shot), shot.still)
    app().part(Looks).newest[_key(shot)] = look
    return look


def newest(shot: Any) -> Look | None:
    """The shot's last look; None where there is none, or where a still was sent since."""
    look = app().part(Looks).newest.get(_key(shot))
    return look if look and look.after == shot.still else None


def forget(shot: Any) -> None:
    """Remove the shot's last look."""
    old = app().part(Looks).newest.pop(_key(shot), None)
    if old:
        shutil.rmtree(old.image.parent, ignore_errors=True)


def is_stale(shot: Any, look: Look) -> bool:
    """Whether the look is another source's, or the camera and the frame have changed since."""
    old, new = look.mark, mark_of(shot)
    poses_known = len(old) == len(new) and None not in (old[-1], new[-1])
    return old != new if poses_known else old[:-1] != new[:-1]


def mark_of(shot: Any) -> tuple[Any, ...]:
    """The same for the same framing; its last entry is the camera's pose, None where the scene stands at another frame
    than the shot's. Cheap enough for draw()."""
    scene = shot.id_data
    camera = shot.camera or scene.camera
    if shot.still_source not in (capture.RENDER, capture.VIEWPORT) or camera is None or camera.type != "CAMERA":
        return (shot.still_source, None)
    render, lens = scene.render, camera.data
    size = (render.resolution_x, render.resolution_y, render.resolution_percentage)
    glass = (lens.type, lens.lens, lens.ortho_scale, lens.shift_x, lens.shift_y)
    here = scene.frame_current == frame_of(shot)
    pose = tuple(value for row in camera.matrix_world for value in row) if here else None
    return (shot.still_source, frame_of(shot), *size, camera.session_uid, *glass, pose)


def _key(shot: Any) -> str:
    return shot.uid or f"blank card of {shot.id_data.session_uid}"
