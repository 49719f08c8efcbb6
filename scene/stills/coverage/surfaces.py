"""The scene's surfaces as triangles: read from the evaluated scene, with what light goes through left out."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import bpy
import numpy as np

from ..borrow import see_through
from . import others
from .leaves import Leaf, leaf_of
from .look import things
from .look.rendered import hidden_from_view, is_rendered
from .steps import Steps, scene_of

SLICE = 0.008  # seconds of reading between two yields
CHUNK = 16_000  # triangles and vertices that are worked on at once
SLOW = 200_000  # corners of a mesh from which on its polygons are cut plainly
MOST_READ = 4_000_000  # triangles: of what comes after them only the boxes count
MOST = 100_000  # triangles that rays are cast against: above that, small ones are put together
FINE = 1 / 400  # of the distance to the path: details below that are put together
SOLID = -1


@dataclass(frozen=True)
class Surfaces:
    """`vertices` [V, 3] in Blender units, `triangles` [T, 3] of indices into them. `leaf` [T] is the index in `leaves`
    of a triangle whose picture has holes, or -1; `uv` [T, 3, 2] are the corners' places in that picture (empty where
    no triangle has holes). `mark` is the same for the same surfaces, whatever the program's run. `used` are the
    materials and lights that are seen, as (collection of bpy.data, name)."""

    vertices: np.ndarray
    triangles: np.ndarray
    leaf: np.ndarray
    uv: np.ndarray
    leaves: tuple[Leaf, ...]
    mark: str
    used: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> float:
        """The diagonal of what holds them all, in Blender units."""
        if not len(self.vertices):
            return 1.0
        return float(np.linalg.norm([np.ptp(self.vertices[:, axis]) for axis in range(3)])) or 1.0


@dataclass(frozen=True)
class _Mesh:
    """A mesh as Blender has it: `vertices` [V, 3] of its own space, of which `corners` [L] are its polygons', and where
    those of each polygon `starts` [P]; None where all are triangles. `cut` are the triangles' corners [T, 3] and
    polygons [T] where Blender has told them. Of its materials, by name `names`, `which` [P] is a polygon's (empty:
    the first); those `absent` are left out, those `torn` have these leaves, with `places` [L, 2] in their pictures.
    `painted` is what is on it besides (see look.things)."""

    vertices: np.ndarray
    corners: np.ndarray
    starts: np.ndarray | None
    which: np.ndarray
    absent: tuple[int, ...]
    torn: tuple[tuple[int, int], ...]
    places: np.ndarray | None
    cut: tuple[np.ndarray, np.ndarray] | None
    names: str
    painted: dict[str, np.ndarray]


@dataclass(frozen=True)
class _Shape:
    """A mesh in triangles: `vertices` [V, 3] of its own space, `triangles` [T, 3], which of these to `keep`, and
    their `leaf` and `uv` as in Surfaces. `looks` is the mark of its materials and of what is painted on it."""

    vertices: np.ndarray
    triangles: np.ndarray
    keep: np.ndarray
    leaf: np.ndarray
    uv: np.ndarray
    looks: bytes


class _Stands(NamedTuple):
    """A shape that stands somewhere, the mark of its object, whether only its box does, and whether a camera sees
    it: else it may still be in shadows and mirrors."""

    told: tuple[int, ...]
    matrix: np.ndarray
    looks: bytes
    is_box: bool
    is_seen: bool


@dataclass
class _Pieces:
    """What has been read so far, an entry for each mesh of the scene as often as it stands there. `shapes` are those
    that were read, by what tells a mesh; `read` are those that wait to be placed. `looks` are objects' marks."""

    vertices: list[np.ndarray] = field(default_factory=list)
    triangles: list[np.ndarray] = field(default_factory=list)
    leaf: list[np.ndarray] = field(default_factory=list)
    uv: list[np.ndarray] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    count: int = 0
    total: int = 0
    read: list[_Stands] = field(default_factory=list)
    shapes: dict[tuple[int, ...], _Mesh | _Shape] = field(default_factory=dict)
    looks: dict[int, bytes] = field(default_factory=dict)
    marks: list[bytes] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)

    def number_of(self, leaf: Leaf) -> int:
        """The place of `leaf` in `leaves`, where it is from now on."""
        names = [one.name for one in self.leaves]
        if leaf.name not in names:
            self.leaves.append(leaf)
            return len(names)
        return names.index(leaf.name)

    def looks_of(self, item: bpy.types.Object) -> bytes:
        """The mark of an object, evaluated or not."""
        original = item.original or item
        if original.session_uid not in self.looks:
            self.looks[original.session_uid] = things.of_object(original)
        return self.looks[original.session_uid]

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
    vertices = np.concatenate([np.zeros((0, 3), np.float32), *pieces.vertices])
    yield 0.5
    triangles = np.concatenate([np.zeros((0, 3), np.int32), *pieces.triangles])
    leaf = np.concatenate([np.zeros(0, np.int16), *pieces.leaf])
    uv = np.zeros((0, 3, 2), np.float32)
    if pieces.leaves:
        both = zip(pieces.uv, pieces.triangles, strict=True)
        uv = np.concatenate([one if len(one) else np.zeros((len(t), 3, 2), np.float32) for one, t in both])
    yield 0.6
    fine = FINE
    while len(triangles) > MOST and fine < 1:
        triangles, kept = yield from _coarser(vertices, triangles, path, fine)
        yield 0.8
        leaf, uv = leaf[kept], uv[kept] if len(uv) else uv
        fine *= 2
        yield 0.8
    return Surfaces(vertices, triangles, leaf, uv, tuple(pieces.leaves), pieces.mark(), tuple(sorted(pieces.used)))


