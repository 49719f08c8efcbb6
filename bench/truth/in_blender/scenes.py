"""The two furnished scenes that the draft engine was made on. Runs in a Python that has bpy."""

from __future__ import annotations

import math
import random

import bpy
from mathutils import Matrix, Vector

from bench.truth.in_blender.parts import add, ball, box, camera, leaves, light, material, patterned, pole, world


def room():
    rng = random.Random(4)
    floor = patterned("floor", "brick", (0.42, 0.26, 0.14), (0.33, 0.19, 0.10), 2.2, Mortar=(0.12, 0.07, 0.04, 1))
    wall, side = material("wall", (0.72, 0.70, 0.64)), material("side", (0.45, 0.56, 0.58))
    white, wood = material("white", (0.8, 0.8, 0.8)), material("wood", (0.35, 0.2, 0.1))
    dark = material("dark", (0.05, 0.05, 0.06))
    cloth = patterned("cloth", "noise", (0.16, 0.24, 0.36), (0.24, 0.34, 0.48), 12)
    box(floor, (0, 0, -0.05), (7, 9, 0.1))
    box(white, (0, 0, 2.85), (7, 9, 0.1))
    box(wall, (0, 3.05, 1.4), (7, 0.1, 2.8))
    box(side, (-3.05, 0, 1.4), (0.1, 9, 2.8))
    box(wall, (3.05, 0, 1.4), (0.1, 9, 2.8))
    box(white, (0, 2.98, 0.06), (6, 0.04, 0.12))
    box(white, (-2.98, 0, 0.06), (0.04, 9, 0.12))
    box(white, (2.98, 0, 0.06), (0.04, 9, 0.12))
    rug = patterned("rug", "checker", (0.5, 0.12, 0.1), (0.66, 0.5, 0.36), 3)
    box(rug, (0.1, 0.9, 0.01), (2.8, 2.2, 0.02))
    # sofa against the back wall
    box(cloth, (0, 2.35, 0.28), (2.4, 0.95, 0.4), bevel=0.08)
    box(cloth, (0, 2.72, 0.65), (2.4, 0.25, 0.6), bevel=0.08)
    for x in (-1.15, 1.15):
        box(cloth, (x, 2.3, 0.42), (0.25, 0.9, 0.6), bevel=0.07)
    for x, made in ((-0.7, (0.75, 0.45, 0.1)), (0.65, (0.6, 0.6, 0.55))):
        box(material("cushion", made), (x, 2.5, 0.68), (0.45, 0.16, 0.42), (-0.3, 0.1, 0.2 * x), bevel=0.07)
    # coffee table, with things on it
    box(wood, (0.1, 0.9, 0.42), (1.2, 0.65, 0.05), bevel=0.01)
    for x in (-0.42, 0.62):
        for y in (0.65, 1.15):
            pole(dark, (x, y, 0.2), 0.02, 0.4)
    ball(material("bowl", (0.8, 0.8, 0.75)), (0.3, 0.95, 0.52), 0.1, (1, 1, 0.7))
    for step, made in enumerate(((0.6, 0.1, 0.1), (0.1, 0.3, 0.5), (0.75, 0.7, 0.55))):
        box(material("book", made), (-0.2, 0.88, 0.46 + 0.03 * step), (0.3, 0.22, 0.028), (0, 0, 0.3 * step))
    # bookshelf on the right wall
    for z in (0.05, 0.5, 0.95, 1.4, 1.85):
        box(wood, (2.78, 1.4, z), (0.4, 1.6, 0.04))
    for y in (0.6, 2.2):
        box(wood, (2.78, y, 0.95), (0.4, 0.04, 1.84))
    for z in (0.07, 0.52, 0.97, 1.42):
        y = 0.68
        while y < 2.1:
            thick, high = rng.uniform(0.025, 0.06), rng.uniform(0.24, 0.38)
            made = material("spine", [rng.uniform(0.05, 0.7) for _ in range(3)])
            box(made, (2.76, y, z + high / 2), (0.26, thick, high))
            y += thick + (0.004 if rng.random() < 0.9 else 0.2)
    # floor lamp, plant, chair near the camera, pictures, window
    pole(dark, (-1.75, 2.3, 0.02), 0.16, 0.04)
    pole(dark, (-1.75, 2.3, 0.8), 0.018, 1.6)
    add(
        bpy.ops.mesh.primitive_cone_add,
        material("shade", (0.85, 0.78, 0.6)),
        (-1.75, 2.3, 1.65),
        (1, 1, 1),
        (0, 0, 0),
        True,
        radius1=0.26,
        radius2=0.15,
        depth=0.36,
        vertices=32,
    )
    pole(material("pot", (0.5, 0.25, 0.15)), (-2.45, 1.2, 0.2), 0.2, 0.4)
    leaves(patterned("leaf", "noise", (0.05, 0.2, 0.04), (0.15, 0.4, 0.1), 4), (-2.45, 1.2, 0.85), 0.45, 260, 0.07, rng)
    chair = material("chair", (0.62, 0.32, 0.12))
    box(chair, (1.35, -0.55, 0.45), (0.5, 0.5, 0.05), (0, 0, 0.5), bevel=0.015)
    box(chair, (1.49, -0.80, 0.78), (0.5, 0.04, 0.55), (0.12, 0, 0.5), bevel=0.015)
    for x, y in ((-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2)):
        turned = Matrix.Rotation(0.5, 3, "Z") @ Vector((x, y, 0))
        pole(dark, (1.35 + turned.x, -0.55 + turned.y, 0.22), 0.018, 0.44)
    for x, z, wide, high, seed in ((-0.6, 1.75, 0.7, 0.5, 1), (0.35, 1.8, 0.9, 0.65, 2), (1.45, 1.7, 0.5, 0.7, 3)):
        box(dark, (x, 2.97, z), (wide + 0.08, 0.05, high + 0.08))
        ink = random.Random(seed)
        art = patterned(
            "art", "noise", [ink.uniform(0, 0.8) for _ in range(3)], [ink.uniform(0, 0.8) for _ in range(3)], 3 + seed
        )
        box(art, (x, 2.95, z), (wide, 0.04, high))
    outside = bpy.data.materials.new("outside")
    outside.use_nodes = True
    outside.node_tree.nodes.remove(outside.node_tree.nodes["Principled BSDF"])
    glow = outside.node_tree.nodes.new("ShaderNodeEmission")
    glow.inputs["Color"].default_value = (0.75, 0.87, 1, 1)
    glow.inputs["Strength"].default_value = 1.1
    outside.node_tree.links.new(glow.outputs[0], outside.node_tree.nodes["Material Output"].inputs[0])
    box(outside, (-2.99, 0.6, 1.5), (0.03, 1.5, 1.3))
    for y in (-0.15, 0.6, 1.35):
        box(white, (-2.96, y, 1.5), (0.06, 0.06, 1.36))
    for z in (0.85, 1.5, 2.15):
        box(white, (-2.96, 0.6, z), (0.06, 1.56, 0.06))
    light("AREA", (0.2, 0.3, 2.75), 130, size=3.5)
    light("AREA", (-2.7, 0.6, 1.5), 60, (0, -math.pi / 2, 0), 1.4, (0.8, 0.9, 1))
    light("AREA", (0.5, -3, 2.5), 40, (0.6, 0, 0), 2)
    world(0.35, (0.9, 0.95, 1))
    camera((0.35, -3.1, 1.5), (0, 1.2, 0.95), 30)


