"""What a path shows of a scene, and which views it needs, by geometry alone."""

from __future__ import annotations

import bpy
import flats
import numpy as np
import pytest
from take_one.scene.stills.camera import camera_at, camera_track
from take_one.scene.stills.coverage import plan, surfaces
from take_one.scene.stills.coverage.rays import RAYS, Trees
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.track import in_picture, rays

FIRST = 21


def read(scene, *places, **more):
    bpy.context.view_layer.update()
    return at_once(surfaces.read(scene, np.array(places or [(0, 0, 0)], float), **more))


def trees_of(scene, **more):
    trees = Trees(read(scene, **more))
    at_once(trees.build())
    return trees


def panes(scene, kind, x=2.0):
    """An upright square in front of a wall, of a material that this builder of nodes makes."""
    wall = flats.box(scene, "wall", (4, -3, 0), (4.2, 3, 3))
    pane = flats.box(scene, "pane", (x, -1, 0.5), (x + 0.01, 1, 2.5))
    material = bpy.data.materials.new(kind.__name__)
    material.use_nodes = True
    kind(material.node_tree)
    pane.data.materials[0] = material
    layer = pane.data.uv_layers.new(name="UV")
    for loop in pane.data.loops:
        at = pane.data.vertices[loop.vertex_index].co
        layer.uv[loop.index].vector = ((at.y + 1) / 2, (at.z - 0.5) / 2)
    return wall, pane


def glass(tree):
    shader = tree.nodes["Principled BSDF"]
    shader.inputs["Transmission Weight"].default_value, shader.inputs["Roughness"].default_value = 1.0, 0.0


def leaf(tree):
    """There on the right half only (v, u: y above 0)."""
    picture = bpy.data.images.new("Leaf", 8, 8, alpha=True)
    there = np.zeros((8, 8, 4), np.float32)
    there[:, 4:] = 1
    picture.pixels.foreach_set(there.ravel())
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = picture
    tree.links.new(node.outputs["Alpha"], tree.nodes["Principled BSDF"].inputs["Alpha"])


def plain(tree):
    pass


@pytest.mark.parametrize(
    ("kind", "left", "right"), [(plain, 2.0, 2.0), (glass, 4.0, 4.0), (leaf, 4.0, 2.0)], ids=["plain", "glass", "leaf"]
)
def test_rays_meet_what_a_picture_shows(kind, left, right):
    scene = bpy.context.scene
    panes(scene, kind)
    trees = trees_of(scene)
    directions = np.array([(1, -0.2, 0), (1, 0.2, 0), (-1, 0, 0)], float)
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    hits = at_once(trees.first_hits(np.array((0, 0, 1.5)), directions))
    assert np.allclose(hits.distance[:2] * directions[:2, 0], (left, right), atol=1e-3)
    assert np.isinf(hits.distance[2])
    seen = at_once(trees.sees(np.array((0, 0, 1.5)), np.array([(4, -0.8, 1.5), (4, 0.8, 1.5)])))
    assert seen.tolist() == [left == 4.0, right == 4.0]


def test_a_walk_goes_through_no_glass():
    panes(bpy.context.scene, glass)
    trees = trees_of(bpy.context.scene, glass=True)
    assert not trees.is_free(np.array((0, 0, 1.5)), np.array((3, 0, 1.5)))


def test_instances_and_what_only_the_render_shows_count_and_what_it_hides_does_not():
    scene = bpy.context.scene
    group = bpy.data.collections.new("Trees")
    trunk = flats.box(scene, "trunk", (0, 0, 0), (1, 1, 3))
    scene.collection.objects.unlink(trunk)
    group.objects.link(trunk)
    for x in (10, 20):
        item = bpy.data.objects.new(f"tree {x}", None)
        item.instance_type, item.instance_collection, item.location = "COLLECTION", group, (x, 0, 0)
        scene.collection.objects.link(item)
    hidden = flats.box(scene, "hidden in the view", (30, 0, 0), (31, 1, 3))
    hidden.hide_viewport = True
    absent = flats.box(scene, "hidden in the render", (5, 0, 0), (6, 1, 3))
    absent.hide_render = True
    found = read(scene)
    assert len(found.triangles) == 3 * 12
    assert sorted({round(float(x)) for x in found.vertices[:, 0]}) == [10, 11, 20, 21, 30, 31]


