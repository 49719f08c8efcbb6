"""What is known of the stills that a shot's move needs: planned on request or at the press, shown on the card."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import bpy
import numpy as np
from bpy.app.translations import pgettext_rpt as rpt_

from ....client.protocol import EngineInfo
from ...app.app import app
from ...app.errors import SceneError
from ...model.lent import RECORD, own_size
from ...model.properties.properties import stills_of
from ...stills import capture, finer
from ...stills.borrow.blocks import of_session
from ...stills.borrow.borrowed import borrowing
from ...stills.camera import camera_track, check_camera, is_animated
from ...stills.capture import RENDER
from ...stills.coverage import marks, plan, surfaces
from ...stills.coverage.look.values import reading
from ...stills.coverage.plan import Plan
from ...stills.coverage.steps import Result, Steps, at_once, by_the_timer, scene_of
from ...stills.coverage.wider import may_be_wider
from ...stills.track import Track
from ..press import handles

NAMED = 3  # of many things, by name
EVERY = 12  # poses of the path that stand for it where surfaces are taken more coarsely


@dataclass(frozen=True)
class Planned:
    """A plan of a shot: `first` is the scene's frame of its still, `frames` how many the move has, `held` are names of
    things that are animated and stand still, `look` the mark of how the scene looks, `edits` how many changes
    had been made by then, `settings` what of the scene's own settings decides on what is seen. `finer`: the further
    stills are rendered finer than the frame. `token` stands in its mark for what Blender does not tell."""

    plan: Plan
    track: Track
    first: int
    frames: int
    held: tuple[str, ...]
    look: str
    edits: int = 0
    settings: tuple[object, ...] = ()
    finer: bool = False
    token: str = ""

    @property
    def pictures(self) -> float:
        """How many pictures of the frame's size have as many pixels as all its stills."""
        return 1 + self.plan.more + (len(self.plan.views) - 1) * (finer.BY**2 if self.finer else 1)

    def frame_at(self, pose: int) -> int:
        """The scene's frame of one of the track's poses."""
        return self.first + round(self.track.poses[pose].t * (self.frames - 1))

    @property
    def mark(self) -> str:
        """Of all that the pictures of this plan show."""
        return f"{self.plan.mark}-{self.look}"


@dataclass
class Plans:
    """`known` are the newest plans by their key, `making` how far those are that are being made. `edits` counts the
    user's changes, `frames` are where each scene stood at the last."""

    known: dict[str, Planned] = field(default_factory=dict)
    making: dict[str, float] = field(default_factory=dict)
    edits: int = 0
    frames: dict[int, float] = field(default_factory=dict)


def steps(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    track: Track,
    frame: int,
    frames: int,
    count: int | None,
    wider: bool = False,
    fine: bool = False,
) -> Steps[Planned]:
    """Plan the views of a path in the scene as it is at `frame`; `count` None for as many as are needed. The still may
    be `wider` than its frame, and further ones finer where the scene allows it (`fine`)."""
    number, seen_by, token = scene.session_uid, camera.session_uid, uuid.uuid4().hex
    path = np.array([pose.place for pose in track.poses[::EVERY]])
    held, settings = held_still(scene, camera), _settings(scene)

    def read() -> Steps[tuple[surfaces.Surfaces, str]]:
        found = yield from surfaces.read(scene_of(number), path)
        look = yield from marks.look_mark(scene_of(number), frame, found.used)
        return found, look + _lens_mark(seen_by, track)

    found, look = yield from _at(scene, frame, reading(read(), token))
    made = yield from plan.plan(track, found, count, wider)
    fine = fine and finer.may_be_finer(scene_of(number), len(made.views) - 1)
    return Planned(made, track, frame, frames, held, look, settings=settings, finer=fine, token=token)


def mark_now(scene: bpy.types.Scene, camera: bpy.types.Object, planned: Planned) -> Steps[str]:
    """The `mark` that the plan would have if it were made now."""
    number, seen_by = scene.session_uid, camera.session_uid

    def read() -> Steps[str]:
        mark, used = yield from surfaces.mark(scene_of(number))
        look = yield from marks.look_mark(scene_of(number), planned.first, used)
        return f"{mark}-{look}{_lens_mark(seen_by, planned.track)}"

    mark = yield from _at(scene, planned.first, reading(read(), planned.token))
    return mark


def _lens_mark(number: int, track: Track) -> str:
    """What the camera focuses on may move with the scene's frame: to be read there."""
    camera = of_session(bpy.data.objects, number)
    return marks.lens_mark(camera, track) if camera is not None else ""


def _at(scene: bpy.types.Scene, frame: int, work: Steps[Result]) -> Steps[Result]:
    """The work while the scene stands at a frame."""
    if scene.frame_float == frame:
        return (yield from work)
    with borrowing(scene, {"frame_float": float(frame)}):  # it is the user's: away only while Blender does not draw
        return at_once(work)