def mark(scene: bpy.types.Scene) -> Steps[tuple[str, tuple[tuple[str, str], ...]]]:
    """The `mark` of the surfaces that `read` comes to, and what is `used`."""
    pieces = _Pieces()
    yield from _read_instances(scene.session_uid, pieces, False)
    return pieces.mark(), tuple(sorted(pieces.used))


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
            item, matrix = instance.object, np.array(instance.matrix_world)
            whole = not is_rendered(instance) or _read_thing(item, matrix, natures, pieces)
            done = index + whole
            if not whole or time.perf_counter() > ends:
                finished = False
                break
        if finished:
            break
        yield 0.5 * min(1.0, done / total)
        yield from _place(pieces)
    for item in hidden_from_view(scene):
        while not _read_thing(item, np.array(item.matrix_world), natures, pieces):
            pass
    yield from _place(pieces)
    pieces.shapes.clear()


def _read_thing(item: bpy.types.Object, matrix: np.ndarray, natures: dict[str, Any], pieces: _Pieces) -> bool:
    """Read a thing that is rendered. Whether that is all of it: a large mesh takes several times."""
    if item.type == "MESH":
        return _read_mesh(item, matrix, natures, pieces)
    pieces.marks.append(others.mark(item, matrix, pieces.looks_of(item)))
    pieces.used |= others.used(item)
    return True


def _read_mesh(item: bpy.types.Object, matrix: np.ndarray, natures: dict[str, Any], pieces: _Pieces) -> bool:
    """Read a mesh as it stands here; of one that was read before only where. Whether all of it is read."""
    mesh, materials = things.mesh_of(item), [slot.material for slot in item.material_slots]
    if not mesh.vertices:  # it has not even the attribute of their places
        return True
    told = (
        item.data.as_pointer(),
        len(mesh.vertices),
        len(mesh.polygons),
        *(one.as_pointer() if one else 0 for one in materials),
    )
    if told not in pieces.shapes:
        pieces.shapes[told] = _mesh(mesh, materials, natures, pieces)
        pieces.used |= {("materials", one.name_full) for one in materials if one is not None}
    shape = pieces.shapes[told]
    if isinstance(shape, _Mesh) and not things.paint(mesh, shape.painted, SLOW):
        return False
    count = len(mesh.loops) - 2 * len(mesh.polygons)
    if count > 0:
        is_seen = (item.original or item).visible_camera
        pieces.read.append(_Stands(told, matrix, pieces.looks_of(item), pieces.total >= MOST_READ, is_seen))
        pieces.total += count * is_seen
    return True