def test_the_mark_is_of_the_surfaces_and_not_of_the_run():
    scene = flats.flat(1)
    first = read(scene).mark
    assert read(scene).mark == first
    piece = bpy.data.objects["piece 0.1"]
    piece.location.x += 0.01
    moved = read(scene).mark
    piece.location.x -= 0.01
    assert moved != first and read(scene).mark == first
    piece.data.vertices[3].co.z += 0.2
    assert read(scene).mark not in (first, moved)


CORNERS = [(0, 0, 0), (2, 0, 0), (3, 1, 0), (1, 3, 0), (-1, 1, 0), (0, 0, 5)]
FAN = {(0, 1, 2), (0, 2, 3), (0, 3, 4)}


@pytest.mark.parametrize(
    ("polygons", "slow", "wanted"),
    [
        ([(0, 1, 2), (5, 3, 4)], 9, {(0, 1, 2), (5, 3, 4)}),
        ([(5, 3, 4), (0, 1, 2, 3)], 9, {(5, 3, 4), (0, 1, 2), (0, 2, 3)}),
        ([(0, 1, 2, 3, 4), (0, 1, 5)], 0, FAN | {(0, 1, 5)}),
        ([(0, 1, 2, 3, 4)], 9, None),
    ],
)
def test_polygons_are_cut_into_triangles(monkeypatch, polygons, slow, wanted):
    """By Blender itself only where they are few, and not only triangles and quads."""
    monkeypatch.setattr(surfaces, "SLOW", slow)
    mesh = bpy.data.meshes.new("sheet")
    mesh.from_pydata(CORNERS, [], polygons)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("sheet", mesh))
    found = read(bpy.context.scene)
    assert np.array_equal(found.vertices, np.array(CORNERS))
    if wanted is None:
        mesh.calc_loop_triangles()
        wanted = {tuple(one.vertices) for one in mesh.loop_triangles}
    assert {tuple(one) for one in found.triangles.tolist()} == wanted and len(found.triangles) == len(wanted)


@pytest.mark.parametrize("sides", [3, 4])
def test_of_a_mesh_only_the_polygons_are_left_out_that_light_goes_through(sides):
    mesh = bpy.data.meshes.new("panes")
    mesh.from_pydata(CORNERS, [], [(0, 1, 2, 3)[:sides], (1, 2, 5), (2, 3, 5)])
    pane = bpy.data.materials.new("pane")
    pane.use_nodes = True
    glass(pane.node_tree)
    mesh.materials.append(bpy.data.materials.new("frame"))
    mesh.materials.append(pane)
    mesh.polygons.foreach_set("material_index", [0, 1, 0])
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("panes", mesh))
    found = {tuple(one) for one in read(bpy.context.scene).triangles.tolist()}
    assert found == {(0, 1, 2), (2, 3, 5)} | ({(0, 2, 3)} if sides == 4 else set())


def test_many_triangles_become_fewer_and_hide_the_same():
    scene = flats.flat(2)
    for item in scene.objects:
        if item.type == "MESH":
            cut = item.modifiers.new("cut", "SUBSURF")
            cut.subdivision_type, cut.levels = "SIMPLE", 5
    camera = flats.tour(scene, 48, FIRST)
    track = camera_track(scene, camera, FIRST, 48)
    path = [pose.place for pose in track.poses[::8]]
    few = read(scene, *path)
    assert len(few.triangles) < surfaces.MOST
    begin, directions = rays(track, track.poses[20], 24, 14)
    hits = at_once(_built(few).first_hits(begin[0], directions))
    for item in scene.objects:
        for modifier in item.modifiers:
            modifier.show_viewport = False
    plain_hits = at_once(trees_of(scene).first_hits(begin[0], directions))
    assert np.mean(np.abs(hits.distance - plain_hits.distance) < 0.02 * plain_hits.distance) > 0.98


def _built(found):
    trees = Trees(found)
    at_once(trees.build())
    return trees


@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_rays_go_through_the_pixels_that_they_are_of(kind):
    scene = flats.flat(1)
    camera = flats.eye(scene, "Eye", (1, 1, 1.5), (3, 4, 1), 24)
    camera.data.type, camera.data.ortho_scale, camera.data.shift_x = kind, 2.0, 0.13
    track = camera_track(scene, camera, FIRST, 2)
    begin, directions = rays(track, track.poses[0], 8, 6)
    points = begin + directions * 2.5
    assert in_picture(track, track.poses[0], points).all()
    seen = camera_at(scene, track, track.poses[0])
    local = (points - np.array(seen.matrix_world)[:3, 3]) @ np.array(seen.matrix_world)[:3, :3]
    near = -local[:, 2] if kind == "PERSP" else np.ones(len(local))
    fx, fy = (seen.fx, seen.fy) if kind == "PERSP" else (1 / seen.scale, 1 / seen.scale)
    x, y = seen.cx + fx * local[:, 0] / near, seen.cy - fy * local[:, 1] / near
    wide, high = np.meshgrid((np.arange(8) + 0.5) * 12, (np.arange(6) + 0.5) * 9)
    assert np.allclose(x, wide.ravel(), atol=1e-3) and np.allclose(y, high.ravel(), atol=1e-3)


