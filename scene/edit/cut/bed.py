"""The ambience beds of an edit: one sound through all shots of a scene, lower under their lines, one bed into the next
where scenes change; and what that means for the sound of the takes."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol.direction import MAX_TEXT
from ...app.errors import SceneError
from ...model import marks
from ...model.properties.rates import frame_rate
from ...model.shots import shot_list
from ...model.shots.paths import stored_path
from .. import strips
from . import fit, levels
from .uses import BED_KEY, Use, uses

CROSS_SECONDS = 1.0  # over which one bed goes over into the next
QUIET_KEY = "take_one_under_bed"  # on a take's sound that is off because a bed runs there
LINES, ALL = "LINES", "ALL"  # what is heard of the takes over a bed: their lines only, or all


@dataclass(frozen=True)
class Talk:
    """The lines of a shot that begins `start` seconds into its bed."""

    start: float
    seconds: float
    lines: tuple[tuple[str, str, str], ...]  # speaker, language, line


@dataclass(frozen=True)
class Run:
    """Neighbouring shots that share an ambience: its `words`, from the frame `start` to before `end` of the edit, of
    which `fade_in` and `fade_out` frames overlap the beds beside it."""

    words: str
    start: int
    end: int
    rate: float
    shots: tuple[str, ...] = ()
    talk: tuple[Talk, ...] = ()
    fade_in: int = 0
    fade_out: int = 0

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / self.rate

    @property
    def seed(self) -> int:
        """The same for the same words."""
        return zlib.crc32(self.words.encode())

    @property
    def mark(self) -> str:
        """The same for the same sound."""
        said = [self.words, self.seconds, [(one.start, one.seconds, one.lines) for one in self.talk]]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def words_of(shot: Any) -> str:
    """The ambience of a shot: that of its scene, if it has one, else what is heard in the shot itself."""
    return " ".join((shot.id_data.take_one.ambience or shot.sound).replace("\0", "").split())[:MAX_TEXT]


def runs(edit: bpy.types.Scene) -> list[Run]:
    """The beds that the edit wants, in its order."""
    rate = float(frame_rate(edit))
    found: list[tuple[str, list[tuple[Use, Any]]]] = []
    for use in uses(edit):
        shot = shot_list.find_shot(use.shot_uid)
        words = words_of(shot) if shot is not None else ""
        if found and found[-1][0] == words:
            found[-1][1].append((use, shot))
        else:
            found.append((words, [(use, shot)]))
    made = [_run(words, row, rate) for words, row in found if words]
    half = max(1, round(CROSS_SECONDS * rate / 2))
    for index in range(1, len(made)):
        before, after = made[index - 1], made[index]
        if after.start - before.end > 2 * half:
            continue
        room = min(half, (before.end - before.start) // 2, (after.end - after.start) // 2)
        cut = after.start
        made[index - 1] = replace(before, end=cut + room, fade_out=2 * room)
        made[index] = replace(_later(after, room / rate), start=cut - room, fade_in=2 * room)
    return made


def _run(words: str, row: Sequence[tuple[Use, Any]], rate: float) -> Run:
    start = row[0][0].start
    talk = []
    for use, shot in row:
        lines = tuple((one.speaker, one.language, one.line) for one in shot.lines if one.line.strip())
        if lines:
            first, frames = _spoken_in(use)
            talk.append(Talk(max(0.0, (first - start) / rate), frames / rate, lines))
    end = max(use.end for use, _ in row)
    return Run(words, start, end, rate, tuple(use.shot_uid for use, _ in row), tuple(talk))


def _later(run: Run, seconds: float) -> Run:
    """The bed begins that much before its shots."""
    return replace(run, talk=tuple(replace(one, start=one.start + seconds) for one in run.talk))


def _spoken_in(use: Use) -> tuple[int, int]:
    """Where the shot of a take begins in the edit, and its frames: its strip may be trimmed."""
    movie = fit.movie_of(use)
    if movie is None:
        return use.start, use.length
    return strips.content_start(movie) + marks.count(movie, strips.HEAD_KEY), fit.shot_frames(movie)


def lay(
    edit: bpy.types.Scene, made: Sequence[tuple[Run, Path, Sequence[Sequence[float]]]], of_takes: str = LINES
) -> list[bpy.types.Strip]:
    """Lay these beds in place of those that are there: each a file, and how far it goes down (seconds, dB). Of the
    takes under them only the lines are heard, or all. Nothing that was there moves.

    Raises:
        SceneError: no_channel; clip_unreadable. Then there is no bed.
    """
    gains = [_gains(run, ducking) for run, _, ducking in made]  # before anything is removed
    remove(edit)
    editor = edit.sequence_editor or edit.sequence_editor_create()
    laid = []
    try:
        for number, ((run, path, _), volumes) in enumerate(zip(made, gains, strict=True), 1):
            laid.append(_lay(edit, editor, run, path, volumes, number))
    except SceneError:
        remove(edit)
        raise
    if of_takes == LINES:
        for run, _, ducking in made:
            _only_lines(edit, run, ducking)
    return laid


def _lay(
    edit: bpy.types.Scene,
    editor: bpy.types.SequenceEditor,
    run: Run,
    path: Path,
    volumes: Sequence[tuple[float, float]],
    number: int,
) -> bpy.types.Strip:
    free = strips.usable_channels(editor, run.start, run.end)
    if not free:
        raise SceneError("no_channel", "No channel is free for the ambience bed. Unlock one.", "retry")
    try:
        strip = editor.strips.new_sound(f"Bed {number}: {run.words}"[:60], stored_path(path), free[0], run.start)
    except RuntimeError as error:
        message = rpt_("Blender can't read the ambience bed {file}. Lay it again.")
        raise SceneError("clip_unreadable", message.format(file=path), "retry") from error
    strip[BED_KEY] = run.mark
    strip.select = False
    if strips.end(strip) != run.end:
        setattr(strip, strips.END, run.end)
    strip.color_tag = "COLOR_08"
    levels.shape(strip, volumes)
    return strip


def _gains(run: Run, ducking: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """The bed's volume by frame: down under lines, in and out at equal power where it meets another."""
    down = [(run.start + at * run.rate, 10 ** (gain / 20)) for at, gain in ducking]
    edges = [(float(run.start), 1.0), (float(run.end), 1.0)]
    if run.fade_in:
        middle = run.start + run.fade_in / 2
        edges = [(float(run.start), 0.0), (middle, 0.7071), (float(run.start + run.fade_in), 1.0), edges[-1]]
    if run.fade_out:
        first = run.end - run.fade_out
        edges = [*edges[:-1], (float(first), 1.0), (first + run.fade_out / 2, 0.7071), (float(run.end), 0.0)]
    frames = sorted({round(frame, 2) for frame, _ in (*down, *edges) if run.start <= frame <= run.end})
    return [(frame, levels.between(down, frame) * levels.between(edges, frame)) for frame in frames]


