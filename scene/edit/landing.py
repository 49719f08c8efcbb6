"""A finished take comes home: into its shot's list and onto the edit, whatever happened to the file
meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client.events import TakeReady
from ...client.protocol import Result
from ..app.app import app
from ..app.errors import SceneError
from ..model.properties.properties import MAX_SEED
from ..model.properties.rates import frame_rate
from ..model.shots import films, takes
from ..model.shots.kept import Kept, read, write
from ..model.shots.paths import disk_fix, stored_path
from ..model.shots.shot_list import add_shot, find_scene, find_shot, find_take
from . import board, burn_in, current, several, strips, swapping
from .cut import fit
from .cut.connect import connect
from .edit_scene import EDIT_KEY, ensure_edit_scene, find_edit_scene

MODAL_KINDS = ("TRANSFORM_OT_", "SEQUENCER_OT_", "SCULPT_OT_", "PAINT_OT_", "GREASE_PENCIL_OT_")


def file_is_open(file_id: str) -> bool:
    """Whether the open file is the one with this id."""
    return films.is_open(file_id)


def can_land(context: bpy.types.Context) -> bool:
    """Whether the edit may be changed now: nothing renders, and the user is not in the middle of a move or
    stroke."""
    if bpy.app.is_job_running("RENDER"):
        return False
    return not any(
        operator.bl_idname.startswith(MODAL_KINDS)
        for window in context.window_manager.windows
        for operator in window.modal_operators
    )


def land(context: bpy.types.Context, ready: TakeReady) -> bool:
    """All of `land_steps` at once. Returns whether the take has landed; False if another file is open."""
    if not file_is_open(ready.binding.file_id):
        return False
    for _ in land_steps(context, ready):
        pass
    return True


@dataclass(frozen=True)
class Arrival:
    """A take on its way to the edit: all that the steps need to know of it, since between two of them the take may be
    deleted, and its list laid out anew.

    `replaced` is the uid of the take whose strips it comes onto, "" for strips of its own: in the edit `edit_uid`
    ("": that of the scene), at `frame` (None: after the last strip). `on_board`: on the shot's board, if it has one.
    """

    scene_uid: str
    shot_uid: str
    take_uid: str
    name: str
    clip: Path
    sound: bool
    fps: Fraction | None
    replaced: str = ""
    edit_uid: str = ""
    frame: int | None = None
    on_board: bool = False
    handles: tuple[int, int] = strips.NO_HANDLES
    beyond: int = 0


def land_steps(context: bpy.types.Context, ready: TakeReady) -> Iterator[None]:
    """Put a take into its shot's list and onto the edit, as one undo step; between the steps Blender may
    draw. The take's file must be open. A shot that is gone is made again. If no strip could be laid, the
    take is in the list all the same and State.last_error says why.

    Of a clip with several shots each take goes to its own shot. Steps that were not gone to the end are begun anew with
    the same event.
    """
    found = []
    for one in several.parts(ready):
        found.append(one)
        if ready.binding.parts:
            yield  # its file may have been copied
    for one in found:
        yield from _land(context, one)
    names = [takes.take_name(one.binding.shot_name, one.binding.number) for one in found]
    yield
    push_undo(context, f"Take One: {', '.join(names)}")


def _land(context: bpy.types.Context, ready: TakeReady) -> Iterator[None]:
    binding = ready.binding
    shot = find_shot(binding.shot_uid, binding.scene_uid) or _recreate_shot(context, ready)
    take = find_take(shot, binding.take_uid) or shot.takes.add()
    _fill(take, ready)
    shot.last_number = max(shot.last_number, take.number)
    takes.remember(shot, take)
    arrival = _arrival(shot, take, binding.placement, binding.frame, binding.edit_uid)
    try:
        yield from _refresh(arrival) if binding.remade else _show(context, arrival)
    except SceneError as error:
        app().state.fail(error, ready.key)


def keep_clip(ready: TakeReady) -> None:
    """A take that could not be landed: where its shot lists it as waiting it is ready, to be shown by hand. Where the
    disk has no room for the files of a clip of several shots, State.last_error says so."""
    try:
        for one in several.parts(ready):
            _keep(one)
    except OSError as error:
        message = rpt_("The takes of one clip could not be written: {error}. They land when the file is opened again.")
        problem = SceneError("disk", message.format(error=error.strerror or error), disk_fix(error))
        app().state.fail(problem, ready.key)


def _keep(ready: TakeReady) -> None:
    shot = find_shot(ready.binding.shot_uid, ready.binding.scene_uid)
    take = find_take(shot, ready.binding.take_uid) if shot else None
    if take is not None and take.status == "WAITING" and ready.clip.is_file():
        take.clip, take.sidecar, take.status = stored_path(ready.clip), stored_path(ready.sidecar), "READY"


def push_undo(context: bpy.types.Context, message: str) -> None:
    """One undo step, where Blender would keep it whole: not in edit or paint modes, which have undo steps
    of their own."""
    window = context.window or next(iter(context.window_manager.windows), None)
    with context.temp_override(window=window) if window else context.temp_override():
        if bpy.context.mode == "OBJECT" and bpy.ops.ed.undo_push.poll():
            bpy.ops.ed.undo_push(message=message)


def _arrival(shot: Any, take: Any, placement: str = "", frame: int | None = None, edit_uid: str = "") -> Arrival:
    """What is known of the take now; `placement`, `frame` and `edit_uid` as in a Binding."""
    kept = read(take)
    return Arrival(
        scene_uid=shot.id_data.take_one.uid,
        shot_uid=shot.uid,
        take_uid=take.uid,
        name=takes.take_name(shot.name, take.number),
        clip=takes.clip_path(take),
        sound=has_sound(kept),
        fps=kept.fps,
        replaced=take.refines or (shot.current_take if placement == strips.REPLACE else ""),
        edit_uid=edit_uid,
        frame=frame if placement == strips.PLAYHEAD else None,
        on_board=placement == strips.REPLACE,
        handles=(kept.head, kept.tail),
        beyond=kept.beyond,
    )


def _refresh(arrival: Arrival) -> Iterator[None]:
    """Let the strips of a take that was made again read its file anew."""
    shown = [strip for _, strip in strips.strips_of_take(arrival.take_uid)]
    yield from swapping.swap_steps(
        shown, arrival.clip, name=arrival.name, take_uid=arrival.take_uid, handles=arrival.handles
    )
    several.note_beyond(arrival.take_uid, arrival.beyond)
    for _, strip in strips.strips_of_take(arrival.take_uid):
        strip.pop(strips.OFF_RATE_KEY, None)  # nothing is fitted: its rate is the one it had
    for edit in {scene for scene, _ in strips.strips_of_take(arrival.take_uid)}:
        strips.refresh(edit)


def _show(context: bpy.types.Context, arrival: Arrival) -> Iterator[None]:
    """Swap the take onto the strips that it replaces, or lay new strips."""
    uid = arrival.take_uid
    strips.remove_unfinished(uid)
    pairs = strips.strips_of_take(arrival.replaced) if arrival.replaced else []
    boards = board.boards_of(arrival.shot_uid) if arrival.on_board else []
    if pairs:
        shown = [strip for _, strip in pairs]
        yield from swapping.swap_steps(shown, arrival.clip, name=arrival.name, take_uid=uid, handles=arrival.handles)
    elif strips.strips_of_take(uid):
        pass  # its event came twice
    elif boards:
        for edit, use in boards:
            yield from _on_board(edit, use.start, arrival)
    else:
        scene = find_scene(arrival.scene_uid) or context.scene
        edit = find_scene(arrival.edit_uid or "-") or ensure_edit_scene(context, scene)
        yield from _place(edit, arrival, strips.last_frame(edit) if arrival.frame is None else arrival.frame)
    several.note_beyond(uid, arrival.beyond)
    for edit in {scene.name: scene for scene, _ in strips.strips_of_take(uid)}.values():
        fit.fit(edit, uid, arrival.name)
    for edit, strip in strips.strips_of_take(uid):
        _check_rate(edit, arrival.fps, uid)
        if EDIT_KEY in edit:  # an edit of our own shows all of its takes
            edit.frame_end = max(edit.frame_end, strips.end(strip) - 1)
    shot = find_shot(arrival.shot_uid, arrival.scene_uid)
    if shot is not None and find_take(shot, uid) is not None:
        _choose(shot, uid)
    for edit, _ in strips.strips_of_take(uid)[:1]:
        burn_in.renew(edit)


def _place(edit: bpy.types.Scene, arrival: Arrival, frame: int) -> Iterator[None]:
    """Lay a take on strips of its own, picture and sound connected."""
    edit_name, known = edit.name, {strip.name for _, strip in strips.strips_of_take(arrival.take_uid)}
    yield from strips.place_steps(
        edit,
        arrival.clip,
        name=arrival.name,
        shot_uid=arrival.shot_uid,
        take_uid=arrival.take_uid,
        frame=frame,
        sound=arrival.sound,
        handles=arrival.handles,
    )
    edit = bpy.data.scenes[edit_name]
    laid = [strip for scene, strip in strips.strips_of_take(arrival.take_uid) if scene == edit]
    connect(edit, [strip for strip in laid if strip.name not in known])


def _on_board(edit: bpy.types.Scene, start: int, arrival: Arrival) -> Iterator[None]:
    """Lay a take where the shot's board stands, as long as that, and remove the board."""
    edit_name = edit.name
    yield from _place(edit, arrival, start)
    edit = bpy.data.scenes[edit_name]
    use = next((use for scene, use in board.boards_of(arrival.shot_uid) if scene == edit and use.start == start), None)
    if use is not None:
        board.replace(edit, use, arrival.take_uid)


