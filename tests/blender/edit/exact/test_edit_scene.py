"""The edit scene: how it is made, where its movie goes, and how it is shown in a window."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from take_one.scene.edit import edit_scene
from take_one.scene.edit.cut import effects


@pytest.fixture
def edit():
    """The edit of a scene of 25 frames a second."""
    bpy.context.scene.render.fps = 25
    return edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene)


@pytest.fixture
def area(edit):
    """A sequencer that shows the edit."""
    window = bpy.context.window
    shown = window.workspace if hasattr(window.workspace, "sequencer_scene") else window
    setattr(shown, "sequencer_scene" if shown != window else "scene", edit)
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    return area


def test_an_edit_renders_a_movie_with_sound_as_browsers_play_it(edit):
    settings, movie = edit.render.image_settings, edit.render.ffmpeg
    assert (settings.file_format, settings.color_mode, edit.render.use_file_extension) == ("FFMPEG", "RGB", True)
    assert (movie.format, movie.codec, movie.constant_rate_factor) == ("MPEG4", "H264", "HIGH")
    assert (movie.audio_codec, movie.audio_bitrate, movie.audio_mixrate) == ("AAC", 256, 48000)
    assert movie.audio_channels == "STEREO"
    assert (edit.view_settings.view_transform, edit.sync_mode, edit.take_one.uid) == ("Standard", "AUDIO_SYNC", "")
    assert edit_scene.find_edit_scene(bpy.context, bpy.context.scene) == edit


def test_an_edit_shows_pictures_as_they_are_also_where_a_studio_names_its_colours_itself(monkeypatch):
    def shown():
        made = bpy.data.scenes.new("Shown")
        edit_scene.show_as_is(made)
        return made.display_settings.display_device, made.view_settings.view_transform

    assert shown() == ("sRGB", "Standard")
    monkeypatch.setattr(edit_scene, "VIEWS", ("Neither", "Raw", "Standard"))
    monkeypatch.setattr(edit_scene, "DISPLAYS", ("sRGB - None such", "sRGB"))
    assert shown() == ("sRGB", "Raw")
    made = bpy.data.scenes.new("Begun")
    begun = made.display_settings.display_device, made.view_settings.view_transform
    monkeypatch.setattr(edit_scene, "VIEWS", ("Neither",))
    monkeypatch.setattr(edit_scene, "DISPLAYS", ())
    assert shown() == begun != ("sRGB", "Raw")


def test_a_scene_of_the_users_named_edit_only_gets_a_sequencer():
    own = bpy.data.scenes.new("Edit")
    before = own.render.filepath, own.frame_end, own.render.fps
    assert edit_scene.ensure_edit_scene(bpy.context, bpy.context.scene) == own and own.sequence_editor is not None
    assert (own.render.filepath, own.frame_end, own.render.fps) == before and edit_scene.EDIT_KEY not in own


def test_the_movie_of_an_edit_goes_beside_the_film_unless_the_user_chose(edit, tmp_path):
    other = bpy.data.scenes.new("Another")
    other.render.filepath = "/tmp/"
    fallback = str(Path(bpy.app.tempdir).parent / "Edit.mp4")
    assert edit.render.filepath == fallback
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "My {film}.blend"))
    assert (edit.render.filepath, other.render.filepath) == ("//My (film) Edit.mp4", "/tmp/")
    edit_scene.output_beside(str(tmp_path / "c" / "Two.blend"))
    assert edit.render.filepath == str(tmp_path / "c" / "Two Edit.mp4")
    for place, follows in (("", True), ("//", True), ("/tmp/", True), ("/tmp/x", False), ("//mine.mp4", False)):
        edit.render.filepath = place
        edit_scene.output_beside(bpy.data.filepath)
        assert edit.render.filepath == ("//My (film) Edit.mp4" if follows else place)


def test_the_window_of_an_edit_is_one_with_a_sequencer_that_shows_it(edit, area):
    window, other = bpy.context.window, bpy.data.scenes.new("Other")
    assert edit_scene.window_showing(bpy.context, edit) == window
    assert edit_scene.window_showing(bpy.context, other) is None
    ((_, found, region),) = edit_scene._strips_of(edit.session_uid)
    assert (found, region.type) == (area, "WINDOW")
    assert edit_scene._strips_of(-1) == []
    area.spaces.active.view_type = "PREVIEW"
    assert edit_scene._strips_of(edit.session_uid) == []
    area.type = "VIEW_3D"
    assert edit_scene.window_showing(bpy.context, edit) is None


def left_of(area):
    region = next(one for one in area.regions if one.type == "WINDOW")
    return region.view2d.region_to_view(0, 0)[0]


def test_the_strips_are_scrolled_where_the_playhead_is_not_seen(edit, area):
    effects.new_effect(edit, "one", "COLOR", 1, 4990, 20)
    first = left_of(area)
    area.spaces.active.show_region_ui = False
    edit.frame_set(max(0, int(first)))
    assert edit_scene._open_tab(edit.session_uid) is False, "no window is drawn here"
    assert (left_of(area), area.spaces.active.show_region_ui) == (first, True)
    edit.frame_set(5000)
    edit_scene._open_tab(edit.session_uid)
    there = left_of(area)
    assert 4800 < there <= 5000
    edit.frame_set(int(there) - 5)
    edit_scene._open_tab(edit.session_uid)
    assert left_of(area) < int(there) - 5
    edit_scene._play(-1)
    assert not bpy.context.screen.is_animation_playing
    for _ in range(2):  # what plays goes on
        edit_scene._play(edit.session_uid)
        assert bpy.context.screen.is_animation_playing
    bpy.ops.screen.animation_cancel()
