"""The volume of a sound strip over a transition. Volumes that the user has animated are left as they are."""

from __future__ import annotations

import bpy
from bpy.utils import escape_identifier

VOLUME_KEY = "take_one_volume"  # on a sound strip whose volume we animate: what it was


def ramp(sound: bpy.types.Strip, first: int, after: int, start: float, end: float) -> bool:
    """Let the volume go from `start` to `end` times what it was, between two frames. False where the user's own
    animation stands."""
    if VOLUME_KEY not in sound:
        if _curve(sound) is not None:
            return False
        sound[VOLUME_KEY] = sound.volume
    usual = float(sound[VOLUME_KEY])
    for frame, part in ((first, start), (after, end)):
        sound.volume = usual * part
        sound.keyframe_insert("volume", frame=frame)
    for key in _keys(sound):
        key.interpolation = "LINEAR"
    sound.volume = usual
    return True


def clear(sound: bpy.types.Strip, first: int, after: int) -> None:
    """Take back what `ramp` did between these frames."""
    if sound.type != "SOUND" or VOLUME_KEY not in sound:
        return
    for frame in [round(key.co.x) for key in _keys(sound) if first <= round(key.co.x) <= after]:
        sound.keyframe_delete("volume", frame=frame)
    if not _keys(sound):
        sound.volume = float(sound[VOLUME_KEY])
        del sound[VOLUME_KEY]


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


def _keys(sound: bpy.types.Strip) -> list[bpy.types.Keyframe]:
    curve = _curve(sound)
    return list(curve.keyframe_points) if curve is not None else []


def _curve(sound: bpy.types.Strip) -> bpy.types.FCurve | None:
    data = sound.id_data.animation_data
    if data is None or data.action is None or data.action_slot is None:
        return None
    tail = f'_all["{escape_identifier(sound.name)}"].volume'
    for layer in data.action.layers:
        for part in layer.strips:
            bag = part.channelbag(data.action_slot)
            for curve in bag.fcurves if bag else ():
                if curve.data_path.endswith(tail):
                    return curve
    return None
