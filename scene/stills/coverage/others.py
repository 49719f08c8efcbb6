"""What a picture shows and no triangles tell: hair, point clouds, volumes, drawings. A picture that is kept fits only
as long as they are the same."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import bpy
import numpy as np

POINTS = {"CURVES", "POINTCLOUD"}
KINDS = {*POINTS, "VOLUME", "GREASEPENCIL"}
READ = {"position": ("vector", 3), "radius": ("value", 1)}


def is_one(instance: bpy.types.DepsgraphObjectInstance) -> bool:
    """Whether it is of these kinds, and rendered."""
    item = instance.object
    if item.type not in KINDS or not instance.show_self or item.data is None:
        return False
    original = item.original or item
    return not original.hide_render and bool(original.visible_camera)


def mark(instance: bpy.types.DepsgraphObjectInstance) -> bytes:
    """The same where it looks the same, its materials aside. What Blender does not tell (what a drawing's strokes are,
    and a volume that is in no file) is taken for changed."""
    item = instance.object
    if item.type in POINTS:
        content = b"".join(_values(item.data, name) for name in READ)
    else:
        content = _file(item.data) if item.type == "VOLUME" else uuid.uuid4().bytes
    return mark_of(item.name_full, np.array(instance.matrix_world), content)


def materials(instance: bpy.types.DepsgraphObjectInstance) -> set[tuple[str, str]]:
    """As Surfaces.used has them."""
    slots = instance.object.material_slots
    return {("materials", slot.material.name_full) for slot in slots if slot.material is not None}


def mark_of(name: str, matrix: np.ndarray, content: bytes = b"") -> bytes:
    """Of what stands somewhere."""
    return hashlib.blake2b(name.encode() + rounded(matrix) + content, digest_size=16).digest()


def rounded(matrix: np.ndarray) -> bytes:
    """The matrix to five digits."""
    return bytes((np.round(matrix, 5) + 0.0).tobytes())  # no negative zero


def _values(data: bpy.types.ID, name: str) -> bytes:
    """An attribute of points, as a sum: there may be millions."""
    attribute = data.attributes.get(name)
    key, width = READ[name]
    if attribute is None:
        return b""
    values = np.empty(len(attribute.data) * width, np.float32)
    attribute.data.foreach_get(key, values)
    return hashlib.blake2b(values.tobytes(), digest_size=16).digest()


def _file(volume: bpy.types.Volume) -> bytes:
    original = volume.original or volume
    path = Path(bpy.path.abspath(original.filepath, library=original.library))
    try:
        found = path.stat() if original.filepath else None
    except OSError:
        found = None
    if found is None:
        return uuid.uuid4().bytes
    return repr((str(path), found.st_size, found.st_mtime_ns, original.frame_offset, original.frame_start)).encode()
