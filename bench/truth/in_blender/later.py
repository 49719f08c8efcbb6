"""Scenes that were built after all else: only scored, and never looked at while the engine was made. Runs in a Python
that has bpy."""

from __future__ import annotations

import math
import random

from bench.truth.in_blender.parts import ball, box, camera, leaves, light, material, patterned, pole, world


def salon():
    """A hotel's lounge: a wall with two mirrors, thin-legged chairs around small tables, lamps on cords, a glass case,
    a rail, plants."""
    rng = random.Random(21)
    parquet = patterned("parquet", "brick", (0.4, 0.26, 0.16), (0.33, 0.21, 0.12), 3.2, Mortar=(0.2, 0.12, 0.07, 1))
    upright = (0, math.pi / 2, 0)
    paper = patterned("paper", "wave", (0.42, 0.47, 0.4), (0.5, 0.54, 0.46), 4, rotation=upright)
    cream, brass = material("cream", (0.72, 0.68, 0.6)), material("brass", (0.45, 0.32, 0.12))
    black = material("black", (0.05, 0.05, 0.05))
    box(parquet, (0, 5, -0.05), (8, 14, 0.1))
    box(cream, (0, 5, 3.25), (8, 14, 0.1))
    for x in (-4.05, 4.05):
        box(paper, (x, 5, 1.6), (0.1, 14, 3.2))
    for y in (-2.05, 12.05):
        box(material("gable", (0.5, 0.42, 0.36)), (0, y, 1.6), (8, 0.1, 3.2))
    mirror = material("mirror", (0.88, 0.88, 0.86), 0.03)
    mirror.node_tree.nodes["Principled BSDF"].inputs["Metallic"].default_value = 1.0
    for y in (2.6, 6.4):
        box(brass, (3.98, y, 1.6), (0.05, 1.9, 1.7))
        box(mirror, (3.95, y, 1.6), (0.05, 1.8, 1.6))
    glass = material("case", (0.96, 1, 0.98), 0.02)
    shader = glass.node_tree.nodes["Principled BSDF"].inputs
    shader["Transmission Weight"].default_value, shader["IOR"].default_value = 1.0, 1.02
    box(black, (-2.9, 7.6, 0.25), (0.8, 2.0, 0.5))
    box(glass, (-2.5, 7.6, 1.15), (0.02, 2.0, 1.3))
    for y in (6.6, 8.6):
        box(black, (-2.5, y, 1.15), (0.04, 0.04, 1.3))
    for k in range(5):
        tint = [rng.uniform(0.1, 0.7) for _ in range(3)]
        pole(material("vase", tint), (-2.9, 6.9 + 0.35 * k, 0.65), 0.07, 0.3 + 0.05 * k)
    cloth = patterned("cloth", "checker", (0.6, 0.15, 0.12), (0.7, 0.62, 0.5), 9)
    for x, y in ((-1.6, 2.4), (1.5, 4.3), (-0.9, 6.4), (1.7, 8.6)):
        pole(cloth, (x, y, 0.72), 0.42, 0.04)
        pole(brass, (x, y, 0.35), 0.03, 0.7)
        for k in range(3):
            angle = 2.1 * k + 0.6 * x
            a, b = x + 0.75 * math.cos(angle), y + 0.75 * math.sin(angle)
            box(material("seat", [rng.uniform(0.1, 0.6) for _ in range(3)]), (a, b, 0.45), (0.36, 0.36, 0.05))
            for dx in (-0.15, 0.15):
                for dy in (-0.15, 0.15):
                    pole(black, (a + dx, b + dy, 0.21), 0.013, 0.43)
            for k in range(4):
                pole(black, (a + 0.16, b - 0.15 + 0.1 * k, 0.68), 0.01, 0.42)
        pole(black, (x, y, 2.7), 0.008, 1.0)
        ball(material("shade", (0.85, 0.75, 0.5)), (x, y, 2.12), 0.14, (1, 1, 0.7))
    for k in range(18):
        pole(brass, (-3.4 + 0.4 * k, 10.6, 0.5), 0.012, 1.0)
    pole(brass, (0, 10.6, 1.02), 0.02, 7.4, (0, math.pi / 2, 0))
    for x, y in ((-3.4, 1.2), (3.4, 4.6), (-3.3, 10.9)):
        pole(material("pot", (0.5, 0.3, 0.2)), (x, y, 0.25), 0.22, 0.5)
        leaves(patterned("yucca", "noise", (0.1, 0.24, 0.08), (0.24, 0.42, 0.14), 4), (x, y, 1.0), 0.5, 260, 0.1, rng)
    for y in (1.0, 5.0, 9.0):
        art = patterned("art", "noise", *[[rng.uniform(0, 0.8) for _ in range(3)] for _ in range(2)], 4)
        box(black, (-3.97, y, 1.7), (0.05, 1.2, 0.9))
        box(art, (-3.94, y, 1.7), (0.05, 1.1, 0.8))
    for y in (0.5, 5.0, 9.5):
        light("AREA", (-0.4, y, 3.15), 90, size=2.2)
    world(0.4, (0.95, 0.92, 0.88))
    camera((-1.0, -1.4, 1.55), (0.4, 5, 1.2), 26)


