"""Strips moved in time, with their animation, on their channels."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from .. import strips
from . import keys


def move(edit: bpy.types.Scene, moves: Iterable[tuple[bpy.types.Strip, int]]) -> int:
    """Move each strip by its number of frames; nothing else moves. They keep their channels, unless something that
    stays is in the way there. Returns how many had to change their channel.

    Effects move by themselves with what they are made of. Strips of one distance never meet each other; others are
    first brought out of the way.
    """
    wanted = {strip.name: (strip, by) for strip, by in moves if by and not follows(strip)}
    channels = {name: strip.channel for name, (strip, _) in wanted.items()}
    todo = list(wanted.values())
    distances = {by for _, by in todo}
    if len(distances) > 1:
        away = (
            max(map(strips.end, edit.sequence_editor.strips))
            - min(strips.start(strip) for strip, _ in todo)
            + max(map(abs, distances))
        )
        for strip, _ in _far_end_first(todo, away):
            _move(strip, away)
        todo = [(strip, by - away) for strip, by in todo]  # in any order: nothing reaches back to where they wait
    else:
        todo = _far_end_first(todo, next(iter(distances), 0))
    for strip, by in todo:
        _move(strip, by)
    move_effects_animation(edit, {name: by for name, (_, by) in wanted.items()})
    return sum(not _back(edit, strip, channels[name]) for name, (strip, _) in wanted.items())


def follows(strip: bpy.types.Strip) -> bool:
    """Whether it is an effect that stands where its inputs stand."""
    return getattr(strip, "input_count", 0) > 0


def inputs(strip: bpy.types.Strip) -> list[bpy.types.Strip]:
    """What an effect is made of."""
    found = (getattr(strip, name, None) for name in ("input_1", "input_2"))
    return [one for one in found if one is not None]


def _far_end_first(todo: list[tuple[bpy.types.Strip, int]], by: int) -> list[tuple[bpy.types.Strip, int]]:
    return sorted(todo, key=lambda row: strips.start(row[0]), reverse=by > 0)


def _move(strip: bpy.types.Strip, by: int) -> None:
    setattr(strip, strips.CONTENT_START, getattr(strip, strips.CONTENT_START) + by)


def _back(edit: bpy.types.Scene, strip: bpy.types.Strip, channel: int) -> bool:
    """Bring a strip back to its channel. Returns whether it is there."""
    if strip.channel != channel:
        busy = strips.busy_channels(edit.sequence_editor, strips.start(strip), strips.end(strip), strip)
        if channel not in busy:
            strip.channel = channel
    return bool(strip.channel == channel)


def move_effects_animation(edit: bpy.types.Scene, moved: dict[str, int]) -> None:
    """Blender moves the animation of a strip with it, but not that of an effect that follows it."""
    found = list(keys.curves(edit))
    if not found:
        return
    by_name = dict(moved)
    for strip in sorted(edit.sequence_editor.strips, key=lambda strip: strip.channel):  # effects lie above their inputs
        made_of = [by_name.get(one.name) for one in inputs(strip)]
        if made_of and made_of[0] is not None and len(set(made_of)) == 1:
            by_name[strip.name] = made_of[0]
    paths = {keys.path_of(name): by for name, by in by_name.items() if name not in moved}
    for path, curve in found:
        by = paths.get(path[: path.index('"]') + 2])
        if by:
            keys.move(curve, by)
