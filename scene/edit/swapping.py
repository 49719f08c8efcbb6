"""Another clip on the strips of a take: they stay where they are, and show the same part of the shot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bpy

from ..model import marks
from ..model.properties.rates import frame_rate
from ..model.shots.paths import stored_path
from . import strips
from .cut import keys


def swap(
    found: list[bpy.types.Strip], clip: Path, *, name: str, take_uid: str, handles: tuple[int, int] = strips.NO_HANDLES
) -> None:
    """Show another clip, which has `handles` at its ends, on these strips. Where they begin and end, trims,
    transforms, effects and channels stay; a picture of another size is scaled to the place that the old one had.

    Raises:
        SceneError: clip_unreadable; the strips then show what they showed.
    """
    for _ in swap_steps(found, clip, name=name, take_uid=take_uid, handles=handles):
        pass


def swap_steps(
    found: list[bpy.types.Strip], clip: Path, *, name: str, take_uid: str, handles: tuple[int, int] = strips.NO_HANDLES
) -> Iterator[None]:
    """`swap` in steps, so that Blender draws in between."""
    if not found:
        return
    places = [(strip.id_data.name, strip.name) for strip in found]
    size = _picture_size(found[0].id_data, clip)
    for scene_name, strip_name in places:
        yield
        scene = bpy.data.scenes.get(scene_name)
        strip = scene.sequence_editor.strips_all.get(strip_name) if scene else None
        if strip is None:
            continue  # the user took it away
        if strip.type == "MOVIE":
            _swap_movie(strip, stored_path(clip), size)
        elif strip.type == "SOUND":
            _swap_sound(strip, stored_path(clip))
        _give_handles(strip, handles)
        strip[strips.TAKE_KEY] = strip[strips.JOB_KEY] = take_uid
        strip.name = f"{name} sound" if strip.type == "SOUND" else name


def _give_handles(strip: bpy.types.Strip, handles: tuple[int, int]) -> None:
    """The strip's new file has these handles: it shows the same part of the shot as before."""
    by = marks.count(strip, strips.HEAD_KEY) - handles[0]
    if by:
        _slip(strip, by)
        if strips.OWN_KEY in strip:
            # Until its end is given anew it is where it was.
            strip[strips.OWN_KEY] = marks.number(strip, strips.OWN_KEY) - by
    if handles != strips.NO_HANDLES or strips.HEAD_KEY in strip:
        strip[strips.HEAD_KEY], strip[strips.TAIL_KEY] = handles


def _slip(strip: bpy.types.Strip, by: int) -> None:
    """Move the strip's file by so many frames under its place, to which the strip is lengthened first: an end can't be
    brought past the other, and no effect is without frames meanwhile."""
    first, after = strips.start(strip), strips.end(strip)
    with strips.aside(strip), keys.staying(strip):
        strips.trim(strip, min(first, first - by), max(after, after - by))
        setattr(strip, strips.CONTENT_START, getattr(strip, strips.CONTENT_START) + by)
        strips.trim(strip, first, after)


def _picture_size(scene: bpy.types.Scene, clip: Path) -> tuple[int, int]:
    """Width and height of a clip, or SceneError clip_unreadable."""
    editor = scene.sequence_editor
    probe = editor.strips.new_movie("probe", str(clip), strips.CHANNELS, scene.frame_start)
    try:
        return strips.check_readable(probe, clip)
    finally:
        strips.take_from(editor, probe)


def _swap_movie(strip: bpy.types.Strip, filepath: str, size: tuple[int, int]) -> None:
    # An element's orig_width stays that of the strip's first file.
    first = strip.elements[0].orig_width, strip.elements[0].orig_height
    width, height = marks.size(strip, strips.SIZE_KEY) or first
    handles = strips.start(strip), strips.end(strip)
    after = strips.content_start(strip) + strips.content_length(strip) - marks.count(strip, strips.TAIL_KEY)
    strip[strips.TRIMMED_KEY] = strips.end(strip) < after
    strip[strips.OFF_RATE_KEY] = strip.fps > 0 and abs(strip.fps - float(frame_rate(strip.id_data))) > 0.01
    strip.filepath = filepath
    if width and height:
        strip.transform.scale_x *= width / size[0]
        strip.transform.scale_y *= height / size[1]
    strip[strips.SIZE_KEY] = size
    if handles != (strips.start(strip), strips.end(strip)):
        with strips.aside(strip):
            strips.trim(strip, *handles)


def _swap_sound(strip: bpy.types.Strip, filepath: str) -> None:
    old = strip.sound
    new = bpy.data.sounds.load(filepath, check_existing=True)
    if old is not None:
        new.use_mono, new.use_memory_cache = old.use_mono, old.use_memory_cache
    strip.sound = new
    if new == old:
        new.filepath = filepath  # reads the file anew
    if old is not None and old.users == 0:
        bpy.data.sounds.remove(old)