def _mesh(
    mesh: bpy.types.Mesh, materials: list[bpy.types.Material | None], natures: dict[str, Any], pieces: _Pieces
) -> _Mesh:
    """Read a mesh. Blender hands out each array of it whole, so this is one step: some 25 ms of a million triangles."""
    vertices, corners = np.empty((len(mesh.vertices), 3), np.float32), np.empty(len(mesh.loops), np.int32)
    mesh.attributes["position"].data.foreach_get("vector", vertices.ravel())
    if len(corners):
        mesh.attributes[".corner_vert"].data.foreach_get("value", corners)
    starts, cut = _polygons(mesh)
    special = [natures.get(one.name_full) if one is not None else None for one in materials]
    which, attribute = np.zeros(0, np.int32), mesh.attributes.get("material_index")
    if any(special) and len(materials) > 1 and attribute is not None and attribute.domain == "FACE":
        which = np.empty(len(mesh.polygons), np.int32)
        attribute.data.foreach_get("value", which)
    absent, torn, places = [], [], None
    for index, (nature, material) in enumerate(zip(special, materials, strict=True)):
        if nature is not None and nature.clear:
            absent.append(index)
        elif nature is not None and nature.cut_out and material is not None:
            found = leaf_of(material.original or material)
            layer = mesh.uv_layers.active if mesh.uv_layers else None
            if isinstance(found, Leaf) and layer is not None:
                torn.append((index, pieces.number_of(found)))
                if places is None:
                    places = np.empty((len(mesh.loops), 2), np.float32)
                    layer.uv.foreach_get("vector", places.ravel())
            elif isinstance(found, float) and found < see_through.HALF:
                absent.append(index)  # what can't be read is there as far as its alpha says
    names = "\n".join(one.name_full if one else "" for one in materials)
    return _Mesh(vertices, corners, starts, which, tuple(absent), tuple(torn), places, cut, names, {})