def test_chosen_views_show_more_than_as_many_even_ones():
    scene = flats.flat(3)
    camera = flats.tour(scene, 120, FIRST, rooms=3)
    track = camera_track(scene, camera, FIRST, 120)
    found = read(scene, *(pose.place for pose in track.poses[::12]))
    made = at_once(plan.plan(track, found))
    assert made.views[0] == 0 and made.mean >= plan.ENOUGH
    even = tuple(round(at) for at in np.linspace(0, 119, len(made.views)))
    other = at_once(plan.coverage(track, found, even))
    assert 1 - made.mean < 0.6 * (1 - other.mean)
    assert _low(made) < _low(other)
    one = at_once(plan.plan(track, found, 1))
    assert one.views == (0,) and one.covered[0] == pytest.approx(1.0, abs=0.01)
    assert 0 < one.low_from() < 60 and one.covered[-1] < 0.2
    three = at_once(plan.plan(track, found, 3))
    assert len(three.views) == 3 and one.mean < three.mean < made.mean


def _low(made):
    """The share of the move in which less than 95 % is shown."""
    shares = np.interp(np.arange(120), made.moments, made.covered)
    return float(np.mean(shares < 0.95))


def test_a_camera_that_stands_needs_one_still():
    scene = flats.flat(1)
    camera = flats.eye(scene, "Eye", (1, 1, 1.5), (3, 4, 1))
    track = camera_track(scene, camera, FIRST, 24)
    made = at_once(plan.plan(track, read(scene)))
    assert made.views == (0,) and made.mean == 1.0


def moved(scene, camera, aside, turned):
    """The track of a camera that goes this far to its right, metres, and turns by radians to the left."""
    camera.animation_data_clear()
    begin, right = camera.location.copy(), camera.matrix_world.to_3x3().col[0].copy()
    for frame, share in ((FIRST, 0), (FIRST + 23, 1)):
        camera.location = begin + share * aside * right
        camera.rotation_euler.z += share * turned
        camera.keyframe_insert("location", frame=frame)
        camera.keyframe_insert("rotation_euler", frame=frame)
    track = camera_track(scene, camera, FIRST, 24)
    camera.animation_data_clear()
    camera.location = begin
    camera.rotation_euler.z -= turned
    return track


def test_where_few_views_show_all_a_third_stands_where_they_are_far_aside():
    scene = flats.flat(1, furniture=0)
    camera = flats.eye(scene, "Eye", (1.4, 0.4, 1.5), (2, 4.5, 1.3))
    bpy.context.view_layer.update()
    found = read(scene)
    far, near, pan = (moved(scene, camera, *how) for how in ((1.0, 0.0), (0.15, 0.0), (0.0, 0.4)))
    made = at_once(plan.plan(far, found))
    assert len(made.views) == plan.FEW and 8 <= made.views[1] <= 15
    assert len(at_once(plan.plan(far, found, 2)).views) == 2
    assert len(at_once(plan.plan(near, found)).views) < plan.FEW
    assert len(at_once(plan.plan(pan, found)).views) == 2


def test_a_step_casts_few_rays_however_many_there_are(monkeypatch):
    """How long steps take: bench/draft/walk_plan.py."""
    scene = flats.flat(2)
    camera = flats.tour(scene, 48, FIRST)
    bpy.context.view_layer.update()
    track = camera_track(scene, camera, FIRST, 48)
    found = at_once(surfaces.read(scene, np.array([pose.place for pose in track.poses[::12]])))
    cast = []
    entries = Trees._entries
    monkeypatch.setattr(Trees, "_entries", lambda self, *of: cast.append(len(of[1])) or entries(self, *of))
    steps = []
    for _ in plan.plan(track, found, 3):
        steps.append(sum(cast))
        cast.clear()
    assert sum(steps) > 50 * RAYS
    assert max(steps) <= RAYS
