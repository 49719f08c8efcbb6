"""A finished take comes home: into its shot's list and onto the edit, whatever happened to the file
meanwhile."""

from __future__ import annotations

import json
from typing import Any

import bpy

from ..client.events import TakeReady
from . import strips, takes
from .edit import EDIT_KEY, ensure_edit_scene
from .errors import SceneError
from .properties import add_shot, find_scene, find_shot, find_take
from .state import STATE

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


def land(context: bpy.types.Context, ready: TakeReady) -> Any | None:
    """Put a take into its shot's list and onto the edit, as one undo step. Returns the take, or None where
    another file is open: it then waits. A shot that is gone is made again. Where no strip could be laid,
    the take is in the list all the same and STATE.last_error says why.
    """
    binding = ready.job["binding"]
    if not file_is_open(binding["file_id"]):
        return None
    shot = find_shot(binding["shot_uid"]) or _recreate_shot(context, ready)
    take = find_take(shot, ready.key) or shot.takes.add()
    _fill(take, ready)
    shot.last_number = max(shot.last_number, take.number)
    takes.remember(shot, take)
    try:
        _show(context, shot, take, binding)
    except SceneError as error:
        STATE.fail(error, ready.key)
    takes.remember(shot, take)
    STATE.last_landed = ready.key
    push_undo(context, f"Take One: {takes.take_name(shot.name, take.number)}")
    return take


def push_undo(context: bpy.types.Context, message: str) -> None:
    """One undo step, where Blender would keep it whole: not in edit or paint modes, which have undo steps
    of their own."""
    window = context.window or next(iter(context.window_manager.windows), None)
    with context.temp_override(window=window) if window else context.temp_override():
        if bpy.context.mode == "OBJECT" and bpy.ops.ed.undo_push.poll():
            bpy.ops.ed.undo_push(message=message)


def _show(context: bpy.types.Context, shot: Any, take: Any, binding: dict[str, Any]) -> None:
    """Swap the take onto the strips that it replaces, or lay new strips."""
    name = takes.take_name(shot.name, take.number)
    clip = takes.clip_path(take)
    replaced = take.refines or (shot.current_take if binding.get("placement") == strips.REPLACE else "")
    pairs = strips.strips_of_take(replaced) if replaced else []
    if pairs:
        strips.swap([strip for _, strip in pairs], clip, name=name, take_uid=take.uid)
        for _, strip in pairs:
            strip[strips.JOB_KEY] = take.uid
        shot.current_take = take.uid
        return
    if strips.strips_of_take(take.uid):
        return  # told twice
    edit = find_scene(binding.get("edit_uid") or "-") or ensure_edit_scene(context, shot.id_data)
    frame = strips.last_frame(edit)
    if binding.get("placement") == strips.PLAYHEAD and binding.get("frame") is not None:
        frame = binding["frame"]
    placed = strips.place(
        edit, clip, name=name, shot_uid=shot.uid, take_uid=take.uid, frame=frame, sound=has_sound(take)
    )
    for strip in placed:
        if strip is not None:
            strip[strips.JOB_KEY] = take.uid
    if EDIT_KEY in edit:  # an edit of our own shows all of its takes
        edit.frame_end = max(edit.frame_end, strips.end(placed.movie) - 1)
    shot.current_take = take.uid


def has_sound(take: Any) -> bool:
    """Whether the take's clip has sound, by its job's result. A clip that nothing is known of is taken to
    have."""
    seconds = json.loads(take.request or "{}").get("sound_seconds")
    return seconds is None or seconds > 0


def _fill(take: Any, ready: TakeReady) -> None:
    """Write on the take what its job tells."""
    job, binding = ready.job, ready.job["binding"]
    result = job.get("result") or {}
    take.uid = ready.key
    take.number = binding["number"]
    take.status = "READY"
    take.clip, take.sidecar = takes.stored_path(ready.clip), takes.stored_path(ready.sidecar)
    take.engine = job.get("model") or take.engine
    take.seed = int(job.get("seed") or 0)
    take.refines = binding.get("refines", "")
    take.notes = "\n".join(result.get("notes") or ())
    request = json.loads(take.request) if take.request else {}
    request |= {
        name: job[name] for name in ("prompt", "model", "seconds", "size", "fps", "seed") if name in job
    }
    if "sound_seconds" in result:
        request["sound_seconds"] = result["sound_seconds"]
    take.request = json.dumps(request)


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
