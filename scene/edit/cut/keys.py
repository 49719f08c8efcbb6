"""The animation of strips, which Blender keeps on their scene."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
from bpy.utils import escape_identifier

ALL_STRIPS = 'sequence_editor.strips_all["'


def curves(edit: bpy.types.Scene) -> Iterator[tuple[str, bpy.types.FCurve]]:
    """The animation of the edit's strips, by path."""
    data = edit.animation_data
    if data is None or data.action is None or data.action_slot is None:
        return
    for layer in data.action.layers:
        for part in layer.strips:
            bag = part.channelbag(data.action_slot)
            for curve in bag.fcurves if bag else ():
                path = curve.data_path.replace("sequences_all", "strips_all")
                if path.startswith(ALL_STRIPS):
                    yield path, curve


def path_of(name: str) -> str:
    """What the paths of a strip's animation begin with."""
    return f'{ALL_STRIPS}{escape_identifier(name)}"]'


def move(curve: bpy.types.FCurve, by: float) -> None:
    """All keys of a curve, with their handles, by this many frames."""
    for key in curve.keyframe_points:
        handles = key.handle_left.x, key.handle_right.x
        key.co.x += by
        key.handle_left.x, key.handle_right.x = handles[0] + by, handles[1] + by
    curve.update()


@contextmanager
def staying(strip: bpy.types.Strip) -> Iterator[None]:
    """The strip's animation stays on its frames, whatever is done to the strip meanwhile: Blender moves it with the
    strip's content. Within, no curve may come or go."""
    own = [curve for path, curve in curves(strip.id_data) if path.startswith(path_of(strip.name))]
    begun = [(curve, curve.keyframe_points[0].co.x) for curve in own if curve.keyframe_points]
    yield
    for curve, first in begun:
        by = first - curve.keyframe_points[0].co.x
        if by:
            move(curve, by)