def _only_lines(edit: bpy.types.Scene, run: Run, ducking: Sequence[Sequence[float]]) -> None:
    """Takes without lines are switched off, of the others the lines are heard: the bed has the ambience."""
    heard = [(run.start + at * run.rate, 1.0 if gain < 0 else 0.0) for at, gain in ducking]
    for use in uses(edit):
        if use.shot_uid not in run.shots or not run.start <= use.start < run.end:
            continue
        shot = shot_list.find_shot(use.shot_uid)
        speaks = shot is not None and any(one.line.strip() for one in shot.lines)
        for strip in use.strips:
            if strip.type != "SOUND":
                continue
            if not speaks and not strip.mute:
                strip.mute, strip[QUIET_KEY] = True, True
            elif speaks and not levels.is_animated(strip):
                first, after = strips.start(strip), strips.end(strip)
                inside = [(frame, part) for frame, part in heard if first < frame < after]
                ends = [(float(one), levels.between(heard, one)) for one in (first, after)]
                levels.shape(strip, [ends[0], *inside, ends[1]])
                strip[QUIET_KEY] = True


def remove(edit: bpy.types.Scene) -> int:
    """Remove the beds; the takes sound as they did. Returns how many there were."""
    editor = edit.sequence_editor
    found = beds(edit)
    strips.remove([(edit, strip) for strip in found])
    for strip in list(editor.strips) if editor is not None else []:
        if QUIET_KEY in strip:
            if levels.SHAPE_KEY in strip and strip.type == "SOUND":
                levels.unshape(strip)
            else:
                strip.mute = False
            del strip[QUIET_KEY]
    return len(found)


def beds(edit: bpy.types.Scene) -> list[bpy.types.Strip]:
    """The beds' strips."""
    return [strip for strip in strips.strips_of_edit(edit) if BED_KEY in strip and strip.type == "SOUND"]


def is_stale(edit: bpy.types.Scene) -> bool:
    """Whether the edit has changed since its beds were laid."""
    laid = sorted((strips.start(strip), strips.end(strip), str(strip[BED_KEY])) for strip in beds(edit))
    return bool(laid) and laid != [(run.start, run.end, run.mark) for run in runs(edit)]
