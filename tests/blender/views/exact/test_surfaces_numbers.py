"""The scene as triangles, to the number: what is read, what is left out, and which leaf has holes where."""

from __future__ import annotations

import bpy
import flats
import numpy as np
import pytest
from leafy import THERE, image, material
from mathutils import Matrix
from take_one.scene.stills.coverage import surfaces
from take_one.scene.stills.coverage.leaves import Leaf, leaf_of
from take_one.scene.stills.coverage.rays import Trees
from take_one.scene.stills.coverage.steps import at_once

SHEET = [(0, 0, 0), (2, 0, 0), (2, 0, 1), (0, 0, 1), (0, 0, 2)]


def read(scene=None, path=((0, 0, 0),), **more):
    bpy.context.view_layer.update()
    return flats.done(surfaces.read(scene or bpy.context.scene, np.array(path, float), **more))


def sheet(name="sheet", polygons=((0, 1, 2, 3), (3, 2, 4)), materials=(), scene=None):
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(SHEET, [], polygons)
    for one in materials:
        mesh.materials.append(one)
    item = bpy.data.objects.new(name, mesh)
    (scene or bpy.context.scene).collection.objects.link(item)
    return item


def corners(found):
    return [[tuple(np.round(found.vertices[at], 4).tolist()) for at in one] for one in found.triangles]


def test_a_mesh_stands_where_its_object_does():
    item = sheet()
    item.matrix_world = Matrix.Translation((10, 20, 30)) @ Matrix.Rotation(np.pi / 2, 4, "Z") @ Matrix.Scale(2, 4)
    found = read()
    assert corners(found) == [
        [(10, 20, 30), (10, 24, 30), (10, 24, 32)],
        [(10, 20, 30), (10, 24, 32), (10, 20, 32)],
        [(10, 20, 32), (10, 24, 32), (10, 20, 34)],
    ]
    assert found.size == pytest.approx(np.sqrt(16 + 16)) and found.leaves == () and found.leaf.tolist() == [-1] * 3
    assert found.uv.shape == (0, 3, 2) and found.used == ()


def test_the_same_mesh_as_often_as_it_stands_there_and_others_beside_it():
    item, mesh = sheet(), bpy.data.meshes["sheet"]
    for x in (5, 9):
        other = bpy.data.objects.new("again", mesh)
        other.location.x = x
        bpy.context.scene.collection.objects.link(other)
    sheet("loose", ())  # without a face
    flats.box(bpy.context.scene, "box", (20, 0, 0), (21, 1, 1))
    found = read()
    assert len(found.triangles) == 3 * 3 + 12 and found.triangles.max() < len(found.vertices)
    lows = sorted(float(found.vertices[found.triangles[i : i + 3]][..., 0].min()) for i in range(0, 9, 3))
    lows += [float(found.vertices[one][:, 0].min()) for one in found.triangles if found.vertices[one][:, 0].min() > 19]
    assert set(np.round(found.vertices[:, 0]).astype(int)) == {0, 2, 5, 7, 9, 11, 20, 21} and len(lows) == 15
    item.hide_render = True
    assert len(read().triangles) == 2 * 3 + 12
    item.hide_render, item.visible_camera = False, False
    assert len(read().triangles) == 2 * 3 + 12


@pytest.mark.parametrize("edited", [False, True])
def test_a_mesh_of_nothing_is_passed_over(edited):
    """As one whose nodes put out instances alone, or all of which was deleted."""
    sheet()
    nothing = bpy.data.objects.new("nothing", bpy.data.meshes.new("nothing"))
    bpy.context.scene.collection.objects.link(nothing)
    bpy.context.view_layer.objects.active = nothing
    if edited:
        bpy.ops.object.mode_set(mode="EDIT")
    found = read()
    assert len(found.triangles) == 3 and len(found.vertices) == 5
    if edited:
        bpy.ops.object.mode_set(mode="OBJECT")


