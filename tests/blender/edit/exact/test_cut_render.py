"""The cut's own render, in this process: what it shows, at which size, how it is written, how it ends."""

from __future__ import annotations

import json
import os
import runpy
import sys

import bpy
import numpy as np
import pytest
from cutting import colour_to
from leaving import two_pictures
from take_one.scene.edit import strips
from take_one.scene.edit.cut.uses import BURN_KEY
from take_one.scene.edit.out import render_cut

NEW = bpy.app.version >= (5, 0, 0)


@pytest.fixture
def edit(tmp_path):
    return two_pictures(tmp_path)


def job_of(tmp_path, **more):
    """The job file of a cut of frames 111 to 113."""
    blend, movie = tmp_path / "edit.blend", tmp_path / "cut.mp4"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    job = {"blend": str(blend), "scene": "Edit", "start": 111, "end": 113, "movie": str(movie), "twice": False,
           "scripts": False, **more}  # fmt: skip
    (tmp_path / "job.json").write_text(json.dumps(job))
    return str(tmp_path / "job.json"), movie


@pytest.mark.parametrize(("percent", "size"), [(100, (64, 36)), (50, (32, 18))])
def test_a_cut_shows_what_the_edit_shows_without_burn_ins(edit, tmp_path, percent, size):
    """A picture as large as the edit's frame at 100 %: its rim is red, also in a render of a part of the pixels."""
    pixels = np.zeros((36, 64, 4), np.float32)
    pixels[:, :, 3] = pixels[:, :8, 0] = pixels[:, -8:, 0] = pixels[:, 8:-8, 1] = 1
    image = bpy.data.images.new("rim", 64, 36)
    image.pixels.foreach_set(pixels.ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "rim.png"), "PNG"
    image.save()
    strips.remove([(edit, strip) for strip in edit.sequence_editor.strips])
    edit.view_settings.view_transform = "Standard"
    strip = edit.sequence_editor.strips.new_image("rim", str(tmp_path / "rim.png"), 2, 111, fit_method="FIT")
    setattr(strip, strips.LENGTH, 9)
    for channel, key in ((3, BURN_KEY), (4, strips.COMPARE_KEY)):
        colour_to(edit, key, channel, 101, 130, **{key: "x"}).color = (0, 0, 1)
    edit.render.resolution_percentage, edit.frame_step = percent, 3
    job, movie = job_of(tmp_path)
    render_cut.main(job)
    rendered = bpy.data.scenes["Edit"]
    assert (rendered.frame_start, rendered.frame_end, rendered.frame_step) == (111, 112, 1)
    clip = bpy.data.movieclips.load(str(movie))
    assert (tuple(clip.size), clip.frame_duration) == (size, 2)
    shown = bpy.data.images.load(str(movie))
    seen = np.array(shown.pixels[:]).reshape(size[1], size[0], 4)[size[1] // 2]
    assert seen[0, 0] > 0.8 > 0.3 > seen[0, 1] and seen[-1, 0] > 0.8, "the rim"
    assert seen[size[0] // 2, 1] > 0.8 and seen[:, 2].max() < 0.3


@pytest.mark.parametrize(
    ("side", "percent", "even"),
    [(64, 100, 64), (65, 100, 64), (64, 25, 64), (36, 25, 35), (35, 50, 33), (4, 10, 4), (101, 33, 99), (9, 200, 9)],
)
def test_sides_whose_rendered_part_is_even(side, percent, even):
    assert render_cut._even(side, percent) == even
    assert even * percent // 100 % 2 == 0


def test_how_a_cut_is_written(edit, tmp_path):
    """As players and editors take it: a key frame twice a second, sound, nothing of the scene's own output."""
    render, movie = edit.render, edit.render.ffmpeg
    render.fps, render.fps_base = 30, 1.25
    render.use_sequencer, render.use_stamp, render.use_overwrite, render.use_placeholder = False, True, False, True
    render.use_file_extension = render.use_border = render.use_multiview = movie.use_autosplit = True
    if NEW:
        render.image_settings.media_type = "IMAGE"
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    render.image_settings.color_management = "OVERRIDE"
    render.resolution_x, render.resolution_y = 65, 37
    for twice, quality in ((True, "PERC_LOSSLESS"), (False, "HIGH")):
        render_cut._movie(render, {"movie": "/x/cut.mp4", "twice": twice})
        assert movie.constant_rate_factor == quality
    assert (render.use_sequencer, render.use_stamp, render.use_overwrite, render.use_placeholder) == (
        True, False, True, False,
    )  # fmt: skip
    assert (render.use_file_extension, render.use_border, render.use_multiview, movie.use_autosplit) == (False,) * 4
    assert (render.filepath, render.resolution_x, render.resolution_y) == ("/x/cut.mp4", 64, 36)
    settings = render.image_settings
    assert (settings.file_format, settings.color_mode, settings.color_management) == ("FFMPEG", "RGB", "FOLLOW_SCENE")
    assert (movie.format, movie.codec, movie.ffmpeg_preset, movie.gopsize) == ("MPEG4", "H264", "GOOD", 12)
    assert (movie.audio_codec, movie.audio_mixrate, movie.audio_bitrate, movie.audio_channels) == (
        "AAC", 48000, 256, "STEREO",
    )  # fmt: skip
    render.fps, render.fps_base = 1, 1.0
    render_cut._movie(render, {"movie": "/x/cut.mp4", "twice": False})
    assert movie.gopsize == 1


def test_a_cut_that_fails_ends_its_blender_with_an_error(edit, tmp_path, monkeypatch, capsys):
    """And one that goes well ends it at once, its words written out."""
    ended = []

    def leave(code):
        ended.append((code, written[:]))
        raise SystemExit

    written = []
    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(sys, "argv", ["blender", "--", str(tmp_path / "none.json")])
    with pytest.raises(SystemExit):
        runpy.run_path(render_cut.__file__, run_name="__main__")
    assert [code for code, _ in ended] == [1] and "Error: " in capsys.readouterr().err
    job, movie = job_of(tmp_path)
    sys.argv[-1] = job
    flush = sys.stdout.flush
    monkeypatch.setattr(sys.stdout, "flush", lambda: written.append("flushed") or flush())
    with pytest.raises(SystemExit):
        runpy.run_path(render_cut.__file__, run_name="__main__")
    assert ended[1][0] == 0 and written[-1:] == ["flushed"] and movie.is_file()
