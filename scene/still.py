"""The still: the picture that a clip starts from, its depth in metres and its camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from .errors import SceneError

RENDER, VIEWPORT, RESULT, IMAGE, PLAYHEAD = "RENDER", "VIEWPORT", "RESULT", "IMAGE", "PLAYHEAD"


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

    `camera` None is the scene's active camera. Nothing of the scene is changed afterwards, whatever happens.

    Raises:
        SceneError: no_camera, panoramic_camera, nothing_visible, render_failed, render_cancelled, no_result,
            no_image, no_frame, no_window, disk.
    """
    raise NotImplementedError


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
    raise NotImplementedError


def rendering() -> bool:
    """Whether a still is being rendered now."""
    raise NotImplementedError