def _polygons(mesh: bpy.types.Mesh) -> tuple[np.ndarray | None, tuple[np.ndarray, np.ndarray] | None]:
    """`starts` and `cut` of a _Mesh. Blender hands out its own triangles slowly: only where they are few, and there are
    other polygons than triangles and quads."""
    if len(mesh.loops) == 3 * len(mesh.polygons):
        return None, None
    starts = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    if len(mesh.loops) >= SLOW or np.diff(starts, append=len(mesh.loops)).max() <= 4:
        return starts, None
    mesh.calc_loop_triangles()
    loops, polygon = np.empty(3 * len(mesh.loop_triangles), np.int32), np.empty(len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("loops", loops)
    mesh.loop_triangle_polygons.foreach_get("value", polygon)
    return starts, (loops.reshape(-1, 3), polygon)


# --- triangles, without Blender ------------------------------------------------------------------------------


def _shape(mesh: _Mesh) -> Steps[_Shape]:
    """A mesh in triangles."""
    loops, polygon = mesh.cut or (yield from _triangles(mesh))
    yield 0.5
    triangles, count = mesh.corners[loops], len(loops)
    keep, leaf = np.ones(count, bool), np.full(count, SOLID, np.int16)
    which = mesh.which[polygon] if len(mesh.which) else np.zeros(count, np.int32)
    for index in mesh.absent:
        keep &= which != index
    for index, number in mesh.torn:
        leaf[which == index] = number
    uv = mesh.places[loops] if mesh.places is not None else np.zeros((0, 3, 2), np.float32)
    looks = hashlib.blake2b(mesh.names.encode(), digest_size=16)
    yield from things.updated(looks, mesh.painted, 16 * CHUNK)
    return _Shape(mesh.vertices, triangles, keep, leaf, uv, looks.digest())


def _triangles(mesh: _Mesh) -> Steps[tuple[np.ndarray, np.ndarray]]:
    """The corners of each triangle [T, 3], and its polygon [T]: each polygon is cut from its first corner."""
    count = np.int32(len(mesh.corners))
    if mesh.starts is None:
        return np.arange(count, dtype=np.int32).reshape(-1, 3), np.arange(count // 3, dtype=np.int32)
    halves = np.maximum(np.diff(mesh.starts, append=count) - 2, 0)
    polygon = np.repeat(np.arange(len(halves), dtype=np.int32), halves)
    yield 0.5
    before = (np.cumsum(halves) - halves).astype(np.int32)
    step = np.arange(len(polygon), dtype=np.int32) - np.repeat(before, halves)
    yield 0.5
    first = mesh.starts[polygon]
    return np.stack([first, first + step + 1, first + step + 2], axis=1), polygon


def _box(shape: _Shape) -> _Shape:
    """What stands for a shape where there are too many: the box around it."""
    ends = np.array([shape.vertices.min(0), shape.vertices.max(0)])
    corners = np.array([(ends[x][0], ends[y][1], ends[z][2]) for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([half for a, b, c, d in sides for half in ((a, b, c), (a, c, d))], np.int32)
    keep, solid = np.ones(12, bool), np.full(12, SOLID, np.int16)
    return _Shape(corners.astype(np.float32), triangles, keep, solid, shape.uv[:0], shape.looks)


def _place(pieces: _Pieces) -> Steps[None]:
    """Bring the shapes that were read to where they stand. Nothing of Blender's is in here."""
    while pieces.read:
        stands = pieces.read.pop()
        matrix, shape = stands.matrix, pieces.shapes[stands.told]
        if isinstance(shape, _Mesh):
            shape = pieces.shapes[stands.told] = yield from _shape(shape)
        shape = _box(shape) if stands.is_box else shape
        mark = hashlib.blake2b(shape.looks + stands.looks, digest_size=16)
        mark.update(others.rounded(matrix))
        turn, shift = matrix[:3, :3].T.astype(np.float32), matrix[:3, 3].astype(np.float32)
        for start in range(0, len(shape.vertices), CHUNK):
            part = shape.vertices[start : start + CHUNK]
            mark.update(part.data)
            if stands.is_seen:
                pieces.vertices.append(part @ turn + shift)
            if len(part) == CHUNK:
                yield 0.5
        for start in range(0, len(shape.triangles), 4 * CHUNK):
            several = slice(start, start + 4 * CHUNK)
            mark.update(shape.triangles[several].data)
            keep = shape.keep[several]
            if stands.is_seen:
                pieces.triangles.append(shape.triangles[several][keep] + pieces.count)
                pieces.leaf.append(shape.leaf[several][keep])
                pieces.uv.append(shape.uv[several][keep] if len(shape.uv) else shape.uv)
            if len(keep) == 4 * CHUNK:
                yield 0.5
        pieces.count += len(shape.vertices) * stands.is_seen
        pieces.marks.append(mark.digest())
        if len(pieces.marks) % 64 == 0:
            yield 0.5


# --- fewer triangles -----------------------------------------------------------------------------------------


def _coarser(
    vertices: np.ndarray, triangles: np.ndarray, path: np.ndarray, fine: float
) -> Steps[tuple[np.ndarray, np.ndarray]]:
    """Put vertices together that no ray tells apart: the triangles that are left [n, 3], and which they were."""
    moved, places = np.empty(len(vertices), np.int32), np.asarray(path, np.float32)
    is_used = np.zeros(len(vertices), bool)
    is_used[triangles] = True
    used = np.flatnonzero(is_used)
    yield 0.7
    for start in range(0, len(used), CHUNK):
        these = used[start : start + CHUNK]
        part = vertices[these]
        squares = (part**2).sum(1)[:, None] - 2 * part @ places.T + (places**2).sum(1)
        far = np.sqrt(np.maximum(squares.min(1), 0))
        level = np.floor(np.log2(np.maximum(far * fine, 1e-6)))
        cell = np.floor(part / np.exp2(level)[:, None]).astype(np.int64) & 0xFFFFF
        key = ((level.astype(np.int64) & 0xF) << 60) | (cell[:, 0] << 40) | (cell[:, 1] << 20) | cell[:, 2]
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
        moved[these] = these[first[back.ravel()]]
        yield 0.7
    made, kept = [], []
    for start in range(0, len(triangles), CHUNK):
        part = moved[triangles[start : start + CHUNK]]
        there = (part[:, 0] != part[:, 1]) & (part[:, 1] != part[:, 2]) & (part[:, 0] != part[:, 2])
        corners = np.sort(part[there], axis=1).astype(np.int64)
        _, once = np.unique(corners @ (1, 1 << 21, 1 << 42), return_index=True)  # twins beyond 2 million do no harm
        chosen = np.flatnonzero(there)[np.sort(once)]
        made.append(part[chosen])
        kept.append(start + chosen)
        yield 0.8
    return np.concatenate(made), np.concatenate(kept)
