"""Renders an edit as a movie, in a Blender of its own: `blender -b --python render_cut.py -- job.json`.

The job names a copy of the file, the edit's scene, its frames and where the movie goes. Nothing else of the extension
is needed, so that this runs in a Blender without it.
"""

import json
import os
import sys
from pathlib import Path

import bpy

NOT_RENDERED = ("take_one_burn_in", "take_one_compare")  # keys of strips: burn-ins come later, where wanted


def main(job_file: str) -> None:
    """Do the job. What fails is an exception, which ends Blender with an error."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    bpy.ops.wm.open_mainfile(filepath=job["blend"], load_ui=False, use_scripts=job["scripts"])
    scene = bpy.data.scenes[job["scene"]]
    scene.frame_start, scene.frame_end, scene.frame_step = job["start"], job["end"] - 1, 1
    _movie(scene.render, job)
    for strip in scene.sequence_editor.strips_all:
        if any(key in strip for key in NOT_RENDERED):
            strip.mute = True
    bpy.ops.render.render(animation=True, scene=scene.name)


def _movie(render: bpy.types.RenderSettings, job: dict) -> None:  # type: ignore[type-arg]
    render.use_sequencer = True
    render.use_stamp = False
    render.use_overwrite, render.use_placeholder = True, False
    render.use_file_extension = False
    render.filepath = job["movie"]
    percent = render.resolution_percentage  # it stays: strips are scaled by it
    sides = render.resolution_x, render.resolution_y
    render.resolution_x, render.resolution_y = (_even(side, percent) for side in sides)
    render.use_border = False
    if hasattr(render, "use_multiview"):
        render.use_multiview = False
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.image_settings.color_mode = "RGB"
    render.image_settings.color_management = "FOLLOW_SCENE"
    movie = render.ffmpeg
    movie.format, movie.codec = "MPEG4", "H264"
    movie.constant_rate_factor = "PERC_LOSSLESS" if job["twice"] else "HIGH"
    movie.ffmpeg_preset = "GOOD"
    movie.gopsize = max(1, round(render.fps / render.fps_base / 2))
    movie.use_autosplit = False
    movie.audio_codec, movie.audio_mixrate, movie.audio_bitrate = "AAC", 48000, 256
    movie.audio_channels = "STEREO"


def _even(side: int, percent: int) -> int:
    """As many pixels, up to `side`, as are rendered as an even number of them."""
    return next((one for one in range(side, 0, -1) if one * percent // 100 % 2 == 0 < one * percent // 100), side)


if __name__ == "__main__":
    try:
        main(sys.argv[-1])
    except BaseException as error:  # noqa: BLE001  Blender would go on, and end well
        print(f"Error: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)  # as a Python module Blender 4.5 may not end by itself after it has rendered
