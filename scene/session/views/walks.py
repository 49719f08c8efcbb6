"""A walkthrough: from selected cameras in their order to a shot with a camera that walks through them."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_

from ...app import timer
from ...app.app import app
from ...app.errors import SceneError
from ...edit import landing
from ...model.shots import shot_list, shown
from ...stills.camera import metres_per_unit
from ...stills.coverage import surfaces
from ...stills.coverage.rays import Trees
from ...stills.coverage.steps import Steps, by_the_timer
from ...stills.walk import pace, plan, rig
from ...stills.walk.plan import Stop, Walk

LOOK = 0.2  # seconds between two looks at what is selected
SLIGHT = 0.05  # seconds that are not worth a remark


class Chosen:
    """The cameras that are selected, in the order in which they came to be, as numbers of the session; and whether a
    walk is being made."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.making = False


def in_order(context: bpy.types.Context) -> list[bpy.types.Object]:
    """The selected cameras in the order in which they were selected; those that came at once, by name."""
    selected = shown.selected_cameras(context)
    order = _updated(selected)
    return sorted(selected, key=lambda one: order.index(one.session_uid))


def _updated(selected: list[bpy.types.Object]) -> list[int]:
    part = app().part(Chosen)
    numbers = [one.session_uid for one in selected]
    part.order = [one for one in part.order if one in numbers]
    part.order += [one for one in numbers if one not in part.order]
    return part.order


def _watch() -> float:
    before = list(app().part(Chosen).order)
    if _updated(shown.selected_cameras(bpy.context)) != before:
        app().state.changed()
    return LOOK


def register() -> None:
    """Have the timer look at what is selected, where there is a window."""
    if not bpy.app.background:
        timer.every(_watch, LOOK)


def check(cameras: list[bpy.types.Object]) -> None:
    """Raises SceneError few_cameras, bad_camera for what no walk goes through."""
    if len(cameras) < 2:
        raise SceneError("few_cameras", "A walk needs two cameras at least. Select them in the order of the walk.")
    for camera in cameras:
        if camera.type != "CAMERA" or camera.data.type != "PERSP":
            text = rpt_("'{camera}' is no perspective camera. A walk goes through those only.")
            raise SceneError("bad_camera", text.format(camera=camera.name), "pick_camera")


def steps(
    scene: bpy.types.Scene, cameras: list[bpy.types.Object], by: str, metres_a_second: float, seconds: float
) -> Steps[Walk]:
    """Plan the walk through these cameras, as they stand now.

    Raises:
        SceneError: few_cameras, bad_camera.
    """
    check(cameras)
    metre = 1 / metres_per_unit(scene)
    stops = [_stop(camera) for camera in cameras]
    found = yield from surfaces.read(scene, np.array([stop.place for stop in stops]), glass=True)
    trees = Trees(found)
    yield from trees.build()
    speed = metres_a_second * metre
    walk = yield from plan.plan(
        stops, trees, metre, speed=speed if by == "SPEED" else None, seconds=seconds if by == "LENGTH" else None
    )
    return walk


def begin(uids: tuple[str, str], work: Steps[Walk]) -> None:
    """Have the timer plan the walk of this shot and build it."""
    part = app().part(Chosen)
    part.making = True
    app().state.changed()

    def done(result: Walk | SceneError) -> None:
        part.making = False
        app().state.changed()
        try:
            if isinstance(result, SceneError):
                raise result
            lay(*uids, result)
        except SceneError as error:
            app().state.fail(error)

    by_the_timer(work, done, lambda _share: True)


def making() -> bool:
    """Whether a walk is being planned."""
    return app().part(Chosen).making


def _stop(camera: bpy.types.Object) -> Stop:
    place, look, _ = camera.matrix_world.decompose()
    return Stop(camera.name, np.array(place), look.normalized(), float(camera.data.lens))


def shot_of_walk(context: bpy.types.Context, cameras: list[bpy.types.Object]) -> Any:
    """A new shot for a walk through these cameras, with the shown direction."""
    scene = shown.shot_scene(context)
    if not all(any(one == item for item in scene.objects) for one in cameras):
        scene = context.scene
    model = shown.shot_of(context)
    uid, home = model.uid, model.id_data
    shot = shot_list.add_shot(scene)
    source = shot_list.find_shot(uid, home.take_one.uid) if uid else None
    shot_list.copy_direction(source or home.take_one.blank, shot)
    shot.name = _free_name("Walk")
    shot.walk_cameras.clear()
    for camera in cameras:
        shot.walk_cameras.add().camera = camera
    return shot


def _free_name(name: str) -> str:
    used = {shot.name for shot in shot_list.all_shots()}
    number = 1
    while f"{name} {number:02d}" in used:
        number += 1
    return f"{name} {number:02d}"


def cameras_of(shot: Any) -> list[bpy.types.Object]:
    """The cameras that the shot walks through, those that are still there."""
    return [one.camera for one in shot.walk_cameras if one.camera is not None]


def lay(shot_uid: str, scene_uid: str, walk: Walk) -> Any:
    """Build the walk's camera and have the shot be seen by it. Raises SceneError no_shot."""
    shot = shot_list.find_shot(shot_uid, scene_uid)
    if shot is None:
        raise SceneError("no_shot", "The shot of the walk is gone.")
    scene = shot.id_data
    frame = shot_list.frame_of(shot)
    known = shot.camera if shot.camera is not None and rig.is_walk(shot.camera) else None
    shot.camera = rig.build(scene, walk, frame, shot.name, known)
    shot.frame, shot.frame_lock = frame, True
    shot.motion, shot.seconds, shot.still_source = "CAMERA", walk.seconds, "RENDER"
    shot.walk_notes = "\n".join(remarks(scene, walk, frame))
    landing.push_undo(bpy.context, "Take One: Walkthrough")
    app().state.changed()
    return shot


def remarks(scene: bpy.types.Scene, walk: Walk, frame: int) -> list[str]:
    """What there is to say of a walk: its length, its pace, where it is cut, and where it turns too fast."""
    fps = scene.render.fps / scene.render.fps_base
    speed = walk.speed * metres_per_unit(scene)
    notes = [rpt_("{seconds:.1f} s at {speed:.2g} m/s").format(seconds=walk.seconds, speed=speed)]
    if walk.wanted is not None and walk.seconds > walk.wanted + SLIGHT:
        text = rpt_("{seconds:.1f} s are too few to look around where it stands.")
        notes.append(text.format(seconds=walk.wanted))
    if walk.seconds > pace.MOST_SECONDS + SLIGHT:
        text = rpt_("A shot takes {seconds:.0f} s at most: the end of the walk is not in it. Use fewer cameras.")
        notes.append(text.format(seconds=pace.MOST_SECONDS))
    for (one, two), stretch in zip(walk.cuts, walk.stretches[1:], strict=True):
        text = rpt_("There is no free way from '{one}' to '{two}': it cuts there, at frame {frame}.")
        notes.append(text.format(one=one, two=two, frame=round(frame + stretch.begins * fps)))
    for stretch in walk.stretches:
        if stretch.hurry > 1.05:
            text = rpt_(
                "From '{one}' to '{two}' the way is too short for their looks: it turns {times:.1f} times too fast."
            )
            if stretch.line is None:
                text = rpt_("From '{one}' to '{two}' the time is too short: it turns {times:.1f} times too fast.")
            notes.append(text.format(one=stretch.stops[0].name, two=stretch.stops[-1].name, times=stretch.hurry))
    return notes