@pytest.mark.parametrize("pressed", [False, True])
def test_a_mesh_that_is_edited_has_the_shape_that_it_has_by_then(pressed):
    """Its data has none meanwhile; of two objects that share it both show it."""
    item = sheet()
    again = bpy.data.objects.new("again", item.data)
    again.location.x = 100
    bpy.context.scene.collection.objects.link(again)
    if pressed:
        for one in (item, again):
            one.modifiers.new("up", "DISPLACE").mid_level = -1.5
            one.modifiers["up"].direction = "Z"
            one.modifiers["up"].strength, one.modifiers["up"].show_in_editmode = 2.0, True
    bpy.context.view_layer.objects.active = item
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.transform.translate(value=(0, 0, 7))
    found, up = read(), 7 + 5 * pressed
    one = [[(0, 0, up), (2, 0, up), (2, 0, 1 + up)], [(0, 0, up), (2, 0, 1 + up), (0, 0, 1 + up)]]
    one.append([(0, 0, 1 + up), (2, 0, 1 + up), (0, 0, 2 + up)])
    beside = [[(x + 100, y, z) for x, y, z in three] for three in one]
    assert sorted(corners(found)) == sorted(one + beside)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert sorted(corners(read())) == sorted(one + beside)


@pytest.mark.parametrize("way", ["viewport", "excluded", "collection not rendered", "render", "camera"])
def test_what_only_the_render_shows_is_read_without_modifiers(way):
    scene = bpy.context.scene
    item = sheet()
    item.modifiers.new("Twice", "ARRAY").count = 2
    second = bpy.context.scene.view_layers.new("Second")
    item.hide_set(True, view_layer=second)
    assert len(read().triangles) == 6  # the first view layer counts
    bpy.context.scene.view_layers.remove(second)
    inner = bpy.data.collections.new("Inner")
    outer = bpy.data.collections.new("Outer")
    scene.collection.children.link(outer)
    outer.children.link(inner)
    inner.objects.link(item)
    scene.collection.objects.unlink(item)
    layer = scene.view_layers[0].layer_collection.children["Outer"]
    if way in {"viewport", "render", "camera"}:
        item.hide_viewport = True
        item.hide_render, item.visible_camera = way == "render", way != "camera"
    elif way == "excluded":
        layer.exclude = True
    else:
        item.hide_viewport = inner.hide_render = True
    assert len(read().triangles) == (3 if way == "viewport" else 0)


@pytest.mark.parametrize(
    ("more", "there"),
    [
        ({}, THERE),
        ({"output": "Color"}, [[0, 1, 1], [0, 0, 1]]),
        ({"between": ["NodeReroute", "ShaderNodeMath"]}, THERE),
        ({"between": ["ShaderNodeMath"] * 3}, THERE),
        ({"between": ["ShaderNodeMath"] * 4}, None),
        ({"between": ["ShaderNodeInvert"]}, None),
        ({"mix": "first"}, THERE),
        ({"mix": "second"}, [[0, 1, 1], [0, 0, 1]]),
    ],
)
def test_a_leafs_holes_are_its_pictures(more, there):
    found = leaf_of(material("leaf", image=image(THERE), **more))
    if there is None:
        assert found is None
    else:
        assert found.name == "leaf" and found.there.astype(int).tolist() == there


def test_what_is_no_leaf():
    assert leaf_of(material("plain")) is None and leaf_of(material("faint", alpha=0.25)) == 0.25
    assert leaf_of(material("whole", alpha=1.0)) is None
    assert leaf_of(material("half", alpha=0.9, mix="first")) is None  # a mix by a number
    empty = bpy.data.materials.new("empty")
    empty.use_nodes = True
    empty.node_tree.nodes.clear()
    assert leaf_of(empty) is None
    gone = bpy.data.images.new("gone", 4, 4)
    gone.source, gone.filepath = "FILE", "//nowhere.png"
    assert leaf_of(material("gone", image=gone)) is None


