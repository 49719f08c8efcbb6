"""What words may point at: the named things in view, what the lens focuses on, and a few distances."""

from __future__ import annotations

import json
import math

import bpy
import numpy as np
import pytest
from rooms import box
from take_one.client.protocol.camera import MAX_NAME, MAX_THINGS
from take_one.scene.stills import capture
from take_one.scene.stills.camera import camera_of
from take_one.scene.stills.known.facts import scene_facts
from take_one.scene.stills.known.things import with_sight, with_things


@pytest.fixture
def scene():
    """A camera 10 m south of the origin and 1 m up, that looks north; 16:9, at frame 37."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 64, 36
    eye = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    eye.location, eye.rotation_euler = (0, -10, 1), (math.pi / 2, 0, 0)
    scene.collection.objects.link(eye)
    scene.camera = eye
    scene.frame_set(37)
    return scene


def seen(scene):
    return with_things(scene, camera_of(scene, scene.camera))


def test_named_things_are_where_the_camera_sees_them(scene):
    box("Sofa", (1, -4, 0.5), (2, 0.9, 0.8))
    box("Sofa.001", (-2, 2, 0.5), (2, 0.9, 0.8))
    box("Cube", (0, 0, 1))
    box("Behind", (0, -20, 1))
    bpy.context.view_layer.update()
    first, second = seen(scene).things
    assert (first.name, second.name, first.person) == ("Sofa", "Sofa", False)
    assert first.centre == pytest.approx((1, -0.5, -6), abs=1e-4)
    assert first.size == pytest.approx((2, 0.8, 0.9), abs=1e-4)
    assert second.centre == pytest.approx((-2, -0.5, -12), abs=1e-4)
    scene.unit_settings.system, scene.unit_settings.scale_length = "METRIC", 0.01
    assert seen(scene).things[0].centre == pytest.approx((0.01, -0.005, -0.06), abs=1e-6)


def test_what_is_in_an_instanced_set_is_named_where_it_stands(scene):
    kept = bpy.data.collections.new("Props")
    for item in (box("Sofa", (1, 0, 0.5), (2, 0.9, 0.8)), box("Cube", (-2, 0, 0.5))):
        kept.objects.link(item)
        scene.collection.objects.unlink(item)
    placed = bpy.data.objects.new("Flat", None)
    placed.instance_type, placed.instance_collection, placed.location = "COLLECTION", kept, (0, -4, 0)
    scene.collection.objects.link(placed)
    bpy.context.view_layer.update()
    found = {one.name: one for one in seen(scene).things}
    assert found.keys() == {"Flat", "Sofa"}
    assert found["Sofa"].centre == pytest.approx((1, -0.5, -6), abs=1e-4)
    assert found["Sofa"].size == pytest.approx((2, 0.8, 0.9), abs=1e-4)
    assert scene_facts(scene)["objects"] == ["Flat"]


def test_many_and_long_names_are_bounded(scene):
    for index in range(MAX_THINGS + 6):
        box(f"{'x' * 40}{'é' * 9}{chr(97 + index % 26)}", (index % 10 - 4.5, index // 10, 1), (0.4, 0.4, 0.4))
    bpy.context.view_layer.update()
    things = seen(scene).things
    assert 20 < len(things) <= MAX_THINGS and all(0 < len(one.name) <= MAX_NAME for one in things)


def test_the_focus_is_the_lens_s_own(scene):
    assert camera_of(scene, scene.camera).focus is None
    dof = scene.camera.data.dof
    dof.use_dof, dof.focus_distance = True, 3.5
    focus = camera_of(scene, scene.camera).focus
    assert (focus.distance, focus.name, focus.position) == (3.5, "", None)
    dof.focus_object = box("Anna", (0.5, -7, 1.5))
    bpy.context.view_layer.update()
    focus = camera_of(scene, scene.camera).focus
    assert focus.name == "Anna" and focus.distance == pytest.approx(3, abs=1e-5)
    assert focus.position == pytest.approx((0.5, 0.5, -3), abs=1e-5)
    dof.focus_object.location.y = -30  # behind the camera
    bpy.context.view_layer.update()
    assert camera_of(scene, scene.camera).focus is None


def test_sight_is_the_distance_along_the_axis(scene):
    box("Wall", (0, 5.5, 1), (40, 1, 40))
    box("Post", (0.2, -7.5, 1), (0.6, 1, 6))
    bpy.context.view_layer.update()
    sight = np.array(with_sight(scene, camera_of(scene, scene.camera)).sight)
    assert sight.shape == (9, 16)
    assert sight[4, 8] == pytest.approx(2, abs=1e-4) and sight[0, 0] == pytest.approx(15, abs=1e-3)
    scene.camera.data.type, scene.camera.data.ortho_scale = "ORTHO", 20
    bpy.context.view_layer.update()
    flat = np.array(with_sight(scene, camera_of(scene, scene.camera)).sight)
    assert flat[4, 8] == pytest.approx(15, abs=1e-3) and flat[0, 0] == pytest.approx(15, abs=1e-3)


def test_a_still_carries_them(scene, tmp_path):
    box("Sofa", (1, -4, 0.5), (2, 0.9, 0.8))
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.camera.data.dof.use_dof, scene.camera.data.dof.focus_distance = True, 6.0
    still = capture.capture(bpy.context, scene, tmp_path)
    assert [one.name for one in still.camera.things] == ["Sofa"] and still.camera.focus.distance == 6.0
    assert json.loads((tmp_path / "camera.json").read_text())["things"][0]["name"] == "Sofa"
    assert scene.frame_current == 37
