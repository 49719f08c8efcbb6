"""What is read of a mesh as triangles, to the number, by hand and in parts: how polygons are cut, which triangles are
kept, where shapes stand, and what is put together."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from flats import done
from take_one.scene.app.errors import SceneError
from take_one.scene.stills.borrow.see_through import Nature
from take_one.scene.stills.coverage import leaves, others, steps, surfaces
from take_one.scene.stills.coverage.leaves import Leaf
from take_one.scene.stills.coverage.surfaces import SOLID, Surfaces, _Mesh, _Pieces, _Shape, _Stands

LEAF = Leaf("leaf", np.ones((2, 2), bool))
NO_UV = np.zeros((0, 3, 2), np.float32)


def mesh_of(*sides, **more):
    """Polygons of so many sides one after the other, each corner a vertex of its own."""
    count = sum(sides)
    starts = np.cumsum([0, *sides[:-1]]).astype(np.int32)
    told = {"vertices": np.arange(3 * count, dtype=np.float32).reshape(-1, 3), "corners": np.arange(count)[::-1],
            "starts": starts, "which": np.zeros(0, np.int32), "absent": (), "torn": (), "places": None, "cut": None,
            "names": "clay", "painted": {}}  # fmt: skip
    return _Mesh(**{**told, **more})


def test_polygons_are_cut_from_their_first_corners():
    loops, polygon = done(surfaces._triangles(mesh_of(3, 5, 2, 4)))
    assert loops.tolist() == [[0, 1, 2], [3, 4, 5], [3, 5, 6], [3, 6, 7], [10, 11, 12], [10, 12, 13]]
    assert polygon.tolist() == [0, 1, 1, 1, 3, 3]
    loops, polygon = done(surfaces._triangles(mesh_of(3, 3, starts=None)))
    assert loops.tolist() == [[0, 1, 2], [3, 4, 5]] and polygon.tolist() == [0, 1]


def test_a_shape_keeps_what_is_there_and_tells_its_leaves():
    places = np.arange(24, dtype=np.float32).reshape(-1, 2)
    mesh = mesh_of(4, 3, 5, which=np.array([2, 0, 1]), absent=(0, 5), torn=((1, 7), (2, 4)), places=places)
    shape = done(surfaces._shape(mesh))
    assert shape.triangles.tolist() == [[11, 10, 9], [11, 9, 8], [7, 6, 5], [4, 3, 2], [4, 2, 1], [4, 1, 0]]
    assert shape.keep.tolist() == [True, True, False, True, True, True]
    assert shape.leaf.tolist() == [4, 4, SOLID, 7, 7, 7] and shape.vertices is mesh.vertices
    assert shape.uv[1].tolist() == [[0, 1], [4, 5], [6, 7]] and shape.uv.shape == (6, 3, 2)
    plain = done(surfaces._shape(mesh_of(3, 4, absent=(1,))))  # all of the first material
    assert (plain.keep.tolist(), plain.leaf.tolist(), plain.uv.shape) == ([True] * 3, [SOLID] * 3, (0, 3, 2))
    assert not done(surfaces._shape(mesh_of(3, absent=(0,)))).keep.any()
    given = mesh_of(5, cut=(np.array([(0, 2, 4)]), np.array([0])))
    assert done(surfaces._shape(given)).triangles.tolist() == [[4, 2, 0]]


def test_the_mark_of_a_shape_is_of_its_materials_and_paint():
    paint = {"b": np.array([1, 2]), "a": np.array([3.5])}
    said = hashlib.blake2b(b"clay", digest_size=16)
    for name in ("a", "b"):
        said.update(name.encode())
        said.update(paint[name].data)
    assert done(surfaces._shape(mesh_of(3, painted=paint))).looks == said.digest()
    assert done(surfaces._shape(mesh_of(3, names="mud", painted=paint))).looks != said.digest()


def test_a_box_has_its_corners_and_two_halves_a_side():
    shape = _Shape(np.array([(1, 5, 9), (3, 2, 4), (2, 4, 6)], np.float32), np.zeros((1, 3)), np.ones(1), np.zeros(1),
                   NO_UV, b"looks")  # fmt: skip
    box = surfaces._box(shape)
    assert sorted(map(tuple, box.vertices.tolist())) == [(x, y, z) for x in (1, 3) for y in (2, 5) for z in (4, 9)]
    sides = {}
    for one in box.vertices[box.triangles]:
        (axis,) = [axis for axis in range(3) if np.ptp(one[:, axis]) == 0]
        sides.setdefault((axis, float(one[0, axis])), []).append({tuple(corner) for corner in one.tolist()})
    assert sorted(sides) == [(0, 1), (0, 3), (1, 2), (1, 5), (2, 4), (2, 9)]
    for one, two in sides.values():
        assert len(one | two) == 4 and len(one & two) == 2
        (first, second) = one & two
        assert sum(x != y for x, y in zip(first, second, strict=True)) == 2  # they meet in a diagonal


# --- where shapes stand ---

TURNED = np.array([(0, -2, 0, 10), (2, 0, 0, 20), (0, 0, 2, 30), (0, 0, 0, 1)], float)
MOVED = np.array([(1, 0, 0, 5), (0, 1, 0, 6), (0, 0, 1, 7), (0, 0, 0, 1)], float)


def shape_of(count, looks=b"looks", leaf=None):
    """A strip of triangles: every other one is kept."""
    vertices = np.array([(index, index * index, 1) for index in range(count + 2)], np.float32)
    triangles = np.array([(index, index + 1, index + 2) for index in range(count)], np.int32)
    uv = np.arange(count * 6, dtype=np.float32).reshape(-1, 3, 2) if leaf is not None else NO_UV
    return _Shape(vertices, triangles, np.arange(count) % 2 == 0, np.full(count, SOLID if leaf is None else leaf), uv,
                  looks)  # fmt: skip


def placed(*stands, chunk=16_000, monkeypatch=None):
    if monkeypatch is not None:
        monkeypatch.setattr(surfaces, "CHUNK", chunk)
    pieces = _Pieces(shapes={(0,): shape_of(5), (1,): shape_of(3, leaf=6)})
    pieces.read = [_Stands((told,), matrix, looks, box, seen) for told, matrix, looks, box, seen in stands]
    done(surfaces._place(pieces))
    return pieces


def test_shapes_are_brought_to_where_they_stand_the_last_read_first():
    pieces = placed((0, TURNED, b"one", False, True), (1, MOVED, b"two", False, True))
    first, second = pieces.vertices
    assert first.tolist() == [[5, 6, 8], [6, 7, 8], [7, 10, 8], [8, 15, 8], [9, 22, 8]]
    assert second[:3].tolist() == [[10, 20, 32], [8, 22, 32], [2, 24, 32]] and second.dtype == np.float32
    assert [one.tolist() for one in pieces.triangles] == [
        [[0, 1, 2], [2, 3, 4]], [[5, 6, 7], [7, 8, 9], [9, 10, 11]],
    ]  # fmt: skip
    assert [one.tolist() for one in pieces.leaf] == [[6, 6], [SOLID] * 3]
    assert pieces.uv[0].tolist() == [[[0, 1], [2, 3], [4, 5]], [[12, 13], [14, 15], [16, 17]]]
    assert len(pieces.uv[1]) == 0 and pieces.count == 12 and pieces.read == [] and len(pieces.marks) == 2


def test_what_no_camera_sees_has_a_mark_alone():
    seen = placed((0, MOVED, b"one", False, True))
    hidden = placed((0, MOVED, b"one", False, False))
    assert hidden.marks == seen.marks and hidden.count == 0
    assert (hidden.vertices, hidden.triangles, hidden.leaf, hidden.uv) == ([], [], [], [])


def test_each_that_tells_a_shape_is_in_its_mark(monkeypatch):
    stands = (0, MOVED, b"one", False, True)
    plain = placed(stands).marks
    assert placed((0, MOVED + 1e-7, b"one", False, True)).marks == plain
    others_ = [
        placed(one).marks[0]
        for one in (
            (0, MOVED + 1e-3, b"one", False, True),
            (0, MOVED, b"x", False, True),
            (1, MOVED, b"one", False, True),
            (0, MOVED, b"one", True, True),
        )
    ]
    assert len({plain[0], *others_}) == 5
    said = hashlib.blake2b(b"looks" + b"one", digest_size=16)
    for part in (others.rounded(MOVED), shape_of(5).vertices.data, shape_of(5).triangles.data):
        said.update(part)
    assert plain == [said.digest()]
    parts = placed((1, TURNED, b"two", False, True), stands, chunk=1, monkeypatch=monkeypatch)
    assert parts.marks[0] == plain[0]  # in whatever parts it is read
    assert np.concatenate(parts.triangles).tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6], [7, 8, 9], [9, 10, 11]]
    assert np.concatenate(parts.vertices)[:2].tolist() == [[5, 6, 8], [6, 7, 8]] and len(parts.vertices) == 12


def test_what_stands_as_a_box_is_whole_and_without_leaves():
    pieces = placed((1, MOVED, b"one", True, True))
    assert (len(pieces.vertices[0]), len(pieces.triangles[0]), set(pieces.leaf[0].tolist())) == (8, 12, {SOLID})
    assert pieces.count == 8 and pieces.uv[0].shape == (0, 3, 2)
    assert (pieces.vertices[0].min(0).tolist(), pieces.vertices[0].max(0).tolist()) == ([5, 6, 8], [9, 22, 8])


def test_leaves_are_numbered_by_their_names():
    pieces = _Pieces()
    other = Leaf("other", np.zeros((1, 1), bool))
    assert [pieces.number_of(one) for one in (LEAF, other, Leaf("leaf", other.there), other)] == [0, 1, 0, 1]
    assert pieces.leaves == [LEAF, other]
    pieces.marks = [b"b", b"a"]
    assert pieces.mark() == hashlib.blake2b(b"ab", digest_size=16).hexdigest()


# --- fewer triangles ---


def test_triangles_of_which_two_corners_meet_are_gone(monkeypatch):
    """Far away two places are one: whichever two of the three they are. Twins are once there, whatever their order."""
    near, far = (1000.0, 0, 0), (1000.01, 0, 0)
    vertices = np.array([near, far, (1000, 500, 0), (1000, 0, 500), (1000, 500, 500)], np.float32)
    triangles = np.array(
        [(2, 3, 4), (0, 1, 2), (2, 0, 1), (1, 3, 0), (0, 2, 3), (3, 1, 2), (4, 3, 2), (1, 4, 3)], np.int32
    )
    path = np.zeros((1, 3))
    made, kept = done(surfaces._coarser(vertices, triangles, path, 1 / 400))
    assert kept.tolist() == [0, 4, 7] and made.tolist() == [[2, 3, 4], [0, 2, 3], [0, 4, 3]]
    monkeypatch.setattr(surfaces, "CHUNK", 2)  # twins of one part only are told; all else is as it was
    made, kept = done(surfaces._coarser(vertices, triangles, path, 1 / 400))
    assert kept.tolist() == [0, 4, 6, 7] and made.tolist()[:2] == [[2, 3, 4], [0, 2, 3]]


def test_how_far_apart_places_are_put_together_goes_by_the_nearest_of_the_path():
    """At 404 m a detail of 1 m, at 200 m one of 50 cm: a power of two, no larger than a 400th."""

    def left(at, size, *path):
        vertices = np.array([(at, 0.1, 0.1), (at, 0.1 + size, 0.1), (at, 99, 0)], np.float32)
        made, _ = done(surfaces._coarser(vertices, np.array([(0, 1, 2)], np.int32), np.array(path, float), 1 / 400))
        return len(made)

    origin = (0, 0, 0)
    assert [left(404, size, origin) for size in (0.8, 1.0)] == [0, 1]
    assert [left(200, size, origin) for size in (0.3, 0.5)] == [0, 1]
    assert [left(404, 0.8, (-9, 0, 0), origin), left(404, 0.8, origin, (204, 0, 0), (-9, 0, 0))] == [0, 1]
    assert left(404, 0.8, (404, 0, 0)) == 1


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_neighbours_stay_apart_on_each_side_of_the_path(axis):
    """Two places a metre from each other, 404 m away, wherever they are: in even and odd cells, before and behind."""
    far = np.eye(3)[(axis + 1) % 3] * 404
    for side in (1, -1):
        for begin in (0.5, 1.5, -0.5, -1.5, -2.5):
            one = side * far + np.array((0.3, -0.3, 0.3)) * side
            one[axis] = begin
            two = one + np.eye(3)[axis]
            vertices = np.array([one, two, one + 90], np.float32)
            made, _ = done(surfaces._coarser(vertices, np.array([(0, 1, 2)], np.int32), np.zeros((1, 3)), 1 / 400))
            assert len(made) == 1, (one, two)


@pytest.fixture
def quick(monkeypatch):
    """What `read` makes of pieces that are given by hand."""

    def given(*parts, most=100, coarser=None):
        def read(number, pieces, glass):
            pieces.vertices = [np.full((2, 3), index, np.float32) for index in range(len(parts))]
            pieces.triangles = [np.full((count, 3), index, np.int32) for index, (count, _) in enumerate(parts)]
            pieces.leaf = [np.full(count, leaf, np.int16) for count, leaf in parts]
            pieces.uv = [np.full((count, 3, 2), leaf, np.float32) if leaf >= 0 else NO_UV for count, leaf in parts]
            pieces.leaves = [LEAF] * any(leaf >= 0 for _, leaf in parts)
            pieces.marks, pieces.used = [b"mark"], {("materials", "b"), ("lights", "c"), ("materials", "a")}
            asked.append((number, glass))
            yield 0.1

        asked = []
        monkeypatch.setattr(surfaces, "_read_instances", read)
        monkeypatch.setattr(surfaces, "MOST", most)
        if coarser:
            monkeypatch.setattr(surfaces, "_coarser", coarser)
        scene = bpy.context.scene
        found = done(surfaces.read(scene, "path", glass=True))
        assert asked == [(scene.session_uid, True)]
        return found

    return given


def test_what_was_read_is_put_in_a_row(quick):
    found = quick((2, SOLID), (1, 0))
    assert found.triangles.tolist() == [[0] * 3, [0] * 3, [1] * 3] and found.leaf.tolist() == [SOLID, SOLID, 0]
    assert found.uv.shape == (3, 3, 2) and found.uv[:, 0, 0].tolist() == [0, 0, 0] and found.leaves == (LEAF,)
    assert found.vertices.tolist() == [[0] * 3] * 2 + [[1] * 3] * 2
    assert found.used == (("lights", "c"), ("materials", "a"), ("materials", "b"))
    assert found.mark == hashlib.blake2b(b"mark", digest_size=16).hexdigest()
    assert quick((2, SOLID)).uv.shape == (0, 3, 2)
    empty = quick()
    assert (empty.size, len(empty.vertices), len(empty.triangles), len(empty.leaf)) == (1.0, 0, 0, 0)


def test_what_is_too_much_is_taken_more_and_more_coarsely(quick):
    """Twice as coarsely each time, until it is little enough or would be as large as it is far."""
    calls = []

    def halved(vertices, triangles, path, fine):
        calls.append((len(vertices), len(triangles), path, round(1 / fine, 3)))
        kept = np.arange(0, len(triangles), 2)
        return triangles[kept], kept
        yield

    found = quick((6, SOLID), (6, 0), most=3, coarser=halved)
    assert calls == [(4, 12, "path", 400), (4, 6, "path", 200)] and found.leaf.tolist() == [SOLID, SOLID, 0]
    assert found.triangles[:, 0].tolist() == [0, 0, 1] and len(found.uv) == 3
    calls.clear()
    assert len(quick((3, SOLID), most=3, coarser=halved).triangles) == 3 and calls == []

    def same(vertices, triangles, path, fine):
        calls.append(round(1 / fine, 3))
        return triangles, np.arange(len(triangles))
        yield

    quick((4, SOLID), most=3, coarser=same)
    assert calls == [400, 200, 100, 50, 25, 12.5, 6.25, 3.125, 1.562]


def test_the_size_of_what_there_is():
    vertices = np.array([(1, 1, 1), (3, 4, 7), (2, 0, 1)], np.float32)
    assert Surfaces(vertices, None, None, None, (), "").size == pytest.approx(np.sqrt(4 + 16 + 36))
    assert Surfaces(vertices[:1], None, None, None, (), "").size == 1.0
    with pytest.raises(SceneError, match="The scene is gone whose stills were being planned") as caught:
        steps.scene_of(1 << 30)
    assert caught.value.code == "no_scene"
    assert steps.scene_of(bpy.context.scene.session_uid) == bpy.context.scene


# --- what a mesh is made of ---


def made_mesh(*polygons, materials=()):
    mesh = bpy.data.meshes.new("mesh")
    count = max(max(one) for one in polygons) + 1
    mesh.from_pydata([(index, index * index, 0) for index in range(count)], [], polygons)
    for one in materials:
        mesh.materials.append(one)
    return mesh


def test_polygons_are_told_by_their_starts_or_as_blender_cuts_them(monkeypatch):
    assert surfaces._polygons(made_mesh((0, 1, 2), (2, 1, 3))) == (None, None)
    starts, cut = surfaces._polygons(made_mesh((0, 1, 2), (0, 1, 2, 3)))
    assert (starts.tolist(), cut) == ([0, 3], None)
    five = made_mesh((0, 1, 2, 3), (0, 1, 2, 3, 4))
    starts, (loops, polygon) = surfaces._polygons(five)
    assert (starts.tolist(), len(loops), polygon.tolist()) == ([0, 4], 5, [0, 0, 1, 1, 1])
    assert {int(one) for row in loops[2:] for one in row} == {4, 5, 6, 7, 8}
    monkeypatch.setattr(surfaces, "SLOW", 9)
    starts, cut = surfaces._polygons(five)
    assert (starts.tolist(), cut) == ([0, 4], None)
    monkeypatch.setattr(surfaces, "SLOW", 10)
    assert surfaces._polygons(five)[1] is not None


@pytest.mark.parametrize(
    ("found", "absent", "torn"),
    [(LEAF, (0,), ((2, 0),)), (0.49, (0, 2), ()), (0.5, (0,), ()), (None, (0,), ())],
)
def test_materials_that_are_clear_or_have_holes(found, absent, torn, monkeypatch):
    """By what their pictures tell; half there is there. Clear, plain, with holes, and none."""
    glass, plain, leaf = (bpy.data.materials.new(name) for name in ("glass", "plain", "leaf"))
    mesh = made_mesh((0, 1, 2), (0, 1, 2, 3), materials=(glass, plain, leaf, None))
    mesh.polygons[0].material_index, mesh.polygons[1].material_index = 2, 1
    layer = mesh.uv_layers.new(name="UV")
    for index, loop in enumerate(layer.uv):
        loop.vector = (index, -index)
    asked = []
    monkeypatch.setattr(surfaces, "leaf_of", lambda one: asked.append(one) or found)
    natures = {"glass": Nature(True, False, True, False), "leaf": Nature(False, False, True, True),
               "plain": Nature(False, True, False, False)}  # fmt: skip
    pieces = _Pieces()
    made = surfaces._mesh(mesh, [glass, plain, leaf, None], natures, pieces)
    assert (made.absent, made.torn, asked) == (absent, torn, [leaf]) and made.names == "glass\nplain\nleaf\n"
    assert made.which.tolist() == [2, 1] and made.starts.tolist() == [0, 3]
    assert made.corners.tolist() == [0, 1, 2, 0, 1, 2, 3] and made.vertices[3].tolist() == [3, 9, 0]
    assert pieces.leaves == ([LEAF] if torn else [])
    assert made.places is None or made.places.tolist() == [[index, -index] for index in range(7)]
    assert (made.places is None) is not bool(torn)
    assert len(surfaces._mesh(mesh, [plain], {}, pieces).which) == 0


def test_the_alpha_of_a_picture_is_looked_at_on_its_own_channel():
    """Of a picture of 3 x 2 pixels each channel has its own places."""
    image = bpy.data.images.new("picture", 3, 2, alpha=True)
    values = np.zeros((2, 3, 4), np.float32)
    values[0, 2, 0] = values[1, 0, 1] = values[1, 1, 3] = 0.51
    values[0, 0, 3] = 0.49
    image.pixels.foreach_set(values.ravel())
    assert leaves._there(image, 0).tolist() == [[False, False, True], [False, False, False]]
    assert leaves._there(image, 3).tolist() == [[False, False, False], [False, True, False]]
    grey = SimpleNamespace(size=(2, 1), channels=1, pixels=SimpleNamespace(foreach_get=lambda out: out.fill(1)))
    assert leaves._there(grey, 0).tolist() == [[True, True]] and leaves._there(grey, 3) is None
    for size in ((0, 2), (2, 0)):
        assert leaves._there(SimpleNamespace(size=size), 0) is None
