"""The views of an order: planned, rendered one after the other, those that are on disk and still fit left as they are.

Written once, as a generator that says what it wants: a float is a step of planning that is done, a `Wait` waits for an
answer, an `Ask` wants a still and is answered with it or with what went wrong. Scripts do all of it at once, a window
bit by bit (see jobs.py).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import Camera, View
from ...app.app import app
from ...app.errors import SceneError
from ...model.lent import own_size
from ...model.shots.shot_list import find_scene
from ...stills import finer, views
from ...stills.camera import camera_at, camera_track, with_unseen
from ...stills.capture import RENDER, Still
from ...stills.coverage.margin import NONE, Margin, widened
from ...stills.coverage.wider import may_be_wider
from ...stills.known.facts import is_light_enough
from ...stills.track import Pose, same_place
from ..press import references
from ..press.order import Order
from . import ahead, plans
from .ahead import Wait
from .plans import Planned

BEFORE_END = 1 - 1e-4  # a view at 1 would be the frame to end on
CHANGED = (
    "The scene was changed while the stills of this take were made: they may not fit each other. Animate again for a"
    " take of the scene as it is now."
)


@dataclass(frozen=True)
class Ask:
    """A still is wanted for `order`: as its camera stands (`pose` None), or from a pose of its path, rendered into
    `folder`. `size` in pixels, None for the order's; of which a `margin` is around the still."""

    order: Order
    folder: Path
    pose: Pose | None = None
    size: tuple[int, int] | None = None
    margin: Margin = NONE


@dataclass(frozen=True)
class Shots:
    """What an order's takes are made of, and remarks on it; `following` that of the shots behind it in one clip."""

    order: Order
    views: tuple[View, ...]
    notes: tuple[str, ...]
    following: tuple[Shots, ...] = ()


Shoot = Generator[float | Wait | Ask, "Still | SceneError | None", Shots]


def shoot(order: Order, ready: Mapping[str, Shots]) -> Shoot:
    """Take the views of an order, and of those that follow it in one clip; but of those that are `ready`, by their
    first keys.

    Raises:
        SceneError: whatever kept a still from being taken; render_cancelled also for a further view.
    """
    found = []
    wider = not order.following or order.engine.shot_stills
    for one in (order, *order.following):
        steps = shoot_one(one, wider, not order.following)  # the stills of a row travel in one request
        found.append(ready[one.keys[0]] if one.keys[0] in ready else (yield from steps))
    return replace(found[0], following=tuple(found[1:]))


def shoot_one(order: Order, wider: bool = False, fine: bool = False) -> Shoot:
    """The same of an order without those that follow it; its still may be `wider` than its frame, and further ones
    finer (`fine`)."""
    planned: Planned | None = None
    late: tuple[str, ...] = ()
    if plans_views(order):
        _say(order, "Planning the stills")
        planned = yield from _plan(order, wider and _may_be_wider(order), fine)
        plans.keep(order.shot_uid, planned)
    elif wider and order.track is None and order.engine.words_path and _may_be_wider(order) and _is_light(order):
        _say(order, "Planning the stills")
        planned, late = yield from _plan_ahead(order)
    poses, marks = _poses(order, planned), {planned.mark if planned else ""}
    _say(order, _count(1, 1 + len(poses)))
    still = yield from _taken(order, planned, None, 0, marks)
    if isinstance(still, SceneError):
        raise still
    if planned is not None and planned.plan.margin and still.around is None:
        planned = yield from _plan_narrow(order, fine)
        poses = _poses(order, planned)
        marks |= {planned.mark} if planned else set()
    size = still.width, still.height
    found, notes = [views.view_of(still)], [*still.notes, *late]
    if planned is not None and still.around is not None:
        found.append(views.view_of(still.around, views.BESIDE))
        text = rpt_("The still was rendered with {percent:.0f} % more pixels, for what the move uncovers around it.")
        notes.append(text.format(percent=100 * planned.plan.more))
    for number, pose in enumerate(poses, 1):
        _say(order, _count(1 + number, 1 + len(poses)), number / (1 + len(poses)))
        further = yield from _taken(order, planned, pose, number, marks)
        failed = further if isinstance(further, SceneError) and further.code == "render_failed" else None
        if failed is not None and planned is not None and planned.finer:
            notes.append(rpt_("A still could not be rendered finer: {reason}").format(reason=failed.message))
            planned = replace(planned, finer=False)  # it may be the memory: the next ones are as large as the frame
            further = yield from _taken(order, planned, pose, number, marks)
        if not isinstance(further, SceneError):
            found.append(views.view_of(further, min(pose.t, BEFORE_END)))
            continue
        if further.code == "render_cancelled":
            raise further
        assert planned is not None
        frame = order.frame + round(pose.t * (planned.frames - 1))
        text = rpt_("The view at frame {frame} is left out: {reason}")
        notes.append(text.format(frame=frame, reason=further.message))
    if len(marks) > 1 and poses:
        notes.append(CHANGED)
    if planned is not None and order.track is not None:
        notes += remarks(planned, len(found) - (still.around is not None))
        if order.path is not None:
            order = replace(order, path=with_unseen(scene_of(order), order.path, planned.plan))
    return Shots(references.kept(replace(order, picture=size)), tuple(found), tuple(dict.fromkeys(notes)))


