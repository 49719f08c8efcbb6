"""The scene's surfaces as triangles: read from the evaluated scene, with what light goes through left out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from ...app.errors import SceneError
from ..borrow import see_through
from ..borrow.blocks import of_session
from .leaves import Leaf, leaf_of
from .steps import Steps

SLICE = 0.008  # seconds of reading between two yields
CHUNK = 40_000  # triangles and vertices that are worked on at once
MOST = 150_000  # triangles that rays are cast against: above that, small ones are put together
FINE = 1 / 400  # of the distance to the path: details below that are put together
SOLID = -1


@dataclass(frozen=True)
class Surfaces:
    """`vertices` [V, 3] in Blender units, `triangles` [T, 3] of indices into them. `leaf` [T] is the index in `leaves`
    of a triangle whose picture has holes, or -1; `uv` [T, 3, 2] are the corners' places in that picture (empty where
    no triangle has holes). `mark` is the same for the same surfaces, whatever the program's run."""

    vertices: np.ndarray
    triangles: np.ndarray
    leaf: np.ndarray
    uv: np.ndarray
    leaves: tuple[Leaf, ...]
    mark: str

    @property
    def size(self) -> float:
        """The diagonal of what holds them all, in Blender units."""
        if not len(self.vertices):
            return 1.0
        return float(np.linalg.norm(np.ptp(self.vertices, axis=0))) or 1.0


@dataclass
class _Pieces:
    """What has been read so far, an entry for each mesh of the scene as often as it stands there."""

    vertices: list[np.ndarray] = field(default_factory=list)
    triangles: list[np.ndarray] = field(default_factory=list)
    leaf: list[np.ndarray] = field(default_factory=list)
    uv: list[np.ndarray] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    count: int = 0
    marks: list[bytes] = field(default_factory=list)

    def mark(self) -> str:
        """Of all that was read, in whatever order."""
        return hashlib.blake2b(b"".join(sorted(self.marks)), digest_size=16).hexdigest()


def read(scene: bpy.types.Scene, path: np.ndarray, glass: bool = False) -> Steps[Surfaces]:
    """The surfaces that the scene's first view layer renders, at the frame where it stands. `path` are places of
    cameras, [n, 3]: what is far from them is taken more coarsely. With `glass` also what light goes through.

    What the user changes while the steps go on is read as it is then.
    """
    pieces = _Pieces()
    yield from _read_instances(scene.session_uid, pieces, glass)
    vertices = np.concatenate(pieces.vertices) if pieces.vertices else np.zeros((0, 3), np.float32)
    yield 0.5
    triangles = np.concatenate(pieces.triangles) if pieces.triangles else np.zeros((0, 3), np.int32)
    leaf = np.concatenate(pieces.leaf) if pieces.leaf else np.zeros(0, np.int16)
    uv = np.zeros((0, 3, 2), np.float32)
    if pieces.leaves:
        uv = np.concatenate(
            [
                one if len(one) else np.zeros((len(t), 3, 2), np.float32)
                for one, t in zip(pieces.uv, pieces.triangles, strict=True)
            ]
        )
    yield 0.6
    fine = FINE
    while len(triangles) > MOST and fine < 1:
        triangles, kept = yield from _coarser(vertices, triangles, path, fine)
        leaf, uv = leaf[kept], uv[kept] if len(uv) else uv
        fine *= 2
    return Surfaces(vertices, triangles, leaf, uv, tuple(pieces.leaves), pieces.mark())


def scene_of(number: int) -> bpy.types.Scene:
    """The scene with this number of the session. Raises SceneError no_scene where it is gone."""
    scene = of_session(bpy.data.scenes, number)
    if scene is None:
        raise SceneError("no_scene", "The scene is gone whose stills were being planned.")
    return scene


# --- reading -------------------------------------------------------------------------------------------------


def _read_instances(number: int, pieces: _Pieces, glass: bool) -> Steps[None]:
    """Read all that stands in the scene, again from where it stopped after each pause: nothing of Blender's is held
    meanwhile."""
    found = {} if glass else see_through.natures(scene_of(number))
    natures = {material.name_full: nature for material, nature in found.items()}
    done, total = 0, 1
    while True:
        ends = time.perf_counter() + SLICE
        scene = scene_of(number)
        layer = scene.view_layers[0]
        layer.depsgraph.update()
        finished = True
        total = max(total, len(layer.depsgraph.object_instances))
        for index, instance in enumerate(layer.depsgraph.object_instances):
            if index < done:
                continue
            done = index + 1
            if instance.object.type == "LIGHT" and instance.show_self:
                pieces.marks.append(_mark(instance.object.name_full, np.array(instance.matrix_world)))
            elif _is_rendered(instance):
                _read_mesh(instance, natures, pieces)
            if time.perf_counter() > ends:
                finished = False
                break
        if finished:
            break
        yield 0.5 * min(1.0, done / total)
    for item in _hidden_from_view(scene):
        _add_mesh(item.data, np.array(item.matrix_world), item, natures, pieces)


def _is_rendered(instance: bpy.types.DepsgraphObjectInstance) -> bool:
    item = instance.object
    if item.type != "MESH" or not instance.show_self:
        return False
    original = item.original or item
    return not original.hide_render and original.visible_camera and item.data is not None