def street():
    rng = random.Random(11)
    road = patterned("road", "noise", (0.11, 0.11, 0.12), (0.17, 0.17, 0.17), 3)
    stone = patterned("pavement", "brick", (0.40, 0.38, 0.35), (0.34, 0.33, 0.31), 1.4, Mortar=(0.2, 0.2, 0.2, 1))
    line, dark = material("line", (0.75, 0.75, 0.7)), material("dark", (0.04, 0.04, 0.05))
    glass = material("glass", (0.10, 0.15, 0.2))
    box(road, (0, 30, -0.05), (8, 100, 0.1))
    for x in (-5.5, 5.5):
        box(stone, (x, 30, 0.02), (3, 100, 0.2))
    for y in range(-10, 70, 4):
        box(line, (0, y, 0.004), (0.15, 1.8, 0.008))
    for side in (-1, 1):
        y = -14.0
        while y < 62:
            wide, high = rng.uniform(7, 12), rng.choice((9, 12, 15))
            tint = rng.choice(
                ((0.5, 0.28, 0.2), (0.62, 0.52, 0.38), (0.45, 0.45, 0.47), (0.66, 0.62, 0.52), (0.36, 0.24, 0.2))
            )
            wall = patterned(
                "facade",
                "brick",
                tint,
                [c * 0.85 for c in tint],
                1.1,
                rotation=(0, math.pi / 2, 0),
                Mortar=(*[c * 0.7 for c in tint], 1),
            )
            box(wall, (side * 10, y + wide / 2, high / 2), (6, wide - 0.02, high))
            frame = material("frame", rng.choice(((0.7, 0.7, 0.68), (0.2, 0.25, 0.2), (0.5, 0.4, 0.3))))
            count = int(wide / 2.2)
            for floor_number in range(int(high / 3)):
                for column in range(count):
                    at = y + (column + 0.5) * wide / count
                    z = floor_number * 3 + 1.6
                    if floor_number == 0 and column == count // 2:
                        box(frame, (side * 7, at, 1.25), (0.12, 1.2, 2.3))
                        continue
                    box(frame, (side * 7, at, z), (0.14, 1.2, 1.6))
                    box(glass, (side * 6.96, at, z), (0.14, 1.0, 1.4))
            box(frame, (side * 6.95, y + wide / 2, high - 0.2), (0.5, wide, 0.3))
            y += wide
    box(material("end", (0.5, 0.47, 0.42)), (0, 72, 8), (40, 2, 16))

    def car(x, y, tint, turn):
        paint = material("paint", tint)
        box(paint, (x, y, 0.62), (1.75, 4.2, 0.62), (0, 0, turn), bevel=0.15)
        box(glass, (x, y - 0.15, 1.12), (1.5, 2.2, 0.55), (0, 0, turn), bevel=0.2)
        box(paint, (x, y - 0.15, 1.4), (1.35, 1.7, 0.06), (0, 0, turn), bevel=0.02)
        for dx in (-0.8, 0.8):
            for dy in (-1.3, 1.3):
                pole(dark, (x + dx, y + dy, 0.33), 0.33, 0.22, (0, math.pi / 2, 0))

    for x, y, tint in (
        (3.0, 6.5, (0.5, 0.06, 0.05)),
        (3.0, 12.5, (0.08, 0.2, 0.4)),
        (3.05, 24, (0.6, 0.6, 0.58)),
        (-3.0, 9, (0.06, 0.22, 0.12)),
        (-3.0, 17, (0.7, 0.55, 0.1)),
        (-3.0, 30, (0.2, 0.2, 0.22)),
    ):
        car(x, y, tint, 0)
    leaf = patterned("leaf", "noise", (0.06, 0.18, 0.03), (0.2, 0.38, 0.08), 2)
    bark = material("bark", (0.18, 0.11, 0.07))
    for x, y in ((-4.6, 5.5), (4.6, 15), (-4.6, 22), (4.6, 31), (-4.6, 40)):
        pole(bark, (x, y, 1.5), 0.14, 3)
        leaves(leaf, (x, y, 4), 1.5, 900, 0.16, rng)
    for x, y in ((4.4, 3.6), (-4.4, 13), (4.4, 21), (-4.4, 33)):
        pole(dark, (x, y, 2.2), 0.06, 4.4)
        ball(line, (x, y, 4.5), 0.2)
    box(material("bin", (0.1, 0.3, 0.15)), (-4.3, 2.8, 0.62), (0.5, 0.5, 1), bevel=0.04)
    light("SUN", (0, 0, 20), 2.6, (0.55, -0.35, 0.3), colour=(1, 0.95, 0.85))
    world(0.9, (0.55, 0.72, 1))
    camera((0.8, -5.5, 1.75), (0.1, 12, 2.1), 28)
