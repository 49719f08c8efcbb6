"""The frame under the playhead of the edit, as the media file has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..edit.edit_scene import find_edit_scene
from ..edit.strips import CONTENT_START, END, TRIM_END, content_start, end, start
from . import files


@contextmanager
def plain_scene(width: int, height: int) -> Iterator[bpy.types.Scene]:
    """A scene that shows display-referred pictures as they are and writes PNGs. It is gone afterwards."""
    scene = bpy.data.scenes.new("Take One Frame")
    try:
        scene.view_settings.view_transform = "Standard"
        render = scene.render
        render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
        render.dither_intensity = 0
        settings = render.image_settings
        if "media_type" in settings.bl_rna.properties:
            settings.media_type = "IMAGE"
        settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "8"
        yield scene
    finally:
        bpy.data.scenes.remove(scene)


def save_frame(context: bpy.types.Context, scene: bpy.types.Scene, path: Path) -> tuple[int, int]:
    """Write the media frame of the topmost movie or image strip under the playhead, at the media's own size.

    The strip's effects, transform and modifiers do not count: it is the picture that the file holds.

    Raises:
        SceneError: no_frame where the playhead stands on no such strip or its file is gone; render_failed.
    """
    edit = find_edit_scene(context, scene)
    strip = _strip_under_playhead(edit) if edit else None
    if edit is None or strip is None:
        raise SceneError("no_frame", "There is no movie or picture under the playhead. Move it onto a strip.", "retry")
    if len(strip.retiming_keys) > 0:
        raise SceneError(
            "no_frame",
            rpt_("Strip '{strip}' is retimed: its frame can't be told. Choose another strip.").format(strip=strip.name),
        )
    element = strip.strip_elem_from_frame(edit.frame_current)
    folder = strip.filepath if strip.type == "MOVIE" else strip.directory + element.filename
    media = Path(bpy.path.abspath(folder, library=edit.library))
    if not media.is_file():
        raise SceneError(
            "no_frame",
            rpt_("The file of strip '{strip}' is gone: {media}.").format(strip=strip.name, media=media),
            "retry",
        )
    with plain_scene(element.orig_width or 1, element.orig_height or 1) as plain:
        plain.render.fps, plain.render.fps_base = edit.render.fps, edit.render.fps_base
        strips = plain.sequence_editor_create().strips
        if strip.type == "MOVIE":
            begins = 1 - (edit.frame_current - content_start(strip))
            copy = strips.new_movie("frame", str(media), 1, begins)
            for name in ("animation_offset_start", TRIM_END, "stream_index", "use_reverse_frames", "use_deinterlace"):
                if getattr(copy, name) != getattr(strip, name):
                    setattr(copy, name, getattr(strip, name))
            setattr(copy, CONTENT_START, begins)  # what cuts the file's start moves it in Blender 5
            setattr(copy, END, max(2, end(copy)))  # a frame after the file's end is the one that is held there
        else:
            copy = strips.new_image("frame", str(media), 1, 1)
        width, height = copy.elements[0].orig_width, copy.elements[0].orig_height
        if not (width and height):  # of which Blender renders a patch of its own
            text = rpt_("The file of strip '{strip}' can't be read as a picture: {media}.")
            raise SceneError("no_frame", text.format(strip=strip.name, media=media), "retry")
        if strip.colorspace_settings.name:  # none where the file could not be read when the strip was made
            copy.colorspace_settings.name = strip.colorspace_settings.name
        plain.render.resolution_x, plain.render.resolution_y = width, height
        plain.frame_set(1)
        try:
            # The context's scene, as the operator shows a scene that it is named at the context's frame; and no file
            # path of the scene's, as Blender reads braces in it as a template.
            with context.temp_override(scene=plain):
                bpy.ops.render.render()
            files.save_aside(files.render_result(), path, plain)
        except RuntimeError as error:
            raise SceneError(
                "render_failed",
                rpt_("The frame of strip '{strip}' could not be read: {error}").format(strip=strip.name, error=error),
            ) from error
    return width, height


def _strip_under_playhead(edit: bpy.types.Scene) -> bpy.types.Strip | None:
    editor = edit.sequence_editor
    return _top_strip(editor.strips, editor.channels, edit.frame_current) if editor is not None else None


def _top_strip(strips: Any, channels: Any, frame: int) -> bpy.types.Strip | None:
    """The movie or image strip on the highest channel that shows at the frame; also inside meta strips, whose content
    has the times of the edit."""
    shown = [
        strip
        for strip in strips
        if strip.type in {"MOVIE", "IMAGE", "META"}
        and not strip.mute
        and not channels[strip.channel].mute
        and start(strip) <= frame < end(strip)
    ]
    for strip in sorted(shown, key=lambda strip: strip.channel, reverse=True):
        found = _top_strip(strip.strips, strip.channels, frame) if strip.type == "META" else strip
        if found is not None:
            return found
    return None
