"""The still as the 3D View draws it: fast, with the viewport's shading, through the camera, with depth."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import bpy
import gpu
import numpy as np

from .camera import picture_size


class View(NamedTuple):
    """A 3D View of a window, good until the next change of the screen."""

    window: bpy.types.Window
    area: bpy.types.Area


def find_view(context: bpy.types.Context) -> View | None:
    """The 3D View of the context, else the largest one of any window. None in background mode."""
    if bpy.app.background:
        return None
    if context.area is not None and context.area.type == "VIEW_3D":
        return View(context.window, context.area)
    views = [
        View(window, area)
        for window in context.window_manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D"
    ]
    return max(views, key=lambda view: view.area.width * view.area.height, default=None)


def save_picture(view: View, scene: bpy.types.Scene, camera: bpy.types.Object, path: Path) -> np.ndarray:
    """Draw what `camera` sees with the view's shading and no overlays into `path` (PNG), at the scene's render size.

    Returns its depth in Blender units, [height, width], top row first, 1e10 for background.
    """
    raise NotImplementedError