def orchard():
    """Fruit trees in rows on a meadow, a rail fence with wires, bushes, a barn with a ladder, a cart."""
    rng = random.Random(34)
    meadow = patterned("meadow", "noise", (0.14, 0.24, 0.06), (0.22, 0.3, 0.1), 5)
    planks = patterned("planks", "wave", (0.36, 0.16, 0.11), (0.28, 0.12, 0.09), 2.5)
    bark, wood = material("bark", (0.22, 0.16, 0.12)), material("wood", (0.42, 0.35, 0.28))
    tin, dark = material("tin", (0.4, 0.42, 0.44)), material("dark", (0.06, 0.06, 0.07))
    box(meadow, (0, 12, -0.05), (70, 70, 0.1))
    box(patterned("track", "noise", (0.4, 0.34, 0.26), (0.32, 0.27, 0.2), 10), (0.4, 8, 0.005), (1.9, 24, 0.02))
    box(planks, (3.5, 20, 2), (9, 6, 4))
    for side in (-1, 1):
        box(tin, (3.5, 20 + side * 1.7, 4.8), (9.6, 4.2, 0.12), (side * -0.6, 0, 0))
    box(dark, (2.2, 16.97, 1.3), (2.2, 0.1, 2.6))
    for x in (5.2, 6.6):
        box(material("frame", (0.75, 0.73, 0.68)), (x, 16.96, 2.0), (0.8, 0.1, 0.9))
        box(dark, (x, 16.93, 2.0), (0.66, 0.1, 0.76))
    for dx in (-0.22, 0.22):
        pole(wood, (4.2 + dx, 16.6, 1.8), 0.03, 3.7, (-0.15, 0, 0))
    for k in range(8):
        pole(wood, (4.2, 16.86 - 0.06 * k, 0.35 + 0.4 * k), 0.02, 0.46, (0, math.pi / 2, 0))
    for side in (-1, 1):
        for k in range(9):
            pole(wood, (0.4 + side * 1.9, -1 + 1.6 * k, 0.5), 0.05, 1.0)
        for z in (0.55, 0.9):
            pole(dark, (0.4 + side * 1.9, 5.4, z), 0.012, 12.8, (math.pi / 2, 0, 0))
    leaf = patterned("leaf", "noise", (0.1, 0.24, 0.05), (0.28, 0.4, 0.12), 2)
    fruit = material("fruit", (0.7, 0.12, 0.08))
    for row, x in enumerate((-7.5, -3.6, 4.6, 8.4)):
        for k in range(5):
            y = 2.4 + 3.6 * k + 1.2 * (row % 2)
            high = rng.uniform(1.5, 2.1)
            pole(bark, (x, y, high / 2), 0.1, high)
            leaves(leaf, (x, y, high + 0.8), 1.2, 480, 0.13, rng)
            for _ in range(8):
                way = [rng.gauss(0, 1) for _ in range(3)]
                size = math.sqrt(sum(one * one for one in way))
                ball(fruit, tuple(a + 1.15 * b / size for a, b in zip((x, y, high + 0.8), way, strict=True)), 0.07)
    bush = patterned("bush", "noise", (0.06, 0.17, 0.05), (0.15, 0.3, 0.1), 6)
    for x, y in ((-2.6, 5.4), (3.2, 8.2), (-2.8, 11.8), (0.2, 15.6)):
        leaves(bush, (x, y, 0.5), 0.6, 340, 0.09, rng)
    box(wood, (-1.0, 13.6, 0.75), (1.1, 1.8, 0.08))
    for dx in (-0.55, 0.55):
        box(wood, (-1.0 + dx, 13.6, 0.95), (0.04, 1.8, 0.35))
        pole(dark, (-1.0 + dx * 1.2, 13.6, 0.4), 0.4, 0.06, (0, math.pi / 2, 0))
    light("SUN", (0, 0, 20), 2.6, (0.6, -0.3, 0.4), colour=(1, 0.94, 0.84))
    world(0.8, (0.58, 0.74, 1))
    camera((0.4, -4.5, 1.6), (0.2, 10, 1.5), 28)