def key(shot: Any) -> str:
    """What tells a shot's plan from others: its uid, or that it is the blank card of its scene."""
    return shot.uid or f"blank card of {shot.id_data.session_uid}"


def keep(shot_key: str, planned: Planned) -> None:
    """This is what the card shows from now on."""
    part = app().part(Plans)
    part.known[shot_key] = replace(planned, edits=part.edits)
    app().state.changed()


def known(shot: Any) -> Planned | None:
    """The newest plan of a shot."""
    return app().part(Plans).known.get(key(shot))


def is_stale(shot: Any, planned: Planned) -> bool:
    """Whether the scene or the shot has changed since the plan. Cheap enough for draw()."""
    return (
        planned.edits != app().part(Plans).edits
        or planned.settings != _settings(shot.id_data)
        or (planned.first, planned.frames) != handles.span(shot)
        or (planned.track.width, planned.track.height) != own_size(shot.id_data)
    )


def making(shot: Any) -> float | None:
    """How far the plan is that is being made for the shot, 0..1; None where none is."""
    return app().part(Plans).making.get(key(shot))


def of_shot(shot: Any) -> Steps[Planned]:
    """Plan what the shot's card asks for now.

    Raises:
        SceneError: no_camera, panoramic_camera, camera_still.
    """
    scene = shot.id_data
    camera = check_camera(scene, shot.camera)
    if not is_animated(camera):
        message = "The camera is not animated. Animate it, or let the words choose the move."
        raise SceneError("camera_still", message, "pick_camera")
    engine = app().state.engine(shot.engine)
    frame, frames = handles.span(shot)
    track = camera_track(scene, camera, frame, frames)
    most = most_views(engine) if engine is not None else None
    wider = engine is not None and engine.overscan and shot.still_source == RENDER and may_be_wider(scene, camera)
    fine = engine is not None and engine.finer_views and shot.still_source == RENDER
    return steps(scene, camera, track, frame, frames, wanted(stills_of(shot), most), wider, fine)


def most_views(engine: EngineInfo) -> int:
    """How many views along a camera's move an engine uses."""
    return engine.views if engine.camera_path else 1


def wanted(stills: int | None, most: int | None) -> int | None:
    """How many views to plan: so many `stills`, and no more than an engine uses (None: not known). None for as many as
    it takes."""
    if most == 1:
        return 1
    return stills if most is None or stills is None else min(stills, most)


def begin(shot: Any) -> None:
    """Have the timer plan the shot. Raises SceneError, as `of_shot`."""
    part, name = app().part(Plans), key(shot)
    if name in part.making:
        return
    work = of_shot(shot)
    part.making[name] = 0.0

    def done(result: Planned | SceneError) -> None:
        part.making.pop(name, None)
        if isinstance(result, SceneError):
            app().state.fail(result)
        else:
            keep(name, result)

    def wanted_still(share: float) -> bool:
        if round(share * 20) != round(part.making.get(name, 0.0) * 20):
            app().state.changed()
        part.making[name] = share
        return True

    by_the_timer(work, done, wanted_still)


# --- in words ------------------------------------------------------------------------------------------------


def lines(shot: Any) -> list[str]:
    """What is known before anything is rendered: how many stills, how long they need, what they show."""
    planned = known(shot)
    if planned is None:
        return []
    made, count = planned.plan, len(planned.plan.views)
    seconds = still_seconds(shot.id_data)
    stills = rpt_("{count} stills").format(count=count) if count > 1 else rpt_("One still")
    if made.margin:
        text = (
            rpt_("{stills} (the first +{percent:.0f} % pixels)")
            if count > 1
            else rpt_("{stills} (+{percent:.0f} % pixels)")
        )
        stills = text.format(stills=stills, percent=100 * made.more)
    said = []
    if seconds is None:
        said.append(rpt_("{stills}; how long they need is known after the first").format(stills=stills))
    else:
        text = (
            rpt_("{stills}, about {time}; all {frames} frames would need {all}")
            if planned.frames <= shot.frames
            else rpt_("{stills}, about {time}; all {frames} frames, handles included, would need {all}")
        )
        times = {"time": duration(seconds * planned.pictures), "all": duration(seconds * planned.frames)}
        said.append(text.format(stills=stills, frames=planned.frames, **times))
    percents = {"mean": 100 * made.mean, "least": 100 * min(made.covered)}
    said.append(rpt_("They show {mean:.0f} % of the move, {least:.0f} % at worst").format(**percents))
    low = made.low_from()
    if low is not None:
        said.append(rpt_("Below 90 % from frame {frame} on").format(frame=planned.frame_at(low)))
    if planned.held and count > 1:
        said.append(rpt_("Stands still: {names}").format(names=named(planned.held)))
    return said


