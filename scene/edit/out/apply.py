"""What another program made of the edit, done to it: order, places, lengths and trims of shots, and new shots."""

from __future__ import annotations

from typing import Any, NamedTuple

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol.edit import Changes, Cut, Edit, Place
from ....client.protocol.edit.changes import place_of
from ...app.errors import SceneError
from ...model.properties.rates import frame_rate
from ...model.shots.shot_list import add_shot, find_shot, find_take
from ...model.shots.shown import SHOT_KEY
from .. import strips
from ..cut.ripple import showing_all
from ..cut.shift import move_effects_animation
from ..cut.uses import WITH_KEY
from .collect import CROSSES, shot_strip

FAR = 100_000  # frames: where strips wait while others take their places


class Done(NamedTuple):
    """How many places were changed, how many shots are new, and what could not be done."""

    changed: int
    new: int
    remarks: tuple[str, ...]


class _Step(NamedTuple):
    """How far a strip goes, and how many frames it shows more at its head and its tail, negative for less."""

    strip: bpy.types.Strip
    shift: int
    head: int = 0
    tail: int = 0


class _Move(NamedTuple):
    """A shot's strips, of one place, and where they go."""

    steps: tuple[_Step, ...]
    start: int


def apply(edit: bpy.types.Scene, was: Edit, changes: Changes, scene: bpy.types.Scene) -> Done:
    """Make the edit as `changes` says, which was read beside `was`, the edit as it was then. New shots go into the list
    of `scene`. What is not a shot's stays where it is.

    Raises:
        SceneError: changed, where the edit is not as it was any more; locked. Nothing is changed then.
    """
    moves = [move for cut in changes.cuts if cut.shot and (move := _move(edit, was, cut)) is not None]
    steps = [step for move in sorted(moves, key=lambda move: move.start) for step in move.steps]
    if locked := next((step.strip for step in steps if _locked(edit, step.strip)), None):
        message = rpt_("Strip '{name}', or its channel, is locked. Unlock it.").format(name=locked.name)
        raise SceneError("locked", message)
    remarks = []
    with showing_all(edit):
        # First all aside, then each to its place: nothing is in another's way.
        channels = [step.strip.channel for step in steps]
        far = max((strips.end(strip) for strip in edit.sequence_editor.strips), default=0) + FAR
        for step in steps:
            _shift(step.strip, far)
        for step, channel in zip(steps, channels, strict=True):
            _shift(step.strip, step.shift - far)
            _trim(step)
            step.strip.channel = channel
        move_effects_animation(edit, {step.strip.name: step.shift for step in steps})
    new = [_new_shot(edit, scene, cut) for cut in changes.cuts if not cut.shot]
    again = rpt_("Shot '{name}' is used once more there: lay it yourself.")
    remarks += [again.format(name=cut.name) for cut in changes.cuts if _again(was, cut)]
    other = rpt_("Another take of '{name}' is shown there: make it current yourself.")
    remarks += [other.format(name=cut.name) for cut in _other_takes(was, changes)]
    _order(changes)
    edit.frame_end = max(edit.frame_end, strips.last_frame(edit) - 1)
    return Done(len(moves), len(new), tuple(remarks))


def _move(edit: bpy.types.Scene, was: Edit, cut: Cut) -> _Move | None:
    place = place_of(was, cut)
    if place is None or (cut.start, cut.frames, cut.offset) == (place.start, place.frames, place.offset):
        return None
    every = edit.sequence_editor.strips
    own = [strip for strip in every if strip.get(SHOT_KEY) == cut.shot]
    picture = next((one for one in own if shot_strip(one) and strips.start(one) == place.start), None)
    if picture is None or strips.length(picture) != place.frames:
        message = rpt_("The edit has changed since the timeline was read: shot '{name}'. Read it again.")
        raise SceneError("changed", message.format(name=cut.name))
    head = place.offset - cut.offset if picture.type == "MOVIE" else 0
    by, tail = cut.start - place.start, cut.frames - place.frames - head
    steps = [_Step(strip, by + head, head, tail) for strip in own if _meets(strip, place)]
    over = [strip for strip in every if strip.get(WITH_KEY) == cut.shot and strip.type not in CROSSES]
    steps += [_over(strip, place, by, cut.frames - place.frames) for strip in over if _meets(strip, place)]
    return _Move(tuple(steps), cut.start)


def _meets(strip: bpy.types.Strip, place: Place) -> bool:
    return strips.start(strip) < place.end and strips.end(strip) > place.start


def _over(strip: bpy.types.Strip, place: Place, by: int, longer: int) -> _Step:
    """What lies over a shot: all along it, at its end, or at its beginning."""
    if strips.end(strip) < place.end:
        return _Step(strip, by)
    return _Step(strip, by, 0, longer) if strips.start(strip) <= place.start else _Step(strip, by + longer)


def _shift(strip: bpy.types.Strip, frames: int) -> None:
    if frames:
        setattr(strip, strips.CONTENT_START, getattr(strip, strips.CONTENT_START) + frames)


def _trim(step: _Step) -> None:
    """Its handles. The one that goes outwards goes first, so that no strip is ever without frames."""
    strip, start, end = step.strip, strips.start(step.strip) - step.head, strips.end(step.strip) + step.tail
    handles = [(strips.END, end), (strips.START, start)]
    for name, value in handles if step.tail >= 0 else reversed(handles):
        setattr(strip, name, value)


def _locked(edit: bpy.types.Scene, strip: bpy.types.Strip) -> bool:
    return bool(strip.lock or edit.sequence_editor.channels[strip.channel].lock)


def _new_shot(edit: bpy.types.Scene, scene: bpy.types.Scene, cut: Cut) -> Any:
    """A shot that is to be made, of the length that it has there."""
    shot = add_shot(scene, scene.camera)
    shot.name = cut.name[:60] or shot.name
    shot.seconds = float(cut.frames / frame_rate(edit))
    shot.prompt = " ".join(cut.note.split())[:1000]
    edit.timeline_markers.new(shot.name, frame=cut.start)
    return shot


def _again(was: Edit, cut: Cut) -> bool:
    return bool(cut.shot) and place_of(was, cut) is None


def _other_takes(was: Edit, changes: Changes) -> list[Cut]:
    found = []
    for cut in changes.cuts:
        place, shot = place_of(was, cut), find_shot(cut.shot) if cut.shot else None
        if place and shot and cut.take and cut.take != place.take and find_take(shot, cut.take):
            found.append(cut)
    return found


def _order(changes: Changes) -> None:
    """The lists of shots in the order of the film; shots that it does not name stay behind the one before them."""
    order = {cut.shot: index for index, cut in reversed(list(enumerate(changes.cuts))) if cut.shot}
    for scene in {shot.id_data for shot in map(find_shot, order) if shot is not None}:
        shots = scene.take_one.shots
        active = shots[scene.take_one.active_shot].uid if shots else ""
        rank, wanted = -1.0, []
        for index, shot in enumerate(shots):
            rank = float(order.get(shot.uid, rank))
            wanted.append((rank, index, shot.uid))
        for target, (_, _, uid) in enumerate(sorted(wanted)):
            current = next(index for index, shot in enumerate(shots) if shot.uid == uid)
            if current != target:
                shots.move(current, target)
        scene.take_one.active_shot = next((index for index, shot in enumerate(shots) if shot.uid == active), 0)
