"""The edit scene: the Blender scene whose sequencer holds the takes."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

import bpy

from ..app import timer
from ..model.properties.edit_of import EDIT_KEY, EDIT_NAME, find_edit_scene
from ..model.shots.paths import stored_path
from . import strips

__all__ = [
    "EDIT_KEY",
    "EDIT_NAME",
    "ensure_edit_scene",
    "find_edit_scene",
    "output_beside",
    "reveal",
    "window_showing",
]

TAB, LIST_TAB = "Take One", "Shots"
MOST_TRIES, TRY_SECONDS = 30, 0.1  # to open it in a window that is just being drawn
OUTPUT = "Edit.mp4"
OUTPUT_KEY = "take_one_output"  # on our edit: the output path that we gave it
DISPLAYS = "sRGB", "sRGB - Display"
VIEWS = (
    "Standard",
    "Un-tone-mapped",
    "Video",
    "sRGB",
    "Raw",
)  # the first are Blender's names, others of ACES and studios
COPIED = (
    "resolution_x",
    "resolution_y",
    "resolution_percentage",
    "pixel_aspect_x",
    "pixel_aspect_y",
    "fps",
    "fps_base",
)


def show_as_is(scene: bpy.types.Scene) -> None:
    """Have a new scene show pictures of a display as they are. A studio's own colours (OCIO) may go by other names, or
    have no such view: then it is what they begin with."""
    for owner, name, ones in (
        (scene.display_settings, "display_device", DISPLAYS),
        (scene.view_settings, "view_transform", VIEWS),
    ):
        for one in ones:
            try:
                setattr(owner, name, one)
            except TypeError:
                continue
            break


def ensure_edit_scene(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Scene:
    """The edit scene, made on first use: view transform Standard, frame rate and size of `scene`. A scene
    that was there is never changed. In Blender 5 a workspace that shows no edit yet shows the new one."""
    edit = find_edit_scene(context, scene)
    if edit is not None:
        if edit.sequence_editor is None:
            edit.sequence_editor_create()
        return edit
    edit = bpy.data.scenes.new(EDIT_NAME)
    edit[EDIT_KEY] = True
    show_as_is(edit)
    edit.view_settings.look = "None"
    source, target = scene.render, edit.render
    for name in COPIED:
        setattr(target, name, getattr(source, name))
    edit.frame_start, edit.frame_end = 1, 1
    edit.sync_mode = "AUDIO_SYNC"
    _movie_output(edit)
    edit.sequence_editor_create()
    if context.workspace is not None and hasattr(context.workspace, "sequencer_scene"):
        context.workspace.sequencer_scene = edit
    return edit


def _movie_output(edit: bpy.types.Scene) -> None:
    """A movie with sound, as editors and browsers play it, beside the .blend."""
    settings = edit.render.image_settings
    if "media_type" in settings.bl_rna.properties:
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    settings.color_mode = "RGB"
    ffmpeg = edit.render.ffmpeg
    ffmpeg.format, ffmpeg.codec, ffmpeg.constant_rate_factor = "MPEG4", "H264", "HIGH"
    ffmpeg.audio_codec, ffmpeg.audio_bitrate, ffmpeg.audio_mixrate = "AAC", 256, 48000
    ffmpeg.audio_channels = "STEREO"
    edit.render.use_file_extension = True
    output_beside(bpy.data.filepath)


def output_beside(blend: str) -> None:
    """Let our edit write its movie beside this .blend ("": not saved yet), unless the user chose another place."""
    for edit in bpy.data.scenes:
        if EDIT_KEY not in edit or edit.library is not None:
            continue
        if edit.render.filepath not in ("", "//", "/tmp/", "/tmp\\", edit.get(OUTPUT_KEY, "/tmp/")):
            continue
        stem = Path(blend).stem.replace("{", "(").replace("}", ")")  # braces would be a template
        folder = Path(bpy.app.tempdir).parent if not blend else Path(blend).parent
        path = str(folder / (f"{stem} {OUTPUT}" if stem else OUTPUT))
        if blend == bpy.data.filepath:
            path = stored_path(Path(path))
        edit.render.filepath = edit[OUTPUT_KEY] = path


def reveal(
    context: bpy.types.Context, edit: bpy.types.Scene, strip: bpy.types.Strip | None, play: bool = False
) -> None:
    """Select the strip alone, bring the playhead to it, and it and our tab into sight in the window that shows this
    edit, which may only just be coming up. With `play` it plays from there."""
    if strip is None:
        return
    editor = edit.sequence_editor
    for one in editor.strips:
        one.select = one == strip
    editor.active_strip = strip
    edit.frame_set(strips.start(strip))
    uid, tries = edit.session_uid, itertools.count(1)

    def look() -> float | None:
        if not _open_tab(uid) and next(tries) < MOST_TRIES:
            return TRY_SECONDS
        if play:
            _play(uid)
        return None

    if not bpy.app.background:
        timer.every(look)


def _open_tab(edit_uid: int) -> bool:
    """Open our tab beside the strips of this edit. Whether it is open: not before its window is drawn."""
    done = False
    for window, area, region in _strips_of(edit_uid):
        area.spaces.active.show_region_ui = True
        for side in area.regions:
            if side.type == "UI":
                with contextlib.suppress(AttributeError, TypeError):  # it has not been drawn yet
                    side.active_panel_category = TAB if side.active_panel_category != LIST_TAB else LIST_TAB
                    done = True
        _bring_into_sight(window, area, region)
    return done


def _strips_of(edit_uid: int) -> list[tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region]]:
    """Where a window shows the strips of this edit."""
    edit = next((scene for scene in bpy.data.scenes if scene.session_uid == edit_uid), None)
    window = window_showing(bpy.context, edit) if edit is not None else None
    return [
        (window, area, region)
        for area in (window.screen.areas if window is not None else ())
        if area.type == "SEQUENCE_EDITOR" and area.spaces.active.view_type != "PREVIEW"
        for region in area.regions
        if region.type == "WINDOW"
    ]


def _bring_into_sight(window: bpy.types.Window, area: bpy.types.Area, region: bpy.types.Region) -> None:
    """Scroll the strips so that the playhead is seen where it is not."""
    left, right = (region.view2d.region_to_view(x, 0)[0] for x in (0, region.width))
    with bpy.context.temp_override(window=window, area=area, region=region):
        edit = getattr(bpy.context, "sequencer_scene", None) or bpy.context.scene
        if not left <= edit.frame_current < right and bpy.ops.sequencer.view_frame.poll():
            bpy.ops.sequencer.view_frame()


def _play(edit_uid: int) -> None:
    """Play the edit. Elsewhere than among its strips Blender would play the window's scene."""
    for window, area, region in _strips_of(edit_uid)[:1]:
        with bpy.context.temp_override(window=window, area=area, region=region):
            if not window.screen.is_animation_playing:
                bpy.ops.screen.animation_play()


def window_showing(context: bpy.types.Context, scene: bpy.types.Scene) -> bpy.types.Window | None:
    """A window with a sequencer that shows this scene's edit."""
    for window in context.window_manager.windows:
        shown = getattr(window.workspace, "sequencer_scene", None) or window.scene
        if shown == scene and any(area.type == "SEQUENCE_EDITOR" for area in window.screen.areas):
            return window
    return None