def plans_views(order: Order) -> bool:
    """Whether further stills may be of use for it. An engine that follows no camera path has a second view for the
    frame to end on, if any."""
    return order.track is not None and order.source == RENDER and plans.most_views(order.engine) > 1


def remarks(planned: Planned, count: int) -> list[str]:
    """What a take of this plan says of itself."""
    made = planned.plan
    text = (
        rpt_("{count} stills show {percent:.0f} % of the move.")
        if count > 1
        else rpt_("One still shows {percent:.0f} % of the move.")
    )
    notes = [text.format(count=count, percent=100 * made.mean)]
    low = made.low_from()
    if low is not None:
        text = rpt_("From frame {frame} on parts of the picture are in no still (at worst {percent:.0f} % are).")
        frame = planned.frame_at(low)
        notes.append(text.format(frame=frame, percent=100 * (1 - min(made.covered))))
    if planned.finer and count > 1:
        text = rpt_("The further stills were rendered with {percent:.0f} % more pixels, to stay sharp between them.")
        notes.append(text.format(percent=100 * (finer.BY**2 - 1)))
    if planned.held and count > 1:
        text = rpt_("What moves in the scene stands still in this take: {names}.")
        notes.append(text.format(names=plans.named(planned.held)))
    return notes


def _may_be_wider(order: Order) -> bool:
    """Whether the order's still may show more around its frame."""
    camera = camera_of(order)
    if order.source != RENDER or not order.engine.overscan or camera is None:
        return False
    scene = scene_of(order)
    return order.picture == own_size(scene) and may_be_wider(scene, camera)


def _is_light(order: Order) -> bool:
    """Whether the scene is read quickly: a press by words asked for no plan."""
    return is_light_enough(scene_of(order).view_layers[0])


def _plan_ahead(order: Order) -> Generator[float | Wait, None, tuple[Planned | None, tuple[str, ...]]]:
    """What the still of a take by words is to show around its frame, and remarks; None where it is not known where its
    camera goes."""
    camera = camera_of(order)
    assert camera is not None
    track, late = yield from ahead.track(order, scene_of(order), camera)
    camera = camera_of(order)  # an undo step may have come in between
    if track is None or camera is None:
        return None, late
    made = yield from plans.steps(scene_of(order), camera, track, order.frame, order.frame_count, 1, True)
    return made, late


def _plan(order: Order, wider: bool, fine: bool) -> Generator[float, None, Planned]:
    scene, camera = scene_of(order), camera_of(order)
    assert camera is not None and order.track is not None
    count = plans.wanted(order.stills, plans.most_views(order.engine))
    ways = wider, fine and order.engine.finer_views and order.picture == own_size(scene)
    steps = plans.steps(scene, camera, order.track, order.frame, order.frame_count, count, *ways)
    planned = yield from steps
    most = min(order.engine.views, len(planned.plan.views))
    if most < len(planned.plan.views):
        scene, camera = scene_of(order), camera_of(order)  # an undo step may have come in between
        assert camera is not None
        again = plans.steps(scene, camera, order.track, order.frame, order.frame_count, most, *ways)
        planned = yield from again
    return planned


def _plan_narrow(order: Order, fine: bool) -> Generator[float, None, Planned | None]:
    """What the stills show where the first has no margin after all, kept as the shot's plan; None by words."""
    if order.track is None:
        return None
    _say(order, "Planning the stills")
    planned = yield from _plan(order, False, fine)
    plans.keep(order.shot_uid, planned)
    return planned


def _poses(order: Order, planned: Planned | None) -> list[Pose]:
    if planned is None or order.track is None:
        return []
    return [order.track.poses[at] for at in planned.plan.views[1:]]


