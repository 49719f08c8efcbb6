"""A finished take comes home: into its shot's list and onto the edit, whatever happened to the file
meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client.events import TakeReady
from ..model import takes
from ..model.errors import SceneError
from ..model.paths import stored_path
from ..model.properties import add_shot, find_scene, find_shot, find_take
from ..model.rates import frame_rate
from ..model.state import STATE
from . import current, strips
from .edit_scene import EDIT_KEY, ensure_edit_scene, find_edit_scene

MODAL_KINDS = ("TRANSFORM_OT_", "SEQUENCER_OT_", "SCULPT_OT_", "PAINT_OT_", "GREASE_PENCIL_OT_")


def file_is_open(file_id: str) -> bool:
    """Whether the open file is the one with this id."""
    return any(scene.take_one.file_id == file_id for scene in bpy.data.scenes)


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
    """All of `land_steps` at once. Returns whether the take has landed; False where another file is open."""
    if not file_is_open(ready.job["binding"]["file_id"]):
        return False
    for _ in land_steps(context, ready):
        pass
    return True


def land_steps(context: bpy.types.Context, ready: TakeReady) -> Iterator[None]:
    """Put a take into its shot's list and onto the edit, as one undo step; between the steps Blender may
    draw. The take's file must be open. A shot that is gone is made again. Where no strip could be laid, the
    take is in the list all the same and STATE.last_error says why.

    Steps that were not gone to the end are begun anew with the same event.
    """
    binding = ready.job["binding"]
    shot = _shot_of(binding) or _recreate_shot(context, ready)
    take = find_take(shot, binding["take_uid"]) or shot.takes.add()
    _fill(take, ready)
    shot.last_number = max(shot.last_number, take.number)
    takes.remember(shot, take)
    name = takes.take_name(shot.name, take.number)
    try:
        yield from _refresh(shot, take) if binding.get("remade") else _show(context, shot, take, binding)
    except SceneError as error:
        STATE.fail(error, ready.key)
    yield
    push_undo(context, f"Take One: {name}")


def push_undo(context: bpy.types.Context, message: str) -> None:
    """One undo step, where Blender would keep it whole: not in edit or paint modes, which have undo steps
    of their own."""
    window = context.window or next(iter(context.window_manager.windows), None)
    with context.temp_override(window=window) if window else context.temp_override():
        if bpy.context.mode == "OBJECT" and bpy.ops.ed.undo_push.poll():
            bpy.ops.ed.undo_push(message=message)


def _refresh(shot: Any, take: Any) -> Iterator[None]:
    """Let the strips of a take that was made again read its file anew."""
    shown = [strip for _, strip in strips.strips_of_take(take.uid)]
    name = takes.take_name(shot.name, take.number)
    yield from strips.swap_steps(shown, takes.clip_path(take), name=name, take_uid=take.uid)
    for edit in {scene for scene, _ in strips.strips_of_take(take.uid)}:
        strips.refresh(edit)


def _show(context: bpy.types.Context, shot: Any, take: Any, binding: dict[str, Any]) -> Iterator[None]:
    """Swap the take onto the strips that it replaces, or lay new strips."""
    shot_uid, take_uid = shot.uid, take.uid
    name = takes.take_name(shot.name, take.number)
    clip = takes.clip_path(take)
    fps = json.loads(take.request or "{}").get("fps")
    strips.remove_unfinished(take_uid)
    replaced = take.refines or (shot.current_take if binding.get("placement") == strips.REPLACE else "")
    pairs = strips.strips_of_take(replaced) if replaced else []
    if pairs:
        yield from strips.swap_steps([strip for _, strip in pairs], clip, name=name, take_uid=take_uid)
    elif not strips.strips_of_take(take_uid):  # else it was told twice
        edit = find_scene(binding.get("edit_uid") or "-") or ensure_edit_scene(context, shot.id_data)
        frame = strips.last_frame(edit)
        if binding.get("placement") == strips.PLAYHEAD and binding.get("frame") is not None:
            frame = binding["frame"]
        yield from strips.place_steps(
            edit, clip, name=name, shot_uid=shot_uid, take_uid=take_uid, frame=frame, sound=has_sound(take)
        )
    for edit, strip in strips.strips_of_take(take_uid):
        _check_rate(edit, fps, take_uid)
        if EDIT_KEY in edit:  # an edit of our own shows all of its takes
            edit.frame_end = max(edit.frame_end, strips.end(strip) - 1)
    shot = find_shot(shot_uid)
    if shot is not None:
        _choose(shot, take_uid)


def _choose(shot: Any, take_uid: str) -> None:
    """The edit shows this take now. Where the buttons acted on the one that it showed, they act on this one."""
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
    placement = shot.id_data.take_one.placement
    frame = edit.frame_current if edit is not None else None
    for _ in _show(context, shot, take, {"placement": placement, "frame": frame}):
        pass


def _check_rate(edit: bpy.types.Scene, fps: str | None, take_uid: str) -> None:
    """Say so where the edit's frame rate was changed since the take was asked for."""
    rate = frame_rate(edit)
    if fps and abs(Fraction(fps) - rate) > Fraction(1, 100):
        message = rpt_(
            "The take was made for {fps:g} frames a second and '{edit}' runs at {rate:g}: it plays too "
            "fast or slow. Make it again."
        ).format(fps=float(Fraction(fps)), edit=edit.name, rate=float(rate))
        STATE.fail(SceneError("frame_rate", message, "retry"), take_uid)


