"""Dissolves, fades and dips between shots: real pictures from the takes' handles, and sound that goes along."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...app.errors import SceneError
from ...model import marks
from .. import strips
from . import effects, levels, ripple, shift
from .uses import BURN_KEY, OVERLAP_KEY, WITH_KEY, Use, uses

DISSOLVE, FADE_IN, FADE_OUT, DIP = "DISSOLVE", "FADE_IN", "FADE_OUT", "DIP"
KIND_KEY = "take_one_transition"  # on the strips of a transition: its kind
BLACK = (0.0, 0.0, 0.0)


def before(edit: bpy.types.Scene, use: Use) -> Use | None:
    """The shot whose end meets the beginning of this one."""
    return next((one for one in uses(edit) if one.end == use.start and one.shot_uid != use.shot_uid), None)


def add(edit: bpy.types.Scene, use: Use, kind: str, frames: int, color: tuple[float, ...] = BLACK) -> int:
    """Put a transition of up to `frames` frames into a shot, from the one before it (DISSOLVE, DIP), or at its
    beginning or end. What was there of the same place is replaced. No shot moves. Returns its frames.

    Raises:
        SceneError: no_cut where no shot ends where this one begins; no_handle where the one before has no frame after
            its end; locked; no_channel.
    """
    editor = edit.sequence_editor
    previous = before(edit, use) if kind in (DISSOLVE, DIP) else None
    if kind in (DISSOLVE, DIP) and previous is None:
        raise SceneError("no_cut", "No shot ends where this one begins: there is nothing to come from. Use a fade.")
    both = [use] if previous is None else [previous, use]
    if any(_picture(one) is None for one in both):
        raise SceneError("no_picture", "A shot has only its sound here: lay its picture beside it, or make it again.")
    if any(ripple.is_locked(editor, strip) for one in both for strip in one.strips):
        raise SceneError("locked", "A strip of the shot, or its channel, is locked. Unlock it.")
    remove(edit, use, FADE_OUT if kind == FADE_OUT else FADE_IN)
    use = next(one for one in uses(edit) if one.shot_uid == use.shot_uid and one.start == use.start)
    previous = before(edit, use) if previous is not None else None
    if kind == DISSOLVE:
        assert previous is not None
        return _dissolve(edit, previous, use, frames)
    if kind == DIP:
        assert previous is not None
        half = max(1, min(frames // 2, previous.length, use.length))
        _cover(edit, use, kind, (use.start - half, use.start, use.start + half), (0.0, 1.0, 0.0), color)
        _sound(previous, use.start - half, use.start, 1.0, 0.0)
        _sound(use, use.start, use.start + half, 0.0, 1.0)
        return 2 * half
    count = max(1, min(frames, use.length))
    first, after = (use.start, use.start + count) if kind == FADE_IN else (use.end - count, use.end)
    dark = (1.0, 0.0) if kind == FADE_IN else (0.0, 1.0)
    _cover(edit, use, kind, (first, after), dark, color)
    _sound(use, first, after, 1.0 - dark[0], 1.0 - dark[1])
    return count


def remove(edit: bpy.types.Scene, use: Use, kind: str = FADE_IN) -> bool:
    """Remove the transition at the beginning of a shot (FADE_IN), or at its end (FADE_OUT). Whether there was
    one."""
    wanted = {FADE_OUT} if kind == FADE_OUT else {DISSOLVE, DIP, FADE_IN}
    found = [
        strip
        for strip in edit.sequence_editor.strips
        if marks.text(strip, KIND_KEY) in wanted and strip.get(WITH_KEY) == use.shot_uid and _meets(strip, use)
    ]
    for strip in found:
        first, after = strips.start(strip), strips.end(strip)
        strips.take_from(edit.sequence_editor, strip)
        for one in uses(edit):
            if one.start < after and one.end + _overlap(one) > first:
                for sound in one.strips:
                    levels.clear(sound, first, after)
    previous = next((one for one in uses(edit) if one.end == use.start), None)
    if found and kind != FADE_OUT and previous is not None:
        _draw_back(previous)
    return bool(found)


def at_beginning(edit: bpy.types.Scene, use: Use) -> str:
    """The kind of the transition into a shot, "" where it is cut to."""
    kinds = [marks.text(strip, KIND_KEY) for strip in use.over]
    return next((kind for kind in kinds if kind not in ("", FADE_OUT)), "")


def between(edit: bpy.types.Scene) -> int:
    """How many dissolves and dips the edit has: what ties a shot to the one before it."""
    editor = edit.sequence_editor
    return sum(strip.get(KIND_KEY) in (DISSOLVE, DIP) for strip in editor.strips) if editor is not None else 0


def torn(edit: bpy.types.Scene) -> list[str]:
    """Names of the user's own transitions whose two strips share no frame: they show one of them where it is not."""
    found = []
    for strip in strips.strips_of_edit(edit):
        both = shift.inputs(strip) if KIND_KEY not in strip else []
        if len(both) == 2 and max(map(strips.start, both)) >= min(map(strips.end, both)):
            found.append(strip.name)
    return found