def _choose(shot: Any, take_uid: str) -> None:
    """The edit shows this take now. If the buttons acted on the one that it showed, they act on this one."""
    chosen = shot.takes[shot.active_take].uid if 0 <= shot.active_take < len(shot.takes) else ""
    if chosen in ("", shot.current_take):
        shot.active_take = [take.uid for take in shot.takes].index(take_uid)
    shot.current_take = take_uid


def show(context: bpy.types.Context, shot: Any, take: Any) -> None:
    """Show this take in the edit: wherever the edit shows the shot, else on new strips, where the scene wants
    takes to go.

    Raises:
        SceneError: clip_missing, no_channel, clip_unreadable.
    """
    if strips.strips_of_shot(shot.uid):
        current.make_current(shot, take)
        return
    takes.check_clip(take)
    edit = find_edit_scene(context, shot.id_data)
    frame = edit.frame_current if edit is not None else None
    for _ in _show(context, _arrival(shot, take, shot.id_data.take_one.placement, frame)):
        pass


def _check_rate(edit: bpy.types.Scene, fps: Fraction | None, take_uid: str) -> None:
    """Say so if the edit's frame rate was changed since the take was asked for."""
    rate = frame_rate(edit)
    if fps and abs(fps - rate) > Fraction(1, 100):
        message = rpt_(
            "The take was made for {fps:g} frames a second and '{edit}' runs at {rate:g}: it plays too "
            "fast or slow. Make it again."
        ).format(fps=float(fps), edit=edit.name, rate=float(rate))
        app().state.fail(SceneError("frame_rate", message, "retry"), take_uid)


