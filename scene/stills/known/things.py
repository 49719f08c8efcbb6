"""What the words of a direction may point at: the named things in a camera's view, and how far a few points of it are.

The names in a .blend are a stranger's: they are cut, bounded in number, and go out only with a press.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

import bpy
import numpy as np
from mathutils import Vector

from ....client.protocol import Camera, Thing, Unfit
from ....client.protocol.camera import MAX_NAME, MAX_THINGS
from ..camera import metres_per_unit
from .facts import Seen, is_light_enough, seen_things

SIGHT = (9, 16)  # rows and columns of distances
FARTHEST = 1e9


def with_things(scene: bpy.types.Scene, camera: Camera) -> Camera:
    """`camera` with the named things in its view at the scene's frame, the largest first."""
    unit = metres_per_unit(scene)
    to_camera = np.linalg.inv(np.array(camera.matrix_world))
    found = []
    for one in seen_things(scene, scene.view_layers[0], camera, MAX_THINGS):
        with contextlib.suppress(Unfit):  # a box without a place or a size
            found.append(_thing(one, to_camera, unit))
    return replace(camera, things=tuple(found))


def with_sight(scene: bpy.types.Scene, camera: Camera) -> Camera:
    """`camera` with distances of 9 x 16 points of its frame, by rays; as it is in a scene that is too heavy for them.

    For plans before anything is rendered; takes some 10 ms.
    """
    layer = scene.view_layers[0]
    if not is_light_enough(layer):
        return camera
    unit = metres_per_unit(scene)
    matrix = np.array(camera.matrix_world)
    flat = camera.projection == "orthographic"
    rows = []
    for row in range(SIGHT[0]):
        distances = []
        for column in range(SIGHT[1]):
            x = (column + 0.5) / SIGHT[1] * camera.width - camera.cx
            y = camera.cy - (row + 0.5) / SIGHT[0] * camera.height
            if flat:
                origin, way = np.array([x * camera.scale, y * camera.scale, 0.0, 1.0]), np.array([0.0, 0.0, -1.0])
            else:
                origin, way = np.array([0.0, 0.0, 0.0, 1.0]), np.array([x / camera.fx, y / camera.fy, -1.0])
            start = (matrix @ origin)[:3] / unit
            hit, place, *_ = scene.ray_cast(layer.depsgraph, Vector(start), Vector(matrix[:3, :3] @ way).normalized())
            along = float((np.array(place) - start) @ -matrix[:3, 2]) * unit if hit else 0.0
            distances.append(along if 0 < along < FARTHEST else 0.0)
        rows.append(tuple(distances))
    return replace(camera, sight=tuple(rows))


def _thing(one: Seen, to_camera: np.ndarray, unit: float) -> Thing:
    corners = unit * one.corners @ to_camera[:3, :3].T + to_camera[:3, 3]
    low, high = corners.min(axis=0), corners.max(axis=0)
    centre, size = (low + high) / 2, high - low
    return Thing(
        one.name[:MAX_NAME].strip() or "thing",
        (float(centre[0]), float(centre[1]), float(centre[2])),
        (float(size[0]), float(size[1]), float(size[2])),
        one.person,
    )