def part(edit: bpy.types.Scene, moved: list[Use]) -> int:
    """Remove the transitions between these shots and those beside them, which will be others. Returns how many."""
    ends = {use.end for use in moved}
    count = 0
    for use in uses(edit):
        if use in moved or use.start in ends:
            count += at_beginning(edit, use) in (DISSOLVE, DIP) and remove(edit, use)
    return count


def _dissolve(edit: bpy.types.Scene, previous: Use, use: Use, frames: int) -> int:
    """The shot before goes on under this one, on the channels that it has; this one goes to others where it must."""
    picture, over = _picture(previous), _picture(use)
    assert picture is not None and over is not None
    room = _frames_after(picture)
    frames = min(frames, previous.length, use.length - 1, room)
    if frames < 1:
        message = rpt_("The take before has no frame after its end: make it again with handles, trim it, or use a dip.")
        raise SceneError("no_handle", message)
    editor = edit.sequence_editor
    busy = {strip.channel for strip in previous.strips}
    for strip in sorted(use.strips, key=lambda strip: strip.type != "SOUND"):
        if strip.channel in busy or (strip == over and strip.channel < picture.channel):
            free = strips.usable_channels(editor, strips.start(strip), strips.end(strip), strip)
            above = [one for one in free if one not in busy and (strip != over or one > picture.channel)]
            if not above:
                raise SceneError("no_channel", "No channel is free for the dissolve. Unlock one.", "retry")
            strip.channel = above[0]
    _lift(editor, use, over.channel)
    for strip in previous.strips:
        if strips.end(strip) - _own_overlap(strip) == previous.end:
            strip[OVERLAP_KEY] = frames
            setattr(strip, strips.END, previous.end + frames)
    above = [one for one in strips.usable_channels(editor, use.start, use.start + frames) if one > over.channel]
    effect = effects.new_effect(edit, "Dissolve", "GAMMA_CROSS", above[0], use.start, frames, picture, over)
    effect[KIND_KEY], effect[WITH_KEY] = DISSOLVE, use.shot_uid
    _sound(previous, use.start, use.start + frames, 1.0, 0.0)
    _sound(use, use.start, use.start + frames, 0.0, 1.0)
    return frames


def _lift(editor: bpy.types.SequenceEditor, use: Use, channel: int) -> None:
    """What lies over a shot, lies over its picture again, which went up to this channel."""
    for strip in use.over:
        if strip.channel <= channel and not shift.follows(strip):
            free = strips.usable_channels(editor, strips.start(strip), strips.end(strip), strip)
            strip.channel = next((one for one in free if one > channel), strip.channel)


def _cover(
    edit: bpy.types.Scene,
    use: Use,
    kind: str,
    frames: tuple[int, ...],
    alphas: tuple[float, ...],
    color: tuple[float, ...],
) -> None:
    """A colour over the shot, from frame to frame of these strengths."""
    editor = edit.sequence_editor
    highest = max(strip.channel for strip in use.all if BURN_KEY not in strip)
    free = strips.usable_channels(editor, frames[0], frames[-1])
    above = [channel for channel in free if channel > highest]
    if not above:
        raise SceneError("no_channel", "No channel is free above the shot. Unlock one.", "retry")
    name = {FADE_IN: "Fade In", FADE_OUT: "Fade Out", DIP: "Dip"}[kind]
    cover = effects.new_effect(edit, name, "COLOR", above[0], frames[0], frames[-1] - frames[0])
    cover.color = color[:3]
    cover.blend_type = "ALPHA_OVER"
    cover[KIND_KEY], cover[WITH_KEY] = kind, use.shot_uid
    for frame, alpha in zip(frames, alphas, strict=True):
        cover.blend_alpha = alpha
        cover.keyframe_insert("blend_alpha", frame=frame)


def _sound(use: Use, first: int, after: int, start: float, end: float) -> None:
    for strip in use.strips:
        if strip.type == "SOUND":
            levels.ramp(strip, first, after, start, end)


def _picture(use: Use) -> bpy.types.Strip | None:
    pictures = (strip for strip in use.strips if strip.type != "SOUND")
    return max(pictures, key=lambda strip: strip.channel, default=None)


def _frames_after(picture: bpy.types.Strip) -> int:
    """How many real frames there are after what the strip shows. A board's picture has as many as one likes."""
    if picture.type == "IMAGE":
        return 1_000_000
    shown_to = strips.end(picture) - _own_overlap(picture)
    return strips.own_end(picture) - shown_to


def _draw_back(use: Use) -> None:
    for strip in use.strips:
        if OVERLAP_KEY in strip:
            ends, overlap = strips.end(strip), _own_overlap(strip)
            follows = ends == strips.ending(strip, use.end + overlap)
            setattr(strip, strips.END, strips.ending(strip, use.end) if follows else ends - overlap)
            del strip[OVERLAP_KEY]


def _own_overlap(strip: bpy.types.Strip) -> int:
    return marks.count(strip, OVERLAP_KEY)


def _overlap(use: Use) -> int:
    return max(_own_overlap(strip) for strip in use.strips)


def _meets(strip: bpy.types.Strip, use: Use) -> bool:
    return strips.start(strip) < use.end and strips.end(strip) > use.start
