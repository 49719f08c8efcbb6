"""Where facts change: each limit from both sides, boxes and rays by hand, and what a name is."""

from __future__ import annotations

import math

import bpy
import numpy as np
import pytest
from mathutils import Matrix
from rooms import box
from take_one.client.protocol.camera import MAX_NAME, Camera
from take_one.scene.stills.camera import camera_of
from take_one.scene.stills.known import facts, things
from take_one.scene.stills.known.facts import Seen, plain_name, scene_facts, shot_size, time_of_day


@pytest.fixture
def scene():
    """A camera at (1, -10, 2) that looks along y, of 40 x 20 pixels; half a picture at 1 m is 0.5 wide, 0.25 high."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 40, 20
    eye = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    eye.location, eye.rotation_euler, eye.data.lens = (1, -10, 2), (math.pi / 2, 0, 0), 36
    scene.collection.objects.link(eye)
    scene.camera = eye
    scene.frame_set(23)
    return scene


def thing(low, high, person=False, surrounds=False):
    return Seen("a", person, set(), np.zeros((8, 3)), np.array(low, float), np.array(high, float), surrounds)


SIZES = [
    (True, 0.149, "extreme wide shot"),
    (True, 0.151, "wide shot"),
    (True, 0.449, "wide shot"),
    (True, 0.451, "full shot"),
    (True, 1.09, "full shot"),
    (True, 1.11, "medium long shot"),
    (True, 1.59, "medium long shot"),
    (True, 1.61, "medium shot"),
    (True, 2.49, "medium shot"),
    (True, 2.51, "medium close-up"),
    (True, 3.99, "medium close-up"),
    (True, 4.01, "close-up"),
    (True, 7.99, "close-up"),
    (True, 8.01, "extreme close-up"),
    (False, 0.119, "extreme wide shot"),
    (False, 0.121, "wide shot"),
    (False, 0.399, "wide shot"),
    (False, 0.401, "medium shot"),
    (False, 0.799, "medium shot"),
    (False, 0.801, "medium close-up"),
    (False, 1.29, "medium close-up"),
    (False, 1.31, "close-up"),
    (False, 99, "close-up"),
]


def test_each_shot_size_begins_where_it_does():
    for person, tall, words in SIZES:
        assert shot_size([thing((0.4, 0.1), (0.41, 0.1 + tall), person)]) == words
        if not person:  # of a thing its longer side
            assert shot_size([thing((0.1, 0.4), (0.1 + tall, 0.41))]) == words


def test_what_a_shot_is_of():
    small, large = thing((0.4, 0.4), (0.5, 0.5)), thing((0.0, 0.0), (0.6, 0.6))
    hero, far = thing((0.4, 0.0), (0.6, 0.5), True), thing((0.4, 0.4), (0.42, 0.5), True)
    assert shot_size([small, large]) == "medium shot" and shot_size([small]) == "extreme wide shot"
    assert shot_size([large, far, hero]) == "full shot"  # people before things
    assert shot_size([small, thing((0.4, 0.0), (0.6, 0.5), True, True)]) == "extreme wide shot"  # behind us
    room, wall = thing((-1, -1), (2, 2), False, True), thing((0, 0), (1, 0.91))
    assert shot_size([room]) == shot_size([wall]) == shot_size([]) == ""
    assert shot_size([room, small]) == "extreme wide shot"
    assert shot_size([thing((0, 0), (1, 0.9))]) == "medium close-up"
    assert shot_size([thing((-1, -1), (2, 2), True)]) == "medium close-up"  # a face may fill the frame


def sun(scene, elevation, energy=3.0):
    lamp = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    lamp.data.energy, lamp.rotation_euler = energy, (math.radians(90 - elevation), 0, 0.7)
    scene.collection.objects.link(lamp)
    return lamp


def when(scene):
    bpy.context.view_layer.update()
    return time_of_day(scene, scene.view_layers[0])


@pytest.mark.parametrize(
    ("elevation", "words"), [(-0.1, ""), (0.1, "golden hour"), (7.9, "golden hour"), (8.1, "day"), (90, "day")]
)
def test_when_a_sun_shines(elevation, words, scene):
    sun(scene, elevation)
    assert when(scene) == words


def test_which_sun_counts(scene):
    strong, weak = sun(scene, 5, 2.0), sun(scene, 40, 1.0)
    assert when(scene) == "golden hour"
    weak.data.energy = 2.1
    assert when(scene) == "day"
    weak.hide_render = True
    assert when(scene) == "golden hour"
    weak.hide_render = False
    weak.hide_viewport = True
    assert when(scene) == "golden hour"
    strong.data.energy = 0.5
    assert when(scene) == "golden hour"
    strong.data.energy = 0.49  # a moon
    assert when(scene) == ""
    strong.data.energy, strong.data.type = 3, "POINT"
    assert when(scene) == ""


@pytest.mark.parametrize(
    ("elevation", "words"),
    [(-6.1, "night"), (-5.9, "twilight"), (-0.1, "twilight"), (0.1, "golden hour"), (8.1, "day")],
)
def test_when_a_sky_is_lit(elevation, words, scene):
    scene.world = bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    tree = scene.world.node_tree
    for mute, angle in ((True, 60), (False, elevation)):
        sky = tree.nodes.new("ShaderNodeTexSky")
        sky.sun_elevation, sky.mute = math.radians(angle), mute
        tree.links.new(sky.outputs[0], tree.nodes.new("ShaderNodeBackground").inputs["Color"])
    assert when(scene) == words
    if "HOSEK_WILKIE" in sky.bl_rna.properties["sky_type"].enum_items:
        sky.sky_type = "HOSEK_WILKIE"
        sky.sun_direction = (math.cos(math.radians(3)), 0, math.sin(math.radians(3)))
        assert when(scene) == "golden hour"


NAMES = [
    ("Anna Rig.001", "Anna"),
    ("Anna.metarig", "Anna"),
    ("rig", ""),
    ("Sofa - 12", "Sofa"),
    ("_Sofa_", "Sofa"),
    ("Ico Sphere", ""),
    ("Bezier-Curve.4", ""),
    ("Sphere2x", "Sphere2x"),
    ("Origin", "Origin"),
    (" . ", ""),
    ("Room 3b", "Room 3b"),
    ("7 dwarfs", "7 dwarfs"),
]


def test_what_a_name_is_without_what_blender_adds():
    for name, plain in NAMES:
        assert plain_name(name) == plain


def seen(scene, each=False):
    bpy.context.view_layer.update()
    layer, view = scene.view_layers[0], camera_of(scene, scene.camera)
    return facts._framed(scene, layer, view, each)


def frame(one):
    return (*one.low, *one.high)


def test_where_a_thing_is_in_the_frame(scene):
    box("Post", (1.5, -5, 1.75), (1, 2, 0.5))  # 4 to 6 m ahead; its front is 1/4 m wide a metre
    (one,) = seen(scene)
    assert frame(one) == pytest.approx((0.5, 0.5, 0.75, 0.75)) and not one.surrounds and not one.person
    assert one.share == pytest.approx(1 / 16) and one.extent == pytest.approx((0.25, 0.25))
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.01
    assert frame(seen(scene)[0]) == pytest.approx((0.5, 0.5, 0.75, 0.75))
    lens = scene.camera.data
    lens.type, lens.ortho_scale = "ORTHO", 8.0
    assert frame(seen(scene)[0]) == pytest.approx((0.5, 0.5, 0.625, 0.625))


def test_what_reaches_behind_the_camera_is_cut_at_its_plane(scene):
    box("Rail", (1.5, 0, 2), (0.5, 40, 0.5))  # from 30 m ahead to 10 m behind
    (one,) = seen(scene)
    assert one.surrounds and one.low[0] == pytest.approx(0.5 + 0.25 / 30, abs=1e-4) and one.high[0] > 100
    assert -one.low[1] == pytest.approx(one.high[1] - 1, rel=1e-4)
    box("Behind", (1, -20, 2))
    assert [item.name for item in seen(scene)] == ["Rail"]
    bpy.data.objects.remove(bpy.data.objects["Rail"])
    scene.camera.data.type, scene.camera.data.ortho_scale = "ORTHO", 8.0
    box("Beam", (1.5, 0, 2), (1, 40, 0.5))
    (one,) = seen(scene)
    assert one.surrounds and frame(one) == pytest.approx((0.5, 0.4375, 0.625, 0.5625))


def test_each_box_of_a_thing_is_cut_at_the_cameras_plane():
    boxes = [facts._CORNERS * (1, 1, 2) + (x, y, -1) for x, y in ((-3, 0), (4, -6))]
    one = Seen("a", False, set(), np.concatenate(boxes))
    numbers = Camera("perspective", 10, 8, cx=5.0, cy=4.0, fx=20.0, fy=10.0)
    assert facts._project(one, np.eye(4), numbers, False) and one.surrounds
    assert one.low == pytest.approx(((5 - 20 * 3e3) / 10, (4 - 10 * 1e3) / 8))
    assert one.high == pytest.approx(((5 + 20 * 5e3) / 10, (4 + 10 * 6e3) / 8))


@pytest.mark.parametrize(("person", "least"), [(False, facts.LEAST_SHARE), (True, facts.LEAST_PERSON)])
def test_what_is_just_large_enough_is_named(person, least, scene, monkeypatch):
    wide = np.array([(0, 0), (1, least), (1, least * 0.999)])
    given = [Seen(name, person, set(), np.zeros((8, 3))) for name in "ab"]
    monkeypatch.setattr(facts, "_things", lambda *_: given)
    monkeypatch.setattr(facts, "_project", lambda one, *_: (
        setattr(one, "low", wide[0]) or setattr(one, "high", wide[1 + given.index(one)]) or True))  # fmt: skip
    found = facts._framed(scene, scene.view_layers[0], camera_of(scene, scene.camera))
    assert [one.name for one in found] == ["a"]


@pytest.mark.parametrize(("size", "named"), [(0.45, True), (0.44, False)])
def test_what_is_too_small_is_not_named(size, named, scene):
    box("Speck", (1, 0.5, 2), (size, 1, size))  # 10 m ahead, of 10 x 5 m: 0.002 of it are 0.1 m2 ...
    item = bpy.data.objects["Speck"]
    item.scale.x, item.scale.z = size, 0.2235
    assert bool(seen(scene)) is named
    assert facts.LEAST_PERSON * 10 == facts.LEAST_SHARE


def test_largest_first_and_names_in_whatever_case_once(scene):
    for name, x, size in (("Vase", 0, 0.5), ("Sofa", 1, 1.5), ("vase.002", 2, 0.9), ("Chair", 3, 0.7)):
        box(name, (x, 0, 2), (size, 0.5, size))
    assert [one.name for one in seen(scene)] == ["Sofa", "vase", "Chair", "Vase"]
    assert scene_facts(scene) == {
        "lens_mm": 36.0, "shot_size": "wide shot", "objects": ["Sofa", "vase", "Chair"],
    }  # fmt: skip
    for index in range(20):
        box(f"Thing {chr(65 + index)}", (index / 4 - 1.5, -1, 3.5), (0.2, 0.2, 0.6))
    named = scene_facts(scene)["objects"]
    assert len(named) == facts.MAX_OBJECTS == 8 and named[:3] == ["Sofa", "vase", "Chair"]
    layer, view = scene.view_layers[0], camera_of(scene, scene.camera)
    assert len(facts._in_view(scene, layer, view)) == 16
    assert [one.name for one in facts.seen_things(scene, layer, view, 4)] == ["Sofa", "vase", "Chair", "Vase"]


def test_what_is_not_meant_to_be_seen_is_not_named(scene):
    item = box("Sofa", (1, 0, 2))
    assert [one.name for one in seen(scene)] == ["Sofa"]
    for name, value in (("hide_render", True), ("visible_camera", False), ("display_type", "WIRE"),
                        ("display_type", "BOUNDS"), ("hide_viewport", True)):  # fmt: skip
        before = getattr(item, name)
        setattr(item, name, value)
        assert seen(scene) == [], name
        setattr(item, name, before)
    group = bpy.data.collections.new("Group")
    scene.collection.children.link(group)
    group.objects.link(item)
    assert len(seen(scene)) == 1
    group.hide_render = True
    assert seen(scene) == []


def test_a_character_is_its_meshes_together(scene):
    rig = bpy.data.objects.new("Anna_rig", bpy.data.armatures.new("A"))
    scene.collection.objects.link(rig)
    for name, z, size in (("Cube", 1.5, (0.5, 0.3, 1.4)), ("Head", 2.5, (0.25, 0.25, 0.5))):
        box(name, (1, 0, z), size).modifiers.new("A", "ARMATURE").object = rig
    (one,) = seen(scene)
    assert (one.name, one.person, {item.name for item in one.members}) == ("Anna", True, {"Cube", "Head"})
    assert one.corners.shape == (16, 3) and one.corners[:, 2].max() == pytest.approx(2.75)
    rig.name = "Armature"
    assert seen(scene) == []  # the largest mesh is a Cube
    bpy.data.objects["Cube"].name = "Ben"
    bpy.data.objects["Head"].name = "Hat"
    assert [item.name for item in seen(scene)] == ["Ben"]


def test_a_set_that_is_instanced(scene):
    kept = bpy.data.collections.new("Bar.001")
    kept.instance_offset = (5, 0, 0)
    for name, x in (("Stool", 5), ("Cube", 6), ("Bar", 7)):
        item = box(name, (x, 0, 0))
        scene.collection.objects.unlink(item)
        kept.objects.link(item)
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    kept.objects.link(lamp)
    holder = bpy.data.objects.new("Empty", None)
    holder.instance_type, holder.instance_collection = "COLLECTION", kept
    holder.matrix_world = Matrix.Translation((0, 0, 2)) @ Matrix.Scale(0.5, 4)
    scene.collection.objects.link(holder)
    (one,) = seen(scene)
    assert (one.name, one.person, one.members) == ("Bar", False, set(kept.all_objects))
    assert one.corners.shape == (24, 3)
    assert (*one.corners.min(0), *one.corners.max(0)) == pytest.approx((-0.25, -0.25, 1.75, 1.25, 0.25, 2.25))
    assert [item.name for item in seen(scene, True)] == ["Bar", "Stool"]
    kept.objects.link(bpy.data.objects.new("Rig", bpy.data.armatures.new("A")))
    assert [(item.name, item.person) for item in seen(scene, True)] == [("Bar", True)]
    bpy.data.objects["Stool"].hide_render, bpy.data.objects["Cube"].visible_camera = True, False
    assert seen(scene)[0].corners.shape == (8, 3)


def test_what_stands_before_a_thing_hides_it_where_it_hides_all_of_it(scene):
    box("Sofa", (1, 0, 2), (2, 1, 1))
    wall = box("Wall", (1, -3, 2), (2.2, 0.1, 1.2))
    view = camera_of(scene, scene.camera)

    def names(kind="PERSP"):
        scene.camera.data.type, scene.camera.data.ortho_scale = kind, 6.0
        bpy.context.view_layer.update()
        layer = scene.view_layers[0]
        return [one.name for one in facts.seen_things(scene, layer, camera_of(scene, scene.camera), 9)]

    assert view.projection == "perspective"
    assert names() == names("ORTHO") == ["Wall"]
    wall.location.x = 2.7  # half a corner of the sofa is free
    assert names() == names("ORTHO") == ["Wall", "Sofa"]
    wall.location = (1, 3, 2)
    assert names() == ["Sofa"]


@pytest.mark.parametrize(("limit", "light"), [(12, True), (11, False)])
def test_a_scene_that_is_too_heavy_for_rays_has_none(limit, light, scene, monkeypatch):
    box("Sofa", (1, 0, 2))
    box("Chair", (1, 3, 2), (0.6, 0.6, 0.6))
    bpy.context.view_layer.update()
    monkeypatch.setattr(facts, "MAX_RAY_FACES", limit)
    layer, view = scene.view_layers[0], camera_of(scene, scene.camera)
    assert facts.is_light_enough(layer) is light
    assert [one.name for one in facts.seen_things(scene, layer, view, 9)] == (["Sofa"] if light else ["Sofa", "Chair"])
    assert len(things.with_sight(scene, view).sight) == (9 if light else 0)
    monkeypatch.setattr(facts, "MAX_RAY_FACES", 99)
    monkeypatch.setattr(facts, "MAX_BOXES", 1)  # three objects: the last is one too many
    assert not facts.is_light_enough(layer)
    monkeypatch.setattr(facts, "MAX_BOXES", 2)
    assert facts.is_light_enough(layer)


def test_of_several_view_layers_the_first_counts(scene):
    sofa, lamp = box("Sofa", (1, 0, 2)), sun(scene, 20)
    layers = scene.view_layers[0], scene.view_layers.new("Second")
    for hidden, there in ((1, True), (0, False)):
        for item in (sofa, lamp):
            for index, layer in enumerate(layers):
                item.hide_set(index == hidden, view_layer=layer)
        bpy.context.view_layer.update()
        told, view = scene_facts(scene), camera_of(scene, scene.camera)
        assert (told.get("objects"), told.get("time_of_day")) == ((["Sofa"], "day") if there else (None, None))
        assert [one.name for one in things.with_things(scene, view).things] == (["Sofa"] if there else [])
        assert bool(things.with_sight(scene, view).sight[4][8]) is there


def test_of_very_many_objects_the_first_are_looked_at(scene, monkeypatch):
    for index in range(3):
        box(f"Thing {chr(65 + index)}", (index, 0, 2))
    kept = bpy.data.collections.new("Props")
    for name in ("Stool", "Bar", "Mug"):
        item = box(name)
        scene.collection.objects.unlink(item)
        kept.objects.link(item)
    holder = bpy.data.objects.new("Props", None)
    holder.instance_type, holder.instance_collection, holder.location = "COLLECTION", kept, (0, 0, 2)
    scene.collection.objects.link(holder)
    for most, count, parts in ((2, 2, 0), (3, 3, 0), (4, 3, 1), (5, 3, 2), (6, 3, 3)):
        monkeypatch.setattr(facts, "MAX_BOXES", most)
        found = {one.name: one for one in seen(scene)}
        assert len([name for name in found if name.startswith("Thing")]) == count, most
        assert (len(found["Props"].corners) if "Props" in found else 0) == 8 * parts, most


def test_distances_of_a_view_in_metres(scene):
    """A wall that slants away to the right, and a floor of 4 m before nothing."""
    mesh = bpy.data.meshes.new("wall")
    mesh.from_pydata([(-99, -40, -99), (101, 60, -99), (101, 60, 99), (-99, -40, 99)], [], [(0, 1, 2, 3)])
    scene.collection.objects.link(bpy.data.objects.new("wall", mesh))
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.5
    bpy.context.view_layer.update()
    sight = np.array(things.with_sight(scene, camera_of(scene, scene.camera)).sight)
    across = ((np.arange(16) + 0.5) / 16 - 0.5) * 1.0  # a metre along x for one ahead
    ahead = 20 / (1 - across / 2)  # y = 10 + (x - 1) / 2 before (1, -10)
    assert sight.shape == (9, 16) and sight == pytest.approx(np.tile(0.5 * ahead, (9, 1)), rel=1e-4)
    scene.camera.data.type, scene.camera.data.ortho_scale = "ORTHO", 8.0
    bpy.context.view_layer.update()
    sight = np.array(things.with_sight(scene, camera_of(scene, scene.camera)).sight)
    assert sight == pytest.approx(np.tile(0.5 * (20 + across * 8 / 2), (9, 1)), rel=1e-4)


def test_a_view_that_holds_nothing_above(scene):
    box("Floor", (1, 0, 1.4), (99, 40, 1))  # its upper side is 0.1 m below
    bpy.context.view_layer.update()
    sight = np.array(things.with_sight(scene, camera_of(scene, scene.camera)).sight)
    down = ((np.arange(9) + 0.5) / 9 - 0.5) * 0.5
    wanted = [0.1 / one if one > 0.1 / 30 else 0 for one in down]
    assert sight[:, 7] == pytest.approx(wanted, abs=1e-4)


def test_a_thing_as_it_travels(scene):
    box("S" * 62, (2, -4, 2.5), (2, 4, 1))
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.5
    bpy.context.view_layer.update()
    (one,) = things.with_things(scene, camera_of(scene, scene.camera)).things
    assert (one.name, one.person) == ("S" * min(62, MAX_NAME), False)
    assert one.centre == pytest.approx((0.5, 0.25, -3)) and one.size == pytest.approx((1, 0.5, 2))