def has_sound(take: Any) -> bool:
    """Whether the take's clip has sound, by its job's result. A clip that nothing is known of is taken to
    have."""
    seconds = json.loads(take.request or "{}").get("sound_seconds")
    return seconds is None or seconds > 0


def _fill(take: Any, ready: TakeReady) -> None:
    """Write on the take what its job tells."""
    job, binding = ready.job, ready.job["binding"]
    result = job.get("result") or {}
    take.uid = binding["take_uid"]
    take.number = binding["number"]
    take.status = "READY"
    take.clip, take.sidecar = stored_path(ready.clip), stored_path(ready.sidecar)
    takes.release_number(ready.clip)
    take.engine = job.get("model") or take.engine
    take.seed = int(job.get("seed") or 0)
    take.refines = binding.get("refines", "")
    take.notes = "\n".join(result.get("notes") or ())
    request = json.loads(take.request) if take.request else {}
    request |= {name: job[name] for name in ("prompt", "model", "seconds", "size", "fps", "seed") if name in job}
    if "sound_seconds" in result:
        request["sound_seconds"] = result["sound_seconds"]
    take.request = json.dumps(request)


def _shot_of(binding: dict[str, Any]) -> Any | None:
    """The job's shot: in its own scene first, for a scene that was duplicated has the same shots."""
    scene = find_scene(binding["scene_uid"])
    shots = scene.take_one.shots if scene is not None else ()
    own = next((shot for shot in shots if shot.uid == binding["shot_uid"]), None)
    return own or find_shot(binding["shot_uid"])


def _recreate_shot(context: bpy.types.Context, ready: TakeReady) -> Any:
    """The shot that the take was made for, made again from what the job carries."""
    job, binding = ready.job, ready.job["binding"]
    scene = find_scene(binding["scene_uid"]) or context.scene
    active = scene.take_one.active_shot
    had_shots = len(scene.take_one.shots) > 0
    shot = add_shot(scene)
    shot.uid, shot.name = binding["shot_uid"], binding["shot_name"]
    shot.prompt = job.get("prompt") or ""
    shot.seconds = float(job.get("seconds") or shot.seconds)
    shot.engine = job.get("model") or shot.engine
    if had_shots:
        scene.take_one.active_shot = active
    return shot