def named(names: tuple[str, ...]) -> str:
    """The first of many names."""
    return ", ".join(names[:NAMED]) + (" ..." if len(names) > NAMED else "")


def duration(seconds: float) -> str:
    """ "40 s", "4 min", "3 h 20"."""
    if seconds < 90:
        return rpt_("{count:.0f} s").format(count=max(1, seconds))
    minutes = round(seconds / 60)
    if minutes < 90:
        return rpt_("{count} min").format(count=minutes)
    return rpt_("{hours} h {minutes:02d}").format(hours=minutes // 60, minutes=minutes % 60)


# --- what changes in between ---------------------------------------------------------------------------------


@bpy.app.handlers.persistent
def _on_update(scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, *_: Any) -> None:
    """Count what the user changes of shapes, places and looks; a step to another frame is no change."""
    part = app().part(Plans)
    moved = part.frames.get(scene.session_uid) != scene.frame_float
    part.frames[scene.session_uid] = scene.frame_float
    if moved or capture.rendering() or RECORD in scene:
        return
    if _is_edit(list(depsgraph.updates)):
        part.edits += 1


def _is_edit(updates: list[bpy.types.DepsgraphUpdate]) -> bool:
    """Whether these tell of shapes, places or looks. A change of the scene's own settings, such as a take that is
    listed, comes with all objects as shaded anew."""
    of_scene = any(isinstance(one.id, bpy.types.Scene) for one in updates)
    return any(
        one.is_updated_geometry
        or one.is_updated_transform
        or (one.is_updated_shading and not (of_scene and isinstance(one.id, bpy.types.Object)))
        for one in updates
    )


def _settings(scene: bpy.types.Scene) -> tuple[object, ...]:
    """What of the scene's own settings decides on what is seen: no change of an object tells of them."""
    render = scene.render
    simplify = (render.simplify_subdivision_render, render.simplify_child_particles_render)
    return (
        _uid(scene.background_set),
        simplify if render.use_simplify else None,
        *((layer.name, layer.use, _uid(layer.material_override)) for layer in scene.view_layers),
    )


def _uid(block: bpy.types.ID | None) -> int | None:
    return block.session_uid if block is not None else None


def register() -> None:
    """Listen for changes."""
    bpy.app.handlers.depsgraph_update_post.append(_on_update)


def unregister() -> None:
    """Listen no more."""
    if _on_update in bpy.app.handlers.depsgraph_update_post:
        bpy.app.handlers.depsgraph_update_post.remove(_on_update)


# --- the scene -----------------------------------------------------------------------------------------------


def held_still(scene: bpy.types.Scene, camera: bpy.types.Object) -> tuple[str, ...]:
    """Names of what moves in the scene by itself, and will not in a take of several stills."""
    found = [
        item.name
        for item in scene.objects
        if item != camera and item.type in {"MESH", "CURVE", "SURFACE", "FONT", "META", "LIGHT", "VOLUME", "CURVES"}
        if not item.hide_render and _moves(item)
    ]
    return tuple(found)


def _moves(item: bpy.types.Object) -> bool:
    if is_animated(item):
        return True
    data = item.data
    owners = [data, getattr(data, "shape_keys", None), *(slot.material for slot in item.material_slots)]
    owners += [one.node_tree for one in owners if getattr(one, "node_tree", None) is not None]
    for owner in owners:
        animation = getattr(owner, "animation_data", None)
        if animation and (animation.action or animation.nla_tracks or animation.drivers):
            return True
    for modifier in item.modifiers:
        if modifier.type in {"CLOTH", "SOFT_BODY", "FLUID", "DYNAMIC_PAINT", "OCEAN", "MESH_SEQUENCE_CACHE"}:
            return True
        if modifier.type == "ARMATURE" and modifier.object is not None and is_animated(modifier.object):
            return True
    return False


# --- how long a still needs ---------------------------------------------------------------------------------------


def measured(scene: bpy.types.Scene, seconds: float, more: float = 0.0) -> None:
    """A still of this scene took so long, all its renders together; it had so many `more` pixels than its frame, a
    share."""
    width, height = own_size(scene)
    seconds /= 1 + more
    state = scene.take_one
    state.still_seconds, state.still_kind = seconds / (width * height) * 1e6, _kind(scene)


def still_seconds(scene: bpy.types.Scene) -> float | None:
    """How long a still will take, by the last one of this scene with this engine and these samples; None where that
    is not known."""
    state = scene.take_one
    if not state.still_seconds or state.still_kind != _kind(scene):
        return None
    width, height = own_size(scene)
    return float(state.still_seconds * width * height / 1e6)


def _kind(scene: bpy.types.Scene) -> str:
    samples = {"CYCLES": ("cycles", "samples")}.get(scene.render.engine, ("eevee", "taa_render_samples"))
    return f"{scene.render.engine} {getattr(getattr(scene, samples[0], None), samples[1], '')}"
