"""Shots that a scene's markers, cameras and scene strips stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import bpy
from bpy.app.translations import pgettext_rpt as rpt_

from ...app.errors import SceneError
from ...edit import strips
from ...model.lent import own_frame
from ...model.properties.rates import frame_rate
from ...model.shots import shot_list
from ...stills.camera import is_animated

UNNAMED = re.compile(r"(F_\d+|Marker)?(\.\d+)?")  # what Blender calls markers by itself
SHORTEST, LONGEST = 0.1, 120.0  # seconds of a shot


@dataclass(frozen=True)
class Wanted:
    """A shot to be: seen by `camera` at the scene's `frame` for `seconds` (None: as the card says). `at` is its frame
    in the edit, None for after what is there."""

    scene: bpy.types.Scene
    name: str
    camera: bpy.types.Object
    frame: int
    seconds: float | None
    at: int | None = None
    frames: int | None = None


def from_markers(scene: bpy.types.Scene) -> list[Wanted]:
    """A shot for each marker that is bound to a camera, to the next one; the last one to the scene's last frame.

    Raises:
        SceneError: no_markers.
    """
    bound = sorted((one for one in scene.timeline_markers if one.camera), key=lambda one: one.frame)
    if not bound:
        message = "No marker of the scene is bound to a camera. Bind some with Marker > Bind Camera to Markers."
        raise SceneError("no_markers", message)
    ends = [*(marker.frame for marker in bound[1:]), max(scene.frame_end, bound[-1].frame) + 1]
    return [
        Wanted(scene, _marker_name(marker), marker.camera, marker.frame, _seconds(scene, end - marker.frame))
        for marker, end in zip(bound, ends, strict=True)
        if end > marker.frame
    ]


def from_cameras(scene: bpy.types.Scene, cameras: Iterable[bpy.types.Object]) -> list[Wanted]:
    """A shot for each camera, by name: an animated one over its own animation, another at the scene's frame.

    Raises:
        SceneError: no_camera.
    """
    found = sorted(cameras, key=lambda camera: natural(camera.name))
    if not found:
        raise SceneError("no_camera", "The scene has no camera. Add one with Add > Camera", "pick_camera")
    shots = []
    for camera in found:
        span = _animated_span(camera)
        frame, seconds = (span[0], _seconds(scene, span[1] - span[0] + 1)) if span else (own_frame(scene), None)
        shots.append(Wanted(scene, camera.name, camera, frame, seconds))
    return shots


def from_strips(edit: bpy.types.Scene, found: Iterable[bpy.types.Strip]) -> list[Wanted]:
    """A shot for each scene strip with a camera, in the order of the edit, in its place and of its length.

    Raises:
        SceneError: no_strips.
    """
    shots = []
    for strip in sorted(found, key=strips.start):
        scene = strip.scene if strip.type == "SCENE" else None
        camera = (strip.scene_camera or scene.camera) if scene is not None else None
        if scene is None or camera is None or scene == edit:
            continue
        rate = float(frame_rate(edit))
        shown = strips.index_at(strip, strips.start(strip), strips.content_length(strip), rate)
        first = scene.frame_start + strip.animation_offset_start + shown
        frames = strips.length(strip)
        seconds = frames / rate
        name = strip.name if strip.name != scene.name else camera.name
        shots.append(Wanted(scene, name, camera, first, _bounded(seconds), strips.start(strip), frames))
    if not shots:
        raise SceneError("no_strips", "The edit has no scene strip with a camera. Add one with Add > Scene.")
    return shots


def ensure(wanted: Iterable[Wanted], model: Any) -> list[tuple[str, str]]:
    """The uid of each wanted shot, and of its scene: one that is there already (of the same camera at the same frame)
    stays as it is, others are made with the direction of the shot `model`, without its dialogue. They stand in the
    order of the wanted ones behind those that are there."""
    model_uid, model_scene = model.uid, model.id_data
    found = []
    for one in wanted:
        shot = _there(one)
        if shot is None:
            shot = _make(one, model_scene, model_uid)
        found.append((shot.uid, one.scene.take_one.uid))
    return found


def cards(wanted: Iterable[Wanted], model: Any) -> list[tuple[Any, float | None, bool]]:
    """For each wanted shot the one that `ensure` would give or copy, its seconds where they are others, and whether it
    would be new."""
    found = [(_there(one), one) for one in wanted]
    return [(shot, None, False) if shot is not None else (model, one.seconds, True) for shot, one in found]


def _make(one: Wanted, model_scene: bpy.types.Scene, model_uid: str) -> Any:
    shot = shot_list.add_shot(one.scene, one.camera)
    source = shot_list.find_shot(model_uid, model_scene.take_one.uid) if model_uid else None
    shot_list.copy_direction(source or model_scene.take_one.blank, shot)
    shot.lines.clear()  # what is said belongs to its own shot
    shot.name = shot_list.free_name(one.name, shot.uid)
    shot.frame, shot.frame_lock = one.frame, True
    if shot.still_source not in ("RENDER", "VIEWPORT"):
        shot.still_source = "RENDER"
    shot.motion = "CAMERA" if is_animated(one.camera) else "WORDS"
    if one.seconds is not None:
        shot.seconds = one.seconds
    return shot


def _there(one: Wanted) -> Any | None:
    shots = one.scene.take_one.shots
    return next(
        (shot for shot in shots if shot.camera == one.camera and shot.frame_lock and shot.frame == one.frame), None
    )


def natural(name: str) -> list[tuple[int, str]]:
    """A key by which Camera 2 comes before Camera 10."""
    return [(int(part), "") if part.isdigit() else (0, part.lower()) for part in re.split(r"(\d+)", name)]


def _marker_name(marker: bpy.types.TimelineMarker) -> str:
    return str(marker.camera.name if UNNAMED.fullmatch(marker.name) else marker.name)


def _seconds(scene: bpy.types.Scene, frames: int) -> float:
    return _bounded(float(Fraction(frames) / frame_rate(scene)))


def _bounded(seconds: float) -> float:
    return max(SHORTEST, min(LONGEST, seconds))


def _animated_span(camera: bpy.types.Object) -> tuple[int, int] | None:
    """First and last frame of the camera's own keys."""
    data = camera.animation_data
    if data is None or data.action is None:
        return None
    first, last = (round(frame) for frame in data.action.frame_range)
    return (first, last) if last > first else None


def report(count: int, new: int) -> str:
    """What has been made, in words."""
    return rpt_("{count} shots, {new} of them new").format(count=count, new=new)
