"""Shots in another order, and shots left out: the edit follows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import bpy

from .. import strips
from . import ripple as rippling
from . import shift, transitions
from .ripple import Rules
from .uses import Use, uses, uses_of


def arrange(edit: bpy.types.Scene, order: Sequence[str], rules: Rules | None = None) -> int:
    """Bring the shots of the edit into the order of these uids: they change places among each other, with what lies
    over them, and the gaps between places stay. Shots that are not named keep their place in the row. Your own
    strips that lie within a shot's place, and markers, go along by the rules; all else stays. Returns how many shots
    have moved."""
    rules = rules or Rules.of(edit)
    row = uses(edit)
    rank = {uid: place for place, uid in enumerate(order)}
    places = [index for index, use in enumerate(row) if use.shot_uid in rank]
    if not rules.ripple or len(places) < 2:
        return 0
    wanted = list(row)
    for index, use in zip(places, sorted((row[i] for i in places), key=lambda use: rank[use.shot_uid]), strict=True):
        wanted[index] = use
    if wanted == row or any(rippling.is_locked(edit.sequence_editor, strip) for use in row for strip in use.strips):
        return 0
    changed = [use for use, other in zip(row, wanted, strict=True) if use != other]
    if transitions.part(edit, changed):
        return arrange(edit, order, rules)
    gaps = _gaps(row, wanted)
    at, moves, markers, moved = row[0].start, [], {}, 0
    carried: set[str] = set()
    for use, gap in zip(wanted, gaps, strict=True):
        by = at - use.start
        at += use.length + gap
        moved += by != 0
        along = list(use.all) + [one for one in _own_within(edit, use, rules) if one.name not in carried]
        carried |= {strip.name for strip in along}
        moves += [(strip, by) for strip in along]
        for marker in edit.timeline_markers if rules.markers else ():
            if use.start <= marker.frame < use.end:
                markers[marker.name, marker.frame] = marker, marker.frame + by
    with rippling.showing_all(edit):
        shift.move(edit, moves)
    for marker, frame in markers.values():
        marker.frame = frame
    return moved


def _gaps(row: list[Use], wanted: list[Use]) -> list[int]:
    """Frames after each place. Shots that overlap, as in a dissolve that a user made, do while they are neighbours."""
    found = [two.start - one.end for one, two in itertools.pairwise(row)]
    overlaps = {pair: gap for pair, gap in zip(itertools.pairwise(row), found, strict=True) if gap < 0}
    pairs = itertools.pairwise(wanted)
    return [overlaps.get(pair, max(0, gap)) for pair, gap in zip(pairs, found, strict=True)] + [0]


def _own_within(edit: bpy.types.Scene, use: Use, rules: Rules) -> list[bpy.types.Strip]:
    """The user's own strips that lie within a shot's place."""
    editor = edit.sequence_editor
    ours = {strip.name for one in uses(edit) for strip in one.all}
    channels = {strip.channel for strip in use.strips}
    return [
        strip
        for strip in editor.strips
        if strip.name not in ours
        and not shift.follows(strip)
        and use.start <= strips.start(strip)
        and strips.end(strip) <= use.end
        and (rules.others or strip.channel in channels)
        and not rippling.is_locked(editor, strip)
    ]


def remove(edit: bpy.types.Scene, shot_uid: str, rules: Rules | None = None) -> int:
    """Remove every use of a shot from the edit; what follows closes up by the rules. Returns how many strips went."""
    gone = 0
    for _ in uses_of(edit, shot_uid):
        transitions.part(edit, [uses_of(edit, shot_uid)[-1]])
        use = uses_of(edit, shot_uid)[-1]
        gone += len(use.all)
        start, length, end = use.start, use.length, use.end
        with rippling.showing_all(edit):
            strips.remove([(edit, strip) for strip in use.all])
        del use
        if all(strips.start(strip) >= end or strips.end(strip) <= start for strip in _row_of(edit)):
            rippling.ripple(edit, end, -length, rules)
    return gone


def _row_of(edit: bpy.types.Scene) -> list[bpy.types.Strip]:
    return [strip for use in uses(edit) for strip in use.strips]
