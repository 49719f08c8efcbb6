"""The board: a still for each shot at its length, where its takes will be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy

from ..model import marks
from ..model.properties.properties import prompt_of
from ..model.properties.rates import frame_rate
from ..model.shots import takes
from ..model.shots.paths import stored_path
from ..model.shots.shown import SHOT_KEY
from . import strips
from .cut import effects
from .cut import split as halves
from .cut.connect import connect
from .cut.uses import BOARD_KEY, WITH_KEY, Use, uses_of

NUMBER = 0  # takes count from 1: the board's still lies where those of a take 0 would
PICTURE = "board.png"
WORDS_PLACE = (0.5, 0.08)  # of the words in the picture, from its lower left corner
WORDS_SIZE = 0.035  # of the picture's height, as it is at 100 %: strips are scaled with the render
LONGEST_WORDS = 160


def picture_of(shot: Any) -> Path:
    """Where the shot's board picture lies."""
    return takes.still_folder(shot, NUMBER) / PICTURE


def new_picture(shot: Any) -> Path:
    """`picture_of`, to be written; its folder is made. Raises SceneError linked_folder; OSError."""
    return takes.new_picture(shot, NUMBER, PICTURE)


def frames_of(edit: bpy.types.Scene, shot: Any) -> int:
    """The shot's length in frames of the edit."""
    return max(1, round(shot.seconds * frame_rate(edit)))


def words_of(shot: Any) -> str:
    """What the board says of the shot: its name, and what happens in it."""
    said = [f"{line.speaker}: {line.line}" if line.speaker else line.line for line in shot.lines if line.line]
    words = " ".join([prompt_of(shot).replace("\n", " "), *said]).strip()
    short = words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 3].rstrip() + "..."
    return f"{shot.name}\n{short}" if short else str(shot.name)


def lay(edit: bpy.types.Scene, shot: Any, frame: int, size: tuple[int, int], frames: int | None = None) -> Use:
    """Lay the shot's board at `frame`: its picture, of `size` pixels, which may come later, and its words over it. The
    channel below is left to the sound of its takes. Nothing that was there moves.

    Raises:
        SceneError: no_channel; then nothing is laid.
    """
    editor = edit.sequence_editor or edit.sequence_editor_create()
    frames = frames or frames_of(edit, shot)
    channels = strips.free_channels(editor, frame, frame + frames, 3)
    picture = editor.strips.new_image(shot.name, stored_path(picture_of(shot)), channels[1], frame)
    setattr(picture, strips.LENGTH, frames)
    picture[SHOT_KEY], picture[BOARD_KEY] = shot.uid, True
    _fit(edit, picture, size)
    words = add_words(edit, shot, channels[2], frame, frames)
    for strip in (picture, words):
        strip.color_tag = strips.color_of(shot.uid)
        strip.select = False
    connect(edit, (picture, words))
    return next(use for use in uses_of(edit, shot.uid) if use.start <= frame < use.end)


def add_words(edit: bpy.types.Scene, shot: Any, channel: int, frame: int, frames: int) -> bpy.types.Strip:
    """The board's words."""
    words = effects.new_effect(edit, f"{shot.name} words", "TEXT", channel, frame, frames)
    words.text = words_of(shot)
    words.font_size = max(12, round(WORDS_SIZE * edit.render.resolution_y))
    words.location = WORDS_PLACE
    words.wrap_width = 0.9
    words.use_box = True
    words.box_color = (0.0, 0.0, 0.0, 0.6)
    if hasattr(words, "alignment_x"):
        words.alignment_x = "CENTER"
    words.anchor_x, words.anchor_y = "CENTER", "BOTTOM"
    words[WITH_KEY], words[BOARD_KEY] = shot.uid, True
    return words


def _fit(edit: bpy.types.Scene, picture: bpy.types.Strip, size: tuple[int, int]) -> None:
    """By the size that the file will have: Blender would ask the file, which may not be there yet."""
    render = edit.render
    scale = min(render.resolution_x / size[0], render.resolution_y / size[1])
    picture.transform.scale_x = picture.transform.scale_y = scale
    picture[strips.SIZE_KEY] = size


def split(edit: bpy.types.Scene, shot: Any, frame: int) -> Any:
    """Split a shot, and its board, at a frame of the edit (see cut/split.py). Returns the new shot.

    Raises:
        SceneError: no_strip where the edit does not show the shot around that frame.
    """
    return halves.split(edit, shot, frame, _show)


def _show(strip: bpy.types.Strip, shot: Any) -> None:
    if strip.type == "IMAGE":
        _point_to(strip, shot)
    else:
        strip.text, strip.name = words_of(shot), f"{shot.name} words"


def _point_to(picture: bpy.types.Strip, shot: Any) -> None:
    """Let an image strip show another shot's board."""
    path = stored_path(picture_of(shot))
    folder, _, name = path.rpartition("/" if "/" in path else os.sep)
    picture.directory, picture.elements[0].filename = folder + "/", name
    picture.name = shot.name


def renamed(shot: Any) -> None:
    """The shot has another name: its board says it."""
    for _, use in boards_of(shot.uid):
        for strip in use.all:
            if strip.type == "TEXT" and BOARD_KEY in strip:
                strip.name, strip.text = f"{shot.name} words", words_of(shot)
            elif strip.type == "IMAGE" and BOARD_KEY in strip:
                strip.name = shot.name


def resize(use: Use, size: tuple[int, int]) -> None:
    """The picture has another size than it was laid for: it fills the same place."""
    for strip in use.strips:
        old = marks.size(strip, strips.SIZE_KEY)
        if strip.type == "IMAGE" and BOARD_KEY in strip and old is not None and old != size:
            strip.transform.scale_x *= old[0] / size[0]
            strip.transform.scale_y *= old[1] / size[1]
            strip[strips.SIZE_KEY] = size


def boards_of(shot_uid: str) -> list[tuple[bpy.types.Scene, Use]]:
    """Where a scene's edit shows the shot's board."""
    return [
        (scene, use)
        for scene in bpy.data.scenes
        if scene.sequence_editor is not None and scene.library is None
        for use in uses_of(scene, shot_uid)
        if use.is_board
    ]


def replace(edit: bpy.types.Scene, use: Use, take_uid: str) -> None:
    """A take was laid at the board's start: it gets the board's length and channels, and the board goes."""
    picture = next(strip for strip in use.strips if BOARD_KEY in strip and strip.type != "SOUND")
    channel, end = picture.channel, strips.end(picture)
    laid = [one for one in use.strips if one.get(strips.TAKE_KEY) == take_uid]
    for strip in laid:
        setattr(strip, strips.END, end)
    strips.remove([(edit, strip) for strip in use.all if BOARD_KEY in strip])
    editor = edit.sequence_editor
    for strip in sorted(laid, key=lambda strip: strip.type == "SOUND"):
        wanted = channel if strip.type == "MOVIE" else channel - 1
        if wanted in strips.usable_channels(editor, strips.start(strip), strips.end(strip), strip):
            strip.channel = wanted
