"""A scene at another frame for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy


@contextmanager
def at_frame(scene: bpy.types.Scene, frame: int) -> Iterator[None]:
    """The scene at `frame`; afterwards at its own again, with the camera that it had."""
    if (scene.frame_current, scene.frame_subframe) == (frame, 0.0):
        yield
        return
    here, subframe, camera = scene.frame_current, scene.frame_subframe, scene.camera
    scene.frame_set(frame)
    try:
        yield
    finally:
        scene.frame_set(here, subframe=subframe)
        scene.camera = camera  # markers may have chosen another
