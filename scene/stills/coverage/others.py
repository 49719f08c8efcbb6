"""What a picture shows and no triangles tell: light, hair, point clouds, volumes, drawings. A picture that is kept fits
only as long as they are the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import bpy
import numpy as np

from .look import things
from .look.values import plain, untold

POINTS = {"CURVES", "POINTCLOUD"}
LIGHTS = {"LIGHT", "LIGHT_PROBE"}


def mark(item: bpy.types.Object, matrix: np.ndarray, looks: bytes) -> bytes:
    """The same where it looks the same, its materials aside. `item` is evaluated and stands at `matrix`; `looks` is the
    mark of its object. What Blender does not tell (what a drawing's strokes are, and a volume that is in no file) is
    taken for changed."""
    digest = hashlib.blake2b(item.name_full.encode() + rounded(matrix) + looks, digest_size=16)
    digest.update("\n".join(sorted(name for _, name in used(item))).encode())
    if item.type in POINTS:
        painted = {"position": _values(item.data)}
        while not things.paint(item.data, painted, len(painted["position"])):
            pass
        for _ in things.updated(digest, painted, len(painted["position"]) + 1):
            pass
    elif item.type == "LIGHT_PROBE":
        digest.update(repr([*plain(item.data)]).encode())
    elif item.type != "LIGHT":
        digest.update(_file(item.data) if item.type == "VOLUME" else untold().encode())
    return digest.digest()


def used(item: bpy.types.Object) -> set[tuple[str, str]]:
    """Its materials, or the light that it is: as Surfaces.used has them."""
    if item.type == "LIGHT":
        return {("lights", item.data.name_full)}
    return {("materials", slot.material.name_full) for slot in item.material_slots if slot.material is not None}


def rounded(matrix: np.ndarray) -> bytes:
    """The matrix to five digits."""
    return bytes((np.round(matrix, 5) + 0.0).tobytes())  # no negative zero


def _values(data: bpy.types.ID) -> np.ndarray:
    """Where the points are."""
    values = np.empty(len(data.points) * 3, np.float32)
    position = data.attributes.get("position")
    if position is not None:
        position.data.foreach_get("vector", values)
    return values


def _file(volume: bpy.types.Volume) -> bytes:
    original = volume.original or volume
    path = Path(bpy.path.abspath(original.filepath, library=original.library))
    try:
        found = path.stat() if original.filepath else None
    except OSError:
        found = None
    if found is None:
        return untold().encode()
    return repr((str(path), found.st_size, found.st_mtime_ns, original.frame_offset, original.frame_start)).encode()
