"""What a thing that is rendered looks like, its shape, place and materials aside: what is painted on a mesh, which
light and which lens it is hidden from, its hair."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import bpy
import numpy as np

from .values import Rows, members, named, own_properties, plain, untold

OF_OBJECT = (
    "color", "pass_index", "is_holdout", "is_shadow_catcher", "visible_camera", "visible_diffuse", "visible_glossy",
    "visible_transmission", "visible_volume_scatter", "visible_shadow", "visible_raycast", "hide_probe_volume",
    "hide_probe_sphere", "hide_probe_plane", "display_type", "show_in_front", "lightgroup",
    "shadow_terminator_normal_offset", "shadow_terminator_geometry_offset", "shadow_terminator_shading_offset",
)  # fmt: skip
ONLY_RENDERED = (  # of modifiers and data: what the render shows otherwise than the 3D View
    "show_render", "render_levels", "resolution", "adaptive_space", "adaptive_pixel_size", "use_adaptive_subdivision",
)  # fmt: skip
OF_DATA = ("render_resolution_u", "render_resolution_v", "render_resolution")
SHAPE = {"position", ".corner_vert", ".corner_edge", ".edge_verts"}  # told by the triangles
HIDDEN = "."  # what the names of Blender's own marks begin with, such as what is selected
WIDTHS = {
    "FLOAT": ("value", 1, np.float32), "INT": ("value", 1, np.int32), "BOOLEAN": ("value", 1, np.bool_),
    "INT8": ("value", 1, np.int32), "FLOAT_VECTOR": ("vector", 3, np.float32), "FLOAT2": ("vector", 2, np.float32),
    "FLOAT_COLOR": ("color", 4, np.float32), "BYTE_COLOR": ("color", 4, np.float32),
    "INT32_2D": ("value", 2, np.int32), "INT16_2D": ("value", 2, np.int32), "QUATERNION": ("value", 4, np.float32),
    "FLOAT4X4": ("value", 16, np.float32),
}  # fmt: skip
PARTS = ("type", "seed", "child_seed", "use_hair_dynamics")
GROUPS = (
    "density",
    "length",
    "clump",
    "kink",
    "roughness_1",
    "roughness_2",
    "roughness_end",
    "size",
    "tangent",
    "twist",
)


def of_object(item: bpy.types.Object) -> bytes:
    """Of an original object, with what is seen by its own settings."""
    digest = hashlib.blake2b(digest_size=16)
    for row in _of_object(item):
        digest.update(repr(row).encode())
    return digest.digest()


def mesh_of(item: bpy.types.Object) -> bpy.types.Mesh:
    """The mesh of an evaluated object. While it is edited its data has no shape, which only a copy tells."""
    mesh: bpy.types.Mesh = item.data
    return mesh if "position" in mesh.attributes else item.to_mesh()


def paint(data: Any, painted: dict[str, np.ndarray], most: int) -> bool:
    """Add to `painted` the attributes of a mesh, of curves or of points besides their shape, by name: materials, UVs,
    colours, smooth faces, normals; and under "" which of them count, as bytes. Whether that is all: after one of more
    than `most` numbers the rest waits for the next time."""
    if "" not in painted:
        painted[""] = np.frombuffer(_words(data).encode(), np.uint8)
    for attribute in data.attributes:
        if attribute.name in painted or attribute.name in SHAPE or attribute.name.startswith(HIDDEN):
            continue
        if attribute.data_type not in WIDTHS:
            continue
        name, width, kind = WIDTHS[attribute.data_type]
        values: np.ndarray = np.empty(len(attribute.data) * width, kind)
        if len(values):
            attribute.data.foreach_get(name, values)
        painted[attribute.name] = values
        if len(values) > most:
            return False
    return True


def updated(digest: Any, painted: dict[str, np.ndarray], most: int) -> Iterator[float]:
    """Have the digest read what is painted, at most so many numbers between two yields."""
    for name in sorted(painted):
        digest.update(name.encode())
        values = painted[name]
        for start in range(0, len(values), most):
            digest.update(values[start : start + most].data)
            if len(values) - start > most:
                yield 0.5


def _words(data: Any) -> str:
    uvs, colours = getattr(data, "uv_layers", None) or (), getattr(data, "color_attributes", None)
    told = [(one.name, one.active, one.active_render) for one in uvs]
    return repr((told, getattr(colours, "render_color_index", None)))


def _of_object(item: bpy.types.Object) -> Rows:
    yield from named(item, OF_OBJECT)
    yield from own_properties(item)
    if item.data is not None:
        yield from own_properties(item.data)
        yield from named(item.data, OF_DATA)
    if hasattr(item, "cycles"):
        yield from plain(item.cycles)
    yield from members(item.light_linking.receiver_collection)
    yield from members(item.light_linking.blocker_collection)
    for modifier in item.modifiers:
        yield modifier.type, *named(modifier, ONLY_RENDERED)
    for system in item.particle_systems:
        if system.settings is not None and system.settings.type == "HAIR":
            yield from _hair(system)


def _hair(system: bpy.types.ParticleSystem) -> Rows:
    """Blender does not tell how hair was combed, and weights are many: it is taken for changed then."""
    if system.is_edited or any(getattr(system, f"vertex_group_{name}", "") for name in GROUPS):
        yield untold()
    yield from named(system, PARTS)
    yield from plain(system.settings)
