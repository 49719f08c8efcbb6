"""From a shot's card to a job: take the still, send the request, follow it until its take has landed.

The job's key becomes the uid of its take. A job is bound to file, scene, shot and take by ids, so that undo, redo,
renames, file load and a restart of Blender do not lose it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import deque
from pathlib import Path
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...client import events
from ...client.request import JobRequest
from ..edit.edit_scene import find_edit_scene
from ..model import takes
from ..model.errors import SceneError
from ..model.paths import stored_path
from ..model.properties import ensure_ids, find_shot, find_take
from ..model.rates import frame_rate
from ..model.state import RENDERING, STATE, Job
from ..stills import capture
from ..stills.camera import camera_path, check_camera
from ..stills.capture import Still
from . import prompts, pump
from .order import Plan, clip_size, make_plan

__all__ = ["cancel", "cancel_all", "clip_size", "make_again", "run_blocking", "start", "submit", "wait"]

HOPELESS = {events.OFF, events.FAILED, events.MISSING, events.OUTDATED}  # the backend needs the user


_waiting: deque[Plan] = deque()  # for the render of their still


def start(
    context: bpy.types.Context,
    shot: Any,
    *,
    seeds: list[int] | None = None,
    placement: str | None = None,
    source: str | None = None,
    overrides: dict[str, Any] | None = None,
    refines: str = "",
) -> list[str]:
    """Animate a shot without waiting: the still first (a render is Blender's own, non-blocking), then one
    job a seed. Returns the jobs' keys. Where a still is being rendered already, this one's turn comes after
    it.

    `seeds` None: one take with the shot's seed where it is locked, else a new random one. `placement` is
    PLAYHEAD, AFTER or REPLACE; None: the scene's. `source` None: the shot's. `overrides` replaces values of
    the shot's card for these takes only: engine, prompt, sound, seconds, quality, size_percent, motion.
    `refines` is the uid of the take that the new one replaces on its strips. Progress shows in
    `state.STATE`.

    Raises:
        SceneError: for what is wrong before anything began. What goes wrong later is kept in
        STATE.last_error.
    """
    plan = make_plan(context, shot, seeds, placement, source, overrides, refines)
    if plan.source != capture.RENDER:
        return _send(context, plan, _capture(context, shot, plan))
    check_camera(shot.id_data, shot.camera)
    for key, number in plan.numbers.items():
        STATE.jobs[key] = Job(key, shot.uid, shot.name, number, shot.id_data.take_one.file_id, RENDERING)
    STATE.changed()
    _waiting.append(plan)
    if len(_waiting) == 1:
        try:
            _render_next(context)
        except SceneError:
            _waiting.remove(plan)
            _drop(plan)
            raise
    return list(plan.numbers)


def run_blocking(
    context: bpy.types.Context,
    shot: Any,
    *,
    seeds: list[int] | None = None,
    placement: str | None = None,
    source: str | None = None,
    overrides: dict[str, Any] | None = None,
    refines: str = "",
    timeout: float = 3600.0,
) -> list[Any]:
    """The same for scripts and background mode: returns the landed takes (TAKEONE_PG_take), one a seed.

    Raises:
        SceneError: for whatever went wrong; `timeout` when it took longer than `timeout` seconds.
    """
    plan = make_plan(context, shot, seeds, placement, source, overrides, refines)
    shot_uid = plan.shot_uid
    keys = _send(context, plan, _capture(context, shot, plan))
    wait(keys, timeout)
    shot = find_shot(shot_uid)
    return [find_take(shot, key) for key in keys]


def wait(keys: list[str], timeout: float = 3600.0) -> None:
    """Handle events until these jobs have landed. For scripts and background mode, where no timer runs.

    Raises:
        SceneError: the first job's that failed, once all have ended; timeout.
    """
    ends = time.monotonic() + timeout
    failed: SceneError | None = None
    told = pump.take_waiting()
    while any(key in STATE.jobs for key in keys):
        if time.monotonic() > ends:
            raise SceneError(
                "timeout",
                rpt_("No take after {timeout:.0f} seconds. The job goes on; see the panel.").format(timeout=timeout),
                "open_log",
            )
        backend = STATE.backend
        if backend.state in HOPELESS:
            raise SceneError(
                f"backend_{backend.state}",
                backend.message or "The backend is not started.",
                backend.fix or "start",
            )
        event = told.pop(0) if told else pump.session().next_event(0.2)
        if event is None:
            continue
        pump.handle(event)
        if isinstance(event, events.JobFailed) and event.key in keys:
            error = event.error
            failed = failed or SceneError(error["code"], error["message"], error.get("fix") or "")
    if failed is not None:
        raise failed


def submit(
    context: bpy.types.Context,
    shot: Any,
    picture: Still,
    *,
    seed: int,
    placement: str | None = None,
    overrides: dict[str, Any] | None = None,
    refines: str = "",
) -> str:
    """Send one job for a still that is already there. Returns the take's uid, which is the job's key."""
    plan = make_plan(context, shot, [seed], placement, None, overrides, refines)
    return _send(context, plan, picture)[0]


def make_again(context: bpy.types.Context, shot: Any, take_uid: str, changes: dict[str, Any] | None = None) -> str:
    """Send the request of a take once more, from what it kept (its still, direction, engine, seed). A take
    without a clip (its file is gone, it failed or was cancelled) gets one; of another, and with `changes`, a
    new take is made that replaces it on its strips. `changes` stand in for fields of its JobRequest, as JSON.
    Returns the job's key.

    Raises:
        SceneError: cannot_remake where the take kept no request, or its still is gone.
    """
    old = find_take(shot, take_uid)
    kept = json.loads(old.request or "{}").get("kept") if old else None
    if old is None or not kept:
        raise SceneError(
            "cannot_remake", "This take did not keep what it was made from. Animate the shot instead.", "retry"
        )
    beside = Path(bpy.path.abspath(old.still)).parent  # where the still is now; the request has where it was
    for name in ("still", "depth"):
        if kept[name] and not Path(kept[name]).is_file():
            kept[name] = str(beside / Path(kept[name]).name)
    request = JobRequest.from_json(kept)
    for path in request.uploads.values():
        if not path.is_file():
            raise SceneError(
                "cannot_remake",
                rpt_("The take's still is gone: {path}. Animate the shot instead.").format(path=path),
                "retry",
            )
    key = uuid.uuid4().hex
    if not changes and (takes.clip_missing(old) or old.status in {"FAILED", "CANCELLED"}):
        if not old.clip:
            old.number = takes.keep_number(shot, old.number, beside)
        clip = takes.clip_path(old) if old.clip else takes.new_clip_path(shot, old.number)
        binding = {
            **request.binding,
            "take_uid": take_uid,
            "number": old.number,
            "shot_name": shot.name,
            "remade": bool(old.clip),  # its strips are there, if it has any
        }
        again = JobRequest.from_json({**kept, "key": key, "binding": binding})
        _submit(shot, again, clip)
        return key
    number = takes.next_number(shot)
    binding = {
        **request.binding,
        "take_uid": key,
        "number": number,
        "shot_name": shot.name,
        "refines": take_uid,
    }
    new = JobRequest.from_json({**kept, **(changes or {}), "key": key, "binding": binding})
    _hand_over(shot, new, number, refines=take_uid, still_path=new.still)
    return key


def cancel(key: str) -> None:
    """Stop one job, also while it waits for its still."""
    job = STATE.jobs.get(key)
    if job is None or job.status != RENDERING:
        pump.session().cancel(key)
        return
    STATE.jobs.pop(key)
    STATE.changed()
    for index, plan in enumerate(list(_waiting)):
        if key in plan.numbers:
            del plan.numbers[key], plan.seeds[key]
            if not plan.numbers:
                if index == 0 and capture.rendering():
                    capture.abandon()
                else:
                    _waiting.remove(plan)


def cancel_all() -> None:
    """Stop all jobs of this Blender, also those that wait for their still."""
    for job in list(STATE.jobs.values()):
        if job.status == RENDERING:
            cancel(job.key)
    pump.session().cancel_all()


# --- the still and the request ------------------------------------------------------------------------------


def _capture(context: bpy.types.Context, shot: Any, plan: Plan) -> Still:
    return capture.capture(
        context,
        shot.id_data,
        plan.folder,
        source=plan.source,
        camera=shot.camera,
        image_path=Path(bpy.path.abspath(shot.image_path)) if shot.image_path else None,
    )


def _render_next(context: bpy.types.Context) -> None:
    plan = _waiting[0]
    shot = find_shot(plan.shot_uid)
    if shot is None:
        raise SceneError("no_shot", "The shot is gone from the open file, so its still was not taken.")
    capture.start_render(context, shot.id_data, plan.folder, _on_still, camera=shot.camera)


def _on_still(result: Still | SceneError) -> None:
    """The render of the first waiting plan has ended: send its jobs, and render the next."""
    plan = _waiting.popleft()
    if isinstance(result, Still):
        try:
            _send(bpy.context, plan, result)
        except SceneError as error:
            _drop(plan)
            STATE.fail(error)
    else:
        _drop(plan)
        if plan.numbers:
            STATE.fail(result)
    while _waiting:
        try:
            _render_next(bpy.context)
        except SceneError as error:
            _drop(_waiting.popleft())
            STATE.fail(error)
        else:
            return


def _drop(plan: Plan) -> None:
    for key in plan.numbers:
        STATE.jobs.pop(key, None)
    STATE.changed()


def _send(context: bpy.types.Context, plan: Plan, picture: Still) -> list[str]:
    """Hand the plan's requests to the session."""
    shot = find_shot(plan.shot_uid)
    if shot is None:
        raise SceneError("no_shot", "The shot is gone from the open file, so its still was not sent.")
    scene, card = shot.id_data, plan.card
    file_id, scene_uid = ensure_ids(scene)
    width, height = clip_size(picture.width, picture.height, card["size_percent"], STATE.engine(card["engine"]))
    path = None
    if card["motion"] == "CAMERA":
        fps = scene.render.fps / scene.render.fps_base
        count = max(1, round(card["seconds"] * fps))
        path = camera_path(scene, check_camera(scene, shot.camera), scene.frame_current, count)
    edit = find_edit_scene(context, scene) or scene
    shot.still = stored_path(picture.image)
    for key, number in plan.numbers.items():
        number = plan.numbers[key] = takes.keep_number(shot, number, plan.folder)
        binding = {
            "file_id": file_id,
            "scene_uid": scene_uid,
            "shot_uid": shot.uid,
            "take_uid": key,
            "shot_name": shot.name,
            "number": number,
            "placement": plan.placement,
            "frame": plan.frame,
            "edit_uid": plan.edit_uid,
            "refines": plan.refines,
        }
        request = JobRequest(
            key=key,
            engine=card["engine"],
            prompt=card["prompt"],
            lines=prompts.spoken(shot),
            sound=card["sound"],
            seconds=card["seconds"],
            fps=frame_rate(edit),
            width=width,
            height=height,
            seed=plan.seeds[key],
            still=picture.image,
            depth=picture.depth,
            camera=picture.camera,
            path=path,
            binding=binding,
            options=plan.options | plan.wording,
        )
        _hand_over(shot, request, number, refines=plan.refines, still_path=picture.image)
    return list(plan.numbers)


def _hand_over(shot: Any, request: JobRequest, number: int, *, refines: str, still_path: Path) -> None:
    """Put a request into the journal, and its take, still waiting, into the shot's list."""
    _submit(shot, request, takes.new_clip_path(shot, number))
    take = shot.takes.add()
    take.uid, take.number, take.status = request.key, number, "WAITING"
    take.engine, take.seed, take.refines = request.engine, request.seed, refines
    take.still = stored_path(still_path)
    take.request = json.dumps({"kept": request.to_json()})


def _submit(shot: Any, request: JobRequest, clip: Path) -> None:
    """Put a request into the journal; its clip will be at `clip`."""
    try:
        clip.parent.mkdir(parents=True, exist_ok=True)
        pump.session().submit(request, clip)
    except OSError as error:
        raise SceneError(
            "disk", rpt_("The job could not be written down: {error}.").format(error=error), "free_space"
        ) from error
    STATE.jobs[request.key] = pump.job_of(request.key, {**request.binding, "shot_name": shot.name})
    STATE.changed()
