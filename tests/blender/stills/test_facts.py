"""What is told of a shot: lens, shot size, time of day and named things, as a person who looks would say."""

from __future__ import annotations

import math
import time

import bpy
import numpy as np
import pytest
import rooms
from take_one.scene.stills.known.facts import MAX_OBJECTS, Seen, plain_name, scene_facts


def box(name: str, place=(0, 0, 0), size=(1, 1, 1), parent=None) -> bpy.types.Object:
    item = rooms.box(name, place, size)
    if parent is not None:
        item.modifiers.new("Armature", "ARMATURE").object = parent
    return item


def person(name: str, place=(0, 0, 0), height=1.8) -> bpy.types.Object:
    rig = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(rig)
    box("Body", (place[0], place[1], place[2] + height / 2 - 0.15), (0.5, 0.3, height - 0.3), rig)
    box("Head", (place[0], place[1], place[2] + height - 0.15), (0.25, 0.25, 0.3), rig)
    return rig


@pytest.fixture
def scene():
    """A camera at the origin's south, 10 m away, 1 m up, that looks north; 16:9."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 320, 180
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (0, -10, 1), (math.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return scene


def sun(elevation: float, energy: float = 3.0) -> bpy.types.Object:
    lamp = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    lamp.data.energy = energy
    lamp.rotation_euler = (math.radians(90 - elevation), 0, 0.7)
    bpy.context.scene.collection.objects.link(lamp)
    return lamp


def test_an_empty_scene_tells_only_its_lens(scene):
    scene.camera.data.lens = 35
    assert scene_facts(scene) == {"lens_mm": 35.0}
    scene.camera.data.lens = 27.34
    assert scene_facts(scene) == {"lens_mm": 27.3}


def test_the_lens_is_told_for_a_sensor_of_36_mm(scene):
    scene.camera.data.lens, scene.camera.data.sensor_width = 25, 18
    assert scene_facts(scene)["lens_mm"] == 50.0
    scene.camera.data.type = "ORTHO"
    assert "lens_mm" not in scene_facts(scene)


def test_named_things_in_the_frame_largest_first(scene):
    box("Sofa_Leather.003", (0, 0, 1), (3, 1, 1))
    box("Lamp Stand", (2, 0, 1), (0.4, 0.4, 1.5))
    box("Behind", (0, -20, 1), (3, 1, 1))
    box("Beside", (30, 0, 1))
    box("Cube.004", (-1.5, -1, 1))
    box("Speck", (0.5, 0, 2), (0.02, 0.02, 0.02))
    box("Hidden", (-2, -1, 1)).hide_render = True
    box("Cutter", (-2, -1, 2)).display_type = "WIRE"
    assert scene_facts(scene)["objects"] == ["Sofa_Leather", "Lamp Stand"]


def test_each_name_once_and_not_too_many(scene):
    for index in range(20):
        box(f"Chair.{index:03d}" if index % 2 else f"Thing {chr(65 + index)}", (index * 0.3 - 3, 0, 1), (0.2, 0.2, 1))
    named = scene_facts(scene)["objects"]
    assert len(named) == MAX_OBJECTS and named.count("Chair") == 1


def test_what_stands_behind_a_wall_is_not_in_view(scene):
    box("Wall", (0, 0, 1), (30, 0.2, 20))
    box("Bathtub", (0, 3, 1), (2, 1, 1))
    box("Table", (0, -2, 1), (2, 1, 1))
    assert scene_facts(scene)["objects"] == ["Wall", "Table"]


def test_collections_that_are_instanced_have_the_instances_name(scene):
    stored = bpy.data.collections.new("Car Model")
    part = box("Chassis", (100, 0, 0), (4, 2, 1.5))
    stored.objects.link(part)
    scene.collection.objects.unlink(part)
    stored.instance_offset = (100, 0, 0)
    for name, place in (("Old Taxi", (0, 0, 1)), ("Empty", (0, 3, 1))):
        item = bpy.data.objects.new(name, None)
        item.instance_type, item.instance_collection, item.location = "COLLECTION", stored, place
        scene.collection.objects.link(item)
    assert scene_facts(scene)["objects"] == ["Old Taxi", "Car Model"]
    assert scene_facts(scene)["shot_size"] == "medium shot"


@pytest.mark.parametrize(
    ("distance", "height", "words"),
    [(60, 1, "extreme wide shot"), (16, 1, "wide shot"), (5, 1, "full shot"), (2.4, 1, "medium long shot"),
     (1.6, 1.3, "medium shot"), (1.1, 1.5, "medium close-up"), (0.7, 1.6, "close-up")],
)  # fmt: skip
def test_the_shot_size_of_a_person(scene, distance, height, words):
    person("Anna_rig")
    box("House", (3, 20, 3), (12, 6, 6))
    scene.camera.location = (0, -distance, height)
    scene.camera.data.lens = 35
    facts = scene_facts(scene)  # the frame covers 0.58 of the distance in height
    assert facts["shot_size"] == words
    assert "Anna" in facts["objects"]


def test_rooms_and_floors_are_not_what_a_shot_is_of(scene):
    room = box("Kitchen", (0, 0, 2), (30, 30, 6))
    box("Ground", (0, 0, -0.1), (200, 200, 0.1))
    assert "shot_size" not in scene_facts(scene)
    box("Vase", (0, -7, 1), (0.3, 0.3, 0.5))
    facts = scene_facts(scene)
    assert facts["shot_size"] == "medium shot"
    assert set(facts["objects"]) == {room.name, "Ground", "Vase"}


@pytest.mark.parametrize(("elevation", "words"), [(60, "day"), (20, "day"), (4, "golden hour"), (-30, None)])
def test_the_time_of_day_by_a_sun_lamp(scene, elevation, words):
    sun(elevation)
    assert scene_facts(scene).get("time_of_day") == words


def test_a_weak_or_hidden_sun_tells_no_time(scene):
    sun(40, energy=0.1)
    sun(40).hide_render = True
    assert "time_of_day" not in scene_facts(scene)


@pytest.mark.parametrize(("elevation", "words"), [(45, "day"), (3, "golden hour"), (-3, "twilight"), (-12, "night")])
def test_the_sky_counts_before_lamps(scene, elevation, words):
    sun(60)
    scene.world = bpy.data.worlds.new("World")
    if bpy.app.version < (5, 0, 0):
        scene.world.use_nodes = True
    nodes, links = scene.world.node_tree.nodes, scene.world.node_tree.links
    sky = nodes.new("ShaderNodeTexSky")
    sky.sun_elevation = math.radians(elevation)
    assert scene_facts(scene)["time_of_day"] == "day"  # not linked yet
    ground = next((node for node in nodes if node.type == "BACKGROUND"), None) or nodes.new("ShaderNodeBackground")
    links.new(sky.outputs[0], ground.inputs["Color"])
    assert scene_facts(scene)["time_of_day"] == words


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Cube.001", ""), ("Plane", ""), ("Sphere 2", ""), ("Armature.002", ""), ("Anna_rig", "Anna"),
     ("Sofa_Leather.003", "Sofa_Leather"), ("Cubist painting", "Cubist painting"), ("007", "")],
)  # fmt: skip
def test_names_that_blender_gives_are_no_names(name, plain):
    assert plain_name(name) == plain


def test_thousands_of_objects_take_a_moment(scene, capsys):
    mesh = box("Tree", (0, 0, 0)).data
    for index in range(6000):
        item = bpy.data.objects.new(f"Tree.{index:04d}", mesh)
        item.location = (index % 80 - 40, index // 80, 0)
        scene.collection.objects.link(item)
    bpy.context.view_layer.update()
    began = time.process_time()
    facts = scene_facts(scene)
    with capsys.disabled():
        print(f"\n6001 objects: {time.process_time() - began:.2f} s")
    assert facts["objects"] == ["Tree"]


def test_what_is_large_and_near_the_middle_weighs_most():
    """Of a thing that reaches over the frame's edges, what is within it."""

    def weight(low, high):
        return Seen("a", False, set(), np.zeros((8, 3)), np.array(low), np.array(high)).weight

    assert weight((-1, 0.2), (0.6, 0.4)) == pytest.approx(0.12 * (1 - math.hypot(0.2, 0.2)))
    assert weight((0.8, 0.5), (1.9, 1.5)) == pytest.approx(0.1 * (1 - math.hypot(0.4, 0.25)))
