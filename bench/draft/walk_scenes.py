"""Scenes to plan walks in. The library and the yard were only scored, the hall and the park almost."""

from __future__ import annotations

import math
import random
from typing import Any

import bpy
import flats
import numpy as np

FIRST = 21  # the scene's frame with which the walk begins
Stops = list[tuple[tuple[float, float, float], tuple[float, float, float]]]


def turn(frames: int) -> bpy.types.Object:
    """270 degrees in the middle of a room."""
    scene = flats.flat(1, furniture=8)
    camera = flats.eye(scene, "Turn", (2, 2.5, 1.5), (3, 2.5, 1.4), 24)
    camera.rotation_mode = "XYZ"
    start = camera.rotation_euler.z
    for part in range(10):
        camera.rotation_euler.z = start + math.radians(30 * part)
        camera.keyframe_insert("rotation_euler", frame=FIRST + part * (frames - 1) / 9)
    return camera


def walk_of(rooms: int, frames: int) -> bpy.types.Object:
    """From room to room through the doors."""
    return flats.tour(flats.flat(rooms, furniture=8), frames, FIRST, rooms)


def street(frames: int) -> bpy.types.Object:
    """Along houses, cars and trees of many small leaves."""
    scene = _outside()
    chance = random.Random(5)
    flats.box(scene, "road", (-5, -60, -0.2), (60, 60, 0))
    for side in (-1, 1):
        for number in range(6):
            x, deep = number * 9.0, chance.uniform(5, 8)
            y = side * 9 if side > 0 else side * 9 - deep
            flats.box(scene, "house", (x, y, 0), (x + chance.uniform(5, 8), y + deep, chance.uniform(5, 11)))
            flats.box(scene, "car", (x + 2, side * 3.5 - 0.8, 0), (x + 6, side * 3.5 + 0.8, 1.4))
            _tree(scene, (x + 8, side * 6.0), chance)
    camera = flats.eye(scene, "Drive", (0, 0, 1.6), (10, 0, 1.6), 28)
    for share in (0, 1):
        camera.location.x = 36 * share
        camera.keyframe_insert("location", frame=FIRST + share * (frames - 1))
    for curve in _curves(camera):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    return camera


def hall(frames: int) -> bpy.types.Object:
    """Past a balustrade of bars, between columns and around a plant."""
    scene = flats.flat(3, furniture=3)
    for number in range(30):
        x = 0.9 + 0.14 * number
        flats.box(scene, "bar", (x, 3.1, 0), (x + 0.025, 3.125, 1.0))
    flats.box(scene, "rail", (0.9, 3.09, 1.0), (5.1, 3.135, 1.05))
    for number in range(5):
        place = (5.6 + 1.1 * number, 3.3 - 0.2 * number, 1.3)
        bpy.ops.mesh.primitive_cylinder_add(radius=0.12, depth=2.6, location=place)
    _tree(scene, (10.6, 3.4), random.Random(4))
    stops: Stops = [
        ((0.5, 4.2, 1.2), (3.0, 2.0, 1.2)),
        ((2.2, 4.3, 1.7), (4.2, 1.2, 0.9)),
        ((3.2, 2.2, 1.6), (4.0, 1.2, 1.5)),
        ((5.2, 1.3, 1.5), (8.0, 2.5, 1.2)),
        ((7.2, 3.6, 1.9), (10.6, 3.4, 2.2)),
    ]
    return _by_stops(scene, stops, 22, frames)


def park(frames: int) -> bpy.types.Object:
    """A truck and a pan past a picket fence, trees, a bench and a kiosk."""
    scene = _outside()
    flats.box(scene, "ground", (-20, -20, -0.2), (40, 30, 0))
    for number in range(60):
        flats.box(scene, "picket", (0.25 * number, 4.0, 0), (0.25 * number + 0.09, 4.03, 1.1))
    for z in (0.3, 0.85):
        flats.box(scene, "rail", (0, 4.03, z), (15, 4.06, z + 0.07))
    chance = random.Random(12)
    for number in range(5):
        _tree(scene, (1.5 + 3 * number, 6.5 + chance.uniform(-0.8, 0.8)), chance)
    _tree(scene, (6.0, 2.2), chance)
    flats.box(scene, "kiosk", (9, 7, 0), (12, 10, 3))
    flats.box(scene, "bench", (3, 2.4, 0.3), (4.6, 2.9, 0.5))
    flats.box(scene, "back", (3, 2.85, 0.5), (4.6, 2.9, 1))
    stops: Stops = [((0, 0, 1.6), (3, 6, 1.4)), ((4, 0.3, 1.6), (6, 6, 1.5)), ((9, 0, 1.5), (8, 7, 1.4))]
    return _by_stops(scene, stops, 26, frames)


