"""What Blender's settings say as plain values, each kind by itself; which surfaces have holes where; and the marks of
what no triangles tell."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from leafy import THERE, image, material
from mathutils import Vector
from take_one.scene.stills.coverage import leaves, margin, others
from take_one.scene.stills.coverage.leaves import Leaf
from take_one.scene.stills.coverage.look import values
from take_one.scene.stills.coverage.margin import NONE, Margin
from take_one.scene.stills.coverage.rays import Trees
from take_one.scene.stills.coverage.steps import at_once
from take_one.scene.stills.coverage.surfaces import Surfaces
from take_one.scene.stills.track import Lens, Pose, Track

LENS = Lens("PERSP", 50.0, 6.0, "AUTO", 36.0, 24.0, 0.0, 0.0, 10.0)
PLAIN = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def test_values_are_told_by_their_kind():
    block = bpy.data.objects.new("Thing", None)
    assert [values.value(one) for one in (1.23456789, 3, True, "word", None)] == [1.234568, 3, True, "word", None]
    assert values.value(block) == "Thing" and values.value({"b", "a"}) == ["a", "b"]
    assert values.value(Vector((1, 2.00000001, 3))) == (1, 2, 3) and values.value([[1.5], ["x"]]) == ((1.5,), ("x",))
    assert values.value(bpy.data) == str(type(bpy.data))
    assert list(values.named(block, ("name", "no such", "empty_display_size"))) == ["Thing", None, 1.0]


def test_own_properties_are_told_but_for_ours_and_blocks():
    block = bpy.data.objects.new("Thing", None)
    block["a"], block["take_one_x"], block["c"], block["d"] = 1.5, 2, [1, 2], "word"
    block["e"] = bpy.data.objects.new("Other", None)
    block["f"] = True
    assert list(values.own_properties(block)) == [("a", 1.5), ("c", (1, 2)), ("d", "word"), ("f", True)]


def test_plain_values_go_into_what_is_part_of_an_owner_and_no_deeper():
    scene = bpy.context.scene
    told = dict(one for one in values.plain(scene.render) if isinstance(one, tuple) and len(one) == 2)
    assert told["fps"] == 24 and told["resolution_x"] == 1920 and "rna_type" not in told
    without = dict(one for one in values.plain(scene.render, {"fps"}) if isinstance(one, tuple) and len(one) == 2)
    assert "fps" not in without and without["resolution_x"] == 1920
    assert told["quality"] == scene.render.image_settings.quality  # of settings within
    deep = dict(one for one in values.plain(scene.render, depth=3) if isinstance(one, tuple) and len(one) == 2)
    assert "quality" not in deep and deep["fps"] == 24


def pointed(owner, **held):
    return list(values._pointed(SimpleNamespace(**held), owner, 0))


def test_what_is_pointed_at_is_told_by_what_it_is():
    thing = bpy.data.objects.new("Thing", None)
    thing.location = (1, 2, 3)
    bpy.context.scene.collection.objects.link(thing)
    bpy.context.view_layer.update()
    rows = ((1, 0, 0, 1), (0, 1, 0, 2), (0, 0, 1, 3), (0, 0, 0, 1))
    assert pointed("o", o=thing) == list(values.place(thing)) == [("Thing", rows)]
    assert list(values.place(None)) == [] and pointed("n", n=None) == []
    text = bpy.data.texts.new("Words")
    text.write("a\nb")
    assert pointed("t", t=text) == [("Words", "a\nb")]
    assert pointed("w", w=bpy.data.worlds.new("World")) == [("w", "World")]
    node = material("m").node_tree.nodes.new("ShaderNodeValToRGB")
    ramp = node.color_ramp
    ramp.interpolation, ramp.elements[0].position, ramp.elements[1].color = "EASE", 0.25, (0.5, 0, 0, 1)
    assert pointed("r", r=ramp) == [("EASE", "RGB", [(0.25, (0, 0, 0, 1)), (1.0, (0.5, 0, 0, 1))])]
    assert pointed("n", n=node) == [node.name]


def test_a_collection_is_told_with_its_members_and_whether_light_reaches_them():
    group = bpy.data.collections.new("Lit")
    one, two = (bpy.data.objects.new(name, None) for name in ("One", "Two"))
    inner = bpy.data.collections.new("Inner")
    for item in (one, two):
        group.objects.link(item)
    inner.objects.link(bpy.data.objects.new("Three", None))
    group.children.link(inner)
    group.collection_objects[1].light_linking.link_state = "EXCLUDE"
    (told,) = values.members(group)
    assert told == ("Lit", ["One", "Two", "Three"], ["INCLUDE", "EXCLUDE", "INCLUDE"])
    assert list(values.members(None)) == [] and pointed("c", c=group) == [told]


def test_curves_are_told_with_their_ends():
    mapping = bpy.context.scene.view_settings.curve_mapping
    mapping.black_level, mapping.white_level = (0.1, 0.2, 0.3), (0.9, 0.8, 0.7)
    mapping.curves[1].points.new(0.5, 0.25)
    black, white, tone, extend, clip, points = values.curves(mapping)
    assert (black, white) == ((0.1, 0.2, 0.3), (0.9, 0.8, 0.7))
    assert (tone, extend, clip) == (mapping.tone, mapping.extend, mapping.use_clip)
    assert len(points) == 4 and points[1] == [((0, 0), "AUTO"), ((0.5, 0.25), "AUTO"), ((1, 1), "AUTO")]


def test_a_pictures_files_are_those_that_it_shows(tmp_path):
    (tmp_path / "a.png").write_bytes(b"12345")
    size, when = values._file(str(tmp_path / "a.png"))
    assert (size, when) == (5, (tmp_path / "a.png").stat().st_mtime_ns)
    assert values._file(str(tmp_path / "none.png")) == values._file("a\0b") == ()

    def shown(source, path="", user=None, tiles=()):
        parts = [SimpleNamespace(number=number) for number in tiles]
        one = SimpleNamespace(source=source, filepath=path, library=None, tiles=parts)
        one.filepath_from_user = lambda image_user: image_user
        return list(values._files(one, user))

    assert shown("FILE", "/x/a.png", "user") == ["/x/a.png"] == shown("SEQUENCE", "/x/a.png") and shown("FILE") == []
    assert shown("SEQUENCE", "/x/a.png", "/x/a7.png") == ["/x/a7.png"]
    assert shown("TILED", "/x/a.<UDIM>.png", None, (1001, 1012, 1020)) == [
        "/x/a.1001.png", "/x/a.1012.png", "/x/a.1020.png",
    ]  # fmt: skip
    assert shown("TILED", "/x/<UVTILE>", None, (1001, 1012, 1020)) == ["/x/u1_v1", "/x/u2_v2", "/x/u10_v2"]


# --- surfaces with holes ---


def test_which_channel_of_a_picture_decides():
    cases = [
        ({}, THERE),
        ({"output": "Color"}, [[0, 1, 1], [0, 0, 1]]),
        ({"mix": "first"}, THERE),
        ({"mix": "second"}, [[0, 1, 1], [0, 0, 1]]),
        ({"between": ["ShaderNodeMath"] * 3}, THERE),
        ({"between": ["ShaderNodeMath"] * 4}, None),
        ({"between": ["ShaderNodeInvert"]}, None),
    ]
    for more, there in cases:
        found = leaves.leaf_of(material("leaf", image=image(THERE), **more))
        assert found is None if there is None else found.there.astype(int).tolist() == there
        if there is not None and "between" not in more:
            link = material("again", image=image(THERE), **more).node_tree.links
            sockets = [one.to_socket for one in link if one.from_node.type == "TEX_IMAGE"]
            assert leaves._image_behind(sockets[0])[1] == (0 if more.get("output") == "Color" else 3)


def test_a_ray_asks_for_the_place_in_the_picture_where_it_meets_the_leaf():
    """A leaf of 1 x 2 m whose picture has three columns and two rows, across and up."""
    vertices = np.array([(0, 5, 0), (1, 5, 0), (1, 5, 2), (0, 5, 2)], np.float32)
    uv = np.array([[(0, 0), (1, 0), (1, 1)], [(0, 0), (1, 1), (0, 1)]], np.float32)
    triangles, leaf = np.array([(0, 1, 2), (0, 2, 3)], np.int32), np.zeros(2, np.int16)
    trees = Trees(Surfaces(vertices, triangles, leaf, uv, (Leaf("leaf", np.array(THERE, bool)),), "mark"))
    at_once(trees.build())
    for x, z, hit in ((0.2, 0.5, True), (0.5, 0.5, False), (0.5, 1.5, True), (0.8, 1.5, False), (0.2, 1.9, True)):
        hits = at_once(trees.first_hits(np.array((x, 0, z)), np.array([(0, 1.0, 0)])))
        assert hits.distance[0] == (pytest.approx(5) if hit else np.inf), (x, z)


# --- what no triangles tell ---


def evaluated(kind, data, name="Thing", **more):
    return SimpleNamespace(name_full=name, type=kind, data=data, material_slots=[], **more)


def test_what_no_triangles_tell_has_a_mark_of_its_own(tmp_path):
    matrix = np.array(PLAIN)
    probe = bpy.data.lightprobes.new("Probe", "SPHERE")
    one = others.mark(evaluated("LIGHT_PROBE", probe), matrix, b"looks")
    assert one == others.mark(evaluated("LIGHT_PROBE", probe), matrix + 1e-7, b"looks")
    probe.influence_distance += 1
    changed = others.mark(evaluated("LIGHT_PROBE", probe), matrix, b"looks")
    lamp = evaluated("LIGHT", bpy.data.lights.new("Lamp", "POINT"))
    renamed = evaluated("LIGHT", lamp.data, "Other")
    marks = [one, changed, others.mark(lamp, matrix, b"looks"), others.mark(lamp, matrix + 1e-3, b"looks"),
             others.mark(lamp, matrix, b"other"), others.mark(renamed, matrix, b"looks")]  # fmt: skip
    assert len(set(marks)) == 6 and {len(mark) for mark in marks} == {16}
    assert others.mark(lamp, matrix, b"looks") == marks[2]
    drawing = evaluated("GREASEPENCIL", None)
    assert others.mark(drawing, matrix, b"") != others.mark(drawing, matrix, b"")
    file = tmp_path / "fog.vdb"
    file.write_bytes(b"12")

    def volume(**more):
        told = {"filepath": str(file), "library": None, "frame_offset": 1, "frame_start": 2, "original": None, **more}
        return others.mark(evaluated("VOLUME", SimpleNamespace(**told)), matrix, b"")

    fog = volume()
    assert fog == volume() and volume(frame_offset=3) != fog != volume(frame_start=3)
    assert volume(filepath="") != volume(filepath="") and volume(filepath="/none") != volume(filepath="/none")
    file.write_bytes(b"123")
    assert volume() != fog


def test_a_matrix_is_rounded_to_five_digits():
    one = np.array([[1.000004, -1e-9]])
    assert others.rounded(one) == others.rounded(np.array([[1.0, 0.0]])) != others.rounded(np.array([[1.00002, 0.0]]))
    light = SimpleNamespace(type="LIGHT", data=SimpleNamespace(name_full="Lamp"))
    assert others.used(light) == {("lights", "Lamp")}
    slots = [SimpleNamespace(material=one) for one in (SimpleNamespace(name_full="clay"), None)]
    assert others.used(SimpleNamespace(type="MESH", material_slots=slots)) == {("materials", "clay")}


@pytest.mark.parametrize(("count", "found"), [(10, Margin(10, 0, 0, 0)), (9, NONE)])
def test_a_margin_shows_a_hundredth_of_all_at_least(count, found):
    path = Track((Pose(0.0, PLAIN, LENS, 100.0, 80.0, 120.0, 48.0),), 240, 96)
    assert margin.fitted(path, np.tile((1, 0, 0, 0), (count, 1)), 1000) == found
