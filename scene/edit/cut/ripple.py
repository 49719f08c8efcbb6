"""What follows a shot moves with its end; with ripple off nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import bpy

from ...model import marks
from .. import strips
from ..edit_scene import EDIT_KEY
from . import levels, shift
from .uses import OVERLAP_KEY, WITH_KEY, Use, uses, uses_of


@dataclass(frozen=True)
class Rules:
    """What moves when shots do: nothing with `ripple` off; your own strips and markers by choice."""

    ripple: bool
    others: bool
    markers: bool

    @classmethod
    def of(cls, edit: bpy.types.Scene) -> Rules:
        """As the edit says."""
        state = edit.take_one
        return cls(state.ripple, state.ripple_others, state.ripple_markers)


def ripple(edit: bpy.types.Scene, at: int, by: int, rules: Rules | None = None, keep: Iterable[str] = ()) -> int:
    """Move what begins at the frame `at` or later by `by` frames: shots with what goes with them, your own strips on
    their channels, and by the rules those on other channels, and markers. Locked strips and channels stay, and so do
    the strips named in `keep`. Returns how many strips had to change their channel."""
    rules = rules or Rules.of(edit)
    if not rules.ripple or not by or edit.sequence_editor is None:
        return 0
    with showing_all(edit):
        displaced = shift.move(edit, [(strip, by) for strip in following(edit, at, rules) if strip.name not in keep])
    for marker in edit.timeline_markers if rules.markers else ():
        if marker.frame >= at:
            marker.frame += by
    return displaced


def following(edit: bpy.types.Scene, at: int, rules: Rules) -> list[bpy.types.Strip]:
    """The strips that move with the frame `at`."""
    editor = edit.sequence_editor
    row = uses(edit)
    moved = [use for use in row if use.start >= at]
    ours = {strip.name for use in row for strip in use.all}
    found = {strip.name: strip for use in moved for strip in use.all}
    channels = {strip.channel for use in row for strip in use.strips}
    for strip in editor.strips:
        if strip.name in ours or shift.follows(strip) or strips.start(strip) < at:
            continue
        if rules.others or strip.channel in channels:
            found[strip.name] = strip
    return [strip for strip in found.values() if not is_locked(editor, strip)]


def is_locked(editor: bpy.types.SequenceEditor, strip: bpy.types.Strip) -> bool:
    """Whether the user has locked it, or its channel."""
    return bool(strip.lock or editor.channels[strip.channel].lock)


def set_length(edit: bpy.types.Scene, use: Use, frames: int, rules: Rules | None = None) -> bool:
    """Give a use of a shot another length, and let what follows move. Without ripple it changes only where the room
    that it needs is free. Returns whether it has this length now."""
    rules = rules or Rules.of(edit)
    by = max(1, frames) - use.length
    editor = edit.sequence_editor
    if not by:
        return True
    if any(is_locked(editor, strip) for strip in use.strips):
        return False
    at = min([one.start for one in uses(edit) if _goes_on(use, one)], default=use.end)
    if rules.ripple and by > 0:
        ripple(edit, at, by, rules, keep=[strip.name for strip in use.all])
    elif by > 0 and not _is_free(editor, use, by):
        return False
    with showing_all(edit):
        _stretch(use, by)
    if rules.ripple and by < 0:
        ripple(edit, at, max(by, use.start + 1 - at), rules, keep=[strip.name for strip in use.all])
    return True


def _goes_on(use: Use, other: Use) -> bool:
    """Whether the film goes on with the other before this one ends, as in a dissolve that a user made."""
    return use.start < other.start < use.end < other.end


def _is_free(editor: bpy.types.SequenceEditor, use: Use, by: int) -> bool:
    names = {strip.name for strip in use.all}
    return not any(
        strip.name not in names
        and strip.channel in {own.channel for own in use.all}
        and strips.start(strip) < use.end + by
        and strips.end(strip) > use.end
        for strip in editor.strips
    )


def _stretch(use: Use, by: int) -> None:
    """The end of a use by `by` frames later: what ends there ends later, what lies at its end moves with it."""
    middle = use.start + use.length / 2
    for strip in use.all:
        if shift.follows(strip):
            continue
        after, was = use.end + marks.count(strip, OVERLAP_KEY), strips.end(strip)
        if was == strips.ending(strip, after) and (strips.start(strip) < middle or strip in use.strips):
            setattr(strip, strips.END, strips.ending(strip, after + by))
            levels.later(strip, middle, strips.end(strip) - was)
        elif strip in use.over and strips.start(strip) >= middle:
            shift.move(strip.id_data, [(strip, by)])


def set_length_everywhere(edit: bpy.types.Scene, shot_uid: str, frames: int) -> bool:
    """Give every use of a shot this length, the last one first. Returns whether all have it."""
    count = len(uses_of(edit, shot_uid))
    done = [set_length(edit, uses_of(edit, shot_uid)[index], frames) for index in reversed(range(count))]
    return all(done)


@contextmanager
def showing_all(edit: bpy.types.Scene) -> Iterator[None]:
    """An edit of our own whose frames end with its last strip still does afterwards, and so do beds and burn-ins."""
    before = strips.last_frame(edit)
    follows = EDIT_KEY in edit and edit.frame_end <= before
    yield
    after = strips.last_frame(edit)
    if follows:
        edit.frame_end = max(edit.frame_start, after - 1)
    for strip in edit.sequence_editor.strips if after != before else ():
        if strips.runs_along(strip) and WITH_KEY not in strip and strips.end(strip) == before:
            _end_with_film(edit, strip, after)


def _end_with_film(edit: bpy.types.Scene, strip: bpy.types.Strip, after: int) -> None:
    """A bed has no more sound than its file; what begins behind the film's end stays."""
    if strip.type == "SOUND":
        after = min(after, strips.content_start(strip) + strips.content_length(strip))
    if after > strips.start(strip) and not is_locked(edit.sequence_editor, strip):
        setattr(strip, strips.END, after)