def court(frames: int) -> bpy.types.Object:
    """Between two rows of columns at 16 metres a second, around blocks."""
    scene = _outside()
    flats.box(scene, "ground", (-10, -20, -0.2), (90, 20, 0))
    for side in (-1, 1):
        flats.box(scene, "wall", (-10, side * 9 - 0.2, 0), (90, side * 9 + 0.2, 6))
        for number in range(20):
            x = 4 * number
            flats.box(scene, "column", (x, side * 4 - 0.35, 0), (x + 0.7, side * 4 + 0.35, 5))
    flats.box(scene, "end", (80, -9, 0), (80.4, 9, 6))
    for number in range(6):
        low = -1.8 if number % 2 else 0.9
        flats.box(scene, "block", (12 * number + 7, low, 0), (12 * number + 8.4, low + 0.9, 2.2))
    stops: Stops = [
        ((0, 0, 1.6), (10, 0, 1.6)),
        ((20, 1.0, 1.6), (30, -4, 1.6)),
        ((40, -1.0, 1.6), (50, 4, 1.6)),
        ((60, 0.5, 1.6), (70, -3, 1.6)),
        ((75, 0, 1.6), (80, 0, 1.6)),
    ]
    return _by_stops(scene, stops, 24, frames)


def plinth(frames: int) -> bpy.types.Object:
    """Through a plinth, slats and a wall, as a camera keyed by hand may go."""
    scene = flats.flat(2, furniture=4)
    flats.box(scene, "plinth", (2.2, 2.0, 0), (3.2, 3.0, 2.2), (0.8, 0.2, 0.2))
    for number in range(24):
        y = 0.4 + 0.18 * number
        flats.box(scene, "slat", (3.55, y, 0), (3.6, y + 0.06, 2.3))
    stops: Stops = [
        ((0.5, 2.5, 1.5), (3, 2.5, 1.4)),
        ((1.9, 2.5, 1.5), (4, 2.5, 1.4)),
        ((3.4, 2.4, 1.5), (6, 2.0, 1.4)),
        ((3.45, 3.6, 1.5), (6, 3.0, 1.4)),
        ((5.5, 3.8, 1.5), (7.5, 1.0, 1.3)),
        ((6.5, 2.0, 1.5), (4, 0.5, 1.3)),
    ]
    return _by_stops(scene, stops, 22, frames)


def library(frames: int) -> bpy.types.Object:
    """Along and between shelves of books, around their ends, past a ladder and a table with lamps."""
    scene = flats.flat(3, furniture=0, doors=False)
    for wall in ("wall 1", "wall 2"):
        bpy.data.objects.remove(bpy.data.objects[wall])
    chance = random.Random(31)
    for row in range(4):
        x = 2.2 + 2.1 * row
        for level in range(6):
            flats.box(scene, "board", (x, 1.0, 0.36 * level), (x + 0.3, 3.6, 0.36 * level + 0.03))
            y = 1.02
            while y < 3.5 and level < 5:
                wide = chance.uniform(0.05, 0.3)
                if chance.random() < 0.8:
                    high = 0.36 * level + 0.03 + chance.uniform(0.2, 0.3)
                    flats.box(scene, "book", (x + 0.03, y, 0.36 * level + 0.03), (x + 0.26, y + wide, high))
                y += wide
    for side in (0.0, 0.4):
        flats.box(scene, "stile", (6.1, 3.9 + side, 0), (6.15, 3.95 + side, 2.3))
    for step in range(7):
        flats.box(scene, "rung", (6.11, 3.9, 0.3 * step + 0.2), (6.14, 4.35, 0.3 * step + 0.23))
    flats.box(scene, "table", (9.6, 4.1, 0.72), (11.4, 4.8, 0.76))
    for number in range(3):
        flats.box(scene, "lamp", (9.8 + 0.6 * number, 4.3, 0.76), (9.9 + 0.6 * number, 4.4, 1.2))
    stops: Stops = [
        ((0.7, 0.6, 1.6), (3.0, 3.0, 1.3)),
        ((3.3, 1.4, 1.5), (3.4, 4.5, 1.3)),
        ((3.5, 4.2, 1.6), (6.0, 4.0, 1.3)),
        ((5.5, 3.2, 1.5), (5.4, 0.5, 1.2)),
        ((5.6, 0.5, 1.6), (9.0, 0.8, 1.4)),
        ((9.9, 1.0, 1.6), (10.4, 4.4, 1.0)),
    ]
    return _by_stops(scene, stops, 21, frames)