def _hidden_from_view(scene: bpy.types.Scene) -> Iterator[bpy.types.Object]:
    """Meshes that only the render shows: as they are without modifiers."""
    layer = scene.view_layers[0]
    shown = {one.original for one in layer.depsgraph.objects if one.original is not None}
    rendered = _rendered_objects(layer.layer_collection)
    for item in scene.objects:
        if item.type != "MESH" or item in shown or item not in rendered:
            continue
        if not item.hide_render and item.visible_camera and item.data is not None:
            yield item


def _rendered_objects(collection: bpy.types.LayerCollection) -> set[bpy.types.Object]:
    if collection.exclude or collection.collection.hide_render:
        return set()
    found = set(collection.collection.objects)
    return found.union(*(_rendered_objects(child) for child in collection.children))


def _read_mesh(instance: bpy.types.DepsgraphObjectInstance, natures: dict[str, Any], pieces: _Pieces) -> None:
    _add_mesh(instance.object.data, np.array(instance.matrix_world), instance.object, natures, pieces)


def _add_mesh(
    mesh: bpy.types.Mesh, matrix: np.ndarray, item: bpy.types.Object, natures: dict[str, Any], pieces: _Pieces
) -> None:
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    if not count:
        return
    vertices = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", vertices.ravel())
    triangles = np.empty((count, 3), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles.ravel())
    materials = [slot.material for slot in item.material_slots]
    pieces.marks.append(
        _mark("\n".join(one.name_full if one else "" for one in materials), matrix, vertices, triangles)
    )
    special = [natures.get(one.name_full) if one is not None else None for one in materials]
    keep, leaf, uv = np.ones(count, bool), np.full(count, SOLID, np.int16), np.zeros((0, 3, 2), np.float32)
    if any(special):
        which = _material_of(mesh, count) if len(materials) > 1 else np.zeros(count, np.int32)
        for index, nature in enumerate(special):
            if nature is None:
                continue
            if nature.clear:
                keep &= which != index
            elif nature.cut_out:
                uv = _holes(mesh, materials[index], which == index, keep, leaf, uv, pieces)
    world = vertices @ matrix[:3, :3].T.astype(np.float32) + matrix[:3, 3].astype(np.float32)
    pieces.vertices.append(world)
    pieces.triangles.append(triangles[keep] + pieces.count)
    pieces.leaf.append(leaf[keep])
    pieces.uv.append(uv[keep] if len(uv) else uv)
    pieces.count += len(world)


def _mark(names: str, matrix: np.ndarray, *arrays: np.ndarray) -> bytes:
    mark = hashlib.blake2b(names.encode(), digest_size=16)
    for part in (np.round(matrix, 5) + 0.0, *arrays):  # no negative zero
        mark.update(np.ascontiguousarray(part).data)
    return mark.digest()


def _material_of(mesh: bpy.types.Mesh, count: int) -> np.ndarray:
    which = np.empty(count, np.int32)
    mesh.loop_triangles.foreach_get("material_index", which)
    return which


def _holes(
    mesh: bpy.types.Mesh,
    material: bpy.types.Material,
    here: np.ndarray,
    keep: np.ndarray,
    leaf: np.ndarray,
    uv: np.ndarray,
    pieces: _Pieces,
) -> np.ndarray:
    """Note which triangles have a picture with holes. Without a picture that can be read they are there as far as
    their alpha says."""
    found = leaf_of(material.original or material)
    layer = mesh.uv_layers.active if mesh.uv_layers else None
    if isinstance(found, float) or found is None or layer is None:
        if isinstance(found, float) and found < see_through.HALF:
            keep &= ~here
        return uv
    names = [one.name for one in pieces.leaves]
    if found.name not in names:
        pieces.leaves.append(found)
        names.append(found.name)
    leaf[here] = names.index(found.name)
    corners = np.empty(len(keep) * 3, np.int32)
    mesh.loop_triangles.foreach_get("loops", corners)
    places = np.empty((len(mesh.loops), 2), np.float32)
    layer.uv.foreach_get("vector", places.ravel())
    return places[corners].reshape(-1, 3, 2)


# --- fewer triangles -----------------------------------------------------------------------------------------


def _coarser(
    vertices: np.ndarray, triangles: np.ndarray, path: np.ndarray, fine: float
) -> Steps[tuple[np.ndarray, np.ndarray]]:
    """Put vertices together that no ray tells apart: the triangles that are left [n, 3], and which they were."""
    moved = np.empty(len(vertices), np.int32)
    for start in range(0, len(vertices), CHUNK):
        part = vertices[start : start + CHUNK]
        far = np.min([np.linalg.norm(part - place, axis=1) for place in path], axis=0)
        level = np.floor(np.log2(np.maximum(far * fine, 1e-6)))
        cell = np.floor(part / np.exp2(level)[:, None]).astype(np.int64) & 0xFFFFF
        key = ((level.astype(np.int64) & 0xF) << 60) | (cell[:, 0] << 40) | (cell[:, 1] << 20) | cell[:, 2]
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
        moved[start : start + CHUNK] = start + first[back.ravel()]
        yield 0.7
    made, kept = [], []
    for start in range(0, len(triangles), CHUNK):
        part = moved[triangles[start : start + CHUNK]]
        there = (part[:, 0] != part[:, 1]) & (part[:, 1] != part[:, 2]) & (part[:, 0] != part[:, 2])
        _, once = np.unique(np.sort(part[there], axis=1), axis=0, return_index=True)
        chosen = np.flatnonzero(there)[np.sort(once)]
        made.append(part[chosen])
        kept.append(start + chosen)
        yield 0.8
    return np.concatenate(made), np.concatenate(kept)
