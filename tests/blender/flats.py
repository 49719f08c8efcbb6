"""Rooms with doors between them, and cameras that go through: to test walks with."""

from __future__ import annotations

import math
import random

import bpy
from mathutils import Matrix, Vector

WIDE, DEEP, HIGH = 4.0, 5.0, 2.6  # metres of a room; rooms stand side by side along x
DOOR = (0.9, 2.1)


def flat(rooms: int = 2, furniture: int = 6, doors: bool = True) -> bpy.types.Scene:
    """Rooms in a row along x from 0 on, their doors at different places, boxes along their walls; no camera yet."""
    scene = bpy.context.scene
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 96, 54, 100
    render.fps, render.fps_base, render.engine = 24, 1.0, "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 2, False
    scene.world = bpy.data.worlds.new("World")
    scene.world.color = (0.5, 0.5, 0.5)
    chance = random.Random(3)
    far = rooms * WIDE
    for name, low, high in (("floor", -0.1, 0.0), ("ceiling", HIGH, HIGH + 0.1)):
        box(scene, name, (-0.1, -0.1, low), (far + 0.1, DEEP + 0.1, high))
    for name, one, two in (("front", -0.1, 0.0), ("back", DEEP, DEEP + 0.1)):
        box(scene, name, (0, one, 0), (far, two, HIGH))
    for wall in range(rooms + 1):
        x = wall * WIDE
        if wall in (0, rooms) or not doors:
            box(scene, f"wall {wall}", (x - 0.05, 0, 0), (x + 0.05, DEEP, HIGH))
            continue
        y = door(wall)
        box(scene, f"wall {wall} a", (x - 0.05, 0, 0), (x + 0.05, y - DOOR[0] / 2, HIGH))
        box(scene, f"wall {wall} b", (x - 0.05, y + DOOR[0] / 2, 0), (x + 0.05, DEEP, HIGH))
        box(scene, f"lintel {wall}", (x - 0.05, y - DOOR[0] / 2, DOOR[1]), (x + 0.05, y + DOOR[0] / 2, HIGH))
    for room in range(rooms):
        for piece in range(furniture):
            x = room * WIDE + chance.uniform(0.3, WIDE - 0.9)
            y = 0.05 if piece % 2 else DEEP - 0.55
            tall = chance.choice((0.5, 0.8, 1.9))
            box(scene, f"piece {room}.{piece}", (x, y, 0), (x + 0.5, y + 0.5, tall), (chance.random(), 0.4, 0.3))
        light = bpy.data.objects.new(f"Lamp {room}", bpy.data.lights.new(f"Lamp {room}", "POINT"))
        light.location, light.data.energy = (room * WIDE + 2, 2.5, 2.3), 80
        scene.collection.objects.link(light)
    bpy.context.view_layer.update()
    return scene


def door(wall: int) -> float:
    """The y of the middle of the door in a wall between two rooms."""
    return 1.2 if wall % 2 else DEEP - 1.2


def box(scene: bpy.types.Scene, name: str, low, high, colour=(0.7, 0.7, 0.65)) -> bpy.types.Object:
    """A box between two corners."""
    mesh = bpy.data.meshes.new(name)
    corners = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.from_pydata(corners, [], faces)
    key = "Colour {:.2f} {:.2f} {:.2f}".format(*colour)
    material = bpy.data.materials.get(key) or bpy.data.materials.new(key)
    material.diffuse_color = (*colour, 1)
    mesh.materials.append(material)
    item = bpy.data.objects.new(name, mesh)
    scene.collection.objects.link(item)
    return item


def eye(scene: bpy.types.Scene, name: str, place, at, lens: float = 22.0) -> bpy.types.Object:
    """A camera that looks from `place` to `at`, level."""
    item = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    item.matrix_world = looking(place, at)
    item.data.lens = lens
    scene.collection.objects.link(item)
    return item


def looking(place, at) -> Matrix:
    """The pose of a camera that looks from one place to another."""
    return Matrix.LocRotScale(Vector(place), (Vector(at) - Vector(place)).to_track_quat("-Z", "Y"), None)


def tour(scene: bpy.types.Scene, frames: int = 240, first: int = 11, rooms: int = 2) -> bpy.types.Object:
    """A camera that goes from room to room through the doors from frame `first` on, and looks about: keyed by hand."""
    item = eye(scene, "Tour", (0.6, 2.5, 1.6), (4, 1.2, 1.5), 20)
    item.rotation_mode = "QUATERNION"
    stops = [((0.6, 3.0, 1.6), -20)]
    for wall in range(1, rooms):
        stops += [((wall * WIDE - 1, door(wall), 1.6), 0), ((wall * WIDE + 1, door(wall), 1.6), 15)]
    stops.append(((rooms * WIDE - 1.5, 2.5, 1.6), 100))
    for number, (place, turn) in enumerate(stops):
        frame = first + round(number / (len(stops) - 1) * (frames - 1))
        angle = math.radians(turn)
        item.matrix_world = looking(place, Vector(place) + Vector((math.cos(angle), math.sin(angle), -0.05)))
        item.keyframe_insert("location", frame=frame)
        item.keyframe_insert("rotation_quaternion", frame=frame)
    scene.camera = item
    return item


def done(steps):
    """The result of work in steps, each of which says how much is done, 0..1."""
    while True:
        try:
            assert 0 <= next(steps) <= 1
        except StopIteration as end:
            return end.value
