"""One frame of a clip, as the file has it."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..edit.strips import content_length
from . import files, playhead


def save(context: bpy.types.Context, clip: Path, index: int, path: Path) -> tuple[int, int]:
    """Write frame `index` of a movie file into `path` (PNG), at the file's own size, which is returned. It
    counts from 0, or back from -1, the last frame; past an end it gives the frame there.

    Raises:
        SceneError: no_frame where the file holds no picture; render_failed.
    """
    with playhead.plain_scene(1, 1) as scene:
        movie = scene.sequence_editor_create().strips.new_movie("frame", str(clip), 1, 1)
        element = movie.elements[0] if movie.elements else None
        if element is None or not element.orig_width:
            raise SceneError("no_frame", rpt_("'{clip}' holds no picture").format(clip=clip), "retry")
        scene.render.resolution_x, scene.render.resolution_y = element.orig_width, element.orig_height
        frames = content_length(movie)
        scene.frame_set(1 + max(0, min(index if index >= 0 else frames + index, frames - 1)))
        try:
            with context.temp_override(scene=scene):
                bpy.ops.render.render()
            files.save_aside(files.render_result(), path, scene)
        except RuntimeError as error:
            message = rpt_("A frame of '{clip}' could not be read: {error}")
            raise SceneError("render_failed", message.format(clip=clip, error=error)) from error
        return int(element.orig_width), int(element.orig_height)
