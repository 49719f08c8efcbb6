"""The volume of a sound strip over a transition. Volumes that the user has animated are left as they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import bpy

from .. import strips
from . import keys

SHAPE_KEY = "take_one_shape"  # on a sound strip: the frames, from its file's first on, that `shape` gave a volume
VOLUME_KEY = "take_one_volume"  # on a sound strip whose volume we animate: what it was
LOUDEST = 100.0  # that Blender plays
SAME_FRAME = 0.01  # `shape` keys no two frames that are nearer


def ramp(sound: bpy.types.Strip, first: int, after: int, start: float, end: float) -> bool:
    """Let the volume go from `start` to `end` times what it was, between two frames. False where the user's own
    animation stands."""
    if VOLUME_KEY not in sound:
        if _curve(sound) is not None:
            return False
        sound[VOLUME_KEY] = sound.volume
    usual = _usual(sound)
    for frame, part in ((first, start), (after, end)):
        sound.volume = usual * part
        sound.keyframe_insert("volume", frame=frame)
    for key in _keys(sound):
        key.interpolation = "LINEAR"
    sound.volume = usual
    return True


def clear(sound: bpy.types.Strip, first: int, after: int) -> None:
    """Undo what `ramp` did between these frames."""
    if sound.type != "SOUND" or VOLUME_KEY not in sound:
        return
    for frame in [round(key.co.x) for key in _keys(sound) if first <= round(key.co.x) <= after]:
        sound.keyframe_delete("volume", frame=frame)
    if not _keys(sound):
        sound.volume = _usual(sound)
        del sound[VOLUME_KEY]


def shape(sound: bpy.types.Strip, points: Sequence[tuple[float, float]]) -> None:
    """Let the volume be so many times what it is, by frame, straight between."""
    usual = _usual(sound)
    sound[VOLUME_KEY] = usual
    for frame, part in points:
        sound.volume = usual * part
        sound.keyframe_insert("volume", frame=frame)
    for key in _keys(sound):
        key.interpolation = "LINEAR"
    sound.volume = usual
    first = strips.content_start(sound)
    sound[SHAPE_KEY] = [float(frame - first) for frame, _ in points]


def unshape(sound: bpy.types.Strip) -> None:
    """Undo what `shape` did. What the strip says of that may be a stranger's: keys that are not there are none."""
    first = strips.content_start(sound)
    ours = [first + frame for frame in _numbers(sound.get(SHAPE_KEY))]
    for frame in [key.co.x for key in _keys(sound)]:
        if any(abs(frame - one) < SAME_FRAME for one in ours):
            sound.keyframe_delete("volume", frame=frame)
    del sound[SHAPE_KEY]
    if not _keys(sound) and VOLUME_KEY in sound:
        sound.volume = _usual(sound)
        del sound[VOLUME_KEY]


def is_animated(sound: bpy.types.Strip) -> bool:
    """Whether the volume has keys, ours or the user's."""
    return bool(_keys(sound))


def between(points: Sequence[tuple[float, float]], frame: float) -> float:
    """The value at a frame, straight between points that rise."""
    before = max((point for point in points if point[0] <= frame), key=lambda point: point[0], default=points[0])
    after = min((point for point in points if point[0] > frame), key=lambda point: point[0], default=points[-1])
    if after[0] <= before[0]:
        return before[1]
    return before[1] + (after[1] - before[1]) * (frame - before[0]) / (after[0] - before[0])


def later(sound: bpy.types.Strip, at: float, by: int) -> None:
    """The end of the sound has moved by `by` frames: so does what `ramp` did after the frame `at`."""
    curve = _curve(sound) if VOLUME_KEY in sound else None
    for key in curve.keyframe_points if curve is not None else ():
        if key.co.x >= at:
            handles = key.handle_left.x + by, key.handle_right.x + by
            key.co.x += by
            key.handle_left.x, key.handle_right.x = handles
    if curve is not None:
        curve.update()


def _usual(sound: bpy.types.Strip) -> float:
    """The volume that is animated: as the strip keeps it, or has it now."""
    told = _numbers([sound.get(VOLUME_KEY)])
    return min(max(0.0, told[0]), LOUDEST) if told else float(sound.volume)


def _numbers(told: Any) -> list[float]:
    """The numbers of a list that a strip keeps; none where it is anything else."""
    try:
        found = [float(one) for one in told]
    except (TypeError, ValueError, OverflowError):
        return []
    return found if all(math.isfinite(one) for one in found) else []


def _keys(sound: bpy.types.Strip) -> list[bpy.types.Keyframe]:
    curve = _curve(sound)
    return list(curve.keyframe_points) if curve is not None else []


def _curve(sound: bpy.types.Strip) -> bpy.types.FCurve | None:
    wanted = keys.path_of(sound.name) + ".volume"
    return next((curve for path, curve in keys.curves(sound.id_data) if path == wanted), None)