def has_sound(kept: Kept) -> bool:
    """Whether a take's clip has sound. A clip that nothing is known of counts as one that has."""
    return kept.sound_seconds is None or kept.sound_seconds > 0


def _fill(take: Any, ready: TakeReady) -> None:
    """Write on the take what its job says of it."""
    job, binding = ready.job, ready.binding
    result = job.result or Result()
    take.uid = binding.take_uid
    take.number = binding.number
    take.status = "READY"
    take.clip, take.sidecar = stored_path(ready.clip), stored_path(ready.sidecar)
    takes.release_number(ready.clip)
    kept = read(take)
    take.engine = job.model or take.engine
    take.seed = min(job.seed, MAX_SEED) if job.seed is not None else take.seed
    take.refines = binding.refines
    take.notes = "\n".join((*kept.still_notes, *result.notes))
    fps = job.fps or (kept.request.fps if kept.request else None)
    kept = replace(kept, fps=fps, sound_seconds=result.sound_seconds, cost=result.cost)
    kept = replace(kept, head=binding.head, tail=binding.tail, beyond=binding.beyond)
    kept = replace(kept, made=kept.made or time.strftime("%Y-%m-%dT%H:%M:%S"))
    write(take, kept)
    take.about, take.words = takes.about(kept, take.engine), takes.first_words(job.prompt)


def _recreate_shot(context: bpy.types.Context, ready: TakeReady) -> Any:
    """The shot that the take was made for, made again from what the job carries."""
    job, binding = ready.job, ready.binding
    scene = find_scene(binding.scene_uid) or context.scene
    active = scene.take_one.active_shot
    had_shots = len(scene.take_one.shots) > 0
    shot = add_shot(scene)
    shot.uid, shot.name = binding.shot_uid, binding.shot_name
    shot.prompt = job.prompt
    if job.seconds:  # of the whole clip, as the handles are
        shot.seconds = job.seconds - (float((binding.head + binding.tail) / job.fps) if job.fps else 0.0)
    shot.engine = job.model or shot.engine
    if had_shots:
        scene.take_one.active_shot = active
    return shot