def yard(frames: int) -> bpy.types.Object:
    """Fast and low between stacked crates, under a crane's lattice, past barrels and a bush, rising at the end."""
    scene = _outside()
    chance = random.Random(77)
    flats.box(scene, "ground", (-30, -40, -0.2), (70, 40, 0))
    for _ in range(26):
        x, y = chance.uniform(2, 44), chance.choice((-1, 1)) * chance.uniform(2.2, 8)
        side, high = chance.uniform(0.8, 2.4), 0.0
        for _ in range(chance.choice((1, 2, 3))):
            top = high + chance.uniform(0.7, 1.5)
            flats.box(scene, "crate", (x, y, high), (x + side, y + side, top))
            high = top
    for _ in range(12):
        place = (chance.uniform(3, 42), chance.choice((-1, 1)) * chance.uniform(1.3, 2.0), 0.45)
        bpy.ops.mesh.primitive_cylinder_add(radius=0.3, depth=0.9, location=place)
    for number in range(14):
        x = 18 + 0.6 * number
        flats.box(scene, "chord", (x, -5, 4.0), (x + 0.08, 5, 4.08))
        flats.box(scene, "post", (x, -5, 0), (x + 0.08, -4.92, 4.0))
    _tree(scene, (34, 2.4), chance)
    stops: Stops = [
        ((0, 0, 1.0), (10, 0.4, 1.2)),
        ((14, 0.8, 1.2), (24, -3, 1.6)),
        ((26, -0.8, 1.6), (34, 2.4, 2.4)),
        ((36, 0.0, 3.5), (46, -2, 1.0)),
    ]
    return _by_stops(scene, stops, 25, frames)


def _outside() -> bpy.types.Scene:
    """An empty scene with the settings of a flat."""
    scene = flats.flat(1, furniture=0)
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    return scene


def _by_stops(scene: bpy.types.Scene, stops: Stops, lens: float, frames: int) -> bpy.types.Object:
    """A camera that stands at each place at even times, and looks from it to the other."""
    camera = flats.eye(scene, "Go", *stops[0], lens)
    camera.rotation_mode = "QUATERNION"
    for number, (place, at) in enumerate(stops):
        camera.matrix_world = flats.looking(place, at)
        frame = FIRST + number * (frames - 1) / (len(stops) - 1)
        camera.keyframe_insert("location", frame=frame)
        camera.keyframe_insert("rotation_quaternion", frame=frame)
    return camera


def _curves(camera: bpy.types.Object) -> list[Any]:
    """The curves of an object's action."""
    from take_one.scene.stills.walk.rig import fcurves

    return list(fcurves(camera))


def _tree(scene: bpy.types.Scene, at: tuple[float, float], chance: random.Random) -> None:
    flats.box(scene, "trunk", (at[0] - 0.15, at[1] - 0.15, 0), (at[0] + 0.15, at[1] + 0.15, 2.5))
    corners, faces = [], []
    for leaf in range(400):
        middle = np.array([at[0], at[1], 3.6]) + [chance.gauss(0, 0.8) for _ in range(3)]
        one, two = (np.array([chance.uniform(-1, 1) for _ in range(3)]) * 0.25 for _ in range(2))
        corners += [tuple(middle + part) for part in (-one - two, one - two, one + two, two - one)]
        faces.append(tuple(range(4 * leaf, 4 * leaf + 4)))
    mesh = bpy.data.meshes.new("leaves")
    mesh.from_pydata(corners, [], faces)
    scene.collection.objects.link(bpy.data.objects.new("leaves", mesh))


def house(frames: int) -> bpy.types.Object:
    """Through four rooms at 4.9 metres a second."""
    return walk_of(4, frames)


def two_rooms(frames: int) -> bpy.types.Object:
    """Through two."""
    return walk_of(2, frames)


def three_rooms(frames: int) -> bpy.types.Object:
    """Through three."""
    return walk_of(3, frames)


ALL = (turn, two_rooms, three_rooms, street, house, court, plinth, hall, park, library, yard)
SCENES = {scene.__name__: scene for scene in ALL}
