"""The frame under the playhead of the edit, as the media file has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ..app.errors import SceneError
from ..edit.edit_scene import show_as_is
from ..edit.strips import CONTENT_START, END, TRIM_END, content_length, end, index_at, start
from ..model.properties.edit_of import edit_on_show
from . import files

MEDIA = {"MOVIE", "IMAGE"}  # strips that show a file
AS_IS = "animation_offset_start", TRIM_END, "stream_index", "use_deinterlace"
OTHERS = {"SCENE", "MOVIECLIP", "MASK"}  # and those that hide one without showing one


@contextmanager
def plain_scene(width: int, height: int) -> Iterator[bpy.types.Scene]:
    """A scene that shows display-referred pictures as they are and writes PNGs. It is gone afterwards."""
    scene = bpy.data.scenes.new("Take One Frame")
    try:
        show_as_is(scene)
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
        SceneError: no_frame where the playhead stands on no such strip, a scene or clip is over it, its time runs at
            another speed, or its file is gone; render_failed.
    """
    edit = edit_on_show(context, scene)
    found = _under_playhead(edit) if edit else None
    if edit is None or found is None:
        raise SceneError("no_frame", "There is no movie or picture under the playhead. Move it onto a strip.", "retry")
    strip = found[-1]
    _check(edit, found)
    media = _media(edit, strip)
    with plain_scene(1, 1) as plain:
        plain.render.fps, plain.render.fps_base = edit.render.fps, edit.render.fps_base
        copy = _copied(strip, media, plain, edit.frame_current)
        width, height = copy.elements[0].orig_width, copy.elements[0].orig_height
        if not (width and height):  # of which Blender renders a patch of its own
            text = rpt_("The file of strip '{strip}' can't be read as a picture: {media}.")
            raise SceneError("no_frame", text.format(strip=strip.name, media=media), "retry")
        plain.render.resolution_x, plain.render.resolution_y = width, height
        plain.frame_set(1)
        try:
            # The context's scene, as the operator shows a scene that it is named at the context's frame; and no file
            # path of the scene's, as Blender reads braces in it as a template.
            with context.temp_override(scene=plain):
                bpy.ops.render.render()
            files.save_aside(files.render_result(), path, plain)
        except RuntimeError as error:
            text = rpt_("The frame of strip '{strip}' could not be read: {error}")
            raise SceneError("render_failed", text.format(strip=strip.name, error=error)) from error
    return width, height


def _check(edit: bpy.types.Scene, found: tuple[bpy.types.Strip, ...]) -> None:
    """Raises SceneError where the last of these, which is in those before it, shows no file, or not at its own time."""
    strip = found[-1]
    if strip.type not in MEDIA:
        text = rpt_("Strip '{strip}' over the movies is of no file: {kind}. Hide it, or choose another still.")
        kind = strip.bl_rna.properties["type"].enum_items[strip.type].name
        raise SceneError("no_frame", text.format(strip=strip.name, kind=kind))
    for one in found:
        if _is_retimed(edit, one):
            text = rpt_("Strip '{strip}' is retimed: its frame can't be told. Choose another strip.")
            raise SceneError("no_frame", text.format(strip=one.name))


def _media(edit: bpy.types.Scene, strip: bpy.types.Strip) -> Path:
    """The file that the strip shows at the edit's frame. Raises SceneError where it is gone."""
    element = strip.strip_elem_from_frame(edit.frame_current)
    name = strip.filepath if strip.type == "MOVIE" else strip.directory + element.filename
    media = Path(bpy.path.abspath(name, library=edit.library))
    if not media.is_file():
        text = rpt_("The file of strip '{strip}' is gone: {media}.")
        raise SceneError("no_frame", text.format(strip=strip.name, media=media), "retry")
    return media


def _copied(strip: bpy.types.Strip, media: Path, plain: bpy.types.Scene, frame: int) -> bpy.types.Strip:
    """The strip again, alone, with what it shows at `frame` at the first one."""
    strips = plain.sequence_editor_create().strips
    if strip.type == "MOVIE":
        copy = strips.new_movie("frame", str(media), 1, 1)
        for name in AS_IS:
            if getattr(copy, name) != getattr(strip, name):
                setattr(copy, name, getattr(strip, name))
        rate = plain.render.fps / plain.render.fps_base
        setattr(copy, CONTENT_START, 1 - index_at(strip, frame, content_length(copy), rate))
        setattr(copy, END, max(2, end(copy)))  # a frame after the file's end is the one that is held there
    else:
        copy = strips.new_image("frame", str(media), 1, 1)
    if strip.colorspace_settings.name:  # none where the file could not be read when the strip was made
        copy.colorspace_settings.name = strip.colorspace_settings.name
    return copy


def _under_playhead(edit: bpy.types.Scene) -> tuple[bpy.types.Strip, ...] | None:
    editor = edit.sequence_editor
    return _topmost(editor.strips, editor.channels, edit.frame_current) if editor is not None else None


def _topmost(strips: Any, channels: Any, frame: int) -> tuple[bpy.types.Strip, ...] | None:
    """The strip on the highest channel that shows a picture of its own at the frame, after the meta strips that it is
    in, whose content has the times of the edit."""
    shown = [
        strip
        for strip in strips
        if strip.type in {*MEDIA, *OTHERS, "META"}
        and not strip.mute
        and not channels[strip.channel].mute
        and start(strip) <= frame < end(strip)
    ]
    for strip in sorted(shown, key=lambda strip: strip.channel, reverse=True):
        inside = _topmost(strip.strips, strip.channels, frame) if strip.type == "META" else ()
        if inside is not None:
            return (strip, *inside)
    return None


def _is_retimed(edit: bpy.types.Scene, strip: bpy.types.Strip) -> bool:
    """By keys of its own, as a meta strip that holds each of its frames, or by an effect over it."""
    if len(getattr(strip, "retiming_keys", ())) > 0 or (strip.type == "META" and strip.strobe > 1):
        return True
    speeds = (one for one in edit.sequence_editor.strips_all if one.type == "SPEED" and not one.mute)
    frame = edit.frame_current
    return any(one.input_1 == strip and start(one) <= frame < end(one) for one in speeds)
