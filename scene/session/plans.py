"""What is known of the stills that a shot's move needs: planned on request or at the press, shown on the card."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from ..app.app import app
from ..stills.borrow.borrowed import borrowing
from ..stills.camera import camera_track, is_animated, picture_size
from ..stills.coverage import marks, plan, surfaces
from ..stills.coverage.plan import Plan
from ..stills.coverage.steps import Steps, at_once
from ..stills.coverage.track import Track

EVERY = 12  # poses of the path that stand for it where surfaces are taken more coarsely


@dataclass(frozen=True)
class Planned:
    """A plan of a shot: `first` is the scene's frame of its still, `frames` how many the move has, `held` are names of
    things that are animated and stand still, `look` the mark of how the scene looks."""

    plan: Plan
    track: Track
    first: int
    frames: int
    held: tuple[str, ...]
    look: str

    def frame_at(self, pose: int) -> int:
        """The scene's frame of one of the track's poses."""
        return self.first + round(self.track.poses[pose].t * (self.frames - 1))

    @property
    def mark(self) -> str:
        """Of all that the pictures of this plan show."""
        return f"{self.plan.mark}-{self.look}"


@dataclass
class Plans:
    """`known` are the newest plans by the shot's uid, `making` how far those are that are being made."""

    known: dict[str, Planned] = field(default_factory=dict)
    making: dict[str, float] = field(default_factory=dict)


def steps(
    scene: bpy.types.Scene, camera: bpy.types.Object, track: Track, frame: int, frames: int, count: int | None
) -> Steps[Planned]:
    """Plan the views of a path in the scene as it is at `frame`; `count` None for as many as it takes."""
    number = scene.session_uid
    path = np.array([pose.place for pose in track.poses[::EVERY]])
    held = held_still(scene, camera)
    if scene.frame_float == frame:
        found = yield from surfaces.read(scene, path)
        look = yield from marks.look_mark(surfaces.scene_of(number), frame)
    else:  # the frame is the user's: it is away from there only while Blender does not draw
        with borrowing(scene, {"frame_float": float(frame)}):
            found = at_once(surfaces.read(scene, path))
            look = at_once(marks.look_mark(scene, frame))
    made = yield from plan.plan(track, found, count)
    return Planned(made, track, frame, frames, held, look)


def keep(shot_uid: str, planned: Planned) -> None:
    """This is what the card shows from now on."""
    app().part(Plans).known[shot_uid] = planned
    app().state.changed()


def known(shot: Any) -> Planned | None:
    """The newest plan of a shot."""
    return app().part(Plans).known.get(shot.uid)


def making(shot: Any) -> float | None:
    """How far the plan is that is being made for the shot, 0..1; None where none is."""
    return app().part(Plans).making.get(shot.uid)


def track_now(shot: Any, camera: bpy.types.Object, frame: int, seconds: float, fps: float) -> tuple[Track, int]:
    """The camera's poses over the shot, and how many frames it has."""
    frames = max(1, round(seconds * fps))
    return camera_track(shot.id_data, camera, frame, frames), frames


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


# --- how long it takes ---------------------------------------------------------------------------------------


def measured(scene: bpy.types.Scene, seconds: float) -> None:
    """A still of this scene took so long, all its renders together."""
    width, height = picture_size(scene)
    state = scene.take_one
    state.still_seconds, state.still_kind = seconds / (width * height) * 1e6, _kind(scene)


def still_seconds(scene: bpy.types.Scene) -> float | None:
    """How long a still will take, by the last one of this scene with this engine and these samples; None where that
    is not known."""
    state = scene.take_one
    if not state.still_seconds or state.still_kind != _kind(scene):
        return None
    width, height = picture_size(scene)
    return float(state.still_seconds * width * height / 1e6)


def _kind(scene: bpy.types.Scene) -> str:
    samples = {"CYCLES": ("cycles", "samples")}.get(scene.render.engine, ("eevee", "taa_render_samples"))
    return f"{scene.render.engine} {getattr(getattr(scene, samples[0], None), samples[1], '')}"