def _taken(
    order: Order, planned: Planned | None, pose: Pose | None, number: int, marks: set[str]
) -> Generator[float | Ask, Still | SceneError | None, Still | SceneError]:
    """The still from a pose: found on disk, or rendered and noted there. `marks` are the plan's and those that the
    scene had after each render: it is noted only where these are all one, so that it shows what its mark says."""
    scene = scene_of(order)
    mark, camera, around, fine = "", None, None, None
    wide = widened(planned.track, planned.plan.margin) if planned and planned.plan.margin and not number else None
    if wide is not None:
        around = camera_at(scene, wide, wide.poses[0])
    if planned is not None and order.track is not None:
        mark = planned.mark
        seen = order.track
        if planned.finer and pose is not None and number:
            seen = fine = finer.finer(scene, order.track, pose)
            pose = fine.poses[0]
        camera = camera_at(scene, seen, pose or order.track.poses[0])
        found = views.find(order.folder.parent, camera, mark, around)
        if found is not None:
            still = views.bring(found, order.folder, number)
            views.note(order.folder, still, mark)
            return still
    began = time.monotonic()
    folder, more = order.folder / views.APART if number else order.folder, 0.0
    failed: tuple[str, ...] = ()
    if wide is not None and planned is not None:
        more = planned.plan.more
        answer = yield Ask(order, folder, wide.poses[0], (wide.width, wide.height), planned.plan.margin)
        if isinstance(answer, SceneError) and answer.code == "render_failed":
            text = rpt_("The still could not be rendered wider than its frame: {reason}")
            failed, more, began = (text.format(reason=answer.message),), 0.0, time.monotonic()
            answer = yield Ask(order, folder, _start(order))
    elif fine is not None and order.track is not None:
        more = fine.width * fine.height / (order.track.width * order.track.height) - 1
        answer = yield Ask(order, folder, pose, (fine.width, fine.height))
    else:
        answer = yield Ask(order, folder, pose or _start(order))
    assert answer is not None
    if isinstance(answer, SceneError):
        return answer
    still = replace(answer, notes=(*answer.notes, *failed))
    if order.source == RENDER:
        plans.measured(scene_of(order), time.monotonic() - began, more)
    if number:
        still = views.take_in(still, order.folder, number)
    if planned is not None and mark:
        seen_by = order.camera.find() if order.camera is not None else None
        marks.add((yield from plans.mark_now(scene_of(order), seen_by, planned)) if seen_by is not None else "")
    if len(marks) == 1:
        views.note(order.folder, _as(still, camera, around), mark)
    return still


def _start(order: Order) -> Pose | None:
    """The pose that the order's camera had at the press, where it has another one by now. Else the camera's own render
    shows that too, and more of the camera than a second one has."""
    then = order.start if order.track is None else order.track.poses[0]
    camera = camera_of(order)
    if then is None or camera is None or order.source != RENDER:
        return None
    now = camera_track(scene_of(order), camera, order.frame, 1).poses[0]
    same = now.lens == then.lens and same_place(now.matrix, then.matrix)
    return None if same else then


def _as(still: Still, camera: Camera | None, around: Camera | None) -> Still:
    """The still by the camera that it was asked for: what a later search compares."""
    if still.around is not None and around is not None:
        still = replace(still, around=replace(still.around, camera=around))
    return replace(still, camera=camera) if camera is not None and still.camera is not None else still


def _count(number: int, count: int) -> str:
    if count == 1:
        return ""
    return rpt_("Rendering still {number} of {count}").format(number=number, count=count)


def _say(order: Order, stage: str, share: float = 0.0) -> None:
    state = app().state
    for key in order.job_keys:
        if key in state.jobs:
            state.jobs[key].stage, state.jobs[key].progress = stage, round(100 * share)
    state.changed()


def scene_of(order: Order) -> bpy.types.Scene:
    """The order's scene. Raises SceneError if it was deleted."""
    scene = find_scene(order.scene_uid)
    if scene is None:
        raise SceneError("no_scene", rpt_("The scene of {shot} is gone.").format(shot=order.shot_name))
    return scene


def camera_of(order: Order) -> bpy.types.Object | None:
    """The order's camera; None if it had none. Raises SceneError if it was deleted."""
    if order.camera is None:
        return None
    camera = order.camera.find()
    if camera is None:
        message = rpt_("Camera '{camera}' of {shot} is gone. Pick another one for the shot.")
        raise SceneError("no_camera", message.format(camera=order.camera.name, shot=order.shot_name), "pick_camera")
    return camera
