"""The picture that a shot would send, made without a job: for the picture on its card.

A render may last minutes, so the quick still shows the framing as the 3D View draws it. They last as long as Blender
runs, and are no part of the .blend.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from ..app.app import app
from ..model.lent import own_frame, own_size
from ..model.shots.shot_list import frame_of
from . import capture, viewport
from .borrow.borrowed import borrowing
from .camera import check_camera, own_camera

FOLDER = "take_one_quick_stills"  # in Blender's own temporary folder, which goes when Blender does


@dataclass(frozen=True)
class QuickStill:
    """`mark` says of what the picture is (see `mark_of`), `after` which still had been sent last by then."""

    image: Path
    source: str
    frame: int
    mark: tuple[Any, ...]
    after: str


class QuickStills:
    """The last quick still of each shot, by its key."""

    def __init__(self) -> None:
        self.newest: dict[str, QuickStill] = {}


def make(context: bpy.types.Context, shot: Any) -> QuickStill:
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
        image = folder / "still.png"
        camera = check_camera(scene, shot.camera)
        with borrowing(scene, {"camera": camera, "frame_float": float(frame)}):
            view.window.view_layer.update()
            viewport.save_quick_still(view, scene, camera, image)
    else:
        source = capture.VIEWPORT if shot.still_source == capture.RENDER else shot.still_source
        image = capture.capture(context, scene, folder, source=source, camera=shot.camera, frame=frame).image
    forget(shot)
    still = QuickStill(image, shot.still_source, frame, mark_of(shot), shot.still)
    app().part(QuickStills).newest[_key(shot)] = still
    return still


def newest(shot: Any) -> QuickStill | None:
    """The shot's last quick still; None where there is none, or where a still was sent since."""
    still = app().part(QuickStills).newest.get(_key(shot))
    return still if still and still.after == shot.still else None


def forget(shot: Any) -> None:
    """Remove the shot's last quick still."""
    old = app().part(QuickStills).newest.pop(_key(shot), None)
    if old:
        shutil.rmtree(old.image.parent, ignore_errors=True)


def is_stale(shot: Any, still: QuickStill) -> bool:
    """Whether the still is another source's, or the camera and the frame have changed since."""
    old, new = still.mark, mark_of(shot)
    poses_known = len(old) == len(new) and None not in (old[-1], new[-1])
    return old != new if poses_known else old[:-1] != new[:-1]


def mark_of(shot: Any) -> tuple[Any, ...]:
    """The same for the same framing; its last entry is the camera's pose, None where the scene stands at another frame
    than the shot's. Cheap enough for draw()."""
    scene = shot.id_data
    camera = shot.camera or own_camera(scene)
    if shot.still_source not in (capture.RENDER, capture.VIEWPORT) or camera is None or camera.type != "CAMERA":
        return (shot.still_source, None)
    lens = camera.data
    size = own_size(scene)
    glass = (lens.type, lens.lens, lens.ortho_scale, lens.shift_x, lens.shift_y)
    here = own_frame(scene) == frame_of(shot)
    pose = tuple(value for row in camera.matrix_world for value in row) if here else None
    return (shot.still_source, frame_of(shot), *size, camera.session_uid, *glass, pose)


def _key(shot: Any) -> str:
    return shot.uid or f"blank card of {shot.id_data.session_uid}"