@pytest.mark.parametrize(("wide", "kept"), [(256, 256), (257, 129), (512, 256), (700, 234)])
def test_a_large_picture_is_looked_at_more_coarsely(wide, kept):
    there = np.zeros((2, wide))
    there[:, wide // 2 :] = 1
    found = leaf_of(material("leaf", image=image(there))).there
    assert found.shape == (2 if kept == wide else 1, kept) and found.mean() == pytest.approx(0.5, abs=0.01)


PLACES = [
    (0.1, 0.1, True),
    (0.4, 0.1, False),
    (0.4, 0.6, True),
    (0.9, 0.6, False),
    (1.1, -0.9, True),
    (-0.9, 2.1, True),
    (0.34, 0.49, False),
    (0.32, 0.49, True),
    (-0.6, 0.6, True),
]


def test_a_leafs_picture_repeats():
    for u, v, there in PLACES:
        assert Leaf("leaf", np.array(THERE, bool)).holds(u, v) is there


def test_rays_go_through_the_holes_and_many_layers():
    """Leaves of 1 x 2 m before a wall, there where y is below 1/3 at the bottom and below 2/3 at the top."""
    scene = bpy.context.scene
    leaf = material("leaf", image=image(THERE))
    for x in (1.0, 2.0):
        mesh = bpy.data.meshes.new("leaf")
        mesh.from_pydata([(x, 0, 0), (x, 1, 0), (x, 1, 2), (x, 0, 2)], [], [(0, 1, 2, 3)])
        mesh.materials.append(leaf)
        layer = mesh.uv_layers.new(name="UV")
        for loop, place in zip(layer.uv, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
            loop.vector = place
        scene.collection.objects.link(bpy.data.objects.new("leaf", mesh))
    flats.box(scene, "wall", (5, -9, -9), (6, 9, 9))
    found = read()
    assert len(found.leaves) == 1 and sorted(found.leaf.tolist()) == [-1] * 12 + [0] * 4
    assert found.uv.shape == (16, 3, 2) and ("materials", "leaf") in found.used
    trees = Trees(found)
    flats.done(trees.build())
    for y, z, hit in ((0.2, 0.5, 1), (0.5, 0.5, 5), (0.5, 1.5, 1), (0.8, 1.5, 5), (0.3, 0.9, 1), (0.4, 0.9, 5)):
        place = np.array((0, y, z))
        hits = at_once(trees.first_hits(place, np.array([(1.0, 0, 0)])))
        assert hits.distance[0] == pytest.approx(hit, abs=1e-3), (y, z)
        assert at_once(trees.sees(place, np.array([(4.0, y, z)]))).tolist() == [hit == 5]
        assert trees.is_free(place, np.array((4.0, y, z))) is (hit == 5)


def test_which_polygons_are_left_out_of_a_mesh():
    glass = material("glass")
    shader = glass.node_tree.nodes["Principled BSDF"]
    shader.inputs["Transmission Weight"].default_value, shader.inputs["Roughness"].default_value = 1.0, 0.0
    thin, thick, clay = material("thin", alpha=0.3), material("thick", alpha=0.7), material("clay")
    item = sheet(materials=(clay, glass))
    for index, left in ((0, 3), (1, 2)):
        item.data.polygons[1].material_index = index
        assert len(read().triangles) == left
    assert len(read(glass=True).triangles) == 3
    item.data.polygons[0].material_index, item.data.polygons[1].material_index = 1, 0
    assert corners(read()) == [[(0, 0, 1), (2, 0, 1), (0, 0, 2)]]
    for one, left in ((thin, 1), (thick, 3), (None, 3)):
        item.material_slots[1].material = one
        assert len(read().triangles) == left
    item.material_slots[1].material = glass
    item.data.materials.pop(index=0)
    assert len(read().triangles) == 0  # of one material all is


def test_more_than_can_be_read_stand_as_boxes(monkeypatch):
    monkeypatch.setattr(surfaces, "MOST_READ", 3)
    for x in (0, 10, 20):
        sheet(f"sheet {x}").location.x = x
    found = read()
    counts = sorted(np.bincount(found.vertices[found.triangles[:, 0]][:, 0].astype(int) // 10).tolist())
    assert counts == [3, 12, 12]
    item = bpy.data.meshes.new("tetra")
    item.from_pydata([(0, 0, 0), (1, 0, 0), (0, 2, 0), (0, 0, 3)], [], [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)])
    box = surfaces._box(surfaces._Shape(np.array([(0, 0, 0), (1, 2, 3.0)]), np.zeros((1, 3), int), np.ones(1, bool),
                                        np.zeros(1), np.zeros((0, 3, 2)), b"looks"))  # fmt: skip
    one, two, three = np.moveaxis(box.vertices[box.triangles], 1, 0)
    areas = np.linalg.norm(np.cross(two - one, three - one), axis=1)
    assert sorted((areas / 2).tolist()) == pytest.approx([1] * 4 + [1.5] * 4 + [3] * 4)
    assert (box.keep.all(), set(box.leaf.tolist()), box.looks) == (True, {-1}, b"looks")


def test_what_is_far_is_put_together():
    near, far = (
        np.array([(0, 0, 0), (0.001, 0, 0), (0, 0.001, 0)]),
        np.array([(100, 0, 0), (100.1, 0, 0), (100, 0.1, 0)]),
    )
    wide = np.array([(100, 0, 0), (140, 0, 0), (100, 40, 0)])
    vertices = np.concatenate([near + np.array((0.1, 0, 0)), far, wide, wide[::-1]]) + np.array((0, 70, 0))
    triangles = np.arange(12, dtype=np.int32).reshape(-1, 3)
    made, kept = flats.done(
        surfaces._coarser(vertices.astype(np.float32), triangles, np.array([(0, 70.0, 0), (-9, 70, 0)]), 1 / 400)
    )
    assert kept.tolist() == [0, 2] and len(made) == 2  # the far speck is gone, and one of two twins
    assert vertices[made[1]] == pytest.approx(vertices[[6, 7, 8]], abs=0.26)


def test_the_mark_of_surfaces():
    sheet(materials=(material("clay"),))
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    bpy.context.scene.collection.objects.link(lamp)
    found = read()
    assert found.used == (("lights", "Lamp"), ("materials", "clay")) and len(found.mark) == 32
    seen = {found.mark, read().mark}
    for change in (lambda: setattr(lamp.location, "x", 1), lambda: setattr(lamp, "name", "Other"),
                   lambda: setattr(bpy.data.objects["sheet"].location, "z", 0.001),
                   lambda: setattr(bpy.data.materials["clay"], "name", "mud"),
                   lambda: setattr(bpy.data.meshes["sheet"].vertices[4].co, "z", 2.5)):  # fmt: skip
        change()
        seen.add(read().mark)
    assert len(seen) == 6
    last = read().mark
    lamp.location.x += 1e-7
    lamp.rotation_euler.x = -0.0
    assert read().mark == last


def other(kind):
    """An object that no triangles tell, of 2 x 3 points where it has some."""
    if kind == "CURVES":
        data = bpy.data.hair_curves.new("Hair")
        data.add_curves([3, 3])
    elif kind == "POINTCLOUD":
        bpy.ops.mesh.primitive_plane_add()
        bpy.ops.object.convert(target="POINTCLOUD")
        return bpy.context.object
    else:
        data = bpy.data.volumes.new("Smoke")
    item = bpy.data.objects.new(kind, data)
    bpy.context.scene.collection.objects.link(item)
    return item


@pytest.mark.parametrize("kind", ["CURVES", "POINTCLOUD", "VOLUME"])
def test_hair_points_and_volumes_count_though_no_ray_meets_them(kind, tmp_path):
    """A picture with them is kept for as long as they are the same."""
    item = other(kind)
    assert item.type == kind
    item.data.materials.append(material("fluff"))
    if kind == "VOLUME":
        (tmp_path / "smoke.vdb").write_bytes(b"1")
        item.data.filepath = str(tmp_path / "smoke.vdb")
    bpy.context.view_layer.update()
    first = read()
    assert len(first.triangles) == 0 and ("materials", "fluff") in first.used and read().mark == first.mark
    item.location.x = 1
    moved = read().mark
    if kind == "VOLUME":
        (tmp_path / "smoke.vdb").write_bytes(b"22")
    else:
        item.data.attributes["position"].data[2].vector = (1, 2, 3)
        item.data.update_tag()
    changed = read().mark
    item.hide_render = True
    hidden = read().mark
    item.hide_render = False
    assert len({first.mark, moved, changed, hidden}) == 4 and read().mark == changed


def test_a_drawing_is_taken_for_changed_as_is_a_volume_without_a_file():
    bpy.ops.object.grease_pencil_add(type="STROKE")
    assert read().mark != read().mark
    bpy.context.object.hide_render = True
    assert read().mark == read().mark
    other("VOLUME")
    assert read().mark != read().mark
